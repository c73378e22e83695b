//! How high a parser's tree of a statement may become. The parsers recurse, and squawk's has no guard:
//! a statement that is too high for a thread's stack would end the process.

use crate::dialect::lex::{Rules, Token, TokenKind, lex};

/// Parentheses inside each other.
const PARENTHESES: u32 = 256;
/// Tokens of one statement.
const TOKENS: usize = 200_000;
/// Parentheses, weighed, and what chains expressions between two commas. A unit takes about 256
/// bytes of stack (measured: 8,000 `||` overflow 2 MiB), so this is far inside a thread's.
const HEIGHT: u32 = 3000;
/// The weight of a parenthesis (measured: 2,000 nested subqueries overflow 2 MiB).
const PARENTHESIS: u32 = 4;

/// The weight of an operator after two others (measured: 2,000 `-` overflow 2 MiB), and of a dot after
/// three: the time for a name grows with the square of its parts.
const PREFIX: u32 = 8;

/// Words that make a tree higher without a parenthesis, and their weight: what holds statements or
/// tables takes more of the stack than an operator (measured: 3,000 of `IF a THEN` or of `CROSS JOIN u`
/// overflow 2 MiB).
const CHAINING: &[(&str, u32)] = &[
    ("AND", 1),
    ("BEGIN", 12),
    ("CASE", 12),
    ("ELSE", 1),
    ("ELSEIF", 12),
    ("ELSIF", 12),
    ("EXCEPT", 4),
    ("FOR", 12),
    ("IF", 12),
    ("INTERSECT", 4),
    ("IS", 1),
    ("JOIN", 8),
    ("LOOP", 12),
    ("NOT", 1),
    ("OR", 1),
    ("UNION", 4),
    ("WHILE", 12),
];

/// Whether the statement (and each of the bodies in its dollar quotes) may be given to a parser.
pub(super) fn is_fine(text: &str, tokens: &[Token], rules: &Rules) -> bool {
    is_low(text, tokens)
        && tokens
            .iter()
            .filter(|token| matches!(token.kind, TokenKind::DollarString | TokenKind::String))
            // Shorter ones cannot be high enough.
            .filter(|token| token.end - token.start > PARENTHESES)
            .all(|token| {
                let body = token.text(text);
                let inner = match token.kind {
                    TokenKind::DollarString => without_tags(body),
                    _ => body
                        .trim_matches(|char: char| char != '\'')
                        .trim_matches('\''),
                };
                // A body may hold a body: DO … EXECUTE $q$ … $q$.
                is_low_inside(inner, rules, 4)
            })
}

fn is_low_inside(text: &str, rules: &Rules, levels: u32) -> bool {
    let tokens = lex(text, rules);
    is_low(text, &tokens)
        && tokens
            .iter()
            .filter(|token| token.kind == TokenKind::DollarString)
            .filter(|token| token.end - token.start > PARENTHESES)
            .all(|token| {
                levels > 0 && is_low_inside(without_tags(token.text(text)), rules, levels - 1)
            })
}

/// The content of a dollar quote, which may have no end.
fn without_tags(quoted: &str) -> &str {
    let tag = quoted[1..].find('$').map_or(1, |at| at + 2);
    let (tag, content) = quoted.split_at(tag);
    content.strip_suffix(tag).unwrap_or(content)
}

fn is_low(text: &str, tokens: &[Token]) -> bool {
    if tokens.len() > TOKENS {
        return false;
    }
    // Most statements are too short to be high.
    if tokens.len() < PARENTHESES as usize {
        return true;
    }
    // What chains since the last comma, for each open parenthesis.
    let mut chains = vec![0_u32];
    let mut height = 0_u32;
    // `- - - 1`, `NOT NOT NOT a`
    let mut prefixes = 0_u32;
    // `a.b.c.d`
    let mut dots = 0_u32;
    let mut after_dot = false;
    for token in tokens.iter().filter(|token| !token.is_trivia()) {
        if token.kind == TokenKind::Operator || token.is_word(text, "NOT") {
            prefixes += 1;
        } else {
            prefixes = 0;
        }
        if token.kind == TokenKind::Dot {
            dots += 1;
        } else if !after_dot {
            dots = 0;
        }
        after_dot = token.kind == TokenKind::Dot;
        let chain = match token.kind {
            _ if prefixes > 2 || dots > 3 => PREFIX,
            TokenKind::Open | TokenKind::OpenBracket => {
                chains.push(0);
                height += PARENTHESIS;
                if chains.len() as u32 > PARENTHESES {
                    return false;
                }
                continue;
            }
            TokenKind::Close | TokenKind::CloseBracket => {
                if chains.len() > 1 {
                    let chain = chains.pop().unwrap_or_default();
                    height -= chain + PARENTHESIS;
                }
                // Calls and subscripts chain as well: a[1][2], (f(1))(2).
                1
            }
            TokenKind::Comma | TokenKind::Semicolon => {
                if let Some(chain) = chains.last_mut() {
                    height -= std::mem::take(chain);
                }
                continue;
            }
            TokenKind::Operator | TokenKind::Dot => 1,
            TokenKind::Word => {
                let chaining = CHAINING.iter().find(|(word, _)| token.is_word(text, word));
                chaining.map_or(0, |(_, weight)| *weight)
            }
            _ => 0,
        };
        if let Some(last) = chains.last_mut() {
            *last += chain;
            height += chain;
        }
        if height > HEIGHT {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Engine;

    fn fine(text: &str) -> bool {
        let rules = &Engine::Postgres.dialect().lexing;
        is_fine(text, &lex(text, rules), rules)
    }

    #[test]
    fn ordinary_statements_are_fine_however_long() {
        assert!(fine(&format!(
            "SELECT {} 1",
            "a.b || f(c, d), ".repeat(10_000)
        )));
        assert!(fine(&format!(
            "DO $$ BEGIN {} END $$",
            "a := b + (c);".repeat(10_000)
        )));
        assert!(fine(&format!(
            "SELECT {}1{}",
            "(".repeat(250),
            ")".repeat(250)
        )));
    }

    #[test]
    fn what_would_overflow_a_stack_is_not() {
        assert!(!fine(&format!(
            "SELECT {}1{}",
            "(".repeat(300),
            ")".repeat(300)
        )));
        assert!(!fine(&format!("SELECT 1{}", " || 1".repeat(4000))));
        assert!(!fine(&format!("SELECT 1{}", "::int".repeat(4000))));
        assert!(!fine(&format!(
            "SELECT 1{}",
            " UNION SELECT 1".repeat(4000)
        )));
        assert!(!fine(&format!(
            "SELECT {}",
            "CASE WHEN a THEN ".repeat(4000)
        )));
        assert!(!fine(&format!("SELECT {}", "(a ||".repeat(250).repeat(12))));
        let nested = format!("SELECT {}1{}", "(".repeat(300), ")".repeat(300));
        assert!(!fine(&format!("DO $$ BEGIN {nested}; END $$")));
        assert!(!fine(&format!(
            "DO $$ BEGIN EXECUTE $q$ {nested} $q$; END $$"
        )));
        assert!(!fine(&format!("DO '{nested}'")));
        assert!(!fine(&format!("DO $$ BEGIN ü {nested}; END ü")));
        assert!(!fine(&"a ".repeat(200_001)));
    }
}
