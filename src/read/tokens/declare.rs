//! DECLARE: variables, their types and first values, cursors, handlers.

use crate::dialect::lex::TokenKind;

use super::cursor::Cursor;
use super::out::Out;
use super::scope::Scope;
use super::{block, expr, query, types};

/// Reads DECLARE and what it declares.
pub(super) fn read(out: &mut Out<'_>, cursor: &mut Cursor<'_>, scope: &Scope<'_>) {
    if is_cursor(cursor, out.dialect.bodies_are_strings) {
        let mut rest = block::extent(out, cursor);
        rest.until(&["for"]);
        rest.bump();
        // PostgreSQL's own cursor is read later, by FETCH; that of a body right away.
        let runs = out.now.runs && !out.dialect.bodies_are_strings;
        out.under(
            |now| now.runs = runs,
            |out| {
                query::read(out, rest, scope);
            },
        );
        return;
    }
    cursor.bump();
    if out.dialect.bodies_are_strings {
        section(out, cursor, scope);
    } else if cursor.kind() == Some(TokenKind::Param) {
        variables(out, cursor, scope);
    } else if cursor.is_at(1, "handler") {
        // `EXIT HANDLER FOR SQLEXCEPTION statement`
        cursor.until_where(|cursor| {
            cursor.is_any(&[
                "begin", "set", "select", "insert", "update", "delete", "call", "rollback",
                "leave", "resignal",
            ]) || cursor.kind() == Some(TokenKind::Semicolon)
        });
    } else {
        names(out, cursor, scope);
    }
}

/// `DECLARE c [NO SCROLL] CURSOR … FOR query`.
fn is_cursor(cursor: &Cursor<'_>, strings: bool) -> bool {
    let mut at = *cursor;
    at.bump_by(2);
    while at.eat_any(&[
        "binary",
        "insensitive",
        "asensitive",
        "no",
        "scroll",
        "local",
        "global",
        "static",
    ]) {}
    // In PL/pgSQL `c CURSOR` stands in a section like any other.
    at.is("cursor") && {
        if !strings {
            return true;
        }
        let mut rest = at;
        rest.until_where(|cursor| {
            cursor.is("begin") || cursor.kind() == Some(TokenKind::Semicolon)
        });
        let mut behind = rest;
        behind.bump();
        rest.is_empty() || behind.is_empty() || !behind.named_at(0) || !behind.has(&["begin"])
    }
}

/// A section of PL/pgSQL declarations, up to BEGIN.
fn section(out: &mut Out<'_>, cursor: &mut Cursor<'_>, scope: &Scope<'_>) {
    while !cursor.is_empty() && !cursor.is("begin") {
        if cursor.is_op("<<") {
            return;
        }
        let item = cursor.until_where(|cursor| cursor.kind() == Some(TokenKind::Semicolon));
        cursor.bump();
        declaration(out, item, scope);
    }
}

fn declaration(out: &mut Out<'_>, item: Cursor<'_>, scope: &Scope<'_>) {
    let mut item = item;
    if item.eat("declare") && item.is_empty() {
        return;
    }
    let Some(name) = item.name(out.dialect) else {
        return;
    };
    out.now.variables.insert(name.last().clone());
    if item.is("alias") {
        return;
    }
    item.eat("constant");
    item.eat_phrase("no scroll");
    item.eat("scroll");
    if item.eat("cursor") {
        if let Some(arguments) = item.group() {
            for (name, _) in query::names(out, arguments) {
                out.now.variables.insert(name);
            }
        }
        item.eat_any(&["for", "is"]);
        query::read(out, item, scope);
        return;
    }
    block::hard(out, |out| {
        types::used(out, &mut item);
    });
    if item.eat("collate") {
        item.bump();
    }
    item.eat_phrase("not null");
    if item.eat("default") || item.eat_op(":=") || item.eat_op("=") {
        query::expression(out, item, scope);
    }
}

/// T-SQL: `DECLARE @a int = 1, @t TABLE (…)`.
fn variables(out: &mut Out<'_>, cursor: &mut Cursor<'_>, scope: &Scope<'_>) {
    let rest = block::extent(out, cursor);
    for mut item in rest.items() {
        item.bump();
        item.eat("as");
        if item.is("table") {
            // A table of its own: only its types and defaults count.
            continue;
        }
        types::used(out, &mut item);
        if item.eat_op("=") {
            expr::read(out, item, scope);
        }
    }
}

/// SQL/PSM: `DECLARE a, b INT DEFAULT 0`.
fn names(out: &mut Out<'_>, cursor: &mut Cursor<'_>, scope: &Scope<'_>) {
    let mut rest = block::extent(out, cursor);
    loop {
        let Some(name) = rest.name(out.dialect) else {
            return;
        };
        out.now.variables.insert(name.last().clone());
        if !rest.eat_kind(TokenKind::Comma) {
            break;
        }
    }
    if rest.eat("condition") {
        return;
    }
    types::used(out, &mut rest);
    if rest.eat("default") {
        expr::read(out, rest, scope);
    }
}
