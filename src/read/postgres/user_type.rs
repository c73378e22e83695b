//! CREATE and ALTER of types and domains.

use super::constraint::{Table, constraint};
use super::expr::expr;
use super::misc::{change, options};
use super::names::{Named, definition, path, reference, word};
use super::reader::{How, Reader};
use super::scope::Scope;
use super::tree::{SyntaxKind as K, SyntaxNode, child, children, find, has, literal_text};
use super::types;
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Kind, Object};
use crate::read::implied;

/// `CREATE TYPE` in all its forms.
pub(super) fn create_type(r: &mut Reader<'_>, node: &SyntaxNode) {
    let Some(named) = child(node, K::TYPE_NAME).and_then(|name| definition(r, &name)) else {
        return;
    };
    let forms = [K::ENUM_TYPE, K::COMPOSITE_TYPE, K::RANGE_TYPE, K::BASE_TYPE];
    let kind = match node.children().find(|form| forms.contains(&form.kind())) {
        None => Kind::ShellType,
        Some(form) if form.kind() == K::ENUM_TYPE => Kind::Enum,
        Some(_) => Kind::Type,
    };
    if has(node, K::BASE_TYPE) || has(node, K::RANGE_TYPE) {
        // They take the place of the shell that their functions were made with.
        let shell = Object::new(Kind::ShellType, named.name.clone());
        r.imply(Action::Use, shell, named.span);
    }
    let object = Object::new(kind, named.name.clone());
    r.defines(object, named.span, How::default());
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
            K::BASE_TYPE => options(r, &form, base_option),
            _ => {}
        }
    }
}

/// The options of a base type that name objects.
fn base_option(name: &str) -> Option<Kind> {
    match name {
        "input" | "output" | "receive" | "send" | "typmod_in" | "typmod_out" | "analyze"
        | "analyse" | "subscript" => Some(Kind::Routine),
        "like" | "element" => Some(Kind::Type),
        _ => None,
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
    match given.as_deref() {
        Some([.., (schema, _), (name, span)]) => {
            let name = ObjectName::qualified(schema.clone(), name.clone());
            r.push(action, Object::new(Kind::Type, name), *span);
        }
        // Not beside the range but in the first schema of the search_path.
        Some([(name, span)]) => {
            let name = ObjectName::bare(name.clone());
            r.push(action, Object::new(Kind::Type, name), *span);
        }
        _ => {
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
                        r.push(Action::Rename { to: Box::new(to) }, from, span);
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
            K::SET_OPTIONS => options(r, &action, base_option),
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
                if find(&part, K::NOT_VALID).is_none() {
                    r.push(Action::Tighten, subject.clone(), named.span);
                }
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
