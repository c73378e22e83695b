//! The marks that a merge leaves in a file where two sides changed the same lines. Lexers take them for
//! operators, and no engine takes both sides.

use crate::finding::{Code, Finding};
use crate::source::{Source, Span};

/// Where one side begins, the other one, and both have ended; git writes the names of the sides behind the first
/// and the last (<https://git-scm.com/docs/git-merge#_how_conflicts_are_presented>).
const MARKS: [&str; 3] = ["<<<<<<<", "=======", ">>>>>>>"];

/// Where the text begins that both sides had before (`merge.conflictStyle = diff3`).
const OLD: &str = "|||||||";

/// Tells the first conflict of a file.
pub(super) fn find(source: &Source) -> Option<Finding> {
    let text = source.text.as_str();
    let mut from = 0;
    let mut places = Vec::new();
    for mark in MARKS {
        let place = line_of(&text[from..], mark)? + from;
        places.push(place);
        from = place + mark.len();
    }
    let line = |start: usize| {
        let length = text[start..].find(['\n', '\r']);
        let end = length.map_or(text.len(), |length| start + length);
        Span::new(source.id, start as u32, end as u32)
    };
    let finding = Finding::new(Code::ConflictMarker, "a merge conflict is not resolved")
        .label(line(places[0]), "one side begins")
        .label(line(places[1]), "the other side")
        .label(line(places[2]), "both have ended");
    let one_side = places[0]..places[1];
    Some(match line_of(&text[one_side], OLD) {
        Some(old) => finding
            .label(line(places[0] + old), "what both had before")
            .help("keep what is right of both sides, and remove these four lines and what both had before"),
        None => finding.help("keep what is right of both sides, and remove these three lines"),
    })
}

/// Where a line begins with a mark that has nothing or a blank behind it.
fn line_of(text: &str, mark: &str) -> Option<usize> {
    let found = text.match_indices(mark).find(|&(place, _)| {
        let before = text[..place].chars().next_back();
        let after = text[place + mark.len()..].chars().next();
        before.is_none_or(|it| matches!(it, '\n' | '\r'))
            && after.is_none_or(|it| matches!(it, ' ' | '\n' | '\r'))
    });
    found.map(|(place, _)| place)
}
