//! `sqlstitch order`: the files in the order in which they run.

use super::steps::Steps;
use super::tell::Tell;
use super::{Exit, Refusal, args, output, work};
use crate::emit::picture;
use args::TextFormat;

pub(super) fn run(typed: &args::Order, tell: &Tell) -> Result<Exit, Refusal> {
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
        TextFormat::Json => picture::json(&work.picture(true)),
    })?;
    Ok(Exit::Fine)
}
