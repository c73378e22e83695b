//! A step's text as the sqlite3 shell reads it: the patch's own lines at their own numbers.

use super::step::Step;
use crate::dialect::Engine;
use crate::dialect::lex::{Lexer, TokenKind};
use crate::emit::text::in_comment;
use crate::plan::PlannedPatch;
use crate::read::statement::{Statement, StatementKind};
use crate::source::{Source, Span};

/// The text of a step.
#[derive(Debug)]
pub(super) struct Body {
    /// Lines of the patch before the first line of `text`.
    pub(super) lines_before: u32,
    /// The text.
    pub(super) text: String,
}

/// The text of `step`, with `/* file:line */` before each statement. Line ends are those of the
/// shell, which drops a `\r` before a `\n` wherever it stands.
pub(super) fn body(patch: &PlannedPatch, step: &Step, source: &Source) -> Body {
    let pieces = &patch.statements[step.pieces.clone()];
    let mut body = Body {
        lines_before: pieces
            .first()
            .map_or(0, |piece| source.position(piece.span.start).line - 1),
        text: String::new(),
    };
    for (offset, piece) in pieces.iter().enumerate() {
        if piece.kind == StatementKind::ClientCommand {
            body.leave_out(piece, source);
        } else if piece.kind != StatementKind::Sql {
            body.push_trivia(source.slice(piece.span));
        } else if step.left_out.contains(&(step.pieces.start + offset)) {
            body.leave_out(piece, source);
        } else {
            body.push_statement(piece, source, &patch.path);
        }
    }
    body.text = line_ends(body.text);
    body
}

impl Body {
    fn push_statement(&mut self, piece: &Statement, source: &Source, path: &str) {
        let (before, after) = around(piece);
        self.push_trivia(source.slice(before));
        let line = source.position(piece.body.start).line;
        self.text
            .push_str(&format!("/* {}:{line} */ ", in_comment(path)));
        self.text.push_str(source.slice(piece.body));
        self.push_trivia(source.slice(after));
    }

    fn leave_out(&mut self, piece: &Statement, source: &Source) {
        let (before, after) = around(piece);
        self.push_trivia(source.slice(before));
        let text = source.slice(piece.body);
        let words: Vec<&str> = text.split_whitespace().collect();
        self.text
            .push_str(&format!("/* left out: {} */", in_comment(&words.join(" "))));
        let lines = text.bytes().filter(|&byte| byte == b'\n').count();
        self.text.push_str(&"\n".repeat(lines));
        self.push_trivia(source.slice(after));
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
                self.text.push_str("--");
                self.text.push_str(&text[start..start + length]);
                lexer.go_to((start + length) as u32);
            } else {
                open = token.kind == TokenKind::BlockComment && !is_ended(token.text(text));
                self.text.push_str(token.text(text));
            }
        }
        if open {
            self.text.push_str("*/");
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
