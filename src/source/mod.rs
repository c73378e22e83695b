//! Source texts, places in them, and checksums: what every other floor points into.

mod checksum;
mod decode;
mod lines;

pub use checksum::{Checksum, ChecksumBuilder, sha1, sha256_base64};
pub use decode::{DecodeError, decode, encode_like};
pub use lines::{LineIndex, Position};

use std::cell::Cell;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The place of a [`Source`] in its [`Sources`].
///
/// It holds for one run. What is kept for the next run leaves it out, and gets another one when it is read:
/// see [`SourceId::of_all_read_in`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

thread_local! {
    static READ: Cell<SourceId> = const { Cell::new(SourceId(0)) };
}

impl SourceId {
    /// Runs `read`; every place that it deserializes on this thread is in this source.
    pub fn of_all_read_in<T>(self, read: impl FnOnce() -> T) -> T {
        let before = READ.replace(self);
        let value = read();
        READ.set(before);
        value
    }
}

impl Serialize for SourceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_u32(self.0)
        } else {
            serializer.serialize_unit()
        }
    }
}

impl<'de> Deserialize<'de> for SourceId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            u32::deserialize(deserializer).map(Self)
        } else {
            <()>::deserialize(deserializer).map(|()| READ.get())
        }
    }
}

/// A range of bytes in one source's text, `start` included, `end` excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The text that the range is in.
    pub source: SourceId,
    /// Byte offset of the first byte.
    pub start: u32,
    /// Byte offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end` of `source`, in bytes.
    #[must_use]
    pub fn new(source: SourceId, start: u32, end: u32) -> Self {
        Self { source, start, end }
    }

    /// The smallest span that holds both; they must be in the same source.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        debug_assert_eq!(self.source, other.source);
        Self::new(
            self.source,
            self.start.min(other.start),
            self.end.max(other.end),
        )
    }
}

/// One SQL file, decoded to UTF-8 and without its byte order mark.
#[derive(Debug)]
pub struct Source {
    /// The place among all sources.
    pub id: SourceId,
    /// The path under the root, `/`-separated on every platform: the same wherever the tool is
    /// called from, so it is what scripts and the ledger hold.
    pub path: String,
    /// The path from where the tool was called: what findings show and editors open.
    pub shown: String,
    /// The decoded text; scripts point into it.
    pub text: Arc<String>,
    /// Most texts are fine, and nobody asks for their lines.
    lines: OnceLock<LineIndex>,
}

impl Source {
    /// The text under `span`.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        &self.text[span.start as usize..span.end as usize]
    }

    fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// Line and column of the byte at `offset`.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        self.lines().position(&self.text, offset)
    }

    /// The whole text as a span.
    #[must_use]
    pub fn span(&self) -> Span {
        Span::new(self.id, 0, self.text.len() as u32)
    }

    /// The text of the line that holds `offset`, without its line end.
    #[must_use]
    pub fn line_at(&self, offset: u32) -> &str {
        self.lines().line_at(&self.text, offset)
    }
}

/// All sources of one run, in the order in which they were added.
#[derive(Debug, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// Adds a text that findings show under the path it has under the root. Texts longer than
    /// 4 GiB are refused by [`decode`].
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> SourceId {
        let path = path.into();
        self.add_shown(path.clone(), path, text)
    }

    /// Adds a text that findings show under a path of its own.
    pub fn add_shown(
        &mut self,
        path: impl Into<String>,
        shown: impl Into<String>,
        text: impl Into<String>,
    ) -> SourceId {
        let id = SourceId(self.0.len() as u32);
        let text = text.into();
        self.0.push(Source {
            id,
            path: path.into(),
            shown: shown.into(),
            lines: OnceLock::new(),
            text: Arc::new(text),
        });
        id
    }

    /// The source with this id, which must come from this collection.
    #[must_use]
    pub fn get(&self, id: SourceId) -> &Source {
        &self.0[id.0 as usize]
    }

    /// The text under `span`.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.source).slice(span)
    }

    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every source, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.0.iter()
    }

    /// `path:line:column` of the start of `span`, as it is shown to people: the form that editors and
    /// terminals link.
    #[must_use]
    pub fn locate(&self, span: Span) -> String {
        let source = self.get(span.source);
        let Position { line, column } = source.position(span.start);
        format!("{}:{line}:{column}", source.shown)
    }

    /// `path:line:column` of the start of `span` with the path under the root: for what is stored,
    /// since it does not depend on where the tool was called.
    #[must_use]
    pub fn locate_under_root(&self, span: Span) -> String {
        let source = self.get(span.source);
        let Position { line, column } = source.position(span.start);
        format!("{}:{line}:{column}", source.path)
    }
}
