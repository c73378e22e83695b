//! A patch to steps: usually one, in a transaction. What cannot run in one, and is harmless when it
//! runs again, is a step of its own.

use std::cell::OnceCell;
use std::ops::Range;

use super::role::{Refusal, Role, role};
use crate::emit::refusal;
use crate::finding::{Code, Finding, Severity};
use crate::plan::PlannedPatch;
use crate::read::statement::{Statement, StatementKind};
use crate::source::{Source, Span};

/// Commands of the shell that only change what it shows, or what the script sets for itself:
/// <https://www.sqlite.org/cli.html>.
const DISPLAY: &[&str] = &[
    ".bail",
    ".changes",
    ".databases",
    ".echo",
    ".eqp",
    ".explain",
    ".fullschema",
    ".header",
    ".headers",
    ".help",
    ".indexes",
    ".indices",
    ".mode",
    ".nullvalue",
    ".print",
    ".progress",
    ".prompt",
    ".schema",
    ".separator",
    ".show",
    ".stats",
    ".tables",
    ".timeout",
    ".timer",
    ".version",
    ".width",
];

/// A part of a patch that runs and is recorded as a whole.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// The pieces of the patch, by place in [`PlannedPatch::statements`].
    pub(super) pieces: Range<usize>,
    /// The SQL statements among them, counted from the start of the patch.
    pub(super) statements: Range<usize>,
    /// Whether it runs in a transaction, together with its record.
    pub(super) transactional: bool,
    /// The setting of foreign keys that the patch asks for; the session's if it does not.
    pub(super) foreign_keys: Option<bool>,
    /// Whether the patch switches foreign keys on again afterwards.
    pub(super) foreign_keys_again: bool,
    /// Whether it switches the database to WAL.
    pub(super) wal: bool,
    /// PRAGMAs to set back afterwards, with the value where it cannot be asked for.
    pub(super) settings: Vec<(String, Option<&'static str>)>,
    /// The pieces, among `pieces`, that are left out.
    pub(super) left_out: Vec<usize>,
}

/// The steps of a patch and what cannot be carried.
pub(super) fn steps(patch: &PlannedPatch, source: &Source) -> (Vec<Step>, Vec<Finding>) {
    let mut walk = Walk {
        patch,
        source,
        steps: Vec::new(),
        findings: Vec::new(),
        waiting: Vec::new(),
        begun: None,
        savepoints: Vec::new(),
        foreign_keys: None,
        closed: true,
        last_vacuum: OnceCell::new(),
    };
    let mut statement = 0;
    for (place, piece) in patch.statements.iter().enumerate() {
        match piece.kind {
            StatementKind::Sql => {
                walk.see(place, statement, &role(source.slice(piece.body)));
                statement += 1;
            }
            StatementKind::ClientCommand => walk.client_command(piece),
            _ => {}
        }
    }
    walk.finish(statement)
}

struct Walk<'p> {
    patch: &'p PlannedPatch,
    source: &'p Source,
    steps: Vec<Step>,
    findings: Vec<Finding>,
    /// Pieces that are left out and wait for a step that takes them.
    waiting: Vec<usize>,
    /// The BEGIN of the transaction that the patch itself has open.
    begun: Option<Span>,
    savepoints: Vec<(String, Span)>,
    foreign_keys: Option<bool>,
    /// The last step takes nothing more.
    closed: bool,
    last_vacuum: OnceCell<Option<usize>>,
}

impl Walk<'_> {
    fn see(&mut self, place: usize, statement: usize, role: &Role) {
        let span = self.patch.statements[place].body;
        match role {
            Role::Work => self.work(place, statement, true),
            Role::Setting(name, back) => {
                if self.is_apart() {
                    self.findings.push(
                        Finding::new(Code::Unsupported, "this setting would end before what follows it")
                            .label(span, "a setting of the connection")
                            .note("with `transaction: off` each statement is applied by itself, and a resumed run starts in the middle")
                            .help("write BEGIN; before it and COMMIT; after what needs it"),
                    );
                }
                self.work(place, statement, true);
                if let Some(step) = self.steps.last_mut() {
                    let setting = (name.clone(), *back);
                    if !step.settings.contains(&setting) {
                        step.settings.push(setting);
                    }
                }
            }
            Role::Alone | Role::Vacuum | Role::BeforeVacuum | Role::Wal => {
                if *role == Role::BeforeVacuum && self.last_vacuum() < Some(place) {
                    self.refuse(
                        span,
                        Refusal {
                            title: "this PRAGMA has no effect once a database has a table".to_owned(),
                            note: Some("the ledger is a table, and it is there before the first patch".to_owned()),
                            help: "write VACUUM; after it, or make the database with it before the script".to_owned(),
                            at: None,
                        },
                    );
                }
                if let Some(begin) = self.begun {
                    self.findings.push(
                        Finding::new(Code::Unsupported, "this cannot run inside a transaction")
                            .label(span, "runs only outside a transaction")
                            .label(begin, "the transaction begins here")
                            .help("move it after COMMIT, or into a patch of its own"),
                    );
                }
                self.work(place, statement, false);
                if let Some(step) = self.steps.last_mut() {
                    step.wal |= *role == Role::Wal;
                }
            }
            // Inside a transaction it does nothing, as in the plain file.
            Role::ForeignKeys(_) if self.begun.is_some() || !self.savepoints.is_empty() => {
                self.work(place, statement, true);
            }
            Role::ForeignKeys(on) => {
                self.foreign_keys = Some(*on);
                if *on {
                    for step in &mut self.steps {
                        step.foreign_keys_again |= step.foreign_keys == Some(false);
                    }
                }
                self.leave_out(place);
            }
            Role::Begin => self.begin(place, span),
            Role::Commit => self.commit(place, span),
            Role::Savepoint(name) => {
                self.work(place, statement, true);
                self.savepoints.push((name.clone(), span));
            }
            Role::Release(name) => {
                match self.savepoints.iter().rposition(|(open, _)| open == name) {
                    Some(at) => self.savepoints.truncate(at),
                    None => self.unknown_savepoint(name, span),
                }
                self.work(place, statement, true);
            }
            Role::RollbackTo(name) => {
                match self.savepoints.iter().rposition(|(open, _)| open == name) {
                    Some(at) => self.savepoints.truncate(at + 1),
                    None => self.unknown_savepoint(name, span),
                }
                self.work(place, statement, true);
            }
            Role::Tuning => {
                self.findings.push(
                    Finding::new(Code::LeftOut, "a setting of the connection is left out of the script")
                        .label(span, "changes how this connection works, and nothing that stays")
                        .note("SQLite refuses some of these inside a transaction, and none outlives the session"),
                );
                self.leave_out(place);
            }
            Role::Refused(refusal) => {
                self.refuse(span, refusal.clone());
                self.work(place, statement, true);
            }
        }
    }

    /// The place of the last VACUUM, if there is one.
    fn last_vacuum(&self) -> Option<usize> {
        *self.last_vacuum.get_or_init(|| {
            self.patch.statements.iter().rposition(|piece| {
                piece.kind == StatementKind::Sql
                    && role(self.source.slice(piece.body)) == Role::Vacuum
            })
        })
    }

    /// Whether the patch itself puts what comes here outside any transaction: then each statement
    /// is a step of its own.
    fn is_apart(&self) -> bool {
        self.patch.no_transaction && self.begun.is_none() && self.savepoints.is_empty()
    }

    /// Puts a statement into the last step, or into a new one if it does not fit there.
    fn work(&mut self, place: usize, statement: usize, transactional: bool) {
        let ends = self.closed || (self.is_apart() && transactional);
        let fits = !ends
            && self.steps.last().is_some_and(|step| {
                step.transactional == transactional
                    && (!transactional || step.foreign_keys == self.foreign_keys)
            });
        if !fits {
            if transactional && !self.patch.no_transaction {
                self.check_whole(place);
            }
            self.steps.push(Step {
                pieces: place..place,
                statements: statement..statement,
                transactional,
                foreign_keys: self.foreign_keys.filter(|_| transactional),
                foreign_keys_again: false,
                wal: false,
                settings: Vec::new(),
                left_out: Vec::new(),
            });
            self.closed = false;
        }
        let waiting = std::mem::take(&mut self.waiting);
        if let Some(step) = self.steps.last_mut() {
            step.left_out.extend(waiting);
        }
    }

    /// A patch is all or nothing unless it says otherwise: a second transaction is refused.
    fn check_whole(&mut self, place: usize) {
        let Some(first) = self.steps.iter().find(|step| step.transactional) else {
            return;
        };
        let span = self.patch.statements[place].body;
        let earlier = self.patch.statements[first.pieces.start].body;
        let same_setting = first.foreign_keys == self.foreign_keys;
        let between = self.steps.iter().find(|step| !step.transactional);
        let mut finding = Finding::new(
            Code::Unsupported,
            "this patch cannot run in one transaction, so it could be left half applied",
        )
        .label(span, "a second transaction would have to start here")
        .label(earlier, "the first one starts here");
        if same_setting {
            if let Some(step) = between {
                finding = finding.label(
                    self.patch.statements[step.pieces.start].body,
                    "this runs only outside a transaction",
                );
            }
        } else {
            finding = finding.note(
                "PRAGMA foreign_keys was set between them, which works only outside a transaction",
            );
        }
        // Once is enough for a patch.
        if !self
            .findings
            .iter()
            .any(|known| known.title == finding.title)
        {
            self.findings.push(
                finding
                    .help("split the file here")
                    .help("or write `-- transaction: off` at its head: then each statement is applied and recorded by itself"),
            );
        }
    }

    fn leave_out(&mut self, place: usize) {
        self.waiting.push(place);
    }

    fn begin(&mut self, place: usize, span: Span) {
        match self.begun {
            Some(begin) => self.findings.push(
                Finding::new(Code::Unsupported, "a transaction within a transaction")
                    .label(span, "this one is refused by SQLite")
                    .label(begin, "the transaction begins here")
                    .help("use SAVEPOINT and RELEASE for the inner one"),
            ),
            None => {
                self.begun = Some(span);
                self.closed |= self.patch.no_transaction;
            }
        }
        self.leave_out(place);
    }

    fn commit(&mut self, place: usize, span: Span) {
        if self.begun.take().is_none() {
            self.findings.push(
                Finding::new(
                    Code::Unsupported,
                    "COMMIT without a BEGIN in the same patch",
                )
                .label(
                    span,
                    "would end the script's transaction, with half of the patch in it",
                )
                .help("leave it out: the script commits each patch as a whole"),
            );
        }
        self.savepoints.clear();
        self.closed |= self.patch.no_transaction;
        self.leave_out(place);
    }

    fn unknown_savepoint(&mut self, name: &str, span: Span) {
        self.findings.push(
            Finding::new(
                Code::Unsupported,
                format!("there is no savepoint {name} in this patch"),
            )
            .label(span, "SQLite refuses this")
            .help(format!("write SAVEPOINT {name}; before it")),
        );
    }

    fn client_command(&mut self, piece: &Statement) {
        let text = self.source.slice(piece.body).trim();
        let help = |word: &str| match word {
            ".read" => "give the file that it reads as a patch, and name it in `-- requires:`",
            ".import" => "write the rows as INSERT statements",
            _ => "leave it out",
        };
        let finding = refusal::dot_command("sqlite3", text, piece.body, DISPLAY, help);
        self.findings.push(finding);
    }

    fn refuse(&mut self, span: Span, refusal: Refusal) {
        let at = refusal.at.map_or(span, |(start, end)| {
            Span::new(span.source, span.start + start, span.start + end)
        });
        let mut finding = Finding::new(Code::Unsupported, refusal.title).label(at, "");
        finding.notes.extend(refusal.note);
        self.findings.push(finding.help(refusal.help));
    }

    fn finish(mut self, statements: usize) -> (Vec<Step>, Vec<Finding>) {
        if let Some(begin) = self.begun {
            self.findings
                .push(refusal::never_committed("SQLite", begin));
        }
        if let Some((name, span)) = self.savepoints.first() {
            self.findings.push(
                Finding::new(
                    Code::Unsupported,
                    format!("the savepoint {name} is not released"),
                )
                .label(
                    *span,
                    "SQLite would roll back what follows it at the end of the file",
                )
                .help(format!("write RELEASE {name}; at the end")),
            );
        }
        if self.steps.is_empty() {
            self.steps.push(Step {
                pieces: 0..0,
                statements: 0..0,
                transactional: true,
                foreign_keys: None,
                foreign_keys_again: false,
                wal: false,
                settings: Vec::new(),
                left_out: Vec::new(),
            });
        }
        let waiting = std::mem::take(&mut self.waiting);
        if let Some(step) = self.steps.last_mut() {
            step.left_out.extend(waiting);
        }
        self.tile(statements);
        self.findings.sort_by_key(|finding| {
            (
                finding.severity != Severity::Error,
                finding.labels.first().map(|label| label.span),
            )
        });
        (self.steps, self.findings)
    }

    /// Lets every step end where the next one starts, and the first one start at the start.
    fn tile(&mut self, statements: usize) {
        let mut end = (self.patch.statements.len(), statements);
        for (index, step) in self.steps.iter_mut().enumerate().rev() {
            step.pieces.end = end.0;
            step.statements.end = end.1;
            if index == 0 {
                step.pieces.start = 0;
                step.statements.start = 0;
            }
            // A BEGIN that waited for this step stands before it.
            if let Some(&first) = step.left_out.first()
                && first < step.pieces.start
            {
                let skipped = self.patch.statements[first..step.pieces.start]
                    .iter()
                    .filter(|piece| piece.kind == StatementKind::Sql)
                    .count();
                step.pieces.start = first;
                step.statements.start -= skipped;
            }
            end = (step.pieces.start, step.statements.start);
        }
    }
}
