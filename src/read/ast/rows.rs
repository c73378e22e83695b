//! The rows of a long INSERT that say nothing new.

use std::ops::Range;

use crate::dialect::lex::{Token, TokenKind};

/// Shorter tails than this are parsed with the rest.
const WORTH_IT: usize = 1 << 10;

/// The bytes after the first row of `INSERT … VALUES (…), (…), …` up to the end of the last row, when
/// those rows hold only literals.
pub(super) fn like_the_first(text: &str, tokens: &[Token]) -> Option<Range<usize>> {
    let mut tokens = tokens.iter().filter(|token| !token.is_trivia()).peekable();
    let first = tokens.next()?;
    if !first.is_word(text, "insert") && !first.is_word(text, "replace") {
        return None;
    }
    tokens.find(|token| token.is_word(text, "values") || token.is_word(text, "value"))?;
    let start = row(text, &mut tokens, false)?;
    let mut end = start;
    while tokens
        .next_if(|token| token.kind == TokenKind::Comma)
        .is_some()
    {
        end = row(text, &mut tokens, true)?;
    }
    (end - start > WORTH_IT).then_some(start..end)
}

/// Passes over one row and answers the offset after it; `None` if it is to be plain and is not.
fn row<'t>(text: &str, tokens: &mut impl Iterator<Item = &'t Token>, plain: bool) -> Option<usize> {
    let mut depth = 0usize;
    for token in tokens {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(token.end as usize);
                }
            }
            _ if depth == 0 => return None,
            TokenKind::Word if plain && !is_literal(token.text(text)) => return None,
            TokenKind::QuotedIdent if plain => return None,
            _ => {}
        }
    }
    None
}

/// Words that are values; `_binary` and its like say a string's character set.
fn is_literal(word: &str) -> bool {
    const WORDS: &[&str] = &["null", "true", "false", "default", "current_timestamp"];
    word.starts_with('_')
        || WORDS
            .iter()
            .any(|literal| word.eq_ignore_ascii_case(literal))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Engine;
    use crate::dialect::lex::lex;

    fn cut(text: &str) -> Option<&str> {
        let tokens = lex(text, &Engine::Sqlite.dialect().lexing);
        Some(&text[like_the_first(text, &tokens)?])
    }

    #[test]
    fn rows_of_literals_are_left_out() {
        let rows = ", (2, 'b', NULL)".repeat(200);
        let text = |tail: &str| format!("INSERT INTO t (a) VALUES (1, f(x), 'a'){rows}{tail}");
        assert_eq!(cut(&text("")), Some(rows.as_str()));
        assert_eq!(cut(&text(" ON CONFLICT DO NOTHING")), Some(rows.as_str()));
        assert_eq!(cut(&text(", (f(y))")), None, "a row that calls a function");
        assert_eq!(cut("INSERT INTO t VALUES (1), (2)"), None, "not worth it");
    }
}
