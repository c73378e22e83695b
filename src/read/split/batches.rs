//! sqlcmd: a batch is everything up to `GO` on a line of its own; `:command` and `!!command` lines.

use super::Splitter;
use crate::dialect::lex::TokenKind;
use crate::read::statement::StatementKind;

pub(super) fn take(splitter: &mut Splitter<'_>) -> bool {
    if !splitter.line_is_blank {
        return false;
    }
    let line = splitter.line();
    match line.as_bytes() {
        [b'g' | b'G', b'o' | b'O', ..] => {
            let Some(length) = go_length(line) else {
                return false;
            };
            splitter.take_line(
                StatementKind::BatchSeparator,
                TokenKind::Delimiter,
                length,
                false,
            );
        }
        [b':', b'a'..=b'z' | b'A'..=b'Z', ..] | [b'!', b'!', ..] => splitter.take_line(
            StatementKind::ClientCommand,
            TokenKind::ClientCommand,
            line.trim_end().len(),
            false,
        ),
        _ => return false,
    }
    true
}

/// The length of `GO` or `GO 5`, if nothing but a comment follows on its line.
fn go_length(line: &str) -> Option<usize> {
    let after = &line[2..];
    let count = after.trim_start();
    let blank = after.len() - count.len();
    let digits = count
        .find(|char: char| !char.is_ascii_digit())
        .unwrap_or(count.len());
    let rest = count[digits..].trim_start();
    let separated = blank > 0 || digits == 0;
    let ends = rest.is_empty() || rest.starts_with("--");
    (separated && ends).then_some(if digits > 0 { 2 + blank + digits } else { 2 })
}
