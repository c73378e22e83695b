//! `COPY … FROM stdin`: its data as INSERTs for clients that cannot send them, and a sink for data
//! that a skipped run must still read.

use std::fmt::Write as _;

use crate::dialect::Engine;
use crate::dialect::lex::TokenKind;
use crate::emit::words::{Words, significant};

/// How many rows one INSERT takes.
const BATCH: usize = 500;

/// A `COPY … FROM stdin` in the default text format.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target<'t> {
    /// The table and its column list as written.
    pub(super) into: &'t str,
}

/// Reads a COPY; none if it has options that change how its data are to be read.
pub(super) fn target(text: &str) -> Option<Target<'_>> {
    let mut words = Words::first(text, Engine::Postgres);
    words.eat(&["COPY"]);
    let start = words.offset();
    words.name()?;
    let mut end = start;
    let mut at = start;
    // The column list may be longer than what `Words::first` looks at.
    for token in significant(&text[start..], Engine::Postgres) {
        at = start + token.start as usize;
        if token.is_word(&text[start..], "FROM") {
            break;
        }
        end = start + token.end as usize;
    }
    let mut rest = Words::first(&text[at..], Engine::Postgres);
    let plain = rest.eat_all(&["FROM", "STDIN"])
        && (rest.at_end() || {
            rest.eat(&["WITH"]);
            rest.eat_kind(TokenKind::Open)
                && rest.eat_all(&["FORMAT", "TEXT"])
                && rest.eat_kind(TokenKind::Close)
                && rest.at_end()
        });
    plain.then(|| Target {
        into: &text[start..end],
    })
}

/// The INSERTs that store the same rows, each with the number of its first data line.
///
/// # Errors
/// The number of a line that no text of this encoding can stand for.
pub(super) fn inserts(target: &Target<'_>, data: &str) -> Result<Vec<(usize, String)>, usize> {
    let mut inserts: Vec<(usize, String)> = Vec::new();
    for (number, line) in data.split_terminator('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if number % BATCH == 0 {
            // COPY stores what it is given in identity columns too.
            let head = format!("INSERT INTO {} OVERRIDING SYSTEM VALUE VALUES", target.into);
            inserts.push((number, head));
        }
        let (_, insert) = inserts.last_mut().expect("one was just pushed");
        insert.push_str(if number % BATCH == 0 { "\n(" } else { ",\n(" });
        for (index, field) in line.split('\t').enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            if field == "\\N" {
                let _ = write!(insert, "{comma}NULL");
            } else {
                let value = decode(field).ok_or(number)?;
                let _ = write!(insert, "{comma}{}", crate::emit::text::literal(&value));
            }
        }
        insert.push(')');
    }
    Ok(inserts)
}

/// A field of COPY's text format; none if its escapes make bytes that are not UTF-8, or a NUL.
fn decode(field: &str) -> Option<String> {
    if !field.contains('\\') {
        return Some(field.to_owned());
    }
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let Some((&escape, after)) = rest.split_first() else {
            bytes.push(b'\\');
            break;
        };
        rest = after;
        match escape {
            b'b' => bytes.push(8),
            b'f' => bytes.push(12),
            b'n' => bytes.push(b'\n'),
            b'r' => bytes.push(b'\r'),
            b't' => bytes.push(b'\t'),
            b'v' => bytes.push(11),
            b'x' if rest.first().is_some_and(u8::is_ascii_hexdigit) => {
                bytes.push(number(&mut rest, 16, 2));
            }
            b'0'..=b'7' => {
                let mut from = &field.as_bytes()[field.len() - rest.len() - 1..];
                bytes.push(number(&mut from, 8, 3));
                rest = from;
            }
            other => bytes.push(other),
        }
    }
    (!bytes.contains(&0))
        .then(|| String::from_utf8(bytes).ok())
        .flatten()
}

/// Up to `most` digits; like the engine, it keeps the lowest eight bits.
fn number(rest: &mut &[u8], radix: u32, most: usize) -> u8 {
    let mut value = 0_u32;
    for _ in 0..most {
        let Some(digit) = rest
            .first()
            .and_then(|&byte| char::from(byte).to_digit(radix))
        else {
            break;
        };
        value = value * radix + digit;
        *rest = &rest[1..];
    }
    (value & 0xFF) as u8
}

/// A COPY that reads `data`, whatever they are, and stores nothing; none if every control character
/// occurs in them or their line ends are mixed, which the engine refuses in any format.
pub(super) fn sink(data: &str) -> Option<String> {
    let mut free = (1_u8..32)
        .filter(|byte| !matches!(byte, b'\t' | b'\n' | b'\r'))
        .filter(|&byte| !data.as_bytes().contains(&byte));
    let (delimiter, quote) = (free.next()?, free.next()?);
    let mut returns = 0;
    let mut feeds = 0;
    let mut pairs = 0;
    let mut before = 0;
    for &byte in data.as_bytes() {
        returns += usize::from(byte == b'\r');
        feeds += usize::from(byte == b'\n');
        pairs += usize::from(byte == b'\n' && before == b'\r');
        before = byte;
    }
    let one_kind = returns == 0 || (pairs == feeds && pairs == returns);
    one_kind.then(|| {
        format!(
            "COPY pg_temp.sqlstitch_sink FROM stdin (FORMAT csv, DELIMITER E'\\x{delimiter:02x}', QUOTE E'\\x{quote:02x}', ESCAPE E'\\x{quote:02x}') WHERE false"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_text_format_without_options_is_converted() {
        let into = |text| target(text).map(|target| target.into);
        assert_eq!(
            into("COPY s.t (a, \"b\") FROM stdin"),
            Some("s.t (a, \"b\")")
        );
        assert_eq!(into("copy t from STDIN with (format TEXT)"), Some("t"));
        assert_eq!(into("COPY t FROM stdin WITH CSV"), None);
        assert_eq!(into("COPY t FROM stdin (FORMAT csv)"), None);
        assert_eq!(into("COPY t FROM stdin WHERE a > 1"), None);
    }

    #[test]
    fn a_row_keeps_every_byte() {
        let target = Target { into: "t" };
        let data = "1\tit's\t\\N\r\n2\t\\\\x\\x41\\101\\n\t\r\n";
        let inserts = inserts(&target, data).expect("the data are text");
        assert_eq!(
            inserts,
            [(
                0,
                "INSERT INTO t OVERRIDING SYSTEM VALUE VALUES\n('1', 'it''s', NULL),\n('2', '\\xAA\n', '')"
                    .to_owned()
            )]
        );
        assert_eq!(super::inserts(&target, "a\n\\xff\n"), Err(1));
    }

    #[test]
    fn a_sink_uses_characters_that_the_data_have_not() {
        let sink = sink("a\u{1}b\n").expect("there are free characters");
        assert!(
            sink.contains("DELIMITER E'\\x02', QUOTE E'\\x03'"),
            "{sink}"
        );
        assert_eq!(super::sink("a\r\nb\n"), None);
    }
}
