//! The transitive reduction: the edges that a picture needs to show the whole order.

use super::Graph;
use crate::resolve::Edge;

impl Graph {
    /// The edges that no chain of other edges implies. Where the graph has a cycle, every edge.
    ///
    /// Reachability is worked out for 64 patches at a time, one bit each, so a graph of any size
    /// needs memory for one number per patch.
    #[must_use]
    pub fn reduced_edges(&self) -> Vec<&Edge> {
        let Some(sequence) = self.sequence(&[]) else {
            return self.edges.iter().collect();
        };
        // Only an edge between a patch with several successors and one with several predecessors
        // can have another way around it.
        let targets: Vec<_> = sequence
            .iter()
            .copied()
            .filter(|&patch| {
                self.predecessors(patch).count() > 1
                    && self
                        .predecessors(patch)
                        .any(|edge| self.outgoing(edge.earlier).len() > 1)
            })
            .collect();
        let mut position = vec![0_usize; self.len()];
        for (at, patch) in sequence.iter().enumerate() {
            position[patch.0 as usize] = at;
        }
        let mut implied = vec![false; self.edges.len()];
        let mut bit = vec![0_u64; self.len()];
        let mut below = vec![0_u64; self.len()];
        for block in targets.chunks(64) {
            for (at, target) in block.iter().enumerate() {
                bit[target.0 as usize] = 1 << at;
            }
            let last = block.last().map_or(0, |patch| position[patch.0 as usize]);
            for &patch in sequence[..last].iter().rev() {
                let successors = self.outgoing(patch);
                let mut through = 0;
                let mut direct = 0;
                for edge in &self.edges[successors.clone()] {
                    through |= below[edge.later.0 as usize];
                    direct |= bit[edge.later.0 as usize];
                }
                for place in successors {
                    implied[place] |= bit[self.edges[place].later.0 as usize] & through != 0;
                }
                below[patch.0 as usize] = through | direct;
            }
            bit.fill(0);
            below.fill(0);
        }
        let edges = self.edges.iter().zip(implied);
        edges
            .filter_map(|(edge, implied)| (!implied).then_some(edge))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::laws::{edges, graph};

    #[test]
    fn an_edge_that_a_chain_implies_is_left_out() {
        let graph = graph(4, "0-1 0-2 0-3 1-2 2-3 1-3");
        assert_eq!(edges(graph.reduced_edges()), "0-1 1-2 2-3");
    }
}
