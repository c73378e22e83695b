//! `sqlstitch check`: the findings are the data.

use std::io;

use anstream::{AutoStream, ColorChoice};

use super::steps::{self, Steps};
use super::tell::{Tell, notes, worth_showing};
use super::work::Work;
use super::{Exit, Refusal, args, fix, output, undo, work};
use crate::finding::Finding;
use crate::pipeline;
use crate::report::{self, Format};
use crate::source::Sources;

pub(super) fn run(typed: &args::Check, tell: &Tell) -> Result<Exit, Refusal> {
    let ended = match (typed.fix, typed.diff) {
        (false, _) => look(typed, tell),
        (true, false) => mend(typed, tell),
        (true, true) => show_fixes(typed, tell),
    };
    match ended {
        Ok(exit) => Ok(exit),
        // A report is a report, also where nothing could be read.
        Err(Refusal { findings, sources }) if !typed.diff => {
            output::to_stdout(&render(&findings, &sources, typed.format))?;
            Ok(Exit::of(&findings))
        }
        Err(refusal) => Err(refusal),
    }
}

fn look(typed: &args::Check, tell: &Tell) -> Result<Exit, Refusal> {
    let mut work = match typed.staged {
        true => work::analyse_staged(&typed.files)?,
        false => work::analyse(&typed.files, None)?,
    };
    let mut released = Vec::new();
    let steps = Steps::typed(&work, &typed.steps, &mut released)?;
    released.extend(match steps.are_told(&work) {
        true => steps.findings(&work, &|id| steps.holds(&work, id)),
        false => steps::losses(&work),
    });
    let findings = findings_with(&mut work, released);
    let exit = report(typed, tell, &work, &findings)?;
    let mendable = findings.iter().filter(|it| fix::is_mendable(it)).count();
    if for_people(typed) && mendable > 0 && !typed.staged {
        tell.text(&format!(
            "{mendable} of them can be mended with --fix; --fix --diff shows how\n"
        ));
    }
    // The process ends: to give back what thousands of patches have taken, piece by piece, is time lost.
    std::mem::forget(work);
    Ok(exit)
}

/// `--fix`: mends the files, and reports what is left.
fn mend(typed: &args::Check, tell: &Tell) -> Result<Exit, Refusal> {
    let mended = fix::mend(&typed.files)?;
    let refused = fix::write(&mended.changes);
    if !refused.is_empty() {
        return Err(refused.into());
    }
    if mended.fixes > 0 {
        tell.text(&fix::summary(&mended, "mended"));
    }
    report(typed, tell, &mended.work, &mended.findings)
}

/// `--fix --diff`: what would be done; the exit code is that of the files as they are.
fn show_fixes(typed: &args::Check, tell: &Tell) -> Result<Exit, Refusal> {
    let mut work = work::analyse(&typed.files, None)?;
    let exit = Exit::of(&all_findings(&mut work));
    let mended = fix::mend(&typed.files)?;
    output::to_stdout(&fix::diff(&mended.changes))?;
    tell.text(&fix::summary(&mended, "would mend"));
    Ok(exit)
}

fn for_people(typed: &args::Check) -> bool {
    matches!(typed.format, Format::Human | Format::Short)
}

fn report(
    typed: &args::Check,
    tell: &Tell,
    work: &Work,
    findings: &[Finding],
) -> Result<Exit, Refusal> {
    let format = typed.format;
    let for_people = for_people(typed);
    let with_notes = tell.verbose || work.settings.strict || !for_people;
    let mut shown = worth_showing(findings, with_notes);
    if format == Format::Sarif {
        // It has a place for what is allowed, and why.
        shown.extend(work.allowed.iter().map(|(finding, reason)| {
            let mut finding = finding.clone();
            finding.allowed = Some(reason.clone());
            finding
        }));
    }
    output::to_stdout(&render(&shown, &work.sources, format))?;
    let exit = Exit::of(findings);
    if for_people {
        let hidden = findings.len() - shown.len();
        if !(typed.staged && shown.is_empty()) {
            tell.text(&summary(&shown, hidden));
        }
        if exit != Exit::Fine {
            work.tell_engine(tell);
        }
    }
    Ok(exit)
}

/// What there is to say of the patches, and of the script that would be made of them: what the engine's
/// form cannot carry is told before anyone asks for the script.
pub(super) fn all_findings(work: &mut Work) -> Vec<Finding> {
    findings_with(work, Vec::new())
}

/// The same with what is told of a release.
fn findings_with(work: &mut Work, released: Vec<Finding>) -> Vec<Finding> {
    let mut later = undo::check(work);
    later.extend(released);
    let settings = work.settings.script.clone();
    let plan = pipeline::plan(&work.analysis, &work.sources, settings);
    if let Some(plan) = &plan {
        later.extend(pipeline::script_findings(plan, &work.sources));
    }
    let is_planned = plan.is_some();
    // As with what it was made from, see `look`.
    std::mem::forget(plan);
    let (later, allowed) = work.judge.divide(later);
    work.allowed.extend(allowed);
    let mut findings = work.analysis.findings.clone();
    findings.extend(later);
    // Without a script, not all that could be found was looked for.
    if is_planned {
        findings.extend(work.judge.unused(&work.sources));
        let patches = &work.analysis.patches;
        work.judge
            .recall_late(patches, &work.sources, &mut findings, &work.allowed);
    }
    findings
}

fn summary(shown: &[Finding], hidden: usize) -> String {
    let tally = report::tally(shown).unwrap_or_else(|| "no findings".to_owned());
    match hidden {
        0 => format!("{tally}\n"),
        _ => format!("{tally}, {} (shown with -v)\n", notes(hidden)),
    }
}

pub(super) fn render(findings: &[Finding], sources: &Sources, format: Format) -> String {
    let colour = AutoStream::choice(&io::stdout()) != ColorChoice::Never;
    report::render(findings, sources, format, colour)
}
