//! Why one patch comes before another: the shortest chain of edges between them.

use std::collections::VecDeque;

use super::Graph;
use crate::resolve::{Edge, PatchId, Strength};

/// How a patch was first reached.
#[derive(Clone, Copy)]
struct Step {
    /// The place of the edge that led to it; none at the start.
    edge: Option<usize>,
    /// The number of edges from the start.
    length: u32,
    /// How many of them are not hard.
    weak: u32,
}

impl Graph {
    /// The chain of edges that puts `earlier` before `later`: one with the fewest edges; of those,
    /// one with the fewest weak edges; of those, always the same. Empty for a patch and itself.
    ///
    /// Ask the graph [without](Self::without) the edges that were cut, else the chain may be one
    /// that was not kept.
    #[must_use]
    pub fn why(&self, earlier: PatchId, later: PatchId) -> Option<Vec<&Edge>> {
        let mut steps: Vec<Option<Step>> = vec![None; self.len()];
        *steps.get_mut(earlier.0 as usize)? = Some(Step {
            edge: None,
            length: 0,
            weak: 0,
        });
        let mut queue = VecDeque::from([earlier]);
        while let Some(patch) = queue.pop_front() {
            if patch == later {
                // All that is one edge nearer to the start has been looked at, so the step to
                // `later` is final.
                return Some(self.chain_to(&steps, later));
            }
            let step = steps[patch.0 as usize]?;
            for place in self.outgoing(patch) {
                let edge = &self.edges[place];
                let next = Step {
                    edge: Some(place),
                    length: step.length + 1,
                    weak: step.weak + u32::from(edge.strength() != Strength::Hard),
                };
                let seen = &mut steps[edge.later.0 as usize];
                match seen {
                    None => {
                        *seen = Some(next);
                        queue.push_back(edge.later);
                    }
                    Some(seen) if seen.length == next.length && next.weak < seen.weak => {
                        *seen = next;
                    }
                    Some(_) => {}
                }
            }
        }
        None
    }

    fn chain_to(&self, steps: &[Option<Step>], later: PatchId) -> Vec<&Edge> {
        let mut chain = Vec::new();
        let mut patch = later;
        while let Some(Step {
            edge: Some(place), ..
        }) = steps[patch.0 as usize]
        {
            let edge = &self.edges[place];
            chain.push(edge);
            patch = edge.earlier;
        }
        chain.reverse();
        chain
    }
}

#[cfg(test)]
mod tests {
    use super::super::laws::{edges, graph};
    use super::*;

    #[test]
    fn of_two_shortest_chains_the_harder_one_is_told() {
        // 0 → 1 → 3 is late, 0 → 2 → 3 is hard, 0 → 4 → 5 → 3 is longer.
        let graph = graph(6, "0~1 1-3 0-2 2-3 0-4 4-5 5-3");
        let chain = graph.why(PatchId(0), PatchId(3)).expect("there is a chain");
        assert_eq!(edges(chain), "0-2 2-3");
        assert!(graph.why(PatchId(3), PatchId(0)).is_none());
        assert_eq!(graph.why(PatchId(3), PatchId(3)), Some(Vec::new()));
    }
}
