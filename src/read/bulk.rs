//! Very large `INSERT … VALUES` statements: a tree of their rows would take much time and memory and
//! say nothing that the first row does not.

use crate::dialect::lex::{Token, TokenKind};

/// Statements shorter than this are read whole.
const LARGE: u32 = 64 * 1024;

/// Where the first row of a large INSERT ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rows {
    /// Byte offset after the first row.
    pub(super) first_end: u32,
    /// The place of the first token after it.
    pub(super) rest: usize,
    /// The rest holds more than literals: words, casts, a clause after the rows.
    pub(super) rest_has_names: bool,
}

/// The rows of a statement, given its body's tokens, if it is a large `INSERT … VALUES`.
pub(super) fn rows(text: &str, tokens: &[Token]) -> Option<Rows> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    if last.end - first.start < LARGE
        || !(first.is_word(text, "INSERT") || first.is_word(text, "REPLACE"))
    {
        return None;
    }
    let mut depth = 0_u32;
    let mut in_values = false;
    for (place, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => {
                depth = depth.saturating_sub(1);
                if depth == 0 && in_values {
                    let rest = place + 1;
                    return Some(Rows {
                        first_end: token.end,
                        rest,
                        rest_has_names: tokens[rest..].iter().any(|token| names(text, token)),
                    });
                }
            }
            TokenKind::Word if depth == 0 => {
                in_values |= token.is_word(text, "VALUES") || token.is_word(text, "VALUE");
                if token.is_word(text, "SELECT") || token.is_word(text, "WITH") {
                    return None;
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether a token among rows may name something.
fn names(text: &str, token: &Token) -> bool {
    match token.kind {
        TokenKind::Word => !["NULL", "TRUE", "FALSE", "DEFAULT"]
            .iter()
            .any(|literal| token.is_word(text, literal)),
        TokenKind::Operator => !matches!(token.text(text), "-" | "+"),
        TokenKind::QuotedIdent | TokenKind::Param | TokenKind::Dot => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::{Engine, lex::lex};

    fn rows_of(head: &str, row: &str, tail: &str) -> Option<(String, bool)> {
        let text = format!("{head}{}{tail}", format!(", {row}").repeat(20_000));
        let tokens = lex(&text, &Engine::Postgres.dialect().lexing);
        let rows = rows(&text, &tokens)?;
        assert_eq!(tokens[rows.rest].start, rows.first_end);
        Some((
            text[..rows.first_end as usize].to_owned(),
            rows.rest_has_names,
        ))
    }

    #[test]
    fn only_the_first_row_of_many_is_read_as_a_tree() {
        let head = "INSERT INTO t (a, b) VALUES (f(1), 'x')";
        for (row, tail, names) in [
            ("(-1, NULL)", "", false),
            ("(1, 'x'::mood)", "", true),
            ("(1, now())", "", true),
            ("(1, 'x')", " ON CONFLICT (a) DO NOTHING", true),
        ] {
            assert_eq!(rows_of(head, row, tail), Some((head.to_owned(), names)));
        }
        assert_eq!(rows_of("INSERT INTO t SELECT (1)", "(1)", ""), None);
        assert_eq!(rows_of("CREATE TABLE t (a int)", "(1)", ""), None);
        let text = "INSERT INTO t VALUES (1), (2)";
        assert_eq!(
            rows(text, &lex(text, &Engine::Sqlite.dialect().lexing)),
            None
        );
    }
}
