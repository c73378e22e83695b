//! `ignores:` takes an inferred edge back.

use super::edges::Edges;
use super::{Reason, Rule};
use crate::dialect::Dialect;
use crate::finding::{Code, Finding, Fix};
use crate::read::Patch;
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
        for ignored in &patch.header.ignores {
            let wanted = ignored.value.as_str();
            let is_object = |reason: &Reason| {
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
            let removed = edges.remove(|earlier, later, reason| {
                let earlier_name = &patches[earlier.0 as usize].name;
                later.0 as usize == number
                    && reason.rule != Rule::Header
                    && (super::requirement::is_suffix(earlier_name, wanted) || is_object(reason))
            });
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
