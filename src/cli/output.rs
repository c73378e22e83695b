//! Where data goes: standard output, or a file that is there whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::paths;

/// Writes the data. A reader that has seen enough (`… | head`) is not an error.
///
/// # Errors
/// The operating system's.
pub(super) fn to_stdout(data: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    let written = stdout
        .write_all(data.as_bytes())
        .and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Writes the data to `file`: first to a temporary file beside it, which then takes its place, so
/// that an older file stays as it is whenever something fails.
///
/// # Errors
/// The operating system's.
pub(super) fn to_file(file: &Path, data: &str) -> io::Result<()> {
    // A link stays a link; what it points to is replaced.
    let file = &fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let old = fs::metadata(file).ok();
    if old.as_ref().is_some_and(fs::Metadata::is_dir) {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    // A device or a pipe cannot be replaced.
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        return fs::write(file, data);
    }
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
    new.write_all(data.as_bytes())?;
    if let Some(old) = old {
        new.as_file().set_permissions(old.permissions())?;
    }
    new.as_file().sync_all()?;
    new.persist(file).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let file = directory.path().join("out.sql");
        to_file(&file, "one").expect("a new file");
        to_file(&file, "two").expect("a replaced file");
        assert_eq!(fs::read_to_string(&file).expect("the file"), "two");
        assert_eq!(directory.path().read_dir().expect("entries").count(), 1);
        assert!(to_file(directory.path(), "x").is_err());
        assert!(to_file(&directory.path().join("no/out.sql"), "x").is_err());
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
        to_file(&link, "new").expect("a file");
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&file).expect("the file"), "new");
        let mode = fs::metadata(&file).expect("metadata").permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }
}
