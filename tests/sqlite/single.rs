//! All patches in one transaction: everything or nothing.

use std::time::{Duration, Instant};

use super::Test;
use super::support::planned::Bundle;
use super::support::run::Run;
use super::support::sqlite::{self, Database};
use sqlstitch::plan::Transaction;

pub(crate) const TESTS: &[Test] = &[
    (
        "one_transaction_is_all_or_nothing",
        one_transaction_is_all_or_nothing,
    ),
    (
        "one_transaction_of_three_at_once",
        one_transaction_of_three_at_once,
    ),
    (
        "one_transaction_that_is_killed_leaves_nothing",
        one_transaction_that_is_killed_leaves_nothing,
    ),
    (
        "what_cannot_share_a_transaction_is_refused",
        what_cannot_share_a_transaction_is_refused,
    ),
];

fn single(patches: &[(&str, &str)]) -> Bundle {
    let mut bundle = sqlite::bundle(patches);
    bundle.plan.settings.transaction = Transaction::Single;
    bundle
}

const PATCHES: &[(&str, &str)] = &[
    ("a", "CREATE TABLE t (x);\nINSERT INTO t VALUES (1);"),
    (
        "b",
        "BEGIN;\nCREATE TEMP TABLE u AS SELECT x + 1 AS x FROM t;\nINSERT INTO t SELECT x FROM u;\nCOMMIT;",
    ),
    (
        "c",
        "PRAGMA user_version = 3;\nCREATE VIEW v AS SELECT x FROM t;",
    ),
];

fn one_transaction_is_all_or_nothing() {
    let mut failing = PATCHES.to_vec();
    failing.push((
        "d",
        "INSERT INTO t VALUES (3);\nINSERT INTO nosuch VALUES (1);",
    ));
    let failing = single(&failing).script();
    let database = Database::new();
    for _ in 0..2 {
        let ran = database.run(&failing);
        assert_eq!(ran.code, Some(1), "{}", ran.err);
        assert!(ran.err.contains("no such table: nosuch"), "{}", ran.err);
        assert_eq!(database.ask("SELECT count(*) FROM sqlite_schema"), "0");
        assert_eq!(database.ask("PRAGMA user_version"), "0");
    }
    let script = single(PATCHES).script();
    database.ok(&script);
    let dump = database.dump();
    assert_eq!(database.ok(&script), "");
    assert_eq!(database.dump(), dump);
    assert_eq!(database.applied(), "a b c");
    assert_eq!(database.ask("SELECT group_concat(x) FROM v"), "1,2");
    // What fails before anything runs leaves what is there.
    let mut changed = single(&[
        ("a", "CREATE TABLE other (x);"),
        ("n", "CREATE TABLE n (x);"),
    ]);
    changed.plan.patches[1].external = vec!["elsewhere".to_owned()];
    let ran = database.run(&changed.script());
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err.contains("was changed after it was applied"),
        "{}",
        ran.err
    );
    assert_eq!(database.dump(), dump);
}

fn counting() -> Bundle {
    let mut bundle = single(&[("000", "CREATE TABLE ran (patch INTEGER);")]);
    for number in 1..10 {
        let text = format!(
            "INSERT INTO ran VALUES ({number});\nCREATE TABLE t{number} AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i FROM n;\n"
        );
        bundle.add(&format!("{number:03}"), &text);
    }
    bundle
}

fn one_transaction_of_three_at_once() {
    let script = counting().script();
    for _ in 0..3 {
        let database = Database::new();
        let runs: Vec<_> = (0..3).map(|_| database.start(&script)).collect();
        for run in runs {
            let ran = Run::end(run);
            assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        }
        assert_eq!(
            database.ask("SELECT count(*), count(DISTINCT patch), (SELECT count(*) FROM sqlstitch_patch) FROM ran"),
            "9|9|10"
        );
    }
}

fn one_transaction_that_is_killed_leaves_nothing() {
    let script = counting().script();
    let start = Instant::now();
    Database::new().ok(&script);
    let whole = start.elapsed();
    for round in 0..8_u32 {
        let database = Database::new();
        let mut run = database.start(&script);
        std::thread::sleep(whole * round / 9 + Duration::from_millis(u64::from(round)));
        run.kill().expect("a child can be killed");
        Run::end(run);
        let objects = database.ask("SELECT count(*) FROM sqlite_schema WHERE type = 'table'");
        assert!(objects == "0" || objects == "11", "{objects}");
        database.ok(&script);
        assert_eq!(database.ask("SELECT count(*) FROM ran"), "9");
    }
}

fn what_cannot_share_a_transaction_is_refused() {
    for (text, labels) in [
        ("VACUUM;", 1),
        ("PRAGMA journal_mode = wal;", 1),
        (
            "PRAGMA foreign_keys = OFF;\nCREATE TABLE t (x);\nPRAGMA foreign_keys = ON;",
            1,
        ),
    ] {
        let bundle = single(&[("a", "CREATE TABLE a (x);"), ("b", text)]);
        let emitted = bundle.emit();
        assert_eq!(emitted.script, None, "{text}");
        assert_eq!(
            emitted.findings[0].title,
            "patch `b` cannot share a transaction with the others"
        );
        assert_eq!(emitted.findings[0].labels.len(), labels, "{text}");
    }
    let mut bundle = single(&[("a", "CREATE TABLE a (x);")]);
    bundle.plan.patches[0].no_transaction = true;
    assert_eq!(bundle.emit().script, None);
}
