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

/// One statement in its place.
#[derive(Debug)]
pub(in crate::emit) struct Step {
    /// How it is carried.
    pub(in crate::emit) way: Way,
    /// Its place: `file:line`.
    pub(in crate::emit) place: String,
    /// Its text, where it is not what stands at `span`.
    pub(in crate::emit) text: Option<String>,
    /// Where it stands.
    pub(in crate::emit) span: Span,
    /// What tells whether it has taken effect.
    pub(in crate::emit) probe: Option<Probe>,
    /// Whether the client sends it by itself, in a part of its own.
    pub(in crate::emit) outside: bool,
    /// Whether the patch has set an `sql_mode` in which a backslash is a letter.
    pub(in crate::emit) plain_backslash: bool,
    /// Its line, and a checksum of it.
    mark: String,
    leaves: Vec<String>,
}

impl Step {
    /// Its text.
    pub(in crate::emit) fn text<'t>(&'t self, source: &'t Source) -> &'t str {
        self.text.as_deref().unwrap_or(source.slice(self.span))
    }
}

/// Statements that run in one call.
#[derive(Debug, Default)]
pub(in crate::emit) struct Part {
    /// The number of the first one in the patch, from 1.
    pub(in crate::emit) first: usize,
    /// The statements.
    pub(in crate::emit) steps: Vec<Step>,
    /// A transaction that the patch has begun goes on in the next part.
    pub(in crate::emit) open: bool,
}

/// What one patch does.
#[derive(Debug)]
pub(in crate::emit) struct Parts {
    /// At least one.
    pub(in crate::emit) parts: Vec<Part>,
    /// How many statements they have.
    pub(in crate::emit) statements: usize,
    /// The temporary tables that it makes, quoted.
    pub(in crate::emit) temporary: Vec<String>,
    /// `line:checksum` of each statement, where a run that is cut off may leave some of them done.
    pub(in crate::emit) marks: Option<String>,
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
                    steps.extend(step.map(|step| Step {
                        text: Some(text.clone()),
                        ..step
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
    let statements = steps.len();
    let marks: Vec<&str> = steps.iter().map(|step| step.mark.as_str()).collect();
    let marks = marks.join(" ");
    let commits = steps.iter().any(|step| step.way.commits());
    let parts = share_out(source, server.engine, steps);
    Parts {
        marks: (commits || parts.len() > 1).then_some(marks),
        parts,
        statements,
        temporary,
    }
}

/// A checksum of what the server sees of a statement.
fn checksum(text: &str, words: &Words<'_>) -> u64 {
    let mut builder = ChecksumBuilder::default();
    for token in words.tokens() {
        builder.part(token.text(text).replace("\r\n", "\n").as_bytes());
    }
    builder.finish().leading_u64() >> 32
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
    let mark = format!("{line}:{:08x}", checksum(text, &words));
    let carried = match role(text, words, server) {
        Role::Carried(carried) => carried,
        Role::Refused(refusal) => {
            refuse(&refusal.why, &refusal.help);
            return None;
        }
    };
    temporary.extend(carried.temporary);
    Some(Step {
        way: carried.way,
        place: format!("{}:{line}", in_comment(&patch.path)),
        text: carried.text,
        span,
        probe: carried.probe,
        mark,
        outside: false,
        plain_backslash: false,
        leaves: carried.leaves,
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
        if steps[at].leaves.is_empty() {
            continue;
        }
        let Some(commit) = steps[at..].iter().position(|step| step.way.commits()) else {
            continue;
        };
        let leaves = &steps[at].leaves;
        let needed = steps[at + commit..]
            .iter()
            .any(|later| names(source.slice(later.span), engine, leaves));
        if needed {
            steps[at].way = Way::Volatile;
        } else if steps[at].way == Way::Session {
            // Nothing needs it, and what it reads may have changed.
            let sets_only = steps[at].leaves.len() == 1 && !steps[at].text(source).contains(',');
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
fn share_out(source: &Source, engine: Engine, steps: Vec<Step>) -> Vec<Part> {
    let mut parts = vec![Part {
        first: 1,
        ..Part::default()
    }];
    let mut size = 0;
    let mut in_transaction = false;
    for (number, step) in (1..).zip(steps) {
        if let Some(part) = parts.last_mut()
            && let Some(last) = part.steps.last()
            && (size + step.text(source).len() > FULL || step.outside || last.outside)
        {
            part.open = in_transaction;
            parts.push(Part {
                first: number,
                ..Part::default()
            });
            size = 0;
        }
        size += step.text(source).len();
        in_transaction = match step.way {
            Way::Nothing => begins(source.slice(step.span), engine),
            way => in_transaction && !way.commits(),
        };
        if let Some(part) = parts.last_mut() {
            part.steps.push(step);
        }
    }
    parts
}

fn begins(text: &str, engine: Engine) -> bool {
    let words = Reading::new(engine).words(text);
    words.is(&["BEGIN", "START"])
}
