//! Actions other than applying, one transaction for all, and patches of several transactions.

use sqlstitch::plan::{Action, Transaction};

use super::Test;
use super::support::duckdb::{self, Database};

pub(crate) const TESTS: &[Test] = &[
    (
        "a_baseline_records_and_runs_nothing",
        a_baseline_records_and_runs_nothing,
    ),
    (
        "what_is_applied_is_reverted_in_order",
        what_is_applied_is_reverted_in_order,
    ),
    (
        "a_single_transaction_is_all_or_nothing",
        a_single_transaction_is_all_or_nothing,
    ),
    (
        "a_patch_without_transaction_goes_on_where_it_stopped",
        a_patch_without_transaction_goes_on_where_it_stopped,
    ),
    (
        "the_session_ends_with_the_patch",
        the_session_ends_with_the_patch,
    ),
    (
        "what_a_patch_attaches_is_detached",
        what_a_patch_attaches_is_detached,
    ),
    (
        "no_text_stays_beside_the_database",
        no_text_stays_beside_the_database,
    ),
    (
        "a_large_patch_is_imported_in_parts",
        a_large_patch_is_imported_in_parts,
    ),
];

const TWO: &[(&str, &str)] = &[
    ("a", "CREATE TABLE a (i INT);"),
    ("b", "CREATE TABLE b (i INT);"),
];

fn tables(database: &Database) -> String {
    database.ask("SELECT coalesce(string_agg(table_name, ' ' ORDER BY table_name), '') FROM duckdb_tables() WHERE schema_name = 'main'")
}

/// Whatever fails in whichever part, nothing of the patch stays, and nothing after it runs.
fn a_large_patch_is_imported_in_parts() {
    let long = "it''s; \"x\" `y`\n.exit\n/* # -- $$\n".repeat(700);
    let large = |name: &str, bad: &str, at: usize| {
        let mut text = format!("CREATE TABLE {name} (i INT PRIMARY KEY, v VARCHAR);\n");
        for number in 0..12 {
            if number == at {
                text.push_str(bad);
            }
            text.push_str(&format!(
                "INSERT INTO {name} VALUES ({number}, '{long}') -- end\n;\n"
            ));
        }
        text
    };
    let whole = [
        ("a", large("a", "", 99)),
        ("b", large("b", "", 99)),
        ("c", "SELECT 1;".to_owned()),
    ];
    let script = |patches: &[(&str, String)]| {
        let patches: Vec<_> = patches
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
            .collect();
        duckdb::bundle(&patches).script()
    };
    assert!(script(&whole).matches("sqlstitch_part = ''").count() >= 8);
    for bad in [
        "SELEC 1;\n",
        "INSERT INTO nosuch VALUES (1);\n",
        "INSERT INTO b VALUES (0, '');\n",
        "SELECT error('own');\n",
    ] {
        for at in [1, 6, 12] {
            let mut patches = whole.clone();
            let end = format!("{}{bad}", patches[1].1);
            patches[1].1 = if at == 12 { end } else { large("b", bad, at) };
            let database = Database::new();
            let ran = database.run(&script(&patches));
            assert_eq!(ran.code, Some(1), "{bad} {at}: {ran:?}");
            assert_eq!(database.applied(), "a", "{bad} {at}");
            assert_eq!(tables(&database), "a", "{bad} {at}");
            database.ok(&script(&whole));
            assert_eq!(database.applied(), "a b c");
            let same = format!("SELECT count(*), count(*) FILTER (v = '{long}') FROM b");
            assert_eq!(database.ask(&same), "12|12");
            assert_eq!(database.ok(&script(&whole)), "");
        }
    }
}

fn a_baseline_records_and_runs_nothing() {
    let database = Database::new();
    database.ok(&duckdb::bundle(&TWO[..1]).script());
    let mut bundle = duckdb::bundle(TWO);
    bundle.plan.settings.action = Action::Baseline;
    for _ in 0..2 {
        assert_eq!(database.ok(&bundle.script()), "");
        assert_eq!(tables(&database), "a");
        assert_eq!(database.ask("SELECT name, ordinal, state, duration_ms IS NULL FROM sqlstitch.patch ORDER BY ordinal"), "a|1|applied|false\nb|2|applied|true");
    }
    bundle.plan.settings.action = Action::Apply;
    database.ok(&bundle.script());
    assert_eq!(tables(&database), "a");
}

fn what_is_applied_is_reverted_in_order() {
    let database = Database::new();
    let bundle = duckdb::bundle(TWO);
    database.ok(&bundle.script());
    let mut revert = duckdb::bundle(&[
        ("c", "DROP TABLE c;"),
        ("b", "DROP TABLE b;"),
        ("a", "DROP TABLE a; SELECT 1;"),
    ]);
    revert.plan.settings.action = Action::Revert;
    for (index, patch) in bundle.plan.patches.iter().enumerate() {
        revert.plan.patches[2 - index].checksum = patch.checksum;
    }
    for transaction in [Transaction::Patch, Transaction::Single] {
        revert.plan.settings.transaction = transaction;
        database.ok(&bundle.script());
        database.ok(&revert.script());
        assert_eq!(tables(&database), "");
        assert_eq!(database.ask("SELECT count(*) FROM sqlstitch.patch"), "0");
        assert_eq!(database.ok(&revert.script()), "");
    }
    // What fails stops what follows.
    revert.plan.settings.transaction = Transaction::Patch;
    database.ok(&format!("{}DROP TABLE b;", bundle.script()));
    let ran = database.run(&revert.script());
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("patch \"a\" (a.sql) is not tried, because the patch before it, \"b\", is still applied: it failed at b.sql:1"), "{}", ran.err);
    assert_eq!(tables(&database), "a");
    revert.plan.patches[2].checksum = revert.plan.patches[0].checksum;
    let ran = database.run(&revert.script());
    assert!(
        ran.err
            .contains("patch \"a\" (a.sql) was changed after it was applied"),
        "{}",
        ran.err
    );
}

fn a_single_transaction_is_all_or_nothing() {
    let database = Database::new();
    let mut bundle = duckdb::bundle(TWO);
    bundle.add("c", "CREATE TABLE c (i INT);\nDROP TABLE nosuch;");
    bundle.add("d", "CREATE TABLE d (i INT);");
    bundle.plan.settings.transaction = Transaction::Single;
    let ran = database.run(&bundle.script());
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("nosuch"), "{}", ran.err);
    assert!(ran.err.contains("c.sql:2"), "{}", ran.err);
    // The ledger itself is not there.
    assert_eq!(database.ask("SELECT count(*) FROM duckdb_tables()"), "0");
    bundle.plan.patches.remove(2);
    database.ok(&bundle.script());
    assert_eq!(database.ok(&bundle.script()), "");
    assert_eq!(tables(&database), "a b d");
    bundle.add(
        "e",
        "-- transaction: off\nCREATE TABLE e (i INT); CREATE TABLE f (i INT);",
    );
    assert_eq!(bundle.emit().script, None);
}

fn a_patch_without_transaction_goes_on_where_it_stopped() {
    let database = Database::new();
    let text = |third: &str| {
        format!(
            "-- transaction: off\nCREATE TABLE a (i INT);\nBEGIN;\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES (2);\nCOMMIT;\n{third};\nINSERT INTO a VALUES (4);\n"
        )
    };
    let bad = text("INSERT INTO a SELECT i FROM later");
    let script = duckdb::bundle(&[("p", &bad), ("q", "CREATE TABLE q (i INT);")]).script();
    let ran = database.run(&script);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("patch \"p\" (p.sql) does not go on, because its statement 6 is not applied: it failed at p.sql:7"), "{}", ran.err);
    assert_eq!(
        database.ask("SELECT state, statements, next_statement FROM sqlstitch.patch"),
        "running|7|5"
    );
    // A change to what has begun is drift, even where drift is ignored.
    let mut other = duckdb::bundle(&[("p", &text("INSERT INTO a VALUES (3)"))]);
    other.plan.settings.drift = sqlstitch::plan::Drift::Ignore;
    let ran = database.run(&other.script());
    assert!(
        ran.err
            .contains("patch \"p\" (p.sql) was changed after it was begun"),
        "{}",
        ran.err
    );
    database.ok("CREATE TABLE later AS SELECT 3 AS i;");
    database.ok(&script);
    assert_eq!(database.ok(&script), "");
    assert_eq!(
        database.ask("SELECT string_agg(i, ' ' ORDER BY i) FROM a"),
        "1 2 3 4"
    );
    assert_eq!(database.applied(), "p q");
}

fn the_session_ends_with_the_patch() {
    let change = "CREATE SCHEMA s; USE s; SET threads = 1; SET VARIABLE v = 1; CREATE TEMP TABLE t AS SELECT 1; CREATE TEMP VIEW w AS FROM t; CREATE TEMP MACRO m() AS TABLE SELECT 1; PRAGMA memory_limit = '100MB';";
    let look = "CREATE TABLE seen AS SELECT current_schema() AS s, current_setting('threads') AS n, getvariable('v') AS v, current_setting('memory_limit') AS m, (SELECT count(*) FROM duckdb_tables() WHERE temporary AND NOT starts_with(table_name, 'sqlstitch')) AS t, (SELECT count(*) FROM duckdb_functions() WHERE function_name = 'm') AS f;";
    for transaction in [Transaction::Patch, Transaction::Single] {
        let mut bundle = duckdb::bundle(&[("change", change), ("look", look)]);
        bundle.plan.settings.transaction = transaction;
        let database = Database::new();
        database.ok(&format!(
            "SET threads = 2; SET memory_limit = '1GiB';\n{}",
            bundle.script()
        ));
        assert_eq!(database.ask("FROM seen"), "main|2|NULL|1.0 GiB|0|0");
    }
}

fn what_a_patch_attaches_is_detached() {
    let database = Database::new();
    database.ok("ATTACH 'src.db' AS src; CREATE TABLE src.t AS SELECT 5 AS i;");
    let patch =
        "ATTACH 'src.db' AS \"Src\" (READ_ONLY);\nCREATE TABLE IF NOT EXISTS t AS FROM src.t;\n";
    let with = format!("{patch}DETACH src;");
    let script = duckdb::bundle(&[("a", patch), ("b", &with)]).script();
    let left = format!("{script}SELECT count(*) FROM duckdb_databases() WHERE NOT internal;");
    let out = database.ok(&left);
    assert!(out.trim_end().ends_with('1'), "{out}");
    // A script that has nothing to do leaves what others have attached.
    let out = database.ok(&format!("ATTACH ':memory:' AS src;\n{left}"));
    assert!(out.trim_end().ends_with('2'), "{out}");
    assert_eq!(database.ask("FROM t"), "5");
}

fn no_text_stays_beside_the_database() {
    let database = Database::new();
    database.ok(&duckdb::bundle(TWO).script());
    let directory = database.directory().join("a b's.db.sqlstitch");
    for entry in std::fs::read_dir(directory).expect("it is there").flatten() {
        let size = entry.metadata().expect("it can be looked at").len();
        assert!(size < 4, "{}: {size}", entry.path().display());
    }
}
