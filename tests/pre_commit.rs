//! The hooks of `.pre-commit-hooks.yaml`, run by pre-commit and by prek in real repositories, without a
//! network.
//!
//! Without these programs the tests are shown as ignored; with `CI` or `SQLSTITCH_REQUIRE_ENGINES` set
//! that is a failure. `scripts/engines` installs them.

#[expect(dead_code, reason = "no test needs all of it")]
#[path = "git/repository.rs"]
mod repository;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};

use libtest_mimic::{Arguments, Failed, Trial};
use repository::{A, Repository, command, errors, said};

#[derive(Clone, Copy)]
enum Runner {
    PreCommit,
    Prek,
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = [Runner::PreCommit, Runner::Prek].map(|runner| {
        let name = match runner {
            Runner::PreCommit => "pre-commit",
            Runner::Prek => "prek",
        };
        let trial = Trial::test(format!("{name} runs the hooks"), move || try_hooks(runner));
        trial.with_ignored_flag(!(runner.is_there() || is_required()))
    });
    libtest_mimic::run(&arguments, trials.into()).exit_code()
}

#[expect(clippy::disallowed_methods, reason = "a test may read the environment")]
fn is_required() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    is_set("SQLSTITCH_REQUIRE_ENGINES") || is_set("CI")
}

fn installed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/engines/hooks")
}

impl Runner {
    fn is_there(self) -> bool {
        installed().join("pre_commit").is_dir() && installed().join("bin/prek").is_file()
    }

    fn run(self, repository: &Repository, arguments: &[&str]) -> Output {
        self.command(repository)
            .args(arguments)
            .output()
            .expect("the program starts")
    }

    fn command(self, repository: &Repository) -> Command {
        let mut command = match self {
            Self::PreCommit => {
                let mut command = command(Path::new("python3"), &repository.top);
                command.args(["-m", "pre_commit"]);
                command
            }
            Self::Prek => command(&installed().join("bin/prek"), &repository.top),
        };
        self.settle(&mut command, repository);
        command
    }

    /// What the program and the hooks that it installs need.
    fn settle(self, command: &mut Command, repository: &Repository) {
        let home = repository.around.path();
        command
            .env("PYTHONPATH", installed())
            .env("PRE_COMMIT_HOME", home.join("pre-commit"))
            .env("PREK_HOME", home.join("prek"))
            .env("NO_COLOR", "1");
    }
}

fn commit(runner: Runner, repository: &Repository, arguments: &[&str]) -> Output {
    let mut git = command(Path::new("git"), &repository.top);
    runner.settle(&mut git, repository);
    git.args([
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.org",
        "commit",
        "-q",
        "-m",
        "x",
    ]);
    git.args(arguments).output().expect("git starts")
}

fn told(output: &Output) -> String {
    said(output) + &errors(output)
}

fn try_hooks(runner: Runner) -> Result<(), Failed> {
    if !runner.is_there() {
        return Err("target/engines/hooks is not there: scripts/engines installs it".into());
    }
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml");
    let hooks = Repository::new(&[(".pre-commit-hooks.yaml", &fs::read_to_string(&manifest)?)]);
    let manifest = manifest.display().to_string();
    let valid = runner.run(&hooks, &["validate-manifest", &manifest]);
    assert!(valid.status.success(), "{}", told(&valid));

    let config = format!(
        "repos:\n- repo: \"{}\"\n  rev: v1\n  hooks:\n  - id: sqlstitch-check-system\n",
        hooks.top.display()
    );
    let repository = Repository::new(&[
        (".pre-commit-config.yaml", &config),
        ("sqlstitch.toml", "paths = [\"db\"]\n"),
        ("db/a.sql", A),
        ("db/b.sql", "-- requires: a.sql\nSELECT 1;\n"),
    ]);
    let installed = runner.run(&repository, &["install"]);
    assert!(installed.status.success(), "{}", told(&installed));
    let all = runner.run(&repository, &["run", "--all-files"]);
    assert!(all.status.success(), "{}", told(&all));

    // A commit that only removes what another patch needs: no file is left to be named.
    repository.git(&["rm", "-q", "db/a.sql"]);
    let stopped = commit(runner, &repository, &[]);
    assert!(!stopped.status.success(), "{}", told(&stopped));
    assert!(
        told(&stopped).contains("error[unknown-requirement]"),
        "{}",
        told(&stopped)
    );
    assert!(told(&stopped).contains("db/b.sql:1:"), "{}", told(&stopped));
    repository.git(&["reset", "-q", "--hard"]);

    // What is bad and not staged does not matter; in a commit of a path neither.
    repository.write("db/b.sql", "-- requires: nothing\nSELECT 1;\n");
    repository.write("db/c.sql", "CREATE TABLE c (id int);\n");
    repository.git(&["add", "db/c.sql"]);
    let fine = commit(runner, &repository, &[]);
    assert!(fine.status.success(), "{}", told(&fine));
    let stopped = commit(runner, &repository, &["-a"]);
    assert!(!stopped.status.success(), "{}", told(&stopped));

    // Our own hook is not put over this one.
    let refused = command(Path::new(env!("CARGO_BIN_EXE_sqlstitch")), &repository.top)
        .args(["init", "--hook"])
        .output()?;
    assert_eq!(refused.status.code(), Some(2), "{}", told(&refused));
    Ok(())
}
