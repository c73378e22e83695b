//! Findings about the sides of a merge.

use super::{Merged, Sides};
use crate::finding::{Code, Finding, Severity};
use crate::resolve::commute::Clash;
use crate::resolve::{Edge, Reason, Strength};

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
    let (does, then) = reason.rule.verbs();
    let [into, from] = &sides.names;
    let (first, second) = if forward { (into, from) } else { (from, into) };
    let title = format!("`{earlier}` of {first} must come before `{later}` of {second}");
    let finding = Finding::new(Code::MergeOrder, title)
        .label(reason.later, format!("{second} {then} {}", reason.object))
        .label(reason.earlier, format!("{first} {does} {}", reason.object));
    if forward {
        return finding.note("so it does, in every database");
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
    finding.help(format!(
        "write `{earlier}` so that it can come after `{later}` as well"
    ))
}
