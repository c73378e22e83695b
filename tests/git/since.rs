//! `build --since`.

use std::fs;
use std::path::Path;

use super::repository::{A, Repository, errors, git, said, sqlstitch};

impl Repository {
    /// The names of the patches that a script since `revision` holds.
    #[track_caller]
    fn since(&self, revision: &str) -> Vec<String> {
        let arguments = ["build", "db", "--since", revision, "--format", "json"];
        let output = sqlstitch(&self.top, &arguments);
        assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
        let plan: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a document");
        let patches = plan["patches"].as_array().expect("a list");
        let name = |patch: &serde_json::Value| patch["name"].as_str().map(str::to_owned);
        patches.iter().filter_map(name).collect()
    }

    /// What is said where there is no script.
    #[track_caller]
    fn refused(&self, arguments: &[&str]) -> String {
        refused(&self.top, arguments)
    }
}

#[track_caller]
fn refused(directory: &Path, arguments: &[&str]) -> String {
    let output = sqlstitch(directory, &[&["build"], arguments].concat());
    assert_eq!(output.status.code(), Some(2), "{}", errors(&output));
    assert!(output.stdout.is_empty());
    errors(&output)
}

#[test]
fn what_is_new_or_changed_is_chosen() {
    let repository = Repository::new(&[
        ("db/a.sql", A),
        ("db/b.sql", "CREATE TABLE b (id int REFERENCES a);\n"),
        ("db/sub/c's \"d\" é.sql", "CREATE TABLE c (id int);\n"),
        ("db/moved.sql", "CREATE TABLE moved (id int);\n"),
        ("db/gone.sql", "CREATE TABLE gone (id int);\n"),
        ("db/a.revert.sql", "DROP TABLE a;\n"),
    ]);
    assert_eq!(repository.since("v1"), [""; 0]);
    // Comments, layout and line ends change nothing in a database.
    repository.write(
        "db/a.sql",
        "-- the first\r\nCREATE TABLE a\r\n  (id int PRIMARY KEY);",
    );
    assert_eq!(repository.since("v1"), [""; 0]);
    // Whether it is staged, committed or neither does not matter.
    repository.write("db/sub/c's \"d\" é.sql", "CREATE TABLE c (id bigint);\n");
    assert_eq!(repository.since("v1"), ["sub/c's \"d\" é"]);
    repository.git(&["add", "-A"]);
    repository.git(&["mv", "db/moved.sql", "db/to here.sql"]);
    repository.git(&["rm", "-q", "db/gone.sql"]);
    repository.commit();
    repository.write("db/new.sql", "CREATE TABLE new (id int REFERENCES b);\n");
    repository.write(".gitignore", "new.sql\n");
    let chosen = ["sub/c's \"d\" é", "to here", "new"];
    let mut found = repository.since("v1");
    found.sort();
    let mut wanted = chosen.map(str::to_owned);
    wanted.sort();
    assert_eq!(found, wanted);
    assert_eq!(repository.since("HEAD"), ["new"]);

    let output = sqlstitch(&repository.top, &["-v", "build", "db", "--since", "v1"]);
    let said = errors(&output);
    for part in [
        "2 of 5 patches are left out of the script",
        "required to be applied already: b (by new)",
        "1 patch of v1 is not there any more",
        "db/gone.sql",
        "patch `moved` of v1 is `to here` now",
        "write in its first line: `-- formerly: moved`",
        "was changed since v1",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    repository.write(
        "db/to here.sql",
        "-- formerly: moved\nCREATE TABLE moved (id int);\n",
    );
    let output = sqlstitch(&repository.top, &["-v", "build", "db", "--since", "v1"]);
    assert!(!errors(&output).contains("moved"), "{}", errors(&output));
}

#[test]
fn a_new_name_is_a_new_patch_and_a_repeatable_takes_others_along() {
    let repository = Repository::new(&[
        ("db/a.sql", A),
        (
            "db/b.sql",
            "-- repeatable\nCREATE OR REPLACE VIEW b AS SELECT id FROM a;\n",
        ),
        (
            "db/c.sql",
            "-- repeatable\nCREATE OR REPLACE VIEW c AS SELECT id FROM b;\n",
        ),
        ("db/d.sql", "CREATE VIEW d AS SELECT id FROM c;\n"),
    ]);
    repository.write(
        "db/b.sql",
        "-- repeatable\nCREATE OR REPLACE VIEW b AS SELECT id FROM a WHERE id > 1;\n",
    );
    assert_eq!(repository.since("v1"), ["b", "c"]);
    repository.write(
        "db/d.sql",
        "-- name: e\nCREATE VIEW d AS SELECT id FROM c;\n",
    );
    assert_eq!(repository.since("v1"), ["b", "c", "e"]);
}

#[test]
fn what_git_does_not_know_is_told() {
    let repository = Repository::new(&[("db/a.sql", A)]);
    for revision in ["v2", "-x", "v0^"] {
        let said = repository.refused(&["db", &format!("--since={revision}")]);
        assert!(
            said.contains(&format!("git knows no revision `{revision}`")),
            "{said}"
        );
        assert!(said.contains("git fetch --tags"), "{said}");
    }
    // Outside of it, and in none.
    let other = repository.around.path().join("other");
    fs::create_dir(&other).expect("a directory");
    fs::write(other.join("x.sql"), "CREATE TABLE x (id int);").expect("a file");
    let said = repository.refused(&["db", "../other", "--since", "v1"]);
    assert!(
        said.contains("`../other/x.sql` is outside the git repository"),
        "{said}"
    );
    let said = refused(&other, &[".", "--since", "v1"]);
    assert!(
        said.contains("--since needs a git repository, and there is none around `.`"),
        "{said}"
    );
}

#[test]
fn a_shallow_clone_says_how_to_get_the_rest() {
    let repository = Repository::new(&[("db/a.sql", A)]);
    repository.write("db/b.sql", "CREATE TABLE b (id int);\n");
    repository.commit();
    let source = format!("file://{}", repository.top.display());
    let clone = repository.around.path().join("clone");
    git(
        repository.around.path(),
        &["clone", "-q", "--depth", "1", &source, "clone"],
    );
    let said = refused(&clone, &["db", "--since", "v1"]);
    assert!(said.contains("this clone is shallow"), "{said}");
    assert!(said.contains("git fetch --unshallow --tags"), "{said}");
    git(&clone, &["fetch", "-q", "--unshallow", "--tags"]);
    let output = sqlstitch(&clone, &["build", "db", "--since", "v1"]);
    assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
}

#[test]
fn the_files_of_a_submodule_are_its_own() {
    let inner = Repository::new(&[("a.sql", A)]);
    let outer = Repository::new(&[("db/b.sql", "CREATE TABLE b (id int);\n")]);
    let source = inner.top.display().to_string();
    outer.git(&["submodule", "--quiet", "add", &source, "db/inner"]);
    outer.commit();
    let said = outer.refused(&["db", "--since", "HEAD"]);
    assert!(
        said.contains("`db/inner/a.sql` is in the submodule `db/inner`"),
        "{said}"
    );
    let output = sqlstitch(&outer.top, &["build", "db/inner", "--since", "HEAD"]);
    assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
}

#[test]
fn a_patch_that_adds_and_takes_away_is_told_whatever_it_says() {
    let repository = Repository::new(&[("db/1.sql", "CREATE TABLE t (id int, name text);\n")]);
    let all = "-- phase: contract\nALTER TABLE t ADD COLUMN title text;\n\
        UPDATE t SET title = name;\nALTER TABLE t DROP COLUMN name;\n";
    repository.write("db/2.sql", all);
    let told = || {
        let output = sqlstitch(&repository.top, &["check", "db", "--since", "v1"]);
        said(&output)
    };
    let said = told();
    assert!(said.contains("warning[mixed-phases]"), "{said}");
    assert!(
        said.contains("split the file before db/2.sql:3:1 and before db/2.sql:4:1"),
        "{said}"
    );
    let takes = "-- phase: contract\nUPDATE t SET name = '';\nALTER TABLE t DROP COLUMN name;\n";
    repository.write("db/2.sql", takes);
    assert_eq!(told(), "");
}
