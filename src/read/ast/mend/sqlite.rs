//! SQLite: triggers IF NOT EXISTS, types of any words, options of tables, pragmas; see also its expressions.

mod expressions;

use sqlparser::tokenizer::Token;

use super::Tape;

pub(super) fn mend(tape: &mut Tape) {
    if tape.is_any(0, &["pragma", "vacuum", "detach"]) {
        // Their values are words of any kind, and none of them names an object.
        return tape.remove(0..tape.tokens.len());
    }
    if tape.is(0, "reindex") {
        let ends = tape.tokens.last().map_or(0, |last| last.span.end.column);
        tape.said.left.push((0, (ends as u32).saturating_sub(1)));
        return tape.remove(0..tape.tokens.len());
    }
    expressions::mend(tape);
    if tape.are(0, &["alter", "table"]) {
        let at = tape.after_name(2);
        if tape.is(at, "add") {
            let column = at + 1 + usize::from(tape.is(at + 1, "column"));
            drop_type(tape, column + 1);
        }
        return;
    }
    if !tape.is(0, "create") {
        return;
    }
    let kind = 1 + usize::from(tape.is_any(1, &["temp", "temporary"]));
    if tape.is(kind, "trigger") && tape.are(kind + 1, &["if", "not", "exists"]) {
        tape.said.if_absent = true;
        tape.remove(kind + 1..kind + 4);
    } else if tape.is_any(kind, &["table", "virtual"]) {
        let Some(open) = (kind..tape.tokens.len()).find(|&at| tape.is_token(at, &Token::LParen))
        else {
            return;
        };
        if tape.is(kind, "virtual") {
            virtual_columns(tape, open);
        } else if !(kind..open).any(|at| tape.is(at, "as")) {
            column_types(tape, open);
            table_options(tape, open);
        }
    }
}

/// `STRICT, WITHOUT ROWID` in any order.
fn table_options(tape: &mut Tape, open: usize) {
    let Some(close) = tape.closing(open) else {
        return;
    };
    let end = tape.tokens.len();
    let is_option = |at: usize| {
        tape.is_any(at, &["strict", "without", "rowid"]) || tape.is_token(at, &Token::Comma)
    };
    if (close + 1..end).all(is_option) {
        tape.remove(close + 1..end);
    }
}

/// A column's type is any words, and what they are is of no matter: they are left out.
fn column_types(tape: &mut Tape, open: usize) {
    let Some(close) = tape.closing(open) else {
        return;
    };
    for part in tape.parts(open + 1..close).into_iter().rev() {
        let is_constraint = ["constraint", "primary", "unique", "check", "foreign"];
        if !tape.is_any(part.start, &is_constraint) {
            drop_type(tape, part.start + 1);
        }
    }
}

/// Leaves out the words from `at` on up to the first constraint of the column.
fn drop_type(tape: &mut Tape, at: usize) {
    const CONSTRAINTS: &[&str] = &[
        "constraint",
        "primary",
        "not",
        "null",
        "unique",
        "check",
        "default",
        "collate",
        "references",
        "generated",
        "as",
        "on",
    ];
    let mut end = at;
    while tape.is_name(end) && !tape.is_any(end, CONSTRAINTS) {
        end += 1;
    }
    if end > at && tape.is_token(end, &Token::LParen) {
        let Some(close) = tape.closing(end) else {
            return;
        };
        end = close + 1;
    }
    tape.remove(at..end);
}

/// `USING fts5(title, body UNINDEXED, content='posts')`: the columns, without options.
fn virtual_columns(tape: &mut Tape, open: usize) {
    let Some(close) = tape.closing(open) else {
        return;
    };
    let parts = tape.parts(open + 1..close);
    let is_column =
        |tape: &Tape, at: usize| tape.is_name(at) && !matches!(tape.get(at + 1), Some(Token::Eq));
    let columns: Vec<_> = parts
        .into_iter()
        .filter(|part| !part.is_empty() && is_column(tape, part.start))
        .map(|part| tape.tokens[part.start].clone())
        .collect();
    let comma = tape.tokens[open].span;
    let mut arguments = Vec::new();
    for column in columns {
        if !arguments.is_empty() {
            arguments.push(sqlparser::tokenizer::TokenWithSpan {
                token: Token::Comma,
                span: comma,
            });
        }
        arguments.push(column);
    }
    if arguments.is_empty() {
        tape.remove(open..close + 1);
    } else {
        tape.tokens.splice(open + 1..close, arguments);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::check;
    use crate::dialect::Engine;

    #[test]
    fn types_are_any_words() {
        check(
            Engine::Sqlite,
            "CREATE TABLE t (a varchar(255) binary NOT NULL, b BLOB SUB_TYPE TEXT, UNIQUE (a))",
            "
define table t
define column t.a
define column t.b
define unique key t (a)
",
        );
        check(
            Engine::Sqlite,
            "ALTER TABLE t ADD c long integer DEFAULT 0",
            "
alter table t
define column t.c
",
        );
    }

    #[test]
    fn virtual_tables_have_columns_and_options() {
        check(
            Engine::Sqlite,
            "CREATE VIRTUAL TABLE f USING fts5(title, body UNINDEXED, content='posts')",
            "
define table f
define column f.title
define column f.body
",
        );
    }

    #[test]
    fn a_trigger_may_be_there() {
        check(
            Engine::Sqlite,
            "CREATE TRIGGER IF NOT EXISTS r AFTER INSERT ON t BEGIN DELETE FROM u; END",
            "
define if absent trigger r
trigger r runs on write of t
use relation t
use table u, late, in trigger r
write table u, late, in trigger r
read relation u, late, in trigger r
",
        );
    }

    #[test]
    fn pragmas_name_nothing() {
        check(Engine::Sqlite, "PRAGMA foreign_keys = off", "");
    }
}
