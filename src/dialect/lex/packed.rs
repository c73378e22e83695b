//! Tokens in little room. They tile a text, so a kind and a length are enough: most take a byte or
//! two, where a [`Token`] takes twelve, which for a file of rows is more than the file.

use super::{Token, TokenKind};

/// The kinds by their numbers.
const KINDS: [TokenKind; 23] = [
    TokenKind::Space,
    TokenKind::LineComment,
    TokenKind::BlockComment,
    TokenKind::VersionComment,
    TokenKind::Word,
    TokenKind::QuotedIdent,
    TokenKind::String,
    TokenKind::DollarString,
    TokenKind::Number,
    TokenKind::Param,
    TokenKind::Open,
    TokenKind::Close,
    TokenKind::Comma,
    TokenKind::Semicolon,
    TokenKind::Dot,
    TokenKind::OpenBracket,
    TokenKind::CloseBracket,
    TokenKind::Backslash,
    TokenKind::Operator,
    TokenKind::ClientCommand,
    TokenKind::CopyData,
    TokenKind::Delimiter,
    TokenKind::Other,
];

/// The bits of a token's first byte: its kind, `open`, and how many bytes its length takes.
const KIND: u8 = 0b0001_1111;
const OPEN: u8 = 0b0010_0000;
const LENGTH: u32 = 6;

/// Tokens that tile a text.
#[derive(Clone, Debug, Default)]
pub struct Packed {
    bytes: Vec<u8>,
    end: u32,
}

/// A place between two tokens.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mark {
    byte: usize,
    position: u32,
}

/// Some of the tokens, in order.
#[derive(Clone, Copy, Debug)]
pub struct Tokens<'p> {
    bytes: &'p [u8],
    position: u32,
}

impl Packed {
    /// None yet, with room for the tokens of a text of so many bytes.
    #[must_use]
    pub fn for_text(length: usize) -> Self {
        Self {
            // A token has about seven bytes with the space after it.
            bytes: Vec::with_capacity(length / 4),
            end: 0,
        }
    }

    /// Appends a token, which must start where the last one ends.
    pub fn push(&mut self, token: Token) {
        debug_assert_eq!(token.start, self.end);
        let length = token.end - token.start;
        let bytes = length.to_le_bytes();
        let (code, bytes) = match length {
            1 => (0, &bytes[..0]),
            0..=0xFF => (1, &bytes[..1]),
            0x100..=0xFFFF => (2, &bytes[..2]),
            _ => (3, &bytes[..]),
        };
        let open = if token.open { OPEN } else { 0 };
        self.bytes.push(token.kind as u8 | open | code << LENGTH);
        self.bytes.extend_from_slice(bytes);
        self.end = token.end;
    }

    /// Where the last token ends.
    #[must_use]
    pub fn end(&self) -> u32 {
        self.end
    }

    /// The place after the last token.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark {
            byte: self.bytes.len(),
            position: self.end,
        }
    }

    /// All tokens.
    #[must_use]
    pub fn iter(&self) -> Tokens<'_> {
        self.after(Mark::default())
    }

    /// The tokens after a place.
    #[must_use]
    pub fn after(&self, mark: Mark) -> Tokens<'_> {
        Tokens {
            bytes: &self.bytes[mark.byte..],
            position: mark.position,
        }
    }

    /// Sets `open` on the tokens that start at these positions, which are in order.
    pub fn set_open(&mut self, starts: &[u32]) {
        let mut starts = starts.iter().peekable();
        let mut at = 0;
        let mut position = 0;
        while starts.peek().is_some()
            && let Some((token, size)) = unpack(&self.bytes[at..], position)
        {
            if starts.next_if(|&&start| start <= token.start) == Some(&token.start) {
                self.bytes[at] |= OPEN;
            }
            at += size;
            position = token.end;
        }
    }
}

impl<'p> IntoIterator for &'p Packed {
    type Item = Token;
    type IntoIter = Tokens<'p>;

    fn into_iter(self) -> Tokens<'p> {
        self.iter()
    }
}

impl Tokens<'_> {
    /// Takes off the tokens up to the first for which `is_beyond` holds.
    pub fn take_until(&mut self, is_beyond: impl Fn(&Token) -> bool) -> Self {
        let all = *self;
        let mut size = 0;
        while let Some((token, more)) = unpack(self.bytes, self.position)
            && !is_beyond(&token)
        {
            size += more;
            self.bytes = &self.bytes[more..];
            self.position = token.end;
        }
        Self {
            bytes: &all.bytes[..size],
            position: all.position,
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let (token, size) = unpack(self.bytes, self.position)?;
        self.bytes = &self.bytes[size..];
        self.position = token.end;
        Some(token)
    }
}

/// The first token, which starts at `start`, and how many bytes it takes.
fn unpack(bytes: &[u8], start: u32) -> Option<(Token, usize)> {
    let &first = bytes.first()?;
    let (length, size) = match first >> LENGTH {
        0 => (1, 1),
        1 => (u32::from(*bytes.get(1)?), 2),
        2 => (
            u32::from(u16::from_le_bytes([*bytes.get(1)?, *bytes.get(2)?])),
            3,
        ),
        _ => (u32::from_le_bytes(*bytes.get(1..)?.first_chunk()?), 5),
    };
    let token = Token {
        kind: KINDS[usize::from(first & KIND)],
        start,
        end: start + length,
        open: first & OPEN != 0,
    };
    Some((token, size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_out_as_they_went_in() {
        let lengths = [1, 2, 0xFF, 0x100, 0xFFFF, 0x1_0000, 1];
        let mut packed = Packed::default();
        let mut tokens = Vec::new();
        for (number, kind) in KINDS.into_iter().enumerate() {
            assert_eq!(kind as usize, number);
            let token = Token {
                kind,
                start: packed.end(),
                end: packed.end() + lengths[number % lengths.len()],
                open: number % 2 == 1,
            };
            packed.push(token);
            tokens.push(token);
        }
        assert_eq!(packed.iter().collect::<Vec<_>>(), tokens);
        let mut rest = packed.iter();
        let head = rest.take_until(|token| token.kind == TokenKind::Word);
        assert_eq!(head.chain(rest).collect::<Vec<_>>(), tokens);
        let mark = packed.mark();
        assert!(packed.after(mark).is_empty());
        let even: Vec<u32> = tokens.iter().step_by(2).map(|token| token.start).collect();
        packed.set_open(&even);
        assert!(packed.iter().all(|token| token.open));
    }
}
