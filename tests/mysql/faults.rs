//! Several runs at once, and runs that are cut off at any moment: every statement has run once, the
//! database is what it is without all that, and nobody is asked whether a statement took effect.

use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use super::Case;
use super::support::Random;
use super::support::built::Bundle;
use super::support::mysql::{Database, Server};
use super::support::run::Run;

pub(crate) const CASES: &[Case] = &[
    ("20 killed clients", killed_clients),
    ("5 killed servers", killed_servers),
    ("10 times three runs at once", three_at_once),
];

/// Patches of all kinds: rows and definitions in turns, so that a run is cut off between them.
fn bundle() -> Bundle {
    let mut files = vec![(
        "00".to_owned(),
        "CREATE TABLE effect (patch int, step int);\nINSERT INTO effect VALUES (0, 1);".to_owned(),
    )];
    for n in 1..=6 {
        let text = match n % 3 {
            0 => format!(
                "INSERT INTO effect VALUES ({n}, 1);\nCREATE TABLE a{n} (id int, v int);\nCREATE INDEX by_v ON a{n} (v);\n\
                 INSERT INTO a{n} VALUES (1, 1);\nINSERT INTO effect VALUES ({n}, 2);\nALTER TABLE a{n} ADD COLUMN w int, COMMENT 'it''s {n}';\n\
                 UPDATE a{n} SET w = 7;\nALTER TABLE a{n} DROP COLUMN v;\nRENAME TABLE a{n} TO b{n};\nINSERT INTO effect VALUES ({n}, 3);\n"
            ),
            1 => format!(
                "CREATE TABLE c{n} (id int PRIMARY KEY, n int);\nLOCK TABLES c{n} WRITE, effect WRITE;\n/*!40000 ALTER TABLE c{n} DISABLE KEYS */;\n\
                 INSERT INTO c{n} VALUES (1, 0), (2, 0);\nINSERT INTO effect VALUES ({n}, 1);\n/*!40000 ALTER TABLE c{n} ENABLE KEYS */;\nUNLOCK TABLES;\n\
                 CREATE VIEW v{n} AS SELECT id FROM c{n};\nSTART TRANSACTION;\nUPDATE c{n} SET n = n + 1;\nINSERT INTO effect VALUES ({n}, 2);\nCOMMIT;\nDROP VIEW v{n};\nUPDATE c{n} SET n = n + 1;\nINSERT INTO effect VALUES ({n}, 3);\n"
            ),
            _ => format!(
                "SET sql_mode = 'ANSI';\nCREATE TABLE \"d{n}\" (id int, v varchar(20));\nDELIMITER //\nCREATE TRIGGER t{n} BEFORE INSERT ON d{n} FOR EACH ROW BEGIN SET NEW.v = 'x;' || NEW.v; END//\n\
                 CREATE PROCEDURE p{n}() BEGIN INSERT INTO d{n} VALUES (9, 'p'); END//\nDELIMITER ;\nINSERT INTO effect VALUES ({n}, 1);\nINSERT INTO d{n} VALUES (1, 'a');\n\
                 CREATE FUNCTION f{n}() RETURNS int DETERMINISTIC RETURN 1;\nINSERT INTO effect VALUES ({n}, 2);\nDROP TRIGGER t{n};\nINSERT INTO d{n} VALUES (2, 'b');\nINSERT INTO effect VALUES ({n}, 3);\n"
            ),
        };
        files.push((format!("{n:02}"), text));
    }
    for n in 7..=9 {
        let text = format!(
            "INSERT INTO effect VALUES ({n}, 1);\nINSERT INTO effect VALUES ({n}, 2);\nINSERT INTO effect VALUES ({n}, 3);\n"
        );
        files.push((format!("{n:02}"), text));
    }
    let files: Vec<(&str, &String)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text))
        .collect();
    Bundle::new("mysql", &files)
}

/// The state after an undisturbed run, and how long it took.
fn undisturbed(server: &Server, script: &Path) -> (String, Duration) {
    let database = server.database();
    let start = Instant::now();
    let run = database.run(script);
    let whole = start.elapsed();
    assert_eq!(run.code, Some(0), "{}", run.err);
    (database.dump(), whole)
}

#[track_caller]
fn check(database: &Database<'_>, expected: &str, context: &str) {
    assert_eq!(
        database.sql("SELECT count(*), count(DISTINCT patch, step) FROM effect"),
        "28|28",
        "{context}"
    );
    assert_eq!(
        database.sql("SELECT count(*), max(ordinal), sum(state = 'applied') FROM sqlstitch_patch"),
        "10|10|10",
        "{context}"
    );
    assert_eq!(database.dump(), expected, "{context}");
}

/// Cuts a run off at a random moment, and completes it with another one.
fn cut_off(
    database: &Database<'_>,
    script: &Path,
    expected: &str,
    moment: Duration,
    cut: impl FnOnce(&mut Child),
) {
    let mut client = database.spawn(script);
    std::thread::sleep(moment);
    cut(&mut client);
    let first = Run::from(client.wait_with_output().expect("the client ends"));
    let ledger = database.ledger();
    let second = database.run(script);
    let context = format!(
        "cut off after {moment:?}: {}\n{ledger}\nthen: {}{}",
        first.err, second.out, second.err
    );
    assert_eq!(second.code, Some(0), "{context}");
    check(database, expected, &context);
}

fn killed_clients(server: &Server) {
    let bundle = bundle();
    let script = bundle.script();
    let (expected, whole) = undisturbed(server, &script);
    let mut random = Random(0x5EED);
    for _ in 0..20 {
        let moment = Duration::from_micros(random.below(whole.as_micros() as u64));
        cut_off(&server.database(), &script, &expected, moment, |client| {
            // It may have ended by itself.
            let _ = client.kill();
        });
    }
}

fn killed_servers(_: &Server) {
    let server = Server::start_durable().expect("another one has started");
    let bundle = bundle();
    let script = bundle.script();
    let (expected, whole) = undisturbed(&server, &script);
    let mut random = Random(0xDEAD);
    for _ in 0..5 {
        let moment = Duration::from_micros(random.below(whole.as_micros() as u64));
        let database = server.database();
        cut_off(&database, &script, &expected, moment, |_| server.crash());
    }
}

fn three_at_once(server: &Server) {
    let bundle = bundle();
    let script = bundle.script();
    let (expected, _) = undisturbed(server, &script);
    for _ in 0..10 {
        let database = server.database();
        let clients: Vec<Child> = (0..3).map(|_| database.spawn(&script)).collect();
        for client in clients {
            let run = Run::from(client.wait_with_output().expect("the client ends"));
            assert_eq!(run.code, Some(0), "{}", run.err);
        }
        check(&database, &expected, "three at once");
    }
}
