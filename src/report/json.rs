//! Findings as one JSON object. The form is fixed by its `version`.

use serde::Serialize;

use super::place::Place;
use super::{path_of, pretty};
use crate::finding::{Finding, Fix, Severity};
use crate::source::Sources;

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    findings: Vec<Entry<'a>>,
}

/// The place of the first label stands at the top, since most readers want no more.
#[derive(Serialize)]
struct Entry<'a> {
    code: &'static str,
    id: &'static str,
    severity: Severity,
    title: &'a str,
    path: Option<&'a str>,
    line: Option<u32>,
    column: Option<u32>,
    end_line: Option<u32>,
    end_column: Option<u32>,
    labels: Vec<Labelled<'a>>,
    notes: &'a [String],
    helps: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Mend<'a>>,
}

/// A change to files that mends the finding.
#[derive(Serialize)]
struct Mend<'a> {
    title: &'a str,
    /// `check --fix` makes it.
    certain: bool,
    edits: Vec<Change<'a>>,
}

/// What stands at the place afterwards.
#[derive(Serialize)]
struct Change<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    text: String,
}

#[derive(Serialize)]
struct Labelled<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    message: &'a str,
}

pub(super) fn render(findings: &[&Finding], sources: &Sources) -> String {
    pretty(&Report {
        version: 1,
        findings: findings.iter().map(|it| entry(it, sources)).collect(),
    })
}

fn entry<'a>(finding: &'a Finding, sources: &'a Sources) -> Entry<'a> {
    let labels: Vec<_> = finding
        .labels
        .iter()
        .map(|label| Labelled {
            place: Place::new(label.span, sources),
            message: &label.message,
        })
        .collect();
    let first = labels.first().map(|label| &label.place);
    Entry {
        code: finding.code.name(),
        id: finding.code.id(),
        severity: finding.severity,
        title: &finding.title,
        path: path_of(finding, sources),
        line: first.map(|place| place.line),
        column: first.map(|place| place.column),
        end_line: first.map(|place| place.end_line),
        end_column: first.map(|place| place.end_column),
        labels,
        notes: &finding.notes,
        helps: &finding.helps,
        fixes: finding.fixes.iter().map(|it| mend(it, sources)).collect(),
    }
}

fn mend<'a>(fix: &'a Fix, sources: &'a Sources) -> Mend<'a> {
    let edits = fix.edits.iter().map(|edit| Change {
        place: Place::new(edit.span, sources),
        text: edit.text_in(sources.get(edit.span.source)),
    });
    Mend {
        title: &fix.title,
        certain: fix.is_certain,
        edits: edits.collect(),
    }
}
