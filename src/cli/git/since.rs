//! What has changed since a git revision.
//!
//! Contents are compared with the revision's tree, so it does not matter what is staged or committed,
//! and a file that git does not track is new. Which revision is the right one (a release's tag, a
//! merge base) only the caller can know.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::super::paths;
use super::{Repository, Told, refused};
use crate::dialect::Engine;
use crate::read::{self, Patch};
use crate::source::{Source, SourceId, Sources, decode, sha1};

/// The files that are not as they were.
#[derive(Debug, Default)]
pub(in crate::cli) struct Since {
    /// Those that the revision does not have under this path and name.
    pub(in crate::cli) added: BTreeSet<SourceId>,
    /// Those whose statements are others.
    pub(in crate::cli) changed: BTreeSet<SourceId>,
    /// The paths of SQL files of the revision that are there no more.
    pub(in crate::cli) gone: Vec<String>,
    /// Those among the added that had another name, with that name.
    pub(in crate::cli) renamed: BTreeMap<SourceId, String>,
}

/// Compares the files of `patches` with the tree of `revision`.
pub(in crate::cli) fn since(
    revision: &str,
    patches: &[Patch],
    sources: &Sources,
    engine: Engine,
) -> Told<Since> {
    let Some(first) = patches.first() else {
        return Ok(Since::default());
    };
    let repository = Repository::of(&sources.get(first.source).shown)?;
    let tree = repository.tree(revision)?;
    let mut since = Since::default();
    let mut to_compare: Vec<(&Patch, &Entry)> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut directories = BTreeSet::new();
    for patch in patches {
        let source = sources.get(patch.source);
        let path = repository.path(source, &tree)?;
        if let Some(root) = path.strip_suffix(source.path.as_str()) {
            directories.insert(root.to_owned());
        }
        match tree.get(&path) {
            Some(entry) => to_compare.push((patch, entry)),
            None => {
                since.added.insert(patch.source);
            }
        }
        seen.insert(path);
    }
    to_compare.retain(|(patch, entry)| {
        let bytes = fs::read(&sources.get(patch.source).shown).unwrap_or_default();
        sha1(&[format!("blob {}\0", bytes.len()).as_bytes(), &bytes]) != entry.id
    });
    let blobs = repository.blobs(to_compare.iter().map(|(_, entry)| entry.id.as_str()))?;
    for ((patch, _), blob) in to_compare.into_iter().zip(blobs) {
        let source = sources.get(patch.source);
        match before(&source.path, &blob, engine) {
            Some(old) if old.name != patch.name => {
                since.renamed.insert(patch.source, old.name);
                since.added.insert(patch.source)
            }
            Some(old) if is_same(&old, patch) => false,
            _ => since.changed.insert(patch.source),
        };
    }
    // What the path is under the directory of the patches.
    let under = |path: &'_ str| -> Option<String> {
        let mut below = directories
            .iter()
            .filter_map(|root| path.strip_prefix(root.as_str()));
        below.next().map(str::to_owned)
    };
    let is_patch = |path: &str| path.ends_with(".sql") && !path.ends_with(".revert.sql");
    let gone = tree.iter().filter_map(|(path, entry)| {
        let is_gone = is_patch(path) && !seen.contains(path) && !repository.has(path);
        let below = under(path).filter(|_| is_gone)?;
        Some((path, below, entry.id.as_str()))
    });
    let gone: Vec<_> = gone.collect();
    let blobs = repository.blobs(gone.iter().map(|(_, _, id)| *id))?;
    for ((path, below, _), blob) in gone.into_iter().zip(blobs) {
        let old = before(&below, &blob, engine);
        let is_now = |patch: &&Patch| {
            let is_new = since.added.contains(&patch.source);
            let is_it = |old: &Patch| !old.statements.is_empty() && is_same(old, patch);
            is_new && !since.renamed.contains_key(&patch.source) && old.as_ref().is_some_and(is_it)
        };
        match (patches.iter().find(is_now), &old) {
            (Some(now), Some(old)) if old.name != now.name => {
                since.renamed.insert(now.source, old.name.clone());
            }
            (Some(_), _) => {}
            (None, _) => since.gone.push(path.clone()),
        }
    }
    Ok(since)
}

/// The patch that the revision has at a path under the directory of the patches; none where that is no text.
fn before(path: &str, blob: &[u8], engine: Engine) -> Option<Patch> {
    let text = decode(blob).ok()?;
    let mut sources = Sources::default();
    let id = sources.add(path, text);
    Some(read::read(sources.get(id), engine).patch)
}

/// Whether a ledger would take one for the other.
fn is_same(one: &Patch, other: &Patch) -> bool {
    one.checksum == other.checksum
        && one.header.repeatable.is_some() == other.header.repeatable.is_some()
}

/// A file, link or submodule in a tree.
#[derive(Debug)]
struct Entry {
    mode: String,
    id: String,
}

type Tree = BTreeMap<String, Entry>;

impl Repository {
    /// The repository that a file is in.
    fn of(file: &str) -> Told<Self> {
        let directory = match Path::new(file).parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        Self::around(directory, "--since")
    }

    /// Every entry of the revision's tree by its path.
    fn tree(&self, revision: &str) -> Told<Tree> {
        let id = self.resolve(revision, "tree")?;
        let listed = self.ask(&["ls-tree", "-r", "-z", "--full-tree", &id])?;
        let listed = listed.map_err(|words| {
            Box::from(
                refused(format!("the files of `{revision}` cannot be listed"))
                    .note(format!("git says: {words}")),
            )
        })?;
        let entry = |line: &[u8]| {
            // mode SP type SP id TAB path
            let line = String::from_utf8_lossy(line);
            let (facts, path) = line.split_once('\t')?;
            let mut facts = facts.split(' ');
            let (mode, id) = (facts.next()?.to_owned(), facts.nth(1)?.to_owned());
            Some((path.to_owned(), Entry { mode, id }))
        };
        Ok(listed.split(|&byte| byte == 0).filter_map(entry).collect())
    }

    /// The path of a patch's file in the repository.
    fn path(&self, source: &Source, tree: &Tree) -> Told<String> {
        let file = Path::new(&source.shown);
        let path = self.path_below(file, false);
        let is_link = |path: &String| tree.get(path).is_some_and(|entry| entry.mode == "120000");
        let path = match path {
            Some(path) if !is_link(&path) => Some(path),
            _ => self.path_below(file, true),
        };
        let Some(path) = path else {
            return Err(Box::from(refused(format!(
                "`{}` is outside the git repository `{}`, so whether it has changed is not known",
                source.shown,
                paths::shown(&self.top)
            ))
            .help("leave that path out, or choose with --only")));
        };
        let ends = path.match_indices('/').map(|(at, _)| &path[..at]);
        for above in ends {
            if tree.get(above).is_some_and(|entry| entry.mode == "160000") {
                return Err(Box::from(refused(format!(
                    "`{}` is in the submodule `{above}`, whose files the revision does not hold",
                    source.shown
                ))
                .help("run sqlstitch with the submodule's paths alone, and a revision of the submodule")));
            }
        }
        Ok(path)
    }

    /// The path from the top, with links on the way followed; at its end only if asked for.
    fn path_below(&self, file: &Path, follow: bool) -> Option<String> {
        let whole = if follow {
            fs::canonicalize(file).ok()?
        } else {
            let parent = match file.parent() {
                Some(parent) if parent != Path::new("") => parent,
                _ => Path::new("."),
            };
            fs::canonicalize(parent).ok()?.join(file.file_name()?)
        };
        let below = whole.strip_prefix(&self.top).ok()?;
        Some(paths::slashed(below))
    }

    /// Whether the working tree has this path.
    fn has(&self, path: &str) -> bool {
        self.top.join(path).exists()
    }
}
