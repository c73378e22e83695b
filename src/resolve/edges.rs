//! Edges while they are collected: reasons by pair, and who reaches whom so far.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use rayon::prelude::*;

use super::closure::{Closure, Neighbours};
use super::overrides::Ignores;
use super::sequence::Sequence;
use super::{Edge, PatchId, Reason, Strength};

/// The edges found so far. Nobody sees the order in which the pairs are kept.
pub(super) struct Edges {
    reasons: HashMap<(PatchId, PatchId), Vec<Reason>, FixedState>,
    all: Reach,
    hard: Reach,
    sequence: Sequence,
    ignores: Ignores,
}

/// Who comes before whom.
struct Reach {
    later: Vec<Neighbours>,
    earlier: Vec<Neighbours>,
    closure: Option<Closure>,
}

impl Reach {
    fn new(patches: usize) -> Self {
        Self {
            later: vec![Neighbours::new(); patches],
            earlier: vec![Neighbours::new(); patches],
            closure: None,
        }
    }

    fn add(&mut self, earlier: PatchId, later: PatchId) {
        self.later[earlier.0 as usize].push(later.0);
        self.earlier[later.0 as usize].push(earlier.0);
        if let Some(closure) = &mut self.closure {
            closure.add(earlier, later, &self.earlier);
        }
    }

    fn has(&self, earlier: PatchId, later: PatchId) -> bool {
        let noted = self.closure.as_ref();
        let noted = noted.and_then(|closure| closure.reaches(earlier, later));
        noted.unwrap_or_else(|| self.from(earlier, Some(later))[later.0 as usize])
    }

    /// The patches after `from`; stops early at `goal`.
    fn from(&self, from: PatchId, goal: Option<PatchId>) -> Vec<bool> {
        walk(&self.later, from, goal)
    }

    fn take_changed(&mut self) -> Vec<PatchId> {
        let closure = self.closure.as_mut();
        closure.map(Closure::take_changed).unwrap_or_default()
    }
}

/// What the neighbours lead to from one patch; stops early at `goal`.
fn walk(neighbours: &[Neighbours], from: PatchId, goal: Option<PatchId>) -> Vec<bool> {
    let mut seen = vec![false; neighbours.len()];
    let mut open = vec![from.0];
    while let Some(patch) = open.pop() {
        for &next in &neighbours[patch as usize] {
            if !std::mem::replace(&mut seen[next as usize], true) {
                open.push(next);
            }
        }
        if goal.is_some_and(|goal| seen[goal.0 as usize]) {
            break;
        }
    }
    seen
}

impl Edges {
    pub(super) fn new(patches: usize, sequence: Sequence, ignores: Ignores) -> Self {
        Self {
            reasons: HashMap::default(),
            all: Reach::new(patches),
            hard: Reach::new(patches),
            sequence,
            ignores,
        }
    }

    /// Makes room for so many more pairs.
    pub(super) fn reserve(&mut self, more: usize) {
        self.reasons.reserve(more);
    }

    /// Adds a reason, unless it is ignored; a patch needs no reason to come before itself. Numbered files keep the order
    /// that they were written in, if only the data asks for another one.
    pub(super) fn add(&mut self, earlier: PatchId, later: PatchId, reason: Reason) {
        let against_numbers =
            reason.strength == Strength::Flow && self.sequence.is_older(later, earlier);
        if earlier == later || against_numbers || self.ignores.take(earlier, later, &reason) {
            return;
        }
        let reasons = self.reasons.entry((earlier, later)).or_default();
        if reasons.is_empty() {
            self.all.add(earlier, later);
        }
        let is_hard = |reason: &Reason| reason.strength == Strength::Hard;
        if is_hard(&reason) && !reasons.iter().any(is_hard) {
            self.hard.add(earlier, later);
        }
        let same = |other: &Reason| other.rule == reason.rule && other.object == reason.object;
        match reasons.iter_mut().find(|other| same(other)) {
            Some(other) if other.strength >= reason.strength => {}
            Some(other) => *other = reason,
            None => reasons.push(reason),
        }
    }

    /// Notes what follows from each way in which an open question can be answered: the answer brings the reason.
    pub(super) fn expect(&mut self, earlier: PatchId, later: PatchId) {
        self.all.add(earlier, later);
        self.hard.add(earlier, later);
    }

    /// Keeps note from now on of who comes before these patches, because it will be asked for often.
    pub(super) fn watch(&mut self, watched: impl IntoIterator<Item = PatchId> + Clone) {
        self.all.closure = Some(Closure::new(&self.all.later, watched.clone()));
        self.hard.closure = Some(Closure::new(&self.hard.later, watched));
    }

    /// The patches that edges have put before more of the watched ones since the last call.
    pub(super) fn take_changed(&mut self) -> Vec<PatchId> {
        let mut changed = self.all.take_changed();
        changed.extend(self.hard.take_changed());
        changed
    }

    /// Whether the edges so far already ask for `earlier` before `later`, whatever their strength.
    pub(super) fn reaches(&self, earlier: PatchId, later: PatchId) -> bool {
        self.all.has(earlier, later)
    }

    /// Whether the hard edges so far already ask for `earlier` before `later`.
    pub(super) fn insists(&self, earlier: PatchId, later: PatchId) -> bool {
        self.hard.has(earlier, later)
    }

    /// Whether the numbers in the file names say that `one` is older than `other`.
    pub(super) fn is_older(&self, one: PatchId, other: PatchId) -> bool {
        self.sequence.is_older(one, other)
    }

    /// The patches that the edges so far put after `from`.
    pub(super) fn reach(&self, from: PatchId) -> Vec<bool> {
        self.all.from(from, None)
    }

    /// The patches that the edges so far put before `to`.
    pub(super) fn before(&self, to: PatchId) -> Vec<bool> {
        walk(&self.all.earlier, to, None)
    }

    /// The patches that the hard edges so far put after `from`.
    pub(super) fn hard_after(&self, from: PatchId) -> Vec<bool> {
        self.hard.from(from, None)
    }

    /// The patches that the hard edges so far put before `to`.
    pub(super) fn hard_before(&self, to: PatchId) -> Vec<bool> {
        walk(&self.hard.earlier, to, None)
    }

    /// Which of the `watched` patches the hard edges so far put after each patch.
    pub(super) fn hard(&self, watched: impl IntoIterator<Item = PatchId>) -> Closure {
        Closure::new(&self.hard.later, watched)
    }

    /// Whether there is a reason of this kind.
    pub(super) fn any(&self, wanted: impl Fn(PatchId, PatchId, &Reason) -> bool) -> bool {
        self.reasons.iter().any(|(&(earlier, later), reasons)| {
            reasons.iter().any(|reason| wanted(earlier, later, reason))
        })
    }

    /// What headers ignore, and whether it was of use.
    pub(super) fn ignores(&self) -> &Ignores {
        &self.ignores
    }

    /// The edges by their ends, each with its strongest reasons first.
    pub(super) fn finish(self) -> Vec<Edge> {
        let edge = |((earlier, later), mut reasons): ((PatchId, PatchId), Vec<Reason>)| {
            reasons.sort_by_key(|reason| {
                (
                    std::cmp::Reverse(reason.strength),
                    reason.later,
                    reason.earlier,
                    reason.rule,
                )
            });
            Edge {
                earlier,
                later,
                reasons,
            }
        };
        let reasons: Vec<_> = self.reasons.into_iter().collect();
        let mut edges: Vec<Edge> = reasons.into_par_iter().map(edge).collect();
        edges.par_sort_unstable_by_key(|edge| (edge.earlier, edge.later));
        edges
    }
}
