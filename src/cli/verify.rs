//! `sqlstitch verify`: the script on a scratch database, twice.

use super::tell::Tell;
use super::{Exit, Refusal, args, work};
use crate::dialect::Engine;
use crate::finding::{Code, Finding};

pub(super) fn run(typed: &args::Verify, tell: &Tell) -> Result<Exit, Refusal> {
    let files = &typed.files;
    // The only engine that needs no server.
    let default = Engine::Sqlite;
    let work = work::analyse_paths(&files.paths, &files.reading, Some(&typed.script), default)?;
    if let Err(exit) = work.tell(tell) {
        return Ok(exit);
    }
    let engine = work.settings.engine.name();
    let title = format!("scripts for {engine} cannot be verified yet");
    Err(vec![Finding::new(Code::Unsupported, title)].into())
}
