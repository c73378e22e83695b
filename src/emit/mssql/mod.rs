//! Plan → one guarded script for SQL Server, 2017 and later: `sqlcmd -b -i out.sql`, or SSMS.
//!
//! Written by the manual; no server has run it. Each batch of a patch is a literal that
//! `sp_executesql` runs if the patch is due, so that a patch that is skipped is not compiled, and what
//! must stand first in its batch does. Temporary tables of the session keep the state over `GO`;
//! a patch's mark in them is set inside its transaction, so it goes when the transaction does.
//!
//! Read on in [`batch`] (what a batch means to a script) and [`literal`] (what sqlcmd must not see).

mod batch;
mod literal;

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use super::template::{common, fill};
use super::{Emitted, Script, banner};
use crate::finding::{Code, Finding};
use crate::plan::{Action, Drift, Plan, PlannedPatch, Transaction};
use crate::source::{Source, Sources};
use batch::Batch;
use literal::literal;

const OPEN: &str = include_str!("sql/open.sql");
const OPTIONS: &str = include_str!("sql/options.sql");
const CHECKS: &str = include_str!("sql/checks.sql");
const APPLY_CHECKS: &str = include_str!("sql/apply_checks.sql");
const REVERT_CHECKS: &str = include_str!("sql/revert_checks.sql");
const WARNINGS: &str = include_str!("sql/warnings.sql");
const BASELINE: &str = include_str!("sql/baseline.sql");
const BEGIN: &str = include_str!("sql/begin.sql");
const STARTED: &str = include_str!("sql/started.sql");
const BATCH: &str = include_str!("sql/batch.sql");
const BATCH_END: &str = include_str!("sql/batch_end.sql");
const RECORD: &str = include_str!("sql/record.sql");
const FORGET: &str = include_str!("sql/forget.sql");
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
            "({position}, {}, {}, '{}', '{}', {}, {})",
            literal(&patch.name),
            literal(&patch.path),
            patch.checksum,
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
            "bundle (position, name, path, checksum, kind, statements, irreversible)",
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

/// Writes one patch.
struct Writer<'w> {
    plan: &'w Plan,
    patch: &'w PlannedPatch,
    source: &'w Source,
    position: usize,
    values: &'w [(&'static str, String)],
    script: &'w mut Script,
}

impl Writer<'_> {
    fn patch(&mut self, batches: &[Batch]) {
        let stepwise = is_stepwise(self.patch, batches);
        if stepwise && self.plan.settings.action == Action::Apply {
            for (number, batch) in batches.iter().enumerate() {
                self.begin(number, !batch.outside);
                if batch.outside {
                    self.fill(STARTED, &[("statement", number.to_string())]);
                }
                self.batch(batch);
                self.record(number, number + 1, batches.len(), !batch.outside);
            }
        } else {
            self.begin(0, !stepwise);
            for batch in batches {
                self.batch(batch);
            }
            self.record(0, batches.len(), batches.len(), !stepwise);
        }
        if batches.iter().any(|batch| !batch.settings.is_empty()) {
            self.script.push_str(OPTIONS);
            self.script.push_str(
                "DECLARE @language sysname = (SELECT language FROM #sqlstitch);\nSET LANGUAGE @language;\nGO\n",
            );
        }
    }

    fn fill(&mut self, template: &str, more: &[(&'static str, String)]) {
        let mut values = more.to_vec();
        values.push(("position", self.position.to_string()));
        values.extend_from_slice(self.values);
        self.script.push_str(&fill(template, &values));
    }

    fn begin(&mut self, statement: usize, transactional: bool) {
        let reverts = self.plan.settings.action == Action::Revert;
        let ledger = &self.values.iter().find(|(name, _)| *name == "ledger");
        let ledger = ledger.map_or("", |(_, ledger)| ledger);
        let due = match (reverts, statement) {
            (true, _) => "l.name IS NOT NULL".to_owned(),
            (false, 0) => "l.name IS NULL OR l.checksum <> b.checksum AND b.kind = 'repeatable' OR l.checksum = b.checksum AND l.state = 'running' AND l.next_statement = 0".to_owned(),
            (false, _) => format!("l.checksum = b.checksum AND l.state = 'running' AND l.next_statement = {statement}"),
        };
        let (undone, not_done) = match reverts {
            true => (
                format!("EXISTS (SELECT 1 FROM {ledger} AS l WHERE l.name = p.name)"),
                "still applied",
            ),
            false => (
                format!(
                    "NOT EXISTS (SELECT 1 FROM {ledger} AS l WHERE l.name = p.name AND l.state = 'applied')"
                ),
                "not applied",
            ),
        };
        let single = self.plan.settings.transaction == Transaction::Single;
        let begin = if transactional && !single {
            "BEGIN TRANSACTION;\n      "
        } else {
            ""
        };
        self.fill(
            BEGIN,
            &[
                ("due", due),
                ("undone", undone),
                ("not_done", not_done.to_owned()),
                ("begin", begin.to_owned()),
            ],
        );
    }

    fn batch(&mut self, batch: &Batch) {
        let line = self.source.position(batch.span.start).line;
        self.fill(BATCH, &[]);
        literal::append(self.script, self.source, batch.span);
        let execute = match batch.times {
            1 => "EXEC sys.sp_executesql @sqlstitch;".to_owned(),
            times => format!(
                "DECLARE @turn int = 0;\n    WHILE @turn < {times}\n    BEGIN\n      EXEC sys.sp_executesql @sqlstitch;\n      SET @turn += 1;\n    END;"
            ),
        };
        let clear = match batch.outside && self.plan.settings.action == Action::Apply {
            // It has failed as a whole, so it is not in doubt.
            true => {
                "    UPDATE {{ledger}} SET started_statement = NULL WHERE name = (SELECT name FROM #sqlstitch_bundle WHERE position = {{position}});\n"
            }
            false => "",
        };
        let mut clears = self.values.to_vec();
        clears.push(("position", self.position.to_string()));
        let values = [
            ("execute", execute),
            ("clear", fill(clear, &clears)),
            ("path", literal(&self.patch.path)),
            ("before", (line - 1).to_string()),
            ("line", line.to_string()),
        ];
        self.fill(BATCH_END, &values);
        for setting in &batch.settings {
            // Read with the batch, whether or not it runs: so it is put back in any case, too.
            let read_early = setting.to_ascii_uppercase().contains("QUOTED_IDENTIFIER");
            let _ = match read_early {
                true => writeln!(self.script, "{setting};\nGO"),
                false => writeln!(
                    self.script,
                    "IF EXISTS (SELECT 1 FROM #sqlstitch_bundle WHERE position = {} AND active = 1) {setting};\nGO",
                    self.position
                ),
            };
        }
    }

    fn record(&mut self, first: usize, next: usize, all: usize, transactional: bool) {
        let commit = self.values.iter().find(|(name, _)| *name == "commit");
        let commit = match (transactional, commit) {
            (true, Some((_, commit))) => commit.clone(),
            _ => String::new(),
        };
        if self.plan.settings.action == Action::Revert {
            return self.fill(FORGET, &[("commit", commit)]);
        }
        let (ordinal, duration) = match first {
            0 => (
                "ordinal = (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM {{ledger}}), ",
                "",
            ),
            _ => ("", "COALESCE(l.duration_ms, 0) + "),
        };
        let values = [
            ("ordinal", fill(ordinal, self.values)),
            ("duration", duration.to_owned()),
            (
                "state",
                if next < all { "'running'" } else { "'applied'" }.to_owned(),
            ),
            ("next", next.to_string()),
            ("commit", commit),
        ];
        self.fill(RECORD, &values);
    }
}

/// A name in brackets.
fn ident(name: &str) -> String {
    format!("[{}]", name.replace(']', "]]"))
}
