//! Primary keys, unique keys, foreign keys and exclusions, with the indexes behind them.

use super::constraint::{Table, access_method, define, stored_expression, tablespace, tighten};
use super::names::{Named, Word, reference, word};
use super::reader::Reader;
use super::table::index_column_name;
use super::tree::{SyntaxKind as K, SyntaxNode, child, children, find};
use crate::name::Ident;
use crate::read::fact::{Action, Kind, Object};
use crate::read::implied;
use crate::source::Span;

/// PRIMARY KEY and UNIQUE.
pub(super) fn key(
    r: &mut Reader<'_>,
    table: &mut Table,
    node: &SyntaxNode,
    given: Option<Word>,
    column: Option<&Word>,
) {
    let primary = node.kind() == K::PRIMARY_KEY_CONSTRAINT;
    let place = r.span(node);
    let parameters = child(node, K::INDEX_PARAMETERS);
    let mut key_columns = parameters
        .as_ref()
        .and_then(|parameters| child(parameters, K::CONSTRAINT_COLUMN_REF_LIST))
        .map_or_else(Vec::new, |list| columns(r, &list));
    if key_columns.is_empty() {
        key_columns.extend(column.cloned());
    }
    for used in &key_columns {
        table.uses_column(r, used);
    }
    if let Some(parameters) = &parameters {
        if let Some(include) = child(parameters, K::CONSTRAINT_INCLUDE_CLAUSE) {
            for used in columns(r, &include) {
                table.uses_column(r, &used);
            }
        }
        tablespace(r, parameters);
    }
    let plain = names(&key_columns);
    if let Some(using) = child(node, K::USING_INDEX_NAME)
        && let Some(index) = child(&using, K::INDEX_REF)
        && let Some(index) = reference(r, &index)
    {
        using_index(r, table, primary, given, index, place);
        return;
    }
    let implied = if primary {
        implied::primary_key(&table.name().name)
    } else {
        implied::unique_key(&table.name().name, &plain)
    };
    let defined = define(r, table, given, implied, place);
    define_index(r, table, defined);
    let action = r.define(table.how);
    if !plain.is_empty() {
        r.push(
            action.clone(),
            Object::key(table.name().clone(), plain),
            place,
        );
    }
    if primary {
        // A reference without columns means the primary key, whatever its columns.
        r.imply(action, Object::key(table.name().clone(), Vec::new()), place);
    }
    tighten(r, table, &key_columns, place);
}

/// `ADD CONSTRAINT c UNIQUE USING INDEX i`: the index becomes the constraint's and takes its name.
fn using_index(
    r: &mut Reader<'_>,
    table: &mut Table,
    primary: bool,
    given: Option<Word>,
    index: Named,
    place: Span,
) {
    let old = table.name().sibling(index.name.name.clone());
    r.uses(Kind::Index, old.clone(), index.span);
    let (name, span, _) = define(r, table, given, index.name.name, place);
    let new = table.name().sibling(name);
    if new != old {
        let to = Object::new(Kind::Index, new);
        r.push(
            Action::Rename { to: Box::new(to) },
            Object::new(Kind::Index, old),
            span,
        );
    }
    if primary {
        let action = r.define(table.how);
        r.imply(action, Object::key(table.name().clone(), Vec::new()), place);
    }
}

/// FOREIGN KEY and REFERENCES.
pub(super) fn foreign_key(
    r: &mut Reader<'_>,
    table: &mut Table,
    node: &SyntaxNode,
    given: Option<Word>,
    column: Option<&Word>,
) {
    let place = r.span(node);
    let mut lists = children(node, K::FOREIGN_KEY_COLUMN_LIST);
    let (from, to) = if node.kind() == K::REFERENCES_CONSTRAINT {
        let to: Vec<Word> = child(node, K::COLUMN_NAME_REF)
            .and_then(|name| word(r, &name))
            .into_iter()
            .collect();
        (column.cloned().into_iter().collect(), to)
    } else {
        let from = lists.next().map_or_else(Vec::new, |list| columns(r, &list));
        let to = lists.next().map_or_else(Vec::new, |list| columns(r, &list));
        (from, to)
    };
    let implied = implied::foreign_key(&table.name().name, &names(&from));
    define(r, table, given, implied, place);
    for used in &from {
        table.uses_column(r, used);
    }
    let Some(target) = child(node, K::TABLE_NAME_REF).and_then(|name| reference(r, &name)) else {
        return;
    };
    let object = Object::new(Kind::Table, target.name.clone());
    r.push(Action::Use, object.clone(), target.span);
    r.push(
        Action::References {
            from: Box::new(table.name().clone()),
        },
        object,
        target.span,
    );
    let to_itself = target.name == *table.name();
    for (name, span) in &to {
        if !(to_itself && table.own_columns.contains(name)) {
            r.uses_column(vec![target.name.clone()], name.clone(), *span);
        }
    }
    let key_place = match (to.first(), to.last()) {
        (Some((_, first)), Some((_, last))) => first.to(*last),
        _ => target.span,
    };
    let key = Object::key(target.name, names(&to));
    r.push(Action::Use, key, key_place);
    if find(node, K::NOT_VALID).is_none() {
        tighten(r, table, &from, place);
    }
}

/// EXCLUDE.
pub(super) fn exclude(
    r: &mut Reader<'_>,
    table: &mut Table,
    node: &SyntaxNode,
    given: Option<Word>,
) {
    let place = r.span(node);
    let mut plain = Vec::new();
    if let Some(list) = child(node, K::CONSTRAINT_EXCLUSION_LIST) {
        for item in list.children() {
            plain.push(index_column_name(r, &item));
        }
    }
    access_method(r, node);
    stored_expression(r, table, node);
    let implied = implied::exclusion(&table.name().name, &plain);
    let defined = define(r, table, given, implied, place);
    define_index(r, table, defined);
    tighten(r, table, &[], place);
}

/// The index that stands behind a key or an exclusion.
fn define_index(r: &mut Reader<'_>, table: &Table, (name, span, given): (Ident, Span, bool)) {
    let object = Object::new(Kind::Index, table.name().sibling(name));
    let action = r.define(table.how);
    if given {
        r.push(action, object, span);
    } else {
        r.imply(action, object, span);
    }
}

/// The column names of a list.
pub(super) fn columns(r: &Reader<'_>, node: &SyntaxNode) -> Vec<Word> {
    node.descendants()
        .filter(|inner| inner.kind() == K::COLUMN_NAME_REF)
        .filter_map(|name| word(r, &name))
        .collect()
}

/// The names alone.
pub(super) fn names(words: &[Word]) -> Vec<Ident> {
    words.iter().map(|(name, _)| name.clone()).collect()
}
