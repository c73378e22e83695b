//! Dot commands of the shells of SQLite and DuckDB (`src/shell.c.in`, `process_input`): a line that
//! starts with `.` while no statement has begun. A line that starts with `#` there is a comment.

use super::Splitter;
use crate::dialect::lex::TokenKind;
use crate::read::statement::StatementKind;

pub(super) fn take(splitter: &mut Splitter<'_>) -> bool {
    if splitter.code.is_some() || !splitter.at_line_start() {
        return false;
    }
    let line = splitter.line();
    let length = line.trim_end().len();
    match line.as_bytes().first() {
        Some(b'.') => splitter.take_line(
            StatementKind::ClientCommand,
            TokenKind::ClientCommand,
            length,
            false,
        ),
        Some(b'#') => splitter.take_comment(length),
        _ => return false,
    }
    true
}
