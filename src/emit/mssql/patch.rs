//! One patch in the script: a guard, its batches as literals, and its record.

use std::fmt::Write as _;

use super::batch::Batch;
use super::literal::{self, literal};
use super::{OPTIONS, is_stepwise};
use crate::emit::Script;
use crate::emit::template::fill;
use crate::plan::{Action, Plan, PlannedPatch, Transaction};
use crate::source::Source;

const BEGIN: &str = include_str!("sql/begin.sql");
const STARTED: &str = include_str!("sql/started.sql");
const BATCH: &str = include_str!("sql/batch.sql");
const BATCH_END: &str = include_str!("sql/batch_end.sql");
const RECORD: &str = include_str!("sql/record.sql");
const FORGET: &str = include_str!("sql/forget.sql");

/// Writes one patch.
pub(super) struct Writer<'w> {
    pub(super) plan: &'w Plan,
    pub(super) patch: &'w PlannedPatch,
    pub(super) source: &'w Source,
    pub(super) position: usize,
    pub(super) values: &'w [(&'static str, String)],
    pub(super) script: &'w mut Script,
}

impl Writer<'_> {
    pub(super) fn patch(&mut self, batches: &[Batch]) {
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
