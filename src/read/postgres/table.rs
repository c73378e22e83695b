//! CREATE TABLE in all its forms, CREATE INDEX and CREATE STATISTICS.

use super::constraint::{
    Table, access_method, column_type, constraint, parent, stored_expression, tablespace,
};
use super::expr::expr;
use super::names::{Named, Word, definition, reference, word};
use super::query::result_name;
use super::reader::{How, Reader};
use super::scope::Scope;
use super::tree::{SyntaxKind as K, SyntaxNode, child, children, find, has};
use super::{misc, types, view};
use crate::name::Ident;
use crate::read::fact::{Action, Kind, Object};
use crate::read::{implied, spelled};

/// `CREATE [FOREIGN] TABLE`
pub(super) fn create_table(r: &mut Reader<'_>, node: &SyntaxNode) {
    let Some(named) = child(node, K::TABLE_NAME).and_then(|name| definition(r, &name)) else {
        return;
    };
    let how = How {
        replace: false,
        if_absent: has(node, K::IF_NOT_EXISTS),
        temporary: has(node, K::TEMP),
    };
    let object = Object::new(Kind::Table, named.name.clone());
    r.defines(object, named.span, how);
    let mut table = Table {
        existing: false,
        how,
        ..Table::existing(named)
    };
    for part in node.children() {
        match part.kind() {
            K::PARTITION_OF | K::INHERITS => parent(r, &mut table, &part),
            K::OF_TYPE => {
                types::uses_all(r, &part);
                let of = types::type_of(&part).and_then(|of| types::user_type(r, &of));
                table.parents.extend(of.map(|(name, _)| name));
            }
            K::SERVER_CLAUSE => misc::refs(r, &part, &Action::Use),
            _ => {}
        }
    }
    if let Some(list) = child(node, K::TABLE_ARG_LIST) {
        table.own_columns = list
            .children()
            .filter(|part| part.kind() == K::COLUMN)
            .filter_map(|column| child(&column, K::COLUMN_NAME))
            .filter_map(|name| word(r, &name))
            .map(|(name, _)| name)
            .collect();
        // PARTITION OF and OF list columns that are the parent's.
        let typed = has(node, K::PARTITION_OF) || has(node, K::OF_TYPE);
        for part in list.children() {
            match part.kind() {
                K::COLUMN => column(r, &mut table, &part, typed),
                K::LIKE_CLAUSE => parent(r, &mut table, &part),
                _ => {}
            }
        }
        for part in list.children() {
            if !matches!(part.kind(), K::COLUMN | K::LIKE_CLAUSE) {
                constraint(r, &mut table, &part, None, None);
            }
        }
    }
    if let Some(partition) = child(node, K::PARTITION_BY) {
        stored_expression(r, &table, &partition);
    }
    for bound in node.children() {
        if matches!(
            bound.kind(),
            K::PARTITION_FOR_VALUES_FROM | K::PARTITION_FOR_VALUES_IN
        ) {
            expr(r, &bound, &Scope::default());
        }
    }
    access_method(r, node);
    tablespace(r, node);
}

/// One column of a table's list.
fn column(r: &mut Reader<'_>, table: &mut Table, node: &SyntaxNode, typed: bool) {
    let Some(name) = child(node, K::COLUMN_NAME).and_then(|name| word(r, &name)) else {
        return;
    };
    let column_type_node = types::type_of(node);
    if typed && column_type_node.is_none() {
        table.own_columns.remove(&name.0);
        table.uses_column(r, &name);
    } else {
        define_column(r, table, &name, table.how);
    }
    if let Some(column_type_node) = &column_type_node {
        column_type(r, table, column_type_node, &name);
    }
    for part in node.children() {
        constraint(r, table, &part, Some(&name), column_type_node.as_ref());
    }
}

/// `Define` of a column.
pub(super) fn define_column(r: &mut Reader<'_>, table: &Table, (name, span): &Word, how: How) {
    let object = Object::member(Kind::Column, table.named.name.clone(), name.clone());
    r.defines(object, *span, how);
}

/// `CREATE TABLE … AS query`, also with EXECUTE.
pub(super) fn create_table_as(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) {
    let Some(named) = child(node, K::TABLE_NAME).and_then(|name| definition(r, &name)) else {
        return;
    };
    let how = How {
        replace: false,
        if_absent: has(node, K::IF_NOT_EXISTS),
        temporary: has(node, K::TEMP),
    };
    let with_data = !has(node, K::WITH_NO_DATA);
    let table = Object::new(Kind::Table, named.name.clone());
    r.defines(table.clone(), named.span, how);
    let written: Vec<Word> = child(node, K::TABLE_ARG_LIST)
        .iter()
        .flat_map(|list| list.descendants())
        .filter(|inner| inner.kind() == K::COLUMN_NAME)
        .filter_map(|name| word(r, &name))
        .collect();
    let derived = view::defining_query(r, node, scope, with_data);
    view::define_columns(r, &named, &written, &derived, how);
    if with_data && r.mode.runs {
        r.push(Action::Write, table, named.span);
    }
    access_method(r, node);
    tablespace(r, node);
}

/// `CREATE INDEX`
pub(super) fn create_index(r: &mut Reader<'_>, node: &SyntaxNode) {
    let Some(on) = child(node, K::TABLE_RELATION_NAME).and_then(|name| reference(r, &name)) else {
        return;
    };
    let unique = has(node, K::UNIQUE_KW);
    let filter = child(node, K::WHERE_CLAUSE);
    let how = How {
        if_absent: has(node, K::IF_NOT_EXISTS),
        ..How::default()
    };
    let place = r.span(node);
    let items: Vec<SyntaxNode> = child(node, K::PARTITION_ITEM_LIST)
        .iter()
        .flat_map(|list| children(list, K::PARTITION_ITEM).collect::<Vec<_>>())
        .collect();
    let included: Vec<SyntaxNode> = child(node, K::INDEX_INCLUDE_CLAUSE)
        .iter()
        .flat_map(|clause| find(clause, K::PARTITION_ITEM_LIST))
        .flat_map(|list| children(&list, K::PARTITION_ITEM).collect::<Vec<_>>())
        .collect();
    let given = child(node, K::INDEX)
        .map(|name| super::names::path(r, &name))
        .and_then(|mut path| path.pop());
    match given {
        Some((name, span)) => {
            let object = Object::new(Kind::Index, on.name.sibling(name));
            r.defines(object, span, how);
        }
        None => {
            let columns: Vec<Ident> = items
                .iter()
                .chain(&included)
                .map(|item| index_column_name(r, item))
                .collect();
            let name = implied::index(&on.name.name, &columns);
            let object = Object::new(Kind::Index, on.name.sibling(name));
            let action = r.define(how);
            r.imply(action, object, on.span);
        }
    }
    r.uses(Kind::Table, on.name.clone(), on.span);
    let table = Table::existing(on.clone());
    let scope = table.scope();
    r.written(|r| {
        for item in items.iter().chain(&included) {
            expr(r, item, &scope);
        }
        if let Some(filter) = &filter {
            expr(r, filter, &scope);
        }
    });
    access_method(r, node);
    tablespace(r, node);
    if !unique {
        return;
    }
    let names: Vec<Ident> = items.iter().map(|item| key_item(r, item)).collect();
    let plain: Option<Vec<Word>> = items
        .iter()
        .map(|item| plain_column(item).and_then(|name| word(r, &name)))
        .collect();
    match (plain, filter) {
        (Some(columns), None) => {
            let action = r.define(how);
            r.push(action, Object::key(on.name.clone(), names), place);
            for (column, span) in columns {
                let object = Object::member(Kind::Column, on.name.clone(), column);
                r.push(Action::Tighten, object, span);
            }
        }
        (_, filter) => {
            let action = r.define(how);
            let key = match filter.as_ref().and_then(|filter| predicate(r, filter)) {
                Some(predicate) => Object::partial_key(on.name.clone(), names, &predicate),
                None => Object::key(on.name.clone(), names),
            };
            r.imply(action, key, place);
            let object = Object::new(Kind::Table, on.name);
            r.push(Action::Tighten, object, on.span);
        }
    }
}

/// The column of an index item that is nothing but a column.
fn plain_column(item: &SyntaxNode) -> Option<SyntaxNode> {
    child(item, K::NAME_REF).or_else(|| child(&child(item, K::COLLATE)?, K::NAME_REF))
}

/// What a key has for an item of its index, or ON CONFLICT for one of its: a column, or the text of an
/// expression.
pub(super) fn key_item(r: &Reader<'_>, item: &SyntaxNode) -> Ident {
    let plain = plain_column(item).and_then(|name| word(r, &name));
    let value = || item.children().next().unwrap_or_else(|| item.clone());
    plain.map_or_else(
        || spelled::expression(&value().text().to_string(), r.dialect),
        |(name, _)| name,
    )
}

/// What a WHERE asks, by its text.
pub(super) fn predicate(r: &Reader<'_>, filter: &SyntaxNode) -> Option<Ident> {
    let value = filter.children().next()?;
    Some(spelled::expression(&value.text().to_string(), r.dialect))
}

/// The name that an element of an index or an exclusion gives to its column.
pub(super) fn index_column_name(r: &Reader<'_>, item: &SyntaxNode) -> Ident {
    let value = item.children().next();
    let name = value.and_then(|value| result_name(r, &value));
    implied::expression_column(name.as_ref())
}

/// `CREATE STATISTICS s ON … FROM t`
pub(super) fn create_statistics(r: &mut Reader<'_>, node: &SyntaxNode) {
    let how = How {
        if_absent: has(node, K::IF_NOT_EXISTS),
        ..How::default()
    };
    let on = child(node, K::FROM_TABLE).and_then(|from| reference(r, &from));
    if let Some(Named { name, span }) =
        child(node, K::STATISTICS).and_then(|name| definition(r, &name))
    {
        r.defines(Object::new(Kind::Statistics, name), span, how);
    }
    let Some(on) = on else { return };
    r.uses(Kind::Table, on.name.clone(), on.span);
    let table = Table::existing(on);
    if let Some(clause) = child(node, K::STATISTICS_ON_CLAUSE) {
        let scope = table.scope();
        r.written(|r| expr(r, &clause, &scope));
    }
}
