//! The first words of a statement, enough to tell what it is: neither grammar reads what only a
//! client or a utility command means.

use crate::dialect::lex::{Lexer, Token, TokenKind};
use crate::dialect::{Dialect, Engine};

/// Reads keywords and names from the start of a statement, one after the other.
#[derive(Clone)]
pub(super) struct Words<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    at: usize,
}

impl<'t> Words<'t> {
    /// How many words are looked at: no fact that is asked for stands further in.
    const LIMIT: usize = 32;

    /// The words at the start of `text`.
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            tokens: significant(text).take(Self::LIMIT).collect(),
            at: 0,
        }
    }

    /// Steps over the next word if it is one of `keywords`, given in upper case.
    pub(super) fn eat(&mut self, keywords: &[&str]) -> bool {
        let found = self.peek(keywords);
        self.at += usize::from(found);
        found
    }

    /// Steps over all of `keywords` in a row, or none.
    pub(super) fn eat_all(&mut self, keywords: &[&str]) -> bool {
        let start = self.at;
        let found = keywords.iter().all(|keyword| self.eat(&[keyword]));
        if !found {
            self.at = start;
        }
        found
    }

    /// Whether the next word is one of `keywords`.
    pub(super) fn peek(&self, keywords: &[&str]) -> bool {
        self.tokens.get(self.at).is_some_and(|token| {
            keywords
                .iter()
                .any(|keyword| token.is_word(self.text, keyword))
        })
    }

    /// Whether one of `keywords` stands anywhere from here on.
    pub(super) fn has(&self, keywords: &[&str]) -> bool {
        self.tokens[self.at.min(self.tokens.len())..]
            .iter()
            .any(|token| {
                keywords
                    .iter()
                    .any(|keyword| token.is_word(self.text, keyword))
            })
    }

    /// Steps over a name with or without qualifiers and returns it as it is written.
    pub(super) fn name(&mut self) -> Option<&'t str> {
        let first = *self.identifier()?;
        let mut end = first.end;
        while self.eat_kind(TokenKind::Dot) {
            end = self.identifier()?.end;
        }
        Some(&self.text[first.start as usize..end as usize])
    }

    /// Steps over the next token if it is of this kind.
    pub(super) fn eat_kind(&mut self, kind: TokenKind) -> bool {
        let found = self
            .tokens
            .get(self.at)
            .is_some_and(|token| token.kind == kind);
        self.at += usize::from(found);
        found
    }

    /// The next token and its text.
    pub(super) fn next(&mut self) -> Option<(TokenKind, &'t str)> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some((token.kind, token.text(self.text)))
    }

    /// Whether nothing follows.
    pub(super) fn at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Where in the text the next word starts, or the text's end.
    pub(super) fn offset(&self) -> usize {
        self.tokens
            .get(self.at)
            .map_or(self.text.len(), |token| token.start as usize)
    }

    fn identifier(&mut self) -> Option<&Token> {
        let token = self.tokens.get(self.at)?;
        let fits = matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdent);
        self.at += usize::from(fits);
        fits.then_some(token)
    }
}

/// The tokens of `text` that are neither white space nor comments.
pub(super) fn significant(text: &str) -> impl Iterator<Item = Token> {
    let dialect: &'static Dialect = Engine::Postgres.dialect();
    Lexer::new(text, &dialect.lexing).filter(|token| !token.is_trivia())
}
