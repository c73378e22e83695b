//! What there is to say about settings whose order nothing tells.

use super::settle::Before;
use super::{Setting, TYPE};
use crate::finding::{Code, Finding, Fix, in_this_order, requires_all, requires_line};
use crate::read::Patch;
use crate::resolve::PatchId;
use crate::source::Span;

/// The header line that puts one patch after another.
pub(in crate::resolve) fn after(
    patches: &[Patch],
    earlier: PatchId,
    later: PatchId,
) -> Option<Fix> {
    let [earlier, later] = [earlier, later].map(|id| &patches[id.0 as usize]);
    let line = requires_line(&earlier.name)?;
    let title = format!("write `{line}` at the top of `{}`", later.name);
    Some(Fix::new(title).add_first(later.source, &line))
}

/// The header lines that put patches into an order.
fn all_after(patches: &[Patch], line: &[PatchId], is_known: impl Fn(usize) -> bool) -> Option<Fix> {
    if let [earlier, later] = *line {
        return after(patches, earlier, later);
    }
    let mut fix = Fix::new("say it in the headers of the newer patches");
    let pairs = line.windows(2).enumerate();
    for (_, pair) in pairs.filter(|(place, _)| !is_known(*place)) {
        let [earlier, later] = [pair[0], pair[1]].map(|id| &patches[id.0 as usize]);
        fix = fix.add_first(later.source, &requires_line(&earlier.name)?);
    }
    (!fix.edits.is_empty()).then_some(fix)
}

/// The header line that puts the last patch after all others.
fn after_all(patches: &[Patch], others: &[PatchId], last: PatchId) -> Option<(String, Fix)> {
    let name = |id: &PatchId| patches[id.0 as usize].name.as_str();
    let names: Vec<&str> = others.iter().map(name).collect();
    let line = requires_all(&names)?;
    let title = format!("write `{line}` at the top of `{}`", name(&last));
    let fix = Fix::new(title).add_first(patches[last.0 as usize].source, &line);
    Some((line, fix))
}

/// The thing that is set, to be followed by `is set`.
fn what(name: &str, label: &str) -> String {
    match name {
        "not null" => format!("whether {label} takes NULL"),
        "enabled" => format!("whether {label} is enabled"),
        "row level security" => format!("row level security of {label}"),
        "trigger all" | "trigger user" => format!("whether triggers of {label} are enabled"),
        _ if name.starts_with("trigger ") || name.starts_with("rule ") => {
            format!("whether {name} of {label} is enabled")
        }
        TYPE | "comment" | "default" | "owner" | "replica identity" => {
            format!("the {name} of {label}")
        }
        _ => format!("`{name}` of {label}"),
    }
}

/// The ids of the settings at these places, each once, in this order.
fn patches_of(settings: &[Setting], places: &[usize]) -> Vec<PatchId> {
    places.iter().map(|&place| settings[place].patch).collect()
}

/// How many settings of the same patches are named.
const NAMED: usize = 5;

/// A setting whose order is open.
pub(super) struct Open {
    pub(super) what: String,
    /// What else these patches set.
    pub(super) more: Vec<String>,
    is_type: bool,
    /// The patches with their places: those that may be the last, or all in an order that is possible.
    line: Vec<(PatchId, Span)>,
    /// Whether each comes before the next one.
    known: Vec<bool>,
    /// Those that set something else than the last one.
    others: Vec<PatchId>,
}

impl Open {
    pub(super) fn new(
        label: &str,
        name: &str,
        settings: &[Setting],
        places: &[usize],
        before: &Before,
    ) -> Self {
        let line = places.iter().map(|&place| &settings[place]);
        Self {
            what: what(name, label),
            more: Vec::new(),
            is_type: name == TYPE,
            line: line.map(|it| (it.patch, it.span)).collect(),
            known: places
                .windows(2)
                .map(|pair| before.has(pair[0], pair[1]))
                .collect(),
            others: settings_before(settings, places),
        }
    }

    /// Whether the same lines in the same headers are the way out.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let same_patches = || {
            let ids = |open: &Self| open.line.iter().map(|it| it.0).collect::<Vec<_>>();
            ids(self) == ids(other) && self.others == other.others
        };
        !self.is_type && !other.is_type && same_patches()
    }

    pub(super) fn tell(&self, patches: &[Patch]) -> Finding {
        let code = match self.is_type {
            true => Code::AmbiguousOrder,
            false => Code::UnorderedChange,
        };
        let set = match self.more.len() {
            0 => format!("{} is set", self.what),
            1 => format!("{} and another setting are set", self.what),
            more => format!("{} and {more} other settings are set", self.what),
        };
        let title = format!("{set} by more than one patch, and nothing tells which comes last");
        let mut finding = Finding::new(code, title);
        for (number, &(_, span)) in self.line.iter().rev().enumerate() {
            let message = match number {
                0 => "set here",
                _ => "and here",
            };
            finding = finding.label(span, message);
        }
        if !self.more.is_empty() {
            let mut named = self.more[..self.more.len().min(NAMED)].join(", ");
            if self.more.len() > NAMED {
                named.push_str(&format!(", and {} more", self.more.len() - NAMED));
            }
            finding = finding.note(format!("they set as well: {named}"));
        }
        let finding = finding.note("the last one decides what the database ends up with");
        let ids: Vec<PatchId> = self.line.iter().map(|it| it.0).collect();
        let last = ids[ids.len() - 1];
        let newest = after_all(patches, &self.others, last);
        match newest.filter(|_| ids.len() > 2 && !self.is_type) {
            Some((requires, fix)) => finding
                .help(format!(
                    "if `{}` is the newest one, write at its top: `{requires}`; else likewise in the one that is",
                    patch_name(patches, last)
                ))
                .fix(fix.for_people()),
            None => {
                let names = ids.iter().map(|&id| patch_name(patches, id));
                let is_known = |place: usize| self.known[place];
                finding
                    .help(in_this_order(&names.collect::<Vec<_>>(), is_known))
                    .fix(all_after(patches, &ids, is_known).map(Fix::for_people))
            }
        }
    }
}

/// Those that set another value than the last of these places.
fn settings_before(settings: &[Setting], places: &[usize]) -> Vec<PatchId> {
    let last = &settings[places[places.len() - 1]];
    let others = places.iter().map(|&place| &settings[place]);
    let others = others.filter(|other| other.value != last.value);
    others.map(|other| other.patch).collect()
}

fn patch_name(patches: &[Patch], id: PatchId) -> &str {
    &patches[id.0 as usize].name
}

/// An order that is likely.
pub(super) fn guessed(
    patches: &[Patch],
    label: &str,
    name: &str,
    settings: &[Setting],
    order: &[usize],
    before: &Before,
) -> Finding {
    let [earlier, later] = [2, 1].map(|from_end| &settings[order[order.len() - from_end]]);
    let last = patch_name(patches, later.patch);
    let why = match name {
        TYPE => "types get wider over time",
        "comment" => "a comment is seldom changed back",
        _ => "a setting is seldom changed back",
    };
    let what = what(name, label);
    let title = format!("{what} that `{last}` sets was taken for the newest");
    let line = patches_of(settings, order);
    let finding = Finding::new(Code::OrderByContent, title)
        .label(later.span, "taken for the newest")
        .label(earlier.span, "set here as well")
        .note(format!("{why}; the SQL says no more"));
    let newest = match name {
        TYPE => None,
        _ => {
            let last = order[order.len() - 1];
            let open = order.iter().copied();
            let open: Vec<usize> = open.filter(|&other| !before.has(other, last)).collect();
            after_all(patches, &settings_before(settings, &open), later.patch)
        }
    };
    if let Some((requires, fix)) = newest {
        return finding
            .help(format!(
                "if that is right, say it at the top of `{last}`: `{requires}`"
            ))
            .fix(fix);
    }
    let names: Vec<&str> = line.iter().map(|&id| patch_name(patches, id)).collect();
    let is_known = |place: usize| before.has(order[place], order[place + 1]);
    let help = match names.as_slice() {
        [older, newer] => {
            let line = requires_all(&[*older]).unwrap_or(format!("-- requires: {older}"));
            format!("if that is right, say it at the top of `{newer}`: `{line}`")
        }
        names => in_this_order(names, is_known),
    };
    finding.help(help).fix(all_after(patches, &line, is_known))
}

/// Values of an enum, in an order that is possible.
pub(super) fn values(
    patches: &[Patch],
    label: &str,
    place: &str,
    line: &[(PatchId, Span)],
    is_known: impl Fn(usize) -> bool,
) -> Finding {
    let ids: Vec<PatchId> = line.iter().map(|&(patch, _)| patch).collect();
    let names: Vec<&str> = ids.iter().map(|&id| patch_name(patches, id)).collect();
    let newer = in_this_order(&names, &is_known);
    let (note, help) = match place {
        "" => (
            "values compare and sort in the order in which they are added".to_owned(),
            format!("say where it belongs (`ADD VALUE … BEFORE` or `AFTER`), or, {newer}"),
        ),
        place => (
            format!("they are put right {place}: the one that is added last stands next to it"),
            newer,
        ),
    };
    let title = format!("nothing tells in which order {label} gets its values");
    let mut finding = Finding::new(Code::UnorderedChange, title);
    for (number, &(_, span)) in line.iter().rev().enumerate() {
        let message = match number {
            0 => "added here",
            _ => "and here",
        };
        finding = finding.label(span, message);
    }
    finding
        .note(note)
        .help(help)
        .fix(all_after(patches, &ids, is_known).map(Fix::for_people))
}
