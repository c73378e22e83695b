//! `sqlstitch check`: the findings are the data.

use std::io;

use anstream::{AutoStream, ColorChoice};

use super::tell::{Tell, notes, worth_showing};
use super::{Exit, Refusal, args, output, undo, work};
use crate::finding::Finding;
use crate::pipeline;
use crate::report::{self, Format};
use crate::source::Sources;

pub(super) fn run(typed: &args::Check, tell: &Tell) -> Result<Exit, Refusal> {
    let format = typed.format;
    let for_people = matches!(format, Format::Human | Format::Short);
    let work = match typed.staged {
        true => work::analyse_staged(&typed.files),
        false => work::analyse(&typed.files, None),
    };
    let mut work = match work {
        Ok(work) => work,
        Err(Refusal { findings, sources }) => {
            output::to_stdout(&render(&findings, &sources, format))?;
            return Ok(Exit::of(&findings));
        }
    };
    let findings = &all_findings(&mut work);
    let with_notes = tell.verbose || work.settings.strict || !for_people;
    let shown = worth_showing(findings, with_notes);
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
fn all_findings(work: &mut work::Work) -> Vec<Finding> {
    let mut later = undo::check(work);
    let settings = work.settings.script.clone();
    let plan = pipeline::plan(&work.analysis, &work.sources, settings);
    if let Some(plan) = &plan {
        later.extend(pipeline::script(plan, &work.sources).findings);
    }
    let (later, allowed) = work.judge.divide(later);
    work.allowed.extend(allowed);
    let mut findings = work.analysis.findings.clone();
    findings.extend(later);
    // Without a script, not all that could be found was looked for.
    if plan.is_some() {
        findings.extend(work.judge.unused());
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
