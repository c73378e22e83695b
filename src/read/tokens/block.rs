//! Statements one after the other, with the control words of PL/pgSQL, SQL/PSM and T-SQL between
//! them.

use crate::dialect::lex::TokenKind;
use crate::read::fact::{Binding, Kind};

use super::cursor::Cursor;
use super::out::Out;
use super::scope::Scope;
use super::{declare, dynamic, expr, own, query, statement, tsql};

/// Reads statements that see nothing around them.
pub(super) fn read(out: &mut Out<'_>, cursor: Cursor<'_>) {
    statements(out, cursor, &Scope::default());
}

/// Reads statements, each of which sees `scope`.
pub(super) fn statements(out: &mut Out<'_>, cursor: Cursor<'_>, scope: &Scope<'_>) {
    let guarded = out.now.guarded;
    let mut cursor = cursor;
    // `IF …` that are open: what they hold happens only if the condition says so.
    let mut conditions = 0_usize;
    // A handler for an object that is there, or is not, covers what stands in its block.
    let handled = handles_existence(cursor);
    while !cursor.is_empty() {
        let start = cursor.place();
        out.now.guarded = guarded || handled || conditions > 0;
        step(out, &mut cursor, scope, &mut conditions);
        if cursor.place() == start {
            cursor.skip();
        }
    }
    out.now.guarded = guarded;
}

/// `EXCEPTION WHEN duplicate_object THEN …` and its kin.
fn handles_existence(cursor: Cursor<'_>) -> bool {
    let mut cursor = cursor;
    cursor.until_where(|cursor| cursor.is("exception") && cursor.is_at(1, "when"));
    !cursor.is_empty()
        && cursor.has(&[
            "duplicate_object",
            "duplicate_table",
            "duplicate_column",
            "duplicate_function",
            "duplicate_schema",
            "duplicate_alias",
            "undefined_object",
            "undefined_table",
            "undefined_column",
            "undefined_function",
            "invalid_schema_name",
            "others",
        ])
}

fn step(out: &mut Out<'_>, cursor: &mut Cursor<'_>, scope: &Scope<'_>, conditions: &mut usize) {
    if cursor.eat_kind(TokenKind::Semicolon) {
        return;
    }
    if cursor.is_op("<<") {
        while !cursor.is_empty() && !cursor.eat_op(">>") {
            cursor.bump();
        }
        return;
    }
    // `label: LOOP`
    if cursor.named_at(0) && cursor.text_at(1) == ":" {
        cursor.bump_by(2);
        return;
    }
    let word = if cursor.kind() == Some(TokenKind::Word) {
        cursor.text().to_ascii_lowercase()
    } else {
        String::new()
    };
    match word.as_str() {
        "begin" => {
            cursor.bump();
            while cursor.eat_any(&[
                "atomic",
                "not",
                "transaction",
                "tran",
                "work",
                "try",
                "catch",
                "immediate",
                "exclusive",
                "deferred",
                "concurrent",
            ]) {}
            // T-SQL: `BEGIN ATOMIC WITH (…)`
            if cursor.is("with") && cursor.kind_at(1) == Some(TokenKind::Open) {
                cursor.bump();
                cursor.skip();
            }
        }
        "end" => {
            cursor.bump();
            if cursor.eat("if") {
                *conditions = conditions.saturating_sub(1);
            }
            cursor.eat_any(&["loop", "case", "while", "repeat", "for", "try", "catch"]);
            if !out.dialect.semicolons_are_optional
                && cursor.kind_at(1) == Some(TokenKind::Semicolon)
            {
                cursor.bump();
            }
        }
        "if" if out.dialect.semicolons_are_optional => tsql::conditional(out, cursor, scope),
        "if" | "elsif" | "elseif" => {
            *conditions += usize::from(word == "if");
            cursor.bump();
            let condition = until_then(cursor);
            expr::read(out, condition, scope);
            cursor.bump();
        }
        "while" => {
            cursor.bump();
            let condition = if out.dialect.semicolons_are_optional {
                tsql::condition(cursor)
            } else {
                cursor.until(&["loop", "do"])
            };
            expr::read(out, condition, scope);
            cursor.eat_any(&["loop", "do"]);
        }
        "until" => {
            cursor.bump();
            let condition = cursor.until(&["end"]);
            expr::read(out, condition, scope);
        }
        "else" | "loop" | "repeat" | "exception" => cursor.bump(),
        "case" => {
            cursor.bump();
            let value = cursor.until(&["when"]);
            expr::read(out, value, scope);
        }
        "when" => {
            cursor.bump();
            let condition = until_then(cursor);
            expr::read(out, condition, scope);
            cursor.bump();
        }
        "for" | "foreach" => for_loop(out, cursor, scope),
        "declare" => declare::read(out, cursor, scope),
        "return" => returned(out, cursor, scope),
        "execute" | "exec" => dynamic::execute(out, cursor, scope),
        "exit" | "continue" | "leave" | "iterate" | "null" | "close" | "fetch" | "move" | "get"
        | "raise" | "signal" | "resignal" | "print" | "raiserror" | "throw" | "break" | "goto"
        | "deallocate" => {
            let rest = extent(out, cursor);
            rest_of_words(out, rest, scope);
        }
        "open" => {
            let mut rest = extent(out, cursor);
            rest.until(&["for"]);
            rest.bump();
            if rest.is("execute") {
                dynamic::execute(out, &mut rest, scope);
            } else {
                query::read(out, rest, scope);
            }
        }
        _ => {
            let mut rest = extent(out, cursor);
            if is_assignment(&rest) {
                while !rest.is_empty() && !matches!(rest.text(), ":=" | "=") {
                    rest.skip();
                }
                rest.bump();
                if rest.is_any(&["select", "with"]) {
                    query::read(out, rest, scope);
                } else {
                    // PL/pgSQL lets an assignment read from a FROM list.
                    expression_with_from(out, rest, scope);
                }
            } else if !out.too_deep() {
                out.deeper(|out| statement::read(out, rest, scope));
            }
        }
    }
}

/// `RAISE NOTICE '…', a, b USING …`: strings and expressions.
fn rest_of_words(out: &mut Out<'_>, rest: Cursor<'_>, scope: &Scope<'_>) {
    let mut rest = rest;
    if rest.is_any(&["raise", "print", "exit", "continue", "signal"]) {
        let when = rest.is_any(&["exit", "continue"]);
        rest.bump();
        if when {
            rest.until(&["when"]);
        }
        rest.eat_any(&[
            "debug",
            "log",
            "info",
            "notice",
            "warning",
            "exception",
            "sqlstate",
        ]);
        expr::read(out, rest, scope);
    }
}

/// The rest of the statement; goes on behind it.
pub(super) fn extent<'t>(out: &Out<'_>, cursor: &mut Cursor<'t>) -> Cursor<'t> {
    if out.dialect.semicolons_are_optional {
        return tsql::extent(cursor);
    }
    if owns_the_rest(out, cursor) {
        let start = *cursor;
        while !cursor.is_empty() {
            cursor.skip();
        }
        return start.before(cursor);
    }
    if cursor.is("create") {
        return to_semicolon_outside_atomic(cursor);
    }
    cursor.until_where(|cursor| cursor.kind() == Some(TokenKind::Semicolon))
}

/// Whether the statement's body, with its semicolons, reaches to the end: routines and triggers
/// whose bodies are no strings.
fn owns_the_rest(out: &Out<'_>, cursor: &Cursor<'_>) -> bool {
    if out.dialect.bodies_are_strings || !cursor.is_any(&["create", "alter"]) {
        return false;
    }
    let mut head = *cursor;
    for _ in 0..16 {
        head.skip();
        if head.is_any(&["trigger", "procedure", "function", "event"]) {
            return true;
        }
        if head.is_any(&[
            "table", "view", "index", "macro", "schema", "sequence", "type", "as",
        ]) {
            return false;
        }
    }
    false
}

/// CREATE FUNCTION with BEGIN ATOMIC has semicolons of its own.
fn to_semicolon_outside_atomic<'t>(cursor: &mut Cursor<'t>) -> Cursor<'t> {
    let start = *cursor;
    let mut depth = 0_usize;
    while !cursor.is_empty() {
        if cursor.kind() == Some(TokenKind::Semicolon) && depth == 0 {
            break;
        }
        if cursor.phrase("begin atomic") || depth > 0 && cursor.is_any(&["begin", "case"]) {
            depth += 1;
        } else if depth > 0 && cursor.is("end") {
            depth -= 1;
        }
        cursor.skip();
    }
    start.before(cursor)
}

/// A condition up to its THEN, over those of any CASE in it.
fn until_then<'t>(cursor: &mut Cursor<'t>) -> Cursor<'t> {
    let mut cases = 0_usize;
    cursor.until_where(|cursor| {
        if cursor.is("case") {
            cases += 1;
        } else if cursor.is("end") {
            cases = cases.saturating_sub(1);
        }
        cases == 0 && cursor.is("then") || cursor.kind() == Some(TokenKind::Semicolon)
    })
}

/// `x := e`, `x.f = e`, `x[i] := e`, `@x = e`.
fn is_assignment(rest: &Cursor<'_>) -> bool {
    let mut at = *rest;
    if !(at.named_at(0) || at.kind() == Some(TokenKind::Param)) {
        return false;
    }
    at.bump();
    loop {
        match at.kind() {
            Some(TokenKind::Dot) => at.bump_by(2),
            Some(TokenKind::OpenBracket) => at.skip(),
            _ => break,
        }
    }
    at.is_op(":=") || at.is_op("=")
}

/// `count(*) FROM t WHERE …` behind an assignment or RETURN.
fn expression_with_from(out: &mut Out<'_>, rest: Cursor<'_>, scope: &Scope<'_>) {
    query::expression(out, rest, scope);
}

fn for_loop(out: &mut Out<'_>, cursor: &mut Cursor<'_>, scope: &Scope<'_>) {
    cursor.bump();
    let targets = cursor.until_where(|cursor| {
        cursor.is_any(&["in", "loop", "do"]) || cursor.kind() == Some(TokenKind::Semicolon)
    });
    for (name, _) in query::names(out, targets) {
        out.now.variables.insert(name);
    }
    if !cursor.eat("in") {
        return;
    }
    cursor.eat_any(&["reverse", "array"]);
    let mut range = cursor.until_where(|cursor| {
        cursor.is_any(&["loop", "do"]) || cursor.kind() == Some(TokenKind::Semicolon)
    });
    cursor.eat_any(&["loop", "do"]);
    if range.is("execute") {
        dynamic::execute(out, &mut range, scope);
    } else if range.is_any(&[
        "select", "with", "values", "insert", "update", "delete", "table",
    ]) || expr::opens_query(&range)
    {
        query::read(out, range, scope);
    } else {
        let mut at = range;
        let is_cursor = at
            .name(out.dialect)
            .is_some_and(|name| name.parts.len() == 1 && out.now.variables.contains(name.last()));
        expr::read(out, if is_cursor { at } else { range }, scope);
    }
}

fn returned(out: &mut Out<'_>, cursor: &mut Cursor<'_>, scope: &Scope<'_>) {
    let mut rest = extent(out, cursor);
    rest.bump();
    if rest.eat("query") {
        if rest.is("execute") {
            dynamic::execute(out, &mut rest, scope);
        } else {
            query::read(out, rest, scope);
        }
        return;
    }
    rest.eat("next");
    if rest.is_any(&["select", "with"]) {
        query::read(out, rest, scope);
    } else {
        expression_with_from(out, rest, scope);
    }
}

/// A routine that a statement runs by name.
pub(super) fn runs_routine(out: &mut Out<'_>, cursor: Cursor<'_>, scope: &Scope<'_>) {
    let mut cursor = cursor;
    let Some(name) = cursor.name(out.dialect) else {
        return;
    };
    let arguments = cursor.group();
    if !own::has_system_schema(out, &name) {
        let count = arguments.map_or(0, expr::arguments);
        expr::calls(out, Kind::Procedure, &name, count, Some(count));
    }
    if let Some(inner) = arguments {
        expr::read(out, inner, scope);
    }
}

/// A relation that a statement names without reading its rows.
pub(super) fn uses_relation(out: &mut Out<'_>, cursor: &mut Cursor<'_>) {
    if let Some(name) = cursor.name(out.dialect)
        && !own::is_relation(out, &name)
    {
        out.uses(Kind::Relation, &name);
    }
}

/// The binding of declared types: looked up when the routine is made.
pub(super) fn hard(out: &mut Out<'_>, read: impl FnOnce(&mut Out<'_>)) {
    let binding = if out.dialect.bodies_are_strings {
        Binding::Hard
    } else {
        out.now.binding
    };
    out.under_binding(binding, read);
}
