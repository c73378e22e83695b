//! `sqlstitch verify`: the script on a scratch database, more than once.

use serde_json::{Value, json};

use super::document::document;
use super::tell::Tell;
use super::work::Work;
use super::{Exit, Refusal, args, output, work};
use crate::dialect::Engine;
use crate::engine::{self, Proof};
use crate::finding::{Code, Finding};
use crate::pipeline;
use crate::report::{self, Format};
use crate::source::Sources;
use args::TextFormat;

pub(super) fn run(typed: &args::Verify, tell: &Tell) -> Result<Exit, Refusal> {
    let is_document = typed.format == TextFormat::Json;
    let outcome = match outcome(typed, tell) {
        Ok(outcome) => outcome,
        Err(refusal) => {
            // Who reads a document gets one, whatever happens.
            if is_document {
                let findings = listed(&refusal.findings, &refusal.sources);
                let refused = json!({ "version": 1, "proof": null, "findings": findings });
                output::to_stdout(&format!("{refused:#}\n"))?;
            }
            return Err(refusal);
        }
    };
    let Outcome {
        work,
        findings,
        proof,
        exit,
    } = outcome;
    if is_document {
        let findings = listed(&findings, &work.sources);
        let members = json!({ "proof": proof, "findings": findings });
        output::to_stdout(&document(&work, members))?;
    } else if let Some(proof) = proof {
        output::to_stdout(&proof.to_string())?;
    }
    Ok(exit)
}

/// What came of it.
struct Outcome {
    work: Work,
    /// Everything that was found, in the order in which it was told.
    findings: Vec<Finding>,
    proof: Option<Proof>,
    exit: Exit,
}

fn outcome(typed: &args::Verify, tell: &Tell) -> Result<Outcome, Refusal> {
    let files = &typed.files;
    // The only engine that needs no server.
    let default = Engine::Sqlite;
    let mut work = work::analyse_paths(&files.paths, &files.reading, Some(&typed.script), default)?;
    let mut findings = work.analysis.findings.clone();
    let end = |work: Work, findings, proof, exit| {
        Ok(Outcome {
            work,
            findings,
            proof,
            exit,
        })
    };
    if let Err(exit) = work.tell(tell) {
        return end(work, findings, None, exit);
    }
    let mut settings = work.settings.script.clone();
    // A scratch database has nothing to adopt.
    settings.adopt = None;
    let Some(plan) = pipeline::plan(&work.analysis, &work.sources, settings) else {
        return end(work, findings, None, Exit::Findings);
    };
    let emitted = pipeline::script(&plan, &work.sources);
    let of_script = work.judge.findings(emitted.findings);
    tell.findings(&of_script, &work.sources);
    let exit = Exit::of(&of_script);
    let script = emitted.script.filter(|_| !pipeline::has_errors(&of_script));
    findings.extend(of_script);
    let Some(script) = script else {
        return end(work, findings, None, exit);
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
    let exit = Exit::of(&verified.findings);
    findings.extend(verified.findings);
    end(work, findings, verified.proof, exit)
}

/// Findings as `check --format json` has them.
fn listed(findings: &[Finding], sources: &Sources) -> Value {
    let report = report::render(findings, sources, Format::Json, false);
    let report: Value = serde_json::from_str(&report).unwrap_or_default();
    report.get("findings").cloned().unwrap_or_else(|| json!([]))
}
