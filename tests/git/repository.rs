//! Repositories to try things in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

pub(crate) const A: &str = "CREATE TABLE a (id int PRIMARY KEY);\n";

/// A repository with files, and the directory around it.
pub(crate) struct Repository {
    pub(crate) around: TempDir,
    pub(crate) top: PathBuf,
}

impl Repository {
    /// A repository with one commit, tagged v1.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let around = tempfile::tempdir().expect("a temporary directory");
        let top = around.path().join("it's here");
        fs::create_dir(&top).expect("a directory");
        let repository = Self { around, top };
        repository.git(&["init", "-q", "-b", "main"]);
        for (path, text) in files {
            repository.write(path, text);
        }
        repository.commit();
        repository.git(&["tag", "v1"]);
        repository
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let file = self.top.join(path);
        fs::create_dir_all(file.parent().expect("a parent")).expect("directories");
        fs::write(file, text).expect("a file");
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.top.join(path)).expect("a file");
    }

    pub(crate) fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "changes"]);
    }

    /// Runs git, which must do it.
    #[track_caller]
    pub(crate) fn git(&self, arguments: &[&str]) -> Output {
        git(&self.top, arguments)
    }
}

pub(crate) fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn sqlstitch(directory: &Path, arguments: &[&str]) -> Output {
    command(Path::new(env!("CARGO_BIN_EXE_sqlstitch")), directory)
        .args(arguments)
        .output()
        .expect("sqlstitch starts")
}

#[track_caller]
pub(crate) fn git(directory: &Path, arguments: &[&str]) -> Output {
    let output = try_git(directory, arguments);
    assert!(
        output.status.success(),
        "{arguments:?}\n{}",
        errors(&output)
    );
    output
}

pub(crate) fn try_git(directory: &Path, arguments: &[&str]) -> Output {
    command(Path::new("git"), directory)
        .args(["-c", "user.name=a", "-c", "user.email=a@example.org"])
        .args([
            "-c",
            "core.autocrlf=false",
            "-c",
            "protocol.file.allow=always",
        ])
        .args(arguments)
        .output()
        .expect("git starts")
}

/// A program that sees nothing of what git is told here, and has sqlstitch on its path.
#[expect(clippy::disallowed_methods, reason = "a test may read the environment")]
pub(crate) fn command(program: &Path, directory: &Path) -> Command {
    let tool = Path::new(env!("CARGO_BIN_EXE_sqlstitch"));
    let mut path = vec![tool.parent().expect("a directory").to_owned()];
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    path.extend(std::env::split_paths(&inherited));
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("SQLSTITCH_") || name.starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    command
        .current_dir(directory)
        .env("PATH", std::env::join_paths(path).expect("a search path"))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    command
}
