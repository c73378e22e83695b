//! Runs at once, runs that are killed, and what they leave behind.

use std::time::{Duration, Instant};

use super::Test;
use super::support::duckdb::{self, Database};
use super::support::planned::Bundle;
use super::support::run::Run;

pub(crate) const TESTS: &[Test] = &[
    (
        "a_second_process_is_told_to_come_again",
        a_second_process_is_told_to_come_again,
    ),
    (
        "two_databases_from_one_directory",
        two_databases_from_one_directory,
    ),
    (
        "killed_anywhere_and_run_again_it_completes",
        killed_anywhere_and_run_again_it_completes,
    ),
];

/// A bundle in which every patch is slow enough to be met in the middle, and whose rows show what
/// ran twice.
fn counting(patches: usize) -> Bundle {
    let mut bundle = duckdb::bundle(&[("000", "CREATE TABLE ran (patch INTEGER, part INTEGER);")]);
    for number in 1..patches {
        let text = format!(
            "INSERT INTO ran VALUES ({number}, 1);\nCREATE TABLE t{number} AS SELECT i, i::VARCHAR AS v FROM range(20000) AS r(i);\nINSERT INTO ran VALUES ({number}, 2);\n"
        );
        bundle.add(&format!("{number:03}"), &text);
    }
    bundle
}

const COUNTED: &str = "SELECT count(*), count(DISTINCT patch * 10 + part), (SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 't%') FROM ran";

fn a_second_process_is_told_to_come_again() {
    let database = Database::new();
    // Holds the database while it reads a pipe.
    let holder = database.path().with_extension("hold");
    let hold = format!(
        "CREATE TABLE held (i INT);\nCOPY (SELECT 1) TO '{}';\nSELECT count(*) FROM range(4000000000) AS r(i) WHERE i % 3 = 1;",
        holder.display().to_string().replace('\'', "''")
    );
    let mut first = database.start(&hold);
    let start = Instant::now();
    while !holder.exists() {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "the first never began"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    let second = database.run(&counting(2).script());
    assert_eq!(second.code, Some(1), "{second:?}");
    assert!(
        second.err.contains("Could not set lock on file"),
        "{second:?}"
    );
    first.kill().expect("a child can be killed");
    Run::end(first);
    database.ok(&counting(2).script());
    assert_eq!(database.ask(COUNTED), "2|2|1");
}

fn two_databases_from_one_directory() {
    let script = counting(6).script();
    let databases = [Database::new(), Database::new()];
    let place = tempfile::tempdir().expect("a temporary directory can be made");
    let at = |database: &Database| {
        format!(".cd \"{}\"\n{script}", place.path().display())
            .replace("{db}", &database.path().display().to_string())
    };
    for _ in 0..3 {
        let runs: Vec<_> = databases
            .iter()
            .map(|database| database.start(&at(database)))
            .collect();
        for run in runs {
            let ran = Run::end(run);
            assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        }
    }
    for database in &databases {
        assert_eq!(database.ask(COUNTED), "10|10|5");
    }
    let left = std::fs::read_dir(place.path())
        .expect("it can be read")
        .count();
    assert_eq!(left, 0);
}

fn killed_anywhere_and_run_again_it_completes() {
    let script = counting(10).script();
    let whole = {
        let database = Database::new();
        let start = Instant::now();
        database.ok(&script);
        start.elapsed()
    };
    let (mut killed, mut attempts) = (0, 0_u32);
    while killed < 20 {
        assert!(
            attempts < 200,
            "only {killed} runs were killed before their end"
        );
        let database = Database::new();
        for _ in 0..2 {
            let mut run = database.start(&script);
            std::thread::sleep(whole * (attempts * 7 % 19) / 20);
            run.kill().expect("a child can be killed");
            killed += u32::from(Run::end(run).code.is_none());
            attempts += 1;
        }
        database.ok(&script);
        assert_eq!(database.ask(COUNTED), "18|18|9");
        let ledger = "SELECT count(*), max(ordinal) FROM sqlstitch.patch";
        assert_eq!(database.ask(ledger), "10|10");
    }
}
