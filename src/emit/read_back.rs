//! What a script says of itself: which patches it holds, with their checksums.
//!
//! Patches hold any text, also such as looks like what stands above one. So what was read counts only
//! where the bundle's hash comes of it.

use super::banner;
use crate::dialect::Engine;
use crate::plan::diff::Entry;
use crate::source::ChecksumBuilder;

/// A script's own account.
#[derive(Clone, Debug)]
pub struct Account {
    /// The engine.
    pub engine: Engine,
    /// The bundle's hash.
    pub bundle: String,
    /// The patches in order.
    pub patches: Vec<Entry>,
}

/// Reads the account of a script; none if it was not made by this tool, was edited, or holds no patches
/// to run, like one that only records them.
#[must_use]
pub fn read(script: &str) -> Option<Account> {
    // A copy may have got other line ends on its way.
    let lines = script.split('\n');
    let lines: Vec<&str> = lines.map(|line| line.trim_end_matches('\r')).collect();
    let title = lines
        .iter()
        .position(|line| line.starts_with(banner::MARK))?;
    let (_, engine) = lines[title].split_once(" for ")?;
    let engine: Engine = engine.split_once(". ")?.0.parse().ok()?;
    let bundle = lines.get(title + 1)?.strip_prefix("-- bundle ")?;
    let rule = banner::rule();
    let mut patches: Vec<Entry> = Vec::new();
    let mut count = None;
    for (at, line) in lines.iter().enumerate() {
        let Some((numbers, name)) = line.strip_prefix("-- ").and_then(|it| it.split_once(": "))
        else {
            continue;
        };
        let Some((number, of)) = numbers.split_once(" of ") else {
            continue;
        };
        if number != (patches.len() + 1).to_string() || count.is_some_and(|count| count != of) {
            continue;
        }
        let below = |down: usize, key: &str| lines.get(at + down)?.strip_prefix(key);
        let (Some(path), Some(checksum)) = (below(1, "-- source: "), below(2, "-- checksum: "))
        else {
            continue;
        };
        let is_checksum = checksum.len() == 64 && checksum.bytes().all(|it| it.is_ascii_hexdigit());
        let ruled = at > 0 && lines[at - 1].ends_with(&rule);
        if !(is_checksum && ruled) {
            continue;
        }
        count = Some(of);
        patches.push(Entry {
            name: name.to_owned(),
            path: path.to_owned(),
            checksum: checksum.to_owned(),
            ..Entry::default()
        });
    }
    let width = patches.len().to_string().len();
    for (index, patch) in patches.iter_mut().enumerate() {
        let start = format!("--  {:>width$}  {}", index + 1, patch.name);
        let mut here = lines.iter().filter(|line| line.starts_with(&start));
        patch.repeatable = here
            .next()
            .is_some_and(|line| line.ends_with("  [repeatable]"));
    }
    let reverts = lines[title..]
        .iter()
        .take(5)
        .any(|line| *line == banner::UNDOES);
    let mut hash = ChecksumBuilder::default();
    if reverts {
        hash.part(b"revert");
    }
    for patch in &patches {
        hash.part(patch.name.as_bytes());
        hash.part(patch.checksum.as_bytes());
    }
    (hash.finish().to_string() == bundle).then(|| Account {
        engine,
        bundle: bundle.to_owned(),
        patches,
    })
}
