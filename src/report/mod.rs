//! Findings → text: for people, for editors and for the services that run checks. All formats are
//! made from the same values, in the same order.

mod explain;
mod github;
mod gitlab;
mod human;
mod json;
mod place;
mod rule;
mod sarif;
mod short;

#[cfg(test)]
mod tests;

pub use explain::{explain_pair, explain_patch};
pub use rule::{Rule, rules};

use std::str::FromStr;

use crate::finding::{Finding, Severity};
use crate::name::natural_cmp;
use crate::source::Sources;

/// The forms in which findings can be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// With the source lines, for people.
    #[default]
    Human,
    /// One line each, for editors and terminals that link `path:line:column`.
    Short,
    /// One object with `"version": 1`.
    Json,
    /// Workflow commands, which GitHub shows beside the lines.
    Github,
    /// A Code Quality report for GitLab.
    Gitlab,
    /// SARIF 2.1.0, for code scanning services.
    Sarif,
}

impl Format {
    /// Every format, in the order in which help texts list them.
    pub const ALL: [Self; 6] = [
        Self::Human,
        Self::Short,
        Self::Json,
        Self::Github,
        Self::Gitlab,
        Self::Sarif,
    ];

    /// The spelling on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Short => "short",
            Self::Json => "json",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Sarif => "sarif",
        }
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|format| format.name() == text)
            .ok_or_else(|| {
                let names = Self::ALL.map(Self::name).join(", ");
                format!("`{text}` is not a format; the formats are {names}")
            })
    }
}

/// The findings as one text, which ends with a line end unless it is empty. They are sorted by file,
/// place and code, so that the stage that found them first does not matter; the ones without a file
/// come first. `colour` asks for terminal colours where the format has any.
#[must_use]
pub fn render(findings: &[Finding], sources: &Sources, format: Format, colour: bool) -> String {
    let mut findings = sorted(findings, sources);
    // Only one format has a place for what is allowed.
    findings.retain(|finding| format == Format::Sarif || finding.allowed.is_none());
    match format {
        Format::Human => human::render(&findings, sources, colour),
        Format::Short => short::render(&findings, sources),
        Format::Json => json::render(&findings, sources),
        Format::Github => github::render(&findings, sources),
        Format::Gitlab => gitlab::render(&findings, sources),
        Format::Sarif => sarif::render(&findings, sources),
    }
}

/// How many findings of each severity there are, as people say it: `2 errors, 1 warning`. `None`
/// where there are none.
#[must_use]
pub fn tally(findings: &[Finding]) -> Option<String> {
    let words = [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Note, "note", "notes"),
    ];
    let counts: Vec<_> = words
        .into_iter()
        .filter_map(|(severity, one, many)| {
            let of = findings.iter().filter(|it| it.severity == severity);
            match of.count() {
                0 => None,
                1 => Some(format!("1 {one}")),
                count => Some(format!("{count} {many}")),
            }
        })
        .collect();
    (!counts.is_empty()).then(|| counts.join(", "))
}

fn sorted<'f>(findings: &'f [Finding], sources: &Sources) -> Vec<&'f Finding> {
    let path = |finding: &'f Finding| path_of(finding, sources).unwrap_or_default().to_owned();
    let offset = |finding: &Finding| finding.labels.first().map(|label| label.span);
    let mut keyed: Vec<_> = findings.iter().map(|it| (path(it), it)).collect();
    keyed.sort_by(|(one_path, one), (other_path, other)| {
        natural_cmp(one_path, other_path)
            .then_with(|| offset(one).cmp(&offset(other)))
            .then_with(|| one.code.cmp(&other.code))
            .then_with(|| one.title.cmp(&other.title))
    });
    keyed.into_iter().map(|(_, finding)| finding).collect()
}

/// The file that a finding is about.
fn path_of<'a>(finding: &'a Finding, sources: &'a Sources) -> Option<&'a str> {
    match finding.labels.first() {
        Some(label) => Some(&sources.get(label.span.source).shown),
        None => finding.path.as_deref(),
    }
}

/// The word for a severity.
#[must_use]
pub fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// The title, then the notes and next steps, one paragraph each: for services that show one text.
fn paragraphs(finding: &Finding) -> String {
    let notes = finding.notes.iter().map(|note| format!("note: {note}"));
    let helps = finding.helps.iter().map(|help| format!("help: {help}"));
    let all: Vec<_> = std::iter::once(finding.title.clone())
        .chain(notes)
        .chain(helps)
        .collect();
    all.join("\n")
}

/// A JSON text that ends with a line end.
fn pretty(value: &impl serde::Serialize) -> String {
    let mut text =
        serde_json::to_string_pretty(value).expect("keys are strings and no value can fail");
    text.push('\n');
    text
}
