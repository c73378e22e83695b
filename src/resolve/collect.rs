//! The patches of one run: those meant for the engine, in the natural order of their paths, each with
//! a name of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Component;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::dialect::Engine;
use crate::finding::{Code, Finding};
use crate::name::natural_cmp;
use crate::read::{Patch, Reading};
use crate::source::Sources;

/// Sorts the patches, leaves out those whose `dialect:` names other engines only and those that
/// another one names in its `revert:`, and reports names that two patches share.
#[must_use]
pub fn collect(
    readings: Vec<Reading>,
    sources: &Sources,
    engine: Engine,
) -> (Vec<Patch>, Vec<Finding>) {
    let reverts: BTreeSet<String> = readings
        .iter()
        .filter_map(|reading| revert(&reading.patch, sources))
        .collect();
    let mut readings: Vec<Reading> = readings
        .into_iter()
        .filter(|reading| {
            let dialects = &reading.patch.header.dialects;
            dialects.is_empty() || dialects.iter().any(|dialect| dialect.value == engine)
        })
        .filter(|reading| !reverts.contains(&sources.get(reading.patch.source).path))
        .collect();
    let path = |reading: &Reading| sources.get(reading.patch.source).path.as_str();
    let in_order = |one: &Reading, other: &Reading| natural_cmp(path(one), path(other)).is_le();
    if !readings.is_sorted_by(in_order) {
        readings.sort_by(|one, other| natural_cmp(path(one), path(other)));
    }

    let mut findings = Vec::new();
    let mut patches: Vec<Patch> = Vec::with_capacity(readings.len());
    let mut by_name: HashMap<String, usize, FixedState> = HashMap::default();
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
    findings.extend(shared_former_names(&patches, sources));
    (patches, findings)
}

/// A former name that two patches claim: one row of the ledger cannot be both.
fn shared_former_names(patches: &[Patch], sources: &Sources) -> Vec<Finding> {
    let mut first_of = BTreeMap::new();
    let mut findings = Vec::new();
    for patch in patches {
        for former in &patch.header.formerly {
            let Some(first) = first_of.insert(former.value.as_str(), former.span) else {
                continue;
            };
            findings.push(
                Finding::new(
                    Code::DuplicateName,
                    format!("two patches were formerly `{}`", former.value),
                )
                .label(former.span, "here")
                .label(first, format!("and {}", sources.get(first.source).path))
                .note("the ledger has one row of that name, so one of them would never run")
                .help("keep `formerly:` in the patch that holds the old file's statements"),
            );
        }
    }
    findings
}

/// The path under the root of the script that undoes a patch, where its header names one; it is
/// written relative to the patch's own directory.
fn revert(patch: &Patch, sources: &Sources) -> Option<String> {
    let named = patch.header.revert.as_ref()?;
    let path = &sources.get(patch.source).path;
    let mut parts: Vec<String> = path.split('/').map(str::to_owned).collect();
    parts.pop();
    for component in named.value.components() {
        match component {
            Component::ParentDir => {
                parts.pop();
            }
            Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    Some(parts.join("/"))
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
