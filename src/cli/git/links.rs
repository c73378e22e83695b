//! What is found at links among the files that git holds.

use std::collections::BTreeMap;

use super::snapshot::{Entry, Key, Kind, under};

/// How deep links to directories may stand in each other.
const DEPTH: usize = 8;

/// How many links one path may lead over.
const LINKS: usize = 40;

/// The links of a snapshot, and its files.
pub(super) struct Links<'s> {
    /// Where each leads, from its own directory, or from the top with a `/` at the start; none where
    /// that is outside.
    pub(super) targets: BTreeMap<Key, Option<Key>>,
    pub(super) entries: &'s [(Key, Entry)],
}

/// What links lead to.
#[derive(Default)]
pub(super) struct Added {
    /// The files, at the paths of the links.
    pub(super) entries: Vec<(Key, Entry)>,
    /// The links to directories, and the directories.
    pub(super) directories: Vec<(Key, Key)>,
}

impl Links<'_> {
    /// The path without links on the way.
    fn real(&self, key: &[u8]) -> Option<Key> {
        let mut left: Vec<Vec<u8>> = parts_of(key);
        let mut real: Vec<Vec<u8>> = Vec::new();
        let mut followed = 0;
        while let Some(part) = left.pop() {
            match part.as_slice() {
                b"" | b"." => {}
                b".." => {
                    real.pop()?;
                }
                _ => {
                    real.push(part);
                    let Some(target) = self.targets.get(&real.join(&b'/')) else {
                        continue;
                    };
                    followed += 1;
                    if followed > LINKS {
                        return None;
                    }
                    let target = target.as_ref()?;
                    if target.starts_with(b"/") {
                        real.clear();
                    } else {
                        real.pop();
                    }
                    left.extend(parts_of(target));
                }
            }
        }
        Some(real.join(&b'/'))
    }

    /// Adds what is found at `shown` when the link `link` is followed. The links to directories that
    /// lead there are `above`, and the last of them has a path as long as `linked`.
    pub(super) fn expand(
        &self,
        shown: &[u8],
        link: &[u8],
        linked: usize,
        above: &mut Vec<Key>,
        added: &mut Added,
    ) {
        let dangling = Entry {
            kind: Kind::Dangling,
            id: String::new(),
            repository: 0,
            linked,
        };
        let Some(real) = self.real(link) else {
            added.entries.push((shown.to_vec(), dangling));
            return;
        };
        if let Ok(at) = self.entries.binary_search_by(|(key, _)| key.cmp(&real)) {
            let file = Entry {
                linked,
                ..self.entries[at].1.clone()
            };
            added.entries.push((shown.to_vec(), file));
            return;
        }
        let start = [&real[..], b"/"].concat();
        // Everything in a directory that the link is in is found without it.
        let is_loop = real.is_empty() || link.starts_with(&start) || above.contains(&real);
        if is_loop || above.len() >= DEPTH {
            return;
        }
        let files = under(self.entries, &real);
        let inner = self.targets.range(start.clone()..);
        let inner: Vec<&Key> = inner
            .map(|(key, _)| key)
            .take_while(|key| key.starts_with(&start))
            .collect();
        if files.is_empty() && inner.is_empty() {
            added.entries.push((shown.to_vec(), dangling));
            return;
        }
        let linked = shown.len();
        let moved = |key: &[u8]| [shown, b"/", &key[start.len()..]].concat();
        let there = |entry: &Entry| Entry {
            linked,
            ..entry.clone()
        };
        let files = files.iter();
        let files = files.map(|(key, entry)| (moved(key), there(entry)));
        added.entries.extend(files);
        added.directories.push((shown.to_vec(), real.clone()));
        above.push(real.clone());
        for key in inner {
            self.expand(&moved(key), key, linked, above, added);
        }
        above.pop();
    }
}

/// The parts of a path, the last one first.
fn parts_of(key: &[u8]) -> Vec<Vec<u8>> {
    let parts = key.split(|&byte| byte == b'/').map(<[u8]>::to_vec);
    parts.rev().collect()
}
