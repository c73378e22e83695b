//! FROM: what its items are, and which names each of them sees and lets be seen.

use std::rc::Rc;

use super::expr::expr;
use super::names::{path, reference, referred, word};
use super::query::{column_names, is_query, query, query_of, result_name};
use super::reader::Reader;
use super::scope::{Derived, Rows, Scope, Visible};
use super::tree::{SyntaxKind as K, SyntaxNode, child, has};
use super::{builtin, types};
use crate::name::Ident;
use crate::read::fact::{Action, Kind, Object};

/// FROM, and USING of DELETE: every item sees those before it where it may.
pub(super) fn from_list(r: &mut Reader<'_>, clause: &SyntaxNode, scope: &mut Scope<'_>) {
    for item in clause.children() {
        from_item(r, &item, scope);
    }
}

/// One item of FROM, with its joins.
pub(super) fn from_item(r: &mut Reader<'_>, item: &SyntaxNode, scope: &mut Scope<'_>) {
    match item.kind() {
        K::JOIN_EXPR => join(r, item, scope),
        K::RELATION_FROM_ITEM => {
            let Some(name) = child(item, K::RELATION_NAME_REF) else {
                return;
            };
            let (alias, rows) = relation(r, &name, scope);
            see(r, item, alias, rows, scope);
            if let Some(sample) = child(item, K::TABLESAMPLE_CLAUSE) {
                expr(r, &sample, scope);
            }
        }
        K::PAREN_FROM_ITEM => paren_from_item(r, item, scope),
        K::FUNCTION_FROM_ITEM | K::EXPR_FROM_ITEM | K::ROWS_FROM_ITEM => {
            for call in item.children() {
                if !matches!(call.kind(), K::FROM_ALIAS | K::WITH_ORDINALITY) {
                    expr(r, &call, scope);
                }
            }
            let name = item
                .children()
                .find(|inner| inner.kind() == K::CALL_EXPR)
                .and_then(|call| result_name(r, &call));
            see(r, item, name, Rows::Other, scope);
        }
        K::FROM_ALIAS => {}
        _ => {
            // JSON_TABLE, XMLTABLE, GRAPH_TABLE: expressions in the scope so far.
            expr(r, item, scope);
            see(r, item, None, Rows::Other, scope);
        }
    }
}

fn join(r: &mut Reader<'_>, item: &SyntaxNode, scope: &mut Scope<'_>) {
    // Joins grow to the left; see `compound`.
    let mut joins = Vec::new();
    let mut left = item.clone();
    while left.kind() == K::JOIN_EXPR {
        let mut parts = left.children();
        let Some(first) = parts.next() else { return };
        joins.extend(parts.find(|part| part.kind() == K::JOIN));
        left = first;
    }
    let before = scope.items.len();
    from_item(r, &left, scope);
    for join in joins.into_iter().rev() {
        let lefts = scope.items[before.min(scope.items.len())..].to_vec();
        for part in join.children() {
            match part.kind() {
                K::ON_CLAUSE => expr(r, &part, scope),
                K::JOIN_USING_CLAUSE => {
                    let rights = scope.items[before + lefts.len()..].to_vec();
                    join_using(r, &part, &lefts, &rights);
                }
                K::JOIN_INNER | K::JOIN_LEFT | K::JOIN_RIGHT | K::JOIN_FULL | K::JOIN_CROSS => {}
                _ => from_item(r, &part, scope),
            }
        }
    }
}

/// `USING (c)` names a column of both sides.
fn join_using(r: &mut Reader<'_>, clause: &SyntaxNode, lefts: &[Visible], rights: &[Visible]) {
    let columns: Vec<_> = clause
        .descendants()
        .filter(|inner| inner.kind() == K::COLUMN_NAME_REF)
        .filter_map(|name| word(r, &name))
        .collect();
    for (column, span) in columns {
        for side in [lefts, rights] {
            let scope = Scope {
                items: side.to_vec(),
                ..Scope::default()
            };
            r.uses_column(scope.owners(&column), column.clone(), span);
        }
    }
}

fn paren_from_item(r: &mut Reader<'_>, item: &SyntaxNode, scope: &mut Scope<'_>) {
    let lateral = has(item, K::LATERAL_KW);
    let Some(inner) = item.children().find(|inner| inner.kind() != K::FROM_ALIAS) else {
        return;
    };
    let subselect = if is_query(inner.kind()) {
        Some(inner.clone())
    } else {
        query_of(&inner)
    };
    if let Some(subselect) = subselect {
        let derived = if lateral {
            query(r, &subselect, scope)
        } else {
            query(r, &subselect, &scope.without_items())
        };
        see(r, item, None, Rows::Derived(Rc::new(derived)), scope);
        return;
    }
    // `(a JOIN b …)`, perhaps with an alias that hides the tables' own names.
    let before = scope.items.len();
    for part in inner.children() {
        from_item(r, &part, scope);
    }
    if let Some(alias) = child(item, K::FROM_ALIAS) {
        let through = scope.items.split_off(before);
        let derived = Derived {
            columns: Vec::new(),
            through,
        };
        let name = child(&alias, K::TABLE_ALIAS).and_then(|name| word(r, &name));
        if let Some((name, _)) = name {
            let renamed = column_names(r, &alias);
            scope.items.push(Visible {
                alias: Some(name),
                rows: Rows::Derived(Rc::new(derived)),
                renamed,
            });
        }
    }
}

/// Puts rows into the scope under the item's alias or their own name.
fn see(
    r: &mut Reader<'_>,
    item: &SyntaxNode,
    own: Option<Ident>,
    rows: Rows,
    scope: &mut Scope<'_>,
) {
    let alias = child(item, K::FROM_ALIAS);
    let mut renamed = Vec::new();
    let mut name = own;
    if let Some(alias) = alias {
        if let Some((written, _)) = child(&alias, K::TABLE_ALIAS).and_then(|name| word(r, &name)) {
            name = Some(written);
        }
        renamed = column_names(r, &alias);
        if let Some(list) = child(&alias, K::COLUMN_DEF_LIST) {
            for column in list.children() {
                types::uses_all(r, &column);
            }
        }
    }
    scope.items.push(Visible {
        alias: name,
        rows,
        renamed,
    });
}

/// A relation in FROM: a WITH query of that name, else a table, which is used and read. Its own
/// name is what columns are qualified with when there is no alias.
pub(super) fn relation(
    r: &mut Reader<'_>,
    node: &SyntaxNode,
    scope: &Scope<'_>,
) -> (Option<Ident>, Rows) {
    let path = path(r, node);
    if let [(name, _)] = &path[..]
        && let Some(derived) = scope.query(name)
    {
        return (Some(name.clone()), Rows::Derived(derived));
    }
    let Some(named) = referred(r, &path) else {
        return (None, Rows::Other);
    };
    let own = Some(named.name.name.clone());
    if builtin::is_relation(&named.name) {
        return (own, Rows::Other);
    }
    r.uses(Kind::Relation, named.name.clone(), named.span);
    if r.mode.runs {
        let object = Object::new(Kind::Relation, named.name.clone());
        r.push(Action::Read, object, named.span);
    }
    (own, Rows::Of(named.name))
}

/// A relation that is only named: `LOCK`, `LIKE`, `REFRESH`.
pub(super) fn plain_relation(r: &mut Reader<'_>, node: &SyntaxNode, kind: Kind) {
    if let Some(named) = reference(r, node)
        && !builtin::is_relation(&named.name)
    {
        r.uses(kind, named.name, named.span);
    }
}
