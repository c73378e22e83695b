//! A unique constraint and its index: one thing with two names that are always the same.
//! <https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS>

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Catalog, IdentityId, Key, owns};
use crate::read::fact::{Action, Fact, Kind, Object, Part, StatementFacts};
use crate::read::{Patch, Renaming};
use crate::resolve::PatchId;

/// The index of each constraint that has one, and the constraint of each such index.
#[derive(Debug, Default)]
pub(super) struct Companions {
    of: BTreeMap<IdentityId, IdentityId>,
    /// What a rename at a place renames as well: under its old and its new name.
    renamed: BTreeMap<(PatchId, (u32, u32)), (IdentityId, IdentityId)>,
}

impl Companions {
    pub(super) fn get(&self, id: IdentityId) -> Option<IdentityId> {
        self.of.get(&id).copied()
    }

    pub(super) fn renamed(
        &self,
        patch: PatchId,
        at: (u32, u32),
    ) -> Option<(IdentityId, IdentityId)> {
        self.renamed.get(&(patch, at)).copied()
    }
}

impl Catalog<'_> {
    /// Finds the constraints and indexes that one statement makes under one name.
    pub(super) fn find_companions(&mut self, patches: &[Patch]) {
        let is_constraint = |fact: &&Fact| {
            matches!(fact.action, Action::Define { .. }) && fact.object.kind == Kind::Constraint
        };
        let pair = |id: PatchId, statement: &StatementFacts, constraint: &Fact| {
            let mut indexes = statement.facts.iter().filter_map(index);
            let index = indexes.find(|index| {
                matches!(&constraint.object.part, Part::Member(name) if *name == index.name.name)
            });
            let path = statement.search_path.as_deref();
            let identity = |object| self.lookup(id, path, object).first().copied();
            Some((identity(&constraint.object)?, identity(index?)?))
        };
        let pairs = patches.par_iter().enumerate().map(|(number, patch)| {
            let constraints = patch.facts.iter().flat_map(|statement| {
                let constraints = statement.facts.iter().filter(is_constraint);
                constraints.map(move |constraint| (statement, constraint))
            });
            let id = PatchId(number as u32);
            let pairs = constraints.filter_map(|(statement, it)| pair(id, statement, it));
            pairs.collect::<Vec<_>>()
        });
        for (constraint, index) in pairs.collect::<Vec<_>>().into_iter().flatten() {
            self.pair(constraint.identity, index.identity);
        }
        self.move_companions();
        while self.rename_companions(patches) {
            self.move_companions();
        }
    }

    /// A renamed table takes its constraints along, and these keep their indexes.
    fn move_companions(&mut self) {
        let moved: Vec<_> = self.all_moved().copied().collect();
        loop {
            let before = self.companions.of.len();
            for &(old, new) in &moved {
                if self.get(old).kind == Kind::Constraint
                    && let Some(index) = self.companions.get(old)
                {
                    self.companions.of.entry(new).or_insert(index);
                }
            }
            if self.companions.of.len() == before {
                return;
            }
        }
    }

    fn pair(&mut self, one: IdentityId, other: IdentityId) {
        self.companions.of.insert(one, other);
        self.companions.of.insert(other, one);
    }

    /// Who renames one renames both. Says whether that was news.
    fn rename_companions(&mut self, patches: &[Patch]) -> bool {
        let before = self.companions.renamed.len();
        for (number, patch) in patches.iter().enumerate() {
            for renaming in patch.renames() {
                if matches!(renaming.fact.object.kind, Kind::Constraint | Kind::Index) {
                    self.rename_companion(PatchId(number as u32), renaming);
                }
            }
        }
        self.companions.renamed.len() > before
    }

    fn rename_companion(&mut self, patch: PatchId, renaming: Renaming<'_>) {
        let Renaming { at, to, .. } = renaming;
        let from = &renaming.fact.object;
        let path = renaming.statement.search_path.as_deref();
        let ends = [from, to].map(|object| self.lookup(patch, path, object).first().copied());
        let [Some(old), Some(new)] = ends.map(|end| end.map(|bound| bound.identity)) else {
            return;
        };
        let Some(companion) = self.companions.get(old) else {
            return;
        };
        let key = &self.get(companion).key;
        let (schema, name) = (key.schema.clone(), key.name.clone());
        let (object, owner) = match &to.part {
            Part::Member(new) => (
                Object::new(Kind::Index, from.name.sibling(new.clone())),
                None,
            ),
            _ => {
                let table = from.name.sibling(name);
                let object = Object::member(Kind::Constraint, table, to.name.name.clone());
                (object, self.get(companion).owner)
            }
        };
        let key = Key {
            namespace: object.kind.namespace(),
            name: object.name.name.clone(),
            schema,
            part: object.part.clone(),
        };
        let renamed = self.intern(key, &object, owner);
        self.identities[renamed.0 as usize].born = true;
        self.companions
            .renamed
            .insert((patch, at), (companion, renamed));
        self.pair(new, renamed);
    }
}

/// The index that a fact makes, names anew or uses.
fn index(fact: &Fact) -> Option<&Object> {
    let object = match &fact.action {
        Action::Rename { to } => to,
        Action::Define { .. } | Action::Use => &fact.object,
        _ => return None,
    };
    (object.kind == Kind::Index && !owns(object)).then_some(object)
}
