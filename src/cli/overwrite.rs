//! Nothing that is read is written over: an output is not one of the inputs, by whatever path.

use std::fs;
use std::io;
use std::path::Path;

use super::work::Work;
use super::{paths, undo};
use crate::finding::{Code, Finding};

/// What a file is, whatever path leads to it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Identity(Inner);

#[cfg(unix)]
type Inner = (u64, u64);
#[cfg(not(unix))]
type Inner = std::path::PathBuf;

impl Identity {
    /// Of the file at a path, links followed; none where there is no regular file.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
        Self::from_metadata(&metadata, path)
    }

    #[cfg(unix)]
    fn from_metadata(metadata: &fs::Metadata, _: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        Some(Self((metadata.dev(), metadata.ino())))
    }

    #[cfg(not(unix))]
    fn from_metadata(_: &fs::Metadata, path: &Path) -> Option<Self> {
        fs::canonicalize(path).ok().map(Self)
    }

    /// Of the file that standard output goes to, as in `… > FILE`; none where that is no file.
    #[cfg(unix)]
    pub(super) fn of_stdout() -> Option<Self> {
        use std::os::fd::AsFd;
        let stdout = io::stdout().as_fd().try_clone_to_owned().ok()?;
        let metadata = fs::File::from(stdout).metadata().ok()?;
        let metadata = Some(metadata).filter(fs::Metadata::is_file)?;
        Self::from_metadata(&metadata, Path::new(""))
    }

    /// Of the file that standard output goes to; not known here.
    #[cfg(not(unix))]
    pub(super) fn of_stdout() -> Option<Self> {
        let _ = io::stdout();
        None
    }
}

/// Refuses an output that is one of the files which the work was made of.
///
/// # Errors
/// Says which it is.
pub(super) fn refuse_input(output: &Path, work: &Work) -> Result<(), Box<Finding>> {
    let Some(identity) = Identity::of(output) else {
        return Ok(());
    };
    let is_same = |shown: &str| Identity::of(Path::new(shown)).as_ref() == Some(&identity);
    let sources = work.sources.iter().map(|it| it.shown.as_str());
    let patches = sources.map(|shown| (shown.to_owned(), "a patch"));
    let reverts = work.reverts.iter().map(|it| it.shown.clone());
    let reverts = reverts.chain(undo::named(work));
    let reverts = reverts.map(|shown| (shown, "a revert file"));
    let config = work.settings.config.iter();
    let config = config.map(|file| (paths::shown(file), "the configuration"));
    let mut inputs = patches.chain(reverts).chain(config);
    let Some((shown, what)) = inputs.find(|(shown, _)| is_same(shown)) else {
        return Ok(());
    };
    let given = paths::shown(output);
    let title = format!("this file is {what} that is read, so nothing is written over it");
    let finding = Finding::new(Code::InputOutput, title);
    let finding = if given == shown {
        finding
    } else {
        finding.note(format!("`{given}` and `{shown}` are one file"))
    };
    Err(Box::new(
        finding.path(given).help("name another file with --output"),
    ))
}

/// What to say of a patch that standard output goes to.
pub(super) fn stdout_is(shown: &str, is_empty: bool) -> Finding {
    let title = "standard output goes to this file, which is among the patches that are read";
    let finding = Finding::new(Code::InputOutput, title).path(shown);
    if is_empty {
        finding
            .note("the shell has made or emptied it before sqlstitch began")
            .help(
                "if it held a patch, put it back, else remove it; then write elsewhere, or use \
                 --output, whose scripts are known again and not taken for patches",
            )
    } else {
        finding.help("write to another file")
    }
}
