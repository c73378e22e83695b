//! INSERT, UPDATE, DELETE, MERGE, COPY and TRUNCATE.

use super::builtin;
use super::expr::expr;
use super::from::{from_item, from_list};
use super::names::{Named, reference, word};
use super::query::{is_query, query, target_list, with};
use super::reader::Reader;
use super::scope::{Derived, Scope};
use super::table::{key_item, predicate};
use super::tree::{SyntaxKind as K, SyntaxNode, child, children, find};
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Kind, Object};

/// A data-changing statement, and the columns of its RETURNING.
pub(super) fn dml(r: &mut Reader<'_>, node: &SyntaxNode, parent: &Scope<'_>) -> Derived {
    let mut outer = Scope::inside(parent);
    with(r, node, &mut outer);
    match node.kind() {
        K::INSERT => insert(r, node, &outer),
        K::UPDATE => update(r, node, &outer),
        K::DELETE => delete(r, node, &outer),
        K::MERGE => merge(r, node, &outer),
        _ => Derived::default(),
    }
}

/// The table whose rows change: used, and written to where the statement runs.
pub(super) fn target(r: &mut Reader<'_>, node: &SyntaxNode) -> Option<Named> {
    let named = reference(r, node)?;
    if builtin::is_relation(&named.name) {
        return None;
    }
    let table = Object::new(Kind::Table, named.name.clone());
    r.push(Action::Use, table.clone(), named.span);
    if r.mode.runs {
        r.push(Action::Write, table, named.span);
    }
    Some(named)
}

/// The rows of the target of UPDATE, DELETE and MERGE are read to be changed.
fn read_target(r: &mut Reader<'_>, table: &Option<Named>) {
    if let Some(table) = table
        && r.mode.runs
    {
        r.push(
            Action::Read,
            Object::new(Kind::Table, table.name.clone()),
            table.span,
        );
    }
}

/// A column that gets a value.
fn write_column(r: &mut Reader<'_>, table: &ObjectName, name: &SyntaxNode) {
    let Some((column, span)) = word(r, name) else {
        return;
    };
    let object = Object::member(Kind::Column, table.clone(), column);
    r.push(Action::Use, object.clone(), span);
    if r.mode.runs {
        r.push(Action::Write, object, span);
    }
}

/// The columns of a `COLUMN_TARGET_LIST` or a single `COLUMN_TARGET`.
fn write_targets(r: &mut Reader<'_>, table: &ObjectName, node: &SyntaxNode, scope: &Scope<'_>) {
    let targets: Vec<_> = if node.kind() == K::COLUMN_TARGET {
        vec![node.clone()]
    } else {
        children(node, K::COLUMN_TARGET).collect()
    };
    for target in targets {
        if let Some(name) = child(&target, K::COLUMN_NAME_REF) {
            write_column(r, table, &name);
        }
        for accessor in target.children().skip(1) {
            expr(r, &accessor, scope);
        }
    }
}

fn alias(r: &Reader<'_>, node: &SyntaxNode) -> Option<Ident> {
    let alias = child(node, K::REQUIRED_AS_ALIAS).or_else(|| child(node, K::OPTIONAL_AS_ALIAS))?;
    let name = child(&alias, K::TABLE_ALIAS)?;
    word(r, &name).map(|(name, _)| name)
}

/// A scope that sees the target under its alias or name.
fn see_target<'p>(
    r: &Reader<'_>,
    node: &SyntaxNode,
    table: &Option<Named>,
    outer: &'p Scope<'p>,
) -> Scope<'p> {
    let mut scope = Scope::inside(outer);
    if let Some(Named { name, .. }) = table {
        let alias = alias(r, node).unwrap_or_else(|| name.name.clone());
        scope.see_table(alias, name);
    }
    scope
}

fn insert(r: &mut Reader<'_>, node: &SyntaxNode, outer: &Scope<'_>) -> Derived {
    let Some(name) = child(node, K::RELATION_NAME_REF) else {
        return Derived::default();
    };
    let table = target(r, &name);
    if let Some(table) = &table
        && let Some(list) = child(node, K::COLUMN_TARGET_LIST)
    {
        write_targets(r, &table.name, &list, outer);
    }
    if let Some(source) = node.children().find(|child| is_query(child.kind())) {
        query(r, &source, outer);
    }
    let mut scope = see_target(r, node, &table, outer);
    if let Some(conflict) = child(node, K::ON_CONFLICT_CLAUSE) {
        if let Some(table) = &table {
            conflict_target(r, &table.name, &conflict, &scope);
            scope.see_table(Ident::folded("excluded"), &table.name);
        }
        if let Some(action) = child(&conflict, K::CONFLICT_DO_UPDATE_SET) {
            if let (Some(table), Some(set)) = (&table, child(&action, K::SET_CLAUSE)) {
                set_clause(r, &table.name, &set, &scope);
            }
            if let Some(filter) = child(&action, K::WHERE_CLAUSE) {
                expr(r, &filter, &scope);
            }
        }
    }
    returning(r, node, &scope)
}

fn conflict_target(
    r: &mut Reader<'_>,
    table: &ObjectName,
    conflict: &SyntaxNode,
    scope: &Scope<'_>,
) {
    if let Some(constraint) = find(conflict, K::CONFLICT_ON_CONSTRAINT)
        && let Some(name) = child(&constraint, K::CONSTRAINT_NAME_REF)
        && let Some((name, span)) = word(r, &name)
    {
        let object = Object::member(Kind::Constraint, table.clone(), name);
        r.push(Action::Use, object, span);
    }
    let Some(target) = child(conflict, K::CONFLICT_ON_INDEX) else {
        return;
    };
    // The names are columns even where a variable has the same name.
    let own = Scope {
        items: scope.items.clone(),
        ..Scope::default()
    };
    let mut columns = Vec::new();
    for item in find(&target, K::CONFLICT_INDEX_ITEM_LIST)
        .iter()
        .flat_map(|list| list.children())
    {
        expr(r, &item, &own);
        columns.push(key_item(r, &item));
    }
    let filter = child(&target, K::WHERE_CLAUSE);
    if let Some(filter) = &filter {
        expr(r, filter, &own);
    }
    let predicate = filter.and_then(|filter| predicate(r, &filter));
    let key = match predicate {
        Some(predicate) => Object::partial_key(table.clone(), columns, &predicate),
        None => Object::key(table.clone(), columns),
    };
    let span = r.span(&target);
    r.push(Action::Use, key, span);
}

fn set_clause(r: &mut Reader<'_>, table: &ObjectName, clause: &SyntaxNode, scope: &Scope<'_>) {
    for set in clause
        .descendants()
        .filter(|inner| matches!(inner.kind(), K::SET_SINGLE_COLUMN | K::SET_MULTIPLE_COLUMNS))
    {
        for part in set.children() {
            match part.kind() {
                K::COLUMN_TARGET | K::COLUMN_TARGET_LIST => {
                    write_targets(r, table, &part, scope);
                }
                _ => expr(r, &part, scope),
            }
        }
    }
}

fn update(r: &mut Reader<'_>, node: &SyntaxNode, outer: &Scope<'_>) -> Derived {
    let Some(name) = child(node, K::RELATION_NAME) else {
        return Derived::default();
    };
    let table = target(r, &name);
    read_target(r, &table);
    let mut scope = see_target(r, node, &table, outer);
    if let Some(from) = child(node, K::FROM_CLAUSE) {
        from_list(r, &from, &mut scope);
    }
    if let (Some(table), Some(set)) = (&table, child(node, K::SET_CLAUSE)) {
        set_clause(r, &table.name, &set, &scope);
    }
    if let Some(filter) = child(node, K::WHERE_CLAUSE) {
        expr(r, &filter, &scope);
    }
    returning(r, node, &scope)
}

fn delete(r: &mut Reader<'_>, node: &SyntaxNode, outer: &Scope<'_>) -> Derived {
    let Some(name) = child(node, K::RELATION_NAME) else {
        return Derived::default();
    };
    let table = target(r, &name);
    read_target(r, &table);
    let mut scope = see_target(r, node, &table, outer);
    if let Some(using) = child(node, K::USING_CLAUSE) {
        from_list(r, &using, &mut scope);
    }
    if let Some(filter) = child(node, K::WHERE_CLAUSE) {
        expr(r, &filter, &scope);
    }
    returning(r, node, &scope)
}

fn merge(r: &mut Reader<'_>, node: &SyntaxNode, outer: &Scope<'_>) -> Derived {
    let Some(name) = child(node, K::TABLE_RELATION_NAME) else {
        return Derived::default();
    };
    let table = target(r, &name);
    read_target(r, &table);
    let mut scope = see_target(r, node, &table, outer);
    if let Some(using) = child(node, K::USING_ON_CLAUSE) {
        for part in using.children() {
            if part.kind() == K::ON_CLAUSE {
                expr(r, &part, &scope);
            } else {
                from_item(r, &part, &mut scope);
            }
        }
    }
    for clause in node.children().filter(|child| {
        matches!(
            child.kind(),
            K::MERGE_WHEN_MATCHED
                | K::MERGE_WHEN_NOT_MATCHED_SOURCE
                | K::MERGE_WHEN_NOT_MATCHED_TARGET
        )
    }) {
        if let Some(condition) = child(&clause, K::MERGE_CONDITION) {
            expr(r, &condition, &scope);
        }
        let Some(table) = &table else { continue };
        if let Some(set) = child(&clause, K::MERGE_UPDATE) {
            set_clause(r, &table.name, &set, &scope);
        }
        if let Some(insert) = child(&clause, K::MERGE_INSERT) {
            for part in insert.children() {
                if part.kind() == K::COLUMN_TARGET_LIST {
                    write_targets(r, &table.name, &part, &scope);
                } else {
                    expr(r, &part, &scope);
                }
            }
        }
    }
    returning(r, node, &scope)
}

fn returning(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) -> Derived {
    child(node, K::RETURNING_CLAUSE)
        .and_then(|clause| child(&clause, K::TARGET_LIST))
        .map_or_else(Derived::default, |list| target_list(r, &list, scope))
}

/// `COPY t (c…) FROM/TO`, `COPY (query) TO`.
pub(super) fn copy(r: &mut Reader<'_>, node: &SyntaxNode, outer: &Scope<'_>) {
    if let Some(source) = child(node, K::COPY_QUERY) {
        for inner in source.children() {
            query(r, &inner, outer);
        }
    }
    let Some(table) = child(node, K::COPY_TABLE) else {
        return;
    };
    let Some(name) = child(&table, K::TABLE_NAME_REF) else {
        return;
    };
    let columns: Vec<_> = table
        .descendants()
        .filter(|inner| inner.kind() == K::COLUMN_NAME_REF)
        .collect();
    if child(node, K::COPY_FROM).is_some() {
        if let Some(named) = target(r, &name) {
            for column in columns {
                write_column(r, &named.name, &column);
            }
            if let Some(filter) = child(node, K::WHERE_CLAUSE) {
                expr(r, &filter, &Scope::of_table(outer, &named.name));
            }
        }
    } else if let Some(named) = reference(r, &name) {
        let table = Object::new(Kind::Relation, named.name.clone());
        r.push(Action::Use, table.clone(), named.span);
        r.push(Action::Read, table, named.span);
        for column in columns {
            if let Some((column, span)) = word(r, &column) {
                r.uses_column(vec![named.name.clone()], column, span);
            }
        }
    }
}

/// `TRUNCATE t, u`
pub(super) fn truncate(r: &mut Reader<'_>, node: &SyntaxNode) {
    for name in node
        .descendants()
        .filter(|inner| inner.kind() == K::TABLE_NAME_REF)
    {
        target(r, &name);
    }
}
