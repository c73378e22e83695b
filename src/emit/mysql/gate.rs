//! Statements that the server runs only if the script lets it.
//!
//! Some statements can neither be prepared nor stand in a procedure (`CREATE TRIGGER`), and there is no
//! other `IF`. But the server reads each statement of a message under the `sql_mode` that the one before
//! it has set. Under `NO_BACKSLASH_ESCAPES` the text below is one `DO` of a string and a comment; under any
//! other mode it is a string, a statement, and a string again:
//!
//! ```sql
//! DO '\' /* ';
//! CREATE TRIGGER …;
//! DO 0 /*! */;
//! ```
//!
//! The client must send all of it as one message, so it stands between two DELIMITER; the client itself
//! reads it under a mode in which a backslash escapes.

use crate::dialect::Engine;
use crate::dialect::lex::{Lexer, TokenKind};

/// What a closed gate turns the statements into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    /// A comment: they hold no end of one.
    Comment,
    /// A string in double quotes: they hold none.
    String,
}

impl Gate {
    /// The one that holds this text; none where it has both a `"` and the end of a comment.
    pub(super) fn of(text: &str) -> Option<Self> {
        if !text.contains("*/") {
            Some(Self::Comment)
        } else if !text.contains('"') {
            Some(Self::String)
        } else {
            None
        }
    }

    /// What `DO` does before the statements.
    pub(super) fn open(self) -> &'static str {
        match self {
            Self::Comment => r"'\' /* '",
            Self::String => r#"'\' " '"#,
        }
    }

    /// What `DO` does after the statements. A version comment without a version is kept by all clients.
    pub(super) fn close(self) -> &'static str {
        match self {
            Self::Comment => "0 /*! */",
            Self::String => r#"'" /* ' /*! */"#,
        }
    }
}

/// The text with its comments as lines of `--`, and without the marks around what every server from 8.0 on
/// runs; none where that takes no end of a comment away.
pub(super) fn with_line_comments(text: &str) -> Option<String> {
    let mut changed = String::with_capacity(text.len() + 16);
    for token in Lexer::new(text, &Engine::Mysql.dialect().lexing) {
        let piece = token.text(text);
        match token.kind {
            // A hint for the optimizer.
            TokenKind::BlockComment if piece.starts_with("/*+") => return None,
            TokenKind::BlockComment => {
                let inner = piece.trim_start_matches("/*").trim_end_matches("*/");
                for line in inner.split(['\n', '\r']) {
                    changed.push_str("-- ");
                    changed.push_str(line.trim_end());
                    changed.push('\n');
                }
            }
            TokenKind::VersionComment => {
                let digits = piece.trim_start_matches("/*!");
                let is_run = digits.parse().is_ok_and(|version: u32| version <= 80_019);
                if piece != "*/" && !digits.is_empty() && !is_run {
                    return None;
                }
                changed.push(' ');
            }
            _ => changed.push_str(piece),
        }
    }
    (!changed.contains("*/")).then_some(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_holds_what_does_not_end_it() {
        assert_eq!(Gate::of("SELECT 'a' -- \"b\""), Some(Gate::Comment));
        assert_eq!(Gate::of("SELECT /* a */ 'b'"), Some(Gate::String));
        assert_eq!(Gate::of("SELECT /* a */ \"b\""), None);
    }

    #[test]
    fn comments_become_lines() {
        assert_eq!(
            with_line_comments("/*!50003 CREATE*/ a \"/\" /* one\n two */ b").as_deref(),
            Some("  CREATE  a \"/\" --  one\n--  two \n b")
                .map(|text| text.replace("two \n", "two\n"))
                .as_deref()
        );
        assert_eq!(with_line_comments("SELECT /*+ NO_ICP(t) */ \"a\""), None);
        assert_eq!(with_line_comments("SELECT \"a*/\" /* b */"), None);
    }
}
