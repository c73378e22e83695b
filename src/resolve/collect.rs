//! The patches of one run: those meant for the engine, in the natural order of their paths, each with
//! a name of its own.

use std::collections::BTreeMap;

use crate::dialect::Engine;
use crate::finding::{Code, Finding};
use crate::name::natural_cmp;
use crate::read::{Patch, Reading};
use crate::source::Sources;

/// Sorts the patches, leaves out those whose `dialect:` names other engines only, and reports names
/// that two patches share.
#[must_use]
pub fn collect(
    readings: Vec<Reading>,
    sources: &Sources,
    engine: Engine,
) -> (Vec<Patch>, Vec<Finding>) {
    let mut readings: Vec<Reading> = readings
        .into_iter()
        .filter(|reading| {
            let dialects = &reading.patch.header.dialects;
            dialects.is_empty() || dialects.iter().any(|dialect| dialect.value == engine)
        })
        .collect();
    let path = |reading: &Reading| sources.get(reading.patch.source).path.as_str();
    readings.sort_by(|one, other| natural_cmp(path(one), path(other)));

    let mut findings = Vec::new();
    let mut patches: Vec<Patch> = Vec::with_capacity(readings.len());
    let mut by_name: BTreeMap<String, usize> = BTreeMap::new();
    for reading in readings {
        findings.extend(reading.findings);
        let patch = reading.patch;
        if let Some(&other) = by_name.get(&patch.name) {
            findings.push(duplicate(&patches[other], &patch, sources));
        } else {
            by_name.insert(patch.name.clone(), patches.len());
        }
        patches.push(patch);
    }
    (patches, findings)
}

fn duplicate(first: &Patch, second: &Patch, sources: &Sources) -> Finding {
    let place = |patch: &Patch| {
        let start = sources.get(patch.source).span();
        patch
            .header
            .name
            .as_ref()
            .map_or(crate::source::Span::new(start.source, 0, 0), |name| {
                name.span
            })
    };
    let path = |patch: &Patch| sources.get(patch.source).path.clone();
    Finding::new(
        Code::DuplicateName,
        format!("two patches are named `{}`", first.name),
    )
    .label(place(second), format!("{} has the name", path(second)))
    .label(place(first), format!("{} has it as well", path(first)))
    .note("the name is the key of the ledger's row, so each patch needs its own")
    .help(format!(
        "give one of them another name in its first line: `-- name: {}-2`",
        first.name
    ))
}
