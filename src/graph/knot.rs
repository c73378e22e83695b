//! A part of the graph, renumbered to be small, and the search for its shortest cycle. What
//! [`super::cycle`] tells and [`super::cut`] cuts is found here.

use std::collections::VecDeque;

use super::Graph;
use crate::resolve::{Edge, PatchId};

/// An edge between two members of a knot, by their places in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arc {
    /// The member that comes first.
    pub(super) from: usize,
    /// The member that comes after it.
    pub(super) to: usize,
    /// The edge's place in the graph.
    pub(super) place: usize,
}

/// Some patches and the edges among them.
#[derive(Debug)]
pub(super) struct Knot {
    /// How many patches.
    pub(super) members: usize,
    /// Sorted by (from, to); the members keep the order of the ids.
    pub(super) arcs: Vec<Arc>,
    outgoing: Vec<Vec<usize>>,
    incoming: Vec<Vec<usize>>,
}

/// What an arc costs in the search for a shortest cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// Not there.
    Gone,
    /// There, and not counted.
    Zero,
    /// There, and counted.
    One,
}

/// A search's allowance, counted in arcs looked at and not in time, so that equal input gives equal
/// output on every machine.
#[derive(Debug)]
pub(super) struct Allowance(pub(super) u64);

impl Allowance {
    /// Takes one; `false` when none is left.
    pub(super) fn take(&mut self) -> bool {
        let some = self.0 > 0;
        self.0 = self.0.saturating_sub(1);
        some
    }

    pub(super) fn is_spent(&self) -> bool {
        self.0 == 0
    }
}

impl Knot {
    /// The part of `graph` that has these members, which are sorted, and the edges that `keep`
    /// accepts.
    pub(super) fn new(graph: &Graph, members: &[PatchId], keep: impl Fn(&Edge) -> bool) -> Self {
        let mut arcs = Vec::new();
        let mut outgoing = vec![Vec::new(); members.len()];
        let mut incoming = vec![Vec::new(); members.len()];
        for (from, &member) in members.iter().enumerate() {
            for place in graph.outgoing(member) {
                let edge = &graph.edges[place];
                if let Ok(to) = members.binary_search(&edge.later)
                    && keep(edge)
                {
                    outgoing[from].push(arcs.len());
                    incoming[to].push(arcs.len());
                    arcs.push(Arc { from, to, place });
                }
            }
        }
        Self {
            members: members.len(),
            arcs,
            outgoing,
            incoming,
        }
    }

    /// The arcs that start at a member.
    pub(super) fn outgoing(&self, member: usize) -> &[usize] {
        &self.outgoing[member]
    }

    /// The arcs that end at a member.
    pub(super) fn incoming(&self, member: usize) -> &[usize] {
        &self.incoming[member]
    }

    /// The lightest cycle, as a closed chain of arcs that starts at its smallest member; of several,
    /// the one with the smallest such member. A cycle no heavier than `enough` ends the search; so
    /// does the end of the allowance, once there is a cycle to return.
    pub(super) fn lightest_cycle(
        &self,
        weights: &[Weight],
        enough: u32,
        allowance: &mut Allowance,
    ) -> Option<Vec<usize>> {
        let mut rest = Rest::new(self, weights);
        let mut reached = vec![UNREACHED; self.members];
        let mut best: Option<(u32, Vec<usize>)> = None;
        for start in 0..self.members {
            if !rest.alive[start] {
                continue;
            }
            let limit = best.as_ref().map_or(u32::MAX, |&(weight, _)| weight);
            if limit <= enough || (allowance.is_spent() && best.is_some()) {
                break;
            }
            let mut touched = Vec::new();
            if let Some(cycle) =
                rest.cycle_through(start, limit, &mut reached, &mut touched, allowance)
            {
                best = Some(cycle);
            }
            for member in touched {
                reached[member] = UNREACHED;
            }
            // Every other cycle does without this member, and so without what hung on it.
            rest.remove(start);
        }
        best.map(|(_, arcs)| arcs)
    }
}

/// What is known of a member before the search comes to it: the weight of the way and its last arc.
const UNREACHED: (u32, usize) = (u32::MAX, usize::MAX);

/// The members that may still lie on a cycle.
struct Rest<'k> {
    knot: &'k Knot,
    weights: &'k [Weight],
    alive: Vec<bool>,
    into: Vec<usize>,
    out: Vec<usize>,
}

impl<'k> Rest<'k> {
    fn new(knot: &'k Knot, weights: &'k [Weight]) -> Self {
        let count = |arcs: &Vec<usize>| {
            let there = arcs.iter().filter(|&&arc| weights[arc] != Weight::Gone);
            there.count()
        };
        let mut rest = Self {
            knot,
            weights,
            alive: vec![true; knot.members],
            into: knot.incoming.iter().map(count).collect(),
            out: knot.outgoing.iter().map(count).collect(),
        };
        for member in 0..knot.members {
            if rest.alive[member] && (rest.into[member] == 0 || rest.out[member] == 0) {
                rest.remove(member);
            }
        }
        rest
    }

    /// The lightest cycle through `start`, if it is lighter than `limit`. Finds `reached` without
    /// entries and adds the members for which it makes one to `touched`.
    fn cycle_through(
        &self,
        start: usize,
        limit: u32,
        reached: &mut [(u32, usize)],
        touched: &mut Vec<usize>,
        allowance: &mut Allowance,
    ) -> Option<(u32, Vec<usize>)> {
        let arcs = &self.knot.arcs;
        // Breadth first with a double-ended queue: arcs without weight go to its front.
        let mut queue = VecDeque::from([(0, start)]);
        let mut best = limit;
        let mut last = None;
        while let Some((weight, member)) = queue.pop_front() {
            if member != start && weight > reached[member].0 {
                continue;
            }
            if weight >= best {
                break;
            }
            for &arc in &self.knot.outgoing[member] {
                allowance.take();
                let to = arcs[arc].to;
                let cost = match self.weights[arc] {
                    Weight::Gone => continue,
                    Weight::Zero => 0,
                    Weight::One => 1,
                };
                if !self.alive[to] {
                    continue;
                }
                let next = weight + cost;
                if to == start {
                    if next < best {
                        best = next;
                        last = Some(arc);
                    }
                } else if next < reached[to].0 && next < best {
                    if reached[to] == UNREACHED {
                        touched.push(to);
                    }
                    reached[to] = (next, arc);
                    if cost == 0 {
                        queue.push_front((next, to));
                    } else {
                        queue.push_back((next, to));
                    }
                }
            }
        }
        let mut arc = last?;
        let mut chain = vec![arc];
        while arcs[arc].from != start {
            arc = reached[arcs[arc].from].1;
            chain.push(arc);
        }
        chain.reverse();
        Some((best, chain))
    }

    /// Removes a member, and then every member that has lost its last predecessor or successor.
    fn remove(&mut self, member: usize) {
        let (knot, weights) = (self.knot, self.weights);
        let mut doomed = vec![member];
        self.alive[member] = false;
        while let Some(member) = doomed.pop() {
            let there = |&&arc: &&usize| weights[arc] != Weight::Gone;
            for &arc in knot.outgoing[member].iter().filter(there) {
                let to = knot.arcs[arc].to;
                self.into[to] -= 1;
                if self.alive[to] && self.into[to] == 0 {
                    self.alive[to] = false;
                    doomed.push(to);
                }
            }
            for &arc in knot.incoming[member].iter().filter(there) {
                let from = knot.arcs[arc].from;
                self.out[from] -= 1;
                if self.alive[from] && self.out[from] == 0 {
                    self.alive[from] = false;
                    doomed.push(from);
                }
            }
        }
    }
}
