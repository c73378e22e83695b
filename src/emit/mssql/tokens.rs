//! The words of a batch, to look around in: T-SQL needs no semicolon where a statement begins.

use std::collections::VecDeque;

use crate::dialect::Engine;
use crate::dialect::lex::{Token, TokenKind};
use crate::emit::words::significant;
use crate::source::{Source, Span};

/// How many words can be looked at from a place on: more than the longest `SET` has.
const AHEAD: usize = 64;

/// The tokens of a batch that are neither white space nor comments. A batch may hold all the rows of a
/// table, so only those around one place are kept; beyond them there seems to be nothing.
pub(super) struct Tokens<'t> {
    text: &'t str,
    base: Span,
    rest: Box<dyn Iterator<Item = Token> + 't>,
    kept: VecDeque<Token>,
    /// The place of the first one that is kept.
    first: usize,
}

impl<'t> Tokens<'t> {
    /// The words of a piece of a patch, at its first one.
    pub(super) fn new(source: &'t Source, span: Span) -> Self {
        let text = source.slice(span);
        let mut tokens = Self {
            text,
            base: span,
            rest: Box::new(significant(text, Engine::Mssql)),
            kept: VecDeque::with_capacity(AHEAD + 1),
            first: 0,
        };
        tokens.is_there(0);
        tokens
    }

    /// Goes on to `place`, which is not before the last one; whether a word stands there.
    pub(super) fn is_there(&mut self, place: usize) -> bool {
        while self.first + 1 < place && self.kept.pop_front().is_some() {
            self.first += 1;
        }
        let missing = (place + AHEAD).saturating_sub(self.end());
        self.kept.extend(self.rest.by_ref().take(missing));
        place < self.end()
    }

    /// Behind the last word that can be looked at.
    pub(super) fn end(&self) -> usize {
        self.first + self.kept.len()
    }

    fn get(&self, place: usize) -> Option<&Token> {
        self.kept.get(place.checked_sub(self.first)?)
    }

    /// Whether one of `words`, in upper case, stands at `place`.
    pub(super) fn is(&self, place: usize, words: &[&str]) -> bool {
        let token = self.get(place);
        token.is_some_and(|token| token.is_any_word(self.text, words))
    }

    /// Whether words of each of these sets stand at `place` in a row.
    pub(super) fn are(&self, place: usize, words: &[&[&str]]) -> bool {
        (place..)
            .zip(words)
            .all(|(place, words)| self.is(place, words))
    }

    /// The text at `place`, or nothing.
    pub(super) fn text(&self, place: usize) -> &'t str {
        let token = self.get(place);
        token.map_or("", |token| token.text(self.text))
    }

    /// The kind of what stands at `place`.
    pub(super) fn kind(&self, place: usize) -> Option<TokenKind> {
        self.get(place).map(|token| token.kind)
    }

    /// Where in the patch it stands.
    pub(super) fn span(&self, place: usize) -> Span {
        let (start, end) = self
            .get(place)
            .map_or((0, 0), |token| (token.start, token.end));
        Span::new(
            self.base.source,
            self.base.start + start,
            self.base.start + end,
        )
    }

    /// Whether the batch makes a module, whose body runs later: `CREATE [OR ALTER] PROCEDURE …`.
    pub(super) fn is_module(&self) -> bool {
        let place = if self.are(1, &[&["OR"], &["ALTER"]]) {
            3
        } else {
            1
        };
        self.is(0, &["CREATE", "ALTER"])
            && self.is(place, &["PROCEDURE", "PROC", "FUNCTION", "TRIGGER", "VIEW"])
    }

    /// Whether a statement may begin at `place`; T-SQL needs no semicolon before it.
    pub(super) fn begins(&self, place: usize) -> bool {
        let Some(before) = place.checked_sub(1) else {
            return true;
        };
        // A name after a dot or AS is no keyword.
        !matches!(self.kind(before), Some(TokenKind::Dot | TokenKind::Comma))
            && !self.is(before, &["AS"])
            && self.kind(place + 1) != Some(TokenKind::Dot)
    }

    /// Whether a name may stand at `place`.
    pub(super) fn is_name(&self, place: usize) -> bool {
        matches!(
            self.kind(place),
            Some(TokenKind::Word | TokenKind::QuotedIdent)
        )
    }
}
