//! What a statement asks of its surroundings: a transaction, none, or the client's help.

use super::alone::{Doubt, alone};
use crate::dialect::Engine;
use crate::dialect::lex::TokenKind;
use crate::emit::words::{Words, significant};

/// How a statement can be carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Class<'t> {
    /// As it is, in a transaction or out of one.
    Plain,
    /// `SELECT … INTO`, which PL/pgSQL's EXECUTE refuses as the last statement of its text.
    SelectInto,
    /// Sets the session: repeated where a patch is taken up again in its middle.
    Session,
    /// `COPY … FROM stdin`; the data follow.
    CopyIn,
    /// `COPY … TO stdout`: for the client.
    CopyOut,
    /// `ALTER TYPE … ADD VALUE 'v'`: the value is usable after a commit.
    AddValue {
        /// The type as written.
        of: &'t str,
        /// The value as written.
        value: &'t str,
    },
    /// Runs outside a transaction only, or may end its own.
    Alone(Doubt<'t>),
    /// `BEGIN` or `START TRANSACTION` without options.
    Begin,
    /// `COMMIT` or `END`.
    Commit,
    /// Cannot be in a patch: why, and what to write.
    Refused {
        /// The rest of the sentence "a patch cannot …".
        why: &'static str,
        /// What to write.
        help: &'static str,
    },
}

const SPLIT: &str = "split the file here: each patch is a transaction of its own";

/// Tells what `text`, one statement, is.
pub(super) fn class(text: &str) -> Class<'_> {
    // Most statements are one of these, whatever follows.
    let start = Words::leading(text, Engine::Postgres, 2);
    if start.is(&["INSERT", "UPDATE", "DELETE", "COMMENT", "GRANT", "REVOKE"])
        || start.are(&["CREATE", "TABLE"])
    {
        return Class::Plain;
    }
    let mut words = Words::first(text, Engine::Postgres);
    if words.eat(&["SELECT", "WITH"]) || words.eat_kind(TokenKind::Open) {
        return select(text);
    }
    if words.eat(&["BEGIN", "START"]) {
        words.eat(&["TRANSACTION", "WORK"]);
        return if words.at_end() {
            Class::Begin
        } else {
            Class::Refused {
                why: "choose its own transaction mode",
                help: "write BEGIN without options, or leave it out",
            }
        };
    }
    if words.eat(&["COMMIT", "END"]) {
        words.eat(&["TRANSACTION", "WORK"]);
        return if words.at_end() {
            Class::Commit
        } else {
            refused("end a transaction in this way")
        };
    }
    if words.eat(&["ROLLBACK", "ABORT"]) {
        return Class::Refused {
            why: "roll back",
            help: "leave out the ROLLBACK and what it takes back",
        };
    }
    if words.eat(&["SAVEPOINT", "RELEASE"]) {
        return Class::Refused {
            why: "use savepoints",
            help: "put the statements that may fail into a DO block with an EXCEPTION clause",
        };
    }
    if words.eat_all(&["PREPARE", "TRANSACTION"]) {
        return refused("prepare its transaction");
    }
    if words.eat(&["SET"]) {
        return set(words);
    }
    if words.eat(&["RESET"]) {
        return Class::Session;
    }
    if words.eat(&["DISCARD"]) {
        return if words.is(&["ALL", "TEMP", "TEMPORARY"]) {
            Class::Refused {
                why: "discard the session's temporary objects, which the script itself needs",
                help: "drop the temporary tables by name; settings go back after each patch by themselves",
            }
        } else {
            Class::Plain
        };
    }
    if words.eat(&["COPY"]) {
        return copy(text);
    }
    alone(words.clone()).map_or_else(|| add_value(words), Class::Alone)
}

fn refused(why: &'static str) -> Class<'static> {
    Class::Refused { why, help: SPLIT }
}

/// `SELECT … INTO t` and `SELECT set_config(…)`; INTO in parentheses is not the statement's own.
fn select(text: &str) -> Class<'_> {
    let mut words = Words::first(text, Engine::Postgres);
    if words.eat(&["SELECT"]) {
        words.eat_all(&["PG_CATALOG"]);
        words.eat_kind(TokenKind::Dot);
        if words.eat(&["SET_CONFIG"]) {
            return Class::Session;
        }
    }
    let into = significant(text, Engine::Postgres).any(|token| token.is_word(text, "INTO"));
    if into {
        Class::SelectInto
    } else {
        Class::Plain
    }
}

fn set(mut words: Words<'_>) -> Class<'_> {
    if words.is(&["LOCAL", "CONSTRAINTS"]) {
        return Class::Plain;
    }
    if words.is(&["TRANSACTION"]) {
        return Class::Refused {
            why: "choose its own transaction mode",
            help: "leave SET TRANSACTION out: the script runs each patch with READ COMMITTED",
        };
    }
    words.eat(&["SESSION"]);
    if words.eat(&["STANDARD_CONFORMING_STRINGS"]) {
        words.eat(&["TO"]);
        words.eat_kind(TokenKind::Operator);
        if !is_on(words.text().trim_matches('\'')) {
            return Class::Refused {
                why: "turn standard_conforming_strings off, which changes how its text is to be read",
                help: "write strings with backslashes as E'…' and leave the SET out",
            };
        }
    }
    Class::Session
}

/// The setting that a statement gives a value, or takes it from, for the rest of the session.
pub(super) fn setting(text: &str) -> Option<String> {
    let mut words = Words::first(text, Engine::Postgres);
    if words.eat(&["SELECT"]) {
        words.eat_all(&["PG_CATALOG"]);
        words.eat_kind(TokenKind::Dot);
        if !words.eat(&["SET_CONFIG"]) || !words.eat_kind(TokenKind::Open) {
            return None;
        }
        let name = words.text().strip_prefix('\'')?.strip_suffix('\'')?;
        if words.kind() != Some(TokenKind::String) || name.contains(['\'', '\\']) {
            return None;
        }
        return usual(name);
    }
    if !words.eat(&["SET", "RESET"]) || words.is(&["LOCAL"]) {
        return None;
    }
    words.eat(&["SESSION"]);
    usual(&words.name()?.replace('"', ""))
}

/// The name in small letters, if what it names can be read and put back.
fn usual(name: &str) -> Option<String> {
    let name = name.to_ascii_lowercase();
    // These end with the transaction, cannot be read, or go back in ways of their own.
    let is_other = name.starts_with("transaction_")
        || name.starts_with("sqlstitch.")
        || matches!(
            name.as_str(),
            "all" | "seed" | "role" | "authorization" | "session_authorization"
        );
    (!is_other).then_some(name)
}

fn is_on(value: &str) -> bool {
    ["on", "true", "yes", "1", "default"]
        .iter()
        .any(|on| value.eq_ignore_ascii_case(on))
}

/// The direction is the first FROM or TO outside parentheses, and the client's end is the word after.
fn copy(text: &str) -> Class<'_> {
    let mut depth = 0_u32;
    let mut tokens = significant(text, Engine::Postgres);
    let direction = tokens.find(|token| {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && (token.is_word(text, "FROM") || token.is_word(text, "TO"))
    });
    let end = tokens.next();
    let client = end.is_some_and(|end| end.is_word(text, "STDIN") || end.is_word(text, "STDOUT"));
    match direction {
        Some(word) if client && word.is_word(text, "FROM") => Class::CopyIn,
        Some(_) if client => Class::CopyOut,
        _ => Class::Plain,
    }
}

/// `ALTER TYPE t ADD VALUE [IF NOT EXISTS] 'v'`.
fn add_value(mut words: Words<'_>) -> Class<'_> {
    if !words.eat_all(&["ALTER", "TYPE"]) {
        return Class::Plain;
    }
    let of = words.name();
    if !words.eat_all(&["ADD", "VALUE"]) {
        return Class::Plain;
    }
    words.eat_all(&["IF", "NOT", "EXISTS"]);
    match (of, words.kind(), words.text()) {
        (Some(of), Some(TokenKind::String), value) => Class::AddValue { of, value },
        _ => Class::Plain,
    }
}

/// Whether a statement changes a table as a whole: PostgreSQL refuses that while rows of the same
/// transaction wait for a deferred constraint (`CheckTableNotInUse` in its sources).
pub(super) fn changes_tables(text: &str) -> bool {
    let mut words = Words::leading(text, Engine::Postgres, 2);
    words.is(&["ALTER", "DROP", "TRUNCATE", "CLUSTER", "REINDEX", "REFRESH"])
        || words.eat(&["CREATE"]) && words.is(&["UNIQUE", "INDEX"])
}

/// Whether what a statement does, or makes, ends with its transaction.
pub(super) fn lasts_until_commit(text: &str) -> bool {
    let mut words = Words::leading(text, Engine::Postgres, 2);
    if words.is(&["DECLARE"]) || (words.eat(&["SET"]) && words.is(&["LOCAL", "CONSTRAINTS"])) {
        return true;
    }
    let mut after_on = false;
    significant(text, Engine::Postgres).any(|token| {
        let on_commit = after_on && token.is_word(text, "COMMIT");
        after_on = token.is_word(text, "ON");
        on_commit || token.is_word(text, "set_config")
    })
}

/// Whether a statement can leave rows that wait for a deferred constraint: all but those that define.
pub(super) fn may_leave_rows(text: &str) -> bool {
    !Words::leading(text, Engine::Postgres, 1).is(&[
        "CREATE", "ALTER", "DROP", "COMMENT", "GRANT", "REVOKE", "SET", "RESET", "ANALYZE",
        "TRUNCATE", "REINDEX",
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_tell_what_they_need() {
        for (text, expected) in [
            ("CREATE TABLE t(a int)", Class::Plain),
            ("/* x */ select a into u from t", Class::SelectInto),
            (
                "SELECT pg_catalog.set_config('search_path', '', false)",
                Class::Session,
            ),
            ("SET search_path TO s1", Class::Session),
            ("SET LOCAL search_path TO s1", Class::Plain),
            ("set standard_conforming_strings = 'on'", Class::Session),
            ("COPY t (a, b) FROM stdin", Class::CopyIn),
            ("COPY t FROM '/tmp/x'", Class::Plain),
            ("COPY (SELECT a FROM stdin) TO stdout", Class::CopyOut),
            (
                "ALTER TYPE s.mood ADD VALUE IF NOT EXISTS 'happy' AFTER 'sad'",
                Class::AddValue {
                    of: "s.mood",
                    value: "'happy'",
                },
            ),
            ("begin work", Class::Begin),
            ("END", Class::Commit),
            ("VACUUM (ANALYZE) t", Class::Alone(Doubt::Again)),
            ("DROP DATABASE IF EXISTS x", Class::Alone(Doubt::Again)),
            (
                "CREATE DATABASE x",
                Class::Alone(Doubt::Ask { whole: true }),
            ),
            (
                "REINDEX (VERBOSE) TABLE CONCURRENTLY t",
                Class::Alone(Doubt::Again),
            ),
            ("REINDEX TABLE t", Class::Plain),
            ("CLUSTER t", Class::Plain),
            ("CLUSTER (VERBOSE)", Class::Alone(Doubt::Again)),
            (
                "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"I\" ON ONLY s.\"T\" (a)",
                Class::Alone(Doubt::CreateIndex {
                    index: Some("\"I\""),
                    table: "s.\"T\"",
                }),
            ),
            (
                "CREATE INDEX CONCURRENTLY ON t(a)",
                Class::Alone(Doubt::CreateIndex {
                    index: None,
                    table: "t",
                }),
            ),
            (
                "DROP INDEX CONCURRENTLY IF EXISTS s.i",
                Class::Alone(Doubt::DropIndex { index: "s.i" }),
            ),
            (
                "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY",
                Class::Alone(Doubt::Detach {
                    parent: "p",
                    child: "p1",
                }),
            ),
        ] {
            assert_eq!(class(text), expected, "{text}");
        }
        for text in [
            "ROLLBACK TO s",
            "SAVEPOINT s",
            "BEGIN ISOLATION LEVEL SERIALIZABLE",
            "SET TRANSACTION READ ONLY",
            "SET standard_conforming_strings TO off",
            "DISCARD ALL",
            "PREPARE TRANSACTION 'x'",
            "COMMIT PREPARED 'x'",
        ] {
            assert!(matches!(class(text), Class::Refused { .. }), "{text}");
        }
    }
}
