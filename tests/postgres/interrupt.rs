//! Sessions that end at any moment, by the server: every effect is there exactly once. Killed clients and
//! servers, and runs at once, are tried in `tests/conformance`.

use std::process::Child;
use std::time::{Duration, Instant};

use super::Case;
use super::support::planned::Bundle;
use super::support::postgres::{self, Database, Server};
use super::support::run::Run;
use super::support::{Random, wait_for};

pub(crate) const CASES: &[Case] = &[
    ("a terminated session, any client", |server| {
        cut_off(server, &counted(false), terminate)
    }),
    ("a terminated session, psql", |server| {
        cut_off(server, &counted(true), terminate)
    }),
    ("a server that crashes, any client", |_| {
        crash(&counted(false))
    }),
    ("a server that crashes, psql", |_| crash(&counted(true))),
];

/// How many patches count their effects.
const PATCHES: usize = 15;

/// How often each case is tried, at another moment each time.
const TRIES: u64 = 6;

/// Patches that each leave two rows, the second some time after the first; for psql also data of a
/// COPY, an index that is built concurrently and statements that commit one by one.
pub(crate) fn counted(psql: bool) -> Bundle {
    let mut bundle = postgres::bundle(&[(
        "first.sql",
        "CREATE TABLE effect (patch int, step int);\nCREATE TABLE big AS SELECT i FROM generate_series(1, 20000) AS i;",
    )]);
    for number in 0..PATCHES {
        let mut text = match (psql, number % 5) {
            (true, 1) => format!("COPY effect FROM stdin;\n{number}\t1\n\\.\n"),
            (true, 2) => format!(
                "CREATE INDEX CONCURRENTLY big_{number} ON big (i);\nINSERT INTO effect VALUES ({number}, 1);\n"
            ),
            (true, 3) => format!("-- transaction: off\nINSERT INTO effect VALUES ({number}, 1);\n"),
            _ => format!("INSERT INTO effect VALUES ({number}, 1);\n"),
        };
        text.push_str(&format!(
            "DO $$ BEGIN PERFORM pg_sleep(0.004); END $$;\nINSERT INTO effect VALUES ({number}, 2);\n"
        ));
        bundle.add(&format!("p{number}.sql"), &text);
    }
    bundle
}

fn check(database: &Database<'_>, context: &str) {
    let rows = database.sql("SELECT count(*), count(DISTINCT (patch, step)) FROM effect");
    let expected = PATCHES * 2;
    assert_eq!(rows, format!("{expected}|{expected}"), "{context}");
    assert_eq!(
        database.sql("SELECT count(*) FROM sqlstitch.patch WHERE state = 'applied'"),
        (PATCHES + 1).to_string(),
        "{context}"
    );
    assert_eq!(
        database.sql("SELECT count(*) FROM pg_index WHERE NOT indisvalid"),
        "0",
        "{context}"
    );
}

pub(crate) fn at_once(server: &Server, bundle: &Bundle) {
    let script = bundle.file();
    for _ in 0..3 {
        let database = server.database();
        let clients: Vec<Child> = (0..3).map(|_| database.spawn(&script)).collect();
        for client in clients {
            let run = Run::from(client.wait_with_output().expect("psql ends"));
            assert_eq!(run.code, Some(0), "{}", run.err);
        }
        check(&database, "three at once");
    }
}

pub(crate) fn cut_off(server: &Server, bundle: &Bundle, cut: fn(&Database<'_>, &mut Child)) {
    let script = bundle.file();
    let database = server.database();
    let start = Instant::now();
    assert_eq!(database.run(&script, &[]).code, Some(0));
    let whole = start.elapsed();
    let mut random = Random(0x5EED);
    for round in 0..TRIES {
        let database = server.database();
        let context = cut_and_complete(&database, &script, whole, &mut random, cut);
        check(&database, &format!("round {round}, {context}"));
    }
}

/// Cuts a run off at a random moment and completes it with another one.
fn cut_and_complete(
    database: &Database<'_>,
    script: &std::path::Path,
    whole: Duration,
    random: &mut Random,
    cut: fn(&Database<'_>, &mut Child),
) -> String {
    let mut client = database.spawn(script);
    let moment = Duration::from_micros(random.below(whole.as_micros() as u64));
    std::thread::sleep(moment);
    cut(database, &mut client);
    let first = Run::from(client.wait_with_output().expect("psql ends"));
    let second = database.run(script, &["-v", "ON_ERROR_STOP=1"]);
    assert_eq!(
        second.code,
        Some(0),
        "cut off after {moment:?}: {}\nthen: {}",
        first.err,
        second.err
    );
    format!("cut off after {moment:?} of {whole:?}: {}", first.err)
}

pub(crate) fn kill_client(_: &Database<'_>, client: &mut Child) {
    // It may have ended by itself.
    let _ = client.kill();
}

/// The processes of the server that work for a script.
const SESSIONS: &str = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";

fn terminate(database: &Database<'_>, _: &mut Child) {
    database.sql(&format!(
        "SELECT pg_terminate_backend(pid) FROM ({SESSIONS}) AS s"
    ));
}

/// Needs a server of its own: a session that dies takes all others with it.
fn crash(bundle: &Bundle) {
    let Some(server) = Server::start() else {
        return;
    };
    let script = bundle.file();
    let mut random = Random(0xC4A5);
    for round in 0..TRIES / 2 {
        let database = server.database();
        let context = cut_and_complete(
            &database,
            &script,
            Duration::from_millis(300),
            &mut random,
            |database, _| {
                for pid in database.sql(SESSIONS).lines() {
                    let _ = std::process::Command::new("kill")
                        .args(["-9", pid])
                        .status();
                }
                wait_for("the server to be back", || {
                    Run::of(database.psql().args(["-c", "SELECT 1"])).code == Some(0)
                });
            },
        );
        check(&database, &format!("round {round}, {context}"));
    }
}
