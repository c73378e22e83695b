//! What has changed since a git revision, asked of `git` itself.
//!
//! Contents are compared with the revision's tree, so it does not matter what is staged or committed,
//! and a file that git does not track is new. Which revision is the right one (a release's tag, a
//! merge base) only the caller can know.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::paths;
use crate::dialect::Engine;
use crate::finding::{Code, Finding};
use crate::read::{self, Patch};
use crate::source::{Source, SourceId, Sources, decode, sha1};

/// An answer, or what to tell where git has none.
type Told<T> = Result<T, Box<Finding>>;

/// The files that are not as they were.
#[derive(Debug, Default)]
pub(super) struct Since {
    /// Those that the revision does not have under this path and name.
    pub(super) added: BTreeSet<SourceId>,
    /// Those whose statements are others.
    pub(super) changed: BTreeSet<SourceId>,
    /// The paths of SQL files of the revision that are there no more.
    pub(super) gone: Vec<String>,
}

/// Compares the files of `patches` with the tree of `revision`.
pub(super) fn since(
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
        match before(source, &blob, engine) {
            Some(old) if old.name != patch.name => since.added.insert(patch.source),
            Some(old) if is_same(&old, patch) => false,
            _ => since.changed.insert(patch.source),
        };
    }
    let under = |path: &str| {
        directories
            .iter()
            .any(|root| path.starts_with(root.as_str()))
    };
    let is_patch = |path: &str| path.ends_with(".sql") && !path.ends_with(".revert.sql");
    let gone = tree.keys().filter(|path| {
        is_patch(path) && under(path) && !seen.contains(*path) && !repository.has(path)
    });
    since.gone = gone.cloned().collect();
    Ok(since)
}

/// The patch as the revision has it; none where that is no text.
fn before(source: &Source, blob: &[u8], engine: Engine) -> Option<Patch> {
    let text = decode(blob).ok()?;
    let mut sources = Sources::default();
    let id = sources.add(source.path.as_str(), text);
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

struct Repository {
    /// Where `git` is run.
    directory: PathBuf,
    /// The directory of the working tree, as the file system has it.
    top: PathBuf,
}

impl Repository {
    /// The repository that a file is in.
    fn of(file: &str) -> Told<Self> {
        let directory = match Path::new(file).parent() {
            Some(parent) if parent != Path::new("") => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let mut repository = Self {
            directory,
            top: PathBuf::new(),
        };
        let top = repository.ask(&["rev-parse", "--show-toplevel"])?;
        let top = top.map_err(|words| {
            Box::from(
                refused(format!(
                    "--since needs a git repository, and there is none around `{}`",
                    paths::shown(&repository.directory)
                ))
                .note(format!("git says: {words}")),
            )
        })?;
        let top = path_of(top.strip_suffix(b"\n").unwrap_or(&top));
        repository.top = fs::canonicalize(&top).unwrap_or(top);
        Ok(repository)
    }

    /// Every entry of the revision's tree by its path.
    fn tree(&self, revision: &str) -> Told<Tree> {
        let id = self.resolve(revision)?;
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

    /// The tree that a revision names.
    fn resolve(&self, revision: &str) -> Told<String> {
        let name = format!("{revision}^{{tree}}");
        let mut arguments = vec!["rev-parse", "--verify", "--quiet", "--end-of-options"];
        arguments.push(&name);
        if let Ok(id) = self.ask(&arguments)?
            && !revision.is_empty()
        {
            return Ok(String::from_utf8_lossy(&id).trim().to_owned());
        }
        let finding = refused(format!("git knows no revision `{revision}`"));
        let shallow = self.ask(&["rev-parse", "--is-shallow-repository"])?;
        Err(Box::from(
            if shallow.is_ok_and(|answer| answer.starts_with(b"true")) {
                finding
                .note("this clone is shallow: it has only the latest commits")
                .help("git fetch --unshallow --tags, or fetch-depth: 0 where a pipeline makes the clone")
            } else {
                finding.help(
                    "name a tag, a branch or a commit; git fetch --tags brings those of the remote",
                )
            },
        ))
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

    /// The contents of these blobs.
    fn blobs<'i>(&self, ids: impl ExactSizeIterator<Item = &'i str>) -> Told<Vec<Vec<u8>>> {
        let count = ids.len();
        if count == 0 {
            return Ok(Vec::new());
        }
        let wanted: String = ids.flat_map(|id| [id, "\n"]).collect();
        let mut child = self
            .git()
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| not_there(&error))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let read = std::thread::scope(|scope| {
            // Both pipes may be full at once.
            scope.spawn(move || input.map(|mut input| input.write_all(wanted.as_bytes())));
            output.map(|output| contents(output, count))
        });
        let ended = child.wait();
        match read {
            Some(Ok(contents)) if ended.is_ok_and(|status| status.success()) => Ok(contents),
            _ => Err(Box::from(
                refused("git has not told the contents of the revision's files")
                    .help("git fsck tells whether the repository is whole"),
            )),
        }
    }

    fn git(&self) -> Command {
        let mut git = Command::new("git");
        git.arg("-C").arg(&self.directory).env("LC_ALL", "C");
        git
    }

    /// What git answers, or the first line of what it complains of.
    fn ask(&self, arguments: &[&str]) -> Told<Result<Vec<u8>, String>> {
        let asked = self.git().args(arguments).stdin(Stdio::null()).output();
        let output = asked.map_err(|error| not_there(&error))?;
        if output.status.success() {
            return Ok(Ok(output.stdout));
        }
        let words = String::from_utf8_lossy(&output.stderr);
        let first = words.split('\n').next().unwrap_or_default();
        Ok(Err(first.trim_start_matches("fatal: ").to_owned()))
    }
}

/// Takes apart what `git cat-file --batch` writes: `id SP type SP size LF content LF`.
fn contents(output: impl Read, count: usize) -> std::io::Result<Vec<Vec<u8>>> {
    let wrong = || std::io::Error::from(std::io::ErrorKind::InvalidData);
    let mut output = BufReader::new(output);
    let mut contents = Vec::with_capacity(count);
    for _ in 0..count {
        let mut head = String::new();
        output.read_line(&mut head)?;
        let size = head.trim_end().rsplit(' ').next();
        let size: u64 = size.and_then(|size| size.parse().ok()).ok_or_else(wrong)?;
        let mut content = Vec::new();
        output.by_ref().take(size).read_to_end(&mut content)?;
        let mut end = [0];
        output.read_exact(&mut end)?;
        contents.push(content);
    }
    Ok(contents)
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;

    OsString::from_vec(bytes.to_vec()).into()
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    OsString::from(String::from_utf8_lossy(bytes).into_owned()).into()
}

fn refused(title: impl Into<String>) -> Finding {
    Finding::new(Code::Configuration, title)
}

fn not_there(error: &std::io::Error) -> Box<Finding> {
    Box::from(
        Finding::new(Code::InputOutput, format!("git cannot be run: {error}"))
            .note("--since asks git what has changed")
            .help("install git, or choose the patches with --only"),
    )
}
