//! A patch to steps: usually one, in a transaction. With `transaction: off` each statement, or each
//! `BEGIN … COMMIT`, is a step of its own.

use std::collections::BTreeSet;
use std::ops::Range;

use super::role::{Ends, Role, role};
use crate::emit::refusal;
use crate::finding::{Code, Finding};
use crate::plan::PlannedPatch;
use crate::read::statement::{Statement, StatementKind};
use crate::source::{Source, Span};

/// Commands of the shell that only change what it shows, or when it stops:
/// <https://duckdb.org/docs/stable/clients/cli/dot_commands>.
const DISPLAY: &[&str] = &[
    ".bail",
    ".binary",
    ".changes",
    ".columns",
    ".databases",
    ".decimal_sep",
    ".display_colors",
    ".echo",
    ".header",
    ".headers",
    ".help",
    ".highlight",
    ".highlight_colors",
    ".highlight_errors",
    ".highlight_mode",
    ".highlight_results",
    ".indexes",
    ".indices",
    ".large_number_rendering",
    ".last",
    ".maxrows",
    ".maxwidth",
    ".mode",
    ".multiline",
    ".nullvalue",
    ".pager",
    ".print",
    ".progress_bar",
    ".prompt",
    ".render_completion",
    ".render_errors",
    ".rows",
    ".schema",
    ".separator",
    ".show",
    ".singleline",
    ".startup_text",
    ".tables",
    ".thousand_sep",
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
    /// The pieces, among `pieces`, that are left out.
    pub(super) left_out: BTreeSet<usize>,
    /// What ends with the step, in the order in which it was begun.
    pub(super) ends: Vec<Ends>,
    /// The databases that are detached after the commit.
    pub(super) attached: Vec<String>,
}

/// The steps of a patch and what cannot be carried.
pub(super) fn steps(patch: &PlannedPatch, source: &Source) -> (Vec<Step>, Vec<Finding>) {
    let mut walk = Walk {
        source,
        apart: patch.no_transaction,
        steps: Vec::new(),
        findings: Vec::new(),
        begun: None,
    };
    let mut statement = 0;
    for (place, piece) in patch.statements.iter().enumerate() {
        match piece.kind {
            StatementKind::Sql => {
                walk.step_for(place, statement);
                walk.see(place, piece.body);
                statement += 1;
            }
            StatementKind::ClientCommand => walk.client_command(piece),
            _ => {}
        }
        if let Some(step) = walk.steps.last_mut() {
            step.statements.end = statement;
        }
    }
    walk.finish(patch.statements.len())
}

struct Walk<'p> {
    source: &'p Source,
    apart: bool,
    steps: Vec<Step>,
    findings: Vec<Finding>,
    /// The BEGIN of the transaction that the patch itself has open.
    begun: Option<Span>,
}

impl Walk<'_> {
    /// Begins a step where the statement at hand needs one of its own.
    fn step_for(&mut self, place: usize, statement: usize) {
        let goes_on = !self.apart || self.begun.is_some();
        if self.steps.is_empty() || !goes_on {
            if let Some(step) = self.steps.last_mut() {
                step.pieces.end = place;
            }
            self.steps.push(Step {
                pieces: if self.steps.is_empty() { 0 } else { place }..place,
                statements: statement..statement,
                left_out: BTreeSet::new(),
                ends: Vec::new(),
                attached: Vec::new(),
            });
        }
    }

    fn see(&mut self, place: usize, span: Span) {
        let role = role(self.source.slice(span));
        let alone = self.apart && self.begun.is_none();
        let Some(step) = self.steps.last_mut() else {
            return;
        };
        match role {
            Role::Work => {}
            Role::Session(_) | Role::Attach(_) if alone => {
                self.findings.push(
                    Finding::new(Code::Unsupported, "this would end before what follows it")
                        .label(span, "lasts as long as its transaction")
                        .note("with `transaction: off` each statement is applied by itself, and a resumed run starts in the middle")
                        .help("write BEGIN; before it and COMMIT; after what needs it"),
                );
            }
            Role::Session(ends) => {
                if !step.ends.contains(&ends) {
                    step.ends.push(ends);
                }
            }
            Role::Attach(name) => {
                if step.attached.contains(&name) {
                    self.findings.push(
                        Finding::new(Code::Unsupported, format!("{name} is attached twice"))
                            .label(span, "the first one is detached only after the patch")
                            .note("DuckDB does not detach a database in the transaction that has used it")
                            .help("give the second one another name, or a patch of its own"),
                    );
                } else {
                    step.attached.push(name);
                }
            }
            Role::Detach(name) => {
                if step.attached.contains(&name) {
                    step.left_out.insert(place);
                } else {
                    self.findings.push(
                        Finding::new(
                            Code::Unsupported,
                            format!("{name} is not attached by this patch"),
                        )
                        .label(span, "would detach what others need")
                        .help("leave it out: the script detaches what a patch attaches"),
                    );
                }
            }
            Role::Begin => self.begin(place, span),
            Role::Commit => self.commit(place, span),
            Role::LeftOut(why) => {
                step.left_out.insert(place);
                self.findings.push(
                    Finding::new(Code::LeftOut, "this is left out of the script").label(span, why),
                );
            }
            Role::Refused(refusal) => {
                let mut finding = Finding::new(Code::Unsupported, refusal.title).label(span, "");
                finding.notes.extend(refusal.note.map(str::to_owned));
                self.findings.push(finding.help(refusal.help));
            }
        }
    }

    fn leave_out(&mut self, place: usize) {
        if let Some(step) = self.steps.last_mut() {
            step.left_out.insert(place);
        }
    }

    fn begin(&mut self, place: usize, span: Span) {
        match self.begun {
            Some(begin) => self.findings.push(
                Finding::new(Code::Unsupported, "a transaction within a transaction")
                    .label(span, "this one is refused by DuckDB")
                    .label(begin, "the transaction begins here")
                    .help("leave it out"),
            ),
            None => self.begun = Some(span),
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
        self.leave_out(place);
    }

    fn client_command(&mut self, piece: &Statement) {
        let text = self.source.slice(piece.body).trim();
        let help = |word: &str| match word {
            ".read" => "give the file that it reads as a patch, and name it in `-- requires:`",
            ".import" => "write COPY table FROM 'file'",
            ".open" => "give each database its own directory and its own script",
            _ => "leave it out",
        };
        let finding = refusal::dot_command("duckdb", text, piece.body, DISPLAY, help);
        self.findings.push(finding);
    }

    fn finish(mut self, pieces: usize) -> (Vec<Step>, Vec<Finding>) {
        if let Some(begin) = self.begun {
            self.findings
                .push(refusal::never_committed("DuckDB", begin));
        }
        if self.steps.is_empty() {
            self.step_for(0, 0);
        }
        if let Some(step) = self.steps.last_mut() {
            step.pieces.end = pieces;
        }
        (self.steps, self.findings)
    }
}
