//! Named texts → a script, by the program itself.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::support::engine::Engine;
use crate::support::run::Run;

/// Files for one script and the arguments that it is built with.
#[derive(Clone, Default)]
pub(crate) struct Bundle {
    files: Vec<(String, Vec<u8>)>,
    arguments: Vec<String>,
}

/// A script in a directory of its own.
pub(crate) struct Script {
    _directory: TempDir,
    path: PathBuf,
}

impl std::ops::Deref for Script {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.path
    }
}

impl Bundle {
    /// These files: paths without `.sql`, and texts. Where nothing else orders them, they run in the
    /// order of their names.
    pub(crate) fn new<T: AsRef<[u8]>>(files: &[(&str, T)]) -> Self {
        let mut bundle = Self::default();
        for (name, text) in files {
            bundle.set(name, text);
        }
        bundle
    }

    /// The same with one more file, or with another text for it.
    pub(crate) fn and(&self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let mut bundle = self.clone();
        bundle.set(name, text);
        bundle
    }

    /// The same, built with more arguments.
    pub(crate) fn with(&self, arguments: &[&str]) -> Self {
        let mut bundle = self.clone();
        let more = arguments.iter().map(|&argument| argument.to_owned());
        bundle.arguments.extend(more);
        bundle
    }

    fn set(&mut self, name: &str, text: impl AsRef<[u8]>) {
        let text = text.as_ref().to_vec();
        match self.files.iter_mut().find(|(other, _)| other == name) {
            Some((_, old)) => *old = text,
            None => self.files.push((name.to_owned(), text)),
        }
    }

    /// What the program says, and the script if it wrote one.
    pub(crate) fn build(&self, engine: &dyn Engine) -> (Run, Option<Script>) {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let root = directory.path().join("files");
        std::fs::create_dir(&root).expect("a directory");
        for (name, text) in &self.files {
            let file = root.join(format!("{name}.sql"));
            std::fs::create_dir_all(file.parent().expect("a file has a directory"))
                .expect("directories");
            std::fs::write(&file, text).expect("the file is written");
        }
        let path = directory.path().join("script.sql");
        let output = Command::new(env!("CARGO_BIN_EXE_sqlstitch"))
            .args(["build", "--dialect", engine.dialect(), "-o"])
            .arg(&path)
            .args(&self.arguments)
            .arg(".")
            .current_dir(&root)
            .output()
            .expect("sqlstitch starts");
        let script = path.exists().then_some(Script {
            _directory: directory,
            path,
        });
        (output.into(), script)
    }

    /// The script, which there must be.
    #[track_caller]
    pub(crate) fn script(&self, engine: &dyn Engine) -> Script {
        let (run, script) = self.build(engine);
        assert_eq!(run.code, Some(0), "{}", run.err);
        script.expect("a script was written")
    }
}
