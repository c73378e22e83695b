//! Findings about the sides of a merge.

use super::{Merged, Sides};
use crate::finding::{Code, Finding, Severity};
use crate::read::fact::Action;
use crate::resolve::commute::Clash;
use crate::resolve::{Edge, Reason, Rule, Strength};

/// What both sides do, and cannot both have.
pub(super) fn hazard(clash: &Clash, merged: Merged<'_>, sides: &Sides) -> Finding {
    let mut finding = said(clash, Code::MergeHazard, sides);
    finding.severity = clash.severity;
    let names = clash
        .deeds
        .map(|deed| &merged.patches[deed.patch.0 as usize].name);
    finding
        .note(format!(
            "patch `{}` and patch `{}`: {}",
            names[0], names[1], clash.why
        ))
        .help(
            clash
                .help
                .replace("{base}", names[0])
                .replace("{head}", names[1]),
        )
}

/// The same where it matters little.
pub(super) fn harmless(clash: &Clash, merged: Merged<'_>, sides: &Sides) -> Finding {
    let names = clash
        .deeds
        .map(|deed| &merged.patches[deed.patch.0 as usize].name);
    said(clash, Code::MergeOrder, sides).note(format!(
        "patch `{}` and patch `{}`: {}",
        names[0], names[1], clash.why
    ))
}

/// The same where a header says which comes last.
pub(super) fn settled(clash: &Clash, merged: Merged<'_>, sides: &Sides) -> Finding {
    let names = clash
        .deeds
        .map(|deed| &merged.patches[deed.patch.0 as usize].name);
    said(clash, Code::MergeOrder, sides).note(format!(
        "a header says which of `{}` and `{}` comes first",
        names[0], names[1]
    ))
}

fn said(clash: &Clash, code: Code, sides: &Sides) -> Finding {
    let [base, head] = clash.deeds;
    let [into, from] = &sides.names;
    let object = &clash.object;
    let title = if base.verb == head.verb {
        format!("both {into} and {from} {} {object}", without_s(base.verb))
    } else {
        format!("{from} {} {object}, which {into} {}", head.verb, base.verb)
    };
    Finding::new(code, title)
        .label(head.span, format!("{from} {} it here", head.verb))
        .label(base.span, format!("{into} {} it here", base.verb))
}

/// `drop` for `drops`, `write rows of` for `writes rows of`.
fn without_s(verb: &str) -> String {
    let (first, rest) = verb.split_once(' ').unwrap_or((verb, ""));
    let first = first.strip_suffix('s').unwrap_or(first);
    format!("{first} {rest}").trim_end().to_owned()
}

/// Two patches that an edge puts in order. Where the base's patch must be the later one, a database that
/// has it gets them the wrong way round.
pub(super) fn edge(
    reason: &Reason,
    edge: &Edge,
    forward: bool,
    merged: Merged<'_>,
    sides: &Sides,
) -> Finding {
    let name = |patch: crate::resolve::PatchId| &merged.patches[patch.0 as usize].name;
    let (earlier, later) = (name(edge.earlier), name(edge.later));
    let (does, then) = match reason.rule {
        // A side is not a patch.
        Rule::Header => ("has", "requires"),
        rule => rule.verbs(),
    };
    let [into, from] = &sides.names;
    let (first, second) = if forward { (into, from) } else { (from, into) };
    let title = format!("`{earlier}` of {first} must come before `{later}` of {second}");
    let finding = Finding::new(Code::MergeOrder, title)
        .label(reason.later, format!("{second} {then} {}", reason.object))
        .label(reason.earlier, format!("{first} {does} {}", reason.object));
    if forward {
        return finding.note("so it does, in every database");
    }
    if reason.strength == Strength::Hard && makes_if_absent(reason, edge, merged) {
        return finding.note(format!(
            "a database that has `{later}` has {} already, so there `{earlier}` finds it",
            reason.object
        ));
    }
    let mut finding = finding.note(format!(
        "a database to which {into} is applied has `{later}` already, so there `{earlier}` comes second"
    ));
    finding.severity = match reason.strength {
        Strength::Hard => {
            finding.code = Code::MergeHazard;
            Severity::Error
        }
        Strength::Flow => Severity::Warning,
        Strength::Late => Severity::Note,
    };
    match way_out(reason, earlier, later) {
        Some(way_out) => finding.help(way_out),
        None => finding,
    }
}

/// Whether the earlier patch makes what the later one needs only where it is not there.
fn makes_if_absent(reason: &Reason, edge: &Edge, merged: Merged<'_>) -> bool {
    let patch = &merged.patches[edge.earlier.0 as usize];
    let mut facts = patch.facts.iter().flat_map(|statement| &statement.facts);
    facts.any(|fact| {
        let if_absent = matches!(
            fact.action,
            Action::Define {
                if_absent: true,
                ..
            }
        );
        if_absent && fact.span == reason.earlier
    })
}

/// What to change in the head's patch, which should come before one that databases have already.
fn way_out(reason: &Reason, head: &str, base: &str) -> Option<String> {
    let object = &reason.object;
    let way_out = match (reason.strength, reason.rule) {
        (Strength::Late, _) => return None,
        (Strength::Flow, _) => format!(
            "let `{head}` do what is left to do where `{base}` came first, and write at its top: `-- requires: {base}`"
        ),
        (Strength::Hard, Rule::RowsAdd) => {
            format!("name in `{head}` the columns of the rows: `INSERT INTO … (a, b) VALUES …`")
        }
        (Strength::Hard, Rule::ChangeDepend) => format!(
            "drop in `{head}` what `{base}` builds on {object}, make it anew there afterwards, and write at its top: `-- requires: {base}`"
        ),
        (Strength::Hard, Rule::Header) => {
            format!("take the line out of `{base}`: where it is applied, it did without `{head}`")
        }
        (
            Strength::Hard,
            Rule::DefineUse | Rule::DefineBody | Rule::Column | Rule::KeyReference | Rule::ValueUse,
        ) => format!(
            "where `{base}` is applied, {object} is there without `{head}`: make it in `{head}` only where it is not there (`IF NOT EXISTS`), or take it out of `{head}`"
        ),
        (Strength::Hard, _) => {
            format!("where `{base}` is applied, it did without `{head}`: take this out of `{head}`")
        }
    };
    Some(way_out)
}
