//! `sqlstitch merge-check`: what comes of a merge, before it is made.

mod texts;

use std::collections::BTreeSet;
use std::path::PathBuf;

use self::texts::{Changes, Texts, list, merged};
use super::files::Files;
use super::git::{Repository, Snapshot};

use super::judge::Judge;
use super::links::Link;
use super::settings::Wanted;
use super::tell::{Tell, notes, worth_showing};
use super::{Exit, Refusal, args, check, input, output, settings, work};
use crate::finding::{Code, Finding, Severity};
use crate::merge::{self, Merged, Outcome, Sides};
use crate::pipeline::Analysis;
use crate::report::{self, Format};
use crate::resolve::commute::Side;
use crate::resolve::{self, PatchId};
use crate::source::{Sources, Span};

pub(super) fn run(typed: &args::MergeCheck, tell: &Tell) -> Result<Exit, Refusal> {
    let for_people = matches!(typed.format, Format::Human | Format::Short);
    let checked = match checked(typed) {
        Ok(checked) => checked,
        Err(Refusal { findings, sources }) => {
            let shown = check::render(&findings, &sources, typed.format);
            output::to_stdout(&shown)?;
            return Ok(Exit::of(&findings));
        }
    };
    let findings = &checked.outcome.findings;
    let shown = worth_showing(findings, tell.verbose || !for_people);
    let rendered = check::render(&shown, &checked.sources, typed.format);
    match typed.format {
        Format::Human => output::to_stdout(&(checked.lists.clone() + &rendered))?,
        _ => output::to_stdout(&rendered)?,
    }
    if for_people {
        let hidden = findings.len() - shown.len();
        tell.text(&summary(&checked, &shown, hidden));
    }
    Ok(Exit::of(findings))
}

struct Checked {
    sources: Sources,
    outcome: Outcome,
    /// What the sides have added, changed and removed.
    lists: String,
    /// How many errors and warnings one of the sides has by itself.
    elsewhere: usize,
}

fn checked(typed: &args::MergeCheck) -> Result<Checked, Refusal> {
    let told = |finding: Box<Finding>| Refusal::from(vec![*finding]);
    let start = settings::start(&typed.paths);
    let repository = Repository::around(&start, "merge-check").map_err(told)?;
    let named = repository
        .sides(typed.base.as_deref(), typed.head.as_deref())
        .map_err(told)?;
    let head = Snapshot::tree(&repository, &named.head).map_err(told)?;
    let other = |revision: &str| -> Result<Files, Refusal> {
        let snapshot = Snapshot::tree(&repository, revision).map_err(told)?;
        Ok(Files::Git(Box::new(snapshot.with_contents_of(&head))))
    };
    let (ancestor, base) = (other(&named.ancestor)?, other(&named.base)?);
    let head = Files::Git(Box::new(head));
    let settings = settings::settle(&typed.paths, &typed.reading, None, work::DEFAULT, &head)
        .map_err(|(findings, sources)| Refusal { findings, sources })?;
    let engine = settings.engine;
    let revisions = [&ancestor, &base, &head];
    let [ancestor, base, head] = revisions.map(|files| {
        let wanted = wanted_of(&settings.wanted, files, &revisions);
        input::read(&wanted, files).map(|input| (Texts::of(input.sources, engine), input.links))
    });
    let ((ancestor, _), (base, links), (head, more)) = (ancestor?, base?, head?);
    let submodules: BTreeSet<Link> = links.into_iter().chain(more).collect();
    let submodules = submodules.iter().filter(|link| link.is_submodule);
    let changes = [&base, &head].map(|side| side.changes(&ancestor));

    let names = [&named.base, &named.head].map(|name| shown(name));
    let (sources, mut findings) = merged(
        &repository,
        [&ancestor, &base, &head],
        names.each_ref().map(String::as_str),
    )
    .map_err(told)?;
    let resolving = resolve::Settings {
        externals: settings.externals.clone(),
    };
    let analysis = work::analysis(&sources, engine, &resolving, None);
    let mut elsewhere = 0;
    let mut known = of_the_merge(&analysis, &sources, &changes);
    if !known.is_empty() {
        let of_sides: BTreeSet<(Code, String)> = [&base, &head]
            .into_iter()
            .flat_map(|side| work::analysis(&side.sources, engine, &resolving, None).findings)
            .map(|finding| (finding.code, finding.title))
            .collect();
        let before = known.len();
        known.retain(|finding| !of_sides.contains(&(finding.code, finding.title.clone())));
        elsewhere = before - known.len();
    }
    findings.extend(submodules.map(Link::finding));
    findings.extend(edited(&changes[1], &base, &analysis, &sources, &names));
    let sides = Sides {
        added: [0, 1].map(|side| {
            added(
                &analysis,
                &sources,
                &changes[side],
                &ancestor,
                side,
                [&base, &head],
            )
        }),
        names,
    };
    let merged = Merged {
        dialect: engine.dialect(),
        patches: &analysis.patches,
        sources: &sources,
        graph: &analysis.graph,
        order: analysis.order.as_ref(),
        known: &known,
    };
    let mut outcome = merge::check(merged, &sides);
    let is_told = |finding: &&Finding| {
        outcome.findings.iter().any(|it| {
            let has = |span: Span| it.labels.iter().any(|label| label.span == span);
            // What a side should do about a drop of both is told of the sides.
            let is_worse = it.severity > finding.severity
                || (finding.code == Code::DroppedTwice && it.severity == finding.severity);
            is_worse && finding.labels.iter().all(|label| has(label.span))
        })
    };
    let known: Vec<Finding> = known.iter().filter(|it| !is_told(it)).cloned().collect();
    let known = known.into_iter();
    let known = known.map(|finding| merge::for_head(finding, merged, &sides));
    outcome.findings.extend(known);
    outcome.findings.extend(findings);
    let mut judge = Judge::new(settings.levels, &analysis.patches);
    outcome.findings = judge.findings(outcome.findings);
    let lists = [0, 1].map(|side| list(&sides.names[side], &changes[side]));
    Ok(Checked {
        sources,
        outcome,
        lists: lists.concat(),
        elsewhere,
    })
}

/// The paths that are there in this revision, and those that are in none: a side may have been the first
/// to make a directory.
fn wanted_of(wanted: &Wanted, files: &Files, all: &[&Files]) -> Wanted {
    let mut wanted = wanted.clone();
    let paths = std::mem::take(&mut wanted.paths);
    let is_wanted = |path: &PathBuf| {
        input::has(&wanted, path, files) || !all.iter().any(|it| input::has(&wanted, path, it))
    };
    wanted.paths = paths.into_iter().filter(is_wanted).collect();
    wanted
}

/// What is wrong with the merged patches, as far as it may come of the merge: where nothing has gone, it
/// is about something that is new.
fn of_the_merge(analysis: &Analysis, sources: &Sources, changes: &[Changes; 2]) -> Vec<Finding> {
    let has_gone = |it: &Changes| !(it.removed.is_empty() && it.renamed.is_empty());
    let is_new = |span: Span| {
        let path = &sources.get(span.source).shown;
        let has = |it: &Changes| it.added.contains(path) || it.changed.contains(path);
        changes.iter().any(has)
    };
    let may_be = |finding: &&Finding| {
        let mut labels = finding.labels.iter();
        finding.severity > Severity::Note
            && (changes.iter().any(has_gone) || labels.any(|label| is_new(label.span)))
    };
    analysis.findings.iter().filter(may_be).cloned().collect()
}

/// The statements that one side has added: those of new patches, and the new ones of repeatable patches.
/// Another patch that a side has changed is not run again where it was applied, so that what it does
/// comes where it always came, before all that is new.
fn added(
    analysis: &Analysis,
    sources: &Sources,
    changes: &Changes,
    ancestor: &Texts,
    side: usize,
    texts: [&Texts; 2],
) -> Side {
    let mut added = Side::default();
    for (number, patch) in analysis.patches.iter().enumerate() {
        let source = sources.get(patch.source);
        let path = &source.shown;
        let is_other = texts[side].text(path) != Some(source.text.as_str());
        // What both have is in every database that has either.
        let is_shared = texts[1 - side].text(path) == Some(source.text.as_str());
        if is_other || is_shared {
            continue;
        }
        let is_repeatable = patch.header.repeatable.is_some();
        let old: BTreeSet<Vec<&str>> = if changes.added.contains(path) {
            BTreeSet::new()
        } else if changes.changed.contains(path) && is_repeatable {
            let old = ancestor.get(path).zip(ancestor.patch(path));
            let statements = old.iter().flat_map(|(source, patch)| {
                let statements = patch.statements.iter();
                statements.map(|statement| words(source.slice(statement.body)))
            });
            statements.collect()
        } else {
            continue;
        };
        let statements = patch.statements.iter().enumerate();
        let is_new = |body: Span| !old.contains(&words(source.slice(body)));
        let new = statements.filter(|(_, statement)| is_new(statement.body));
        let new = new.map(|(at, _)| at as u32).collect();
        added.statements.insert(PatchId(number as u32), new);
    }
    added
}

/// A statement without its layout.
fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// A revision as findings show it: of a commit's name, as much as tells it from others.
fn shown(revision: &str) -> String {
    let is_whole = revision.len() >= 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
    let length = if is_whole { 12 } else { revision.len() };
    revision[..length].to_owned()
}

/// Patches that the base has and the head has changed or renamed.
fn edited(
    changes: &Changes,
    base: &Texts,
    analysis: &Analysis,
    sources: &Sources,
    names: &[String; 2],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let [into, from] = names;
    for patch in &analysis.patches {
        let source = sources.get(patch.source);
        let start = Span::new(patch.source, 0, 0);
        let is_repeatable = patch.header.repeatable.is_some();
        // Where both sides have changed it alike, it is as the base has it.
        let is_changed = || {
            let old = base.patch(&source.shown);
            old.is_some_and(|old| old.checksum != patch.checksum)
        };
        if changes.changed.contains(&source.shown) && !is_repeatable && is_changed() {
            let title = format!(
                "{from} changes patch `{}`, which {into} has already",
                patch.name
            );
            findings.push(
                Finding::new(Code::ChangedSince, title)
                    .label(start, "")
                    .note("a database that has applied it stops the script as drift, before anything runs")
                    .help("put the change into a new patch, and this one back as it was"),
            );
        }
        // A patch gets another name with its path, or by its header.
        let old = changes.renamed.get(&source.shown).unwrap_or(&source.shown);
        let is_same = base.text(old) == Some(source.text.as_str()) && *old == source.shown;
        if is_same || changes.added.contains(&source.shown) {
            continue;
        }
        let Some(old) = base.patch(old).map(|old| old.name) else {
            continue;
        };
        let is_known = patch.header.formerly.iter().any(|it| it.value == old);
        if old != patch.name && !is_known && !is_repeatable {
            let title = format!("patch `{old}` of {into} is `{}` in {from}", patch.name);
            findings.push(
                Finding::new(Code::ChangedSince, title)
                    .label(start, "")
                    .note("a database that has applied it under its old name applies it again")
                    .help(format!("write in its first line: `-- formerly: {old}`")),
            );
        }
    }
    findings
}

fn summary(checked: &Checked, shown: &[Finding], hidden: usize) -> String {
    let Outcome { pairs, apart, .. } = checked.outcome;
    let mut text = report::tally(shown).unwrap_or_else(|| "no findings".to_owned());
    if hidden > 0 {
        text.push_str(&format!(", {} (shown with -v)", notes(hidden)));
    }
    text.push_str(&match (pairs, apart) {
        (0, _) => "; one side has no new patch".to_owned(),
        (1, 0) => "; the two patches commute".to_owned(),
        (1, _) => "; the two patches do not commute".to_owned(),
        (_, 0) => format!("; all {pairs} pairs of patches commute"),
        _ => format!("; of {pairs} pairs of patches {apart} do not commute"),
    });
    if checked.elsewhere > 0 {
        text.push_str(&format!(
            "\n{} more in one side alone: sqlstitch check tells",
            checked.elsewhere
        ));
    }
    text + "\n"
}
