//! SQLite, embedded: proves a script without a server and without a shell.
//!
//! The very text of the script runs, on a scratch database, through [`shell`], which does what the
//! sqlite3 shell does with the few commands that scripts have. So what is proven is proven of the
//! script; what is left to tests with the real shell is only that the shell does the same.

mod catalog;
mod shell;

use std::path::{Path, PathBuf};

use super::{Proof, Verification};
use crate::finding::{Code, Finding, Severity};
use crate::plan::{Plan, PlannedPatch};
use crate::read::statement::StatementKind;
use crate::source::{Source, Sources, Span};
use catalog::Catalog;
use shell::{Ending, Failure, Shell};

/// How often a run is cut off at most.
const CUTS: usize = 24;

/// Runs `script`, which was made from `plan`, on a scratch database: twice, with the catalog and all
/// rows compared, and on another one cut off again and again, in the middle of statements' order,
/// until it has gone through.
///
/// # Errors
/// When no scratch database can be made.
pub fn verify(script: &str, plan: &Plan, sources: &Sources) -> std::io::Result<Verification> {
    let directory = tempfile::tempdir()?;
    let run = Run {
        script,
        plan,
        sources,
        ledger: format!(
            "{}_{}",
            plan.settings.ledger.schema, plan.settings.ledger.table
        ),
    };
    let mut findings = Vec::new();
    let proof = match run.prove(directory.path(), &mut findings) {
        Ok(proof) => Some(proof),
        Err(finding) => {
            findings.push(*finding);
            None
        }
    };
    Ok(Verification { proof, findings })
}

struct Run<'r> {
    script: &'r str,
    plan: &'r Plan,
    sources: &'r Sources,
    ledger: String,
}

type Proven<T> = Result<T, Box<Finding>>;

impl Run<'_> {
    fn prove(&self, directory: &Path, findings: &mut Vec<Finding>) -> Proven<Proof> {
        let path = directory.join("scratch.db");
        let statements = self.run(&path, None, "the first run")?;
        let first = self.catalog(&path)?;
        self.check_whole(&path, findings)?;

        self.run(&path, None, "the second run")?;
        let second = self.catalog(&path)?;
        if let Some(difference) = first.difference(&second, true) {
            return Err(failed("a second run is not without effect")
                .note(difference)
                .into());
        }

        let cut_off = self.cut_off(directory, statements, &first)?;
        Ok(Proof {
            engine: format!("SQLite {}", rusqlite::version()),
            patches: self.plan.patches.len(),
            statements: self.plan.patches.iter().map(statement_count).sum(),
            objects: first.objects(),
            tables: first.tables(),
            rows: first.rows(),
            cut_off,
        })
    }

    /// Runs the script on a new database, cut off at ever later statements, then to its end.
    fn cut_off(&self, directory: &Path, statements: usize, whole: &Catalog) -> Proven<usize> {
        let path: PathBuf = directory.join("cut.db");
        let cuts = statements.min(CUTS);
        for cut in 1..=cuts {
            let after = statements * cut / (cuts + 1);
            self.run(&path, Some(after), "a run that was cut off")?;
        }
        self.run(&path, None, "a run after one that was cut off")?;
        match whole.difference(&self.catalog(&path)?, false) {
            Some(difference) => Err(failed("runs that are cut off do not come to the same")
                .note(difference)
                .into()),
            None => Ok(cuts),
        }
    }

    /// Runs the script, up to its end or so many statements; gives how many it had.
    fn run(&self, path: &Path, until: Option<usize>, which: &str) -> Proven<usize> {
        let mut shell = Shell::open(path).map_err(|error| unexpected(&error))?;
        match shell.run(self.script, until) {
            Ok(Ending::Whole(statements) | Ending::Cut(statements)) => Ok(statements),
            Err(failure) => Err(self.tell(&failure, which).into()),
        }
    }

    fn catalog(&self, path: &Path) -> Proven<Catalog> {
        Catalog::read(path, &self.ledger).map_err(|error| unexpected(&error))
    }

    fn check_whole(&self, path: &Path, findings: &mut Vec<Finding>) -> Proven<()> {
        let damages = catalog::damages(path).map_err(|error| unexpected(&error))?;
        if !damages.is_empty() {
            let finding = failed("PRAGMA integrity_check has found damage");
            return Err(damages.into_iter().fold(finding, Finding::note).into());
        }
        let orphans = catalog::orphans(path).map_err(|error| unexpected(&error))?;
        if !orphans.is_empty() {
            let mut finding = failed("the patches leave rows that break a foreign key");
            finding.severity = Severity::Warning;
            findings.push(
                orphans
                    .into_iter()
                    .fold(finding, Finding::note)
                    .help("`PRAGMA foreign_key_check` behind the script tells which: write the missing rows first, or leave these out"),
            );
        }
        Ok(())
    }

    fn tell(&self, failure: &Failure, which: &str) -> Finding {
        let Failure { message, .. } = failure;
        let mut finding = failed(format!("SQLite says: {message}"));
        let patch = failure
            .position
            .and_then(|position| self.plan.patches.get(position.checked_sub(1)?));
        if let Some(patch) = patch {
            let source = self.sources.get(patch.source);
            let (span, what) = match &failure.statement {
                Some((line, text)) => (
                    place(patch, source, *line, text, failure.offset),
                    format!("in {which}"),
                ),
                None => (
                    source.span(),
                    format!("when this patch was to be recorded, in {which}"),
                ),
            };
            finding = finding.label(span, what);
        } else {
            finding = finding.note(format!("in the checks before all patches, in {which}"));
        }
        if message.starts_with("no such function") || message.starts_with("no such module") {
            finding = finding.note("verify has SQLite's own functions, and none of the extensions of the sqlite3 shell");
        }
        if message.contains("which is not applied to this database") {
            finding = finding.note("verify starts with an empty database");
        }
        finding
    }
}

/// The place in the patch of the statement that starts at `line` and reads `text`, at `offset` in it.
fn place(
    patch: &PlannedPatch,
    source: &Source,
    line: u32,
    text: &str,
    offset: Option<usize>,
) -> Span {
    let on_line = || {
        patch.statements.iter().filter(|piece| {
            piece.kind == StatementKind::Sql && source.position(piece.body.start).line == line
        })
    };
    let same = |span: Span| source.slice(span).replace("\r\n", "\n") == text;
    let Some(piece) = on_line()
        .find(|piece| same(piece.body))
        .or(on_line().next())
    else {
        return source.span();
    };
    let body = piece.body;
    let own = source.slice(body);
    match offset {
        Some(offset) if own == text && own.is_char_boundary(offset) && offset < own.len() => {
            let word = own[offset..]
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(own.len() - offset);
            let first = own[offset..].chars().next().map_or(1, char::len_utf8);
            let start = body.start + offset as u32;
            Span::new(body.source, start, start + word.max(first) as u32)
        }
        _ => body,
    }
}

fn statement_count(patch: &PlannedPatch) -> usize {
    let pieces = patch.statements.iter();
    pieces
        .filter(|piece| piece.kind == StatementKind::Sql)
        .count()
}

fn failed(title: impl Into<String>) -> Finding {
    Finding::new(Code::VerifyFailed, title)
}

fn unexpected(error: &rusqlite::Error) -> Box<Finding> {
    failed(format!("the scratch database cannot be used: {error}")).into()
}

#[cfg(test)]
mod tests;
