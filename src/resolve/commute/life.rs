//! What is made, replaced, renamed or dropped by one side while the other makes, replaces or uses it.

use std::collections::BTreeMap;

use super::super::catalog::{Event, EventKind, Identity, IdentityId};
use super::renamed::Rename;
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
        let [one, other] = [0, 1].map(|side| net(both, identity, side, None));
        if let (Some(one), Some(other)) = (one, other)
            && let Some(clash) = clash(both, identity, [one, other])
        {
            found.push((id, clash));
        }
    }
    for rename in &both.renames.all {
        if let Some(clash) = under_two_names(both, rename) {
            let is_told = |(id, other): &(IdentityId, Clash)| {
                *id == rename.old && other.severity >= clash.severity
            };
            if !found.iter().any(is_told) {
                found.push((rename.old, clash));
            }
        }
    }
    // What holds of a table need not be said of its columns.
    let told: BTreeMap<IdentityId, Severity> = found
        .iter()
        .map(|(id, clash)| (*id, clash.severity))
        .collect();
    let is_told = |(id, clash): &(IdentityId, Clash)| {
        let owner = both.catalog.get(*id).owner;
        let owners = owner.and_then(|owner| told.get(&owner));
        owners.is_some_and(|severity| *severity >= clash.severity)
    };
    let told = found.iter().filter(|found| !is_told(found));
    told.map(|(_, clash)| clash.clone()).collect()
}

/// One side renames it, and does something with it under its new name; the other one does something with it under
/// its old name.
fn under_two_names(both: &Both<'_>, rename: &Rename) -> Option<Clash> {
    let Rename { side, old, new, .. } = *rename;
    let [old, new] = [old, new].map(|id| both.catalog.get(id));
    // The other side cannot know the new name, or means another thing by it.
    let other = net(both, old, 1 - side, None)?;
    let own = net(both, new, side, Some(rename))?;
    let mut nets = [own, other];
    if side == 1 {
        nets.reverse();
    }
    clash(both, old, nets)
}

/// What a side does to the object when all its patches have run, and the event that says so. `but` is a rename that
/// does not count.
fn net<'c>(
    both: &Both<'_>,
    identity: &'c Identity,
    side: usize,
    but: Option<&Rename>,
) -> Option<(Net, &'c Event)> {
    let is_but =
        |event: &Event| but.is_some_and(|it| (it.patch, it.statement) == (event.patch, event.at.0));
    let is_own = |event: &&Event| {
        !event.implied
            && !event.is_perhaps()
            && !event.is_with_owner()
            && !is_but(event)
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

const LAST: &str = "where `{head}` is to come last, write at its top: `-- requires: {base}`; else take it out of `{head}`";
const GONE_NAME: &str = "the other name is gone where the renaming patch is applied first";
const GONE: &str = "where the dropping patch is applied first, the other one fails; where it comes second, it takes away what the other one needs";

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
                "make the one in `{head}` an ALTER of the other, and write at its top: `-- requires: {base}`",
            )
        }
        [Makes, Makes] => (
            "the one that comes second fails, because the object is there",
            "remove it from `{head}`, or give it another name there",
        ),
        [Makes | Replaces, Makes | Replaces] => (
            "the one that comes last stays, and what the other one changed is lost",
            "put both changes into `{head}`, and write at its top: `-- requires: {base}`",
        ),
        [Drops, Drops] if events.iter().any(|event| is_if_exists(event)) => return None,
        [Drops, Drops] => (
            "the one that comes second fails, because the object is gone",
            "remove it from `{head}`, or write DROP … IF EXISTS there",
        ),
        [Drops, Makes] | [Makes, Drops] => (
            "what is dropped is the old one or the new one, by the order",
            LAST,
        ),
        [Renames, Makes] => (
            "what is there of that name is the old one or the new one, by the order",
            LAST,
        ),
        [Drops, Renames] => (GONE, "do without the object in `{head}`"),
        [Drops, Replaces] => (
            GONE,
            "do without the object in `{head}`; or, where it is to be there in the end, make it there whether or not it is gone (`DROP … IF EXISTS` before it, or `CREATE OR REPLACE`), and write at the top of `{head}`: `-- requires: {base}`",
        ),
        [Replaces, Drops] => (
            GONE,
            "keep the object in `{head}`; or, where it is to be gone in the end, write at the top of `{head}`: `-- requires: {base}`",
        ),
        [Uses, Drops | Renames] if !late && is_past() => {
            severity = Severity::Note;
            (
                "the one that uses it comes first in every database, and its use is over when it goes",
                "nothing is to be done",
            )
        }
        [Renames, _] => (
            GONE_NAME,
            "use the new name in `{head}`, and write at its top: `-- requires: {base}`",
        ),
        [_, Renames] => (
            GONE_NAME,
            "write at the top of `{head}`: `-- requires: {base}`, and make anew there what has the old name in a text",
        ),
        [Drops, _] => (GONE, "do without the object in `{head}`"),
        [_, Drops] => (
            GONE,
            "keep the object in `{head}`, and drop it when nothing uses it",
        ),
    };
    let deed = |(net, event): (Net, &Event)| Deed {
        patch: event.patch,
        span: event.span,
        verb: net.verb(),
    };
    Some(Clash {
        severity,
        object: identity.label().into(),
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
