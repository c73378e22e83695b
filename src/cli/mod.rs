//! The command line.

use std::process::ExitCode;

/// Runs the command that the process's arguments name and returns its exit code.
#[must_use]
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
