//! Plan → one guarded script for SQL Server, 2017 and later: `sqlcmd -b -i out.sql`, or SSMS.
//!
//! Written by the manual; no server has run it. Each batch of a patch is a literal that
//! `sp_executesql` runs if the patch is due, so that a patch that is skipped is not compiled, and what
//! must stand first in its batch does. Temporary tables of the session keep the state over `GO`;
//! a patch's mark in them is set inside its transaction, so it goes when the transaction does.
//!
//! Read on in [`batch`] (what a batch means to a script), [`patch`] (what is written of one patch) and
//! [`literal`] (what sqlcmd must not see).

mod batch;
mod literal;
mod patch;
mod setting;
mod tokens;

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use super::template::{common, fill};
use super::{Emitted, Script, banner};
use crate::finding::{Code, Finding};
use crate::plan::{Action, Drift, Plan, PlannedPatch, Transaction};
use crate::source::Sources;
use batch::Batch;
use literal::literal;
use patch::Writer;

const OPEN: &str = include_str!("sql/open.sql");
const OPTIONS: &str = include_str!("sql/options.sql");
const CHECKS: &str = include_str!("sql/checks.sql");
const APPLY_CHECKS: &str = include_str!("sql/apply_checks.sql");
const REVERT_CHECKS: &str = include_str!("sql/revert_checks.sql");
const WARNINGS: &str = include_str!("sql/warnings.sql");
const BASELINE: &str = include_str!("sql/baseline.sql");
const OR_STOP: &str = include_str!("sql/or_stop.sql");
const CLOSE: &str = include_str!("sql/close.sql");

/// Most rows of one INSERT.
const ROWS: usize = 500;

/// The script that applies the plan's patches in order.
pub(super) fn emit(plan: &Plan, sources: &Sources) -> Emitted {
    let mut findings = Vec::new();
    let mut batches = Vec::new();
    for patch in &plan.patches {
        let (own, more) = match plan.settings.action {
            Action::Baseline => (Vec::new(), Vec::new()),
            Action::Apply | Action::Revert => batch::batches(patch, sources.get(patch.source)),
        };
        findings.extend(more);
        findings.extend(refused_as_one(plan, patch, &own));
        batches.push(own);
    }
    let mut script = Script::from(literal::comment(&banner::title(plan)));
    script.push_str(
        "-- Run it with sqlcmd:  sqlcmd -S SERVER -d DATABASE -b -i THIS_FILE  (-f 65001 on Windows), or in SSMS.\n--\n",
    );
    script.push_str(&literal::comment(&banner::contents(plan)));
    script.push('\n');
    let mut values = values(plan);
    values.push(("bundle", bundle(plan, &batches)));
    for (name, template) in [
        ("more", more(plan)),
        ("then", then(plan)),
        ("checks", CHECKS),
    ] {
        let text = fill(template, &values);
        values.push((name, text));
    }
    let checks = values.last_mut().map(|(_, text)| text.replace('\'', "''"));
    values.pop();
    values.push(("checks", checks.unwrap_or_default()));
    script.push_str(&fill(OPEN, &values));
    // It is as long as the plan, and each patch copies what is left.
    values.retain(|(name, _)| *name != "bundle");
    for (index, (patch, batches)) in plan.patches.iter().zip(&batches).enumerate() {
        script.push('\n');
        script.push_str(&literal::comment(&banner::patch(plan, index, sources)));
        if plan.settings.action != Action::Baseline {
            let mut writer = Writer {
                plan,
                patch,
                source: sources.get(patch.source),
                position: index + 1,
                values: &values,
                script: &mut script,
            };
            writer.patch(batches);
        }
    }
    script.push('\n');
    script.push_str(&fill(CLOSE, &values));
    Emitted::new(script, findings)
}

/// Whether each batch is a step with a record of its own.
fn is_stepwise(patch: &PlannedPatch, batches: &[Batch]) -> bool {
    patch.no_transaction || batches.iter().any(|batch| batch.outside)
}

/// What cannot be part of one transaction around all patches, or of the one that reverts a patch.
fn refused_as_one(plan: &Plan, patch: &PlannedPatch, batches: &[Batch]) -> Option<Finding> {
    let single = plan.settings.transaction == Transaction::Single;
    let reverts = plan.settings.action == Action::Revert && batches.len() > 1;
    if !(single || reverts) || !is_stepwise(patch, batches) {
        return None;
    }
    let outside = batches.iter().find(|batch| batch.outside);
    let at = outside.or(batches.first())?.span;
    Some(
        Finding::new(
            Code::Unsupported,
            format!("patch \"{}\" cannot be one transaction", patch.name),
        )
        .label(
            at,
            match outside {
                Some(_) => "SQL Server refuses this inside a transaction",
                None => "its header says `transaction: off`",
            },
        )
        .help(match single {
            true => "leave --transaction single out",
            false => "give it a patch and a revert file of its own",
        }),
    )
}

fn more(plan: &Plan) -> &'static str {
    match plan.settings.action {
        Action::Revert => REVERT_CHECKS,
        Action::Apply | Action::Baseline => APPLY_CHECKS,
    }
}

fn then(plan: &Plan) -> &'static str {
    match (plan.settings.action, plan.settings.drift) {
        (Action::Baseline, _) => BASELINE,
        (_, Drift::Warn) => WARNINGS,
        (_, Drift::Error | Drift::Ignore) => "",
    }
}

fn values(plan: &Plan) -> Vec<(&'static str, String)> {
    let settings = &plan.settings;
    let schema = ident(&settings.ledger.schema);
    let ledger = format!("{schema}.{}", ident(&settings.ledger.table));
    let single = settings.transaction == Transaction::Single;
    let mut values = vec![
        ("options", OPTIONS.trim_end().to_owned()),
        ("or_stop", OR_STOP.trim_end().to_owned()),
        ("schema_text", literal(&settings.ledger.schema)),
        ("schema_quoted", literal(&schema)),
        ("ledger_text", literal(&ledger)),
        ("lock", literal(&format!("sqlstitch:{ledger}"))),
        ("ledger", ledger),
        // The first of a name counts: this one needs no N.
        ("on_drift", format!("'{}'", settings.drift.name())),
        (
            "commit",
            match single {
                true => "-- The transaction goes on to the end of the script.\n",
                false => "COMMIT TRANSACTION;\n",
            }
            .trim_end()
            .to_owned(),
        ),
        (
            "end",
            match single {
                true => "IF @@TRANCOUNT > 0 COMMIT TRANSACTION;\nGO\n",
                false => "",
            }
            .to_owned(),
        ),
    ];
    values.extend(common(plan, literal));
    values
}

/// The rows that tell the script its own patches.
fn bundle(plan: &Plan, batches: &[Vec<Batch>]) -> String {
    let mut patches = Vec::new();
    let mut names = Vec::new();
    for ((position, patch), own) in (1_usize..).zip(&plan.patches).zip(batches) {
        patches.push(format!(
            "({position}, {}, {}, '{}', '{}', '{}', {}, {})",
            literal(&patch.name),
            literal(&patch.path),
            patch.checksum,
            patch.phase.name(),
            patch.kind(),
            own.len(),
            u8::from(patch.irreversible),
        ));
        let mut name = |role: &str, name: &str, other: &str| {
            names.push(format!(
                "({position}, '{role}', {}, {})",
                literal(name),
                literal(other)
            ));
        };
        for former in &patch.formerly {
            name("formerly", former, former);
        }
        for external in &patch.external {
            name("external", external, external);
        }
        for (external, older) in &patch.external_formerly {
            name("external", external, older);
        }
        for dependent in &patch.dependents {
            name("dependent", dependent, dependent);
        }
    }
    let mut text = String::new();
    for (table, rows) in [
        (
            "bundle (position, name, path, checksum, phase, kind, statements, irreversible)",
            patches,
        ),
        ("name (position, role, name, other)", names),
    ] {
        for rows in rows.chunks(ROWS) {
            let _ = writeln!(
                text,
                "INSERT INTO #sqlstitch_{table} VALUES\n  {};",
                rows.join(",\n  ")
            );
        }
    }
    text
}

/// A name in brackets.
fn ident(name: &str) -> String {
    format!("[{}]", name.replace(']', "]]"))
}
