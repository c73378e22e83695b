//! Views, and what else is a stored expression over a table: policies and rules.

use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Binding, Kind, Object};
use crate::source::Span;

use super::cursor::{Cursor, Name};
use super::define::{Flags, defined};
use super::out::Out;
use super::scope::{Derived, Scope};
use super::{block, expr, output, query, table, trigger};
use std::rc::Rc;

/// `CREATE [MATERIALIZED] VIEW v (c, …) AS query`.
pub(super) fn view(
    out: &mut Out<'_>,
    cursor: Cursor<'_>,
    flags: Flags,
    materialized: bool,
    recursive: bool,
) {
    let mut cursor = cursor;
    let kind = if materialized {
        Kind::MaterializedView
    } else {
        Kind::View
    };
    let Some(name) = defined(out, &mut cursor, kind, flags) else {
        return;
    };
    view_body(out, cursor, &name, kind, flags, recursive);
}

/// The columns and the query of a view.
pub(super) fn view_body(
    out: &mut Out<'_>,
    cursor: Cursor<'_>,
    name: &Name,
    kind: Kind,
    flags: Flags,
    recursive: bool,
) {
    let mut cursor = cursor;
    let listed = cursor.group();
    // USING method, WITH (options), TABLESPACE.
    let mut options = cursor.until(&["as"]);
    options.until(&["tablespace"]);
    if options.eat("tablespace") {
        table::tablespace(out, &mut options);
    }
    cursor.bump();
    let query = without_tail(cursor);
    let columns: Vec<_> = match listed {
        Some(list) => query::names(out, list),
        None => output::of_query(out, query).into_iter().flatten().collect(),
    };
    for (column, span) in &columns {
        out.column(flags.action(), &name.object(), column, *span);
    }
    let with_no_data = ends_with_no_data(cursor);
    let mut found = Derived::default();
    let binding = Binding::of(out.dialect.looks_up.view_body);
    let runs = kind == Kind::MaterializedView && !with_no_data;
    out.under(
        |now| {
            now.runs = runs;
            now.binding = now.binding.max(binding);
        },
        |out| {
            let mut scope = Scope::default();
            if recursive {
                scope.ctes.insert(name.last().clone(), Rc::default());
            }
            found = query::read(out, query, &scope);
        },
    );
    if listed.is_none() {
        through_star(out, &found, &columns, name, flags);
    }
}

/// Defines the columns that a view or table has through a `*` over a query.
pub(super) fn through_star(
    out: &mut Out<'_>,
    found: &Derived,
    named: &[(Ident, Span)],
    owner: &Name,
    flags: Flags,
) {
    for column in &found.columns {
        if !named.iter().any(|(name, _)| name == column) {
            out.column(flags.action(), &owner.object(), column, owner.span());
        }
    }
}

/// A view's query without `WITH [LOCAL] CHECK OPTION`, `WITH [NO] DATA`, `WITH READ ONLY`.
pub(super) fn without_tail(query: Cursor<'_>) -> Cursor<'_> {
    let mut rest = query;
    // A leading WITH belongs to the query.
    rest.eat("with");
    rest.until_where(|cursor| {
        cursor.is("with") && cursor.any_at(1, &["check", "local", "cascaded", "data", "no", "read"])
    });
    query.before(&rest)
}

pub(super) fn ends_with_no_data(query: Cursor<'_>) -> bool {
    let mut rest = query;
    rest.eat("with");
    rest.until_where(|cursor| cursor.phrase("with no data"));
    !rest.is_empty()
}

/// Policies and rules.
pub(super) fn of_table(out: &mut Out<'_>, cursor: Cursor<'_>, kind: Kind, flags: Flags) {
    let mut cursor = cursor;
    let Some(member) = cursor.name(out.dialect) else {
        return;
    };
    if kind == Kind::Policy {
        policy(out, cursor, &member, flags);
    } else {
        rule(out, cursor, &member, flags);
    }
}

/// Defines or changes a member of a table whose name follows `ON` or `TO`.
fn member_of(
    out: &mut Out<'_>,
    cursor: &mut Cursor<'_>,
    kind: Kind,
    member: &Name,
    action: Action,
) -> Option<ObjectName> {
    let table = cursor.name(out.dialect)?;
    let object = Object::member(kind, table.object(), member.last().clone());
    out.push(action, object, member.span());
    out.uses(Kind::Relation, &table);
    Some(table.object())
}

fn policy(out: &mut Out<'_>, cursor: Cursor<'_>, member: &Name, flags: Flags) {
    let mut cursor = cursor;
    cursor.eat("on");
    let Some(table) = member_of(out, &mut cursor, Kind::Policy, member, flags.action()) else {
        return;
    };
    policy_rest(out, cursor, &table);
}

/// What follows a policy's table: its roles and expressions.
pub(super) fn policy_rest(out: &mut Out<'_>, cursor: Cursor<'_>, table: &ObjectName) {
    let mut cursor = cursor;
    cursor
        .until_where(|cursor| cursor.is("to") || cursor.is("using") || cursor.phrase("with check"));
    if cursor.eat("to") {
        let roles = cursor.until_where(|cursor| cursor.is("using") || cursor.is("with"));
        super::privilege::roles(out, roles);
    }
    let scope = Scope::of_table(table);
    out.stored(Binding::Hard, |out| expr::read(out, cursor, &scope));
}

/// `CREATE RULE r AS ON event TO t WHERE … DO INSTEAD (command; …)`.
fn rule(out: &mut Out<'_>, cursor: Cursor<'_>, member: &Name, flags: Flags) {
    let mut cursor = cursor;
    cursor.until(&["to"]);
    cursor.bump();
    let Some(table) = member_of(out, &mut cursor, Kind::Rule, member, flags.action()) else {
        return;
    };
    let scope = trigger::rows_scope(&table);
    let predicate = cursor.until(&["do"]);
    out.stored(Binding::Hard, |out| {
        expr::read(out, predicate, &scope);
        cursor.bump();
        cursor.eat_any(&["also", "instead"]);
        let commands = if cursor.is_open() && !expr::opens_query(&cursor) {
            cursor.inside()
        } else {
            cursor
        };
        block::statements(out, commands, &scope);
    });
}
