//! Releases in three steps on a real engine: after each step the statements of old code and of new code are run,
//! and what one has written the other reads.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::run::Run;

/// A database that a release comes to.
pub(crate) trait Place {
    /// What `--dialect` calls the engine.
    fn dialect(&self) -> &'static str;

    /// Runs a script of sqlstitch.
    fn run(&self, script: &Path) -> Run;

    /// Runs statements up to the first error; gives their rows, or what was said.
    fn ask(&self, statements: &str) -> Result<String, String>;
}

/// What engines write in different ways.
#[derive(Clone, Copy)]
pub(crate) struct Words {
    /// A column that fills itself.
    pub(crate) id: &'static str,
    /// Around a name that is a keyword.
    pub(crate) quote: char,
    /// The section of docs/release.md with its example.
    pub(crate) section: &'static str,
}

/// A repository with one release, and the patches of the next one.
pub(crate) struct Next {
    dialect: &'static str,
    directory: TempDir,
}

/// What code calls a table and its column.
#[derive(Clone, Copy)]
struct Names<'a>(&'a str, &'a str);

/// Steps with names, and whether old code works after them.
type Steps<'a> = &'a [(&'a str, bool)];

const ALL: Steps<'static> = &[("expand", true), ("migrate", true), ("contract", false)];

impl Next {
    pub(crate) fn begun(place: &dyn Place, base: &str) -> Self {
        let next = Self {
            dialect: place.dialect(),
            directory: tempfile::tempdir().expect("a temporary directory"),
        };
        next.write("1_account", base);
        let user = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
        for arguments in [
            &["init", "-q"][..],
            &["add", "-A"],
            &[&user[..], &["commit", "-qm", "one"]].concat(),
        ] {
            let mut git = Command::new("git");
            let run = Run::of(git.args(arguments).current_dir(next.path()));
            assert_eq!(run.code, Some(0), "{}", run.err);
        }
        next.apply(place, &[]);
        next
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name).with_extension("sql"), text).expect("a file");
    }

    fn sqlstitch(&self, arguments: &[&str]) -> Run {
        let mut program = Command::new(env!("CARGO_BIN_EXE_sqlstitch"));
        let program = program.args(arguments).args(["--dialect", self.dialect]);
        Run::of(program.current_dir(self.path()))
    }

    /// What is told of a change.
    fn told(&self, change: &str) -> serde_json::Value {
        self.write("2_change", change);
        let run = self.sqlstitch(&["check", "--since", "HEAD", "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(&run.out).expect("a report");
        fs::remove_file(self.path().join("2_change.sql")).expect("a file");
        report["findings"][0].clone()
    }

    /// The codes of all that is told of a change.
    pub(crate) fn all_told(&self, change: &str) -> Vec<String> {
        self.write("2_change", change);
        let run = self.sqlstitch(&["check", "--since", "HEAD", "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(&run.out).expect("a report");
        let findings = report["findings"].as_array().expect("findings");
        let codes = findings.iter().filter_map(|it| it["code"].as_str());
        codes.map(str::to_owned).collect()
    }

    /// Nothing is told of patches that say what they do.
    #[track_caller]
    pub(crate) fn tells_nothing(&self) {
        let check = self.sqlstitch(&["check", "--since", "HEAD", "--phases"]);
        assert_eq!(
            (check.code, check.out.as_str()),
            (Some(0), ""),
            "{}",
            check.err
        );
    }

    /// Takes over the patches that a finding advises, each from its line `-- phase:` on.
    fn follow(&self, change: &str) {
        let finding = self.told(change);
        let help = finding["helps"][0].as_str().expect("a help");
        let (_, patches) = help.split_once("\n\n").expect("patches");
        for (number, patch) in (2..).zip(patches.split("\n\n")) {
            assert!(patch.starts_with("-- phase: "), "{patch}");
            self.write(&format!("{number}_step"), patch);
        }
    }

    /// Builds a script of all and runs it: whether the engine takes it.
    pub(crate) fn comes_through(&self, place: &dyn Place) -> bool {
        let built = self.sqlstitch(&["build", "-o", "all.sql"]);
        assert_eq!(built.code, Some(0), "{}", built.err);
        place.run(&self.path().join("all.sql")).code == Some(0)
    }

    /// Builds a step and runs it, with a second time that does nothing.
    pub(crate) fn apply(&self, place: &dyn Place, more: &[&str]) {
        let built = self.sqlstitch(&[&["build", "-o", "step.sql"], more].concat());
        assert_eq!(built.code, Some(0), "{}", built.err);
        for _ in 0..2 {
            let run = place.run(&self.path().join("step.sql"));
            assert_eq!(run.code, Some(0), "{more:?}\n{}{}", run.out, run.err);
        }
        fs::remove_file(self.path().join("step.sql")).expect("the script");
    }

    /// Takes the release step by step: where old code and new code work, and that they see each other's rows.
    fn takes(&self, place: &dyn Place, [old, new]: [Names<'_>; 2], steps: Steps<'_>) {
        works(place, old, "old code before");
        fails(place, &sees(new), "new code before");
        self.tells_nothing();
        for &(step, old_works) in steps {
            self.apply(place, &["--since", "HEAD", "--phase", step]);
            works(place, new, &format!("new code after {step}"));
            if old_works {
                works(place, old, &format!("old code after {step}"));
                for pair in [[old, new], [new, old]] {
                    meet(place, pair, step);
                }
            } else {
                fails(place, &sees(old), &format!("old code after {step}"));
            }
            if step != "expand" || steps.len() == 2 {
                let first = place.ask(&sees(new));
                assert_eq!(first.as_deref(), Ok("1"), "old rows after {step}");
            }
        }
    }
}

/// What finds a row of before the release.
fn sees(Names(table, column): Names<'_>) -> String {
    format!("SELECT count(*) FROM {table} WHERE {column} = 'first';\n")
}

/// What code does with a column: each SELECT must give 1.
fn works(place: &dyn Place, Names(table, column): Names<'_>, when: &str) {
    let done = place.ask(&format!(
        "INSERT INTO {table} ({column}) VALUES ('new'), ('newer');\n\
         UPDATE {table} SET {column} = 'new!' WHERE {column} = 'new';\n\
         SELECT count(*) FROM {table} WHERE {column} = 'new!';\n\
         UPDATE {table} SET other = 8 WHERE {column} = 'newer';\n\
         SELECT count(*) FROM {table} WHERE {column} = 'newer' AND other = 8;\n\
         SELECT count(*) FROM {table} WHERE {column} = 'new!' AND other = 7;\n\
         DELETE FROM {table} WHERE {column} IN ('new!', 'newer');\n\
         SELECT 1 + count(*) FROM {table} WHERE {column} IN ('new!', 'newer');\n"
    ));
    assert_eq!(done.as_deref(), Ok("1\n1\n1\n1"), "{when}");
}

/// What is written by the one name is read by the other.
fn meet(place: &dyn Place, [one, other]: [Names<'_>; 2], step: &str) {
    let (Names(table, column), Names(another, name)) = (one, other);
    let done = place.ask(&format!(
        "INSERT INTO {table} ({column}) VALUES ('a'), ('b');\n\
         SELECT count(*) - 1 FROM {another} WHERE {name} IN ('a', 'b');\n\
         UPDATE {another} SET {name} = 'c' WHERE {name} = 'a';\n\
         SELECT count(*) FROM {table} WHERE {column} = 'c';\n\
         UPDATE {table} SET {column} = 'd' WHERE {column} = 'c';\n\
         SELECT count(*) FROM {another} WHERE {name} = 'd';\n\
         INSERT INTO {table} (other) VALUES (99);\n\
         SELECT count(*) FROM {table} JOIN {another} AS o ON o.id = {table}.id\n\
           WHERE {table}.other = 99 AND (o.{name} = {table}.{column} OR o.{name} IS NULL AND {table}.{column} IS NULL);\n\
         DELETE FROM {another} WHERE {name} IN ('b', 'd') OR other = 99;\n\
         SELECT 1 + count(*) FROM {table} WHERE {column} IN ('b', 'd') OR other = 99;\n",
    ));
    assert_eq!(
        done.as_deref(),
        Ok("1\n1\n1\n1\n1"),
        "{column} {name} after {step}"
    );
}

#[track_caller]
fn fails(place: &dyn Place, statements: &str, when: &str) {
    assert!(place.ask(statements).is_err(), "{when}: {statements}");
}

fn base(words: Words, column: &str, more: &str) -> String {
    format!(
        "CREATE TABLE account (id {}, name varchar(40) {column}, other int DEFAULT 7);\n{more}\
         INSERT INTO account (name) VALUES ('first');\n",
        words.id
    )
}

/// The example of the documentation.
pub(crate) fn example(place: &dyn Place, words: Words) {
    let base = base(words, "", "") + "INSERT INTO account (other) VALUES (1);\n";
    let next = Next::begun(place, &base);
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/release.md");
    let page = fs::read_to_string(page).expect("the page");
    let (_, section) = page.split_once(words.section).expect("the section");
    let section = section.split("\n#").next().expect("its text");
    let blocks = section.split("<!-- ").skip(1).filter_map(|block| {
        let (name, rest) = block.split_once(".sql -->\n```sql\n")?;
        Some((name, rest.split_once("```")?.0))
    });
    let mut count = 0;
    for (name, text) in blocks {
        next.write(name, text);
        count += 1;
    }
    assert_eq!(count, 3, "the page's patches");
    let names = [Names("account", "name"), Names("account", "title")];
    next.takes(place, names, ALL);
    let rows = place
        .ask("SELECT other FROM account WHERE title IS NULL OR title = 'first' ORDER BY other;\n");
    assert_eq!(rows.as_deref(), Ok("1\n7"));
}

/// A column's new name, as the finding advises: what the column has beside its type is there at the end.
pub(crate) fn column(place: &dyn Place, words: Words) {
    let more = "CREATE INDEX account_name ON account (name);\n";
    let next = Next::begun(place, &base(words, "DEFAULT 'None' NOT NULL", more));
    let quote = words.quote;
    let order = format!("{quote}order{quote}");
    let change = format!("ALTER TABLE account RENAME COLUMN name TO {order};\n");
    let told = next.told(&change).to_string();
    assert!(
        told.contains("1_account.sql:2"),
        "the index is named: {told}"
    );
    next.follow(&change);
    next.takes(
        place,
        [Names("account", "name"), Names("account", &order)],
        ALL,
    );
    let filled = format!(
        "INSERT INTO account (other) VALUES (5);\nSELECT {order} FROM account WHERE other = 5;\n"
    );
    assert_eq!(place.ask(&filled).as_deref(), Ok("None"), "its default");
    let null = format!("INSERT INTO account ({order}) VALUES (NULL);\n");
    fails(place, &null, "NOT NULL");
    let all = "SELECT count(*) FROM account;\n";
    assert_eq!(place.ask(all).as_deref(), Ok("2"));
}

/// A column that refuses equal rows and takes NULL.
pub(crate) fn unique_column(place: &dyn Place, words: Words) {
    let next = Next::begun(place, &base(words, "UNIQUE", ""));
    next.follow("ALTER TABLE account RENAME COLUMN name TO Title;\n");
    let names = [Names("account", "name"), Names("account", "title")];
    next.takes(place, names, ALL);
    let null = "UPDATE account SET title = NULL WHERE title = 'first';\n\
        SELECT count(*) FROM account WHERE title IS NULL;\n\
        UPDATE account SET title = 'first' WHERE title IS NULL;\n";
    assert_eq!(place.ask(null).as_deref(), Ok("1"));
    let again = "INSERT INTO account (title) VALUES ('first');\n";
    fails(place, again, "its key");
}

/// A column that every INSERT must give.
pub(crate) fn required_column(place: &dyn Place, words: Words) {
    let next = Next::begun(place, &base(words, "NOT NULL", ""));
    next.follow("ALTER TABLE account RENAME COLUMN name TO title;\n");
    // Code that gives neither fails before and after.
    next.write("5_default", "-- phase: contract\n-- requires: 4_step\nALTER TABLE account ALTER COLUMN title SET DEFAULT 'x';\n");
    let names = [Names("account", "name"), Names("account", "title")];
    next.required(place, names);
}

impl Next {
    fn required(&self, place: &dyn Place, [old, new]: [Names<'_>; 2]) {
        for (step, old_works) in ALL {
            self.apply(place, &["--since", "HEAD", "--phase", step]);
            works(place, new, &format!("new code after {step}"));
            if *old_works {
                works(place, old, &format!("old code after {step}"));
                fails(place, "INSERT INTO account (other) VALUES (1);\n", step);
            }
        }
    }
}

/// A table's new name, as the finding advises.
pub(crate) fn table(place: &dyn Place, words: Words) {
    let next = Next::begun(place, &base(words, "NOT NULL DEFAULT 'It''s, (none)'", ""));
    next.follow("ALTER TABLE account RENAME TO Customer;\n");
    let names = [Names("account", "name"), Names("Customer", "name")];
    next.takes(place, names, &[("expand", true), ("contract", false)]);
}

/// A table gets its new name while old code writes to it; `writes` starts a file of statements, and gives what waits
/// for its end.
pub(crate) fn table_while(
    place: &dyn Place,
    words: Words,
    writes: impl Fn(&Path) -> Box<dyn FnOnce()>,
) {
    const ROWS: usize = 10_000;
    let next = Next::begun(place, &base(words, "NOT NULL DEFAULT ''", ""));
    next.follow("ALTER TABLE account RENAME TO Customer;\n");
    let written = next.path().join("old-code");
    let statements =
        "INSERT INTO account (name) VALUES ('x');\nUPDATE account SET other = 9 WHERE id = 1;\n";
    fs::write(&written, statements.repeat(ROWS)).expect("a file");
    let build = [
        "build", "-o", "step.sql", "--since", "HEAD", "--phase", "expand",
    ];
    assert_eq!(next.sqlstitch(&build).code, Some(0));
    let wait = writes(&written);
    let run = place.run(&next.path().join("step.sql"));
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    wait();
    let rows = place.ask("SELECT count(*) FROM Customer WHERE name = 'x';\n");
    assert_eq!(rows.as_deref(), Ok(ROWS.to_string().as_str()));
}

/// Why there are no patches for a column.
pub(crate) fn refuses(place: &dyn Place, words: Words, column: &str, why: &str) {
    let next = Next::begun(place, &base(words, column, ""));
    let told = next.told("ALTER TABLE account RENAME COLUMN name TO title;\n");
    let notes = told["notes"].to_string();
    assert!(notes.contains(why), "{told}");
}
