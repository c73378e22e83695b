//! `init`, and the plain hook in real commits.

use std::fs;
use std::path::Path;
use std::process::Output;

use super::repository::{A, Repository, errors, git, said, sqlstitch, try_git};

const GOOD: &str = "CREATE TABLE b (id int REFERENCES a);\n";
const BAD: &str = "-- requires: nothing\nSELECT 1;\n";

#[track_caller]
fn init(directory: &Path, arguments: &[&str]) -> String {
    let output = sqlstitch(directory, &[&["init"], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
    assert_eq!(said(&output), "");
    errors(&output)
}

#[track_caller]
fn refused(directory: &Path, arguments: &[&str]) -> String {
    let output = sqlstitch(directory, &[&["init"], arguments].concat());
    assert_eq!(output.status.code(), Some(2), "{}", errors(&output));
    errors(&output)
}

/// A commit that the hook must refuse, whatever way it is made.
#[track_caller]
fn stopped(directory: &Path, arguments: &[&str]) {
    let output = try_git(
        directory,
        &[&["commit", "-q", "-m", "x"], arguments].concat(),
    );
    assert!(!output.status.success(), "{arguments:?}");
    assert!(
        errors(&output).contains("unknown-requirement")
            || said(&output).contains("unknown-requirement"),
        "{}",
        told(&output)
    );
}

#[track_caller]
fn committed(directory: &Path, arguments: &[&str]) {
    let output = git(
        directory,
        &[&["commit", "-q", "-m", "x"], arguments].concat(),
    );
    assert_eq!(told(&output), "");
}

fn told(output: &Output) -> String {
    said(output) + &errors(output)
}

fn hook(repository: &Repository) -> std::path::PathBuf {
    repository.top.join(".git/hooks/pre-commit")
}

#[test]
fn a_first_configuration_is_written_once() {
    let repository = Repository::new(&[("db/migrations/a.sql", A), ("db/b.txt", "")]);
    let told = init(&repository.top, &["--dialect", "sqlite"]);
    assert!(told.starts_with("wrote sqlstitch.toml"), "{told}");
    let file = repository.top.join("sqlstitch.toml");
    let text = fs::read_to_string(&file).expect("a file");
    assert!(text.contains("\ndialect = \"sqlite\"\n"), "{text}");
    assert!(text.contains("\npaths = [\"db/migrations\"]\n"), "{text}");
    let checked = sqlstitch(&repository.top, &["check"]);
    assert_eq!(checked.status.code(), Some(0), "{}", errors(&checked));
    fs::write(&file, "dialect = \"mysql\"\n").expect("a file");
    assert_eq!(
        init(&repository.top.join("db"), &[]),
        "../sqlstitch.toml is there already\n"
    );
    assert_eq!(
        fs::read_to_string(&file).expect("a file"),
        "dialect = \"mysql\"\n"
    );
    assert!(!hook(&repository).exists());
}

#[test]
fn the_migrations_of_another_tool_are_told() {
    let repository = Repository::new(&[
        ("api/db/V1__a.sql", A),
        ("api/db/more/V1.2__b.sql", GOOD),
        ("api/db/Vacuum__x.sql", GOOD),
        ("jobs/migrations/2024-01-31-000000_a/up.sql", A),
        ("jobs/migrations/2024-01-31-000000_a/down.sql", ""),
        (
            "mail/1_a.sql",
            "-- a comment\n-- migrate:up\nCREATE TABLE m (id int);\n",
        ),
        ("shop/deploy/a.sql", A),
        ("shop/sqitch.plan", ""),
    ]);
    let told = init(&repository.top, &[]);
    for line in [
        "\napi/db looks like flyway's migrations, which become patches by: sqlstitch import flyway api/db --output patches\n",
        "sqlstitch import dbmate mail --output patches\n",
        "sqlstitch import diesel jobs/migrations --output patches\n",
        "sqlstitch import sqitch shop --output patches\n",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    assert_eq!(told.split('\n').count(), 6, "{told}");
}

#[test]
fn the_hook_checks_what_is_committed_in_whatever_way() {
    let repository = Repository::new(&[
        ("sqlstitch.toml", "paths = [\"db\"]\n"),
        ("db/a.sql", A),
        ("db/b.sql", GOOD),
        ("src/x", ""),
    ]);
    let top = &repository.top;
    let told = init(&top.join("db"), &["--hook"]);
    assert!(told.contains("wrote ../.git/hooks/pre-commit"), "{told}");
    let first = fs::read(hook(&repository)).expect("a hook");
    let told = init(top, &["--hook"]);
    assert!(
        told.contains(".git/hooks/pre-commit is there already"),
        "{told}"
    );
    assert_eq!(fs::read(hook(&repository)).expect("a hook"), first);
    // Staged, and good.
    repository.write("db/c.sql", "CREATE TABLE c (id int);\n");
    repository.write("db/d.sql", BAD);
    repository.git(&["add", "db/c.sql"]);
    committed(top, &[]);
    // `-a` and PATH take an index of their own.
    repository.git(&["add", "-N", "db/d.sql"]);
    stopped(top, &["-a"]);
    stopped(top, &["db/d.sql"]);
    stopped(&top.join("src"), &["../db/d.sql"]);
    stopped(top, &["-o", "db/d.sql"]);
    // A good path beside what is bad and staged.
    repository.git(&["add", "db/d.sql"]);
    repository.write("db/c.sql", "CREATE TABLE c (id bigint);\n");
    committed(top, &["db/c.sql"]);
    stopped(top, &[]);
    repository.git(&["rm", "-qf", "db/d.sql"]);
    // `-p` stages one of two pieces.
    let lines = "-- 1\n-- 2\n-- 3\n-- 4\n-- 5\n-- 6\n-- 7\n-- 8\nSELECT 1;\n";
    repository.write("db/e.sql", lines);
    repository.git(&["add", "-A"]);
    committed(top, &[]);
    repository.write(
        "db/e.sql",
        &format!("-- requires: nothing\n{lines}SELECT 2;\n"),
    );
    piece_by_piece(top, b"n\ny\n", true);
    piece_by_piece(top, b"y\n", false);
    // Amended, and merged.
    stopped(top, &["-a", "--amend"]);
    repository.git(&["checkout", "-q", "db"]);
    repository.git(&["checkout", "-q", "-b", "side", "HEAD~1"]);
    repository.write("db/f.sql", "-- requires: c\nSELECT 1;\n");
    repository.git(&["add", "-A"]);
    committed(top, &[]);
    repository.git(&["checkout", "-q", "main"]);
    repository.git(&["merge", "-q", "--no-edit", "side"]);
    // Another name for the place, and another work tree of the same repository.
    git(
        repository.around.path(),
        &[
            "--git-dir",
            "it's here/.git",
            "--work-tree",
            "it's here",
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            "x",
        ],
    );
    repository.git(&["worktree", "add", "-q", "../other"]);
    let other = repository.around.path().join("other");
    fs::write(other.join("db/d.sql"), BAD).expect("a file");
    git(&other, &["add", "-A"]);
    stopped(&other, &[]);
    stopped(&other.join("src"), &["-a"]);
    let told = init(&other, &["--hook"]);
    assert!(told.contains("pre-commit is there already"), "{told}");
    assert!(init(&other, &["--remove-hook"]).contains("removed"));
    assert!(!hook(&repository).exists());
    committed(&other, &[]);
    assert!(init(&other, &["--remove-hook"]).contains("there is no hook of sqlstitch"));
}

fn piece_by_piece(directory: &Path, answers: &[u8], goes: bool) {
    use std::io::Write as _;

    let mut child = super::repository::command(Path::new("git"), directory)
        .args(["-c", "user.name=a", "-c", "user.email=a@example.org"])
        .args(["commit", "-q", "-m", "x", "-p"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("git starts");
    let input = child.stdin.take();
    input
        .expect("an input")
        .write_all(answers)
        .expect("answers");
    let output = child.wait_with_output().expect("git ends");
    assert_eq!(output.status.success(), goes, "{}", told(&output));
}

#[test]
fn another_tools_hook_stays() {
    let repository = Repository::new(&[("db/a.sql", A)]);
    let (top, hook) = (&repository.top, hook(&repository));
    fs::create_dir_all(hook.parent().expect("a parent")).expect("a directory");
    fs::write(&hook, "#!/bin/sh\nexec other\n").expect("a hook");
    let told = refused(top, &["--hook"]);
    assert!(
        told.contains("sqlstitch did not write it: .git/hooks/pre-commit"),
        "{told}"
    );
    assert!(
        told.contains(
            "add this line to it, before any `exec` or `exit`: sqlstitch check --staged || exit"
        ),
        "{told}"
    );
    assert!(init(top, &["--remove-hook"]).contains("there is no hook of sqlstitch"));
    let text = "#!/bin/sh\nsqlstitch check --staged || exit\nexec other\n";
    fs::write(&hook, text).expect("a hook");
    assert!(init(top, &["--hook"]).contains("has the line already"));
    let told = refused(top, &["--remove-hook"]);
    assert!(told.contains("take this line out of it"), "{told}");
    assert_eq!(fs::read_to_string(&hook).expect("the hook"), text);
    #[cfg(unix)]
    {
        fs::remove_file(&hook).expect("a hook");
        std::os::unix::fs::symlink("nowhere", &hook).expect("a link");
        refused(top, &["--hook"]);
        assert!(hook.is_symlink());
    }
}

#[test]
fn hooks_are_where_git_looks_for_them() {
    let repository = Repository::new(&[
        ("one/sqlstitch.toml", "paths = [\"sql\"]\n"),
        ("one/sql/a.sql", A),
        ("it's two/sqlstitch.toml", "paths = [\"sql\"]\n"),
        ("it's two/sql/a.sql", A),
    ]);
    let top = &repository.top;
    repository.git(&["config", "core.hooksPath", "my hooks"]);
    init(&top.join("one"), &["--hook"]);
    init(&top.join("it's two/sql"), &["--hook"]);
    let hook = top.join("my hooks/pre-commit");
    let text = fs::read_to_string(&hook).expect("a hook");
    assert!(
        text.contains("--config 'one/sqlstitch.toml' || exit\n"),
        "{text}"
    );
    repository.write("it's two/sql/b.sql", BAD);
    repository.git(&["add", "it's two"]);
    stopped(top, &[]);
    assert!(init(&top.join("one"), &["--remove-hook"]).contains("one line less"));
    stopped(top, &[]);
    init(&top.join("it's two"), &["--remove-hook"]);
    assert!(!hook.exists());
    committed(top, &[]);
    // A submodule has hooks of its own.
    let outer = Repository::new(&[]);
    outer.git(&[
        "submodule",
        "--quiet",
        "add",
        &top.display().to_string(),
        "inner",
    ]);
    let inner = outer.top.join("inner/one");
    let told = init(&inner, &["--hook"]);
    assert!(
        told.contains("../../.git/modules/inner/hooks/pre-commit"),
        "{told}"
    );
    // Everybody's hooks.
    let home = tempfile::tempdir().expect("a directory");
    fs::write(
        home.path().join("config"),
        "[core]\nhooksPath = /tmp/hooks\n",
    )
    .expect("a file");
    let output = super::repository::command(Path::new(env!("CARGO_BIN_EXE_sqlstitch")), &inner)
        .args(["init", "--hook"])
        .env("GIT_CONFIG_GLOBAL", home.path().join("config"))
        .output()
        .expect("sqlstitch starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        errors(&output).contains("for all your repositories"),
        "{}",
        errors(&output)
    );
    // None, and one in which nobody commits.
    let nowhere = tempfile::tempdir().expect("a directory");
    fs::write(nowhere.path().join("sqlstitch.toml"), "").expect("a file");
    let told = refused(nowhere.path(), &["--hook"]);
    assert!(
        told.contains("the hook needs a git repository, and there is none around `.`"),
        "{told}"
    );
    git(nowhere.path(), &["init", "-q", "--bare"]);
    let told = refused(nowhere.path(), &["--hook"]);
    assert!(told.contains("this is a bare repository"), "{told}");
}
