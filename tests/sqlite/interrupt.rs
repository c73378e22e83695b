//! Runs of one directory, and what runs leave behind there. Runs at once and killed ones are tried in
//! `tests/conformance`.

use std::time::{Duration, Instant};

use super::Test;
use super::support::planned::Bundle;
use super::support::run::Run;
use super::support::sqlite::{self, Database};

pub(crate) const TESTS: &[Test] = &[
    (
        "two_databases_from_one_directory",
        two_databases_from_one_directory,
    ),
    (
        "nothing_is_left_in_the_temporary_directory",
        nothing_is_left_in_the_temporary_directory,
    ),
    ("killed_at_its_start", killed_at_its_start),
];

/// A bundle in which every patch is slow enough to be met in the middle, and whose rows show what
/// ran twice.
fn counting(patches: usize) -> Bundle {
    let mut bundle = sqlite::bundle(&[("000", "CREATE TABLE ran (patch INTEGER, part INTEGER);")]);
    for number in 1..patches {
        let text = format!(
            "INSERT INTO ran VALUES ({number}, 1);\nCREATE TABLE t{number} (x);\nWITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO t{number} SELECT i FROM n;\nINSERT INTO ran VALUES ({number}, 2);\n"
        );
        bundle.add(&format!("{number:03}"), &text);
    }
    bundle
}

const COUNTED: &str = "SELECT count(*), count(DISTINCT patch * 10 + part), (SELECT count(*) FROM sqlite_schema WHERE name GLOB 't[0-9]*') FROM ran";

fn two_databases_from_one_directory() {
    let script = counting(8).script();
    let place = tempfile::tempdir().expect("a temporary directory can be made");
    for _ in 0..3 {
        let databases = [Database::new(), Database::new()];
        let runs: Vec<_> = databases
            .iter()
            .map(|database| database.start_in(place.path(), &script))
            .collect();
        for run in runs {
            let ran = Run::end(run);
            assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        }
        for database in databases {
            assert_eq!(database.ask(COUNTED), "14|14|7");
        }
    }
    let left = std::fs::read_dir(place.path())
        .expect("the directory can be read")
        .count();
    assert_eq!(left, 0);
}

fn nothing_is_left_in_the_temporary_directory() {
    let database = Database::new();
    let script = sqlite::bundle(&[("good", "CREATE TABLE a (x);"), ("bad", "SELEC;")]).script();
    assert_eq!(database.run(&script).code, Some(1));
    let mut run = database.start(&counting(12).script());
    std::thread::sleep(Duration::from_millis(50));
    run.kill().expect("a child can be killed");
    // Nothing has waited for it yet: it is a zombie.
    goes(&database);
    Run::end(run);
}

/// The process that removes the private directory may start when there is nobody to wait for any more.
fn killed_at_its_start() {
    let database = Database::new();
    let script = sqlite::bundle(&[("a", "CREATE TABLE a (x);")]).script();
    for attempt in 0..40 {
        let mut run = database.start(&script);
        std::thread::sleep(Duration::from_micros(200 * attempt));
        run.kill().expect("a child can be killed");
        Run::end(run);
    }
    goes(&database);
}

/// Waits until no private directory is left.
#[track_caller]
fn goes(database: &Database) {
    let start = Instant::now();
    while database.left_behind() > 0 {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "a private directory is still there"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
}
