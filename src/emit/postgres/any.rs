//! The form for any client: one DO block per patch, one EXECUTE of a literal per statement.

use std::fmt::Write as _;

use crate::emit::Script;
use crate::emit::text::in_comment;
use crate::finding::{Code, Finding};
use crate::plan::{Plan, PlannedPatch};

use super::statement::Class;
use super::steps::{Step, Steps, first_line};
use super::template::applied;
use super::{LARGE, copy, quote};

/// Appends the block for `patch`, or findings for what it cannot hold.
pub(super) fn patch(
    script: &mut Script,
    plan: &Plan,
    patch: &PlannedPatch,
    steps: &Steps<'_>,
    findings: &mut Vec<Finding>,
) {
    if patch.no_transaction {
        let whole = crate::source::Span::new(patch.source, 0, 0);
        findings.push(unsupported(patch, "commit statement by statement").label(whole, ""));
    }
    if steps.size() > LARGE {
        let title = format!(
            "patch `{}` is {} MiB in size",
            patch.name,
            steps.size() >> 20
        );
        findings.push(
            Finding::new(Code::LargePatch, title)
                .note("the server holds a patch several times while it runs it in one block")
                .help("--client native sends it statement by statement"),
        );
    }
    let mut executes = Vec::new();
    for step in &steps.steps {
        match step.class {
            Class::Alone(_) => findings.push(
                unsupported(patch, "run this outside a transaction").label(first_line(step), ""),
            ),
            Class::CopyOut => findings
                .push(unsupported(patch, "send data to the client").label(first_line(step), "")),
            Class::CopyIn => inserts(patch, step, &mut executes, findings),
            Class::SelectInto => {
                executes.push(execute(&format!(
                    "{}\n;SELECT",
                    with_place(patch, step.line, step.text)
                )));
            }
            _ if step.after_rows => executes.push(settled(patch, step)),
            _ => executes.push(execute(&with_place(patch, step.line, step.text))),
        }
    }
    let name = quote::literal(&patch.name);
    let tag = quote::tag("patch", executes.iter().map(String::as_str));
    let applied = applied(plan);
    let _ = writeln!(script, "DO {tag} DECLARE _was jsonb; BEGIN");
    let _ = writeln!(
        script,
        "IF pg_catalog.current_setting('sqlstitch.applied', true) = {applied} THEN RETURN; END IF;"
    );
    let _ = writeln!(
        script,
        "_was := pg_temp.sqlstitch_due({name}); IF _was IS NULL THEN RETURN; END IF;"
    );
    for execute in &executes {
        let _ = writeln!(script, "{execute};");
    }
    let _ = writeln!(script, "PERFORM pg_temp.sqlstitch_done({name}, _was);");
    if steps.may_make_temporary() {
        let _ = writeln!(script, "PERFORM pg_temp.sqlstitch_forget();");
    }
    let _ = writeln!(script, "END {tag};");
}

fn inserts(
    patch: &PlannedPatch,
    step: &Step<'_>,
    executes: &mut Vec<String>,
    findings: &mut Vec<Finding>,
) {
    let Some(target) = copy::target(step.text) else {
        findings.push(
            unsupported(patch, "load data in another format than COPY's text format")
                .label(first_line(step), ""),
        );
        return;
    };
    match copy::inserts(&target, step.data.unwrap_or_default()) {
        Ok(inserts) => executes.extend(inserts.iter().map(|(line, insert)| {
            // The data start on the line after the statement.
            let line = step.line + step.text.matches('\n').count() as u32 + 1 + *line as u32;
            execute(&with_place(patch, line, insert))
        })),
        Err(line) => findings.push(
            unsupported(patch, "load data that are not UTF-8")
                .label(first_line(step), format!("data line {}", line + 1)),
        ),
    }
}

fn execute(text: &str) -> String {
    format!("EXECUTE {}", quote::dollar(text))
}

/// The call that runs a statement and, where rows wait for a deferred constraint, checks these first.
pub(super) fn settled(patch: &PlannedPatch, step: &Step<'_>) -> String {
    let text = with_place(patch, step.line, step.text);
    format!("CALL pg_temp.sqlstitch_settled({})", quote::dollar(&text))
}

fn unsupported(patch: &PlannedPatch, what: &str) -> Finding {
    Finding::new(
        Code::Unsupported,
        format!("patch `{}` cannot {what} in every client", patch.name),
    )
    .help("--client auto makes a script for psql")
}

/// The statement with its file and line in front, which the engine's messages then show.
pub(super) fn with_place(patch: &PlannedPatch, line: u32, text: &str) -> String {
    let path = in_comment(&patch.path);
    if patch.path.strip_suffix(".sql") == Some(&patch.name) {
        format!("/* {path}:{line} */ {text}")
    } else {
        format!("/* {path}:{line} ({}) */ {text}", in_comment(&patch.name))
    }
}
