//! The client of MySQL and MariaDB (`client/mysql.cc`): `DELIMITER`, lines that are commands, `\g`
//! and `\G`.

use super::Splitter;
use crate::dialect::Shell;
use crate::dialect::lex::{Token, TokenKind};
use crate::read::statement::StatementKind;

/// Commands that are a line of their own and change what the client shows, nothing else.
pub const DISPLAY_COMMANDS: &[&str] = &[
    "nopager",
    "notee",
    "nowarning",
    "pager",
    "prompt",
    "rehash",
    "tee",
    "warnings",
];

/// The others, besides `DELIMITER`, that are a line of their own and go to no server.
const COMMANDS: &[&str] = &["charset", "source", "system"];

pub(super) fn take(splitter: &mut Splitter<'_>) -> bool {
    if let Some(delimiter) = splitter.delimiter
        && splitter.rest().starts_with(delimiter)
        && !joins_word(splitter.text, splitter.at() as usize, delimiter)
    {
        splitter.take_delimiter(delimiter.len());
        return true;
    }
    splitter.line_is_blank
        && splitter.code.is_none()
        && (take_loose_comment(splitter) || take_command(splitter))
}

/// Where a statement may start, the client drops a line that starts with `--` even if no blank
/// follows, which the server would read as two minus signs.
fn take_loose_comment(splitter: &mut Splitter<'_>) -> bool {
    let line = splitter.line();
    let takes = line.starts_with("--");
    if takes {
        splitter.take_comment(line.len());
    }
    takes
}

fn take_command(splitter: &mut Splitter<'_>) -> bool {
    let rest = splitter.rest();
    if !rest.starts_with(|char: char| char.is_ascii_alphabetic() || char == '\\') {
        return false;
    }
    let line = splitter.line().trim_end();
    let (name, argument) = line
        .split_once(|char: char| char.is_whitespace())
        .unwrap_or((line, ""));
    let is = |command: &&str| name.eq_ignore_ascii_case(command);
    if is(&"use") {
        // The client takes `USE db` without a delimiter.
        splitter.ends_with_line = !line.contains(splitter.delimiter.unwrap_or(";"));
        return false;
    }
    if is(&"delimiter") {
        let argument = argument.split_whitespace().next().unwrap_or(";");
        let argument = argument.trim_matches(['\'', '"', '`']);
        splitter.delimiter = (!matches!(argument, "" | ";")).then_some(argument);
    } else if !(DISPLAY_COMMANDS.iter().chain(COMMANDS).any(is) || name == "\\.") {
        return false;
    }
    splitter.take_line(
        StatementKind::ClientCommand,
        TokenKind::ClientCommand,
        line.len(),
        false,
    );
    true
}

/// Whether this backslash starts `\g` or `\G`, which end a statement.
pub(super) fn is_go(splitter: &Splitter<'_>, token: Token) -> bool {
    splitter.shell == Shell::Delimiters
        && matches!(
            splitter.text.as_bytes().get(token.end as usize),
            Some(b'g' | b'G')
        )
}

/// Where in a token's text the delimiter starts, if it stands inside: `END$$`, `1//`.
pub(super) fn find_inside(splitter: &Splitter<'_>, token: &Token) -> Option<usize> {
    let delimiter = splitter.delimiter?;
    let text = token.text(splitter.text);
    let quoted = matches!(token.kind, TokenKind::String | TokenKind::QuotedIdent)
        || token.kind == TokenKind::Param && text.ends_with('`');
    if quoted || delimiter.starts_with(|char: char| char.is_alphanumeric()) {
        return None;
    }
    text.find(delimiter).filter(|&at| at > 0)
}

/// A delimiter that is a word counts only as a whole word.
fn joins_word(text: &str, at: usize, delimiter: &str) -> bool {
    let letter = |char: char| char.is_alphanumeric() || char == '_';
    delimiter.starts_with(letter)
        && (text[..at].ends_with(letter) || text[at + delimiter.len()..].starts_with(letter))
}
