//! The literals that `INSERT … VALUES` writes, by their columns.

use crate::dialect::Dialect;
use crate::dialect::lex::{self, Token, TokenKind};
use crate::name::Ident;

/// The longest statement that is looked at, in bytes: longer ones are data that nobody writes by hand.
const LOOKED_AT: usize = 1 << 20;

/// What an `INSERT … VALUES` writes.
pub(super) struct Values {
    /// The columns that it names, if it names them.
    pub(super) columns: Option<Vec<Ident>>,
    /// Each value as it is written; none where it is more than a literal.
    pub(super) rows: Vec<Vec<Option<String>>>,
    /// It has an `ON CONFLICT` or the like.
    pub(super) tolerant: bool,
}

/// What `INSERT … INTO t (a, b) VALUES (1, 'x'), …` writes; `None` for another or a very long statement.
pub(super) fn values(text: &str, dialect: &Dialect) -> Option<Values> {
    let is_insert = text.get(..6)?.eq_ignore_ascii_case("insert");
    if !is_insert || text.len() > LOOKED_AT {
        return None;
    }
    let mut tokens = lex::lex(text, &dialect.lexing);
    tokens.retain(|token| {
        !matches!(
            token.kind,
            TokenKind::Space | TokenKind::LineComment | TokenKind::BlockComment
        )
    });
    let is = |token: &Token, keyword: &str| token.is_word(text, keyword);
    let open = tokens
        .iter()
        .position(|token| token.kind == TokenKind::Open)?;
    let (head, rest) = tokens.split_at(open);
    let tolerant = |tokens: &[Token]| {
        let words = ["ignore", "replace", "on"];
        tokens.iter().any(|token| token.is_any_word(text, &words))
    };
    let mut columns = None;
    let mut rest = rest;
    if !head.last().is_some_and(|token| is(token, "values")) {
        let (named, after) = parenthesised(rest)?;
        let named = named.iter().map(|value| match value {
            [one] => Some(dialect.ident(one.text(text))),
            _ => None,
        });
        columns = Some(named.collect::<Option<_>>()?);
        let values = after.iter().position(|token| is(token, "values"))?;
        rest = &after[values + 1..];
    }
    let mut rows = Vec::new();
    while let Some((values, after)) = parenthesised(rest) {
        rows.push(values.iter().map(|value| literal(value, text)).collect());
        rest = match after.split_first() {
            Some((comma, after)) if comma.kind == TokenKind::Comma => after,
            _ => {
                rest = after;
                break;
            }
        };
    }
    Some(Values {
        columns,
        rows,
        tolerant: tolerant(head) || tolerant(rest),
    })
}

/// A value as it is written, if it is a literal: with its sign, and without a cast behind it.
pub(super) fn literal(value: &[Token], text: &str) -> Option<String> {
    use TokenKind::{DollarString, Dot, Number, String, Word};
    let is_cast = |rest: &[Token]| match rest {
        [] => true,
        [cast, name @ ..] => {
            let kinds: Vec<TokenKind> = name.iter().map(|token| token.kind).collect();
            cast.text(text) == "::" && matches!(kinds[..], [Word] | [Word, Dot, Word])
        }
    };
    match value {
        [sign, number] if number.kind == Number && sign.text(text) == "-" => {
            Some(format!("-{}", number.text(text)))
        }
        [one, rest @ ..] if is_cast(rest) => {
            matches!(one.kind, Number | String | DollarString).then(|| one.text(text).to_owned())
        }
        _ => None,
    }
}

/// What stands between commas in the parentheses with which the tokens begin, and what comes after.
fn parenthesised(tokens: &[Token]) -> Option<(Vec<&[Token]>, &[Token])> {
    if tokens.first()?.kind != TokenKind::Open {
        return None;
    }
    let mut depth = 0;
    let mut start = 1;
    let mut parts = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth -= 1,
            _ => {}
        }
        if depth == 0 || (depth == 1 && token.kind == TokenKind::Comma) {
            parts.push(&tokens[start..at]);
            start = at + 1;
        }
        if depth == 0 {
            return Some((parts, &tokens[at + 1..]));
        }
    }
    None
}
