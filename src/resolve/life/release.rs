//! What stands on an object keeps it from being dropped until it is dropped or replaced itself: a view
//! that used a column, and was made anew without it, lets go of the column only then.

use std::collections::BTreeMap;

use super::chain::Chain;
use super::{Life, Role};
use crate::resolve::catalog::{EventKind, Identity, IdentityId};
use crate::resolve::edges::Edges;
use crate::resolve::{PatchId, Reason, Rule, Strength};

/// Adds, for each drop, the patches that make what stood on the object anew without it.
pub(super) fn add_edges(life: &Life<'_>, chains: &BTreeMap<IdentityId, Chain>, edges: &mut Edges) {
    let standing = standing(life);
    for (&dropped, chain) in chains {
        let roles = &life.roles[dropped.0 as usize];
        let identity = life.catalog.get(dropped);
        for drop in chain.iter().map(|&link| &roles[link]) {
            let Some(event) = drop.death else { continue };
            let dropped_itself = matches!(
                event.kind,
                EventKind::Death {
                    rename: false,
                    with_owner: false,
                    ..
                }
            );
            if !dropped_itself {
                continue;
            }
            for need in identity.events.iter().filter(|event| is_need(event.kind)) {
                let dependents = standing.get(&(need.patch, need.at.0));
                for &dependent in dependents.into_iter().flatten() {
                    let Some(release) = release(life, chains, dependent, need.patch, identity)
                    else {
                        continue;
                    };
                    let Some(change) = release.death.or(release.birth) else {
                        continue;
                    };
                    if release.patch != drop.patch && !edges.reaches(drop.patch, release.patch) {
                        let reason = Reason {
                            rule: Rule::UseDrop,
                            strength: Strength::Hard,
                            object: identity.label.clone(),
                            earlier: change.span,
                            later: event.span,
                        };
                        edges.add(release.patch, drop.patch, reason);
                    }
                }
            }
        }
    }
}

/// What each statement makes that keeps what it uses from being dropped.
fn standing(life: &Life<'_>) -> BTreeMap<(PatchId, u32), Vec<IdentityId>> {
    let mut standing: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (id, identity) in life.catalog.iter().filter(|(_, identity)| identity.stands) {
        for event in &identity.events {
            if matches!(event.kind, EventKind::Birth { .. }) {
                standing
                    .entry((event.patch, event.at.0))
                    .or_default()
                    .push(id);
            }
        }
    }
    standing
}

/// The next patch after `user` that drops or replaces `dependent` so that it no longer uses `identity`.
fn release<'a>(
    life: &'a Life<'_>,
    chains: &BTreeMap<IdentityId, Chain>,
    dependent: IdentityId,
    user: PatchId,
    identity: &Identity,
) -> Option<&'a Role> {
    let roles = &life.roles[dependent.0 as usize];
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

fn is_need(kind: EventKind) -> bool {
    kind == EventKind::Need
}
