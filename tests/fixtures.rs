//! Runs every case under `fixtures/` and compares what the tool says with the case's snapshot.
//!
//! A case is a folder `fixtures/<group>/<case>/` with the input files as they are. The tool is run
//! in a copy of the folder, with the group's command or with the lines of the case's file `command`
//! (each as typed in a shell; lines that start with `#` are comments). Standard output, standard
//! error and the exit code of each line are compared with `expected.snap`.
//!
//! A new case is a folder, then `INSTA_UPDATE=always cargo test --test fixtures <case>` and a look at
//! the snapshot. A snapshot without a case fails.

#![expect(
    clippy::disallowed_methods,
    reason = "a file `command` has no carriage returns, and a test may read the environment"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};

use libtest_mimic::{Arguments, Failed, Trial};

/// The groups, and what is run where a case does not say it.
const GROUPS: [(&str, &str); 8] = [
    ("statements", "sqlstitch show statements"),
    ("facts", "sqlstitch show facts"),
    ("edges", "sqlstitch show edges"),
    ("order", "sqlstitch order"),
    ("findings", "sqlstitch check"),
    ("scripts", "sqlstitch build"),
    ("imports", "sqlstitch import"),
    // What provokes each code and what does not: tests/rules.rs looks at the snapshots.
    ("rules", "sqlstitch check -v bad\nsqlstitch check -v good"),
];

/// Folders that are not cases.
const OTHERS: [&str; 7] = [
    "corpus", "duckdb", "example", "mariadb", "mysql", "postgres", "sqlite",
];

const COMMAND: &str = "command";
const SNAPSHOT: &str = "expected.snap";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut trials = Vec::new();
    for group in folders(&fixtures) {
        let group_name = name(&group);
        if OTHERS.contains(&group_name.as_str()) {
            continue;
        }
        let Some(&(_, command)) = GROUPS.iter().find(|(name, _)| *name == group_name) else {
            trials.push(wrong(group_name, "this folder is no group of cases"));
            continue;
        };
        for case in folders(&group) {
            let title = format!("{group_name}/{}", name(&case));
            trials.push(Trial::test(title, move || run(&case, command)));
        }
        if group.join(SNAPSHOT).exists() {
            trials.push(wrong(group_name, "a snapshot stands outside of a case"));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn wrong(name: String, why: &'static str) -> Trial {
    Trial::test(name, move || Err(Failed::from(why)))
}

fn run(case: &Path, default: &str) -> Result<(), Failed> {
    let given = fs::read_to_string(case.join(COMMAND));
    // The directory above is the case's own too.
    let around = tempfile::tempdir()?;
    let copy = around.path().join("case");
    fs::create_dir(&copy)?;
    if copy_inputs(case, &copy)? == 0 && given.is_err() {
        return Err("a snapshot without a case: there are no input files".into());
    }
    let lines = given.as_deref().unwrap_or(default);
    let mut text = String::new();
    for line in lines.lines() {
        if !line.trim().is_empty() && !line.starts_with('#') {
            let output = shell(line, &copy)?;
            write_output(&mut text, line, &output, &copy);
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(case);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("expected", text));
    Ok(())
}

/// Runs one line as if typed by someone who has installed the tool and set nothing.
fn shell(line: &str, directory: &Path) -> std::io::Result<Output> {
    let tool = Path::new(env!("CARGO_BIN_EXE_sqlstitch"));
    let mut path = vec![tool.parent().expect("a directory").to_owned()];
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    path.extend(std::env::split_paths(&inherited));
    let mut command = Command::new("sh");
    command.arg("-c").arg(line).current_dir(directory);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SQLSTITCH_") {
            command.env_remove(name);
        }
    }
    command
        .env("PATH", std::env::join_paths(path).expect("a search path"))
        .env("LC_ALL", "C")
        .env_remove("COLUMNS")
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR")
        .env_remove("CLICOLOR_FORCE")
        .env_remove("RUST_BACKTRACE")
        .output()
}

fn write_output(text: &mut String, line: &str, output: &Output, directory: &Path) {
    let _ = writeln!(text, "$ {line}");
    let directory = directory.display().to_string();
    let mut section = |title: &str, bytes: &[u8]| {
        if bytes.is_empty() {
            return;
        }
        let bytes = String::from_utf8_lossy(bytes).replace(&directory, "[DIRECTORY]");
        let _ = writeln!(text, "--- {title}");
        text.push_str(&bytes);
        if !bytes.ends_with('\n') {
            text.push_str("[no line end]\n");
        }
    };
    section("stdout", &output.stdout);
    section("stderr", &output.stderr);
    match output.status.code() {
        Some(code) => {
            let _ = writeln!(text, "--- exit {code}");
        }
        None => text.push_str("--- killed\n"),
    }
}

/// Copies a case's inputs, links as links, and counts them.
fn copy_inputs(from: &Path, to: &Path) -> std::io::Result<usize> {
    let mut count = 0;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, name) = (entry.file_type()?, entry.file_name());
        let target = to.join(&name);
        let text = name.to_string_lossy();
        if text == COMMAND || text.starts_with(SNAPSHOT) {
            continue;
        }
        count += 1;
        if kind.is_dir() {
            fs::create_dir(&target)?;
            copy_inputs(&entry.path(), &target)?;
        } else if kind.is_symlink() {
            copy_link(&fs::read_link(entry.path())?, &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(count)
}

#[cfg(unix)]
fn copy_link(points_to: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(points_to, link)
}

#[cfg(not(unix))]
fn copy_link(_: &Path, _: &Path) -> std::io::Result<()> {
    Err(std::io::Error::other("cases with links need a Unix"))
}

fn folders(directory: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<_> = fs::read_dir(directory)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

fn name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
