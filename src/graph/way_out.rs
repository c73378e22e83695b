//! What to do about a cycle: which foreign key can come later, which patch can be split and where,
//! which header line to think about.

use std::collections::BTreeSet;

use super::Cycle;
use crate::name::ObjectName;
use crate::read::Patch;
use crate::read::fact::Action;
use crate::resolve::{Edge, PatchId, Reason, Rule, Strength};
use crate::source::{Sources, Span};

/// Next steps, the most certain first. At least one.
pub(super) fn ways_out(cycle: &Cycle, patches: &[Patch], sources: &Sources) -> Vec<String> {
    let ring = || {
        let after = cycle.edges.iter().cycle().skip(1);
        cycle.edges.iter().zip(after)
    };
    let keys = cycle
        .edges
        .iter()
        .filter_map(|edge| late_key(edge, patches, sources));
    let splits = ring().filter_map(|(into, out)| split(into, out, patches, sources));
    let headers = cycle
        .edges
        .iter()
        .filter_map(|edge| header(edge, patches, sources));
    let mut ways: Vec<String> = keys.chain(splits).chain(headers).collect();
    if ways.is_empty() {
        ways.extend(ignore(cycle, patches));
    }
    ways
}

/// An edge that only foreign keys make goes away when they are added later.
fn late_key(edge: &Edge, patches: &[Patch], sources: &Sources) -> Option<String> {
    let (earlier, later) = (patch(edge.earlier, patches), patch(edge.later, patches));
    let mut keys = BTreeSet::new();
    for reason in hard(edge) {
        keys.insert(foreign_key(reason, later, sources)?);
    }
    let places: Vec<_> = keys.iter().map(|(at, _)| sources.locate(*at)).collect();
    let (place, from) = keys.first()?;
    Some(format!(
        "move the foreign key{} at {} into a third patch, after `{}` and `{}`: \
         `ALTER TABLE {from} ADD FOREIGN KEY (…) REFERENCES {}`",
        if places.len() == 1 { "" } else { "s" },
        places.join(" and "),
        earlier.name,
        later.name,
        sources.slice(*place),
    ))
}

/// The place of the referenced table and the table that has the foreign key, where `reason` is
/// about one: `REFERENCES t (c)`, with the reason at `t` or at `c`.
fn foreign_key(reason: &Reason, patch: &Patch, sources: &Sources) -> Option<(Span, ObjectName)> {
    let facts = patch.facts.iter().flat_map(|statement| &statement.facts);
    let mut keys = facts.filter_map(|fact| match &fact.action {
        Action::References { from } => Some((fact.span, from.as_ref().clone())),
        _ => None,
    });
    keys.find(|(table, _)| {
        if table.start > reason.later.start {
            return false;
        }
        let between = Span::new(table.source, table.start, reason.later.end);
        let text = sources.slice(between);
        let columns = text.find('(').unwrap_or(text.len());
        !text.contains([')', ';']) && !text[..columns].contains(',')
    })
}

/// Where a patch both has what is needed and needs something, but not in the same statements, it can
/// be two patches. `into` ends at it, `out` starts at it.
fn split(into: &Edge, out: &Edge, patches: &[Patch], sources: &Sources) -> Option<String> {
    let patch = patch(into.later, patches);
    let needing = statements(hard(into).map(|reason| (reason.rule, reason.later)), patch)?;
    let needed = statements(hard(out).map(|reason| (reason.rule, reason.earlier)), patch)?;
    if !needing.is_disjoint(&needed) {
        return None;
    }
    let line = |statement: &usize| sources.locate(patch.statements[*statement].body);
    let (first_needing, last_needed) = (needing.first()?, needed.last()?);
    let (before, after) = (name(into.earlier, patches), name(out.later, patches));
    if last_needed < first_needing {
        return Some(format!(
            "split `{}` at {}: what `{after}` needs stands above, what needs `{before}` from there on",
            patch.name,
            line(first_needing),
        ));
    }
    let places: Vec<_> = needed.iter().map(line).collect();
    Some(format!(
        "move what `{after}` needs ({}) out of `{}` into a patch of its own",
        places.join(", "),
        patch.name,
    ))
}

/// The statements in which these places are; `None` where one is about the whole patch.
fn statements(
    places: impl Iterator<Item = (Rule, Span)>,
    patch: &Patch,
) -> Option<BTreeSet<usize>> {
    places
        .map(|(rule, place)| {
            let inside = patch.statements.iter().position(|statement| {
                statement.body.start <= place.start && place.end <= statement.body.end
            });
            inside.filter(|_| rule != Rule::Header)
        })
        .collect()
}

fn header(edge: &Edge, patches: &[Patch], sources: &Sources) -> Option<String> {
    let reason = hard(edge).find(|reason| reason.rule == Rule::Header)?;
    let (earlier, later) = (name(edge.earlier, patches), name(edge.later, patches));
    Some(format!(
        "take back what the header of `{later}` says at {}, if it does not need `{earlier}`",
        sources.locate(reason.later),
    ))
}

fn ignore(cycle: &Cycle, patches: &[Patch]) -> Option<String> {
    let edge = cycle.edges.last()?;
    let reason = edge.reasons.first()?;
    Some(format!(
        "move the statements of one of them into a patch of their own; or, where a need is not \
         real, say so in its header: `-- ignores: {}` in `{}`",
        name(edge.earlier, patches),
        name(edge.later, patches),
    ))
    .filter(|_| reason.rule != Rule::Header)
}

fn hard(edge: &Edge) -> impl Iterator<Item = &Reason> {
    let hard = |reason: &&Reason| reason.strength == Strength::Hard;
    edge.reasons.iter().filter(hard)
}

fn patch(id: PatchId, patches: &[Patch]) -> &Patch {
    &patches[id.0 as usize]
}

fn name(id: PatchId, patches: &[Patch]) -> &str {
    &patch(id, patches).name
}
