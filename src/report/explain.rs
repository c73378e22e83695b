//! Why a patch stands where it stands, in words and source lines.

use std::fmt::Write as _;

use crate::graph::Graph;
use crate::name::visible;
use crate::read::Patch;
use crate::resolve::{Edge, PatchId, Reason, Rule};
use crate::source::{Sources, Span};

/// The most characters of a source line that are shown.
const WIDTH: usize = 100;

/// Everything that `patch` needs directly and everything that needs it. `graph` holds the edges that
/// the order keeps.
#[must_use]
pub fn explain_patch(
    patch: PatchId,
    graph: &Graph,
    patches: &[Patch],
    sources: &Sources,
) -> String {
    let name = name(patch, patches);
    let mut text = String::new();
    let mut list = |edges: Vec<&Edge>, some: &str, none: &str| {
        if edges.is_empty() {
            writeln!(text, "`{name}` {none}.").expect("a string takes every write");
            return;
        }
        writeln!(text, "`{name}` {some}:").expect("a string takes every write");
        for edge in edges {
            text.push('\n');
            text.push_str(&one(edge, patches, sources));
        }
        text.push('\n');
    };
    list(
        graph.predecessors(patch).collect(),
        "comes after what it needs",
        "needs no other patch",
    );
    list(
        graph.successors(patch).collect(),
        "comes before what needs it",
        "is needed by no other patch",
    );
    text
}

/// Why one of two patches comes before the other: the shortest chain of needs between them, or that
/// there is none. `graph` holds the edges that the order keeps.
#[must_use]
pub fn explain_pair(
    one_patch: PatchId,
    other: PatchId,
    graph: &Graph,
    patches: &[Patch],
    sources: &Sources,
) -> String {
    let (first, second) = (name(one_patch, patches), name(other, patches));
    if one_patch == other {
        return format!("`{first}` is one patch.\n");
    }
    let forward = graph.why(one_patch, other);
    let (earlier, later, chain) = match (forward, graph.why(other, one_patch)) {
        (Some(chain), _) => (first, second, chain),
        (None, Some(chain)) => (second, first, chain),
        (None, None) => {
            return format!(
                "Neither `{first}` nor `{second}` needs the other, directly or through others: \
                 their paths decide.\n"
            );
        }
    };
    let mut text = format!("`{earlier}` comes before `{later}`:\n");
    for edge in chain {
        text.push('\n');
        text.push_str(&one(edge, patches, sources));
    }
    text
}

/// One edge with all its reasons.
fn one(edge: &Edge, patches: &[Patch], sources: &Sources) -> String {
    let (earlier, later) = (name(edge.earlier, patches), name(edge.later, patches));
    let mut text = format!("`{later}` needs `{earlier}`\n");
    for reason in &edge.reasons {
        text.push_str(&block(reason, sources));
    }
    text
}

/// ```text
///   define-use, hard
///     a.sql:3:14 defines table t
///       CREATE TABLE t (
///     b.sql:1:15 uses it
///       SELECT * FROM t
/// ```
fn block(reason: &Reason, sources: &Sources) -> String {
    let (does, needs) = reason.rule.verbs();
    let (rule, strength) = (reason.rule.name(), reason.strength.name());
    let object = &reason.object;
    let line = |span: Span, words: &str| {
        let place = sources.locate(span);
        let (place, line) = (visible(&place), excerpt(span, sources));
        format!("    {place} {words}\n      {line}\n")
    };
    let places = if reason.rule == Rule::Header {
        // The other end is the whole patch.
        line(reason.later, &format!("{needs} {object}"))
    } else {
        line(reason.earlier, &format!("{does} {object}"))
            + &line(reason.later, &format!("{needs} it"))
    };
    format!("  {rule}, {strength}\n{places}")
}

/// The source line, or the part of a long one that holds the start of the span.
fn excerpt(span: Span, sources: &Sources) -> String {
    let source = sources.get(span.source);
    let whole = source.line_at(span.start);
    let line = whole.trim_start();
    let indent = whole.chars().count() - line.chars().count();
    let at = source.position(span.start).column as usize - 1;
    let length = line.chars().count();
    if length <= WIDTH {
        return line.to_owned();
    }
    let start = at.saturating_sub(indent + WIDTH / 2).min(length - WIDTH);
    let part: String = line.chars().skip(start).take(WIDTH).collect();
    let before = if start > 0 { "…" } else { "" };
    let after = if start + WIDTH < length { "…" } else { "" };
    format!("{before}{part}{after}")
}

fn name(patch: PatchId, patches: &[Patch]) -> &str {
    &patches[patch.0 as usize].name
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::read::header::Header;
    use crate::resolve::Strength;
    use crate::source::ChecksumBuilder;

    fn told(tell: impl Fn(&Graph, &[Patch], &Sources) -> String) -> String {
        let mut sources = Sources::default();
        let wide = format!("SELECT {} FROM w", "x, ".repeat(60));
        let texts = [
            ("t", "CREATE TABLE t (\n  x int\n);\n"),
            ("v", "CREATE VIEW v AS\r\n  SELECT x FROM t;\r\n"),
            ("w", "-- requires: v\nCREATE VIEW w AS TABLE v;"),
            ("x", wide.as_str()),
            ("y", "SELECT 1"),
        ];
        let patches: Vec<Patch> = texts
            .iter()
            .map(|(name, text)| Patch {
                acts: Default::default(),
                source: sources.add(format!("{name}.sql"), *text),
                name: (*name).to_owned(),
                header: Header::default(),
                statements: Vec::new(),
                facts: Vec::new(),
                effects: Vec::new(),
                checksum: ChecksumBuilder::default().finish(),
            })
            .collect();
        let edge = |rule, strength, object: &str, earlier: (u32, &str), later: (u32, &str)| {
            let span = |(patch, needle): (u32, &str)| {
                let source = sources.get(patches[patch as usize].source);
                let start = source.text.find(needle).expect("the text has it") as u32;
                Span::new(source.id, start, start + needle.len() as u32)
            };
            Edge {
                earlier: PatchId(earlier.0),
                later: PatchId(later.0),
                reasons: vec![Reason {
                    rule,
                    strength,
                    object: object.into(),
                    earlier: span(earlier),
                    later: span(later),
                }],
            }
        };
        let (hard, late) = (Strength::Hard, Strength::Late);
        let edges = vec![
            edge(Rule::DefineUse, hard, "table t", (0, "t ("), (1, "t;")),
            edge(Rule::Column, hard, "column t.x", (0, "x int"), (1, "x F")),
            edge(Rule::Header, hard, "patch v", (1, ""), (2, "v\n")),
            edge(Rule::DefineUse, hard, "view v", (1, "v AS"), (2, "v;")),
            edge(Rule::DefineBody, late, "view w", (2, "w AS"), (3, "w")),
        ];
        let graph = Graph::new(patches.len(), edges);
        tell(&graph, &patches, &sources)
    }

    #[test]
    fn a_patch_is_explained_by_its_neighbours() {
        let patch = |patch| {
            move |graph: &Graph, patches: &[Patch], sources: &Sources| {
                explain_patch(PatchId(patch), graph, patches, sources)
            }
        };
        assert_snapshot!(told(patch(1)), @r"
        `v` comes after what it needs:

        `v` needs `t`
          define-use, hard
            t.sql:1:14 defines table t
              CREATE TABLE t (
            v.sql:2:17 uses it
              SELECT x FROM t;
          column, hard
            t.sql:2:3 adds column t.x
              x int
            v.sql:2:10 uses it
              SELECT x FROM t;

        `v` comes before what needs it:

        `w` needs `v`
          header, hard
            w.sql:1:14 requires patch v
              -- requires: v
          define-use, hard
            v.sql:1:13 defines view v
              CREATE VIEW v AS
            w.sql:2:24 uses it
              CREATE VIEW w AS TABLE v;
        ");
        assert_snapshot!(told(patch(4)), @r"
        `y` needs no other patch.
        `y` is needed by no other patch.
        ");
    }

    #[test]
    fn two_patches_are_explained_by_the_chain_between_them() {
        let pair = |one, other| {
            move |graph: &Graph, patches: &[Patch], sources: &Sources| {
                explain_pair(PatchId(one), PatchId(other), graph, patches, sources)
            }
        };
        assert_snapshot!(told(pair(3, 1)), @r"
        `v` comes before `x`:

        `w` needs `v`
          header, hard
            w.sql:1:14 requires patch v
              -- requires: v
          define-use, hard
            v.sql:1:13 defines view v
              CREATE VIEW v AS
            w.sql:2:24 uses it
              CREATE VIEW w AS TABLE v;

        `x` needs `w`
          define-body, late
            w.sql:2:13 defines view w
              CREATE VIEW w AS TABLE v;
            x.sql:1:194 uses it
              …x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,  FROM w
        ");
        assert_eq!(told(pair(1, 3)), told(pair(3, 1)));
        assert_snapshot!(told(pair(4, 1)), @"Neither `y` nor `v` needs the other, directly or through others: their paths decide.");
    }
}
