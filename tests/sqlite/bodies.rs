//! What patches may hold, and how it is carried.

use super::Test;
use super::support::run::Run;
use super::support::sqlite::{self, Database};

pub(crate) const TESTS: &[Test] = &[
    (
        "hostile_bodies_arrive_byte_for_byte",
        hostile_bodies_arrive_byte_for_byte,
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
        "temporary_objects_end_with_their_patch",
        temporary_objects_end_with_their_patch,
    ),
    (
        "a_large_patch_arrives_in_parts",
        a_large_patch_arrives_in_parts,
    ),
];

/// Bodies that run as they are and hold what could end a literal, a statement or a script.
pub(crate) const HOSTILE: &[&str] = &[
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

pub(crate) const REBUILD: &str = "PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE new_parent (id INTEGER PRIMARY KEY, extra TEXT DEFAULT '');
INSERT INTO new_parent (id) SELECT id FROM parent;
DROP TABLE parent;
ALTER TABLE new_parent RENAME TO parent;
PRAGMA foreign_key_check;
COMMIT;
PRAGMA foreign_keys=ON;
";

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
    let script = sqlite::bundle(&patches).script();
    guarded.ok(&script);
    assert_eq!(guarded.dump(), raw.dump());
    assert_eq!(
        guarded.ask("SELECT count(*) FROM sqlstitch_patch WHERE state = 'applied'"),
        patches.len().to_string()
    );
    guarded.ok(&script);
    assert_eq!(guarded.dump(), raw.dump());
}

/// Megabytes do not stand in one literal.
fn a_large_patch_arrives_in_parts() {
    let long = "it''s; \"x\" `y`\n.read nosuch\n.quit\n/* # --\n".repeat(18_000);
    let mut text =
        "PRAGMA reverse_unordered_selects = ON;\nCREATE TABLE t (a UNIQUE, b);\n".to_owned();
    for number in 0..7 {
        text.push_str(&format!("INSERT INTO t VALUES ({number}, '{long}');\n"));
    }
    let failing = format!("{text}INSERT INTO t VALUES (0, '');\n");
    let line = failing.lines().count();
    let raw = Database::new();
    raw.ok(&format!(".bail on\n{text}"));
    let guarded = Database::new();
    let ran = guarded.run(&sqlite::bundle(&[("p", &failing)]).script());
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err
            .contains(&format!("near line {line}: UNIQUE constraint failed")),
        "{}",
        ran.err
    );
    assert_eq!(guarded.applied(), "");
    let mut bundle = sqlite::bundle(&[("p", &text), ("q", "SELECT 1;")]);
    assert!(bundle.script().matches("\n.shell cat ").count() >= 2);
    let told = guarded.ok(&bundle.script());
    assert_eq!(told, "applying p (p.sql)\napplying q (q.sql)\n1\n");
    assert_eq!(guarded.dump(), raw.dump());
    assert_eq!(guarded.applied(), "p q");
    assert_eq!(guarded.ok(&bundle.script()), "");
    // Changed, it is let alone, and no part of it runs.
    guarded.ok("UPDATE sqlstitch_patch SET checksum = 'other' WHERE name = 'p'; DELETE FROM sqlstitch_patch WHERE name = 'q';");
    bundle.plan.settings.drift = sqlstitch::plan::Drift::Ignore;
    assert_eq!(guarded.ok(&bundle.script()), "applying q (q.sql)\n1\n");
    assert_eq!(guarded.dump(), raw.dump());
}

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
        sqlite::bundle(&patches).script()
    );
    let out = database.ok(&script);
    assert!(out.ends_with("applying after (after.sql)\n1\n1\n"), "{out}");
    assert_eq!(database.ask("SELECT count(*) FROM child"), "2");
    assert_eq!(database.ok(&sqlite::bundle(&patches).script()), "");
    // Without the PRAGMA the rows of `child` would go with their parents.
    let without = REBUILD.replace("PRAGMA foreign_keys=OFF;", "");
    let patches = [("base", base), ("rebuild", without.as_str())];
    let database = Database::new();
    database.ok(&format!(
        "PRAGMA foreign_keys = ON;\n{}",
        sqlite::bundle(&patches).script()
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
    let ran = database.run(&sqlite::bundle(&[("base", base), ("bad", &forgetful)]).script());
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("break a foreign key"), "{ran:?}");
    assert_eq!(database.ask("SELECT id FROM parent"), "1");
    // A row that was broken before is not this patch's.
    database.ok(&sqlite::bundle(&[("base", base), ("good", REBUILD)]).script());
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
    let script = sqlite::bundle(&patches).script();
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
    database.ok(&sqlite::bundle(&pages).script());
    assert_eq!(
        database.ask("SELECT * FROM pragma_page_size, pragma_auto_vacuum, pragma_journal_mode"),
        "8192|1|wal"
    );
    for _ in 0..20 {
        let database = Database::new();
        let runs: Vec<_> = (0..3).map(|_| database.start(&script)).collect();
        for run in runs {
            let ran = Run::end(run);
            assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        }
        assert_eq!(database.applied(), "wal compact analyze");
        assert_eq!(database.files(), "a b's.db");
    }
}

fn a_patch_without_transaction_goes_on_where_it_stopped() {
    let text = |third: &str| {
        format!(
            "CREATE TABLE a (x);\nINSERT INTO a VALUES (1);\n{third}\nVACUUM;\nBEGIN;\nINSERT INTO a VALUES (3);\nINSERT INTO a VALUES (4);\nCOMMIT;\n"
        )
    };
    let bundle = |third: &str| {
        let mut bundle = sqlite::bundle(&[]);
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
    let out = Database::new().ok(&sqlite::bundle(&patches).script());
    assert_eq!(
        out,
        "applying a (a.sql)\n1|1\napplying b (b.sql)\n0|0|0|0\n"
    );
}

fn temporary_objects_end_with_their_patch() {
    let text = "CREATE TEMP TABLE \"it's \"\"t\"\"\" (x);
CREATE TABLE IF NOT EXISTS a (x);
CREATE TEMP TRIGGER tr AFTER INSERT ON a BEGIN DELETE FROM a; END;
CREATE TEMP VIEW v AS SELECT 1;
CREATE VIRTUAL TABLE temp.words USING fts5 (word);
";
    let database = Database::new();
    let patches = [("a", text), ("b", text), ("c", "INSERT INTO a VALUES (1);")];
    let script = sqlite::bundle(&patches).script();
    let names = "\n.mode list\nSELECT count(*) FROM sqlite_temp_schema;\n";
    let out = database.ok(&format!("{script}{names}"));
    assert!(out.ends_with("applying c (c.sql)\n0\n"), "{out}");
    assert_eq!(database.ask("SELECT count(*) FROM a"), "1");
}
