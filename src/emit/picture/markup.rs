//! Foreign text (names, SQL) in XML and HTML, where it must not be more than text.

use std::fmt::Write as _;

/// `text` as character data or a value in double quotes, in XML as well as in HTML. What XML cannot
/// hold, what cannot be seen, and what turns the reading direction is shown by its number.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' => escaped.push('\n'),
            char if is_odd(char) => {
                let _ = write!(escaped, "⟨U+{:04X}⟩", u32::from(char));
            }
            char => escaped.push(char),
        }
    }
    escaped
}

/// Control characters, characters without a width, marks of the reading direction
/// (<https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters>), and what XML excludes
/// (<https://www.w3.org/TR/xml/#charsets>).
fn is_odd(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(
            char,
            '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}

/// JSON for a `<script>` element, whose text ends at `</script` and turns strange after `<!--`
/// (<https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements>).
/// In JSON a `<` is always in a string.
pub(super) fn json_in_script(json: &str) -> String {
    json.replace('<', "\\u003c")
}

/// How many columns a text takes in a font of fixed width, never too few.
pub(super) fn columns(text: &str) -> usize {
    // East Asian and other wide characters begin at U+1100.
    text.chars()
        .map(|char| if char < '\u{1100}' { 1 } else { 2 })
        .sum()
}

/// At most so many columns: the middle is left out, as file names differ most at their ends.
pub(super) fn shortened(text: &str, most: usize) -> String {
    // What is shown by its number would be wider than one character.
    let text: String = text
        .chars()
        .map(|char| if is_odd(char) { '\u{fffd}' } else { char })
        .collect();
    if columns(&text) <= most {
        return text;
    }
    let (mut start, mut end) = (String::new(), Vec::new());
    let mut room = most.saturating_sub(2);
    let mut left = text.chars();
    let mut from_start = true;
    while let Some(char) = if from_start {
        left.next()
    } else {
        left.next_back()
    } {
        let width = columns(char.encode_utf8(&mut [0; 4]));
        if width > room {
            break;
        }
        room -= width;
        if from_start {
            start.push(char);
        } else {
            end.push(char);
        }
        from_start = !from_start;
    }
    start.push('…');
    start.extend(end.into_iter().rev());
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_stays_text() {
        assert_eq!(
            escaped("</script><b a=\"'&\u{0}\u{202e}\u{ffff}é"),
            "&lt;/script&gt;&lt;b a=&quot;&#39;&amp;⟨U+0000⟩⟨U+202E⟩⟨U+FFFF⟩é"
        );
        assert_eq!(
            json_in_script(r#"["</script><!--"]"#),
            r#"["\u003c/script>\u003c!--"]"#
        );
    }

    #[test]
    fn long_names_lose_their_middle() {
        assert_eq!(shortened("a_short_name", 12), "a_short_name");
        assert_eq!(shortened("abcdefghijklmnop", 10), "abcd…mnop");
        assert_eq!(shortened("表表表表表表表表", 10), "表表…表表");
        assert_eq!(shortened("a\u{202e}b", 10), "a\u{fffd}b");
    }
}
