//! The form of one directive line: `-- requires: a, b`, `-- @require a`, ` * sqlstitch: phase: expand`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::dialect::lex::{Token, TokenKind};
use crate::source::{Source, Span};

/// An optional prefix, an optional `@`, a key, and a value after a colon or a blank.
static LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?<prefix>(?i:sqlstitch)\s*:\s*)?(?<at>@)?(?<key>[A-Za-z][A-Za-z_-]*)(?:(?<colon>\s*:\s*)|\s+|$)(?<value>.*)$",
    )
    .expect("the pattern is well-formed")
});

/// A comment line that has the form of a directive; its key may be any word.
#[derive(Debug)]
pub(super) struct Directive<'t> {
    /// It starts with `sqlstitch:`.
    pub(super) prefixed: bool,
    /// It starts with `sqlstitch:` or `@`, so it is not prose.
    pub(super) explicit: bool,
    /// A colon follows the key.
    pub(super) colon: bool,
    /// Nothing but white space stands before the comment on its line.
    pub(super) begins_line: bool,
    /// The key as written.
    pub(super) key: &'t str,
    /// The value as written.
    pub(super) value: &'t str,
    /// The place of the whole directive.
    pub(super) span: Span,
    /// The place of the key.
    pub(super) key_span: Span,
    /// The place of the value.
    pub(super) value_span: Span,
}

/// One line of a comment, without the comment's marks and the white space around.
pub(super) struct Line {
    range: Range<usize>,
    begins_line: bool,
}

impl<'t> Directive<'t> {
    pub(super) fn parse(source: &'t Source, line: Line) -> Option<Self> {
        let text = &source.text[line.range.clone()];
        let found = LINE.captures(text)?;
        let key = found.name("key")?;
        let value = found.name("value")?;
        let span = |range: Range<usize>| {
            let start = line.range.start;
            Span::new(
                source.id,
                (start + range.start) as u32,
                (start + range.end) as u32,
            )
        };
        let prefixed = found.name("prefix").is_some();
        Some(Self {
            prefixed,
            explicit: prefixed || found.name("at").is_some(),
            colon: found.name("colon").is_some(),
            begins_line: line.begins_line,
            key: key.as_str(),
            value: value.as_str(),
            span: span(0..text.len()),
            key_span: span(key.range()),
            value_span: span(value.range()),
        })
    }
}

/// The lines of a comment; none for any other token.
pub(super) fn lines(source: &Source, token: Token) -> Vec<Line> {
    let (start, end) = (token.start as usize, token.end as usize);
    let text = &source.text[start..end];
    match token.kind {
        TokenKind::LineComment => {
            let marks = text.len() - text.trim_start_matches(['-', '#']).len();
            let before = source.text[..start].rfind('\n').map_or(0, |at| at + 1);
            vec![Line {
                range: trimmed(&source.text, start + marks..end),
                begins_line: source.text[before..start].trim().is_empty(),
            }]
        }
        TokenKind::BlockComment => {
            let inner = text.strip_prefix("/*").unwrap_or(text);
            let inner = inner.strip_suffix("*/").unwrap_or(inner);
            let mut at = start + 2;
            let mut lines = Vec::new();
            for line in inner.split_inclusive('\n') {
                let range = trimmed(&source.text, at..at + line.len());
                let marks = source.text[range.clone()].trim_start_matches('*');
                lines.push(Line {
                    range: trimmed(&source.text, range.end - marks.len()..range.end),
                    begins_line: true,
                });
                at += line.len();
            }
            lines
        }
        _ => Vec::new(),
    }
}

/// The range without the white space at its ends.
pub(super) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let inner = &text[range.clone()];
    let start = range.start + inner.len() - inner.trim_start().len();
    start..start + inner.trim().len()
}
