//! The command line: what is typed becomes what is meant, files are found and read, one command
//! runs, and its data, findings and exit code go where they belong.
//!
//! One file per command; [`input`], [`settings`], [`output`] and [`tell`] are what they share.

mod args;
mod build;
mod cache;
mod check;
mod completions;
mod config;
mod diff;
mod document;
mod explain;
mod files;
mod fix;
mod git;
mod globs;
mod graph;
mod import;
mod init;
mod input;
mod judge;
mod links;
mod merge_check;
mod missing;
mod order;
mod output;
mod overwrite;
mod part;
mod paths;
mod rule;
mod settings;
mod show;
mod steps;
mod suggest;
mod tell;
mod undo;
mod verify;
mod work;

use std::process::ExitCode;

use crate::finding::{Code, Finding, Severity};
use crate::source::Sources;
use args::{Arguments, Command};
use tell::Tell;

/// The grammar of PostgreSQL that is used has no guard against deep nesting; its recursion needs
/// room. Pages that are not touched cost nothing.
const STACK: usize = 256 << 20;

/// Runs the command that the process's arguments name and returns its exit code.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match args::parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Nothing is left to be done where even this cannot be written.
            let _ = error.print();
            if let Some(note) = args::said_by_variable(&error) {
                let _ = std::io::Write::write_all(&mut std::io::stderr(), note.as_bytes());
            }
            return Exit::of_clap(&error).into();
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get().min(8));
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .stack_size(STACK)
        .build();
    match pool {
        Ok(pool) => pool.install(|| run(&arguments)).into(),
        Err(error) => {
            let finding = Finding::new(Code::InputOutput, format!("no thread to work in: {error}"));
            Tell::new(&arguments).findings(&[finding], &Sources::default());
            Exit::Usage.into()
        }
    }
}

fn run(arguments: &Arguments) -> Exit {
    let tell = Tell::new(arguments);
    let ended = match &arguments.command {
        Command::Build(typed) => build::run(typed, &tell),
        Command::Check(typed) => check::run(typed, &tell),
        Command::MergeCheck(typed) => merge_check::run(typed, &tell),
        Command::Diff(typed) => diff::run(typed, &tell),
        Command::Order(typed) => order::run(typed, &tell),
        Command::Graph(typed) => graph::run(typed, &tell),
        Command::Explain(typed) => explain::run(typed, &tell),
        Command::Show(typed) => show::run(typed, &tell),
        Command::Verify(typed) => verify::run(typed, &tell),
        Command::Rule(typed) => rule::run(typed),
        Command::Init(typed) => init::run(typed, &tell),
        Command::Import(typed) => import::run(typed, &tell),
        Command::Completions(typed) => completions::run(typed),
        Command::Man(typed) => completions::man(typed),
    };
    ended.unwrap_or_else(|refusal| {
        tell.findings(&refusal.findings, &refusal.sources);
        Exit::of(&refusal.findings)
    })
}

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    /// 0: fine.
    Fine,
    /// 1: there are errors in the SQL.
    Findings,
    /// 2: the call, the configuration or the files could not be used.
    Usage,
}

impl Exit {
    fn of(findings: &[Finding]) -> Self {
        let errors = findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error);
        errors.fold(Self::Fine, |exit, error| {
            match (exit, error.code.is_usage()) {
                (_, true) | (Self::Usage, _) => Self::Usage,
                _ => Self::Findings,
            }
        })
    }

    /// `--help` and `--version` are errors to clap, but not to anyone else.
    fn of_clap(error: &clap::Error) -> Self {
        if error.use_stderr() {
            Self::Usage
        } else {
            Self::Fine
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Fine => 0,
            Exit::Findings => 1,
            Exit::Usage => 2,
        })
    }
}

/// Why a command did not get to its work.
#[derive(Debug)]
struct Refusal {
    findings: Vec<Finding>,
    /// What the findings point into.
    sources: Sources,
}

impl From<Vec<Finding>> for Refusal {
    fn from(findings: Vec<Finding>) -> Self {
        Self {
            findings,
            sources: Sources::default(),
        }
    }
}

impl From<std::io::Error> for Refusal {
    /// Only standard output is written without a path to name.
    fn from(error: std::io::Error) -> Self {
        let title = format!("standard output cannot be written: {error}");
        vec![Finding::new(Code::InputOutput, title)].into()
    }
}
