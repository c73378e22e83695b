//! Indexes: CREATE INDEX, and the indexes that a table's parentheses or an ALTER TABLE make.

use crate::dialect::lex::TokenKind;
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Binding, Kind, Object};
use crate::read::{implied, spelled};
use crate::source::Span;

use super::cursor::{Cursor, Name};
use super::define::Flags;
use super::out::Out;
use super::scope::Scope;
use super::table::Table;
use super::{dml, expr, own, table};

/// The index of a table: the table's member where the engine says so.
pub(super) fn object(out: &Out<'_>, table: &ObjectName, index: &Ident) -> Object {
    if out.dialect.index_belongs_to_table {
        Object::member(Kind::Index, table.clone(), index.clone())
    } else {
        Object::new(Kind::Index, table.sibling(index.clone()))
    }
}

/// Defines an index with a name.
pub(super) fn define(out: &mut Out<'_>, table: &ObjectName, name: &Name, flags: Flags) {
    let object = object(out, table, name.last());
    out.push(flags.action(), object, name.span());
}

/// Reads what follows `CREATE [UNIQUE] INDEX [IF NOT EXISTS]`.
pub(super) fn read(out: &mut Out<'_>, cursor: Cursor<'_>, flags: Flags, unique: bool) {
    let mut cursor = cursor;
    let start = cursor;
    let name = if cursor.is("on") && !cursor.is_at(1, "on") {
        None
    } else {
        cursor.name_or_string(out.dialect)
    };
    if cursor.eat("using") {
        cursor.bump();
    }
    cursor.eat("on");
    if cursor.is("only") && cursor.named_at(1) && !cursor.is_at(1, "using") {
        cursor.bump();
    }
    let Some(on) = cursor.name_or_string(out.dialect) else {
        return;
    };
    let table_name = on.object();
    out.uses(Kind::Relation, &on);
    if cursor.eat("using")
        && let Some(method) = cursor.name(out.dialect)
        && !own::is_access_method(out, &method)
    {
        out.uses(Kind::AccessMethod, &method);
    }
    let list = cursor.group();
    if let Some(name) = &name {
        out.schema_of(name);
        let mut owner = table_name.clone();
        // SQLite writes the schema at the index.
        if owner.schema.is_none()
            && let Some((schema, _)) = name.schema()
        {
            owner.schema = Some(schema.clone());
        }
        let object = object(out, &owner, name.last());
        out.push(flags.action(), object, name.span());
    } else if out.dialect.names_the_unnamed {
        let columns: Vec<Ident> = list
            .map(|list| list.items().map(|item| column_name(out, item)).collect())
            .unwrap_or_default();
        let implied = implied::index(&table_name.name, &columns);
        let object = object(out, &table_name, &implied);
        out.imply(flags.action(), object, on.span());
    }
    let mut key = None;
    if let Some(list) = list {
        key = keys(out, list, &table_name);
    }
    let mut partial = None;
    while !cursor.is_empty() {
        if cursor.eat("include")
            && let Some(included) = cursor.group()
        {
            let scope = Scope::of_table(&table_name);
            out.stored(Binding::Hard, |out| expr::read(out, included, &scope));
        } else if cursor.eat("where") {
            let predicate = cursor.until(&["with", "tablespace"]);
            partial = Some(spelled::of_words(predicate.words()));
            let scope = Scope::of_table(&table_name);
            out.stored(Binding::Hard, |out| expr::read(out, predicate, &scope));
        } else if cursor.eat("tablespace") {
            table::tablespace(out, &mut cursor);
        } else {
            cursor.skip();
        }
    }
    if !unique {
        if let Some(columns) = key {
            any_key(out, &table_name, &columns, flags);
        }
        return;
    }
    match key {
        Some(columns) if partial.is_none() => {
            let names = columns.iter().map(|(name, _)| name.clone()).collect();
            out.push(
                flags.action(),
                Object::key(table_name.clone(), names),
                start.span(),
            );
            for (column, span) in columns {
                out.column(Action::Tighten, &table_name, &column, span);
            }
        }
        _ => {
            let items = list.into_iter().flat_map(Cursor::items);
            let items = items.map(|item| dml::key_item(out, item)).collect();
            let key = match partial {
                Some(predicate) => Object::partial_key(table_name.clone(), items, &predicate),
                None => Object::key(table_name.clone(), items),
            };
            out.imply(flags.action(), key, start.span());
            let object = Object::new(Kind::Table, table_name);
            out.push(Action::Tighten, object, on.span());
        }
    }
}

/// A plain index is a key for foreign keys where the engine says so.
fn any_key(out: &mut Out<'_>, table: &ObjectName, columns: &[(Ident, Span)], flags: Flags) {
    if let Some((_, span)) = columns.first()
        && out.dialect.objects.any_index_is_a_key
    {
        let names = columns.iter().map(|(name, _)| name.clone()).collect();
        out.imply(flags.action(), Object::key(table.clone(), names), *span);
    }
}

/// An index in a table's parentheses: `KEY name USING BTREE (…)`.
pub(super) fn in_table(out: &mut Out<'_>, item: Cursor<'_>, table: &mut Table, ordered: bool) {
    let mut item = item;
    let if_absent = item.eat_phrase("if not exists");
    let mut flags = table.flags;
    flags.if_absent |= if_absent;
    let name = if item.named_at(0) && !item.is("using") {
        item.name(out.dialect)
    } else {
        None
    };
    while !item.is_empty() && !item.is_open() {
        item.bump();
    }
    let list = item.group();
    let columns = list
        .map(|list| super::query::names(out, list))
        .unwrap_or_default();
    if let Some(name) = name {
        define(out, &table.name, &name, flags);
    } else if let Some((column, span)) = columns.first()
        && out.dialect.objects.unnamed_index_has_columns_name
    {
        // An index without a name is called after its first column.
        let object = object(out, &table.name, column);
        out.imply(flags.action(), object, *span);
    }
    table.keeps_columns(out, &columns);
    if let Some(list) = list {
        if ordered && dml::plain_columns(out, list).is_some() {
            any_key(out, &table.name, &columns, flags);
        }
        for element in list.items() {
            let mut element = element;
            let key = key_expression(&mut element);
            table.stored(out, key);
        }
    }
}

/// Reads an index's items. Gives its columns if they are nothing but columns.
fn keys(out: &mut Out<'_>, list: Cursor<'_>, table: &ObjectName) -> Option<Vec<(Ident, Span)>> {
    let scope = Scope::of_table(table);
    let mut plain = Some(Vec::new());
    for item in list.items() {
        let mut rest = item;
        let key = key_expression(&mut rest);
        out.stored(Binding::Hard, |out| expr::read(out, key, &scope));
        let mut only = key;
        let column = only
            .name_or_string(out.dialect)
            .filter(|name| only.is_empty() && name.parts.len() == 1);
        match (column, &mut plain) {
            (Some(column), Some(columns)) if !rest.is_open() => {
                if key.string_at(0) {
                    out.column(Action::Use, table, column.last(), column.span());
                }
                columns.push((column.last().clone(), column.span()));
            }
            _ => plain = None,
        }
        operator_class(out, rest);
    }
    plain
}

/// The expression that an index item begins with; goes on to what follows it.
pub(super) fn key_expression<'t>(item: &mut Cursor<'t>) -> Cursor<'t> {
    let start = *item;
    if item.is_open() {
        item.skip();
    } else {
        while item.named_at(0) && item.kind_at(1) == Some(TokenKind::Dot) {
            item.bump_by(2);
        }
        item.bump();
        // A call; a number in parentheses is MySQL's prefix length.
        if item.is_open() && item.kind_at(1) != Some(TokenKind::Number) {
            item.skip();
        }
    }
    start.before(item)
}

/// What follows an index item's expression: collation, operator class, order.
pub(super) fn operator_class(out: &mut Out<'_>, rest: Cursor<'_>) {
    let mut rest = rest;
    if rest.eat("collate")
        && let Some(name) = rest.name_or_string(out.dialect)
    {
        expr::collation(out, &name);
    }
    if rest.named_at(0)
        && !rest.is_any(&["asc", "desc", "nulls", "with"])
        && let Some(name) = rest.name(out.dialect)
        && !own::is_operator_class(out, &name)
    {
        out.uses(Kind::OperatorClass, &name);
    }
}

/// What an index item contributes to the index's implied name.
pub(super) fn column_name(out: &Out<'_>, item: Cursor<'_>) -> Ident {
    let mut item = item;
    let mut key = key_expression(&mut item);
    let name = key.name(out.dialect);
    match name {
        Some(name) if key.is_empty() => name.last().clone(),
        Some(name) if key.is_open() => implied::expression_column(Some(name.last())),
        _ => implied::expression_column(None),
    }
}
