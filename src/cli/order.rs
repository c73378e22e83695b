//! `sqlstitch order`: the files in the order in which they run.

use super::steps::Steps;
use super::tell::Tell;
use super::{Exit, Refusal, args, output, work};
use crate::emit::picture;
use crate::finding::{Code, Finding};
use args::TextFormat;

pub(super) fn run(typed: &args::Order, tell: &Tell) -> Result<Exit, Refusal> {
    let part = typed.steps.since.is_some() || typed.steps.phase.is_some();
    if part && typed.format == TextFormat::Json {
        let title = "--format json has all patches, and does not go with --since and --phase";
        let help = "`build --format json` has the part with its reasons";
        return Err(vec![Finding::new(Code::Configuration, title).help(help)].into());
    }
    let mut work = work::analyse(&typed.files, None)?;
    if let Err(exit) = work.tell(tell) {
        return Ok(exit);
    }
    let mut findings = Vec::new();
    let steps = Steps::typed(&work, &typed.steps, &mut findings)?;
    let findings = work.judge.findings(findings);
    tell.findings(&findings, &work.sources);
    let Some(order) = &work.analysis.order else {
        return Ok(Exit::Findings);
    };
    output::to_stdout(&match typed.format {
        TextFormat::Text => {
            let sequence = order.sequence.iter();
            let chosen = sequence.filter(|&&id| steps.holds(&work, id));
            let paths = chosen.map(|&id| work.path(id));
            paths.flat_map(|path| [path, "\n"]).collect()
        }
        TextFormat::Json => picture::json(&work.picture(true, &[])),
    })?;
    Ok(Exit::Fine)
}
