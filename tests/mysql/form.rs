//! What the form itself promises.

use std::path::Path;

use super::Case;
use super::support::built::Bundle;
use super::support::mysql::{Database, Server};
use super::support::run::Run;

pub(crate) const CASES: &[Case] = &[
    ("what was broken off is looked up", probes),
    ("what nobody can look up is asked", asked),
    ("what tells nothing is not looked up", never_guessed),
    (
        "an error before the statement leaves it in doubt",
        still_in_doubt,
    ),
    ("what the session held is missed", volatile),
    ("a begun patch that has changed", changed_after_begun),
    ("a failed patch goes on where it failed", goes_on),
    ("a statement of its own that fails", outside_fails),
    ("rights that are missing", rights),
    ("any settings of the session", any_settings),
    ("a patch in many parts", many_parts),
    ("no database", no_database),
    ("a table that is no ledger", no_ledger),
    ("a single transaction is refused", single),
];

#[track_caller]
fn ok(run: &Run) {
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
}

#[track_caller]
fn fails(run: &Run, message: &str) {
    assert_eq!(run.code, Some(1), "{}{}", run.out, run.err);
    assert!(
        run.err.contains(message),
        "{message}\n{}{}",
        run.out,
        run.err
    );
}

fn progress(database: &Database<'_>) -> String {
    database.sql(
        "SELECT state, started_statement, next_statement FROM sqlstitch_patch WHERE name = '2'",
    )
}

/// What may be broken off, by what must be there before it.
const PROBED: &[(&str, &str)] = &[
    ("", "CREATE TABLE x (a int)"),
    ("", "CREATE VIEW x AS SELECT 1 AS a"),
    ("CREATE TABLE t (a int)", "CREATE INDEX x ON t (a)"),
    (
        "CREATE TABLE t (a int)",
        "CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1",
    ),
    ("", "CREATE PROCEDURE x() SELECT 1"),
    ("", "CREATE FUNCTION x() RETURNS int DETERMINISTIC RETURN 1"),
    (
        "",
        "CREATE EVENT x ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DISABLE DO SELECT 1",
    ),
    ("CREATE TABLE x (a int)", "DROP TABLE x"),
    ("CREATE VIEW x AS SELECT 1 AS a", "DROP VIEW x"),
    ("CREATE TABLE t (a int, KEY x (a))", "DROP INDEX x ON t"),
    ("CREATE PROCEDURE x() SELECT 1", "DROP PROCEDURE x"),
    ("CREATE TABLE x (a int)", "RENAME TABLE x TO y"),
    ("CREATE TABLE x (a int)", "ALTER TABLE x RENAME TO y"),
    ("CREATE TABLE t (a int)", "ALTER TABLE t ADD COLUMN x int"),
    (
        "CREATE TABLE t (a int, x int)",
        "ALTER TABLE t DROP COLUMN x",
    ),
    ("CREATE TABLE t (a int)", "ALTER TABLE t ADD KEY x (a)"),
    (
        "CREATE TABLE t (a int)",
        "ALTER TABLE t ADD PRIMARY KEY (a)",
    ),
    (
        "CREATE TABLE t (a int, KEY x (a))",
        "ALTER TABLE t ADD CONSTRAINT x CHECK (a > 0)",
    ),
    (
        "CREATE TABLE u (b int PRIMARY KEY); CREATE TABLE t (a int, UNIQUE x (a))",
        "ALTER TABLE t ADD CONSTRAINT x FOREIGN KEY (a) REFERENCES u (b)",
    ),
    (
        "CREATE TABLE t (a int)",
        "ALTER TABLE t ADD CONSTRAINT c PRIMARY KEY (a)",
    ),
    (
        "CREATE TABLE t (a int)",
        "ALTER TABLE t ADD COLUMN b int AFTER a, RENAME TO x",
    ),
    (
        "CREATE TABLE t (a int, e int)",
        "ALTER TABLE t ADD COLUMN `é` int",
    ),
    (
        "CREATE TABLE t (A int)",
        "ALTER TABLE t RENAME COLUMN a TO b, ADD COLUMN x int AFTER b",
    ),
    (
        "CREATE TABLE t (a int, CONSTRAINT x CHECK (a > 0))",
        "ALTER TABLE t DROP CHECK x",
    ),
    ("CREATE TABLE t (a int)", "ALTER TABLE t CHANGE a x bigint"),
    (
        "CREATE TABLE t (a int)",
        "ALTER TABLE t RENAME COLUMN a TO x",
    ),
    (
        "CREATE TABLE t (a int) PARTITION BY RANGE (a) (PARTITION p VALUES LESS THAN (1))",
        "ALTER TABLE t ADD PARTITION (PARTITION x VALUES LESS THAN (2))",
    ),
    (
        "CREATE TABLE t (a int)",
        "ALTER TABLE t MODIFY a bigint, COMMENT 'x'",
    ),
];

fn probes(server: &Server) {
    for (before, statement) in PROBED {
        let bundle = Bundle::new(
            "mysql",
            &[
                ("1", format!("{before};\nCREATE TABLE effect (a int);")),
                ("2", format!("{statement};\nINSERT INTO nosuch VALUES (1);")),
            ],
        );
        let script = bundle.script();
        // It took effect, and the server died before the ledger knew it.
        let database = server.database();
        fails(&database.run(&script), "nosuch");
        let after = database.dump();
        assert_eq!(progress(&database), "running|NULL|2", "{statement}");
        database.sql(
            "UPDATE sqlstitch_patch SET started_statement = 1, next_statement = 1 WHERE name = '2'",
        );
        let run = database.run(&script);
        assert!(run.err.contains("nosuch"), "{statement}: {}", run.err);
        assert_eq!(progress(&database), "running|NULL|2", "{statement}");
        assert_eq!(database.dump(), after, "{statement}");
        // It did not take effect.
        let database = server.database();
        let first = Bundle::new(
            "mysql",
            &[("1", format!("{before};\nCREATE TABLE effect (a int);"))],
        );
        ok(&database.run(&first.script()));
        database.sql(
            "INSERT INTO sqlstitch_patch SELECT '2', 'x', 'another', 2, NULL, 'once', 'running', 2, 1, 1, applied_at, applied_by, NULL, version, bundle, NULL, 1 FROM sqlstitch_patch",
        );
        let run = database.run(&script);
        assert!(run.err.contains("nosuch"), "{statement}: {}", run.err);
        assert_eq!(progress(&database), "running|NULL|2", "{statement}");
        assert_eq!(database.dump(), after, "{statement}");
    }
}

fn asked(server: &Server) {
    let bundle = Bundle::new(
        "mysql",
        &[
            (
                "1",
                "CREATE TABLE effect (a int);\nCREATE PROCEDURE p() INSERT INTO effect VALUES (1);",
            ),
            (
                "2",
                "CREATE TABLE x (a int);\n\nCALL p();\nINSERT INTO effect VALUES (2);",
            ),
        ],
    );
    let script = bundle.script();
    for (took_effect, answer, rows) in [(true, "If it did: ", "1\n2"), (false, "if not: ", "1\n2")]
    {
        let database = server.database();
        ok(&database.run(&script));
        // As a server leaves it that dies in the CALL.
        database.sql("UPDATE sqlstitch_patch SET state = 'running', started_statement = 2, next_statement = 2 WHERE name = '2'");
        database.sql("DELETE FROM effect WHERE a = 2");
        if !took_effect {
            database.sql("DELETE FROM effect");
        }
        for _ in 0..2 {
            let run = database.run(&script);
            fails(
                &run,
                "statement 2 of patch \"2\" (2.sql:3) was interrupted, and whether it took effect is not known",
            );
            let (_, update) = run.out.split_once(answer).expect("the updates are told");
            let update = update.split(';').next().unwrap_or_default().to_owned();
            if progress(&database) == "running|2|2" {
                continue;
            }
            panic!("{update}");
        }
        let run = database.run(&script);
        let (_, update) = run.out.split_once(answer).expect("the updates are told");
        database.sql(update.split(';').next().unwrap_or_default());
        ok(&database.run(&script));
        assert_eq!(database.sql("SELECT a FROM effect ORDER BY a"), rows);
    }
}

/// What is so before the statement as after it, or untrue after it, tells nothing.
fn never_guessed(server: &Server) {
    for statement in [
        "ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a",
        "ALTER TABLE t CHANGE a b int, CHANGE b a varchar(5)",
        "ALTER TABLE t ADD PRIMARY KEY (b), DROP PRIMARY KEY",
        "ALTER TABLE t DROP INDEX i, ADD INDEX I (a, b)",
        "ALTER TABLE t RENAME INDEX i TO j, RENAME INDEX j TO i",
        "ALTER TABLE t PARTITION BY HASH (a) PARTITIONS 2",
    ] {
        let make = "CREATE TABLE t (a int PRIMARY KEY, b varchar(5) NOT NULL, KEY i (a), KEY j (b));\nINSERT INTO t VALUES (1, 'b');";
        let bundle = Bundle::new("mysql", &[("1", make)]);
        let database = server.database();
        ok(&database.run(&bundle.script()));
        database.sql(
            "INSERT INTO sqlstitch_patch SELECT '2', 'x', 'another', 2, NULL, 'once', 'running', 1, 1, 1, applied_at, applied_by, NULL, version, bundle, NULL, 1 FROM sqlstitch_patch",
        );
        bundle.set("2", statement);
        let script = bundle.script();
        let run = database.run(&script);
        fails(
            &run,
            "was interrupted, and whether it took effect is not known",
        );
        let (_, update) = run
            .out
            .split_once("if not: ")
            .expect("the updates are told");
        let before = database.sql("SHOW CREATE TABLE t");
        database.sql(update.split(';').next().unwrap_or_default());
        ok(&database.run(&script));
        assert_ne!(database.sql("SHOW CREATE TABLE t"), before, "{statement}");
    }
}

fn still_in_doubt(server: &Server) {
    let bundle = Bundle::new(
        "mysql",
        &[
            ("1", "CREATE TABLE t (a int);"),
            ("2", "CREATE TABLE x (a int);"),
        ],
    );
    let script = bundle.script();
    let database = server.database();
    ok(&database.run(&script));
    let interrupted = "UPDATE sqlstitch_patch SET state = 'running', started_statement = 1, next_statement = 1 WHERE name = '2'";
    database.sql(&format!("{interrupted}; DROP TABLE x"));
    // Strikes when the run writes that it begins the statement.
    database.sql("CREATE TRIGGER strike BEFORE UPDATE ON sqlstitch_patch FOR EACH ROW SET NEW.name = IF(NEW.applied_at <> OLD.applied_at, NULL, NEW.name)");
    fails(&database.run(&script), "cannot be null");
    assert_eq!(progress(&database), "running|1|1");
    database.sql("DROP TRIGGER strike");
    ok(&database.run(&script));
    assert_eq!(database.sql("SELECT count(*) FROM x"), "0");
}

fn volatile(server: &Server) {
    let text = |last: &str| {
        format!(
            "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, p int);\nINSERT INTO t (p) VALUES (0);\nSET @id = LAST_INSERT_ID();\nSET @fixed = 3;\nCREATE TABLE u (a int);\n{last}"
        )
    };
    let first = Bundle::new(
        "mysql",
        &[("2", text("INSERT INTO nosuch VALUES (@id, @fixed);"))],
    );
    let database = server.database();
    fails(&database.run(&first.script()), "nosuch");
    fails(
        &database.run(&first.script()),
        "patch \"2\" (2.sql) cannot go on at its statement 6, which needs what the session of the run before held",
    );
    // What can be set again is.
    let text = text("INSERT INTO nosuch VALUES (@fixed);");
    let database = server.database();
    let bundle = Bundle::new("mysql", &[("2", text)]);
    let script = bundle.script();
    fails(&database.run(&script), "nosuch");
    database.sql("CREATE TABLE nosuch (a int)");
    ok(&database.run(&script));
    assert_eq!(database.sql("SELECT a FROM nosuch"), "3");
}

fn changed_after_begun(server: &Server) {
    let bundle = Bundle::new(
        "mysql",
        &[(
            "2",
            "CREATE TABLE t (a int);\nINSERT INTO nosuch VALUES (1);",
        )],
    );
    let database = server.database();
    fails(&database.run(&bundle.script()), "nosuch");
    bundle.set("2", "CREATE TABLE t (a int);\nINSERT INTO t VALUES (1);");
    let script = bundle.script();
    let run = database.run(&script);
    fails(&run, "patch \"2\" (2.sql) was changed after it was begun");
    assert!(
        run.out
            .contains("Its statements before statement 2 are done"),
        "{}",
        run.out
    );
    let (_, update) = run
        .out
        .split_once("accept it: ")
        .expect("the update is told");
    database.sql(update.split(';').next().unwrap_or_default());
    ok(&database.run(&script));
    assert_eq!(database.sql("SELECT a FROM t"), "1");
}

fn goes_on(server: &Server) {
    let bundle = Bundle::new(
        "mysql",
        &[(
            "2",
            "SET sql_mode = 'ANSI';\nCREATE TABLE \"t\" (a int);\nINSERT INTO t VALUES (1);\nLOCK TABLES t WRITE;\nALTER TABLE t ADD COLUMN \"b\" int;\n\
         INSERT INTO \"t\" VALUES (2, 2);\nINSERT INTO t SELECT nosuch();\nUNLOCK TABLES;\nCREATE TABLE \"u\" (a int);",
        )],
    );
    let script = bundle.script();
    let database = server.database();
    for _ in 0..2 {
        fails(&database.run(&script), "(2.sql:7)");
        // The row before it is in the same transaction.
        assert_eq!(progress(&database), "running|NULL|6");
        assert_eq!(database.sql("SELECT a FROM t"), "1");
    }
    database.sql("CREATE FUNCTION nosuch() RETURNS int DETERMINISTIC RETURN NULL");
    fails(&database.run(&script), "Column count doesn't match");
    database.sql("ALTER TABLE t DROP COLUMN b");
    fails(
        &database.run(&script),
        "Column count doesn't match value count at row 1 (2.sql:6)",
    );
    assert_eq!(progress(&database), "running|NULL|6");
}

/// The client shows the error by itself; the next run looks the statement up, and takes the procedures away.
fn outside_fails(server: &Server) {
    let trigger = "CREATE TRIGGER x BEFORE INSERT ON nosuch FOR EACH ROW SET NEW.a = 1";
    let bundle = Bundle::new(
        "mysql",
        &[
            ("1", "CREATE TABLE effect (a int);".to_owned()),
            (
                "2",
                format!(
                    "INSERT INTO effect VALUES (1);\n{trigger};\nINSERT INTO effect VALUES (2);"
                ),
            ),
            ("3", "INSERT INTO effect VALUES (3);".to_owned()),
        ],
    );
    let script = bundle.script();
    let database = server.database();
    for _ in 0..2 {
        fails(&database.run(&script), "nosuch");
        assert_eq!(progress(&database), "running|2|2");
        let run = Run::of(&mut database.client(&["--force"], &script));
        assert!(run.err.contains("nosuch"), "{}", run.err);
        assert!(run.err.contains("is not continued"), "{}", run.err);
        assert_eq!(database.sql("SELECT a FROM effect"), "1");
    }
    database.sql("CREATE TABLE nosuch (a int)");
    ok(&database.run(&script));
    assert_eq!(database.sql("SELECT a FROM effect"), "1\n2\n3");
    let left = database.sql("SHOW PROCEDURE STATUS WHERE Db = DATABASE()");
    assert_eq!(left, "");
}

/// A script of everything, run by a user who has no right outside of the database.
fn rights(server: &Server) {
    let bundle = Bundle::new(
        "mysql",
        &[(
            "2",
            "SET SESSION group_concat_max_len = 77;\nCREATE TABLE t (a int);\nCREATE PROCEDURE p() SELECT 1;\nINSERT INTO t VALUES (1);",
        )],
    );
    let script = bundle.script();
    let database = server.database();
    let name = &database.name;
    let user = format!("'may_{name}'@localhost");
    let run = |rights: &str| {
        database.sql(&format!(
            "CREATE USER {user}; GRANT {rights} ON * TO {user}"
        ));
        let run = Run::of(&mut database.client(&[&format!("--user=may_{name}")], &script));
        database.sql(&format!("DROP USER {user}"));
        run
    };
    let none = run("ALL");
    ok(&none);
    assert_eq!(database.sql("SELECT a FROM t"), "1");
    // Nothing to do asks for nothing.
    ok(&run("SELECT"));
    database.sql("DROP TABLE t, sqlstitch_patch; DROP PROCEDURE p");
    let missing = run("SELECT, CREATE");
    fails(&missing, "this script needs the right ALTER ROUTINE");
    assert!(
        missing.out.contains("GRANT CREATE ROUTINE"),
        "{}",
        missing.out
    );
    assert_eq!(database.sql("SHOW TABLES"), "");
}

fn any_settings(server: &Server) {
    let bundle = Bundle::new(
        "mysql",
        &[
            (
                "1",
                "CREATE TABLE t (a int, v text);\nINSERT INTO t VALUES (1, 'it''s;');\nSET sql_mode = '', autocommit = 1, completion_type = 1, foreign_key_checks = 0;",
            ),
            ("2", "INSERT INTO t VALUES (2, @@sql_mode);"),
        ],
    );
    let script = bundle.script();
    let shown = "SELECT @@sql_mode, @@autocommit, @@completion_type, @@foreign_key_checks, @@character_set_client";
    for settings in [
        "sql_mode = 'ANSI'",
        "sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES', autocommit = 0",
        "sql_mode = 'TRADITIONAL', completion_type = 'RELEASE'",
        "sql_mode = 'HIGH_NOT_PRECEDENCE,IGNORE_SPACE', character_set_client = latin1",
        "transaction_isolation = 'SERIALIZABLE', sql_safe_updates = 1",
        "sql_select_limit = 1, sql_notes = 0",
    ] {
        let database = server.database();
        let init = format!("--init-command=SET SESSION {settings}");
        let before = Run::of(server.command("mysql").args([&init, "-N", "-e", shown]));
        let text = std::fs::read_to_string(&script).expect("the script");
        let both = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(both.path(), format!("{text}\n{shown};\n")).expect("the file is written");
        for _ in 0..2 {
            let run = Run::of(&mut database.client(&[&init, "-N"], both.path()));
            ok(&run);
            assert_eq!(run.out, before.out, "{settings}");
        }
        let mode = before.out.split('\t').next().unwrap_or_default();
        assert_eq!(
            database.sql("SELECT v FROM t WHERE a = 2"),
            mode,
            "{settings}"
        );
    }
}

/// More than a part holds, in a transaction of the patch's own, with another character set.
fn many_parts(server: &Server) {
    let long = "é".repeat(200_000);
    let insert = |n: usize| format!("INSERT INTO t VALUES ({n}, '{long}');\n");
    let text = format!(
        "CREATE TABLE t (a int PRIMARY KEY, v longtext CHARACTER SET utf8mb4);\nSET NAMES latin1;\nSET sql_mode = 'ANSI';\nBEGIN;\n{}{}{}{}{}COMMIT;\n{}INSERT INTO t SELECT 7, nosuch();\nCREATE TABLE \"u\" (a int);\n",
        insert(1),
        insert(2),
        insert(3),
        insert(4),
        insert(5),
        insert(6)
    );
    let bundle = Bundle::new("mysql", &[("2", text)]);
    let script = bundle.script();
    let calls = std::fs::read_to_string(&script).expect("the script");
    assert!(calls.matches("EXECUTE sqlstitch_run").count() > 2);
    let database = server.database();
    fails(&database.run(&script), "nosuch");
    assert_eq!(database.sql("SELECT count(*) FROM t"), "5");
    // A client that goes on tries nothing more of it.
    let run = Run::of(&mut database.client(&["--force"], &script));
    assert!(run.err.contains("nosuch"), "{}", run.err);
    assert_eq!(database.sql("SELECT count(*) FROM t"), "5");
    database.sql("CREATE FUNCTION nosuch() RETURNS int DETERMINISTIC RETURN NULL");
    ok(&database.run(&script));
    assert_eq!(
        database.sql("SELECT count(*), count(DISTINCT v), max(char_length(v)) FROM t"),
        "7|1|200000"
    );
    assert_eq!(
        database.sql("SELECT DISTINCT LEFT(v, 2) FROM t WHERE v IS NOT NULL"),
        "éé"
    );
}

fn no_database(server: &Server) {
    let bundle = Bundle::new("mysql", &[("1", "CREATE TABLE u (a int);")]);
    let script = bundle.script();
    let text = std::fs::File::open(&script).expect("the script");
    let run = Run::of(server.command("mysql").stdin(text));
    fails(&run, "no database is selected");
}

fn no_ledger(server: &Server) {
    let bundle = Bundle::new("mysql", &[("1", "CREATE TABLE u (a int);")]);
    let script = bundle.script();
    let stays = |make: &str, message: &str| {
        let database = server.database();
        database.sql(make);
        let before = database.sql("CHECKSUM TABLE sqlstitch_patch");
        fails(&database.run(&script), message);
        assert_eq!(database.sql("SHOW TABLES"), "sqlstitch_patch");
        assert_eq!(database.sql("CHECKSUM TABLE sqlstitch_patch"), before);
    };
    stays(
        "CREATE TABLE sqlstitch_patch (name text)",
        "is not a ledger of sqlstitch: it has no column \"checksum\"",
    );
    let database = server.database();
    ok(&database.run(&script));
    database.sql("UPDATE sqlstitch_patch SET format = 2");
    fails(
        &database.run(&script),
        "is of format 2, and this script knows format 1 only",
    );
}

fn single(_: &Server) {
    let bundle = Bundle::new("mysql", &[("1", "CREATE TABLE u (a int);")])
        .with(&["--transaction", "single"]);
    let (run, script) = bundle.build();
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("DDL commits by itself"), "{}", run.err);
    assert!(!Path::new(&script).exists());
}
