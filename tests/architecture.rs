//! The floors, the doors of the big crates, and other decisions of the house, checked in the sources.
//!
//! The tables below are the architecture; docs/architecture.md explains them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each module's floor. A module uses modules of lower floors and itself, never a sibling.
const FLOORS: [(&str, u8); 15] = [
    ("source", 0),
    ("name", 0),
    ("finding", 1),
    ("dialect", 2),
    ("import", 2),
    ("read", 3),
    ("resolve", 4),
    ("graph", 5),
    ("plan", 6),
    ("merge", 6),
    ("emit", 7),
    ("report", 7),
    ("engine", 7),
    ("pipeline", 8),
    ("cli", 9),
];

/// Crates with few doors, and where these are.
const DOORS: [(&str, &[&str]); 23] = [
    ("etcetera", &["cli"]),
    ("postcard", &["read"]),
    ("sha1", &["source"]),
    ("sha2", &["source"]),
    ("sqlparser", &["read/ast"]),
    ("squawk_lexer", &["read/postgres"]),
    ("squawk_line_index", &["read/postgres"]),
    ("squawk_parser", &["read/postgres"]),
    ("squawk_syntax", &["read/postgres"]),
    ("petgraph", &["graph"]),
    ("annotate_snippets", &["report"]),
    ("serde_json", &["emit", "report", "engine", "cli"]),
    ("rusqlite", &["engine"]),
    ("anstream", &["cli"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("globset", &["cli"]),
    ("rayon", &["cli", "emit", "plan", "resolve"]),
    ("tempfile", &["cli", "engine"]),
    ("toml", &["cli"]),
    ("walkdir", &["cli"]),
    ("similar", &["cli"]),
];

/// What only the command line may do.
const CLI_ONLY: [&str; 7] = [
    "println!",
    "eprintln!",
    "print!",
    "eprint!",
    "std::env",
    "process::exit",
    "std::process",
];

/// Where no engine is named: these floors ask the dialect.
const NEUTRAL: [&str; 4] = ["resolve", "graph", "plan", "merge"];

#[test]
fn modules_use_only_lower_floors() {
    let floors: BTreeMap<&str, u8> = FLOORS.into_iter().collect();
    let mut wrong = Vec::new();
    for file in sources() {
        let Some(&floor) = floors.get(file.module.as_str()) else {
            assert!(
                ["lib", "main"].contains(&file.module.as_str()),
                "src/{} belongs to no floor: add it to the table",
                file.path
            );
            continue;
        };
        for (line, used) in file.crate_uses() {
            let fine = match floors.get(used.as_str()) {
                Some(&below) => below < floor || used == file.module,
                None => false,
            };
            if !fine {
                wrong.push(format!("src/{}:{line} uses crate::{used}", file.path));
            }
        }
    }
    assert_eq!(wrong, [""; 0], "a module uses only modules of lower floors");
}

#[test]
fn big_crates_have_one_door() {
    let mut wrong = Vec::new();
    for file in sources() {
        for (name, doors) in DOORS {
            let inside = doors.iter().any(|door| {
                file.path.starts_with(&format!("{door}/")) || file.path == format!("{door}.rs")
            });
            if inside {
                continue;
            }
            for (line, text) in file.code_lines() {
                if mentions(text, &format!("{name}::")) || mentions(text, &format!("use {name}")) {
                    wrong.push(format!("src/{}:{line} uses {name}", file.path));
                }
            }
        }
    }
    assert_eq!(
        wrong, [""; 0],
        "these crates are used only behind their doors"
    );
}

#[test]
fn only_the_command_line_prints_reads_the_environment_and_exits() {
    let mut wrong = Vec::new();
    for file in sources() {
        if ["cli", "main"].contains(&file.module.as_str()) {
            continue;
        }
        for (line, text) in file.code_lines() {
            for word in CLI_ONLY {
                if mentions(text, word) {
                    wrong.push(format!("src/{}:{line} uses {word}", file.path));
                }
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn neutral_floors_name_no_engine() {
    let engines = ["Postgres", "Sqlite", "Mariadb", "Mysql", "Duckdb", "Mssql"];
    let mut wrong = Vec::new();
    for file in sources() {
        if !NEUTRAL.contains(&file.module.as_str()) {
            continue;
        }
        for (line, text) in file.code_lines() {
            for engine in engines {
                if mentions(text, &format!("Engine::{engine}")) {
                    wrong.push(format!("src/{}:{line} names {engine}", file.path));
                }
            }
        }
    }
    assert_eq!(wrong, [""; 0], "ask the dialect instead");
}

#[test]
fn every_file_says_what_it_is_responsible_for() {
    let silent: Vec<_> = sources()
        .into_iter()
        .filter(|file| !file.text.starts_with("//! "))
        .map(|file| file.path)
        .collect();
    assert_eq!(silent, [""; 0], "the first line is a `//!` comment");
}

#[test]
fn the_table_of_floors_in_the_library_is_this_one() {
    let library = fs::read_to_string(root().join("src/lib.rs")).expect("src/lib.rs");
    let modules: BTreeSet<&str> = library
        .split('\n')
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    let floors: BTreeSet<&str> = FLOORS.into_iter().map(|(module, _)| module).collect();
    assert_eq!(modules, floors);
    for (module, floor) in FLOORS {
        // The pipeline stands beside the command line in the table that people read.
        let shown = floor.min(8);
        let row = library
            .split('\n')
            .find(|line| line.starts_with("//! |") && line.contains(&format!("[`{module}`]")));
        assert!(
            row.is_some_and(|row| row.starts_with(&format!("//! | {shown} |"))),
            "src/lib.rs shows {module} on floor {shown}"
        );
    }
}

/// One source file without its unit tests.
struct File {
    /// Under `src`, with `/`.
    path: String,
    /// The first part of the path.
    module: String,
    /// The whole text.
    text: String,
}

impl File {
    /// Lines up to the unit tests, without comments, with their numbers. A file of unit tests has none.
    fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let is_tests = self.path.ends_with("/tests.rs") || self.path.contains("/tests/");
        self.text
            .split('\n')
            .take_while(move |line| !is_tests && *line != "mod tests {")
            .enumerate()
            .map(|(number, line)| (number + 1, line.split("//").next().unwrap_or_default()))
    }

    /// The modules that `crate::…` paths lead to, `use crate::{a, b}` included.
    fn crate_uses(&self) -> Vec<(usize, String)> {
        let mut uses = Vec::new();
        for (line, text) in self.code_lines() {
            for (at, _) in text.match_indices("crate::") {
                let rest = &text[at + "crate::".len()..];
                match rest.strip_prefix('{') {
                    Some(list) => {
                        let list = list.split('}').next().unwrap_or_default();
                        uses.extend(list.split(',').map(|item| (line, first_word(item.trim()))));
                    }
                    None => uses.push((line, first_word(rest))),
                }
            }
        }
        uses
    }
}

fn first_word(text: &str) -> String {
    text.chars()
        .take_while(|char| char.is_alphanumeric() || *char == '_')
        .collect()
}

/// Whether `word` stands in `text` and is not the end of a longer word.
fn mentions(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        !before.is_some_and(|char| char.is_alphanumeric() || char == '_' || char == ':')
    })
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<File> {
    let src = root().join("src");
    let mut files = Vec::new();
    let mut directories = vec![src.clone()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).expect("a directory of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(file(&src, path));
            }
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

fn file(src: &Path, path: PathBuf) -> File {
    let relative = path.strip_prefix(src).expect("a path under src");
    let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
    let relative = parts.join("/");
    let first = parts.first().expect("a first part");
    File {
        module: first.trim_end_matches(".rs").to_owned(),
        text: fs::read_to_string(&path).expect("a source file"),
        path: relative,
    }
}
