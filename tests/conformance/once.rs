//! A patch runs once, and whole.

use crate::bundle::Bundle;
use crate::support::engine::{Database, Engine};
use crate::support::run::Run;
use crate::{Behaviour, applied};

pub(crate) const BEHAVIOURS: &[Behaviour] = &[
    ("run twice changes nothing", twice),
    ("a later script applies what is new", grows),
    (
        "a failing patch stops the run and leaves nothing of itself",
        fails,
    ),
    ("a statement that is not SQL stops the run", nonsense),
    ("a client that goes on after an error does no harm", goes_on),
    (
        "a patch is not tried while the one before it is missing",
        chain,
    ),
    ("an empty script is fine", empty),
];

/// A small shop in three patches.
pub(crate) fn shop() -> Bundle {
    Bundle::new(&[
        (
            "1_items",
            "CREATE TABLE item (id integer PRIMARY KEY, price integer NOT NULL);\nINSERT INTO item VALUES (1, 10), (2, 20);\n",
        ),
        (
            "2_total",
            "-- what they cost\nCREATE VIEW total AS SELECT sum(price) AS price FROM item;\n",
        ),
        (
            "3_more",
            "INSERT INTO item VALUES (3, 30);\nUPDATE item SET price = price + 1;\n",
        ),
    ])
}

#[track_caller]
pub(crate) fn ok(run: &Run) {
    assert_eq!(run.code, Some(0), "{}", run.said());
}

/// Runs a bundle that must be applied whole.
#[track_caller]
pub(crate) fn apply(engine: &dyn Engine, database: &dyn Database, bundle: &Bundle) -> Run {
    let run = database.run(&bundle.script(engine));
    ok(&run);
    run
}

fn twice(engine: &dyn Engine) {
    let database = engine.database();
    let script = shop().and("4_nothing", "-- nothing yet\n").script(engine);
    ok(&database.run(&script));
    assert_eq!(
        database.ask("SELECT id, price FROM item ORDER BY id"),
        "1|11\n2|21\n3|31"
    );
    assert_eq!(
        applied(engine, database.as_ref()),
        "1_items 2_total 3_more 4_nothing"
    );
    let before = database.version();
    for _ in 0..2 {
        ok(&database.run(&script));
        assert_eq!(database.version(), before);
    }
}

fn grows(engine: &dyn Engine) {
    let database = engine.database();
    apply(engine, database.as_ref(), &shop());
    let more = shop()
        .and("0_first", "CREATE TABLE early (a integer);")
        .and("4_last", "INSERT INTO item VALUES (4, 40);");
    apply(engine, database.as_ref(), &more);
    assert_eq!(
        applied(engine, database.as_ref()),
        "1_items 2_total 3_more 0_first 4_last"
    );
    assert_eq!(database.ask("SELECT sum(price) FROM item"), "103");
    let before = database.version();
    // An older script has nothing to do either.
    apply(engine, database.as_ref(), &shop());
    assert_eq!(database.version(), before);
}

/// The third fails in its second statement, which nothing but running it can tell.
fn third_fails() -> Bundle {
    shop()
        .and(
            "3_more",
            "INSERT INTO item VALUES (3, 30);\n\n-- why\nINSERT INTO item VALUES\n  (1, 99);\nINSERT INTO item VALUES (4, 40);\n",
        )
        .and("4_last", "INSERT INTO item VALUES (5, 50);\n")
}

/// Of a patch that failed in its second statement nothing is there, or its first statement and what
/// the ledger knows of it.
#[track_caller]
fn only_the_first_two(engine: &dyn Engine, database: &dyn Database) {
    assert_eq!(applied(engine, database), "1_items 2_total");
    let ledger = engine.words().ledger;
    let rows = database.ask("SELECT id FROM item ORDER BY id");
    let begun = database.ask(&format!(
        "SELECT name FROM {ledger} WHERE state = 'running'"
    ));
    if begun.is_empty() {
        assert_eq!(rows, "1\n2");
    } else {
        assert_eq!((begun.as_str(), rows.as_str()), ("3_more", "1\n2\n3"));
        let next = database.ask(&format!(
            "SELECT next_statement FROM {ledger} WHERE name = '3_more'"
        ));
        assert_eq!(next, "2");
    }
}

fn fails(engine: &dyn Engine) {
    let database = engine.database();
    let script = third_fails().script(engine);
    for _ in 0..2 {
        let run = database.run(&script);
        assert!(run.code.is_some_and(|code| code != 0), "{run:?}");
        let said = run.said();
        for part in (engine.words().place)("3_more.sql", 4) {
            assert!(said.contains(&part), "{part}\n{said}");
        }
        only_the_first_two(engine, database.as_ref());
    }
    // The cause is taken away.
    database.ask("DELETE FROM item WHERE id = 1");
    ok(&database.run(&script));
    assert_eq!(
        applied(engine, database.as_ref()),
        "1_items 2_total 3_more 4_last"
    );
    assert_eq!(
        database.ask("SELECT id FROM item ORDER BY id"),
        "1\n2\n3\n4\n5"
    );
}

fn nonsense(engine: &dyn Engine) {
    let database = engine.database();
    let bundle = shop().and(
        "3_more",
        "INSERT INTO item VALUES (3, 30);\nINSERT INTO nosuch VALUES (1);\n",
    );
    let run = database.run(&bundle.script(engine));
    assert!(run.code.is_some_and(|code| code != 0), "{run:?}");
    assert!(run.said().contains("nosuch"), "{run:?}");
    only_the_first_two(engine, database.as_ref());
}

fn goes_on(engine: &dyn Engine) {
    let database = engine.database();
    let script = third_fails().script(engine);
    for _ in 0..2 {
        let run = database.run_on(&script);
        assert!(run.code.is_some_and(|code| code != 0), "{run:?}");
        only_the_first_two(engine, database.as_ref());
    }
    // Nor where the checks at the head fail.
    let database = engine.database();
    let bundle = shop().and(
        "3_more",
        "-- requires: external nosuch\nINSERT INTO item VALUES (3, 30);",
    );
    let run = database.run_on(&bundle.script(engine));
    assert!(run.code.is_some_and(|code| code != 0), "{run:?}");
    assert_eq!(database.dump(), engine.database().dump());
}

/// The text of the script without what makes its second patch run.
fn chain(engine: &dyn Engine) {
    let database = engine.database();
    let script = shop().script(engine);
    let text = std::fs::read_to_string(&*script).expect("the script");
    // The banners part the patches.
    let rule = "-".repeat(78);
    let banner = |number: usize| {
        let start = text.find(&format!("{rule}\n-- {number} of 3: "));
        start.unwrap_or_else(|| panic!("no banner of patch {number}"))
    };
    let cut = format!("{}{}", &text[..banner(2)], &text[banner(3)..]);
    std::fs::write(&*script, cut).expect("the script");
    let run = database.run(&script);
    assert!(run.code.is_some_and(|code| code != 0), "{run:?}");
    let message = "patch \"3_more\" (3_more.sql) is not tried, because the patch before it, \"2_total\", is not applied";
    assert!(run.said().contains(message), "{run:?}");
    assert_eq!(applied(engine, database.as_ref()), "1_items");
}

fn empty(engine: &dyn Engine) {
    let database = engine.database();
    let empty = Bundle::new(&[("1", "-- nothing")]);
    for _ in 0..2 {
        apply(engine, database.as_ref(), &empty);
        assert_eq!(applied(engine, database.as_ref()), "1");
    }
}
