//! All patches in one transaction: everything or nothing, whatever the client does.

use super::Case;
use super::interrupt::{at_once, counted, cut_off, kill_client};
use super::support::planned::Bundle;
use super::support::postgres::{self, Database, Server};
use super::support::run::Run;
use sqlstitch::finding::Code;
use sqlstitch::plan::{Client, Transaction};

pub(crate) const CASES: &[Case] = &[
    (
        "one transaction: twice, in every client",
        every_client_applies_all,
    ),
    (
        "one transaction: a failing last patch leaves nothing",
        failing_last_patch,
    ),
    (
        "one transaction: a failing check leaves nothing",
        failing_check,
    ),
    (
        "one transaction: deferred constraints belong to their patch",
        deferred_constraints,
    ),
    ("one transaction: three runs at once", |server| {
        at_once(server, &all(counted(false)))
    }),
    ("one transaction: a killed client", |server| {
        cut_off(server, &all(counted(false)), kill_client)
    }),
    ("one transaction: what cannot be in one is refused", |_| {
        refused()
    }),
];

fn all(mut bundle: Bundle) -> Bundle {
    bundle.plan.settings.transaction = Transaction::Single;
    bundle
}

fn single(files: &[(&str, &str)]) -> Bundle {
    all(postgres::bundle(files))
}

const STOP: &[&str] = &["-v", "ON_ERROR_STOP=1"];

fn nothing(database: &Database<'_>) {
    assert_eq!(
        database.sql("SELECT count(*) FROM pg_class WHERE relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_' OR nspname = 'information_schema')"),
        "0"
    );
}

const PATCHES: &[(&str, &str)] = &[
    (
        "a.sql",
        "CREATE TABLE t (a int);\nCOPY t FROM stdin;\n1\n\\.\n",
    ),
    (
        "b.sql",
        "BEGIN;\nINSERT INTO t SELECT a + 1 FROM t;\nCOMMIT;",
    ),
    ("c.sql", "SET search_path = nowhere;\nSELECT 1;"),
    ("d.sql", "CREATE VIEW v AS SELECT a FROM t;"),
];

fn every_client_applies_all(server: &Server) {
    for client in [Client::Any, Client::Auto] {
        let mut bundle = single(PATCHES);
        bundle.plan.settings.client = client;
        let text = bundle.emit().script.expect("a script").to_string();
        let script = bundle.file();
        let one_message = client == Client::Any;
        let ways: [(&[&str], bool); 4] = [
            (&[], false),
            (STOP, false),
            (&["-1", "-v", "ON_ERROR_STOP=1"], false),
            (&["-c"], true),
        ];
        for (arguments, message) in ways {
            if message && !one_message {
                continue;
            }
            let database = server.database();
            let run = || {
                if message {
                    Run::of(database.psql().args(arguments).arg(&text))
                } else {
                    database.run(&script, arguments)
                }
            };
            let first = run();
            assert_eq!(first.code, Some(0), "{arguments:?}: {}", first.err);
            assert_eq!(database.applied(), "a b c d");
            assert_eq!(
                database.sql("SELECT count(DISTINCT xmin::text) FROM sqlstitch.patch"),
                "1"
            );
            let ledger = database.ledger();
            let second = run();
            assert_eq!(second.code, Some(0), "{arguments:?}: {}", second.err);
            assert_eq!(database.ledger(), ledger);
            assert_eq!(database.sql("SELECT array_agg(a) FROM t"), "{1,2}");
        }
    }
}

fn failing_last_patch(server: &Server) {
    let mut files = PATCHES.to_vec();
    files.push((
        "e.sql",
        "INSERT INTO t VALUES (3);\n\nINSERT INTO t VALUES (1 / 0);",
    ));
    for client in [Client::Any, Client::Auto] {
        let mut bundle = single(&files);
        bundle.plan.settings.client = client;
        let script = bundle.file();
        // psql that goes on after the error, or after all errors, is cut off at the end.
        let any = client == Client::Any;
        let ways: [(&[&str], i32); 4] = [
            (&[], if any { 2 } else { 3 }),
            (STOP, 3),
            (&["-1", "-v", "ON_ERROR_STOP=1"], 3),
            (&["-v", "ON_ERROR_ROLLBACK=on"], if any { 2 } else { 3 }),
        ];
        let database = server.database();
        for (arguments, code) in ways {
            let run = database.run(&script, arguments);
            assert_eq!(run.code, Some(code), "{arguments:?}: {}", run.err);
            assert!(run.err.contains("division by zero"), "{}", run.err);
            assert!(run.err.contains("/* e.sql:3 */"), "{}", run.err);
            nothing(&database);
        }
    }
    let mut bundle = single(&files);
    bundle.plan.settings.client = Client::Any;
    let text = bundle.emit().script.expect("a script").to_string();
    let database = server.database();
    let run = Run::of(database.psql().args(["-c", &text]));
    assert_eq!(run.code, Some(1), "{}", run.err);
    nothing(&database);
}

fn failing_check(server: &Server) {
    let mut bundle = single(&[("a.sql", "CREATE TABLE t (a int);")]);
    bundle.plan.patches[0].external = vec!["elsewhere".to_owned()];
    for (arguments, code) in [(&[][..], 2), (STOP, 3)] {
        let database = server.database();
        let run = database.run(&bundle.file(), arguments);
        assert_eq!(run.code, Some(code), "{}", run.err);
        assert!(
            run.err
                .contains("patch \"a\" (a.sql) requires patch \"elsewhere\""),
            "{}",
            run.err
        );
        nothing(&database);
    }
}

fn deferred_constraints(server: &Server) {
    let base = (
        "a.sql",
        "CREATE TABLE p (a int PRIMARY KEY);\nCREATE TABLE c (a int REFERENCES p DEFERRABLE INITIALLY DEFERRED);",
    );
    let database = server.database();
    let good = single(&[
        base,
        (
            "b.sql",
            "INSERT INTO c VALUES (1);\nINSERT INTO p VALUES (1);",
        ),
        ("c.sql", "ALTER TABLE c ADD COLUMN b int;"),
        (
            "d.sql",
            "INSERT INTO c VALUES (2);\nINSERT INTO p VALUES (2);",
        ),
    ]);
    let run = database.run(&good.file(), STOP);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let database = server.database();
    let bad = single(&[
        base,
        ("b.sql", "INSERT INTO c VALUES (1);"),
        ("c.sql", "INSERT INTO p VALUES (1);"),
    ]);
    let run = database.run(&bad.file(), STOP);
    assert_eq!(run.code, Some(3), "{}", run.err);
    assert!(run.err.contains("c_a_fkey"), "{}", run.err);
    nothing(&database);
}

fn refused() {
    let bundle = single(&[
        ("a.sql", "CREATE TABLE t (a int);"),
        ("b.sql", "CREATE INDEX CONCURRENTLY i ON t (a);\nVACUUM t;"),
        ("c.sql", "-- transaction: off\nSELECT 1;"),
        ("d.sql", "DO $$ BEGIN COMMIT; END $$;"),
    ]);
    let emitted = bundle.emit();
    assert_eq!(emitted.script, None);
    let refused: Vec<(&str, usize)> = emitted
        .findings
        .iter()
        .filter(|finding| finding.code == Code::Unsupported)
        .map(|finding| (finding.title.as_str(), finding.labels.len()))
        .collect();
    assert_eq!(
        refused,
        [
            ("patch `b` cannot share a transaction with the others", 2),
            ("patch `c` cannot share a transaction with the others", 1),
            ("patch `d` cannot share a transaction with the others", 1),
        ]
    );
    let values = [
        ("a.sql", "CREATE TYPE mood AS ENUM ('sad');"),
        ("b.sql", "ALTER TYPE mood ADD VALUE 'happy';"),
        ("c.sql", "DO $$ BEGIN PERFORM 'happy'::mood; END $$;"),
    ];
    let warned = single(&values).emit();
    assert!(warned.script.is_some());
    let warning = &warned.findings[0];
    assert_eq!(warning.code, Code::UncommittedValue);
    assert_eq!(
        warning.title,
        "patch `c` uses the enum value 'happy' before it is committed"
    );
    assert_eq!(warning.labels.len(), 3);
    assert_eq!(postgres::bundle(&values).emit().findings, []);
}
