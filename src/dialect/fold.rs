//! How an identifier in the text becomes the name that the engine compares.

use super::Dialect;
use crate::name::Ident;

/// What an engine does to the letters of an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// Compared as written.
    Keep,
    /// ASCII letters are compared without case (PostgreSQL's `downcase_identifier` in UTF-8,
    /// SQLite, and the case-insensitive collations of the others as far as ASCII goes).
    AsciiLower,
}

impl Fold {
    fn apply(self, text: &str) -> String {
        match self {
            Self::Keep => text.to_owned(),
            Self::AsciiLower => text.to_ascii_lowercase(),
        }
    }
}

pub(super) fn ident(dialect: &Dialect, text: &str) -> Ident {
    let (fold, content) = match text.as_bytes() {
        [b'"', .., b'"'] if text.len() >= 2 => (dialect.fold_quoted, inner(text, "\"")),
        [b'`', .., b'`'] if text.len() >= 2 => (dialect.fold_quoted, inner(text, "`")),
        [b'[', .., b']'] => (dialect.fold_quoted, inner(text, "]")),
        [b'u' | b'U', b'&', b'"', ..] => (dialect.fold_quoted, inner(&text[2..], "\"")),
        _ => (dialect.fold, text.to_owned()),
    };
    Ident::folded(cut(dialect, fold.apply(&content)))
}

pub(super) fn verbatim(dialect: &Dialect, text: &str) -> Ident {
    Ident::folded(cut(dialect, dialect.fold_quoted.apply(text)))
}

/// The text between the quotes, with doubled closing quotes single.
fn inner(text: &str, quote: &str) -> String {
    text[1..text.len() - 1].replace(&quote.repeat(2), quote)
}

/// Cut to the engine's length at a character's boundary, as PostgreSQL does in its `truncate_identifier`.
fn cut(dialect: &Dialect, mut name: String) -> String {
    if let Some(limit) = dialect.identifier_bytes
        && name.len() > limit
    {
        name.truncate(name.floor_char_boundary(limit));
    }
    name
}

#[cfg(test)]
mod tests {
    use crate::dialect::Engine;

    #[test]
    fn postgres_folds_unquoted_names_only_and_cuts_at_63_bytes() {
        let dialect = Engine::Postgres.dialect();
        assert_eq!(dialect.ident("Orders"), "orders");
        assert_eq!(dialect.ident("\"Or\"\"ders\""), "Or\"ders");
        assert_eq!(dialect.ident(&"é".repeat(40)), "é".repeat(31).as_str());
    }

    #[test]
    fn sqlite_compares_every_name_without_case() {
        let dialect = Engine::Sqlite.dialect();
        for text in ["Orders", "\"oRders\"", "`ORDERS`", "[orders]"] {
            assert_eq!(dialect.ident(text), "orders");
        }
    }
}
