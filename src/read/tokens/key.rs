//! Primary keys, unique constraints and foreign keys.

use crate::name::Ident;
use crate::read::fact::{Action, Kind, Object};
use crate::source::Span;

use super::constraint::{Word, define, tighten};
use super::cursor::{Cursor, Name};
use super::out::Out;
use super::table::{self, Table};
use super::{dml, index, query};
use crate::read::implied;

/// PRIMARY KEY and UNIQUE on their own.
pub(super) fn key(
    out: &mut Out<'_>,
    item: Cursor<'_>,
    start: Cursor<'_>,
    table: &mut Table,
    given: Option<Name>,
    primary: bool,
) {
    let mut item = item;
    let mut given = given;
    if item.eat_phrase("using index") {
        if let Some(index) = item.name(out.dialect) {
            using_index(out, table, given, &index, primary, start.span());
        }
        return;
    }
    item.eat_phrase("nulls not distinct");
    item.eat_phrase("nulls distinct");
    item.eat_any(&["clustered", "nonclustered"]);
    // MySQL: `UNIQUE KEY name [USING BTREE] (…)`
    if out.dialect.keys_in_tables && item.named_at(0) && !item.is("using") {
        let name = item.name(out.dialect);
        given = name.or(given);
    }
    if item.eat("using") {
        item.bump();
    }
    item.eat_any(&["clustered", "nonclustered", "hash"]);
    let columns = item.group();
    let names = columns
        .map(|list| query::names(out, list))
        .unwrap_or_default();
    for (column, span) in &names {
        table.uses_column(out, column, *span);
    }
    if let Some(list) = columns
        && dml::plain_columns(out, list).is_none()
        && !primary
        && out.dialect.keys_in_tables
    {
        // A prefix or an expression: an index, but no key that others may rely on.
        if let Some(name) = given {
            index::define(out, &table.name.clone(), &name, table.flags);
        }
        return;
    }
    if item.eat("include")
        && let Some(list) = item.group()
    {
        for (column, span) in query::names(out, list) {
            table.uses_column(out, &column, span);
        }
    }
    define_key(out, table, given, names, primary, start.span());
}

/// Defines the constraint, the index and the key behind PRIMARY KEY or UNIQUE.
pub(super) fn define_key(
    out: &mut Out<'_>,
    table: &mut Table,
    given: Option<Name>,
    columns: Vec<Word>,
    primary: bool,
    span: Span,
) {
    let names: Vec<Ident> = columns.iter().map(|(name, _)| name.clone()).collect();
    let implied = if primary {
        implied::primary_key(&table.name.name)
    } else {
        implied::unique_key(&table.name.name, &names)
    };
    let action = table.flags.action();
    let unnamed = given.is_none();
    let defined = define(out, table, given, Some(implied), span);
    let rules = &out.dialect.objects;
    let is_index = out.dialect.names_the_unnamed
        || rules.unique_constraint_is_index && !primary
        || rules.primary_key_is_index && primary;
    if let Some((column, at)) = columns.first()
        && unnamed
        && !primary
        && rules.unnamed_index_has_columns_name
    {
        // An index without a name is called after its first column.
        let index = index::object(out, &table.name, column);
        out.imply(action.clone(), index, *at);
    } else if let Some((member, at, is_given)) = defined
        && is_index
    {
        let index = index::object(out, &table.name, &member);
        if is_given {
            out.push(action.clone(), index, at);
        } else {
            out.imply(action.clone(), index, at);
        }
    }
    if !primary {
        table.keeps_columns(out, &columns);
    }
    if !names.is_empty() {
        out.push(action.clone(), Object::key(table.name.clone(), names), span);
    }
    if primary {
        out.imply(action, Object::key(table.name.clone(), Vec::new()), span);
    }
    tighten(out, table, &columns, span);
}

/// `ADD CONSTRAINT c UNIQUE USING INDEX i`: the index becomes the constraint's and takes its name.
fn using_index(
    out: &mut Out<'_>,
    table: &mut Table,
    given: Option<Name>,
    index: &Name,
    primary: bool,
    span: Span,
) {
    let old = Object::new(Kind::Index, table.name.sibling(index.last().clone()));
    out.push(Action::Use, old.clone(), index.span());
    let defined = define(out, table, given, Some(index.last().clone()), span);
    if let Some((member, at, _)) = defined {
        let new = Object::new(Kind::Index, table.name.sibling(member));
        if new != old {
            out.push(Action::Rename { to: Box::new(new) }, old, at);
        }
    }
    if primary {
        let action = table.flags.action();
        out.imply(action, Object::key(table.name.clone(), Vec::new()), span);
    }
}

pub(super) fn define_foreign(
    out: &mut Out<'_>,
    table: &mut Table,
    given: Option<Name>,
    columns: &[Word],
    span: Span,
) {
    if out.dialect.objects.foreign_key_makes_index {
        return define_foreign_with_index(out, table, given, columns);
    }
    let names: Vec<Ident> = columns.iter().map(|(name, _)| name.clone()).collect();
    let implied = implied::foreign_key(&table.name.name, &names);
    define(out, table, given, Some(implied), span);
}

/// A foreign key of MySQL has an index, which it makes where there is none over its columns, and which
/// cannot go before it; it stays behind. See the tree's reader (`ast::key`).
fn define_foreign_with_index(
    out: &mut Out<'_>,
    table: &mut Table,
    given: Option<Name>,
    columns: &[Word],
) {
    let Some((first, at)) = columns.first() else {
        return;
    };
    let (own, at) = match &given {
        Some(name) => (name.last().clone(), name.span()),
        None => (first.clone(), *at),
    };
    let action = table.flags.action();
    let index = index::object(out, &table.name, &own);
    out.imply(action.clone(), index.clone(), at);
    let here: Vec<Word> = columns
        .iter()
        .map(|(column, _)| (column.clone(), at))
        .collect();
    out.stands_on(&table.name, &here);
    if given.is_some() {
        define(out, table, given, None, at);
    } else {
        let Some(unnamed) = &mut table.unnamed_foreign_keys else {
            return;
        };
        *unnamed += 1;
        let name = format!("{}_ibfk_{unnamed}", table.name.name.as_str());
        let name = out.dialect.ident_verbatim(&name);
        let constraint = Object::member(Kind::Constraint, table.name.clone(), name);
        out.imply(action, constraint, at);
    }
    out.imply(Action::Use, index, at);
    table.keeps_columns(out, columns);
}

/// FOREIGN KEY on its own.
pub(super) fn foreign(
    out: &mut Out<'_>,
    item: Cursor<'_>,
    start: Cursor<'_>,
    table: &mut Table,
    given: Option<Name>,
    checked: bool,
) {
    let mut item = item;
    item.eat_phrase("if not exists");
    let mut given = given;
    if item.named_at(0) {
        // MySQL: a name for the index.
        let name = item.name(out.dialect);
        given = given.or(name);
    }
    let columns = item
        .group()
        .map(|list| query::names(out, list))
        .unwrap_or_default();
    define_foreign(out, table, given, &columns, start.span());
    for (column, span) in &columns {
        table.uses_column(out, column, *span);
    }
    if !item.eat("references") {
        return;
    }
    let binding = table::foreign_key_binding(out);
    out.under(
        |now| now.binding = now.binding.max(binding),
        |out| references(out, &mut item, table),
    );
    if checked {
        tighten(out, table, &columns, start.span());
    }
}

/// What stands behind REFERENCES.
pub(super) fn references(out: &mut Out<'_>, cursor: &mut Cursor<'_>, table: &Table) {
    let Some(target) = cursor.name_or_string(out.dialect) else {
        return;
    };
    out.uses(Kind::Table, &target);
    let from = table.name.clone();
    out.push(
        Action::References {
            from: Box::new(from),
        },
        Object::new(Kind::Table, target.object()),
        target.span(),
    );
    let list = cursor.group();
    let columns = list.map(|list| query::names(out, list)).unwrap_or_default();
    let to_itself = target.object() == table.name;
    for (column, span) in &columns {
        if !(to_itself && table.own.contains(column)) {
            out.column(Action::Use, &target.object(), column, *span);
        }
    }
    let span = list.map_or(target.span(), |list| list.whole());
    let names = columns.into_iter().map(|(column, _)| column).collect();
    out.push(Action::Use, Object::key(target.object(), names), span);
    // ON DELETE …, MATCH …, DEFERRABLE …
    while cursor.is_any(&["match", "on", "deferrable", "initially", "enforced", "not"]) {
        if cursor.is("not") && !cursor.any_at(1, &["deferrable", "enforced", "valid"]) {
            return;
        }
        match () {
            () if cursor.is("on") => {
                cursor.bump_by(2);
                if cursor.eat("set") {
                    cursor.bump();
                    if cursor.is_open() {
                        cursor.skip();
                    }
                } else {
                    cursor.eat("no");
                    cursor.bump();
                }
            }
            () if cursor.is_any(&["match", "initially", "not"]) => cursor.bump_by(2),
            () => cursor.bump(),
        }
    }
}
