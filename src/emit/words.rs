//! A statement's first words, enough to tell what it means to the script around it.

use crate::dialect::Engine;
use crate::dialect::lex::{Lexer, Token, TokenKind};

/// The tokens of a statement that are neither white space nor comments.
pub(super) struct Words<'t> {
    text: &'t str,
    engine: Engine,
    tokens: Vec<Token>,
}

impl<'t> Words<'t> {
    /// How many are looked at: no fact that is asked for stands further in.
    const LIMIT: usize = 32;

    /// The first words of `text`.
    pub(super) fn new(text: &'t str, engine: Engine) -> Self {
        let tokens = Lexer::new(text, &engine.dialect().lexing);
        Self {
            text,
            engine,
            tokens: tokens
                .filter(|token| !token.is_trivia())
                .take(Self::LIMIT)
                .collect(),
        }
    }

    /// How many words there are, up to the limit.
    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The word at `place` in upper case; nothing for what is not a bare word.
    pub(super) fn keyword(&self, place: usize) -> String {
        self.tokens
            .get(place)
            .filter(|token| token.kind == TokenKind::Word)
            .map(|token| token.text(self.text).to_ascii_uppercase())
            .unwrap_or_default()
    }

    /// Whether the words from `place` on are these, given in upper case.
    pub(super) fn are(&self, place: usize, keywords: &[&str]) -> bool {
        (place..)
            .zip(keywords)
            .all(|(place, keyword)| self.keyword(place) == *keyword)
    }

    /// The place after `keywords`, if they stand at `place`.
    pub(super) fn after(&self, place: usize, keywords: &[&str]) -> usize {
        if self.are(place, keywords) {
            place + keywords.len()
        } else {
            place
        }
    }

    /// The kind of the token at `place`.
    pub(super) fn kind(&self, place: usize) -> Option<TokenKind> {
        self.tokens.get(place).map(|token| token.kind)
    }

    /// The token at `place` as it is written.
    pub(super) fn text(&self, place: usize) -> &'t str {
        self.tokens
            .get(place)
            .map_or("", |token| token.text(self.text))
    }

    /// Whether the token at `place` can be a name.
    pub(super) fn is_name(&self, place: usize) -> bool {
        matches!(
            self.kind(place),
            Some(TokenKind::Word | TokenKind::QuotedIdent)
        )
    }

    /// The name at `place` as the engine compares it, without quotes.
    pub(super) fn name(&self, place: usize) -> String {
        match self.is_name(place) {
            true => self
                .engine
                .dialect()
                .ident(self.text(place))
                .as_str()
                .to_owned(),
            false => String::new(),
        }
    }

    /// The name at `place` with its qualifiers, as it is written, and the place after it.
    pub(super) fn qualified(&self, place: usize) -> (&'t str, usize) {
        let mut last = place;
        while self.kind(last + 1) == Some(TokenKind::Dot) && self.is_name(last + 2) {
            last += 2;
        }
        match (self.tokens.get(place), self.tokens.get(last)) {
            (Some(first), Some(end)) => {
                (&self.text[first.start as usize..end.end as usize], last + 1)
            }
            _ => ("", place),
        }
    }
}
