//! The words of a statement as the server reads them: without comments, and without what stands in a
//! version comment that no such server runs.

use crate::dialect::Engine;
use crate::dialect::lex::{Lexer, Rules, Token, TokenKind};
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

    /// Takes note of a statement: it may change how the next ones are read.
    pub(in crate::emit) fn see(&mut self, words: &Words<'_>) {
        if words
            .tokens()
            .first()
            .is_some_and(|first| first.is_word(words.text, "SET"))
            && let Some(quotes) = quotes_of_mode(words.text, &words.tokens)
        {
            self.rules.backslash_escapes = quotes.backslashes_escape;
            self.rules.double_quote_is_string = quotes.double_quotes_are_strings;
        }
    }
}

/// Reads keywords and names from the start of a statement, one after the other.
#[derive(Clone)]
pub(in crate::emit) struct Words<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    at: usize,
}

/// A name with its database, unquoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::emit) struct Name {
    /// The database, if it is told.
    pub(in crate::emit) database: Option<String>,
    /// The name.
    pub(in crate::emit) name: String,
}

impl<'t> Words<'t> {
    /// The words of `text`.
    pub(in crate::emit) fn new(reading: &Reading, text: &'t str) -> Self {
        Self {
            text,
            tokens: significant(reading, text),
            at: 0,
        }
    }

    /// All of them, wherever the reader stands.
    pub(in crate::emit) fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// How many have been read.
    pub(in crate::emit) fn place(&self) -> usize {
        self.at
    }

    /// Whether the word `ahead` of the next one is one of `keywords`, given in upper case.
    pub(in crate::emit) fn is(&self, ahead: usize, keywords: &[&str]) -> bool {
        self.tokens.get(self.at + ahead).is_some_and(|token| {
            keywords
                .iter()
                .any(|keyword| token.is_word(self.text, keyword))
        })
    }

    /// Steps over the next word if it is one of `keywords`.
    pub(in crate::emit) fn eat(&mut self, keywords: &[&str]) -> bool {
        let found = self.is(0, keywords);
        self.at += usize::from(found);
        found
    }

    /// Steps over all of `keywords` in a row, or none.
    pub(in crate::emit) fn eat_all(&mut self, keywords: &[&str]) -> bool {
        let found = (0..keywords.len()).all(|ahead| self.is(ahead, &[keywords[ahead]]));
        if found {
            self.at += keywords.len();
        }
        found
    }

    /// Whether one of `keywords` stands anywhere from here on.
    pub(in crate::emit) fn has(&self, keywords: &[&str]) -> bool {
        (0..self.tokens.len().saturating_sub(self.at)).any(|ahead| self.is(ahead, keywords))
    }

    /// Steps over the next token if it is of this kind.
    pub(in crate::emit) fn eat_kind(&mut self, kind: TokenKind) -> bool {
        let found = self.kind() == Some(kind);
        self.at += usize::from(found);
        found
    }

    /// The kind of the next token.
    pub(in crate::emit) fn kind(&self) -> Option<TokenKind> {
        self.tokens.get(self.at).map(|token| token.kind)
    }

    /// The text of the next token, or nothing.
    pub(in crate::emit) fn text(&self) -> &'t str {
        self.tokens
            .get(self.at)
            .map_or("", |token| token.text(self.text))
    }

    /// Steps over the next token.
    pub(in crate::emit) fn skip(&mut self) {
        self.at = (self.at + 1).min(self.tokens.len());
    }

    /// Steps over tokens up to the next comma outside parentheses, or the end; true at a comma.
    pub(in crate::emit) fn skip_item(&mut self) -> bool {
        let mut depth = 0_u32;
        while let Some(kind) = self.kind() {
            match kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth = depth.saturating_sub(1),
                TokenKind::Comma if depth == 0 => {
                    self.skip();
                    return true;
                }
                _ => {}
            }
            self.skip();
        }
        false
    }

    /// Whether nothing follows.
    pub(in crate::emit) fn at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Steps over a name without a qualifier.
    pub(in crate::emit) fn part(&mut self) -> Option<String> {
        let token = self.tokens.get(self.at)?;
        let text = token.text(self.text);
        let name = match token.kind {
            TokenKind::Word => text.to_owned(),
            TokenKind::QuotedIdent => unquoted(text),
            _ => return None,
        };
        self.at += 1;
        Some(name)
    }

    /// Steps over a name, with its database if there is one.
    pub(in crate::emit) fn name(&mut self) -> Option<Name> {
        let first = self.part()?;
        if !self.eat_kind(TokenKind::Dot) {
            return Some(Name {
                database: None,
                name: first,
            });
        }
        Some(Name {
            database: Some(first),
            name: self.part()?,
        })
    }
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
        let first = |text: &str| {
            let words = Words::new(&Reading::new(Engine::Mariadb), text);
            words.text().to_owned()
        };
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
        reading.see(&Words::new(&reading, "SET sql_mode = 'ANSI_QUOTES'"));
        let mut words = Words::new(&reading, "`a``b`.\"c\" x");
        let name = words.name();
        assert_eq!(
            name,
            Some(Name {
                database: Some("a`b".to_owned()),
                name: "c".to_owned()
            })
        );
        assert!(words.eat(&["X"]) && words.at_end());
    }
}
