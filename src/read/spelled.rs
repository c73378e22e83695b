//! Expressions and predicates of unique indexes as names, so that ON CONFLICT finds the index that
//! another file makes: spelled without spaces, comments, case and parentheses around the whole.

use crate::dialect::Dialect;
use crate::dialect::lex::{self, TokenKind};
use crate::name::Ident;

/// The name of an expression's text.
pub(super) fn expression(text: &str, dialect: &Dialect) -> Ident {
    let tokens = lex::lex(text, &dialect.lexing).into_iter().filter(|token| {
        !matches!(
            token.kind,
            TokenKind::Space | TokenKind::LineComment | TokenKind::BlockComment
        )
    });
    of_words(tokens.map(|token| token.text(text)))
}

/// The name of an expression of these tokens.
pub(super) fn of_words<'t>(words: impl Iterator<Item = &'t str>) -> Ident {
    let words: Vec<String> = words.map(plain).collect();
    let words = one_way(&words);
    let mut words = words.as_slice();
    while let [open, inner @ .., close] = words
        && open == "("
        && close == ")"
        && is_balanced(inner)
    {
        words = inner;
    }
    let mut name = String::new();
    for word in words {
        if name.ends_with(is_of_word) && word.starts_with(is_of_word) {
            name.push(' ');
        }
        name.push_str(word);
    }
    Ident::folded(name)
}

/// Words for what SQLite has several of, as its tree has them: `IS NOT 1` and `!= 1`, `NOTNULL` and `IS NOT NULL`.
fn one_way(words: &[String]) -> Vec<String> {
    const TESTS: [&str; 8] = [
        "null",
        "true",
        "false",
        "unknown",
        "distinct",
        "document",
        "normalized",
        "json",
    ];
    let mut said: Vec<&str> = Vec::with_capacity(words.len());
    let mut rest = words;
    let is = |word: Option<&String>, tests: &[&str]| {
        word.is_some_and(|word| tests.contains(&word.as_str()))
    };
    while let [word, after @ ..] = rest {
        rest = after;
        match word.as_str() {
            "is" if is(after.first(), &["not"]) && !is(after.get(1), &TESTS) => {
                said.push("<>");
                rest = &after[1..];
            }
            "is" if !after.is_empty()
                && !is(after.first(), &["not"])
                && !is(after.first(), &TESTS) =>
            {
                said.push("=");
            }
            "isnull" => said.extend(["is", "null"]),
            "notnull" => said.extend(["is", "not", "null"]),
            "not" if is(after.first(), &["null"]) && said.last().is_some_and(|it| *it != "is") => {
                said.extend(["is", "not"]);
            }
            "glob" => said.push("like"),
            "!=" => said.push("<>"),
            "==" => said.push("="),
            word => said.push(word),
        }
    }
    said.into_iter().map(str::to_owned).collect()
}

/// Quotes around a name that needs none, and the case of other words, mean nothing.
fn plain(word: &str) -> String {
    if word.starts_with('\'') {
        return word.to_owned();
    }
    let quoted = word
        .strip_prefix('"')
        .and_then(|word| word.strip_suffix('"'));
    let needs_none = |word: &&str| {
        word.bytes()
            .all(|byte| byte == b'_' || byte.is_ascii_lowercase())
    };
    match quoted.filter(needs_none) {
        Some(name) => name.to_owned(),
        None if quoted.is_some() => word.to_owned(),
        None => word.to_ascii_lowercase(),
    }
}

fn is_balanced(words: &[String]) -> bool {
    let mut depth = 0_u32;
    words.iter().all(|word| {
        match word.as_str() {
            "(" => depth += 1,
            ")" if depth == 0 => return false,
            ")" => depth -= 1,
            _ => {}
        }
        true
    })
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '\'' | '"')
}

#[cfg(test)]
mod tests {
    use super::expression;
    use crate::dialect::Engine;

    #[test]
    fn spelling_does_not_count() {
        let dialect = Engine::Postgres.dialect();
        let name = |text| expression(text, dialect).as_str().to_owned();
        assert_eq!(name("(LOWER( k ))"), "lower(k)");
        assert_eq!(name("lower(\"k\") /* all */"), "lower(k)");
        assert_eq!(name("((a) || (b))"), "(a)||(b)");
        assert_eq!(name("(gone IS NULL)"), "gone is null");
        assert_eq!(name("kind = 'A'"), "kind='A'");
        assert_eq!(name("kind IS NOT 'A'"), name("kind != 'A'"));
        assert_eq!(name("kind IS NOT NULL"), name("kind NOTNULL"));
        assert_eq!(name("kind IS NOT NULL"), name("kind NOT NULL"));
    }
}
