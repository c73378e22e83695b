//! Rules of constraints as texts, so that one that is dropped and added again is known to ask no more
//! than before: of `ON DELETE`, for one.

use super::types;
use crate::dialect::Dialect;
use crate::dialect::lex::{TokenKind, lex};

/// A rule that a table had.
#[derive(Debug)]
pub(super) struct Lifted {
    /// The table.
    pub(super) table: String,
    /// The rule.
    pub(super) rule: String,
    /// The patch that has dropped it.
    pub(super) patch: usize,
}

/// What may stand behind the rule itself.
const ENDS: &[&str] = &["on", "match", "deferrable", "initially", "not", "enforced"];

/// How far a rule is read.
const FAR: usize = 1000;

/// The rule that stands at the beginning of `text`, also behind `ADD CONSTRAINT name`; `column` is the one
/// that it is written beside. None for what is no rule, or too long a one.
pub(super) fn rule(text: &str, column: Option<&str>, dialect: &Dialect) -> Option<String> {
    let mut words: Vec<&str> = Vec::new();
    let mut depth = 0_usize;
    let near = types::start(text, FAR);
    let mut ended = near.len() == text.len();
    for token in lex(near, &dialect.lexing) {
        if token.is_trivia() {
            continue;
        }
        let word = token.text(near);
        let ends = match token.kind {
            TokenKind::Close | TokenKind::Comma => depth == 0,
            TokenKind::Semicolon => true,
            TokenKind::Word => depth == 0 && ENDS.iter().any(|end| word.eq_ignore_ascii_case(end)),
            _ => false,
        };
        if ends {
            ended = true;
            break;
        }
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth -= 1,
            _ => {}
        }
        words.push(word);
    }
    if !ended {
        return None;
    }
    let mut words = words.as_slice();
    let is = |words: &[&str], at: usize, word: &str| {
        words
            .get(at)
            .is_some_and(|it| it.eq_ignore_ascii_case(word))
    };
    if is(words, 0, "add") {
        words = &words[1..];
    }
    if is(words, 0, "constraint") {
        words = words.get(2..)?;
    }
    let rule = types::normal(&words.join(" "));
    if is(words, 0, "references") {
        return Some(format!("foreign key({}) {rule}", column?));
    }
    let begins = ["foreign", "check", "unique", "primary", "default"];
    begins.iter().any(|word| is(words, 0, word)).then_some(rule)
}

/// Whether two rules are one: a foreign key need not name the key that it means.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let goes_on = |one: &str, other: &str| {
        let rest = other.strip_prefix(one);
        one.starts_with("foreign key") && rest.is_some_and(|rest| rest.starts_with('('))
    };
    one == other || goes_on(one, other) || goes_on(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Engine;

    #[test]
    fn a_rule_is_the_same_wherever_it_stands() {
        let dialect = Engine::Postgres.dialect();
        let beside = rule(" REFERENCES p, q int", Some("a"), dialect).expect("a rule");
        let added =
            "ADD CONSTRAINT k FOREIGN KEY ( a )\n REFERENCES p (id) ON DELETE CASCADE NOT VALID";
        let added = rule(added, None, dialect).expect("a rule");
        assert_eq!(beside, "foreign key(a) references p");
        assert_eq!(added, "foreign key(a) references p(id)");
        assert!(is_same(&beside, &added) && is_same(&added, &beside));
        assert!(!is_same(&beside, "foreign key(a) references p2"));
        let check = rule("ADD CHECK (a IS NOT NULL) NOT VALID", None, dialect);
        assert_eq!(check.as_deref(), Some("check(a is not null)"));
        assert!(!is_same("check(a > 0)", "check(a > 0)(b)"));
        assert_eq!(rule("ADD COLUMN a int", None, dialect), None);
        let long = format!("CHECK (a IN ({}1))", "1, ".repeat(FAR));
        assert_eq!(rule(&long, None, dialect), None);
        assert_eq!(rule("", None, dialect), None);
        assert_eq!(rule("ADD CONSTRAINT", None, dialect), None);
    }
}
