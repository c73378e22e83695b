//! One line for each finding: `path:line:column: error[code]: title`.

use std::fmt::Write as _;

use super::{path_of, word};
use crate::finding::Finding;
use crate::name::visible;
use crate::source::Sources;

pub(super) fn render(findings: &[&Finding], sources: &Sources) -> String {
    let mut text = String::new();
    for finding in findings {
        match finding.labels.first() {
            Some(label) => {
                text.push_str(&visible(&sources.locate(label.span)));
                text.push_str(": ");
            }
            None => {
                if let Some(path) = path_of(finding, sources) {
                    text.push_str(&visible(path));
                    text.push_str(": ");
                }
            }
        }
        let (severity, code) = (word(finding.severity), finding.code.name());
        // A title quotes names from the SQL, which may hold anything.
        let title = visible(&finding.title);
        writeln!(text, "{severity}[{code}]: {title}").expect("a string takes every write");
    }
    text
}
