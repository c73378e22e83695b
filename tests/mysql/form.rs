//! What the form itself promises.

use std::path::Path;

use super::Case;
use super::support::built::Bundle;
use super::support::mysql::Server;
use super::support::run::Run;
use super::words::words;
use super::{fails, ok, progress};

pub(crate) const CASES: &[Case] = &[
    ("what the session held is missed", volatile),
    ("a failed patch goes on where it failed", goes_on),
    ("a statement that cannot be prepared fails", outside_fails),
    ("rights that are missing", rights),
    ("any settings of the session", any_settings),
    ("a patch in many parts", many_parts),
    ("a packet that is too long", long_packet),
    ("no database", no_database),
    ("a table that is no ledger", no_ledger),
    ("a single transaction is refused", single),
];

/// What the clients of MariaDB can do: its script has no DELIMITER.
pub(crate) const ANY_CLIENT: &[Case] = &[("one message of many statements", one_message)];

/// What the script may leave of its own.
pub(crate) const PROCEDURES: &str = "SELECT count(*) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_NAME LIKE 'sqlstitch%'";

fn volatile(server: &Server) {
    let text = |last: &str| {
        format!(
            "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, p int);\nINSERT INTO t (p) VALUES (0);\nSET @id = LAST_INSERT_ID();\nSET @fixed = 3;\nCREATE TABLE u (a int);\n{last}"
        )
    };
    let first = Bundle::new(
        server.dialect(),
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
    let bundle = Bundle::new(server.dialect(), &[("2", text)]);
    let script = bundle.script();
    fails(&database.run(&script), "nosuch");
    database.sql("CREATE TABLE nosuch (a int)");
    ok(&database.run(&script));
    assert_eq!(database.sql("SELECT a FROM nosuch"), "3");
}

fn goes_on(server: &Server) {
    let bundle = Bundle::new(
        server.dialect(),
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

/// MySQL's client shows the error by itself; the next run looks the statement up, and takes the procedures away.
fn outside_fails(server: &Server) {
    let words = words(server);
    let trigger = "CREATE TRIGGER x BEFORE INSERT ON nosuch FOR EACH ROW SET NEW.a = 1";
    let bundle = Bundle::new(
        server.dialect(),
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
        assert_eq!(progress(&database), words.after_trigger);
        let run = Run::of(&mut database.client(&["--force"], &script));
        assert!(run.err.contains("nosuch"), "{}", run.err);
        assert!(run.err.contains(words.not_continued), "{}", run.err);
        assert_eq!(database.sql("SELECT a FROM effect"), "1");
    }
    database.sql("CREATE TABLE nosuch (a int)");
    ok(&database.run(&script));
    assert_eq!(database.sql("SELECT a FROM effect"), "1\n2\n3");
    assert_eq!(database.sql(PROCEDURES), "0");
}

/// A script of everything, run by a user who has no right outside of the database.
fn rights(server: &Server) {
    let bundle = Bundle::new(
        server.dialect(),
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
    let (right, hint, tables) = words(server).missing_right;
    fails(&missing, right);
    assert!(missing.out.contains(hint), "{}", missing.out);
    assert_eq!(database.sql("SHOW TABLES"), tables);
}

/// With a delimiter that never comes the client sends all of the text at once, as drivers do.
fn one_message(server: &Server) {
    let bundle = Bundle::new(
        server.dialect(),
        &[
            (
                "1",
                "CREATE TABLE t (a int, v text);\nINSERT INTO t VALUES (1, 'it''s;\\\\');",
            ),
            ("2", "SELECT 1;\nINSERT INTO t VALUES (2, 'two');"),
        ],
    );
    let script = bundle.script();
    let database = server.database();
    let send = || Run::of(&mut database.client(&["--delimiter=<nothing>"], &script));
    for _ in 0..2 {
        ok(&send());
        assert_eq!(database.sql("SELECT a, v FROM t"), "1|it's;\\\\\n2|two");
    }
    bundle.set("3", "INSERT INTO nosuch VALUES (1);");
    bundle.set("4", "INSERT INTO t VALUES (4, '');");
    bundle.script();
    fails(&send(), "nosuch");
    assert_eq!(
        database.sql("SELECT count(*) FROM sqlstitch_patch WHERE state = 'applied'"),
        "2"
    );
}

fn any_settings(server: &Server) {
    let bundle = Bundle::new(
        server.dialect(),
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
    let settings = [
        "sql_mode = 'ANSI'",
        "sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES', autocommit = 0",
        "sql_mode = 'TRADITIONAL', completion_type = 'RELEASE'",
        "sql_mode = 'HIGH_NOT_PRECEDENCE,IGNORE_SPACE', character_set_client = latin1",
        "sql_select_limit = 1, sql_notes = 0",
    ];
    for settings in settings.iter().chain(words(server).settings) {
        let database = server.database();
        let init = format!("--init-command=SET SESSION {settings}");
        let before = Run::of(server.client().args([&init, "-N", "-e", shown]));
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
    let (mode, made) = words(server).mode;
    let long = "é".repeat(200_000);
    let insert = |n: usize| format!("INSERT INTO t VALUES ({n}, '{long}');\n");
    let text = format!(
        "CREATE TABLE t (a int PRIMARY KEY, v longtext CHARACTER SET utf8mb4);\nSET NAMES latin1;\nSET sql_mode = '{mode}';\nBEGIN;\n{}{}{}{}{}COMMIT;\n{}INSERT INTO t SELECT 7, nosuch();\n{made}\n",
        insert(1),
        insert(2),
        insert(3),
        insert(4),
        insert(5),
        insert(6)
    );
    let bundle = Bundle::new(server.dialect(), &[("2", text)]);
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

fn long_packet(server: &Server) {
    let text = format!(
        "CREATE TABLE t (v longtext);\nINSERT INTO t VALUES ('{}');",
        "x".repeat(17 << 20)
    );
    let bundle = Bundle::new(
        server.dialect(),
        &[("1", "CREATE TABLE u (a int);"), ("2", &text)],
    );
    let database = server.database();
    fails(
        &database.run(&bundle.script()),
        "this script needs max_allowed_packet = 178",
    );
    assert_eq!(database.sql("SHOW TABLES LIKE 'u'"), "");
}

fn no_database(server: &Server) {
    let bundle = Bundle::new(server.dialect(), &[("1", "CREATE TABLE u (a int);")]);
    let script = bundle.script();
    let text = std::fs::File::open(&script).expect("the script");
    let run = Run::of(server.client().stdin(text));
    fails(&run, "no database is selected");
}

fn no_ledger(server: &Server) {
    let bundle = Bundle::new(server.dialect(), &[("1", "CREATE TABLE u (a int);")]);
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

fn single(server: &Server) {
    let bundle = Bundle::new(server.dialect(), &[("1", "CREATE TABLE u (a int);")])
        .with(&["--transaction", "single"]);
    let (run, script) = bundle.build();
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("DDL commits by itself"), "{}", run.err);
    assert!(!Path::new(&script).exists());
}
