//! Scripts for SQLite, run by the sqlite3 shell itself.
//!
//! Without a shell the tests are shown as ignored; with `CI` or `SQLSTITCH_REQUIRE_ENGINES` set they
//! fail instead.

#![expect(clippy::disallowed_methods, reason = "a test may read the environment")]

#[path = "support/sqlite.rs"]
mod support;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Failed, Trial};
use sqlstitch::engine::{Verification, sqlite::verify};
use support::{Bundle, Database, ended, shell};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let required = ["CI", "SQLSTITCH_REQUIRE_ENGINES"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0"));
    let there = shell().is_some();
    let trials = TESTS
        .iter()
        .map(|&(name, test)| {
            Trial::test(name, move || {
                if !there {
                    return Err(Failed::from("there is no sqlite3 on PATH"));
                }
                test();
                Ok(())
            })
            .with_kind("sqlite3")
            .with_ignored_flag(!there && !required)
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

const TESTS: &[(&str, fn())] = &[
    (
        "a_second_run_is_quiet_and_changes_nothing",
        a_second_run_is_quiet_and_changes_nothing,
    ),
    (
        "hostile_bodies_arrive_byte_for_byte",
        hostile_bodies_arrive_byte_for_byte,
    ),
    (
        "a_failing_patch_leaves_nothing_of_itself",
        a_failing_patch_leaves_nothing_of_itself,
    ),
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
        "foreign_keys_are_off_while_a_table_is_rebuilt",
        foreign_keys_are_off_while_a_table_is_rebuilt,
    ),
    (
        "broken_foreign_keys_stop_the_patch",
        broken_foreign_keys_stop_the_patch,
    ),
    ("what_runs_alone_runs_outside", what_runs_alone_runs_outside),
    (
        "a_patch_without_transaction_goes_on_where_it_stopped",
        a_patch_without_transaction_goes_on_where_it_stopped,
    ),
    (
        "settings_end_with_their_patch",
        settings_end_with_their_patch,
    ),
    (
        "nothing_is_left_in_the_temporary_directory",
        nothing_is_left_in_the_temporary_directory,
    ),
    (
        "a_database_in_utf16_is_refused",
        a_database_in_utf16_is_refused,
    ),
    (
        "the_embedded_engine_proves_the_same_script",
        the_embedded_engine_proves_the_same_script,
    ),
    (
        "a_failed_proof_names_the_place",
        a_failed_proof_names_the_place,
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
    let script = Bundle::new(SHOP).script();
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

/// Bodies that run as they are and hold what could end a literal, a statement or a script.
const HOSTILE: &[&str] = &[
    "INSERT INTO t VALUES ('it''s; \"x\" `y` \\n $1 %s {{bundle}}\n.read nosuch\n.quit\ngo\n/\n# hash\n--no\n/* no', '😀');",
    "CREATE TABLE [a;' \"b] (\"it's\" TEXT, `c;d` TEXT);",
    "INSERT INTO t VALUES ('crlf', 'x')\r\n;\r\n-- end\r\n",
    "INSERT INTO t VALUES ('two and three\r\r\n\r\r\r\n', '\r')\r\r\n;",
    "INSERT INTO t VALUES ('no semicolon', '')",
    "INSERT INTO t VALUES ('a comment without a line end', '') -- it's",
    "INSERT INTO t VALUES ('a comment without an end', ''); /* it's\n.quit",
    "/*/ a comment */ INSERT INTO t VALUES ('x', '/*');",
    "# a comment of the shell\n  INSERT INTO t VALUES ('# not a comment', '');\n# another; it's",
    "",
    "-- only a comment",
    ";;;\n;",
    "BEGIN TRANSACTION;\nINSERT INTO t VALUES ('own transaction', '');\nCOMMIT;",
    "begin\n -- it's\n immediate; INSERT INTO t VALUES ('a', ''); end transaction; INSERT INTO t VALUES ('b', ''); BEGIN; INSERT INTO t VALUES ('c', ''); COMMIT",
    "SAVEPOINT s; INSERT INTO t VALUES ('gone', ''); ROLLBACK TO s; INSERT INTO t VALUES ('kept', ''); RELEASE s;",
    "SAVEPOINT sqlstitch_patch; INSERT INTO t VALUES ('same name', ''); RELEASE sqlstitch_patch;",
    "CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT CASE WHEN 1 THEN 2 END; UPDATE t SET b = 'x;y' WHERE a = 'z'; END; DROP TRIGGER tr;",
    "CREATE TABLE \"\"\"q\"\"\" (x DEFAULT '''', y DEFAULT (1/2), z AS (x || ';') STORED);",
    "INSERT INTO t VALUES (x'00ff', X'414243'), (1e3, -.5), (NULL, 0x1F);",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO t SELECT i, i / 2 FROM n;",
    "PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4000; INSERT INTO t VALUES ('tuned', '');",
    "PRAGMA user_version = 7; PRAGMA defer_foreign_keys = ON;",
    ".headers off\nINSERT INTO t VALUES ('shown', '');\n.timer off\n\n.mode list",
    "ANALYZE; REINDEX; EXPLAIN SELECT 1 WHERE 0;",
    "INSERT INTO t VALUES ('\u{feff}\u{1}\u{1b}[0m\u{2028}\t', '\u{0b}\u{0c}');",
];

fn hostile_bodies_arrive_byte_for_byte() {
    let names: Vec<String> = (0..HOSTILE.len())
        .map(|number| format!("it's/*{number}*/\"{{{{x}}}}\\"))
        .collect();
    let mut patches = vec![("base", "CREATE TABLE t (a, b);")];
    patches.extend(
        names
            .iter()
            .map(String::as_str)
            .zip(HOSTILE.iter().copied()),
    );
    let raw = Database::new();
    for (name, text) in &patches {
        let ran = raw.run(&format!(".bail on\n{text}"));
        assert_eq!(ran.code, Some(0), "{name}: {}", ran.err);
    }
    let guarded = Database::new();
    let script = Bundle::new(&patches).script();
    guarded.ok(&script);
    assert_eq!(guarded.dump(), raw.dump());
    assert_eq!(
        guarded.ask("SELECT count(*) FROM sqlstitch_patch WHERE state = 'applied'"),
        patches.len().to_string()
    );
    guarded.ok(&script);
    assert_eq!(guarded.dump(), raw.dump());
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
        let script = Bundle::new(&[
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

fn drift_stops_everything_or_warns() {
    let database = Database::new();
    database
        .ok(&Bundle::new(&[("a", "CREATE TABLE a (x);"), ("b'", "CREATE TABLE b (x);")]).script());
    let mut changed = Bundle::new(&[
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
    let mut bundle = Bundle::new(&[("a", "CREATE TABLE a (x);")]);
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
    database.ok(&Bundle::new(&[("old's", "CREATE TABLE old (x);")]).script());
    database.ok(&bundle.script());
    assert_eq!(database.applied(), "old's a b");
}

fn a_new_name_applies_nothing_again() {
    let database = Database::new();
    database
        .ok(&Bundle::new(&[("a", "CREATE TABLE a (x);"), ("b", "CREATE TABLE b (x);")]).script());
    let mut bundle = Bundle::new(&[
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
        let mut bundle = Bundle::new(&[("a", "CREATE TABLE a (x);")]);
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

const REBUILD: &str = "PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE new_parent (id INTEGER PRIMARY KEY, extra TEXT DEFAULT '');
INSERT INTO new_parent (id) SELECT id FROM parent;
DROP TABLE parent;
ALTER TABLE new_parent RENAME TO parent;
PRAGMA foreign_key_check;
COMMIT;
PRAGMA foreign_keys=ON;
";

fn foreign_keys_are_off_while_a_table_is_rebuilt() {
    let base = "PRAGMA foreign_keys = ON;
CREATE TABLE parent (id INTEGER PRIMARY KEY);
CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parent ON DELETE CASCADE);
INSERT INTO parent VALUES (1), (2);
INSERT INTO child VALUES (1, 1), (2, 2);
";
    let patches = [
        ("base", base),
        ("rebuild", REBUILD),
        ("after", "SELECT foreign_keys FROM pragma_foreign_keys;"),
    ];
    let database = Database::new();
    // The session's own setting comes back after each patch.
    let script = format!(
        "PRAGMA foreign_keys = ON;\n{}PRAGMA foreign_keys;\n",
        Bundle::new(&patches).script()
    );
    let out = database.ok(&script);
    assert!(out.ends_with("applying after (after.sql)\n1\n1\n"), "{out}");
    assert_eq!(database.ask("SELECT count(*) FROM child"), "2");
    assert_eq!(database.ok(&Bundle::new(&patches).script()), "");
    // Without the PRAGMA the rows of `child` would go with their parents.
    let without = REBUILD.replace("PRAGMA foreign_keys=OFF;", "");
    let patches = [("base", base), ("rebuild", without.as_str())];
    let database = Database::new();
    database.ok(&format!(
        "PRAGMA foreign_keys = ON;\n{}",
        Bundle::new(&patches).script()
    ));
    assert_eq!(database.ask("SELECT count(*) FROM child"), "0");
}

fn broken_foreign_keys_stop_the_patch() {
    let base = "CREATE TABLE parent (id INTEGER PRIMARY KEY);
CREATE TABLE child (parent INTEGER REFERENCES parent);
INSERT INTO parent VALUES (1);
INSERT INTO child VALUES (1), (99);
";
    let forgetful = REBUILD.replace(
        "SELECT id FROM parent",
        "SELECT id FROM parent WHERE id > 1",
    );
    let database = Database::new();
    let ran = database.run(&Bundle::new(&[("base", base), ("bad", &forgetful)]).script());
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("break a foreign key"), "{ran:?}");
    assert_eq!(database.ask("SELECT id FROM parent"), "1");
    // A row that was broken before is not this patch's.
    database.ok(&Bundle::new(&[("base", base), ("good", REBUILD)]).script());
    assert_eq!(database.applied(), "base good");
}

fn what_runs_alone_runs_outside() {
    let patches = [
        (
            "wal",
            "PRAGMA journal_mode = WAL;\nPRAGMA synchronous = NORMAL;\nCREATE TABLE a (x);",
        ),
        (
            "compact",
            "INSERT INTO a VALUES (1);\nDELETE FROM a;\nVACUUM;",
        ),
        ("analyze", "ANALYZE;"),
    ];
    let script = Bundle::new(&patches).script();
    let database = Database::new();
    database.ok(&script);
    assert_eq!(database.ask("PRAGMA journal_mode"), "wal");
    assert_eq!(database.ok(&script), "");
    assert_eq!(
        database.ask("SELECT name, state, statements, next_statement FROM sqlstitch_patch"),
        "wal|applied|3|3\ncompact|applied|3|3\nanalyze|applied|1|1"
    );
    // The size of a page cannot change in WAL.
    let database = Database::new();
    let pages = [(
        "pages",
        "PRAGMA page_size = 8192; PRAGMA auto_vacuum = FULL; VACUUM; PRAGMA journal_mode=WAL",
    )];
    database.ok(&Bundle::new(&pages).script());
    assert_eq!(
        database.ask("SELECT * FROM pragma_page_size, pragma_auto_vacuum, pragma_journal_mode"),
        "8192|1|wal"
    );
    for _ in 0..20 {
        let database = Database::new();
        database.ok("PRAGMA journal_mode = WAL;");
        let runs: Vec<_> = (0..3).map(|_| database.start(&script)).collect();
        for run in runs {
            let ran = ended(run);
            assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        }
        assert_eq!(database.applied(), "wal compact analyze");
    }
}

fn a_patch_without_transaction_goes_on_where_it_stopped() {
    let text = |third: &str| {
        format!(
            "CREATE TABLE a (x);\nINSERT INTO a VALUES (1);\n{third}\nVACUUM;\nBEGIN;\nINSERT INTO a VALUES (3);\nINSERT INTO a VALUES (4);\nCOMMIT;\n"
        )
    };
    let bundle = |third: &str| {
        let mut bundle = Bundle::new(&[]);
        bundle.add("slow", &text(third)).no_transaction = true;
        bundle
    };
    let database = Database::new();
    let failing = bundle("INSERT INTO b VALUES (2);");
    let ran = database.run(&failing.script());
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("near line 3"), "{ran:?}");
    assert_eq!(
        database.ask("SELECT state, statements, next_statement FROM sqlstitch_patch"),
        "running|8|2"
    );
    // What is begun may not change under it.
    let ran = database.run(&bundle("INSERT INTO a VALUES (2);").script());
    assert!(
        ran.err
            .contains("patch \"slow\" (slow.sql) was changed after it was begun"),
        "{ran:?}"
    );
    database.ok("CREATE TABLE b (x);");
    database.ok(&failing.script());
    assert_eq!(database.ok(&failing.script()), "");
    assert_eq!(database.ask("SELECT group_concat(x) FROM a"), "1,3,4");
    assert_eq!(
        database.ask("SELECT state, statements, next_statement, ordinal FROM sqlstitch_patch"),
        "applied|8|8|1"
    );
}

fn settings_end_with_their_patch() {
    let patches = [
        (
            "a",
            "PRAGMA recursive_triggers = ON; PRAGMA legacy_alter_table=1; PRAGMA ignore_check_constraints = ON; PRAGMA query_only = ON; SELECT * FROM pragma_recursive_triggers, pragma_legacy_alter_table;",
        ),
        (
            "b",
            "SELECT * FROM pragma_recursive_triggers, pragma_legacy_alter_table, pragma_ignore_check_constraints, pragma_query_only;",
        ),
    ];
    let out = Database::new().ok(&Bundle::new(&patches).script());
    assert_eq!(
        out,
        "applying a (a.sql)\n1|1\napplying b (b.sql)\n0|0|0|0\n"
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

fn a_database_in_utf16_is_refused() {
    let database = Database::new();
    database.ok("PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (x);");
    let ran = database.run(&Bundle::new(SHOP).script());
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err
            .contains("this script is for databases with UTF-8 texts"),
        "{ran:?}"
    );
}

fn verified(bundle: &Bundle) -> Verification {
    verify(&bundle.script(), &bundle.plan, &bundle.sources).expect("a scratch database can be made")
}

fn the_embedded_engine_proves_the_same_script() {
    let mut patches = vec![("base", "CREATE TABLE t (a, b);")];
    let names: Vec<String> = (0..HOSTILE.len())
        .map(|number| number.to_string())
        .collect();
    patches.extend(
        names
            .iter()
            .map(String::as_str)
            .zip(HOSTILE.iter().copied()),
    );
    patches.push(("wal", "PRAGMA journal_mode = WAL;\nDELETE FROM t;\nVACUUM;"));
    patches.push((
        "rebuild",
        "CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (x REFERENCES parent);",
    ));
    patches.push(("fk", REBUILD));
    let bundle = Bundle::new(&patches);
    let Verification { proof, findings } = verified(&bundle);
    assert_eq!(findings, []);
    let proof = proof.expect("it is proven");
    assert_eq!((proof.patches, proof.cut_off), (patches.len(), 24));
    // The shell does the same, up to SQLite's version.
    let database = Database::new();
    database.ok(&bundle.script());
    let (tables, objects) = (
        database.ask("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND tbl_name <> 'sqlstitch_patch' AND name NOT LIKE 'sqlite%'"),
        database.ask("SELECT count(*) FROM sqlite_schema WHERE sql <> '' AND tbl_name <> 'sqlstitch_patch' AND name NOT LIKE 'sqlite%'"),
    );
    assert_eq!(
        (proof.tables.to_string(), proof.objects.to_string()),
        (tables, objects)
    );
}

fn a_failed_proof_names_the_place() {
    for (text, title, marked) in [
        (
            "CREATE TABLE a (x);\n\nINSERT INTO a (y) VALUES ('ü');",
            "SQLite says: table a has no column named y",
            "INSERT INTO a (y) VALUES ('ü')",
        ),
        (
            "SELECT 1; SELECT 'ü', nosuch FROM sqlite_schema;",
            "SQLite says: no such column: nosuch",
            "nosuch",
        ),
        (
            "CREATE TABLE p (id PRIMARY KEY); CREATE TABLE c (x REFERENCES p DEFERRABLE INITIALLY DEFERRED);\nPRAGMA foreign_keys = ON;",
            "",
            "",
        ),
        (
            "PRAGMA foreign_keys = ON;\nINSERT INTO c VALUES (5);\n",
            "SQLite says: FOREIGN KEY constraint failed",
            "PRAGMA foreign_keys = ON;\nINSERT INTO c VALUES (5);\n",
        ),
        (
            "SELECT generate_series(1);",
            "SQLite says: no such function: generate_series",
            "generate_series",
        ),
    ] {
        let base = "CREATE TABLE p (id PRIMARY KEY); CREATE TABLE c (x REFERENCES p DEFERRABLE INITIALLY DEFERRED);";
        let patches: &[(&str, &str)] = if title.is_empty() {
            &[("bad", text)]
        } else {
            &[("good", base), ("bad", text)]
        };
        let bundle = Bundle::new(patches);
        let Verification { proof, findings } = verified(&bundle);
        assert_eq!(proof.is_none(), !title.is_empty(), "{findings:?}");
        let told: Vec<(&str, &str)> = findings
            .iter()
            .map(|finding| {
                (
                    finding.title.as_str(),
                    bundle.sources.slice(finding.labels[0].span),
                )
            })
            .collect();
        let expected = if title.is_empty() {
            vec![]
        } else {
            vec![(title, marked)]
        };
        assert_eq!(told, expected);
    }
}
