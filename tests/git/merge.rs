//! `merge-check` in real repositories.

use std::path::Path;
use std::process::Output;

use super::repository::{A, Repository, errors, git, said, sqlstitch, try_git};

const T: &str = "CREATE TABLE t (id int PRIMARY KEY, name text, old int);\n";
const F: &str = "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';\n";

/// A repository with a branch `main` that has the first files and then these, and a branch `side`, which
/// is checked out, with those instead.
fn sides(first: &[(&str, &str)], main: &[(&str, &str)], side: &[(&str, &str)]) -> Repository {
    let repository = Repository::new(first);
    repository.git(&["checkout", "-q", "-b", "side"]);
    for (branch, files) in [("side", side), ("main", main)] {
        repository.git(&["checkout", "-q", branch]);
        for (path, text) in files {
            match *text {
                "" => repository.remove(path),
                text => repository.write(path, text),
            }
        }
        repository.commit();
    }
    repository.git(&["checkout", "-q", "side"]);
    repository
}

impl Repository {
    fn merge_check(&self, arguments: &[&str]) -> Output {
        sqlstitch(&self.top, &[&["merge-check"], arguments].concat())
    }
}

fn told(output: &Output) -> String {
    said(output) + &errors(output)
}

#[track_caller]
fn comes_to(repository: &Repository, code: i32, parts: &[&str]) -> String {
    let output = repository.merge_check(&["-v", "main", "--", "db"]);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(code), "{told}");
    for part in parts {
        assert!(told.contains(part), "{part}\n{told}");
    }
    told
}

#[test]
fn what_the_sides_did_is_listed_and_commutes() {
    let first = [
        ("db/a.sql", A),
        ("db/gone.sql", "CREATE TABLE gone (id int);\n"),
        ("db/moved.sql", "CREATE TABLE moved (id int);\n"),
        ("db/same.sql", "CREATE TABLE same (id int);\n"),
        ("other.sql", "-- requires: nothing\n"),
    ];
    let side = [
        ("db/c.sql", "CREATE TABLE c (id int REFERENCES a);\n"),
        ("db/gone.sql", ""),
        ("db/moved.sql", ""),
        ("db/to here.sql", "CREATE TABLE moved (id int);\n"),
        (
            "db/same.sql",
            "-- said otherwise\nCREATE TABLE same\n  (id int);\n",
        ),
        ("db/both.sql", "CREATE TABLE both_have (id int);\n"),
    ];
    let main = [
        ("db/b.sql", "CREATE TABLE b (id int REFERENCES a);\n"),
        ("db/both.sql", "CREATE TABLE both_have (id int);\n"),
    ];
    let repository = sides(&first, &main, &side);
    // What is checked out does not matter.
    repository.write("db/a.sql", "-- requires: nothing\n");
    let said = comes_to(
        &repository,
        0,
        &[
            "main: 2 new, 0 changed, 0 renamed, 0 gone\n  + db/b.sql\n  + db/both.sql\n",
            "HEAD: 2 new, 0 changed, 1 renamed, 1 gone\n  + db/both.sql\n  + db/c.sql\n  - db/gone.sql\n  > db/to here.sql (was db/moved.sql)\n",
            "help: write in its first line: `-- formerly: moved`",
            "the two patches commute",
        ],
    );
    assert_eq!(said.matches("[changed-since]").count(), 1, "{said}");
    let json = repository.merge_check(&["main", "side", "--format", "json", "--", "db"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("a document");
    assert_eq!(json["version"], 1);
    // From a directory below, and in a bare repository.
    let below = sqlstitch(
        &repository.top.join("db"),
        &["merge-check", "main", "--", "."],
    );
    assert_eq!(below.status.code(), Some(0), "{}", told(&below));
    assert!(told(&below).contains("  + b.sql\n"), "{}", told(&below));
    git(
        repository.around.path(),
        &["clone", "-q", "--bare", "it's here", "bare"],
    );
    let bare = repository.around.path().join("bare");
    let bare = sqlstitch(&bare, &["merge-check", "main", "side", "--", "db"]);
    assert_eq!(bare.status.code(), Some(0), "{}", told(&bare));
    assert!(told(&bare).contains("  + db/c.sql\n"), "{}", told(&bare));
}

#[test]
fn what_does_not_go_together_is_told_with_both_places() {
    let first = [("db/t.sql", T), ("db/f.sql", F)];
    let cases: [(&str, &str, &str, &[&str]); 16] = [
        (
            "ALTER TABLE t DROP COLUMN old;\n",
            "CREATE VIEW v AS SELECT old FROM t;\n",
            "HEAD uses column t.old, which main drops",
            &["db/n.sql:1:", "db/m.sql:1:"],
        ),
        (
            "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2';\n",
            "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 3';\n",
            "error[ambiguous-order]: function f()",
            &["db/n.sql:1:", "db/m.sql:1:"],
        ),
        (
            "ALTER TABLE t ALTER COLUMN name SET DEFAULT 'a';\n",
            "ALTER TABLE t ALTER COLUMN name SET DEFAULT 'b';\n",
            "both main and HEAD alter column t.name",
            &["db/n.sql:1:", "db/m.sql:1:"],
        ),
        (
            "INSERT INTO t (id, name) VALUES (1, 'a'), (2, 'b');\n",
            "INSERT INTO t (name, id) VALUES ('c', 2);\n",
            "both main and HEAD insert the row of table t with id 2",
            &["the key is unique"],
        ),
        (
            "ALTER TABLE t RENAME COLUMN old TO new;\n",
            "CREATE INDEX i ON t (old);\n",
            "HEAD uses column t.old, which main renames",
            &[],
        ),
        (
            "CREATE TABLE x (id int);\n",
            "CREATE TABLE x (id bigint);\n",
            "error[duplicate-definition]",
            &["db/n.sql:1:", "db/m.sql:1:"],
        ),
        (
            "ALTER TABLE t ADD COLUMN x int;\n",
            "ALTER TABLE t ADD COLUMN x text;\n",
            "error[duplicate-definition]: column t.x is defined twice",
            &[],
        ),
        (
            "CREATE TABLE IF NOT EXISTS x (id int);\n",
            "CREATE TABLE IF NOT EXISTS x (id bigint);\n",
            "both main and HEAD make table x",
            &[],
        ),
        (
            "ALTER TABLE t DROP COLUMN old;\n",
            "ALTER TABLE t DROP COLUMN old;\n",
            "column t.old",
            &[],
        ),
        (
            "DROP TABLE t;\n",
            "ALTER TABLE t ADD COLUMN x int;\n",
            "HEAD uses table t, which main drops",
            &[],
        ),
        (
            "ALTER TABLE t ALTER COLUMN name TYPE varchar(5);\n",
            "ALTER TABLE t ALTER COLUMN name TYPE varchar(9);\n",
            "column t.name",
            &[],
        ),
        (
            "UPDATE t SET name = 'a';\n",
            "UPDATE t SET name = 'b' WHERE id = 1;\n",
            "warning[merge-hazard]: both main and HEAD update column t.name",
            &[],
        ),
        (
            "UPDATE t SET name = 'a' WHERE id = 1;\n",
            "UPDATE t SET name = 'b' WHERE id = 2 AND name IS NULL;\n",
            "the two patches commute",
            &["no findings"],
        ),
        (
            "UPDATE t SET name = lower(name);\n",
            "update t set name = lower( name );\n",
            "the two patches commute",
            &["no findings"],
        ),
        (
            "CREATE VIEW x AS SELECT 1 AS one;\n-- requires: m.sql\n",
            "CREATE VIEW y AS SELECT one FROM x;\n",
            "[merge-order]: `n` of main must come before `m` of HEAD",
            &["so it does, in every database"],
        ),
        (
            "CREATE VIEW y AS SELECT one FROM x;\n",
            "CREATE VIEW x AS SELECT 1 AS one;\n",
            "error[merge-hazard]: `m` of HEAD must come before `n` of main",
            &["a database to which main is applied has `n` already"],
        ),
    ];
    let mut wrong = Vec::new();
    for (main, side, title, parts) in cases {
        let repository = sides(&first, &[("db/n.sql", main)], &[("db/m.sql", side)]);
        let output = repository.merge_check(&["-v", "main", "--", "db"]);
        let told = told(&output);
        let is_fine = ["[merge-order]", "warning[", "commute"];
        let is_fine = is_fine.iter().any(|words| title.contains(words));
        let code = Some(i32::from(!is_fine));
        let alone = repository.merge_check(&["v1", "--", "db"]);
        let lacks = |part: &&str| !told.contains(*part);
        let lacking: Vec<&str> = [&[title], parts]
            .concat()
            .into_iter()
            .filter(|part| lacks(part))
            .collect();
        if !lacking.is_empty() || output.status.code() != code || alone.status.code() != Some(0) {
            wrong.push(format!(
                "{lacking:?} {code:?}\n{told}\n{}",
                super::merge::told(&alone)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_cycle_of_both_sides_is_told_and_one_of_one_side_is_not() {
    let first = [("db/t.sql", T)];
    let main = [
        ("db/m.sql", "-- requires: n.sql\nCREATE TABLE m (id int);\n"),
        ("db/n.sql", "CREATE TABLE n (id int);\n"),
    ];
    let side = [
        ("db/x.sql", "CREATE VIEW x AS SELECT id FROM y;\n"),
        ("db/y.sql", "CREATE VIEW y AS SELECT id FROM x;\n"),
    ];
    let repository = sides(&first, &main, &side);
    comes_to(
        &repository,
        0,
        &["1 more in one side alone: sqlstitch check tells"],
    );
    let main = [("db/x.sql", "CREATE VIEW x AS SELECT id FROM y;\n")];
    let side = [("db/y.sql", "CREATE VIEW y AS SELECT id FROM x;\n")];
    let repository = sides(&first, &main, &side);
    comes_to(
        &repository,
        1,
        &["error[cycle]", "db/x.sql:1:", "db/y.sql:1:"],
    );
}

#[test]
fn a_header_settles_what_comes_last() {
    let repository = sides(
        &[("db/f.sql", F)],
        &[(
            "db/m.sql",
            "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2';\n",
        )],
        &[(
            "db/n.sql",
            "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 3';\n",
        )],
    );
    comes_to(&repository, 1, &["error["]);
    // On the branch that is merged, after main was merged into it.
    repository.git(&["merge", "-q", "--no-edit", "main"]);
    repository.write("db/n.sql", "-- requires: m.sql\nCREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 3';\n");
    repository.commit();
    comes_to(&repository, 0, &["one side has no new patch"]);
}

#[test]
fn an_edited_patch_and_a_file_of_both_sides_are_told() {
    let repository = sides(
        &[
            ("db/t.sql", T),
            ("db/f.sql", F),
            (
                "db/r.sql",
                "-- repeatable\nCREATE OR REPLACE VIEW r AS SELECT 1 AS a;\n",
            ),
        ],
        &[(
            "db/f.sql",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2';\n",
        )],
        &[
            (
                "db/f.sql",
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 3';\n",
            ),
            ("db/t.sql", "CREATE TABLE t (id int PRIMARY KEY);\n"),
            (
                "db/r.sql",
                "-- repeatable\nCREATE OR REPLACE VIEW r AS SELECT 2 AS a;\n",
            ),
        ],
    );
    let told = comes_to(
        &repository,
        1,
        &[
            "HEAD changes patch `t`, which main has already",
            "both main and HEAD have made something else of this file",
            "--> db/f.sql",
        ],
    );
    assert!(!told.contains("changes patch `r`"), "{told}");
    // While the merge is under way it is the one that is meant.
    assert!(
        !try_git(&repository.top, &["merge", "main"])
            .status
            .success()
    );
    let output = repository.merge_check(&["--", "db"]);
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        super::merge::told(&output)
    );
    assert!(said(&output).starts_with("HEAD: "), "{}", said(&output));
    assert!(said(&output).contains("MERGE_HEAD: "), "{}", said(&output));
}

#[test]
fn a_patch_that_gets_another_name_by_its_header_is_told() {
    let first = [("db/t.sql", T)];
    let main = [("db/m.sql", "CREATE TABLE m (id int);\n")];
    let named = "-- name: tables/t\n".to_owned() + T;
    let repository = sides(&first, &main, &[("db/t.sql", &named)]);
    let parts = [
        "patch `t` of main is `tables/t` in HEAD",
        "help: write in its first line: `-- formerly: t`",
    ];
    comes_to(&repository, 0, &parts);
    repository.write("db/t.sql", &("-- formerly: t\n".to_owned() + &named));
    repository.commit();
    comes_to(&repository, 0, &["no findings"]);
}

#[test]
fn what_git_merges_by_itself_is_no_hazard() {
    let text = |name: &str, size: &str| {
        format!(
            "CREATE TABLE {name} (id int);\n\n-- one\n-- two\n-- three\n\nCREATE TABLE x (a {size});\n"
        )
    };
    let (old, one) = (text("t", "int"), text("u", "int"));
    let other = text("t", "text");
    let alike = "CREATE TABLE alike (id int);\n";
    let first = [("db/t.sql", old.as_str()), ("db/a.sql", alike)];
    let now = ("db/a.sql", "CREATE TABLE alike (id bigint);\n");
    let repository = sides(
        &first,
        &[("db/t.sql", &one), now],
        &[("db/t.sql", &other), now],
    );
    let told = comes_to(
        &repository,
        0,
        &["HEAD changes patch `t`, which main has already"],
    );
    // What both have changed alike is no change to either.
    assert_eq!(told.matches("[changed-since]").count(), 1, "{told}");
    assert!(!told.contains("[merge-hazard]"), "{told}");
    // The merged text is what counts.
    let used = ("db/v.sql", "CREATE VIEW v AS SELECT id FROM u;\n");
    let repository = sides(&first, &[("db/t.sql", &one), used], &[("db/t.sql", &other)]);
    comes_to(&repository, 0, &[]);
}

#[test]
fn a_patch_that_was_changed_comes_where_it_always_came() {
    let repository = sides(
        &[("db/1.sql", T), ("db/2.sql", "UPDATE t SET old = 1;\n")],
        &[(
            "db/2.sql",
            "UPDATE t\nSET old = 1;\nUPDATE t SET old = 2;\n",
        )],
        &[("db/3.sql", "ALTER TABLE t DROP COLUMN old;\n")],
    );
    let told = comes_to(&repository, 0, &["one side has no new patch"]);
    assert!(!told.contains("[merge-"), "{told}");
}

#[test]
fn a_use_that_is_over_does_not_stop_a_drop() {
    let first = [("db/t.sql", T)];
    let drop = "ALTER TABLE t DROP COLUMN old;\n";
    let cases = [
        ("INSERT INTO t (id, old) VALUES (1, 2);\n", 0),
        ("CREATE VIEW v AS SELECT old FROM t;\n", 1),
        // One that lasts is not hidden by one that is over.
        (
            "UPDATE t SET old = 2;\nCREATE VIEW v AS SELECT old FROM t;\n",
            1,
        ),
    ];
    for (used, code) in cases {
        let repository = sides(&first, &[("db/m.sql", used)], &[("db/n.sql", drop)]);
        let title = "HEAD drops column t.old, which main uses";
        let told = comes_to(&repository, code, &[title]);
        assert_eq!(told.contains("note[merge-order]"), code == 0, "{told}");
        // The other way round the drop is there already.
        let repository = sides(&first, &[("db/m.sql", drop)], &[("db/n.sql", used)]);
        comes_to(
            &repository,
            1,
            &["HEAD uses column t.old, which main drops"],
        );
    }
}

#[test]
fn settings_and_rows_that_do_not_commute_are_told() {
    let first = [
        ("db/t.sql", T),
        (
            "db/f.sql",
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';\n",
        ),
    ];
    let cases = [
        (
            "ALTER TABLE t SET (fillfactor = 50);\n",
            "ALTER TABLE t SET (fillfactor = 70);\n",
            "warning[unordered-change]: `fillfactor` of table t is set",
        ),
        (
            "ALTER TABLE t ENABLE ROW LEVEL SECURITY;\n",
            "ALTER TABLE t DISABLE ROW LEVEL SECURITY;\n",
            "warning[unordered-change]: row level security of table t is set",
        ),
        (
            "GRANT SELECT ON t TO public;\n",
            "REVOKE SELECT ON t FROM public;\n",
            "warning[unordered-change]: nothing tells whether privileges on table t are granted",
        ),
        (
            "COMMENT ON TABLE t IS 'a';\n",
            "COMMENT ON TABLE t IS 'b';\n",
            "warning[unordered-change]: the comment of table t is set",
        ),
        (
            "ALTER TABLE t ALTER COLUMN name SET NOT NULL;\n",
            "INSERT INTO t (id) VALUES (1);\n",
            "warning[merge-hazard]: HEAD writes rows without column t.name, which main alters",
        ),
        (
            "ALTER TABLE t ALTER old SET DEFAULT 1;\n",
            "INSERT INTO t (id) VALUES (1);\n",
            "note[merge-order]",
        ),
        (
            "INSERT INTO t (id) VALUES (1);\n",
            "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();\n",
            "note[merge-order]",
        ),
        (
            "INSERT INTO t VALUES (1, 'a', 2);\n",
            "INSERT INTO t VALUES (1, 'b', 2);\n",
            "error[merge-hazard]: both main and HEAD insert the row of table t with id 1",
        ),
    ];
    let mut wrong = Vec::new();
    for (main, side, title) in cases {
        let repository = sides(&first, &[("db/n.sql", main)], &[("db/m.sql", side)]);
        let told = told(&repository.merge_check(&["-v", "main", "--", "db"]));
        if !told.contains(title) || !told.contains("the two patches do not commute") {
            wrong.push(format!("{title}\n{told}"));
        }
    }
    for (main, side) in [
        (
            "ALTER TABLE t SET (fillfactor = 50);\n",
            "ALTER TABLE t SET (autovacuum_enabled = off);\n",
        ),
        (
            "GRANT SELECT ON t TO public;\n",
            "GRANT INSERT ON t TO public;\n",
        ),
        (
            "ALTER TABLE t ALTER name SET DEFAULT 'x', ALTER name SET NOT NULL;\n",
            "ALTER TABLE t ADD COLUMN x int;\n",
        ),
    ] {
        let repository = sides(&first, &[("db/n.sql", main)], &[("db/m.sql", side)]);
        let told = told(&repository.merge_check(&["-v", "main", "--", "db"]));
        if !told.contains("the two patches commute") {
            wrong.push(format!("{main}{side}\n{told}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_commit_is_shown_by_the_start_of_its_name() {
    let repository = sides(&[("x", "x")], &[("y", "y")], &[("db/a.sql", A)]);
    let revision = repository.git(&["rev-parse", "main"]).stdout;
    let revision = String::from_utf8(revision).expect("a commit's name");
    let (whole, start) = (revision.trim(), &revision[..12]);
    let told = told(&repository.merge_check(&[whole, "--", "db"]));
    assert!(told.contains(&format!("{start}: no patch")), "{told}");
    assert!(!told.contains(whole), "{told}");
}

#[test]
fn a_directory_may_be_new() {
    let repository = sides(&[("x", "x")], &[("y", "y")], &[("db/a.sql", A)]);
    git(
        repository.around.path(),
        &["clone", "-q", "--bare", "it's here", "bare"],
    );
    let bare = repository.around.path().join("bare");
    for path in ["db", "db/*.sql"] {
        let output = sqlstitch(&bare, &["merge-check", "main", "side", "--", path]);
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        assert!(
            told(&output).contains("  + db/a.sql\n"),
            "{}",
            told(&output)
        );
    }
    let output = sqlstitch(&bare, &["merge-check", "main", "side", "--", "nowhere"]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
}

#[test]
fn what_is_merged_into_is_found_or_asked_for() {
    let repository = sides(
        &[("db/a.sql", A)],
        &[("db/b.sql", "CREATE TABLE b (id int);\n")],
        &[("db/c.sql", "CREATE TABLE c (id int);\n")],
    );
    let refused = |directory: &Path, arguments: &[&str], part: &str| {
        let output = sqlstitch(directory, &[&["merge-check"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        assert!(said(&output).contains(part), "{part}\n{}", told(&output));
    };
    let top = &repository.top;
    refused(top, &[], "this branch follows no other");
    refused(top, &["nowhere"], "git knows no revision `nowhere`");
    refused(
        repository.around.path(),
        &[],
        "merge-check needs a git repository, and there is none around `.`",
    );
    repository.git(&["checkout", "-q", "--orphan", "other"]);
    repository.commit();
    refused(top, &["main"], "`main` and `HEAD` have no commit in common");
    repository.git(&["checkout", "-q", "side"]);
    // A clone: the branch's own copy is not what it is merged into.
    git(
        repository.around.path(),
        &["clone", "-q", "-b", "side", "it's here", "clone"],
    );
    let clone = repository.around.path().join("clone");
    git(&clone, &["remote", "set-head", "origin", "main"]);
    let output = sqlstitch(&clone, &["merge-check", "--", "db"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(
        said(&output).starts_with("origin/main: 1 new"),
        "{}",
        said(&output)
    );
    git(
        &clone,
        &["checkout", "-q", "-b", "mine", "--track", "origin/side"],
    );
    let output = sqlstitch(&clone, &["merge-check", "--", "db"]);
    assert!(
        said(&output).starts_with("origin/side: "),
        "{}",
        told(&output)
    );
    // Without the rest of the history.
    let source = format!("file://{}", top.display());
    git(
        repository.around.path(),
        &[
            "clone",
            "-q",
            "--depth",
            "1",
            "--no-single-branch",
            "-b",
            "side",
            &source,
            "shallow",
        ],
    );
    let shallow = repository.around.path().join("shallow");
    refused(&shallow, &["origin/main"], "this clone is shallow");
    refused(&shallow, &["v0"], "this clone is shallow");
}

#[test]
fn a_rename_of_one_side_is_followed() {
    for (main, side, part) in [
        (
            "ALTER TABLE t RENAME COLUMN name TO title;\n",
            "ALTER TABLE t RENAME TO moved;\nCREATE VIEW v AS SELECT name FROM moved;\n",
            "HEAD uses column t.name, which main renames",
        ),
        (
            "ALTER TABLE t RENAME TO moved;\nCREATE VIEW v AS SELECT name FROM moved;\n",
            "ALTER TABLE t DROP COLUMN name;\n",
            "HEAD uses table t, which main renames",
        ),
        (
            "ALTER TABLE t ALTER COLUMN name TYPE varchar(9);\n",
            "ALTER TABLE t RENAME COLUMN name TO title;\n\
             ALTER TABLE t ALTER COLUMN title TYPE varchar(8);\n",
            "both main and HEAD alter column t.name",
        ),
        (
            "UPDATE t SET old = 1;\n",
            "ALTER TABLE t RENAME TO moved;\nUPDATE moved SET old = 2;\n",
            "both main and HEAD update column t.old",
        ),
    ] {
        let repository = sides(
            &[("db/t.sql", T)],
            &[("db/x_main.sql", main)],
            &[("db/y_side.sql", side)],
        );
        let output = repository.merge_check(&["main", "--", "db"]);
        let told = told(&output);
        assert!(told.contains(part), "{part}\n{told}");
    }
    // Nothing meets where the sides do different things.
    let repository = sides(
        &[("db/t.sql", T)],
        &[("db/x_main.sql", "UPDATE t SET old = 1;\n")],
        &[(
            "db/y_side.sql",
            "ALTER TABLE t RENAME TO moved;\nUPDATE moved SET name = '';\n",
        )],
    );
    let told = told(&repository.merge_check(&["main", "--", "db"]));
    assert!(told.contains("no findings"), "{told}");
}

#[test]
fn the_advice_is_about_the_patch_of_the_head() {
    const FIRST: &str = "CREATE OR REPLACE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1';\n";
    const OTHER: &str = "CREATE OR REPLACE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 2';\n";
    const REQUIRES: &str = "`-- requires: z_main`";
    const LATER: &str = "-- requires: z_main\n";
    for (main, side, advice, mended) in [
        (
            "CREATE TABLE d (id int);\n",
            "CREATE TABLE d (n int);\n",
            "remove it from `a_side`",
            "-- requires: z_main\nDROP TABLE d;\nCREATE TABLE d (n int);\n".to_owned(),
        ),
        (FIRST, OTHER, REQUIRES, LATER.to_owned() + OTHER),
        (
            "COMMENT ON TABLE t IS 'x';\n",
            "COMMENT ON TABLE t IS 'y';\n",
            REQUIRES,
            LATER.to_owned() + "COMMENT ON TABLE t IS 'y';\n",
        ),
        (
            "CREATE VIEW v AS SELECT name FROM t;\n",
            "ALTER TABLE t RENAME COLUMN name TO title;\n",
            REQUIRES,
            LATER.to_owned() + "ALTER TABLE t RENAME COLUMN name TO title;\n",
        ),
        (
            "ALTER TABLE t RENAME COLUMN name TO title;\n",
            "CREATE VIEW v AS SELECT name FROM t;\n",
            "use the new name in `a_side`",
            LATER.to_owned() + "CREATE VIEW v AS SELECT title FROM t;\n",
        ),
        (
            "ALTER TABLE t ALTER COLUMN name TYPE varchar(3);\n",
            "ALTER TABLE t ALTER COLUMN name TYPE varchar(5);\n",
            REQUIRES,
            LATER.to_owned() + "ALTER TABLE t ALTER COLUMN name TYPE varchar(5);\n",
        ),
        (
            "INSERT INTO t VALUES (1, 'a', 1);\n",
            "INSERT INTO t VALUES (1, 'b', 1);\n",
            "give the row in `a_side` another key",
            "INSERT INTO t VALUES (2, 'b', 1);\n".to_owned(),
        ),
        (
            "CREATE VIEW v AS SELECT name FROM t;\n",
            "ALTER TABLE t DROP COLUMN name;\n",
            "keep the object in `a_side`",
            "CREATE TABLE another (id int);\n".to_owned(),
        ),
        (
            "DROP TABLE t;\n",
            "ALTER TABLE t RENAME TO moved;\n",
            "do without the object in `a_side`",
            "CREATE TABLE another (id int);\n".to_owned(),
        ),
        (
            "DROP TABLE t;\n",
            "DROP TABLE t;\nCREATE TABLE t (id int);\n",
            "write at the top of `a_side`: `-- requires: z_main`",
            LATER.to_owned() + "DROP TABLE IF EXISTS t;\nCREATE TABLE t (id int);\n",
        ),
        (
            "DROP TABLE t;\nCREATE TABLE t (id int);\n",
            "DROP TABLE t;\n",
            "write at the top of `a_side`: `-- requires: z_main`",
            LATER.to_owned() + "DROP TABLE t;\n",
        ),
        (
            "ALTER TABLE t RENAME TO moved;\n",
            "CREATE TABLE IF NOT EXISTS t (id int);\n",
            "where `a_side` is to come last",
            LATER.to_owned() + "CREATE TABLE IF NOT EXISTS t (id int);\n",
        ),
        (
            "ALTER TABLE t ALTER COLUMN name SET NOT NULL;\n",
            "INSERT INTO t (id) VALUES (1);\n",
            "a value for the column, and write at its top: `-- requires: z_main`",
            LATER.to_owned() + "INSERT INTO t (id, name) VALUES (1, '');\n",
        ),
        (
            "UPDATE t SET old = 1;\n",
            "UPDATE t SET old = 2 WHERE id = 1;\n",
            "where it is to come last, write at its top: `-- requires: z_main`",
            LATER.to_owned() + "UPDATE t SET old = 2 WHERE id = 1;\n",
        ),
        (
            "UPDATE t SET old = 1 WHERE id = 1;\n",
            "UPDATE t SET old = 2 WHERE id = 1;\n",
            "let `a_side` change other rows, by the same column in WHERE",
            "UPDATE t SET old = 2 WHERE id = 2;\n".to_owned(),
        ),
        (
            "CREATE INDEX made ON t (added);\n",
            "ALTER TABLE t ADD COLUMN added int;\n",
            "make it in `a_side` only where it is not there (`IF NOT EXISTS`)",
            "ALTER TABLE t ADD COLUMN IF NOT EXISTS added int;\n".to_owned(),
        ),
        (
            "CREATE VIEW v AS SELECT name FROM t;\n",
            "ALTER TABLE t ALTER COLUMN name TYPE varchar;\n",
            "drop in `a_side` what `z_main` builds on column t.name",
            LATER.to_owned()
                + "DROP VIEW v;\nALTER TABLE t ALTER COLUMN name TYPE varchar;\n\
                   CREATE VIEW v AS SELECT name FROM t;\n",
        ),
        (
            "CREATE TABLE u (id int REFERENCES t);\nINSERT INTO u SELECT id FROM t;\n",
            "INSERT INTO t (id) VALUES (1);\n",
            "let `a_side` do what is left to do where `z_main` came first",
            LATER.to_owned() + "INSERT INTO t (id) VALUES (1);\nINSERT INTO u VALUES (1);\n",
        ),
        (
            "CREATE TABLE m (id int REFERENCES s);\nCREATE TABLE n (id int PRIMARY KEY);\n",
            "CREATE TABLE s (id int PRIMARY KEY REFERENCES n);\n",
            "mend `a_side`",
            "CREATE TABLE s (id int PRIMARY KEY);\n".to_owned(),
        ),
    ] {
        let repository = sides(
            &[("db/t.sql", T)],
            &[("db/z_main.sql", main)],
            &[("db/a_side.sql", side)],
        );
        let before = told(&repository.merge_check(&["main", "--", "db"]));
        assert!(before.contains(advice), "{advice}\n{before}");
        let helps = before.split("help: ").skip(1);
        for help in helps.map(|help| help.split_once('\n').map_or(help, |(help, _)| help)) {
            let about_main = ["top of `z_main`", "from `z_main`", "out of `z_main`"];
            assert!(!about_main.iter().any(|it| help.contains(it)), "{help}");
        }
        repository.write("db/a_side.sql", &mended);
        repository.commit();
        let after = repository.merge_check(&["main", "--", "db"]);
        let told = told(&after);
        if !main.contains("REFERENCES s") {
            assert!(told.contains("no findings"), "{mended}\n{told}");
        }
        assert!(!told.contains("[cycle]"), "{told}");
    }
}

#[test]
fn two_patches_of_one_name_are_both_looked_at() {
    let first = [("db/t.sql", T)];
    let add = "ALTER TABLE t ADD COLUMN size int;\n";
    // They have nothing to do with each other, and yet one drops what another needs.
    let main = [("db/007.sql", "ALTER TABLE t DROP COLUMN old;\n")];
    let side = [
        ("db/007.sql", add),
        ("db/old.sql", "CREATE INDEX t_size ON t (size, name);\n"),
    ];
    let repository = sides(&first, &main, &side);
    let told = comes_to(
        &repository,
        1,
        &[
            "main and HEAD have each added another patch of this name\n--> db/007.sql\n",
            "help: give the file another name on HEAD (`git mv`), so that the merge has both",
            "1 error; all 2 pairs of patches commute",
        ],
    );
    assert!(!told.contains("something else"), "{told}");
    let side = [("db/007.sql", "CREATE VIEW v AS SELECT old FROM t;\n")];
    comes_to(
        &sides(&first, &main, &side),
        1,
        &[
            "each added another patch of this name",
            "HEAD uses column t.old, which main drops",
            "patch `007` and patch `007~HEAD`",
            "2 errors; the two patches do not commute",
        ],
    );
    // Another name is the way out.
    let side = [("db/008.sql", add)];
    comes_to(
        &sides(&first, &main, &side),
        0,
        &["the two patches commute"],
    );
}

#[test]
fn one_new_patch_in_two_versions_is_as_the_base_has_it() {
    let first = [("db/t.sql", T)];
    let main = [
        ("db/u.sql", "CREATE TABLE u (id int);\n"),
        // It needs what both sides have.
        ("db/v.sql", "CREATE VIEW v AS SELECT id FROM u;\n"),
    ];
    let side = [("db/u.sql", "CREATE TABLE u (id int, name text);\n")];
    let told = comes_to(
        &sides(&first, &main, &side),
        1,
        &[
            "main and HEAD have both added this file, and it is not the same\n--> db/u.sql\n",
            "help: take the file as main has it, and put what HEAD has beside it into a new patch",
            "1 error; one side has no new patch",
        ],
    );
    assert!(!told.contains("must come before"), "{told}");
    // Layout and comments are no other version.
    let side = [(
        "db/u.sql",
        "-- said otherwise\nCREATE TABLE u\n  (id int);\n",
    )];
    comes_to(&sides(&first, &main, &side), 0, &[]);
}

#[test]
fn a_file_that_one_side_removed_and_the_other_changed_is_told_so() {
    let first = [("db/t.sql", T), ("db/f.sql", F)];
    let changed = [(
        "db/f.sql",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2';\n",
    )];
    let gone = [("db/f.sql", "")];
    comes_to(
        &sides(&first, &changed, &gone),
        1,
        &["main has changed this file, which is not in HEAD any more\n--> db/f.sql\n"],
    );
    comes_to(
        &sides(&first, &gone, &changed),
        1,
        &["HEAD has changed this file, which is not in main any more\n--> db/f.sql\n"],
    );
}
