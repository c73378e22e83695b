//! psql's backslash commands, by its manual page and `src/fe_utils/psqlscan.l`,
//! `src/bin/psql/psqlscanslash.l`.

use super::{Splitter, copy};
use crate::dialect::lex::{Token, TokenKind};
use crate::read::statement::StatementKind;

/// Commands that send, or throw away, what has been typed so far.
const ENDING: &[&str] = &[
    "g",
    "gx",
    "gset",
    "gexec",
    "gdesc",
    "crosstabview",
    "watch",
    "r",
    "reset",
    "sendpipeline",
    "parse",
];

/// Commands whose argument is the whole line, `\\` included.
const WHOLE_LINE: &[&str] = &[
    "!", "copy", "h", "help", "ef", "ev", "sf", "sv", "sf+", "sv+",
];

/// Takes what starts with this backslash.
pub(super) fn take(splitter: &mut Splitter<'_>, token: Token) {
    splitter.go_to(token.start);
    match splitter.rest().as_bytes().get(1) {
        Some(b';') => splitter.take_delimiter(2),
        // `\:` is a colon that is no variable's.
        Some(b':') => {
            splitter.go_to(token.end);
            splitter.push_code(token);
        }
        _ => command(splitter),
    }
}

fn command(splitter: &mut Splitter<'_>) {
    let line = splitter.line();
    let name_length = line[1..]
        .find(|char: char| char.is_whitespace() || char == '\\')
        .unwrap_or(line.len() - 1);
    let name = &line[1..=name_length];
    let separator = if WHOLE_LINE.contains(&name) {
        None
    } else {
        find_separator(line, 1 + name_length)
    };
    let ends = ENDING.contains(&name);
    let announced = ends && splitter.copies.statement_ends();
    let copies = match name {
        "copy" => reads_stdin(splitter, line),
        "r" | "reset" => false,
        _ => announced,
    };
    let length = separator.unwrap_or_else(|| line.trim_end().len());
    let blocks = splitter.blocks;
    splitter.take_line(
        StatementKind::ClientCommand,
        TokenKind::ClientCommand,
        length,
        separator.is_some(),
    );
    if ends {
        splitter.blocks.reset();
    } else {
        splitter.blocks = blocks;
    }
    if copies {
        let at = splitter.at();
        splitter.copies.look_ahead_at_line(splitter.text, at);
        copy::take(splitter);
    }
}

/// Where `\\` ends the command's arguments, after it.
fn find_separator(line: &str, from: usize) -> Option<usize> {
    let bytes = line.as_bytes();
    let mut quote = None;
    let mut at = from;
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (None, b'\\') if bytes.get(at + 1) == Some(&b'\\') => return Some(at + 2),
            (None, byte @ (b'\'' | b'"' | b'`')) => quote = Some(byte),
            (Some(b'\''), b'\\') => at += 1,
            (Some(open), byte) if byte == open => quote = None,
            _ => {}
        }
        at += 1;
    }
    None
}

/// Whether a `\copy` reads the lines after it.
fn reads_stdin(splitter: &Splitter<'_>, line: &str) -> bool {
    let tokens: Vec<Token> = crate::dialect::lex::lex(line, splitter.lexer.rules())
        .into_iter()
        .filter(|token| !token.is_trivia())
        .collect();
    tokens
        .windows(2)
        .any(|pair| pair[0].is_word(line, "FROM") && pair[1].is_word(line, "STDIN"))
}
