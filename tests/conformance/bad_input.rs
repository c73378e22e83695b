//! Databases that a script must not touch: it says why, and changes nothing.

use crate::Behaviour;
use crate::bundle::Bundle;
use crate::once::{apply, shop};
use crate::support::engine::{Database, Engine, Restriction};
use crate::support::run::Run;

pub(crate) const BEHAVIOURS: &[Behaviour] = &[
    ("a read-only database is named", read_only),
    ("a user who may not make the ledger is told", may_not_make),
    ("a user who may not write the ledger is told", may_not_write),
    ("a ledger of a newer format is left alone", newer_format),
    (
        "a table of someone else's making is left alone",
        foreign_table,
    ),
    (
        "a table with some of the ledger's columns is left alone",
        half_foreign,
    ),
    ("a view with the ledger's name is left alone", foreign_view),
];

#[track_caller]
fn refused(run: &Run, message: &str) {
    assert!(run.code.is_some_and(|code| code != 0), "{run:?}");
    assert!(run.said().contains(message), "{message}\n{}", run.said());
}

fn read_only(engine: &dyn Engine) {
    let database = engine.database();
    let script = shop().script(engine);
    apply(engine, database.as_ref(), &Bundle::new(&[("0", "")]));
    let before = database.version();
    let run = database.run_restricted(Restriction::Write, &script);
    let run = run.expect("every engine can be read only");
    let said = run.said().to_lowercase().replace('-', "");
    refused(&run, "");
    assert!(said.contains("readonly"), "{said}");
    assert_eq!(database.version(), before);
}

fn may_not_make(engine: &dyn Engine) {
    let database = engine.database();
    let before = database.version();
    let run = database.run_restricted(Restriction::MakeLedger, &shop().script(engine));
    let Some(run) = run else { return };
    refused(&run, "GRANT");
    assert_eq!(database.version(), before);
}

fn may_not_write(engine: &dyn Engine) {
    let database = engine.database();
    apply(engine, database.as_ref(), &Bundle::new(&[("0", "")]));
    let before = database.version();
    let run = database.run_restricted(Restriction::WriteLedger, &shop().script(engine));
    let Some(run) = run else { return };
    refused(&run, "GRANT");
    assert_eq!(database.version(), before);
}

fn newer_format(engine: &dyn Engine) {
    let database = engine.database();
    apply(engine, database.as_ref(), &Bundle::new(&[("0", "")]));
    let ledger = engine.words().ledger;
    database.ask(&format!("UPDATE {ledger} SET format = 2"));
    let message = "is of format 2, and this script knows format 1 only";
    left_alone(engine, database.as_ref(), &shop(), message);
    // Nor is it read where it seems to have all.
    left_alone(
        engine,
        database.as_ref(),
        &Bundle::new(&[("0", "")]),
        message,
    );
}

/// A script must refuse this database with this message and change nothing.
#[track_caller]
fn left_alone(engine: &dyn Engine, database: &dyn Database, bundle: &Bundle, message: &str) {
    let script = bundle.script(engine);
    let before = database.dump();
    for run in [database.run(&script), database.run_on(&script)] {
        refused(&run, message);
        assert_eq!(database.dump(), before);
    }
}

fn foreign(engine: &dyn Engine, make: &str, message: &str) {
    let database = engine.database();
    let words = engine.words();
    if let Some(schema) = words.ledger_schema {
        database.ask(schema);
    }
    database.ask(&make.replace("LEDGER", words.ledger));
    let first = database.ask(&format!("SELECT * FROM {}", words.ledger));
    left_alone(engine, database.as_ref(), &shop(), message);
    let after = database.ask(&format!("SELECT * FROM {}", words.ledger));
    assert_eq!(first, after);
}

fn foreign_table(engine: &dyn Engine) {
    let make = "CREATE TABLE LEDGER (id integer, applied integer)";
    foreign(
        engine,
        make,
        "is not a ledger of sqlstitch: it has no column",
    );
}

fn half_foreign(engine: &dyn Engine) {
    let make =
        "CREATE TABLE LEDGER (name varchar(200), checksum varchar(64), applied_at varchar(30))";
    foreign(
        engine,
        make,
        "is not a ledger of sqlstitch: it has no column",
    );
}

fn foreign_view(engine: &dyn Engine) {
    let make = "CREATE VIEW LEDGER AS SELECT 'a' AS name, 'b' AS checksum";
    foreign(engine, make, "is not a ledger of sqlstitch");
}

/// The script of one engine in the client of another.
pub(crate) fn wrong_engine(engine: &dyn Engine, other: &dyn Engine) {
    let script = shop().script(engine);
    let database: Box<dyn Database + '_> = other.database();
    let before = database.version();
    for run in [database.run(&script), database.run_on(&script)] {
        refused(&run, &format!("this script is for {}", engine.title()));
        assert_eq!(database.version(), before);
    }
}
