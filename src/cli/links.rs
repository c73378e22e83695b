//! Files behind links: which paths lead to one file, and which links are not followed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::paths;
use crate::finding::{Code, Finding};

/// A link to a directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Link {
    /// Its path from here.
    pub(super) shown: String,
    /// Where it leads.
    pub(super) to: PathBuf,
    /// It is a submodule that is not checked out.
    pub(super) is_submodule: bool,
}

/// Where directories are without links; each is asked for once.
#[derive(Default)]
pub(super) struct Real {
    known: BTreeMap<PathBuf, PathBuf>,
    /// The last one and where it is: many files of one directory follow each other.
    last: Option<(PathBuf, PathBuf)>,
}

impl Real {
    /// A directory, by its path from the file system's root.
    pub(super) fn directory(&mut self, whole: &Path) -> PathBuf {
        let real = self.known.entry(whole.to_owned());
        // What only git has is nowhere else.
        let real = real.or_insert_with(|| fs::canonicalize(whole).unwrap_or(whole.to_owned()));
        real.clone()
    }

    /// A file that is a link itself is one of its own: it has a name that someone gave it.
    pub(super) fn file(&mut self, file: &Path) -> PathBuf {
        let whole = paths::whole(file);
        match (whole.parent(), whole.file_name()) {
            (Some(directory), Some(name)) => match &self.last {
                Some((last, real)) if last.as_os_str() == directory.as_os_str() => real.join(name),
                _ => {
                    let real = self.directory(directory);
                    let file = real.join(name);
                    self.last = Some((directory.to_owned(), real));
                    file
                }
            },
            _ => whole,
        }
    }
}

impl Link {
    /// A submodule that is not checked out.
    pub(super) fn submodule(path: &Path) -> Self {
        Self {
            shown: paths::shown(path),
            to: paths::whole(path),
            is_submodule: true,
        }
    }

    /// What to tell of it.
    pub(super) fn finding(&self) -> Finding {
        if self.is_submodule {
            let title = "a submodule is not checked out, so no patch is read from there";
            return Finding::new(Code::LinkNotFollowed, title)
                .path(self.shown.clone())
                .help(format!(
                    "{}; where it has no patches, leave it out with `exclude`",
                    check_out(&self.shown)
                ));
        }
        let to = paths::shown(&self.to);
        let title = "a link to a directory is not followed, so no patch is read from there";
        Finding::new(Code::LinkNotFollowed, title)
            .path(self.shown.clone())
            .note(format!("it leads to `{to}`"))
            .help(format!(
                "to read what is there, name `{}` as a path too, on the command line or as one of \
                 `paths` in sqlstitch.toml; else leave it out with `exclude`",
                self.shown
            ))
    }
}

/// How a submodule gets its files.
pub(super) fn check_out(submodule: &str) -> String {
    format!(
        "git submodule update --init {submodule} brings its files (a bare repository cannot have them)"
    )
}
