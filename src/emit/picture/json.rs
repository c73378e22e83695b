//! The order for other programs.

use serde::Serialize;

use super::Picture;
use crate::graph::Cycle;
use crate::resolve::{Edge, PatchId, Reason, Strength};
use crate::source::{Position, Sources, Span};

/// JSON: the patches in order, each with what it requires and why, and what was cut. Fixed by its
/// `version`; also what `order --format json` prints.
#[must_use]
pub fn json<'a>(picture: &Picture<'a>) -> String {
    let patch = |&id: &PatchId| {
        let patch = &picture.patches[id.0 as usize];
        let edges = picture.graph.predecessors(id);
        PatchEntry {
            name: &patch.name,
            path: &picture.sources.get(patch.source).path,
            requires: edges.map(|edge| required_entry(edge, picture)).collect(),
        }
    };
    let cut = |edge: &'a Edge| CutEntry {
        patch: picture.name(edge.later),
        required: required_entry(edge, picture),
    };
    let cycle = |cycle: &'a Cycle| cycle.patches().map(|id| picture.name(id)).collect();
    let entry = Entry {
        version: 1,
        patches: picture.sequence().iter().map(patch).collect(),
        cut: picture.cut().iter().map(cut).collect(),
        cycles: picture.cycles.iter().map(cycle).collect(),
    };
    let mut text =
        serde_json::to_string_pretty(&entry).expect("keys are strings and no value can fail");
    text.push('\n');
    text
}

#[derive(Serialize)]
struct Entry<'a> {
    version: u32,
    patches: Vec<PatchEntry<'a>>,
    cut: Vec<CutEntry<'a>>,
    /// What keeps them from having an order: then they are listed by their paths.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cycles: Vec<Vec<&'a str>>,
}

#[derive(Serialize)]
struct PatchEntry<'a> {
    name: &'a str,
    path: &'a str,
    requires: Vec<Required<'a>>,
}

/// What a patch would require, had it not been cut.
#[derive(Serialize)]
struct CutEntry<'a> {
    patch: &'a str,
    #[serde(flatten)]
    required: Required<'a>,
}

#[derive(Serialize)]
struct Required<'a> {
    name: &'a str,
    reasons: Vec<ReasonEntry<'a>>,
}

#[derive(Serialize)]
struct ReasonEntry<'a> {
    rule: &'static str,
    strength: Strength,
    object: &'a str,
    /// In the patch that is required.
    from: Place<'a>,
    /// In the patch that requires it.
    to: Place<'a>,
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    line: u32,
    column: u32,
}

fn required_entry<'a>(edge: &'a Edge, picture: &Picture<'a>) -> Required<'a> {
    let reason = |reason: &'a Reason| ReasonEntry {
        rule: reason.rule.name(),
        strength: reason.strength,
        object: &reason.object,
        from: place(reason.earlier, picture.sources),
        to: place(reason.later, picture.sources),
    };
    Required {
        name: picture.name(edge.earlier),
        reasons: edge.reasons.iter().map(reason).collect(),
    }
}

fn place(span: Span, sources: &Sources) -> Place<'_> {
    let source = sources.get(span.source);
    let Position { line, column } = source.position(span.start);
    Place {
        path: &source.path,
        line,
        column,
    }
}
