//! Repositories of unusual forms, and names of unusual letters.

use super::repository::{A, Repository, command, errors, git, said, sqlstitch};

const TOML: &str = "dialect = \"sqlite\"\npaths = [\"db\"]\n";
const B: &str = "CREATE TABLE b (id int);\n";

#[track_caller]
fn comes_to(directory: &std::path::Path, arguments: &[&str], code: i32, parts: &[&str]) -> String {
    let output = sqlstitch(directory, arguments);
    let all = said(&output) + &errors(&output);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{all}");
    for part in parts {
        assert!(all.contains(part), "{arguments:?}: {part}\n{all}");
    }
    all
}

#[test]
fn a_revision_counts_before_a_file_of_git() {
    let repository = Repository::new(&[("sqlstitch.toml", TOML), ("db/a.sql", A)]);
    repository.write("db/b.sql", B);
    repository.commit();
    let around = repository.around.path();
    git(around, &["clone", "-q", "--bare", "it's here", "bare"]);
    let bare = around.join("bare");
    let added = &["added    b  (b.sql)", "1 added, 1 as before"];
    comes_to(&bare, &["diff", "HEAD~1", "HEAD"], 1, added);
    // A branch with the name of a directory of git.
    git(&bare, &["branch", "hooks"]);
    comes_to(&bare, &["diff", "v1", "hooks"], 1, added);
    comes_to(&bare, &["diff", "v1"], 2, &["name two revisions"]);
    // In a working tree only what can be patches counts before a revision.
    repository.write("HEAD", "text\n");
    comes_to(&repository.top, &["diff", "v1", "HEAD"], 1, added);
    repository.git(&["branch", "db", "v1"]);
    comes_to(&repository.top, &["diff", "v1", "db"], 1, added);
    let inside = &["`.` is in the directory in which git keeps a repository"];
    for arguments in [
        &["check", "--staged"][..],
        &["merge-check", "v1"],
        &["diff", "v1", "main"],
    ] {
        comes_to(&repository.top.join(".git"), arguments, 2, inside);
    }
}

/// A repository with a submodule, and the directory of that one; the last commit of each adds `b`.
fn with_submodule(at: &str) -> (Repository, Repository) {
    let inner = Repository::new(&[("a.sql", A)]);
    inner.write("b.sql", B);
    inner.commit();
    let outer = Repository::new(&[("sqlstitch.toml", TOML)]);
    let source = inner.top.display().to_string();
    outer.git(&["submodule", "--quiet", "add", &source, at]);
    git(&outer.top.join(at), &["checkout", "-q", "HEAD~1"]);
    outer.commit();
    git(&outer.top.join(at), &["checkout", "-q", "main"]);
    outer.commit();
    (outer, inner)
}

#[test]
fn a_submodule_under_an_outer_configuration_is_read_as_git_has_it() {
    let (outer, _inner) = with_submodule("db/inner");
    outer.write("db/base.sql", "CREATE TABLE base (id int);\n");
    let inside = outer.top.join("db/inner");
    for directory in [&outer.top, &inside] {
        comes_to(directory, &["check", "--staged"], 0, &[]);
        let revisions = ["HEAD~1", "HEAD"];
        comes_to(
            directory,
            &[&["merge-check"], &revisions[..]].concat(),
            0,
            &["HEAD: 1 new, 0 changed", "b.sql"],
        );
        comes_to(
            directory,
            &[&["diff"], &revisions[..]].concat(),
            1,
            &["added    inner/b  (inner/b.sql)"],
        );
    }
    // What is around the submodule is as it is, whatever its revision.
    comes_to(&inside, &["diff", "HEAD~1"], 1, &["1 added, 2 as before"]);
    // The submodule's index counts, and not its working tree.
    std::fs::write(inside.join("c.sql"), "CREATE TABLE base (id int);\n").expect("a file");
    comes_to(&inside, &["check", "--staged"], 0, &[]);
    comes_to(&inside, &["check"], 1, &["table base is defined twice"]);
    git(&inside, &["add", "c.sql"]);
    comes_to(
        &inside,
        &["check", "--staged"],
        1,
        &["table base is defined twice"],
    );
}

#[test]
fn a_submodule_that_is_not_checked_out_is_told() {
    for (at, code) in [("db", 2), ("db/inner", 0)] {
        let (outer, _inner) = with_submodule(at);
        if code == 0 {
            outer.write("db/base.sql", "CREATE TABLE base (id int);\n");
            outer.commit();
        }
        let around = outer.around.path();
        git(around, &["clone", "-q", "it's here", "clone"]);
        git(around, &["clone", "-q", "--bare", "it's here", "bare"]);
        let told = format!("git submodule update --init {at}");
        let told = &["is not checked out", told.as_str()];
        let merge = &["merge-check", "HEAD~1", "HEAD"];
        comes_to(&around.join("bare"), merge, code, told);
        let clone = around.join("clone");
        comes_to(&clone, merge, code, told);
        comes_to(&clone, &["check", "--staged"], code, told);
        git(&clone, &["submodule", "--quiet", "update", "--init"]);
        assert!(!comes_to(&clone, &["check", "--staged"], 0, &[]).contains("submodule"));
    }
}

#[cfg(unix)]
#[test]
fn every_command_shows_a_name_as_it_is_and_on_one_line() {
    let repository = Repository::new(&[("sqlstitch.toml", TOML), ("db/a.sql", A)]);
    let names = [
        "sp ace",
        "it's",
        "quo\"te",
        "-dash",
        "--x",
        "back\\slash",
        "st*r",
        "Straße",
        "a,b",
        "c:d",
    ];
    for (at, name) in names.iter().enumerate() {
        repository.write(
            &format!("db/{name}.sql"),
            &format!(
                "CREATE TABLE t{at} (id int);\nCREATE VIEW v{at} AS SELECT id FROM elsewhere;\n"
            ),
        );
    }
    repository.commit();
    for arguments in [
        &["order"][..],
        &["merge-check", "v1", "HEAD"],
        &["diff", "v1"],
        &["check", "--format", "short", "-v"],
        &["check", "-v"],
        &["show", "statements"],
    ] {
        let output = sqlstitch(&repository.top, arguments);
        for name in names {
            let shown = format!("{name}.sql");
            assert!(said(&output).contains(&shown), "{arguments:?} {shown}");
        }
    }
    comes_to(&repository.top, &["verify"], 0, &["applied 11 patches"]);
    // Above the patches anything may stand; a line stays a line.
    let strange = repository.around.path().join("new\nline\u{1b}[31m");
    std::fs::rename(&repository.top, &strange).expect("another name");
    let patches = strange.join("db");
    for arguments in [
        &["merge-check", "v1", "HEAD", "--"][..],
        &["check", "--format", "short", "-v"],
        &["check", "-v"],
        &["show", "edges"],
    ] {
        let output = command(
            std::path::Path::new(env!("CARGO_BIN_EXE_sqlstitch")),
            repository.around.path(),
        )
        .args(arguments)
        .arg(&patches)
        .output()
        .expect("sqlstitch starts");
        let said = said(&output);
        assert!(!said.contains("\u{1b}[31m"), "{said}");
        assert!(!said.contains("new\n"), "{said}");
        assert!(
            arguments[0] == "show" || said.contains("new\\nline\\u{1b}[31m/db/"),
            "{said}"
        );
    }
    // And what acts on the text around it is no name.
    let reversed = patches.join("a\u{202e}lqs.sql");
    std::fs::write(reversed, A).expect("a file");
    let told = comes_to(&strange, &["check"], 2, &["bad-name", "a\\u{202e}lqs.sql"]);
    assert!(!told.contains('\u{202e}'), "{told}");
}

#[test]
fn a_revision_that_is_none_is_told_with_what_to_write() {
    let repository = Repository::new(&[("sqlstitch.toml", TOML), ("db/a.sql", A)]);
    repository.git(&["tag", "tree", "HEAD^{tree}"]);
    repository.git(&["checkout", "-q", "-b", "side"]);
    repository.write("db/b.sql", B);
    repository.commit();
    repository.git(&["checkout", "-q", "main"]);
    let around = repository.around.path();
    let url = format!("file://{}", repository.top.display());
    git(around, &["clone", "-q", "--depth", "1", &url, "shallow"]);
    let nothing = Repository::new(&[]);
    nothing.git(&["checkout", "-q", "--orphan", "empty"]);
    for (directory, revision, told) in [
        (
            &repository.top,
            "v1..main",
            "name one revision, not a range",
        ),
        (&repository.top, "HEAD:db", "`HEAD:db` is no commit"),
        (&repository.top, "tree", "`tree` is no commit"),
        (
            &repository.top,
            "nowhere",
            "name a tag, a branch or a commit",
        ),
        (
            &around.join("shallow"),
            "v0",
            "git fetch --unshallow --tags",
        ),
        (
            &around.join("shallow"),
            "origin/side",
            "git fetch --unshallow origin side:refs/remotes/origin/side",
        ),
        (&nothing.top, "HEAD~1", "nothing is committed here yet"),
    ] {
        comes_to(directory, &["merge-check", revision], 2, &[told]);
    }
    comes_to(
        &repository.top,
        &["check", "--since", ""],
        2,
        &["the revision is empty"],
    );
    // What the advice brings is what was wanted.
    let shallow = around.join("shallow");
    let side = "side:refs/remotes/origin/side";
    git(&shallow, &["fetch", "-q", "--unshallow", "origin", side]);
    comes_to(
        &shallow,
        &["merge-check", "HEAD", "origin/side"],
        0,
        &["origin/side: 1 new"],
    );
}
