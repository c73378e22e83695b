//! Releases in three steps: after each of them the statements of old code and of new code are run.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::Case;
use super::support::postgres::{Database, Server};
use super::support::run::Run;

pub(crate) const CASES: &[Case] = &[
    ("release: the example of the documentation", example),
    (
        "release: a column's new name, as the finding advises",
        column,
    ),
    ("release: a table's new name, as the finding advises", table),
];

const BASE: &str = "CREATE TABLE account (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name varchar(40));\n\
    INSERT INTO account (name) VALUES ('first'), (NULL);\n";

/// What code does with a column of the table.
fn code(table: &str, column: &str) -> String {
    format!(
        "INSERT INTO {table} ({column}) VALUES ('new') RETURNING id \\gset\n\
         UPDATE {table} SET {column} = {column} || '!' WHERE id = :id;\n\
         SELECT {column} = 'new!' AS seen FROM {table} WHERE id = :id \\gset\n\
         SELECT 1 / (:'seen')::boolean::int;\n\
         UPDATE {table} SET {column} = NULL WHERE id = :id;\n\
         SELECT 1 / (count(*) = 1)::int FROM {table} WHERE id = :id AND {column} IS NULL;\n\
         DELETE FROM {table} WHERE id = :id;\n"
    )
}

/// What finds a row of before the release.
fn sees_old(table: &str, column: &str) -> String {
    format!("SELECT 1 / (count(*) = 1)::int FROM {table} WHERE {column} = 'first';\n")
}

/// A repository with one release, and the patches of the next one.
struct Next {
    directory: TempDir,
}

impl Next {
    fn new(base: &str) -> Self {
        let next = Self {
            directory: tempfile::tempdir().expect("a temporary directory"),
        };
        next.write("1_account.sql", base);
        for arguments in [
            &["init", "-q"][..],
            &["add", "-A"],
            &[
                "-c",
                "user.name=a",
                "-c",
                "user.email=a@example.org",
                "commit",
                "-qm",
                "one",
            ],
        ] {
            let mut git = Command::new("git");
            let run = Run::of(git.args(arguments).current_dir(next.path()));
            assert_eq!(run.code, Some(0), "{}", run.err);
        }
        next
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).expect("a file");
    }

    fn sqlstitch(&self, arguments: &[&str]) -> Run {
        let mut program = Command::new(env!("CARGO_BIN_EXE_sqlstitch"));
        Run::of(program.args(arguments).current_dir(self.path()))
    }

    /// The patches that a finding advises, each from its line `-- phase:` on.
    fn advised(&self, change: &str) -> Vec<String> {
        self.write("2_change.sql", change);
        let run = self.sqlstitch(&["check", "--since", "HEAD", "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(&run.out).expect("a report");
        fs::remove_file(self.path().join("2_change.sql")).expect("a file");
        let help = report["findings"][0]["helps"][0].as_str().expect("a help");
        let (_, patches) = help.split_once("\n\n").expect("patches");
        patches.split("\n\n").map(str::to_owned).collect()
    }

    /// Builds a step and runs it, with a second time that does nothing.
    fn apply(&self, database: &Database<'_>, more: &[&str]) {
        let built = self.sqlstitch(&[&["build", "-o", "step.sql"], more].concat());
        assert_eq!(built.code, Some(0), "{}", built.err);
        let script = self.path().join("step.sql");
        for _ in 0..2 {
            let run = database.run(&script, &["-v", "ON_ERROR_STOP=1"]);
            assert_eq!(run.code, Some(0), "{more:?}\n{}", run.err);
        }
    }

    fn does(&self, database: &Database<'_>, code: &str) -> bool {
        let script = tempfile::NamedTempFile::new().expect("a file");
        fs::write(script.path(), code).expect("a file");
        let run = database.run(script.path(), &["-v", "ON_ERROR_STOP=1", "-1"]);
        run.code == Some(0)
    }

    /// Takes the release step by step: where old code and new code work.
    fn takes(
        &self,
        database: &Database<'_>,
        old: &str,
        new: &str,
        sees_old: &str,
        steps: &[(&str, bool)],
    ) {
        assert!(self.does(database, old), "old code before");
        assert!(!self.does(database, new), "new code before");
        // Nothing is told of patches that say what they do.
        let check = self.sqlstitch(&["check", "--since", "HEAD", "--phases"]);
        assert_eq!(
            (check.code, check.out.as_str()),
            (Some(0), ""),
            "{}",
            check.err
        );
        for &(step, old_works) in steps {
            self.apply(database, &["--since", "HEAD", "--phase", step]);
            assert_eq!(self.does(database, old), old_works, "old code after {step}");
            assert!(self.does(database, new), "new code after {step}");
            if step != "expand" {
                assert!(self.does(database, sees_old), "old rows after {step}");
            }
        }
    }
}

fn begun<'s>(server: &'s Server) -> (Next, Database<'s>) {
    let next = Next::new(BASE);
    let database = server.database();
    next.apply(&database, &[]);
    (next, database)
}

fn example(server: &Server) {
    let (next, database) = begun(server);
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/release.md");
    let page = fs::read_to_string(page).expect("the page");
    let blocks = page.split("<!-- ").skip(1).filter_map(|block| {
        let (name, rest) = block.split_once(" -->\n```sql\n")?;
        Some((name, rest.split_once("```")?.0))
    });
    let mut count = 0;
    for (name, text) in blocks {
        next.write(name, text);
        count += 1;
    }
    assert_eq!(count, 3, "the page's patches");
    let steps = [("expand", true), ("migrate", true), ("contract", false)];
    let new = code("account", "title");
    let sees = sees_old("account", "title");
    next.takes(&database, &code("account", "name"), &new, &sees, &steps);
    assert_eq!(
        database.sql("SELECT id, title FROM account ORDER BY id"),
        "1|first\n2|"
    );
}

fn column(server: &Server) {
    let (next, database) = begun(server);
    let patches = next.advised("ALTER TABLE account RENAME COLUMN name TO \"order\";\n");
    assert_eq!(patches.len(), 3, "{patches:?}");
    for (patch, name) in patches.iter().zip(["2_order", "3_fill", "4_drop"]) {
        next.write(&format!("{name}.sql"), patch);
    }
    let steps = [("expand", true), ("migrate", true), ("contract", false)];
    let new = code("account", "\"order\"");
    let sees = sees_old("account", "\"order\"");
    next.takes(&database, &code("account", "name"), &new, &sees, &steps);
    assert_eq!(
        database.sql("SELECT id, \"order\" FROM account ORDER BY id"),
        "1|first\n2|"
    );
}

fn table(server: &Server) {
    let (next, database) = begun(server);
    let patches = next.advised("ALTER TABLE public.account RENAME TO customer;\n");
    assert_eq!(patches.len(), 2, "{patches:?}");
    for (patch, name) in patches.iter().zip(["2_customer", "3_drop"]) {
        next.write(&format!("{name}.sql"), patch);
    }
    let steps = [("expand", true), ("contract", false)];
    let (old, new) = (code("account", "name"), code("customer", "name"));
    next.takes(&database, &old, &new, &sees_old("customer", "name"), &steps);
}
