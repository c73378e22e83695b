//! The form for psql: statements are literals that `\gexec` sends one by one, so they can run
//! outside a transaction, and the data of a COPY stand as they are.
//!
//! `:'sqlstitch_was'` holds what `pg_temp.sqlstitch_due` has returned, and `:'sqlstitch_due'` whether
//! that was anything.

use std::fmt::Write as _;

use crate::emit::{Quoting, Script};
use crate::finding::{Code, Finding};
use crate::plan::PlannedPatch;

use super::alone::Doubt;
use super::any::{place, special};
use super::statement::Class;
use super::steps::{Step, Steps, first_line};
use super::{copy, quote, repeatable};

/// What holds while a patch runs.
const DUE: &str = ":'sqlstitch_due'";

/// From how many bytes on a list of statements is sent: on an error psql shows all of it.
const LIST: usize = 16 << 10;

/// On an error psql shows the statement it has sent, with its place in the patch. In blocks of the
/// other form the server does.
const SHOW: &str = "\\set ECHO errors\n";
const HIDE: &str = "\\set ECHO none\n";

/// Appends a patch in one transaction, its own or the script's.
pub(super) fn transaction(
    script: &mut Script,
    patch: &PlannedPatch,
    steps: &Steps<'_>,
    own: bool,
    findings: &mut Vec<Finding>,
) {
    let name = quote::literal(&patch.name);
    let begin = if own { "BEGIN;\n" } else { "" };
    let _ = writeln!(script, "{SHOW}{begin}{}", ask("sqlstitch_due", &name));
    let mut pending: Vec<Script> = Vec::new();
    for step in &steps.steps {
        if step.class == Class::CopyIn {
            send(script, &mut pending, DUE);
            copy_in(script, patch, step, DUE, findings);
        } else {
            pending.push(match special(patch, step) {
                Some(call) => dollar(&call.to_string()),
                None => text(patch, step),
            });
            if pending.iter().map(Script::size).sum::<usize>() > LIST {
                send(script, &mut pending, DUE);
            }
        }
    }
    send(script, &mut pending, DUE);
    done(script, &name, steps);
    if own {
        script.push_str("COMMIT;\n");
    }
    script.push_str(HIDE);
}

/// Appends a patch that runs outside a transaction, statement by statement.
pub(super) fn stepwise(
    script: &mut Script,
    patch: &PlannedPatch,
    steps: &Steps<'_>,
    findings: &mut Vec<Finding>,
) {
    let name = quote::literal(&patch.name);
    let _ = writeln!(script, "{SHOW}{}", ask("sqlstitch_begin", &name));
    for (index, step) in steps.steps.iter().enumerate() {
        let number = index + 1;
        let at = format!("pg_temp.sqlstitch_at({name}, {number})");
        let next = dollar(&format!("CALL pg_temp.sqlstitch_next({name}, {number})"));
        let text = text(patch, step);
        let begin = || dollar("BEGIN");
        let commit = || dollar("COMMIT");
        match &step.class {
            // Settings are made again where the patch is taken up in its middle.
            Class::Session => send(script, &mut vec![text, next], DUE),
            Class::Alone(doubt) => alone(script, patch, step, number, doubt),
            Class::CopyIn => {
                send(script, &mut vec![begin()], &at);
                copy_in(script, patch, step, &at, findings);
                send(script, &mut vec![next, commit()], &at);
            }
            _ => match repeatable::call(step, &place(patch, step.line)) {
                Some(call) if step.replaces => {
                    let call = dollar(&call.to_string());
                    let store = dollar("CALL pg_temp.sqlstitch_store()");
                    send(script, &mut vec![begin(), call, store, next, commit()], &at);
                }
                _ => send(script, &mut vec![begin(), text, next, commit()], &at),
            },
        }
    }
    done(script, &name, steps);
    script.push_str(HIDE);
}

/// A literal.
fn dollar(text: &str) -> Script {
    Script::from(quote::dollar(text))
}

/// The literal of a statement with its place.
fn text(patch: &PlannedPatch, step: &Step<'_>) -> Script {
    quote::dollar_around(&place(patch, step.line), step, "")
}

fn ask(function: &str, name: &str) -> String {
    format!(
        "SELECT coalesce(w::text, '{{}}') AS sqlstitch_was, w IS NOT NULL AS sqlstitch_due FROM pg_temp.{function}({name}) AS w \\gset"
    )
}

fn done(script: &mut Script, name: &str, steps: &Steps<'_>) {
    let _ = writeln!(
        script,
        "SELECT pg_temp.sqlstitch_done({name}, (:'sqlstitch_was')::pg_catalog.jsonb) AS sqlstitch_done \\gset"
    );
    if steps.may_make_temporary() {
        let _ = writeln!(
            script,
            "SELECT pg_temp.sqlstitch_forget() AS sqlstitch_done \\gset"
        );
    }
}

/// Appends what sends the literals in `texts` in order if `condition` holds, and empties it.
fn send(script: &mut Script, texts: &mut Vec<Script>, condition: &str) {
    if texts.is_empty() {
        return;
    }
    script.push_str("SELECT s FROM (VALUES\n");
    let count = texts.len();
    for (index, text) in texts.drain(..).enumerate() {
        let comma = if index + 1 < count { "," } else { "" };
        let _ = write!(script, "({}, ", index + 1);
        script.append(text);
        let _ = writeln!(script, "){comma}");
    }
    let _ = writeln!(script, ") AS v (i, s) WHERE {condition} ORDER BY i \\gexec");
}

/// Appends a COPY with its data, which psql reads whether the COPY is due or not.
fn copy_in(
    script: &mut Script,
    patch: &PlannedPatch,
    step: &Step<'_>,
    condition: &str,
    findings: &mut Vec<Finding>,
) {
    let data = step.data();
    let Some(sink) = copy::sink(data) else {
        findings.push(
            Finding::new(
                Code::Unsupported,
                format!("patch `{}` has data that a second run could not read over", patch.name),
            )
            .label(first_line(step), "")
            .note("the lines of the data end in different ways, or hold every control character")
            .help("end every line of the file with a line feed, and write line ends inside values as \\r and \\n in COPY's text format"),
        );
        return;
    };
    let _ = write!(script, "SELECT CASE WHEN {condition} THEN ");
    script.append(text(patch, step));
    let _ = writeln!(script, " ELSE {} END \\gexec", quote::dollar(&sink));
    if let Some(&data) = step.data.as_deref() {
        script.push_source(step.source, data, Quoting::Plain);
    }
    // The engine wants the end to end as the lines do.
    script.push_str(if data.ends_with("\r\n") {
        "\\.\r\n"
    } else {
        "\\.\n"
    });
}

/// Appends a statement that runs outside a transaction: its start is recorded before and its end
/// after it, and what an interrupted run has left is settled first.
fn alone(
    script: &mut Script,
    patch: &PlannedPatch,
    step: &Step<'_>,
    number: usize,
    doubt: &Doubt<'_>,
) {
    let name = quote::literal(&patch.name);
    let key = format!("{name}, {number}");
    let in_doubt = format!("pg_temp.sqlstitch_in_doubt({key})");
    let next = dollar(&format!("CALL pg_temp.sqlstitch_next({key})"));
    let place = quote::literal(&format!("{}:{}", patch.path, step.line));
    let settle = match doubt {
        Doubt::Again => None,
        Doubt::CreateIndex {
            index: Some(index),
            table,
        } => Some(format!(
            "SELECT s FROM pg_temp.sqlstitch_index({key}, {}, {}) AS s WHERE s IS NOT NULL AND {in_doubt} \\gexec",
            quote::literal(table),
            quote::literal(index)
        )),
        Doubt::DropIndex { index } => Some(format!(
            "SELECT {next} WHERE pg_catalog.to_regclass({}) IS NULL AND {in_doubt} \\gexec",
            quote::literal(index)
        )),
        Doubt::Detach { parent, child } => Some(format!(
            "SELECT s FROM pg_temp.sqlstitch_detach({key}, {}, {}) AS s WHERE {in_doubt} \\gexec",
            quote::literal(parent),
            quote::literal(child)
        )),
        Doubt::CreateIndex { index: None, .. } | Doubt::Ask { .. } => Some(format!(
            "SELECT {} WHERE {in_doubt} \\gexec",
            quote::dollar(&format!("SELECT pg_temp.sqlstitch_ask({key}, {place})"))
        )),
    };
    if let Some(settle) = settle {
        script.push_str(&settle);
        script.push('\n');
    }
    let at = format!("pg_temp.sqlstitch_at({key})");
    let started = dollar(&format!("CALL pg_temp.sqlstitch_started({key})"));
    let text = text(patch, step);
    let fails_whole = matches!(doubt, Doubt::DropIndex { .. } | Doubt::Ask { whole: true });
    if !fails_whole {
        send(script, &mut vec![started, text, next], &at);
        return;
    }
    // An error is told from an interruption, so that the next run tries again without asking.
    let _ = writeln!(script, "SELECT {started} WHERE {at} \\gexec");
    let _ = writeln!(script, "\\set ON_ERROR_STOP off");
    let _ = writeln!(script, "SELECT {text} WHERE {at} \\gexec");
    let _ = writeln!(script, "\\set ON_ERROR_STOP on\n\\if :ERROR");
    let _ = writeln!(script, "CALL pg_temp.sqlstitch_failed({key});");
    let message = quote::literal(&format!(
        "statement {number} of patch \"{}\" ({}:{}) failed",
        patch.name, patch.path, step.line
    ));
    let _ = writeln!(
        script,
        "DO $sqlstitch$ BEGIN RAISE EXCEPTION USING MESSAGE = {message}; END $sqlstitch$;\n\\endif"
    );
    let _ = writeln!(script, "SELECT {next} WHERE {at} \\gexec");
}
