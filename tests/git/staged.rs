//! `check --staged`: the index counts, not the working tree.

use std::fs;
use std::process::Output;

use super::repository::{A, Repository, errors, git, said, sqlstitch, try_git};

const B: &str = "CREATE TABLE b (id int REFERENCES a);\n";
const CYCLE: [(&str, &str); 2] = [
    ("db/x.sql", "CREATE VIEW x AS SELECT id FROM y;\n"),
    ("db/y.sql", "CREATE VIEW y AS SELECT id FROM x;\n"),
];

impl Repository {
    fn staged(&self, arguments: &[&str]) -> Output {
        sqlstitch(&self.top, &[&["check", "--staged"], arguments].concat())
    }

    #[track_caller]
    fn is_fine(&self, arguments: &[&str]) {
        let output = self.staged(arguments);
        let told = (output.status.code(), said(&output), errors(&output));
        assert_eq!(told, (Some(0), String::new(), String::new()));
    }

    /// What is told where something is wrong.
    #[track_caller]
    fn is_not(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.staged(arguments);
        assert_eq!(output.status.code(), Some(code), "{}", errors(&output));
        said(&output)
    }
}

#[test]
fn the_index_counts_and_not_the_working_tree() {
    let repository = Repository::new(&[("db/a.sql", A), ("db/b.sql", B)]);
    repository.is_fine(&["db"]);
    // Only in the working tree: untracked, changed, gone, and meant to be added.
    for (path, text) in CYCLE {
        repository.write(path, text);
    }
    repository.write("db/a.sql", "CREATE TABLE a (id int REFERENCES b);\n");
    repository.is_fine(&["db"]);
    repository.is_fine(&[]);
    repository.git(&["add", "-N", "db/x.sql", "db/y.sql"]);
    repository.write("db/empty.sql", "");
    repository.git(&["add", "db/empty.sql"]);
    repository.is_fine(&["db"]);
    let shown = repository.staged(&["db", "-v", "--format", "json"]);
    assert!(!said(&shown).contains("x.sql"), "{}", said(&shown));
    // In the index only.
    repository.git(&["add", "db"]);
    repository.remove("db/x.sql");
    repository.remove("db/y.sql");
    repository.write("db/a.sql", A);
    let told = repository.is_not(1, &["db"]);
    assert!(told.contains("db/x.sql:1:"), "{told}");
    assert!(told.contains("error[cycle]"), "{told}");
    // Deleted from the index, kept in the working tree.
    repository.git(&["reset", "-q", "--hard"]);
    repository.write("db/c.sql", "-- requires: b.sql\nSELECT 1;\n");
    repository.commit();
    repository.git(&["rm", "-q", "--cached", "db/b.sql"]);
    let told = repository.is_not(1, &["db"]);
    assert!(told.contains("unknown-requirement"), "{told}");
    // Renamed.
    repository.git(&["reset", "-q", "--hard"]);
    repository.git(&["mv", "db/b.sql", "db/d.sql"]);
    let told = repository.is_not(1, &["db"]);
    assert!(told.contains("unknown-requirement"), "{told}");
}

#[test]
fn the_configuration_and_revert_files_are_those_of_the_index() {
    let repository = Repository::new(&[
        ("sqlstitch.toml", "paths = [\"sql\"]\n"),
        ("sql/a.sql", A),
        ("other/b.sql", "-- requires: nothing\nSELECT 1;\n"),
    ]);
    repository.is_fine(&[]);
    repository.write("sqlstitch.toml", "paths = [\"other\"]\n");
    repository.is_fine(&[]);
    repository.git(&["add", "sqlstitch.toml"]);
    repository.write("sqlstitch.toml", "paths = [\"sql\"]\n");
    repository.is_not(1, &[]);
    // One that git does not know is somebody's own.
    repository.git(&["rm", "-qf", "--cached", "sqlstitch.toml"]);
    repository.is_fine(&[]);
    // From a directory below, paths are shown from there.
    repository.git(&["reset", "-q", "--hard"]);
    repository.write("sql/c.revert.sql", "DROP TABLE c;\n");
    let told = sqlstitch(&repository.top.join("sql"), &["check", "--staged"]);
    assert_eq!((said(&told), errors(&told)), Default::default());
    repository.git(&["add", "-A"]);
    repository.remove("sql/c.revert.sql");
    let told = sqlstitch(&repository.top.join("sql"), &["check", "--staged"]);
    assert!(said(&told).contains("--> c.revert.sql") || said(&told).contains("c.revert.sql"));
    assert!(!said(&told).contains("sql/c.revert.sql"), "{}", said(&told));
}

#[test]
fn strange_names_are_found_and_those_that_no_ledger_takes_are_told() {
    let repository = Repository::new(&[
        ("db/a b's \"c\" é.sql", A),
        ("db/sub dir/b.sql", B),
        ("db/.hidden/c.sql", "-- requires: nothing\nSELECT 1;\n"),
    ]);
    repository.is_fine(&["db"]);
    repository.write("db/line\nfeed.sql", "SELECT 1;\n");
    #[cfg(unix)]
    {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        let strange = repository
            .top
            .join("db")
            .join(OsStr::from_bytes(b"caf\xe9.sql"));
        fs::write(strange, "SELECT 1;\n").expect("a file");
    }
    repository.git(&["add", "-A"]);
    let told = repository.is_not(2, &["db"]);
    assert!(told.contains("bad-name"), "{told}");
    assert!(told.contains("line\\nfeed.sql"), "{told}");
    let told = repository.is_not(2, &["db", "--format", "json"]);
    assert!(serde_json::from_str::<serde_json::Value>(&told).is_ok());
}

#[cfg(unix)]
#[test]
fn links_are_followed_in_the_index() {
    use std::os::unix::fs::symlink;

    let repository = Repository::new(&[("real/a.sql", A), ("real/sub/b.sql", B)]);
    let db = repository.top.join("db");
    fs::create_dir(&db).expect("a directory");
    symlink("../real/a.sql", db.join("one.sql")).expect("a link");
    symlink("../real/sub", db.join("dir")).expect("a link");
    symlink("..", db.join("up")).expect("a link");
    symlink("two", db.join("three")).expect("a link");
    symlink("three", db.join("two")).expect("a link");
    repository.git(&["add", "-A"]);
    fs::remove_dir_all(&db).expect("links");
    let list = |path: &str| {
        let output = repository.staged(&[path, "-v", "--format", "json"]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    };
    list("db");
    // What is linked is read: without `a` there is nothing that `b` could reference.
    repository.git(&["rm", "-q", "--cached", "db/one.sql"]);
    let output = repository.staged(&["db/dir", "db/one.sql"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    let output = repository.staged(&["db/dir", "--strict"]);
    assert!(
        said(&output).contains("db/dir/b.sql:1:"),
        "{}",
        said(&output)
    );
    fs::create_dir(&db).expect("a directory");
    symlink("nowhere.sql", db.join("c.sql")).expect("a link");
    repository.git(&["add", "db/c.sql"]);
    let told = repository.is_not(2, &["db"]);
    assert!(
        told.contains("a link to a file that does not exist"),
        "{told}"
    );
    assert!(told.contains("db/c.sql"), "{told}");
}

#[test]
fn a_merge_under_way_is_told() {
    let repository = Repository::new(&[("db/a.sql", A)]);
    repository.git(&["checkout", "-q", "-b", "side"]);
    repository.write("db/a.sql", "CREATE TABLE a (id bigint);\n");
    repository.commit();
    repository.git(&["checkout", "-q", "main"]);
    repository.write("db/a.sql", "CREATE TABLE a (id smallint);\n");
    repository.commit();
    assert!(
        !try_git(&repository.top, &["merge", "side"])
            .status
            .success()
    );
    let told = repository.is_not(2, &["db"]);
    assert!(told.contains("a merge is under way"), "{told}");
    assert!(told.contains("git add db/a.sql"), "{told}");
    repository.write("db/a.sql", A);
    repository.git(&["add", "db/a.sql"]);
    repository.is_fine(&["db"]);
}

#[test]
fn a_submodule_has_the_files_of_its_recorded_commit() {
    let inner = Repository::new(&[("a.sql", A)]);
    let outer = Repository::new(&[(
        "db/b.sql",
        "-- requires: inner/a\nCREATE TABLE b (id int);\n",
    )]);
    let source = inner.top.display().to_string();
    outer.git(&["submodule", "--quiet", "add", &source, "db/inner"]);
    outer.is_fine(&["db"]);
    outer.write("db/inner/a.sql", "-- requires: nothing\nSELECT 1;\n");
    outer.is_fine(&["db"]);
    git(&outer.top.join("db/inner"), &["commit", "-qam", "changes"]);
    outer.is_fine(&["db"]);
    outer.git(&["add", "db/inner"]);
    let told = outer.is_not(1, &["db"]);
    assert!(told.contains("db/inner/a.sql:1:"), "{told}");
    // In the submodule itself.
    let output = sqlstitch(&outer.top.join("db/inner"), &["check", "--staged", "."]);
    assert_eq!(output.status.code(), Some(1), "{}", errors(&output));
}

#[test]
fn a_sparse_checkout_hides_nothing() {
    let repository = Repository::new(&[("db/a.sql", A), ("db/b.sql", B), ("src/x", "x")]);
    repository.write("db/b.sql", "-- requires: nothing\nSELECT 1;\n");
    repository.commit();
    repository.git(&["sparse-checkout", "set", "--sparse-index", "src"]);
    assert!(!repository.top.join("db").exists());
    let told = repository.is_not(1, &["db"]);
    assert!(told.contains("db/b.sql:1:"), "{told}");
}

#[test]
fn where_there_is_no_index_it_is_told() {
    let repository = Repository::new(&[("db/a.sql", A)]);
    let around = repository.around.path();
    let output = sqlstitch(around, &["check", "--staged"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("--staged needs a git repository, and there is none around `.`"),
        "{}",
        said(&output)
    );
    git(around, &["clone", "-q", "--bare", "it's here", "bare"]);
    let output = sqlstitch(&around.join("bare"), &["check", "--staged"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("this is a bare repository"),
        "{}",
        said(&output)
    );
    // A repository without a commit, and one without patches.
    let empty = Repository::new(&[]);
    empty.is_fine(&[]);
    empty.write("sqlstitch.toml", "paths = [\"db\"]\n");
    empty.git(&["add", "-A"]);
    empty.is_fine(&[]);
    empty.write("db/a.sql", A);
    empty.is_fine(&["db"]);
    let told = empty.is_not(2, &["db/a.sql"]);
    assert!(told.contains("git add db/a.sql"), "{told}");
    let told = empty.is_not(2, &["nowhere"]);
    assert!(told.contains("`nowhere` does not exist"), "{told}");
}
