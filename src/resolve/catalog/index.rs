//! Where identities are found by name.

use std::hash::BuildHasher as _;

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use smallvec::SmallVec;

use super::{Identity, IdentityId};
use crate::name::Ident;
use crate::read::fact::{Namespace, Part};

/// The identities by namespace, name and member, in any schema; members each have a slot of their own,
/// because a table may have many.
///
/// Nobody sees the order of the slots: one is asked for at a time.
#[derive(Default)]
pub(super) struct Index(HashTable<Slot>);

/// The identities of one name, in the order in which they were added; one at least.
type Slot = SmallVec<[IdentityId; 4]>;

/// What a slot is found by.
type Name<'a> = (Namespace, &'a Ident, Option<&'a Ident>);

impl Index {
    /// The identities of a name, in the order in which they were added.
    pub(super) fn get(
        &self,
        identities: &[Identity],
        namespace: Namespace,
        name: &Ident,
        part: &Part,
    ) -> &[IdentityId] {
        let name = (namespace, name, member(part));
        let found = self
            .0
            .find(hash(name), |slot| name_of(identities, slot) == name);
        found.map_or(&[], SmallVec::as_slice)
    }

    /// Makes room for so many more names.
    pub(super) fn reserve(&mut self, identities: &[Identity], more: usize) {
        self.0.reserve(more, |slot| hash(name_of(identities, slot)));
    }

    /// Adds one.
    pub(super) fn add(&mut self, identities: &[Identity], id: IdentityId) {
        let name = name_of(identities, &[id]);
        let entry = self.0.entry(
            hash(name),
            |slot| name_of(identities, slot) == name,
            |slot| hash(name_of(identities, slot)),
        );
        entry.or_insert_with(Slot::new).into_mut().push(id);
    }
}

/// The name that the identities of a slot have together.
fn name_of<'a>(identities: &'a [Identity], slot: &[IdentityId]) -> Name<'a> {
    let key = &identities[slot[0].0 as usize].key;
    (key.namespace, &key.name, member(&key.part))
}

fn member(part: &Part) -> Option<&Ident> {
    match part {
        Part::Member(member) => Some(member),
        _ => None,
    }
}

fn hash(name: Name<'_>) -> u64 {
    FixedState::default().hash_one(name)
}
