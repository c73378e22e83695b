//! Databases that a script must not touch: it says why, and changes nothing.

use crate::Behaviour;
use crate::engine::{Database, Engine, Restriction, Run};
use crate::once::{apply, shop};

pub(crate) const BEHAVIOURS: &[Behaviour] = &[
    ("a read-only database is named", read_only),
    ("a user who may not make the ledger is told", may_not_make),
    ("a user who may not write the ledger is told", may_not_write),
];

#[track_caller]
fn refused(run: &Run, message: &str) {
    assert!(run.code.is_some_and(|code| code != 0), "{run:?}");
    assert!(run.said().contains(message), "{message}\n{}", run.said());
}

fn read_only(engine: &dyn Engine) {
    let database = engine.database();
    let script = shop().script(engine);
    apply(
        engine,
        database.as_ref(),
        &crate::bundle::Bundle::new(&[("0", "")]),
    );
    let before = database.version();
    let run = database.run_restricted(Restriction::Write, &script);
    refused(&run.expect("every engine can be read only"), "read");
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
    apply(
        engine,
        database.as_ref(),
        &crate::bundle::Bundle::new(&[("0", "")]),
    );
    let before = database.version();
    let run = database.run_restricted(Restriction::WriteLedger, &shop().script(engine));
    let Some(run) = run else { return };
    refused(&run, "GRANT");
    assert_eq!(database.version(), before);
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
