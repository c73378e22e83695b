//! The form for any client: one DO block per patch, one EXECUTE of a literal per statement.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::emit::Script;
use crate::emit::text::in_comment;
use crate::finding::{Code, Finding};
use crate::plan::{Plan, PlannedPatch};

use super::statement::Class;
use super::steps::{Step, Steps, first_line};
use super::template::applied;
use super::{LARGE, copy, quote, repeatable};

/// Appends the block for `patch`, or findings for what it cannot hold.
pub(super) fn patch(
    script: &mut Script,
    plan: &Plan,
    patch: &PlannedPatch,
    steps: &Steps<'_>,
    findings: &mut Vec<Finding>,
) {
    let made = carried(patch, steps, findings);
    let name = quote::literal(&patch.name);
    let place = place(patch, 1);
    let texts = steps.steps.iter().map(|step| step.text());
    let texts = texts.chain(made.values().flatten().map(String::as_str));
    let tag = quote::tag("patch", texts.chain([place.as_str()]));
    let applied = applied(plan);
    let _ = writeln!(script, "DO {tag} DECLARE _was jsonb; BEGIN");
    let _ = writeln!(
        script,
        "IF pg_catalog.texteq(pg_catalog.current_setting('sqlstitch.applied', true), {applied}) THEN RETURN; END IF;"
    );
    let _ = writeln!(
        script,
        "_was := pg_temp.sqlstitch_due({name}); IF _was IS NULL THEN RETURN; END IF;"
    );
    for (number, step) in steps.steps.iter().enumerate() {
        for text in made.get(&number).into_iter().flatten() {
            let _ = writeln!(script, "EXECUTE {};", quote::dollar(text));
        }
        let place = || self::place(patch, step.line);
        match step.class {
            Class::CopyIn => continue,
            Class::SelectInto => {
                script.push_str("EXECUTE ");
                quote::push_dollar(script, &place(), step, "\n;SELECT");
            }
            _ => match special(patch, step) {
                Some(call) => script.append(call),
                None => {
                    script.push_str("EXECUTE ");
                    quote::push_dollar(script, &place(), step, "");
                }
            },
        }
        script.push_str(";\n");
    }
    let _ = writeln!(script, "PERFORM pg_temp.sqlstitch_done({name}, _was);");
    if steps.may_make_temporary() {
        let _ = writeln!(script, "PERFORM pg_temp.sqlstitch_forget();");
    }
    let _ = writeln!(script, "END {tag};");
}

/// What the texts do not stand in as they are, by the step's number; or findings for what the block cannot
/// hold.
pub(super) fn carried(
    patch: &PlannedPatch,
    steps: &Steps<'_>,
    findings: &mut Vec<Finding>,
) -> BTreeMap<usize, Vec<String>> {
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
                .help("leave --client any out: a script for psql sends it statement by statement")
                .help("or split it into patches of at most 16 MiB"),
        );
    }
    let mut made: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (number, step) in steps.steps.iter().enumerate() {
        match step.class {
            Class::Alone(_) => findings.push(
                unsupported(patch, "run this outside a transaction").label(first_line(step), ""),
            ),
            Class::CopyOut => findings
                .push(unsupported(patch, "send data to the client").label(first_line(step), "")),
            Class::CopyIn => {
                made.insert(number, inserts(patch, step, findings));
            }
            _ => {}
        }
    }
    made
}

fn inserts(patch: &PlannedPatch, step: &Step<'_>, findings: &mut Vec<Finding>) -> Vec<String> {
    let Some(target) = copy::target(step.text()) else {
        findings.push(
            unsupported(patch, "load data in another format than COPY's text format")
                .label(first_line(step), ""),
        );
        return Vec::new();
    };
    // The data start on the line after the statement.
    let start = step.line + step.text().matches('\n').count() as u32 + 1;
    match copy::inserts(&target, step.data()) {
        Ok(inserts) => {
            let placed =
                |(line, insert): &(usize, String)| place(patch, start + *line as u32) + insert;
            inserts.iter().map(placed).collect()
        }
        Err(line) => {
            findings.push(
                unsupported(patch, "load data that are not UTF-8")
                    .label(first_line(step), format!("data line {}", line + 1)),
            );
            Vec::new()
        }
    }
}

/// The call that runs a statement that is not simply run: one that alters a table, where rows may wait
/// for a deferred constraint, which is checked first; in a repeatable patch, one that replaces a view
/// or a routine.
pub(super) fn special(patch: &PlannedPatch, step: &Step<'_>) -> Option<Script> {
    let place = || place(patch, step.line);
    if step.after_rows {
        let mut call = Script::from("CALL pg_temp.sqlstitch_settled(".to_owned());
        quote::push_dollar(&mut call, &place(), step, "");
        call.push(')');
        return Some(call);
    }
    step.replaces
        .then(|| repeatable::call(step, &place()))
        .flatten()
}

fn unsupported(patch: &PlannedPatch, what: &str) -> Finding {
    Finding::new(
        Code::Unsupported,
        format!("patch `{}` cannot {what} in every client", patch.name),
    )
    .help("--client auto makes a script for psql")
}

/// The file and line of a statement, which stand before it, so that the engine's messages show them.
pub(super) fn place(patch: &PlannedPatch, line: u32) -> String {
    let path = in_comment(&patch.path);
    if patch.path.strip_suffix(".sql") == Some(&patch.name) {
        format!("/* {path}:{line} */ ")
    } else {
        format!("/* {path}:{line} ({}) */ ", in_comment(&patch.name))
    }
}
