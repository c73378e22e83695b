//! CREATE and ALTER of schemas, sequences, types, domains, extensions, roles, operators, casts,
//! foreign data, publications and the like.

use std::collections::BTreeSet;

use super::expr::expr;
use super::misc::{change, object_of, options, owned_by, refs, roles};
use super::names::{Named, definition, path, reference, word};
use super::reader::{How, Reader};
use super::scope::Scope;
use super::tree::{SyntaxKind as K, SyntaxNode, child, children, find, has};
use super::{builtin, misc, statement, types};
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Kind, Object};

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

/// `CREATE TEXT SEARCH …`
pub(super) fn text_search(r: &mut Reader<'_>, node: &SyntaxNode, name: K) {
    let kind = match name {
        K::TEXT_SEARCH_DICTIONARY => Kind::TextSearchDictionary,
        K::TEXT_SEARCH_PARSER => Kind::TextSearchParser,
        K::TEXT_SEARCH_TEMPLATE => Kind::TextSearchTemplate,
        _ => Kind::TextSearch,
    };
    simple(r, node, kind, name);
    options(r, node, |name| match name {
        "copy" => Some(Kind::TextSearch),
        "parser" => Some(Kind::TextSearchParser),
        "template" => Some(Kind::TextSearchTemplate),
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

/// `IMPORT FOREIGN SCHEMA`: what it makes is in the text only where LIMIT TO says it.
pub(super) fn import(r: &mut Reader<'_>, node: &SyntaxNode) {
    let into = child(node, K::INTO_SCHEMA)
        .and_then(|into| child(&into, K::SCHEMA_REF))
        .and_then(|schema| word(r, &schema));
    if let (Some((schema, _)), Some(tables)) = (into, child(node, K::LIMIT_TO_TABLES)) {
        for name in tables.children() {
            if let Some((name, span)) = word(r, &name) {
                let name = ObjectName::qualified(schema.clone(), name);
                r.defines(Object::new(Kind::Table, name), span, How::default());
            }
        }
    }
    for part in node.children() {
        match part.kind() {
            // The schema that is imported is the other server's.
            K::SCHEMA_REF => {}
            K::INTO_SCHEMA | K::SERVER_CLAUSE => refs(r, &part, &Action::Use),
            _ => {}
        }
    }
}
