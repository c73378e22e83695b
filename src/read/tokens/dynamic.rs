//! SQL in strings that runs when the statement around it does: EXECUTE, EXEC, PREPARE.

use crate::dialect::lex::TokenKind;
use crate::read::fact::Kind;

use super::cursor::Cursor;
use super::out::Out;
use super::scope::Scope;
use super::{block, expr, own, privilege, routine, text};

/// Reads EXECUTE or EXEC in any of its forms; goes on behind the statement.
pub(super) fn execute(out: &mut Out<'_>, cursor: &mut Cursor<'_>, scope: &Scope<'_>) {
    let mut rest = block::extent(out, cursor);
    rest.bump();
    if rest.eat("immediate") || out.dialect.bodies_are_strings {
        dynamic(out, rest, scope);
    } else if rest.is_open() {
        // T-SQL: `EXEC ('…')`
        let inner = rest.inside();
        dynamic(out, inner, scope);
    } else {
        exec(out, rest, scope);
    }
}

/// A string with statements, or an expression that makes one.
fn dynamic(out: &mut Out<'_>, rest: Cursor<'_>, scope: &Scope<'_>) {
    let mut rest = rest;
    let command = rest.until(&["into", "using"]);
    let mut behind = command;
    behind.skip();
    if text::is_string(&command) && behind.is_empty() {
        routine::run_now(out, &command);
    } else if command.is("format")
        && command.kind_at(1) == Some(TokenKind::Open)
        && command.string_at(2)
    {
        formatted(out, command, scope);
    } else if is_prepared(out, &command) {
        let mut arguments = command;
        arguments.bump();
        expr::read(out, arguments, scope);
    } else {
        out.dynamic.push(command.whole());
        expr::read(out, command, scope);
    }
    // INTO names variables, USING values.
    rest.until(&["using"]);
    expr::read(out, rest, scope);
}

/// `EXECUTE name (…)` outside of any body runs a prepared statement.
fn is_prepared(out: &Out<'_>, command: &Cursor<'_>) -> bool {
    let mut behind = *command;
    behind.bump();
    if behind.is_open() {
        behind.skip();
    }
    !out.now.in_block && command.named_at(0) && behind.is_empty()
}

/// `EXECUTE format('CREATE TABLE %I (…)', name)`: read with the places left unknown.
fn formatted(out: &mut Out<'_>, command: Cursor<'_>, scope: &Scope<'_>) {
    let mut call = command;
    call.bump();
    let arguments: Vec<_> = call.inside().items().collect();
    let string = arguments[0];
    let literals: Vec<Option<String>> = arguments[1..]
        .iter()
        .map(|argument| {
            let mut behind = *argument;
            behind.bump();
            (argument.string_at(0) && behind.is_empty())
                .then(|| text::unescaped(argument.text(), false))
        })
        .collect();
    let filled = text::format_filled(string.text(), &literals);
    if filled.contains(text::UNKNOWN) {
        out.dynamic.push(command.whole());
    }
    if !out.too_deep() {
        out.deeper(|out| text::of_text(out, &filled, string.span(), block::read));
    }
    expr::read(out, command, scope);
}

/// T-SQL: `EXEC [@r =] procedure …`; MySQL: `EXECUTE statement`.
fn exec(out: &mut Out<'_>, rest: Cursor<'_>, scope: &Scope<'_>) {
    let mut rest = rest;
    if !out.dialect.queries.execute_calls_procedure {
        return;
    }
    if rest.is("as") {
        // `EXECUTE AS USER = 'u'`
        return;
    }
    if rest.kind() == Some(TokenKind::Param) && rest.text_at(1) == "=" {
        rest.bump_by(2);
    }
    let Some(name) = rest.name(out.dialect) else {
        // `EXEC @variable`
        out.dynamic.push(rest.whole());
        return;
    };
    match name.last().as_str() {
        "sp_executesql" => {
            let mut command = rest;
            if command.kind() == Some(TokenKind::Param) && command.text_at(1) == "=" {
                command.bump_by(2);
            }
            if text::is_string(&command) {
                routine::run_now(out, &command);
            } else {
                out.dynamic.push(rest.whole());
            }
        }
        "sp_rename" => privilege::sp_rename(out, rest),
        system if own::is_routine(out, system) => expr::read(out, rest, scope),
        _ => {
            let count = u16::try_from(rest.items().count()).unwrap_or(u16::MAX);
            if !own::has_system_schema(out, &name) {
                expr::calls(out, Kind::Procedure, &name, count, Some(count));
            }
            expr::read(out, rest, scope);
        }
    }
}

/// `PREPARE p (types) AS statement`, MySQL's `PREPARE p FROM 'statement'`.
pub(super) fn prepare(out: &mut Out<'_>, cursor: Cursor<'_>, scope: &Scope<'_>) {
    let mut cursor = cursor;
    cursor.bump();
    cursor.bump();
    if let Some(types) = cursor.group() {
        super::kind::argument_types(out, types);
    }
    if cursor.eat("from") {
        if text::is_string(&cursor) {
            routine::run_now(out, &cursor);
        } else {
            out.dynamic.push(cursor.whole());
        }
    } else if cursor.eat("as") {
        out.under(
            |now| now.runs = false,
            |out| super::statement::read(out, cursor, scope),
        );
    }
}
