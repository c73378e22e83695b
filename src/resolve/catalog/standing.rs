//! What stands on what, so that it goes without being named: an index with its column, a view with the
//! table that `DROP … CASCADE` removes, the objects of a schema.
//!
//! An object may stand on a thing in one of its versions and not in another, and only the order of the
//! patches tells which version goes. So these ends are only possible ones ([`EventKind::Death`]'s
//! `perhaps`).
//! <https://www.postgresql.org/docs/current/ddl-depend.html>

use std::collections::{BTreeMap, BTreeSet};

use super::{Catalog, Event, EventKind, Identity, IdentityId, Key, Moved, is_need, owns};
use crate::name::{Ident, ObjectName};
use crate::read::Patch;
use crate::read::fact::{
    Action, Binding, Fact, Kind, Namespace, Object, Part, Reader, StatementFacts,
};
use crate::resolve::PatchId;
use smallvec::SmallVec;

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
#[derive(Debug, Default)]
pub(super) struct Standings {
    on: Lists<Standing>,
    of: Lists<IdentityId>,
    /// What the version that a statement makes stands on, sorted.
    supports: Vec<(Version, IdentityId)>,
    renames: BTreeMap<(PatchId, (u32, u32)), Moved>,
}

/// What a name means: one object mostly.
type Ids = SmallVec<[IdentityId; 4]>;

/// What a statement makes of an object.
type Version = (IdentityId, PatchId, u32);

/// A sorted list for each object.
#[derive(Debug)]
struct Lists<T>(Vec<Vec<T>>);

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy + Ord> Lists<T> {
    fn of(identities: usize) -> Self {
        Self(std::iter::repeat_with(Vec::new).take(identities).collect())
    }

    fn get(&self, id: IdentityId) -> &[T] {
        self.0.get(id.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// Adds to a list that is not sorted yet.
    fn push(&mut self, id: IdentityId, item: T) {
        self.list(id).push(item);
    }

    fn sort(&mut self) {
        for list in &mut self.0 {
            list.sort_unstable();
            list.dedup();
        }
    }

    /// Adds to a sorted list. Says whether that was news.
    fn insert(&mut self, id: IdentityId, item: T) -> bool {
        let list = self.list(id);
        let place = list.binary_search(&item);
        if let Err(place) = place {
            list.insert(place, item);
        }
        place.is_err()
    }

    fn list(&mut self, id: IdentityId) -> &mut Vec<T> {
        let place = id.0 as usize;
        if self.0.len() <= place {
            self.0.resize_with(place + 1, Vec::new);
        }
        &mut self.0[place]
    }
}

impl Standings {
    pub(super) fn new(patches: &[Patch], catalog: &Catalog<'_>) -> Self {
        let identities = catalog.identities.len();
        let mut standings = Self {
            on: Lists::of(identities),
            of: Lists::of(identities),
            ..Self::default()
        };
        for (number, patch) in patches.iter().enumerate() {
            for statement in &patch.facts {
                let place = Place {
                    catalog,
                    patch: PatchId(number as u32),
                    path: statement.search_path.as_deref(),
                    statement,
                };
                standings.add_statement(&place);
                standings.add_renames(&place);
            }
        }
        standings.on.sort();
        standings.of.sort();
        standings.supports.sort_unstable();
        standings.supports.dedup();
        while standings.rename() {}
        standings
    }

    fn add_renames(&mut self, place: &Place<'_>) {
        for (number, fact) in place.statement.facts.iter().enumerate() {
            let Action::Rename { to } = &fact.action else {
                continue;
            };
            let at = (place.statement.statement as u32, number as u32);
            let (old, new) = (place.lookup(&fact.object), place.lookup(to));
            let mut pairs: Vec<_> = old.into_iter().zip(new).collect();
            pairs.extend(
                place
                    .catalog
                    .moved
                    .get(&(place.patch, at))
                    .into_iter()
                    .flatten(),
            );
            pairs.extend(place.catalog.companions.renamed(place.patch, at));
            self.renames.insert((place.patch, at), pairs);
        }
    }

    /// What was renamed still stands on what it stood on, and carries what stood on it. Says whether
    /// that was news, which another rename may take further.
    fn rename(&mut self) -> bool {
        let mut news = false;
        let renames: Vec<_> = self.renames.values().flatten().copied().collect();
        for (old, new) in renames {
            for standing in self.on.get(old).to_vec() {
                news |= self.insert(new, standing);
            }
            for on in self.of.get(old).to_vec() {
                let standings = self.on.get(on).iter();
                let of_old = standings.filter(|standing| standing.dependent == old);
                let renamed: Vec<Standing> = of_old.copied().collect();
                for standing in renamed {
                    let dependent = new;
                    news |= self.insert(
                        on,
                        Standing {
                            dependent,
                            ..standing
                        },
                    );
                }
            }
        }
        news
    }

    fn add(&mut self, place: &Place<'_>, dependent: &Object, on: &[IdentityId], always: bool) {
        if !on.is_empty() {
            self.add_all(place, &place.lookup(dependent), on, always);
        }
    }

    fn add_all(
        &mut self,
        place: &Place<'_>,
        dependents: &[IdentityId],
        on: &[IdentityId],
        always: bool,
    ) {
        let statement = place.statement.statement as u32;
        for &dependent in dependents {
            for &on in on.iter().filter(|&&on| on != dependent) {
                let version = (dependent, place.patch, statement);
                self.supports.push((version, on));
                // An index that belongs to its table only loses the column.
                let Identity { kind, owner, .. } = place.catalog.get(dependent);
                if *kind == Kind::Index && owner.is_some() {
                    continue;
                }
                let standing = Standing {
                    dependent,
                    patch: place.patch,
                    statement,
                    always,
                };
                self.of.push(dependent, on);
                self.on.push(on, standing);
            }
        }
    }

    fn insert(&mut self, on: IdentityId, standing: Standing) -> bool {
        let dependent = standing.dependent;
        self.of.insert(dependent, on);
        on != dependent && self.on.insert(on, standing)
    }

    fn add_statement(&mut self, place: &Place<'_>) {
        let facts = &place.statement.facts;
        let says = |fact: &Fact| {
            is_made(fact) || is_owned(fact) || matches!(fact.action, Action::Partitions { .. })
        };
        if !facts.iter().any(says) {
            return;
        }
        // The table that the statement makes, changes or uses first has the indexes and the trigger.
        if let Some(table) = facts.iter().find(|fact| is_table(fact)) {
            let on = place.lookup(&table.object);
            let goes_with_it = |fact: &&Fact| is_made(fact) && (is_index(fact) || is_trigger(fact));
            for part in facts.iter().filter(goes_with_it) {
                self.add(place, &part.object, &on, true);
            }
        }
        let whole = facts
            .iter()
            .filter(|fact| is_made(fact) && stands_whole(&fact.object));
        let table = facts
            .iter()
            .find(|fact| is_made(fact) || fact.action == Action::Alter);
        let whole = match table {
            // A table's indexes and sequences stand on their own columns only.
            Some(table) if table.object.kind == Kind::Table => Vec::new(),
            _ => whole
                .map(|fact| (fact.object.kind, place.lookup(&fact.object)))
                .collect(),
        };
        for (number, fact) in facts.iter().enumerate() {
            let before = facts[..number].iter().rev();
            if let Part::Columns(columns) = &fact.object.part
                && is_made(fact)
            {
                let on = place.columns(&fact.object, columns);
                for object in keeper(facts, number) {
                    self.add(place, object, &on, true);
                }
            } else if is_made(fact) && fact.object.kind == Kind::Sequence {
                let column = before.clone().find(|made| is_made(made));
                if let Some(column) = column.filter(|made| made.span == fact.span) {
                    self.add(place, &fact.object, &place.lookup(&column.object), true);
                }
            } else if let Action::Partitions { parent } = &fact.action {
                // A partition goes with the partitioned table.
                let parent = place.named((Kind::Relation, parent, &Part::Whole));
                self.add(place, &fact.object, &parent, true);
            } else if is_need(&fact.action) || fact.action == Action::Tighten {
                if fact.in_body_of.is_some() || fact.binding == Binding::Late {
                    continue;
                }
                let on = place.meant(fact);
                if !whole.is_empty() {
                    let all = place.all_columns(fact);
                    for (kind, dependents) in &whole {
                        let always = goes_along(*kind, fact.object.kind);
                        self.add_all(place, dependents, &on, always);
                        self.add_all(place, dependents, &all, always);
                    }
                } else if !on.is_empty()
                    && let Some(made) = before.clone().find(|made| is_made(made) && !is_key(made))
                {
                    let kind = made.object.kind;
                    let stands = match kind {
                        // Its default goes, but not the column.
                        Kind::Column => fact.object.kind.namespace() == Namespace::Type,
                        Kind::Constraint | Kind::Index => true,
                        _ => false,
                    };
                    let twin = before
                        .filter(|other| is_made(other) && other.span == made.span)
                        .filter(|_| kind == Kind::Index);
                    for made in std::iter::once(made).chain(twin).filter(|_| stands) {
                        let always = goes_along(made.object.kind, fact.object.kind);
                        self.add(place, &made.object, &on, always);
                    }
                }
            }
        }
        // ALTER SEQUENCE … OWNED BY
        let owned = facts.iter().find(|fact| is_owned(fact));
        let column = facts
            .iter()
            .find(|fact| fact.action == Action::Use && fact.object.kind == Kind::Column);
        if let (Some(owned), Some(column)) = (owned, column) {
            self.add(place, &owned.object, &place.lookup(&column.object), true);
        }
    }
}

/// A statement and what it takes to find what its names mean.
struct Place<'a> {
    catalog: &'a Catalog<'a>,
    patch: PatchId,
    path: Option<&'a [Ident]>,
    statement: &'a StatementFacts,
}

impl Place<'_> {
    fn lookup(&self, object: &Object) -> Ids {
        self.named((object.kind, &object.name, &object.part))
    }

    fn named(&self, object: (Kind, &ObjectName, &Part)) -> Ids {
        let bound = self.catalog.lookup_named(self.patch, self.path, object);
        bound.iter().map(|bound| bound.identity).collect()
    }

    /// What a fact names; of the owners that a column may have, the first that has it.
    fn meant(&self, fact: &Fact) -> Ids {
        let owners = std::iter::once(&fact.object.name).chain(&fact.or_of);
        let Object { kind, part, .. } = &fact.object;
        let found = owners.map(|owner| self.named((*kind, owner, part)));
        found
            .into_iter()
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }

    /// All columns of a relation that the statement uses without naming one of them: `SELECT *`.
    fn all_columns(&self, fact: &Fact) -> Ids {
        let relation = &fact.object;
        let facts = self.statement.facts.iter();
        let named = facts
            .filter(|fact| fact.object.kind == Kind::Column)
            .any(|column| {
                column.object.name == relation.name || column.or_of.contains(&relation.name)
            });
        if relation.kind.namespace() != Namespace::Relation || named {
            return Ids::new();
        }
        let found = self.lookup(relation);
        let members = found.iter().flat_map(|&id| self.catalog.member_ids(id));
        let is_column = |id: &IdentityId| self.catalog.get(*id).kind == Kind::Column;
        members.filter(is_column).collect()
    }

    fn columns(&self, key: &Object, columns: &[Ident]) -> Ids {
        let column = |column: &Ident| {
            let member = Part::Member(column.clone());
            self.named((Kind::Column, &key.name, &member))
        };
        columns.iter().flat_map(column).collect()
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

    /// The table that a part of it belongs to, or an index is on.
    pub(in crate::resolve) fn table_of(&self, id: IdentityId) -> Option<IdentityId> {
        let is_table = |on: &&IdentityId| {
            let kind = self.get(**on).kind;
            kind.namespace() == Namespace::Relation && !matches!(kind, Kind::Index | Kind::Sequence)
        };
        let on = || self.standings.of.get(id).iter().find(is_table).copied();
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
            if self.get(old).owner.is_some() || self.get(old).key.schema == schema {
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
                let standing = standings.on.get(gone).iter();
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

fn is_made(fact: &Fact) -> bool {
    let temporary = matches!(
        fact.action,
        Action::Define {
            temporary: true,
            ..
        }
    );
    matches!(fact.action, Action::Define { .. }) && !temporary
}

fn is_owned(fact: &Fact) -> bool {
    fact.action == Action::Alter && fact.object.kind == Kind::Sequence
}

fn is_index(fact: &Fact) -> bool {
    fact.object.kind == Kind::Index && !owns(&fact.object)
}

fn is_trigger(fact: &Fact) -> bool {
    fact.object.kind == Kind::Trigger && !owns(&fact.object)
}

fn is_table(fact: &Fact) -> bool {
    let named = is_made(fact) || matches!(fact.action, Action::Alter | Action::Use);
    named && matches!(fact.object.kind, Kind::Table | Kind::Relation)
}

fn is_key(fact: &Fact) -> bool {
    fact.object.kind == Kind::Key
}

/// Whether everything that the statement names is named for the object.
fn stands_whole(object: &Object) -> bool {
    super::stands(object.kind)
        || matches!(
            object.kind,
            Kind::Routine | Kind::Procedure | Kind::Index | Kind::Statistics | Kind::Sequence
        )
}

/// Whether an object of one kind goes with one of the other kind without `CASCADE`.
fn goes_along(dependent: Kind, on: Kind) -> bool {
    let part = matches!(
        dependent,
        Kind::Index | Kind::Constraint | Kind::Statistics | Kind::Sequence
    );
    part && on == Kind::Column
}

/// The constraint and the index that have the unique key at `number`: those of the same words, else
/// those that are named next.
fn keeper(facts: &[Fact], number: usize) -> Vec<&Object> {
    let has_key =
        |fact: &&Fact| is_made(fact) && matches!(fact.object.kind, Kind::Constraint | Kind::Index);
    // Where an index belongs to its table, the key follows it.
    let last = facts[..number].iter().rev().find(|fact| is_made(fact));
    if let Some(Fact { object, .. }) = last
        && object.kind == Kind::Index
        && owns(object)
    {
        return vec![object];
    }
    let span = facts[number].span;
    let same = || {
        facts
            .iter()
            .filter(has_key)
            .filter(|fact| fact.span == span)
    };
    if same().next().is_some() {
        return same().map(|fact| &fact.object).collect();
    }
    let next = facts[number..]
        .iter()
        .find(|fact| is_made(fact) && !is_key(fact));
    let Some(next) = next.filter(|fact| fact.reader != Reader::Implied) else {
        return Vec::new();
    };
    let named = facts[number..].iter().filter(has_key);
    named
        .filter(|fact| fact.span == next.span)
        .map(|fact| &fact.object)
        .collect()
}
