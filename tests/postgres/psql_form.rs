//! The form for psql: data of a COPY, and statements outside a transaction with their progress.

use std::process::Stdio;

use super::Case;
use super::support::postgres::{self, Database, Server};
use super::support::run::Run;
use super::support::wait_for;

pub(crate) const CASES: &[Case] = &[
    ("an interrupted concurrent index is settled", index_in_doubt),
    (
        "a concurrent index that fails is built again",
        index_that_fails,
    ),
    (
        "an interrupted statement that cannot be looked up stops the run",
        ask,
    ),
    (
        "a statement that fails as a whole is tried again",
        fails_whole,
    ),
    ("a patch is taken up at the statement that failed", taken_up),
    ("a half detached partition is finalized", half_detached),
    (
        "a patch that changed in its middle is drift",
        changed_in_its_middle,
    ),
    (
        "a script of the other form does not wait for it",
        forms_at_once,
    ),
    ("psql -1 is refused", not_in_a_transaction),
    ("a failing COPY leaves no half and is named", failing_copy),
    ("data are read over, whatever they are", hostile_data),
    (
        "a repeatable patch outside a transaction runs again",
        repeatable,
    ),
    ("a weak role may run statement by statement", weak_role),
];

const STOP: &[&str] = &["-v", "ON_ERROR_STOP=1"];

fn ok(run: &Run) {
    assert_eq!(run.code, Some(0), "{}", run.err);
}

/// Sets the ledger back to where an interruption in statement `number` of patch b leaves it.
fn interrupt(database: &Database<'_>, number: u32) {
    database.sql(&format!(
        "UPDATE sqlstitch.patch SET state = 'running', started_statement = {number}, next_statement = {number} WHERE name = 'b'; \
         DELETE FROM sqlstitch.patch WHERE name = 'c'"
    ));
}

fn index_in_doubt(server: &Server) {
    let script = postgres::bundle(&[
        ("a.sql", "CREATE SCHEMA s; CREATE TABLE s.t (a int); INSERT INTO s.t VALUES (1), (2);"),
        ("b.sql", "SET search_path = s;\nCREATE UNIQUE INDEX CONCURRENTLY \"I x\" ON t (a);\nINSERT INTO t VALUES (3);"),
        ("c.sql", "INSERT INTO s.t VALUES (4);"),
    ])
    .file();
    let valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 's.\"I x\"'::regclass";
    for state in ["valid", "invalid", "absent"] {
        let database = server.database();
        ok(&database.run(&script, STOP));
        database.sql("DELETE FROM s.t WHERE a > 2");
        interrupt(&database, 2);
        let before = database.sql("SELECT 's.\"I x\"'::regclass::oid");
        match state {
            "absent" => {
                database.sql("DROP INDEX s.\"I x\"");
            }
            "invalid" => {
                database.sql("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 's.\"I x\"'::regclass");
            }
            _ => {}
        }
        ok(&database.run(&script, STOP));
        assert_eq!(database.sql(valid), "t", "{state}");
        let after = database.sql("SELECT 's.\"I x\"'::regclass::oid");
        assert_eq!(before == after, state == "valid", "{state}");
        assert_eq!(
            database.sql("SELECT array_agg(a ORDER BY a) FROM s.t"),
            "{1,2,3,4}",
            "{state}"
        );
        assert_eq!(database.applied(), "a b c");
    }
}

fn index_that_fails(server: &Server) {
    let database = server.database();
    let script = postgres::bundle(&[
        (
            "a.sql",
            "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1);",
        ),
        (
            "b.sql",
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);",
        ),
    ])
    .file();
    for _ in 0..2 {
        let run = database.run(&script, &[]);
        assert_eq!(run.code, Some(3), "{}", run.err);
        assert!(
            run.err.contains("could not create unique index"),
            "{}",
            run.err
        );
        assert!(run.err.contains("/* b.sql:1 */"), "{}", run.err);
    }
    database.sql("DELETE FROM t");
    ok(&database.run(&script, &[]));
    assert_eq!(
        database.sql("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"),
        "t"
    );
    assert_eq!(database.applied(), "a b");
}

fn ask(server: &Server) {
    let database = server.database();
    let script = postgres::bundle(&[
        ("a.sql", "CREATE TABLE t (a int); CREATE PROCEDURE p(n int) LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t VALUES (n); COMMIT; END $$;"),
        ("b.sql", "-- transaction: off\nCALL p(1);\nCALL p(2);\n"),
        ("c.sql", "CREATE TABLE IF NOT EXISTS c ();"),
    ])
    .file();
    ok(&database.run(&script, STOP));
    for (choice, rows) in [("If so: ", "{1,2}"), ("if not: ", "{1,2,2}")] {
        interrupt(&database, 2);
        let run = database.run(&script, &[]);
        assert_eq!(run.code, Some(3), "{}", run.err);
        assert!(
            run.err
                .contains("statement 2 of patch \"b\" (b.sql:3) was interrupted"),
            "{}",
            run.err
        );
        let update = run
            .err
            .split(choice)
            .nth(1)
            .and_then(|rest| rest.split(';').next());
        database.sql(update.expect("the hint holds both updates"));
        ok(&database.run(&script, &[]));
        assert_eq!(database.sql("SELECT array_agg(a ORDER BY a) FROM t"), rows);
        assert_eq!(database.applied(), "a b c");
    }
}

fn fails_whole(server: &Server) {
    let database = server.database();
    let other = format!("{}_other", database.name);
    let script = postgres::bundle(&[(
        "a.sql",
        &format!("CREATE TABLE t ();\nCREATE DATABASE {other};"),
    )])
    .file();
    database.sql(&format!("CREATE DATABASE {other}"));
    for _ in 0..2 {
        let run = database.run(&script, &[]);
        assert_eq!(run.code, Some(3), "{}", run.err);
        assert!(run.err.contains("already exists"), "{}", run.err);
        assert!(
            run.err
                .contains("statement 2 of patch \"a\" (a.sql:2) failed"),
            "{}",
            run.err
        );
    }
    database.sql(&format!("DROP DATABASE {other}"));
    ok(&database.run(&script, &[]));
    ok(&database.run(&script, &[]));
    database.sql(&format!("DROP DATABASE {other}"));
}

fn taken_up(server: &Server) {
    let database = server.database();
    database.sql("CREATE SCHEMA s; CREATE TABLE s.t (a int)");
    let script = postgres::bundle(&[(
        "a.sql",
        "-- transaction: off\nSET search_path = s;\nINSERT INTO t VALUES (1);\nSELECT set_config('lock_timeout', '7s', false);\n\
         INSERT INTO t SELECT a FROM later;\nCOPY t FROM stdin;\n3\n\\.\nINSERT INTO t VALUES (length(current_setting('lock_timeout')) + 2);\n",
    )])
    .file();
    for _ in 0..2 {
        let run = database.run(&script, &[]);
        assert_eq!(run.code, Some(3), "{}", run.err);
        assert!(run.err.contains("/* a.sql:5 */"), "{}", run.err);
        assert_eq!(database.sql("SELECT array_agg(a) FROM s.t"), "{1}");
        assert_eq!(
            database.sql("SELECT state, next_statement FROM sqlstitch.patch"),
            "running|4"
        );
    }
    database.sql("CREATE TABLE s.later AS SELECT 2 AS a");
    for _ in 0..2 {
        ok(&database.run(&script, &[]));
        assert_eq!(
            database.sql("SELECT array_agg(a ORDER BY a) FROM s.t"),
            "{1,2,3,4}"
        );
        assert_eq!(
            database.sql(
                "SELECT state, next_statement, started_statement, statements FROM sqlstitch.patch"
            ),
            "applied|||6"
        );
    }
}

fn half_detached(server: &Server) {
    let database = server.database();
    let script = postgres::bundle(&[
        (
            "a.sql",
            "CREATE TABLE parts (a int) PARTITION BY LIST (a); CREATE TABLE part_1 PARTITION OF parts FOR VALUES IN (1);",
        ),
        (
            "b.sql",
            "ALTER TABLE parts DETACH PARTITION part_1 CONCURRENTLY;",
        ),
        ("c.sql", "CREATE TABLE c ();"),
    ]);
    let only_a = postgres::bundle(&[(
        "a.sql",
        "CREATE TABLE parts (a int) PARTITION BY LIST (a); CREATE TABLE part_1 PARTITION OF parts FOR VALUES IN (1);",
    )]);
    ok(&database.run(&only_a.file(), STOP));
    // The second half of the command waits for transactions that still see the partition.
    let mut reader = database
        .psql()
        .args(["-c", "BEGIN; SELECT * FROM parts; SELECT pg_sleep(60);"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("psql starts");
    wait_for("the reader", || {
        database.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'") == "1"
    });
    let script = script.file();
    let client = database.spawn(&script);
    wait_for("the first half", || {
        database.sql("SELECT count(*) FROM pg_inherits WHERE inhdetachpending") == "1"
    });
    database.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
    let run = Run::from(client.wait_with_output().expect("psql ends"));
    assert_ne!(run.code, Some(0), "{}", run.err);
    reader.wait().expect("the reader ends");
    ok(&database.run(&script, STOP));
    assert_eq!(database.sql("SELECT count(*) FROM pg_inherits"), "0");
    assert_eq!(database.applied(), "a b c");
}

fn changed_in_its_middle(server: &Server) {
    let database = server.database();
    let text = "-- transaction: off\nCREATE TABLE t (a int);\nINSERT INTO nothing VALUES (1);";
    assert_eq!(
        database
            .run(&postgres::bundle(&[("a.sql", text)]).file(), &[])
            .code,
        Some(3)
    );
    let edited = postgres::bundle(&[("a.sql", &text.replace("nothing", "t"))]).file();
    let run = database.run(&edited, &[]);
    assert_eq!(run.code, Some(3), "{}", run.err);
    assert!(
        run.err
            .contains("patch \"a\" (a.sql) was changed after it was begun"),
        "{}",
        run.err
    );
    // The way out that the message tells.
    let hint = run
        .err
        .split("accept it: ")
        .nth(1)
        .and_then(|rest| rest.lines().next());
    database.sql(hint.expect("a hint"));
    ok(&database.run(&edited, &[]));
    assert_eq!(database.sql("SELECT a FROM t"), "1");
}

fn forms_at_once(server: &Server) {
    let database = server.database();
    let old = [(
        "a.sql",
        "CREATE TABLE t AS SELECT i FROM generate_series(1, 100) AS i;",
    )];
    let slow = "CREATE FUNCTION slow(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.02); RETURN $1; END $$;\n\
                CREATE INDEX CONCURRENTLY i ON t (slow(i));";
    ok(&database.run(&postgres::bundle(&old).file(), STOP));
    let longer = postgres::bundle(&[old[0], ("b.sql", slow)]).file();
    let client = database.spawn(&longer);
    wait_for("the index", || {
        database.sql("SELECT count(*) FROM pg_class WHERE relname = 'i'") == "1"
    });
    // Nothing to do: no waiting.
    ok(&database.run(&postgres::bundle(&old).file(), STOP));
    let new = postgres::bundle(&[old[0], ("c.sql", "CREATE TABLE c ();")]).file();
    let run = database.run(&new, &[]);
    assert_eq!(run.code, Some(2), "{}", run.err);
    assert!(
        run.err.contains("another script with the same ledger runs"),
        "{}",
        run.err
    );
    ok(&Run::from(client.wait_with_output().expect("psql ends")));
    ok(&database.run(&new, &[]));
    assert_eq!(database.applied(), "a b c");
}

fn not_in_a_transaction(server: &Server) {
    let database = server.database();
    let script = postgres::bundle(&[(
        "a.sql",
        "CREATE TABLE t (a int);\nCREATE INDEX CONCURRENTLY i ON t (a);",
    )])
    .file();
    let run = database.run(&script, &["-1"]);
    assert_eq!(run.code, Some(3), "{}", run.err);
    assert!(
        run.err.contains("Leave -1 (--single-transaction)"),
        "{}",
        run.err
    );
    assert_eq!(
        database.sql("SELECT to_regclass('sqlstitch.patch') IS NULL AND to_regclass('t') IS NULL"),
        "t"
    );
}

fn failing_copy(server: &Server) {
    let database = server.database();
    let text = |row: &str| format!("CREATE TABLE t (a int);\nCOPY t FROM stdin;\n1\n{row}\n\\.\n");
    let run = database.run(&postgres::bundle(&[("a.sql", &text("x"))]).file(), &[]);
    assert_eq!(run.code, Some(3), "{}", run.err);
    assert!(
        run.err
            .contains("invalid input syntax for type integer: \"x\""),
        "{}",
        run.err
    );
    assert!(run.err.contains("/* a.sql:2 */"), "{}", run.err);
    assert_eq!(database.sql("SELECT to_regclass('t') IS NULL"), "t");
    ok(&database.run(&postgres::bundle(&[("a.sql", &text("2"))]).file(), &[]));
    assert_eq!(database.sql("SELECT array_agg(a) FROM t"), "{1,2}");
}

fn hostile_data(server: &Server) {
    let database = server.database();
    let data = "it's \"x\" $$ $sql$ /* -- ; :v \\\\endif \\\\g \\N \u{1}\u{2}\u{7f} \\\\.\n\n'\n\"\n\\\\gexec\n";
    let text = format!(
        "CREATE TABLE t (v text);\nCOPY t FROM stdin (DELIMITER E'\\x1f');\n{data}\\.\nINSERT INTO t VALUES ('after');"
    );
    let script =
        postgres::bundle(&[("a.sql", &text), ("b.sql", "INSERT INTO t VALUES ('b');")]).file();
    for _ in 0..3 {
        ok(&database.run(&script, &[]));
        assert_eq!(
            database
                .sql("SELECT count(*), md5(string_agg(v, '|')) FROM t")
                .split('|')
                .next(),
            Some("7")
        );
    }
}

fn repeatable(server: &Server) {
    let database = server.database();
    let script = |n: u32| {
        let mut bundle = postgres::bundle(&[("a.sql", "CREATE TABLE t (a int);")]);
        bundle
            .add("b.sql", &format!("INSERT INTO t VALUES ({n});\nVACUUM t;"))
            .repeatable = true;
        bundle.file()
    };
    for (n, rows) in [(1, "{1}"), (1, "{1}"), (2, "{1,2}"), (2, "{1,2}")] {
        ok(&database.run(&script(n), &[]));
        assert_eq!(database.sql("SELECT array_agg(a ORDER BY a) FROM t"), rows);
        assert_eq!(database.applied(), "a b");
    }
}

fn weak_role(server: &Server) {
    let database = server.database();
    let name = &database.name;
    database.sql(&format!(
        "CREATE ROLE steps; GRANT CREATE ON SCHEMA public TO steps; REVOKE TEMP ON DATABASE {name} FROM PUBLIC; \
         ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC"
    ));
    let script = postgres::bundle(&[
        ("a.sql", "SET ROLE steps;\nCREATE TABLE t (a int);\nCREATE INDEX CONCURRENTLY i ON t (a);\nDROP INDEX CONCURRENTLY i;"),
        ("b.sql", "CREATE TABLE u ();"),
    ])
    .file();
    ok(&database.run(&script, &[]));
    assert_eq!(
        database.sql(
            "SELECT tableowner FROM pg_tables WHERE tablename IN ('t', 'u') ORDER BY tablename"
        ),
        "steps\npostgres"
    );
    database.sql("DROP OWNED BY steps; DROP ROLE steps");
}
