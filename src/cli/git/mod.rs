//! What `git` itself is asked: which repository this is, what a revision names, and what is in it.
//!
//! The program is asked rather than a library, so that whatever a repository may be (a linked work
//! tree, a partial clone, one with another hash) is git's own affair.

mod hooks;
mod links;
mod listing;
mod merge_base;
mod merge_file;
mod since;
mod snapshot;

pub(super) use since::since;
pub(super) use snapshot::{Kind, Snapshot};

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::paths;
use crate::finding::{Code, Finding};

/// An answer, or what to tell where git has none.
pub(super) type Told<T> = Result<T, Box<Finding>>;

/// What tells git where the repository is, in a hook for instance.
const PLACES: [&str; 5] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_PREFIX",
];

/// A repository, and who asks about it.
#[derive(Clone, Debug)]
pub(super) struct Repository {
    /// What was typed that needs git: `--since`.
    asker: &'static str,
    /// Where `git` is run.
    directory: PathBuf,
    /// The variables of [`PLACES`] that git must not see there.
    hidden: &'static [&'static str],
    /// The directory of the working tree, as the file system has it; of a bare repository its own.
    top: PathBuf,
    /// It has no working tree.
    bare: bool,
}

impl Repository {
    /// The repository that a directory is in, or the one that the environment names.
    pub(super) fn around(directory: &Path, asker: &'static str) -> Told<Self> {
        let mut repository = Self {
            asker,
            directory: directory.to_owned(),
            // In a hook git names the repository, but then the place where it is asked would count
            // as the top of the working tree.
            hidden: &PLACES[..2],
            top: PathBuf::new(),
            bare: false,
        };
        #[expect(clippy::disallowed_methods, reason = "this is the command line")]
        let named = std::env::var_os("GIT_DIR").filter(|named| !named.is_empty());
        if let Some(named) = named {
            let found = repository.ask(&["rev-parse", "--absolute-git-dir"])?;
            let found = found.map(|path| fs::canonicalize(path_of(trimmed(&path))).ok());
            if found != Ok(fs::canonicalize(named).ok()) {
                // Another one than is found from here: then all that the environment says holds.
                repository.hidden = &[];
                repository.directory = PathBuf::from(".");
            }
        }
        let asked = repository.output(&["rev-parse", "--is-bare-repository", "--show-toplevel"])?;
        let mut lines = asked.stdout.splitn(2, |&byte| byte == b'\n');
        let (bare, top) = (lines.next(), lines.next().map(trimmed));
        repository.bare = bare == Some(b"true");
        let top = match top.filter(|top| !top.is_empty()) {
            Some(top) => path_of(top),
            None if repository.bare => repository.directory.clone(),
            None => return Err(Box::from(repository.none(&complaint(&asked.stderr)))),
        };
        repository.top = fs::canonicalize(&top).unwrap_or(top);
        Ok(repository)
    }

    /// Whether it has no working tree.
    pub(super) fn is_bare(&self) -> bool {
        self.bare
    }

    /// A submodule's repository; the environment speaks of the one around it.
    fn submodule(&self, path: &Path) -> Self {
        let top = self.top.join(path);
        Self {
            asker: self.asker,
            directory: top.clone(),
            hidden: &PLACES,
            top,
            bare: false,
        }
    }

    fn none(&self, words: &str) -> Finding {
        if words == "this operation must be run in a work tree" {
            let shown = paths::shown(&self.directory);
            let title = format!("`{shown}` is in the directory in which git keeps a repository");
            return refused(title).help("run sqlstitch in the repository's working tree");
        }
        if words.starts_with("detected dubious ownership") {
            let top = words.split('\'').nth(1).unwrap_or(".");
            return refused("git reads nothing here, because the repository is another user's")
                .note(format!("git says: {words}"))
                .help(format!("git config --global --add safe.directory '{top}'"));
        }
        let title = format!(
            "{} needs a git repository, and there is none around `{}`",
            self.asker,
            paths::shown(&self.directory)
        );
        refused(title).note(format!("git says: {words}"))
    }

    /// The object of this type that a revision names.
    pub(super) fn resolve(&self, revision: &str, kind: &str) -> Told<String> {
        let name = format!("{revision}^{{{kind}}}");
        let mut arguments = vec!["rev-parse", "--verify", "--quiet", "--end-of-options"];
        arguments.push(&name);
        if let Ok(id) = self.ask(&arguments)?
            && !revision.is_empty()
        {
            return Ok(text(trimmed(&id)));
        }
        Err(Box::from(self.unknown(revision)?))
    }

    /// What to tell of a revision that there is not.
    fn unknown(&self, revision: &str) -> Told<Finding> {
        let finding = refused(format!("git knows no revision `{revision}`"));
        Ok(if revision.is_empty() {
            refused("the revision is empty")
                .help("where it comes from a variable, look whether that one is set")
        } else if !self.knows("HEAD")? {
            finding.help("nothing is committed here yet: commit first")
        } else if revision.contains("..") {
            finding.help("name one revision, not a range")
        } else if self.knows(revision)? {
            refused(format!("`{revision}` is no commit, but something in one"))
                .help("name a commit, a tag of one or a branch; paths come after `--`")
        } else if let Some((remote, branch)) = revision.split_once('/')
            && self.ask(&["remote", "get-url", "--", remote])?.is_ok()
        {
            // Neither of the others brings it to a clone of a single branch.
            let unshallow = if self.is_shallow()? {
                "--unshallow "
            } else {
                ""
            };
            finding.help(format!(
                "git fetch {unshallow}{remote} {branch}:refs/remotes/{remote}/{branch}"
            ))
        } else if self.is_shallow()? {
            shallow(finding)
        } else {
            finding.help(
                "name a tag, a branch or a commit; git fetch --tags brings those of the remote",
            )
        })
    }

    /// Whether a name leads to anything.
    fn knows(&self, name: &str) -> Told<bool> {
        let arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", name];
        Ok(self.ask(&arguments)?.is_ok())
    }

    /// Whether the clone has only the latest commits.
    fn is_shallow(&self) -> Told<bool> {
        let shallow = self.ask(&["rev-parse", "--is-shallow-repository"])?;
        Ok(shallow.is_ok_and(|answer| answer.starts_with(b"true")))
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
            .args(["cat-file", "--batch", "--buffer"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| self.not_there(&error))?;
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
        for name in self.hidden {
            git.env_remove(name);
        }
        git
    }

    /// What git answers, or the first line of what it complains of.
    pub(super) fn ask(&self, arguments: &[&str]) -> Told<Result<Vec<u8>, String>> {
        let output = self.output(arguments)?;
        if output.status.success() {
            return Ok(Ok(output.stdout));
        }
        Ok(Err(complaint(&output.stderr)))
    }

    fn output(&self, arguments: &[&str]) -> Told<std::process::Output> {
        let asked = self.git().args(arguments).stdin(Stdio::null()).output();
        asked.map_err(|error| self.not_there(&error))
    }

    fn not_there(&self, error: &std::io::Error) -> Box<Finding> {
        let finding = Finding::new(Code::InputOutput, format!("git cannot be run: {error}"))
            .note(format!("{} asks git what it knows", self.asker));
        Box::from(match self.asker {
            "--since" => finding.help("install git, or choose the patches with --only"),
            _ => finding.help("install git"),
        })
    }
}

fn shallow(finding: Finding) -> Finding {
    finding
        .note("this clone is shallow: it has only the latest commits")
        .help("git fetch --unshallow --tags, or fetch-depth: 0 where a pipeline makes the clone")
}

fn complaint(words: &[u8]) -> String {
    let words = String::from_utf8_lossy(words);
    let first = words.split('\n').next().unwrap_or_default();
    first.trim_start_matches("fatal: ").to_owned()
}

/// Without the line end that git ends its answers with.
fn trimmed(answer: &[u8]) -> &[u8] {
    answer.strip_suffix(b"\n").unwrap_or(answer)
}

fn text(answer: &[u8]) -> String {
    String::from_utf8_lossy(answer).into_owned()
}

/// Takes apart what `git cat-file --batch` writes: `id SP type SP size LF content LF`.
fn contents(output: impl Read, count: usize) -> std::io::Result<Vec<Vec<u8>>> {
    let wrong = || std::io::Error::from(std::io::ErrorKind::InvalidData);
    let mut output = BufReader::with_capacity(1 << 16, output);
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

/// The bytes under which git knows a part of a path.
fn bytes_of(part: &OsStr) -> &[u8] {
    part.as_encoded_bytes()
}

fn refused(title: impl Into<String>) -> Finding {
    Finding::new(Code::Configuration, title)
}
