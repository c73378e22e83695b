//! What there is to say about objects whose versions have no single order.

use super::{Before, Life, Role};
use crate::finding::{Code, Finding, Fix, in_this_order, requires_line};
use crate::resolve::PatchId;
use crate::resolve::catalog::{Event, EventKind, Identity};
use crate::resolve::edges::Edges;

fn deed(event: Event) -> &'static str {
    match event.kind {
        EventKind::Birth { rename: true, .. } => "gets this name here",
        EventKind::Birth { replace: true, .. } => "created or replaced here",
        EventKind::Birth { .. } => "created here",
        EventKind::Death { rename: true, .. } => "renamed here",
        EventKind::Death { .. } => "dropped here",
        EventKind::Need => "used here",
    }
}

fn main_event(role: &Role) -> Option<Event> {
    role.birth.or(role.death)
}

fn with_places(mut finding: Finding, roles: &[Role], chain: &[usize]) -> Finding {
    for event in chain
        .iter()
        .rev()
        .filter_map(|&role| main_event(&roles[role]))
    {
        finding = finding.label(event.span, deed(event));
    }
    finding
}

/// The numbers in the file names have decided.
pub(super) fn by_name(
    life: &Life<'_>,
    identity: &Identity,
    roles: &[Role],
    chain: &[usize],
) -> Finding {
    let title = format!(
        "the versions of {} were put in the order of the numbers in the file names",
        identity.label()
    );
    let finding = with_places(Finding::new(Code::OrderByName, title), roles, chain);
    finding.help(match (chain, ends(life, roles, chain)) {
        ([_, _], Some((older, newer))) => format!(
            "the numbers are enough; to say it without them, write at the top of `{newer}`: `-- requires: {older}`"
        ),
        _ => "the numbers are enough; to say it without them, let each require the one before it: `-- requires: …`".to_owned(),
    })
}

/// What the versions hold has decided.
pub(super) fn by_content(
    life: &Life<'_>,
    identity: &Identity,
    roles: &[Role],
    chain: &[usize],
) -> Finding {
    let title = format!(
        "the versions of {} were put in the order in which they lose the least",
        identity.label()
    );
    let finding = Finding::new(Code::OrderByContent, title)
        .note("a version that has all columns or words of another and more is taken for newer, and so is a patch \
            that only replaces what others make");
    let Some((first, last)) = ends(life, roles, chain) else {
        return with_places(finding, roles, chain);
    };
    let finding = finding
        .help(if chain.len() == 2 {
            format!("if that is right, say it at the top of `{last}`: `-- requires: {first}`")
        } else {
            let name = |id: &PatchId| life.patches[id.0 as usize].name.as_str();
            let line = patches_of(roles, chain);
            in_this_order(&line.iter().map(name).collect::<Vec<_>>(), |_| false)
        })
        .fix(all_after(life, roles, chain, |_, _| false));
    with_places(finding, roles, chain)
}

/// More than one order is possible.
pub(super) fn ambiguous(
    life: &Life<'_>,
    identity: &Identity,
    roles: &[Role],
    chain: &[usize],
    edges: &Edges,
) -> Option<Finding> {
    let line = patches_of(roles, chain);
    if line.len() < 2 {
        return None;
    }
    let name = |id: &PatchId| life.patches[id.0 as usize].name.as_str();
    let names: Vec<&str> = line.iter().map(name).collect();
    let is_known = |place: usize| edges.reaches(line[place], line[place + 1]);
    let title = format!(
        "{} is defined by more than one patch, and nothing tells which comes last",
        identity.label()
    );
    let finding = Finding::new(Code::AmbiguousOrder, title)
        .note("the last one decides what the database ends up with")
        .help(in_this_order(&names, is_known))
        .fix(
            all_after(life, roles, chain, |one, other| edges.reaches(one, other))
                .map(Fix::for_people),
        );
    Some(with_places(finding, roles, chain))
}

/// No order is possible, because two patches make the same object.
pub(super) fn duplicate(
    life: &Life<'_>,
    identity: &Identity,
    roles: &[Role],
    chain: &[usize],
    edges: &Edges,
) -> Option<Finding> {
    let makers: Vec<usize> = chain
        .iter()
        .copied()
        .filter(|&role| roles[role].birth.is_some_and(|birth| !birth.implied))
        .collect();
    if may_be_dropped(life, roles, &makers, edges) {
        return None;
    }
    let (first, last) = ends(life, roles, &makers)?;
    let title = format!("{} is defined twice", identity.label());
    let finding = Finding::new(Code::DuplicateDefinition, title)
        .note("the engine refuses the second one")
        .help(format!(
            "remove it from `{last}`, or, if it replaces the one in `{first}`, drop the old one first"
        ));
    Some(with_places(finding, roles, &makers))
}

/// No order is possible, because two patches end what nothing makes again.
pub(super) fn dropped_twice(
    life: &Life<'_>,
    identity: &Identity,
    roles: &[Role],
    chain: &[usize],
    edges: &Edges,
) -> Option<Finding> {
    let is_told = |role: &usize| {
        let role = &roles[*role];
        let death = role.death.filter(|death| !death.implied);
        let own = death.filter(|death| !death.is_with_owner() && !death.is_perhaps());
        own.is_some() && role.before == Before::Present && role.after == Some(false)
    };
    let ends: Vec<usize> = chain.iter().copied().filter(is_told).collect();
    let [one, .., other] = ends[..] else {
        return None;
    };
    // What goes with its table, or is made anew by what drops it, is another story.
    let dies = chain.iter().filter(|&&role| roles[role].death.is_some());
    let makers = chain.iter().filter(|&&role| roles[role].birth.is_some());
    let are_plain = dies.count() == ends.len() && makers.count() <= 1;
    if !are_plain || may_be_dropped(life, roles, &ends, edges) {
        return None;
    }
    let [one, other] = [one, other].map(|role| &life.patches[roles[role].patch.0 as usize].name);
    let title = format!("{} is dropped or renamed twice", identity.label());
    let mut finding = Finding::new(Code::DroppedTwice, title);
    for &role in ends.iter().rev() {
        let death = roles[role].death?;
        finding = finding.label(death.span, deed(death));
    }
    Some(
        finding
            .note("the engine refuses the second one, because the object is gone")
            .help(format!(
                "remove it from `{other}` or from `{one}`, whichever is applied nowhere yet"
            )),
    )
}

/// Whether each role that comes after another one may drop its object, or make it again, in SQL that no text tells
/// (and so has a finding of its own).
fn may_be_dropped(life: &Life<'_>, roles: &[Role], makers: &[usize], edges: &Edges) -> bool {
    let is_dark = |id: PatchId| {
        let facts = &life.patches[id.0 as usize].facts;
        facts.iter().any(|statement| !statement.dynamic.is_empty())
    };
    let may_drop = |one, other| edges.reaches(one, other) && is_dark(other);
    let makers: Vec<PatchId> = makers.iter().map(|&maker| roles[maker].patch).collect();
    makers.iter().enumerate().all(|(place, &one)| {
        let mut others = makers[place + 1..].iter();
        others.all(|&other| may_drop(one, other) || may_drop(other, one))
    })
}

fn ends<'a>(life: &'a Life<'_>, roles: &[Role], chain: &[usize]) -> Option<(&'a str, &'a str)> {
    let name = |&role: &usize| life.patches[roles[role].patch.0 as usize].name.as_str();
    match chain {
        [first, .., last] => Some((name(first), name(last))),
        _ => None,
    }
}

/// The patches of a chain, each once.
fn patches_of(roles: &[Role], chain: &[usize]) -> Vec<PatchId> {
    let mut patches: Vec<PatchId> = Vec::new();
    for &role in chain {
        if !patches.contains(&roles[role].patch) {
            patches.push(roles[role].patch);
        }
    }
    patches
}

/// Header lines that put the patches of a chain into its order.
fn all_after(
    life: &Life<'_>,
    roles: &[Role],
    chain: &[usize],
    is_known: impl Fn(PatchId, PatchId) -> bool,
) -> Option<Fix> {
    let mut fix = Fix::new("say it in the headers of the newer patches");
    for pair in patches_of(roles, chain).windows(2) {
        if is_known(pair[0], pair[1]) {
            continue;
        }
        let [earlier, later] = [pair[0], pair[1]].map(|id| &life.patches[id.0 as usize]);
        fix = fix.add_first(later.source, &requires_line(&earlier.name)?);
    }
    (!fix.edits.is_empty()).then_some(fix)
}
