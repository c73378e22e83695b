//! Where files are read from: the file system, or what git holds.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::git::{self, Snapshot};
use super::paths;
use crate::finding::{Code, Finding};

/// Where files are read from.
#[derive(Debug, Default)]
pub(super) enum Files {
    /// As they are.
    #[default]
    Disk,
    /// As git has them. What is outside of the repository is read as it is.
    Git(Box<Snapshot>),
}

/// What was found under a directory.
#[derive(Debug, Default)]
pub(super) struct Walked {
    pub(super) files: Vec<PathBuf>,
    /// What is wrong with others.
    pub(super) findings: Vec<Finding>,
    /// Links to directories, and where they lead.
    pub(super) links: Vec<(PathBuf, PathBuf)>,
    /// Submodules that are not checked out.
    pub(super) absent: Vec<PathBuf>,
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Directory,
    File,
    Other,
}

impl Files {
    /// The snapshot, where a path is one that it could hold.
    fn git(&self, path: &Path) -> Option<&Snapshot> {
        match self {
            Self::Git(snapshot) if snapshot.covers(path) => Some(snapshot),
            _ => None,
        }
    }

    /// What is at this path, links followed.
    pub(super) fn kind(&self, path: &Path) -> io::Result<Kind> {
        let Some(snapshot) = self.git(path) else {
            let kind = fs::metadata(path)?;
            return Ok(if kind.is_dir() {
                Kind::Directory
            } else if kind.is_file() {
                Kind::File
            } else {
                Kind::Other
            });
        };
        match snapshot.kind(path) {
            Some(git::Kind::File | git::Kind::Unmerged) => Ok(Kind::File),
            None if snapshot.is_dir(path) => Ok(Kind::Directory),
            Some(git::Kind::Dangling) | None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Whether a directory is at this path.
    pub(super) fn is_dir(&self, path: &Path) -> bool {
        self.kind(path).is_ok_and(|kind| kind == Kind::Directory)
    }

    /// Whether a file is at this path.
    pub(super) fn is_file(&self, path: &Path) -> bool {
        self.kind(path).is_ok_and(|kind| kind == Kind::File)
    }

    /// The submodule that a path is in, where git has it and it is not checked out.
    pub(super) fn absent_around(&self, path: &Path) -> Option<PathBuf> {
        self.git(path)?.absent_around(path)
    }

    /// The content of a file.
    pub(super) fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self.git(path) {
            Some(snapshot) if snapshot.kind(path) == Some(&git::Kind::Unmerged) => Err(unmerged()),
            Some(snapshot) => snapshot.read(path),
            None => fs::read(path),
        }
    }

    /// Makes ready to read these files, where it is quicker to ask for all at once.
    pub(super) fn fetch<'p>(
        &self,
        paths: impl Iterator<Item = &'p Path>,
    ) -> Result<(), Box<Finding>> {
        match self {
            Self::Disk => Ok(()),
            Self::Git(snapshot) => snapshot.fetch(paths),
        }
    }

    /// The files under `start` that are `wanted`, in directories that are not left out. Links to files
    /// are followed, those to directories are not, as git and most tools do it: what lies behind them
    /// may be there already, or be anything.
    pub(super) fn walk(
        &self,
        start: &Path,
        is_left_out: &dyn Fn(&Path) -> bool,
        is_wanted: &dyn Fn(&Path) -> bool,
    ) -> Walked {
        match (self.git(start), self) {
            (Some(snapshot), _) => walk_snapshot(snapshot, start, is_left_out, is_wanted),
            (None, Self::Git(snapshot)) => walk_around(snapshot, start, is_left_out, is_wanted),
            (None, Self::Disk) => walk_disk(start, is_left_out, is_wanted),
        }
    }
}

/// Walks a directory that may hold the snapshot's repository, as that around a submodule does: what is
/// in the repository is as git has it, all else as it is.
fn walk_around(
    snapshot: &Snapshot,
    start: &Path,
    is_left_out: &dyn Fn(&Path) -> bool,
    is_wanted: &dyn Fn(&Path) -> bool,
) -> Walked {
    let is_elsewhere = |path: &Path| is_left_out(path) || snapshot.covers(path);
    let is_wanted_elsewhere = |path: &Path| is_wanted(path) && !snapshot.covers(path);
    let mut walked = walk_disk(start, &is_elsewhere, &is_wanted_elsewhere);
    let real = fs::canonicalize(start).unwrap_or_else(|_| paths::whole(start));
    if let Ok(below) = snapshot.top().strip_prefix(real) {
        let mut on_the_way = below.ancestors().filter(|it| *it != Path::new(""));
        if !on_the_way.any(|above| is_hidden(above) || is_left_out(&start.join(above))) {
            let inner = walk_snapshot(snapshot, &start.join(below), is_left_out, is_wanted);
            walked.files.extend(inner.files);
            walked.findings.extend(inner.findings);
            walked.links.extend(inner.links);
            walked.absent.extend(inner.absent);
        }
    }
    walked
}

/// Whether a part of a path is hidden.
fn is_hidden(below: &Path) -> bool {
    let mut parts = below.iter();
    parts.any(|part| part.as_encoded_bytes().starts_with(b"."))
}

fn walk_snapshot(
    snapshot: &Snapshot,
    start: &Path,
    is_left_out: &dyn Fn(&Path) -> bool,
    is_wanted: &dyn Fn(&Path) -> bool,
) -> Walked {
    let mut walked = Walked::default();
    let is_within_left_out = |below: &Path| {
        let directories = below.ancestors();
        let mut directories = directories.filter(|above| *above != Path::new(""));
        directories.any(|above| is_left_out(&start.join(above)))
    };
    for (below, kind) in snapshot.walk(start) {
        let file = start.join(&below);
        let directory = below.parent().unwrap_or(Path::new(""));
        if is_hidden(&below) || !is_wanted(&file) || is_within_left_out(directory) {
            continue;
        }
        let shown = || paths::shown(&file);
        match kind {
            git::Kind::File => walked.files.push(file),
            git::Kind::Dangling => walked.findings.push(dangling(&shown())),
            git::Kind::Unmerged => walked.findings.push(
                Finding::new(Code::InputOutput, unmerged().to_string())
                    .path(shown())
                    .help(format!("mend the file, then: git add {}", shown())),
            ),
        }
    }
    for (below, to) in snapshot.links(start) {
        if !is_hidden(&below) && !is_within_left_out(&below) {
            walked.links.push((start.join(below), to));
        }
    }
    for below in snapshot.absent(start) {
        if !is_hidden(&below) && !is_within_left_out(&below) {
            walked.absent.push(start.join(below));
        }
    }
    walked
}

fn walk_disk(
    start: &Path,
    is_left_out: &dyn Fn(&Path) -> bool,
    is_wanted: &dyn Fn(&Path) -> bool,
) -> Walked {
    let entries = WalkDir::new(start).into_iter().filter_entry(|entry| {
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        let is_left_out = || entry.file_type().is_dir() && is_left_out(entry.path());
        entry.depth() == 0 || !(is_hidden || is_left_out())
    });
    let mut walked = Walked::default();
    for entry in entries {
        match entry {
            Ok(entry) if entry.depth() > 0 && entry.path_is_symlink() => {
                let link = entry.into_path();
                match fs::metadata(&link) {
                    Ok(to) if to.is_dir() => {
                        let to = || fs::canonicalize(&link).unwrap_or_else(|_| link.clone());
                        let seen = (!is_left_out(&link)).then(|| (link.clone(), to()));
                        walked.links.extend(seen);
                    }
                    Ok(to) if is_wanted(&link) => walked.take(link, to.is_file()),
                    // A link to nothing matters only where it should have been a SQL file.
                    Err(error) if is_wanted(&link) => {
                        let shown = paths::shown(&link);
                        walked.findings.push(match is_missing(&error) {
                            true => dangling(&shown),
                            false => unreadable(&shown, &error),
                        });
                    }
                    _ => {}
                }
            }
            Ok(entry) if entry.file_type().is_dir() || !is_wanted(entry.path()) => {}
            Ok(entry) => {
                let is_file = entry.file_type().is_file();
                walked.take(entry.into_path(), is_file);
            }
            Err(error) => {
                let shown = paths::shown(error.path().unwrap_or(start));
                walked.findings.push(match error.io_error() {
                    Some(error) => unreadable(&shown, error),
                    None => Finding::new(Code::InputOutput, error.to_string()).path(shown),
                });
            }
        }
    }
    walked
}

impl Walked {
    fn take(&mut self, path: PathBuf, is_file: bool) {
        if is_file {
            self.files.push(path);
        } else {
            let finding = Finding::new(Code::InputOutput, "this is not a regular file");
            self.findings.push(finding.path(paths::shown(&path)));
        }
    }
}

/// Whether nothing is there.
pub(super) fn is_missing(error: &io::Error) -> bool {
    // "Not a directory": a part on the way is a file.
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// What to tell of a file that cannot be read.
pub(super) fn unreadable(shown: &str, error: &io::Error) -> Finding {
    Finding::new(Code::InputOutput, format!("cannot be read: {error}")).path(shown)
}

fn dangling(shown: &str) -> Finding {
    Finding::new(Code::InputOutput, "a link to a file that does not exist").path(shown)
}

fn unmerged() -> io::Error {
    io::Error::other("a merge is under way, and git has several versions of this file")
}
