//! The checksum of a patch: over what the engine sees, not over how it is laid out. The format is
//! written down in `docs/checksum.md`, because ledgers keep it.

use std::borrow::Cow;

use super::split::Split;
use super::statement::StatementKind;
use crate::dialect::lex::TokenKind;
use crate::source::{Checksum, ChecksumBuilder, Source};

/// The name of the algorithm, which a ledger stores beside the value.
pub const ALGORITHM: &str = "sha256-tokens-1";

/// The checksum of a split text.
#[must_use]
pub fn checksum(source: &Source, split: &Split) -> Checksum {
    let mut builder = ChecksumBuilder::default();
    for piece in split.pieces() {
        let statement = piece.statement;
        let kind = match statement.kind {
            StatementKind::Sql => "sql",
            StatementKind::ClientCommand => "client",
            StatementKind::CopyData => "data",
            StatementKind::BatchSeparator => "batch",
            StatementKind::Trivia => continue,
        };
        builder.part(kind.as_bytes());
        if statement.kind == StatementKind::CopyData {
            builder.part(with_line_feeds(source.slice(statement.body)).as_bytes());
        } else {
            for token in piece.body {
                if !token.is_trivia() || token.kind == TokenKind::VersionComment {
                    builder.part(with_line_feeds(token.text(&source.text)).as_bytes());
                }
            }
        }
        builder.part(b"");
    }
    builder.finish()
}

fn with_line_feeds(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Engine;
    use crate::read::split::split;
    use crate::source::{Sources, decode};

    fn of(text: &str) -> String {
        let mut sources = Sources::default();
        let text = decode(text.as_bytes()).expect("the text is UTF-8");
        let id = sources.add("a.sql", text);
        let source = sources.get(id);
        let split = split(source, Engine::Postgres.dialect());
        checksum(source, &split).to_string()
    }

    #[test]
    fn layout_does_not_count() {
        let one = of("SELECT a.b, 'x' FROM t WHERE c=-1;\nSELECT 2;");
        for same in [
            "\u{FEFF}-- requires: b\r\n\r\nSELECT a . b,'x'\tFROM t/* c */WHERE c = - 1 ; -- d\r\nSELECT 2",
            ";SELECT a.b, 'x' FROM t WHERE c=-1;;SELECT 2;\n;",
        ] {
            assert_eq!(of(same), one);
        }
    }

    #[test]
    fn what_the_engine_sees_counts() {
        let texts = [
            "SELECT a b;",
            "SELECT ab;",
            "SELECT A B;",
            "SELECT 'a b';",
            "SELECT 'a  b';",
            "SELECT 'a--b';",
            "DO $$ a $$;",
            "DO $$ a  $$;",
            "DO $$ a -- x\n $$;",
            "SELECT; a b;",
            "\\echo a",
            "\\echo  a",
            "COPY a FROM stdin;\na\n\\.\n",
            "COPY a FROM stdin;\n a\n\\.\n",
            "COPY a FROM stdin;",
            "",
        ];
        for (number, text) in texts.iter().enumerate() {
            for other in &texts[..number] {
                assert_ne!(of(text), of(other), "{text:?} and {other:?}");
            }
        }
    }

    #[test]
    fn line_ends_inside_texts_count_as_line_feeds() {
        assert_eq!(of("SELECT 'a\r\nb';"), of("SELECT 'a\nb';"));
        assert_ne!(of("SELECT 'a\rb';"), of("SELECT 'a\nb';"));
        assert_eq!(
            of("COPY a FROM stdin;\r\n1\r\n\\.\r\n"),
            of("COPY a FROM stdin;\n1\n\\.\n")
        );
    }

    /// Every example of the specification: a fenced text, and its value on a line after it.
    #[test]
    fn the_specification_s_examples_hold() {
        let document = include_str!("../../docs/checksum.md").replace("\r\n", "\n");
        let mut count = 0;
        for example in document.split("```sql\n").skip(1) {
            let (text, rest) = example.split_once("```").expect("the fence is closed");
            let text = text.strip_suffix('\n').expect("the fence starts a line");
            let value = rest
                .split('`')
                .find(|word| word.len() == 64)
                .expect("a value follows");
            assert_eq!(of(text), value, "{text}");
            count += 1;
        }
        assert!(count >= 4);
    }
}
