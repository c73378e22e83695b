//! A patch to parts: what one `SET` and one `EXECUTE IMMEDIATE` carry. Most patches are one part.

use super::charset::Charset;
use super::facts::Way;
use super::probe::{Probe, drops_apart};
use super::reading::Reading;
use super::role::{Role, role};
use super::server::Server;
use crate::dialect::Engine;
use crate::dialect::lex::TokenKind;
use crate::emit::text::in_comment;
use crate::emit::words::Words;
use crate::finding::{Code, Finding};
use crate::plan::PlannedPatch;
use crate::read::split::DISPLAY_COMMANDS;
use crate::read::statement::{Statement, StatementKind};
use crate::source::{ChecksumBuilder, Source, Span};

/// From this many bytes on a part is full. User variables hold it, and it is sent as one packet.
const FULL: usize = 1 << 20;

/// No server takes a longer packet: `max_allowed_packet`'s own limit, with room for doubled quotes.
const LONGEST: usize = 512 << 20;

/// One statement in its place. There may be a million of them, so most own no text.
#[derive(Debug)]
pub(in crate::emit) struct Step {
    /// How it is carried.
    pub(in crate::emit) way: Way,
    /// Whether the client sends it by itself, in a part of its own.
    pub(in crate::emit) outside: bool,
    /// Whether the patch has set an `sql_mode` in which a backslash is a letter.
    pub(in crate::emit) plain_backslash: bool,
    /// Where it stands.
    pub(in crate::emit) span: Span,
    /// Its line in the patch, from 1.
    line: u32,
    /// A checksum of what the server sees of it.
    checksum: u32,
    /// What few have.
    more: Option<Box<More>>,
}

#[derive(Debug, Default)]
struct More {
    text: Option<String>,
    probe: Option<Probe>,
    leaves: Vec<String>,
}

impl Step {
    /// Its text.
    pub(in crate::emit) fn text<'t>(&'t self, source: &'t Source) -> &'t str {
        self.own_text().unwrap_or(source.slice(self.span))
    }

    /// Its text, where it is not what stands at `span`.
    pub(in crate::emit) fn own_text(&self) -> Option<&str> {
        self.more.as_ref()?.text.as_deref()
    }

    /// Gives it another text than what stands at `span`.
    pub(in crate::emit) fn set_text(&mut self, text: String) {
        self.more.get_or_insert_default().text = Some(text);
    }

    /// Its place in its patch: `file:line`.
    pub(in crate::emit) fn place(&self, patch: &PlannedPatch) -> String {
        format!("{}:{}", in_comment(&patch.path), self.line)
    }

    /// What tells whether it has taken effect.
    pub(in crate::emit) fn probe(&self) -> Option<&Probe> {
        self.more.as_ref()?.probe.as_ref()
    }

    fn leaves(&self) -> &[String] {
        self.more.as_ref().map_or(&[], |more| &more.leaves)
    }
}

/// Statements that run in one call.
#[derive(Debug)]
pub(in crate::emit) struct Part {
    /// The number of the first one in the patch, from 1.
    pub(in crate::emit) first: usize,
    /// How many there are.
    count: usize,
    /// A transaction that the patch has begun goes on in the next part.
    pub(in crate::emit) open: bool,
}

/// What one patch does.
#[derive(Debug)]
pub(in crate::emit) struct Parts {
    /// Its statements.
    pub(in crate::emit) steps: Vec<Step>,
    /// Which of them run in one call; at least one.
    pub(in crate::emit) parts: Vec<Part>,
    /// The temporary tables that it makes, quoted.
    pub(in crate::emit) temporary: Vec<String>,
    /// Whether a run that is cut off may leave some of the statements done, and the ledger tells which.
    pub(in crate::emit) has_marks: bool,
}

impl Parts {
    /// The statements of a part.
    pub(in crate::emit) fn of(&self, part: &Part) -> &[Step] {
        &self.steps[part.first - 1..][..part.count]
    }

    /// How long [`Self::push_marks`] is.
    pub(in crate::emit) fn marks_length(&self) -> usize {
        let mut length = Length(0);
        if self.has_marks {
            self.push_marks(&mut length);
        }
        length.0
    }

    /// Appends `line:checksum` of each statement.
    pub(in crate::emit) fn push_marks(&self, text: &mut impl std::fmt::Write) {
        for (index, step) in self.steps.iter().enumerate() {
            let gap = if index > 0 { " " } else { "" };
            let _ = write!(text, "{gap}{}:{:08x}", step.line, step.checksum);
        }
    }
}

/// Only counts: the marks of a large seed are longer than most scripts.
struct Length(usize);

impl std::fmt::Write for Length {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

/// Takes the patch apart.
pub(in crate::emit) fn parts(
    patch: &PlannedPatch,
    source: &Source,
    server: &Server,
    findings: &mut Vec<Finding>,
) -> Parts {
    let mut temporary = Vec::new();
    let mut steps = Vec::new();
    let mut dropped = Vec::new();
    let mut reading = Reading::new(server.engine);
    let mut charset = Charset::default();
    for piece in &patch.statements {
        match piece.kind {
            StatementKind::Sql => {
                let text = source.slice(piece.body);
                let words = reading.words(text);
                reading.see(text, &words);
                findings.extend(charset.see(&words, patch, source, piece.body));
                let place = (patch, source, piece.body);
                let apart = drops_apart(text, &words).filter(|_| server.has_blocks);
                let Some(apart) = apart else {
                    let outside = (server.is_outside)(&words);
                    let step = step(place, text, words, server, &mut temporary, findings);
                    if let Some(mut step) = step {
                        step.outside = outside && step.way.is_run();
                        step.plain_backslash = !reading.backslash_escapes();
                        steps.push(step);
                    }
                    continue;
                };
                for text in apart {
                    let words = reading.words(&text);
                    let step = step(place, &text, words, server, &mut temporary, findings);
                    steps.extend(step.map(|mut step| {
                        step.set_text(text.clone());
                        step
                    }));
                }
            }
            StatementKind::ClientCommand => {
                client_command(patch, source, piece, server, &mut dropped, findings);
            }
            _ => {}
        }
    }
    if !dropped.is_empty() {
        let finding = Finding::new(
            Code::ClientCommand,
            format!(
                "the script leaves out commands of the client in patch `{}`",
                patch.name
            ),
        );
        findings.push(
            dropped
                .into_iter()
                .fold(finding, |finding, span| finding.label(span, "left out")),
        );
    }
    // A COMMIT with nothing behind it is the end of the patch.
    for step in steps.iter_mut().rev() {
        match step.way {
            Way::Commit => step.way = Way::Nothing,
            Way::Nothing | Way::Session => {}
            _ => break,
        }
    }
    settle(&mut steps);
    find_volatile(source, server.engine, &mut steps);
    let commits = steps.iter().any(|step| step.way.commits());
    let parts = share_out(source, server.engine, &steps);
    Parts {
        has_marks: commits || parts.len() > 1,
        steps,
        parts,
        temporary,
    }
}

/// A checksum of what the server sees of a statement.
fn checksum(text: &str, words: &Words<'_>) -> u32 {
    let mut builder = ChecksumBuilder::default();
    for token in words.tokens() {
        builder.part(token.text(text).replace("\r\n", "\n").as_bytes());
    }
    (builder.finish().leading_u64() >> 32) as u32
}

/// No transaction has begun where nothing stands before, so that none needs to end.
fn settle(steps: &mut [Step]) {
    let mut begun = false;
    for step in steps {
        if step.way == Way::Outside && !begun {
            step.way = Way::Session;
        }
        begun = match step.way {
            Way::Nothing | Way::Session => begun,
            way => !way.commits(),
        };
    }
}

fn step(
    (patch, source, span): (&PlannedPatch, &Source, Span),
    text: &str,
    words: Words<'_>,
    server: &Server,
    temporary: &mut Vec<String>,
    findings: &mut Vec<Finding>,
) -> Option<Step> {
    let mut refuse = |why: &str, help: &str| {
        findings.push(
            Finding::new(
                Code::Unsupported,
                format!("patch `{}` cannot {why}", patch.name),
            )
            .label(first_line(source, span), "")
            .help(help),
        );
    };
    if text.len() > LONGEST {
        refuse(
            "hold a statement of more than 512 MiB",
            "split the statement: no server takes it as one packet",
        );
        return None;
    }
    let line = source.position(span.start).line;
    let checksum = checksum(text, &words);
    let carried = match role(text, words, server) {
        Role::Carried(carried) => carried,
        Role::Refused(refusal) => {
            refuse(&refusal.why, &refusal.help);
            return None;
        }
    };
    temporary.extend(carried.temporary);
    let more = More {
        text: carried.text,
        probe: carried.probe,
        leaves: carried.leaves,
    };
    let has_more = more.text.is_some() || more.probe.is_some() || !more.leaves.is_empty();
    Some(Step {
        way: carried.way,
        outside: false,
        plain_backslash: false,
        span,
        line,
        checksum,
        more: has_more.then(|| Box::new(more)),
    })
}

fn client_command(
    patch: &PlannedPatch,
    source: &Source,
    piece: &Statement,
    server: &Server,
    dropped: &mut Vec<Span>,
    findings: &mut Vec<Finding>,
) {
    let text = source.slice(piece.body);
    let word = text.split_whitespace().next().unwrap_or(text);
    let is = |name: &&str| word.eq_ignore_ascii_case(name);
    if is(&"delimiter") {
        return;
    }
    if DISPLAY_COMMANDS.iter().any(is) {
        dropped.push(piece.body);
        return;
    }
    let help = if is(&"source") || word == "\\." {
        "give the file that it reads as a patch, and name it in `-- requires:`"
    } else if is(&"charset") {
        "write SET NAMES"
    } else {
        "leave it out"
    };
    findings.push(
        Finding::new(
            Code::Unsupported,
            format!(
                "patch `{}` uses `{word}`, a command of the {} client",
                patch.name, server.client
            ),
        )
        .label(piece.body, "only the client knows this")
        .help(help),
    );
}

/// The first line of a statement, to point at.
pub(in crate::emit) fn first_line(source: &Source, span: Span) -> Span {
    let text = source.slice(span);
    let length = text.find(['\n', '\r']).unwrap_or(text.len());
    Span::new(span.source, span.start, span.start + length as u32)
}

/// Marks the statements that leave something in the session that a later one needs behind a commit:
/// a run that takes the patch up there would miss it.
fn find_volatile(source: &Source, engine: Engine, steps: &mut [Step]) {
    for at in 0..steps.len() {
        if steps[at].leaves().is_empty() {
            continue;
        }
        let Some(commit) = steps[at..].iter().position(|step| step.way.commits()) else {
            continue;
        };
        let leaves = steps[at].leaves();
        let needed = steps[at + commit..]
            .iter()
            .any(|later| names(source.slice(later.span), engine, leaves));
        if needed {
            steps[at].way = Way::Volatile;
        } else if steps[at].way == Way::Session {
            // Nothing needs it, and what it reads may have changed.
            let sets_only = steps[at].leaves().len() == 1 && !steps[at].text(source).contains(',');
            if sets_only {
                steps[at].way = Way::Transaction;
            }
        }
    }
}

fn names(text: &str, engine: Engine, leaves: &[String]) -> bool {
    Reading::new(engine)
        .words(text)
        .tokens()
        .iter()
        .filter(|token| {
            matches!(
                token.kind,
                TokenKind::Word | TokenKind::QuotedIdent | TokenKind::Param
            )
        })
        .any(|token| {
            let word = token.text(text).to_ascii_lowercase();
            let word = word.trim_matches('`');
            leaves.iter().any(|leaf| leaf == word)
        })
}

/// Shares the steps out to parts of about the same size.
fn share_out(source: &Source, engine: Engine, steps: &[Step]) -> Vec<Part> {
    let new = |first| Part {
        first,
        count: 0,
        open: false,
    };
    let mut full = Vec::new();
    let mut part = new(1);
    let mut size = 0;
    let mut in_transaction = false;
    let mut is_last_outside = false;
    for (number, step) in (1..).zip(steps) {
        let length = step.text(source).len();
        if part.count > 0 && (size + length > FULL || step.outside || is_last_outside) {
            part.open = in_transaction;
            full.push(part);
            part = new(number);
            size = 0;
        }
        size += length;
        in_transaction = match step.way {
            Way::Nothing => begins(source.slice(step.span), engine),
            way => in_transaction && !way.commits(),
        };
        is_last_outside = step.outside;
        part.count += 1;
    }
    full.push(part);
    full
}

fn begins(text: &str, engine: Engine) -> bool {
    let words = Reading::new(engine).words(text);
    words.is(&["BEGIN", "START"])
}
