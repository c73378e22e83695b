//! Text under another character set. The client would send a file's bytes as they are, whatever
//! `SET NAMES` says; the script's literals are utf8mb4, and the server converts them to
//! `character_set_client` before it runs them: letters that this set does not have would become `?`.
//! <https://mariadb.com/kb/en/setting-character-sets-and-collations/>

use super::patch::first_line;
use crate::dialect::lex::TokenKind;
use crate::emit::words::Words;
use crate::finding::{Code, Finding};
use crate::plan::PlannedPatch;
use crate::source::{Source, Span};

/// The character set of what a patch sends, as its statements have set it so far.
#[derive(Debug, Default)]
pub(super) struct Charset {
    set: Option<(Span, String)>,
    is_told: bool,
}

impl Charset {
    /// Takes note of a statement; a finding for the first one with a letter that would be lost.
    pub(super) fn see(
        &mut self,
        words: &Words<'_>,
        patch: &PlannedPatch,
        source: &Source,
        span: Span,
    ) -> Option<Finding> {
        if let Some(charset) = charset_of(words) {
            self.set = Some((span, charset));
            return None;
        }
        let (setting, charset) = self.set.as_ref().filter(|_| !self.is_told)?;
        let mut letters = source.slice(span).chars();
        let letter = letters.find(|letter| !has(charset, *letter))?;
        self.is_told = true;
        let title = format!(
            "patch `{}` has the letter {letter:?} under a character set that may not have it",
            patch.name
        );
        Some(
            Finding::new(Code::Unsupported, title)
                .label(first_line(source, span), "here")
                .label(first_line(source, *setting), "sets the character set")
                .note("the file is UTF-8, and the server would store `?` for what the set has not")
                .help("write SET NAMES utf8mb4, or leave it out: it is what the script uses"),
        )
    }
}

/// The character set that a `SET` chooses for what the client sends, in lower case; that of the script
/// where it goes back to what was saved.
fn charset_of(words: &Words<'_>) -> Option<String> {
    let mut words = words.clone();
    if !words.eat(&["SET"]) {
        return None;
    }
    let mut found = None;
    loop {
        let mut item = words.clone();
        // Also as @@SESSION.name, which may be one token or three.
        let is_prefix = |text: &str| {
            let word = text.trim_start_matches('@').to_ascii_lowercase();
            !text.is_empty() && ["", ".", "session", "local"].contains(&word.as_str())
        };
        while is_prefix(item.text()) {
            item.skip();
        }
        let written = item.text().trim_start_matches('@').to_ascii_lowercase();
        let name = written.rsplit('.').next().unwrap_or_default();
        let is_set = item.eat_all(&["CHARACTER", "SET"]) || item.eat(&["CHARSET", "NAMES"]);
        let is_variable = [
            "character_set_client",
            "character_set_connection",
            "collation_connection",
        ]
        .contains(&name);
        if is_variable {
            item.skip();
            while ["=", ":", ":="].contains(&item.text()) {
                item.skip();
            }
        }
        if is_set || is_variable {
            let value = item.text().trim_matches(['\'', '"', '`']);
            found = Some(
                if value.starts_with('@') || value.eq_ignore_ascii_case("default") {
                    "utf8mb4".to_owned()
                } else {
                    value.to_ascii_lowercase()
                },
            );
        }
        words.skip_item();
        if !words.eat_kind(TokenKind::Comma) {
            return found;
        }
    }
}

/// Whether a character set, or the one of a collation, surely has the letter.
fn has(charset: &str, letter: char) -> bool {
    let last = match charset.split('_').next().unwrap_or_default() {
        "utf8mb4" | "binary" => char::MAX,
        "utf8" | "utf8mb3" => '\u{ffff}',
        // Windows' letters between U+0080 and U+009F are left to utf8mb4.
        "latin1" => return letter.is_ascii() || ('\u{a0}'..='\u{ff}').contains(&letter),
        _ => '\u{7f}',
    };
    letter <= last
}

#[cfg(test)]
mod tests {
    use super::super::reading::Reading;
    use super::*;
    use crate::dialect::Engine;

    #[test]
    fn what_sets_the_character_set_of_the_text() {
        for (text, expected) in [
            ("SET NAMES latin1", Some("latin1")),
            ("/*!40101 SET NAMES utf8 */", Some("utf8")),
            ("set character set 'koi8r'", Some("koi8r")),
            (
                "SET sql_mode = '', character_set_client = cp1250",
                Some("cp1250"),
            ),
            (
                "SET @@session.collation_connection = latin1_bin",
                Some("latin1_bin"),
            ),
            (
                "SET character_set_client = @saved_cs_client",
                Some("utf8mb4"),
            ),
            ("SET NAMES DEFAULT", Some("utf8mb4")),
            ("SET @a = 'character_set_client'", None),
            ("SELECT 'NAMES'", None),
        ] {
            let words = Reading::new(Engine::Mariadb).words(text);
            assert_eq!(charset_of(&words).as_deref(), expected, "{text}");
        }
        assert!(has("utf8mb4_bin", '😀') && !has("utf8", '😀') && has("utf8", '漢'));
        assert!(has("latin1", 'é') && !has("latin1", '€') && !has("latin2", 'ł'));
    }
}
