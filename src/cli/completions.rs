//! `sqlstitch completions` and `sqlstitch man`: what shells and `man` want to know about the tool.

use std::fs;
use std::io;
use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;

use super::args::{self, Arguments};
use super::{Exit, Refusal, output, paths};
use crate::finding::{Code, Finding};

pub(super) fn run(typed: &args::Completions) -> Result<Exit, Refusal> {
    let mut text = Vec::new();
    let mut command = Arguments::command();
    let name = command.get_name().to_owned();
    clap_complete::generate(typed.shell, &mut command, name, &mut text);
    let mut text = String::from_utf8_lossy(&text).into_owned();
    if typed.shell == Shell::Fish {
        text += &fish_values(&command);
    }
    output::to_stdout(&text)?;
    Ok(Exit::Fine)
}

/// What a command's first argument may be, as in `import flyway`: `clap_complete` tells fish only of options.
fn fish_values(command: &clap::Command) -> String {
    let tool = command.get_name();
    let mut lines = String::new();
    for command in command.get_subcommands() {
        let Some(first) = command.get_positionals().next() else {
            continue;
        };
        let values = first.get_possible_values();
        let values: Vec<&str> = values.iter().map(|value| value.get_name()).collect();
        if values.is_empty() {
            continue;
        }
        let (name, values) = (command.get_name(), values.join(" "));
        lines += &format!(
            "complete -c {tool} -n \"__fish_{tool}_using_subcommand {name}; \
             and not __fish_seen_subcommand_from {values}\" -f -a \"{values}\"\n"
        );
    }
    lines
}

/// The page of the tool; or, into a directory, that of each command too.
pub(super) fn man(typed: &args::Man) -> Result<Exit, Refusal> {
    if let Some(directory) = &typed.output {
        pages(directory).map_err(|error| {
            let title = format!("the manual pages cannot be written: {error}");
            vec![Finding::new(Code::InputOutput, title).path(paths::shown(directory))]
        })?;
        return Ok(Exit::Fine);
    }
    let mut text = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut text)?;
    output::to_stdout(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Fine)
}

fn pages(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    clap_mangen::generate_to(Arguments::command(), directory)
}
