//! The first sqlstitch.toml, with the directories in which SQL files lie.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::super::{paths, work};
use super::tools::Tools;
use crate::dialect::Engine;

/// How many entries are looked at: a guess is not worth a long wait.
const LOOKED_AT: usize = 50_000;

/// With more directories than this the files are no one's patches, or everyone's.
const DIRECTORIES: usize = 6;

/// What is full of other people's files.
const FOREIGN: [&str; 4] = ["node_modules", "target", "vendor", "venv"];

/// The text, and what there is to say of other tools' migrations.
pub(super) fn text(directory: &Path, dialect: Option<Engine>) -> (String, String) {
    let engines = Engine::ALL.map(Engine::name).join(", ");
    let mut tools = Tools::default();
    let found = directories(directory, &mut tools);
    let quoted: Vec<String> = found.iter().map(|path| format!("\"{path}\"")).collect();
    let paths = if quoted.is_empty() {
        "# paths = [\"db\"]".to_owned()
    } else {
        format!("paths = [{}]", quoted.join(", "))
    };
    let text = include_str!("starter.toml")
        .replace("@engines@", &engines)
        .replace("@dialect@", dialect.unwrap_or(work::DEFAULT).name())
        .replace("@paths@", &paths);
    (text, tools.told())
}

/// Directories that hold all SQL files: one for each that is directly in `directory`, and as deep in
/// there as all its files are.
fn directories(directory: &Path, tools: &mut Tools) -> Vec<String> {
    let entries = WalkDir::new(directory)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| {
            let name = entry.file_name().to_string_lossy();
            let is_foreign = name.starts_with('.') || FOREIGN.contains(&name.as_ref());
            entry.depth() == 0 || !is_foreign
        });
    let files = entries.take(LOOKED_AT).filter_map(Result::ok);
    let files = files.filter(|entry| entry.file_type().is_file());
    let mut found: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
    for entry in files {
        let file = entry.path().strip_prefix(directory).unwrap_or(entry.path());
        tools.look_at(directory, file);
        let is_sql = file
            .extension()
            .is_some_and(|it| it.eq_ignore_ascii_case("sql"));
        let Some(parent) = file.parent().filter(|_| is_sql) else {
            continue;
        };
        let first = parent.iter().next().map(PathBuf::from).unwrap_or_default();
        let common = found.entry(first).or_insert_with(|| parent.to_owned());
        while !parent.starts_with(&common) && common.pop() {}
    }
    let plain =
        |path: &str| !path.contains(|char: char| char.is_control() || "\"\\�".contains(char));
    let found: Vec<String> = found.values().map(|path| paths::slashed(path)).collect();
    if found.len() > DIRECTORIES || !found.iter().all(|path| plain(path)) {
        return Vec::new();
    }
    match found.iter().any(|path| path == ".") {
        true => vec![".".to_owned()],
        false => found,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_directories_of_sql_files_are_found() {
        let tree = tempfile::tempdir().expect("a temporary directory");
        let write = |file: &str| {
            let file = tree.path().join(file);
            fs::create_dir_all(file.parent().expect("a parent")).expect("a directory");
            fs::write(file, "").expect("a file");
        };
        assert_eq!(directories(tree.path(), &mut Tools::default()), [""; 0]);
        write("api/migrations/1/up.sql");
        write("api/migrations/2/up.sql");
        write("node_modules/x/y.sql");
        write(".hidden/y.sql");
        write("sql/a.SQL");
        assert_eq!(
            directories(tree.path(), &mut Tools::default()),
            ["api/migrations", "sql"]
        );
        write("a.sql");
        assert_eq!(directories(tree.path(), &mut Tools::default()), ["."]);
    }
}
