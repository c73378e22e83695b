//! The order as a picture: DOT, Mermaid, and JSON for other programs.

use std::fmt::Write as _;

use serde::Serialize;

use crate::graph::{Graph, Order};
use crate::read::Patch;
use crate::resolve::{Edge, PatchId, Reason, Strength};
use crate::source::{Position, Sources, Span};

/// What there is to draw.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    /// All patches of the run, by id.
    pub patches: &'a [Patch],
    /// Their order.
    pub order: &'a Order,
    /// The edges that the order keeps: the graph [without](Graph::without) those that were cut.
    pub graph: &'a Graph,
    /// The texts.
    pub sources: &'a Sources,
    /// Draw every edge, also those that a chain of others implies. JSON always has every edge.
    pub all: bool,
}

impl<'a> Picture<'a> {
    fn name(&self, patch: PatchId) -> &'a str {
        &self.patches[patch.0 as usize].name
    }

    fn edges(&self) -> Vec<&'a Edge> {
        if self.all {
            self.graph.edges().iter().collect()
        } else {
            self.graph.reduced_edges()
        }
    }
}

/// Graphviz. An arrow leads from a patch to what comes after it; a flow edge is dashed, a late one
/// is dotted.
#[must_use]
pub fn dot(picture: &Picture<'_>) -> String {
    let mut text = "digraph sqlstitch {\n  rankdir=LR;\n  node [shape=box];\n".to_owned();
    for &patch in &picture.order.sequence {
        text.push_str(&format!("  {};\n", dot_string(picture.name(patch))));
    }
    for edge in picture.edges() {
        let style = match edge.strength() {
            Strength::Hard => "",
            Strength::Flow => ", style=dashed",
            Strength::Late => ", style=dotted",
        };
        writeln!(
            text,
            "  {} -> {} [label={}{style}];",
            dot_string(picture.name(edge.earlier)),
            dot_string(picture.name(edge.later)),
            dot_string(&label(edge)),
        )
        .expect("a string takes every write");
    }
    text.push_str("}\n");
    text
}

/// Mermaid. An arrow leads from a patch to what comes after it; a hard edge is a line, a flow edge a
/// thick one, a late edge a dotted one.
#[must_use]
pub fn mermaid(picture: &Picture<'_>) -> String {
    let mut text = "flowchart LR\n".to_owned();
    for &patch in &picture.order.sequence {
        let name = mermaid_string(picture.name(patch));
        text.push_str(&format!("  p{}[{name}]\n", patch.0));
    }
    for edge in picture.edges() {
        let arrow = match edge.strength() {
            Strength::Hard => "-->",
            Strength::Flow => "==>",
            Strength::Late => "-.->",
        };
        let (earlier, later) = (edge.earlier.0, edge.later.0);
        let label = mermaid_string(&label(edge));
        writeln!(text, "  p{earlier} {arrow}|{label}| p{later}")
            .expect("a string takes every write");
    }
    text
}

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
    let entry = Entry {
        version: 1,
        patches: picture.order.sequence.iter().map(patch).collect(),
        cut: picture.order.cut.iter().map(cut).collect(),
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

/// The strongest reason's object, and how many other objects there are.
fn label(edge: &Edge) -> String {
    let mut objects: Vec<&str> = Vec::new();
    for reason in &edge.reasons {
        if !objects.contains(&reason.object.as_str()) {
            objects.push(&reason.object);
        }
    }
    match objects.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [one, more @ ..] => format!("{one} (+{})", more.len()),
    }
}

/// <https://graphviz.org/doc/info/lang.html>: in double quotes only the double quote needs an
/// escape, but labels read backslash escapes.
fn dot_string(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for char in text.chars() {
        match char {
            '"' | '\\' => quoted.extend(['\\', char]),
            char if char.is_control() => quoted.push(' '),
            char => quoted.push(char),
        }
    }
    quoted.push('"');
    quoted
}

/// <https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters>: in double quotes,
/// what Mermaid or HTML would read is written as an entity code.
fn mermaid_string(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for char in text.chars() {
        match char {
            '"' | '#' | '&' | '<' | '>' | '`' | '\\' | ';' => {
                quoted.push_str(&format!("#{};", u32::from(char)));
            }
            char if char.is_control() => quoted.push(' '),
            char => quoted.push(char),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::read::header::Header;
    use crate::resolve::Rule;
    use crate::source::{ChecksumBuilder, SourceId};

    /// Three patches, an edge that the others imply, and one that was cut.
    fn drawn(draw: fn(&Picture<'_>) -> String, all: bool) -> String {
        let mut sources = Sources::default();
        let names = ["tables/t", "views/\"quoted\\\" `v` #1", "z"];
        let patches: Vec<Patch> = names
            .iter()
            .map(|name| Patch {
                source: sources.add(format!("{name}.sql"), "first line\nsecond line\n"),
                name: (*name).to_owned(),
                header: Header::default(),
                statements: Vec::new(),
                facts: Vec::new(),
                checksum: ChecksumBuilder::default().finish(),
            })
            .collect();
        let edge = |earlier: u32, later: u32, reasons: &[(Rule, Strength, &str)]| Edge {
            earlier: PatchId(earlier),
            later: PatchId(later),
            reasons: reasons
                .iter()
                .map(|&(rule, strength, object)| Reason {
                    rule,
                    strength,
                    object: object.to_owned(),
                    earlier: Span::new(SourceId(earlier), 6, 10),
                    later: Span::new(SourceId(later), 18, 22),
                })
                .collect(),
        };
        let edges = vec![
            edge(
                0,
                1,
                &[
                    (Rule::DefineUse, Strength::Hard, "table t"),
                    (Rule::Column, Strength::Hard, "column t.<c>"),
                    (Rule::DefineBody, Strength::Late, "table t"),
                ],
            ),
            edge(0, 2, &[(Rule::DefineUse, Strength::Hard, "table t")]),
            edge(1, 2, &[(Rule::WriteRead, Strength::Flow, "table t")]),
            edge(2, 0, &[(Rule::DefineBody, Strength::Late, "function z()")]),
        ];
        let graph = Graph::new(patches.len(), edges);
        let order = graph.order().expect("the late edge can go");
        let graph = graph.without(&order.cut);
        draw(&Picture {
            patches: &patches,
            order: &order,
            graph: &graph,
            sources: &sources,
            all,
        })
    }

    #[test]
    fn dot_shows_what_is_not_implied() {
        assert_snapshot!(drawn(dot, false), @r#"
        digraph sqlstitch {
          rankdir=LR;
          node [shape=box];
          "tables/t";
          "views/\"quoted\\\" `v` #1";
          "z";
          "tables/t" -> "views/\"quoted\\\" `v` #1" [label="table t (+1)"];
          "views/\"quoted\\\" `v` #1" -> "z" [label="table t", style=dashed];
        }
        "#);
    }

    #[test]
    fn mermaid_shows_all_if_asked() {
        assert_snapshot!(drawn(mermaid, true), @r#"
        flowchart LR
          p0["tables/t"]
          p1["views/#34;quoted#92;#34; #96;v#96; #35;1"]
          p2["z"]
          p0 -->|"table t (+1)"| p1
          p0 -->|"table t"| p2
          p1 ==>|"table t"| p2
        "#);
    }

    #[test]
    fn json_has_every_edge_and_what_was_cut() {
        assert_snapshot!(drawn(json, false));
    }
}
