//! Patches that were begun, applied or undone, and go on: with their text as it was, or with another.

use super::Case;
use super::support::built::Bundle;
use super::support::mysql::{Database, Server};
use super::support::run::Run;
use super::words::words;
use super::{fails, ok};

pub(crate) const CASES: &[Case] = &[
    ("a begun patch goes on if what is done is the same", mended),
    ("a statement that is done is not changed", changed),
    ("a ledger without the progress", old_ledger),
    ("a begun patch of a ledger without it", changed_after_begun),
    ("a revert goes on where it stopped", revert),
    ("settings that no transaction takes", outside),
    ("settings of replication", replication),
    ("a session that only reads", read_only),
    ("a client that goes on is told at the end", told_at_the_end),
];

/// MySQL drops all of a list or nothing.
pub(crate) const LISTS: &[Case] = &[("a list is dropped one by one", list)];

fn progress(database: &Database<'_>) -> String {
    database.sql("SELECT name, state, started_statement, next_statement FROM sqlstitch_patch ORDER BY ordinal DESC LIMIT 1")
}

fn mended(server: &Server) {
    let bundle = Bundle::new(
        server.dialect(),
        &[(
            "2",
            "CREATE TABLE t (a int);\nCREATE INDEX i ON t (a);\nINSERT INTO nosuch VALUES (1);\nSELECT 1;",
        )],
    );
    let database = server.database();
    fails(&database.run(&bundle.script()), "nosuch");
    assert_eq!(progress(&database), "2|running|NULL|3");
    // Another layout, another statement behind.
    bundle.set(
        "2",
        "-- mended\nCREATE TABLE t (\n  a int\n);\nCREATE INDEX i ON t (a);\n\nINSERT INTO t VALUES (1);\nINSERT INTO nosuch VALUES (2);",
    );
    fails(&database.run(&bundle.script()), "(2.sql:8)");
    assert_eq!(database.sql("SELECT count(*) FROM t"), "0");
    bundle.set("2", "CREATE TABLE t (a int); CREATE INDEX i ON t (a);");
    let script = bundle.script();
    ok(&database.run(&script));
    assert_eq!(progress(&database), "2|applied|NULL|NULL");
    ok(&database.run(&script));
    // Nothing of it is done.
    let bundle = Bundle::new(server.dialect(), &[("1", "CREATE INDEX i ON nosuch (a);")]);
    let database = server.database();
    fails(&database.run(&bundle.script()), "nosuch");
    bundle.set("1", "CREATE TABLE nosuch (a int);");
    ok(&database.run(&bundle.script()));
}

fn changed(server: &Server) {
    let bundle = Bundle::new(
        server.dialect(),
        &[(
            "2",
            "CREATE TABLE t (a int);\n\nCREATE INDEX i ON t (a);\nINSERT INTO nosuch VALUES (1);",
        )],
    );
    let database = server.database();
    fails(&database.run(&bundle.script()), "nosuch");
    let ledger = database.ledger();
    let message = |number, place: &str| {
        format!(
            "patch \"2\" (2.sql) was changed after it was begun: its statement {number} ({place})"
        )
    };
    for (text, number, place) in [
        (
            "CREATE TABLE t (a int);\n\nCREATE UNIQUE INDEX i ON t (a);\nSELECT 1;",
            2,
            "2.sql:3",
        ),
        (
            "CREATE TABLE t (b int);\nCREATE INDEX i ON t (a);",
            1,
            "2.sql:1",
        ),
        ("CREATE TABLE t (a int);", 2, "2.sql"),
        ("SELECT 1;", 1, "2.sql"),
    ] {
        bundle.set("2", text);
        let run = database.run(&bundle.script());
        fails(&run, &message(number, place));
        assert!(
            run.out
                .contains("That one is done, by its former text. Put statements 1 to 2 back"),
            "{}",
            run.out
        );
        assert_eq!(database.ledger(), ledger);
    }
    // The way out that it tells.
    bundle.set(
        "2",
        "CREATE TABLE t (b int);\nSELECT 1;\nINSERT INTO t VALUES (3);",
    );
    let script = bundle.script();
    let run = database.run(&script);
    let (_, update) = run.out.split_once("is done: ").expect("the update is told");
    database.sql(update.split(';').next().unwrap_or_default());
    ok(&database.run(&script));
    assert_eq!(database.sql("SELECT a FROM t"), "3");
    // The statement that may be done.
    let bundle = Bundle::new(
        server.dialect(),
        &[("2", "CREATE TABLE u (a int);\nCREATE TABLE t (a int);")],
    );
    let database = server.database();
    ok(&database.run(&bundle.script()));
    database.sql("DROP TABLE t; UPDATE sqlstitch_patch SET state = 'running', started_statement = 2, next_statement = 2, progress = '1:00000000 2:00000000'");
    bundle.set("2", "CREATE TABLE u (a int);\nCREATE TABLE v (a int);");
    let script = bundle.script();
    fails(&database.run(&script), &message(1, "2.sql:1"));
    let text = std::fs::read_to_string(&script).expect("the script");
    let (_, marks) = text.split_once("\"marks\": \"").expect("marks");
    let first = marks.split(' ').next().unwrap_or_default();
    database.sql(&format!(
        "UPDATE sqlstitch_patch SET progress = '{first} 2:00000000'"
    ));
    let run = database.run(&script);
    fails(&run, &message(2, "2.sql:2"));
    assert!(run.out.contains("That one may be done"), "{}", run.out);
}

fn old_ledger(server: &Server) {
    let bundle = Bundle::new(server.dialect(), &[("1", "CREATE TABLE t (a int);")]);
    let script = bundle.script();
    let database = server.database();
    ok(&database.run(&script));
    database.sql("ALTER TABLE sqlstitch_patch DROP COLUMN progress");
    ok(&database.run(&script));
    bundle.set(
        "2",
        "CREATE TABLE u (a int);\nINSERT INTO nosuch VALUES (1);",
    );
    fails(&database.run(&bundle.script()), "nosuch");
    assert_eq!(
        database.sql("SELECT LENGTH(progress) FROM sqlstitch_patch WHERE name = '2'"),
        "21"
    );
}

fn changed_after_begun(server: &Server) {
    let bundle = Bundle::new(
        server.dialect(),
        &[(
            "2",
            "CREATE TABLE t (a int);\nINSERT INTO nosuch VALUES (1);",
        )],
    );
    let database = server.database();
    fails(&database.run(&bundle.script()), "nosuch");
    database.sql("UPDATE sqlstitch_patch SET progress = NULL");
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

fn list(server: &Server) {
    let bundle = Bundle::new(
        server.dialect(),
        &[
            (
                "1",
                "CREATE TABLE a (a int);\nCREATE TABLE b (a int);\nCREATE TABLE c (a int);",
            ),
            (
                "2",
                "DROP TABLE a, /* and */ b, `c`;\nINSERT INTO nosuch VALUES (1);",
            ),
        ],
    );
    let script = bundle.script();
    let database = server.database();
    fails(&database.run(&script), "nosuch");
    assert_eq!(database.sql("SHOW TABLES"), "sqlstitch_patch");
    // As a server leaves it that dies behind the second one.
    database.sql("CREATE TABLE c (a int); UPDATE sqlstitch_patch SET started_statement = 2, next_statement = 2 WHERE name = '2'");
    fails(&database.run(&script), "nosuch");
    assert_eq!(database.sql("SHOW TABLES"), "sqlstitch_patch");
    // One that is not there.
    database.sql("CREATE TABLE c (a int); UPDATE sqlstitch_patch SET started_statement = NULL, next_statement = 2 WHERE name = '2'");
    fails(&database.run(&script), "Unknown table");
    database.sql("CREATE TABLE b (a int); CREATE TABLE nosuch (a int)");
    ok(&database.run(&script));
    assert_eq!(database.sql("SHOW TABLES"), "nosuch\nsqlstitch_patch");
}

fn revert(server: &Server) {
    let bundle = Bundle::new(
        server.dialect(),
        &[
            ("1", "CREATE TABLE t (a int);"),
            ("1.revert", "DROP TABLE t;"),
            ("2", "CREATE TABLE u (a int);\nCREATE TABLE v (a int);"),
            (
                "2.revert",
                "DROP TABLE v;\nINSERT INTO nosuch VALUES (1);\nDROP TABLE u;",
            ),
        ],
    );
    let forward = bundle.script();
    let database = server.database();
    ok(&database.run(&forward));
    let forward_text = std::fs::read(&forward).expect("the script");
    let bundle = bundle.with(&["--revert"]);
    let back = bundle.script();
    for _ in 0..2 {
        fails(
            &database.run(&back),
            "nosuch' doesn't exist (2.revert.sql:2)",
        );
        assert_eq!(progress(&database), "2|running|NULL|2");
        assert_eq!(database.sql("SHOW TABLES LIKE '_'"), "t\nu");
    }
    // What applies does not take it up.
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), forward_text).expect("the file is written");
    fails(
        &database.run(file.path()),
        "patch \"2\" (2.sql) is partly undone",
    );
    // What is done of the revert must stay as it is.
    bundle.set("2.revert", "DROP TABLE u;\nDROP TABLE v;");
    fails(
        &database.run(&bundle.script()),
        "patch \"2\" (2.revert.sql) was changed after it was begun: its statement 1 (2.revert.sql:1)",
    );
    bundle.set(
        "2.revert",
        "DROP TABLE v;\nDROP TABLE u;\nINSERT INTO nosuch VALUES (1);",
    );
    let back = bundle.script();
    fails(&database.run(&back), "(2.revert.sql:3)");
    // As a server leaves it that dies behind DROP TABLE u.
    database.sql(
        "UPDATE sqlstitch_patch SET started_statement = 2, next_statement = 2 WHERE name = '2'",
    );
    fails(&database.run(&back), "(2.revert.sql:3)");
    bundle.set("2.revert", "DROP TABLE v;\nDROP TABLE u;");
    let back = bundle.script();
    ok(&database.run(&back));
    assert_eq!(database.sql("SHOW TABLES"), "sqlstitch_patch");
    assert_eq!(database.ledger(), "");
    // A patch that was begun is not undone.
    ok(&database.run(file.path()));
    database
        .sql("UPDATE sqlstitch_patch SET state = 'running', next_statement = 2 WHERE name = '2'");
    fails(
        &database.run(&back),
        "patch \"2\" (2.revert.sql) was begun and has not ended",
    );
    // Nothing to undo, nothing made.
    let database = server.database();
    ok(&database.run(&back));
    assert_eq!(database.sql("SHOW TABLES"), "");
}

fn outside(server: &Server) {
    let bundle = Bundle::new(
        server.dialect(),
        &[
            (
                "1",
                "SET sql_log_bin = 1;\nCREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\nSET sql_log_bin = 0;\nSET SESSION binlog_format = 'STATEMENT';\nINSERT INTO t VALUES (@@sql_log_bin);\nINSERT INTO t SELECT nosuch();",
            ),
            (
                "2",
                "INSERT INTO t VALUES (IF(@@binlog_format = 'STATEMENT', 20, 2) + @@sql_log_bin);",
            ),
        ],
    );
    let script = bundle.script();
    let database = server.database();
    fails(&database.run(&script), "(1.sql:7)");
    database.sql("CREATE FUNCTION nosuch() RETURNS int DETERMINISTIC RETURN 10 + @@sql_log_bin");
    ok(&database.run(&script));
    assert_eq!(database.sql("SELECT a FROM t ORDER BY a"), "0\n1\n3\n10");
}

fn replication(server: &Server) {
    let [sets, shows] = match server.dialect() {
        "mysql" => [
            "SET gtid_next = 'AUTOMATIC:patches';",
            "@@SESSION.gtid_next = 'AUTOMATIC'",
        ],
        _ => [
            "SET SESSION gtid_domain_id = 7;\nSET SESSION server_id = 99;\nSET SESSION skip_replication = 1;",
            "@@gtid_domain_id = @@GLOBAL.gtid_domain_id AND @@server_id = @@GLOBAL.server_id AND @@skip_replication = 0",
        ],
    };
    let table = "CREATE TABLE t (name varchar(9), back bool);";
    let insert = |name: &str| format!("INSERT INTO t VALUES ('{name}', {shows});");
    let [first, second] = ["set", "after"].map(insert);
    let bundle = Bundle::new(
        server.dialect(),
        &[("1", &format!("{table}\n{sets}\n{first}")), ("2", &second)],
    );
    let database = server.database();
    ok(&database.run(&bundle.script()));
    assert_eq!(database.sql("SELECT name, back FROM t"), "set|0\nafter|1");
}

fn read_only(server: &Server) {
    let bundle = Bundle::new(server.dialect(), &[("1", "CREATE TABLE t (a int);")]);
    let script = bundle.script();
    let database = server.database();
    let options = ["--init-command=SET SESSION TRANSACTION READ ONLY"];
    ok(&database.run(&Bundle::new(server.dialect(), &[("0", "SELECT 1;")]).script()));
    let run = Run::of(&mut database.client(&options, &script));
    fails(&run, words(server).read_only);
    assert!(
        run.out.contains("SET SESSION TRANSACTION READ WRITE"),
        "{}",
        run.out
    );
}

fn told_at_the_end(server: &Server) {
    let bundle = Bundle::new(
        server.dialect(),
        &[
            ("1", "CREATE TABLE t (a int);"),
            ("2", "INSERT INTO nosuch VALUES (1);"),
            ("3", "INSERT INTO t VALUES (3);"),
        ],
    );
    let database = server.database();
    let run = Run::of(&mut database.client(&["--force"], &bundle.script()));
    let last = run.err.lines().rfind(|line| line.starts_with("ERROR"));
    assert!(
        last.is_some_and(|line| line.contains(words(server).last_error)),
        "{}",
        run.err
    );
    assert_eq!(database.sql("SELECT count(*) FROM t"), "0");
}
