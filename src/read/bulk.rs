//! Very large `INSERT … VALUES` statements: a tree of their rows would take much time and memory and
//! say nothing that the first row does not.

use std::collections::BTreeSet;

use super::shape::shape;
use crate::dialect::lex::{Token, TokenKind};

/// Statements shorter than this are read whole.
pub(super) const LARGE: u32 = 64 * 1024;

/// What of a large INSERT is worth reading.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rows {
    /// The tokens up to the end of the first row.
    pub(super) first: Vec<Token>,
    /// What comes after it and holds more than literals: rows with words or casts, each shape of them
    /// once, and clauses after the rows.
    pub(super) rest: Vec<Token>,
}

/// The rows of a statement, given its body's tokens, if it is a large `INSERT … VALUES`.
pub(super) fn rows(
    text: &str,
    tokens: impl Iterator<Item = Token> + Clone,
    size: u32,
) -> Option<Rows> {
    let mut tokens = tokens.skip_while(Token::is_trivia).peekable();
    let is_insert = |first: &Token| first.is_word(text, "INSERT") || first.is_word(text, "REPLACE");
    if size < LARGE || !tokens.peek().is_some_and(is_insert) {
        return None;
    }
    let mut first = Vec::new();
    let mut depth = 0_u32;
    let mut in_values = false;
    for token in tokens.by_ref() {
        first.push(token);
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => {
                depth = depth.saturating_sub(1);
                if depth == 0 && in_values {
                    let rest = rest(text, tokens);
                    return Some(Rows { first, rest });
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

/// What is worth reading after the first row; nothing if all are literals.
fn rest(text: &str, tokens: impl Iterator<Item = Token>) -> Vec<Token> {
    let mut rest = Vec::new();
    let mut row: Vec<Token> = Vec::new();
    let mut shapes = BTreeSet::new();
    let mut depth = 0_u32;
    let mut in_rows = true;
    for token in tokens.filter(|token| !token.is_trivia()) {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        row.push(token);
        in_rows &= depth > 0 || matches!(token.kind, TokenKind::Close | TokenKind::Comma);
        if !in_rows {
            rest.append(&mut row);
        } else if depth == 0 && token.kind == TokenKind::Close {
            let has_names = row.iter().any(|token| names(text, token));
            if has_names && shapes.insert(shape(text, row.iter().copied())) {
                rest.append(&mut row);
            }
            row.clear();
        }
    }
    rest.append(&mut row);
    if !rest.iter().any(|token| names(text, token)) {
        rest.clear();
    }
    rest
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

    fn rows_of(head: &str, row: &str, tail: &str) -> Option<(String, String)> {
        let text = format!("{head}{}{tail}", format!(", {row}").repeat(20_000));
        let tokens = lex(&text, &Engine::Postgres.dialect().lexing);
        let rows = rows(&text, tokens.into_iter(), text.len() as u32)?;
        let joined = |tokens: &[Token]| -> String {
            let tokens = tokens.iter().filter(|token| !token.is_trivia());
            tokens.map(|token| token.text(&text)).collect()
        };
        Some((joined(&rows.first), joined(&rows.rest)))
    }

    #[test]
    fn only_the_first_row_of_a_shape_is_read() {
        let head = "INSERT INTO t (a, b) VALUES (f(1), 'x')";
        let first = "INSERTINTOt(a,b)VALUES(f(1),'x')";
        for (row, tail, rest) in [
            ("(-1, NULL)", "", ""),
            ("(1, 'x'::mood)", "", ",(1,'x'::mood)"),
            (
                "(1, 'x'::mood), (1, 'y'::mood)",
                "",
                ",(1,'x'::mood),(1,'y'::mood)",
            ),
            ("(1, now())", "", ",(1,now())"),
            (
                "(1, 'x')",
                " ON CONFLICT (a) DO NOTHING",
                "ONCONFLICT(a)DONOTHING",
            ),
        ] {
            assert_eq!(
                rows_of(head, row, tail),
                Some((first.to_owned(), rest.to_owned()))
            );
        }
        assert_eq!(rows_of("INSERT INTO t SELECT (1)", "(1)", ""), None);
        assert_eq!(rows_of("CREATE TABLE t (a int)", "(1)", ""), None);
        let text = "INSERT INTO t VALUES (1), (2)";
        let tokens = lex(text, &Engine::Sqlite.dialect().lexing);
        assert_eq!(rows(text, tokens.into_iter(), text.len() as u32), None);
    }
}
