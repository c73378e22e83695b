//! Runs at once and runs that are cut off: every effect is there exactly once.

use crate::Behaviour;
use crate::bundle::Bundle;
use crate::engine::{Database, Engine, Run};
use crate::once::ok;

pub(crate) const BEHAVIOURS: &[Behaviour] = &[("three at once", three_at_once)];

/// How many patches leave effects.
const PATCHES: usize = 12;

/// Patches that each leave two rows, the second some time after the first, and a table.
fn counted(engine: &dyn Engine) -> Bundle {
    let pause = engine.words().pause;
    let mut bundle = Bundle::new(&[("00", "CREATE TABLE effect (patch integer, step integer);")]);
    for number in 1..=PATCHES {
        bundle = bundle.and(
            &format!("{number:02}"),
            format!(
                "INSERT INTO effect VALUES ({number}, 1);\nCREATE TABLE t{number} (a integer);\n{pause};\nINSERT INTO effect VALUES ({number}, 2);\n"
            ),
        );
    }
    bundle
}

/// Every body ran once, and the ledger knows it.
fn check(engine: &dyn Engine, database: &dyn Database) {
    let twice = PATCHES * 2;
    assert_eq!(
        database.ask("SELECT count(*), count(DISTINCT patch * 10 + step) FROM effect"),
        format!("{twice}|{twice}")
    );
    let ledger = engine.words().ledger;
    let all = PATCHES + 1;
    assert_eq!(
        database.ask(&format!(
            "SELECT count(*), max(ordinal) FROM {ledger} WHERE state = 'applied'"
        )),
        format!("{all}|{all}")
    );
}

fn three_at_once(engine: &dyn Engine) {
    let script = counted(engine).script(engine);
    let undisturbed = engine.database();
    ok(&undisturbed.run(&script));
    let database = engine.database();
    let clients: Vec<_> = (0..3).map(|_| database.start(&script)).collect();
    for client in clients {
        ok(&Run::end(client));
    }
    check(engine, database.as_ref());
    assert_eq!(database.dump(), undisturbed.dump());
}
