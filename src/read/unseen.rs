//! What no reader could see, as notes: SQL that is put together at run time, and statements that the
//! grammar refused. A header that says what dynamic SQL makes or needs takes the note away.

use super::fact::StatementFacts;
use super::header::Header;
use super::statement::Statement;
use crate::finding::{Code, Finding};
use crate::source::{Source, Span};

/// Notes about what may be missing in the facts.
pub(super) fn findings(
    source: &Source,
    statements: &[Statement],
    facts: &[StatementFacts],
    header: &Header,
) -> Vec<Finding> {
    let is_told = !header.provides.is_empty() || !header.uses.is_empty();
    let mut findings = Vec::new();
    for facts in facts {
        if facts.tokens_only {
            let place = first_line(source, statements[facts.statement].body);
            let title = "the grammar does not accept this statement, so it was read from its words";
            findings.push(
                Finding::new(Code::ReadByTokens, title)
                    .label(place, "")
                    .help(
                        "where it needs a patch that was not seen: `-- requires: …`; \
                         where the statement is right: `-- allow: read-by-tokens because …`",
                    ),
            );
        }
        for &place in facts.dynamic.iter().filter(|_| !is_told) {
            let title = "this SQL is put together at run time, so its objects are not known";
            findings.push(
                Finding::new(Code::DynamicSql, title)
                    .label(place, "")
                    .help(
                        "say what it makes and needs, by name: `-- provides: made_table`, \
                         `-- uses: needed_table`",
                    )
                    .help("if no patch has to know: `-- allow: dynamic-sql because …`"),
            );
        }
    }
    findings
}

/// The part of a statement that is on its first line.
fn first_line(source: &Source, body: Span) -> Span {
    let line = source.slice(body).split(['\n', '\r']).next();
    let length = line.map_or(0, str::len) as u32;
    Span::new(body.source, body.start, body.start + length)
}
