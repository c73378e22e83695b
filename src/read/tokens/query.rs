//! Queries: WITH, set operations, SELECT and its clauses.

use std::collections::BTreeSet;

use crate::dialect::lex::TokenKind;
use crate::name::Ident;
use crate::read::fact::{Action, Kind};
use crate::source::Span;

use super::cursor::Cursor;
use super::expr::{self, Place};
use super::out::Out;
use super::scope::{Columns, Scope};
use super::{dml, from, words};

/// Reads a query or a statement that may stand where a query may: `WITH x AS (DELETE …) SELECT …`.
pub(super) fn read(out: &mut Out<'_>, cursor: Cursor<'_>, outer: &Scope<'_>) {
    let mut cursor = cursor;
    if !cursor.is("with") {
        body(out, cursor, outer);
        return;
    }
    let mut scope = Scope::inside(outer);
    with(out, &mut cursor, &mut scope);
    body(out, cursor, &scope);
}

/// Reads the CTEs of a WITH into the scope.
pub(super) fn with(out: &mut Out<'_>, cursor: &mut Cursor<'_>, scope: &mut Scope<'_>) {
    cursor.bump();
    let recursive = cursor.eat("recursive");
    // T-SQL has no RECURSIVE: every CTE may name itself.
    let recursive = recursive || out.dialect.semicolons_are_optional;
    loop {
        let Some(name) = cursor.name(out.dialect) else {
            return;
        };
        let listed = column_list(out, cursor);
        if cursor.eat_phrase("using key") {
            cursor.group();
        }
        cursor.eat("as");
        cursor.eat("not");
        cursor.eat("materialized");
        let Some(inner) = cursor.group() else {
            return;
        };
        let columns = listed.or_else(|| output_columns(out, inner));
        if recursive {
            scope.ctes.insert(name.last().clone(), columns.clone());
        }
        if !out.too_deep() {
            out.deeper(|out| read(out, inner, scope));
        }
        scope.ctes.insert(name.last().clone(), columns);
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

/// `(a, b)`: names of columns.
fn column_list(out: &Out<'_>, cursor: &mut Cursor<'_>) -> Columns {
    let inner = cursor.group()?;
    Some(
        names(out, inner)
            .into_iter()
            .map(|(name, _)| name)
            .collect(),
    )
}

/// The first name of every item of a list.
pub(super) fn names(out: &Out<'_>, list: Cursor<'_>) -> Vec<(Ident, Span)> {
    list.items()
        .filter_map(|mut item| item.name_or_string(out.dialect))
        .map(|name| (name.last().clone(), name.last_span()))
        .collect()
}

/// A query behind its WITH.
fn body(out: &mut Out<'_>, cursor: Cursor<'_>, scope: &Scope<'_>) {
    if cursor.is_any(&["insert", "update", "delete", "merge", "replace"])
        && cursor.kind_at(1) != Some(TokenKind::Open)
    {
        dml::read(out, cursor, scope);
        return;
    }
    let mut rest = cursor;
    while !rest.is_empty() {
        let branch = rest.until(words::SET_OPERATORS);
        select(out, branch, scope);
        rest.bump();
        rest.eat_any(&["all", "distinct"]);
        if rest.eat_phrase("by name") {}
    }
}

/// One branch of a set operation.
fn select(out: &mut Out<'_>, cursor: Cursor<'_>, outer: &Scope<'_>) {
    let mut cursor = cursor;
    if cursor.is_open() && !cursor.is_empty() {
        if !out.too_deep()
            && let Some(inner) = cursor.group()
        {
            out.deeper(|out| read(out, inner, outer));
        }
        // ORDER BY and LIMIT of the whole name output columns.
        return;
    }
    if cursor.is("values") {
        cursor.bump();
        expr::read(out, cursor, outer);
        return;
    }
    let mut scope = Scope::inside(outer);
    if cursor.eat("table") {
        let mut pending = Vec::new();
        from::reference(out, &mut cursor, &mut scope, &mut pending);
        return;
    }
    clauses(out, cursor, &mut scope);
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
pub(super) fn clauses(out: &mut Out<'_>, cursor: Cursor<'_>, scope: &mut Scope<'_>) {
    let mut cursor = cursor;
    let mut list = cursor.between(cursor.place(), cursor.place());
    if cursor.eat_any(&["select", "perform"]) {
        list = select_list(&mut cursor);
    }
    parts(out, list, cursor, scope);
}

/// The list of a query and the clauses behind it.
fn parts(out: &mut Out<'_>, list: Cursor<'_>, behind: Cursor<'_>, scope: &mut Scope<'_>) {
    let list = list.between(list.place(), behind.place().max(list.place()));
    let parts = split_clauses(behind);
    let mut pending = Vec::new();
    for clause in &parts {
        if clause.head.is("from") {
            from::list(out, clause.rest, scope, &mut pending);
        }
        if clause.head.is("into") {
            into(out, clause.rest);
        }
    }
    from::finish(out, scope, pending);
    for (name, _) in named_outputs(out, list).into_iter().flatten() {
        scope.outputs.insert(name);
    }
    expr::walk(out, list, scope, Place::SelectList);
    for Clause { head, rest } in parts {
        if head.is("from") || head.is("into") || head.is("for") || head.is("option") {
            // FOR UPDATE OF names aliases.
        } else if head.is("window") {
            windows(out, rest, scope);
        } else if head.is("select") {
            expr::walk(out, rest, scope, Place::SelectList);
        } else if head.is_any(&["group", "order", "having", "qualify"]) {
            expr::walk(out, rest, scope, Place::Sorting);
        } else {
            expr::read(out, rest, scope);
        }
    }
}

/// The SELECT list, without DISTINCT and TOP before it; goes on to the clause behind it.
fn select_list<'t>(cursor: &mut Cursor<'t>) -> Cursor<'t> {
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
fn into(out: &mut Out<'_>, cursor: Cursor<'_>) {
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
    let makes = out.dialect.semicolons_are_optional
        || out.dialect.bodies_are_strings && (!out.now.in_block || table);
    if !makes {
        return;
    }
    if let Some(name) = target.name(out.dialect) {
        let temporary = temporary || name.last().as_str().starts_with('#');
        out.named(
            Action::Define {
                replace: false,
                if_absent: false,
                temporary,
            },
            Kind::Table,
            &name,
        );
    }
}

/// The names of a query's output columns, as far as the text tells each: `None` for what it does
/// not, `*` included.
pub(super) fn outputs(out: &Out<'_>, query: Cursor<'_>) -> Vec<Option<(Ident, Span)>> {
    let mut query = query;
    for _ in 0..64 {
        if !query.is_open() {
            break;
        }
        query = query.inside();
    }
    if query.is("with") {
        query.until(&["select", "values", "table"]);
    }
    if !query.eat("select") {
        return vec![None];
    }
    let mut list = select_list(&mut query);
    if list.is("on") && list.kind_at(1) == Some(TokenKind::Open) {
        list.bump();
        list.skip();
    }
    named_outputs(out, list)
}

/// The name of each item of a SELECT list.
fn named_outputs(out: &Out<'_>, list: Cursor<'_>) -> Vec<Option<(Ident, Span)>> {
    list.items().map(|item| output(out, item)).collect()
}

fn output(out: &Out<'_>, item: Cursor<'_>) -> Option<(Ident, Span)> {
    let mut cursor = item;
    // `AS name` at the end.
    let mut last = item;
    let mut count = 0;
    let mut before_is_as = false;
    let mut is_as = false;
    let mut previous = None;
    let mut behind_dot = false;
    let mut dots = 0;
    while !cursor.is_empty() {
        previous = (count > 0).then_some(last);
        before_is_as = is_as;
        last = cursor;
        behind_dot = cursor.kind() == Some(TokenKind::Dot);
        dots += usize::from(behind_dot);
        is_as = cursor.is("as");
        cursor.skip();
        count += 1;
    }
    let _ = behind_dot;
    if !(last.named_at(0) || last.string_at(0) && before_is_as) {
        // A call without an alias has its function's name in PostgreSQL.
        let mut call = item;
        if last.is_open() && out.dialect.names_the_unnamed && count == dots * 2 + 2 {
            let name = call.name(out.dialect)?;
            return call
                .is_open()
                .then(|| (name.last().clone(), name.last_span()));
        }
        return None;
    }
    let name = || {
        let mut at = last;
        let name = at.name_or_string(out.dialect)?;
        Some((name.last().clone(), name.last_span()))
    };
    if before_is_as || count == 1 {
        if count == 1
            && (words::is_operand(last.text()) || last.string_at(0))
            && last.kind() == Some(TokenKind::Word)
        {
            return None;
        }
        return name();
    }
    let previous = previous?;
    match previous.kind() {
        // `t.c`
        Some(TokenKind::Dot) => (count == dots * 2 + 1).then(name).flatten(),
        // `f(x) alias`, `a b`
        Some(
            TokenKind::Open
            | TokenKind::Word
            | TokenKind::QuotedIdent
            | TokenKind::Number
            | TokenKind::String
            | TokenKind::OpenBracket,
        ) if !(previous.kind() == Some(TokenKind::Word) && words::is_syntax(previous.text()))
            && !(last.kind() == Some(TokenKind::Word)
                && (words::is_syntax(last.text()) || words::is_operand(last.text())))
            && !item.is("interval") =>
        {
            name()
        }
        _ => None,
    }
}

/// The set of a query's output columns, if the text tells them all.
pub(super) fn output_columns(out: &Out<'_>, query: Cursor<'_>) -> Columns {
    outputs(out, query)
        .into_iter()
        .map(|column| column.map(|(name, _)| name))
        .collect::<Option<BTreeSet<Ident>>>()
}

/// Reads a query in the place of an item of a FROM list.
pub(super) fn derived(out: &mut Out<'_>, inner: Cursor<'_>, outer: &Scope<'_>) {
    if !out.too_deep() {
        out.deeper(|out| read(out, inner, outer));
    }
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
