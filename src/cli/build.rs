//! `sqlstitch build`: the script.

use std::path::Path;

use super::part::{self, Chosen};
use super::tell::Tell;
use super::work::Work;
use super::{Exit, Refusal, args, document, output, overwrite, paths, settings, work};
use crate::emit::Script;
use crate::finding::{Code, Finding};
use crate::pipeline;
use crate::plan::{Action, Plan};
use args::BuildFormat;

pub(super) fn run(typed: &args::Build, tell: &Tell) -> Result<Exit, Refusal> {
    let mut work = work::analyse(&typed.files, Some(&typed.script))?;
    refuse_output(typed, &work).map_err(|finding| vec![*finding])?;
    settings::settle_part(&mut work.settings, typed)?;
    if let Err(exit) = work.tell(tell) {
        return Ok(exit);
    }
    let settings = work.settings.script.clone();
    let Some(plan) = pipeline::plan(&work.analysis, &work.sources, settings) else {
        return Ok(Exit::Findings);
    };
    let all = plan.patches.len();
    let Chosen { plan, findings } = part::choose(plan, &mut work, &typed.part)?;
    let findings = work.judge.findings(findings);
    tell.findings(&findings, &work.sources);
    if pipeline::has_errors(&findings) {
        return Ok(Exit::of(&findings));
    }
    let built: Script = match typed.format {
        BuildFormat::Json => document::plan(&work, &plan, true).into(),
        BuildFormat::Script => {
            let (sources, mut judge) = (work.sources, work.judge);
            // The plan has what it needs, and a large patch has many statements.
            drop(work.analysis);
            let emitted = pipeline::script(&plan, &sources);
            let findings = judge.findings(emitted.findings);
            tell.findings(&findings, &sources);
            match emitted.script {
                // The settings make errors of what the script could be built in spite of.
                Some(script) if !pipeline::has_errors(&findings) => script,
                _ => return Ok(Exit::of(&findings)),
            }
        }
    };
    // Where that is a file it is written to, not replaced.
    if ["-", "/dev/stdout"]
        .iter()
        .any(|it| typed.output == Path::new(it))
    {
        output::script_to_stdout(&built)?;
        return Ok(Exit::Fine);
    }
    let shown = paths::shown(&typed.output);
    output::to_file(&typed.output, &built).map_err(|error| {
        let title = format!("cannot be written: {error}");
        vec![Finding::new(Code::InputOutput, title).path(shown.clone())]
    })?;
    tell.text(&format!("{shown}: {}\n", summary(&plan, all)));
    Ok(Exit::Fine)
}

/// Whether the output is a file that must stay, or that would be taken for a patch.
fn refuse_output(typed: &args::Build, work: &Work) -> Result<(), Box<Finding>> {
    overwrite::refuse_input(&typed.output, work)?;
    let extension = typed.output.extension();
    if typed.format == BuildFormat::Json
        && extension.is_some_and(|it| it.eq_ignore_ascii_case("sql"))
    {
        let title = "a manifest in a file called .sql would be taken for a patch";
        let shown = paths::shown(&typed.output);
        let json = paths::shown(&typed.output.with_extension("json"));
        return Err(Box::new(
            Finding::new(Code::InputOutput, title)
                .path(shown)
                .help(format!("write it to {json}")),
        ));
    }
    Ok(())
}

/// What was written, in a few words.
fn summary(plan: &Plan, all: usize) -> String {
    let count = plan.patches.len();
    let patches = if all == 1 { "patch" } else { "patches" };
    let of_all = if count == all {
        format!("{count} {patches}")
    } else {
        format!("{count} of {all} {patches}")
    };
    let done = match plan.settings.action {
        Action::Apply => "",
        Action::Baseline => " to record as applied",
        Action::Revert => " to undo",
    };
    format!("{of_all}{done} for {}", plan.engine.name())
}
