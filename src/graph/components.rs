//! Strongly connected components: the sets of patches that need each other.
//!
//! By petgraph's `kosaraju_scc`, which keeps its own stack: a chain of a hundred thousand patches
//! is no danger, as it would be to the recursive `tarjan_scc`.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::Graph;
use crate::resolve::{Edge, PatchId};

impl Graph {
    /// The sets of two or more patches that reach each other over the edges that `keep` accepts.
    /// Each set is sorted, and the sets are sorted by their first patch.
    pub(super) fn knots(&self, keep: impl Fn(&Edge) -> bool) -> Vec<Vec<PatchId>> {
        let node = |patch: PatchId| NodeIndex::<u32>::new(patch.0 as usize);
        let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(self.len(), self.edges.len());
        for _ in self.patches() {
            graph.add_node(());
        }
        for edge in self.edges.iter().filter(|edge| keep(edge)) {
            graph.add_edge(node(edge.earlier), node(edge.later), ());
        }
        let mut knots: Vec<Vec<PatchId>> = kosaraju_scc(&graph)
            .into_iter()
            .filter(|component| component.len() > 1)
            .map(|component| {
                let mut knot: Vec<_> = component
                    .into_iter()
                    .map(|node| PatchId(node.index() as u32))
                    .collect();
                knot.sort_unstable();
                knot
            })
            .collect();
        knots.sort_unstable();
        knots
    }
}
