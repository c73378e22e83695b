//! `ignores:` takes an inferred edge back: no order of anything follows from it.

use std::collections::{BTreeMap, BTreeSet};

use super::edges::Edges;
use super::requirement::is_suffix;
use super::{PatchId, Reason, Rule};
use crate::dialect::Dialect;
use crate::finding::{Code, Finding, Fix};
use crate::name::Ident;
use crate::read::Patch;
use crate::read::header::{Late, late_finding};
use crate::source::Sources;

/// What headers ignore.
#[derive(Default)]
pub(super) struct Ignores {
    by_patch: BTreeMap<PatchId, Vec<Ignored>>,
}

/// An object or another patch that a patch does not need.
struct Ignored {
    /// As it is written.
    wanted: String,
    /// Its parts, if it is an object.
    parts: Vec<Ident>,
    /// The patches that have this name.
    patches: BTreeSet<PatchId>,
    /// It has dropped an edge.
    used: bool,
}

impl Ignores {
    pub(super) fn new(patches: &[Patch], dialect: &Dialect) -> Self {
        let mut by_patch = BTreeMap::new();
        for (number, patch) in patches.iter().enumerate() {
            let ignored = patch.header.ignores.iter();
            let ignored: Vec<Ignored> = ignored
                .map(|ignored| Ignored::new(patches, dialect, ignored.value.as_str()))
                .collect();
            if !ignored.is_empty() {
                by_patch.insert(PatchId(number as u32), ignored);
            }
        }
        Self { by_patch }
    }

    /// Whether a reason is taken back; notes what has taken it.
    pub(super) fn take(&mut self, earlier: PatchId, later: PatchId, reason: &Reason) -> bool {
        let Some(ignored) = self.by_patch.get_mut(&later) else {
            return false;
        };
        let mut taken = false;
        for ignored in ignored.iter_mut().filter(|it| it.is(earlier, reason)) {
            ignored.used = true;
            taken = true;
        }
        taken
    }

    /// Tells the `ignores:` that have dropped no edge.
    pub(super) fn report(
        &self,
        patches: &[Patch],
        sources: &Sources,
        dialect: &Dialect,
        edges: &Edges,
        findings: &mut Vec<Finding>,
    ) {
        for (number, patch) in patches.iter().enumerate() {
            let id = PatchId(number as u32);
            for late in &patch.header.late {
                if let Late::Ignores(ignored, span) = late {
                    let is_of_use = ignored.iter().any(|wanted| {
                        let ignored = Ignored::new(patches, dialect, wanted);
                        edges.any(|earlier, later, reason| {
                            later == id && ignored.is(earlier, reason)
                        })
                    });
                    let source = sources.get(patch.source);
                    findings.push(late_finding(source, "ignores", *span, is_of_use));
                }
            }
            let mine = self.by_patch.get(&id).into_iter().flatten();
            for (ignored, Ignored { wanted, used, .. }) in patch.header.ignores.iter().zip(mine) {
                if *used {
                    continue;
                }
                let fix =
                    Fix::new("remove it").remove_item(sources.get(patch.source), ignored.span);
                findings.push(
                    Finding::new(
                        Code::UnusedIgnore,
                        format!("`ignores: {wanted}` drops no edge of `{}`", patch.name),
                    )
                    .label(ignored.span, "nothing was inferred from this")
                    .help(format!(
                        "remove it, or name what `sqlstitch explain {}` shows",
                        patch.name
                    ))
                    .fix(fix),
                );
            }
        }
    }
}

impl Ignored {
    fn new(patches: &[Patch], dialect: &Dialect, wanted: &str) -> Self {
        let numbered = (0..).map(PatchId).zip(patches);
        let named = numbered.filter(|(_, patch)| is_suffix(&patch.name, wanted));
        Self {
            wanted: wanted.to_owned(),
            parts: wanted.split('.').map(|part| dialect.ident(part)).collect(),
            patches: named.map(|(id, _)| id).collect(),
            used: false,
        }
    }

    /// Whether a reason for an edge is what is ignored.
    fn is(&self, earlier: PatchId, reason: &Reason) -> bool {
        let is_object = || {
            let name = reason.object.split_once(' ').map_or("", |(_, name)| name);
            let name = name.split('(').next().unwrap_or(name).trim();
            let parts: Vec<&str> = name.split('.').collect();
            let ends = || parts.iter().rev().zip(self.parts.iter().rev());
            parts.len() >= self.parts.len() && ends().all(|(one, other)| other == one)
                || name.starts_with(&format!("{}.", self.wanted))
        };
        reason.rule != Rule::Header && (self.patches.contains(&earlier) || is_object())
    }
}
