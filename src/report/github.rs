//! Findings as GitHub workflow commands, which become annotations beside the lines.
//!
//! Syntax and escapes: <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>
//! and the `escapeData` and `escapeProperty` functions of actions/toolkit (core/src/command.ts).

use std::fmt::Write as _;

use super::place::Place;
use super::{paragraphs, path_of};
use crate::finding::{Finding, Severity};
use crate::source::Sources;

pub(super) fn render(findings: &[&Finding], sources: &Sources) -> String {
    let mut text = String::new();
    for finding in findings {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let mut properties = Vec::new();
        if let Some(path) = path_of(finding, sources) {
            properties.push(format!("file={}", property(path)));
        }
        if let Some(label) = finding.labels.first() {
            let place = Place::new(label.span, sources);
            properties.push(format!("line={}", place.line));
            properties.push(format!("endLine={}", place.end_line));
            // Columns are shown only where both are on one line.
            if place.line == place.end_line {
                properties.push(format!("col={}", place.column));
                properties.push(format!("endColumn={}", place.end_column));
            }
        }
        properties.push(format!("title={}", property(finding.code.name())));
        let properties = properties.join(",");
        let message = data(&paragraphs(finding));
        writeln!(text, "::{command} {properties}::{message}").expect("a string takes every write");
    }
    text
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
