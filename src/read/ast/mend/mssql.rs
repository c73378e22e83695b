//! T-SQL: where tables and indexes are stored, and how they are built.

use sqlparser::tokenizer::Token;

use super::Tape;

pub(super) fn mend(tape: &mut Tape) {
    let mut at = tape.tokens.len();
    while at > 0 {
        at -= 1;
        clustered(tape, at);
        stored(tape, at);
        checked(tape, at);
        replicated(tape, at);
        assigned(tape, at);
        sequence(tape, at);
        added(tape, at);
        retyped(tape, at);
        if tape.is_token(at, &Token::Comma) && tape.is_token(at + 1, &Token::RParen) {
            tape.remove(at..at + 1);
        }
    }
}

/// `PRIMARY KEY CLUSTERED (…)`, `CREATE UNIQUE NONCLUSTERED INDEX …`.
fn clustered(tape: &mut Tape, at: usize) {
    const BEFORE: &[&str] = &["key", "unique", "create"];
    if tape.is_any(at, &["clustered", "nonclustered"]) && at > 0 && tape.is_any(at - 1, BEFORE) {
        tape.remove(at..at + 1);
    }
}

/// `) WITH (PAD_INDEX = OFF) ON [PRIMARY] TEXTIMAGE_ON [PRIMARY]`.
fn stored(tape: &mut Tape, at: usize) {
    if tape.is_token(at, &Token::RParen) {
        while let Some(end) = end_of_storage(tape, at + 1) {
            tape.remove(at + 1..end);
        }
    }
}

/// The place after one clause about storage.
fn end_of_storage(tape: &Tape, start: usize) -> Option<usize> {
    // A condition of a join goes on after the name.
    let ends = |after: usize| {
        matches!(
            tape.get(after),
            None | Some(Token::SemiColon | Token::RParen | Token::Comma | Token::Word(_))
        ) && !tape.is_any(after, &["is", "in", "like", "between", "and", "or", "not"])
    };
    let name = start + 1;
    let is_action = tape.is_any(name, &["delete", "update"]);
    let places = ["on", "textimage_on", "filestream_on"];
    if tape.is_any(start, &places) && tape.is_name(name) && !is_action {
        let is_scheme = tape.is_token(name + 1, &Token::LParen)
            && tape.is_name(name + 2)
            && tape.is_token(name + 3, &Token::RParen);
        let end = if is_scheme { name + 4 } else { name + 1 };
        return ends(end).then_some(end);
    }
    let has_options = tape.is(start, "with")
        && tape.is_token(name, &Token::LParen)
        && tape.is_name(name + 1)
        && tape.is_token(name + 2, &Token::Eq);
    if has_options {
        Some(tape.closing(name)? + 1)
    } else {
        None
    }
}

/// `ALTER TABLE t WITH CHECK ADD …`, `ALTER TABLE t CHECK CONSTRAINT c`.
fn checked(tape: &mut Tape, at: usize) {
    if tape.is(at, "with") && tape.is_any(at + 1, &["check", "nocheck"]) && tape.is(at + 2, "add") {
        tape.remove(at..at + 2);
    }
}

/// `NOT FOR REPLICATION` of a constraint or identity.
fn replicated(tape: &mut Tape, at: usize) {
    if tape.are(at, &["not", "for", "replication"]) {
        tape.remove(at..at + 3);
    } else if tape.is(at, "rowguidcol") {
        tape.remove(at..at + 1);
    }
}

/// `EXEC @code = p`, `SET @x += 1`.
fn assigned(tape: &mut Tape, at: usize) {
    let is_variable =
        matches!(tape.get(at + 1), Some(Token::Word(word)) if word.value.starts_with('@'));
    if tape.is_any(at, &["exec", "execute"]) && is_variable && tape.is_token(at + 2, &Token::Eq) {
        tape.remove(at + 1..at + 3);
    }
    let is_operator = matches!(
        tape.get(at),
        Some(Token::Plus | Token::Minus | Token::Mul | Token::Div | Token::Mod)
    );
    if is_operator && tape.is_token(at + 1, &Token::Eq) {
        tape.remove(at..at + 1);
    }
}

/// The options of CREATE SEQUENCE, in any order.
fn sequence(tape: &mut Tape, at: usize) {
    if !tape.are(at, &["create", "sequence"]) {
        return;
    }
    let mut start = tape.after_name(at + 2);
    if tape.is(start, "as") {
        start = tape.after_name(start + 1);
    }
    const WORDS: &[&str] = &[
        "start",
        "with",
        "increment",
        "by",
        "minvalue",
        "maxvalue",
        "no",
        "cycle",
        "cache",
    ];
    let mut end = start;
    while tape.is_any(end, WORDS)
        || matches!(
            tape.get(end),
            Some(Token::Number(..) | Token::Minus | Token::Plus)
        )
    {
        end += 1;
    }
    tape.remove(start..end);
}

/// `ALTER TABLE t ADD a int, CONSTRAINT c …`: ADD is said once for all of them.
fn added(tape: &mut Tape, at: usize) {
    if !tape.are(at, &["alter", "table"]) {
        return;
    }
    let add = tape.after_name(at + 2);
    if !tape.is(add, "add") {
        return;
    }
    const STARTS: &[&str] = &[
        "alter", "begin", "create", "declare", "drop", "else", "end", "exec", "execute", "grant",
        "if", "insert", "print", "select", "while",
    ];
    let mut end = add + 1;
    let mut depth = 0usize;
    while let Some(token) = tape.get(end) {
        match token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            Token::SemiColon => break,
            _ if depth == 0 && tape.is_any(end, STARTS) => break,
            _ => {}
        }
        end += 1;
    }
    for comma in tape.commas(add + 1..end).into_iter().rev() {
        tape.insert(comma + 1, Token::make_keyword("ADD"));
    }
}

/// `ALTER COLUMN c int NOT NULL`.
fn retyped(tape: &mut Tape, at: usize) {
    const FORMS: &[&str] = &["set", "drop", "add", "type"];
    if !tape.are(at, &["alter", "column"]) || tape.is_any(at + 3, FORMS) || !tape.is_name(at + 3) {
        return;
    }
    let mut end = tape.after_name(at + 3);
    if tape.is_token(end, &Token::LParen) {
        let Some(close) = tape.closing(end) else {
            return;
        };
        end = close + 1;
    }
    if tape.is(end, "collate") {
        tape.remove(end..end + 2);
    }
    if tape.are(end, &["not", "null"]) {
        // Said of the column once more.
        let column = tape.tokens[at + 2].clone();
        tape.insert(end, Token::Comma);
        tape.insert(end + 1, Token::make_keyword("ALTER"));
        tape.insert(end + 2, Token::make_keyword("COLUMN"));
        tape.tokens.insert(end + 3, column);
        tape.insert(end + 4, Token::make_keyword("SET"));
    } else if tape.is(end, "null") {
        tape.remove(end..end + 1);
    }
    for word in ["TYPE", "DATA", "SET"] {
        tape.insert(at + 3, Token::make_keyword(word));
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::check;
    use crate::dialect::Engine;

    #[test]
    fn storage_names_nothing() {
        check(
            Engine::Mssql,
            "CREATE TABLE [dbo].[t] (
  [id] int IDENTITY(1,1) NOT FOR REPLICATION NOT NULL,
  [c] xml NULL,
  CONSTRAINT [PK_t] PRIMARY KEY CLUSTERED ([id] ASC) WITH (PAD_INDEX = OFF, FILLFACTOR = 90) ON [PRIMARY]
) ON [PRIMARY] TEXTIMAGE_ON [PRIMARY]
ALTER TABLE [dbo].[t] WITH NOCHECK ADD CONSTRAINT [FK] FOREIGN KEY ([id]) REFERENCES [dbo].[p] ([id])
CREATE UNIQUE NONCLUSTERED INDEX [IX] ON [dbo].[t] ([c] ASC) ON scheme(c)",
            "
define table dbo.t
define column dbo.t.id
define column dbo.t.c
define constraint dbo.t.pk_t
define index dbo.t.pk_t
define unique key dbo.t (id)
define unique key dbo.t (primary key), implied
alter table dbo.t
define constraint dbo.t.fk
use column dbo.t.id
tighten column dbo.t.id
use table dbo.p
dbo.t references table dbo.p
use unique key dbo.p (id)
use column dbo.p.id
define index dbo.t.ix
use table dbo.t
use column dbo.t.c
define unique key dbo.t (c)
tighten column dbo.t.c
",
        );
    }

    #[test]
    fn alterations_are_said_in_many_ways() {
        check(
            Engine::Mssql,
            "ALTER TABLE t ADD a int NULL, CONSTRAINT c CHECK (a > 0)
ALTER TABLE t ALTER COLUMN b nvarchar(100) NOT NULL",
            "
alter table t
define column t.a
define constraint t.c
use column t.a
tighten column t.a
retype column t.b
tighten column t.b
",
        );
    }

    #[test]
    fn conditions_of_joins_stay() {
        check(
            Engine::Mssql,
            "SELECT a.x FROM t a JOIN (SELECT id FROM u) b ON b.id = a.id JOIN dbo.f(1) ON id = a.y",
            "
use column t.x
use relation t
read relation t
use column u.id
use relation u
read relation u
use column t.id
use function dbo.f()
run function dbo.f()
use column t.y
",
        );
    }
}
