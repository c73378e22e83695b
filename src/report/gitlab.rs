//! Findings as a GitLab Code Quality report.
//!
//! Form: <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>

use std::collections::BTreeMap;

use serde::Serialize;

use super::place::Place;
use super::{paragraphs, path_of, pretty};
use crate::finding::{Finding, Severity};
use crate::source::{ChecksumBuilder, Sources};

#[derive(Serialize)]
struct Entry<'a> {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

pub(super) fn render(findings: &[&Finding], sources: &Sources) -> String {
    let mut entries = Vec::with_capacity(findings.len());
    let mut seen = BTreeMap::new();
    for finding in findings {
        let place = finding.labels.first();
        let place = place.map(|label| Place::new(label.span, sources));
        // The service wants a path; what is about no file is about the directory.
        let path = path_of(finding, sources).unwrap_or(".");
        // Told again after lines were added above it, a finding is the same one, so the fingerprint
        // knows no line. Twins are told apart by counting.
        let identity = [finding.code.name(), path, &finding.title];
        let twins = seen.entry(identity).or_insert(0_usize);
        let mut fingerprint = ChecksumBuilder::default();
        for part in identity {
            fingerprint.part(part.as_bytes());
        }
        fingerprint.part(twins.to_string().as_bytes());
        *twins += 1;
        entries.push(Entry {
            description: paragraphs(finding),
            check_name: finding.code.name(),
            fingerprint: fingerprint.finish().to_string(),
            severity: match finding.severity {
                Severity::Error => "critical",
                Severity::Warning => "minor",
                Severity::Note => "info",
            },
            location: Location {
                path,
                lines: Lines {
                    begin: place.as_ref().map_or(1, |place| place.line),
                    end: place.as_ref().map_or(1, |place| place.end_line),
                },
            },
        });
    }
    pretty(&entries)
}
