//! Statements after which the engine reads quotes differently.

use super::Splitter;
use crate::dialect::Shell;
use crate::dialect::lex::{Mark, Token, TokenKind};

/// Takes note of the statement that ends now; `from` is the place of its first token.
pub(super) fn see(splitter: &mut Splitter<'_>, from: Mark) {
    let text = splitter.text;
    let tokens = splitter.tokens.after(from);
    let Some(first) = tokens.into_iter().find(|token| !token.is_trivia()) else {
        return;
    };
    let begins = |words: &[&str]| words.iter().any(|word| first.is_word(text, word));
    // Nearly all statements are none of these.
    if splitter.shell != Shell::Batches && !begins(&["SET", "RESET", "DISCARD"]) {
        return;
    }
    let tokens = tokens
        .filter(|token| !token.is_trivia())
        .filter(|token| !matches!(token.kind, TokenKind::Semicolon | TokenKind::Delimiter));
    if splitter.shell == Shell::Batches {
        // A batch may hold all the rows of a table.
        if let Some(quoted) = quoted_identifier(text, tokens) {
            splitter.lexer.double_quotes_are_strings(!quoted);
        }
        return;
    }
    let tokens: Vec<Token> = tokens.collect();
    match splitter.shell {
        Shell::Backslashes => {
            if let Some(conforming) = conforming_strings(text, &tokens) {
                splitter.lexer.backslashes_escape(!conforming);
            }
        }
        Shell::Delimiters => {
            if let Some(quotes) = quotes_of_mode(text, &tokens) {
                splitter.lexer.backslashes_escape(quotes.backslashes_escape);
                splitter
                    .lexer
                    .double_quotes_are_strings(quotes.double_quotes_are_strings);
            }
        }
        Shell::Dots | Shell::Batches => {}
    }
}

/// PostgreSQL: `SET standard_conforming_strings = off`, as in dumps of servers before 9.1.
fn conforming_strings(text: &str, tokens: &[Token]) -> Option<bool> {
    let setting = tokens.iter().take(3).any(|token| {
        token.is_word(text, "STANDARD_CONFORMING_STRINGS") || token.is_word(text, "ALL")
    });
    if !setting {
        return None;
    }
    if !tokens[0].is_word(text, "SET") {
        return Some(true);
    }
    let value = tokens.last()?.text(text).trim_matches('\'');
    match value.to_ascii_lowercase().as_str() {
        "off" | "false" | "no" | "0" => Some(false),
        "on" | "true" | "yes" | "1" | "default" => Some(true),
        _ => None,
    }
}

/// How MySQL and MariaDB read quotes, which `sql_mode` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotes {
    /// A backslash escapes in strings.
    pub backslashes_escape: bool,
    /// `"…"` is a string.
    pub double_quotes_are_strings: bool,
}

/// The modes with which `"…"` is an identifier; the latter ones are MariaDB's.
const ANSI: &[&str] = &[
    "ANSI_QUOTES",
    "ANSI",
    "DB2",
    "MAXDB",
    "MSSQL",
    "ORACLE",
    "POSTGRESQL",
];

/// How quotes are read after a `SET sql_mode = …`, given its tokens without trivia and terminator;
/// none for any other statement.
#[must_use]
pub fn quotes_of_mode(text: &str, tokens: &[Token]) -> Option<Quotes> {
    let mode = sql_mode(text, tokens)?;
    let has = |flag: &str| mode.split(',').any(|word| word.trim() == flag);
    Some(Quotes {
        backslashes_escape: !has("NO_BACKSLASH_ESCAPES"),
        double_quotes_are_strings: !ANSI.iter().copied().any(has),
    })
}

/// MySQL: the modes of `SET sql_mode = '…'`; none where the value is not a literal, which is how
/// dumps put back what was before.
fn sql_mode(text: &str, tokens: &[Token]) -> Option<String> {
    let names = |token: &Token| {
        let name = token.text(text).trim_start_matches('@');
        matches!(token.kind, TokenKind::Word | TokenKind::Param)
            && name.eq_ignore_ascii_case("sql_mode")
    };
    let at = tokens
        .windows(2)
        .position(|pair| names(&pair[0]) && matches!(pair[1].text(text), "=" | ":="))?;
    let is_global = |token: &Token| {
        let name = token.text(text).trim_start_matches('@');
        name.eq_ignore_ascii_case("global")
    };
    if tokens[..at].iter().rev().take(2).any(is_global) {
        return None;
    }
    let value = tokens.get(at + 2)?;
    if value.kind != TokenKind::String {
        return Some(String::new());
    }
    let content = value.text(text).trim_matches(['\'', '"']);
    Some(content.to_ascii_uppercase())
}

/// SQL Server: the last `SET QUOTED_IDENTIFIER` of a batch.
fn quoted_identifier(text: &str, tokens: impl Iterator<Item = Token>) -> Option<bool> {
    let mut last = None;
    // How many of the two words stand right before.
    let mut words = 0;
    for token in tokens {
        if words == 2 {
            last = Some(token.is_word(text, "ON"));
        }
        words = match words {
            1 if token.is_word(text, "QUOTED_IDENTIFIER") => 2,
            _ => u8::from(token.is_word(text, "SET")),
        };
    }
    last
}
