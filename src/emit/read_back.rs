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
    /// The patches in the order in which they are applied, also where the script undoes them.
    pub patches: Vec<Entry>,
}

/// Reads the account of a script; none if it was not made by this tool, or was edited.
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
    let head = &lines[title..lines.len().min(title + 6)];
    let [reverts, records] = [banner::UNDOES, banner::RECORDS].map(|words| head.contains(&words));
    let mut patches = match records {
        true => recorded(&lines),
        false => above_bodies(&lines),
    };
    let width = patches.len().to_string().len();
    for (index, patch) in patches.iter_mut().enumerate() {
        let start = format!("--  {:>width$}  {}", index + 1, patch.name);
        let mut here = lines.iter().filter(|line| line.starts_with(&start));
        patch.repeatable = here.next().is_some_and(|line| line.ends_with(REPEATABLE));
    }
    let mut hash = ChecksumBuilder::default();
    if reverts {
        hash.part(b"revert");
    } else if records {
        hash.part(b"baseline");
    }
    for patch in &patches {
        hash.part(patch.name.as_bytes());
        hash.part(patch.checksum.as_bytes());
    }
    if hash.finish().to_string() != bundle {
        return None;
    }
    if reverts {
        patches.reverse();
    }
    Some(Account {
        engine,
        bundle: bundle.to_owned(),
        patches,
    })
}

/// Behind the name of such a patch in the table of contents.
const REPEATABLE: &str = "  [repeatable]";

/// The patches of a script that only records them, from its table of contents.
fn recorded(lines: &[&str]) -> Vec<Entry> {
    let mut patches: Vec<Entry> = Vec::new();
    for three in lines.windows(3) {
        let (Some(path), Some(checksum)) = (
            three[1].strip_prefix(banner::SOURCE),
            three[2].strip_prefix(banner::CHECKSUM),
        ) else {
            continue;
        };
        let number = (patches.len() + 1).to_string();
        let name = three[0].strip_prefix("--");
        let name = name.and_then(|it| it.trim_start().strip_prefix(&number)?.strip_prefix("  "));
        let Some(name) = name.filter(|_| is_checksum(checksum)) else {
            continue;
        };
        let name = name.strip_suffix(REPEATABLE).unwrap_or(name);
        let beside = format!("  ({path})");
        patches.push(Entry {
            name: name.strip_suffix(&beside).unwrap_or(name).to_owned(),
            path: path.to_owned(),
            checksum: checksum.to_owned(),
            ..Entry::default()
        });
    }
    patches
}

fn is_checksum(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|it| it.is_ascii_hexdigit())
}

/// The patches that stand in the script, from the lines above each.
fn above_bodies(lines: &[&str]) -> Vec<Entry> {
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
        let ruled = at > 0 && lines[at - 1].ends_with(&rule);
        if !(is_checksum(checksum) && ruled) {
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
    patches
}
