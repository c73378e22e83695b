//! Rows whose order no word tells: TRUNCATE beside what fills the table, and a change of rows beside what
//! copies them elsewhere. The engine takes them in any order with different results, so where neither the
//! edges nor the numbers in the file names settle it, there is a finding, one for a table.

use std::collections::BTreeSet;

use super::PatchId;
use super::catalog::{Catalog, IdentityId};
use super::edges::Edges;
use super::flow::Places;
use super::setting::after;
use super::sought::Sought;
use crate::finding::{Code, Finding, Fix};
use crate::read::Patch;
use crate::read::fact::Kind;
use crate::source::{Sources, Span};

/// A place in a patch.
pub(super) type Place = (PatchId, Span);

/// Tells of rows that come out differently in another order, of all that patches write and read to do
/// something with.
pub(super) fn report(
    patches: &[Patch],
    sources: &Sources,
    catalog: &Catalog<'_>,
    (writes, reads, sought): (&Places, &Places, &Sought),
    edges: &Edges,
    findings: &mut Vec<Finding>,
) {
    for (&table, written) in writes {
        let identity = catalog.get(table);
        if identity.kind != Kind::Table {
            continue;
        }
        let read = reads.get(&table).map_or(&[][..], Vec::as_slice);
        let empties = |place: &&Place| is_truncate(patches, sources, **place);
        let emptied: Vec<Place> = written.iter().filter(empties).copied().collect();
        if emptied.is_empty() && read.is_empty() {
            continue;
        }
        let patches_of = |places: &[Place]| -> BTreeSet<PatchId> {
            places.iter().map(|&(patch, _)| patch).collect()
        };
        let (emptying, reading) = (patches_of(&emptied), patches_of(read));
        let writing = patches_of(written);
        let of = |places: &[Place], wanted: &dyn Fn(PatchId) -> bool| -> Vec<Place> {
            let wanted = places.iter().filter(|&&(patch, _)| wanted(patch));
            wanted.copied().collect()
        };
        let filled = of(written, &|patch| {
            !emptying.contains(&patch) && !reading.contains(&patch)
        });
        let changed = of(written, &|patch| {
            emptying.contains(&patch) || reading.contains(&patch)
        });
        let copied = of(read, &|patch| !writing.contains(&patch));
        let label = identity.label();
        let by = |places: &[Place], patch: PatchId| of(places, &|other| other == patch);
        let meet = |changes: PatchId, copies: PatchId| {
            if sought.are_apart(table, &by(written, changes), &by(read, copies)) {
                return false;
            }
            let columns = catalog.member_ids(table);
            let columns: Vec<IdentityId> = columns
                .filter(|&column| catalog.get(column).kind == Kind::Column)
                .collect();
            let sets = |column: &IdentityId| {
                let mut places = writes.get(column).into_iter().flatten();
                places.any(|&(patch, _)| patch == changes)
            };
            let uses = |column: &IdentityId| {
                let events = &catalog.get(*column).events;
                events.iter().any(|event| event.patch == copies)
            };
            let set: Vec<IdentityId> = columns.iter().copied().filter(sets).collect();
            // A DELETE sets none, `SELECT *` names none.
            set.is_empty() || !columns.iter().any(uses) || set.iter().any(uses)
        };
        if let Some((empties, fills)) = unordered(&emptied, &filled, edges, |_, _| true) {
            let title = format!(
                "nothing tells whether {label} is emptied before or after its rows are written"
            );
            findings.push(open(
                patches,
                title,
                [empties, fills],
                ["emptied", "written"],
                "the rows",
            ));
        }
        if let Some((changes, copies)) = unordered(&changed, &copied, edges, meet) {
            let title = format!(
                "nothing tells whether rows of {label} are copied before or after they are changed"
            );
            findings.push(open(
                patches,
                title,
                [changes, copies],
                ["changed", "copied"],
                "the rows",
            ));
        }
    }
}

fn is_truncate(patches: &[Patch], sources: &Sources, (patch, span): Place) -> bool {
    let statements = &patches[patch.0 as usize].statements;
    let next = statements.partition_point(|statement| statement.body.start <= span.start);
    let Some(statement) = next.checked_sub(1).and_then(|at| statements.get(at)) else {
        return false;
    };
    let start = sources.slice(statement.body).as_bytes().get(..8);
    start.is_some_and(|start| start.eq_ignore_ascii_case(b"truncate"))
}

/// One of each that may come either way.
pub(super) fn unordered(
    some: &[Place],
    others: &[Place],
    edges: &Edges,
    meet: impl Fn(PatchId, PatchId) -> bool,
) -> Option<(Place, Place)> {
    let (few, many, swapped) = if some.len() <= others.len() {
        (some, others, false)
    } else {
        (others, some, true)
    };
    for &one in few {
        let free = |other: &&Place| {
            other.0 != one.0 && !edges.is_older(one.0, other.0) && !edges.is_older(other.0, one.0)
        };
        let mut open = many.iter().filter(free).peekable();
        if open.peek().is_none() {
            continue;
        }
        let [after, before] = [edges.reach(one.0), edges.before(one.0)];
        let known = |other: &&Place| after[other.0.0 as usize] || before[other.0.0 as usize];
        if let Some(&other) = open.find(|other| {
            let [first, second] = if swapped {
                [other.0, one.0]
            } else {
                [one.0, other.0]
            };
            !known(other) && meet(first, second)
        }) {
            return Some(if swapped { (other, one) } else { (one, other) });
        }
    }
    None
}

pub(super) fn open(
    patches: &[Patch],
    title: String,
    places: [Place; 2],
    done: [&str; 2],
    differs: &str,
) -> Finding {
    let [one, other] = places;
    let name = |place: Place| &patches[place.0.0 as usize].name;
    Finding::new(Code::UnorderedChange, title)
        .label(one.1, format!("{} here", done[0]))
        .label(other.1, format!("{} here", done[1]))
        .note(format!("the engine takes both orders, and {differs} differ"))
        .help(format!(
            "if `{}` comes first, write at the top of `{}`: `-- requires: {}`; else the other way round",
            name(other),
            name(one),
            name(other)
        ))
        .fix(after(patches, other.0, one.0).map(Fix::for_people))
}
