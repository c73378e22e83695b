//! Types of columns as texts: where they stand, and which holds all values of which.

use crate::dialect::Dialect;
use crate::dialect::lex::{TokenKind, lex};
use crate::source::{Sources, Span};

/// What ends a type in the definition of a column.
const ENDS: &[&str] = &[
    "not",
    "null",
    "default",
    "primary",
    "unique",
    "references",
    "check",
    "constraint",
    "collate",
    "generated",
    "using",
    "comment",
    "auto_increment",
    "first",
    "after",
    "on",
    "as",
    "autoincrement",
    "identity",
    "storage",
    "compression",
    "charset",
];

/// How far behind a column's name its type is looked for.
const FAR: usize = 200;

/// The first bytes of a text.
pub(super) fn start(text: &str, far: usize) -> &str {
    let mut end = text.len().min(far);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Whether the engine gives a column its values, so that nothing else may write them. The words up to
/// the next column are looked at.
pub(super) fn is_generated(sources: &Sources, dialect: &Dialect, name: Span) -> bool {
    let text = &sources.get(name.source).text;
    let rest = start(text.get(name.end as usize..).unwrap_or(""), FAR);
    let mut depth = 0_usize;
    for token in lex(rest, &dialect.lexing) {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close if depth == 0 => break,
            TokenKind::Close => depth -= 1,
            TokenKind::Comma if depth == 0 => break,
            TokenKind::Semicolon => break,
            TokenKind::Word if token.text(rest).eq_ignore_ascii_case("generated") => return true,
            _ => {}
        }
    }
    false
}

/// The type that stands behind the name of a column.
pub(super) fn after(sources: &Sources, dialect: &Dialect, name: Span) -> Option<String> {
    let text = &sources.get(name.source).text;
    let rest = text.get(name.end as usize..)?;
    let rest = start(rest, FAR);
    let mut words = String::new();
    let mut depth = 0_usize;
    for token in lex(rest, &dialect.lexing) {
        if token.is_trivia() {
            words.push(' ');
            continue;
        }
        let word = token.text(rest);
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close if depth == 0 => break,
            TokenKind::Close => depth -= 1,
            TokenKind::Comma if depth == 0 => break,
            TokenKind::Semicolon => break,
            TokenKind::Word
                if depth == 0 && ENDS.iter().any(|end| word.eq_ignore_ascii_case(end)) =>
            {
                break;
            }
            _ => {}
        }
        words.push_str(word);
    }
    let words = normal(&words);
    (!words.is_empty()).then_some(words)
}

/// In lower case, with one space between words and none around brackets.
pub(super) fn normal(words: &str) -> String {
    let lower = words.to_lowercase();
    let spaced: Vec<&str> = lower.split_whitespace().collect();
    let text = spaced.join(" ");
    text.replace(" (", "(")
        .replace("( ", "(")
        .replace(" )", ")")
        .replace(", ", ",")
}

/// Whether `wide` takes every value of `narrow`, and gives it back as the same kind of value.
pub(super) fn holds(wide: &str, narrow: &str) -> bool {
    let (wide, narrow) = (parts(wide), parts(narrow));
    if wide.0 != narrow.0 {
        let text = |kind: &str| matches!(kind, "text" | "varchar");
        return wide.0 == "text" && text(narrow.0);
    }
    match (wide.1.as_slice(), narrow.1.as_slice()) {
        ([], _) => true,
        ([wide], [narrow]) => wide >= narrow,
        ([wide, digits], [narrow, same]) => wide >= narrow && digits == same,
        _ => false,
    }
}

fn parts(words: &str) -> (&str, Vec<u32>) {
    let (name, rest) = words.split_once('(').unwrap_or((words, ""));
    let name = match name {
        "character varying" | "char varying" | "nvarchar" | "varchar2" => "varchar",
        "decimal" | "dec" => "numeric",
        "int4" | "integer" => "int",
        "int8" => "bigint",
        "bool" => "boolean",
        "timestamp with time zone" => "timestamptz",
        "timestamp without time zone" => "timestamp",
        name => name,
    };
    let inner = rest.trim_end_matches(')');
    let numbers = inner
        .split(',')
        .filter_map(|number| number.trim().parse().ok());
    (name, numbers.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wider_type_holds_a_narrower_one() {
        for (wide, narrow) in [
            ("varchar(20)", "varchar(10)"),
            ("text", "character varying(10)"),
            ("numeric(12,2)", "numeric(10,2)"),
            ("varchar", "varchar(10)"),
            ("int", "integer"),
        ] {
            assert!(holds(wide, narrow), "{wide} {narrow}");
        }
        for (wide, narrow) in [
            ("varchar(10)", "varchar(20)"),
            ("varchar(10)", "text"),
            ("bigint", "int"),
            ("numeric(12,4)", "numeric(10,2)"),
            ("timestamptz", "timestamp"),
        ] {
            assert!(!holds(wide, narrow), "{wide} {narrow}");
        }
    }
}
