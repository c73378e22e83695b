//! What stands on what, as the statements of one patch tell it.

use super::{Ids, RenamedAt, Standing, Version};
use crate::name::{Ident, ObjectName};
use crate::read::fact::{
    Action, Binding, Fact, Kind, Namespace, Object, Part, Reader, StatementFacts,
};
use crate::read::{Patch, Renaming};
use crate::resolve::PatchId;
use crate::resolve::catalog::{Bound, Catalog, Identity, IdentityId, Moved, is_need, owns, stands};

/// What one patch tells of what stands on what.
#[derive(Default)]
pub(super) struct Told {
    pub(super) on: Vec<(IdentityId, Standing)>,
    pub(super) of: Vec<(IdentityId, IdentityId)>,
    pub(super) supports: Vec<(Version, IdentityId)>,
    pub(super) renames: Vec<(RenamedAt, Moved)>,
    /// Unique keys, with the constraints and indexes that they are there by.
    pub(super) keepers: Vec<(IdentityId, IdentityId)>,
}

impl Told {
    pub(super) fn new(catalog: &Catalog<'_>, id: PatchId, patch: &Patch) -> Self {
        let mut told = Self::default();
        for statement in &patch.facts {
            let place = Place {
                catalog,
                patch: id,
                path: statement.search_path.as_deref(),
                statement,
            };
            told.add_statement(&place);
        }
        let renames = patch.renames();
        told.renames
            .extend(renames.map(|renaming| renamed(catalog, id, renaming)));
        told
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
                self.of.push((dependent, on));
                self.on.push((on, standing));
            }
        }
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
                    for key in place.lookup(&fact.object) {
                        let keepers = place.lookup(object).into_iter();
                        self.keepers.extend(keepers.map(|keeper| (key, keeper)));
                    }
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

/// What a rename renames, under its old and its new name: the object, its members, the index of a constraint.
fn renamed(catalog: &Catalog<'_>, patch: PatchId, renaming: Renaming<'_>) -> (RenamedAt, Moved) {
    let Renaming {
        statement,
        at,
        fact,
        to,
    } = renaming;
    let path = statement.search_path.as_deref();
    let [old, new] = [&fact.object, to].map(|object| catalog.lookup(patch, path, object));
    let ids = |(old, new): (Bound, Bound)| (old.identity, new.identity);
    let mut pairs: Moved = old.into_iter().zip(new).map(ids).collect();
    let members = catalog.moved.get(&(patch, at));
    pairs.extend(members.into_iter().flatten());
    pairs.extend(catalog.companions.renamed(patch, at));
    ((patch, at), pairs)
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
    stands(object.kind)
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
