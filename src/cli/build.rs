//! `sqlstitch build`: the script.

use std::path::Path;

use super::tell::Tell;
use super::{Exit, Refusal, args, document, output, paths, work};
use crate::emit::Script;
use crate::finding::{Code, Finding};
use crate::pipeline;
use args::BuildFormat;

pub(super) fn run(typed: &args::Build, tell: &Tell) -> Result<Exit, Refusal> {
    let work = work::analyse(&typed.files, Some(&typed.script))?;
    if let Err(exit) = work.tell(tell) {
        return Ok(exit);
    }
    let settings = work.settings.script.clone();
    let Some(plan) = pipeline::plan(&work.analysis, &work.sources, settings) else {
        return Ok(Exit::Findings);
    };
    let built: Script = match typed.format {
        BuildFormat::Json => document::plan(&work, &plan, true).into(),
        BuildFormat::Script => {
            let emitted = pipeline::script(&plan, &work.sources);
            tell.findings(&emitted.findings, &work.sources);
            match emitted.script {
                Some(script) => script,
                None => return Ok(Exit::of(&emitted.findings)),
            }
        }
    };
    if typed.output == Path::new("-") {
        output::script_to_stdout(&built)?;
        return Ok(Exit::Fine);
    }
    let shown = paths::shown(&typed.output);
    output::to_file(&typed.output, &built).map_err(|error| {
        let title = format!("cannot be written: {error}");
        vec![Finding::new(Code::InputOutput, title).path(shown.clone())]
    })?;
    let count = plan.patches.len();
    let patches = if count == 1 { "patch" } else { "patches" };
    let engine = plan.engine.name();
    tell.text(&format!("{shown}: {count} {patches} for {engine}\n"));
    Ok(Exit::Fine)
}
