//! The words and names of a statement as the server reads them: without comments, and without what
//! stands in a version comment that no such server runs.

use crate::dialect::Engine;
use crate::dialect::lex::{Lexer, Rules, Token, TokenKind};
use crate::emit::words::Words;
use crate::read::split::quotes_of_mode;

/// How a server reads a statement: its kind, and the `sql_mode` that the statements before have set.
#[derive(Clone, Debug)]
pub(in crate::emit) struct Reading {
    engine: Engine,
    rules: Rules,
}

impl Reading {
    /// At the start of a patch.
    pub(in crate::emit) fn new(engine: Engine) -> Self {
        Self {
            engine,
            rules: engine.dialect().lexing,
        }
    }

    /// The words of a statement.
    pub(in crate::emit) fn words<'t>(&self, text: &'t str) -> Words<'t> {
        Words::of(text, significant(self, text))
    }

    /// Whether a backslash in a string is more than a letter.
    pub(in crate::emit) fn backslash_escapes(&self) -> bool {
        self.rules.backslash_escapes
    }

    /// Takes note of a statement with these words: it may change how the next ones are read.
    pub(in crate::emit) fn see(&mut self, text: &str, words: &Words<'_>) {
        if words.is(&["SET"])
            && let Some(quotes) = quotes_of_mode(text, words.tokens())
        {
            self.rules.backslash_escapes = quotes.backslashes_escape;
            self.rules.double_quote_is_string = quotes.double_quotes_are_strings;
        }
    }
}

/// A name with its database, unquoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::emit) struct Name {
    /// The database, if it is told.
    pub(in crate::emit) database: Option<String>,
    /// The name.
    pub(in crate::emit) name: String,
}

impl Name {
    /// Steps over a name, with its database if there is one.
    pub(in crate::emit) fn read(words: &mut Words<'_>) -> Option<Self> {
        let first = part(words)?;
        if !words.eat_kind(TokenKind::Dot) {
            return Some(Self {
                database: None,
                name: first,
            });
        }
        Some(Self {
            database: Some(first),
            name: part(words)?,
        })
    }
}

/// Steps over a name without a qualifier and returns it without its quotes.
pub(in crate::emit) fn part(words: &mut Words<'_>) -> Option<String> {
    let quoted = words.kind() == Some(TokenKind::QuotedIdent);
    let text = words.part()?;
    Some(if quoted {
        unquoted(text)
    } else {
        text.to_owned()
    })
}

fn unquoted(text: &str) -> String {
    let quote = &text[..1];
    let inner = text.strip_suffix(quote).unwrap_or(text);
    inner
        .get(1..)
        .unwrap_or_default()
        .replace(&quote.repeat(2), quote)
}

/// The tokens of a statement that mean something to the server.
fn significant(reading: &Reading, text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut skipped = false;
    for token in Lexer::new(text, &reading.rules) {
        if token.kind == TokenKind::VersionComment {
            skipped = !is_run(reading.engine, token.text(text));
        } else if !skipped && !token.is_trivia() {
            tokens.push(token);
        }
    }
    tokens
}

/// Whether a server runs what follows `/*!50003`: those up to its own version. MariaDB leaves out
/// what was new in MySQL 5.7, <https://mariadb.com/kb/en/comment-syntax/>. What only some servers
/// of the engine run is taken to be run.
fn is_run(engine: Engine, opening: &str) -> bool {
    if engine != Engine::Mariadb && opening.starts_with("/*M") {
        return false;
    }
    let digits = opening.trim_start_matches(|char: char| !char.is_ascii_digit());
    let version: u32 = digits.parse().unwrap_or(0);
    match engine {
        Engine::Mariadb => version < 200_000 && !(50_700..=50_999).contains(&version),
        _ => version < 200_000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_comments_are_read_where_they_are_run() {
        let first = |text: &str| Reading::new(Engine::Mariadb).words(text).text().to_owned();
        assert_eq!(first("/*!50003 CREATE */ x"), "CREATE");
        assert_eq!(
            first("/*!999999\\- enable the sandbox mode */ SET x"),
            "SET"
        );
        assert_eq!(first("/*!50708 SELECT */ SET x"), "SET");
        assert_eq!(first("/*M!100401 ALTER */ x"), "ALTER");
    }

    #[test]
    fn names_lose_their_quotes() {
        let mut reading = Reading::new(Engine::Mariadb);
        let set = "SET sql_mode = 'ANSI_QUOTES'";
        reading.see(set, &reading.words(set));
        let mut words = reading.words("`a``b`.\"c\" x");
        assert_eq!(
            Name::read(&mut words),
            Some(Name {
                database: Some("a`b".to_owned()),
                name: "c".to_owned()
            })
        );
        assert!(words.eat(&["X"]) && words.at_end());
    }
}
