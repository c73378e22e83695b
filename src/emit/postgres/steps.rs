//! The statements of one patch as steps that a form can carry, and what it cannot carry as findings.

use crate::finding::{Code, Finding};
use crate::plan::PlannedPatch;
use crate::read::statement::{Statement, StatementKind};
use crate::source::{Source, Span};

use super::alone::{Doubt, may_be_alone};
use super::client_command;
use super::routine::Committing;
use super::statement::{self, Class, changes_tables, class, lasts_until_commit, may_leave_rows};

/// The longest statement: PostgreSQL allocates at most 1 GiB at once, and a text in EXECUTE is held
/// several times.
const LONGEST: usize = 256 << 20;

/// How far into a statement the word TEMP is looked for: long ones are data.
const LOOKED_AT: usize = 64 << 10;

/// One statement in its place.
#[derive(Debug)]
pub(super) struct Step<'s> {
    /// The patch's text.
    pub(super) source: &'s Source,
    /// Its place, without comments and terminator.
    pub(super) span: Span,
    /// Its line in the patch, from 1.
    pub(super) line: u32,
    /// How it can be carried.
    pub(super) class: Class<'s>,
    /// Changes a table, and rows of an earlier statement may wait for a deferred constraint.
    pub(super) after_rows: bool,
    /// Replaces or drops a view or a routine, in a repeatable patch.
    pub(super) replaces: bool,
    /// The data after a `COPY … FROM stdin`, without the `\.` that ends them; boxed, because there may be a
    /// million steps, and few of them have any.
    pub(super) data: Option<Box<Span>>,
}

impl<'s> Step<'s> {
    /// Its text. There may be a million steps, so none holds it.
    pub(super) fn text(&self) -> &'s str {
        self.source.slice(self.span)
    }

    /// The data; nothing if there are none.
    pub(super) fn data(&self) -> &'s str {
        let data = self.data.as_deref();
        data.map_or("", |&data| self.source.slice(data))
    }
}

/// What one patch does.
#[derive(Debug)]
pub(super) struct Steps<'s> {
    /// The steps in order; the transaction control around all of them is left out.
    pub(super) steps: Vec<Step<'s>>,
    /// Outside a transaction, with its progress recorded step by step.
    pub(super) stepwise: bool,
}

impl Steps<'_> {
    /// The bytes of all texts.
    pub(super) fn size(&self) -> usize {
        self.steps
            .iter()
            .map(|step| step.text().len() + step.data().len())
            .sum()
    }

    /// Whether the patch may make temporary objects: their word stands somewhere in it.
    pub(super) fn may_make_temporary(&self) -> bool {
        let says_temp = |step: &Step<'_>| {
            let head = &step.text().as_bytes()[..step.text().len().min(LOOKED_AT)];
            head.windows(4)
                .any(|word| word.eq_ignore_ascii_case(b"temp"))
        };
        self.steps.iter().any(says_temp)
    }

    /// The settings that its statements change.
    pub(super) fn settings(&self) -> impl Iterator<Item = String> {
        let session = self
            .steps
            .iter()
            .filter(|step| step.class == Class::Session);
        session.filter_map(|step| statement::setting(step.text()))
    }

    /// The steps that only psql can carry.
    pub(super) fn for_psql(&self) -> impl Iterator<Item = &Step<'_>> {
        self.steps
            .iter()
            .filter(|step| matches!(step.class, Class::Alone(_) | Class::CopyIn | Class::CopyOut))
    }
}

/// Takes the patch apart.
pub(super) fn steps<'s>(
    patch: &PlannedPatch,
    source: &'s Source,
    committing: &Committing,
    findings: &mut Vec<Finding>,
) -> Steps<'s> {
    let mut steps: Vec<Step<'s>> = Vec::with_capacity(patch.statements.len());
    let mut dropped: Vec<Span> = Vec::new();
    for statement in &patch.statements {
        match statement.kind {
            StatementKind::Sql => steps.push(step(patch, source, statement, committing)),
            StatementKind::CopyData => {
                if let Some(copy) = steps.last_mut() {
                    copy.data = Some(Box::new(statement.body));
                }
            }
            StatementKind::ClientCommand => {
                let text = source.slice(statement.body);
                match client_command::fate(text) {
                    client_command::Fate::Drop => dropped.push(statement.body),
                    client_command::Fate::Refuse { help } => findings.push(
                        Finding::new(
                            Code::Unsupported,
                            format!("patch `{}` uses a command of psql", patch.name),
                        )
                        .label(statement.body, "only psql knows this")
                        .help(help),
                    ),
                }
            }
            StatementKind::BatchSeparator | StatementKind::Trivia => {}
        }
    }
    if !dropped.is_empty() {
        findings.push(dropped.into_iter().fold(
            Finding::new(
                Code::ClientCommand,
                format!(
                    "the script leaves out commands of psql in patch `{}`",
                    patch.name
                ),
            ),
            |finding, span| finding.label(span, "left out"),
        ));
    }
    if let Some((_, all_but_last)) = steps.split_last() {
        let endless = |step: &&Step<'_>| step.class == Class::CopyIn && step.data.is_none();
        findings.extend(all_but_last.iter().filter(endless).map(|step| {
            Finding::new(
                Code::Unsupported,
                format!("the data of a COPY in patch `{}` have no end", patch.name),
            )
            .label(first_line(step), "")
            .help("end the data with a line that holds \\. and nothing else")
        }));
    }
    let wrapped = unwrap(&mut steps);
    findings.extend(end_nothing(patch, &mut steps));
    findings.extend(join(patch, &mut steps));
    refuse(patch, &steps, wrapped, findings);
    mark_after_rows(&mut steps);
    let stepwise = patch.no_transaction
        || steps
            .iter()
            .any(|step| matches!(step.class, Class::Alone(_)));
    Steps { steps, stepwise }
}

fn step<'s>(
    patch: &PlannedPatch,
    source: &'s Source,
    statement: &Statement,
    committing: &Committing,
) -> Step<'s> {
    let text = source.slice(statement.body);
    let class = match class(text) {
        // It may be half done where it was interrupted.
        Class::Plain if committing.has(text) => Class::Alone(Doubt::Ask { whole: false }),
        Class::Plain if patch.no_transaction => {
            may_be_alone(text).map_or(Class::Plain, Class::Alone)
        }
        class => class,
    };
    Step {
        source,
        span: statement.body,
        line: source.position(statement.body.start).line,
        class,
        after_rows: false,
        replaces: false,
        data: None,
    }
}

fn mark_after_rows(steps: &mut [Step<'_>]) {
    let mut rows = false;
    for step in steps {
        step.after_rows = rows && step.class == Class::Plain && changes_tables(step.text());
        rows |= may_leave_rows(step.text());
    }
}

/// Takes off a BEGIN and COMMIT around the whole patch: the script's own transaction stands for them.
fn unwrap(steps: &mut Vec<Step<'_>>) -> bool {
    let control = steps
        .iter()
        .filter(|step| matches!(step.class, Class::Begin | Class::Commit))
        .count();
    let wrapped = control == 2
        && steps.first().is_some_and(|step| step.class == Class::Begin)
        && steps.last().is_some_and(|step| step.class == Class::Commit);
    if wrapped {
        steps.pop();
        steps.remove(0);
    }
    wrapped
}

/// Takes off a COMMIT behind everything that ends what no BEGIN has begun: by itself it does nothing.
fn end_nothing(patch: &PlannedPatch, steps: &mut Vec<Step<'_>>) -> Option<Finding> {
    let is_control = |step: &Step<'_>| matches!(step.class, Class::Begin | Class::Commit);
    let is_alone = steps.iter().filter(|step| is_control(step)).count() == 1;
    if !is_alone || steps.len() == 1 {
        return None;
    }
    let last = steps.pop_if(|step| step.class == Class::Commit)?;
    let title = format!(
        "the script leaves out the COMMIT at the end of patch `{}`: nothing in it begins a transaction",
        patch.name
    );
    Some(
        Finding::new(Code::LeftOut, title)
            .label(first_line(&last), "left out")
            .help("remove it, or write BEGIN before the first statement"),
    )
}

/// Makes one transaction of several: the script's own. Not where something lasts until a COMMIT, needs one, or
/// runs outside of transactions.
fn join(patch: &PlannedPatch, steps: &mut Vec<Step<'_>>) -> Option<Finding> {
    let is_control = |step: &Step<'_>| matches!(step.class, Class::Begin | Class::Commit);
    let controls = steps.iter().filter(|step| is_control(step));
    let places: Vec<Span> = controls.clone().map(first_line).collect();
    let (&first, rest) = places.split_first()?;
    let mut paired = controls.zip([Class::Begin, Class::Commit].iter().cycle());
    if !paired.all(|(step, class)| step.class == *class) || places.len() % 2 == 1 {
        return None;
    }
    let needs_its_own = |step: &Step<'_>| {
        matches!(step.class, Class::Alone(_) | Class::AddValue { .. })
            || lasts_until_commit(step.text())
    };
    if patch.no_transaction || steps.iter().any(needs_its_own) {
        return None;
    }
    steps.retain(|step| !is_control(step));
    let title = format!(
        "the script leaves out BEGIN and COMMIT in patch `{}`: all of it is one transaction",
        patch.name
    );
    let finding = Finding::new(Code::LeftOut, title).label(first, "left out");
    let finding = rest
        .iter()
        .fold(finding, |finding, &place| finding.label(place, "left out"));
    Some(
        finding
            .help("where a part has to be committed before the rest, make it a patch of its own"),
    )
}

fn refuse(patch: &PlannedPatch, steps: &[Step<'_>], wrapped: bool, findings: &mut Vec<Finding>) {
    let finding = |why: &str, help: &str, step: &Step<'_>| {
        Finding::new(
            Code::Unsupported,
            format!("patch `{}` cannot {why}", patch.name),
        )
        .label(first_line(step), "")
        .help(help)
    };
    for step in steps {
        match step.class {
            Class::Refused { why, help } => findings.push(finding(why, help, step)),
            Class::Alone(_) if wrapped => findings.push(finding(
                "run this between BEGIN and COMMIT",
                "leave BEGIN and COMMIT out, or move this statement to a patch of its own",
                step,
            )),
            _ if step.text().len() > LONGEST => findings.push(finding(
                "hold a statement of more than 256 MiB",
                "split the statement, or load the data with COPY",
                step,
            )),
            _ => {}
        }
    }
    // One finding for all of them: the first that is not the patch's own beginning tells what is wrong.
    let controls = || {
        steps
            .iter()
            .enumerate()
            .filter(|(index, step)| {
                step.class == Class::Commit || (step.class == Class::Begin && *index > 0)
            })
            .map(|(_, step)| step)
    };
    let begins_only = steps.first().filter(|step| {
        step.class == Class::Begin
            && steps
                .iter()
                .all(|step| !matches!(step.class, Class::Refused { .. } | Class::Commit))
    });
    if let Some(first) = begins_only {
        findings.push(finding(
            "begin a transaction that it does not end",
            "write COMMIT as its last statement, or leave BEGIN out",
            first,
        ));
    } else if let Some(first) = controls().next() {
        let (why, help) = if first.class == Class::Commit {
            (
                "end its transaction in its middle",
                "split the file after this line: each patch is a transaction of its own",
            )
        } else {
            (
                "begin a transaction of its own in its middle",
                "split the file here: each patch is a transaction of its own",
            )
        };
        let more = controls().skip(1);
        findings.push(more.fold(finding(why, help, first), |finding, step| {
            finding.label(first_line(step), "and here")
        }));
    }
}

/// The start of a step, so that a report does not show all of a long statement.
pub(super) fn first_line(step: &Step<'_>) -> Span {
    let length = step.text().find(['\n', '\r']).unwrap_or(step.text().len());
    Span::new(
        step.span.source,
        step.span.start,
        step.span.start + length as u32,
    )
}
