//! The JSON documents that commands write. Each has `"version": 1`; a later version may add keys,
//! and takes another number where it changes or removes one.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::work::Work;
use crate::plan::{Plan, PlannedPatch};
use crate::read::statement::{Statement, StatementKind};
use crate::resolve::{Edge, Reason};
use crate::source::Span;

/// The text of a document with these members after its version and dialect.
pub(super) fn document(work: &Work, members: Value) -> String {
    let mut document = Map::new();
    document.insert("version".to_owned(), json!(1));
    document.insert("dialect".to_owned(), json!(work.settings.engine.name()));
    if let Value::Object(members) = members {
        document.extend(members);
    }
    let mut text = serde_json::to_string_pretty(&document)
        .expect("a value with texts for keys can always be written");
    text.push('\n');
    text
}

/// An edge with its reasons.
pub(super) fn edge(work: &Work, edge: &Edge) -> Value {
    let reasons = edge.reasons.iter().map(|it| reason(work, it));
    json!({
        "earlier": work.name(edge.earlier),
        "later": work.name(edge.later),
        "strength": edge.strength().name(),
        "reasons": reasons.collect::<Vec<_>>(),
    })
}

fn reason(work: &Work, reason: &Reason) -> Value {
    json!({
        "rule": reason.rule.name(),
        "strength": reason.strength.name(),
        "object": reason.object,
        "earlier": place(work, reason.earlier),
        "later": place(work, reason.later),
    })
}

/// Where a span is: its path from here, and lines and columns from 1.
pub(super) fn place(work: &Work, span: Span) -> Value {
    let source = work.sources.get(span.source);
    let (start, end) = (source.position(span.start), source.position(span.end));
    json!({
        "path": source.shown,
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
    })
}

/// The plan: what a script does, in order. `with_texts` adds every statement, so that a program can
/// do it instead of the script, and every edge between its patches with the reasons.
pub(super) fn plan(work: &Work, plan: &Plan, with_texts: bool) -> String {
    let patches = plan.patches.iter().map(|it| planned(work, it, with_texts));
    let patches: Vec<Value> = patches.collect();
    let mut members =
        json!({ "bundle": plan.bundle, "settings": plan.settings, "patches": patches });
    if with_texts {
        let held: BTreeSet<&str> = plan.patches.iter().map(|it| it.name.as_str()).collect();
        let holds = |id| held.contains(work.name(id));
        let edges = work.analysis.graph.edges().iter();
        let inside = edges.filter(|it| holds(it.earlier) && holds(it.later));
        members["edges"] = inside.map(|it| edge(work, it)).collect();
    }
    document(work, members)
}

fn planned(work: &Work, patch: &PlannedPatch, with_texts: bool) -> Value {
    let requires: Vec<_> = patch.requires.iter().map(|it| &it.name).collect();
    let mut value = json!({
        "name": patch.name,
        "path": patch.path,
        "checksum": patch.checksum,
        "formerly": patch.formerly,
        "requires": requires,
        "external": patch.external,
        "external_formerly": patch.external_formerly,
        "dependents": patch.dependents,
        "phase": patch.phase.name(),
        "irreversible": patch.irreversible,
        "repeatable": patch.repeatable,
        "no_transaction": patch.no_transaction,
    });
    if with_texts {
        let statements = patch.statements.iter();
        let statements = statements.filter(|it| it.kind != StatementKind::Trivia);
        let statements = statements.map(|it| statement(work, it));
        value["statements"] = statements.collect();
    }
    value
}

/// A statement's kind, its line and its text, from its first to its last token.
fn statement(work: &Work, statement: &Statement) -> Value {
    let source = work.sources.get(statement.body.source);
    json!({
        "kind": statement.kind,
        "line": source.position(statement.body.start).line,
        "text": source.slice(statement.body),
    })
}
