//! What people are told beside the data: findings and counts, on standard error.

use std::io::{self, Write};

use anstream::{AutoStream, ColorChoice};

use super::args::{Arguments, Colour};
use crate::finding::{Finding, Severity};
use crate::source::Sources;

/// How to tell.
#[derive(Debug)]
pub(super) struct Tell {
    /// Notes are shown, not only counted.
    pub(super) verbose: bool,
}

impl Tell {
    /// Takes over what was typed about colours and verbosity.
    pub(super) fn new(arguments: &Arguments) -> Self {
        match arguments.color {
            Colour::Auto => ColorChoice::Auto,
            Colour::Always => ColorChoice::Always,
            Colour::Never => ColorChoice::Never,
        }
        .write_global();
        Self {
            verbose: arguments.verbose,
        }
    }

    /// Tells findings to people, on standard error.
    pub(super) fn findings(&self, findings: &[Finding], sources: &Sources) {
        let (shown, hidden): (Vec<_>, Vec<_>) = findings
            .iter()
            .partition(|finding| self.verbose || finding.severity > Severity::Note);
        for finding in shown {
            self.line(&finding.title);
            for label in &finding.labels {
                self.line(&sources.locate(label.span));
            }
        }
        if !hidden.is_empty() {
            self.line(&format!("{} notes", hidden.len()));
        }
    }

    /// Tells one line.
    pub(super) fn line(&self, text: &str) {
        // There is nowhere to tell that telling failed.
        let _ = writeln!(AutoStream::auto(io::stderr()), "{text}");
    }
}
