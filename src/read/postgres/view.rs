//! CREATE VIEW, CREATE MATERIALIZED VIEW, CREATE RULE and CREATE POLICY.

use std::rc::Rc;

use super::constraint::{access_method, tablespace};
use super::expr::expr;
use super::names::{Named, Word, definition, reference, word};
use super::query::{column_words, query, query_of};
use super::reader::{How, Reader};
use super::scope::{Derived, Scope};
use super::tree::{SyntaxKind as K, SyntaxNode, child, find, has};
use super::{misc, statement};
use crate::name::Ident;
use crate::read::fact::{Action, Kind, Object};

/// `CREATE [MATERIALIZED] VIEW`
pub(super) fn create_view(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) {
    let Some(named) = child(node, K::VIEW).and_then(|name| definition(r, &name)) else {
        return;
    };
    let materialized = node.kind() == K::CREATE_MATERIALIZED_VIEW;
    let how = How {
        replace: has(node, K::OR_REPLACE),
        if_absent: has(node, K::IF_NOT_EXISTS),
        temporary: has(node, K::TEMP),
    };
    let kind = if materialized {
        Kind::MaterializedView
    } else {
        Kind::View
    };
    r.defines(Object::new(kind, named.name.clone()), named.span, how);
    let columns = column_words(r, node);
    let mut inner = Scope::inside(scope);
    if has(node, K::RECURSIVE_KW) {
        let itself = Derived {
            columns: columns.iter().map(|(name, _)| name.clone()).collect(),
            through: Vec::new(),
        };
        inner
            .queries
            .push((named.name.name.clone(), Rc::new(itself)));
    }
    let with_data = materialized && !has(node, K::WITH_NO_DATA);
    let derived = defining_query(r, node, &inner, with_data);
    define_columns(r, &named, &columns, &derived, how);
    access_method(r, node);
    tablespace(r, node);
}

/// The query of a view or a table that is made by one; its rows are read only if it runs now.
pub(super) fn defining_query(
    r: &mut Reader<'_>,
    node: &SyntaxNode,
    scope: &Scope<'_>,
    runs: bool,
) -> Derived {
    let Some(inner) = query_of(node) else {
        return Derived::default();
    };
    r.under(
        |mode| mode.runs = mode.runs && runs,
        |r| query(r, &inner, scope),
    )
}

/// `Define` of the columns that are known: those that are written, else those of the query.
pub(super) fn define_columns(
    r: &mut Reader<'_>,
    of: &Named,
    written: &[Word],
    derived: &Derived,
    how: How,
) {
    for (column, span) in written {
        let object = Object::member(Kind::Column, of.name.clone(), column.clone());
        r.defines(object, *span, how);
    }
    let action = r.define(how);
    for column in derived.columns.iter().skip(written.len()) {
        if column.as_str() != "?column?" {
            let object = Object::member(Kind::Column, of.name.clone(), column.clone());
            r.imply(action.clone(), object, of.span);
        }
    }
}

/// `CREATE RULE`
pub(super) fn create_rule(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) {
    let Some(on) = child(node, K::RULE_ON) else {
        return;
    };
    let Some(table) = child(&on, K::RELATION_NAME_REF).and_then(|name| reference(r, &name)) else {
        return;
    };
    if let Some((name, span)) = child(node, K::RULE).and_then(|name| word(r, &name)) {
        let how = How {
            replace: has(node, K::OR_REPLACE),
            ..How::default()
        };
        let object = Object::member(Kind::Rule, table.name.clone(), name);
        r.defines(object, span, how);
    }
    r.uses(Kind::Relation, table.name.clone(), table.span);
    let inner = old_and_new(scope, &table);
    r.written(|r| {
        if let Some(filter) = child(&on, K::WHERE_CLAUSE) {
            expr(r, &filter, &inner);
        }
        if let Some(action) = child(node, K::RULE_DO) {
            rule_action(r, &action, &inner);
        }
    });
}

fn rule_action(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) {
    for part in node.children() {
        if part.kind() == K::RULE_STMT_LIST {
            rule_action(r, &part, scope);
        } else {
            statement(r, &part, scope);
        }
    }
}

/// A scope in which `old` and `new` are rows of the table.
pub(super) fn old_and_new<'p>(scope: &'p Scope<'p>, table: &Named) -> Scope<'p> {
    let mut inner = Scope::inside(scope);
    for name in ["old", "new"] {
        inner.see_table(Ident::folded(name), &table.name);
    }
    inner
}

/// `CREATE POLICY` and `ALTER POLICY … USING`
pub(super) fn policy(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) {
    let Some(table) = child(node, K::ON_TABLE).and_then(|name| reference(r, &name)) else {
        return;
    };
    let name = child(node, K::POLICY).or_else(|| child(node, K::POLICY_REF));
    if let Some((name, span)) = name.and_then(|name| word(r, &name)) {
        let object = Object::member(Kind::Policy, table.name.clone(), name);
        if node.kind() == K::CREATE_POLICY {
            r.defines(object, span, How::default());
        } else if let Some(rename) = child(node, K::POLICY_RENAME_TO)
            && let Some((to, span)) = child(&rename, K::POLICY).and_then(|name| word(r, &name))
        {
            let to = Object::member(Kind::Policy, table.name.clone(), to);
            r.push(Action::Rename { to: Box::new(to) }, object, span);
        } else {
            r.push(Action::Alter, object, span);
        }
    }
    r.uses(Kind::Table, table.name.clone(), table.span);
    misc::roles(r, node);
    let inner = Scope::of_table(scope, &table.name);
    r.written(|r| {
        for kind in [K::USING_EXPR_CLAUSE, K::WITH_CHECK_EXPR_CLAUSE] {
            if let Some(clause) = find(node, kind) {
                expr(r, &clause, &inner);
            }
        }
    });
}
