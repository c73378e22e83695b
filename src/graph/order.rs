//! The order of the patches: every edge kept, ties broken by the natural order of the paths.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Graph;
use super::cut::cut;
use super::cycle::{Cycle, cycles};
use crate::resolve::{Edge, PatchId, Strength};

/// The patches in the order in which they run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Every patch, once.
    pub sequence: Vec<PatchId>,
    /// The weak edges that could not be kept, sorted. Everything else is: see [`Graph::without`].
    pub cut: Vec<Edge>,
}

impl Graph {
    /// Orders the patches: of those that may come next, always the one with the smallest id. So the
    /// order is as close to that of the paths as the edges allow, and a file that nothing needs
    /// moves no other.
    ///
    /// Weak edges never make an order impossible: where they close a cycle, the fewest are cut, late
    /// ones before flow ones.
    ///
    /// # Errors
    /// Hard edges that form cycles: a shortest chain of each set of patches that need each other,
    /// and of what is left of the set without that chain.
    pub fn order(&self) -> Result<Order, Vec<Cycle>> {
        if let Some(sequence) = self.sequence(&[]) {
            return Ok(Order {
                sequence,
                cut: Vec::new(),
            });
        }
        let cycles = cycles(self, |edge| edge.strength() == Strength::Hard);
        if !cycles.is_empty() {
            return Err(cycles);
        }
        let cut = cut(self);
        let sequence = self
            .sequence(&cut)
            .expect("without the edges that were cut there is no cycle");
        let cut = cut.iter().map(|&place| self.edges[place].clone()).collect();
        Ok(Order { sequence, cut })
    }

    /// Kahn's algorithm over all edges but those at the places in `cut`, which is sorted. `None`
    /// where they form a cycle.
    pub(super) fn sequence(&self, cut: &[usize]) -> Option<Vec<PatchId>> {
        let mut waiting: Vec<u32> = self
            .incoming
            .windows(2)
            .map(|pair| pair[1] - pair[0])
            .collect();
        for &place in cut {
            waiting[self.edges[place].later.0 as usize] -= 1;
        }
        let mut ready: BinaryHeap<_> = self
            .patches()
            .filter(|patch| waiting[patch.0 as usize] == 0)
            .map(Reverse)
            .collect();
        let mut sequence = Vec::with_capacity(self.len());
        while let Some(Reverse(patch)) = ready.pop() {
            sequence.push(patch);
            for place in self.outgoing(patch) {
                if cut.binary_search(&place).is_ok() {
                    continue;
                }
                let later = self.edges[place].later;
                let left = &mut waiting[later.0 as usize];
                *left -= 1;
                if *left == 0 {
                    ready.push(Reverse(later));
                }
            }
        }
        (sequence.len() == self.len()).then_some(sequence)
    }
}
