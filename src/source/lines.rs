//! Byte offsets to lines and columns.

use serde::Serialize;

/// A place that a person can find: both counts start at 1, columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column in Unicode scalar values, from 1.
    pub column: u32,
}

/// The offsets at which the lines of one text start. A line ends at `\n`; a `\r` before it belongs
/// to the line end.
#[derive(Debug)]
pub struct LineIndex(Vec<u32>);

impl LineIndex {
    pub(super) fn new(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        Self(
            std::iter::once(0)
                .chain(breaks.map(|(at, _)| at as u32 + 1))
                .collect(),
        )
    }

    pub(super) fn position(&self, text: &str, offset: u32) -> Position {
        let line = self.line_of(offset);
        let before = &text[self.0[line] as usize..offset as usize];
        Position {
            line: line as u32 + 1,
            column: before.chars().count() as u32 + 1,
        }
    }

    pub(super) fn line_at<'t>(&self, text: &'t str, offset: u32) -> &'t str {
        let line = self.line_of(offset);
        let start = self.0[line] as usize;
        let end = self
            .0
            .get(line + 1)
            .map_or(text.len(), |&next| next as usize);
        text[start..end].trim_end_matches(['\n', '\r'])
    }

    fn line_of(&self, offset: u32) -> usize {
        self.0.partition_point(|&start| start <= offset) - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_end_at_line_feeds() {
        let text = "a\r\nübung x\n";
        let lines = LineIndex::new(text);
        let at = text.find('x').expect("there is an x") as u32;
        assert_eq!(lines.position(text, at), Position { line: 2, column: 7 });
        assert_eq!(lines.line_at(text, at), "übung x");
        assert_eq!(
            lines.position(text, text.len() as u32),
            Position { line: 3, column: 1 }
        );
    }
}
