//! What to say of paths that are not there, and of those that hold no patches.

use std::fs;
use std::path::Path;

use super::input::Revert;
use super::settings::Wanted;
use super::{links, paths, suggest};
use crate::finding::{Code, Finding};

/// Whether a path of which git has nothing is one that can be without files.
pub(super) fn is_empty(wanted: &Wanted, path: &Path) -> bool {
    path.is_dir() || wanted.roots.contains(&paths::whole(path))
}

pub(super) fn unknown_to_git(path: &Path) -> Finding {
    let shown = paths::shown(path);
    let title = format!("git has no `{shown}`, though the file is there");
    Finding::new(Code::PathNotFound, title).help(format!("git add {shown}"))
}

/// A path in a submodule that is not checked out.
pub(super) fn absent(path: &Path, submodule: &Path) -> Finding {
    let (shown, submodule) = (paths::shown(path), paths::shown(submodule));
    let title = if shown == submodule {
        format!("`{shown}` is a submodule that is not checked out, so its patches are not known")
    } else {
        format!(
            "`{shown}` is in the submodule `{submodule}`, which is not checked out, so its patches are not known"
        )
    };
    Finding::new(Code::PathNotFound, title).help(links::check_out(&submodule))
}

pub(super) fn missing(path: &Path) -> Finding {
    let shown = paths::shown(path);
    let finding = Finding::new(Code::PathNotFound, format!("`{shown}` does not exist"));
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        return finding;
    };
    let parent = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let mut beside: Vec<String> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    beside.sort();
    match suggest::closest(name, beside.iter().map(String::as_str)) {
        Some(near) => finding.help(format!(
            "did you mean `{}`?",
            paths::shown(&parent.join(near))
        )),
        None => finding,
    }
}

pub(super) fn nothing_found(wanted: &Wanted, scripts: &[String], reverts: &[Revert]) -> Finding {
    if let Some(script) = scripts.first() {
        let title = match scripts.len() {
            1 => "no patches: the only SQL file here is a script that sqlstitch wrote".to_owned(),
            count => {
                format!("no patches: the {count} SQL files here are scripts that sqlstitch wrote")
            }
        };
        return Finding::new(Code::PathNotFound, title)
            .path(script.clone())
            .note("a script is run by the engine's client as it is; it is no patch")
            .help("name the directory of the patches that it was built from");
    }
    if let Some(revert) = reverts.first() {
        let title = "no patches: what is here are revert files, by the ending .revert.sql";
        return Finding::new(Code::PathNotFound, title)
            .path(revert.shown.clone())
            .help("name the directory that holds the patches too; a revert file is read with its patch");
    }
    let places: Vec<_> = wanted
        .paths
        .iter()
        .map(|path| format!("`{}`", paths::shown(path)))
        .collect();
    let title = format!("no SQL files in {}", places.join(", "));
    let finding = Finding::new(Code::PathNotFound, title);
    if wanted.include.is_some() || !wanted.exclude.is_empty() {
        finding.help("look at `include` and `exclude`, on the command line and in sqlstitch.toml")
    } else {
        finding.help("name the directory that holds the .sql files, or say with --include how they are named")
    }
}
