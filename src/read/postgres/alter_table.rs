//! ALTER TABLE and its siblings for views, materialized views, foreign tables and indexes.

use super::constraint::{
    Table, access_method, column_type, constraint, default, implied_sequence, stored_expression,
    tablespace,
};
use super::expr::expr;
use super::misc;
use super::names::{Named, Word, reference, word};
use super::reader::{How, Reader};
use super::scope::Scope;
use super::table::define_column;
use super::tree::{SyntaxKind as K, SyntaxNode, child, find, has};
use super::types;
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Kind, Object};

/// `ALTER TABLE`, `ALTER [MATERIALIZED] VIEW`, `ALTER FOREIGN TABLE`, `ALTER INDEX`.
pub(super) fn alter(r: &mut Reader<'_>, node: &SyntaxNode) {
    let (kind, name) = match node.kind() {
        K::ALTER_VIEW => (Kind::View, child(node, K::VIEW_REF)),
        K::ALTER_MATERIALIZED_VIEW => (Kind::MaterializedView, child(node, K::VIEW_REF)),
        K::ALTER_INDEX => (Kind::Index, child(node, K::INDEX_REF)),
        _ => (Kind::Table, child(node, K::TABLE_RELATION_NAME)),
    };
    let Some(name) = name else {
        // ALL IN TABLESPACE
        misc::refs(r, node, &Action::Use);
        misc::roles(r, node);
        return;
    };
    let Some(named) = reference(r, &name) else {
        return;
    };
    let subject = Object::new(kind, named.name.clone());
    r.push(Action::Alter, subject.clone(), named.span);
    let mut table = Table::existing(named);
    for action in node.children() {
        alter_action(r, &mut table, &subject, &action);
    }
}

fn alter_action(r: &mut Reader<'_>, table: &mut Table, subject: &Object, action: &SyntaxNode) {
    let name = table.named.name.clone();
    match action.kind() {
        K::ADD_COLUMN => add_column(r, table, action),
        K::DROP_COLUMN => {
            if let Some((column, span)) = column_ref(r, action) {
                let fact = r.drop(has(action, K::IF_EXISTS), has(action, K::CASCADE));
                r.push(fact, Object::member(Kind::Column, name, column), span);
            }
        }
        K::RENAME_COLUMN => {
            if let (Some((old, span)), Some((new, _))) = (
                column_ref(r, action),
                child(action, K::COLUMN_NAME).and_then(|new| word(r, &new)),
            ) {
                rename_member(r, Kind::Column, &name, old, new, span);
            }
        }
        K::RENAME_CONSTRAINT => {
            if let (Some((old, span)), Some((new, _))) = (
                child(action, K::CONSTRAINT_NAME_REF).and_then(|old| word(r, &old)),
                child(action, K::CONSTRAINT_NAME).and_then(|new| word(r, &new)),
            ) {
                rename_member(r, Kind::Constraint, &name, old, new, span);
            }
        }
        K::ALTER_COLUMN | K::ALTER_VIEW_COLUMN => alter_column(r, table, action),
        K::ADD_CONSTRAINT => {
            for part in action.children() {
                constraint(r, table, &part, None, None);
            }
        }
        K::DROP_CONSTRAINT => {
            if let Some((constraint, span)) =
                child(action, K::CONSTRAINT_NAME_REF).and_then(|name| word(r, &name))
            {
                let fact = r.drop(has(action, K::IF_EXISTS), has(action, K::CASCADE));
                let object = Object::member(Kind::Constraint, name, constraint);
                r.push(fact, object, span);
            }
        }
        K::ALTER_CONSTRAINT | K::VALIDATE_CONSTRAINT => {
            if let Some((constraint, span)) =
                child(action, K::CONSTRAINT_NAME_REF).and_then(|name| word(r, &name))
            {
                let object = Object::member(Kind::Constraint, name.clone(), constraint);
                r.push(Action::Alter, object, span);
                if action.kind() == K::VALIDATE_CONSTRAINT {
                    r.push(Action::Tighten, Object::new(Kind::Table, name), span);
                }
            }
        }
        K::ATTACH_PARTITION | K::DETACH_PARTITION => partition(r, &name, action),
        K::INHERIT_TABLE | K::NO_INHERIT_TABLE => {
            misc::refs(r, action, &Action::Use);
        }
        K::OF_TYPE => types::uses_all(r, action),
        K::SET_ACCESS_METHOD | K::SET_TABLESPACE => {}
        K::ENABLE_TRIGGER
        | K::DISABLE_TRIGGER
        | K::ENABLE_ALWAYS_TRIGGER
        | K::ENABLE_REPLICA_TRIGGER => {
            alter_member(r, Kind::Trigger, &name, action, K::TRIGGER_REF)
        }
        K::ENABLE_RULE | K::DISABLE_RULE | K::ENABLE_ALWAYS_RULE | K::ENABLE_REPLICA_RULE => {
            alter_member(r, Kind::Rule, &name, action, K::RULE_REF);
        }
        K::CLUSTER_ON | K::REPLICA_IDENTITY => {
            if let Some(index) = find(action, K::INDEX_REF).and_then(|name| reference(r, &name)) {
                r.uses(Kind::Index, name.sibling(index.name.name), index.span);
            }
        }
        K::ATTACH_INDEX_PARTITION => misc::refs(r, action, &Action::Alter),
        _ => misc::change(r, subject, action),
    }
}

/// What the statement says about a table as a whole beside its actions.
pub(super) fn storage(r: &mut Reader<'_>, node: &SyntaxNode) {
    access_method(r, node);
    tablespace(r, node);
}

fn column_ref(r: &Reader<'_>, action: &SyntaxNode) -> Option<Word> {
    child(action, K::COLUMN_NAME_REF).and_then(|name| word(r, &name))
}

/// `Rename` of a column, constraint, trigger, …
pub(super) fn rename_member(
    r: &mut Reader<'_>,
    kind: Kind,
    owner: &ObjectName,
    old: Ident,
    new: Ident,
    span: crate::source::Span,
) {
    let to = Object::member(kind, owner.clone(), new);
    let object = Object::member(kind, owner.clone(), old);
    r.push(Action::Rename { to: Box::new(to) }, object, span);
}

fn alter_member(
    r: &mut Reader<'_>,
    kind: Kind,
    owner: &ObjectName,
    action: &SyntaxNode,
    reference: K,
) {
    if let Some((member, span)) = find(action, reference).and_then(|name| word(r, &name)) {
        let object = Object::member(kind, owner.clone(), member);
        r.push(Action::Alter, object, span);
    }
}

fn add_column(r: &mut Reader<'_>, table: &mut Table, action: &SyntaxNode) {
    let Some(name) = child(action, K::COLUMN_NAME).and_then(|name| word(r, &name)) else {
        return;
    };
    let how = How {
        if_absent: has(action, K::IF_NOT_EXISTS),
        ..How::default()
    };
    define_column(r, table, &name, how);
    let column_type_node = types::type_of(action);
    // What comes with the column is new with it: nothing old is checked but by a foreign key's or a
    // check's default value, and its own use goes without saying.
    let mut fresh = Table {
        named: table.named.clone(),
        own_columns: std::iter::once(name.0.clone()).collect(),
        parents: vec![table.named.name.clone()],
        taken: std::mem::take(&mut table.taken),
        existing: false,
        how,
        domain: false,
    };
    if let Some(column_type_node) = &column_type_node {
        column_type(r, &fresh, column_type_node, &name);
    }
    for part in action.children() {
        constraint(r, &mut fresh, &part, Some(&name), column_type_node.as_ref());
    }
    table.taken = fresh.taken;
}

fn alter_column(r: &mut Reader<'_>, table: &mut Table, action: &SyntaxNode) {
    let Some(column) = column_ref(r, action) else {
        return;
    };
    let object = Object::member(Kind::Column, table.named.name.clone(), column.0.clone());
    let span = column.1;
    r.push(Action::Alter, object.clone(), span);
    for option in action.children() {
        match option.kind() {
            K::SET_TYPE => {
                r.push(Action::Retype, object.clone(), span);
                types::uses_all(r, &option);
                let scope = table.scope();
                for part in option.children() {
                    if matches!(part.kind(), K::USING_EXPR | K::COLLATE) {
                        expr(r, &part, &scope);
                    }
                }
            }
            K::SET_NOT_NULL => r.push(Action::Tighten, object.clone(), span),
            K::SET_DEFAULT => default(r, table, &option, None),
            K::SET_EXPRESSION => stored_expression(r, table, &option),
            K::ADD_GENERATED => implied_sequence(r, table, &column, Some(&option)),
            _ => {}
        }
    }
}

/// `ATTACH PARTITION child`, `DETACH PARTITION child`: both tables change.
fn partition(r: &mut Reader<'_>, parent: &ObjectName, action: &SyntaxNode) {
    let Some(Named { name, span }) =
        child(action, K::TABLE_NAME_REF).and_then(|name| reference(r, &name))
    else {
        return;
    };
    let child = Object::new(Kind::Table, name);
    r.push(Action::Alter, child.clone(), span);
    if action.kind() == K::ATTACH_PARTITION {
        let parent = parent.clone();
        r.push(
            Action::Partitions {
                parent: Box::new(parent),
            },
            child,
            span,
        );
    }
    for bound in action.children() {
        if bound.kind() != K::TABLE_NAME_REF {
            expr(r, &bound, &Scope::default());
        }
    }
}
