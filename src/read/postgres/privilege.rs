//! GRANT, REVOKE, ALTER DEFAULT PRIVILEGES, COMMENT and SECURITY LABEL.

use super::misc::{member_of, refs, roles, roles_as};
use super::names::{path, referred, word};
use super::operator;
use super::reader::Reader;
use super::tree::{SyntaxKind as K, SyntaxNode, child, children};
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Kind, Object};

/// `GRANT`, `REVOKE`
pub(super) fn grant(r: &mut Reader<'_>, node: &SyntaxNode) {
    let objects = child(node, K::ON_PRIVILEGE_OBJECTS_CLAUSE);
    if let Some(objects) = &objects {
        let before = r.out.facts.len();
        for part in objects.children() {
            // ALL … IN SCHEMA changes what is in the schema, not the schema.
            let in_schema = children(&part, K::SCHEMA_REF).next().is_some()
                && part.kind() != K::PRIVILEGE_SCHEMA;
            let action = if in_schema {
                Action::Use
            } else {
                Action::Alter
            };
            refs(r, &part, &action);
            for &of in in_schemas(part.kind()) {
                covers(r, &part, Action::CoversAll { of });
            }
        }
        let tables: Vec<ObjectName> = r.out.facts[before..]
            .iter()
            .filter(|fact| matches!(fact.object.kind, Kind::Relation | Kind::Table))
            .map(|fact| fact.object.name.clone())
            .collect();
        let columns: Vec<_> = node
            .children()
            .filter(|part| matches!(part.kind(), K::REVOKE_COMMAND_LIST | K::ALL_PRIVILEGES))
            .flat_map(|list| list.descendants())
            .filter(|inner| inner.kind() == K::COLUMN_NAME_REF)
            .filter_map(|name| word(r, &name))
            .collect();
        for (column, span) in columns {
            for table in &tables {
                r.uses_column(vec![table.clone()], column.clone(), span);
            }
        }
    }
    for part in node.children() {
        match part.kind() {
            // Without ON the words before TO are roles; with ON they are privileges.
            K::REVOKE_COMMAND_LIST if objects.is_some() => {}
            K::ON_PRIVILEGE_OBJECTS_CLAUSE => {}
            _ => roles(r, &part),
        }
    }
}

/// What `ALL … IN SCHEMA` covers.
fn in_schemas(objects: K) -> &'static [Kind] {
    match objects {
        K::PRIVILEGE_ALL_TABLES_IN_SCHEMA => &[Kind::Table],
        K::PRIVILEGE_ALL_SEQUENCES_IN_SCHEMA => &[Kind::Sequence],
        K::PRIVILEGE_ALL_FUNCTIONS_IN_SCHEMA => &[Kind::Routine],
        K::PRIVILEGE_ALL_PROCEDURES_IN_SCHEMA => &[Kind::Procedure],
        K::PRIVILEGE_ALL_ROUTINES_IN_SCHEMA => &[Kind::Routine, Kind::Procedure],
        _ => &[],
    }
}

/// What default privileges are for.
fn to_come(objects: K) -> &'static [Kind] {
    match objects {
        K::PRIVILEGE_TARGET_TABLES => &[Kind::Table],
        K::PRIVILEGE_TARGET_SEQUENCES => &[Kind::Sequence],
        K::PRIVILEGE_TARGET_FUNCTIONS | K::PRIVILEGE_TARGET_ROUTINES => {
            &[Kind::Routine, Kind::Procedure]
        }
        K::PRIVILEGE_TARGET_TYPES => &[Kind::Type],
        K::PRIVILEGE_TARGET_SCHEMAS => &[Kind::Schema],
        _ => &[],
    }
}

/// The action on each schema that a node names.
fn covers(r: &mut Reader<'_>, node: &SyntaxNode, action: Action) {
    let schemas: Vec<_> = children(node, K::SCHEMA_REF)
        .filter_map(|schema| word(r, &schema))
        .collect();
    for (schema, span) in &schemas {
        let schema = Object::new(Kind::Schema, ObjectName::bare(schema.clone()));
        r.push(action.clone(), schema, *span);
    }
}

/// `ALTER DEFAULT PRIVILEGES`
pub(super) fn default_privileges(r: &mut Reader<'_>, node: &SyntaxNode) {
    refs(r, node, &Action::Use);
    let targets = node.descendants().map(|inner| inner.kind());
    let kinds: Vec<Kind> = targets.flat_map(to_come).copied().collect();
    for of in kinds {
        let schemas = child(node, K::IN_SCHEMAS);
        let action = Action::CoversNew { of };
        match schemas {
            Some(schemas) => covers(r, &schemas, action),
            None => {
                let anywhere = Object::new(Kind::Schema, ObjectName::bare(Ident::folded("")));
                let place = r.span(node);
                r.push(action, anywhere, place);
            }
        }
    }
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

/// `COMMENT ON`, `SECURITY LABEL ON`
pub(super) fn comment(r: &mut Reader<'_>, node: &SyntaxNode) {
    for part in node.children() {
        let member = match part.kind() {
            K::OBJECT_COLUMN => {
                if let Some(name) = child(&part, K::QUALIFIED_COLUMN_NAME_REF) {
                    let path = path(r, &name);
                    if let Some(((column, span), owner)) = path.split_last()
                        && let Some(owner) = referred(r, owner)
                    {
                        let object = Object::member(Kind::Column, owner.name, column.clone());
                        r.push(Action::Alter, object, *span);
                    }
                }
                continue;
            }
            K::OBJECT_CONSTRAINT => (Kind::Constraint, K::CONSTRAINT_NAME_REF),
            K::OBJECT_POLICY => (Kind::Policy, K::POLICY_REF),
            K::OBJECT_RULE => (Kind::Rule, K::RULE_REF),
            K::OBJECT_TRIGGER => (Kind::Trigger, K::TRIGGER_REF),
            K::LITERAL => continue,
            _ => {
                roles_as(r, &part, &Action::Alter);
                refs_of_object(r, &part);
                continue;
            }
        };
        member_of(r, &part, member.0, member.1, &Action::Alter);
    }
}

fn refs_of_object(r: &mut Reader<'_>, part: &SyntaxNode) {
    if part.kind() == K::OBJECT_OPERATOR {
        if let Some((object, span)) = operator::with_operands(r, part) {
            r.push(Action::Alter, object, span);
        }
        return;
    }
    refs(r, part, &Action::Alter);
}
