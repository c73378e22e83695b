//! A reading as bytes, to be kept for the next run: reading a text again costs more than half of a run.

use super::{Patch, Reading};
use crate::dialect::Engine;
use crate::source::{Checksum, ChecksumBuilder, Source};

/// The digest of everything that [`super::read`] looks at.
#[must_use]
pub fn key(source: &Source, engine: Engine) -> Checksum {
    let mut digest = ChecksumBuilder::default();
    digest.part(engine.name().as_bytes());
    digest.part(source.path.as_bytes());
    digest.part(source.text.as_bytes());
    digest.finish()
}

/// The reading as bytes; none where there are findings, which are rare and not kept.
#[must_use]
pub fn bytes(reading: &Reading) -> Option<Vec<u8>> {
    match reading.findings.is_empty() {
        true => postcard::to_allocvec(&reading.patch).ok(),
        false => None,
    }
}

/// The reading of a source from what [`bytes`] has given for the same [`key`]; none where the bytes are not
/// whole.
#[must_use]
pub fn reading(source: &Source, bytes: &[u8]) -> Option<Reading> {
    let read = || postcard::take_from_bytes::<Patch>(bytes);
    let (patch, rest) = source.id.of_all_read_in(read).ok()?;
    rest.is_empty().then(|| Reading {
        patch,
        findings: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::read;
    use crate::source::Sources;

    const TEXT: &str = "-- requires: a\n-- allow: unresolved it is there\nSET search_path = s;\n\
        CREATE TABLE t (a int PRIMARY KEY, b text REFERENCES u (c));\n\
        CREATE FUNCTION f(x int) RETURNS int SET search_path = s LANGUAGE sql AS 'SELECT a FROM t';\n\
        ALTER TABLE t ADD COLUMN c int NOT NULL DEFAULT 0, RENAME TO v;\nDROP TABLE IF EXISTS w CASCADE;";

    #[test]
    fn a_reading_comes_back_as_it_was_wherever_its_source_is() {
        for engine in Engine::ALL {
            let mut sources = Sources::default();
            let first = sources.add("p.sql", TEXT);
            let again = sources.add("p.sql", TEXT);
            let read_first = read(sources.get(first), engine);
            let read_again = read(sources.get(again), engine);
            let bytes = bytes(&Reading {
                findings: Vec::new(),
                ..read_first
            });
            let bytes = bytes.expect("bytes");
            let kept = reading(sources.get(again), &bytes).expect("a reading");
            assert_eq!(
                format!("{:?}", kept.patch),
                format!("{:?}", read_again.patch),
                "{engine:?}"
            );
            for end in 0..bytes.len() {
                assert!(reading(sources.get(again), &bytes[..end]).is_none());
            }
        }
    }

    #[test]
    fn the_key_tells_apart_what_is_read_differently() {
        let mut sources = Sources::default();
        let ids = [
            ("a.sql", "SELECT 1"),
            ("b.sql", "SELECT 1"),
            ("a.sql", "SELECT 2"),
        ]
        .map(|(path, text)| sources.add(path, text));
        let mut keys: Vec<_> = ids
            .iter()
            .flat_map(|&id| Engine::ALL.map(|engine| key(sources.get(id), engine)))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 3 * Engine::ALL.len());
    }
}
