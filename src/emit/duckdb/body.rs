//! A step's text: its statements with their places, and what stands after them.

use super::role::Ends;
use super::step::Step;
use crate::emit::text::{in_comment, literal};
use crate::emit::{Quoting, Script};
use crate::plan::PlannedPatch;
use crate::read::statement::{Statement, StatementKind};
use crate::source::{Source, Span};

/// Writes the text of a step as a literal, on lines of its own. Each statement has its place in a
/// variable before it: DuckDB's errors tell none. Between parts of so many bytes stands what the
/// function gives for how many there are so far. Returns how many that were.
pub(super) fn push(
    script: &mut Script,
    patch: &PlannedPatch,
    step: &Step,
    source: &Source,
    parts: Option<(u32, &dyn Fn(usize) -> String)>,
) -> usize {
    script.push_str("\n'");
    let mut count = 0;
    let mut written = 0;
    for place in step.pieces.clone() {
        if let Some((bytes, next_part)) = parts
            && written >= bytes
        {
            count += 1;
            written = 0;
            script.push_str(&next_part(count));
        }
        let span = patch.statements[place].span;
        written += span.end - span.start;
        let piece = &patch.statements[place];
        let Statement { span, body, .. } = *piece;
        let before = Span::new(span.source, span.start, body.start);
        let after = Span::new(span.source, body.end, span.end);
        match piece.kind {
            StatementKind::Sql if step.left_out.contains(&place) => {
                push_trivia(script, source, before);
                let words: Vec<&str> = source.slice(body).split_whitespace().collect();
                let words = in_comment(&words.join(" ")).replace('\'', "''");
                script.push_str(&format!("/* left out: {words} */"));
                push_trivia(script, source, after);
            }
            StatementKind::Sql => {
                push_trivia(script, source, before);
                let line = source.position(body.start).line;
                let at = literal(&format!("{}:{line}", patch.path));
                let set = format!("SET VARIABLE sqlstitch_at = {at}; ");
                script.push_str(&set.replace('\'', "''"));
                script.push_source(source, body, Quoting::Doubled);
                push_trivia(script, source, after);
                if !piece.terminated {
                    script.push_str("\n;");
                }
            }
            StatementKind::ClientCommand => {}
            _ => push_trivia(script, source, span),
        }
    }
    script.push('\'');
    count
}

/// White space, comments and `;`. Lines that start with `#`, which only the shell takes for comments,
/// are made SQL comments.
fn push_trivia(script: &mut Script, source: &Source, span: Span) {
    let text = source.slice(span);
    let at_line_start = span.start == 0 || source.text.as_bytes()[span.start as usize - 1] == b'\n';
    if !(text.contains("\n#") || at_line_start && text.starts_with('#')) {
        script.push_source(source, span, Quoting::Doubled);
        return;
    }
    let mut text = text.replace("\n#", "\n--#").replace('\'', "''");
    if at_line_start && text.starts_with('#') {
        text.insert_str(0, "--");
    }
    script.push_str(&text);
}

/// An expression: the statements that end what the step has left in the session, if it has.
pub(super) fn tail(number: usize, step: &Step) -> Option<String> {
    let mut parts: Vec<String> = step.ends.iter().rev().map(ending).collect();
    if !step.attached.is_empty() {
        parts.push(literal(&format!("SET VARIABLE sqlstitch_ran = {number};")));
    }
    // The step's last line may be a comment.
    (!parts.is_empty()).then(|| format!("chr(10) || {}", parts.join(" || ")))
}

fn ending(ends: &Ends) -> String {
    match ends {
        Ends::Setting(name) => format!("temp.sqlstitch_back({})", literal(name)),
        Ends::Variable(name) => literal(&format!("RESET VARIABLE {name};")),
        Ends::Temporary(kind, name) => literal(&format!("DROP {kind} IF EXISTS {name};")),
    }
}
