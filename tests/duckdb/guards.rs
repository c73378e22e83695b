//! When a patch runs, and when the script stops.

use super::Test;
use super::support::duckdb::{self, Database};
use super::support::run::Run;

pub(crate) const TESTS: &[Test] = &[
    (
        "a_second_run_is_quiet_and_changes_nothing",
        a_second_run_is_quiet_and_changes_nothing,
    ),
    (
        "a_failing_patch_leaves_nothing_of_itself_and_is_placed",
        a_failing_patch_leaves_nothing_of_itself_and_is_placed,
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
    ("another_table_is_no_ledger", another_table_is_no_ledger),
    ("a_later_ledger_is_left_alone", a_later_ledger_is_left_alone),
    (
        "a_database_for_reading_is_refused",
        a_database_for_reading_is_refused,
    ),
    ("another_engine_runs_nothing", another_engine_runs_nothing),
    (
        "a_schema_and_a_database_of_one_name",
        a_schema_and_a_database_of_one_name,
    ),
];

const SHOP: &[(&str, &str)] = &[
    (
        "shop/01",
        "CREATE TABLE item (id INTEGER PRIMARY KEY, name VARCHAR);\nINSERT INTO item VALUES (1, 'a'), (2, 'b');\n",
    ),
    ("shop/02", "CREATE VIEW names AS SELECT name FROM item;\n"),
    ("shop/03", "INSERT INTO item VALUES (3, 'c');\n"),
];

fn a_second_run_is_quiet_and_changes_nothing() {
    let database = Database::new();
    let script = duckdb::bundle(SHOP).script();
    for _ in 0..2 {
        assert_eq!(database.ok(&script), "");
        assert_eq!(database.ask("SELECT count(*) FROM item"), "3");
        assert_eq!(database.applied(), "shop/01 shop/02 shop/03");
    }
    assert_eq!(
        database.ask("SELECT name, ordinal, kind, state, statements, next_statement, format, duration_ms >= 0 FROM sqlstitch.patch WHERE ordinal = 1"),
        "shop/01|1|once|applied|2|2|1|true"
    );
}

fn a_failing_patch_leaves_nothing_of_itself_and_is_placed() {
    let said = "patch \"after\" (after.sql) is not tried, because the patch before it, \"bad\", is not applied";
    for (bad, error, place) in [
        (
            "CREATE TABLE x (i INT);\n\nINSERT INTO nosuch VALUES (1);",
            "nosuch",
            ": it failed at bad.sql:3",
        ),
        (
            "CREATE TABLE x (i INT UNIQUE);\n/* c */ INSERT INTO x VALUES (1),\n (1);",
            "UNIQUE",
            ": it failed at bad.sql:2",
        ),
        ("CREATE TABLE x (i INT);\nSELEC 1;", "SELEC", ""),
        (
            "CREATE TABLE x (i INT);\nSELECT error('own');",
            "own",
            ": it failed at bad.sql:2",
        ),
    ] {
        let patches = [
            ("good", "CREATE TABLE g (i INT);"),
            ("bad", bad),
            ("after", "CREATE TABLE h (i INT);"),
            ("last", "CREATE TABLE k (i INT);"),
        ];
        let script = duckdb::bundle(&patches).script();
        for arguments in [&[][..], &["-bail"]] {
            let database = Database::new();
            let ran = Run::end(database.start_with(arguments, &script));
            assert_eq!(ran.code, Some(1), "{ran:?}");
            assert!(ran.err.contains(error), "{}", ran.err);
            if arguments.is_empty() {
                assert!(
                    ran.err.trim_end().ends_with(&format!("{said}{place}")),
                    "{}",
                    ran.err
                );
                assert_eq!(ran.err.matches("Error").count(), 2, "{}", ran.err);
            }
            assert_eq!(database.ask("SELECT string_agg(table_name, ' ') FROM duckdb_tables() WHERE schema_name = 'main'"), "g");
            assert_eq!(database.applied(), "good");
            // Mended, it goes on there.
            let mended = [
                patches[0],
                ("bad", "CREATE TABLE x (i INT);"),
                patches[2],
                patches[3],
            ];
            database.ok(&duckdb::bundle(&mended).script());
            assert_eq!(database.applied(), "good bad after last");
        }
    }
    // The last one is told too.
    let database = Database::new();
    let ran = database.run(&duckdb::bundle(&[("bad", "\nDROP TABLE nosuch;")]).script());
    assert!(
        ran.err
            .trim_end()
            .ends_with("patch \"bad\" (bad.sql) is not applied: it failed at bad.sql:2"),
        "{}",
        ran.err
    );
}

fn drift_stops_everything_or_warns() {
    use sqlstitch::plan::Drift;
    let database = Database::new();
    database.ok(&duckdb::bundle(SHOP).script());
    let mut changed = SHOP.to_vec();
    changed[1].1 = "CREATE VIEW names AS SELECT id, name FROM item;";
    changed.push(("shop/04", "CREATE TABLE four (i INT);"));
    let mut bundle = duckdb::bundle(&changed);
    let ran = database.run(&bundle.script());
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err
            .contains("patch \"shop/02\" (shop/02.sql) was changed after it was applied\nhelp: "),
        "{}",
        ran.err
    );
    assert_eq!(database.applied(), "shop/01 shop/02 shop/03");
    bundle.plan.settings.drift = Drift::Warn;
    let out = database.ok(&bundle.script());
    assert_eq!(
        out,
        "warning\npatch \"shop/02\" (shop/02.sql) was changed after it was applied\n"
    );
    assert_eq!(database.applied(), "shop/01 shop/02 shop/03 shop/04");
    bundle.plan.settings.drift = Drift::Ignore;
    assert_eq!(database.ok(&bundle.script()), "");
    // The UPDATE of the message accepts the change.
    let update = ran
        .err
        .split("accept it: ")
        .nth(1)
        .expect("there is a way out");
    database.ok(update.split_inclusive(';').next().unwrap_or_default());
    bundle.plan.settings.drift = Drift::Error;
    assert_eq!(database.ok(&bundle.script()), "");
}

fn what_is_outside_must_be_in_the_ledger() {
    let database = Database::new();
    let mut bundle = duckdb::bundle(&[("a", "CREATE TABLE a (i INT);")]);
    bundle.add("b", "CREATE TABLE b (i INT);").external = vec!["it's".to_owned()];
    let ran = database.run(&bundle.script());
    assert!(
        ran.err.contains(
            "patch \"b\" (b.sql) requires patch \"it's\", which is not applied to this database"
        ),
        "{}",
        ran.err
    );
    assert_eq!(database.ask("SELECT count(*) FROM duckdb_tables()"), "0");
    database.ok(&duckdb::bundle(&[("it's", "SELECT 1;")]).script());
    database.ok(&bundle.script());
    assert_eq!(database.applied(), "it's a b");
}

fn a_new_name_applies_nothing_again() {
    let database = Database::new();
    database.ok(&duckdb::bundle(&[("old", "CREATE TABLE a (i INT);")]).script());
    let mut bundle = duckdb::bundle(&[]);
    bundle.add("new", "CREATE TABLE a (i INT);").formerly =
        vec!["older".to_owned(), "old".to_owned()];
    database.ok(&bundle.script());
    database.ok(&bundle.script());
    assert_eq!(database.applied(), "new");
}

fn repeatables_run_when_they_change() {
    let database = Database::new();
    let view = |text: &str| {
        duckdb::bundle(&[
            ("base", "CREATE TABLE ran (i INT);"),
            ("view", &format!("-- repeatable\n{text}")),
        ])
        .script()
    };
    for (text, times) in [
        ("INSERT INTO ran VALUES (1);", "1"),
        ("INSERT INTO ran VALUES (1);", "1"),
        ("INSERT INTO ran VALUES (2);", "2"),
    ] {
        database.ok(&view(text));
        assert_eq!(database.ask("SELECT count(*) FROM ran"), times);
    }
    assert_eq!(
        database.ask("SELECT kind, ordinal FROM sqlstitch.patch WHERE name = 'view'"),
        "repeatable|3"
    );
}

fn another_table_is_no_ledger() {
    let database = Database::new();
    database.ok("CREATE SCHEMA sqlstitch; CREATE TABLE sqlstitch.patch (name VARCHAR);");
    let ran = database.run(&duckdb::bundle(SHOP).script());
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err
            .contains("is not a ledger of sqlstitch: it has no column \"checksum\""),
        "{}",
        ran.err
    );
    assert_eq!(database.ask("SELECT count(*) FROM duckdb_tables()"), "1");
    assert_eq!(ran.err.matches("Error").count(), 1, "{}", ran.err);
}

fn a_later_ledger_is_left_alone() {
    let database = Database::new();
    database.ok(&duckdb::bundle(&SHOP[..1]).script());
    database.ok("UPDATE sqlstitch.patch SET format = 2;");
    let ran = database.run(&duckdb::bundle(SHOP).script());
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err
            .contains("is of format 2, and this script knows format 1 only"),
        "{}",
        ran.err
    );
    assert_eq!(database.applied(), "shop/01");
    assert_eq!(ran.err.matches("Error").count(), 1, "{}", ran.err);
}

fn a_database_for_reading_is_refused() {
    let database = Database::new();
    database.ok("CREATE TABLE a (i INT);");
    let ran =
        Run::end(database.start_with(&["-readonly", "-bail"], &duckdb::bundle(SHOP).script()));
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("is open for reading only"), "{}", ran.err);
}

fn another_engine_runs_nothing() {
    let script = duckdb::bundle(&[(
        "a",
        "CREATE TABLE a (v VARCHAR);\nINSERT INTO a VALUES ('\n;\nCREATE TABLE hole (i INT);\n');",
    )])
    .script();
    let file = tempfile::tempdir().expect("a temporary directory can be made");
    let input = file.path().join("out.sql");
    std::fs::write(&input, &script).expect("the script can be written");
    let database = file.path().join("x.db");
    let run = std::process::Command::new("sqlite3")
        .arg(&database)
        .stdin(std::fs::File::open(&input).expect("the script can be read"))
        .output();
    // Where there is no sqlite3, its own tests tell.
    let Ok(run) = run else { return };
    let said = String::from_utf8_lossy(&run.stdout);
    assert_eq!(run.status.code(), Some(2), "{said}");
    assert!(said.contains("this script is for DuckDB"), "{said}");
    assert_eq!(std::fs::metadata(&database).map_or(0, |data| data.len()), 0);
}

fn a_schema_and_a_database_of_one_name() {
    let place = tempfile::tempdir().expect("a temporary directory can be made");
    let path = place.path().join("sqlstitch.db");
    let database = Database::new();
    let script = duckdb::bundle(SHOP).script();
    let attach = format!("ATTACH '{}'; USE sqlstitch;\n", path.display());
    for _ in 0..2 {
        database.ok(&format!("{attach}{script}"));
    }
    assert_eq!(
        database.ask(&format!(
            "{attach}SELECT count(*) FROM sqlstitch.sqlstitch.patch"
        )),
        "3"
    );
    assert_eq!(database.ask("SELECT count(*) FROM duckdb_tables()"), "0");
}
