//! `sqlstitch show`: what one stage makes of the files, for those who wonder why.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::document::{self, document, place};
use super::tell::Tell;
use super::work::{self, Work};
use super::{Exit, Refusal, args, output};
use crate::name::visible;
use crate::pipeline;
use crate::plan::Plan;
use crate::read::Patch;
use crate::read::fact::{Action, Binding, Fact, Reader};
use crate::read::statement::{Statement, StatementKind};
use crate::source::Span;
use args::{Stage, TextFormat};

pub(super) fn run(typed: &args::Show, tell: &Tell) -> Result<Exit, Refusal> {
    let work = work::analyse(&typed.files, None)?;
    // A stage is looked at most of all when something is wrong.
    let exit = work.tell(tell).err().unwrap_or(Exit::Fine);
    let text = typed.format == TextFormat::Text;
    let shown = match typed.stage {
        Stage::Statements if text => statements_text(&work),
        Stage::Statements => patches_json(&work, |patch| statements_json(&work, patch)),
        Stage::Facts if text => facts_text(&work),
        Stage::Facts => patches_json(&work, |patch| facts_json(&work, patch)),
        Stage::Edges if text => edges_text(&work),
        Stage::Edges => edges_json(&work),
        Stage::Plan => {
            let settings = work.settings.script.clone();
            match pipeline::plan(&work.analysis, &work.sources, settings) {
                Some(plan) if text => plan_text(&plan),
                Some(plan) => document::plan(&work, &plan, false),
                None => String::new(),
            }
        }
    };
    output::to_stdout(&shown)?;
    Ok(exit)
}

fn patches_json(work: &Work, members: impl Fn(&Patch) -> (&'static str, Value)) -> String {
    let patches = work.analysis.patches.iter().map(|patch| {
        let (key, value) = members(patch);
        json!({
            "name": patch.name,
            "path": work.sources.get(patch.source).path,
            "checksum": patch.checksum,
            key: value,
        })
    });
    document(work, json!({ "patches": patches.collect::<Vec<_>>() }))
}

// Statements

fn statements_text(work: &Work) -> String {
    let mut text = String::new();
    for patch in &work.analysis.patches {
        let source = work.sources.get(patch.source);
        let _ = writeln!(text, "{}", source.path);
        let trivia = |it: &&Statement| it.kind != StatementKind::Trivia;
        for statement in patch.statements.iter().filter(trivia) {
            let kind = kind(statement.kind);
            let end = if statement.terminated {
                ""
            } else {
                ", no terminator"
            };
            let position = source.position(statement.body.start);
            let _ = writeln!(
                text,
                "  {}:{} {kind}{end}: {}",
                position.line,
                position.column,
                start_of(source.slice(statement.body))
            );
        }
    }
    text
}

fn statements_json(work: &Work, patch: &Patch) -> (&'static str, Value) {
    let one = |statement: &Statement| {
        json!({
            "kind": kind(statement.kind),
            "terminated": statement.terminated,
            "place": place(work, statement.body),
            "text": work.sources.slice(statement.span),
        })
    };
    let statements = patch.statements.iter().map(one);
    ("statements", statements.collect())
}

fn kind(kind: StatementKind) -> &'static str {
    match kind {
        StatementKind::Sql => "sql",
        StatementKind::ClientCommand => "client command",
        StatementKind::CopyData => "copy data",
        StatementKind::BatchSeparator => "batch separator",
        StatementKind::Trivia => "trivia",
    }
}

/// The first words, on one line.
fn start_of(body: &str) -> String {
    const WIDTH: usize = 72;
    let mut words = String::new();
    for word in body.split_whitespace() {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
        if words.chars().count() > WIDTH {
            let mut cut: String = words.chars().take(WIDTH - 1).collect();
            cut.push('…');
            return cut;
        }
    }
    words
}

// Facts

fn facts_text(work: &Work) -> String {
    let mut text = String::new();
    for patch in &work.analysis.patches {
        let _ = writeln!(text, "{}", work.sources.get(patch.source).path);
        for statement in &patch.facts {
            if let Some(path) = &statement.search_path {
                let names: Vec<_> = path.iter().map(|name| name.as_str()).collect();
                let _ = writeln!(text, "  with search_path {}:", names.join(", "));
            }
            for fact in &statement.facts {
                let _ = writeln!(text, "  {} {}", position(work, fact.span), fact_line(fact));
            }
            for span in &statement.dynamic {
                let _ = writeln!(text, "  {} dynamic SQL", position(work, *span));
            }
        }
    }
    text
}

/// Line and column; the file is named above.
fn position(work: &Work, span: Span) -> String {
    let position = work.sources.get(span.source).position(span.start);
    format!("{}:{}", position.line, position.column)
}

/// What is done to what, then what else there is to know.
fn fact_line(fact: &Fact) -> String {
    let mut line = format!("{} {}", verb(&fact.action), fact.object);
    match &fact.action {
        Action::Define {
            replace,
            if_absent,
            temporary,
        } => {
            let words = [
                (*replace, "or replace"),
                (*if_absent, "if not exists"),
                (*temporary, "temporary"),
            ];
            flags(&mut line, &words);
        }
        Action::Drop { if_exists, cascade } => {
            flags(
                &mut line,
                &[(*if_exists, "if exists"), (*cascade, "cascade")],
            );
        }
        Action::Rename { to } => {
            let _ = write!(line, " to {to}");
        }
        Action::RunsOnWrite { table } => {
            let _ = write!(line, " on writes to {table}");
        }
        Action::Partitions { parent } => {
            let _ = write!(line, " of {parent}");
        }
        Action::CoversAll { of } | Action::CoversNew { of } => {
            let _ = write!(line, " for each {}", of.noun());
        }
        Action::References { from } => {
            let _ = write!(line, " by a foreign key of {from}");
        }
        _ => {}
    }
    if !fact.or_of.is_empty() {
        let names: Vec<_> = fact.or_of.iter().map(ToString::to_string).collect();
        let _ = write!(line, " or of {}", names.join(", "));
    }
    if let Some(routine) = &fact.in_body_of {
        let _ = write!(line, " in the body of {routine}");
    }
    let reader = match fact.reader {
        Reader::Tree => "",
        Reader::Tokens => "read by tokens",
        Reader::Implied => "implied",
        Reader::Header => "header",
    };
    flags(
        &mut line,
        &[
            (fact.binding == Binding::Late, "late"),
            (!reader.is_empty(), reader),
        ],
    );
    line
}

fn flags(line: &mut String, words: &[(bool, &str)]) {
    for (_, word) in words.iter().filter(|(set, _)| *set) {
        let _ = write!(line, " [{word}]");
    }
}

fn verb(action: &Action) -> &'static str {
    match action {
        Action::Define { .. } => "define",
        Action::Use => "use",
        Action::Alter => "alter",
        Action::Retype => "retype",
        Action::Rename { .. } => "rename",
        Action::Drop { .. } => "drop",
        Action::Write => "write",
        Action::Read => "read",
        Action::Tighten => "tighten",
        Action::Run => "run",
        Action::RunsOnWrite { .. } => "runs",
        Action::References { .. } => "referenced",
        Action::Partitions { .. } => "holds rows",
        Action::CoversAll { .. } => "grant on all of",
        Action::CoversNew { .. } => "default privileges in",
    }
}

fn facts_json(work: &Work, patch: &Patch) -> (&'static str, Value) {
    let facts = patch.facts.iter().flat_map(|statement| {
        statement.facts.iter().map(|fact| {
            json!({
                "statement": statement.statement,
                "action": verb(&fact.action),
                "object": fact.object.to_string(),
                "late": fact.binding == Binding::Late,
                "reader": fact.reader,
                "in_body_of": fact.in_body_of.as_ref().map(ToString::to_string),
                "place": place(work, fact.span),
                "fact": fact_line(fact),
            })
        })
    });
    ("facts", facts.collect())
}

// Edges

fn edges_text(work: &Work) -> String {
    let mut text = String::new();
    for edge in work.analysis.graph.edges() {
        let (earlier, later) = (work.name(edge.earlier), work.name(edge.later));
        let _ = writeln!(text, "{earlier} -> {later} ({})", edge.strength().name());
        for reason in &edge.reasons {
            let _ = writeln!(
                text,
                "  {} ({}, {}): {} .. {}",
                reason.object,
                reason.rule.name(),
                reason.strength.name(),
                visible(&work.sources.locate(reason.earlier)),
                visible(&work.sources.locate(reason.later)),
            );
        }
    }
    text
}

fn edges_json(work: &Work) -> String {
    let edges = work.analysis.graph.edges().iter();
    let edges: Vec<_> = edges.map(|edge| document::edge(work, edge)).collect();
    document(work, json!({ "edges": edges }))
}

// The plan

fn plan_text(plan: &Plan) -> String {
    let mut text = format!("bundle {} for {}\n", plan.bundle, plan.engine.name());
    for (place, patch) in plan.patches.iter().enumerate() {
        let _ = write!(
            text,
            "{}. {} (checksum {})",
            place + 1,
            patch.name,
            patch.checksum
        );
        flags(
            &mut text,
            &[
                (patch.repeatable, "repeatable"),
                (patch.no_transaction, "outside a transaction"),
            ],
        );
        text.push('\n');
        let requires: Vec<_> = patch.requires.iter().map(|it| it.name.as_str()).collect();
        for (title, names) in [
            ("formerly", patch.formerly.join(", ")),
            ("after", requires.join(", ")),
            ("needs in the ledger", patch.external.join(", ")),
        ] {
            if !names.is_empty() {
                let _ = writeln!(text, "   {title}: {names}");
            }
        }
    }
    text
}
