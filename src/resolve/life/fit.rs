//! Which version of a relation a patch means, told by the columns that it uses.

use std::collections::BTreeSet;

use super::chain::{Chain, Lifetime, spans};
use super::{Life, Role};
use crate::name::Ident;
use crate::read::fact::{Action, Kind, Part};
use crate::resolve::PatchId;
use crate::resolve::catalog::{EventKind, Identity, IdentityId};

/// How many uses of columns do not fit when the versions of `id` come in the order of `chain`: a
/// renamed relation has the columns of the version that was renamed, and so has one that its own
/// patch reads before it drops it.
pub(super) fn misfits(life: &Life<'_>, id: IdentityId, chain: &Chain) -> usize {
    let roles = life.roles.of(id);
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
        let fits = |wants: &BTreeSet<&Ident>, later: &BTreeSet<&Ident>| {
            wants
                .iter()
                .all(|name| has.contains(name) || later.contains(name))
        };
        let own = needed(life, id, ending);
        misfits += usize::from(!fits(&own, &added(life, id)));
        if let Some(renamed) = life.catalog.renamed(id, ending) {
            let added = added(life, renamed);
            for user in life.roles.of(renamed) {
                let wants = needed(life, renamed, user.patch);
                misfits += usize::from(!fits(&wants, &added));
            }
        }
    }
    misfits
}

/// What the version that each role makes holds, and whether its patch does nothing but make anew what
/// others make.
pub(super) struct Versions<'a> {
    held: Vec<BTreeSet<&'a Ident>>,
    updates: Vec<bool>,
}

impl<'a> Versions<'a> {
    pub(super) fn new(life: &'a Life<'_>, id: IdentityId) -> Self {
        let roles = life.roles.of(id);
        let makes = |role: &Role| role.after == Some(true);
        Self {
            held: roles.iter().map(|role| held(life, id, role)).collect(),
            updates: roles
                .iter()
                .map(|role| makes(role) && only_updates(life, role.patch))
                .collect(),
        }
    }

    /// How unlikely an order of versions is: the columns that a version lacks of the one before it,
    /// and the patches that do nothing but make anew what others make, but come before one that also
    /// makes things of its own.
    pub(super) fn unlikely(&self, roles: &[Role], chain: &[usize]) -> usize {
        let makers: Vec<usize> = chain
            .iter()
            .copied()
            .filter(|&link| roles[link].after == Some(true))
            .collect();
        let lost = |pair: &[usize]| {
            let [before, after] = [&self.held[pair[0]], &self.held[pair[1]]];
            if after.is_empty() {
                0
            } else {
                before.difference(after).count()
            }
        };
        let mut updated = false;
        let mut inverted = 0;
        for &maker in &makers {
            inverted += usize::from(updated && !self.updates[maker]);
            updated |= self.updates[maker];
        }
        makers.windows(2).map(lost).sum::<usize>() + inverted
    }
}

/// Whether everything that a patch makes replaces something that another patch makes too.
fn only_updates(life: &Life<'_>, patch: PatchId) -> bool {
    let replaced = |roles: &[Role]| {
        let own = roles.iter().find(|role| role.patch == patch);
        let Some(birth) = own.and_then(|role| role.birth) else {
            return true;
        };
        let anew = matches!(birth.kind, EventKind::Birth { replace: true, .. })
            || own.is_some_and(|role| role.death.is_some());
        anew && roles
            .iter()
            .any(|role| role.patch != patch && role.birth.is_some())
    };
    let made = life.roles.made_by(patch).iter();
    made.map(|&id| life.roles.of(id)).all(replaced)
}

/// Whether the columns that `user` uses of `id` are those of this version, as far as is known.
pub(super) fn fits(life: &Life<'_>, id: IdentityId, lifetime: &Lifetime, user: PatchId) -> bool {
    let roles = life.roles.of(id);
    let Some(birth) = lifetime.birth else {
        return true;
    };
    if !life.widths.fits(id, roles[birth].patch, user) {
        return false;
    }
    if is_view(life, &roles[birth]) && adds_columns(life, id, user) {
        return false;
    }
    let has = columns(life, id, &roles[birth]);
    let wants = needed(life, id, user);
    let later = added(life, id);
    has.is_empty()
        || wants
            .iter()
            .all(|name| has.contains(name) || later.contains(name))
}

/// Whether a version is a view, to which nobody adds a column.
fn is_view(life: &Life<'_>, maker: &Role) -> bool {
    let Some(birth) = maker.birth else {
        return false;
    };
    let statements = life.patches[maker.patch.0 as usize].facts.iter();
    let mut statements = statements.filter(|it| it.statement as u32 == birth.at.0);
    let fact = statements
        .next()
        .and_then(|it| it.facts.get(birth.at.1 as usize));
    fact.is_some_and(|fact| {
        matches!(fact.action, Action::Define { .. })
            && matches!(fact.object.kind, Kind::View | Kind::MaterializedView)
    })
}

fn adds_columns(life: &Life<'_>, id: IdentityId, user: PatchId) -> bool {
    let added = members(life, id, |kind, patch| {
        patch == user && matches!(kind, EventKind::Birth { .. })
    });
    !added.is_empty()
}

/// Whether a column that comes with one version of its owner may be one of another version, whose
/// columns are not known (`SELECT *`): then the owner alone tells what a user needs.
pub(super) fn may_be_of_another(life: &Life<'_>, column: &Identity, birth: &Role) -> bool {
    let (Some(owner), Kind::Column) = (column.owner, column.kind) else {
        return false;
    };
    let roles = life.roles.of(owner);
    let makers = || roles.iter().filter(|role| role.after == Some(true));
    let of_owner = makers().any(|role| role.patch == birth.patch);
    let is_open = |role: &&Role| role.patch != birth.patch && columns(life, owner, role).is_empty();
    of_owner && makers().any(|role| is_open(&role))
}

/// What a version holds: its columns, or those that it is over where it is an index.
fn held<'a>(life: &'a Life<'_>, id: IdentityId, maker: &Role) -> BTreeSet<&'a Ident> {
    let (Some(birth), Kind::Index) = (maker.birth, life.catalog.get(id).kind) else {
        return columns(life, id, maker);
    };
    let on = life.catalog.supports(id, birth.patch, birth.at.0);
    let over = on.map(|on| life.catalog.get(on));
    over.filter_map(column_name).collect()
}

/// The members that a patch makes together with their owner.
fn columns<'a>(life: &'a Life<'_>, owner: IdentityId, maker: &Role) -> BTreeSet<&'a Ident> {
    members(life, owner, |kind, patch| {
        patch == maker.patch && matches!(kind, EventKind::Birth { .. })
    })
}

/// The members that patches add which do not make the owner.
fn added<'a>(life: &'a Life<'_>, owner: IdentityId) -> BTreeSet<&'a Ident> {
    let roles = life.roles.of(owner);
    let makes = |patch| {
        roles
            .iter()
            .any(|role| role.patch == patch && role.birth.is_some())
    };
    members(life, owner, |kind, patch| {
        matches!(kind, EventKind::Birth { .. }) && !makes(patch)
    })
}

/// The members that a patch needs: it uses them, drops them or renames them.
fn needed<'a>(life: &'a Life<'_>, owner: IdentityId, user: PatchId) -> BTreeSet<&'a Ident> {
    members(life, owner, |kind, patch| {
        let needs = match kind {
            EventKind::Need => true,
            EventKind::Death { with_owner, .. } => !with_owner,
            EventKind::Birth { .. } => false,
        };
        needs && patch == user
    })
}

fn members<'a>(
    life: &'a Life<'_>,
    owner: IdentityId,
    wanted: impl Fn(EventKind, PatchId) -> bool,
) -> BTreeSet<&'a Ident> {
    let members = life.catalog.members(owner).filter(|member| {
        let mut events = member.events.iter();
        events.any(|event| wanted(event.kind, event.patch))
    });
    members.filter_map(column_name).collect()
}

fn column_name(member: &Identity) -> Option<&Ident> {
    match &member.key.part {
        Part::Member(name) if member.kind == Kind::Column => Some(name),
        _ => None,
    }
}
