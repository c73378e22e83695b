//! Two sides of a merge: whether what each has added goes together with what the other has.

mod advice;
mod tell;

pub use advice::for_head;

use std::collections::BTreeSet;

use crate::dialect::Dialect;
use crate::finding::{Code, Finding, Severity};
use crate::graph::{Graph, Order};
use crate::read::Patch;
use crate::resolve::commute::{self, Clash, Side};
use crate::resolve::{Edge, PatchId, Rule};
use crate::source::{SourceId, Sources, Span};

/// The sides: the one that is merged into, whose patches databases may have, and the one that is merged.
#[derive(Clone, Debug, Default)]
pub struct Sides {
    /// What people call them: `main`, `HEAD`.
    pub names: [String; 2],
    /// What each has that the common ancestor has not.
    pub added: [Side; 2],
}

/// What the merged patches come to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What there is to say.
    pub findings: Vec<Finding>,
    /// How many pairs of patches from the two sides there are.
    pub pairs: usize,
    /// How many of them come out otherwise in the other order.
    pub apart: usize,
}

/// The merged patches, and what is known of them.
#[derive(Clone, Copy, Debug)]
pub struct Merged<'a> {
    /// The engine's rules.
    pub dialect: &'a Dialect,
    /// All of them.
    pub patches: &'a [Patch],
    /// Their texts.
    pub sources: &'a Sources,
    /// What orders them.
    pub graph: &'a Graph,
    /// Their order, if they have one.
    pub order: Option<&'a Order>,
    /// What has been found in them, and in neither side alone.
    pub known: &'a [Finding],
}

/// Looks for what does not go together.
#[must_use]
pub fn check(merged: Merged<'_>, sides: &Sides) -> Outcome {
    let [base, head] = &sides.added;
    let mut rank: Vec<usize> = (0..merged.patches.len()).collect();
    for (place, patch) in merged.order.iter().flat_map(|it| &it.sequence).enumerate() {
        rank[patch.0 as usize] = place;
    }
    let mut apart = BTreeSet::new();
    let mut findings = Vec::new();
    let clashes = commute::clashes(
        merged.patches,
        merged.sources,
        merged.dialect,
        [base, head],
        &rank,
    );
    for clash in clashes {
        let pair = clash.deeds.map(|deed| deed.patch);
        apart.insert(pair);
        if is_settled(merged.graph, pair) {
            findings.push(tell::settled(&clash, merged, sides));
        } else if clash.severity == Severity::Note {
            if !is_told(&clash, merged) {
                findings.push(tell::harmless(&clash, merged, sides));
            }
        } else if !is_known(&clash, merged) {
            findings.push(tell::hazard(&clash, merged, sides));
        }
    }
    for finding in merged.known {
        apart.extend(pairs_of(finding, merged, sides));
    }
    for edge in merged.graph.edges() {
        let Some((pair, forward)) = across(edge, sides) else {
            continue;
        };
        let Some(reason) = edge.reasons.iter().find(|reason| {
            let [earlier, later] = if forward { [base, head] } else { [head, base] };
            is_new(merged, earlier, edge.earlier, reason.earlier)
                && is_new(merged, later, edge.later, reason.later)
        }) else {
            continue;
        };
        if apart.insert(pair) {
            findings.push(tell::edge(reason, edge, forward, merged, sides));
        }
    }
    Outcome {
        findings,
        pairs: base.statements.len() * head.statements.len(),
        apart: apart.len(),
    }
}

/// The pairs from both sides that a finding names.
fn pairs_of(finding: &Finding, merged: Merged<'_>, sides: &Sides) -> Vec<[PatchId; 2]> {
    let named = |side: &Side| -> Vec<PatchId> {
        let is_named = |patch: &PatchId| {
            let source = merged.patches[patch.0 as usize].source;
            finding.labels.iter().any(|it| it.span.source == source)
        };
        side.statements.keys().copied().filter(is_named).collect()
    };
    let [base, head] = [0, 1].map(|side| named(&sides.added[side]));
    let pairs = base
        .iter()
        .flat_map(|&one| head.iter().map(move |&other| [one, other]));
    pairs.collect()
}

/// The patches that an edge joins, if they are of both sides: the base's first, and whether it is the
/// earlier one.
fn across(edge: &Edge, sides: &Sides) -> Option<([PatchId; 2], bool)> {
    let [base, head] = &sides.added;
    let has = |side: &Side, patch| side.statements.contains_key(&patch);
    if has(base, edge.earlier) && has(head, edge.later) {
        return Some(([edge.earlier, edge.later], true));
    }
    let backward = has(head, edge.earlier) && has(base, edge.later);
    backward.then_some(([edge.later, edge.earlier], false))
}

/// Whether a place is in what the side has added, rather than in the rest of a patch that it changed.
fn is_new(merged: Merged<'_>, side: &Side, patch: PatchId, span: Span) -> bool {
    let Some(new) = side.statements.get(&patch) else {
        return false;
    };
    let statements = &merged.patches[patch.0 as usize].statements;
    let around = statements
        .iter()
        .position(|it| it.body.start <= span.start && span.end <= it.body.end);
    around.is_none_or(|around| new.contains(&(around as u32)))
}

/// Whether a header says which of two patches comes first.
fn is_settled(graph: &Graph, [one, other]: [PatchId; 2]) -> bool {
    let edges = [graph.edge(one, other), graph.edge(other, one)];
    let mut reasons = edges.into_iter().flatten().flat_map(|edge| &edge.reasons);
    reasons.any(|reason| reason.rule == Rule::Header)
}

/// Whether more than a note is told of both places already.
fn is_told(clash: &Clash, merged: Merged<'_>) -> bool {
    merged.known.iter().any(|finding| {
        let has = |span| finding.labels.iter().any(|it| it.span == span);
        finding.severity > Severity::Note && clash.deeds.iter().all(|deed| has(deed.span))
    })
}

/// Whether something as bad about both patches has been found already.
fn is_known(clash: &Clash, merged: Merged<'_>) -> bool {
    let sources: [SourceId; 2] = clash.deeds.map(|deed| deed.span.source);
    merged.known.iter().any(|finding| {
        let is_of = |source| finding.labels.iter().any(|it| it.span.source == source);
        finding.severity >= clash.severity
            && !matches!(finding.code, Code::Cycle | Code::DroppedTwice)
            && sources.into_iter().all(is_of)
    })
}
