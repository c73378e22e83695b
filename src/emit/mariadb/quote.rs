//! Quoting that means the same in every `sql_mode`: quotes are doubled, and there is no backslash.

/// What may stand for a backslash: the first that the text does not have.
const STAND_INS: &[char] = &['¬', '¦', '§', '¤', '¶', '‖', '∖', '⧵'];

/// A string literal of `text`, which holds no NUL.
pub(in crate::emit) fn literal(text: &str) -> String {
    if !text.contains('\\') {
        return crate::emit::text::literal(text);
    }
    let mut more = (0x2500..0xD000).filter_map(char::from_u32);
    let stand_in = STAND_INS
        .iter()
        .copied()
        .find(|letter| !text.contains(*letter))
        .or_else(|| more.find(|letter| !text.contains(*letter)))
        .unwrap_or('\u{E000}');
    let quoted = crate::emit::text::literal(&text.replace('\\', &stand_in.to_string()));
    format!("REPLACE({quoted}, '{stand_in}', CHAR(92 USING utf8mb4))")
}

/// An identifier in quotes.
pub(in crate::emit) fn ident(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_means_the_same_in_every_mode() {
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(
            literal("a\\b ¬'"),
            "REPLACE('a¦b ¬''', '¦', CHAR(92 USING utf8mb4))"
        );
    }
}
