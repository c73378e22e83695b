//! `ignores:` takes an inferred edge back.

use super::edges::Edges;
use super::{PatchId, Reason, Rule};
use crate::dialect::Dialect;
use crate::finding::{Code, Finding, Fix};
use crate::read::Patch;
use crate::read::header::{Late, late_finding};
use crate::source::Sources;

/// Drops the edges that headers ignore, and reports an `ignores:` that drops none.
pub(super) fn apply(
    patches: &[Patch],
    sources: &Sources,
    dialect: &Dialect,
    edges: &mut Edges,
    findings: &mut Vec<Finding>,
) {
    for (number, patch) in patches.iter().enumerate() {
        let id = PatchId(number as u32);
        for late in &patch.header.late {
            if let Late::Ignores(ignored, span) = late {
                let is_of_use = ignored.iter().any(|wanted| {
                    let drops = drops(patches, dialect, id, wanted);
                    edges.any(drops)
                });
                let source = sources.get(patch.source);
                findings.push(late_finding(source, "ignores", *span, is_of_use));
            }
        }
        for ignored in &patch.header.ignores {
            let wanted = ignored.value.as_str();
            let removed = edges.remove(drops(patches, dialect, id, wanted));
            if removed == 0 {
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

/// Whether a reason for an edge is what a patch ignores: an object or another patch.
fn drops<'a>(
    patches: &'a [Patch],
    dialect: &'a Dialect,
    patch: PatchId,
    wanted: &'a str,
) -> impl Fn(PatchId, PatchId, &Reason) -> bool + 'a {
    let is_object = move |reason: &Reason| {
        let name = reason.object.split_once(' ').map_or("", |(_, name)| name);
        let name = name.split('(').next().unwrap_or(name).trim();
        let folded: Vec<_> = wanted.split('.').map(|part| dialect.ident(part)).collect();
        let parts: Vec<&str> = name.split('.').collect();
        parts.len() >= folded.len()
            && parts
                .iter()
                .rev()
                .zip(folded.iter().rev())
                .all(|(one, other)| other == one)
            || name.starts_with(&format!("{wanted}."))
    };
    move |earlier, later, reason| {
        let earlier_name = &patches[earlier.0 as usize].name;
        later == patch
            && reason.rule != Rule::Header
            && (super::requirement::is_suffix(earlier_name, wanted) || is_object(reason))
    }
}
