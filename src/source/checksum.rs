//! What the ledger stores of a patch's content: SHA-256, which anyone can recompute.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// A SHA-256 digest, shown as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Checksum([u8; 32]);

impl Checksum {
    /// The digest itself.
    #[must_use]
    pub fn bytes(self) -> [u8; 32] {
        self.0
    }

    /// The first eight bytes, big-endian: enough for a lock's number.
    #[must_use]
    pub fn leading_u64(self) -> u64 {
        let mut leading = [0; 8];
        leading.copy_from_slice(&self.0[..8]);
        u64::from_be_bytes(leading)
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hexadecimal(&self.0))
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Checksum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Checksum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return Err(de::Error::custom("no digest is read from a text"));
        }
        <[u8; 32]>::deserialize(deserializer).map(Self)
    }
}

/// The SHA-1 digest of the parts one after the other, in hexadecimal digits: what other tools keep.
#[must_use]
pub fn sha1(parts: &[&[u8]]) -> String {
    let mut digest = Sha1::new();
    for part in parts {
        digest.update(part);
    }
    hexadecimal(&digest.finalize())
}

/// Two lower-case digits a byte. Every patch has digests, so no format string is read for each byte.
fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves
        .map(|half| char::from(DIGITS[usize::from(half)]))
        .collect()
}

/// The SHA-256 digest of a text, in Base64: how a page names the scripts that may run in it
/// (<https://www.w3.org/TR/CSP3/#grammardef-hash-source>).
#[must_use]
pub fn sha256_base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    let mut coded = String::with_capacity(44);
    for bytes in digest.chunks(3) {
        let byte = |at: usize| u32::from(bytes.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            coded.push(if digit > bytes.len() {
                '='
            } else {
                char::from(DIGITS[(bits >> (18 - 6 * digit)) as usize & 63])
            });
        }
    }
    coded
}

/// Digests a list of parts, so that no two different lists give the same input to the hash: each
/// part is preceded by its length as eight big-endian bytes.
#[derive(Default)]
pub struct ChecksumBuilder {
    digest: Sha256,
    /// Parts are mostly words, and the digest takes long runs much faster.
    buffer: Vec<u8>,
}

/// How many bytes the digest is given at once.
const BUFFER: usize = 16 * 1024;

impl ChecksumBuilder {
    /// Adds the next part of the list.
    pub fn part(&mut self, part: &[u8]) {
        self.buffer
            .extend_from_slice(&(part.len() as u64).to_be_bytes());
        if part.len() < BUFFER {
            self.buffer.extend_from_slice(part);
        }
        if self.buffer.len() >= BUFFER || part.len() >= BUFFER {
            self.digest.update(&self.buffer);
            self.buffer.clear();
        }
        if part.len() >= BUFFER {
            self.digest.update(part);
        }
    }

    /// The digest of all parts added.
    #[must_use]
    pub fn finish(mut self) -> Checksum {
        self.digest.update(&self.buffer);
        Checksum(self.digest.finalize().into())
    }
}
