//! Files → script, by the program itself.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::support::run::Run;

/// Files in a directory of their own.
pub(crate) struct Bundle {
    directory: TempDir,
    arguments: Vec<String>,
}

impl Bundle {
    /// These files: names without `.sql`, and texts.
    pub(crate) fn new<T: AsRef<[u8]>>(files: &[(&str, T)]) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        std::fs::create_dir(directory.path().join("files")).expect("a directory");
        let bundle = Self {
            directory,
            arguments: Vec::new(),
        };
        for (name, text) in files {
            bundle.set(name, text);
        }
        bundle
    }

    /// Adds a file, or gives it another text.
    pub(crate) fn set(&self, name: &str, text: impl AsRef<[u8]>) {
        let file = self.directory.path().join(format!("files/{name}.sql"));
        std::fs::write(file, text).expect("the file is written");
    }

    /// Builds with more arguments.
    pub(crate) fn with(mut self, arguments: &[&str]) -> Self {
        let more = arguments.iter().map(|&argument| argument.to_owned());
        self.arguments.extend(more);
        self
    }

    /// What the program says, and where the script is if it wrote one.
    pub(crate) fn build(&self) -> (Run, PathBuf) {
        let path = self.directory.path().join("script.sql");
        let run = Run::of(
            Command::new(env!("CARGO_BIN_EXE_sqlstitch"))
                .args(["build", "--dialect", "mysql", "-o"])
                .arg(&path)
                .args(&self.arguments)
                .arg(".")
                .current_dir(self.directory.path().join("files")),
        );
        (run, path)
    }

    /// The script, which there must be. It is gone with the bundle.
    #[track_caller]
    pub(crate) fn script(&self) -> PathBuf {
        let (run, path) = self.build();
        assert_eq!(run.code, Some(0), "{}", run.err);
        path
    }
}

/// The `.sql` files of a folder in fixtures/mysql, sorted.
pub(crate) fn fixtures(folder: &str) -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/mysql")
        .join(folder);
    let entries = std::fs::read_dir(&directory).expect("the folder can be read");
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    files
}
