//! A numbered history, replayed: which of the things that a statement may do to an object it really
//! does, when the files run in the order of their numbers.
//!
//! The catalog gives a renamed table every column that any version of the old name ever had, and ends
//! them all where a table is dropped. Played in order, each version has its own.

use std::collections::{BTreeMap, BTreeSet};

use crate::resolve::PatchId;
use crate::resolve::catalog::{Catalog, Event, EventKind, IdentityId};

/// The events, as identity and place in its list, that come to nothing.
pub(super) type Idle = BTreeSet<(IdentityId, usize)>;

/// Plays all events in `order`.
pub(super) fn replay(catalog: &Catalog<'_>, order: &[PatchId]) -> Idle {
    let mut by_patch: BTreeMap<PatchId, Vec<(IdentityId, usize)>> = BTreeMap::new();
    for (id, identity) in catalog.iter() {
        for (number, event) in identity.events.iter().enumerate() {
            if event.kind != EventKind::Need {
                by_patch.entry(event.patch).or_default().push((id, number));
            }
        }
    }
    let mut stage = Stage {
        catalog,
        present: BTreeSet::new(),
        standing: BTreeMap::new(),
        idle: Idle::new(),
    };
    for patch in order {
        let mut acts = by_patch.remove(patch).unwrap_or_default();
        let at = |&(id, number): &(IdentityId, usize)| catalog.get(id).events[number].at;
        acts.sort_by_key(at);
        for statement in acts.chunk_by(|one, other| at(one) == at(other)) {
            stage.play(*patch, at(&statement[0]), statement);
        }
    }
    stage.idle
}

struct Stage<'a> {
    catalog: &'a Catalog<'a>,
    present: BTreeSet<IdentityId>,
    /// What each object stands on.
    standing: BTreeMap<IdentityId, BTreeSet<IdentityId>>,
    idle: Idle,
}

impl Stage<'_> {
    /// Plays what one fact does: to an object, its members and, for a rename, those of the new name.
    fn play(&mut self, patch: PatchId, at: (u32, u32), acts: &[(IdentityId, usize)]) {
        let event = |&(id, number): &(IdentityId, usize)| self.catalog.get(id).events[number];
        let is_death = |event: Event| matches!(event.kind, EventKind::Death { .. });
        let (deaths, births): (Vec<_>, Vec<_>) = acts.iter().partition(|act| is_death(event(act)));
        // Where the owner itself is not there, nothing is known about its members.
        let known = deaths
            .iter()
            .any(|act| !event(act).is_with_owner() && self.present.contains(&act.0));
        let moved = self.catalog.renames(patch, at);
        let comes_along = |id: IdentityId| {
            let mut sources = moved.iter().filter(|(_, new)| *new == id).peekable();
            sources.peek().is_none() || sources.any(|(old, _)| self.present.contains(old))
        };
        let births: Vec<_> = births
            .into_iter()
            .map(|act| (act, !known || comes_along(act.0)))
            .collect();
        let perhaps = |act: &(IdentityId, usize)| event(act).is_perhaps();
        let (mut waiting, sure): (Vec<_>, Vec<_>) = deaths.into_iter().partition(perhaps);
        let mut gone = BTreeSet::new();
        for act in sure {
            let there = self.present.remove(&act.0);
            if there || !known {
                gone.insert(act.0);
            } else if event(&act).is_with_owner() {
                self.idle.insert(act);
            }
        }
        // What stands on what goes, and so on.
        loop {
            let (going, staying): (Vec<_>, Vec<_>) = waiting
                .into_iter()
                .partition(|act| self.goes_with(act.0, &gone));
            waiting = staying;
            if going.is_empty() {
                break;
            }
            for (id, _) in going {
                self.present.remove(&id);
                gone.insert(id);
            }
        }
        self.idle.extend(waiting);
        for &(old, new) in moved {
            if let Some(standing) = self.standing.remove(&old) {
                self.standing.insert(new, standing);
            }
            for standing in self.standing.values_mut().filter(|on| on.contains(&old)) {
                standing.remove(&old);
                standing.insert(new);
            }
        }
        for (act, real) in births {
            if !real {
                self.idle.insert(act);
                continue;
            }
            self.present.insert(act.0);
            let standing: BTreeSet<_> = self.catalog.supports(act.0, patch, at.0).collect();
            if !standing.is_empty() {
                self.standing.insert(act.0, standing);
            }
        }
    }

    /// Whether an object that is there stands on what goes, or belongs to it.
    fn goes_with(&self, id: IdentityId, gone: &BTreeSet<IdentityId>) -> bool {
        let stands = |on: &BTreeSet<IdentityId>| !on.is_disjoint(gone);
        let owner = self.catalog.get(id).owner;
        self.present.contains(&id)
            && (self.standing.get(&id).is_some_and(stands)
                || owner.is_some_and(|owner| gone.contains(&owner)))
    }
}
