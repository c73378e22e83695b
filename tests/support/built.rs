//! Files → script, by the program itself: for tests of what only its reading tells.

use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Failed;
use tempfile::TempDir;

use super::planned::why_refused;
use super::run::Run;

/// Files in a directory of their own.
pub(crate) struct Bundle {
    dialect: &'static str,
    directory: TempDir,
    arguments: Vec<String>,
}

impl Bundle {
    /// These files for an engine: names without `.sql`, and texts.
    pub(crate) fn new<T: AsRef<[u8]>>(dialect: &'static str, files: &[(&str, T)]) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        std::fs::create_dir(directory.path().join("files")).expect("a directory");
        let bundle = Self {
            dialect,
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
                .args(["build", "--dialect", self.dialect, "-o"])
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

/// Checks that a file is refused for the reason in its first line, with a way out.
pub(crate) fn refuse(dialect: &'static str, file: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(file)?;
    let why = why_refused(&text)?;
    let (run, script) = Bundle::new(dialect, &[("body", &text)]).build();
    assert_eq!(run.code, Some(1), "{}", run.err);
    assert!(!script.exists());
    let finding = run.err.split("\n\n").find(|finding| finding.contains(why));
    let finding = finding.ok_or_else(|| format!("{why} is not told:\n{}", run.err))?;
    assert!(finding.contains("help: "), "{finding}");
    assert!(finding.contains("body.sql:"), "{finding}");
    Ok(())
}
