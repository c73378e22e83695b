//! Bytes to text: UTF-8 with or without a byte order mark, UTF-16 with one.

use std::borrow::Cow;

/// Why bytes are not text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// Offset in the file of the first byte that does not fit.
    pub offset: usize,
    /// What is wrong there, as the rest of a sentence: "byte 0xe9 is not UTF-8".
    pub message: String,
}

/// Decodes a file's bytes, which become the text where they are UTF-8. A byte order mark is dropped.
///
/// # Errors
/// Names the offset of the first byte that is not valid in the encoding that the byte order mark
/// announces (UTF-8 where there is none), of a NUL byte (no engine's client takes one), or of the
/// end where the text is 4 GiB or longer.
pub fn decode<'b>(bytes: impl Into<Cow<'b, [u8]>>) -> Result<String, DecodeError> {
    let bytes = bytes.into();
    let (text, unit, mark) = match bytes.as_ref() {
        [0xEF, 0xBB, 0xBF, rest @ ..] => (utf8(rest.into(), 3)?, 1, 3),
        [0xFF, 0xFE, rest @ ..] => (utf16(rest, u16::from_le_bytes)?, 2, 2),
        [0xFE, 0xFF, rest @ ..] => (utf16(rest, u16::from_be_bytes)?, 2, 2),
        _ => (utf8(bytes, 0)?, 1, 0),
    };
    if let Some(at) = text.find('\0') {
        let before = if unit == 1 {
            at
        } else {
            text[..at].encode_utf16().count() * 2
        };
        return Err(DecodeError {
            offset: mark + before,
            message: "a NUL byte: this is not a text file".to_owned(),
        });
    }
    if u32::try_from(text.len()).is_err() {
        return Err(DecodeError {
            offset: text.len(),
            message: "the file is 4 GiB or longer".to_owned(),
        });
    }
    Ok(text)
}

/// A text as the bytes of a file in the encoding of `original`, with its byte order mark if it has one.
#[must_use]
pub fn encode_like(original: &[u8], text: &str) -> Vec<u8> {
    let units = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
        let units = text.encode_utf16().flat_map(bytes);
        mark.into_iter().chain(units).collect()
    };
    match original {
        [0xEF, 0xBB, 0xBF, ..] => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
        [0xFF, 0xFE, ..] => units([0xFF, 0xFE], u16::to_le_bytes),
        [0xFE, 0xFF, ..] => units([0xFE, 0xFF], u16::to_be_bytes),
        _ => text.as_bytes().to_vec(),
    }
}

fn utf8(bytes: Cow<'_, [u8]>, mark: usize) -> Result<String, DecodeError> {
    String::from_utf8(bytes.into_owned()).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        DecodeError {
            offset: mark + at,
            message: format!("byte 0x{:02x} is not UTF-8", error.as_bytes()[at]),
        }
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, DecodeError> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    if !odd.is_empty() {
        return Err(DecodeError {
            offset: 2 + bytes.len() - 1,
            message: "half a UTF-16 unit at the end".to_owned(),
        });
    }
    let mut text = String::with_capacity(bytes.len());
    let mut offset = 2;
    for unit in char::decode_utf16(pairs.iter().map(|&pair| unit(pair))) {
        let char = unit.map_err(|error| DecodeError {
            offset,
            message: format!(
                "0x{:04x} is half of a UTF-16 surrogate pair",
                error.unpaired_surrogate()
            ),
        })?;
        offset += char.len_utf16() * 2;
        text.push(char);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_with_a_mark_gives_the_same_text() {
        let text = "SELECT 'ü😀';\r\n";
        let mut marked = vec![0xEF, 0xBB, 0xBF];
        marked.extend(text.as_bytes());
        let little: Vec<u8> = [0xFEFF]
            .into_iter()
            .chain(text.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        let big: Vec<u8> = [0xFEFF]
            .into_iter()
            .chain(text.encode_utf16())
            .flat_map(u16::to_be_bytes)
            .collect();
        for bytes in [text.as_bytes(), &marked, &little, &big] {
            assert_eq!(decode(bytes).as_deref(), Ok(text));
            assert_eq!(encode_like(bytes, text), bytes);
        }
    }

    #[test]
    fn bad_bytes_are_named_with_their_offset() {
        let cases: [(&[u8], usize); 5] = [
            (b"abc\xE9", 3),
            (b"\xEF\xBB\xBFa\xFF", 4),
            (b"a\0b", 1),
            (b"\xFF\xFEa\0b", 4),
            (b"\xFF\xFEa\0\x00\xD8b\0", 4),
        ];
        for (bytes, offset) in cases {
            assert_eq!(decode(bytes).map_err(|error| error.offset), Err(offset));
        }
    }
}
