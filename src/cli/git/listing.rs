//! What git lists of its index and of a tree.

use std::collections::BTreeSet;

use super::snapshot::Key;
use super::{Repository, Told, refused, text};

/// What git lists, before links and submodules are followed.
pub(super) enum Raw {
    File,
    Link,
    Submodule,
    Unmerged,
}

/// What the index holds; each version of an unmerged file by itself.
pub(super) fn index(repository: &Repository) -> Told<Vec<(Key, Raw, String)>> {
    let listed = list(repository, &["ls-files", "-s", "-z", "--full-name", ":/"])?;
    let mut raw = Vec::new();
    let mut is_empty = Vec::new();
    for line in lines(&listed) {
        // mode SP id SP stage TAB path
        let Some(([mode, id, stage], path)) = parts(line) else {
            continue;
        };
        let kind = match (mode.as_str(), stage.as_str()) {
            ("160000", "0") => Raw::Submodule,
            ("120000", "0") => Raw::Link,
            (_, "0") => Raw::File,
            _ => Raw::Unmerged,
        };
        if EMPTY.contains(&id.as_str()) {
            is_empty.push(raw.len());
        }
        raw.push((path.to_vec(), kind, id));
    }
    if !is_empty.is_empty() {
        let intended = intended(repository)?;
        let mut at = 0;
        raw.retain(|(path, ..)| {
            let keep = is_empty.binary_search(&at).is_err() || !intended.contains(path);
            at += 1;
            keep
        });
    }
    Ok(raw)
}

fn list(repository: &Repository, arguments: &[&str]) -> Told<Vec<u8>> {
    repository.ask(arguments)?.map_err(|words| {
        Box::from(refused("git does not list its files").note(format!("git says: {words}")))
    })
}

/// What a tree holds.
pub(super) fn tree(repository: &Repository, id: &str) -> Told<Vec<(Key, Raw, String)>> {
    let listed = list(repository, &["ls-tree", "-r", "-z", "--full-tree", id])?;
    let entries = lines(&listed).filter_map(|line| {
        // mode SP type SP id TAB path
        let ([mode, _, id], path) = parts(line)?;
        let kind = match mode.as_str() {
            "160000" => Raw::Submodule,
            "120000" => Raw::Link,
            _ => Raw::File,
        };
        Some((path.to_vec(), kind, id))
    });
    Ok(entries.collect())
}

fn lines(listed: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = listed.split(|&byte| byte == 0);
    lines.filter(|line| !line.is_empty())
}

/// Three words, and the path behind a tabulator.
fn parts(line: &[u8]) -> Option<([String; 3], &[u8])> {
    let tab = line.iter().position(|&byte| byte == b'\t')?;
    let mut words = line[..tab].split(|&byte| byte == b' ').map(text);
    let words = [words.next()?, words.next()?, words.next()?];
    Some((words, &line[tab + 1..]))
}

/// The ids of nothing, by SHA-1 and by SHA-256.
const EMPTY: [&str; 2] = [
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
];

/// The files that are only meant to be added (`git add -N`): the next commit does not have them, and
/// until then they look like empty ones.
/// <https://git-scm.com/docs/git-ls-files#Documentation/git-ls-files.txt---debug>
fn intended(repository: &Repository) -> Told<BTreeSet<Key>> {
    const INTENT_TO_ADD: u32 = 1 << 29;
    let arguments = ["ls-files", "-s", "-z", "--debug", "--full-name", ":/"];
    let listed = list(repository, &arguments)?;
    let mut intended = BTreeSet::new();
    let mut path: &[u8] = &[];
    // `mode SP id SP stage TAB path NUL` and then five lines, of which the last ends in `flags: …`.
    for (number, part) in listed.split(|&byte| byte == 0).enumerate() {
        let (flags, next) = match (number, part.windows(6).position(|it| it == b"flags:")) {
            (0, _) => (None, part),
            (_, Some(at)) => {
                let end = part[at..].iter().position(|&byte| byte == b'\n');
                let end = end.map_or(part.len(), |end| at + end);
                (
                    Some(text(&part[at + 6..end])),
                    part.get(end + 1..).unwrap_or(&[]),
                )
            }
            (_, None) => (None, part),
        };
        let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 16).ok());
        if flags.is_some_and(|flags| flags & INTENT_TO_ADD != 0) {
            intended.insert(path.to_vec());
        }
        path = parts(next).map_or(&[], |(_, path)| path);
    }
    Ok(intended)
}
