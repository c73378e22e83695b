//! When a patch runs, and when the script stops.

use std::process::Command;

use super::Test;
use super::support::run::Run;
use super::support::sqlite::{self, Database};

pub(crate) const TESTS: &[Test] = &[
    (
        "a_second_run_is_quiet_and_changes_nothing",
        a_second_run_is_quiet_and_changes_nothing,
    ),
    (
        "a_failing_patch_leaves_nothing_of_itself",
        a_failing_patch_leaves_nothing_of_itself,
    ),
    (
        "drift_stops_everything_or_warns",
        drift_stops_everything_or_warns,
    ),
    (
        "what_is_outside_must_be_in_the_ledger",
        what_is_outside_must_be_in_the_ledger,
    ),
    (
        "a_new_name_applies_nothing_again",
        a_new_name_applies_nothing_again,
    ),
    (
        "repeatables_run_when_they_change",
        repeatables_run_when_they_change,
    ),
    (
        "a_repeatable_view_keeps_its_triggers",
        a_repeatable_view_keeps_its_triggers,
    ),
    (
        "a_text_that_does_not_end_stops_the_run",
        a_text_that_does_not_end_stops_the_run,
    ),
    (
        "without_tmpdir_there_is_a_private_directory_too",
        without_tmpdir_there_is_a_private_directory_too,
    ),
    (
        "a_database_in_utf16_is_refused",
        a_database_in_utf16_is_refused,
    ),
];

const SHOP: &[(&str, &str)] = &[
    (
        "shop/01_base",
        "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);\nINSERT INTO item (name) VALUES ('a'), ('b');\n",
    ),
    (
        "shop/02_view",
        "CREATE VIEW names AS SELECT name FROM item;\nSELECT count(*) FROM names;\n",
    ),
    (
        "shop/03_log",
        "CREATE TABLE log (t TEXT);\nCREATE TRIGGER item_log AFTER INSERT ON item BEGIN\n  INSERT INTO log VALUES (CASE WHEN NEW.id > 2 THEN 'late' ELSE 'early' END);\nEND;\nINSERT INTO item (name) VALUES ('c');\n",
    ),
];

fn a_second_run_is_quiet_and_changes_nothing() {
    let database = Database::new();
    let script = sqlite::bundle(SHOP).script();
    let out = database.ok(&script);
    assert_eq!(
        out,
        "applying shop/01_base (shop/01_base.sql)\napplying shop/02_view (shop/02_view.sql)\n2\napplying shop/03_log (shop/03_log.sql)\n"
    );
    let before = std::fs::read(database.path()).expect("the database can be read");
    assert_eq!(database.ok(&script), "");
    assert_eq!(
        std::fs::read(database.path()).expect("it can be read again"),
        before
    );
    assert_eq!(database.ask("SELECT name, state, kind, ordinal, statements, next_statement, duration_ms >= 0, applied_by <> '' FROM sqlstitch_patch"),
        "shop/01_base|applied|once|1|2|2|1|1\nshop/02_view|applied|once|2|2|2|1|1\nshop/03_log|applied|once|3|3|3|1|1");
    assert_eq!(database.ask("SELECT * FROM log"), "late");
}

fn a_failing_patch_leaves_nothing_of_itself() {
    for (bad, line, message) in [
        (
            "CREATE TABLE half (x);\n\nINSERT INTO nosuch VALUES (1);\nCREATE TABLE rest (x);",
            3,
            "no such table: nosuch",
        ),
        (
            "CREATE TABLE half (x UNIQUE);\nINSERT INTO half VALUES (1);\n\n  INSERT INTO half\n  VALUES (1);",
            4,
            "UNIQUE constraint failed: half.x",
        ),
        (
            "CREATE TABLE half (x);\nSELEC 1;",
            2,
            "near \"SELEC\": syntax error",
        ),
        (
            "CREATE TABLE half (x UNIQUE ON CONFLICT ROLLBACK);\nINSERT INTO half VALUES (1), (1);",
            2,
            "UNIQUE constraint failed: half.x",
        ),
    ] {
        let database = Database::new();
        let script = sqlite::bundle(&[
            ("good", "CREATE TABLE good (x);"),
            ("b'ad", bad),
            ("after", "CREATE TABLE after (x);"),
        ])
        .script();
        for _ in 0..2 {
            let ran = database.run(&script);
            assert_eq!(ran.code, Some(1), "{ran:?}");
            assert!(ran.err.contains(&format!("near line {line}")), "{ran:?}");
            assert!(ran.err.contains(message), "{ran:?}");
            assert!(ran.out.ends_with("applying b'ad (b'ad.sql)\n"), "{ran:?}");
            assert_eq!(
                database.ask("SELECT group_concat(name) FROM sqlite_schema WHERE type = 'table'"),
                "sqlstitch_patch,good"
            );
            assert_eq!(database.applied(), "good");
        }
    }
}

fn drift_stops_everything_or_warns() {
    let database = Database::new();
    database.ok(
        &sqlite::bundle(&[("a", "CREATE TABLE a (x);"), ("b'", "CREATE TABLE b (x);")]).script(),
    );
    let mut changed = sqlite::bundle(&[
        ("new", "CREATE TABLE new (x);"),
        ("a", "CREATE TABLE a (y);"),
        ("b'", "CREATE TABLE b (y);"),
    ]);
    let ran = database.run(&changed.script());
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("patch \"a\" (a.sql) was changed after it was applied\npatch \"b'\" (b'.sql) was changed after it was applied"), "{ran:?}");
    assert_eq!(
        (ran.out.as_str(), database.applied().as_str()),
        ("", "a b'")
    );

    changed.plan.settings.drift = sqlstitch::plan::Drift::Warn;
    let out = database.ok(&changed.script());
    assert_eq!(
        out,
        "warning: patch \"a\" (a.sql) was changed after it was applied\nwarning: patch \"b'\" (b'.sql) was changed after it was applied\napplying new (new.sql)\n"
    );
    changed.plan.settings.drift = sqlstitch::plan::Drift::Ignore;
    assert_eq!(database.ok(&changed.script()), "");
    assert_eq!(database.applied(), "a b' new");
}

fn what_is_outside_must_be_in_the_ledger() {
    let mut bundle = sqlite::bundle(&[("a", "CREATE TABLE a (x);")]);
    bundle.add("b", "CREATE TABLE b (x);").external = vec!["old's".to_owned()];
    let database = Database::new();
    let ran = database.run(&bundle.script());
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err.contains(
            "patch \"b\" (b.sql) requires patch \"old's\", which is not applied to this database"
        ),
        "{ran:?}"
    );
    assert_eq!(database.ask("SELECT count(*) FROM sqlite_schema"), "0");
    database.ok(&sqlite::bundle(&[("old's", "CREATE TABLE old (x);")]).script());
    database.ok(&bundle.script());
    assert_eq!(database.applied(), "old's a b");
}

fn a_new_name_applies_nothing_again() {
    let database = Database::new();
    database.ok(
        &sqlite::bundle(&[("a", "CREATE TABLE a (x);"), ("b", "CREATE TABLE b (x);")]).script(),
    );
    let mut bundle = sqlite::bundle(&[
        ("z/a", "CREATE TABLE a (x);"),
        ("z/b", "CREATE TABLE b (x);"),
        ("c", "CREATE TABLE c (x);"),
    ]);
    bundle.plan.patches[0].formerly = vec!["even older".to_owned(), "a".to_owned()];
    bundle.plan.patches[1].formerly = vec!["b".to_owned()];
    bundle.plan.patches[2].formerly = vec!["never".to_owned()];
    assert_eq!(database.ok(&bundle.script()), "applying c (c.sql)\n");
    assert_eq!(database.ok(&bundle.script()), "");
    assert_eq!(database.applied(), "z/a z/b c");
}

fn repeatables_run_when_they_change() {
    let database = Database::new();
    let bundle = |view: &str| {
        let mut bundle = sqlite::bundle(&[("a", "CREATE TABLE a (x);")]);
        bundle
            .add(
                "view",
                &format!("DROP VIEW IF EXISTS v;\nCREATE VIEW v AS {view};"),
            )
            .repeatable = true;
        bundle.add("b", "CREATE TABLE b (x);");
        bundle.script()
    };
    database.ok(&bundle("SELECT 1"));
    assert_eq!(database.ok(&bundle("SELECT 1")), "");
    assert_eq!(
        database.ok(&bundle("SELECT 2")),
        "applying view (view.sql)\n"
    );
    assert_eq!(database.ok(&bundle("SELECT 2")), "");
    assert_eq!(database.ask("SELECT * FROM v"), "2");
    assert_eq!(
        database.ask("SELECT count(*) FROM sqlstitch_patch WHERE kind = 'repeatable'"),
        "1"
    );
}

fn a_repeatable_view_keeps_its_triggers() {
    let bundle = |view: &str| {
        let mut bundle = sqlite::bundle(&[("a", "CREATE TABLE a (x, y);")]);
        let view = bundle.add("view", view);
        view.repeatable = true;
        bundle.add(
            "triggers",
            "CREATE TRIGGER \"In's\" INSTEAD OF INSERT ON v BEGIN\n  INSERT INTO a (x) VALUES (NEW.x || ';\n.quit\n');\nEND;\nCREATE TRIGGER del INSTEAD OF DELETE ON V BEGIN DELETE FROM a; END;",
        );
        bundle.script()
    };
    let old = "DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT x FROM a;";
    let database = Database::new();
    database.ok(&bundle(old));
    let triggers = "SELECT group_concat(sql, '|') FROM (SELECT sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name)";
    let before = database.ask(triggers);
    // Its own trigger stands in the patch, and one of the old ones does.
    let new = "DROP VIEW v;\nCREATE VIEW v AS SELECT y, x FROM a;\nCREATE TRIGGER del INSTEAD OF DELETE ON V BEGIN DELETE FROM a; END;";
    database.ok(&bundle(new));
    assert_eq!(database.ask(triggers), before);
    database.ok("INSERT INTO v (x) VALUES (1);");
    assert_eq!(database.ask("SELECT x FROM a"), "1;\n.quit");
    let dump = database.dump();
    assert_eq!(database.ok(&bundle(new)), "");
    assert_eq!(database.dump(), dump);
    // A patch that fails leaves the view and its triggers.
    let fails = format!("{new}\nSELEC;");
    assert_eq!(database.run(&bundle(&fails)).code, Some(1));
    assert_eq!(database.dump(), dump);
    // One that drops a trigger means it.
    database.ok(&bundle(
        "DROP TRIGGER \"In's\";\nDROP VIEW v;\nCREATE VIEW v AS SELECT x FROM a;",
    ));
    assert_eq!(
        database.ask("SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'"),
        "0"
    );
}

/// Whatever swallows the rest of a patch, its record and its COMMIT too: nothing after it may run.
fn a_text_that_does_not_end_stops_the_run() {
    for (open, applied) in [("b", "a"), ("c", "a b")] {
        let patches = ["a", "b", "c"].map(|name| (name, format!("CREATE TABLE {name} (x);")));
        let patches = patches
            .each_ref()
            .map(|(name, text)| (*name, text.as_str()));
        let script = sqlite::bundle(&patches).script();
        let text = format!("CREATE TABLE {open} (x);");
        let cut = script.replace(&text, &format!("{text} /*"));
        let database = Database::new();
        let ran = database.run(&cut);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert_eq!(database.applied(), applied);
        let tables = "SELECT group_concat(name, ' ') FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sql%'";
        assert_eq!(database.ask(tables), applied);
        database.ok(&script);
        assert_eq!(database.applied(), "a b c");
    }
}

fn without_tmpdir_there_is_a_private_directory_too() {
    let database = Database::new();
    let script = database.directory().join("script.sql");
    std::fs::write(&script, sqlite::bundle(SHOP).script()).expect("the script can be written");
    let ran = Run::of(
        Command::new(sqlite::shell().expect("the test is run only where there is a shell"))
            .args(["-batch", "-init", "/dev/null"])
            .arg(database.path())
            .env_remove("TMPDIR")
            .stdin(std::fs::File::open(&script).expect("the script can be read")),
    );
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    assert_eq!(database.applied(), "shop/01_base shop/02_view shop/03_log");
}

fn a_database_in_utf16_is_refused() {
    let database = Database::new();
    database.ok("PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (x);");
    let ran = database.run(&sqlite::bundle(SHOP).script());
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err
            .contains("this script is for databases with UTF-8 texts"),
        "{ran:?}"
    );
}
