//! What stands on what, so that it goes without being named: an index with its column, a view with the
//! table that `DROP … CASCADE` removes, the objects of a schema.
//!
//! An object may stand on a thing in one of its versions and not in another, and only the order of the
//! patches tells which version goes. So these ends are only possible ones ([`EventKind::Death`]'s
//! `perhaps`).
//! <https://www.postgresql.org/docs/current/ddl-depend.html>

mod told;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use smallvec::SmallVec;

use super::{Catalog, Event, EventKind, Identity, IdentityId, Key, Moved};
use crate::name::ObjectName;
use crate::read::Patch;
use crate::read::fact::{Kind, Namespace, Object, Part};
use crate::resolve::PatchId;
use told::Told;

/// That the version of an object which a statement makes stands on something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Standing {
    dependent: IdentityId,
    patch: PatchId,
    statement: u32,
    /// It goes without `CASCADE` as well: an index or a constraint with its column.
    always: bool,
}

/// What stands on each object.
#[derive(Default)]
pub(super) struct Standings {
    on: Lists<Standing>,
    of: Lists<IdentityId>,
    /// What the version that a statement makes stands on, sorted.
    supports: Vec<(Version, IdentityId)>,
    renames: BTreeMap<RenamedAt, Moved>,
    /// The constraints and indexes that each unique key is there by, sorted.
    keepers: Vec<(IdentityId, IdentityId)>,
}

/// What a name means: one object mostly.
type Ids = SmallVec<[IdentityId; 4]>;

/// The place of a rename: the patch, then the statement and the fact.
type RenamedAt = (PatchId, (u32, u32));

/// What a statement makes of an object.
type Version = (IdentityId, PatchId, u32);

/// Things by object, sorted.
struct Lists<T>(Vec<(IdentityId, T)>);

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy + Ord + Send> Lists<T> {
    fn get(&self, id: IdentityId) -> impl Iterator<Item = T> {
        let first = self.0.partition_point(|(other, _)| *other < id);
        let of_it = self.0[first..].iter();
        let of_it = of_it.take_while(move |(other, _)| *other == id);
        of_it.map(|&(_, item)| item)
    }

    /// Adds to the lists. Says whether that was news.
    fn extend(&mut self, items: Vec<(IdentityId, T)>) -> bool {
        if items.is_empty() {
            return false;
        }
        let before = self.0.len();
        self.0.extend(items);
        self.0.par_sort_unstable();
        self.0.dedup();
        self.0.len() > before
    }
}

impl Standings {
    pub(super) fn new(patches: &[Patch], catalog: &Catalog<'_>) -> Self {
        let told = patches.par_iter().enumerate();
        let told = told.map(|(number, patch)| Told::new(catalog, PatchId(number as u32), patch));
        let (mut on, mut of) = (Vec::new(), Vec::new());
        let mut standings = Self::default();
        for told in told.collect::<Vec<_>>() {
            on.extend(told.on);
            of.extend(told.of);
            standings.supports.extend(told.supports);
            standings.renames.extend(told.renames);
            standings.keepers.extend(told.keepers);
        }
        standings.on.extend(on);
        standings.of.extend(of);
        standings.supports.par_sort_unstable();
        standings.supports.dedup();
        standings.keepers.sort_unstable();
        standings.keepers.dedup();
        while standings.rename() {}
        standings
    }

    /// What was renamed still stands on what it stood on, and carries what stood on it. Says whether
    /// that was news, which another rename may take further.
    fn rename(&mut self) -> bool {
        let (mut on, mut of) = (Vec::new(), Vec::new());
        let mut add = |thing: IdentityId, standing: Standing| {
            of.push((standing.dependent, thing));
            if thing != standing.dependent {
                on.push((thing, standing));
            }
        };
        for &(old, new) in self.renames.values().flatten() {
            self.on.get(old).for_each(|standing| add(new, standing));
            for thing in self.of.get(old) {
                let standings = self.on.get(thing);
                for standing in standings.filter(|standing| standing.dependent == old) {
                    let dependent = new;
                    add(
                        thing,
                        Standing {
                            dependent,
                            ..standing
                        },
                    );
                }
            }
        }
        self.of.extend(of);
        self.on.extend(on)
    }
}

impl Catalog<'_> {
    /// What the version of an object that a statement makes stands on: it may go with that.
    pub(in crate::resolve) fn supports(
        &self,
        dependent: IdentityId,
        patch: PatchId,
        statement: u32,
    ) -> impl Iterator<Item = IdentityId> {
        let version = (dependent, patch, statement);
        let supports = &self.standings.supports;
        let first = supports.partition_point(|(other, _)| *other < version);
        let of_it = supports[first..].iter();
        let of_it = of_it.take_while(move |(other, _)| *other == version);
        of_it.map(|&(_, on)| on)
    }

    /// The unique keys, each with a constraint or index that it is there by.
    pub(in crate::resolve) fn keepers(&self) -> &[(IdentityId, IdentityId)] {
        &self.standings.keepers
    }

    /// The table that a part of it belongs to, or an index is on.
    pub(in crate::resolve) fn table_of(&self, id: IdentityId) -> Option<IdentityId> {
        let is_table = |on: &IdentityId| {
            let kind = self.get(*on).kind;
            kind.namespace() == Namespace::Relation && !matches!(kind, Kind::Index | Kind::Sequence)
        };
        let on = || self.standings.of.get(id).find(is_table);
        self.get(id).owner.or_else(on)
    }

    /// What a rename at this place renames, under its old and its new name: the object, its members,
    /// the index of a constraint.
    pub(in crate::resolve) fn renames(
        &self,
        patch: PatchId,
        at: (u32, u32),
    ) -> &[(IdentityId, IdentityId)] {
        let renames = &self.standings.renames;
        renames.get(&(patch, at)).map_or(&[], Vec::as_slice)
    }

    /// A table takes its indexes and sequences along into another schema. Says whether that made new
    /// objects, which another statement may move further.
    pub(super) fn move_to_schemas(&mut self) -> bool {
        let renames = self.standings.renames.clone();
        let before = self.identities.len();
        for (place, &(old, new)) in renames
            .iter()
            .flat_map(|(place, pairs)| pairs.iter().map(move |pair| (place, pair)))
        {
            let schema = self.get(new).key.schema.clone();
            // A part of a table that no patch makes has no owner either.
            let is_part = self.get(old).owner.is_some() || self.get(old).key.part != Part::Whole;
            if is_part || self.get(old).key.schema == schema {
                continue;
            }
            for part in self.parts(old) {
                let Identity { key, kind, .. } = self.get(part);
                let key = Key {
                    schema: schema.clone(),
                    ..key.clone()
                };
                let name = ObjectName::qualified(schema.clone(), key.name.clone());
                let moved = self.intern(key, &Object::new(*kind, name), None);
                self.identities[moved.0 as usize].born = true;
                let pairs = self.moved.entry(*place).or_default();
                if !pairs.contains(&(part, moved)) {
                    pairs.push((part, moved));
                }
            }
        }
        self.identities.len() > before
    }

    /// The indexes and sequences that stand on a table or its columns, in its schema.
    fn parts(&self, table: IdentityId) -> BTreeSet<IdentityId> {
        let on = self.member_ids(table).chain([table]);
        let standing = on.flat_map(|on| self.standings.on.get(on));
        let parts = standing.map(|standing| standing.dependent).filter(|&id| {
            let Identity {
                kind, owner, key, ..
            } = self.get(id);
            matches!(kind, Kind::Index | Kind::Sequence)
                && owner.is_none()
                && key.schema == self.get(table).key.schema
        });
        parts.collect()
    }

    /// Ends what goes with the dropped objects.
    pub(super) fn end_dependents(&mut self) {
        let standings = std::mem::take(&mut self.standings);
        for (dropped, event) in std::mem::take(&mut self.drops) {
            let EventKind::Death { cascade, .. } = event.kind else {
                continue;
            };
            let event = Event {
                kind: EventKind::Death {
                    if_exists: true,
                    rename: false,
                    cascade,
                    with_owner: true,
                    perhaps: true,
                },
                ..event
            };
            let mut seen = BTreeSet::from([dropped]);
            let mut open = vec![dropped];
            while let Some(gone) = open.pop() {
                let standing = standings.on.get(gone);
                let standing = standing
                    .filter(|standing| cascade || standing.always)
                    // What is made after the drop is not there yet.
                    .filter(|standing| {
                        standing.patch != event.patch || standing.statement < event.at.0
                    })
                    .map(|standing| standing.dependent);
                let members = self.member_ids(gone);
                let inside = self.inside(gone, cascade);
                let sure = inside.into_iter().map(|id| (id, false));
                let ending: Vec<_> = standing
                    .chain(members)
                    .map(|id| (id, true))
                    .chain(sure)
                    .collect();
                for (id, unsure) in ending {
                    if !seen.insert(id) {
                        continue;
                    }
                    open.push(id);
                    let mut event = event;
                    if let EventKind::Death { perhaps, .. } = &mut event.kind {
                        *perhaps = unsure;
                    }
                    if self.get(id).born && !self.ends_at(id, &event) {
                        self.push(id, event);
                    }
                }
            }
        }
        self.standings = standings;
    }

    /// The objects in a schema that is dropped with all that is in it.
    fn inside(&self, gone: IdentityId, cascade: bool) -> Vec<IdentityId> {
        let schema = &self.get(gone).key;
        if !cascade || schema.namespace != Namespace::Own(Kind::Schema) {
            return Vec::new();
        }
        let whole = self.iter().filter(|(_, identity)| identity.owner.is_none());
        whole
            .filter(|(_, identity)| identity.born && identity.key.schema == schema.name)
            .map(|(id, _)| id)
            .collect()
    }

    fn ends_at(&self, id: IdentityId, event: &Event) -> bool {
        self.get(id).events.iter().any(|other| {
            (other.patch, other.at) == (event.patch, event.at)
                && matches!(other.kind, EventKind::Death { .. })
        })
    }
}
