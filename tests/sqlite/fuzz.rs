//! Any text as a patch: it is refused, or the script does with it what the shell does with the file.
//!
//! `SQLSTITCH_FUZZ_SECONDS` makes it go on for longer than the few seconds of every run, with a new
//! seed each time; a failure tells the patch.

use std::time::{Duration, Instant, SystemTime};

use sqlstitch::engine::sqlite::verify;

use super::Test;
use super::support::Random;
use super::support::sqlite::{self, Database};

pub(crate) const TESTS: &[Test] = &[(
    "any_text_is_refused_or_runs_as_it_is",
    any_text_is_refused_or_runs_as_it_is,
)];

/// What is put together: whole statements, halves of them, and what ends or hides things.
const PARTS: &[&str] = &[
    "CREATE TABLE a (x, y DEFAULT 'it''s')",
    "CREATE TABLE IF NOT EXISTS b (id INTEGER PRIMARY KEY, a UNIQUE)",
    "INSERT INTO a VALUES (1, 2)",
    "INSERT INTO a VALUES ('",
    "INSERT INTO b (a) VALUES (1), (1)",
    "INSERT OR ROLLBACK INTO b (a) VALUES (7), (7)",
    "INSERT OR REPLACE INTO b VALUES (1, 'x')",
    "UPDATE a SET x = x + 1",
    "DELETE FROM a",
    "DROP TABLE a",
    "DROP TABLE IF EXISTS a",
    "ALTER TABLE a RENAME TO c",
    "ALTER TABLE a ADD COLUMN z",
    "CREATE VIEW v AS SELECT * FROM a",
    "CREATE TRIGGER tr AFTER INSERT ON a BEGIN UPDATE a SET y = CASE WHEN x THEN ';' END; SELECT 1; END",
    "CREATE TRIGGER tr AFTER INSERT ON a BEGIN",
    "CREATE TEMP TABLE t AS SELECT 1 AS one",
    "INSERT INTO a SELECT one, one FROM t",
    "SELECT 1",
    "SELECT * FROM nosuch",
    "SELECT CASE WHEN 1 THEN 2 END",
    "INSERT INTO b VALUES (NULL, NULL); SELECT changes(), last_insert_rowid()",
    "WITH w AS (SELECT 1) INSERT INTO a SELECT 1, * FROM w",
    "BEGIN",
    "BEGIN IMMEDIATE",
    "COMMIT",
    "END",
    "ROLLBACK",
    "END TRANSACTION",
    "SAVEPOINT s",
    "RELEASE s",
    "ROLLBACK TO s",
    "SAVEPOINT sqlstitch_patch",
    "RELEASE sqlstitch_patch",
    "PRAGMA foreign_keys = ON",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA foreign_keys(1)",
    "PRAGMA user_version = 5",
    "PRAGMA recursive_triggers = ON",
    "PRAGMA ignore_check_constraints = 1",
    "PRAGMA journal_mode = WAL",
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA query_only = 1",
    "PRAGMA page_size = 1024",
    "PRAGMA table_info(a)",
    "PRAGMA nosuch = 1",
    "PRAGMA",
    "VACUUM",
    "ANALYZE",
    "REINDEX",
    "EXPLAIN SELECT 1",
    "EXPLAIN",
    "CREATE TABLE p (id INTEGER PRIMARY KEY)",
    "CREATE TABLE q (p REFERENCES p DEFERRABLE INITIALLY DEFERRED)",
    "INSERT INTO q VALUES (1)",
    "INSERT INTO p VALUES (1)",
    "\n.mode list\n",
    ".quit",
    ".print it's",
    ".",
    "# hash",
    "go",
    "GO",
    "/",
    "\\",
    ":x",
    "?1",
    "@x",
    "$x",
    "?",
    "'",
    "''",
    "\"",
    "`",
    "[",
    "]",
    "(",
    ")",
    "/*",
    "*/",
    "--",
    "-- it's",
    "/* c */",
    "/**/",
    "x'00ff'",
    "x'",
    "1e",
    "0x",
    "\u{0}1",
    "\u{feff}",
    "\u{a0}",
    "😀",
    "\t",
    "\r",
    "\r\n",
    "\x0c",
    "\x1b[0m",
    "END;",
    "BEGIN;",
    ";END",
    "\n;\n",
    ";;",
];
const BETWEEN: &[&str] = &[
    "", " ", "\n", ";", ";\n", ";\n", ";\n", ";\n", ";\n", ";\n", "; ", "\r\n", "\n\n", ";\r\n",
];

fn any_text_is_refused_or_runs_as_it_is() {
    let seconds = std::env::var("SQLSTITCH_FUZZ_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok());
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let seed = seconds.map_or(20_240_401, |_: u64| now.as_nanos() as u64);
    let limit = Duration::from_secs(seconds.unwrap_or(4));
    let mut random = Random(seed);
    let start = Instant::now();
    let (mut ran, mut refused) = (0, 0);
    while start.elapsed() < limit {
        let text = text(&mut random);
        // A proof takes many runs.
        if compare(&text, random.below(8) == 0) {
            ran += 1;
        } else {
            refused += 1;
        }
    }
    assert!(ran > 0 && refused > 0, "{ran} ran, {refused} were refused");
}

fn text(random: &mut Random) -> String {
    // With tables to work on, most statements mean something.
    let mut text = match random.below(3) {
        0 => String::new(),
        _ => "CREATE TABLE a (x, y);\nCREATE TABLE b (id INTEGER PRIMARY KEY, a UNIQUE);\n"
            .to_owned(),
    };
    for _ in 0..1 + random.below(7) {
        text.push_str(random.of(PARTS));
        text.push_str(random.of(BETWEEN));
    }
    text.replace('\0', "")
}

/// Whether the text could be carried, and if so: that the script ends as the file does, and leaves
/// what the file leaves or, where the file fails, nothing.
fn compare(text: &str, with_proof: bool) -> bool {
    let bundle = sqlite::bundle(&[("p", text)]);
    if !bundle.is_accepted() {
        return false;
    }
    let raw = Database::new();
    let as_it_is = raw.run(&format!(".bail on\n{text}"));
    let guarded = Database::new();
    let script = bundle.script();
    let first = guarded.run(&script);
    let told = || format!("{text:?}\nas it is: {as_it_is:?}\nguarded: {first:?}");
    assert_eq!(first.code, as_it_is.code, "{}", told());
    if first.code == Some(0) {
        assert_eq!(guarded.dump(), raw.dump(), "{}", told());
        assert_eq!(guarded.ok(&script), "", "{}", told());
        assert_eq!(guarded.dump(), raw.dump(), "second run: {}", told());
    } else {
        assert_eq!(
            guarded.ask("SELECT count(*) FROM sqlite_schema WHERE tbl_name <> 'sqlstitch_patch'"),
            "0",
            "{}",
            told()
        );
        assert_eq!(guarded.applied(), "", "{}", told());
    }
    if with_proof {
        let verified =
            verify(&script, &bundle.plan, &bundle.sources).expect("a scratch database can be made");
        assert_eq!(
            verified.proof.is_some(),
            first.code == Some(0),
            "{:?}\n{}",
            verified.findings,
            told()
        );
    }
    true
}
