//! ALTER TABLE: changes of a column that is there.

use crate::name::Ident;
use crate::read::fact::{Action, Kind};

use super::alter::{after, member, rename_member};
use super::cursor::{Cursor, Name};
use super::out::Out;
use super::table::Table;
use super::{column, expr, index, types};

/// ALTER [COLUMN] c …, ALTER CONSTRAINT c …, ALTER INDEX i ….
pub(super) fn alter(out: &mut Out<'_>, item: Cursor<'_>, table: &mut Table) {
    let mut item = item;
    if item.eat("constraint") {
        member(out, &mut item, table, Kind::Constraint, Action::Alter);
        return;
    }
    if item.is("index") && out.dialect.keys_in_tables && item.named_at(1) {
        item.bump();
        if let Some(name) = item.name(out.dialect) {
            let object = index::object(out, &table.name, name.last());
            out.push(Action::Alter, object, name.span());
        }
        return;
    }
    item.eat("column");
    item.eat_phrase("if exists");
    let Some(name) = item.name_or_string(out.dialect) else {
        return;
    };
    let (column, span) = (name.last().clone(), name.span());
    out.column(Action::Alter, &table.name, &column, span);
    if item.eat_phrase("set data type") || item.eat("type") {
        out.column(Action::Retype, &table.name, &column, span);
        types::used(out, &mut item);
        if item.eat("collate")
            && let Some(collation) = item.name(out.dialect)
        {
            expr::collation(out, &collation);
        }
        if item.eat("using") {
            using(out, item, table);
        }
    } else if item.phrase("set not null") {
        out.column(Action::Tighten, &table.name, &column, span);
    } else if item.eat_phrase("set default") {
        table.stored(out, item);
    } else if item.eat("add") {
        // ADD GENERATED … AS IDENTITY; SQL Server: ADD MASKED, ADD ROWGUIDCOL.
        column::column_rest(out, item, table, &(column, span), None);
    } else if out.dialect.semicolons_are_optional
        && item.named_at(0)
        && !item.is_any(&["set", "drop", "add"])
    {
        // T-SQL: `ALTER COLUMN c type [NOT NULL]`
        out.column(Action::Retype, &table.name, &column, span);
        types::used(out, &mut item);
        let mut rest = item;
        rest.until_where(|cursor| cursor.phrase("not null"));
        if !rest.is_empty() {
            out.column(Action::Tighten, &table.name, &column, span);
        }
    } else if item.eat_phrase("set expression") {
        table.stored(out, item);
    }
}

/// The USING of a change of type: it runs over the rows that are there.
fn using(out: &mut Out<'_>, item: Cursor<'_>, table: &Table) {
    let scope = super::scope::Scope::of_table(&table.name);
    expr::read(out, item, &scope);
}

/// MySQL: `MODIFY [COLUMN] c type …`.
pub(super) fn modify(out: &mut Out<'_>, item: Cursor<'_>, table: &mut Table) {
    let mut item = item;
    item.eat("column");
    item.eat_phrase("if exists");
    let Some(name) = item.name(out.dialect) else {
        return;
    };
    retyped(out, item, table, name.last(), &name);
}

/// The new definition of a column that is there.
fn retyped(out: &mut Out<'_>, item: Cursor<'_>, table: &mut Table, column: &Ident, at: &Name) {
    let mut item = item;
    let span = at.span();
    out.column(Action::Retype, &table.name, column, span);
    let mut rest = item;
    rest.until_where(|cursor| cursor.phrase("not null"));
    if !rest.is_empty() {
        out.column(Action::Tighten, &table.name, column, span);
    }
    after(out, item, table);
    let found = column::column_type(out, &mut item, table, column, span);
    column::column_rest(out, item, table, &(column.clone(), span), found.as_ref());
}

/// MySQL: `CHANGE [COLUMN] old new type …`.
pub(super) fn change(out: &mut Out<'_>, item: Cursor<'_>, table: &mut Table) {
    let mut item = item;
    item.eat("column");
    item.eat_phrase("if exists");
    let (Some(old), Some(new)) = (item.name(out.dialect), item.name(out.dialect)) else {
        return;
    };
    retyped(out, item, table, old.last(), &old);
    if old.last() != new.last() {
        rename_member(out, table, Kind::Column, &old, new.last());
    }
}
