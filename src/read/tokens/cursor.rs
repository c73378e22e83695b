//! The tokens that carry meaning, with the partners of their brackets, and a cursor over them that
//! walks any text without failing.

use crate::dialect::Dialect;
use crate::dialect::lex::{Token, TokenKind};
use crate::name::{Ident, ObjectName};
use crate::source::{SourceId, Span};

/// The meaningful tokens of a text.
#[derive(Debug)]
pub(super) struct Tape<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    /// For an opening bracket the place of its closing one (or the end), for all others their own.
    partner: Vec<usize>,
    source: SourceId,
    /// Where everything in the text is said to be, for a text that is not a piece of the source.
    all_at: Option<Span>,
}

impl<'t> Tape<'t> {
    /// The tape of a piece of a source. `all_at` is set when `text` is not the source's own text:
    /// a string with escapes, read without them.
    pub(super) fn new(
        text: &'t str,
        tokens: impl IntoIterator<Item = Token>,
        source: SourceId,
        all_at: Option<Span>,
    ) -> Self {
        let tokens: Vec<Token> = tokens
            .into_iter()
            .filter(|token| !token.is_trivia() && token.end as usize <= text.len())
            .collect();
        let partner = partners(text, &tokens);
        Self {
            text,
            tokens,
            partner,
            source,
            all_at,
        }
    }

    /// A cursor over everything.
    pub(super) fn cursor(&self) -> Cursor<'_> {
        Cursor {
            tape: self,
            at: 0,
            end: self.tokens.len(),
        }
    }
}

/// Finds the partner of every bracket in one pass. A bracket without a partner: an opening one
/// reaches to the end, a closing one is a token like any other.
fn partners(text: &str, tokens: &[Token]) -> Vec<usize> {
    let mut partner: Vec<usize> = (0..tokens.len()).collect();
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut counts = [0_usize; 3];
    for (at, token) in tokens.iter().enumerate() {
        let (shape, opens) = match token.kind {
            TokenKind::Open => (0, true),
            TokenKind::Close => (0, false),
            TokenKind::OpenBracket => (1, true),
            TokenKind::CloseBracket => (1, false),
            TokenKind::Other if token.text(text) == "{" => (2, true),
            TokenKind::Other if token.text(text) == "}" => (2, false),
            _ => continue,
        };
        if opens {
            open.push((shape, at));
            counts[shape] += 1;
        } else if counts[shape] > 0 {
            // What was opened in between and not closed is no group.
            while let Some((found, start)) = open.pop() {
                counts[found] -= 1;
                if found == shape {
                    partner[start] = at;
                    break;
                }
            }
        }
    }
    for (shape, start) in open {
        if shape == 0 {
            partner[start] = tokens.len();
        }
    }
    partner
}

/// A range of a tape. All ways to look at it answer something harmless at its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'t> {
    tape: &'t Tape<'t>,
    at: usize,
    end: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn is_empty(&self) -> bool {
        self.at >= self.end
    }

    /// The place of the current token, for [`Cursor::between`] and [`Cursor::before`].
    pub(super) fn place(&self) -> usize {
        self.at
    }

    /// The text that the tape is of, and where everything in it is said to be if it is not the
    /// source's own.
    pub(super) fn tape_text(&self) -> (&'t str, Option<Span>) {
        (self.tape.text, self.tape.all_at)
    }

    /// The bytes of the current token in [`Cursor::tape_text`].
    pub(super) fn bytes(&self) -> (usize, usize) {
        self.token(0)
            .map_or((0, 0), |token| (token.start as usize, token.end as usize))
    }

    fn token(&self, ahead: usize) -> Option<&'t Token> {
        let at = self.at + ahead;
        if at < self.end {
            self.tape.tokens.get(at)
        } else {
            None
        }
    }

    /// The kind of the token `ahead` of the current one.
    pub(super) fn kind_at(&self, ahead: usize) -> Option<TokenKind> {
        self.token(ahead).map(|token| token.kind)
    }

    pub(super) fn kind(&self) -> Option<TokenKind> {
        self.kind_at(0)
    }

    /// The text of the token `ahead` of the current one, or nothing.
    pub(super) fn text_at(&self, ahead: usize) -> &'t str {
        self.token(ahead)
            .map_or("", |token| token.text(self.tape.text))
    }

    pub(super) fn text(&self) -> &'t str {
        self.text_at(0)
    }

    /// Whether the token `ahead` is this word, in whatever case.
    pub(super) fn is_at(&self, ahead: usize, word: &str) -> bool {
        self.kind_at(ahead) == Some(TokenKind::Word)
            && self.text_at(ahead).eq_ignore_ascii_case(word)
    }

    pub(super) fn is(&self, word: &str) -> bool {
        self.is_at(0, word)
    }

    pub(super) fn is_any(&self, words: &[&str]) -> bool {
        self.any_at(0, words)
    }

    pub(super) fn any_at(&self, ahead: usize, words: &[&str]) -> bool {
        self.kind_at(ahead) == Some(TokenKind::Word) && {
            let text = self.text_at(ahead);
            words.iter().any(|word| text.eq_ignore_ascii_case(word))
        }
    }

    /// Whether the words of `phrase` stand here in a row.
    pub(super) fn phrase(&self, phrase: &str) -> bool {
        phrase
            .split(' ')
            .enumerate()
            .all(|(ahead, word)| self.is_at(ahead, word))
    }

    pub(super) fn is_op(&self, operator: &str) -> bool {
        matches!(
            self.kind(),
            Some(TokenKind::Operator | TokenKind::Other | TokenKind::Param)
        ) && self.text() == operator
    }

    pub(super) fn is_open(&self) -> bool {
        self.kind() == Some(TokenKind::Open)
    }

    /// Whether a name may stand at the token `ahead`: a word or a quoted identifier.
    pub(super) fn named_at(&self, ahead: usize) -> bool {
        matches!(
            self.kind_at(ahead),
            Some(TokenKind::Word | TokenKind::QuotedIdent)
        )
    }

    /// Whether a string stands at the token `ahead`.
    pub(super) fn string_at(&self, ahead: usize) -> bool {
        matches!(
            self.kind_at(ahead),
            Some(TokenKind::String | TokenKind::DollarString)
        )
    }

    pub(super) fn bump(&mut self) {
        self.at = (self.at + 1).min(self.end);
    }

    pub(super) fn bump_by(&mut self, count: usize) {
        self.at = (self.at + count).min(self.end);
    }

    /// Goes on by one token or one whole group.
    pub(super) fn skip(&mut self) {
        let partner = self.tape.partner.get(self.at).copied().unwrap_or(self.at);
        self.at = (partner.max(self.at) + 1).min(self.end);
    }

    pub(super) fn eat(&mut self, word: &str) -> bool {
        let found = self.is(word);
        if found {
            self.bump();
        }
        found
    }

    pub(super) fn eat_any(&mut self, words: &[&str]) -> bool {
        let found = self.is_any(words);
        if found {
            self.bump();
        }
        found
    }

    pub(super) fn eat_phrase(&mut self, phrase: &str) -> bool {
        let found = self.phrase(phrase);
        if found {
            self.bump_by(phrase.split(' ').count());
        }
        found
    }

    pub(super) fn eat_op(&mut self, operator: &str) -> bool {
        let found = self.is_op(operator);
        if found {
            self.bump();
        }
        found
    }

    pub(super) fn eat_kind(&mut self, kind: TokenKind) -> bool {
        let found = self.kind() == Some(kind);
        if found {
            self.bump();
        }
        found
    }

    /// The inside of the parentheses that open here; goes on behind them.
    pub(super) fn group(&mut self) -> Option<Self> {
        if !self.is_open() {
            return None;
        }
        let inner = self.inside();
        self.skip();
        Some(inner)
    }

    /// The inside of the brackets that open here.
    pub(super) fn inside(&self) -> Self {
        let close = self.tape.partner.get(self.at).copied().unwrap_or(self.at);
        let start = (self.at + 1).min(self.end);
        Self {
            tape: self.tape,
            at: start,
            end: close.clamp(start, self.end.max(start)),
        }
    }

    /// From here to the place of `later`, a cursor that has gone on over the same range.
    pub(super) fn before(&self, later: &Self) -> Self {
        self.between(self.at, later.at)
    }

    /// A part of this range.
    pub(super) fn between(&self, start: usize, end: usize) -> Self {
        let end = end.min(self.end);
        Self {
            tape: self.tape,
            at: start.min(end),
            end,
        }
    }

    /// Everything up to the first of `words` that stands outside brackets and not behind a dot;
    /// goes on to that word, or to the end.
    pub(super) fn until(&mut self, words: &[&str]) -> Self {
        self.until_where(|cursor| cursor.is_any(words))
    }

    /// Everything up to the first token outside brackets, and not behind a dot, where `stop` says so.
    pub(super) fn until_where(&mut self, mut stop: impl FnMut(&Self) -> bool) -> Self {
        let start = *self;
        let mut behind_dot = false;
        while !self.is_empty() {
            if !behind_dot && stop(self) {
                break;
            }
            behind_dot = self.kind() == Some(TokenKind::Dot);
            self.skip();
        }
        start.before(self)
    }

    /// The texts of all tokens.
    pub(super) fn words(self) -> impl Iterator<Item = &'t str> {
        let mut rest = self;
        std::iter::from_fn(move || {
            let word = (!rest.is_empty()).then(|| rest.text());
            rest.bump();
            word
        })
    }

    /// Whether one of `words` stands outside brackets.
    pub(super) fn has(&self, words: &[&str]) -> bool {
        let mut cursor = *self;
        cursor.until(words);
        !cursor.is_empty()
    }

    /// The pieces between the commas outside brackets; no piece for an empty range.
    pub(super) fn items(self) -> Items<'t> {
        Items {
            rest: self,
            more: !self.is_empty(),
        }
    }

    /// The span of the current token; at the end, an empty one.
    pub(super) fn span(&self) -> Span {
        self.span_of(self.at, self.at + 1)
    }

    /// The span of the tokens from here to before `later`.
    pub(super) fn span_to(&self, later: &Self) -> Span {
        self.span_of(self.at, later.at)
    }

    /// The span of the whole range.
    pub(super) fn whole(&self) -> Span {
        self.span_of(self.at, self.end)
    }

    fn span_of(&self, start: usize, end: usize) -> Span {
        if let Some(span) = self.tape.all_at {
            return span;
        }
        let tokens = &self.tape.tokens;
        let first = tokens.get(start).or(tokens.last());
        let last = tokens.get(end.max(start + 1) - 1).or(tokens.last());
        match (first, last) {
            (Some(first), Some(last)) => Span::new(self.tape.source, first.start, last.end),
            _ => Span::new(self.tape.source, 0, 0),
        }
    }

    /// Reads a name of up to four parts, `a.b.c`. Any word will do.
    pub(super) fn name(&mut self, dialect: &Dialect) -> Option<Name> {
        self.name_where(dialect, false)
    }

    /// Reads a name whose parts may be strings as well: `DROP TABLE 't'` in SQLite, aliases.
    pub(super) fn name_or_string(&mut self, dialect: &Dialect) -> Option<Name> {
        self.name_where(dialect, true)
    }

    fn name_where(&mut self, dialect: &Dialect, strings: bool) -> Option<Name> {
        let mut parts: Vec<(Ident, Span)> = Vec::new();
        loop {
            let here = *self;
            if self.named_at(0) {
                parts.push((dialect.ident(self.text()), self.span()));
            } else if strings && self.kind() == Some(TokenKind::String) {
                parts.push((dialect.ident_verbatim(&unquoted(self.text())), self.span()));
            } else if parts.is_empty() {
                return None;
            } else {
                break;
            }
            self.bump();
            if self.kind() != Some(TokenKind::Dot) || here.is_empty() {
                break;
            }
            // `db..t` leaves the schema out.
            let dots = if self.kind_at(1) == Some(TokenKind::Dot) {
                2
            } else {
                1
            };
            if !(self.named_at(dots) || strings && self.string_at(dots)) {
                break;
            }
            if dots == 2 {
                parts.clear();
            }
            self.bump_by(dots);
        }
        Name::of(parts)
    }
}

/// The pieces of [`Cursor::items`].
#[derive(Debug)]
pub(super) struct Items<'t> {
    rest: Cursor<'t>,
    more: bool,
}

impl<'t> Iterator for Items<'t> {
    type Item = Cursor<'t>;

    fn next(&mut self) -> Option<Cursor<'t>> {
        if !self.more {
            return None;
        }
        let start = self.rest;
        while !self.rest.is_empty() && self.rest.kind() != Some(TokenKind::Comma) {
            self.rest.skip();
        }
        let item = start.before(&self.rest);
        self.more = !self.rest.is_empty();
        self.rest.bump();
        Some(item)
    }
}

/// A name as it stands in the text.
#[derive(Clone, Debug)]
pub(super) struct Name {
    /// The parts with their places, the last one being the object's own.
    pub(super) parts: Vec<(Ident, Span)>,
}

impl Name {
    fn of(parts: Vec<(Ident, Span)>) -> Option<Self> {
        (!parts.is_empty()).then_some(Self { parts })
    }

    /// The object's own part.
    pub(super) fn last(&self) -> &Ident {
        &self.parts[self.parts.len() - 1].0
    }

    /// The schema part, if there is one.
    pub(super) fn schema(&self) -> Option<&(Ident, Span)> {
        self.parts.len().checked_sub(2).map(|at| &self.parts[at])
    }

    /// The name of an object; what stands before its schema is dropped.
    pub(super) fn object(&self) -> ObjectName {
        ObjectName {
            schema: self.schema().map(|(schema, _)| schema.clone()),
            name: self.last().clone(),
        }
    }

    /// The name without its last part: `s.t` of the column `s.t.c`.
    pub(super) fn owner(&self) -> Option<Self> {
        Self::of(self.parts[..self.parts.len() - 1].to_vec())
    }

    /// All parts, from the first to the last.
    pub(super) fn span(&self) -> Span {
        self.parts[0].1.to(self.parts[self.parts.len() - 1].1)
    }

    /// The object's own part alone.
    pub(super) fn last_span(&self) -> Span {
        self.parts[self.parts.len() - 1].1
    }
}

/// The content of a string token, its escapes read in the simplest way.
pub(super) fn unquoted(text: &str) -> String {
    let Some(start) = text.find(['\'', '"']) else {
        return text.to_owned();
    };
    let body = &text[start..];
    let quote = if body.starts_with('"') { '"' } else { '\'' };
    let inner = body.strip_prefix(quote).unwrap_or(body);
    let inner = inner.strip_suffix(quote).unwrap_or(inner);
    inner.replace(&format!("{quote}{quote}"), &quote.to_string())
}
