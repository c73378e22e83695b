//! DO blocks and procedures that commit run outside a transaction without being told to.

use super::Case;
use super::support::postgres::{self, Server};
use super::support::run::Run;
use super::support::wait_for;

pub(crate) const CASES: &[Case] = &[
    ("a DO block that commits", blocks),
    ("a procedure that commits", procedures),
    (
        "a DO block that was interrupted is asked about",
        interrupted,
    ),
];

const STOP: &[&str] = &["-v", "ON_ERROR_STOP=1"];

fn blocks(server: &Server) {
    let database = server.database();
    let script = postgres::bundle(&[
        ("a.sql", "CREATE TABLE t (a int, x text);"),
        (
            "b.sql",
            "INSERT INTO t VALUES (0, pg_current_xact_id()::text);\nDO $$ BEGIN FOR i IN 1..3 LOOP INSERT INTO t VALUES (i, pg_current_xact_id()::text); COMMIT; END LOOP; END $$;",
        ),
        (
            "c.sql",
            "DO $$ BEGIN INSERT INTO t VALUES (4, 'COMMIT;'); -- COMMIT;\n END $$;",
        ),
    ])
    .file();
    for _ in 0..2 {
        let run = database.run(&script, STOP);
        assert_eq!(run.code, Some(0), "{}", run.err);
        assert_eq!(
            database.sql("SELECT count(*), count(DISTINCT x) FROM t"),
            "5|5"
        );
        assert_eq!(database.applied(), "a b c");
    }
}

fn procedures(server: &Server) {
    let database = server.database();
    let script = postgres::bundle(&[
        ("a.sql", "CREATE TABLE t (a int);"),
        (
            "b.sql",
            "CREATE PROCEDURE inner_one() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t VALUES (1); COMMIT; END $$;\nCREATE PROCEDURE \"Outer\"() LANGUAGE plpgsql AS $$ BEGIN CALL inner_one(); INSERT INTO t VALUES (2); END $$;\nCREATE PROCEDURE plain() LANGUAGE sql AS $$ INSERT INTO t VALUES (3) $$;",
        ),
        ("c.sql", "CALL public.\"Outer\"();"),
        ("d.sql", "CALL plain();"),
    ]);
    let text = script.emit().script.expect("a script").to_string();
    assert!(text.starts_with("-- For psql"), "{text}");
    let script = script.file();
    for _ in 0..2 {
        let run = database.run(&script, STOP);
        assert_eq!(run.code, Some(0), "{}", run.err);
        assert_eq!(database.sql("SELECT array_agg(a) FROM t"), "{1,2,3}");
    }
}

fn interrupted(server: &Server) {
    let database = server.database();
    let script = postgres::bundle(&[
        ("a.sql", "CREATE TABLE t (a int);"),
        (
            "b.sql",
            "DO $$ BEGIN INSERT INTO t VALUES (1); COMMIT; PERFORM pg_sleep(30); END $$;",
        ),
    ])
    .file();
    let run = database.spawn(&script);
    wait_for("the first half", || {
        database.sql("SELECT to_regclass('t') IS NOT NULL") == "t"
            && database.sql("SELECT count(*) FROM t") == "1"
    });
    database.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'");
    run.wait_with_output().expect("psql ends");
    let again = database.run(&script, STOP);
    assert_eq!(again.code, Some(3), "{}", again.err);
    assert!(
        again.err.contains("statement 1 of patch \"b\" (b.sql:1) was interrupted, and whether it took effect is not known"),
        "{}",
        again.err
    );
    database.sql("UPDATE sqlstitch.patch SET next_statement = 2 WHERE name = 'b'");
    let last = Run::of(database.psql().args(STOP).arg("-f").arg(&script));
    assert_eq!(last.code, Some(0), "{}", last.err);
    assert_eq!(database.applied(), "a b");
    assert_eq!(database.sql("SELECT array_agg(a) FROM t"), "{1}");
}
