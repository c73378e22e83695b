//! What is told of a release: what it breaks, what does not go together, what depends the wrong way.

use super::way_out::{Patches, WayOut};
use super::{Break, BreakKind, PatchPhase, Phase, Step};
use crate::finding::{Code, Finding};
use crate::name::Ident;
use crate::read::Patch;
use crate::read::fact::Part;
use crate::resolve::Edge;
use crate::source::{Sources, Span};

/// What a patch takes away from code that runs. One that is declared to contract may do so; what only
/// blocks is told of it as well.
#[must_use]
pub fn breaks(patch: &Patch, phase: &PatchPhase, all_patches: &Patches<'_>) -> Vec<Finding> {
    let may = phase.declared.is_some() && phase.phase == Phase::Contract;
    let all = phase.steps.iter().flat_map(breaks_of);
    let all: Vec<(usize, &Break)> = all.collect();
    // What breaks need not be told to block as well.
    let is_broken = |span: Span| {
        let mut there = all.iter().filter(|(_, other)| other.span == span);
        there.any(|(_, other)| !other.kind.only_blocks())
    };
    let told = all
        .iter()
        .filter(|(_, broken)| match broken.kind.only_blocks() {
            // Nobody means to take away what is only not named.
            _ if broken.kind == BreakKind::LostInRebuild => true,
            true => may || !is_broken(broken.span),
            false => !may,
        });
    told.map(|&(statement, broken)| finding(broken, patch, statement, all_patches))
        .collect()
}

/// What a table lacks that a patch has built anew, where nobody has asked for the steps of a release.
#[must_use]
pub fn lost(
    patch: &Patch,
    statement: usize,
    broken: &Break,
    all_patches: &Patches<'_>,
) -> Option<Finding> {
    let declared = patch.header.phase.as_ref();
    let may = declared.is_some_and(|it| it.value == Phase::Contract);
    let is_told = broken.kind == BreakKind::LostInRebuild || !may;
    is_told.then(|| finding(broken, patch, statement, all_patches))
}

/// What a step breaks, and its statement.
fn breaks_of(step: &Step) -> impl Iterator<Item = (usize, &Break)> {
    step.breaks.iter().map(|broken| (step.statement, broken))
}

/// That a patch has statements of several steps, and where to split it. One that says of which step it is may
/// have any, but for one: what takes away waits for the end of old code, and what adds is needed before that.
/// `in_steps` is whether the others are asked for.
#[must_use]
pub fn mixture(
    patch: &Patch,
    phase: &PatchPhase,
    sources: &Sources,
    in_steps: bool,
) -> Option<Finding> {
    let mixture = phase.mixture();
    let adds = |step: &Step| step.adds && step.phase == Phase::Expand;
    let adds_and_breaks = mixture.contains(&Phase::Contract) && phase.steps.iter().any(adds);
    let is_told = match phase.declared {
        None => in_steps,
        Some(_) => phase.phase == Phase::Contract && adds_and_breaks,
    };
    if mixture.len() < 2 || !is_told {
        return None;
    }
    let names: Vec<&str> = mixture.iter().map(|phase| phase.name()).collect();
    let title = format!(
        "patch `{}` has statements of several steps: {}",
        patch.name,
        names.join(", ")
    );
    let mut finding = Finding::new(Code::MixedPhases, title);
    let mut last = None;
    let mut split = Vec::new();
    for step in &phase.steps {
        if last == Some(step.phase) {
            continue;
        }
        let body = patch.statements[step.statement].body;
        let head = Span::new(body.source, body.start, step.span.end.max(body.start));
        let shown = if step.span.start >= body.start && step.span.end <= body.end {
            step.span
        } else {
            head
        };
        finding = finding.label(shown, format!("from here: {}", step.phase.name()));
        if last.is_some() {
            split.push(sources.locate(body));
        }
        last = Some(step.phase);
    }
    let split = format!("split the file before {}", split.join(" and before "));
    let name = phase.phase.name();
    Some(match phase.declared {
        Some(_) => finding
            .note(format!(
                "it says `-- phase: {name}`, so what it adds comes when old code is gone, and new code cannot run before that"
            ))
            .help(format!("{split}, and leave `-- phase: {name}` to what takes away")),
        None => finding
            .note(format!(
                "it counts as {name}, so all of it waits for that step"
            ))
            .help(match adds_and_breaks {
                true => split,
                false => format!("{split}; or say what it is in its first line: `-- phase: {name}`"),
            }),
    })
}

/// That a patch of an earlier step needs one of a later step.
#[must_use]
pub fn backwards(names: [&str; 2], phases: [&PatchPhase; 2], edge: &Edge) -> Finding {
    let [earlier, later] = phases.map(|phase| phase.phase.name());
    let mut finding = Finding::new(
        Code::PhaseOrder,
        format!(
            "patch `{}` ({later}) comes after patch `{}` ({earlier}), so it cannot run in an earlier step",
            names[1], names[0]
        ),
    );
    if let Some(reason) = edge.reasons.first() {
        let (first, second) = reason.rule.verbs();
        finding = finding
            .label(reason.later, format!("{second} {}", reason.object))
            .label(reason.earlier, format!("{first} {}", reason.object));
    }
    for (phase, name) in phases.into_iter().zip(names) {
        if let Some(declared) = phase.declared {
            finding = finding.label(declared, "its step is declared here");
        } else if let Some(step) = phase.steps.iter().find(|step| step.phase == phase.phase) {
            let place = Span::new(step.span.source, step.span.start, step.span.end);
            let verb = format!("makes `{name}` {}", phase.phase.name());
            finding = finding.label(place, verb);
        }
    }
    finding.help(format!(
        "put what `{}` needs into a patch of an earlier step, or `-- phase: {earlier}` into the first line of `{}`",
        names[1], names[1]
    ))
}

/// What is told of one break.
fn finding(broken: &Break, patch: &Patch, statement: usize, all_patches: &Patches<'_>) -> Finding {
    let object = &broken.object;
    let owner = &object.name;
    let (code, title, help) = words(broken.kind);
    let is_enum = |text: &Option<String>| text.as_ref().is_some_and(|it| it.starts_with("enum("));
    let help = match broken.kind {
        BreakKind::ChangeType if is_enum(&broken.old) && is_enum(&broken.new) => {
            "keep the old values and add the new ones at the end, release code that takes both, move the rows, and take the old values away in a patch with `-- phase: contract`"
        }
        BreakKind::ChangeRoutine if !all_patches.dialect.release.arguments_have_defaults => {
            "make a routine of another name, and let the old one call it; drop the old one in a patch with `-- phase: contract`"
        }
        BreakKind::AddRequired if !all_patches.dialect.release.tightens_columns => {
            "give it a DEFAULT, or add it without NOT NULL, and build the table anew with NOT NULL in a patch with `-- phase: contract`"
        }
        BreakKind::BlockingRewrite if broken.new.is_some() => {
            "add a column of the new type, keep both the same by triggers, fill it in a later patch, and drop the old one in a patch with `-- phase: contract`"
        }
        BreakKind::BlockingRewrite if object.part == Part::Whole => {
            "run it when nobody uses the table, and say so in the first line: `-- allow: blocking-rewrite` and why"
        }
        _ => help,
    };
    let title = match (broken.kind, &object.part) {
        (BreakKind::SwitchOff, Part::Member(all)) if matches!(all.as_str(), "all" | "user") => {
            "triggers of {table} do not fire any more, and code that runs may rely on them"
        }
        _ => title,
    };
    let title = title
        .replace("{object}", &format!("`{}`", short(broken)))
        .replace("{table}", &format!("`{owner}`"))
        .replace(
            "{to}",
            &format!("`{}`", broken.to.as_ref().unwrap_or(object).name),
        )
        .replace("{noun}", object.kind.noun())
        .replace("{rule}", broken.old.as_deref().unwrap_or_default())
        .replace("{users}", all_patches.dialect.release.stands_on_keys);
    let mut finding = Finding::new(code, title).label(broken.span, "");
    if let Some(made_at) = broken.made_at {
        finding = finding.label(made_at, "made here");
    }
    if let (Some(old), Some(new)) = (&broken.old, &broken.new) {
        finding = finding.note(format!("`{old}` becomes `{new}`"));
    }
    match all_patches.way_out(broken, patch, statement) {
        Some(WayOut::Ready(patches)) => finding.help(format!("{help}:\n\n{patches}")),
        Some(WayOut::Not(why)) => finding
            .help(help)
            .note(format!("these patches cannot be written for you: {why}")),
        None => finding.help(help),
    }
}

fn short(broken: &Break) -> String {
    let object = &broken.object;
    match &object.part {
        Part::Member(member) => format!("{}.{member}", object.name),
        Part::Columns(columns) if !columns.is_empty() => {
            let columns: Vec<&str> = columns.iter().map(Ident::as_str).collect();
            format!("{} ({})", object.name, columns.join(", "))
        }
        _ => object.name.to_string(),
    }
}

/// The code, the title and the next step of each kind.
fn words(kind: BreakKind) -> (Code, &'static str, &'static str) {
    match kind {
        BreakKind::DropTable => (
            Code::DropTable,
            "table {object} goes, which code that runs may use",
            "release code without it first; then drop it in a patch with `-- phase: contract`",
        ),
        BreakKind::DropColumn => (
            Code::DropColumn,
            "column {object} goes, which code that runs may use",
            "release code without it first; then drop it in a patch with `-- phase: contract`",
        ),
        BreakKind::DropView => (
            Code::DropView,
            "view {object} goes, which code that runs may use",
            "release code without it first; then drop it in a patch with `-- phase: contract`",
        ),
        BreakKind::DropViewColumn => (
            Code::DropViewColumn,
            "view {table} is made anew without its column {object}, which code that runs may use",
            "keep the column until no code uses it; then leave it out in a patch with `-- phase: contract`",
        ),
        BreakKind::DropRoutine => (
            Code::DropRoutine,
            "routine {object} goes, which code that runs may call",
            "release code without it first; then drop it in a patch with `-- phase: contract`",
        ),
        BreakKind::ChangeRoutine => (
            Code::ChangeRoutine,
            "routine {object} changes what it takes or gives, and code that runs may call it as it was",
            "make a routine of another name, or arguments with defaults at the end; drop the old one in a patch with `-- phase: contract`",
        ),
        BreakKind::DropUnique => (
            Code::DropUniqueKey,
            "unique key {object} goes, on which {users} may stand",
            "make the new key first; drop the old one in a patch with `-- phase: contract`",
        ),
        BreakKind::RenameUnique => (
            Code::DropUniqueKey,
            "unique key {object} gets another name, and ON CONFLICT ON CONSTRAINT may have the old one",
            "release code first that names the key's columns in ON CONFLICT; then rename it in a patch with `-- phase: contract`",
        ),
        BreakKind::DropObject => (
            Code::DropObject,
            "{object} goes or gets another name, and code that runs may use it",
            "release code without it first; then drop it in a patch with `-- phase: contract`",
        ),
        BreakKind::RenameTable => (
            Code::RenameTable,
            "table {object} gets another name, and code that runs knows the old one",
            "leave a view of the old name until no code uses it",
        ),
        BreakKind::RenameColumn => (
            Code::RenameColumn,
            "column {object} gets another name, and code that runs knows the old one",
            "add a column of the new name, keep both the same by triggers, and let one of them go in a patch with `-- phase: contract`",
        ),
        BreakKind::ChangeType => (
            Code::ChangeType,
            "column {object} gets another type, and code that runs writes and reads the old one",
            "add a column of the new type, keep both the same by triggers that bear what does not fit, and drop the old one in a patch with `-- phase: contract`",
        ),
        BreakKind::RenameValue => (
            Code::RenameValue,
            "value {object} gets another name, and code that runs knows the old one",
            "add the new value, release code that takes both, and move the rows in a later patch",
        ),
        BreakKind::SetNotNull => (
            Code::SetNotNull,
            "column {object} refuses NULL, which code that runs may write",
            "fill it, release code that writes it, and tighten it in a patch with `-- phase: contract`",
        ),
        BreakKind::AddRequired => (
            Code::RequiredColumn,
            "column {object} must be given in every INSERT, and code that runs does not know it",
            "give it a DEFAULT, or add it without NOT NULL and tighten it in a patch with `-- phase: contract`",
        ),
        BreakKind::AddUnique => (
            Code::NewUniqueKey,
            "{object} refuses equal rows, which may be there or come from code that runs",
            "release code that writes none, and add the key in a patch with `-- phase: contract`",
        ),
        BreakKind::AddCheck => (
            Code::NewCheck,
            "{object} refuses rows that code that runs may write",
            "release code that writes none, and add the check in a patch with `-- phase: contract`",
        ),
        BreakKind::AddForeignKey => (
            Code::NewForeignKey,
            "{object} refuses rows without a parent, which code that runs may write",
            "release code that writes none, and add the key in a patch with `-- phase: contract`",
        ),
        BreakKind::DropDefault => (
            Code::DropDefault,
            "column {object} loses what fills it, and code that runs may leave it out",
            "release code that always writes it; then drop the default in a patch with `-- phase: contract`",
        ),
        BreakKind::TakeRights => (
            Code::TakeRights,
            "rights on {object} are taken away, which code that runs may need",
            "release code that does without them; then take them in a patch with `-- phase: contract`",
        ),
        BreakKind::DeleteAll => (
            Code::DeleteAll,
            "all rows of {object} go, which code that runs may need",
            "say WHERE if not all are meant; if they are, say so in a patch with `-- phase: contract`",
        ),
        BreakKind::SwitchOff => (
            Code::SwitchOff,
            "{object} does not fire any more, and code that runs may rely on it",
            "release code that does without it; then switch it off in a patch with `-- phase: contract`",
        ),
        BreakKind::OtherEffect => (
            Code::OtherEffect,
            "statements over {object} are refused or do something else, and code that runs may have such",
            "release code that has none; then change it in a patch with `-- phase: contract`",
        ),
        BreakKind::LostInRebuild => (
            Code::LostInRebuild,
            "table {to} is built anew without {noun} {object}, which went with the old table",
            "make it again behind the new table, or in a new patch where this one is applied; where it is to go, drop it before the table",
        ),
        BreakKind::LostRule => (
            Code::LostInRebuild,
            "table {object} is built anew without {rule}, which the old table had",
            "write it in the new table, too, or in a next one where this patch is applied; where it is to go, say so in the first line: `-- allow: lost-in-rebuild` and why",
        ),
        BreakKind::BlockingIndex => (
            Code::BlockingIndex,
            "the index stops all writers of {object} until it is built",
            "write CREATE INDEX CONCURRENTLY, in a patch of its own with `-- transaction: off`",
        ),
        BreakKind::BlockingKey => (
            Code::BlockingIndex,
            "the index of the key stops all writers of {object} until it is built",
            "write CREATE UNIQUE INDEX CONCURRENTLY, in a patch of its own with `-- transaction: off`, and in a next one `ADD CONSTRAINT … UNIQUE USING INDEX …` (or `PRIMARY KEY USING INDEX …`)",
        ),
        BreakKind::BlockingRewrite => (
            Code::BlockingRewrite,
            "{object} has all rows written anew while everyone waits",
            "add the column without what fills it, set its default after that, and fill its rows in a later patch",
        ),
        BreakKind::BlockingScan => (
            Code::BlockingScan,
            "all rows of {table} are looked at while everyone waits",
            "let the constraint be NOT VALID first and VALIDATE it in a later patch; for NOT NULL, do so with `CHECK (c IS NOT NULL)`, and SET NOT NULL after it",
        ),
    }
}
