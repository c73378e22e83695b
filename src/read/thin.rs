//! Large batches of T-SQL: a batch is one piece, and the rows of a table may be in it, one INSERT each.
//! What the first of them say the others say again.

use super::shape::Repeats;
use crate::dialect::lex::{Token, TokenKind};

/// The tokens of a batch without the INSERTs of literal rows that repeat what was inserted before.
pub(super) fn thin(text: &str, tokens: impl Iterator<Item = Token>) -> Vec<Token> {
    let mut thin = Thin::default();
    for token in tokens.filter(|token| !token.is_trivia()) {
        let is_insert = thin.depth == 0 && token.is_word(text, "INSERT");
        // No semicolon has to be there.
        if is_insert && !thin.statement.is_empty() {
            let is_bound = !thin.in_rows;
            thin.end(text);
            thin.is_bound = is_bound;
        }
        let starts = thin.statement.is_empty();
        thin.statement.push(token);
        match token.kind {
            TokenKind::Open => thin.depth += 1,
            TokenKind::Close => thin.depth = thin.depth.saturating_sub(1),
            TokenKind::Semicolon if thin.depth == 0 => thin.end(text),
            TokenKind::Comma => {}
            _ if thin.depth > 0 => {}
            _ if starts => thin.is_insert = is_insert,
            _ => {
                // Behind the rows another statement begins, and that may be any.
                thin.is_insert &= !thin.in_rows;
                thin.in_rows = thin.is_insert && token.is_word(text, "VALUES");
            }
        }
    }
    thin.end(text);
    thin.kept
}

#[derive(Default)]
struct Thin {
    kept: Vec<Token>,
    repeats: Repeats,
    /// The statement so far, its depth in parentheses, and what it is.
    statement: Vec<Token>,
    depth: u32,
    is_insert: bool,
    in_rows: bool,
    /// Whether it may be part of what comes before it: `IF … INSERT`.
    is_bound: bool,
}

impl Thin {
    /// Keeps the statement, or leaves it out.
    fn end(&mut self, text: &str) {
        let is_known = if self.in_rows && !self.is_bound {
            let tokens = self.statement.iter().copied();
            self.repeats.is_known(text, tokens)
        } else {
            // What comes after it may be read in another way.
            self.repeats = Repeats::default();
            false
        };
        if !is_known {
            self.kept.append(&mut self.statement);
        }
        self.statement.clear();
        (self.is_insert, self.in_rows, self.is_bound) = (false, false, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Engine;
    use crate::dialect::lex::lex;

    /// How many INSERTs are kept.
    fn inserts(text: &str) -> usize {
        let tokens = lex(text, &Engine::Mssql.dialect().lexing);
        let kept = thin(text, tokens.into_iter());
        kept.iter()
            .filter(|token| token.is_word(text, "INSERT"))
            .count()
    }

    #[test]
    fn inserts_that_repeat_are_left_out() {
        for (end, both) in [(";\n", 32), ("\n", 34)] {
            let rows =
                format!("INSERT INTO t (a, b) VALUES (1, 'x'), (NULL, f(2)){end}").repeat(99);
            assert_eq!(inserts(&rows), 16);
            assert_eq!(
                inserts(&format!("{rows}UPDATE t SET a = 1{end}{rows}")),
                both
            );
        }
    }

    #[test]
    fn what_is_more_than_rows_is_kept() {
        for text in [
            "INSERT INTO t SELECT a FROM u;",
            "IF EXISTS (SELECT 1 FROM u) INSERT INTO t VALUES (1);",
            "INSERT INTO t VALUES (1) IF EXISTS (SELECT 1 FROM u) INSERT INTO t VALUES (1);",
            "INSERT INTO t VALUES (1) DELETE FROM t\n",
        ] {
            let all = text.matches("INSERT").count() * 99;
            assert_eq!(inserts(&text.repeat(99)), all, "{text}");
        }
    }
}
