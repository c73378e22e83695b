//! A step's import, in parts where it is large: DuckDB parses all that it imports at once, in much more than
//! ten times the time for ten times the text.
//!
//! A part that cannot be parsed does not end the transaction. So each part is written only if the one before it
//! has run to its end, and before the COMMIT stands an error for the case that the last one has not.

use std::fmt::Write as _;

use super::body;
use super::step::Step;
use crate::emit::Script;
use crate::emit::text::{ident, literal};
use crate::plan::PlannedPatch;
use crate::source::Source;

/// How many bytes of text an import has, about.
const BYTES: u32 = 50_000;

/// Runs the file that was just written.
const IMPORT: &str = "PRAGMA import_database(getvariable('sqlstitch_directory'));\n";

/// What an import ends with: nothing has failed.
pub(super) const DONE: &str = "'SET VARIABLE sqlstitch_at = NULL;'";

/// Where the file is.
const TO_FILE: &str = "TO (getvariable('sqlstitch_file')) (FORMAT blob);\n";

/// Writes one step, a transaction of its own.
pub(super) fn push(
    script: &mut Script,
    number: usize,
    (patch, step): (&PlannedPatch, &Step),
    source: &Source,
) {
    script.push_str("BEGIN TRANSACTION;\nCOPY (SELECT encode(opening ||");
    let next = |parts| next_part(number, parts);
    let parts = body::push(script, patch, step, source, Some((BYTES, &next)));
    let tail = body::tail(number, step).map_or(String::new(), |tail| format!(" || {tail}"));
    let (end, guard) = match parts {
        0 => (String::new(), String::new()),
        _ => (
            format!(" || 'SET VARIABLE sqlstitch_part = ''{number}.end'';' ELSE '' END"),
            format!(
                "SET VARIABLE sqlstitch_part = CASE WHEN getvariable('sqlstitch_part') <> '{number}.end' AND starts_with(getvariable('sqlstitch_part'), '{number}.') THEN error('a part of the patch cannot be read, so nothing of it stays') ELSE '' END;\n"
            ),
        ),
    };
    let _ = writeln!(
        script,
        "{tail} || closing || {DONE}{end}) FROM temp.sqlstitch_due WHERE step = {number}) {TO_FILE}{IMPORT}{guard}COMMIT;"
    );
    script.push_str(&detach(number, step));
}

/// Ends a part of a large text and begins the next one, which is written if that one has run to its end:
/// after an error a shell goes on, and the transaction may, too.
fn next_part(number: usize, parts: usize) -> String {
    let end = end_of_part(parts - 1);
    format!(
        "
SET VARIABLE sqlstitch_part = ''{number}.{parts}'';
'{end}) FROM temp.sqlstitch_due WHERE step = {number}) {TO_FILE}{IMPORT}COPY (SELECT encode(CASE WHEN getvariable('sqlstitch_part') = '{number}.{parts}' THEN
'"
    )
}

/// What ends a part with so many before it.
fn end_of_part(parts: usize) -> &'static str {
    match parts {
        0 => "",
        _ => " ELSE '' END",
    }
}

/// Detaches what a step has attached, which DuckDB does only when its transaction has ended.
fn detach(number: usize, step: &Step) -> String {
    if step.attached.is_empty() {
        return String::new();
    }
    let names = step.attached.iter().map(|name| ident(name));
    let names: Vec<String> = names
        .map(|name| format!("DETACH DATABASE IF EXISTS {name};"))
        .collect();
    format!(
        "COPY (SELECT encode(CASE WHEN getvariable('sqlstitch_ran') = {number} THEN {} ELSE '' END)) {TO_FILE}{IMPORT}",
        literal(&names.join(" "))
    )
}
