//! A span as the machine-readable formats give it.

use serde::Serialize;

use crate::source::{Sources, Span};

/// Lines and columns from 1; columns count characters; the end is after the last character.
#[derive(Debug, Serialize)]
pub(super) struct Place<'s> {
    pub(super) path: &'s str,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) end_line: u32,
    pub(super) end_column: u32,
}

impl<'s> Place<'s> {
    pub(super) fn new(span: Span, sources: &'s Sources) -> Self {
        let source = sources.get(span.source);
        let (start, end) = (source.position(span.start), source.position(span.end));
        Self {
            path: &source.shown,
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }
}
