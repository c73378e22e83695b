//! `sqlstitch completions` and `sqlstitch man`: what shells and `man` want to know about the tool.

use clap::CommandFactory;

use super::args::{self, Arguments};
use super::{Exit, Refusal, output};

pub(super) fn run(typed: &args::Completions) -> Result<Exit, Refusal> {
    let mut text = Vec::new();
    let mut command = Arguments::command();
    let name = command.get_name().to_owned();
    clap_complete::generate(typed.shell, &mut command, name, &mut text);
    output::to_stdout(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Fine)
}

/// The page of the tool; each command has its own help.
pub(super) fn man() -> Result<Exit, Refusal> {
    let mut text = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut text)?;
    output::to_stdout(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Fine)
}
