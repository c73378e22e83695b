//! Data of `COPY … FROM stdin`: it starts on the line after the statement and ends with a line `\.`.

use super::Splitter;
use super::blocks::Progress;
use crate::dialect::lex::{Token, TokenKind};
use crate::read::statement::StatementKind;

/// How much of `COPY … FROM STDIN` has been read of the statement at hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Seen {
    #[default]
    Nothing,
    /// It is another statement.
    Other,
    Copy,
    From,
    Stdin,
}

/// The blocks of data that the statements so far announce.
#[derive(Debug, Default)]
pub(super) struct Copies {
    seen: Seen,
    pending: u32,
    /// There is no `\.` line in the rest of the text.
    exhausted: bool,
}

impl Copies {
    pub(super) fn pending(&self) -> bool {
        self.pending > 0
    }

    #[inline]
    pub(super) fn see(&mut self, token: &Token, text: &str, blocks: &Progress) {
        // Nearly every token of nearly every file.
        if self.seen == Seen::Other {
            return;
        }
        let is =
            |keyword: &str| token.kind == TokenKind::Word && text.eq_ignore_ascii_case(keyword);
        self.seen = match self.seen {
            Seen::Nothing if is("copy") => Seen::Copy,
            Seen::Nothing => Seen::Other,
            Seen::Copy | Seen::From if is("from") && blocks.outside_parens() => Seen::From,
            Seen::From if is("stdin") => Seen::Stdin,
            Seen::From => Seen::Copy,
            seen => seen,
        };
    }

    /// Whether the statement that ends now announces data.
    pub(super) fn statement_ends(&mut self) -> bool {
        std::mem::take(&mut self.seen) == Seen::Stdin
    }

    /// Whether data follows depends on whether the server accepts the statement; what can be known
    /// is whether a line ends it.
    pub(super) fn look_ahead(&mut self, text: &str, from: u32) {
        if self.exhausted {
            return;
        }
        let rest = &text[from as usize..];
        match rest.find('\n') {
            Some(line_end) => self.look_ahead_at_line(text, from + line_end as u32 + 1),
            None => self.exhausted = true,
        }
    }

    /// The same, where `from` is the start of the line that the data would start on.
    pub(super) fn look_ahead_at_line(&mut self, text: &str, from: u32) {
        if self.exhausted {
            return;
        }
        if data_length(&text[from as usize..]).is_some() {
            self.pending += 1;
        } else {
            self.exhausted = true;
        }
    }
}

/// Takes the data that starts on this line.
pub(super) fn take(splitter: &mut Splitter<'_>) {
    while splitter.copies.pending > 0 {
        splitter.copies.pending -= 1;
        let Some((body, length)) = data_length(splitter.rest()) else {
            splitter.copies.exhausted = true;
            splitter.copies.pending = 0;
            return;
        };
        splitter.interrupt();
        let start = splitter.at();
        let end = start + length as u32;
        splitter.push_code(Token {
            kind: TokenKind::CopyData,
            start,
            end,
            open: false,
        });
        splitter.code = Some((start, start + body as u32));
        splitter.go_to(end);
        splitter.line_is_blank = true;
        splitter.finish(StatementKind::CopyData, end, true);
    }
}

/// The lengths of the data before its line `\.` and with that line and its line end.
fn data_length(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let at = from + text[from..].find("\\.")?;
        let after = &text[at + 2..];
        let line_end = [("", 0), ("\n", 1), ("\r\n", 2)]
            .into_iter()
            .find(|(end, _)| {
                if end.is_empty() {
                    after.is_empty()
                } else {
                    after.starts_with(end)
                }
            });
        if let Some((_, length)) = line_end
            && (at == 0 || text.as_bytes()[at - 1] == b'\n')
        {
            return Some((at, at + 2 + length));
        }
        from = at + 2;
    }
}
