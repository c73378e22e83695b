//! Plan → one guarded script for DuckDB, 1.5 and later, in plain SQL: `duckdb DATABASE < out.sql`, or
//! any driver.
//!
//! DuckDB has no dynamic SQL, but `IMPORT DATABASE` runs a file that `COPY` can write. So a patch's text
//! is a literal; if the patch is due, it is written to the file with the statement that records it,
//! else nothing is, and the file is imported in either case. `sql/open.sql` has the logic; what stands
//! per step is the same few lines.
//!
//! Read on in [`import`] (how a step is run), [`role`] (what a statement means to a script) and [`step`] (which statements run in one
//! transaction).

mod body;
mod import;
mod role;
mod step;

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use super::template::{common, fill};
use super::text::{ident, literal};
use super::{Emitted, Script, banner};
use crate::finding::{Code, Finding};
use crate::plan::{Action, Drift, Plan, PlannedPatch, Transaction};
use crate::source::Sources;
use import::DONE;
use step::Step;

const OPEN: &str = include_str!("sql/open.sql");
const HEAD: &str = include_str!("sql/head.sql");
const APPLY: &str = include_str!("sql/apply.sql");
const REVERT: &str = include_str!("sql/revert.sql");
const BASELINE: &str = include_str!("sql/baseline.sql");
const SINGLE: &str = include_str!("sql/single.sql");
const TOLD: &str = include_str!("sql/told.sql");
const TOLD_SINGLE: &str = include_str!("sql/told_single.sql");
const WARNINGS: &str = include_str!("sql/warnings.sql");
const CLOSE: &str = include_str!("sql/close.sql");

/// The script that applies the plan's patches in order.
pub(super) fn emit(plan: &Plan, sources: &Sources) -> Emitted {
    let mut findings = Vec::new();
    let single = plan.settings.transaction == Transaction::Single;
    let action = plan.settings.action;
    let steps = |patch: &PlannedPatch| {
        if action == Action::Baseline {
            return Vec::new();
        }
        let source = sources.get(patch.source);
        let (steps, more) = step::steps(patch, source);
        findings.extend(more);
        findings.extend(refused_as_one(patch, &steps, plan, sources));
        steps
    };
    let patches: Vec<Vec<Step>> = plan.patches.iter().map(steps).collect();
    let mut script = Script::from(banner::title(plan));
    script.push_str(
        "-- Run it with the duckdb shell, 1.5 or later:  duckdb DATABASE < this file\n-- or with any driver, in one connection.\n--\n",
    );
    script.push_str(&banner::contents(plan));
    script.push('\n');
    let mut values = values(plan);
    values.push(("bundle", bundle(plan, &patches)));
    let checks = match action {
        Action::Apply => APPLY.to_owned(),
        Action::Baseline => format!("{APPLY}{BASELINE}"),
        Action::Revert => REVERT.to_owned(),
    };
    let checks = fill(&checks, &values);
    values.push(("checks", checks));
    let mut head = fill(HEAD, &values);
    if plan.settings.drift == Drift::Warn {
        head.push_str(&fill(WARNINGS, &values));
    }
    script.push_str(&fill(OPEN, &values));
    if !single {
        let _ = writeln!(script, "BEGIN TRANSACTION;\n{head}COMMIT;");
    }
    let mut number = 0;
    for (index, (patch, steps)) in plan.patches.iter().zip(&patches).enumerate() {
        script.push('\n');
        script.push_str(&banner::patch(plan, index, sources));
        for step in steps {
            number += 1;
            let source = sources.get(patch.source);
            if single {
                let _ = write!(script, "INSERT INTO temp.sqlstitch_script SELECT {number},");
                body::push(&mut script, patch, step, source, None);
                let tail = body::tail(number, step);
                let _ = writeln!(script, ", {};", tail.as_deref().unwrap_or("''"));
            } else {
                import::push(&mut script, number, (patch, step), source);
            }
        }
    }
    if single {
        let _ = write!(
            script,
            "\nBEGIN TRANSACTION;\n{head}{}",
            fill(SINGLE, &values)
        );
    }
    let told = fill(if single { TOLD_SINGLE } else { TOLD }, &values);
    values.push(("told", told));
    script.push_str(&fill(CLOSE, &values));
    Emitted::new(script, findings)
}

/// What cannot be part of one transaction around all patches, or of the one that reverts a patch.
fn refused_as_one(
    patch: &PlannedPatch,
    steps: &[Step],
    plan: &Plan,
    sources: &Sources,
) -> Vec<Finding> {
    let single = plan.settings.transaction == Transaction::Single;
    let mut findings = Vec::new();
    let first = patch.statements.first().map_or_else(
        || sources.get(patch.source).span(),
        |statement| statement.body,
    );
    if steps.len() > 1 && (single || plan.settings.action == Action::Revert) {
        findings.push(
            Finding::new(
                Code::Unsupported,
                format!("patch \"{}\" has `transaction: off`", patch.name),
            )
            .label(first, "each statement would be a transaction of its own")
            .help(match single {
                true => "leave --transaction single out",
                false => "write BEGIN; at its head and COMMIT; at its end",
            }),
        );
    }
    if single && steps.iter().any(|step| !step.attached.is_empty()) {
        findings.push(
            Finding::new(
                Code::Unsupported,
                format!("patch \"{}\" attaches a database", patch.name),
            )
            .label(first, "it could be detached only after all patches")
            .note("DuckDB does not detach a database in the transaction that has used it")
            .help("leave --transaction single out"),
        );
    }
    findings
}

fn values(plan: &Plan) -> Vec<(&'static str, String)> {
    let settings = &plan.settings;
    let (done, undone) = match settings.action {
        Action::Revert => ("reverted", "IN (SELECT name FROM {ledger})"),
        Action::Apply | Action::Baseline => (
            "applied",
            "NOT IN (SELECT name FROM {ledger} WHERE state = 'applied')",
        ),
    };
    let mut values = vec![
        ("schema_ident", literal(&ident(&settings.ledger.schema))),
        ("table_ident", literal(&ident(&settings.ledger.table))),
        ("schema_text", literal(&settings.ledger.schema)),
        ("table_text", literal(&settings.ledger.table)),
        ("columns", COLUMNS.map(literal).join(", ")),
        ("column_count", COLUMNS.len().to_string()),
        ("all_done", DONE.to_owned()),
        ("done", done.to_owned()),
        ("undone", undone.to_owned()),
    ];
    values.extend(common(plan, literal));
    values
}

/// The ledger's columns, those first that tell it from other tables.
const COLUMNS: [&str; 17] = [
    "checksum",
    "name",
    "algorithm",
    "ordinal",
    "phase",
    "kind",
    "state",
    "statements",
    "started_statement",
    "next_statement",
    "applied_at",
    "applied_by",
    "duration_ms",
    "version",
    "bundle",
    "revision",
    "format",
];

/// All names of a patch outside the bundle, the present one first.
fn names(patch: &PlannedPatch, name: &String) -> Vec<String> {
    let names = std::iter::once(name).chain(patch.older_names(name));
    names.cloned().collect()
}

/// The rows that tell the script its own patches and steps.
fn bundle(plan: &Plan, patches: &[Vec<Step>]) -> String {
    let list = |names: &[String]| {
        let names: Vec<String> = names.iter().map(|name| literal(name)).collect();
        format!("[{}]", names.join(", "))
    };
    let mut rows = Vec::new();
    let mut steps = Vec::new();
    for ((position, patch), own) in (1_usize..).zip(&plan.patches).zip(patches) {
        let external: Vec<String> = patch
            .external
            .iter()
            .map(|name| list(&names(patch, name)))
            .collect();
        rows.push(format!(
            "({position}, {}, {}, '{}', '{}', '{}', {}, {}, [{}], {}, {})",
            literal(&patch.name),
            literal(&patch.path),
            patch.checksum,
            patch.phase.name(),
            patch.kind(),
            patch.statement_count(),
            list(&patch.formerly),
            external.join(", "),
            list(&patch.dependents),
            patch.irreversible,
        ));
        for step in own {
            steps.push(format!(
                "({}, {position}, {}, {})",
                steps.len() + 1,
                step.statements.start,
                step.statements.end
            ));
        }
    }
    let mut text = String::new();
    for (table, rows) in [("bundle", rows), ("step", steps)] {
        if !rows.is_empty() {
            let _ = writeln!(
                text,
                "INSERT INTO temp.sqlstitch_{table} VALUES\n  {};",
                rows.join(",\n  ")
            );
        }
    }
    text
}
