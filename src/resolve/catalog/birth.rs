//! The identities that patches make: where definitions and new names put them.

use smallvec::SmallVec;

use super::lookup::{identity_part, same_part};
use super::written::Written;
use super::{Catalog, Identity, IdentityId, Key, owner_kind, owns, stands};
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Fact, Kind, Namespace, Object, Part};
use crate::read::{Patch, Renaming};
use crate::resolve::PatchId;

/// What each fact makes, for the facts of all patches in their order.
pub(super) struct Made(pub(super) Vec<Option<IdentityId>>);

impl Made {
    pub(super) fn new(patches: &[Patch]) -> Self {
        let statements = patches.iter().flat_map(|patch| &patch.facts);
        let facts = statements.map(|statement| statement.facts.len());
        Self(vec![None; facts.sum()])
    }
}

impl Catalog<'_> {
    pub(super) fn add_births(&mut self, patches: &[Patch], made: &mut Made, members: bool) {
        self.reserve(patches, members);
        let mut made = made.0.iter_mut();
        for (number, patch) in patches.iter().enumerate() {
            let id = PatchId(number as u32);
            for statement in &patch.facts {
                let path = statement.search_path.as_deref();
                // The columns of one table follow each other.
                let mut owner_before: Option<(Kind, &ObjectName, Option<IdentityId>)> = None;
                for (fact, made) in statement.facts.iter().zip(&mut made) {
                    let object = match &fact.action {
                        Action::Define { temporary, .. } if !temporary => &fact.object,
                        Action::Rename { to } => to,
                        _ => continue,
                    };
                    if fact.in_body_of.is_none()
                        && owns(object) == members
                        && !self.is_temporary(id, object)
                    {
                        let owner = owner_kind(object).and_then(|kind| match owner_before {
                            Some((of, name, owner)) if of == kind && *name == object.name => owner,
                            _ => {
                                let owner = self.owner(id, path, kind, &object.name);
                                owner_before = Some((kind, &object.name, owner));
                                owner
                            }
                        });
                        let identity = self.placed(path, object, owner);
                        self.identities[identity.0 as usize].born = true;
                        *made = Some(identity);
                    }
                }
            }
        }
    }

    /// Makes room for what the patches make.
    fn reserve(&mut self, patches: &[Patch], members: bool) {
        let facts = patches.iter().flat_map(|patch| &patch.facts);
        let facts = facts.flat_map(|statement| &statement.facts);
        let makes = |fact: &&Fact| {
            matches!(fact.action, Action::Define { .. }) && owns(&fact.object) == members
        };
        let more = facts.filter(makes).count();
        self.identities.reserve(more);
        self.index.reserve(&self.identities, more);
    }

    /// The identity that a definition makes: a member's is in its owner's schema.
    pub(super) fn birthplace(
        &mut self,
        patch: PatchId,
        path: Option<&[Ident]>,
        object: &Object,
    ) -> IdentityId {
        let owner = owner_kind(object);
        let owner = owner.and_then(|kind| self.owner(patch, path, kind, &object.name));
        self.placed(path, object, owner)
    }

    /// The object that a member belongs to.
    fn owner(
        &self,
        patch: PatchId,
        path: Option<&[Ident]>,
        kind: Kind,
        name: &ObjectName,
    ) -> Option<IdentityId> {
        let part = &Part::Whole;
        let found = self.lookup_named(patch, path, (kind, name, part));
        // The attributes of a composite type.
        let type_of_it = || self.lookup_in(Namespace::Type, path, name, part);
        let found = found.first().copied();
        let found = found.or_else(|| type_of_it().first().copied());
        found.map(|bound| bound.identity)
    }

    /// The identity of a new object in its schema, a member's in its owner's.
    fn placed(
        &mut self,
        path: Option<&[Ident]>,
        object: &Object,
        owner: Option<IdentityId>,
    ) -> IdentityId {
        let namespace = self.namespace(object.kind);
        let schema = match owner {
            Some(owner) => self.get(owner).key.schema.clone(),
            None => self
                .schemas_of(namespace, &object.name, path)
                .first()
                .cloned()
                .unwrap_or_else(|| Ident::folded("")),
        };
        let part = identity_part(&object.part);
        if let Some(id) = self.same(namespace, &object.name.name, &schema, &part) {
            return id;
        }
        let key = Key {
            namespace,
            name: object.name.name.clone(),
            schema,
            part: part.into_owned(),
        };
        self.add(key, object, owner)
    }

    pub(super) fn intern(
        &mut self,
        key: Key,
        object: &Object,
        owner: Option<IdentityId>,
    ) -> IdentityId {
        let same = self.same(key.namespace, &key.name, &key.schema, &key.part);
        same.unwrap_or_else(|| self.add(key, object, owner))
    }

    /// The identity of this name, if there is one.
    fn same(
        &self,
        namespace: Namespace,
        name: &Ident,
        schema: &Ident,
        part: &Part,
    ) -> Option<IdentityId> {
        let same = |id: &&IdentityId| {
            let have = &self.get(**id).key;
            have.schema == *schema && same_part(&have.part, part)
        };
        let ids = self.index.get(&self.identities, namespace, name, part);
        ids.iter().find(same).copied()
    }

    fn add(&mut self, key: Key, object: &Object, owner: Option<IdentityId>) -> IdentityId {
        let id = IdentityId(self.identities.len() as u32);
        if let Some(owner) = owner {
            self.identities[owner.0 as usize].members.push(id);
        }
        self.identities.push(Identity {
            written: Written::new(&key, object),
            key,
            kind: object.kind,
            events: SmallVec::new(),
            members: Vec::new(),
            owner,
            born: false,
            stands: stands(object.kind),
        });
        self.index.add(&self.identities, id);
        id
    }

    /// A renamed object takes its members along: they are born under its new name. Says whether
    /// that made new ones, which another rename may take further.
    pub(super) fn move_members(&mut self, patches: &[Patch]) -> bool {
        let before = self.identities.len();
        for (number, patch) in patches.iter().enumerate() {
            let id = PatchId(number as u32);
            for renaming in patch.renames() {
                if !owns(renaming.to) && !self.is_temporary(id, renaming.to) {
                    self.move_members_of(id, renaming);
                }
            }
        }
        self.identities.len() > before
    }

    fn move_members_of(&mut self, patch: PatchId, renaming: Renaming<'_>) {
        let Renaming { at, to, .. } = renaming;
        let from = &renaming.fact.object;
        let path = renaming.statement.search_path.as_deref();
        let new = self.birthplace(patch, path, to);
        let mut moved = Vec::new();
        for old in self.lookup(patch, path, from) {
            for member in self.get(old.identity).members.clone() {
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
}
