//! `sqlstitch init`: a first sqlstitch.toml, and the hook that checks every commit.

mod hook;
mod starter;
mod tools;

use std::fs;
use std::path::Path;

use super::config::{self, FILE_NAME};
use super::files::Files;
use super::tell::Tell;
use super::{Exit, Refusal, args, paths};
use crate::finding::{Code, Finding};

pub(super) fn run(typed: &args::Init, tell: &Tell) -> Result<Exit, Refusal> {
    let refused = |finding: Box<Finding>| Refusal::from(vec![*finding]);
    if typed.remove_hook {
        tell.text(&hook::remove().map_err(refused)?);
        return Ok(Exit::Fine);
    }
    let here = Path::new(".");
    match config::find(here, &Files::Disk) {
        Some(file) => tell.text(&format!("{} is there already\n", paths::shown(&file))),
        None => {
            let (text, tools) = starter::text(here, typed.dialect);
            fs::write(FILE_NAME, text).map_err(|error| {
                let title = format!("cannot be written: {error}");
                vec![Finding::new(Code::InputOutput, title).path(FILE_NAME)]
            })?;
            tell.text(&format!(
                "wrote {FILE_NAME}: look at its `paths` and `dialect`\n"
            ));
            tell.text(&tools);
        }
    }
    if typed.hook {
        tell.text(&hook::install().map_err(refused)?);
    }
    Ok(Exit::Fine)
}
