//! What each patch, as a whole, does to one object.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::{Promoted, replay};
use crate::read::fact::Kind;
use crate::resolve::PatchId;
use crate::resolve::catalog::{Catalog, Event, EventKind, Identity, IdentityId};
use crate::resolve::sequence::Sequence;

/// What one patch, as a whole, does to one identity.
#[derive(Clone, Debug)]
pub(super) struct Role {
    pub(super) patch: PatchId,
    /// What must hold before the patch.
    pub(super) before: Before,
    /// Its first birth, if it has one.
    pub(super) birth: Option<Event>,
    /// Its first death, if it has one.
    pub(super) death: Option<Event>,
    /// Its strongest need.
    pub(super) need: Option<Event>,
    /// Whether the object is there after it; `None` where the patch does not change that.
    pub(super) after: Option<bool>,
    /// Every birth leaves what is there alone (`IF NOT EXISTS`) and nothing dies.
    pub(super) if_absent: bool,
    /// It does nothing but perhaps end the object together with what that stands on.
    pub(super) perhaps: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    Absent,
    Present,
    Any,
}

impl Before {
    pub(super) fn holds(self, present: bool) -> bool {
        match self {
            Self::Absent => !present,
            Self::Present => present,
            Self::Any => true,
        }
    }
}

/// The roles of every identity, found when they are asked for: most identities are one patch's own.
pub(super) struct Roles<'a> {
    catalog: &'a Catalog<'a>,
    sequence: &'a Sequence,
    idle: replay::Idle,
    /// What routines need that patches run.
    promoted: BTreeMap<IdentityId, Vec<Event>>,
    /// See [`primary`].
    primary: Vec<IdentityId>,
    found: Vec<OnceLock<Vec<Role>>>,
    /// What each patch makes that is no part of something else; few ask for it.
    made: OnceLock<BTreeMap<PatchId, Vec<IdentityId>>>,
}

impl<'a> Roles<'a> {
    pub(super) fn new(
        catalog: &'a Catalog<'a>,
        sequence: &'a Sequence,
        idle: replay::Idle,
        needs: &[Promoted],
    ) -> Self {
        let mut promoted: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for Promoted { identity, event } in needs {
            promoted.entry(*identity).or_default().push(*event);
        }
        Self {
            catalog,
            sequence,
            idle,
            promoted,
            primary: primary(catalog),
            found: vec![OnceLock::new(); catalog.identities.len()],
            made: OnceLock::new(),
        }
    }

    /// What each patch that names an identity does to it, in the order of patches.
    pub(super) fn of(&self, id: IdentityId) -> &[Role] {
        self.found[id.0 as usize].get_or_init(|| self.find(id))
    }

    /// What a patch makes that is no part of something else.
    pub(super) fn made_by(&self, patch: PatchId) -> &[IdentityId] {
        let made = self.made.get_or_init(|| {
            let mut made: BTreeMap<_, Vec<_>> = BTreeMap::new();
            let whole = self.catalog.iter();
            for (id, _) in whole.filter(|(_, identity)| identity.owner.is_none()) {
                for maker in self.of(id).iter().filter(|role| role.birth.is_some()) {
                    made.entry(maker.patch).or_default().push(id);
                }
            }
            made
        });
        made.get(&patch).map_or(&[], Vec::as_slice)
    }

    /// Whether nothing about an identity tells an order: one patch alone names it, and does not end what
    /// others stand on.
    pub(super) fn are_idle(&self, id: IdentityId) -> bool {
        let events = &self.catalog.get(id).events;
        let is_death = |event: &Event| matches!(event.kind, EventKind::Death { .. });
        let is_idle = |event: &Event| event.patch == events[0].patch && !is_death(event);
        if !self.promoted.contains_key(&id) && events.iter().all(is_idle) {
            return true;
        }
        let roles = self.of(id);
        roles.len() <= 1 && roles.iter().all(|role| role.death.is_none())
    }

    fn find(&self, id: IdentityId) -> Vec<Role> {
        let mut roles = roles(id, self.catalog.get(id), &self.idle);
        if self.primary.binary_search(&id).is_ok() {
            roles.iter_mut().for_each(forbid_twins);
        }
        for event in self.promoted.get(&id).into_iter().flatten() {
            // What the body needed in a version of the routine that came later, by the numbers.
            let later = |role: &Role| self.sequence.is_older(event.patch, role.patch);
            let mut makers = roles.iter().filter(|role| role.birth.is_some()).peekable();
            let not_yet = makers.peek().is_some() && makers.all(later);
            if !(event.late && not_yet) {
                promote(&mut roles, *event);
            }
        }
        roles
    }
}

fn roles(id: IdentityId, identity: &Identity, idle: &replay::Idle) -> Vec<Role> {
    let mut events = Cow::Borrowed(identity.events.as_slice());
    if !idle.is_empty() {
        let numbered = identity.events.iter().enumerate();
        let real = numbered.filter(|(number, _)| !idle.contains(&(id, *number)));
        events = real.map(|(_, event)| *event).collect();
    }
    let by_patch = || events.chunk_by(|one, other| one.patch == other.patch);
    // Most objects have one role, and there are many of them: no more room than that.
    let mut roles = Vec::with_capacity(by_patch().count());
    roles.extend(by_patch().map(role));
    if identity.kind == Kind::Key {
        roles.iter_mut().for_each(allow_twins);
    }
    roles
}

/// The constraints that more than one patch makes the primary key of their table: whatever their name, there is
/// one at a time.
fn primary(catalog: &Catalog<'_>) -> Vec<IdentityId> {
    let is_primary = |key: IdentityId| catalog.get(key).is_primary_key();
    let is_made_again = |keeper: &IdentityId| {
        let Identity { kind, events, .. } = catalog.get(*keeper);
        let mut births = events
            .iter()
            .filter(|event| matches!(event.kind, EventKind::Birth { .. }));
        *kind == Kind::Constraint && births.next().is_some() && births.next().is_some()
    };
    let keepers = catalog.keepers().iter();
    let keepers = keepers.filter(|(key, _)| is_primary(*key));
    let mut found: Vec<IdentityId> = keepers.map(|(_, keeper)| *keeper).collect();
    found.retain(is_made_again);
    found.sort_unstable();
    found
}

/// A table may have several keys over the same columns: one that is made needs no other to be gone, and is made
/// whether there is another or not.
fn allow_twins(role: &mut Role) {
    if role.before == Before::Absent {
        role.before = Before::Any;
    }
    role.if_absent = false;
}

/// The engine makes up another name where one is taken, but no second primary key.
fn forbid_twins(role: &mut Role) {
    let made = role.birth.filter(is_made_up);
    let made = made.filter(|birth| role.death.is_none_or(|death| birth.at < death.at));
    if made.is_some() && role.before == Before::Any {
        role.before = Before::Absent;
    }
}

fn role(events: &[Event]) -> Role {
    let birth = |event: &&Event| matches!(event.kind, EventKind::Birth { .. });
    let death = |event: &&Event| matches!(event.kind, EventKind::Death { .. });
    let insisting = events.iter().find(|event| !event.late);
    let insisting = insisting.filter(|event| !is_made_up(event));
    let before = match insisting.map(|event| event.kind) {
        Some(EventKind::Birth {
            if_absent: false,
            replace: false,
            ..
        }) => Before::Absent,
        // Another version of its owner may not have it.
        Some(
            EventKind::Need
            | EventKind::Death {
                if_exists: false,
                with_owner: false,
                ..
            },
        ) => Before::Present,
        _ => Before::Any,
    };
    let change = events
        .iter()
        .rfind(|event| !matches!(event.kind, EventKind::Need));
    let after = change.map(|event| matches!(event.kind, EventKind::Birth { .. }));
    let first_birth = events.iter().find(birth).copied();
    // What the patch makes itself, it need not find.
    let needs = events
        .iter()
        .filter(|event| event.kind == EventKind::Need)
        .filter(|event| first_birth.is_none_or(|birth| event.at < birth.at));
    let need = needs.min_by_key(|event| (event.late, event.at)).copied();
    let if_absent = events.iter().all(|event| {
        matches!(
            event.kind,
            EventKind::Need
                | EventKind::Birth {
                    if_absent: true,
                    ..
                }
        )
    });
    Role {
        patch: events[0].patch,
        before,
        birth: first_birth,
        death: events.iter().find(death).copied(),
        need,
        after,
        if_absent: if_absent && first_birth.is_some(),
        perhaps: events
            .iter()
            .filter(|event| event.kind != EventKind::Need)
            .all(Event::is_perhaps)
            && after.is_some(),
    }
}

/// An engine that makes up a name makes up one that is free.
pub(super) fn is_made_up(event: &Event) -> bool {
    event.implied && matches!(event.kind, EventKind::Birth { rename: false, .. })
}

/// Adds what a routine needs to what the patch that runs it needs.
pub(super) fn promote(roles: &mut Vec<Role>, event: Event) {
    match roles.iter_mut().find(|role| role.patch == event.patch) {
        Some(role) => {
            let made_here = role.birth.is_some_and(|birth| birth.at < event.at);
            if !made_here && role.need.is_none_or(|need| need.late) {
                role.need = Some(event);
            }
        }
        None => roles.push(role(&[event])),
    }
}
