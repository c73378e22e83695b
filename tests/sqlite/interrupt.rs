//! Runs at once, runs that are killed, and what they leave behind.

use std::time::{Duration, Instant};

use super::Test;
use super::support::{Bundle, Database, ended};

pub(crate) const TESTS: &[Test] = &[
    (
        "three_at_once_apply_each_patch_once",
        three_at_once_apply_each_patch_once,
    ),
    (
        "two_databases_from_one_directory",
        two_databases_from_one_directory,
    ),
    (
        "killed_anywhere_and_run_again_it_completes",
        killed_anywhere_and_run_again_it_completes,
    ),
    (
        "nothing_is_left_in_the_temporary_directory",
        nothing_is_left_in_the_temporary_directory,
    ),
];

/// A bundle in which every patch is slow enough to be met in the middle, and whose rows show what
/// ran twice.
fn counting(patches: usize) -> Bundle {
    let mut bundle = Bundle::new(&[("000", "CREATE TABLE ran (patch INTEGER, part INTEGER);")]);
    for number in 1..patches {
        let text = format!(
            "INSERT INTO ran VALUES ({number}, 1);\nCREATE TABLE t{number} (x);\nWITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO t{number} SELECT i FROM n;\nINSERT INTO ran VALUES ({number}, 2);\n"
        );
        bundle.add(&format!("{number:03}"), &text);
    }
    bundle
}

const COUNTED: &str = "SELECT count(*), count(DISTINCT patch * 10 + part), (SELECT count(*) FROM sqlite_schema WHERE name GLOB 't[0-9]*') FROM ran";

fn three_at_once_apply_each_patch_once() {
    let script = counting(12).script();
    for _ in 0..4 {
        let database = Database::new();
        let runs: Vec<_> = (0..3).map(|_| database.start(&script)).collect();
        for run in runs {
            let ran = ended(run);
            assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        }
        assert_eq!(database.ask(COUNTED), "22|22|11");
        assert_eq!(
            database.ask("SELECT count(*), max(ordinal) FROM sqlstitch_patch"),
            "12|12"
        );
    }
}

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
            let ran = ended(run);
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

fn killed_anywhere_and_run_again_it_completes() {
    let script = counting(12).script();
    let whole = {
        let database = Database::new();
        let start = Instant::now();
        database.ok(&script);
        start.elapsed()
    };
    let mut killed = 0;
    for round in 0..12_u32 {
        let database = Database::new();
        for _ in 0..3 {
            let mut run = database.start(&script);
            std::thread::sleep(whole * round / 24 + Duration::from_millis(u64::from(round)));
            run.kill().expect("a child can be killed");
            killed += u32::from(ended(run).code.is_none());
        }
        database.ok(&script);
        assert_eq!(database.ask(COUNTED), "22|22|11");
        assert_eq!(database.ask("PRAGMA integrity_check"), "ok");
    }
    assert!(
        killed > 10,
        "only {killed} runs were killed before their end"
    );
}

fn nothing_is_left_in_the_temporary_directory() {
    let database = Database::new();
    let script = Bundle::new(&[("good", "CREATE TABLE a (x);"), ("bad", "SELEC;")]).script();
    assert_eq!(database.run(&script).code, Some(1));
    let mut run = database.start(&counting(12).script());
    std::thread::sleep(Duration::from_millis(50));
    run.kill().expect("a child can be killed");
    ended(run);
    let start = Instant::now();
    while database.left_behind() > 0 {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "a private directory is still there"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
}
