//! The shell lines of action.yml and of the pipelines that the documentation shows are run, in a repository
//! whose patches need each other.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{read, run};

#[test]
fn the_action_shows_findings_beside_the_lines_and_as_sarif() {
    let (_folder, work) = repository();
    let step = step("check");
    fs::write(work.join("step"), step).expect("a file");
    let outcome = |settings: &str| {
        let inputs = format!("DIALECT=postgres ARGS= PATHS=db RUNNER_TEMP=. {settings}");
        let command = format!("{inputs} bash --noprofile --norc -eo pipefail step; echo exit $?");
        run(&command, &work)
    };
    let told = outcome("REPORT=github");
    assert!(told.starts_with("::error file=db/a.sql,line=1,"), "{told}");
    assert!(told.ends_with("exit 1\n"), "{told}");
    let told = outcome("REPORT=sarif");
    assert!(told.ends_with("exit 1\n"), "{told}");
    let sarif = fs::read_to_string(work.join("sqlstitch.sarif")).expect("a report");
    assert!(sarif.contains("\"ruleId\": \"cycle\""), "{sarif}");
    let told = outcome("REPORT=github PATHS='db/b*.sql' ARGS='--strict -v'");
    assert!(told.contains("title=unresolved::"), "{told}");
    let told = outcome("REPORT=html");
    assert!(told.ends_with("exit 2\n"), "{told}");
}

#[test]
fn the_action_knows_its_own_sources() {
    let (_folder, work) = repository();
    let at = env!("CARGO_MANIFEST_DIR");
    fs::write(work.join("step"), step("source")).expect("a file");
    let names = "RUNNER_TEMP=/tmp/runner GITHUB_OUTPUT=$PWD/output GITHUB_PATH=$PWD/path";
    let run_step = |version: &str| {
        let command = format!("VERSION={version} GITHUB_ACTION_PATH='{at}' {names} bash -e step");
        assert_eq!(run(&command, &work), "");
        let path = work.join("output");
        let output = fs::read_to_string(&path).expect("outputs");
        fs::remove_file(path).expect("a file");
        output
    };
    let own = run_step("");
    let key = own.strip_prefix("key=").and_then(|key| key.get(..40));
    let is_hash = key.is_some_and(|key| key.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert!(
        is_hash && own.ends_with("root=/tmp/runner/sqlstitch\n"),
        "{own}"
    );
    assert_eq!(run_step(""), own);
    assert!(run_step("v2").starts_with("key=v2\n"));
}

#[test]
fn the_pipelines_that_are_shown_find_what_is_wrong() {
    let (_folder, work) = repository();
    let page = read("docs/pipelines.md");
    let line = |start: &str| {
        let line = page.split('\n').find(|line| line.trim().starts_with(start));
        let line = line.expect("a line of the pipeline").trim();
        let line = line.trim_start_matches("- ").trim_start_matches("run: ");
        line.trim_start_matches("sh ").trim_matches('\'').to_owned()
    };
    let told = |command: &str| run(&format!("{command}; echo exit $?"), &work);

    told(&line("- sqlstitch check --format gitlab"));
    let report = fs::read_to_string(work.join("gl-code-quality-report.json"));
    assert!(
        report
            .expect("a report")
            .contains("\"check_name\": \"cycle\"")
    );

    let stopped = told(&line("sh 'sqlstitch check --format sarif"));
    assert!(stopped.ends_with("exit 1\n"), "{stopped}");

    let fetch = line("- git fetch origin");
    let merge = line("- sqlstitch merge-check FETCH_HEAD");
    let told_of = told(&format!(
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main; {fetch} -q; {merge}"
    ));
    assert!(told_of.contains("error[duplicate-definition]"), "{told_of}");
    let merge = line("run: sqlstitch merge-check");
    let head = run("git rev-parse HEAD", &work);
    let told_of = told(&format!(
        "GITHUB_BASE_REF=main HEAD={}; {merge}",
        head.trim()
    ));
    assert!(told_of.contains("::error file=db/more.sql"), "{told_of}");
}

/// What the step of action.yml with this id runs.
fn step(id: &str) -> String {
    let action = read("action.yml");
    let step = action
        .split_once(&format!("- id: {id}\n"))
        .expect("the step")
        .1;
    let script = step.split_once("run: |\n").expect("its script").1;
    let lines = script
        .split('\n')
        .take_while(|line| line.starts_with("        "));
    lines
        .map(|line| format!("{}\n", line.trim_start()))
        .collect()
}

/// A clone with a branch on which two tables need each other; main has got one of them as well.
fn repository() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let root = folder.path();
    let git = |command: &str| {
        let who = "-c user.name=a -c user.email=a@example.com -c init.defaultBranch=main";
        for command in command.split("; ") {
            assert_eq!(run(&format!("git {who} {command}"), root), "");
        }
    };
    write(root, "origin/sqlstitch.toml", "paths = [\"db\"]");
    write(root, "origin/db/z.sql", "CREATE TABLE z (id int);");
    git("init -q origin; -C origin add .; -C origin commit -qm z");
    git("clone -q origin work; -C work switch -qc tables");
    write(
        root,
        "work/db/a.sql",
        "CREATE TABLE a (id int PRIMARY KEY, b int REFERENCES b);",
    );
    write(
        root,
        "work/db/b.sql",
        "CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a);",
    );
    git("-C work add .; -C work commit -qm tables");
    write(
        root,
        "origin/db/more.sql",
        "CREATE TABLE a (id int PRIMARY KEY);",
    );
    git("-C origin add .; -C origin commit -qm more");
    let work = root.join("work");
    (folder, work)
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}
