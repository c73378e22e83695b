//! The files that git holds, in the index or in a revision's tree, as if they lay in the directory of
//! the working tree: links are followed, and the files of a submodule are those of the commit that is
//! recorded for it, where it is checked out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::super::paths;
use super::links::{Added, Links};
use super::listing::{self, Raw};
use super::{Repository, Told, bytes_of, path_of, refused};

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Kind {
    /// A file.
    File,
    /// A link that leads nowhere.
    Dangling,
    /// A file of which the index has several versions, because a merge is under way.
    Unmerged,
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    pub(super) id: String,
    /// The place of its repository.
    pub(super) repository: usize,
    /// How long the path of the last link to a directory is that leads here; 0 where there is none.
    pub(super) linked: usize,
}

/// As git writes paths: from the top, with `/`.
pub(super) type Key = Vec<u8>;

/// All files of the index or a tree.
#[derive(Debug)]
pub(in crate::cli) struct Snapshot {
    /// The repository, then those of its submodules.
    repositories: Vec<Repository>,
    /// Sorted by their keys.
    entries: Vec<(Key, Entry)>,
    /// The links to directories, and where they lead.
    directories: Vec<(Key, Key)>,
    /// The submodules that are not checked out.
    absent: Vec<Key>,
    /// The contents that were asked for, by their ids.
    contents: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
}

impl Snapshot {
    /// What the next commit is made of.
    pub(in crate::cli) fn index(repository: Repository) -> Told<Self> {
        if repository.bare {
            let title = format!(
                "{} reads the index, and this is a bare repository, which has none",
                repository.asker
            );
            return Err(Box::from(refused(title)));
        }
        let mut raw = listing::index(&repository)?;
        // One entry for each version of an unmerged file.
        raw.dedup_by(|next, kept| next.0 == kept.0);
        Self::new(repository, raw)
    }

    /// What a revision holds.
    pub(in crate::cli) fn tree(repository: &Repository, revision: &str) -> Told<Self> {
        let id = repository.resolve(revision, "tree")?;
        let raw = listing::tree(repository, &id)?;
        Self::new(repository.clone(), raw)
    }

    /// Shares the contents that are read, since revisions have most of them in common.
    pub(in crate::cli) fn with_contents_of(mut self, other: &Self) -> Self {
        self.contents = Arc::clone(&other.contents);
        self
    }

    fn new(repository: Repository, raw: Vec<(Key, Raw, String)>) -> Told<Self> {
        let mut snapshot = Self {
            repositories: vec![repository],
            entries: Vec::new(),
            directories: Vec::new(),
            absent: Vec::new(),
            contents: Arc::default(),
        };
        let mut links = Vec::new();
        let mut entries = Vec::with_capacity(raw.len());
        let mut open = vec![(0, Key::new(), raw)];
        while let Some((repository, above, raw)) = open.pop() {
            for (path, kind, id) in raw {
                let key = [above.as_slice(), &path].concat();
                let entry = |kind, id| Entry {
                    kind,
                    id,
                    repository,
                    linked: 0,
                };
                match kind {
                    Raw::File => entries.push((key, entry(Kind::File, id))),
                    Raw::Unmerged => entries.push((key, entry(Kind::Unmerged, id))),
                    Raw::Link => links.push((key, entry(Kind::Dangling, id))),
                    Raw::Submodule => {
                        let inner = snapshot.repositories[repository].submodule(&path_of(&path));
                        // What is not checked out is an empty directory to everyone.
                        if inner.top.join(".git").exists()
                            && let Ok(raw) = listing::tree(&inner, &id)
                        {
                            open.push((
                                snapshot.repositories.len(),
                                [&key, &b"/"[..]].concat(),
                                raw,
                            ));
                            snapshot.repositories.push(inner);
                        } else {
                            snapshot.absent.push(key);
                        }
                    }
                }
            }
        }
        entries.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        snapshot.entries = entries;
        if !links.is_empty() {
            snapshot.follow(links)?;
        }
        Ok(snapshot)
    }

    /// Puts at the path of each link what it leads to.
    fn follow(&mut self, links: Vec<(Key, Entry)>) -> Told<()> {
        self.fetch_entries(links.iter().map(|(_, entry)| entry))?;
        let contents = self.contents.lock().map(|contents| contents.clone());
        let contents = contents.unwrap_or_default();
        let top = bytes_of(self.repositories[0].top.as_os_str()).to_vec();
        let targets = links.iter().map(|(key, entry)| {
            let target = contents.get(&entry.id).cloned().unwrap_or_default();
            // Within the working tree it does not matter where this one is.
            let inside = target
                .strip_prefix(top.as_slice())
                .and_then(|rest| rest.strip_prefix(b"/"))
                .map(|rest| [&b"/"[..], rest].concat());
            (
                key.clone(),
                inside.or_else(|| (!target.starts_with(b"/")).then_some(target)),
            )
        });
        let links = Links {
            targets: targets.collect(),
            entries: &self.entries,
        };
        let mut added = Added::default();
        for key in links.targets.keys() {
            links.expand(key, key, 0, &mut Vec::new(), &mut added);
        }
        self.entries.extend(added.entries);
        self.directories = added.directories;
        self.entries.sort_by(|one, other| one.0.cmp(&other.0));
        self.entries.dedup_by(|next, kept| next.0 == kept.0);
        Ok(())
    }

    /// The directory of the repository's working tree.
    pub(in crate::cli) fn top(&self) -> &Path {
        &self.repositories[0].top
    }

    /// Whether there is anything under this path.
    pub(in crate::cli) fn is_dir(&self, path: &Path) -> bool {
        self.key(path)
            .is_some_and(|key| key.is_empty() || !self.under(&key).is_empty())
    }

    /// What stands at this path; none where git has nothing there.
    pub(in crate::cli) fn kind(&self, path: &Path) -> Option<&Kind> {
        self.entry(&self.key(path)?).map(|entry| &entry.kind)
    }

    /// Whether this path is one that git could hold.
    pub(in crate::cli) fn covers(&self, path: &Path) -> bool {
        self.key(path).is_some()
    }

    /// Every file under a directory that is reached without another link to a directory: its path from
    /// there, and what it is.
    pub(in crate::cli) fn walk(&self, directory: &Path) -> Vec<(PathBuf, &Kind)> {
        let Some(key) = self.key(directory) else {
            return Vec::new();
        };
        let start = if key.is_empty() { 0 } else { key.len() + 1 };
        let under = self.under(&key).iter();
        let under = under.filter(|(_, entry)| entry.linked <= key.len());
        let file = under.map(|(key, entry)| (path_of(&key[start..]), &entry.kind));
        file.collect()
    }

    /// The links to directories under a directory, with their paths from there, and where they lead.
    pub(in crate::cli) fn links(&self, directory: &Path) -> Vec<(PathBuf, PathBuf)> {
        let Some(key) = self.key(directory) else {
            return Vec::new();
        };
        let start = match key.as_slice() {
            [] => Key::new(),
            key => [key, b"/"].concat(),
        };
        let is_under = |link: &Key| link.len() > start.len() && link.starts_with(&start);
        let links = self.directories.iter();
        let under: Vec<_> = links.filter(|(link, _)| is_under(link)).collect();
        let keys: BTreeSet<&[u8]> = under.iter().map(|(link, _)| link.as_slice()).collect();
        let is_first = |link: &Key| {
            let ends = (start.len()..link.len()).filter(|&at| link[at] == b'/');
            !ends.into_iter().any(|end| keys.contains(&link[..end]))
        };
        let top = &self.repositories[0].top;
        let first = under.iter().filter(|(link, _)| is_first(link));
        first
            .map(|(link, to)| (path_of(&link[start.len()..]), top.join(path_of(to))))
            .collect()
    }

    /// The submodules under a directory that are not checked out, with their paths from there.
    pub(in crate::cli) fn absent(&self, directory: &Path) -> Vec<PathBuf> {
        let Some(key) = self.key(directory) else {
            return Vec::new();
        };
        let below = self.absent.iter().filter_map(|it| match key.as_slice() {
            [] => Some(it.as_slice()),
            key => it.strip_prefix(key)?.strip_prefix(b"/"),
        });
        below.map(path_of).collect()
    }

    /// The path of the submodule that a path is in, or is itself, where that one is not checked out.
    pub(in crate::cli) fn absent_around(&self, path: &Path) -> Option<PathBuf> {
        let key = self.key(path)?;
        let around = self.absent.iter().find(|it| {
            let rest = key.strip_prefix(it.as_slice());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
        })?;
        Some(self.top().join(path_of(around)))
    }

    /// Makes the contents of these files ready to be read, by one question.
    pub(in crate::cli) fn fetch<'p>(&self, paths: impl Iterator<Item = &'p Path>) -> Told<()> {
        let entries = paths.filter_map(|path| self.entry(&self.key(path)?));
        self.fetch_entries(entries)
    }

    fn fetch_entries<'e>(&self, entries: impl Iterator<Item = &'e Entry>) -> Told<()> {
        let mut wanted: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
        {
            let contents = self.contents.lock().ok();
            let known = |id: &str| contents.as_ref().is_some_and(|it| it.contains_key(id));
            for entry in entries.filter(|entry| !known(&entry.id)) {
                let ids = wanted.entry(entry.repository).or_default();
                ids.insert(&entry.id);
            }
        }
        for (repository, ids) in wanted {
            let blobs = self.repositories[repository].blobs(ids.iter().copied())?;
            if let Ok(mut contents) = self.contents.lock() {
                contents.extend(ids.into_iter().map(str::to_owned).zip(blobs));
            }
        }
        Ok(())
    }

    /// The content of a file.
    pub(in crate::cli) fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        let entry = self.key(path).and_then(|key| self.entry(&key));
        let entry = entry.ok_or_else(missing)?;
        self.fetch_entries(std::iter::once(entry))
            .map_err(|finding| io::Error::other(finding.title))?;
        let contents = self.contents.lock().ok();
        let content = contents.and_then(|contents| contents.get(&entry.id).cloned());
        content.ok_or_else(missing)
    }

    fn entry(&self, key: &[u8]) -> Option<&Entry> {
        let at = self
            .entries
            .binary_search_by(|(it, _)| it.as_slice().cmp(key));
        Some(&self.entries[at.ok()?].1)
    }

    /// The entries under a directory.
    fn under(&self, key: &[u8]) -> &[(Key, Entry)] {
        under(&self.entries, key)
    }

    /// The path as git writes it; none where it is outside of the repository.
    fn key(&self, path: &Path) -> Option<Key> {
        let top = &self.repositories[0].top;
        let whole = paths::whole(path);
        let below = match whole.strip_prefix(top) {
            Ok(below) => below.to_owned(),
            // By a link from elsewhere, or from the working tree's other name.
            Err(_) => {
                let there = whole.ancestors().find(|above| above.exists())?;
                let real = fs::canonicalize(there).ok()?;
                let real = real.join(whole.strip_prefix(there).ok()?);
                real.strip_prefix(top).ok()?.to_owned()
            }
        };
        let parts: Vec<&[u8]> = below.iter().map(bytes_of).collect();
        Some(parts.join(&b'/'))
    }
}

/// The entries under a directory.
pub(super) fn under<'e>(entries: &'e [(Key, Entry)], key: &[u8]) -> &'e [(Key, Entry)] {
    if key.is_empty() {
        return entries;
    }
    let start = [key, b"/"].concat();
    let from = entries.partition_point(|(key, _)| *key < start);
    let count = entries[from..].partition_point(|(key, _)| key.starts_with(&start));
    &entries[from..from + count]
}
