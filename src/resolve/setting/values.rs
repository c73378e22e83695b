//! The values that patches add to an enum of another patch: their order is the order of the patches.

use std::collections::BTreeMap;

use super::settle::Before;
use super::tell;
use crate::finding::Finding;
use crate::read::Patch;
use crate::read::fact::Kind;
use crate::resolve::PatchId;
use crate::resolve::catalog::{Catalog, Event, EventKind, IdentityId};
use crate::resolve::edges::Edges;
use crate::source::{Sources, Span};

/// Tells of values that stand at one place of an enum, whose order nothing tells.
pub(super) fn report(
    patches: &[Patch],
    sources: &Sources,
    catalog: &Catalog<'_>,
    edges: &Edges,
    findings: &mut Vec<Finding>,
) {
    for ((owner, place), mut added) in added_values(patches, sources, catalog) {
        added.sort();
        let ids: Vec<PatchId> = added.iter().map(|&(patch, _)| patch).collect();
        if ids.iter().all(|&id| id == ids[0]) {
            continue;
        }
        let before = Before::new(&ids, edges);
        let all = 0..added.len();
        let differ = |one: usize, other: usize| ids[one] != ids[other];
        let is_open =
            |one: usize| (0..added.len()).any(|it| differ(one, it) && before.is_open(one, it));
        if all.clone().any(is_open) {
            let mut line = before.line();
            line.dedup_by_key(|at| ids[*at]);
            let is_known = |at: usize| before.has(line[at], line[at + 1]);
            let places: Vec<(PatchId, Span)> = line.iter().map(|&at| added[at]).collect();
            let label = catalog.get(owner).label();
            findings.push(tell::values(patches, &label, &place, &places, is_known));
        }
    }
}

/// Values by their enum and their place among its values, `after 'a'`; empty for the end.
type Added = BTreeMap<(IdentityId, String), Vec<(PatchId, Span)>>;

/// The values that patches add to an enum of another patch.
fn added_values(patches: &[Patch], sources: &Sources, catalog: &Catalog<'_>) -> Added {
    let mut added = Added::new();
    for (_, identity) in catalog.iter() {
        let (Kind::EnumValue, Some(owner)) = (identity.kind, identity.owner) else {
            continue;
        };
        for event in &identity.events {
            let born = |event: &Event| matches!(event.kind, EventKind::Birth { rename: false, .. });
            let makes_type = catalog
                .get(owner)
                .events
                .iter()
                .any(|other| other.patch == event.patch && born(other));
            if !born(event) || makes_type {
                continue;
            }
            let patch = &patches[event.patch.0 as usize];
            let Some(statement) = patch.statements.get(event.at.0 as usize) else {
                continue;
            };
            let words = sources.slice(statement.body).split_ascii_whitespace();
            let sides = ["before", "after"];
            let is_side = |word: &str| sides.iter().any(|side| word.eq_ignore_ascii_case(side));
            let mut place: Vec<&str> = words.skip_while(|word| !is_side(word)).collect();
            let side = place.first().map(|side| side.to_ascii_lowercase());
            if let (Some(first), Some(side)) = (place.first_mut(), &side) {
                *first = side;
            }
            let added = added.entry((owner, place.join(" "))).or_default();
            added.push((event.patch, event.span));
        }
    }
    added
}
