//! Names that are shown: on one line, and so that nothing in them acts on what is around them.

use std::borrow::Cow;

/// Whether a character does something to a text rather than stands in it: control characters, line
/// separators and marks of the reading direction
/// (<https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters>).
#[must_use]
pub fn acts(char: char) -> bool {
    char.is_control()
        || matches!(
            char,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

/// The text with such characters escaped.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        if acts(char) {
            escaped.extend(char.escape_default());
        } else {
            escaped.push(char);
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_escaped_and_all_else_stays() {
        for text in ["it's \"a\" \\ b", "Straße 東京", "👩\u{200d}💻"] {
            assert_eq!(visible(text), text);
        }
        assert_eq!(
            visible("a\nb\u{1b}[31m\u{202e}c\u{2028}"),
            "a\\nb\\u{1b}[31m\\u{202e}c\\u{2028}"
        );
    }
}
