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
        tables: BTreeMap::new(),
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
    /// The table that each index is on.
    tables: BTreeMap<IdentityId, IdentityId>,
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
        let moved = self.catalog.moved(patch, at);
        let comes_along = |id: IdentityId| {
            let mut sources = moved.iter().filter(|(_, new)| *new == id).peekable();
            sources.peek().is_none() || sources.any(|(old, _)| self.present.contains(old))
        };
        let births: Vec<_> = births
            .into_iter()
            .map(|act| (act, !known || comes_along(act.0)))
            .collect();
        let ending: Vec<IdentityId> = deaths
            .iter()
            .filter(|act| !event(act).is_with_owner())
            .map(|act| act.0)
            .collect();
        for act in deaths {
            let elsewhere = self
                .tables
                .get(&act.0)
                .is_some_and(|table| !ending.contains(table));
            let with_owner = event(&act).is_with_owner();
            let there = self.present.contains(&act.0) && !(with_owner && elsewhere);
            if there {
                self.present.remove(&act.0);
            } else if known && with_owner {
                self.idle.insert(act);
            }
        }
        for old in ending {
            let Some(new) = self.catalog.renamed(old, patch) else {
                continue;
            };
            for table in self.tables.values_mut().filter(|table| **table == old) {
                *table = new;
            }
        }
        for (act, real) in births {
            if !real {
                self.idle.insert(act);
                continue;
            }
            self.present.insert(act.0);
            if let Some(table) = self.catalog.made_on(act.0, patch, at.0) {
                self.tables.insert(act.0, table);
            }
        }
    }
}
