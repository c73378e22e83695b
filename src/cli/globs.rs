//! Globs over paths under a root.
//!
//! `*` and `?` stay inside one part of a path, `**` spans parts. A glob without `/` is about names at
//! any depth; one with `/` is about the path from the root. A glob that matches a directory speaks
//! for all that is in it.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

/// Whether the text has characters that make it a glob.
pub(super) fn is_glob(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

/// Reads one glob of `--include`, `--exclude` or their keys.
///
/// # Errors
/// Says what is wrong with it.
pub(super) fn parse(glob: &str) -> Result<Glob, String> {
    let glob_text = glob.trim_end_matches('/');
    let anchored = match glob_text.strip_prefix('/') {
        Some(rest) => rest.to_owned(),
        None if glob_text.contains('/') => glob_text.to_owned(),
        None => format!("**/{glob_text}"),
    };
    strict(&anchored).map_err(|error| format!("`{glob}` is not a glob: {error}"))
}

/// Reads a glob that is a path on the command line.
///
/// # Errors
/// Says what is wrong with it.
pub(super) fn parse_path(glob: &str) -> Result<Glob, String> {
    strict(glob).map_err(|error| format!("`{glob}` is not a glob: {error}"))
}

fn strict(glob: &str) -> Result<Glob, String> {
    GlobBuilder::new(glob)
        .literal_separator(true)
        .build()
        .map_err(|error| error.kind().to_string())
}

/// Reads several globs.
///
/// # Errors
/// Says what is wrong with the first one that is no glob.
pub(super) fn parse_all(globs: &[String]) -> Result<GlobSet, String> {
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        set.add(parse(glob)?);
    }
    set.build().map_err(|error| error.to_string())
}

/// Whether the path or a directory on the way to it matches.
pub(super) fn covers(globs: &GlobSet, path: &str) -> bool {
    let ends = path.match_indices('/').map(|(at, _)| at);
    ends.chain([path.len()])
        .any(|end| globs.is_match(&path[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(glob: &str, path: &str) -> bool {
        covers(&parse_all(&[glob.to_owned()]).expect("a glob"), path)
    }

    #[test]
    fn a_glob_without_a_slash_is_about_names_and_one_with_a_slash_about_paths() {
        assert!(matches("old", "a/old/b.sql"));
        assert!(matches("*_test.sql", "a/b_test.sql"));
        assert!(matches("/old", "old/b.sql"));
        assert!(!matches("/old", "a/old/b.sql"));
        assert!(matches("a/*/", "a/b/c.sql"));
        assert!(!matches("a/*.sql", "a/b/c.sql"));
        assert!(matches("a/**/c.sql", "a/c.sql"));
        assert!(matches("{x,y}.sql", "y.sql"));
    }
}
