//! GRANT, REVOKE, ALTER DEFAULT PRIVILEGES, COMMENT and SECURITY LABEL.

use super::misc::{member_of, refs, roles, roles_as};
use super::names::{path, referred, word};
use super::operator;
use super::reader::Reader;
use super::tree::{SyntaxKind as K, SyntaxNode, child, children};
use crate::name::ObjectName;
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
