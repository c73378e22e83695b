//! The patches as a graph: order, cycles, and why one comes before another. The only door to
//! petgraph; its types do not travel.

mod components;
mod cut;
mod cycle;
mod knot;
mod order;
mod reduce;
mod tell;
mod way_out;
mod why;

#[cfg(test)]
mod laws;

pub use cycle::Cycle;
pub use order::Order;
pub use tell::{cut_finding, cycle_finding};

use std::ops::Range;

use crate::resolve::{Edge, PatchId};

/// The patches of one run and what orders them. Equal input gives an equal graph, in whatever
/// order the edges come.
#[derive(Debug)]
pub struct Graph {
    /// Sorted by (earlier, later), one edge per pair.
    edges: Vec<Edge>,
    /// `outgoing[patch]..outgoing[patch + 1]` are the edges that start at a patch.
    outgoing: Vec<u32>,
    /// Places in `edges`, sorted by (later, earlier).
    by_later: Vec<u32>,
    /// `incoming[patch]..incoming[patch + 1]` are the places in `by_later` of the edges that end at
    /// a patch.
    incoming: Vec<u32>,
}

impl Graph {
    /// A graph of `patches` patches, whose ids are `0..patches`. Edges between the same two patches
    /// become one; equal reasons too, and the strongest comes first. An edge from a patch to itself
    /// says nothing about order and is dropped.
    #[must_use]
    pub fn new(patches: usize, edges: Vec<Edge>) -> Self {
        debug_assert!(
            edges
                .iter()
                .all(|edge| edge.earlier.0.max(edge.later.0) < patches as u32),
            "every edge joins two of the patches"
        );
        Self::from_merged(patches, merge(edges))
    }

    /// The graph without these edges: what is left after [`Order::cut`].
    #[must_use]
    pub fn without(mut self, cut: &[Edge]) -> Self {
        if cut.is_empty() {
            return self;
        }
        let mut pairs: Vec<_> = cut.iter().map(ends).collect();
        pairs.sort_unstable();
        self.edges
            .retain(|edge| pairs.binary_search(&ends(edge)).is_err());
        let patches = self.len();
        Self::from_merged(patches, self.edges)
    }

    /// The number of patches.
    #[must_use]
    pub fn len(&self) -> usize {
        self.outgoing.len() - 1
    }

    /// Whether there are no patches.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every edge, sorted by its earlier patch and then by its later one.
    #[must_use]
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The edges to what must come directly before `patch`, by id.
    pub fn predecessors(&self, patch: PatchId) -> impl DoubleEndedIterator<Item = &Edge> {
        self.incoming(patch).map(|place| &self.edges[place])
    }

    /// The edges to what must come directly after `patch`, by id.
    pub fn successors(&self, patch: PatchId) -> impl DoubleEndedIterator<Item = &Edge> {
        self.edges[self.outgoing(patch)].iter()
    }

    /// The edge between two patches, if there is one.
    #[must_use]
    pub fn edge(&self, earlier: PatchId, later: PatchId) -> Option<&Edge> {
        let place = self
            .edges
            .binary_search_by_key(&(earlier, later), ends)
            .ok()?;
        Some(&self.edges[place])
    }

    fn from_merged(patches: usize, edges: Vec<Edge>) -> Self {
        let mut by_later: Vec<u32> = (0..edges.len() as u32).collect();
        by_later.sort_by_key(|&place| edges[place as usize].later);
        Self {
            outgoing: offsets(patches, edges.iter().map(|edge| edge.earlier)),
            incoming: offsets(patches, edges.iter().map(|edge| edge.later)),
            by_later,
            edges,
        }
    }

    /// Every patch, by id.
    fn patches(&self) -> impl Iterator<Item = PatchId> + use<> {
        (0..self.len() as u32).map(PatchId)
    }

    /// The places of the edges that start at `patch`.
    fn outgoing(&self, patch: PatchId) -> Range<usize> {
        let at = patch.0 as usize;
        self.outgoing[at] as usize..self.outgoing[at + 1] as usize
    }

    /// The places of the edges that end at `patch`.
    fn incoming(&self, patch: PatchId) -> impl DoubleEndedIterator<Item = usize> {
        let at = patch.0 as usize;
        let range = self.incoming[at] as usize..self.incoming[at + 1] as usize;
        self.by_later[range].iter().map(|&place| place as usize)
    }
}

fn ends(edge: &Edge) -> (PatchId, PatchId) {
    (edge.earlier, edge.later)
}

fn merge(mut edges: Vec<Edge>) -> Vec<Edge> {
    edges.retain(|edge| edge.earlier != edge.later);
    edges.sort_by_key(ends);
    edges.dedup_by(|next, kept| {
        let same = ends(next) == ends(kept);
        if same {
            kept.reasons.append(&mut next.reasons);
        }
        same
    });
    for edge in &mut edges {
        edge.reasons.sort_by(|one, other| {
            let place =
                |reason: &crate::resolve::Reason| (reason.rule, reason.later, reason.earlier);
            (other.strength.cmp(&one.strength))
                .then_with(|| place(one).cmp(&place(other)))
                .then_with(|| one.object.cmp(&other.object))
        });
        edge.reasons.dedup();
    }
    edges
}

/// The start of each patch's run of edges in a list sorted by patch, and the list's length at the
/// end.
fn offsets(patches: usize, patches_of_edges: impl Iterator<Item = PatchId>) -> Vec<u32> {
    let mut offsets = vec![0; patches + 1];
    for patch in patches_of_edges {
        offsets[patch.0 as usize + 1] += 1;
    }
    for at in 0..patches {
        offsets[at + 1] += offsets[at];
    }
    offsets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resolve::{Reason, Rule, Strength};
    use crate::source::{SourceId, Span};

    fn reason(rule: Rule, strength: Strength, at: u32) -> Reason {
        Reason {
            rule,
            strength,
            object: "table t".into(),
            earlier: Span::new(SourceId(0), at, at + 1),
            later: Span::new(SourceId(1), at, at + 1),
        }
    }

    fn edge(earlier: u32, later: u32, reasons: Vec<Reason>) -> Edge {
        Edge {
            earlier: PatchId(earlier),
            later: PatchId(later),
            reasons,
        }
    }

    #[test]
    fn parallel_edges_become_one_with_the_strongest_reason_first() {
        let late = reason(Rule::DefineBody, Strength::Late, 1);
        let hard = reason(Rule::DefineUse, Strength::Hard, 7);
        let graph = Graph::new(
            2,
            vec![
                edge(0, 1, vec![late.clone()]),
                edge(1, 1, vec![late.clone()]),
                edge(0, 1, vec![hard.clone(), late.clone()]),
            ],
        );
        assert_eq!(graph.edges(), [edge(0, 1, vec![hard, late])]);
        assert_eq!(graph.predecessors(PatchId(1)).count(), 1);
        assert_eq!(graph.successors(PatchId(1)).count(), 0);
        assert!(graph.edge(PatchId(1), PatchId(0)).is_none());
    }
}
