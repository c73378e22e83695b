//! INSERT, UPDATE, DELETE, MERGE, TRUNCATE, COPY: rows that are written.

use crate::dialect::lex::TokenKind;
use crate::name::ObjectName;
use crate::read::fact::{Action, Kind, Object};
use crate::read::spelled;

use super::cursor::{Cursor, Name};
use super::expr::{self, Place};
use super::out::Out;
use super::scope::{self, Derived, Item, Scope, What};
use super::{change, index, own, query, words};

/// Reads a statement that writes rows. Gives the columns that it returns.
pub(super) fn read(out: &mut Out<'_>, cursor: Cursor<'_>, outer: &Scope<'_>) -> Derived {
    match () {
        () if cursor.is_any(&["insert", "replace"]) => insert(out, cursor, outer),
        () if cursor.is("update") => change::update(out, cursor, outer),
        () if cursor.is("delete") => change::delete(out, cursor, outer),
        () if cursor.is("merge") => change::merge(out, cursor, outer),
        () if cursor.is("truncate") => truncate(out, cursor),
        () if cursor.is("copy") => copy(out, cursor, outer),
        () if cursor.phrase("load data") || cursor.phrase("load xml") => load(out, cursor),
        () if cursor.phrase("bulk insert") => {
            let mut cursor = cursor;
            cursor.bump_by(2);
            if let Some(name) = cursor.name(out.dialect) {
                writes(out, &name);
            }
        }
        () => {}
    }
    returning(out, cursor, outer)
}

/// The columns of RETURNING, for the query around it.
fn returning(out: &Out<'_>, cursor: Cursor<'_>, outer: &Scope<'_>) -> Derived {
    let mut list = cursor;
    list.until(&["returning"]);
    if !list.eat("returning") {
        return Derived::default();
    }
    let mut name = cursor;
    name.bump();
    name.eat_any(&["into", "from", "only"]);
    name.eat("only");
    let Some(name) = name.name(out.dialect) else {
        return Derived::default();
    };
    let mut scope = Scope::inside(outer);
    scope.items.push(Item::table(None, name.object()));
    query::result(out, list, &scope)
}

/// A table is needed and its rows are written.
fn writes(out: &mut Out<'_>, name: &Name) {
    if own::is_relation(out, name) {
        return;
    }
    out.uses(Kind::Relation, name);
    out.named(Action::Write, Kind::Relation, name);
}

/// Columns in a list are needed and written.
pub(super) fn writes_columns(out: &mut Out<'_>, table: &ObjectName, list: Cursor<'_>) {
    for mut item in list.items() {
        // `t.c`, `c[1]`, `c.field`
        if let Some(name) = item.name(out.dialect) {
            let (column, span) =
                &name.parts[usize::from(name.parts[0].0 == table.name && name.parts.len() > 1)];
            out.column(Action::Use, table, column, *span);
            out.column(Action::Write, table, column, *span);
        }
    }
}

/// The rows of what is written are read to be changed.
pub(super) fn changes(out: &mut Out<'_>, name: &Name) {
    writes(out, name);
    if out.now.runs && !own::is_relation(out, name) {
        out.named(Action::Read, Kind::Relation, name);
    }
}

/// The table that is written: its name, and whether it is one.
pub(super) fn target(
    out: &mut Out<'_>,
    cursor: &mut Cursor<'_>,
    scope: &Scope<'_>,
    write: fn(&mut Out<'_>, &Name),
) -> Option<(Name, bool)> {
    if cursor.is("only") && cursor.named_at(1) && !words::is_no_alias(cursor.text_at(1)) {
        cursor.bump();
    }
    if cursor.kind() == Some(TokenKind::Param) {
        cursor.bump();
        return None;
    }
    let name = cursor.name_or_string(out.dialect)?;
    cursor.eat_op("*");
    let derived = name.parts.len() == 1 && scope.cte(name.last()).is_some();
    if !derived {
        write(out, &name);
    }
    Some((name, !derived))
}

fn insert(out: &mut Out<'_>, cursor: Cursor<'_>, outer: &Scope<'_>) {
    let mut cursor = cursor;
    cursor.bump();
    if cursor.eat("or") {
        cursor.bump();
    }
    while cursor.eat_any(&["low_priority", "delayed", "high_priority", "ignore"]) {}
    if cursor.eat("top") {
        cursor.skip();
    }
    cursor.eat("into");
    cursor.eat("overwrite");
    cursor.eat("table");
    let Some((name, _)) = target(out, &mut cursor, outer, writes) else {
        insert_rest(out, cursor, None, outer);
        return;
    };
    let table = name.object();
    let mut alias = None;
    if cursor.eat("as")
        || cursor.named_at(0) && !words::is_no_alias(cursor.text()) && !starts_rows(&cursor)
    {
        alias = cursor.name(out.dialect).map(|name| name.last().clone());
    }
    if cursor.eat("partition") {
        cursor.skip();
    }
    if cursor.is_open() && !expr::opens_query(&cursor) && !is_parenthesised_query(&cursor) {
        let list = cursor.inside();
        cursor.skip();
        writes_columns(out, &table, list);
    }
    let mut scope = Scope::inside(outer);
    scope.items.push(Item::table(alias, table.clone()));
    insert_rest(out, cursor, Some(&table), &scope);
}

fn is_parenthesised_query(cursor: &Cursor<'_>) -> bool {
    cursor.kind_at(1) == Some(TokenKind::Open)
}

fn starts_rows(cursor: &Cursor<'_>) -> bool {
    cursor.is_any(&[
        "values",
        "value",
        "select",
        "with",
        "default",
        "set",
        "exec",
        "execute",
        "overriding",
        "output",
        "table",
        "by",
    ])
}

/// What an INSERT writes and what it does on conflict. `scope` has the table, for the parts that
/// may name its columns.
fn insert_rest(
    out: &mut Out<'_>,
    cursor: Cursor<'_>,
    table: Option<&ObjectName>,
    scope: &Scope<'_>,
) {
    let mut cursor = cursor;
    let around = Scope::default();
    let outer = scope.outer.unwrap_or(&around);
    let rows = cursor.until_where(|cursor| {
        cursor.is("returning")
            || cursor.is("on") && (cursor.is_at(1, "conflict") || cursor.phrase("on duplicate key"))
    });
    let mut rows = rows;
    if rows.eat("overriding") {
        rows.bump_by(2);
    }
    if rows.eat("output") {
        let output = rows.until(&["values", "select", "with", "default", "exec", "execute"]);
        output_clause(out, output, scope);
    }
    rows.eat_phrase("by name");
    rows.eat_phrase("by position");
    if let (true, Some(table)) = (rows.is("set"), table) {
        rows.bump();
        assignments(out, rows, table, scope);
    } else if rows.is_any(&["exec", "execute"]) {
        super::block::read(out, rows);
    } else if rows.is("values") || rows.is("value") {
        rows.bump();
        expr::read(out, rows, outer);
    } else if !rows.phrase("default values") {
        query::read(out, rows, outer);
    }
    let Some(table) = table else {
        return;
    };
    if cursor.eat_phrase("on duplicate key update") {
        let list = cursor.until(&["returning"]);
        assignments(out, list, table, scope);
    }
    while cursor.eat_phrase("on conflict") {
        conflict(out, &mut cursor, table, scope);
    }
    if cursor.eat("returning") {
        expr::walk(out, cursor, scope, Place::SelectList);
    }
}

/// `(c, …) [WHERE …] DO UPDATE SET … WHERE …`, `ON CONSTRAINT k DO NOTHING`.
fn conflict(out: &mut Out<'_>, cursor: &mut Cursor<'_>, table: &ObjectName, scope: &Scope<'_>) {
    let span = cursor.span();
    if let Some(list) = cursor.group() {
        match plain_columns(out, list) {
            Some(columns) => {
                for (column, span) in &columns {
                    out.column(Action::Use, table, column, *span);
                }
            }
            None => expr::read(out, list, scope),
        }
        let items = list.items().map(|item| key_item(out, item)).collect();
        let key = if cursor.eat("where") {
            let predicate = cursor.until(&["do"]);
            expr::read(out, predicate, scope);
            Object::partial_key(table.clone(), items, &spelled::of_words(predicate.words()))
        } else {
            Object::key(table.clone(), items)
        };
        out.push(Action::Use, key, list.whole());
    } else if cursor.eat_phrase("on constraint")
        && let Some(name) = cursor.name(out.dialect)
    {
        let constraint = Object::member(Kind::Constraint, table.clone(), name.last().clone());
        out.push(Action::Use, constraint, name.span().to(span));
    }
    cursor.eat("do");
    if cursor.eat_phrase("update set") {
        let mut inner = Scope::inside(scope);
        inner.items.push(Item::rows("excluded", table.clone()));
        let list = cursor.until_where(|cursor| {
            cursor.is_any(&["where", "returning"]) || cursor.phrase("on conflict")
        });
        assignments(out, list, table, &inner);
        let predicate =
            cursor.until_where(|cursor| cursor.is("returning") || cursor.phrase("on conflict"));
        expr::read(out, predicate, &inner);
    } else {
        cursor.eat("nothing");
    }
}

/// What a key has for an item of an index or of ON CONFLICT: a column, or the text of an expression.
pub(super) fn key_item(out: &Out<'_>, item: Cursor<'_>) -> crate::name::Ident {
    let mut rest = item;
    let key = index::key_expression(&mut rest);
    let mut only = key;
    let column = only.name(out.dialect).filter(|_| only.is_empty());
    column.map_or_else(
        || spelled::of_words(key.words()),
        |name| name.last().clone(),
    )
}

/// The columns of a list that has nothing else: no expression, no operator class.
pub(super) fn plain_columns(
    out: &Out<'_>,
    list: Cursor<'_>,
) -> Option<Vec<(crate::name::Ident, crate::source::Span)>> {
    list.items()
        .map(|mut item| {
            let name = item.name(out.dialect)?;
            if item.is_open() && item.kind_at(1) == Some(TokenKind::Number) {
                // A prefix length.
                return None;
            }
            item.eat_any(&["asc", "desc"]);
            if item.eat("nulls") {
                item.bump();
            }
            (item.is_empty() && name.parts.len() == 1).then(|| (name.last().clone(), name.span()))
        })
        .collect()
}

/// `OUTPUT inserted.c INTO t (c)`.
pub(super) fn output_clause(out: &mut Out<'_>, cursor: Cursor<'_>, scope: &Scope<'_>) {
    let mut cursor = cursor;
    let list = cursor.until(&["into"]);
    let mut inner = Scope::inside(scope);
    if let Some(What::Table(table)) = scope.items.first().map(|item| item.what.clone()) {
        inner.items.push(Item::rows("inserted", table.clone()));
        inner.items.push(Item::rows("deleted", table));
    }
    expr::walk(out, list, &inner, Place::SelectList);
    if cursor.eat("into")
        && let Some((name, _)) = target(out, &mut cursor, scope, writes)
        && let Some(list) = cursor.group()
    {
        writes_columns(out, &name.object(), list);
    }
}

/// `c = e, (a, b) = (…), alias.c = e`: the columns are written, the rest is read.
pub(super) fn assignments(
    out: &mut Out<'_>,
    cursor: Cursor<'_>,
    table: &ObjectName,
    scope: &Scope<'_>,
) {
    for item in cursor.items() {
        let mut item = item;
        if let Some(list) = item.group() {
            writes_columns(out, table, list);
        } else if let Some(name) = item.name(out.dialect) {
            assigned(out, &name, table, scope);
        }
        // A subscript or a field of a composite column.
        let target_rest = item.until_where(|cursor| cursor.kind() == Some(TokenKind::Operator));
        expr::read(out, target_rest, scope);
        item.bump();
        expr::read(out, item, scope);
    }
}

fn assigned(out: &mut Out<'_>, name: &Name, table: &ObjectName, scope: &Scope<'_>) {
    let (column, span) = &name.parts[0];
    if name.parts.len() == 1 {
        out.column(Action::Use, table, column, *span);
        out.column(Action::Write, table, column, *span);
        return;
    }
    if name
        .owner()
        .is_some_and(|owner| scope.find(owner.last()).is_some())
    {
        scope::column(out, scope, name, &Action::Use);
        scope::column(out, scope, name, &Action::Write);
        if let Some(owner) = name.owner()
            && let Some(other) = scope.table(owner.last())
            && other != table
        {
            // An UPDATE over several tables.
            let object = Object::new(Kind::Relation, other.clone());
            out.push(Action::Write, object, owner.span());
        }
    } else {
        // A field of a composite column.
        out.column(Action::Use, table, column, *span);
        out.column(Action::Write, table, column, *span);
    }
}

fn truncate(out: &mut Out<'_>, cursor: Cursor<'_>) {
    let mut cursor = cursor;
    cursor.bump();
    cursor.eat("table");
    for mut item in cursor.items() {
        target(out, &mut item, &Scope::default(), writes);
    }
}

/// `COPY t (c, …) FROM …`, `COPY t TO …`, `COPY (query) TO …`.
fn copy(out: &mut Out<'_>, cursor: Cursor<'_>, outer: &Scope<'_>) {
    let mut cursor = cursor;
    cursor.bump();
    cursor.eat("binary");
    if cursor.is_open() {
        let inner = cursor.inside();
        query::derived(out, inner, outer);
        return;
    }
    let Some(name) = cursor.name(out.dialect) else {
        return;
    };
    let list = cursor.group();
    if cursor.is("to") {
        out.uses(Kind::Relation, &name);
        out.named(Action::Read, Kind::Relation, &name);
        for (column, span) in list.map(|list| query::names(out, list)).unwrap_or_default() {
            out.column(Action::Use, &name.object(), &column, span);
        }
    } else if cursor.is("from") {
        writes(out, &name);
        if let Some(list) = list {
            writes_columns(out, &name.object(), list);
        }
    }
}

/// `LOAD DATA INFILE 'f' INTO TABLE t (c, …)`.
fn load(out: &mut Out<'_>, cursor: Cursor<'_>) {
    let mut cursor = cursor;
    cursor.until(&["into"]);
    if cursor.eat_phrase("into table")
        && let Some(name) = cursor.name(out.dialect)
    {
        writes(out, &name);
        cursor.until_where(Cursor::is_open);
        if let Some(list) = cursor.group() {
            writes_columns(out, &name.object(), list);
        }
    }
}
