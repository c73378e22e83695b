//! Where data goes: standard output, or a file that is there whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::paths;
use crate::emit::Script;

/// How many links one path may lead over.
const LINKS: usize = 40;

/// Writes the data. A reader that has seen enough (`… | head`) is not an error.
///
/// # Errors
/// The operating system's.
pub(super) fn to_stdout(data: &str) -> io::Result<()> {
    fine_if_closed(io::stdout().lock().write_all(data.as_bytes()))
}

/// Writes a script as [`to_stdout`] does.
///
/// # Errors
/// The operating system's.
pub(super) fn script_to_stdout(script: &Script) -> io::Result<()> {
    fine_if_closed(script.write_to(&mut io::stdout().lock()))
}

fn fine_if_closed(written: io::Result<()>) -> io::Result<()> {
    match written.and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Writes the data to `file`: first to a temporary file beside it, which then takes its place, so
/// that an older file stays as it is whenever something fails.
///
/// # Errors
/// The operating system's.
pub(super) fn to_file(file: &Path, data: &Script) -> io::Result<()> {
    replace(file, |to| data.write_to(to))
}

/// Writes bytes as [`to_file`] does.
///
/// # Errors
/// The operating system's.
pub(super) fn bytes_to_file(file: &Path, data: &[u8]) -> io::Result<()> {
    replace(file, |to| to.write_all(data))
}

fn replace(file: &Path, write: impl Fn(&mut fs::File) -> io::Result<()>) -> io::Result<()> {
    let old = fs::metadata(file).ok();
    if old.as_ref().is_some_and(fs::Metadata::is_dir) {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    // A device or a pipe cannot be replaced, nor can a file that `/dev/stdout` stands for.
    if old.as_ref().is_some_and(|old| !old.is_file()) || is_handle(file) {
        let options = fs::OpenOptions::new().write(true).open(file);
        return match options.and_then(|mut open| write(&mut open)) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written,
        };
    }
    // A link stays a link; what it points to is replaced.
    let file = &target(file)?;
    let directory = match file.parent() {
        Some(directory) if directory != Path::new("") => directory,
        _ => Path::new("."),
    };
    if !directory.is_dir() {
        let message = format!("there is no directory `{}`", paths::shown(directory));
        return Err(io::Error::new(io::ErrorKind::NotFound, message));
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".sqlstitch-").suffix(".tmp");
    #[cfg(unix)]
    {
        // Temporary files are private by default; this one becomes an ordinary file.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    // The error would name the temporary file, which says nothing to anyone.
    let named = |error: io::Error| io::Error::from(error.kind());
    let mut new = builder.tempfile_in(directory).map_err(named)?;
    write(new.as_file_mut())?;
    if let Some(old) = old {
        new.as_file().set_permissions(old.permissions())?;
    }
    new.as_file().sync_all()?;
    new.persist(file).map_err(|error| error.error)?;
    Ok(())
}

/// Whether a path stands for something that is open already.
fn is_handle(file: &Path) -> bool {
    let whole = paths::whole(file);
    ["/dev", "/proc"].iter().any(|it| whole.starts_with(it))
}

/// The file that a path leads to, over links, whether it is there or not.
fn target(file: &Path) -> io::Result<PathBuf> {
    let mut file = file.to_owned();
    for _ in 0..LINKS {
        match fs::canonicalize(&file) {
            Ok(real) => return Ok(real),
            Err(_) if !file.is_symlink() => return Ok(file),
            Err(_) => {
                let to = fs::read_link(&file)?;
                file = file.parent().unwrap_or(Path::new("")).join(to);
            }
        }
    }
    Err(io::Error::other("its links go round in a circle"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Script {
        Script::from(text.to_owned())
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let file = directory.path().join("out.sql");
        to_file(&file, &text("one")).expect("a new file");
        to_file(&file, &text("two")).expect("a replaced file");
        assert_eq!(fs::read_to_string(&file).expect("the file"), "two");
        assert_eq!(directory.path().read_dir().expect("entries").count(), 1);
        assert!(to_file(directory.path(), &text("x")).is_err());
        assert!(to_file(&directory.path().join("no/out.sql"), &text("x")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay() {
        use std::os::unix::fs::PermissionsExt;

        let directory = tempfile::tempdir().expect("a temporary directory");
        let (file, link) = (directory.path().join("f"), directory.path().join("l"));
        fs::write(&file, "old").expect("a file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("permissions");
        std::os::unix::fs::symlink("f", &link).expect("a link");
        to_file(&link, &text("new")).expect("a file");
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&file).expect("the file"), "new");
        let mode = fs::metadata(&file).expect("metadata").permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_file_that_is_not_there_makes_it() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let at = |name: &str| directory.path().join(name);
        std::os::unix::fs::symlink("two", at("one")).expect("a link");
        std::os::unix::fs::symlink("f", at("two")).expect("a link");
        std::os::unix::fs::symlink("round", at("round")).expect("a link");
        to_file(&at("one"), &text("new")).expect("a file");
        assert!(at("one").is_symlink() && at("two").is_symlink());
        assert_eq!(fs::read_to_string(at("f")).expect("the file"), "new");
        assert!(to_file(&at("round"), &text("x")).is_err());
        assert!(at("round").is_symlink());
    }
}
