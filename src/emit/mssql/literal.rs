//! Foreign text in a script that sqlcmd and SSMS read line by line: they cut it at `GO`, take commands
//! and put in variables wherever these stand, in literals and comments as well.

use crate::emit::{Quoting, Script};
use crate::source::{Source, Span};

/// Words with which a line is sqlcmd's own.
const COMMANDS: &[&str] = &["go", "exit", "quit", "reset", "ed", "list"];

/// A short literal of `text`: an expression where it has to be broken.
pub(super) fn literal(text: &str) -> String {
    let parts: Vec<String> = pieces(text)
        .map(|piece| format!("N'{}'", piece.replace('\'', "''")))
        .collect();
    parts.join(" + ")
}

/// `text` for a comment, in which sqlcmd must find no variable.
pub(super) fn comment(text: &str) -> String {
    text.replace("$(", "$ (")
}

/// Appends the text under `span` to the variable `@sqlstitch`, in as many statements as it takes.
pub(super) fn append(script: &mut Script, source: &Source, span: Span) {
    let mut start = span.start;
    for piece in pieces(source.slice(span)) {
        let end = start + piece.len() as u32;
        script.push_str("    SET @sqlstitch += N'");
        let piece = Span::new(span.source, start, end);
        script.push_source(source, piece, Quoting::Doubled);
        script.push_str("';\n");
        start = end;
    }
}

/// The text in pieces, none of which has within it
/// - a line that sqlcmd takes for its own,
/// - `$(`, for which sqlcmd puts in a variable,
/// - `\` at the end of a line, with which a literal goes on without the line end.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    let mut done = false;
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let (piece, after) = rest.split_at(first_break(rest).unwrap_or(rest.len()));
        rest = after;
        done = rest.is_empty();
        Some(piece)
    })
}

fn first_break(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut from = 1;
    while from < bytes.len() {
        let found = bytes[from - 1..]
            .iter()
            .position(|byte| matches!(byte, b'$' | b'\\' | b'\n' | b'\r'))?;
        let at = from + found;
        let breaks = match bytes[at - 1] {
            b'$' => bytes.get(at) == Some(&b'('),
            b'\\' => matches!(bytes.get(at), Some(b'\n' | b'\r')),
            _ => is_command(&text[at..]),
        };
        if breaks {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// Whether sqlcmd takes the line that begins here for a command of its own.
fn is_command(text: &str) -> bool {
    let line = text.split(['\n', '\r']).next().unwrap_or_default();
    let line = line.trim_start();
    let word = line
        .find(|letter: char| !letter.is_ascii_alphabetic())
        .map_or(line, |end| &line[..end]);
    line.starts_with(':')
        || line.starts_with("!!")
        || COMMANDS
            .iter()
            .any(|command| word.eq_ignore_ascii_case(command))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sqlcmd_would_see_is_taken_apart() {
        for (text, expected) in [
            ("it's", vec!["it's"]),
            ("", vec![""]),
            ("GO", vec!["GO"]),
            ("a\nGO\nb", vec!["a\n", "GO\nb"]),
            (
                "a\r\n go 5 -- x\nGOTO x",
                vec!["a\r\n", " go 5 -- x\nGOTO x"],
            ),
            ("$(x) $$(y)$", vec!["$", "(x) $$", "(y)$"]),
            ("a\\\nb\\\r\nc\\", vec!["a\\", "\nb\\", "\r\nc\\"]),
            ("a\n:r x\n!!dir\n::", vec!["a\n", ":r x\n", "!!dir\n", "::"]),
            ("ü\nquit", vec!["ü\n", "quit"]),
        ] {
            assert_eq!(pieces(text).collect::<Vec<_>>(), expected, "{text:?}");
        }
        assert_eq!(literal("a'$(b)"), "N'a''$' + N'(b)'");
    }
}
