//! The advice of findings about both sides: it is the patch of the head that may still be changed. The other one may be
//! in databases.

use super::{Merged, Sides, pairs_of};
use crate::finding::{Code, Finding, Fix, requires_all};

/// The finding with advice that changes the head's patch only, where it is about patches of both sides.
#[must_use]
pub fn for_head(mut finding: Finding, merged: Merged<'_>, sides: &Sides) -> Finding {
    let pairs = pairs_of(&finding, merged, sides);
    let Some(&[base, head]) = pairs.first() else {
        return finding;
    };
    let patch = |id: crate::resolve::PatchId| &merged.patches[id.0 as usize];
    let source = patch(base).source;
    let bases = pairs.iter().filter(|pair| pair[1] == head);
    let bases: Vec<&str> = bases.map(|pair| patch(pair[0]).name.as_str()).collect();
    let (base, head) = (&patch(base).name, &patch(head).name);
    let [into, _] = &sides.names;
    let all = bases.join("`, `");
    let last = format!("`{head}` is to come last, for databases may have `{all}` of {into}");
    let requires = requires_all(&bases).unwrap_or_else(|| format!("-- requires: {base}"));
    let advice = match finding.code {
        Code::DuplicateName => format!(
            "give the file of the head another name in its first line: `-- name: {head}-2`; {into} has the other one"
        ),
        Code::DuplicateDefinition => format!(
            "remove it from `{head}`, or, if it replaces the one in `{base}` of {into}, drop the old one first and write at its top: `-- requires: {base}`"
        ),
        Code::AmbiguousOrder | Code::UnorderedChange => {
            format!("{last}: write at its top: `{requires}`; else take it out of `{head}`")
        }
        Code::OrderByContent => {
            format!("{last}: write at its top: `{requires}`, and see that what it sets is right")
        }
        Code::Cycle => {
            keep_own(&mut finding, &merged.sources.get(source).shown);
            finding.notes.push(format!(
                "databases may have `{base}` of {into}: mend `{head}`"
            ));
            return finding;
        }
        _ => return finding,
    };
    finding.helps = vec![advice];
    let is_own = |fix: &Fix| fix.edits.iter().all(|edit| edit.span.source != source);
    finding.fixes.retain(is_own);
    finding
}

/// Leaves out the ways out of a cycle that change a file, where others are left.
fn keep_own(finding: &mut Finding, file: &str) {
    let place = format!("{file}:");
    let own = finding.helps.iter().filter(|help| !help.contains(&place));
    let mut own: Vec<String> = own.cloned().collect();
    if let Some(first) = own.first_mut() {
        if let Some(rest) = first.strip_prefix("or ") {
            *first = rest.to_owned();
        }
        finding.helps = own;
    }
}
