//! Queries: WITH, FROM, targets and tails, each in the scope that PostgreSQL gives it.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::expr::expr;
use super::from::{from_list, relation};
use super::names::{Named, definition, path, word};
use super::reader::{How, Reader};
use super::scope::{Derived, Rows, Scope, Visible};
use super::tree::{SyntaxKind as K, SyntaxNode, child, children, find, has};
use super::{dml, types, view};
use crate::name::Ident;
use crate::read::fact::{Action, Kind, Object};

/// Whether the node is a query or a statement that WITH may hold.
pub(super) fn is_query(kind: K) -> bool {
    matches!(
        kind,
        K::SELECT
            | K::SELECT_INTO
            | K::PAREN_SELECT
            | K::COMPOUND_SELECT
            | K::VALUES
            | K::TABLE
            | K::INSERT
            | K::UPDATE
            | K::DELETE
            | K::MERGE
    )
}

/// The query right under a node.
pub(super) fn query_of(node: &SyntaxNode) -> Option<SyntaxNode> {
    node.children().find(|child| is_query(child.kind()))
}

/// The facts of a query, and the columns of its result.
pub(super) fn query(r: &mut Reader<'_>, node: &SyntaxNode, parent: &Scope<'_>) -> Derived {
    match node.kind() {
        K::SELECT | K::SELECT_INTO | K::PLPGSQL_EXPR => select(r, node, parent),
        K::PAREN_SELECT => {
            let mut scope = Scope::inside(parent);
            with(r, node, &mut scope);
            let derived =
                query_of(node).map_or_else(Derived::default, |inner| query(r, &inner, &scope));
            tails(r, node, &Scope::inside(&scope), &derived.columns);
            derived
        }
        K::COMPOUND_SELECT => compound(r, node, parent),
        K::VALUES => {
            let mut scope = Scope::inside(parent);
            with(r, node, &mut scope);
            values(r, node, &scope)
        }
        K::TABLE => {
            let mut scope = Scope::inside(parent);
            with(r, node, &mut scope);
            let rows = child(node, K::RELATION_NAME)
                .map_or(Rows::Other, |name| relation(r, &name, &scope).1);
            tails(r, node, &scope, &[]);
            Derived {
                columns: Vec::new(),
                through: vec![Visible {
                    alias: None,
                    rows,
                    renamed: Vec::new(),
                }],
            }
        }
        K::INSERT | K::UPDATE | K::DELETE | K::MERGE => dml::dml(r, node, parent),
        _ => Derived::default(),
    }
}

fn compound(r: &mut Reader<'_>, node: &SyntaxNode, parent: &Scope<'_>) -> Derived {
    // WITH before a compound stands in its first SELECT and is seen by all. The chain grows to the
    // left, so it is walked down in a loop: a thousand UNIONs must not be a thousand calls deep.
    let mut rights = Vec::new();
    let mut tailed = Vec::new();
    let mut left = node.clone();
    while left.kind() == K::COMPOUND_SELECT {
        tailed.push(left.clone());
        let mut operands = left
            .children()
            .filter(|child| is_query(child.kind()) || child.kind() == K::PAREN_EXPR);
        let Some(first) = operands.next() else { break };
        rights.extend(operands.next());
        left = first;
    }
    let mut scope = Scope::inside(parent);
    if left.kind() != K::PAREN_SELECT {
        with(r, &left, &mut scope);
    }
    let derived = operand(r, &left, &scope);
    for right in rights.into_iter().rev() {
        operand(r, &right, &scope);
    }
    for node in tailed {
        tails(r, &node, &scope, &derived.columns);
    }
    derived
}

fn operand(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) -> Derived {
    if is_query(node.kind()) {
        query(r, node, scope)
    } else if let Some(inner) = query_of(node) {
        operand(r, &inner, scope)
    } else {
        expr(r, node, scope);
        Derived::default()
    }
}

fn values(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) -> Derived {
    let mut width = 0;
    for row in children(node, K::ROW_LIST).flat_map(|list| list.children().collect::<Vec<_>>()) {
        width = width.max(row.children().count());
        for value in row.children() {
            expr(r, &value, scope);
        }
    }
    tails(r, node, scope, &[]);
    Derived {
        columns: (1..=width)
            .map(|number| Ident::folded(format!("column{number}")))
            .collect(),
        through: Vec::new(),
    }
}

fn select(r: &mut Reader<'_>, node: &SyntaxNode, parent: &Scope<'_>) -> Derived {
    let mut scope = Scope::inside(parent);
    with(r, node, &mut scope);
    if let Some(from) = child(node, K::FROM_CLAUSE) {
        from_list(r, &from, &mut scope);
    }
    let into = child(node, K::INTO_CLAUSE).and_then(|into| select_into(r, &into));
    let targets = child(node, K::SELECT_CLAUSE)
        .as_ref()
        .and_then(|clause| {
            if let Some(distinct) = child(clause, K::DISTINCT_CLAUSE) {
                expr(r, &distinct, &scope);
            }
            child(clause, K::TARGET_LIST)
        })
        .or_else(|| child(node, K::TARGET_LIST));
    let derived = targets.map_or_else(Derived::default, |targets| target_list(r, &targets, &scope));
    if let Some((made, how)) = into {
        view::define_columns(r, &made, &[], &derived, how);
    }
    for clause in node.children() {
        match clause.kind() {
            K::WHERE_CLAUSE | K::HAVING_CLAUSE | K::WINDOW_CLAUSE | K::FILTER_CLAUSE => {
                expr(r, &clause, &scope);
            }
            K::GROUP_BY_CLAUSE => by_names(r, &clause, &scope, &derived.columns),
            _ => {}
        }
    }
    tails(r, node, &scope, &derived.columns);
    derived
}

/// `SELECT … INTO t` makes a table, outside of PL/pgSQL.
fn select_into(r: &mut Reader<'_>, into: &SyntaxNode) -> Option<(Named, How)> {
    let named = definition(r, &child(into, K::TABLE_NAME)?)?;
    let how = How {
        temporary: has(into, K::TEMP),
        ..How::default()
    };
    let table = Object::new(Kind::Table, named.name.clone());
    r.defines(table.clone(), named.span, how);
    r.push(Action::Write, table, named.span);
    Some((named, how))
}

/// The facts of a target list, and the columns that it makes.
pub(super) fn target_list(r: &mut Reader<'_>, list: &SyntaxNode, scope: &Scope<'_>) -> Derived {
    let mut derived = Derived::default();
    for target in children(list, K::TARGET) {
        let value = target.children().find(|child| child.kind() != K::AS_NAME);
        let Some(value) = value else {
            // `*`
            derived.through.extend(scope.star());
            continue;
        };
        expr(r, &value, scope);
        if value.kind() == K::FIELD_EXPR && has(&value, K::STAR) {
            if let Some(base) = value.children().last()
                && let Some((name, _)) = word(r, &base)
            {
                let base_name = value
                    .descendants()
                    .filter(|inner| inner.kind() == K::NAME_REF)
                    .last()
                    .and_then(|inner| word(r, &inner))
                    .map_or(name, |(name, _)| name);
                derived.through.extend(scope.visible(&base_name).cloned());
            }
            continue;
        }
        let name = child(&target, K::AS_NAME)
            .and_then(|alias| word(r, &child(&alias, K::COLUMN_NAME)?))
            .map(|(name, _)| name)
            .or_else(|| result_name(r, &value));
        derived
            .columns
            .push(name.unwrap_or_else(|| Ident::folded("?column?")));
    }
    derived
}

/// The name that PostgreSQL gives to a result column without AS (`FigureColname`).
pub(super) fn result_name(r: &Reader<'_>, value: &SyntaxNode) -> Option<Ident> {
    match value.kind() {
        K::NAME_REF => word(r, value).map(|(name, _)| name),
        K::FIELD_EXPR => {
            let field = value
                .children()
                .filter(|inner| inner.kind() == K::NAME_REF)
                .last()?;
            word(r, &field).map(|(name, _)| name)
        }
        K::CALL_EXPR => {
            let callee = value.children().next()?;
            match callee.kind() {
                K::NAME_REF | K::FIELD_EXPR => result_name(r, &callee),
                // EXISTS, EXTRACT, SUBSTRING, … go by their first word.
                _ => word(r, &callee).map(|(name, _)| name),
            }
        }
        K::CAST_EXPR => value
            .children()
            .find(|inner| !types::is_type(inner.kind()) && inner.kind() != K::COLON_COLON)
            .and_then(|inner| result_name(r, &inner))
            .or_else(|| {
                let inner = types::type_of(value)?;
                path(r, &inner).pop().map(|(name, _)| name)
            }),
        K::PAREN_EXPR | K::PAREN_SELECT => {
            let inner = value.children().next()?;
            result_name(r, &inner)
        }
        K::SELECT => {
            let target = find(&child(value, K::SELECT_CLAUSE)?, K::TARGET)?;
            if let Some(alias) = child(&target, K::AS_NAME) {
                return word(r, &child(&alias, K::COLUMN_NAME)?).map(|(name, _)| name);
            }
            result_name(r, &target.children().next()?)
        }
        K::COLLATE | K::INDEX_EXPR | K::SLICE_EXPR => result_name(r, &value.children().next()?),
        K::CASE_EXPR => child(value, K::ELSE_CLAUSE)
            .and_then(|clause| result_name(r, &clause.children().next()?))
            .or_else(|| Some(Ident::folded("case"))),
        K::ARRAY_EXPR => Some(Ident::folded("array")),
        _ => None,
    }
}

/// ORDER BY, LIMIT and the like. A bare name in ORDER BY is a result column's before it is a table's.
fn tails(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>, results: &[Ident]) {
    for clause in node.children() {
        match clause.kind() {
            K::ORDER_BY_CLAUSE => by_names(r, &clause, scope, results),
            K::LIMIT_CLAUSE | K::OFFSET_CLAUSE | K::FETCH_CLAUSE => expr(r, &clause, scope),
            // FOR UPDATE OF names tables of FROM by their aliases.
            _ => {}
        }
    }
}

/// ORDER BY and GROUP BY: a bare name that a result column has is left to the target list.
fn by_names(r: &mut Reader<'_>, clause: &SyntaxNode, scope: &Scope<'_>, results: &[Ident]) {
    let results: BTreeSet<&Ident> = results.iter().collect();
    let mut pending = vec![clause.clone()];
    while let Some(node) = pending.pop() {
        match node.kind() {
            K::NAME_REF => {
                if !word(r, &node).is_some_and(|(name, _)| results.contains(&name)) {
                    expr(r, &node, scope);
                }
            }
            K::ORDER_BY_CLAUSE
            | K::GROUP_BY_CLAUSE
            | K::GROUP_BY_LIST
            | K::GROUPING_EXPR
            | K::SORT_BY_LIST
            | K::SORT_BY => {
                let mut inner: Vec<_> = node.children().collect();
                inner.reverse();
                pending.extend(inner);
            }
            _ => expr(r, &node, scope),
        }
    }
}

/// WITH: each query sees those before it and, when recursive, itself.
pub(super) fn with(r: &mut Reader<'_>, node: &SyntaxNode, scope: &mut Scope<'_>) {
    let Some(clause) = child(node, K::WITH_CLAUSE) else {
        return;
    };
    let recursive = has(&clause, K::RECURSIVE_KW);
    for table in children(&clause, K::WITH_TABLE) {
        let Some((name, _)) = child(&table, K::CTE_NAME).and_then(|name| word(r, &name)) else {
            continue;
        };
        let columns = column_names(r, &table);
        if recursive {
            let itself = Derived {
                columns: columns.clone(),
                through: Vec::new(),
            };
            scope.queries.push((name.clone(), Rc::new(itself)));
        }
        let derived = query_of(&table)
            .map_or_else(Derived::default, |inner| query(r, &inner, scope))
            .renamed(columns);
        scope.queries.push((name, Rc::new(derived)));
    }
}

/// The names of a COLUMN_LIST or COLUMN_DEF_LIST under the node.
pub(super) fn column_names(r: &Reader<'_>, node: &SyntaxNode) -> Vec<Ident> {
    column_words(r, node)
        .into_iter()
        .map(|(name, _)| name)
        .collect()
}

/// The same with their places.
pub(super) fn column_words(r: &Reader<'_>, node: &SyntaxNode) -> Vec<super::names::Word> {
    let Some(list) = node
        .children()
        .find(|child| matches!(child.kind(), K::COLUMN_LIST | K::COLUMN_DEF_LIST))
    else {
        return Vec::new();
    };
    list.descendants()
        .filter(|inner| inner.kind() == K::COLUMN_NAME)
        .filter_map(|name| word(r, &name))
        .collect()
}
