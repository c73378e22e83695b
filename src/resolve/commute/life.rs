//! What is made, replaced, renamed or dropped by one side while the other makes, replaces or uses it.

use std::collections::BTreeSet;

use super::super::catalog::{Event, EventKind, Identity, IdentityId};
use super::{Both, Clash, Deed};
use crate::finding::Severity;
use crate::read::fact::Kind;

/// What a side does to an object in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Net {
    Uses,
    Makes,
    Replaces,
    Drops,
    Renames,
}

impl Net {
    fn verb(self) -> &'static str {
        match self {
            Self::Uses => "uses",
            Self::Makes => "makes",
            Self::Replaces => "replaces",
            Self::Drops => "drops",
            Self::Renames => "renames",
        }
    }
}

pub(super) fn clashes(both: &Both<'_>) -> Vec<Clash> {
    let mut found: Vec<(IdentityId, Clash)> = Vec::new();
    for (id, identity) in both.catalog.iter() {
        let [one, other] = [0, 1].map(|side| net(both, identity, side));
        if let (Some(one), Some(other)) = (one, other)
            && let Some(clash) = clash(both, identity, [one, other])
        {
            found.push((id, clash));
        }
    }
    // What holds of a table need not be said of its columns.
    let told: BTreeSet<IdentityId> = found.iter().map(|(id, _)| *id).collect();
    let is_told = |id: IdentityId| {
        let owner = both.catalog.get(id).owner;
        owner.is_some_and(|owner| told.contains(&owner))
    };
    let told = found.into_iter().filter(|(id, _)| !is_told(*id));
    told.map(|(_, clash)| clash).collect()
}

/// What a side does to the object when all its patches have run, and the event that says so.
fn net<'c>(both: &Both<'_>, identity: &'c Identity, side: usize) -> Option<(Net, &'c Event)> {
    let is_own = |event: &&Event| {
        !event.implied
            && !event.is_perhaps()
            && !event.is_with_owner()
            && both.side(event.patch, event.at.0) == Some(side)
    };
    let mut events: Vec<&Event> = identity.events.iter().filter(is_own).collect();
    events.sort_by_key(|event| (both.rank[event.patch.0 as usize], event.at));
    let changes = || events.iter().filter(|event| event.kind != EventKind::Need);
    let Some(last) = changes().next_back() else {
        // Of the base's uses, one that lasts matters more.
        let first = events
            .iter()
            .min_by_key(|event| (side == 0 && is_passing(both, event), event.late))?;
        return Some((Net::Uses, first));
    };
    let is_new = changes()
        .next()
        .is_some_and(|first| matches!(first.kind, EventKind::Birth { replace: false, .. }));
    let net = match last.kind {
        EventKind::Death { .. } if is_new => return None,
        EventKind::Death { rename: true, .. } => Net::Renames,
        EventKind::Death { .. } => Net::Drops,
        _ if is_new => Net::Makes,
        _ => Net::Replaces,
    };
    Some((net, last))
}

fn clash(both: &Both<'_>, identity: &Identity, nets: [(Net, &Event); 2]) -> Option<Clash> {
    use Net::{Drops, Makes, Renames, Replaces, Uses};

    let events = nets.map(|(_, event)| event);
    let late = events.iter().any(|event| event.late);
    let is_past = || is_past(both, events);
    let same = || {
        let [one, other] = events.map(|event| both.text(event.patch, event.at.0));
        one == other
    };
    let mut severity = match late {
        true => Severity::Warning,
        false => Severity::Error,
    };
    let (why, help) = match nets.map(|(net, _)| net) {
        [Uses, Uses] | [Uses, Makes | Replaces] | [Makes | Replaces, Uses] => return None,
        // Keys are no names: two may be alike.
        _ if identity.kind == Kind::Key => return None,
        [Makes | Replaces, Makes | Replaces] if same() => return None,
        [Makes, Makes] if events.iter().all(|event| is_if_absent(event)) => {
            if !is_shaped(identity.kind) {
                return None;
            }
            (
                "the one that comes second does nothing, because the object is there",
                "keep one of the two, and make the other an ALTER of it",
            )
        }
        [Makes, Makes] => (
            "the one that comes second fails, because the object is there",
            "remove one of the two, or give one another name",
        ),
        [Makes | Replaces, Makes | Replaces] => (
            "the one that comes last stays, and what the other one changed is lost",
            "put both changes into the patch that is to come last, and write at its top that it requires the other",
        ),
        [Drops, Drops] if events.iter().any(|event| is_if_exists(event)) => return None,
        [Drops, Drops] => (
            "the one that comes second fails, because the object is gone",
            "remove one of the two, or write DROP … IF EXISTS",
        ),
        [Drops, Makes] | [Makes, Drops] => (
            "what is dropped is the old one or the new one, by the order",
            "write at the top of the patch that is to come last that it requires the other",
        ),
        [Uses, Drops | Renames] if !late && is_past() => {
            severity = Severity::Note;
            (
                "the one that uses it comes first in every database, and its use is over when it goes",
                "nothing is to be done",
            )
        }
        [Renames, _] | [_, Renames] => (
            "the other name is gone where the renaming patch is applied first",
            "use the new name, and write at the top of that patch that it requires the other",
        ),
        [Drops, _] | [_, Drops] => (
            "where the dropping patch is applied first, the other one fails; where it comes second, it takes away what the other one needs",
            "keep the object, or take the use of it out of the other side's patch",
        ),
    };
    let deed = |(net, event): (Net, &Event)| Deed {
        patch: event.patch,
        span: event.span,
        verb: net.verb(),
    };
    Some(Clash {
        severity,
        object: identity.label(),
        deeds: nets.map(deed),
        why,
        help,
    })
}

/// Whether the first side's statement comes before the second side's in the merged order, and leaves
/// nothing behind that goes on using the object. Where the first side is applied already, it is the
/// same.
fn is_past(both: &Both<'_>, [first, second]: [&Event; 2]) -> bool {
    let rank = |event: &Event| both.rank[event.patch.0 as usize];
    rank(first) < rank(second) && is_passing(both, first)
}

/// Whether a statement that uses something makes nothing that needs it later.
fn is_passing(both: &Both<'_>, event: &Event) -> bool {
    const PASSING: [&str; 10] = [
        "insert", "update", "delete", "merge", "truncate", "copy", "comment", "grant", "revoke",
        "analyze",
    ];
    let words = both.text(event.patch, event.at.0);
    let is = |at: usize, word: &str| {
        words
            .get(at)
            .is_some_and(|it| it.eq_ignore_ascii_case(word))
    };
    let has = |word: &str| words.iter().any(|it| it.eq_ignore_ascii_case(word));
    // A constraint or a generated column goes on using it.
    let alters = is(0, "alter") && is(1, "table") && !has("add");
    alters || PASSING.iter().any(|word| is(0, word))
}

fn is_if_absent(event: &Event) -> bool {
    matches!(
        event.kind,
        EventKind::Birth {
            if_absent: true,
            ..
        }
    )
}

fn is_if_exists(event: &Event) -> bool {
    matches!(
        event.kind,
        EventKind::Death {
            if_exists: true,
            ..
        }
    )
}

/// Whether two objects of one name may differ.
fn is_shaped(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Schema | Kind::Extension | Kind::Language | Kind::EnumValue | Kind::Role
    )
}
