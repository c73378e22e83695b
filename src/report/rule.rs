//! What there is to know of a code: its page of the documentation, for a terminal or as data.

use serde::Serialize;

use super::pretty;
use crate::finding::{Code, Severity};

/// A code with the parts of its page.
#[derive(Clone, Debug, Serialize)]
pub struct Rule {
    id: &'static str,
    code: &'static str,
    severity: Severity,
    /// No setting lowers its severity, and no header allows it.
    firm: bool,
    /// The exit code where it is an error.
    exit_code: u8,
    summary: &'static str,
    /// Markdown.
    explanation: String,
    bad: String,
    good: String,
    what_to_do: String,
    /// Where the page is, from the root of the sources.
    page: String,
}

#[derive(Serialize)]
struct Rules {
    version: u32,
    rules: Vec<Rule>,
}

/// The codes as one JSON object.
#[must_use]
pub fn rules(codes: &[Code]) -> String {
    pretty(&Rules {
        version: 1,
        rules: codes.iter().copied().map(Rule::of).collect(),
    })
}

impl Rule {
    /// The rule of a code.
    #[must_use]
    pub fn of(code: Code) -> Self {
        let page = code.page();
        let part = |heading: &str| {
            let start = page.find(heading).map(|at| at + heading.len());
            let rest = start.map_or("", |start| &page[start..]);
            rest.split("\n## ").next().unwrap_or_default().trim()
        };
        // Before it stand the code's name, its kind and the summary.
        let explanation = part(code.summary());
        Self {
            id: code.id(),
            code: code.name(),
            severity: code.severity(),
            firm: code.is_firm(),
            exit_code: if code.is_usage() { 2 } else { 1 },
            summary: code.summary(),
            explanation: explanation.to_owned(),
            bad: part("\n## Bad\n").to_owned(),
            good: part("\n## Good\n").to_owned(),
            what_to_do: part("\n## What to do\n").to_owned(),
            page: format!("docs/findings/{}.md", code.name()),
        }
    }

    /// What it is about, without examples.
    pub(super) fn in_short(&self) -> String {
        match self.explanation.is_empty() {
            true => self.summary.to_owned(),
            false => format!(
                "{}\n\n{}",
                self.summary,
                plain(&self.explanation).trim_end()
            ),
        }
    }

    /// The rule as a terminal shows it.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { id, code, .. } = self;
        let severity = super::word(self.severity);
        let exit = match (self.severity, self.exit_code) {
            (Severity::Error, 2) => ", exit code 2",
            _ => "",
        };
        let mut text = format!("{code} ({id}, {severity}{exit})\n\n{}\n", self.summary);
        let mut part = |title: &str, markdown: &str| {
            if !markdown.is_empty() {
                text.push('\n');
                text.push_str(title);
                text.push_str(&plain(markdown));
            }
        };
        part("", &self.explanation);
        part("Bad:\n\n", &self.bad);
        part("Good:\n\n", &self.good);
        part("What to do:\n\n", &self.what_to_do);
        text.push_str("\nHow it is set:\n\n");
        if self.firm {
            text.push_str("It is always an error: what is built from this could not be right.\n");
        } else {
            text.push_str(&format!(
                "In sqlstitch.toml, for all patches: severity = {{ {code} = \"error\" }} (or \
                 \"warning\", \"note\", \"off\").\nAt the top of one patch: -- allow: {code} and \
                 the reason why it is fine there.\n"
            ));
        }
        text
    }
}

/// Markdown as people read it in a terminal: code is indented, links are their words.
fn plain(markdown: &str) -> String {
    let mut text = String::new();
    let mut in_code = false;
    for line in markdown.split('\n') {
        if line.starts_with("```") {
            in_code = !in_code;
            continue;
        }
        if in_code && !line.is_empty() {
            text.push_str("    ");
            text.push_str(line);
        } else {
            text.push_str(&without_links(line));
        }
        text.push('\n');
    }
    text
}

/// `[words](target)` → `words`
fn without_links(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, link)) = rest.split_once('[') {
        let Some((words, after)) = link.split_once("](") else {
            break;
        };
        let Some((_, after)) = after.split_once(')') else {
            break;
        };
        text.push_str(before);
        text.push_str(words);
        rest = after;
    }
    text.push_str(rest);
    text
}
