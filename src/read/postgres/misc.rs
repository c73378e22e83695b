//! What many statements share: references by their kind, roles, owners, renames, option lists.

use super::names::{Named, path, reference, referred, uses_schema, word};
use super::reader::Reader;
use super::tree::{SyntaxKind as K, SyntaxNode, child, children, find, first_token};
use super::{builtin, operator, routine, types};
use crate::name::ObjectName;
use crate::read::fact::{Action, Kind, Object, Part, Signature};
use crate::source::Span;

/// The object that a reference node names, of the kind that its context tells.
pub(super) fn object_of(r: &mut Reader<'_>, node: &SyntaxNode) -> Option<(Object, Span)> {
    let parent = node.parent().map(|parent| parent.kind());
    let materialized = matches!(
        parent,
        Some(
            K::OBJECT_MATERIALIZED_VIEW
                | K::DROP_MATERIALIZED_VIEW
                | K::ALTER_MATERIALIZED_VIEW
                | K::REFRESH
        )
    );
    let kind = match node.kind() {
        K::TABLE_NAME_REF => Kind::Table,
        K::RELATION_NAME_REF => Kind::Relation,
        K::VIEW_REF if materialized => Kind::MaterializedView,
        K::VIEW_REF => Kind::View,
        K::SEQUENCE_REF => Kind::Sequence,
        K::INDEX_REF => Kind::Index,
        K::TYPE_NAME_REF => Kind::Type,
        K::DOMAIN_REF => Kind::Domain,
        K::STATISTICS_REF => Kind::Statistics,
        K::COLLATION_REF => Kind::Collation,
        K::CONVERSION_REF => Kind::Conversion,
        K::OP_CLASS_REF | K::OP_FAMILY_REF => {
            let Named { name, span } = reference(r, node)?;
            let statement = node.parent()?;
            return Some((
                operator::class_of(r, name, &statement, node.kind() == K::OP_FAMILY_REF),
                span,
            ));
        }
        K::TEXT_SEARCH_CONFIGURATION_REF => Kind::TextSearch,
        K::TEXT_SEARCH_DICTIONARY_REF => Kind::TextSearchDictionary,
        K::TEXT_SEARCH_PARSER_REF => Kind::TextSearchParser,
        K::TEXT_SEARCH_TEMPLATE_REF => Kind::TextSearchTemplate,
        K::FUNCTION_SIG | K::PROCEDURE_SIG | K::ROUTINE_SIG | K::AGGREGATE => {
            let (object, named) = routine::named_routine(r, node)?;
            return Some((object, named.span));
        }
        K::FUNCTION_NAME_REF | K::PROCEDURE_NAME_REF | K::ROUTINE_NAME_REF => {
            let named = reference(r, node)?;
            let any = Signature::any();
            let object = match node.kind() {
                K::PROCEDURE_NAME_REF => Object::procedure(named.name, any),
                _ => Object::routine(named.name, any),
            };
            return Some((object, named.span));
        }
        K::OP_SIG => {
            return operator::with_operands(r, node);
        }
        K::CAST_SIG => return operator::cast(r, node),
        kind => {
            let kind = single_word_kind(kind)?;
            let (name, span) = word(r, node)?;
            return Some((Object::new(kind, ObjectName::bare(name)), span));
        }
    };
    let Named { name, span } = reference(r, node)?;
    Some((Object::new(kind, name), span))
}

fn single_word_kind(kind: K) -> Option<Kind> {
    Some(match kind {
        K::SCHEMA_REF => Kind::Schema,
        K::EXTENSION_REF => Kind::Extension,
        K::LANGUAGE_REF => Kind::Language,
        K::SERVER_REF => Kind::ForeignServer,
        K::FOREIGN_DATA_WRAPPER_REF => Kind::ForeignDataWrapper,
        K::PUBLICATION_REF => Kind::Publication,
        K::SUBSCRIPTION_REF => Kind::Subscription,
        K::EVENT_TRIGGER_REF => Kind::EventTrigger,
        K::TABLESPACE_REF => Kind::Tablespace,
        K::ACCESS_METHOD_REF => Kind::AccessMethod,
        K::ROLE_NAME_REF => Kind::Role,
        _ => return None,
    })
}

/// The action on every object that is referred to under the node.
pub(super) fn refs(r: &mut Reader<'_>, node: &SyntaxNode, action: &Action) {
    for part in node.children() {
        if part.kind() == K::ROLE_REF || part.kind() == K::ROLE_REF_LIST {
            continue;
        }
        match object_of(r, &part) {
            Some((object, span)) => {
                if !is_builtin(&object) {
                    r.push(action.clone(), object, span);
                }
            }
            None => refs(r, &part, action),
        }
    }
}

fn is_builtin(object: &Object) -> bool {
    let name = object.name.name.as_str();
    match object.kind {
        Kind::Relation | Kind::Table | Kind::View => builtin::is_relation(&object.name),
        Kind::Type | Kind::Domain => builtin::is_type(&object.name),
        Kind::Language => builtin::is_language(name),
        Kind::TextSearch
        | Kind::TextSearchDictionary
        | Kind::TextSearchParser
        | Kind::TextSearchTemplate => builtin::is_text_search(&object.name),
        Kind::Collation => builtin::is_collation(&object.name),
        Kind::AccessMethod => builtin::is_access_method(name),
        Kind::Role => builtin::is_role(name),
        Kind::Schema => matches!(name, "pg_catalog" | "information_schema"),
        Kind::Tablespace => matches!(name, "pg_default" | "pg_global"),
        _ => object
            .name
            .schema
            .as_ref()
            .is_some_and(|schema| schema.as_str() == "pg_catalog"),
    }
}

/// `Use` of every role under the node.
pub(super) fn roles(r: &mut Reader<'_>, node: &SyntaxNode) {
    for role in node
        .descendants()
        .filter(|inner| inner.kind() == K::ROLE_NAME_REF)
    {
        role_word(r, &role);
    }
}

/// `Use` of one role.
fn role_word(r: &mut Reader<'_>, node: &SyntaxNode) {
    if let Some((name, span)) = word(r, node)
        && !is_role_word(r, node)
    {
        r.uses(Kind::Role, ObjectName::bare(name), span);
    }
}

/// PUBLIC, CURRENT_USER and the engine's own roles.
fn is_role_word(r: &Reader<'_>, node: &SyntaxNode) -> bool {
    first_token(node).is_none_or(|token| {
        !token.text().starts_with('"') && builtin::is_role(r.ident(&token).as_str())
    })
}

/// What ALTER says of any object: an owner, a schema, a new name, an extension.
pub(super) fn change(r: &mut Reader<'_>, subject: &Object, action: &SyntaxNode) {
    match action.kind() {
        K::OWNER_TO => roles(r, action),
        K::SET_SCHEMA => {
            let Some((schema, span)) = child(action, K::SCHEMA_REF).and_then(|name| word(r, &name))
            else {
                return;
            };
            uses_schema(r, schema.clone(), span);
            if subject.kind == Kind::Extension {
                // What is in it moves; its own name has no schema.
                return;
            }
            let mut to = subject.clone();
            to.name.schema = Some(schema);
            r.push(Action::Rename { to: Box::new(to) }, subject.clone(), span);
        }
        kind if is_rename(kind) => {
            let Some((name, span)) = action
                .children()
                .next()
                .and_then(|name| path(r, &name).pop().or_else(|| word(r, &name)))
            else {
                return;
            };
            let mut to = subject.clone();
            match &mut to.part {
                Part::Member(member) => *member = name,
                _ => to.name.name = name,
            }
            r.push(Action::Rename { to: Box::new(to) }, subject.clone(), span);
        }
        K::DEPENDS_ON_EXTENSION | K::NO_DEPENDS_ON_EXTENSION => refs(r, action, &Action::Use),
        _ => {}
    }
}

fn is_rename(kind: K) -> bool {
    format!("{kind:?}").ends_with("_RENAME_TO")
}

/// `OWNED BY t.c`
pub(super) fn owned_by(r: &mut Reader<'_>, node: &SyntaxNode) {
    if let Some(column) = find(node, K::QUALIFIED_COLUMN_NAME_REF) {
        let path = path(r, &column);
        if let Some(((column, span), owner)) = path.split_last()
            && let Some(owner) = referred(r, owner)
        {
            r.uses_column(vec![owner.name], column.clone(), *span);
        }
    }
}

/// `ALTER kind name …` for the kinds that have nothing of their own.
pub(super) fn alter(r: &mut Reader<'_>, node: &SyntaxNode) -> Option<Object> {
    let mut parts = node.children();
    let (subject, span) = parts.find_map(|part| object_of(r, &part))?;
    r.push(Action::Alter, subject.clone(), span);
    for action in parts {
        change(r, &subject, &action);
        match action.kind() {
            K::OWNER_TO | K::SET_SCHEMA => {}
            K::SET_OPTIONS if subject.kind == Kind::Operator => {
                options(r, &action, |name| match name {
                    "restrict" | "join" => Some(Kind::Routine),
                    _ => None,
                });
            }
            kind if is_rename(kind) => {}
            _ => refs(r, &action, &Action::Use),
        }
    }
    Some(subject)
}

/// A list of `name = value` where some values are objects.
pub(super) fn options(
    r: &mut Reader<'_>,
    node: &SyntaxNode,
    kind_of: impl Fn(&str) -> Option<Kind>,
) {
    let Some(list) = find(node, K::ATTRIBUTE_LIST) else {
        return;
    };
    for option in children(&list, K::ATTRIBUTE_OPTION) {
        let Some((name, _)) = child(&option, K::ATTRIBUTE_NAME).and_then(|name| word(r, &name))
        else {
            continue;
        };
        let Some(kind) = kind_of(&name.as_str().to_ascii_lowercase()) else {
            continue;
        };
        let Some(value) = option
            .children()
            .find(|part| !matches!(part.kind(), K::ATTRIBUTE_NAME | K::ATTRIBUTE_NAMESPACE))
        else {
            continue;
        };
        option_value(r, kind, &value);
    }
}

fn option_value(r: &mut Reader<'_>, kind: Kind, value: &SyntaxNode) {
    if kind == Kind::Type {
        if types::is_type(value.kind()) {
            types::uses(r, value);
        } else {
            types::uses_all(r, value);
        }
        return;
    }
    if kind == Kind::Operator {
        let operator = find(value, K::OPERATOR_CALL).unwrap_or_else(|| value.clone());
        if let Some(named) = operator::name_of(r, &operator)
            && !builtin::is_operator(&named.name)
        {
            r.uses(kind, named.name, named.span);
        }
        return;
    }
    let named = match find(value, K::PATH_REF) {
        Some(path_node) => {
            let path = path(r, &path_node);
            referred(r, &path)
        }
        None => find(value, K::LITERAL).and_then(|literal| super::names::in_literal(r, &literal)),
    };
    let Some(named) = named else { return };
    let object = match kind {
        Kind::Routine => Object::routine(named.name, Signature::any()),
        kind => Object::new(kind, named.name),
    };
    if !is_builtin(&object) {
        r.push(Action::Use, object, named.span);
    }
}

/// The action on every role under the node.
pub(super) fn roles_as(r: &mut Reader<'_>, node: &SyntaxNode, action: &Action) {
    for role in node
        .descendants()
        .filter(|inner| inner.kind() == K::ROLE_NAME_REF)
    {
        if !is_role_word(r, &role)
            && let Some((name, span)) = word(r, &role)
        {
            let object = Object::new(Kind::Role, ObjectName::bare(name));
            r.push(action.clone(), object, span);
        }
    }
}

/// The action on `member ON owner`: a trigger, policy, rule or constraint.
pub(super) fn member_of(
    r: &mut Reader<'_>,
    node: &SyntaxNode,
    kind: Kind,
    member: K,
    action: &Action,
) -> Option<Object> {
    let (name, span) = child(node, member).and_then(|name| word(r, &name))?;
    let owner = node.children().find(|part| {
        matches!(
            part.kind(),
            K::TABLE_NAME_REF | K::RELATION_NAME_REF | K::DOMAIN_REF | K::ON_TABLE | K::ON_RELATION
        )
    })?;
    let owner_kind = match find(&owner, K::DOMAIN_REF) {
        Some(_) => Kind::Domain,
        None => Kind::Relation,
    };
    let owner = reference(r, &owner)?;
    let object = Object::member(kind, owner.name.clone(), name);
    r.push(action.clone(), object.clone(), span);
    if !matches!(action, Action::Drop { .. }) {
        r.uses(owner_kind, owner.name, owner.span);
    }
    Some(object)
}
