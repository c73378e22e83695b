//! A step's text as the sqlite3 shell reads it: the patch's own lines at their own numbers.

use super::step::Step;
use crate::dialect::Engine;
use crate::dialect::lex::{Lexer, TokenKind};
use crate::emit::text::in_comment;
use crate::emit::{Quoting, Script};
use crate::plan::PlannedPatch;
use crate::read::statement::{Statement, StatementKind};
use crate::source::{Source, Span};

/// How many lines of the patch stand before the first line of the text of `step`.
pub(super) fn lines_before(patch: &PlannedPatch, step: &Step, source: &Source) -> u32 {
    let pieces = &patch.statements[step.pieces.clone()];
    pieces
        .first()
        .map_or(0, |piece| source.position(piece.span.start).line - 1)
}

/// Of how many bytes a part of a large text is, at least. The shell keeps several copies of a literal:
/// with one of many megabytes it does little else than ask for memory.
pub(super) const PART: usize = 2_000_000;

/// Whether the text of `step` is too large for one literal.
pub(super) fn is_large(patch: &PlannedPatch, step: &Step, source: &Source) -> bool {
    step.transactional && is_longer(patch, step) && !source.text.contains("\r\n")
}

/// Whether the text of `step` is longer than a part of a large one.
pub(super) fn is_longer(patch: &PlannedPatch, step: &Step) -> bool {
    let pieces = step.pieces.clone().map(|place| size(patch, step, place));
    pieces.sum::<usize>() > PART
}

/// How much of the text comes from this piece, at least.
fn size(patch: &PlannedPatch, step: &Step, place: usize) -> usize {
    let piece = &patch.statements[place];
    let is_carried = piece.kind == StatementKind::Sql && !step.left_out.contains(&place);
    if is_carried {
        (piece.body.end - piece.body.start) as usize
    } else {
        0
    }
}

/// Appends the text of `step` as it stands inside a literal, with `/* file:line */` before each
/// statement but those of a row of INSERTs: the shell tells the line of an error, and there may be
/// millions of them. Line ends are those of the shell, which drops a `\r` before a `\n` wherever it
/// stands. A large text is in parts, and ends in an open one.
pub(super) fn push(
    script: &mut Script,
    patch: &PlannedPatch,
    step: &Step,
    source: &Source,
    large: bool,
) {
    let mut body = Body {
        script,
        source,
        // What a line ends with is known once the line is whole.
        whole: source.text.contains("\r\n").then(String::new),
        after_insert: false,
    };
    let mut parts = 0;
    let mut written = 0;
    let pieces = &patch.statements[step.pieces.clone()];
    for (offset, piece) in pieces.iter().enumerate() {
        if large && written >= PART {
            next_part(body.script, parts);
            parts += 1;
            written = 0;
        }
        written += size(patch, step, step.pieces.start + offset);
        if piece.kind == StatementKind::ClientCommand {
            body.leave_out(piece);
        } else if piece.kind != StatementKind::Sql {
            body.push_trivia(source.slice(piece.span));
        } else if step.left_out.contains(&(step.pieces.start + offset)) {
            body.leave_out(piece);
        } else {
            body.push_statement(piece, &patch.path);
        }
    }
    if let Some(whole) = body.whole {
        script.push_doubled(&line_ends(whole));
    }
    if large {
        next_part(script, parts);
    }
}

/// Appends a part to the file in which the shell finds the text.
pub(super) const APPEND: &str = ".shell cat sqlstitch.part >>sqlstitch.body\n";

/// Ends a part of a large text and begins another one; the first is the step's own.
fn next_part(script: &mut Script, parts: usize) {
    script.push_str("');\n");
    if parts > 0 {
        script.push_str(APPEND);
    }
    script.push_str("INSERT INTO temp.sqlstitch_part VALUES ('");
}

struct Body<'s> {
    script: &'s mut Script,
    source: &'s Source,
    /// The text so far, where it cannot go to the script piece by piece.
    whole: Option<String>,
    /// The last statement was an INSERT.
    after_insert: bool,
}

impl Body<'_> {
    fn push_str(&mut self, text: &str) {
        match &mut self.whole {
            Some(whole) => whole.push_str(text),
            None => self.script.push_doubled(text),
        }
    }

    fn push_source(&mut self, span: Span) {
        match &mut self.whole {
            Some(whole) => whole.push_str(self.source.slice(span)),
            None => self.script.push_source(self.source, span, Quoting::Doubled),
        }
    }

    fn push_statement(&mut self, piece: &Statement, path: &str) {
        let (before, after) = around(piece);
        self.push_trivia(self.source.slice(before));
        let is_insert = is_insert(self.source.slice(piece.body));
        if !(is_insert && self.after_insert) {
            let line = self.source.position(piece.body.start).line;
            self.push_str(&format!("/* {}:{line} */ ", in_comment(path)));
        }
        self.after_insert = is_insert;
        self.push_source(piece.body);
        self.push_trivia(self.source.slice(after));
    }

    fn leave_out(&mut self, piece: &Statement) {
        let (before, after) = around(piece);
        self.push_trivia(self.source.slice(before));
        let text = self.source.slice(piece.body);
        let words: Vec<&str> = text.split_whitespace().collect();
        self.push_str(&format!("/* left out: {} */", in_comment(&words.join(" "))));
        let lines = text.bytes().filter(|&byte| byte == b'\n').count();
        self.push_str(&"\n".repeat(lines));
        self.push_trivia(self.source.slice(after));
    }

    /// White space, comments and `;`. Two things that only the shell or only the end of a file
    /// makes a comment are made SQL comments: lines that start with `#`, and `/*` without an end.
    fn push_trivia(&mut self, text: &str) {
        let rules = &Engine::Sqlite.dialect().lexing;
        let mut lexer = Lexer::new(text, rules);
        let mut open = false;
        while let Some(token) = lexer.next() {
            let start = token.start as usize;
            let at_line_start = start == 0 || text.as_bytes()[start - 1] == b'\n';
            if at_line_start && text[start..].starts_with('#') {
                let length = text[start..].find('\n').unwrap_or(text.len() - start);
                self.push_str("--");
                self.push_str(&text[start..start + length]);
                lexer.go_to((start + length) as u32);
            } else {
                open = token.kind == TokenKind::BlockComment && !is_ended(token.text(text));
                self.push_str(token.text(text));
            }
        }
        if open {
            self.push_str("*/");
        }
    }
}

/// The text with such line ends that the shell, which drops a `\r` before each `\n` that it reads,
/// has after reading it twice (in the script, in the private file) what it would have had after
/// reading the patch once.
fn line_ends(text: String) -> String {
    if !text.contains("\r\n") {
        return text;
    }
    let lines = text.split_inclusive('\n').map(|line| {
        let Some(inner) = line.strip_suffix("\r\n") else {
            return line.to_owned();
        };
        let again = if inner.ends_with('\r') { "\r\r" } else { "" };
        format!("{inner}{again}\n")
    });
    lines.collect()
}

fn is_insert(statement: &str) -> bool {
    let word = statement
        .split(|c: char| !c.is_ascii_alphabetic())
        .next()
        .unwrap_or_default();
    word.eq_ignore_ascii_case("INSERT") || word.eq_ignore_ascii_case("REPLACE")
}

fn is_ended(comment: &str) -> bool {
    comment.len() >= 4 && comment.ends_with("*/")
}

/// What stands before and after a statement's body.
fn around(piece: &Statement) -> (Span, Span) {
    let Statement { span, body, .. } = piece;
    (
        Span::new(span.source, span.start, body.start),
        Span::new(span.source, body.end, span.end),
    )
}
