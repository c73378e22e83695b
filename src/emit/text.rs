//! Foreign text (names, paths) in the places of a script where it must not be more than text.

use std::borrow::Cow;
use std::fmt::Write as _;

/// A SQL string literal of `text` for engines in which only `'` is special: quotes are doubled.
#[must_use]
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// An identifier in double quotes, as the SQL standard has it.
#[must_use]
pub fn ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `text` on one line that ends no comment: control characters and line separators are escaped as
/// in JSON, and `*/` and `/*` are taken apart with a space.
#[must_use]
pub fn in_comment(text: &str) -> Cow<'_, str> {
    let special = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    if !text.contains(special) && !text.contains("*/") && !text.contains("/*") {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '/' if safe.ends_with('*') => safe.push_str(" /"),
            '*' if safe.ends_with('/') => safe.push_str(" *"),
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            '\t' => safe.push_str("\\t"),
            c if special(c) => {
                let _ = write!(safe, "\\u{:04x}", u32::from(c));
            }
            c => safe.push(c),
        }
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_literal_or_comment() {
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(in_comment("a/b.sql"), "a/b.sql");
        assert_eq!(
            in_comment("x */ DROP\r\nTABLE /*/ t\u{2028}"),
            "x * / DROP\\r\\nTABLE / * / t\\u2028"
        );
    }
}
