//! The text of a script. Long statements stay in their sources and are only pointed at: the script of
//! a patch of 100 MB is a few lines around it.

use std::fmt;
use std::io;
use std::sync::Arc;

use crate::source::{Source, Span};

/// Shorter texts are copied: pointing at one takes as much.
const SHORT: usize = 64;

/// A script, written piece by piece. It is used like a `String` while it is made, and written with
/// [`Script::write_to`] or [`fmt::Display`].
#[derive(Clone, Default)]
pub struct Script {
    /// What is not pointed at, in order.
    own: String,
    /// What stands between, in order.
    pointed: Vec<Pointed>,
    /// How much of the script's own text stands before the last of them.
    before: usize,
    /// The texts that are pointed into.
    texts: Vec<Arc<String>>,
}

/// A part of a source's text in its place. There may be millions of them.
#[derive(Clone, Copy)]
struct Pointed {
    /// How much of the script's own text stands between it and the one before.
    own: u32,
    /// Which of the texts, in all bits but the last; that one is set where quotes are doubled.
    text: u32,
    start: u32,
    end: u32,
}

impl Pointed {
    fn text(self) -> usize {
        (self.text >> 1) as usize
    }

    fn quoting(self) -> Quoting {
        match self.text & 1 {
            0 => Quoting::Plain,
            _ => Quoting::Doubled,
        }
    }
}

/// How a source's text stands in the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoting {
    /// As it is.
    Plain,
    /// Inside a literal in which only `'` is special: quotes are doubled.
    Doubled,
}

impl Script {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a text.
    pub fn push_str(&mut self, text: &str) {
        self.own.push_str(text);
    }

    /// Appends what stands inside a literal in which only `'` is special.
    pub fn push_doubled(&mut self, text: &str) {
        self.own.extend(doubled(text));
    }

    /// Appends a character.
    pub fn push(&mut self, letter: char) {
        self.own.push(letter);
    }

    /// Appends the text under `span`, without a copy of it where it is long.
    pub fn push_source(&mut self, source: &Source, span: Span, quoting: Quoting) {
        let text = source.slice(span);
        if text.len() < SHORT {
            match quoting {
                Quoting::Plain => self.own.push_str(text),
                Quoting::Doubled => self.push_doubled(text),
            }
            return;
        }
        let text = self.place(&source.text) << 1 | u32::from(quoting == Quoting::Doubled);
        self.point(
            Pointed {
                own: 0,
                text,
                start: span.start,
                end: span.end,
            },
            self.own.len(),
        );
    }

    /// Appends what is pointed at, with so much of the script's own text before it.
    fn point(&mut self, pointed: Pointed, before: usize) {
        let mut own = before - self.before;
        self.before = before;
        // Nothing of a text carries what is too much for a number.
        while own > u32::MAX as usize {
            own -= u32::MAX as usize;
            self.pointed.push(Pointed {
                own: u32::MAX,
                start: 0,
                end: 0,
                ..pointed
            });
        }
        let own = own as u32;
        self.pointed.push(Pointed { own, ..pointed });
    }

    /// Appends another script.
    pub fn append(&mut self, other: Self) {
        let before = self.own.len();
        self.own.push_str(&other.own);
        let places: Vec<u32> = other.texts.iter().map(|text| self.place(text)).collect();
        let mut at = before;
        for pointed in other.pointed {
            at += pointed.own as usize;
            let text = places[pointed.text()] << 1 | (pointed.text & 1);
            self.point(Pointed { text, ..pointed }, at);
        }
    }

    /// The place of a text among those that are pointed into.
    fn place(&mut self, text: &Arc<String>) -> u32 {
        let same = |known: &Arc<String>| Arc::ptr_eq(known, text);
        // Patches come one after the other, so the last text is the one nearly always.
        let place = self.texts.iter().rposition(same).unwrap_or_else(|| {
            self.texts.push(Arc::clone(text));
            self.texts.len() - 1
        });
        place as u32
    }

    /// The bytes of the script.
    #[must_use]
    pub fn size(&self) -> usize {
        self.pieces().map(str::len).sum()
    }

    /// Writes the whole script.
    ///
    /// # Errors
    /// The writer's.
    pub fn write_to(&self, writer: &mut impl io::Write) -> io::Result<()> {
        // Many pieces are short.
        let mut writer = io::BufWriter::with_capacity(1 << 16, writer);
        for piece in self.pieces() {
            io::Write::write_all(&mut writer, piece.as_bytes())?;
        }
        io::Write::flush(&mut writer)
    }

    /// The pieces that are the script when they are joined.
    fn pieces(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        let between = self.pointed.iter().map(move |&pointed| {
            let own = start..start + pointed.own as usize;
            start = own.end;
            (own, pointed)
        });
        between
            .flat_map(|(own, pointed)| {
                let text = &self.texts[pointed.text()];
                let text = &text[pointed.start as usize..pointed.end as usize];
                let (plain, with_quotes) = match pointed.quoting() {
                    Quoting::Plain => (Some(text), None),
                    Quoting::Doubled => (None, Some(doubled(text))),
                };
                std::iter::once(&self.own[own])
                    .chain(plain)
                    .chain(with_quotes.into_iter().flatten())
            })
            .chain(std::iter::once(&self.own[self.before..]))
    }
}

/// The parts of `text` that give it with its quotes doubled.
fn doubled(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive('\'').flat_map(|part| {
        let again = part.ends_with('\'').then_some("'");
        std::iter::once(part).chain(again)
    })
}

impl fmt::Write for Script {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push_str(text);
        Ok(())
    }
}

impl fmt::Display for Script {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces()
            .try_for_each(|piece| formatter.write_str(piece))
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}", self.to_string())
    }
}

impl PartialEq for Script {
    fn eq(&self, other: &Self) -> bool {
        self.pieces()
            .flat_map(str::bytes)
            .eq(other.pieces().flat_map(str::bytes))
    }
}

impl From<String> for Script {
    fn from(text: String) -> Self {
        Self {
            own: text,
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    #[test]
    fn what_is_pointed_at_stands_in_its_place() {
        let mut sources = Sources::default();
        let long = "it's ".repeat(SHORT);
        let ids = [
            sources.add("a", "a'b"),
            sources.add("b", long.clone()),
            sources.add("c", "'".repeat(SHORT)),
        ];
        let mut script = Script::new();
        let mut expected = String::new();
        script.push_source(
            sources.get(ids[2]),
            sources.get(ids[2]).span(),
            Quoting::Plain,
        );
        expected.push_str(&sources.get(ids[2]).text);
        let mut more = Script::new();
        for quoting in [Quoting::Plain, Quoting::Doubled] {
            for id in ids {
                let source = sources.get(id);
                more.push_str("<");
                more.push_source(source, source.span(), quoting);
                more.push('>');
                expected.push('<');
                expected.push_str(&match quoting {
                    Quoting::Plain => source.text.to_string(),
                    Quoting::Doubled => source.text.replace('\'', "''"),
                });
                expected.push('>');
            }
        }
        script.append(more);
        script.push_str("end");
        expected.push_str("end");
        assert_eq!(script.to_string(), expected);
        assert_eq!(script.size(), expected.len());
        assert_eq!(script.texts.len(), 2);
        let mut written = Vec::new();
        script
            .write_to(&mut written)
            .expect("memory can be written");
        assert_eq!(written, expected.as_bytes());
        assert_eq!(script, Script::from(expected));
    }
}
