//! The catalog: every name in the facts of every patch becomes an identity, and every fact an event
//! of its identity.
//!
//! A name without a schema is looked up in the `search_path` that its file has set, or in the
//! engine's default schemas; where no patch makes it there, it may be the only object of that name
//! in any schema, because a database may be set up with a `search_path` that no file shows.

mod companion;
mod standing;

use std::collections::BTreeMap;

use super::PatchId;
use crate::dialect::Dialect;
use crate::name::{Ident, ObjectName};
use crate::read::Patch;
use crate::read::fact::{
    Action, Binding, Fact, Kind, Namespace, Object, Part, Reader, Signature, StatementFacts,
};
use crate::source::{Sources, Span};
use companion::Companions;
use standing::Standings;

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
    /// How people write it.
    pub(super) label: String,
    /// In the order of patches, then of places.
    pub(super) events: Vec<Event>,
    /// The object that it is a member of.
    pub(super) owner: Option<IdentityId>,
    pub(super) born: bool,
    /// What it uses cannot be dropped before it: a view, rule, policy or trigger.
    pub(super) stands: bool,
}

/// A reference as it was resolved.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    pub(super) identity: IdentityId,
    /// One of several that fit.
    pub(super) guess: bool,
}

/// Members under their old and their new names.
type Moved = Vec<(IdentityId, IdentityId)>;

/// Where identities are found: members each in a place of their own, because a table may have many.
type Slot = (Namespace, Ident, Option<Ident>);

fn slot(namespace: Namespace, name: &Ident, part: &Part) -> Slot {
    let member = match part {
        Part::Member(member) => Some(member.clone()),
        _ => None,
    };
    (namespace, name.clone(), member)
}

/// All identities.
pub(super) struct Catalog<'a> {
    pub(super) dialect: &'a Dialect,
    pub(super) identities: Vec<Identity>,
    index: BTreeMap<Slot, Vec<IdentityId>>,
    members: BTreeMap<IdentityId, Vec<IdentityId>>,
    /// The tables whose columns a table has as well: those that it inherits, is a partition of or is
    /// made like.
    parents: BTreeMap<IdentityId, Vec<IdentityId>>,
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
            index: BTreeMap::new(),
            members: BTreeMap::new(),
            parents: BTreeMap::new(),
            renamed: BTreeMap::new(),
            moved: BTreeMap::new(),
            companions: Companions::default(),
            standings: Standings::default(),
            drops: Vec::new(),
            temporary: patches.iter().map(temporary_names).collect(),
            unresolved: Vec::new(),
        };
        catalog.add_births(patches, false);
        catalog.add_births(patches, true);
        while catalog.move_members(patches) {}
        catalog.find_parents(patches);
        catalog.find_companions(patches);
        catalog.add_provided(patches);
        catalog.standings = Standings::new(patches, &catalog);
        while catalog.move_to_schemas() {
            catalog.standings = Standings::new(patches, &catalog);
        }
        for (number, patch) in patches.iter().enumerate() {
            let id = PatchId(number as u32);
            for statement in &patch.facts {
                let conditional = is_do_block(patch, statement, sources);
                catalog.add_statement(id, statement, conditional);
            }
        }
        catalog.end_dependents();
        catalog.add_uses_of_headers(patches);
        for identity in &mut catalog.identities {
            identity.events.sort_by_key(|event| (event.patch, event.at));
        }
        catalog
    }

    pub(super) fn get(&self, id: IdentityId) -> &Identity {
        &self.identities[id.0 as usize]
    }

    /// The members of an object: a table's columns, constraints, triggers.
    pub(super) fn members(&self, owner: IdentityId) -> impl Iterator<Item = &Identity> {
        let members = self.members.get(&owner).into_iter().flatten();
        members.map(|&member| self.get(member))
    }

    /// What an object becomes when a patch renames it.
    pub(super) fn renamed(&self, id: IdentityId, patch: PatchId) -> Option<IdentityId> {
        self.renamed.get(&(id, patch)).copied()
    }

    /// Every member that some rename moves, under its old and its new name.
    pub(super) fn all_moved(&self) -> impl Iterator<Item = &(IdentityId, IdentityId)> {
        self.moved.values().flatten()
    }

    /// Adds a need that no fact tells.
    pub(super) fn add_need(&mut self, id: IdentityId, event: Event) {
        self.push(id, event);
        let events = &mut self.identities[id.0 as usize].events;
        events.sort_by_key(|event| (event.patch, event.at));
    }

    /// Every identity with its place.
    pub(super) fn iter(&self) -> impl Iterator<Item = (IdentityId, &Identity)> {
        let ids = (0..).map(IdentityId);
        ids.zip(&self.identities)
    }

    /// The identities that a reference means; empty where it is of a temporary object.
    pub(super) fn lookup(
        &self,
        patch: PatchId,
        path: Option<&[Ident]>,
        object: &Object,
    ) -> Vec<Bound> {
        if self.is_temporary(patch, object) {
            return Vec::new();
        }
        let found = self.lookup_in(object.kind.namespace(), path, object);
        if found.is_empty() && object.kind.namespace() == Namespace::Type {
            // A relation's row type has the relation's name.
            return self.lookup_in(Namespace::Relation, path, object);
        }
        found
    }

    fn lookup_in(
        &self,
        namespace: Namespace,
        path: Option<&[Ident]>,
        object: &Object,
    ) -> Vec<Bound> {
        let Some(candidates) = self
            .index
            .get(&slot(namespace, &object.name.name, &object.part))
        else {
            return Vec::new();
        };
        let born = |id: &&IdentityId| self.get(**id).born;
        for schema in self.schemas_of(namespace, &object.name, path) {
            let here: Vec<IdentityId> = candidates
                .iter()
                .filter(born)
                .filter(|&&id| self.get(id).key.schema == schema)
                .copied()
                .collect();
            let fitting = self.fitting(&here, &object.part);
            if !fitting.is_empty() {
                return fitting;
            }
        }
        if path.is_some() || object.name.schema.is_some() {
            return Vec::new();
        }
        // Nowhere on the path that the files show: the only one of that name, wherever it is.
        let anywhere: Vec<IdentityId> = candidates.iter().filter(born).copied().collect();
        let mut schemas: Vec<&Ident> = anywhere
            .iter()
            .map(|&id| &self.get(id).key.schema)
            .collect();
        schemas.dedup();
        if schemas.len() > 1 {
            return Vec::new();
        }
        self.fitting(&anywhere, &object.part)
    }

    /// Those among identities of one name whose part fits: for routines, the overloads that a call
    /// or signature may mean.
    fn fitting(&self, here: &[IdentityId], part: &Part) -> Vec<Bound> {
        let part = &identity_part(part);
        let here: &Vec<IdentityId> = &match part {
            // An operator class may bring a family of its name along.
            Part::Whole => here
                .iter()
                .copied()
                .filter(|&id| !self.is_family(id))
                .collect(),
            _ => here.to_vec(),
        };
        let exact = |id: &&IdentityId| self.get(**id).key.part == *part;
        let fits: Vec<IdentityId> = match part {
            Part::Arguments(wanted) => {
                let same = |id: &&IdentityId| {
                    matches!(&self.get(**id).key.part, Part::Arguments(have)
                        if same_types(&have.types, &wanted.types))
                };
                let takes = |id: &&IdentityId| {
                    matches!(&self.get(**id).key.part, Part::Arguments(have)
                        if wanted.max.is_none()
                            || (have.min <= wanted.max.unwrap_or(u16::MAX)
                                && have.max.is_none_or(|max| wanted.min <= max)))
                };
                let typed: Vec<IdentityId> = here.iter().filter(same).copied().collect();
                if wanted.types.is_some() && !typed.is_empty() {
                    typed
                } else {
                    here.iter().filter(takes).copied().collect()
                }
            }
            Part::Whole => {
                // `DROP FUNCTION f`, `COMMENT ON FUNCTION f`: whatever has that name. (An index that
                // belongs to its table is in the namespace of tables, but is not the table.)
                let whole = |id: &&IdentityId| !matches!(self.get(**id).key.part, Part::Member(_));
                here.iter().filter(whole).copied().collect()
            }
            _ => here.iter().filter(exact).copied().collect(),
        };
        let guess = fits.len() > 1;
        let bound = |identity| Bound { identity, guess };
        fits.into_iter().map(bound).collect()
    }

    fn is_family(&self, id: IdentityId) -> bool {
        let key = &self.get(id).key;
        key.namespace == Namespace::Own(Kind::OperatorClass)
            && matches!(&key.part, Part::Columns(columns) if columns.len() > 1)
    }

    /// The schemas in which a name may be, the likeliest first.
    fn schemas_of(
        &self,
        namespace: Namespace,
        name: &ObjectName,
        path: Option<&[Ident]>,
    ) -> Vec<Ident> {
        if !has_schema(namespace) {
            return vec![Ident::folded("")];
        }
        let mut schemas = match (&name.schema, path) {
            (Some(schema), _) => vec![schema.clone()],
            (None, Some(path)) => path.to_vec(),
            (None, None) => return self.default_schemas(),
        };
        if self.dialect.default_schemas.is_empty() {
            // The database that the client chose may be the one that a file names.
            schemas.extend(self.default_schemas());
        }
        schemas
    }

    fn default_schemas(&self) -> Vec<Ident> {
        let defaults = self.dialect.default_schemas;
        if defaults.is_empty() {
            return vec![Ident::folded("")];
        }
        defaults.iter().map(|&name| Ident::folded(name)).collect()
    }

    fn is_temporary(&self, patch: PatchId, object: &Object) -> bool {
        let names = &self.temporary[patch.0 as usize];
        let member = !matches!(object.kind.namespace(), Namespace::Own(Kind::Routine));
        let schema = object.name.schema.as_ref();
        schema.is_some_and(|schema| *schema == "pg_temp")
            || (member && schema.is_none() && names.contains(&object.name.name))
    }

    fn add_births(&mut self, patches: &[Patch], members: bool) {
        for (number, patch) in patches.iter().enumerate() {
            let id = PatchId(number as u32);
            for statement in &patch.facts {
                let path = statement.search_path.as_deref();
                for fact in &statement.facts {
                    let object = match &fact.action {
                        Action::Define { temporary, .. } if !temporary => &fact.object,
                        Action::Rename { to } => to,
                        _ => continue,
                    };
                    if fact.in_body_of.is_none()
                        && owns(object) == members
                        && !self.is_temporary(id, object)
                    {
                        let identity = self.birthplace(id, path, object);
                        self.identities[identity.0 as usize].born = true;
                    }
                }
            }
        }
    }

    /// The identity that a definition makes: a member's is in its owner's schema.
    fn birthplace(
        &mut self,
        patch: PatchId,
        path: Option<&[Ident]>,
        object: &Object,
    ) -> IdentityId {
        let namespace = object.kind.namespace();
        let owner = owner_of(object).and_then(|owner| {
            let found = self.lookup(patch, path, &owner).first().copied();
            // The attributes of a composite type.
            let type_of_it = || self.lookup_in(Namespace::Type, path, &owner);
            found
                .or_else(|| type_of_it().first().copied())
                .map(|bound| bound.identity)
        });
        let schema = match owner {
            Some(owner) => self.get(owner).key.schema.clone(),
            None => self
                .schemas_of(namespace, &object.name, path)
                .into_iter()
                .next()
                .unwrap_or_else(|| Ident::folded("")),
        };
        let key = Key {
            namespace,
            name: object.name.name.clone(),
            schema,
            part: identity_part(&object.part),
        };
        self.intern(key, object, owner)
    }

    fn intern(&mut self, key: Key, object: &Object, owner: Option<IdentityId>) -> IdentityId {
        let slot = slot(key.namespace, &key.name, &key.part);
        if let Some(ids) = self.index.get(&slot) {
            let same = |id: &&IdentityId| {
                let have = &self.get(**id).key;
                have.schema == key.schema && same_part(&have.part, &key.part)
            };
            if let Some(&id) = ids.iter().find(same) {
                return id;
            }
        }
        let id = IdentityId(self.identities.len() as u32);
        self.index.entry(slot).or_default().push(id);
        if let Some(owner) = owner {
            self.members.entry(owner).or_default().push(id);
        }
        self.identities.push(Identity {
            key,
            kind: object.kind,
            label: object.to_string(),
            events: Vec::new(),
            owner,
            born: false,
            stands: stands(object.kind),
        });
        id
    }

    fn add_statement(&mut self, patch: PatchId, statement: &StatementFacts, conditional: bool) {
        let made = owners_made(statement);
        for (number, fact) in statement.facts.iter().enumerate() {
            let path = statement.path_of(fact);
            let at = (statement.statement as u32, number as u32);
            let event = |kind| Event {
                patch,
                at,
                kind,
                late: fact.binding == Binding::Late,
                span: fact.span,
                implied: fact.reader == Reader::Implied,
            };
            match &fact.action {
                _ if fact.in_body_of.is_some() && !is_need(&fact.action) => {}
                Action::Define {
                    temporary: true, ..
                } => {}
                Action::Define {
                    replace, if_absent, ..
                } => {
                    if self.is_temporary(patch, &fact.object) {
                        continue;
                    }
                    let (replace, if_absent) =
                        of_owner(&made, fact).unwrap_or((*replace, *if_absent));
                    if fact.object.kind == Kind::Extension {
                        self.need_extensions(&fact.object, event(EventKind::Need));
                    }
                    if !is_placed(statement, &fact.object) {
                        self.need_schema(path, event(EventKind::Need));
                    }
                    let id = self.birthplace(patch, path, &fact.object);
                    self.push(
                        id,
                        event(EventKind::Birth {
                            if_absent: if_absent || conditional,
                            replace,
                            rename: false,
                        }),
                    );
                }
                Action::Drop { if_exists, cascade } => {
                    let dropped = self.present(patch, path, &fact.object);
                    let kind = EventKind::Death {
                        // Without arguments, it is whichever function of that name is there.
                        if_exists: *if_exists || conditional || dropped.len() > 1,
                        rename: false,
                        cascade: *cascade,
                        with_owner: false,
                        perhaps: false,
                    };
                    for id in dropped {
                        self.push(id, event(kind));
                        self.end_members(id, event(kind));
                        self.drops.push((id, event(kind)));
                    }
                }
                Action::Rename { to } => {
                    let death = EventKind::Death {
                        if_exists: conditional,
                        rename: true,
                        cascade: false,
                        with_owner: false,
                        perhaps: false,
                    };
                    let with_table = EventKind::Death {
                        if_exists: true,
                        rename: true,
                        cascade: false,
                        with_owner: true,
                        perhaps: true,
                    };
                    let id = self.birthplace(patch, path, to);
                    for old in self.present(patch, path, &fact.object) {
                        self.push(old, event(death));
                        self.end_members(old, event(death));
                        self.renamed.insert((old, patch), id);
                    }
                    let birth = event(EventKind::Birth {
                        if_absent: conditional,
                        replace: false,
                        rename: true,
                    });
                    self.push(id, birth);
                    for (old, member) in self.moved.get(&(patch, at)).cloned().unwrap_or_default() {
                        if self.get(old).owner.is_none() {
                            self.push(old, event(with_table));
                        }
                        self.push(member, birth);
                    }
                    if let Some((old, new)) = self.companions.renamed(patch, at) {
                        self.push(old, event(death));
                        self.push(new, birth);
                    }
                }
                Action::Use | Action::Alter | Action::Retype | Action::Run => {
                    self.need(patch, path, fact, event(EventKind::Need));
                }
                // These say more about an object that another fact of the same statement uses.
                Action::Write
                | Action::Read
                | Action::Tighten
                | Action::RunsOnWrite { .. }
                | Action::Partitions { .. }
                | Action::References { .. } => {}
            }
        }
    }

    /// What is made without a schema is made in the first one of the path, which must be there:
    /// else the engine takes the next one without a word.
    fn need_schema(&mut self, path: Option<&[Ident]>, event: Event) {
        let Some([first, ..]) = path else { return };
        let schema = Object::new(Kind::Schema, ObjectName::bare(first.clone()));
        for Bound { identity, .. } in self.lookup(event.patch, None, &schema) {
            self.push(identity, event);
        }
    }

    /// An extension needs the extensions that it stands on.
    fn need_extensions(&mut self, extension: &Object, event: Event) {
        for &required in self.dialect.extensions_behind(&extension.name.name) {
            let name = ObjectName::bare(Ident::folded(required));
            let object = Object::new(Kind::Extension, name);
            for Bound { identity, .. } in self.lookup(event.patch, None, &object) {
                self.push(identity, event);
            }
        }
    }

    /// A renamed object takes its members along: they are born under its new name. Says whether
    /// that made new ones, which another rename may take further.
    fn move_members(&mut self, patches: &[Patch]) -> bool {
        let before = self.identities.len();
        for (number, patch) in patches.iter().enumerate() {
            let id = PatchId(number as u32);
            for statement in &patch.facts {
                let path = statement.search_path.as_deref();
                for (place, fact) in statement.facts.iter().enumerate() {
                    let Action::Rename { to } = &fact.action else {
                        continue;
                    };
                    if owns(to) || self.is_temporary(id, to) {
                        continue;
                    }
                    let at = (statement.statement as u32, place as u32);
                    self.move_members_of(id, at, path, &fact.object, to);
                }
            }
        }
        self.identities.len() > before
    }

    fn move_members_of(
        &mut self,
        patch: PatchId,
        at: (u32, u32),
        path: Option<&[Ident]>,
        from: &Object,
        to: &Object,
    ) {
        let new = self.birthplace(patch, path, to);
        let mut moved = Vec::new();
        for old in self.lookup(patch, path, from) {
            for member in self.members.get(&old.identity).cloned().unwrap_or_default() {
                let Identity { key, kind, .. } = self.get(member);
                if !self.get(member).born || old.identity == new {
                    continue;
                }
                let object = Object {
                    kind: *kind,
                    name: to.name.clone(),
                    part: key.part.clone(),
                };
                let key = Key {
                    name: self.get(new).key.name.clone(),
                    schema: self.get(new).key.schema.clone(),
                    ..key.clone()
                };
                let id = self.intern(key, &object, Some(new));
                self.identities[id.0 as usize].born = true;
                moved.push((member, id));
            }
        }
        self.moved.insert((patch, at), moved);
    }

    fn push(&mut self, id: IdentityId, event: Event) {
        self.identities[id.0 as usize].events.push(event);
    }

    /// Ends what is sure to go with an object: its members, and the index of a constraint.
    fn end_members(&mut self, owner: IdentityId, mut event: Event) {
        let EventKind::Death {
            rename, with_owner, ..
        } = &mut event.kind
        else {
            return;
        };
        *with_owner = true;
        let mut ending = self.members.get(&owner).cloned().unwrap_or_default();
        if !*rename && self.get(owner).owner.is_some() {
            ending.extend(self.companions.get(owner));
        }
        for member in ending {
            if self.get(member).born {
                self.push(member, event);
            }
        }
    }

    fn need(&mut self, patch: PatchId, path: Option<&[Ident]>, fact: &Fact, event: Event) {
        if event.late && fact.object.kind == Kind::Type && fact.in_body_of.is_none() {
            // The functions of a base type need no more than the shell that is made for them.
            let shell = Object::new(Kind::ShellType, fact.object.name.clone());
            if !self.lookup(patch, path, &shell).is_empty() {
                return;
            }
        }
        let owners = std::iter::once(&fact.object.name).chain(&fact.or_of);
        for owner in owners {
            let object = Object {
                name: owner.clone(),
                ..fact.object.clone()
            };
            let bound = self.lookup(patch, path, &object);
            for &Bound { identity, guess } in &bound {
                let late = event.late || guess;
                self.push(identity, Event { late, ..event });
            }
            if !bound.is_empty() {
                return;
            }
        }
        if fact.object.kind == Kind::Column {
            let owners = std::iter::once(&fact.object.name).chain(&fact.or_of);
            for owner in owners {
                if let Some(column) = self.inherited(patch, path, owner, &fact.object.part) {
                    self.push(column, event);
                    return;
                }
            }
        }
        if self.is_temporary(patch, &fact.object) {
            return;
        }
        for extension in self.dialect.extensions_of(&fact.object.name.name) {
            let name = ObjectName::bare(Ident::folded(extension));
            let object = Object::new(Kind::Extension, name);
            if let Some(&Bound { identity, .. }) = self.lookup(patch, None, &object).first() {
                self.push(identity, event);
                return;
            }
        }
        // Nothing defines it, but a patch may drop or rename it: then this one comes first.
        if event.kind == EventKind::Need && fact.or_of.is_empty() {
            for id in self.present(patch, path, &fact.object) {
                self.push(id, event);
            }
        }
        let insists = fact.in_body_of.is_none() || fact.binding == Binding::Hard;
        if insists && fact.reader != Reader::Implied && !may_be_row(&fact.object) {
            self.unresolved
                .push((patch, fact.object.clone(), fact.span));
        }
    }

    /// A column that a table has because another one has it.
    fn inherited(
        &self,
        patch: PatchId,
        path: Option<&[Ident]>,
        table: &ObjectName,
        column: &Part,
    ) -> Option<IdentityId> {
        let table = Object::new(Kind::Relation, table.clone());
        let bound = self.lookup(patch, path, &table);
        let mut tables: Vec<IdentityId> = bound.iter().map(|bound| bound.identity).collect();
        let mut next = 0;
        while next < tables.len() {
            for &parent in self.parents.get(&tables[next]).into_iter().flatten() {
                if !tables.contains(&parent) {
                    tables.push(parent);
                }
            }
            next += 1;
        }
        let columns = tables
            .iter()
            .filter_map(|table| self.members.get(table))
            .flatten();
        let is_it = |id: &&IdentityId| {
            let Identity { key, born, .. } = self.get(**id);
            *born && key.namespace == Namespace::Own(Kind::Column) && key.part == *column
        };
        columns.copied().find(|id| is_it(&id))
    }

    /// Notes for each table which others its `CREATE TABLE` takes columns from.
    fn find_parents(&mut self, patches: &[Patch]) {
        for (number, patch) in patches.iter().enumerate() {
            let id = PatchId(number as u32);
            for statement in &patch.facts {
                let path = statement.search_path.as_deref();
                let makes = |fact: &&Fact| {
                    matches!(fact.action, Action::Define { .. }) && fact.object.kind == Kind::Table
                };
                let Some(made) = statement.facts.iter().find(makes) else {
                    continue;
                };
                let made = self.lookup(id, path, &made.object);
                let takes_from =
                    |fact: &&Fact| fact.action == Action::Use && fact.object.kind == Kind::Relation;
                for fact in statement.facts.iter().filter(takes_from) {
                    let parents = self.lookup(id, path, &fact.object);
                    for table in &made {
                        let noted = self.parents.entry(table.identity).or_default();
                        noted.extend(parents.iter().map(|parent| parent.identity));
                    }
                }
            }
        }
    }

    /// The identities that a reference means, made as one that the database had before where no
    /// patch defines it.
    fn present(
        &mut self,
        patch: PatchId,
        path: Option<&[Ident]>,
        object: &Object,
    ) -> Vec<IdentityId> {
        let bound = self.lookup(patch, path, object);
        if !bound.is_empty() {
            return bound.iter().map(|bound| bound.identity).collect();
        }
        if self.is_temporary(patch, object) {
            return Vec::new();
        }
        vec![self.birthplace(patch, path, object)]
    }

    /// What headers say that dynamic SQL makes.
    fn add_provided(&mut self, patches: &[Patch]) {
        for (number, patch) in patches.iter().enumerate() {
            let id = PatchId(number as u32);
            for provided in &patch.header.provides {
                for kind in [Kind::Relation, Kind::Type, Kind::Routine] {
                    let mut object = Object::new(kind, self.written(&provided.value));
                    if kind == Kind::Routine {
                        object.part = any_arguments();
                    }
                    let identity = self.birthplace(id, None, &object);
                    let made = &mut self.identities[identity.0 as usize];
                    if !made.born && kind == Kind::Routine {
                        // The header does not tell what it takes.
                        made.label = made.label.trim_end_matches("()").to_owned();
                    }
                    made.born = true;
                    let kind = EventKind::Birth {
                        if_absent: true,
                        replace: false,
                        rename: false,
                    };
                    self.push(identity, header_event(id, kind, provided.span));
                }
            }
        }
    }

    /// What headers say that dynamic SQL needs.
    fn add_uses_of_headers(&mut self, patches: &[Patch]) {
        for (number, patch) in patches.iter().enumerate() {
            let id = PatchId(number as u32);
            for used in &patch.header.uses {
                let found = self.find(&used.value);
                if found.is_empty() {
                    let object = Object::new(Kind::Relation, self.written(&used.value));
                    self.unresolved.push((id, object, used.span));
                }
                for identity in found {
                    self.push(identity, header_event(id, EventKind::Need, used.span));
                }
            }
        }
    }

    /// Every object that a person may mean by `text`: `orders`, `shop.orders`, a column `orders.total`.
    pub(super) fn find(&self, text: &str) -> Vec<IdentityId> {
        let name = self.written(text);
        let whole = [
            Namespace::Relation,
            Namespace::Type,
            Namespace::Own(Kind::Routine),
            Namespace::Own(Kind::Schema),
            Namespace::Own(Kind::Extension),
            Namespace::Own(Kind::Role),
        ];
        let mut found = Vec::new();
        for namespace in whole {
            let Some(ids) = self.index.get(&slot(namespace, &name.name, &Part::Whole)) else {
                continue;
            };
            let schemas = self.schemas_of(namespace, &name, None);
            let here = |id: &&IdentityId| schemas.contains(&self.get(**id).key.schema);
            let born = |id: &&IdentityId| self.get(**id).born;
            let exact: Vec<_> = ids.iter().filter(born).filter(here).copied().collect();
            if exact.is_empty() && name.schema.is_none() {
                found.extend(ids.iter().filter(born));
            } else {
                found.extend(exact);
            }
        }
        if found.is_empty()
            && let Some((owner, member)) = text.rsplit_once('.')
        {
            let object = Object::member(
                Kind::Column,
                self.written(owner),
                self.dialect.ident(member.trim()),
            );
            let bound = self.lookup_in(Namespace::Own(Kind::Column), None, &object);
            found.extend(bound.iter().map(|bound| bound.identity));
        }
        found
    }

    fn written(&self, text: &str) -> ObjectName {
        let text = text.split('(').next().unwrap_or(text);
        match text.rsplit_once('.') {
            Some((schema, name)) => ObjectName::qualified(
                self.dialect.ident(schema.trim()),
                self.dialect.ident(name.trim()),
            ),
            None => ObjectName::bare(self.dialect.ident(text.trim())),
        }
    }
}

fn header_event(patch: PatchId, kind: EventKind, span: Span) -> Event {
    Event {
        patch,
        // After all statements for a birth, before them for a need.
        at: match kind {
            EventKind::Need => (0, 0),
            _ => (u32::MAX, 0),
        },
        kind,
        late: false,
        span,
        implied: true,
    }
}

fn any_arguments() -> Part {
    Part::Arguments(Signature {
        min: 0,
        max: None,
        types: None,
    })
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
    owner_of(object).is_some()
}

/// The object that a member belongs to.
fn owner_of(object: &Object) -> Option<Object> {
    let kind = match (object.kind, &object.part) {
        (Kind::EnumValue | Kind::ShellType, _) => Kind::Type,
        (Kind::Key, _) => Kind::Relation,
        (_, Part::Member(_)) => Kind::Relation,
        _ => return None,
    };
    Some(Object::new(kind, object.name.clone()))
}

/// The flags of the owner that the same statement defines: a view's columns come and go with it.
fn of_owner(made: &BTreeMap<&ObjectName, (bool, bool)>, fact: &Fact) -> Option<(bool, bool)> {
    made.get(&owner_of(&fact.object)?.name).copied()
}

/// What a statement makes that may have members, with its flags.
fn owners_made(statement: &StatementFacts) -> BTreeMap<&ObjectName, (bool, bool)> {
    let mut made = BTreeMap::new();
    for fact in &statement.facts {
        if let Action::Define {
            replace, if_absent, ..
        } = fact.action
            && !owns(&fact.object)
        {
            made.entry(&fact.object.name)
                .or_insert((replace, if_absent));
        }
    }
    made
}

/// `t` in `SELECT t FROM t` is a column of that name or, where there is none, the whole row.
fn may_be_row(object: &Object) -> bool {
    object.kind == Kind::Column && object.part == Part::Member(object.name.name.clone())
}

/// Whether it is clear without the `search_path` where a new object goes.
fn is_placed(statement: &StatementFacts, object: &Object) -> bool {
    if object.kind == Kind::Extension {
        // Its objects go to the schema that the statement names.
        let names = |fact: &Fact| fact.object.kind == Kind::Schema;
        return statement.facts.iter().any(names);
    }
    object.name.schema.is_some() || owns(object) || !has_schema(object.kind.namespace())
}

/// Kinds whose objects keep what they use from being dropped. (A table's own keys, checks and
/// indexes go with the column.)
pub(super) fn stands(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::View | Kind::MaterializedView | Kind::Rule | Kind::Policy | Kind::Trigger
    )
}

/// A unique key is the same in whatever order its columns are named.
fn identity_part(part: &Part) -> Part {
    let mut part = part.clone();
    if let Part::Columns(columns) = &mut part {
        columns.sort();
    }
    part
}

fn same_part(have: &Part, part: &Part) -> bool {
    match (have, part) {
        (Part::Arguments(have), Part::Arguments(part)) => same_types(&have.types, &part.types),
        (have, part) => have == part,
    }
}

/// Types are compared without their schemas, which one file may write and another leave out.
fn same_types(have: &Option<Vec<String>>, wanted: &Option<Vec<String>>) -> bool {
    let bare = |name: &String| name.rsplit('.').next().unwrap_or(name).to_owned();
    match (have, wanted) {
        (Some(have), Some(wanted)) => {
            have.len() == wanted.len()
                && have
                    .iter()
                    .zip(wanted)
                    .all(|(one, other)| bare(one) == bare(other))
        }
        (have, wanted) => have == wanted,
    }
}

fn has_schema(namespace: Namespace) -> bool {
    !matches!(
        namespace,
        Namespace::Own(
            Kind::Schema
                | Kind::Extension
                | Kind::Role
                | Kind::Language
                | Kind::Cast
                | Kind::AccessMethod
                | Kind::ForeignDataWrapper
                | Kind::ForeignServer
                | Kind::Publication
                | Kind::Subscription
                | Kind::EventTrigger
                | Kind::Tablespace
        )
    )
}
