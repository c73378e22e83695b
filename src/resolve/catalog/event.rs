//! Facts become events of the identities that they name.

use super::lookup::has_schema;
use super::{
    Bound, Catalog, Event, EventKind, Found, Identity, IdentityId, is_need, owner_kind, owns,
};
use crate::name::{Ident, ObjectName};
use crate::read::Patch;
use crate::read::fact::{
    Action, Binding, Fact, Kind, Namespace, Object, Part, Reader, StatementFacts,
};
use crate::resolve::PatchId;

impl Catalog<'_> {
    pub(super) fn add_statement(
        &mut self,
        patch: PatchId,
        statement: &StatementFacts,
        (made, needed): (&[Option<IdentityId>], &[Found]),
        conditional: bool,
    ) {
        let owners = owners_made(statement);
        let facts = statement.facts.iter().zip(made).zip(needed);
        for (number, ((fact, made), needed)) in facts.enumerate() {
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
                        of_owner(&owners, fact).unwrap_or((*replace, *if_absent));
                    if fact.object.kind == Kind::Extension {
                        self.need_extensions(&fact.object, event(EventKind::Need));
                    }
                    if !is_placed(statement, &fact.object) {
                        self.need_schema(path, event(EventKind::Need));
                    }
                    let Some(id) = *made else { continue };
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
                    if !if_exists && !conditional {
                        self.miss(patch, path, fact);
                    }
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
                Action::Rename { .. } => {
                    if !conditional {
                        self.miss(patch, path, fact);
                    }
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
                    let Some(id) = *made else { continue };
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
                    self.need(patch, path, (fact, needed), event(EventKind::Need));
                }
                // These say more about an object that another fact of the same statement uses.
                Action::Write
                | Action::Read
                | Action::Tighten
                | Action::RunsOnWrite { .. }
                | Action::Partitions { .. }
                | Action::CoversAll { .. }
                | Action::CoversNew { .. }
                | Action::References { .. } => {}
            }
        }
    }

    /// What is made without a schema is made in the first one of the path, which must be there:
    /// else the engine takes the next one without a word.
    pub(super) fn need_schema(&mut self, path: Option<&[Ident]>, event: Event) {
        let Some([first, ..]) = path else { return };
        let schema = Object::new(Kind::Schema, ObjectName::bare(first.clone()));
        for Bound { identity, .. } in self.lookup(event.patch, None, &schema) {
            self.push(identity, event);
        }
    }

    /// An extension needs the extensions that it stands on.
    pub(super) fn need_extensions(&mut self, extension: &Object, event: Event) {
        for &required in self.dialect.extensions_behind(&extension.name.name) {
            let name = ObjectName::bare(Ident::folded(required));
            let object = Object::new(Kind::Extension, name);
            for Bound { identity, .. } in self.lookup(event.patch, None, &object) {
                self.push(identity, event);
            }
        }
    }

    pub(super) fn push(&mut self, id: IdentityId, event: Event) {
        self.identities[id.0 as usize].events.push(event);
    }

    /// Ends what is sure to go with an object: its members, and the index of a constraint.
    pub(super) fn end_members(&mut self, owner: IdentityId, mut event: Event) {
        let EventKind::Death {
            rename, with_owner, ..
        } = &mut event.kind
        else {
            return;
        };
        *with_owner = true;
        let mut ending = self.get(owner).members.clone();
        if !*rename && self.get(owner).owner.is_some() {
            ending.extend(self.companions.get(owner));
        }
        for member in ending {
            if self.get(member).born {
                self.push(member, event);
            }
        }
    }

    /// What the facts of a patch need, as far as their names tell; of the owners that a column may have,
    /// that of the first that has it.
    pub(super) fn needed(&self, id: PatchId, patch: &Patch) -> Vec<Found> {
        let statements = patch.facts.iter();
        let facts = statements.flat_map(|statement| {
            let facts = statement.facts.iter();
            facts.map(|fact| (fact, statement.path_of(fact)))
        });
        let needed = facts.map(|(fact, path)| {
            let Object { kind, part, name } = &fact.object;
            let mut owners = std::iter::once(name).chain(&fact.or_of);
            let found = |owner| {
                let found = self.lookup_named(id, path, (*kind, owner, part));
                (!found.is_empty()).then_some(found)
            };
            let needed = is_need(&fact.action).then(|| owners.find_map(found));
            needed.flatten().unwrap_or_default()
        });
        needed.collect()
    }

    fn need(
        &mut self,
        patch: PatchId,
        path: Option<&[Ident]>,
        (fact, needed): (&Fact, &Found),
        event: Event,
    ) {
        if event.late && fact.object.kind == Kind::Type && fact.in_body_of.is_none() {
            // The functions of a base type need no more than the shell that is made for them.
            let shell = Object::new(Kind::ShellType, fact.object.name.clone());
            if !self.lookup(patch, path, &shell).is_empty() {
                return;
            }
        }
        for &Bound { identity, guess } in needed {
            let late = event.late || guess;
            self.push(identity, Event { late, ..event });
        }
        if !needed.is_empty() {
            return;
        }
        if fact.object.kind == Kind::Routine && fact.action != Action::Alter {
            // `t(x)` is a cast where `t` is a type, and makes a range where it is one.
            let name = &fact.object.name;
            let found = self.lookup_in(Namespace::Type, path, name, &Part::Whole);
            for &Bound { identity, .. } in &found {
                self.push(identity, event);
            }
            if !found.is_empty() {
                return;
            }
        }
        if fact.object.is_field() {
            let found = self.attributes.get(&fact.object.part);
            let found = found.cloned().unwrap_or_default();
            let late = event.late || found.len() > 1;
            for attribute in found {
                self.push(attribute, Event { late, ..event });
            }
            return;
        }
        if fact.object.kind == Kind::Key {
            let found = self.other_keys(patch, path, &fact.object);
            let late = event.late || found.len() > 1;
            for &key in &found {
                self.push(key, Event { late, ..event });
            }
            if !found.is_empty() {
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

    /// The keys that serve where the one that is asked for is not there: that of all rows for one of
    /// some rows, and any key over columns of a materialized view.
    fn other_keys(&self, patch: PatchId, path: Option<&[Ident]>, key: &Object) -> Vec<IdentityId> {
        if let Some(whole) = key.whole_key() {
            let bound = self.lookup(patch, path, &whole);
            return bound.iter().map(|bound| bound.identity).collect();
        }
        if key.part != Part::Columns(Vec::new()) {
            return Vec::new();
        }
        let view = Object::new(Kind::Relation, key.name.clone());
        let views = self.lookup(patch, path, &view);
        let of_rows = |bound: &&Bound| self.get(bound.identity).kind == Kind::MaterializedView;
        let views = views.iter().filter(of_rows);
        let members = views.flat_map(|view| self.member_ids(view.identity));
        let is_key = |id: &IdentityId| {
            let Identity { key, born, .. } = self.get(*id);
            let plain = |column: &Ident| !column.as_str().contains(['(', ' ']);
            *born
                && key.namespace == Namespace::Own(Kind::Key)
                && matches!(&key.part, Part::Columns(columns) if columns.iter().all(plain))
        };
        members.filter(is_key).collect()
    }

    /// A column that a table has because another one has it.
    pub(super) fn inherited(
        &self,
        patch: PatchId,
        path: Option<&[Ident]>,
        table: &ObjectName,
        column: &Part,
    ) -> Option<IdentityId> {
        let table = (Kind::Relation, table, &Part::Whole);
        let bound = self.lookup_named(patch, path, table);
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
        let columns = tables.iter().flat_map(|&table| self.member_ids(table));
        let is_it = |id: &IdentityId| {
            let Identity { key, born, .. } = self.get(*id);
            *born && key.namespace == Namespace::Own(Kind::Column) && key.part == *column
        };
        columns.into_iter().find(is_it)
    }

    /// Notes what is dropped or renamed although nothing here makes it.
    fn miss(&mut self, patch: PatchId, path: Option<&[Ident]>, fact: &Fact) {
        let object = &fact.object;
        if fact.reader != Reader::Implied
            && !self.is_temporary(patch, object)
            && self.lookup(patch, path, object).is_empty()
        {
            self.unresolved.push((patch, object.clone(), fact.span));
        }
    }

    /// The identities that a reference means, made as one that the database had before where no
    /// patch defines it.
    pub(super) fn present(
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
}

/// The flags of the owner that the same statement defines: a view's columns come and go with it.
pub(super) fn of_owner(made: &[(&ObjectName, (bool, bool))], fact: &Fact) -> Option<(bool, bool)> {
    owner_kind(&fact.object)?;
    let owner = made.binary_search_by_key(&&fact.object.name, |(name, _)| name);
    owner.ok().map(|owner| made[owner].1)
}

/// What a statement makes that may have members, with its flags, by name.
pub(super) fn owners_made(statement: &StatementFacts) -> Vec<(&ObjectName, (bool, bool))> {
    let mut made = Vec::new();
    for fact in &statement.facts {
        if let Action::Define {
            replace, if_absent, ..
        } = fact.action
            && !owns(&fact.object)
        {
            made.push((&fact.object.name, (replace, if_absent)));
        }
    }
    made.sort_by_key(|&(name, _)| name);
    made.dedup_by_key(|(name, _)| *name);
    made
}

/// `t` in `SELECT t FROM t` is a column of that name or, where there is none, the whole row.
pub(super) fn may_be_row(object: &Object) -> bool {
    object.kind == Kind::Column && object.part == Part::Member(object.name.name.clone())
}

/// Whether it is clear without the `search_path` where a new object goes.
pub(super) fn is_placed(statement: &StatementFacts, object: &Object) -> bool {
    if object.kind == Kind::Extension {
        // Its objects go to the schema that the statement names.
        let names = |fact: &Fact| fact.object.kind == Kind::Schema;
        return statement.facts.iter().any(names);
    }
    object.name.schema.is_some() || owns(object) || !has_schema(object.kind.namespace())
}
