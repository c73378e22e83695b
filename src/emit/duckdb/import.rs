//! Which steps are imported together, and which in parts.
//!
//! An import costs more than a small step, so that small ones share it: each is a transaction of its own
//! all the same. And DuckDB parses all that it imports at once, in much more than ten times the time for
//! ten times the text: large steps are imported in parts.
//!
//! The import itself commits, as the last thing that a step does; the script only rolls back what has not
//! come that far: not every error ends a transaction, and a COMMIT behind it would keep half a step. So
//! where two steps share an import, the later one need not ask whether the other is applied.

use std::fmt::Write as _;

use super::body;
use super::step::Step;
use crate::emit::text::{ident, literal};
use crate::emit::{Script, banner};
use crate::plan::{Plan, PlannedPatch};
use crate::source::{Source, Sources};

/// How many steps share an import, at most.
const STEPS: usize = 25;

/// How many bytes of text an import has, about.
const BYTES: u32 = 50_000;

/// Runs the file that was just written.
const IMPORT: &str = "PRAGMA import_database(getvariable('sqlstitch_directory'));\n";

/// What an import ends with: nothing has failed.
pub(super) const DONE: &str = "'SET VARIABLE sqlstitch_at = NULL;'";

/// Where the file is.
const TO_FILE: &str = "TO (getvariable('sqlstitch_file')) (FORMAT blob);\n";

/// A step in its place.
pub(super) struct Placed<'p> {
    /// The place of its patch in the plan.
    pub(super) index: usize,
    /// Its own number in the script, from 1.
    pub(super) number: usize,
    pub(super) patch: &'p PlannedPatch,
    pub(super) step: &'p Step,
    pub(super) source: &'p Source,
}

impl Placed<'_> {
    fn size(&self) -> u64 {
        let pieces = &self.patch.statements[self.step.pieces.clone()];
        match (pieces.first(), pieces.last()) {
            (Some(first), Some(last)) => u64::from(last.span.end - first.span.start),
            _ => 0,
        }
    }

    /// Whether it may share an import: a text that cannot be parsed would take the others along.
    fn is_sociable(&self) -> bool {
        self.patch.is_parsed && self.step.ends.is_empty() && self.step.attached.is_empty()
    }

    fn banner(&self, script: &mut Script, plan: &Plan, sources: &Sources) {
        if self.step.statements.start == 0 {
            script.push('\n');
            script.push_str(&banner::patch(plan, self.index, sources));
        }
    }

    fn body(&self, script: &mut Script) {
        body::push(script, self.patch, self.step, self.source, None);
    }

    /// Writes it to the table of the steps that run together at the end.
    pub(super) fn push_for_later(&self, script: &mut Script, plan: &Plan, sources: &Sources) {
        self.banner(script, plan, sources);
        let _ = write!(
            script,
            "INSERT INTO temp.sqlstitch_script SELECT {},",
            self.number
        );
        self.body(script);
        let tail = body::tail(self.number, self.step);
        let _ = writeln!(script, ", {};", tail.as_deref().unwrap_or("''"));
    }
}

/// Writes steps, as they come, into as few imports as may be.
pub(super) struct Imports<'p> {
    pub(super) plan: &'p Plan,
    pub(super) sources: &'p Sources,
    /// Those that wait for more to share their import.
    pub(super) waiting: Vec<Placed<'p>>,
}

impl<'p> Imports<'p> {
    pub(super) fn add(&mut self, script: &mut Script, placed: Placed<'p>) {
        let all = || self.waiting.iter().chain([&placed]);
        let fits = all().count() <= STEPS
            && all().map(Placed::size).sum::<u64>() <= u64::from(BYTES)
            && all().all(Placed::is_sociable);
        if !fits {
            self.finish(script);
        }
        self.waiting.push(placed);
    }

    /// Writes what waits.
    pub(super) fn finish(&mut self, script: &mut Script) {
        match std::mem::take(&mut self.waiting).as_slice() {
            [] => {}
            [placed] => {
                placed.banner(script, self.plan, self.sources);
                push_one(script, placed);
            }
            several => self.push_several(script, several),
        }
    }

    fn push_several(&self, script: &mut Script, several: &[Placed<'p>]) {
        let _ = write!(
            script,
            "\nBEGIN TRANSACTION;\nCOPY (SELECT encode(coalesce(string_agg(CASE WHEN before = step - 1 THEN '' ELSE opening END || body || closing, '' ORDER BY step) || {DONE}, ''))\n  FROM (SELECT *, lag(step) OVER (ORDER BY step) AS before FROM temp.sqlstitch_due JOIN (VALUES",
        );
        for (place, placed) in several.iter().enumerate() {
            script.push_str(if place == 0 { "\n" } else { ",\n" });
            placed.banner(script, self.plan, self.sources);
            let _ = write!(script, "({},", placed.number);
            placed.body(script);
            script.push(')');
        }
        let _ = writeln!(
            script,
            ") AS text (step, body) USING (step))) {TO_FILE}{IMPORT}ROLLBACK;"
        );
    }
}

fn push_one(script: &mut Script, placed: &Placed<'_>) {
    let Placed {
        number,
        patch,
        step,
        source,
        ..
    } = placed;
    script.push_str("BEGIN TRANSACTION;\nCOPY (SELECT encode(opening ||");
    let next = |parts| next_part(*number, parts);
    let parts = body::push(script, patch, step, source, Some((BYTES, &next)));
    let tail = body::tail(*number, step).map_or(String::new(), |tail| format!(" || {tail}"));
    let end = end_of_part(parts);
    let _ = writeln!(
        script,
        "{tail} || closing || {DONE}{end}) FROM temp.sqlstitch_due WHERE step = {number}) {TO_FILE}{IMPORT}ROLLBACK;"
    );
    script.push_str(&detach(*number, step));
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
