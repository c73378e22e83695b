//! Paths as they are shown: from where the tool was called, with `/` on every platform.

use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

/// The current directory, which stays the same while a command runs.
fn here() -> Option<&'static Path> {
    static HERE: OnceLock<Option<PathBuf>> = OnceLock::new();
    HERE.get_or_init(|| std::env::current_dir().ok()).as_deref()
}

/// The path's parts joined with `/`; what is not UTF-8 is replaced by `�`.
pub(super) fn slashed(path: &Path) -> String {
    let mut text = String::new();
    for component in path.components() {
        match component {
            Component::RootDir => text.push('/'),
            Component::CurDir => {}
            other => {
                if !text.is_empty() && !text.ends_with('/') {
                    text.push('/');
                }
                text.push_str(&other.as_os_str().to_string_lossy());
            }
        }
    }
    if text.is_empty() {
        text.push('.');
    }
    text
}

/// The path from the current directory where it is under it or under a directory above it, else the
/// path as it is.
pub(super) fn shown(path: &Path) -> String {
    slashed(&nearest(path))
}

fn nearest(path: &Path) -> PathBuf {
    if path.is_relative() {
        return path.to_owned();
    }
    let Some(here) = here() else {
        return path.to_owned();
    };
    for (up, above) in here.ancestors().enumerate() {
        // From the file system's root down everything is absolute anyway.
        if above.parent().is_none() {
            break;
        }
        if let Ok(rest) = path.strip_prefix(above) {
            let mut relative: PathBuf = std::iter::repeat_n("..", up).collect();
            relative.push(rest);
            return relative;
        }
    }
    path.to_owned()
}

/// The path without `.`, and without `..` except at its start; links are left as they are.
pub(super) fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        let last = plain.components().next_back();
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(last, Some(Component::Normal(_))) => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

/// The path from the file system's root, without `.` and `..`, links left as they are.
pub(super) fn whole(path: &Path) -> PathBuf {
    if is_below(path)
        && let Some(here) = here()
    {
        return here.join(path);
    }
    let path = match here() {
        Some(here) if is_from_here(path) => here.join(path),
        _ => std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
    };
    let mut whole = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                whole.pop();
            }
            Component::CurDir => {}
            other => whole.push(other),
        }
    }
    whole
}

/// Whether a path starts at the current directory, as `a/b` and `../a` do.
fn is_from_here(path: &Path) -> bool {
    use Component::{CurDir, Normal, ParentDir};
    matches!(
        path.components().next(),
        Some(CurDir | Normal(_) | ParentDir)
    )
}

/// Whether a path leads down from the current directory, each step by its name: most paths do.
fn is_below(path: &Path) -> bool {
    let text = path.as_os_str().as_encoded_bytes();
    let mut steps = text.split(|byte| std::path::is_separator(char::from(*byte)));
    let is_name = |step: &[u8]| !matches!(step, b"" | b"." | b"..") && !step.contains(&b':');
    steps.all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_path_has_no_detours() {
        let here = std::env::current_dir().expect("a current directory");
        for path in [
            "a/b", "./a/b", "a/./b", "a//b", "a/b/", "a/x/../b", "x/../a/b",
        ] {
            assert_eq!(whole(Path::new(path)), here.join("a/b"), "{path}");
            assert_eq!(whole(&here.join(path)), here.join("a/b"), "{path}");
        }
        assert_eq!(whole(Path::new("")), Path::new(""));
        assert_eq!(whole(Path::new(".")), here);
        assert_eq!(whole(Path::new("/..")), Path::new("/"));
    }

    #[test]
    fn paths_are_shown_from_here() {
        let here = std::env::current_dir().expect("a current directory");
        assert_eq!(shown(Path::new("./db//a.sql")), "db/a.sql");
        assert_eq!(shown(&here.join("db/a.sql")), "db/a.sql");
        assert_eq!(shown(&whole(&here.join("../x.sql"))), "../x.sql");
        assert_eq!(shown(&here), ".");
        assert_eq!(slashed(Path::new("/")), "/");
    }
}
