//! What the sides call by another name: one side renames a table, and the other uses it, or what is in it, by the old
//! name.

use std::collections::BTreeMap;

use super::super::PatchId;
use super::super::catalog::{Catalog, IdentityId};
use super::Side;
use crate::read::Patch;

/// One thing under two names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rename {
    /// The side that renames it.
    pub(super) side: usize,
    pub(super) patch: PatchId,
    /// The statement.
    pub(super) statement: u32,
    pub(super) old: IdentityId,
    pub(super) new: IdentityId,
}

/// All renames of both sides: of what is named, and of what goes along.
#[derive(Debug, Default)]
pub(super) struct Renames {
    pub(super) all: Vec<Rename>,
    /// The older name of each.
    older: BTreeMap<IdentityId, IdentityId>,
}

impl Renames {
    pub(super) fn new(patches: &[Patch], catalog: &Catalog<'_>, sides: [&Side; 2]) -> Self {
        let mut renames = Self::default();
        for (side, added) in sides.into_iter().enumerate() {
            for &patch in added.statements.keys() {
                for renaming in patches[patch.0 as usize].renames() {
                    let statement = renaming.at.0;
                    if !added.has(patch, statement) {
                        continue;
                    }
                    for &(old, new) in catalog.renames(patch, renaming.at) {
                        renames.older.entry(new).or_insert(old);
                        renames.all.push(Rename {
                            side,
                            patch,
                            statement,
                            old,
                            new,
                        });
                    }
                }
            }
        }
        renames
    }

    /// The oldest name of an object: the same for both sides.
    pub(super) fn oldest(&self, id: IdentityId) -> IdentityId {
        let mut oldest = id;
        // Names may be exchanged.
        for _ in 0..=self.older.len() {
            match self.older.get(&oldest) {
                Some(&older) if older != id => oldest = older,
                _ => break,
            }
        }
        oldest
    }
}
