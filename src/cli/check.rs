//! `sqlstitch check`: the findings are the data.

use super::tell::Tell;
use super::{Exit, Refusal, args, input, settings};
use crate::dialect::Engine;

pub(super) fn run(typed: &args::Check, _tell: &Tell) -> Result<Exit, Refusal> {
    let files = &typed.files;
    let settings = settings::settle(&files.paths, &files.reading, None, Engine::Postgres)
        .map_err(|(findings, sources)| Refusal { findings, sources })?;
    input::read(&settings.wanted)?;
    Ok(Exit::Fine)
}
