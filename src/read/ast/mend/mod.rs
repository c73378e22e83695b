//! What engines accept and sqlparser 0.63 refuses, where it is a matter of few tokens that name
//! nothing: they are left out or said in another way before the grammar sees them. Every token keeps
//! its place.

mod mssql;
mod mysql;
mod sqlite;

use std::ops::Range;

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Span, Token, TokenWithSpan};

use crate::dialect::Engine;

/// What was left out and yet says something.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    /// `IF NOT EXISTS`, of a trigger.
    pub(super) if_absent: bool,
    /// From where to where tokens were left out that name something: they are read one by one.
    pub(super) left: Vec<(u32, u32)>,
}

/// Mends the tokens of a statement (T-SQL: of a batch).
pub(super) fn mend(tokens: &mut Vec<TokenWithSpan>, engine: Engine) -> Said {
    tokens.retain(|token| !matches!(token.token, Token::Whitespace(_) | Token::EOF));
    let mut tape = Tape {
        tokens: std::mem::take(tokens),
        said: Said::default(),
    };
    next_values(&mut tape);
    match engine {
        Engine::Sqlite => sqlite::mend(&mut tape),
        Engine::Mysql | Engine::Mariadb => mysql::mend(&mut tape),
        Engine::Mssql => mssql::mend(&mut tape),
        Engine::Duckdb | Engine::Postgres => {}
    }
    *tokens = tape.tokens;
    tape.said
}

/// `NEXT VALUE FOR s` → `nextval(s)`.
fn next_values(tape: &mut Tape) {
    for at in (0..tape.tokens.len()).rev() {
        if tape.are(at, &["next", "value", "for"]) && tape.is_name(at + 3) {
            let end = tape.after_name(at + 3);
            tape.insert(end, Token::RParen);
            tape.tokens[at].token = Token::make_word("nextval", None);
            tape.tokens[at + 1].token = Token::LParen;
            tape.remove(at + 2..at + 3);
        }
    }
}

/// The tokens of a statement without white space.
struct Tape {
    tokens: Vec<TokenWithSpan>,
    said: Said,
}

impl Tape {
    fn get(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at).map(|token| &token.token)
    }

    /// Whether a word without quotes is at this place.
    fn is(&self, at: usize, word: &str) -> bool {
        matches!(self.get(at), Some(Token::Word(found))
            if found.quote_style.is_none() && found.value.eq_ignore_ascii_case(word))
    }

    /// Whether one of these words is at this place.
    fn is_any(&self, at: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(at, word))
    }

    /// Whether these words follow each other from this place on.
    fn are(&self, at: usize, words: &[&str]) -> bool {
        words
            .iter()
            .enumerate()
            .all(|(nth, word)| self.is(at + nth, word))
    }

    fn is_token(&self, at: usize, token: &Token) -> bool {
        self.get(at) == Some(token)
    }

    fn is_name(&self, at: usize) -> bool {
        matches!(self.get(at), Some(Token::Word(_)))
    }

    /// The place after a name with its qualifiers.
    fn after_name(&self, mut at: usize) -> usize {
        at += 1;
        while self.is_token(at, &Token::Period) {
            at += 2;
        }
        at
    }

    /// The place of the parenthesis that closes the one at `open`.
    fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0usize;
        for at in open..self.tokens.len() {
            match self.get(at) {
                Some(Token::LParen) => depth += 1,
                Some(Token::RParen) => {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        return Some(at);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// The places of the commas in a range that are in no parentheses of their own.
    fn commas(&self, range: Range<usize>) -> Vec<usize> {
        let mut depth = 0usize;
        let mut commas = Vec::new();
        for at in range {
            match self.get(at) {
                Some(Token::LParen) => depth += 1,
                Some(Token::RParen) => depth = depth.saturating_sub(1),
                Some(Token::Comma) if depth == 0 => commas.push(at),
                _ => {}
            }
        }
        commas
    }

    /// The parts of a range between such commas.
    fn parts(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let mut start = range.start;
        let mut parts = Vec::new();
        for comma in self.commas(range.clone()) {
            parts.push(start..comma);
            start = comma + 1;
        }
        parts.push(start..range.end);
        parts
    }

    /// Leaves tokens out, as far as there are any.
    fn remove(&mut self, range: Range<usize>) {
        let end = range.end.min(self.tokens.len());
        self.tokens.drain(range.start.min(end)..end);
    }

    /// Puts a keyword in place of a token.
    fn replace(&mut self, at: usize, keyword: Keyword, word: &str) {
        self.tokens[at].token = Token::make_word(word, None);
        debug_assert!(
            matches!(&self.tokens[at].token, Token::Word(word) if word.keyword == keyword)
        );
    }

    /// Puts a token before another one, at whose place it is.
    fn insert(&mut self, at: usize, token: Token) {
        let span = self
            .tokens
            .get(at)
            .map_or(Span::empty(), |token| token.span);
        let at = at.min(self.tokens.len());
        self.tokens.insert(at, TokenWithSpan { token, span });
    }
}
