//! Which of the patches the script holds, and which way round: `--only`, `--since`, `--phase`,
//! `--baseline`, `--revert` and `--to`.

use std::collections::{BTreeMap, BTreeSet};

use super::args::Part;
use super::steps::Steps;
use super::work::Work;
use super::{Refusal, git, globs, undo};
use crate::finding::{Code, Finding};
use crate::plan::{Action, Plan};
use crate::read::Patch;
use crate::source::Span;

/// How many names a note lists.
const LISTED: usize = 10;

/// What was chosen, and what there is to say about it.
pub(super) struct Chosen {
    /// The plan of what is left.
    pub(super) plan: Plan,
    /// What to tell; with an error among them nothing is built.
    pub(super) findings: Vec<Finding>,
}

/// Takes the chosen patches out of the plan of all.
pub(super) fn choose(plan: Plan, work: &mut Work, typed: &Part) -> Result<Chosen, Refusal> {
    let mut findings = Vec::new();
    let all = plan.patches.len();
    let mut keep: Option<BTreeSet<String>> = None;
    let mut release: Option<Release> = None;
    if !typed.only.is_empty() {
        let only = only(work, &typed.only)?;
        narrow(&mut keep, plan.with_repeatables_below(only));
    }
    if let Some(revision) = &typed.since {
        let changed = changed(work, revision, &mut findings)?;
        let since = changed.all.clone();
        release = Some(changed);
        let since = plan.with_repeatables_below(plan.with_repeatables_above(since));
        narrow(&mut keep, since);
    }
    if let Some(to) = &typed.to {
        let name = work.name(work.patch(to)?).to_owned();
        let place = plan.patches.iter().position(|patch| patch.name == name);
        let end = place.map_or(0, |place| place + 1);
        let (until, after) = plan.patches.split_at(end);
        let range = match plan.settings.action {
            Action::Revert => after,
            Action::Baseline | Action::Apply => until,
        };
        narrow(
            &mut keep,
            range.iter().map(|patch| patch.name.clone()).collect(),
        );
    }
    if let (Some(release), Some(keep)) = (&mut release, &keep) {
        release.added.retain(|name| keep.contains(name));
        release.all.retain(|name| keep.contains(name));
    }
    let steps = Steps::new(work, release, typed.phase);
    let mut plan = plan;
    plan.set_phases(&steps.by_name(work));
    if let Some(asked) = steps.asked(work) {
        narrow(&mut keep, asked);
    }
    if plan.settings.action == Action::Apply {
        let kept = |id| {
            keep.as_ref()
                .is_none_or(|keep| keep.contains(work.name(id)))
        };
        findings.extend(steps.findings(work, &kept));
    }
    let undoes = plan.settings.action == Action::Revert;
    let mut chosen = plan;
    if let Some(keep) = keep {
        chosen = chosen.select(&keep);
        findings.extend(left_out(&chosen, all));
    }
    if undoes {
        let found = undo::of(&chosen, work);
        findings.extend(found.findings);
        chosen = chosen.revert(found.undo);
    }
    Ok(Chosen {
        plan: chosen,
        findings,
    })
}

fn narrow(keep: &mut Option<BTreeSet<String>>, more: BTreeSet<String>) {
    match keep {
        Some(keep) => keep.retain(|name| more.contains(name)),
        None => *keep = Some(more),
    }
}

/// The names of the patches that are meant, each word of which must mean some.
fn only(work: &Work, words: &[String]) -> Result<BTreeSet<String>, Refusal> {
    let mut names = BTreeSet::new();
    for word in words {
        let matching = |glob: &str| -> Result<Vec<String>, Refusal> {
            let set = globs::parse_all(&[glob.to_owned()])
                .map_err(|message| vec![Finding::new(Code::Configuration, message)])?;
            let patches = work.analysis.patches.iter();
            let found = patches.filter(|patch| {
                let path = &work.sources.get(patch.source).path;
                globs::covers(&set, &patch.name) || globs::covers(&set, path)
            });
            Ok(found.map(|patch| patch.name.clone()).collect())
        };
        match work.patch(word) {
            Ok(id) => {
                names.insert(work.name(id).to_owned());
            }
            Err(unknown) => {
                // A directory means all that is in it.
                let anchored = format!("/{}", word.trim_start_matches("./").trim_matches('/'));
                let found = if globs::is_glob(word) {
                    matching(word)?
                } else {
                    matching(&anchored).unwrap_or_default()
                };
                if found.is_empty() {
                    return Err(unknown);
                }
                names.extend(found);
            }
        }
    }
    Ok(names)
}

/// The patches that are new or not as they were since a revision, by name.
#[derive(Debug, Default)]
pub(super) struct Release {
    /// Those that are new.
    pub(super) added: BTreeSet<String>,
    /// Those and the ones that were changed.
    pub(super) all: BTreeSet<String>,
}

/// What is new or not as it was.
pub(super) fn changed(
    work: &Work,
    revision: &str,
    findings: &mut Vec<Finding>,
) -> Result<Release, Refusal> {
    let analysis = &work.analysis;
    let since = git::since(revision, &analysis.patches, &work.sources, analysis.engine)
        .map_err(|finding| vec![*finding])?;
    let mut release = Release::default();
    for patch in &analysis.patches {
        let changed = since.changed.contains(&patch.source);
        if changed && patch.header.repeatable.is_none() {
            findings.push(
                Finding::new(
                    Code::ChangedSince,
                    format!("patch `{}` was changed since {revision}", patch.name),
                )
                .label(Span::new(patch.source, 0, 0), "")
                .note("a database that has applied it stops the script as drift, before anything runs")
                .help("put the change into a new patch, and this one back as it was"),
            );
        }
        let old = since.renamed.get(&patch.source);
        if let Some(old) = old.filter(|old| is_another(patch, old)) {
            findings.push(
                Finding::new(
                    Code::ChangedSince,
                    format!("patch `{old}` of {revision} is `{}` now", patch.name),
                )
                .label(Span::new(patch.source, 0, 0), "")
                .note("a database that has applied it under its old name applies it again")
                .help(format!("write in its first line: `-- formerly: {old}`")),
            );
        }
        let added = since.added.contains(&patch.source);
        if added {
            release.added.insert(patch.name.clone());
        }
        if changed || added {
            release.all.insert(patch.name.clone());
        }
    }
    if !since.gone.is_empty() {
        findings.push(
            Finding::new(
                Code::PartialBundle,
                format!(
                    "{} of {revision} {} not there any more",
                    count(since.gone.len(), "patch", "patches"),
                    if since.gone.len() == 1 { "is" } else { "are" }
                ),
            )
            .note(list(since.gone.iter().map(String::as_str)))
            .note("what they did stays done where they are applied"),
        );
    }
    Ok(release)
}

/// Whether a ledger that has a patch under this old name takes it for another one.
fn is_another(patch: &Patch, old: &str) -> bool {
    let is_known = patch.header.formerly.iter().any(|name| name.value == old);
    patch.header.repeatable.is_none() && !is_known
}

/// The note about what the script does not hold.
fn left_out(plan: &Plan, all: usize) -> Option<Finding> {
    let missing = all - plan.patches.len();
    if missing == 0 {
        return None;
    }
    let are = if missing == 1 { "is" } else { "are" };
    let title = format!("{missing} of {all} patches {are} left out of the script");
    let finding = Finding::new(Code::PartialBundle, title);
    let mut needed: BTreeMap<&str, &str> = BTreeMap::new();
    for patch in &plan.patches {
        for name in &patch.external {
            needed.entry(name).or_insert(&patch.name);
        }
    }
    let words = needed.iter().map(|(name, by)| format!("{name} (by {by})"));
    let words: Vec<String> = words.collect();
    Some(if words.is_empty() {
        finding
    } else {
        finding.note(format!(
            "required to be applied already: {}",
            list(words.iter().map(String::as_str))
        ))
    })
}

/// The first few, and how many more.
fn list<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    let more = names.len().saturating_sub(LISTED);
    let mut text = names.take(LISTED).collect::<Vec<_>>().join(", ");
    if more > 0 {
        text.push_str(&format!(", and {more} more"));
    }
    text
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
