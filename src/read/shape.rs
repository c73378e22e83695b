//! What rows and INSERTs have in common: all but the values that name nothing. What has the shape of
//! something that was read has the same facts, so files of many rows need not be read row by row.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::dialect::lex::{Token, TokenKind};

/// Functions whose texts name objects, and casts.
const NAMING: &[&str] = &[
    "CAST",
    "CURRVAL",
    "LASTVAL",
    "NEXTVAL",
    "PG_GET_SERIAL_SEQUENCE",
    "SETVAL",
    "TO_REGCLASS",
    "TRY_CAST",
];

/// Types of the engines whose texts name nothing. Any other type may be an enum, whose values are
/// objects, or one of names such as `regclass`.
const PLAIN: &[&str] = &[
    "BIGINT",
    "BLOB",
    "BOOL",
    "BOOLEAN",
    "BYTEA",
    "CHAR",
    "CHARACTER",
    "DATE",
    "DATETIME",
    "DECIMAL",
    "DOUBLE",
    "FLOAT",
    "FLOAT4",
    "FLOAT8",
    "INET",
    "INT",
    "INT2",
    "INT4",
    "INT8",
    "INTEGER",
    "INTERVAL",
    "JSON",
    "JSONB",
    "MONEY",
    "NUMERIC",
    "POINT",
    "REAL",
    "SMALLINT",
    "TEXT",
    "TIME",
    "TIMESTAMP",
    "TIMESTAMPTZ",
    "TIMETZ",
    "TSVECTOR",
    "UUID",
    "VARCHAR",
    "XML",
];

/// Words that stand before a text and are no type.
const BEFORE_TEXT: &[&str] = &[
    "AND", "ELSE", "LIKE", "NOT", "OR", "SELECT", "THEN", "VALUES", "WHEN",
];

/// So many statements of one shape are read; later ones say nothing new.
const READ: u32 = 16;

/// The shape of some tokens.
pub(super) fn shape(text: &str, tokens: impl Iterator<Item = Token>) -> u64 {
    let mut shape = DefaultHasher::new();
    // For each open parenthesis, whether texts inside it matter.
    let mut naming = vec![false];
    let mut before: Option<Token> = None;
    // A text whose cast is yet to be seen.
    let mut cast: Option<Token> = None;
    for token in tokens.filter(|token| !token.is_trivia()) {
        let written = token.text(text);
        let is = |words: &[&str]| {
            let same = |word: &&str| token.is_word(text, word);
            words.iter().any(same)
        };
        let word_before = before.filter(|before| before.kind == TokenKind::Word);
        let before_is = |words: &[&str]| {
            let is = |word: &&str| word_before.is_some_and(|before| before.is_word(text, word));
            words.iter().any(is)
        };
        match token.kind {
            TokenKind::String => {
                let typed = word_before.is_some() && !before_is(PLAIN) && !before_is(BEFORE_TEXT);
                if typed || naming.last() == Some(&true) {
                    written.hash(&mut shape);
                }
                TokenKind::String.hash(&mut shape);
            }
            TokenKind::Number => TokenKind::String.hash(&mut shape),
            TokenKind::Word if is(&["NULL", "TRUE", "FALSE"]) => {
                TokenKind::String.hash(&mut shape);
            }
            // A sign.
            TokenKind::Operator if matches!(written, "-" | "+") => {}
            _ => {
                match token.kind {
                    TokenKind::Open => {
                        let inside = naming.last() == Some(&true) || before_is(NAMING);
                        naming.push(inside);
                    }
                    TokenKind::Close if naming.len() > 1 => {
                        naming.pop();
                    }
                    _ => {}
                }
                if let Some(value) = cast.take()
                    && !is(PLAIN)
                {
                    value.text(text).hash(&mut shape);
                }
                if written == "::" {
                    cast = before.filter(|before| before.kind == TokenKind::String);
                }
                token.kind.hash(&mut shape);
                written.hash(&mut shape);
            }
        }
        before = Some(token);
    }
    shape.finish()
}

/// The INSERTs since the last statement of another kind, by their shapes.
#[derive(Debug, Default)]
pub(super) struct Repeats(BTreeMap<u64, u32>);

impl Repeats {
    /// Whether enough statements of this one's shape have been read, with nothing but INSERTs since.
    pub(super) fn is_known(
        &mut self,
        text: &str,
        body: impl Iterator<Item = Token> + Clone,
    ) -> bool {
        let first = body.clone().find(|token| !token.is_trivia());
        let inserts =
            |first: Token| first.is_word(text, "INSERT") || first.is_word(text, "REPLACE");
        if !first.is_some_and(inserts) {
            self.0.clear();
            return false;
        }
        let count = self.0.entry(shape(text, body)).or_default();
        *count += 1;
        *count > READ
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Engine;
    use crate::dialect::lex::lex;

    fn of(text: &str) -> u64 {
        let tokens = lex(text, &Engine::Postgres.dialect().lexing);
        shape(text, tokens.into_iter())
    }

    #[test]
    fn values_do_not_count() {
        let one = of("INSERT INTO t (a, b) VALUES (1, 'x', now(), '2020-01-01'::date, f('a'))");
        let other =
            of("INSERT INTO t (a,b) VALUES (-2.5, NULL, now(), '2021-01-01'::date, f('b')) -- c");
        assert_eq!(one, other);
    }

    #[test]
    fn names_do() {
        for (one, other) in [
            ("INSERT INTO t VALUES (1)", "INSERT INTO u VALUES (1)"),
            ("(1, now())", "(1, f())"),
            ("(1, 2)", "(1)"),
            ("(nextval('a'))", "(nextval('b'))"),
            ("(nextval(('a')))", "(nextval(('b')))"),
            ("('a'::mood)", "('b'::mood)"),
            ("('a'::regclass)", "('b'::regclass)"),
            ("(mood 'a')", "(mood 'b')"),
            ("(CAST('a' AS mood))", "(CAST('b' AS mood))"),
            ("('a' || x)", "('a' || y)"),
        ] {
            assert_ne!(of(one), of(other), "{one}");
        }
    }
}
