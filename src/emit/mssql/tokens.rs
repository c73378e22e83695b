//! The words of a batch, to look around in: T-SQL needs no semicolon where a statement begins.

use crate::dialect::Engine;
use crate::dialect::lex::{Token, TokenKind};
use crate::emit::words::significant;
use crate::source::{Source, Span};

/// The tokens of a batch that are neither white space nor comments.
pub(super) struct Tokens<'t> {
    text: &'t str,
    base: Span,
    tokens: Vec<Token>,
}

impl<'t> Tokens<'t> {
    /// The words of a piece of a patch.
    pub(super) fn new(source: &'t Source, span: Span) -> Self {
        let text = source.slice(span);
        Self {
            text,
            base: span,
            tokens: significant(text, Engine::Mssql).collect(),
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether one of `words`, in upper case, stands at `place`.
    pub(super) fn is(&self, place: usize, words: &[&str]) -> bool {
        let token = self.tokens.get(place);
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
        let token = self.tokens.get(place);
        token.map_or("", |token| token.text(self.text))
    }

    /// The kind of what stands at `place`.
    pub(super) fn kind(&self, place: usize) -> Option<TokenKind> {
        self.tokens.get(place).map(|token| token.kind)
    }

    /// Where in the patch it stands.
    pub(super) fn span(&self, place: usize) -> Span {
        let (start, end) = self
            .tokens
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
