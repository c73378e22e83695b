//! What people are told about cycles: the chain, the places that make each arrow, and what to do.

use std::fmt::Write as _;

use super::way_out::ways_out;
use super::{Cycle, Graph};
use crate::finding::{Code, Finding, Severity};
use crate::read::Patch;
use crate::resolve::{Edge, PatchId, Reason, Rule, Strength};
use crate::source::{Sources, Span};

/// The most arrows whose source lines are shown. A longer chain is told without the rest.
const ARROWS: usize = 30;

/// The most ways out of a cycle that are told. One is enough.
const WAYS: usize = 3;

/// The most patches that a title names.
const NAMES: usize = 8;

/// Tells a cycle of hard edges. `patches` are all patches of the run, by id.
#[must_use]
pub fn cycle_finding(cycle: &Cycle, patches: &[Patch], sources: &Sources) -> Finding {
    // Edges lead from what is needed to what needs it. People ask what needs what, so the chain is
    // told against them.
    let arrows: Vec<&Edge> = cycle.edges.iter().rev().collect();
    let title = format!("patches need each other: {}", chain(&arrows, patches));
    let mut finding = Finding::new(Code::Cycle, title);
    for edge in arrows.iter().take(ARROWS) {
        finding = label_both(finding, edge);
    }
    for edge in arrows.iter().take(ARROWS) {
        finding = finding.note(arrow(edge, patches, sources));
    }
    if let Some(more) = arrows.len().checked_sub(ARROWS + 1) {
        finding = finding.note(format!("{} more arrows close the chain", more + 1));
    }
    // Any one of them opens the cycle.
    let ways = ways_out(cycle, patches, sources).into_iter().take(WAYS);
    ways.enumerate()
        .fold(finding, |finding, (number, way)| match number {
            0 => finding.help(way),
            _ => finding.help(format!("or {way}")),
        })
}

/// Tells that a weak edge was cut. `kept` is the graph without the edges that were cut, which says
/// why this one could not stay.
#[must_use]
pub fn cut_finding(cut: &Edge, kept: &Graph, patches: &[Patch], sources: &Sources) -> Finding {
    let (earlier, later) = (name(cut.earlier, patches), name(cut.later, patches));
    let title = match cut.reasons.first() {
        Some(reason) => {
            let (_, verb) = reason.rule.verbs();
            let object = &reason.object;
            format!("`{later}` {verb} {object} but has to come before `{earlier}`")
        }
        None => format!("`{later}` has to come before `{earlier}`"),
    };
    let mut finding = label_both(Finding::new(Code::CutEdge, title), cut);
    for edge in kept.why(cut.later, cut.earlier).unwrap_or_default() {
        finding = finding.note(arrow(edge, patches, sources));
    }
    match cut.strength() {
        Strength::Late => finding
            .note(format!(
                "the engine looks it up only when the body runs: fine, unless that is before `{earlier}`"
            ))
            .help(format!(
                "to say that it is fine, write at the top of `{later}`: `-- ignores: {earlier}`"
            )),
        Strength::Flow | Strength::Hard => {
            finding.severity = Severity::Warning;
            finding
                .note("in this order the rows may come out wrong, or be refused")
                .help(format!(
                    "split `{later}` or `{earlier}`, so that each part can stand where it is needed; or, where the need is not real, write at the top of `{later}`: `-- ignores: {earlier}`"
                ))
        }
    }
}

/// `a -> b -> a`: each patch needs the next one.
fn chain(arrows: &[&Edge], patches: &[Patch]) -> String {
    let mut text = String::new();
    for (at, edge) in arrows.iter().enumerate() {
        if at < NAMES - 1 || at == arrows.len() - 1 {
            write!(text, "`{}` -> ", name(edge.later, patches))
        } else if at == NAMES - 1 {
            write!(text, "… ({} more) -> ", arrows.len() - NAMES)
        } else {
            Ok(())
        }
        .expect("a string takes every write");
    }
    if let Some(first) = arrows.first() {
        text.push_str(&format!("`{}`", name(first.later, patches)));
    }
    text
}

/// One arrow with both its places.
fn arrow(edge: &Edge, patches: &[Patch], sources: &Sources) -> String {
    let (earlier, later) = (name(edge.earlier, patches), name(edge.later, patches));
    let mut text = format!("`{later}` needs `{earlier}`");
    let Some(reason) = edge.reasons.first() else {
        return text;
    };
    let (does, needs) = reason.rule.verbs();
    let (from, to) = (sources.locate(reason.earlier), sources.locate(reason.later));
    let (object, rule) = (&reason.object, reason.rule.name());
    let told = match reason.rule {
        Rule::Header => write!(text, ": {to} requires it ({rule})"),
        _ => write!(text, ": {to} {needs} {object}, {from} {does} it ({rule})"),
    };
    told.expect("a string takes every write");
    match edge.reasons.len() - 1 {
        0 => {}
        1 => text.push_str(", and 1 more reason"),
        more => text.push_str(&format!(", and {more} more reasons")),
    }
    text
}

/// Marks both ends of an edge's first reason.
fn label_both(finding: Finding, edge: &Edge) -> Finding {
    let Some(reason) = edge.reasons.first() else {
        return finding;
    };
    let Reason { rule, object, .. } = reason;
    let (does, needs) = rule.verbs();
    let finding = label_once(finding, reason.later, format!("{needs} {object}"));
    if *rule == Rule::Header {
        // The other end is the whole patch.
        return finding;
    }
    label_once(finding, reason.earlier, format!("{does} {object}"))
}

fn label_once(finding: Finding, span: Span, message: String) -> Finding {
    let told = finding
        .labels
        .iter()
        .any(|label| label.span == span && label.message == message);
    if told {
        finding
    } else {
        finding.label(span, message)
    }
}

fn name(patch: PatchId, patches: &[Patch]) -> &str {
    &patches[patch.0 as usize].name
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::name::{Ident, ObjectName};
    use crate::read::fact::{Action, Binding, Fact, Kind, Object, Reader, StatementFacts};
    use crate::read::header::Header;
    use crate::read::statement::{Statement, StatementKind};
    use crate::source::ChecksumBuilder;

    /// Patches as texts, one statement to a line.
    struct Bundle {
        sources: Sources,
        patches: Vec<Patch>,
        edges: Vec<Edge>,
    }

    impl Bundle {
        fn new(texts: &[(&str, &str)]) -> Self {
            let mut sources = Sources::default();
            let patches = texts
                .iter()
                .map(|&(name, text)| {
                    let source = sources.add(format!("{name}.sql"), text);
                    let mut end = 0;
                    let statements = text.split_inclusive('\n').map(|line| {
                        let start = end;
                        end += line.len() as u32;
                        Statement {
                            kind: StatementKind::Sql,
                            span: Span::new(source, start, end),
                            body: Span::new(source, start, start + line.trim_end().len() as u32),
                            terminated: true,
                        }
                    });
                    Patch {
                        acts: Default::default(),
                        source,
                        name: name.to_owned(),
                        header: Header::default(),
                        statements: statements.collect(),
                        facts: Vec::new(),
                        effects: Vec::new(),
                        checksum: ChecksumBuilder::default().finish(),
                    }
                })
                .collect();
            Self {
                sources,
                patches,
                edges: Vec::new(),
            }
        }

        fn span(&self, patch: u32, needle: &str) -> Span {
            let source = self.sources.get(self.patches[patch as usize].source);
            let start = source.text.find(needle).expect("the text has it") as u32;
            Span::new(source.id, start, start + needle.len() as u32)
        }

        /// `needle` in the patches of both ends.
        fn edge(
            mut self,
            rule: Rule,
            strength: Strength,
            object: &str,
            earlier: (u32, &str),
            later: (u32, &str),
        ) -> Self {
            self.edges.push(Edge {
                earlier: PatchId(earlier.0),
                later: PatchId(later.0),
                reasons: vec![Reason {
                    rule,
                    strength,
                    object: object.into(),
                    earlier: self.span(earlier.0, earlier.1),
                    later: self.span(later.0, later.1),
                }],
            });
            self
        }

        /// A foreign key of table `from` at `needle`.
        fn foreign_key(mut self, patch: u32, from: &str, needle: &str) -> Self {
            let name = |text: &str| ObjectName::bare(Ident::folded(text));
            let fact = Fact {
                action: Action::References {
                    from: Box::new(name(from)),
                },
                object: Object::new(Kind::Table, name(needle)),
                or_of: Vec::new(),
                span: self.span(patch, needle),
                binding: Binding::Hard,
                reader: Reader::Tree,
                in_body_of: None,
            };
            self.patches[patch as usize].facts.push(StatementFacts {
                statement: 0,
                facts: vec![fact],
                search_path: None,
                body_path: None,
                tokens_only: false,
                dynamic: Vec::new(),
            });
            self
        }

        fn told(self) -> String {
            let graph = Graph::new(self.patches.len(), self.edges);
            let (patches, sources) = (&self.patches, &self.sources);
            let findings: Vec<Finding> = match graph.order() {
                Ok(order) => {
                    let kept = graph.without(&order.cut);
                    let cut = order.cut.iter();
                    cut.map(|edge| cut_finding(edge, &kept, patches, sources))
                        .collect()
                }
                Err(cycles) => cycles
                    .iter()
                    .map(|cycle| cycle_finding(cycle, patches, sources))
                    .collect(),
            };
            let told: Vec<String> = findings.iter().map(|it| text(it, sources)).collect();
            told.join("\n")
        }
    }

    fn text(finding: &Finding, sources: &Sources) -> String {
        let labels = finding.labels.iter();
        let labels =
            labels.map(|label| format!("{}: {}", sources.locate(label.span), label.message));
        let notes = finding.notes.iter().map(|note| format!("note: {note}"));
        let helps = finding.helps.iter().map(|help| format!("help: {help}"));
        let (severity, title) = (finding.severity, &finding.title);
        let all = std::iter::once(format!("{severity:?}: {title}"));
        let all: Vec<_> = all.chain(labels).chain(notes).chain(helps).collect();
        all.join("\n")
    }

    #[test]
    fn foreign_keys_both_ways_can_come_later() {
        let bundle = Bundle::new(&[
            ("a", "CREATE TABLE a (ka int, b int REFERENCES bees (kb))\n"),
            ("b", "CREATE TABLE bees (kb int, a int REFERENCES a (ka))\n"),
        ])
        .foreign_key(0, "a", "bees")
        .edge(
            Rule::KeyReference,
            Strength::Hard,
            "unique key bees (kb)",
            (1, "bees"),
            (0, "kb"),
        )
        .edge(
            Rule::DefineUse,
            Strength::Hard,
            "table bees",
            (1, "bees"),
            (0, "bees"),
        )
        .edge(
            Rule::DefineUse,
            Strength::Hard,
            "table a",
            (0, "a ("),
            (1, "a (ka"),
        );
        assert_snapshot!(bundle.told(), @r"
        Error: patches need each other: `a` -> `b` -> `a`
        a.sql:1:42: uses table bees
        b.sql:1:14: defines table bees
        b.sql:1:45: uses table a
        a.sql:1:14: defines table a
        note: `a` needs `b`: a.sql:1:42 uses table bees, b.sql:1:14 defines it (define-use), and 1 more reason
        note: `b` needs `a`: b.sql:1:45 uses table a, a.sql:1:14 defines it (define-use)
        help: move the foreign key at a.sql:1:42 into a third patch, after `b` and `a`: `ALTER TABLE a ADD FOREIGN KEY (…) REFERENCES bees`
        ");
    }

    #[test]
    fn a_patch_with_two_halves_can_be_split() {
        let bundle = Bundle::new(&[
            ("api/a", "CREATE TABLE tt ()\nCREATE VIEW w AS TABLE vv\n"),
            ("b", "CREATE VIEW vv AS TABLE tt\n"),
        ])
        .edge(
            Rule::DefineUse,
            Strength::Hard,
            "table tt",
            (0, "tt"),
            (1, "tt"),
        )
        .edge(
            Rule::DefineUse,
            Strength::Hard,
            "view vv",
            (1, "vv"),
            (0, "vv"),
        );
        assert_snapshot!(bundle.told(), @r"
        Error: patches need each other: `api/a` -> `b` -> `api/a`
        api/a.sql:2:24: uses view vv
        b.sql:1:13: defines view vv
        b.sql:1:25: uses table tt
        api/a.sql:1:14: defines table tt
        note: `api/a` needs `b`: api/a.sql:2:24 uses view vv, b.sql:1:13 defines it (define-use)
        note: `b` needs `api/a`: b.sql:1:25 uses table tt, api/a.sql:1:14 defines it (define-use)
        help: split `api/a` at api/a.sql:2:1: what `b` needs stands above, what needs `b` from there on
        ");
    }

    #[test]
    fn what_stands_in_the_wrong_order_can_be_moved_and_a_header_can_be_wrong() {
        let bundle = Bundle::new(&[
            ("a", "CREATE VIEW w AS TABLE vv\nCREATE TABLE tt ()\n"),
            ("b", "CREATE VIEW vv AS TABLE tt\n"),
            ("c", "-- requires: b\n"),
        ])
        .edge(
            Rule::DefineUse,
            Strength::Hard,
            "table tt",
            (0, "tt"),
            (1, "tt"),
        )
        .edge(Rule::Header, Strength::Hard, "patch b", (1, ""), (2, "b"))
        .edge(
            Rule::DefineUse,
            Strength::Hard,
            "view vv",
            (2, "-"),
            (0, "vv"),
        );
        assert_snapshot!(bundle.told(), @r"
        Error: patches need each other: `a` -> `c` -> `b` -> `a`
        a.sql:1:24: uses view vv
        c.sql:1:1: defines view vv
        c.sql:1:14: requires patch b
        b.sql:1:25: uses table tt
        a.sql:2:14: defines table tt
        note: `a` needs `c`: a.sql:1:24 uses view vv, c.sql:1:1 defines it (define-use)
        note: `c` needs `b`: c.sql:1:14 requires it (header)
        note: `b` needs `a`: b.sql:1:25 uses table tt, a.sql:2:14 defines it (define-use)
        help: move what `b` needs (a.sql:2:1) out of `a` into a patch of its own
        help: or take back what the header of `c` says at c.sql:1:14, if it does not need `b`
        ");
    }

    #[test]
    fn a_need_that_nothing_can_move_may_not_be_real() {
        let bundle = Bundle::new(&[("a", "CREATE x USING y\n"), ("b", "CREATE y USING x\n")])
            .edge(
                Rule::DefineUse,
                Strength::Hard,
                "table x",
                (0, "x"),
                (1, "x"),
            )
            .edge(
                Rule::DefineUse,
                Strength::Hard,
                "table y",
                (1, "y"),
                (0, "y"),
            );
        assert_snapshot!(bundle.told(), @r"
        Error: patches need each other: `a` -> `b` -> `a`
        a.sql:1:16: uses table y
        b.sql:1:8: defines table y
        b.sql:1:16: uses table x
        a.sql:1:8: defines table x
        note: `a` needs `b`: a.sql:1:16 uses table y, b.sql:1:8 defines it (define-use)
        note: `b` needs `a`: b.sql:1:16 uses table x, a.sql:1:8 defines it (define-use)
        help: move the statements of one of them into a patch of their own; or, where a need is not real, say so in its header: `-- ignores: b` in `a`
        ");
    }

    #[test]
    fn edges_that_were_cut_are_told_with_what_forced_them() {
        let texts = [
            ("f", "CREATE f AS t\n"),
            ("t", "CREATE TABLE t DEFAULT f\n"),
        ];
        let bundle = |rule, strength| {
            Bundle::new(&texts)
                .edge(rule, strength, "table t", (1, "t "), (0, "t\n"))
                .edge(
                    Rule::DefineUse,
                    Strength::Hard,
                    "function f()",
                    (0, "f"),
                    (1, "f\n"),
                )
                .told()
        };
        assert_snapshot!(bundle(Rule::DefineBody, Strength::Late), @r"
        Note: `f` uses table t but has to come before `t`
        f.sql:1:13: uses table t
        t.sql:1:14: defines table t
        note: `t` needs `f`: t.sql:1:24 uses function f(), f.sql:1:8 defines it (define-use)
        note: the engine looks it up only when the body runs: fine, unless that is before `t`
        help: to say that it is fine, write at the top of `f`: `-- ignores: t`
        ");
        assert_snapshot!(bundle(Rule::WriteRead, Strength::Flow), @r"
        Warning: `f` reads rows of table t but has to come before `t`
        f.sql:1:13: reads rows of table t
        t.sql:1:14: writes rows of table t
        note: `t` needs `f`: t.sql:1:24 uses function f(), f.sql:1:8 defines it (define-use)
        note: in this order the rows may come out wrong, or be refused
        help: split `f` or `t`, so that each part can stand where it is needed; or, where the need is not real, write at the top of `f`: `-- ignores: t`
        ");
    }

    #[test]
    fn a_long_chain_is_told_in_part() {
        let texts: Vec<_> = (0..50).map(|at| (format!("p{at}"), "x\n")).collect();
        let texts: Vec<_> = texts
            .iter()
            .map(|(name, text)| (name.as_str(), *text))
            .collect();
        let ring = (0..50).fold(Bundle::new(&texts), |bundle, at| {
            let next = (at + 1) % 50;
            bundle.edge(
                Rule::DefineUse,
                Strength::Hard,
                "table x",
                (at, "x"),
                (next, "x"),
            )
        });
        let told = ring.told();
        let line = |start: &str| told.split('\n').find(|line| line.contains(start));
        assert_snapshot!(line("Error").unwrap_or_default(), @"Error: patches need each other: `p0` -> `p49` -> `p48` -> `p47` -> `p46` -> `p45` -> `p44` -> … (42 more) -> `p1` -> `p0`");
        assert_snapshot!(line("more arrows").unwrap_or_default(), @"note: 20 more arrows close the chain");
    }
}
