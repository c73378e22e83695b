//! The sqlite3 shell, databases in directories of their own.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use sqlstitch::dialect::Engine;
use tempfile::TempDir;

use super::planned::Bundle;
use super::run::Run;

/// The shell to test with: `$SQLSTITCH_SQLITE3`, else `sqlite3` on PATH. None if it does not run.
pub(crate) fn shell() -> Option<PathBuf> {
    let path = std::env::var_os("SQLSTITCH_SQLITE3").map_or("sqlite3".into(), PathBuf::from);
    let runs = Command::new(&path)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    runs.then_some(path)
}

/// Patches planned by hand for this engine.
pub(crate) fn bundle(files: &[(&str, &str)]) -> Bundle {
    Bundle::new(Engine::Sqlite, files)
}

/// A database file in a directory of its own, which is also where temporary files go.
pub(crate) struct Database {
    directory: TempDir,
    shell: PathBuf,
}

impl Database {
    /// A database that does not exist yet.
    pub(crate) fn new() -> Self {
        Self {
            directory: tempfile::tempdir().expect("a temporary directory can be made"),
            shell: shell().expect("the test is run only where there is a shell"),
        }
    }

    /// The database's file.
    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("a b's.db")
    }

    /// Its directory.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The shell on this database, with the script as its input, running in `directory`.
    pub(crate) fn start_in(&self, directory: &Path, script: &str) -> Child {
        let mut input = tempfile::NamedTempFile::new().expect("a temporary file can be made");
        input
            .write_all(script.as_bytes())
            .expect("the file can be written");
        self.start_with(directory, input.path(), &[])
    }

    /// As [`Self::start_in`], with a script in a file, as in `sqlite3 DB < out.sql`, and more options.
    pub(crate) fn start_with(&self, directory: &Path, script: &Path, options: &[&str]) -> Child {
        // A pipe would fill up when a run stops early.
        let input = std::fs::File::open(script).expect("the script can be read");
        Command::new(&self.shell)
            .args(["-batch", "-init", "/dev/null"])
            .args(options)
            .arg(self.path())
            .current_dir(directory)
            .env("TMPDIR", self.directory.path())
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the shell starts")
    }

    /// As [`Self::start_in`], in the database's own directory.
    pub(crate) fn start(&self, script: &str) -> Child {
        self.start_in(self.directory(), script)
    }

    /// Runs a script to its end.
    pub(crate) fn run(&self, script: &str) -> Run {
        Run::end(self.start(script))
    }

    /// Runs a script that must end well, and gives its output.
    #[track_caller]
    pub(crate) fn ok(&self, script: &str) -> String {
        let ran = self.run(script);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
        ran.out
    }

    /// The answer to a query, one line per row.
    #[track_caller]
    pub(crate) fn ask(&self, query: &str) -> String {
        self.ok(&format!(".bail on\n.mode list\n{query};\n"))
            .trim_end()
            .to_owned()
    }

    /// The names in the ledger, in the order in which they were applied.
    pub(crate) fn applied(&self) -> String {
        self.ask("SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlstitch_patch WHERE state = 'applied' ORDER BY ordinal)")
    }

    /// All objects and rows but the ledger's.
    pub(crate) fn dump(&self) -> String {
        let other = Self {
            directory: tempfile::tempdir().expect("a temporary directory can be made"),
            shell: self.shell.clone(),
        };
        self.ok(&format!(".backup \"{}\"\n", other.path().display()));
        let name = "sqlstitch_patch";
        let kind = other.ask(&format!(
            "SELECT type FROM sqlite_schema WHERE name = '{name}'"
        ));
        let kind = if kind.is_empty() { "table" } else { &kind };
        other.ok(&format!(
            ".bail on\nDROP {kind} IF EXISTS {name};\n.dump\nPRAGMA user_version;\n"
        ))
    }

    /// The names of the files beside the database, its own included.
    pub(crate) fn files(&self) -> String {
        let entries = std::fs::read_dir(self.directory.path()).expect("the directory can be read");
        let files = entries.flatten().filter(|entry| entry.path().is_file());
        let mut names: Vec<_> = files
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names.join(" ")
    }

    /// The private directories that runs have left behind.
    pub(crate) fn left_behind(&self) -> usize {
        std::fs::read_dir(self.directory.path())
            .expect("the directory can be read")
            .flatten()
            .filter(|entry| {
                entry
                    .file_name()
                    .to_string_lossy()
                    .starts_with("sqlstitch.")
            })
            .count()
    }
}
