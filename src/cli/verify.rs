//! `sqlstitch verify`: the script on a scratch database, more than once.

use serde_json::json;

use super::document::document;
use super::tell::Tell;
use super::{Exit, Refusal, args, output, work};
use crate::dialect::Engine;
use crate::engine;
use crate::finding::{Code, Finding};
use crate::pipeline;
use args::TextFormat;

pub(super) fn run(typed: &args::Verify, tell: &Tell) -> Result<Exit, Refusal> {
    let files = &typed.files;
    // The only engine that needs no server.
    let default = Engine::Sqlite;
    let mut work = work::analyse_paths(&files.paths, &files.reading, Some(&typed.script), default)?;
    if let Err(exit) = work.tell(tell) {
        return Ok(exit);
    }
    let mut settings = work.settings.script.clone();
    // A scratch database has nothing to adopt.
    settings.adopt = None;
    let Some(plan) = pipeline::plan(&work.analysis, &work.sources, settings) else {
        return Ok(Exit::Findings);
    };
    let emitted = pipeline::script(&plan, &work.sources);
    let findings = work.judge.findings(emitted.findings);
    tell.findings(&findings, &work.sources);
    let Some(script) = emitted.script.filter(|_| !pipeline::has_errors(&findings)) else {
        return Ok(Exit::of(&findings));
    };
    if plan.engine != Engine::Sqlite {
        let title = format!(
            "there is no scratch database for {} yet",
            plan.engine.name()
        );
        let finding = Finding::new(Code::Unsupported, title)
            .help("run the script of `sqlstitch build` on a scratch database of your own, twice");
        return Err(vec![finding].into());
    }
    let verified =
        engine::sqlite::verify(&script.to_string(), &plan, &work.sources).map_err(|error| {
            let title = format!("there is no scratch database: {error}");
            vec![Finding::new(Code::InputOutput, title)]
        })?;
    tell.findings(&verified.findings, &work.sources);
    if let Some(proof) = &verified.proof {
        output::to_stdout(&match typed.format {
            TextFormat::Text => proof.to_string(),
            TextFormat::Json => document(&work, json!({ "proof": proof })),
        })?;
    }
    Ok(Exit::of(&verified.findings))
}
