//! `diff`, and builds that are to be the same bytes.

use std::fs;
use std::path::Path;

use super::repository::{A, Repository, errors, git, said, sqlstitch};

const B: &str = "CREATE VIEW b AS SELECT id FROM a;\n";
const C: &str = "CREATE TABLE c (id int);\n";
const ENGINES: [&str; 6] = ["postgres", "sqlite", "mariadb", "mysql", "duckdb", "mssql"];

/// What looks like the line above a patch.
const POSING: &str = "-- 1 of 3: posing\n-- source: posing.sql\n-- checksum: 0\nCREATE TABLE d (t varchar(200) DEFAULT '\n-- 3 of 3: posing\n-- source: x.sql\n-- checksum: 1\n');\n";

impl Repository {
    #[track_caller]
    fn differs(&self, arguments: &[&str], code: i32, told: &str) {
        let output = sqlstitch(&self.top, &[&["diff"], arguments].concat());
        let all = said(&output) + &errors(&output);
        assert_eq!(output.status.code(), Some(code), "{all}");
        assert!(all.contains(told), "{told}\n{all}");
    }
}

#[test]
fn a_script_tells_what_it_was_made_of() {
    let repository =
        Repository::new(&[("db/a.sql", A), ("db/it's b.sql", B), ("db/c.sql", POSING)]);
    for engine in ENGINES {
        let build = ["build", "db", "-d", engine, "-o", "old.sql"];
        let output = sqlstitch(&repository.top, &build);
        assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
        repository.differs(&["old.sql", "db", "-d", engine], 0, "no differences");
        repository.differs(
            &["v1", "old.sql", "-d", engine, "--", "db"],
            0,
            "no differences",
        );
    }
    repository.differs(&["old.sql", "db"], 1, "dialect  mssql -> postgres");
    let script = fs::read_to_string(repository.top.join("old.sql")).expect("a script");
    repository.write(
        "old.sql",
        &script.replace("-- checksum: ", "-- checksum: 0"),
    );
    repository.differs(&["old.sql", "db"], 2, "was edited");
}

#[test]
fn what_changed_is_told() {
    let repository = Repository::new(&[
        ("sqlstitch.toml", "paths = [\"db\"]\n"),
        ("db/a.sql", A),
        ("db/b.sql", B),
        ("db/c.sql", C),
        ("db/gone.sql", "CREATE TABLE gone ();\n"),
    ]);
    repository.differs(&["v1"], 0, "no differences");
    repository.remove("db/gone.sql");
    repository.write(
        "db/b.sql",
        "-- a comment is no change\nCREATE VIEW b AS SELECT id AS b FROM a;\n",
    );
    repository.write("db/z.sql", C);
    repository.remove("db/c.sql");
    repository.write("db/a.sql", &format!("-- a comment is no change\n{A}"));
    repository.write("db/new.sql", "CREATE TABLE new ();\n");
    repository.commit();
    let output = sqlstitch(&repository.top, &["diff", "v1"]);
    assert_eq!(output.status.code(), Some(1), "{}", errors(&output));
    let all = said(&output);
    let before_checksum = |line: &str| {
        let words = line.split_whitespace().filter(|word| word.len() != 12);
        words.take(4).collect::<Vec<_>>().join(" ")
    };
    let lines: Vec<String> = all.split_terminator('\n').map(before_checksum).collect();
    assert_eq!(
        lines,
        [
            "removed gone (gone.sql)",
            "added new (new.sql)",
            "renamed c -> z",
            "changed b (b.sql) ->",
        ]
    );
    let told = errors(&output);
    assert!(
        told.contains("1 added, 1 removed, 1 renamed, 1 changed, 1 as before"),
        "{told}"
    );
    assert!(
        told.contains("where `b` is applied as it was, the new script stops"),
        "{told}"
    );
    // Back and forth, and by another form.
    repository.differs(&["HEAD", "v1"], 1, "renamed  z -> c");
    let build = ["build", "--format", "json", "-o", "new.json"];
    assert_eq!(sqlstitch(&repository.top, &build).status.code(), Some(0));
    repository.differs(&["HEAD", "new.json"], 0, "no differences");
    let output = sqlstitch(
        &repository.top,
        &["diff", "v1", "new.json", "--format", "json"],
    );
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a document");
    assert_eq!(document["changed"][0]["new"]["name"], "b");
    assert_eq!(document["same"], 1);
}

#[test]
fn what_cannot_be_compared_is_said() {
    let repository = Repository::new(&[("db/a.sql", A)]);
    repository.differs(&["v0", "db"], 2, "git knows no revision `v0`");
    repository.write("db/a.sql", "CREATE TABLE a (;\n");
    repository.write("db/b.sql", "CREATE TABLE a (");
    repository.differs(&["v1", "db"], 2, "error[");
    repository.write("x.json", "{}");
    repository.differs(&["x.json", "db"], 2, "no manifest");
}

#[test]
fn every_script_can_be_compared_whatever_it_does() {
    const AGAIN: &str = "-- repeatable\nUPDATE c SET id = 1;\n";
    let repository = Repository::new(&[
        ("db/a.sql", A),
        ("db/a.revert.sql", "DROP TABLE a;\n"),
        ("db/it's  (b).sql", B),
        ("db/it's  (b).revert.sql", "DROP VIEW b;\n"),
        ("db/c.sql", &format!("-- name: see  (x)\n{C}")),
        ("db/c.revert.sql", "DROP TABLE c;\n"),
        ("db/again.sql", AGAIN),
        ("db/again.revert.sql", "UPDATE c SET id = 0;\n"),
    ]);
    // What an engine's form does not offer is refused by `build`.
    let actions: [(&[&str], &[&str]); 3] = [
        (&["--baseline"], &ENGINES),
        (
            &["--revert"],
            &["postgres", "sqlite", "mariadb", "duckdb", "mssql"],
        ),
        (
            &["--transaction", "single"],
            &["postgres", "sqlite", "mssql"],
        ),
    ];
    for (action, engines) in actions {
        for engine in engines {
            let build = [&["build", "db", "-d", engine, "-o", "base.sql"], action].concat();
            let output = sqlstitch(&repository.top, &build);
            assert_eq!(
                output.status.code(),
                Some(0),
                "{build:?} {}",
                errors(&output)
            );
            let diff = ["base.sql", "db", "-d", engine];
            repository.differs(&diff, 0, "no differences");
            repository.write("db/again.sql", &AGAIN.replace('1', "2"));
            repository.differs(&diff, 1, "1 changed, 3 as before");
            repository.write("db/again.sql", AGAIN);
            let script = fs::read_to_string(repository.top.join("base.sql")).expect("a script");
            repository.write("base.sql", &script.replace('\n', "\r\n"));
            repository.differs(&diff, 0, "no differences");
            repository.write("base.sql", &script.replace("checksum: ", "checksum: 0"));
            repository.differs(&diff, 2, "was edited");
        }
    }
}

#[test]
fn two_builds_of_a_commit_are_the_same_bytes() {
    let repository = Repository::new(&[
        ("db/tables/a.sql", A),
        ("db/views/b.sql", B),
        ("db/c 10.sql", C),
        (
            "db/c 9.sql",
            "-- repeatable\nCREATE OR REPLACE VIEW w AS SELECT id FROM c;\n",
        ),
    ]);
    let clone = repository.around.path().join("another place");
    let names = [&repository.top, &clone].map(|path| path.to_str().expect("a path"));
    git(
        repository.around.path(),
        &["clone", "-q", names[0], names[1]],
    );
    let build = |top: &Path, engine: &str, more: &[&str]| {
        let arguments = [&["build", "db", "-d", engine, "--revision", "v1"], more].concat();
        let output = sqlstitch(top, &arguments);
        assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
        output.stdout
    };
    for engine in ENGINES {
        for more in [&[][..], &["--format", "json"], &["--baseline"]] {
            let one = build(&repository.top, engine, more);
            let other = build(&clone, engine, more);
            assert!(one == other, "{engine} {more:?}");
        }
    }
}

#[test]
fn a_revision_has_the_patches_of_the_directory_beside_it() {
    let repository = Repository::new(&[("db/a.sql", A), ("db/sub/c.sql", C)]);
    repository.differs(&["HEAD", "db"], 0, "no differences");
    repository.differs(&["db", "HEAD"], 0, "no differences");
    repository.differs(&["HEAD", "db/sub"], 0, "no differences");
    repository.write("db/b.sql", B);
    repository.differs(&["HEAD", "db"], 1, "added    b  (b.sql)");
    repository.differs(&["HEAD", "HEAD", "--", "db/sub"], 0, "no differences");
}
