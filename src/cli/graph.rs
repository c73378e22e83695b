//! `sqlstitch graph`: a picture of which file needs which.

use super::tell::Tell;
use super::{Exit, Refusal, args, output, work};
use crate::emit::picture;
use args::GraphFormat;

pub(super) fn run(typed: &args::Graph, tell: &Tell) -> Result<Exit, Refusal> {
    let work = work::analyse(&typed.files, None)?;
    // A cycle is seen best in a picture, so there is one where there is no order.
    let exit = work.tell(tell).err().unwrap_or(Exit::Fine);
    let phases = work.phases_in_use();
    let picture = work.picture(typed.all, &phases);
    output::to_stdout(&match typed.format {
        GraphFormat::Dot => picture::dot(&picture),
        GraphFormat::Mermaid => picture::mermaid(&picture),
        GraphFormat::Json => picture::json(&picture),
        GraphFormat::Svg => picture::svg(&picture),
        GraphFormat::Html => picture::html(&picture),
    })?;
    Ok(exit)
}
