//! CREATE and ALTER of schemas, sequences, types, domains, extensions, roles, operators, casts,
//! foreign data, publications and the like.

use std::collections::BTreeSet;

use super::constraint::{Table, access_method, constraint};
use super::expr::{expr, operator_name};
use super::misc::{self, change, object_of, options, owned_by, refs, roles};
use super::names::{Named, definition, path, reference, word};
use super::reader::{How, Reader};
use super::scope::Scope;
use super::tree::{SyntaxKind as K, SyntaxNode, child, children, find, has, literal_text};
use super::{builtin, statement, types};
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Kind, Object, Part};
use crate::read::implied;

/// `CREATE` of an object whose name is a single word or path under a node of its own, and whose
/// other references are uses.
pub(super) fn simple(r: &mut Reader<'_>, node: &SyntaxNode, kind: Kind, name: K) {
    let how = How {
        replace: has(node, K::OR_REPLACE),
        if_absent: has(node, K::IF_NOT_EXISTS),
        temporary: has(node, K::TEMP),
    };
    let Some(name) = child(node, name) else {
        return;
    };
    let named = if name.descendants().any(|inner| inner.kind() == K::PATH) {
        definition(r, &name)
    } else {
        word(r, &name).map(|(name, span)| Named {
            name: ObjectName::bare(name),
            span,
        })
    };
    if let Some(named) = named {
        r.defines(Object::new(kind, named.name), named.span, how);
    }
    refs(r, node, &Action::Use);
    roles(r, node);
}

/// `CREATE SCHEMA`, with elements.
pub(super) fn schema(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) {
    let how = How {
        if_absent: has(node, K::IF_NOT_EXISTS),
        ..How::default()
    };
    let target = node
        .children()
        .find(|part| matches!(part.kind(), K::NAMED_SCHEMA | K::AUTHORIZATION_SCHEMA));
    let Some(target) = target else { return };
    let name = match target.kind() {
        K::NAMED_SCHEMA => {
            roles(r, &target);
            child(&target, K::SCHEMA)
        }
        _ => child(&target, K::ROLE),
    };
    let Some((name, span)) = name.and_then(|name| word(r, &name)) else {
        return;
    };
    if target.kind() == K::AUTHORIZATION_SCHEMA && !builtin::is_role(name.as_str()) {
        r.uses(Kind::Role, ObjectName::bare(name.clone()), span);
    }
    let object = Object::new(Kind::Schema, ObjectName::bare(name.clone()));
    r.defines(object, span, how);
    let siblings: BTreeSet<Ident> = node
        .children()
        .flat_map(|element| element.children().collect::<Vec<_>>())
        .filter(|part| {
            matches!(
                part.kind(),
                K::TABLE_NAME
                    | K::VIEW
                    | K::SEQUENCE
                    | K::TYPE_NAME
                    | K::DOMAIN
                    | K::FUNCTION_NAME
                    | K::PROCEDURE_NAME
                    | K::AGGREGATE_NAME
            )
        })
        .filter_map(|part| path(r, &part).pop())
        .map(|(name, _)| name)
        .collect();
    r.under(
        |mode| {
            mode.schema = Some(name);
            mode.siblings = siblings;
        },
        |r| {
            for element in node.children().filter(|part| *part != target) {
                if element.kind() != K::IF_NOT_EXISTS {
                    statement(r, &element, scope);
                }
            }
        },
    );
}

/// `CREATE SEQUENCE`, `ALTER SEQUENCE`
pub(super) fn sequence(r: &mut Reader<'_>, node: &SyntaxNode) {
    if node.kind() == K::CREATE_SEQUENCE {
        simple(r, node, Kind::Sequence, K::SEQUENCE);
    } else {
        misc::alter(r, node);
    }
    owned_by(r, node);
    for option in children(node, K::OPTION_AS_TYPE) {
        types::uses_all(r, &option);
    }
}

/// `CREATE TYPE` in all its forms.
pub(super) fn create_type(r: &mut Reader<'_>, node: &SyntaxNode) {
    let Some(named) = child(node, K::TYPE_NAME).and_then(|name| definition(r, &name)) else {
        return;
    };
    let kind = if has(node, K::ENUM_TYPE) {
        Kind::Enum
    } else {
        Kind::Type
    };
    let object = Object::new(kind, named.name.clone());
    let how = How {
        // A base type takes the place of the shell type that its functions were made with.
        replace: has(node, K::BASE_TYPE),
        ..How::default()
    };
    r.defines(object, named.span, how);
    for form in node.children() {
        match form.kind() {
            K::ENUM_TYPE => {
                for variant in form
                    .descendants()
                    .filter(|inner| inner.kind() == K::LITERAL)
                {
                    if let Some(value) = literal_text(&variant) {
                        let value = Ident::folded(value.text());
                        let object = Object::member(Kind::EnumValue, named.name.clone(), value);
                        let span = r.span(&variant);
                        r.defines(object, span, How::default());
                    }
                }
            }
            K::COMPOSITE_TYPE => {
                for field in form
                    .descendants()
                    .filter(|inner| inner.kind() == K::COMPOSITE_FIELD_DEF)
                {
                    composite_field(r, &named, &field, How::default());
                }
            }
            K::RANGE_TYPE => range_type(r, &named, &form),
            K::BASE_TYPE => options(r, &form, |name| match name {
                "input" | "output" | "receive" | "send" | "typmod_in" | "typmod_out"
                | "analyze" | "analyse" | "subscript" => Some(Kind::Routine),
                "like" | "element" => Some(Kind::Type),
                _ => None,
            }),
            _ => {}
        }
    }
}

fn composite_field(r: &mut Reader<'_>, of: &Named, node: &SyntaxNode, how: How) {
    if let Some((field, span)) = child(node, K::COMPOSITE_FIELD).and_then(|name| word(r, &name)) {
        let object = Object::member(Kind::Column, of.name.clone(), field);
        r.defines(object, span, how);
    }
    types::uses_all(r, node);
    if let Some(collate) = child(node, K::COLLATE) {
        expr(r, &collate, &Scope::default());
    }
}

fn range_type(r: &mut Reader<'_>, named: &Named, form: &SyntaxNode) {
    options(r, form, |name| match name {
        "subtype" => Some(Kind::Type),
        "subtype_opclass" => Some(Kind::OperatorClass),
        "collation" => Some(Kind::Collation),
        "canonical" | "subtype_diff" => Some(Kind::Routine),
        _ => None,
    });
    let given = children(
        &find(form, K::ATTRIBUTE_LIST).unwrap_or_else(|| form.clone()),
        K::ATTRIBUTE_OPTION,
    )
    .find(|option| {
        child(option, K::ATTRIBUTE_NAME)
            .and_then(|name| word(r, &name))
            .is_some_and(|(name, _)| name == "multirange_type_name")
    })
    .and_then(|option| find(&option, K::PATH_REF))
    .map(|name| path(r, &name));
    let action = r.define(How::default());
    match given.as_deref().and_then(<[_]>::last) {
        Some((name, span)) => {
            let name = named.name.sibling(name.clone());
            r.push(action, Object::new(Kind::Type, name), *span);
        }
        None => {
            let name = implied::multirange(&named.name.name);
            let object = Object::new(Kind::Type, named.name.sibling(name));
            r.imply(action, object, named.span);
        }
    }
}

/// `ALTER TYPE`
pub(super) fn alter_type(r: &mut Reader<'_>, node: &SyntaxNode) {
    let Some(named) = child(node, K::TYPE_NAME_REF).and_then(|name| reference(r, &name)) else {
        return;
    };
    let subject = Object::new(Kind::Type, named.name.clone());
    r.push(Action::Alter, subject.clone(), named.span);
    for action in node.children() {
        match action.kind() {
            K::ADD_VALUE => add_value(r, &named, &action),
            K::RENAME_VALUE => {
                let mut literals = children(&action, K::LITERAL);
                if let (Some(from), Some(to)) = (literals.next(), literals.next()) {
                    let span = r.span(&from);
                    if let (Some(from), Some(to)) = (literal_text(&from), literal_text(&to)) {
                        let [from, to] = [from, to].map(|value| {
                            let value = Ident::folded(value.text());
                            Object::member(Kind::EnumValue, named.name.clone(), value)
                        });
                        r.push(Action::Rename { to }, from, span);
                    }
                }
            }
            K::RENAME_ATTRIBUTE => {
                if let (Some((old, span)), Some((new, _))) = (
                    child(&action, K::COMPOSITE_FIELD_REF).and_then(|name| word(r, &name)),
                    child(&action, K::COMPOSITE_FIELD).and_then(|name| word(r, &name)),
                ) {
                    super::alter_table::rename_member(r, Kind::Column, &named.name, old, new, span);
                }
            }
            K::ALTER_TYPE_ATTRIBUTE_ACTION_LIST => {
                for inner in action.children() {
                    attribute(r, &named, &inner);
                }
            }
            _ => change(r, &subject, &action),
        }
    }
}

fn add_value(r: &mut Reader<'_>, named: &Named, action: &SyntaxNode) {
    let how = How {
        if_absent: has(action, K::IF_NOT_EXISTS),
        ..How::default()
    };
    if let Some(literal) = child(action, K::LITERAL)
        && let Some(value) = literal_text(&literal)
    {
        let value = Ident::folded(value.text());
        let span = r.span(&literal);
        let object = Object::member(Kind::EnumValue, named.name.clone(), value);
        r.defines(object, span, how);
    }
    // BEFORE 'v', AFTER 'v'
    for position in action.children() {
        if matches!(position.kind(), K::BEFORE_VALUE | K::AFTER_VALUE)
            && let Some(literal) = child(&position, K::LITERAL)
            && let Some(value) = literal_text(&literal)
        {
            let value = Ident::folded(value.text());
            let span = r.span(&literal);
            let object = Object::member(Kind::EnumValue, named.name.clone(), value);
            r.push(Action::Use, object, span);
        }
    }
}

fn attribute(r: &mut Reader<'_>, named: &Named, action: &SyntaxNode) {
    let existing = child(action, K::COMPOSITE_FIELD_REF).and_then(|name| word(r, &name));
    match (action.kind(), existing) {
        (K::ADD_ATTRIBUTE, _) => composite_field(r, named, action, How::default()),
        (K::DROP_ATTRIBUTE, Some((field, span))) => {
            let fact = r.drop(has(action, K::IF_EXISTS), has(action, K::CASCADE));
            r.push(
                fact,
                Object::member(Kind::Column, named.name.clone(), field),
                span,
            );
        }
        (K::ALTER_ATTRIBUTE, Some((field, span))) => {
            let object = Object::member(Kind::Column, named.name.clone(), field);
            r.push(Action::Alter, object.clone(), span);
            r.push(Action::Retype, object, span);
            types::uses_all(r, action);
        }
        _ => {}
    }
}

/// `CREATE DOMAIN`, `ALTER DOMAIN`
pub(super) fn domain(r: &mut Reader<'_>, node: &SyntaxNode) {
    let create = node.kind() == K::CREATE_DOMAIN;
    let named = if create {
        child(node, K::DOMAIN).and_then(|name| definition(r, &name))
    } else {
        child(node, K::DOMAIN_REF).and_then(|name| reference(r, &name))
    };
    let Some(named) = named else { return };
    let subject = Object::new(Kind::Domain, named.name.clone());
    if create {
        r.defines(subject.clone(), named.span, How::default());
    } else {
        r.push(Action::Alter, subject.clone(), named.span);
    }
    types::uses_all(r, node);
    let base = types::type_of(node);
    let mut table = Table {
        domain: true,
        existing: !create,
        ..Table::existing(named.clone())
    };
    for part in node.children() {
        match part.kind() {
            K::ADD_CONSTRAINT => {
                for inner in part.children() {
                    constraint(r, &mut table, &inner, None, None);
                }
                r.push(Action::Tighten, subject.clone(), named.span);
            }
            K::DROP_CONSTRAINT => {
                if let Some((name, span)) =
                    child(&part, K::CONSTRAINT_NAME_REF).and_then(|name| word(r, &name))
                {
                    let fact = r.drop(has(&part, K::IF_EXISTS), has(&part, K::CASCADE));
                    let object = Object::member(Kind::Constraint, named.name.clone(), name);
                    r.push(fact, object, span);
                }
            }
            K::RENAME_CONSTRAINT => {
                if let (Some((old, span)), Some((new, _))) = (
                    child(&part, K::CONSTRAINT_NAME_REF).and_then(|name| word(r, &name)),
                    child(&part, K::CONSTRAINT_NAME).and_then(|name| word(r, &name)),
                ) {
                    super::alter_table::rename_member(
                        r,
                        Kind::Constraint,
                        &named.name,
                        old,
                        new,
                        span,
                    );
                }
            }
            K::VALIDATE_CONSTRAINT => {
                if let Some((name, span)) =
                    child(&part, K::CONSTRAINT_NAME_REF).and_then(|name| word(r, &name))
                {
                    let object = Object::member(Kind::Constraint, named.name.clone(), name);
                    r.push(Action::Alter, object, span);
                    r.push(Action::Tighten, subject.clone(), span);
                }
            }
            K::SET_NOT_NULL => r.push(Action::Tighten, subject.clone(), named.span),
            K::SET_DEFAULT => r.written(|r| expr(r, &part, &Scope::default())),
            K::OWNER_TO | K::SET_SCHEMA | K::DOMAIN_RENAME_TO => change(r, &subject, &part),
            _ => constraint(r, &mut table, &part, None, base.as_ref()),
        }
    }
}

/// `CREATE EXTENSION`
pub(super) fn extension(r: &mut Reader<'_>, node: &SyntaxNode) {
    let how = How {
        if_absent: has(node, K::IF_NOT_EXISTS),
        ..How::default()
    };
    if let Some((name, span)) = child(node, K::EXTENSION).and_then(|name| word(r, &name)) {
        let object = Object::new(Kind::Extension, ObjectName::bare(name));
        r.defines(object, span, how);
    }
    refs(r, node, &Action::Use);
}

/// `CREATE ROLE`, `CREATE USER`, `CREATE GROUP`
pub(super) fn role(r: &mut Reader<'_>, node: &SyntaxNode) {
    if let Some((name, span)) = child(node, K::ROLE).and_then(|name| word(r, &name)) {
        let object = Object::new(Kind::Role, ObjectName::bare(name));
        r.defines(object, span, How::default());
    }
    roles(r, node);
}

/// `ALTER ROLE`, `ALTER USER`, `ALTER GROUP`
pub(super) fn alter_role(r: &mut Reader<'_>, node: &SyntaxNode) {
    let subject = child(node, K::ROLE_REF)
        .and_then(|role| find(&role, K::ROLE_NAME_REF))
        .and_then(|role| word(r, &role));
    if let Some((name, span)) = subject {
        let object = Object::new(Kind::Role, ObjectName::bare(name));
        r.push(Action::Alter, object.clone(), span);
        if let Some(rename) = child(node, K::ROLE_RENAME_TO) {
            change(r, &object, &rename);
        }
    }
    for part in node.children().filter(|part| part.kind() != K::ROLE_REF) {
        roles(r, &part);
    }
}

/// `CREATE OPERATOR`
pub(super) fn operator(r: &mut Reader<'_>, node: &SyntaxNode) {
    let operand = |r: &Reader<'_>, wanted: &str| {
        let list = child(node, K::ATTRIBUTE_LIST)?;
        children(&list, K::ATTRIBUTE_OPTION)
            .find(|option| {
                child(option, K::ATTRIBUTE_NAME)
                    .and_then(|name| word(r, &name))
                    .is_some_and(|(name, _)| name == wanted)
            })
            .and_then(|option| types::type_in(&option))
            .map(|of| types::normal(r, &of))
    };
    let (left, right) = (operand(r, "leftarg"), operand(r, "rightarg"));
    let name = child(node, K::OP).or_else(|| child(node, K::CUSTOM_OP));
    if let Some(mut named) = name.and_then(|op| operator_name(r, &op)) {
        if named.name.schema.is_none() {
            named.name.schema = r.mode.schema.clone();
        }
        let object = misc::operator_of(named.name, left.clone(), right.clone());
        r.defines(object, named.span, How::default());
    }
    let before = r.out.facts.len();
    options(r, node, |name| match name {
        "procedure" | "function" => Some(Kind::Routine),
        "leftarg" | "rightarg" => Some(Kind::Type),
        _ => None,
    });
    // Its function is the one that takes exactly its operands.
    let operands: Vec<String> = left.into_iter().chain(right).collect();
    for fact in &mut r.out.facts[before..] {
        if let Part::Arguments(signature) = &mut fact.object.part {
            signature.min = operands.len() as u16;
            signature.max = Some(operands.len() as u16);
            signature.types = Some(operands.clone());
        }
    }
    options(r, node, |name| match name {
        "restrict" | "join" => Some(Kind::Routine),
        _ => None,
    });
}

/// `CREATE OPERATOR CLASS`, `CREATE OPERATOR FAMILY`
pub(super) fn operator_class(r: &mut Reader<'_>, node: &SyntaxNode, name: K) {
    let family = node.kind() == K::CREATE_OPERATOR_FAMILY;
    if let Some(named) = child(node, name).and_then(|name| definition(r, &name)) {
        let object = misc::operator_class(r, named.name, node, family);
        r.defines(object, named.span, How::default());
    }
    if let Some(clause) = child(node, K::OPERATOR_FAMILY_CLAUSE)
        && let Some(family) = child(&clause, K::OP_FAMILY_REF).and_then(|name| reference(r, &name))
    {
        let object = misc::operator_class(r, family.name, node, true);
        r.push(Action::Use, object, family.span);
    } else if let Some(named) = child(node, name)
        .filter(|_| !family)
        .and_then(|name| definition(r, &name))
    {
        // A family of that name is made along, unless there is one.
        let how = How {
            if_absent: true,
            ..How::default()
        };
        let object = misc::operator_class(r, named.name, node, true);
        let action = r.define(how);
        r.imply(action, object, named.span);
    }
    access_method(r, node);
    operator_class_items(r, node);
}

/// The members of an operator class or family.
pub(super) fn operator_class_items(r: &mut Reader<'_>, node: &SyntaxNode) {
    types::uses_all(r, node);
    let default = types::type_of(node).map(|of| types::normal(r, &of));
    for item in node.descendants() {
        match item.kind() {
            K::OP_CLASS_OPTION_FUNCTION => {
                refs(r, &item, &Action::Use);
                for parameter in item.descendants().filter(|inner| inner.kind() == K::PARAM) {
                    types::uses_all(r, &parameter);
                }
            }
            K::OP_CLASS_OPTION_OPERATOR => member_operator(r, &item, default.as_deref()),
            K::OP_CLASS_OPTION_STORAGE => types::uses_all(r, &item),
            _ => {}
        }
    }
}

/// `OPERATOR n symbol [(left, right)]`: its operands tell it from the engine's own of that symbol.
fn member_operator(r: &mut Reader<'_>, item: &SyntaxNode, default: Option<&str>) {
    types::uses_all(r, item);
    let Some(named) = child(item, K::OP).and_then(|op| operator_name(r, &op)) else {
        return;
    };
    let operands: Vec<String> = item
        .children()
        .filter(|part| types::is_type(part.kind()))
        .map(|operand| types::normal(r, &operand))
        .collect();
    let object = match (&operands[..], default) {
        ([left, right], _) => {
            misc::operator_of(named.name, Some(left.clone()), Some(right.clone()))
        }
        (_, Some(default)) => {
            let both = Some(default.to_owned());
            misc::operator_of(named.name, both.clone(), both)
        }
        _ => Object::new(Kind::Operator, named.name),
    };
    if !builtin::is_operator(&object.name) || object.name.schema.is_none() {
        r.push(Action::Use, object, named.span);
    }
}

/// `CREATE CAST`
pub(super) fn create_cast(r: &mut Reader<'_>, node: &SyntaxNode) {
    if let Some((object, span)) = child(node, K::CAST_SIG).and_then(|sig| misc::cast(r, &sig)) {
        r.defines(object, span, How::default());
    }
    if let Some(function) = child(node, K::WITH_FUNCTION) {
        refs(r, &function, &Action::Use);
    }
}

/// `CREATE TEXT SEARCH …`
pub(super) fn text_search(r: &mut Reader<'_>, node: &SyntaxNode, name: K) {
    simple(r, node, Kind::TextSearch, name);
    options(r, node, |name| match name {
        "parser" | "copy" | "template" => Some(Kind::TextSearch),
        "start" | "gettoken" | "end" | "headline" | "lextypes" | "init" | "lexize" => {
            Some(Kind::Routine)
        }
        _ => None,
    });
}

/// `CREATE PUBLICATION`, `ALTER PUBLICATION`
pub(super) fn publication(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) {
    if node.kind() == K::CREATE_PUBLICATION {
        if let Some((name, span)) = child(node, K::PUBLICATION).and_then(|name| word(r, &name)) {
            let object = Object::new(Kind::Publication, ObjectName::bare(name));
            r.defines(object, span, How::default());
        }
    } else if let Some((object, span)) =
        child(node, K::PUBLICATION_REF).and_then(|name| object_of(r, &name))
    {
        r.push(Action::Alter, object.clone(), span);
        for action in node.children() {
            change(r, &object, &action);
        }
    }
    for part in node.descendants() {
        match part.kind() {
            K::PUBLICATION_OBJECT_TABLE => {
                let Some(table) =
                    find(&part, K::TABLE_NAME_REF).and_then(|name| reference(r, &name))
                else {
                    continue;
                };
                r.uses(Kind::Table, table.name.clone(), table.span);
                let columns: Vec<_> = child(&part, K::COLUMN_REF_LIST)
                    .iter()
                    .flat_map(|list| list.children())
                    .filter_map(|name| word(r, &name))
                    .collect();
                for (column, span) in columns {
                    r.uses_column(vec![table.name.clone()], column, span);
                }
                if let Some(filter) = child(&part, K::WHERE_CONDITION_CLAUSE) {
                    let inner = Scope::of_table(scope, &table.name);
                    r.written(|r| expr(r, &filter, &inner));
                }
            }
            K::EXCEPT_TABLE_NAME | K::PUBLICATION_OBJECT_TABLES_IN_SCHEMA => {
                refs(r, &part, &Action::Use);
            }
            _ => {}
        }
    }
}

/// `IMPORT FOREIGN SCHEMA`: what it makes is not in the text.
pub(super) fn import(r: &mut Reader<'_>, node: &SyntaxNode) {
    for part in node.children() {
        match part.kind() {
            // The schema that is imported is the other server's.
            K::SCHEMA_REF => {}
            K::INTO_SCHEMA | K::SERVER_CLAUSE => refs(r, &part, &Action::Use),
            _ => {}
        }
    }
}

/// `ALTER DEFAULT PRIVILEGES`
pub(super) fn default_privileges(r: &mut Reader<'_>, node: &SyntaxNode) {
    refs(r, node, &Action::Use);
    for part in node.children() {
        match part.kind() {
            K::GRANT_DEFAULT_PRIVILEGES | K::REVOKE_DEFAULT_PRIVILEGES => {
                for inner in part.children() {
                    if inner.kind() != K::REVOKE_COMMAND_LIST {
                        roles(r, &inner);
                    }
                }
            }
            _ => roles(r, &part),
        }
    }
}
