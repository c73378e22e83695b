//! What the files of a tree hold, kept for the next run: the readings by digests of the files. Nothing is lost
//! with the cache, and what is damaged in it is read from the files again.

use std::collections::BTreeMap;
use std::fs;
use std::hash::BuildHasher as _;
use std::io::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use etcetera::BaseStrategy as _;
use foldhash::fast::FixedState;

use crate::dialect::Engine;
use crate::read::{Reading, kept};
use crate::source::{ChecksumBuilder, Source};

/// Fewer files are read as fast as the cache.
const WORTH_IT: usize = 200;

const MAGIC: &[u8] = b"sqlstitch readings 1\n";

/// For how long a cache is kept that nothing is written to.
const MONTH: Duration = Duration::from_hours(31 * 24);

/// A key, the length of its bytes and their hash.
const ROW: usize = 32 + 4 + 8;

/// Whether and where readings are kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Keeping {
    /// Not at all.
    pub(super) never: bool,
    /// Here, and not in the user's cache directory.
    pub(super) directory: Option<PathBuf>,
}

impl Keeping {
    /// The cache of a tree of so many files; none where it is not worth it, or there is no place for it.
    pub(super) fn cache(&self, root: &Path, files: usize) -> Option<Cache> {
        if self.never || files < WORTH_IT {
            return None;
        }
        let directory = match &self.directory {
            Some(directory) => directory.clone(),
            None => {
                let bases = etcetera::choose_base_strategy().ok()?;
                bases.cache_dir().join("sqlstitch")
            }
        };
        Cache::open(&directory, root)
    }
}

/// The readings of the run before.
#[derive(Debug)]
pub(super) struct Cache {
    path: PathBuf,
    program: [u8; 32],
    file: Vec<u8>,
    /// Where the bytes of a key are in the file, and their hash.
    places: Places,
}

/// In the order of the keys; what damage has put elsewhere is not found.
type Places = Vec<([u8; 32], (Range<usize>, u64))>;

/// What is written: the bytes of each key with their hash.
type Rows<'c> = BTreeMap<[u8; 32], (&'c [u8], u64)>;

/// What is to be kept of a reading.
#[derive(Debug)]
pub(super) struct Entry {
    key: [u8; 32],
    bytes: Bytes,
}

#[derive(Debug)]
enum Bytes {
    /// Those that the cache has.
    There,
    New(Vec<u8>),
    /// It is read again in each run.
    None,
}

impl Cache {
    fn open(directory: &Path, root: &Path) -> Option<Self> {
        let path = directory.join(name_of(root));
        let program = program()?;
        let file = fs::read(&path).unwrap_or_default();
        let places = places(&file, program).unwrap_or_default();
        Some(Self {
            path,
            program,
            file,
            places,
        })
    }

    /// Takes what is kept of a file, or reads it.
    pub(super) fn read(
        &self,
        source: &Source,
        engine: Engine,
        read: impl Fn(&Source) -> Reading,
    ) -> (Reading, Entry) {
        let key = kept::key(source, engine).bytes();
        if let Some((place, hash)) = self.place(&key) {
            let bytes = &self.file[place.clone()];
            if hash_of(bytes) == *hash
                && let Some(reading) = kept::reading(source, bytes)
            {
                let bytes = Bytes::There;
                return (reading, Entry { key, bytes });
            }
        }
        let reading = read(source);
        let bytes = kept::bytes(&reading).map_or(Bytes::None, Bytes::New);
        (reading, Entry { key, bytes })
    }

    /// Writes the cache for the next run, if there is something new in it. That it cannot be written is no
    /// error: the next run is only slower.
    pub(super) fn keep(&self, entries: &[Entry]) {
        if entries
            .iter()
            .all(|entry| !matches!(entry.bytes, Bytes::New(_)))
        {
            return;
        }
        let mut rows = Rows::new();
        for entry in entries {
            if let Bytes::New(bytes) = &entry.bytes {
                rows.insert(entry.key, (bytes, hash_of(bytes)));
            } else if let Some((place, hash)) = self.place(&entry.key) {
                rows.insert(entry.key, (&self.file[place.clone()], *hash));
            }
        }
        // Those of another branch, for a while. Nobody has looked at them: they keep the hash that they had,
        // so that what is damaged in them is still seen.
        for (key, (place, hash)) in &self.places {
            if rows.len() >= 2 * entries.len() {
                break;
            }
            let row = (&self.file[place.clone()], *hash);
            rows.entry(*key).or_insert(row);
        }
        let _ = self.write(&rows);
    }

    fn place(&self, key: &[u8; 32]) -> Option<&(Range<usize>, u64)> {
        let found = self
            .places
            .binary_search_by_key(key, |(key, _)| *key)
            .ok()?;
        Some(&self.places[found].1)
    }

    fn write(&self, rows: &Rows<'_>) -> std::io::Result<()> {
        let mut text = MAGIC.to_vec();
        text.extend(self.program);
        text.extend((rows.len() as u32).to_le_bytes());
        for (key, (bytes, hash)) in rows {
            text.extend(key);
            text.extend((bytes.len() as u32).to_le_bytes());
            text.extend(hash.to_le_bytes());
        }
        for (bytes, _) in rows.values() {
            text.extend_from_slice(bytes);
        }
        let directory = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(directory)?;
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        file.write_all(&text)?;
        file.persist(&self.path)?;
        remove_old(directory)
    }
}

/// Removes what no run has written for a month: of trees that are no more.
fn remove_old(directory: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let age = entry.metadata()?.modified()?.elapsed();
        let is_ours = entry.file_name().to_str().is_some_and(is_name);
        if is_ours && age.is_ok_and(|age| age > MONTH) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn is_name(name: &str) -> bool {
    name.len() == 16 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Where what is; none where the file is no cache, or not whole.
fn places(file: &[u8], program: [u8; 32]) -> Option<Places> {
    let rest = file.strip_prefix(MAGIC)?.strip_prefix(&program)?;
    let (count, rest) = rest.split_first_chunk::<4>()?;
    let count = u32::from_le_bytes(*count) as usize;
    let (rows, data) = rest.split_at_checked(count.checked_mul(ROW)?)?;
    let mut at = file.len() - data.len();
    let mut places = Places::with_capacity(count);
    for row in rows.chunks_exact(ROW) {
        let (key, row) = row.split_first_chunk::<32>()?;
        let (length, hash) = row.split_first_chunk::<4>()?;
        let end = at.checked_add(u32::from_le_bytes(*length) as usize)?;
        let hash = u64::from_le_bytes(hash.try_into().ok()?);
        places.push((*key, (at..end, hash)));
        at = end;
    }
    (at == file.len()).then_some(places)
}

fn hash_of(bytes: &[u8]) -> u64 {
    FixedState::default().hash_one(bytes)
}

/// One file for each tree.
fn name_of(root: &Path) -> String {
    let path = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
    let mut digest = ChecksumBuilder::default();
    digest.part(path.as_os_str().as_encoded_bytes());
    format!("{:016x}", digest.finish().leading_u64())
}

/// What another program has read may mean something else, a development build of the same version too.
fn program() -> Option<[u8; 32]> {
    let path = std::env::current_exe().ok()?;
    let about = fs::metadata(path).ok()?;
    let changed = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let mut digest = ChecksumBuilder::default();
    digest.part(env!("CARGO_PKG_VERSION").as_bytes());
    digest.part(&about.len().to_le_bytes());
    digest.part(&changed.as_nanos().to_le_bytes());
    Some(digest.finish().bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn sources(texts: &[&str]) -> Sources {
        let mut sources = Sources::default();
        for (number, text) in texts.iter().enumerate() {
            sources.add(format!("{number}.sql"), *text);
        }
        sources
    }

    fn run(cache: &Cache, sources: &Sources) -> (Vec<Reading>, Vec<Entry>) {
        let engine = Engine::Postgres;
        let read = |source: &Source| crate::read::read(source, engine);
        let entries = sources.iter();
        entries
            .map(|source| cache.read(source, engine, read))
            .unzip()
    }

    fn told((readings, _): &(Vec<Reading>, Vec<Entry>)) -> Vec<String> {
        let told = |reading: &Reading| format!("{reading:?}");
        readings.iter().map(told).collect()
    }

    fn open(directory: &Path) -> Cache {
        Cache::open(directory, Path::new(".")).expect("a cache")
    }

    fn is_there((_, entries): &(Vec<Reading>, Vec<Entry>)) -> Vec<bool> {
        let is_there = |entry: &Entry| matches!(entry.bytes, Bytes::There);
        entries.iter().map(is_there).collect()
    }

    #[test]
    fn what_is_kept_is_what_is_read() {
        let directory = tempfile::tempdir().expect("a directory");
        let first = sources(&["CREATE TABLE a (id int);", "SELECT '", "SELECT * FROM a;"]);
        let cache = open(directory.path());
        let cold = run(&cache, &first);
        assert_eq!(is_there(&cold), [false; 3]);
        cache.keep(&cold.1);
        let warm = run(&open(directory.path()), &first);
        // What has findings is read again.
        assert_eq!(is_there(&warm), [true, false, true]);
        assert_eq!(told(&warm), told(&cold));
        // One file has changed; the others have other places.
        let second = sources(&["CREATE TABLE a (id int);", "SELECT 2;", "SELECT * FROM a;"]);
        let cache = open(directory.path());
        let changed = run(&cache, &second);
        assert_eq!(is_there(&changed), [true, false, true]);
        cache.keep(&changed.1);
        assert_eq!(is_there(&run(&open(directory.path()), &second)), [true; 3]);
    }

    #[test]
    fn a_damaged_cache_is_not_believed() {
        let directory = tempfile::tempdir().expect("a directory");
        let sources = sources(&["CREATE TABLE a (id int PRIMARY KEY);", "DROP TABLE b;"]);
        let cache = open(directory.path());
        let cold = run(&cache, &sources);
        cache.keep(&cold.1);
        let expected = told(&cold);
        let whole = fs::read(&cache.path).expect("the cache");
        for at in 0..whole.len() {
            for damage in [0x01, 0xff] {
                let mut file = whole.clone();
                file[at] ^= damage;
                fs::write(&cache.path, &file).expect("written");
                assert_eq!(told(&run(&open(directory.path()), &sources)), expected);
            }
            fs::write(&cache.path, &whole[..at]).expect("written");
            let cut = open(directory.path());
            assert!(cut.places.is_empty());
            assert_eq!(told(&run(&cut, &sources)), expected);
        }
    }

    #[test]
    fn damage_is_seen_also_in_what_was_carried_along() {
        let directory = tempfile::tempdir().expect("a directory");
        let texts = ["CREATE TABLE a (id int);", "CREATE TABLE b (id int);"];
        let ours = sources(&texts[..1]);
        let both = sources(&texts);
        let cache = open(directory.path());
        let cold = run(&cache, &both);
        cache.keep(&cold.1);
        let whole = fs::read(&cache.path).expect("the cache");
        let data = whole.len() - cache_data(directory.path());
        for at in data..whole.len() {
            let mut file = whole.clone();
            file[at] ^= 0x01;
            fs::write(&cache.path, &file).expect("written");
            // A run of another branch, with something new to keep.
            let other = sources(&[texts[0], "DROP TABLE c;"]);
            let cache = open(directory.path());
            cache.keep(&run(&cache, &other).1);
            let again = open(directory.path());
            assert_eq!(told(&run(&again, &both)), told(&cold), "{at}");
            assert_eq!(told(&run(&again, &ours)), told(&cold)[..1], "{at}");
        }
    }

    /// How many bytes are those of readings.
    fn cache_data(directory: &Path) -> usize {
        let places = open(directory).places;
        places.iter().map(|(_, (place, _))| place.len()).sum()
    }

    #[test]
    fn only_old_caches_are_removed() {
        let directory = tempfile::tempdir().expect("a directory");
        let at = |name: &str| directory.path().join(name);
        let old = std::time::SystemTime::now() - MONTH - MONTH;
        for (name, is_old) in [
            ("0123456789abcdef", true),
            ("fedcba9876543210", false),
            ("somebody else's", true),
        ] {
            let file = fs::File::create(at(name)).expect("a file");
            if is_old {
                file.set_modified(old).expect("a time");
            }
        }
        remove_old(directory.path()).expect("removed");
        assert!(!at("0123456789abcdef").exists());
        assert!(at("fedcba9876543210").exists() && at("somebody else's").exists());
    }

    #[test]
    fn no_cache_is_no_error() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let cache = open(file.path());
        let sources = sources(&["SELECT 1;"]);
        let entries = run(&cache, &sources);
        cache.keep(&entries.1);
        assert_eq!(is_there(&run(&open(file.path()), &sources)), [false]);
    }
}
