//! What needs a unique key comes before the key goes with its constraint or index: a foreign key, `ON
//! CONFLICT`. Where the patch that drops it makes another one over the same columns, a foreign key comes
//! after that patch: standing on the old one, it would keep that from being dropped. A new primary key comes after
//! the patch that drops the old one.

use std::collections::BTreeSet;

use super::{Life, Role, strength_of};
use crate::read::fact::{Action, Kind};
use crate::resolve::catalog::{Event, EventKind, IdentityId};
use crate::resolve::edges::Edges;
use crate::resolve::{PatchId, Reason, Rule};

pub(super) fn add_edges(life: &Life<'_>, edges: &mut Edges) {
    replace_primary(life, edges);
    for &(key, keeper) in life.catalog.keepers() {
        let ends = |event: &Event| matches!(event.kind, EventKind::Death { .. });
        if !life.catalog.get(keeper).events.iter().any(ends) {
            continue;
        }
        let drops: Vec<(PatchId, Event)> = drops(life, keeper).collect();
        for (drop, death) in drops {
            for user in users(life.roles.of(key)) {
                let Some(need) = user.need.filter(|_| user.patch != drop) else {
                    continue;
                };
                let reason = |rule, earlier: Event, later: Event| Reason {
                    rule,
                    strength: strength_of(need),
                    object: life.catalog.get(key).label(),
                    earlier: earlier.span,
                    later: later.span,
                };
                match other_maker(life, key, drop) {
                    // Where the key is gone before, a key that is not seen is meant.
                    Other::None => {
                        let reason = reason(Rule::UseDrop, need, death);
                        put(life, reason, [user.patch, drop], edges);
                    }
                    Other::Here(born) if !takes_all(death) && stays(life, user.patch, need) => {
                        let reason = reason(Rule::KeyReference, born, need);
                        put(life, reason, [drop, user.patch], edges);
                    }
                    Other::Here(_) | Other::Elsewhere => {}
                }
            }
        }
    }
}

/// A table has one primary key at a time: what drops the one that the table was made with comes before what adds
/// another, whatever their names.
fn replace_primary(life: &Life<'_>, edges: &mut Edges) {
    let primary = |key: IdentityId| life.catalog.get(key).is_primary_key();
    let keepers = life.catalog.keepers();
    for same in keepers.chunk_by(|one, other| one.0 == other.0) {
        if same.len() == 1 || !primary(same[0].0) {
            continue;
        }
        let is_constraint = |id: &IdentityId| life.catalog.get(*id).kind == Kind::Constraint;
        let same = || same.iter().map(|&(_, keeper)| keeper).filter(is_constraint);
        for (old, new) in same().flat_map(|old| same().map(move |new| (old, new))) {
            if old == new || !is_made_with_owner(life, old) {
                continue;
            }
            let added = |role: &&Role| role.birth.is_some() && role.death.is_none();
            for role in life.roles.of(new).iter().filter(added) {
                let Some(born) = role.birth else { continue };
                let clears = |id| life.roles.of(id).iter().any(|it| it.patch == role.patch);
                for (drop, death) in drops(life, old).filter(|_| !clears(old)) {
                    let reason = Reason {
                        rule: Rule::DropDefine,
                        strength: strength_of(born),
                        object: life.catalog.get(old).label(),
                        earlier: death.span,
                        later: born.span,
                    };
                    put(life, reason, [drop, role.patch], edges);
                }
            }
        }
    }
}

/// Whether the patch that makes a table is the one that makes this member of it.
fn is_made_with_owner(life: &Life<'_>, member: IdentityId) -> bool {
    let makers = |id| {
        let makers = life.roles.of(id).iter().filter(|role| role.birth.is_some());
        makers.map(|role| role.patch).collect::<Vec<_>>()
    };
    let owner = life.catalog.get(member).owner;
    owner.is_some_and(|owner| makers(owner).len() == 1 && makers(owner) == makers(member))
}

/// Who makes a key besides the one whose keeper a patch drops.
enum Other {
    None,
    /// The patch that drops it.
    Here(Event),
    Elsewhere,
}

fn other_maker(life: &Life<'_>, key: IdentityId, drop: PatchId) -> Other {
    let events = life.catalog.get(key).events.iter();
    let births = events.filter(|event| matches!(event.kind, EventKind::Birth { .. }));
    let (here, elsewhere): (Vec<&Event>, Vec<&Event>) =
        births.partition(|event| event.patch == drop);
    match (here.as_slice(), elsewhere.as_slice()) {
        ([], [_]) => Other::None,
        ([born], [_]) => Other::Here(**born),
        _ => Other::Elsewhere,
    }
}

/// Puts one place before another, unless the numbers or the engine say otherwise.
fn put(life: &Life<'_>, reason: Reason, [earlier, later]: [PatchId; 2], edges: &mut Edges) {
    if !life.sequence.is_older(later, earlier) && !edges.insists(later, earlier) {
        edges.add(earlier, later, reason);
    }
}

/// The patches that drop a constraint or an index by its name.
fn drops(life: &Life<'_>, keeper: IdentityId) -> impl Iterator<Item = (PatchId, Event)> {
    let roles = life.roles.of(keeper).iter();
    roles.filter_map(|role| {
        let event = role.death?;
        let by_name = matches!(
            event.kind,
            EventKind::Death {
                rename: false,
                with_owner: false,
                perhaps: false,
                ..
            }
        );
        by_name.then_some((role.patch, event))
    })
}

fn takes_all(death: Event) -> bool {
    matches!(death.kind, EventKind::Death { cascade: true, .. })
}

fn users(roles: &[Role]) -> impl Iterator<Item = &Role> {
    roles
        .iter()
        .filter(|role| role.need.is_some() && role.birth.is_none())
}

/// Whether what a statement needs a key for stands on it and nothing ends it: a foreign key.
fn stays(life: &Life<'_>, user: PatchId, need: Event) -> bool {
    let statements = life.patches[user.0 as usize].facts.iter();
    let mut statements = statements.filter(|it| it.statement as u32 == need.at.0);
    let Some(statement) = statements.next() else {
        return false;
    };
    let points = |action: &Action| matches!(action, Action::References { .. });
    if !statement.facts.iter().any(|fact| points(&fact.action)) {
        return false;
    }
    let path = statement.search_path.as_deref();
    let made = statement.facts.iter().filter(|fact| {
        matches!(fact.action, Action::Define { .. })
            && matches!(
                fact.object.kind,
                Kind::Constraint | Kind::Column | Kind::Table
            )
    });
    let made: BTreeSet<IdentityId> = made
        .flat_map(|fact| life.catalog.lookup(user, path, &fact.object))
        .map(|bound| bound.identity)
        .collect();
    let ends = |event: &Event| matches!(event.kind, EventKind::Death { .. });
    !made
        .iter()
        .any(|&id| life.catalog.get(id).events.iter().any(ends))
}
