//! Where identities are found by name.

#![expect(
    clippy::disallowed_types,
    reason = "a name is looked up many times, and nobody sees the order: one slot is asked for at a time"
)]

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::IdentityId;
use crate::name::Ident;
use crate::read::fact::{Namespace, Part};

/// Members each have a slot of their own, because a table may have many.
type Slot = (Namespace, Ident, Option<Ident>);

/// The identities by namespace, name and member, in any schema.
#[derive(Default)]
pub(super) struct Index(HashMap<Slot, Vec<IdentityId>, FixedState>);

impl Index {
    /// The identities of a name, in the order in which they were added.
    pub(super) fn get(&self, namespace: Namespace, name: &Ident, part: &Part) -> &[IdentityId] {
        let found = self.0.get(&slot(namespace, name, part));
        found.map_or(&[], Vec::as_slice)
    }

    /// Adds one.
    pub(super) fn add(&mut self, namespace: Namespace, name: &Ident, part: &Part, id: IdentityId) {
        let slot = slot(namespace, name, part);
        self.0.entry(slot).or_default().push(id);
    }
}

fn slot(namespace: Namespace, name: &Ident, part: &Part) -> Slot {
    let member = match part {
        Part::Member(member) => Some(member.clone()),
        _ => None,
    };
    (namespace, name.clone(), member)
}
