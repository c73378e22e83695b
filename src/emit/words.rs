//! The words of a statement, read one after the other: enough to tell what it means to the script
//! around it, where neither grammar reads what only a client or a utility command means.

use std::rc::Rc;

use crate::dialect::Engine;
use crate::dialect::lex::{Lexer, Token, TokenKind};

/// How many words [`Words::first`] looks at: no fact that is asked for stands further in.
const FIRST: usize = 32;

/// A place in a row of words, and what can be asked and read from there on. Keywords are given in upper
/// case and found in whatever case. At the end every question has a harmless answer.
#[derive(Clone)]
pub(super) struct Words<'t> {
    text: &'t str,
    tokens: Rc<[Token]>,
    at: usize,
    end: usize,
}

impl<'t> Words<'t> {
    /// All words of `text`.
    pub(super) fn new(text: &'t str, engine: Engine) -> Self {
        Self::of(text, significant(text, engine))
    }

    /// The first words of `text`, which may hold all the rows of a table.
    pub(super) fn first(text: &'t str, engine: Engine) -> Self {
        Self::leading(text, engine, FIRST)
    }

    /// As [`Self::first`], for a question that as many words answer as `count`.
    pub(super) fn leading(text: &'t str, engine: Engine, count: usize) -> Self {
        Self::of(text, significant(text, engine).take(count))
    }

    /// Those words of `text` that the engine's own reader has found.
    pub(super) fn of(text: &'t str, tokens: impl IntoIterator<Item = Token>) -> Self {
        let tokens: Rc<[Token]> = tokens.into_iter().collect();
        Self {
            text,
            at: 0,
            end: tokens.len(),
            tokens,
        }
    }

    /// All of them, wherever the reader stands.
    pub(super) fn tokens(&self) -> &[Token] {
        &self.tokens[..self.end]
    }

    /// Whether nothing follows.
    pub(super) fn at_end(&self) -> bool {
        self.at >= self.end
    }

    /// The kind of the next word.
    pub(super) fn kind(&self) -> Option<TokenKind> {
        self.token(0).map(|token| token.kind)
    }

    /// The text of the next word, or nothing.
    pub(super) fn text(&self) -> &'t str {
        self.token(0).map_or("", |token| token.text(self.text))
    }

    /// Whether the next word is one of `keywords`.
    pub(super) fn is(&self, keywords: &[&str]) -> bool {
        self.is_at(0, keywords)
    }

    /// Whether all of `keywords` come next, in this order.
    pub(super) fn are(&self, keywords: &[&str]) -> bool {
        let mut row = keywords.iter().enumerate();
        row.all(|(ahead, keyword)| self.is_at(ahead, &[keyword]))
    }

    /// Whether one of `keywords` stands anywhere from here on.
    pub(super) fn has(&self, keywords: &[&str]) -> bool {
        (0..self.end.saturating_sub(self.at)).any(|ahead| self.is_at(ahead, keywords))
    }

    /// Steps over the next word, whatever it is.
    pub(super) fn skip(&mut self) {
        self.at = (self.at + 1).min(self.end);
    }

    /// Steps to the next comma outside parentheses, or the end.
    pub(super) fn skip_item(&mut self) {
        let mut depth = 0_u32;
        while let Some(kind) = self.kind() {
            match kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth = depth.saturating_sub(1),
                TokenKind::Comma if depth == 0 => return,
                _ => {}
            }
            self.skip();
        }
    }

    /// Steps over the next word if it is one of `keywords`.
    pub(super) fn eat(&mut self, keywords: &[&str]) -> bool {
        let found = self.is(keywords);
        self.at += usize::from(found);
        found
    }

    /// Steps over all of `keywords` in a row, or none.
    pub(super) fn eat_all(&mut self, keywords: &[&str]) -> bool {
        let found = self.are(keywords);
        if found {
            self.at += keywords.len();
        }
        found
    }

    /// Steps over the next word if it is of this kind.
    pub(super) fn eat_kind(&mut self, kind: TokenKind) -> bool {
        let found = self.kind() == Some(kind);
        self.at += usize::from(found);
        found
    }

    /// Steps over a name without its qualifiers and returns it as it is written.
    pub(super) fn part(&mut self) -> Option<&'t str> {
        let fits = matches!(self.kind(), Some(TokenKind::Word | TokenKind::QuotedIdent));
        fits.then(|| {
            let part = self.text();
            self.skip();
            part
        })
    }

    /// Steps over a name with or without qualifiers and returns it as it is written.
    pub(super) fn name(&mut self) -> Option<&'t str> {
        let start = self.offset();
        self.part()?;
        while self.eat_kind(TokenKind::Dot) {
            self.part()?;
        }
        Some(&self.text[start..self.offset_behind()])
    }

    /// From here to where `later` stands, which has read on.
    pub(super) fn before(&self, later: &Self) -> Self {
        Self {
            end: later.at,
            ..self.clone()
        }
    }

    /// Where in the text the next word starts, or the text's end.
    pub(super) fn offset(&self) -> usize {
        let next = self.token(0);
        next.map_or(self.text.len(), |token| token.start as usize)
    }

    /// Where in the text the word ends that was read last.
    pub(super) fn offset_behind(&self) -> usize {
        let last = self.tokens[..self.at].last();
        last.map_or(0, |token| token.end as usize)
    }

    fn token(&self, ahead: usize) -> Option<&Token> {
        self.tokens().get(self.at + ahead)
    }

    fn is_at(&self, ahead: usize, keywords: &[&str]) -> bool {
        self.token(ahead)
            .is_some_and(|token| token.is_any_word(self.text, keywords))
    }
}

/// The tokens of `text` that are neither white space nor comments.
pub(super) fn significant(text: &str, engine: Engine) -> impl Iterator<Item = Token> {
    Lexer::new(text, &engine.dialect().lexing).filter(|token| !token.is_trivia())
}
