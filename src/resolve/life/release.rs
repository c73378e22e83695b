//! What stands on an object keeps it from being dropped until it is dropped or replaced itself: a view
//! that used a column, and was made anew without it, lets go of the column only then.
//!
//! So do parts of tables that some patch drops: a foreign key stands on the table that it points to,
//! an index, a constraint and a generated column stand on the columns that they are over.

use std::collections::{BTreeMap, BTreeSet};

use super::chain::Chain;
use super::{Life, Role};
use crate::read::fact::{Action, Binding, Kind};
use crate::resolve::catalog::{Event, EventKind, Identity, IdentityId};
use crate::resolve::edges::Edges;
use crate::resolve::{PatchId, Reason, Rule, Strength};

/// Adds, for each drop, the patches that make what stood on the object anew without it.
pub(super) fn add_edges(life: &Life<'_>, chains: &BTreeMap<IdentityId, Chain>, edges: &mut Edges) {
    let drops = || {
        chains
            .iter()
            .flat_map(|(&id, chain)| drops(life, id, chain))
    };
    let standing = Standing::new(life, drops().map(|(dropped, ..)| dropped));
    for (dropped, drop, event) in drops() {
        let identity = life.catalog.get(dropped);
        for need in needs(identity) {
            for dependent in standing.on(life, dropped, need) {
                let Some(release) = release(life, chains, dependent, need.patch, identity) else {
                    continue;
                };
                let Some(change) = release.death.or(release.birth) else {
                    continue;
                };
                if !life.catalog.get(dependent).stands
                    && !lets_go(life, dependent, change, identity)
                {
                    continue;
                }
                if release.patch != drop.patch && !edges.reaches(drop.patch, release.patch) {
                    let reason = Reason {
                        rule: Rule::UseDrop,
                        strength: Strength::Hard,
                        object: identity.label(),
                        earlier: change.span,
                        later: event.span,
                    };
                    edges.add(release.patch, drop.patch, reason);
                }
            }
        }
    }
}

/// The patches in the chain of an object that drop it itself. (`CASCADE` takes along what stands on it.)
fn drops<'a>(
    life: &'a Life<'_>,
    id: IdentityId,
    chain: &'a [usize],
) -> impl Iterator<Item = (IdentityId, &'a Role, Event)> {
    let roles = life.roles.of(id);
    chain.iter().filter_map(move |&link| {
        let role = &roles[link];
        let event = role.death?;
        let itself = matches!(
            event.kind,
            EventKind::Death {
                rename: false,
                cascade: false,
                with_owner: false,
                ..
            }
        );
        itself.then_some((id, role, event))
    })
}

/// What statements that use dropped objects make that keeps these from being dropped.
struct Standing {
    /// Views and their like, which stand on all that their statement uses.
    whole: BTreeMap<(PatchId, u32), Vec<IdentityId>>,
    /// What each statement makes, by place. A part of a table stands on what is used between its
    /// place and that of the next thing.
    made: BTreeMap<(PatchId, u32), BTreeMap<u32, IdentityId>>,
    /// The tables that foreign keys point to, by place.
    pointed: BTreeMap<(PatchId, u32), Vec<(u32, IdentityId)>>,
}

impl Standing {
    fn new(life: &Life<'_>, dropped: impl Iterator<Item = IdentityId>) -> Self {
        let needs = dropped.flat_map(|id| needs(life.catalog.get(id)));
        let wanted: BTreeSet<_> = needs.map(|need| (need.patch, need.at.0)).collect();
        let mut standing = Self {
            whole: BTreeMap::new(),
            made: BTreeMap::new(),
            pointed: BTreeMap::new(),
        };
        if wanted.is_empty() {
            return standing;
        }
        for (id, identity) in life.catalog.iter() {
            for event in &identity.events {
                let statement = (event.patch, event.at.0);
                let EventKind::Birth { rename, .. } = event.kind else {
                    continue;
                };
                if !wanted.contains(&statement) {
                    continue;
                }
                if identity.stands {
                    standing.whole.entry(statement).or_default().push(id);
                }
                if !rename && !matches!(identity.kind, Kind::Key | Kind::EnumValue) {
                    let made = standing.made.entry(statement).or_default();
                    made.insert(event.at.1, id);
                }
            }
        }
        for (number, patch) in life.patches.iter().enumerate() {
            let id = PatchId(number as u32);
            for statement in &patch.facts {
                let path = statement.search_path.as_deref();
                if !wanted.contains(&(id, statement.statement as u32)) {
                    continue;
                }
                let facts = statement.facts.iter().enumerate();
                for (place, fact) in facts.filter(|(_, fact)| fact.binding == Binding::Hard) {
                    if matches!(fact.action, Action::References { .. }) {
                        let pointed = (id, statement.statement as u32);
                        let pointed = standing.pointed.entry(pointed).or_default();
                        let found = life.catalog.lookup(id, path, &fact.object);
                        pointed.extend(found.iter().map(|bound| (place as u32, bound.identity)));
                    }
                }
            }
        }
        standing
    }

    /// What stands on `dropped` by one of its needs.
    fn on(&self, life: &Life<'_>, dropped: IdentityId, need: &Event) -> Vec<IdentityId> {
        let statement = (need.patch, need.at.0);
        let mut found = self.whole.get(&statement).cloned().unwrap_or_default();
        let (Some(made), false) = (self.made.get(&statement), need.late) else {
            return found;
        };
        let identity = life.catalog.get(dropped);
        let last = |place: u32| Some(*made.range(..=place).next_back()?.1);
        let part = |id: &IdentityId| {
            let part = life.catalog.get(*id);
            let parts = match identity.kind {
                Kind::Column => &[Kind::Constraint, Kind::Index, Kind::Column][..],
                Kind::Index => &[Kind::Constraint],
                _ => &[Kind::Constraint, Kind::Column],
            };
            *id != dropped && parts.contains(&part.kind)
        };
        if matches!(identity.kind, Kind::Column | Kind::Index) {
            let same_table =
                |id: &IdentityId| life.catalog.table_of(*id) == life.catalog.table_of(dropped);
            found.extend(last(need.at.1).filter(part).filter(same_table));
        } else {
            let pointed = self.pointed.get(&statement).into_iter().flatten();
            let here = pointed.filter(|&&(_, table)| table == dropped);
            found.extend(here.filter_map(|&(place, _)| last(place)).filter(part));
        }
        found
    }
}

/// Whether a change of a part of a table frees what it stood on: not where it gets another name, may
/// be gone already, or goes with the table that both belong to.
fn lets_go(life: &Life<'_>, part: IdentityId, change: Event, from: &Identity) -> bool {
    let EventKind::Death {
        if_exists: false,
        rename: false,
        with_owner,
        perhaps: false,
        ..
    } = change.kind
    else {
        return false;
    };
    !with_owner || life.catalog.table_of(part) != from.owner
}

/// The next patch after `user` that drops or replaces `dependent` so that it no longer uses `identity`.
fn release<'a>(
    life: &'a Life<'_>,
    chains: &BTreeMap<IdentityId, Chain>,
    dependent: IdentityId,
    user: PatchId,
    identity: &Identity,
) -> Option<&'a Role> {
    let roles = life.roles.of(dependent);
    let chain = chains.get(&dependent)?;
    let start = chain.iter().position(|&link| roles[link].patch == user)?;
    let uses = |role: &Role| {
        let birth = role.birth.map(|birth| birth.at.0);
        identity.events.iter().any(|event| {
            is_need(event.kind) && event.patch == role.patch && Some(event.at.0) == birth
        })
    };
    let later = chain[start + 1..].iter().map(|&link| &roles[link]);
    later.into_iter().find(|role| !uses(role))
}

fn needs(identity: &Identity) -> impl Iterator<Item = &Event> {
    let events = identity.events.iter();
    events.filter(|event| is_need(event.kind))
}

fn is_need(kind: EventKind) -> bool {
    kind == EventKind::Need
}
