//! Queries: WITH, set operations, SELECT and its clauses.

use std::rc::Rc;

use crate::dialect::lex::TokenKind;
use crate::name::Ident;
use crate::read::fact::{Action, Kind};
use crate::source::Span;

use super::cursor::Cursor;
use super::expr::{self, Place};
use super::out::Out;
use super::scope::{Derived, Scope};
use super::skim::skim;
use super::{dml, from, output, own, words};

/// Reads a query or a statement that may stand where a query may: `WITH x AS (DELETE …) SELECT …`.
/// Gives the columns of its result.
pub(super) fn read(out: &mut Out<'_>, cursor: Cursor<'_>, outer: &Scope<'_>) -> Derived {
    let mut cursor = cursor;
    if !cursor.is("with") {
        return body(out, cursor, outer);
    }
    let mut scope = Scope::inside(outer);
    with(out, &mut cursor, &mut scope);
    body(out, cursor, &scope)
}

/// Reads the CTEs of a WITH into the scope.
pub(super) fn with(out: &mut Out<'_>, cursor: &mut Cursor<'_>, scope: &mut Scope<'_>) {
    cursor.bump();
    let recursive = cursor.eat("recursive");
    let recursive = recursive || out.dialect.queries.every_with_is_recursive;
    loop {
        let Some(name) = cursor.name(out.dialect) else {
            return;
        };
        let listed: Vec<Ident> = cursor
            .group()
            .map(|list| names(out, list).into_iter().map(|(name, _)| name).collect())
            .unwrap_or_default();
        if cursor.eat_phrase("using key") {
            cursor.group();
        }
        cursor.eat("as");
        cursor.eat("not");
        cursor.eat("materialized");
        let Some(inner) = cursor.group() else {
            return;
        };
        if recursive {
            // What it sees of itself: the names that the text tells.
            let columns = output::of_query(out, inner)
                .into_iter()
                .flatten()
                .map(|(name, _)| name)
                .collect();
            let so_far = Derived {
                columns,
                ..Derived::default()
            };
            let so_far = so_far.renamed(listed.clone());
            scope.ctes.insert(name.last().clone(), Rc::new(so_far));
        }
        let found = derived(out, inner, scope).renamed(listed);
        scope.ctes.insert(name.last().clone(), Rc::new(found));
        // SEARCH and CYCLE clauses.
        while !cursor.is_empty()
            && cursor.kind() != Some(TokenKind::Comma)
            && (cursor.is_any(&["search", "cycle"]) || !starts_body(cursor))
        {
            cursor.skip();
        }
        if !cursor.eat_kind(TokenKind::Comma) {
            return;
        }
    }
}

fn starts_body(cursor: &Cursor<'_>) -> bool {
    cursor.is_open()
        || cursor.is_any(&[
            "select", "insert", "update", "delete", "merge", "values", "table", "replace", "from",
        ])
}

/// The first name of every item of a list.
pub(super) fn names(out: &Out<'_>, list: Cursor<'_>) -> Vec<(Ident, Span)> {
    list.items()
        .filter_map(|mut item| item.name_or_string(out.dialect))
        .map(|name| (name.last().clone(), name.last_span()))
        .collect()
}

/// A query behind its WITH.
fn body(out: &mut Out<'_>, cursor: Cursor<'_>, scope: &Scope<'_>) -> Derived {
    if cursor.is_any(&["insert", "update", "delete", "merge", "replace"])
        && cursor.kind_at(1) != Some(TokenKind::Open)
    {
        return dml::read(out, cursor, scope);
    }
    let mut rest = cursor;
    let mut first = None;
    while !rest.is_empty() {
        let branch = rest.until(words::SET_OPERATORS);
        let found = select(out, branch, scope);
        first.get_or_insert(found);
        rest.bump();
        rest.eat_any(&["all", "distinct"]);
        rest.eat_phrase("by name");
    }
    first.unwrap_or_default()
}

/// One branch of a set operation.
fn select(out: &mut Out<'_>, cursor: Cursor<'_>, outer: &Scope<'_>) -> Derived {
    let mut cursor = cursor;
    if let Some(inner) = cursor.group() {
        // ORDER BY and LIMIT of the whole name output columns.
        return derived(out, inner, outer);
    }
    if cursor.eat("values") {
        let columns = output::of_values(out, cursor);
        expr::read(out, cursor, outer);
        return Derived {
            columns: columns.into_iter().map(|(name, _)| name).collect(),
            ..Derived::default()
        };
    }
    let mut scope = Scope::inside(outer);
    if cursor.eat("table") {
        let mut pending = Vec::new();
        from::reference(out, &mut cursor, &mut scope, &mut pending);
        return scope.star();
    }
    clauses(out, cursor, &mut scope)
}

/// The words that begin a clause.
const CLAUSES: &[&str] = &[
    "from", "where", "group", "having", "window", "qualify", "order", "limit", "offset", "fetch",
    "for", "into", "connect", "start", "option",
];

fn begins_clause(cursor: &Cursor<'_>) -> bool {
    if !cursor.is_any(CLAUSES) {
        return false;
    }
    // `start` and `offset` are ordinary words where nothing of theirs follows.
    match () {
        () if cursor.is("start") => cursor.is_at(1, "with"),
        () if cursor.is("connect") => cursor.is_at(1, "by"),
        () if cursor.is_any(&["group", "order"]) => cursor.is_at(1, "by"),
        () if cursor.is("option") => cursor.kind_at(1) == Some(TokenKind::Open),
        () if cursor.is("for") => cursor.any_at(
            1,
            &[
                "update", "share", "no", "key", "xml", "json", "browse", "read",
            ],
        ),
        () if cursor.is("window") => cursor.named_at(1) && cursor.is_at(2, "as"),
        () if cursor.is("offset") => {
            !matches!(
                cursor.kind_at(1),
                None | Some(TokenKind::Comma | TokenKind::Operator | TokenKind::Dot)
            ) && !cursor.any_at(1, &["from", "as"])
        }
        () => true,
    }
}

/// A clause by its first word; the SELECT list has none.
struct Clause<'t> {
    head: Cursor<'t>,
    rest: Cursor<'t>,
}

/// SELECT, or DuckDB's FROM-first form, clause by clause: FROM first, because it says what the
/// names in the others mean.
fn clauses(out: &mut Out<'_>, cursor: Cursor<'_>, scope: &mut Scope<'_>) -> Derived {
    let mut cursor = cursor;
    let mut list = cursor.between(cursor.place(), cursor.place());
    if cursor.eat_any(&["select", "perform"]) {
        list = select_list(&mut cursor);
    }
    parts(out, list, cursor, scope)
}

/// The list of a query and the clauses behind it.
fn parts(
    out: &mut Out<'_>,
    list: Cursor<'_>,
    behind: Cursor<'_>,
    scope: &mut Scope<'_>,
) -> Derived {
    let list = list.between(list.place(), behind.place().max(list.place()));
    let parts = split_clauses(behind);
    let mut pending = Vec::new();
    for clause in &parts {
        if clause.head.is("from") {
            from::list(out, clause.rest, scope, &mut pending);
        }
        if clause.head.is("into") {
            into(out, clause.rest, list);
        }
    }
    from::finish(out, scope, pending);
    let mut found = result(out, list, scope);
    scope.outputs.clone_from(&found.columns);
    select_items(out, list, scope);
    for Clause { head, rest } in parts {
        if head.is("from") || head.is("into") || head.is("for") || head.is("option") {
            // FOR UPDATE OF names aliases.
        } else if head.is("window") {
            windows(out, rest, scope);
        } else if head.is("select") {
            found = result(out, rest, scope);
            select_items(out, rest, scope);
        } else if head.is_any(&["group", "order", "having", "qualify"]) {
            expr::walk(out, rest, scope, Place::Sorting);
        } else {
            expr::read(out, rest, scope);
        }
    }
    if list.is_empty() && found.columns.is_empty() && found.tables.is_empty() {
        // DuckDB: `FROM t`
        return scope.star();
    }
    found
}

/// Reads a SELECT list. T-SQL writes an alias before its expression as well: `alias = expression`.
fn select_items(out: &mut Out<'_>, list: Cursor<'_>, scope: &Scope<'_>) {
    if !out.dialect.queries.select_list_assigns {
        expr::walk(out, list, scope, Place::SelectList);
        return;
    }
    for mut item in list.items() {
        if output::alias_in_front(out, &item) {
            item.bump_by(2);
        }
        expr::walk(out, item, scope, Place::SelectList);
    }
}

/// The columns that a list of expressions gives.
pub(super) fn result(out: &Out<'_>, list: Cursor<'_>, scope: &Scope<'_>) -> Derived {
    let mut found = Derived::default();
    let mut list = list;
    if list.is("on") && list.kind_at(1) == Some(TokenKind::Open) {
        list.bump();
        list.skip();
    }
    for item in list.items() {
        if item.is_op("*") {
            let all = scope.star();
            found.columns.extend(all.columns);
            found.tables.extend(all.tables);
            continue;
        }
        let mut at = item;
        if let Some(name) = at.name(out.dialect)
            && at.kind() == Some(TokenKind::Dot)
            && at.text_at(1) == "*"
        {
            if let Some(item) = scope.find(name.last()) {
                found.star(item);
            }
        } else if let Some((name, _)) = output::of_item(out, item) {
            found.columns.insert(name);
        }
    }
    found
}

/// The SELECT list, without DISTINCT and TOP before it; goes on to the clause behind it.
pub(super) fn select_list<'t>(cursor: &mut Cursor<'t>) -> Cursor<'t> {
    let mut distinct = false;
    let mut list = cursor.until_where(|cursor| {
        // `a IS DISTINCT FROM b`
        let stop = (begins_clause(cursor) || cursor.is_any(words::SET_OPERATORS))
            && !(distinct && cursor.is("from"));
        distinct = cursor.is("distinct");
        stop
    });
    while list.eat_any(&[
        "all",
        "distinct",
        "distinctrow",
        "sql_no_cache",
        "sql_calc_found_rows",
        "straight_join",
        "high_priority",
    ]) {}
    if list.is("top")
        && !matches!(
            list.kind_at(1),
            None | Some(TokenKind::Comma | TokenKind::Dot)
        )
    {
        list.bump();
        list.skip();
        list.eat("percent");
        list.eat_phrase("with ties");
    }
    list
}

fn split_clauses(cursor: Cursor<'_>) -> Vec<Clause<'_>> {
    let mut rest = cursor;
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let head = rest;
        let two = rest.is_any(&["group", "order", "start", "connect"]);
        rest.bump_by(if two { 2 } else { 1 });
        let from = head.is("from");
        // `a IS DISTINCT FROM b`, `FROM ROWS FROM (…)`
        let mut no_clause = false;
        let part = rest.until_where(|cursor| {
            let stop = begins_clause(cursor) && !(no_clause && cursor.is("from"))
                || from && cursor.is("select");
            no_clause = cursor.is("distinct")
                || from && cursor.is("rows") && cursor.kind_at(2) == Some(TokenKind::Open);
            stop
        });
        parts.push(Clause { head, rest: part });
    }
    parts
}

/// `WINDOW w AS (…), x AS (…)`.
fn windows(out: &mut Out<'_>, list: Cursor<'_>, scope: &Scope<'_>) {
    for mut item in list.items() {
        item.bump();
        item.eat("as");
        if let Some(inner) = item.group() {
            expr::window(out, inner, scope);
        }
    }
}

/// SELECT … INTO.
fn into(out: &mut Out<'_>, cursor: Cursor<'_>, list: Cursor<'_>) {
    let mut target = cursor;
    let mut temporary = false;
    let mut table = false;
    while target.is_any(&["temp", "temporary", "unlogged", "table", "local", "strict"])
        && target.named_at(1)
    {
        temporary |= target.is_any(&["temp", "temporary"]);
        table |= !target.is("strict");
        target.bump();
    }
    // Only PostgreSQL outside of bodies and T-SQL make a table of it; elsewhere it fills variables.
    let makes = out.dialect.queries.select_into_makes_table
        || out.dialect.bodies_are_strings && (!out.now.in_block || table);
    if !makes {
        return;
    }
    if let Some(name) = target.name(out.dialect) {
        let temporary = temporary || own::is_temporary(out, &name);
        let define = Action::Define {
            replace: false,
            if_absent: false,
            temporary,
        };
        out.named(define.clone(), Kind::Table, &name);
        for (column, span) in output::of_list(out, list).into_iter().flatten() {
            out.column(define.clone(), &name.object(), &column, span);
        }
        out.named(Action::Write, Kind::Table, &name);
    }
}

/// Reads a query one level deeper.
pub(super) fn derived(out: &mut Out<'_>, inner: Cursor<'_>, outer: &Scope<'_>) -> Derived {
    let mut found = Derived::default();
    if out.too_deep() {
        skim(out, inner, false);
    } else {
        out.deeper(|out| found = read(out, inner, outer));
    }
    found
}

/// Reads an expression that may have a FROM list behind it, as PL/pgSQL allows in assignments.
pub(super) fn expression(out: &mut Out<'_>, cursor: Cursor<'_>, outer: &Scope<'_>) {
    let mut ahead = cursor;
    select_list(&mut ahead);
    if ahead.is_empty() {
        expr::read(out, cursor, outer);
    } else {
        let mut scope = Scope::inside(outer);
        parts(out, cursor, ahead, &mut scope);
    }
}
