//! What people are told beside the data: findings and counts, on standard error.

use std::io::{self, Write};

use anstream::{AutoStream, ColorChoice};

use super::args::{Arguments, Colour};
use crate::finding::{Finding, Severity};
use crate::report::{self, Format};
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

    /// Tells findings to people, on standard error; notes only as a count unless they are asked for.
    pub(super) fn findings(&self, findings: &[Finding], sources: &Sources) {
        let shown = worth_showing(findings, self.verbose);
        let colour = AutoStream::choice(&io::stderr()) != ColorChoice::Never;
        self.text(&report::render(&shown, sources, Format::Human, colour));
        let hidden = findings.len() - shown.len();
        if hidden > 0 {
            self.text(&format!("{} (shown with -v)\n", notes(hidden)));
        }
    }

    /// Tells a text.
    pub(super) fn text(&self, text: &str) {
        // There is nowhere to tell that telling failed.
        let _ = AutoStream::auto(io::stderr()).write_all(text.as_bytes());
    }
}

/// The findings that people are shown: all, or all but notes.
pub(super) fn worth_showing(findings: &[Finding], with_notes: bool) -> Vec<Finding> {
    let shown = findings
        .iter()
        .filter(|finding| with_notes || finding.severity > Severity::Note);
    shown.cloned().collect()
}

/// So many notes, in words.
pub(super) fn notes(count: usize) -> String {
    format!("{count} {}", if count == 1 { "note" } else { "notes" })
}
