//! Which weak edges to leave out where they close a cycle: no more than needed.
//!
//! The fewest edges that leave no cycle are a minimum feedback arc set, which is NP-hard to find in
//! general; the cycles of real projects are small. A knot with few weak edges is solved exactly by
//! branch and bound, which ends early by a count of steps and never by time. A larger one gets a
//! greedy solution that is minimal (no edge of it can be put back), if not always the fewest.

use std::collections::BTreeSet;

use super::Graph;
use super::knot::{Allowance, Knot, Weight};
use crate::resolve::{Edge, Rule, Strength};

/// The most weak edges of a knot that is solved exactly.
const EXACT: usize = 64;

/// How many arcs the work on one knot may look at: some tens of milliseconds.
const ALLOWANCE: u64 = 10_000_000;

/// The places of the edges to cut, sorted. The hard edges must form no cycle.
pub(super) fn cut(graph: &Graph) -> Vec<usize> {
    let mut places = Vec::new();
    for members in graph.knots(|_| true) {
        let knot = Knot::new(graph, &members, |_| true);
        let strengths = knot
            .arcs
            .iter()
            .map(|arc| graph.edges[arc.place].strength());
        let strengths = strengths.collect();
        let arcs = knot.arcs.iter();
        let enforced = arcs.map(|arc| is_enforced(&graph.edges[arc.place]));
        let mut search = Search {
            knot: &knot,
            strengths,
            enforced: enforced.collect(),
            allowance: Allowance(ALLOWANCE),
            best: BTreeSet::new(),
            best_cost: Cost::default(),
        };
        search.greedy();
        search.put_back();
        search.best_cost = search.cost(&search.best);
        let weak = search.strengths.iter().filter(|&&it| it != Strength::Hard);
        if weak.count() <= EXACT {
            let weights = search.weights(&BTreeSet::new());
            search.branch(weights, &mut BTreeSet::new());
        }
        places.extend(search.best.iter().map(|&arc| knot.arcs[arc].place));
    }
    places.sort_unstable();
    places
}

/// Whether the engine may refuse the rows, or the constraint over them, without this edge.
fn is_enforced(edge: &Edge) -> bool {
    edge.reasons.iter().any(|reason| {
        matches!(
            reason.rule,
            Rule::BackfillTighten | Rule::ParentRows | Rule::RowLookup | Rule::PartitionRows
        )
    })
}

/// What a set of edges costs to cut; the less, the better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Cost {
    /// Flow edges: without them, data may come out wrong.
    flow: usize,
    /// Those among them that the engine may insist on when it sees the rows.
    enforced: usize,
    /// Late edges: without them, a body names what is not there yet.
    late: usize,
    /// Edges that agree with the order of the paths. Of two that are worth the same, the one against
    /// that order goes.
    natural: usize,
}

impl Cost {
    /// The cost of one edge.
    fn of(strength: Strength, enforced: bool, natural: bool) -> Self {
        let is_flow = strength == Strength::Flow;
        Self {
            flow: usize::from(is_flow),
            enforced: usize::from(is_flow && enforced),
            late: usize::from(strength == Strength::Late),
            natural: usize::from(natural),
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            flow: self.flow + other.flow,
            enforced: self.enforced + other.enforced,
            late: self.late + other.late,
            natural: self.natural + other.natural,
        }
    }
}

struct Search<'k> {
    knot: &'k Knot,
    /// Of each arc.
    strengths: Vec<Strength>,
    /// Of each arc.
    enforced: Vec<bool>,
    allowance: Allowance,
    /// The best set of arcs so far that leaves no cycle.
    best: BTreeSet<usize>,
    best_cost: Cost,
}

impl Search<'_> {
    fn arc_cost(&self, arc: usize) -> Cost {
        let ends = self.knot.arcs[arc];
        Cost::of(self.strengths[arc], self.enforced[arc], ends.from < ends.to)
    }

    fn cost(&self, cut: &BTreeSet<usize>) -> Cost {
        let costs = cut.iter().map(|&arc| self.arc_cost(arc));
        costs.fold(Cost::default(), Cost::and)
    }

    /// Weak arcs count, hard ones do not: the lightest cycle is the one with the fewest choices.
    fn weights(&self, cut: &BTreeSet<usize>) -> Vec<Weight> {
        let weight = |(arc, &strength): (usize, &Strength)| {
            if cut.contains(&arc) {
                Weight::Gone
            } else if strength == Strength::Hard {
                Weight::Zero
            } else {
                Weight::One
            }
        };
        self.strengths.iter().enumerate().map(weight).collect()
    }

    /// A first solution in one pass: members in an order that keeps every hard arc, each time the
    /// one for which the least is cut.
    fn greedy(&mut self) {
        let knot = self.knot;
        let mut hard = vec![0_usize; knot.members];
        let mut open = vec![Cost::default(); knot.members];
        for (arc, ends) in knot.arcs.iter().enumerate() {
            if self.strengths[arc] == Strength::Hard {
                hard[ends.to] += 1;
            } else {
                open[ends.to] = open[ends.to].and(self.arc_cost(arc));
            }
        }
        let mut ready: BTreeSet<(Cost, usize)> = (0..knot.members)
            .filter(|&member| hard[member] == 0)
            .map(|member| (open[member], member))
            .collect();
        let mut placed = vec![false; knot.members];
        while let Some((_, member)) = ready.pop_first() {
            placed[member] = true;
            for &arc in knot.outgoing(member) {
                let to = knot.arcs[arc].to;
                if placed[to] {
                    self.best.insert(arc);
                    continue;
                }
                ready.remove(&(open[to], to));
                if self.strengths[arc] == Strength::Hard {
                    hard[to] -= 1;
                } else {
                    let cost = self.arc_cost(arc);
                    open[to].flow -= cost.flow;
                    open[to].late -= cost.late;
                    open[to].natural -= cost.natural;
                }
                if hard[to] == 0 {
                    ready.insert((open[to], to));
                }
            }
        }
    }

    /// Puts back what closes no cycle, the dearest first.
    fn put_back(&mut self) {
        let mut arcs: Vec<_> = self.best.iter().copied().collect();
        arcs.sort_by_key(|&arc| std::cmp::Reverse(self.arc_cost(arc)));
        let mut kept = vec![true; self.knot.arcs.len()];
        for &arc in &arcs {
            kept[arc] = false;
        }
        for arc in arcs {
            let ends = self.knot.arcs[arc];
            if self.reaches(ends.to, ends.from, &kept) == Some(false) {
                self.best.remove(&arc);
                kept[arc] = true;
            }
        }
    }

    /// Whether the arcs that are kept lead from one member to another; `None` where the
    /// allowance ends before that is known.
    fn reaches(&mut self, from: usize, to: usize, kept: &[bool]) -> Option<bool> {
        let mut seen = vec![false; self.knot.members];
        let mut stack = vec![from];
        while let Some(member) = stack.pop() {
            if member == to {
                return Some(true);
            }
            for &arc in self.knot.outgoing(member) {
                if !self.allowance.take() {
                    return None;
                }
                let next = self.knot.arcs[arc].to;
                if kept[arc] && !seen[next] {
                    seen[next] = true;
                    stack.push(next);
                }
            }
        }
        Some(false)
    }

    /// Looks for a cheaper solution that cuts all of `cut`, and none of the weak arcs whose weight
    /// is zero. Goes no deeper than there are weak arcs, which [`EXACT`] limits.
    fn branch(&mut self, mut weights: Vec<Weight>, cut: &mut BTreeSet<usize>) {
        let cost = self.cost(cut);
        if self.allowance.is_spent() {
            return;
        }
        let Some(bound) = self.bound(&weights) else {
            return;
        };
        if cost.and(bound) >= self.best_cost {
            return;
        }
        let cycle = self.knot.lightest_cycle(&weights, 0, &mut self.allowance);
        let Some(cycle) = cycle else {
            self.best.clone_from(cut);
            self.best_cost = cost;
            return;
        };
        // One arc of the cycle is cut: the first, or the second and not the first, and so on.
        let mut choices: Vec<_> = cycle
            .into_iter()
            .filter(|&arc| weights[arc] == Weight::One)
            .collect();
        choices.sort_by_key(|&arc| (self.arc_cost(arc), arc));
        for arc in choices {
            weights[arc] = Weight::Gone;
            cut.insert(arc);
            self.branch(weights.clone(), cut);
            cut.remove(&arc);
            weights[arc] = Weight::Zero;
        }
    }

    /// The least that the cycles that are left cost: cycles that share no arc that may be cut. First
    /// those without late arcs, each of which costs a flow arc, then the others. `None` where a
    /// cycle has no arc that may be cut.
    fn bound(&mut self, weights: &[Weight]) -> Option<Cost> {
        let mut bound = Cost::default();
        let mut left = weights.to_vec();
        for (arc, weight) in left.iter_mut().enumerate() {
            if *weight == Weight::One && self.strengths[arc] == Strength::Late {
                *weight = Weight::Gone;
            }
        }
        bound.flow = self.pack(&mut left)?;
        for (arc, weight) in left.iter_mut().enumerate() {
            if weights[arc] == Weight::One && self.strengths[arc] == Strength::Late {
                *weight = Weight::One;
            }
        }
        bound.late = self.pack(&mut left)?;
        Some(bound)
    }

    /// Counts cycles that share no arc that may be cut, and takes these arcs away.
    fn pack(&mut self, weights: &mut [Weight]) -> Option<usize> {
        let mut count = 0;
        while let Some(cycle) = self.knot.lightest_cycle(weights, 1, &mut self.allowance) {
            let mut free = 0;
            for arc in cycle {
                if weights[arc] == Weight::One {
                    weights[arc] = Weight::Gone;
                    free += 1;
                }
            }
            if free == 0 {
                return None;
            }
            count += 1;
        }
        Some(count)
    }
}
