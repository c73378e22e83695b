//! Cycles of edges that cannot be kept together.

use super::Graph;
use super::knot::{Allowance, Knot, Weight};
use crate::resolve::{Edge, PatchId};

/// Patches that need each other: a closed chain of edges. Each edge's later patch is the next one's
/// earlier patch, and the last one's is the first one's. It starts at its smallest id, and no patch
/// is on it twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// The chain.
    pub edges: Vec<Edge>,
}

/// How many chains are told of one set of patches that need each other. They share no patch, so
/// each is to be mended by itself; where there are more, the first ones are enough to begin with.
const CHAINS: usize = 10;

/// How many edges the search for the shortest chains of one set may look at: some tens of
/// milliseconds. What is found after that is a cycle, if not always the shortest.
const ALLOWANCE: u64 = 2_000_000;

/// For each set of patches that reach each other over the edges that `keep` accepts: a shortest
/// cycle, then a shortest one among the patches that are not on it, and so on.
pub(super) fn cycles(graph: &Graph, keep: impl Fn(&Edge) -> bool) -> Vec<Cycle> {
    let mut cycles: Vec<Cycle> = Vec::new();
    for members in graph.knots(&keep) {
        let knot = Knot::new(graph, &members, &keep);
        let mut weights = vec![Weight::One; knot.arcs.len()];
        let mut allowance = Allowance(ALLOWANCE);
        for _ in 0..CHAINS {
            // Two edges make the shortest cycle that there can be.
            let Some(chain) = knot.lightest_cycle(&weights, 2, &mut allowance) else {
                break;
            };
            for &arc in &chain {
                let member = knot.arcs[arc].from;
                for &gone in knot.outgoing(member).iter().chain(knot.incoming(member)) {
                    weights[gone] = Weight::Gone;
                }
            }
            let edges = chain.iter().map(|&arc| knot.arcs[arc].place);
            cycles.push(Cycle {
                edges: edges.map(|place| graph.edges[place].clone()).collect(),
            });
        }
    }
    cycles.sort_by_key(|cycle| cycle.edges.first().map(|edge| edge.earlier));
    cycles
}

impl Cycle {
    /// The patches of the chain, each once, in its order.
    pub fn patches(&self) -> impl Iterator<Item = PatchId> {
        self.edges.iter().map(|edge| edge.earlier)
    }
}

#[cfg(test)]
mod tests {
    use super::super::laws::{edges, graph};

    /// The cycles that keep the patches from any order.
    fn told(patches: usize, text: &str) -> Vec<String> {
        let cycles = graph(patches, text).order().expect_err("there are cycles");
        cycles.iter().map(|cycle| edges(&cycle.edges)).collect()
    }

    #[test]
    fn the_shortest_chain_is_told() {
        assert_eq!(told(5, "0-1 1-2 2-3 3-4 4-0 3-1"), ["1-2 2-3 3-1"]);
    }

    #[test]
    fn independent_cycles_are_told_in_one_run() {
        assert_eq!(
            told(7, "5-6 6-5 0-1 1-0 2-3 3-2 1-2 3-0"),
            ["0-1 1-0", "2-3 3-2", "5-6 6-5"]
        );
    }
}
