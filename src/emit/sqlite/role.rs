//! What a statement means to the script around it: most are simply run in the patch's transaction.

use super::pragma::{self, Effect};
use crate::dialect::Engine;
use crate::dialect::lex::{Token, TokenKind};
use crate::emit::words::{Words, significant};

/// What the script does with a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Runs in the patch's transaction.
    Work,
    /// Runs in the transaction; the PRAGMA is set back afterwards: to this value, or to what it was.
    Setting(String, Option<&'static str>),
    /// Runs outside any transaction; running it again does no harm.
    Alone,
    /// As `Alone`, and works only if a VACUUM follows.
    BeforeVacuum,
    /// As `Alone`: a VACUUM.
    Vacuum,
    /// As `Alone`: a switch to WAL, which must not meet another run.
    Wal,
    /// `PRAGMA foreign_keys = …`, which only works outside a transaction.
    ForeignKeys(bool),
    /// Opens a transaction of the patch's own.
    Begin,
    /// Ends one.
    Commit,
    /// Opens a savepoint.
    Savepoint(String),
    /// Ends a savepoint.
    Release(String),
    /// Goes back to a savepoint.
    RollbackTo(String),
    /// Changes nothing that stays; left out.
    Tuning,
    /// Cannot be carried.
    Refused(Refusal),
}

/// Why a statement cannot be carried, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The finding's title.
    pub(super) title: String,
    /// Background, where the title does not say it all.
    pub(super) note: Option<String>,
    /// What to write instead.
    pub(super) help: String,
    /// The bytes of the statement to point at; all of it if none.
    pub(super) at: Option<(u32, u32)>,
}

impl Refusal {
    fn new(title: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            note: None,
            help: help.into(),
            at: None,
        }
    }

    fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    fn at(mut self, token: &Token) -> Self {
        self.at = Some((token.start, token.end));
        self
    }
}

/// The first words of the statements that are not simply run.
const NOT_WORK: &[&str] = &[
    "ATTACH",
    "BEGIN",
    "COMMIT",
    "DETACH",
    "END",
    "PRAGMA",
    "RELEASE",
    "ROLLBACK",
    "SAVEPOINT",
    "VACUUM",
];

/// The role of a statement, given its text without what stands around it.
pub(super) fn role(text: &str) -> Role {
    // Token by token: a statement may hold all the rows of a table.
    let mut tokens = significant(text, Engine::Sqlite);
    if let Some(refusal) = tokens.find_map(|token| unsafe_token(text, &token)) {
        return Role::Refused(refusal);
    }
    let first = significant(text, Engine::Sqlite).next();
    if !first.is_some_and(|first| first.is_any_word(text, NOT_WORK)) {
        return Role::Work;
    }
    let mut words = Words::new(text, Engine::Sqlite);
    let keyword = words.text().to_ascii_uppercase();
    words.skip();
    // What is left out or run apart must be the statement that it seems to be: anything else is
    // work, so that SQLite tells what is wrong with it.
    match keyword.as_str() {
        "BEGIN" => {
            words.eat(&["DEFERRED", "IMMEDIATE", "EXCLUSIVE"]);
            match ends_as_transaction(words) {
                true => Role::Begin,
                false => Role::Work,
            }
        }
        "COMMIT" | "END" if ends_as_transaction(words.clone()) => Role::Commit,
        "ROLLBACK" => rollback(words),
        "SAVEPOINT" => match part(&mut words) {
            Some(name) if words.at_end() => Role::Savepoint(name),
            _ => Role::Work,
        },
        "RELEASE" => {
            eat_before_more(&mut words, "SAVEPOINT");
            Role::Release(part(&mut words).unwrap_or_default())
        }
        "VACUUM" => vacuum(words),
        "ATTACH" | "DETACH" => Role::Refused(
            Refusal::new(
                format!("{keyword} cannot be part of a script"),
                "copy the rows in a step of your own before the script, with .import or a second sqlite3",
            )
            .note("a script is for one database, and SQLite does not detach a file in the transaction that has used it"),
        ),
        "PRAGMA" => pragma(words),
        _ => Role::Work,
    }
}

/// Whether a statement makes something that goes with the session: `CREATE TEMP …`, or `CREATE …` of
/// a name in schema `temp`.
pub(super) fn makes_temporary(text: &str) -> bool {
    // No schema stands further in than that of `CREATE UNIQUE INDEX IF NOT EXISTS temp.i`.
    let mut words = Words::of(text, significant(text, Engine::Sqlite).take(12));
    if !words.eat(&["CREATE"]) {
        return false;
    }
    if words.is(&["TEMP", "TEMPORARY"]) {
        return true;
    }
    while !words.at_end() {
        let word = unquoted(words.text());
        words.skip();
        if word == "temp" && words.kind() == Some(TokenKind::Dot) {
            return true;
        }
    }
    false
}

/// Whether a statement is `DROP` of that kind of object, in upper case.
pub(super) fn drops(text: &str, what: &str) -> bool {
    Words::of(text, significant(text, Engine::Sqlite).take(2)).are(&["DROP", what])
}

/// A token that means something else to the sqlite3 shell.
fn unsafe_token(text: &str, token: &Token) -> Option<Refusal> {
    match token.kind {
        TokenKind::Param => Some(
            Refusal::new(
                format!(
                    "`{}` is a parameter, and a script has no value for it",
                    token.text(text)
                ),
                "write the value instead",
            )
            .note("the sqlite3 shell would take NULL for it, without a word")
            .at(token),
        ),
        TokenKind::Operator | TokenKind::Other | TokenKind::Word
            if is_terminator(token.text(text)) && is_alone_on_line(text, token) =>
        {
            Some(
                Refusal::new(
                    format!(
                        "`{}` on a line of its own ends a statement in the sqlite3 shell",
                        token.text(text)
                    ),
                    "write `;` to end the statement, or put more than this on the line",
                )
                .at(token),
            )
        }
        _ => None,
    }
}

fn is_terminator(text: &str) -> bool {
    text == "/" || text.eq_ignore_ascii_case("go")
}

fn is_alone_on_line(text: &str, token: &Token) -> bool {
    let before = &text[..token.start as usize];
    let after = &text[token.end as usize..];
    let blank = |line: Option<&str>| line.unwrap_or_default().trim().is_empty();
    blank(before.rsplit('\n').next()) && blank(after.split('\n').next())
}

fn rollback(mut words: Words<'_>) -> Role {
    eat_before_more(&mut words, "TRANSACTION");
    if words.eat(&["TO"]) {
        eat_before_more(&mut words, "SAVEPOINT");
        return Role::RollbackTo(part(&mut words).unwrap_or_default());
    }
    Role::Refused(Refusal::new(
        "ROLLBACK would undo the patch and the script around it",
        "leave out what is rolled back; a patch that fails is rolled back anyway",
    ))
}

fn vacuum(mut words: Words<'_>) -> Role {
    if words.has(&["INTO"]) {
        return Role::Refused(Refusal::new(
            "VACUUM INTO cannot be part of a script",
            "make the copy in a step of your own, before or after the script",
        ));
    }
    let schema = part(&mut words);
    match words.at_end() && schema.is_none_or(|schema| schema == "main") {
        true => Role::Vacuum,
        false => Role::Work,
    }
}

fn pragma(words: Words<'_>) -> Role {
    let Some((name, value)) = name_and_value(words) else {
        return Role::Work;
    };
    match pragma::effect(&name, value.as_deref()) {
        Effect::Kept => Role::Work,
        Effect::Restored => Role::Setting(name, None),
        Effect::RestoredTo(value) => Role::Setting(name, Some(value)),
        Effect::ForeignKeys => Role::ForeignKeys(value.as_deref().is_some_and(pragma::is_on)),
        Effect::Alone => Role::Alone,
        Effect::BeforeVacuum => Role::BeforeVacuum,
        Effect::Wal => Role::Wal,
        Effect::Tuning => Role::Tuning,
        Effect::Dangerous(why) => Role::Refused(
            Refusal::new(
                format!(
                    "PRAGMA {name} = {} cannot be part of a script",
                    value.unwrap_or_default()
                ),
                "leave it out",
            )
            .note(why),
        ),
    }
}

/// Steps over `keyword` if it is not the last word: a savepoint may have its name.
fn eat_before_more(words: &mut Words<'_>, keyword: &str) {
    let mut behind = words.clone();
    if behind.eat(&[keyword]) && !behind.at_end() {
        *words = behind;
    }
}

/// `[TRANSACTION [name]]` up to the end.
fn ends_as_transaction(mut words: Words<'_>) -> bool {
    if words.eat(&["TRANSACTION"]) {
        part(&mut words);
    }
    words.at_end()
}

/// Steps over a name without its qualifier and returns it as SQLite compares it, which takes strings
/// for names here.
fn part(words: &mut Words<'_>) -> Option<String> {
    let is_name = matches!(
        words.kind(),
        Some(TokenKind::Word | TokenKind::QuotedIdent | TokenKind::String)
    );
    is_name.then(|| {
        let name = unquoted(words.text());
        words.skip();
        name
    })
}

/// The name and the value of `[schema.]name`, `… = value` or `… (value)`.
fn name_and_value(mut words: Words<'_>) -> Option<(String, Option<String>)> {
    let mut name = part(&mut words)?;
    if words.eat_kind(TokenKind::Dot) {
        name = part(&mut words)?;
    }
    if words.at_end() {
        return Some((name, None));
    }
    let in_parentheses = words.eat_kind(TokenKind::Open);
    if !in_parentheses {
        if words.text() != "=" {
            return None;
        }
        words.skip();
    }
    let value = value(&mut words)?;
    let closed = !in_parentheses || words.eat_kind(TokenKind::Close);
    (closed && words.at_end()).then_some((name, Some(value)))
}

/// Steps over the value of a PRAGMA: a number with or without a sign, a name, or a known word.
fn value(words: &mut Words<'_>) -> Option<String> {
    let sign = match words.text() {
        sign @ ("-" | "+") => {
            words.skip();
            sign
        }
        _ => "",
    };
    let text = words.text();
    let is_value = match words.kind()? {
        TokenKind::Number => text.bytes().all(|byte| byte.is_ascii_digit()),
        _ if !sign.is_empty() => false,
        TokenKind::String | TokenKind::QuotedIdent => true,
        TokenKind::Word => VALUES.iter().any(|known| text.eq_ignore_ascii_case(known)),
        _ => false,
    };
    words.skip();
    is_value.then(|| format!("{}{}", sign.trim_start_matches('+'), unquoted(text)))
}

/// Words that are values of PRAGMAs. Another word may be a keyword, and that is an error.
const VALUES: &[&str] = &[
    "on",
    "off",
    "yes",
    "no",
    "true",
    "false",
    "none",
    "full",
    "extra",
    "normal",
    "exclusive",
    "memory",
    "file",
    "default",
    "fast",
    "incremental",
    "delete",
    "truncate",
    "persist",
    "wal",
    "passive",
    "restart",
    "reset",
];

/// A name without its quotes, in lower case.
fn unquoted(text: &str) -> String {
    let Some(quote @ (b'\'' | b'"' | b'`' | b'[')) = text.bytes().next() else {
        return text.to_ascii_lowercase();
    };
    let inner = text.get(1..text.len() - 1).unwrap_or_default();
    let quote = char::from(quote).to_string();
    inner.replace(&quote.repeat(2), &quote).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> bool {
        matches!(role(text), Role::Refused(_))
    }

    #[test]
    fn ordinary_statements_are_work() {
        for text in [
            "CREATE TABLE begin_ (x)",
            "/* VACUUM */ SELECT 'COMMIT', \"go\", [a / b]",
            "INSERT INTO t VALUES (':x', '\n.quit\ngo\n/\n')",
            "CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END",
            "PRAGMA foreign_keys",
            "PRAGMA user_version = 3",
            "PRAGMA table_info(t)",
            "SELECT 4\n / 2",
            "ANALYZE",
            "END_OF_DAY",
            "PRAGMA synchronous = OFF END",
            "PRAGMA foreign_keys = OFF PRAGMA foreign_keys = OFF",
            "PRAGMA foreign_keys = SELECT",
            "BEGIN nosuch",
            "COMMIT TRANSACTION a b",
            "VACUUM main main",
        ] {
            assert_eq!(role(text), Role::Work, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_in_a_transaction_is_told_apart() {
        assert_eq!(role("begin exclusive transaction"), Role::Begin);
        assert_eq!(role("END"), Role::Commit);
        assert_eq!(role("vacuum main"), Role::Vacuum);
        assert_eq!(role("PRAGMA main.journal_mode = 'WAL'"), Role::Wal);
        assert_eq!(role("PRAGMA wal_checkpoint"), Role::Alone);
        assert_eq!(role("pragma PAGE_SIZE(8192)"), Role::BeforeVacuum);
        assert_eq!(role("PRAGMA cache_size = -2000"), Role::Tuning);
        for on in ["ON", "1", "'yes'", "\"true\"", "2"] {
            assert_eq!(
                role(&format!("PRAGMA foreign_keys = {on}")),
                Role::ForeignKeys(true)
            );
        }
        for off in ["off", "0", "'no'", "[false]"] {
            assert_eq!(
                role(&format!("PRAGMA foreign_keys({off})")),
                Role::ForeignKeys(false)
            );
        }
        assert_eq!(
            role("PRAGMA legacy_alter_table=ON"),
            Role::Setting("legacy_alter_table".to_owned(), None)
        );
        assert_eq!(role("SAVEPOINT [A b]"), Role::Savepoint("a b".to_owned()));
        assert_eq!(role("RELEASE SAVEPOINT a"), Role::Release("a".to_owned()));
        assert_eq!(
            role("ROLLBACK TRANSACTION TO SAVEPOINT a"),
            Role::RollbackTo("a".to_owned())
        );
    }

    #[test]
    fn what_goes_with_the_session_is_seen() {
        for text in [
            "create temp table t (x)",
            "CREATE TEMPORARY VIEW v AS SELECT 1",
            "CREATE TABLE IF NOT EXISTS temp.t (x)",
            "CREATE UNIQUE INDEX \"temp\".i ON t (x)",
        ] {
            assert!(makes_temporary(text), "{text}");
        }
        for text in [
            "CREATE TABLE temp (x)",
            "INSERT INTO temp.t VALUES (1)",
            "CREATE TABLE t AS SELECT temp FROM t",
        ] {
            assert!(!makes_temporary(text), "{text}");
        }
    }

    #[test]
    fn what_no_script_can_carry_is_refused() {
        for text in [
            "ROLLBACK",
            "ATTACH 'x.db' AS x",
            "DETACH x",
            "VACUUM INTO 'copy.db'",
            "PRAGMA journal_mode = OFF",
            "PRAGMA journal_mode('memory')",
            "INSERT INTO t VALUES (:x)",
            "SELECT ?1",
            "SELECT @x",
            "SELECT $x",
            "SELECT 1\ngo\nSELECT 2",
            "SELECT 4\n  / \r\n2",
        ] {
            assert!(refused(text), "{text}");
        }
    }
}
