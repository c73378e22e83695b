//! The catalog: every name in the facts of every patch becomes an identity, and every fact an event
//! of its identity.
//!
//! A name without a schema is looked up in the `search_path` that its file has set, or in the
//! engine's default schemas; where no patch makes it there, it may be the only object of that name
//! in any schema, because a database may be set up with a `search_path` that no file shows.

mod birth;
mod companion;
mod event;
mod header;
mod index;
mod lookup;
mod standing;
mod written;

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::PatchId;
use crate::dialect::Dialect;
use crate::name::Ident;
use crate::read::Patch;
use crate::read::fact::{Action, Fact, Kind, Namespace, Object, Part, StatementFacts};
use crate::source::{Sources, Span};
use birth::Made;
use companion::Companions;
use index::Index;
use smallvec::SmallVec;
use smol_str::SmolStr;
use standing::Standings;
use written::Written;

/// The place of an identity in the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct IdentityId(pub(super) u32);

/// What tells one object from all others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) namespace: Namespace,
    pub(super) name: Ident,
    pub(super) schema: Ident,
    pub(super) part: Part,
}

/// What happens to an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EventKind {
    /// It comes into being.
    Birth {
        /// An older one stays (`IF NOT EXISTS`).
        if_absent: bool,
        /// An older one is replaced in place (`OR REPLACE`).
        replace: bool,
        /// By a new name for something that was there.
        rename: bool,
    },
    /// It must be there.
    Need,
    /// It goes away.
    Death {
        /// Fine when it is not there.
        if_exists: bool,
        /// By getting another name.
        rename: bool,
        /// What stands on it goes as well (`CASCADE`).
        cascade: bool,
        /// Because its owner goes, or what it stands on.
        with_owner: bool,
        /// Only if the version that is there stands on what goes.
        perhaps: bool,
    },
}

/// One thing that one patch does to an identity.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    pub(super) patch: PatchId,
    /// The place in the patch: statement, then fact.
    pub(super) at: (u32, u32),
    pub(super) kind: EventKind,
    /// The engine would not insist: a body, or a guess among overloads.
    pub(super) late: bool,
    pub(super) span: Span,
    /// Not written but implied (`t_pkey`), so never a reason for an error.
    pub(super) implied: bool,
}

impl Event {
    /// The object goes only if the version that is there stands on what goes.
    pub(super) fn is_perhaps(&self) -> bool {
        matches!(self.kind, EventKind::Death { perhaps: true, .. })
    }

    /// The object goes because its owner does, or what it stands on.
    pub(super) fn is_with_owner(&self) -> bool {
        matches!(
            self.kind,
            EventKind::Death {
                with_owner: true,
                ..
            }
        )
    }
}

/// An object over time.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) key: Key,
    /// What it is.
    pub(super) kind: Kind,
    written: Written,
    /// In the order of patches, then of places.
    pub(super) events: SmallVec<[Event; 2]>,
    /// What belongs to it: a table's columns, constraints, triggers.
    members: Vec<IdentityId>,
    /// The object that it is a member of.
    pub(super) owner: Option<IdentityId>,
    pub(super) born: bool,
    /// What it uses cannot be dropped before it: a view, rule, policy or trigger.
    pub(super) stands: bool,
}

impl Identity {
    /// How people write it.
    pub(super) fn label(&self) -> SmolStr {
        self.written.label(self.kind, &self.key)
    }

    /// Whether this is the primary key of a table, whatever its columns: there is one at a time.
    pub(super) fn is_primary_key(&self) -> bool {
        self.kind == Kind::Key && self.key.part == Part::Columns(Vec::new())
    }
}

/// A reference as it was resolved.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    pub(super) identity: IdentityId,
    /// One of several that fit.
    pub(super) guess: bool,
}

/// What a reference means: one object mostly.
pub(super) type Found = SmallVec<[Bound; 2]>;

/// Members under their old and their new names.
type Moved = Vec<(IdentityId, IdentityId)>;

/// All identities.
pub(super) struct Catalog<'a> {
    pub(super) dialect: &'a Dialect,
    pub(super) identities: Vec<Identity>,
    /// The schemas of a name where nothing else tells; one at least.
    defaults: Vec<Ident>,
    index: Index,
    /// The tables whose columns a table has as well: those that it inherits, is a partition of or is
    /// made like.
    parents: BTreeMap<IdentityId, Vec<IdentityId>>,
    /// The attributes of composite types, by their names.
    attributes: BTreeMap<Part, Vec<IdentityId>>,
    renamed: BTreeMap<(IdentityId, PatchId), IdentityId>,
    /// Members under the old and the new names that renames give their owners, by the rename's place.
    moved: BTreeMap<(PatchId, (u32, u32)), Moved>,
    companions: Companions,
    standings: Standings,
    /// What is dropped, with what that takes along still to be ended.
    drops: Vec<(IdentityId, Event)>,
    temporary: Vec<Vec<Ident>>,
    /// References that no patch defines: patch, fact place.
    pub(super) unresolved: Vec<(PatchId, Object, Span)>,
}

impl<'a> Catalog<'a> {
    pub(super) fn new(patches: &[Patch], sources: &Sources, dialect: &'a Dialect) -> Self {
        let mut catalog = Self {
            dialect,
            identities: Vec::new(),
            defaults: lookup::default_schemas(dialect),
            index: Index::default(),
            parents: BTreeMap::new(),
            attributes: BTreeMap::new(),
            renamed: BTreeMap::new(),
            moved: BTreeMap::new(),
            companions: Companions::default(),
            standings: Standings::default(),
            drops: Vec::new(),
            temporary: patches.iter().map(temporary_names).collect(),
            unresolved: Vec::new(),
        };
        let mut made = Made::new(patches);
        catalog.add_births(patches, &mut made, false);
        catalog.add_births(patches, &mut made, true);
        while catalog.move_members(patches) {}
        catalog.find_attributes();
        catalog.find_parents(patches);
        catalog.find_companions(patches);
        catalog.add_provided(patches);
        catalog.standings = Standings::new(patches, &catalog);
        while catalog.move_to_schemas() {
            catalog.standings = Standings::new(patches, &catalog);
        }
        let mut made = made.0.as_slice();
        // From here on nothing more is born, so a name means the same until the end.
        let numbered = patches.par_iter().enumerate();
        let needed = numbered.map(|(id, patch)| catalog.needed(PatchId(id as u32), patch));
        let needed: Vec<_> = needed.collect();
        for (number, (patch, needed)) in patches.iter().zip(&needed).enumerate() {
            let id = PatchId(number as u32);
            let mut needed = needed.as_slice();
            for statement in &patch.facts {
                let (made_here, needed_here);
                (made_here, made) = made.split_at(statement.facts.len());
                (needed_here, needed) = needed.split_at(statement.facts.len());
                let conditional = is_do_block(patch, statement, sources);
                catalog.add_statement(id, statement, (made_here, needed_here), conditional);
            }
        }
        catalog.end_dependents();
        catalog.add_uses_of_headers(patches);
        catalog.sort_events();
        catalog
    }

    pub(super) fn get(&self, id: IdentityId) -> &Identity {
        &self.identities[id.0 as usize]
    }

    /// The members of an object: a table's columns, constraints, triggers.
    pub(super) fn members(&self, owner: IdentityId) -> impl Iterator<Item = &Identity> {
        self.member_ids(owner).map(|member| self.get(member))
    }

    /// The members of an object, by their places.
    pub(super) fn member_ids(&self, owner: IdentityId) -> impl Iterator<Item = IdentityId> {
        self.get(owner).members.iter().copied()
    }

    /// What an object becomes when a patch renames it.
    pub(super) fn renamed(&self, id: IdentityId, patch: PatchId) -> Option<IdentityId> {
        self.renamed.get(&(id, patch)).copied()
    }

    /// Every member that some rename moves, under its old and its new name.
    pub(super) fn all_moved(&self) -> impl Iterator<Item = &(IdentityId, IdentityId)> {
        self.moved.values().flatten()
    }

    /// Adds needs that no fact tells.
    pub(super) fn add_needs(&mut self, needs: Vec<(IdentityId, Event)>) {
        for (id, event) in needs {
            self.push(id, event);
        }
        self.sort_events();
    }

    fn sort_events(&mut self) {
        for identity in &mut self.identities {
            identity.events.sort_by_key(|event| (event.patch, event.at));
        }
    }

    /// Every identity with its place.
    pub(super) fn iter(&self) -> impl Iterator<Item = (IdentityId, &Identity)> {
        let ids = (0..).map(IdentityId);
        ids.zip(&self.identities)
    }

    fn find_attributes(&mut self) {
        for (number, identity) in self.identities.iter().enumerate() {
            let of_type = |owner: IdentityId| self.get(owner).key.namespace == Namespace::Type;
            if identity.kind == Kind::Column && identity.born && identity.owner.is_some_and(of_type)
            {
                let part = identity.key.part.clone();
                let attributes = self.attributes.entry(part).or_default();
                attributes.push(IdentityId(number as u32));
            }
        }
    }

    /// Notes for each table which others its `CREATE TABLE` takes columns from.
    fn find_parents(&mut self, patches: &[Patch]) {
        let parents = patches.par_iter().enumerate().map(|(number, patch)| {
            let id = PatchId(number as u32);
            let of_statement = |statement| self.parents_in(id, statement);
            patch
                .facts
                .iter()
                .flat_map(of_statement)
                .collect::<Vec<_>>()
        });
        for (table, parent) in parents.collect::<Vec<_>>().into_iter().flatten() {
            self.parents.entry(table).or_default().push(parent);
        }
    }

    /// The tables that a statement makes, each with one that it takes columns from.
    fn parents_in(&self, id: PatchId, statement: &StatementFacts) -> Vec<(IdentityId, IdentityId)> {
        let mut pairs = Vec::new();
        let path = statement.search_path.as_deref();
        let makes = |fact: &&Fact| {
            matches!(fact.action, Action::Define { .. }) && fact.object.kind == Kind::Table
        };
        let Some(made) = statement.facts.iter().find(makes) else {
            return pairs;
        };
        let takes_from =
            |fact: &&Fact| fact.action == Action::Use && fact.object.kind == Kind::Relation;
        let mut tables = None;
        for fact in statement.facts.iter().filter(takes_from) {
            let parents = self.lookup(id, path, &fact.object);
            let tables = tables.get_or_insert_with(|| self.lookup(id, path, &made.object));
            for table in tables.iter() {
                let of_it = parents
                    .iter()
                    .map(|parent| (table.identity, parent.identity));
                pairs.extend(of_it);
            }
        }
        pairs
    }
}

fn temporary_names(patch: &Patch) -> Vec<Ident> {
    let facts = patch.facts.iter().flat_map(|statement| &statement.facts);
    facts
        .filter(|fact| {
            matches!(
                fact.action,
                Action::Define {
                    temporary: true,
                    ..
                }
            )
        })
        .map(|fact| fact.object.name.name.clone())
        .collect()
}

/// A DO block decides at run time what it does: what it makes may be there, what it drops may not.
fn is_do_block(patch: &Patch, statement: &StatementFacts, sources: &Sources) -> bool {
    let body = patch.statements[statement.statement].body;
    let text = sources.slice(body).as_bytes();
    text.len() > 2 && text[..2].eq_ignore_ascii_case(b"do") && !text[2].is_ascii_alphanumeric()
}

fn is_need(action: &Action) -> bool {
    matches!(
        action,
        Action::Use | Action::Alter | Action::Retype | Action::Run
    )
}

/// Whether an object is a member of another one.
fn owns(object: &Object) -> bool {
    owner_kind(object).is_some()
}

/// The kind of the object that a member belongs to, which has the same name.
fn owner_kind(object: &Object) -> Option<Kind> {
    match (object.kind, &object.part) {
        (Kind::EnumValue | Kind::ShellType, _) => Some(Kind::Type),
        (Kind::Key, _) | (_, Part::Member(_)) => Some(Kind::Relation),
        _ => None,
    }
}

/// Kinds whose objects keep what they use from being dropped. (A table's own keys, checks and
/// indexes go with the column.)
pub(super) fn stands(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::View | Kind::MaterializedView | Kind::Rule | Kind::Policy | Kind::Trigger
    )
}
