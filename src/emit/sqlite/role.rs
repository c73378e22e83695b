//! What a statement means to the script around it: most are simply run in the patch's transaction.

use super::pragma::{self, Effect};
use crate::dialect::Engine;
use crate::dialect::lex::{Lexer, Token, TokenKind};

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

fn lexer(text: &str) -> Lexer<'_> {
    Lexer::new(text, &Engine::Sqlite.dialect().lexing)
}

/// The tokens that are neither white space nor comments.
fn significant(text: &str) -> impl Iterator<Item = Token> {
    lexer(text).filter(|token| !token.is_trivia())
}

/// The role of a statement, given its text without what stands around it.
pub(super) fn role(text: &str) -> Role {
    // Token by token: a statement may hold all the rows of a table.
    if let Some(refusal) = lexer(text).find_map(|token| unsafe_token(text, &token)) {
        return Role::Refused(refusal);
    }
    let first = significant(text).next();
    let is = |word: &&str| first.is_some_and(|first| first.is_word(text, word));
    if !NOT_WORK.iter().any(is) {
        return Role::Work;
    }
    let words = Words {
        text,
        tokens: significant(text).collect(),
    };
    // What is left out or run apart must be the statement that it seems to be: anything else is
    // work, so that SQLite tells what is wrong with it.
    match words.keyword(0).as_str() {
        "BEGIN" if words.is_begin() => Role::Begin,
        "COMMIT" | "END" if words.is_commit(1) => Role::Commit,
        "ROLLBACK" => rollback(&words),
        "SAVEPOINT" if words.tokens.len() == 2 => Role::Savepoint(words.name(1)),
        "RELEASE" => {
            let place = words.after(1, "SAVEPOINT");
            Role::Release(words.name(place))
        }
        "VACUUM" => vacuum(&words),
        "ATTACH" | "DETACH" => Role::Refused(
            Refusal::new(
                format!("{} cannot be part of a script", words.keyword(0)),
                "copy the rows in a step of your own before the script, with .import or a second sqlite3",
            )
            .note("a script is for one database, and SQLite does not detach a file in the transaction that has used it"),
        ),
        "PRAGMA" => pragma(&words),
        _ => Role::Work,
    }
}

/// Whether a statement makes something that goes with the session: `CREATE TEMP …`, or `CREATE …` of
/// a name in schema `temp`.
pub(super) fn makes_temporary(text: &str) -> bool {
    let words = Words {
        text,
        tokens: significant(text).take(12).collect(),
    };
    let is_temporary = |place: usize| {
        let qualifies =
            words.kind(place + 1) == Some(TokenKind::Dot) && words.name(place) == "temp";
        qualifies || (place == 1 && matches!(words.keyword(1).as_str(), "TEMP" | "TEMPORARY"))
    };
    words.keyword(0) == "CREATE" && (1..words.tokens.len()).any(is_temporary)
}

/// Whether a statement is `DROP` of that kind of object, in upper case.
pub(super) fn drops(text: &str, what: &str) -> bool {
    let mut tokens = significant(text);
    let mut is = |word: &str| tokens.next().is_some_and(|token| token.is_word(text, word));
    is("DROP") && is(what)
}

/// A token that means something else to the sqlite3 shell, or that has no end.
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
        TokenKind::BlockComment => None,
        _ if token.open => {
            Some(Refusal::new("this has no end", "end it with its closing quote").at(token))
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

fn rollback(words: &Words<'_>) -> Role {
    let place = words.after(1, "TRANSACTION");
    if words.keyword(place) == "TO" {
        return Role::RollbackTo(words.name(words.after(place + 1, "SAVEPOINT")));
    }
    Role::Refused(Refusal::new(
        "ROLLBACK would undo the patch and the script around it",
        "leave out what is rolled back; a patch that fails is rolled back anyway",
    ))
}

fn vacuum(words: &Words<'_>) -> Role {
    if (1..words.tokens.len()).any(|place| words.keyword(place) == "INTO") {
        return Role::Refused(Refusal::new(
            "VACUUM INTO cannot be part of a script",
            "make the copy in a step of your own, before or after the script",
        ));
    }
    match words.tokens.len() {
        1 => Role::Vacuum,
        2 if words.name(1) == "main" => Role::Vacuum,
        _ => Role::Work,
    }
}

fn pragma(words: &Words<'_>) -> Role {
    let Some((name, value)) = words.pragma() else {
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

/// A statement's tokens that are not trivia.
struct Words<'t> {
    text: &'t str,
    tokens: Vec<Token>,
}

impl Words<'_> {
    fn kind(&self, place: usize) -> Option<TokenKind> {
        self.tokens.get(place).map(|token| token.kind)
    }

    /// The word at `place` in upper case; nothing for what is not a bare word.
    fn keyword(&self, place: usize) -> String {
        self.tokens
            .get(place)
            .filter(|token| token.kind == TokenKind::Word)
            .map(|token| token.text(self.text).to_ascii_uppercase())
            .unwrap_or_default()
    }

    /// The place after `keyword`, if that stands at `place` and is not the last word.
    fn after(&self, place: usize, keyword: &str) -> usize {
        let there = self.keyword(place) == keyword && self.tokens.len() > place + 1;
        place + usize::from(there)
    }

    /// `BEGIN [DEFERRED | IMMEDIATE | EXCLUSIVE] [TRANSACTION [name]]`
    fn is_begin(&self) -> bool {
        let kinds = ["DEFERRED", "IMMEDIATE", "EXCLUSIVE"];
        let has_kind = kinds.contains(&self.keyword(1).as_str());
        self.is_commit(1 + usize::from(has_kind))
    }

    /// `[TRANSACTION [name]]` from `place` to the end.
    fn is_commit(&self, place: usize) -> bool {
        match self.tokens.len().saturating_sub(place) {
            0 => true,
            1 => self.keyword(place) == "TRANSACTION",
            2 => self.keyword(place) == "TRANSACTION" && self.is_name(place + 1),
            _ => false,
        }
    }

    /// The name and the value of `PRAGMA [schema.]name`, `… = value` or `… (value)`.
    fn pragma(&self) -> Option<(String, Option<String>)> {
        let qualified = self.kind(2) == Some(TokenKind::Dot);
        let place = if qualified { 3 } else { 1 };
        if !self.is_name(1) || !self.is_name(place) {
            return None;
        }
        let name = self.name(place);
        let rest = self.tokens.get(place + 1..)?;
        let [first, inner @ ..] = rest else {
            return Some((name, None));
        };
        let inner = match (first.kind, inner) {
            (TokenKind::Open, [inner @ .., last]) if last.kind == TokenKind::Close => inner,
            (TokenKind::Operator, inner) if first.text(self.text) == "=" => inner,
            _ => return None,
        };
        let (sign, value) = match inner {
            [value] => ("", value),
            [sign, value] if value.kind == TokenKind::Number => (sign.text(self.text), value),
            _ => return None,
        };
        let text = value.text(self.text);
        let is_value = match value.kind {
            TokenKind::Number => text.bytes().all(|byte| byte.is_ascii_digit()),
            TokenKind::String | TokenKind::QuotedIdent => true,
            TokenKind::Word => VALUES.iter().any(|known| text.eq_ignore_ascii_case(known)),
            _ => false,
        };
        let is_sign = matches!(sign, "" | "-" | "+");
        let value = format!("{}{}", sign.trim_start_matches('+'), unquoted(text));
        (is_value && is_sign).then_some((name, Some(value)))
    }

    fn is_name(&self, place: usize) -> bool {
        matches!(
            self.kind(place),
            Some(TokenKind::Word | TokenKind::QuotedIdent | TokenKind::String)
        )
    }

    /// The name at `place` as SQLite compares it; it takes strings for names here.
    fn name(&self, place: usize) -> String {
        let token = self.tokens.get(place);
        token.map_or_else(String::new, |token| unquoted(token.text(self.text)))
    }
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
            "SELECT 'no end",
        ] {
            assert!(refused(text), "{text}");
        }
    }
}
