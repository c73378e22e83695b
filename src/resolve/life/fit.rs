//! Which version of a relation a patch means, told by the columns that it uses.

use std::collections::BTreeSet;

use super::chain::{Chain, Lifetime, spans};
use super::{Life, Role};
use crate::name::Ident;
use crate::read::fact::Part;
use crate::resolve::PatchId;
use crate::resolve::catalog::{EventKind, IdentityId};

/// How many uses of columns do not fit when the versions of `id` come in the order of `chain`: a
/// renamed relation has the columns of the version that was renamed, and so has one that its own
/// patch reads before it drops it.
pub(super) fn misfits(life: &Life<'_>, id: IdentityId, chain: &Chain) -> usize {
    let roles = &life.roles[id.0 as usize];
    let mut misfits = 0;
    for lifetime in spans(roles, chain) {
        let (Some(birth), Some(death)) = (lifetime.birth, lifetime.death) else {
            continue;
        };
        let has = columns(life, id, &roles[birth]);
        if has.is_empty() {
            continue;
        }
        let ending = roles[death].patch;
        let own = needed(life, id, ending);
        misfits += usize::from(!own.is_subset(&has));
        if let Some(renamed) = life.catalog.renamed(id, ending) {
            let added = added(life, renamed);
            let mut users: Vec<PatchId> = Vec::new();
            users.extend(life.roles[renamed.0 as usize].iter().map(|role| role.patch));
            for user in users {
                let wants = needed(life, renamed, user);
                misfits += usize::from(
                    !wants
                        .iter()
                        .all(|name| has.contains(name) || added.contains(name)),
                );
            }
        }
    }
    misfits
}

/// Whether the columns that `user` uses of `id` are those of this version, as far as is known.
pub(super) fn fits(life: &Life<'_>, id: IdentityId, lifetime: &Lifetime, user: PatchId) -> bool {
    let roles = &life.roles[id.0 as usize];
    let Some(birth) = lifetime.birth else {
        return true;
    };
    let has = columns(life, id, &roles[birth]);
    let wants = needed(life, id, user);
    let later = added(life, id);
    has.is_empty()
        || wants
            .iter()
            .all(|name| has.contains(name) || later.contains(name))
}

/// The members that a patch makes together with their owner.
fn columns<'a>(life: &'a Life<'_>, owner: IdentityId, maker: &Role) -> BTreeSet<&'a Ident> {
    members(life, owner, |kind, patch| {
        patch == maker.patch && matches!(kind, EventKind::Birth { .. })
    })
}

/// The members that patches add which do not make the owner.
fn added<'a>(life: &'a Life<'_>, owner: IdentityId) -> BTreeSet<&'a Ident> {
    let roles = &life.roles[owner.0 as usize];
    let makes = |patch| {
        roles
            .iter()
            .any(|role| role.patch == patch && role.birth.is_some())
    };
    members(life, owner, |kind, patch| {
        matches!(kind, EventKind::Birth { .. }) && !makes(patch)
    })
}

/// The members that a patch needs.
fn needed<'a>(life: &'a Life<'_>, owner: IdentityId, user: PatchId) -> BTreeSet<&'a Ident> {
    members(life, owner, |kind, patch| {
        kind == EventKind::Need && patch == user
    })
}

fn members<'a>(
    life: &'a Life<'_>,
    owner: IdentityId,
    wanted: impl Fn(EventKind, PatchId) -> bool,
) -> BTreeSet<&'a Ident> {
    let names = life.catalog.members(owner).filter_map(|member| {
        let Part::Member(name) = &member.key.part else {
            return None;
        };
        let is_column = member.key.namespace == crate::read::fact::Kind::Column.namespace();
        let any = member
            .events
            .iter()
            .any(|event| wanted(event.kind, event.patch));
        (is_column && any).then_some(name)
    });
    names.collect()
}
