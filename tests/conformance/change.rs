//! Scripts that hold a part of the patches, record them without running them, or undo them; and
//! patches whose names have changed.

use crate::bundle::Bundle;
use crate::once::{apply, shop};
use crate::support::engine::{Database, Engine};
use crate::{Behaviour, applied};

pub(crate) const BEHAVIOURS: &[Behaviour] = &[
    ("a baseline records and runs nothing", baseline),
    ("a part needs what it leaves out", part),
    (
        "a part finds what it needs under its old name",
        part_renamed,
    ),
    ("a revert undoes what is applied, the last first", revert),
    ("a revert that fails goes on where it stopped", revert_fails),
    ("what a patch that stays needs is not undone", needed),
    ("what nothing undoes is not undone", irreversible),
    ("what was changed since is not undone unasked", revert_drift),
    ("names that move on take their rows along", names_move),
    ("a new name with another text is drift", renamed_and_edited),
];

/// The shop, and what undoes it.
fn undoable() -> Bundle {
    shop()
        .and("1_items.revert", "DROP TABLE item;")
        .and("2_total.revert", "-- undoes\nDROP VIEW total")
        .and(
            "3_more.revert",
            "UPDATE item SET price = price - 1;\nDELETE FROM item WHERE id = 3;",
        )
}

/// Runs a script that must stop with this message, and leave the ledger as it is.
#[track_caller]
fn refused(engine: &dyn Engine, database: &dyn Database, bundle: &Bundle, message: &str) {
    let (before, objects) = (database.version(), database.dump());
    let run = database.run(&bundle.script(engine));
    assert!(run.code.is_some_and(|code| code != 0), "{run:?}");
    assert!(run.said().contains(message), "{run:?}");
    assert_eq!((database.version(), database.dump()), (before, objects));
}

fn baseline(engine: &dyn Engine) {
    let database = engine.database();
    let database = database.as_ref();
    let empty = database.dump();
    let ledger = engine.words().ledger;
    for _ in 0..2 {
        apply(
            engine,
            database,
            &shop().with(&["--baseline", "--to", "2_total"]),
        );
        assert_eq!(applied(engine, database), "1_items 2_total");
        assert_eq!(database.dump(), empty);
    }
    let unrun = format!("SELECT count(*) FROM {ledger} WHERE duration_ms IS NULL");
    assert_eq!(database.ask(&unrun), "2");
    let before = database.version();
    apply(
        engine,
        database,
        &shop().with(&["--only", "1_items", "--only", "2_total"]),
    );
    assert_eq!((database.version(), database.dump()), (before, empty));
    apply(engine, database, &shop().with(&["--baseline"]));
    assert_eq!(applied(engine, database), "1_items 2_total 3_more");
    let before = database.version();
    apply(engine, database, &shop().with(&["--baseline"]));
    apply(engine, database, &shop());
    assert_eq!(database.version(), before);
    let edited = shop().and("2_total", "CREATE VIEW total AS SELECT 1 AS price;");
    let message = "patch \"2_total\" (2_total.sql) was changed after it was applied";
    refused(engine, database, &edited.with(&["--baseline"]), message);
}

fn part(engine: &dyn Engine) {
    let database = engine.database();
    let database = database.as_ref();
    let total = shop().with(&["--only", "2_total"]);
    let run = database.run(&total.script(engine));
    assert!(run.code.is_some_and(|code| code != 0), "{run:?}");
    let message = "patch \"2_total\" (2_total.sql) requires patch \"1_items\", which is not applied to this database";
    assert!(run.said().contains(message), "{run:?}");
    apply(engine, database, &shop().with(&["--only", "1_*"]));
    apply(engine, database, &total);
    assert_eq!(applied(engine, database), "1_items 2_total");
    apply(engine, database, &shop());
    assert_eq!(applied(engine, database), "1_items 2_total 3_more");
    // A part that is nothing is a script that does nothing.
    let before = database.version();
    apply(
        engine,
        database,
        &shop().with(&["--only", "1_*", "--only", "2_total"]),
    );
    assert_eq!(database.version(), before);
}

fn part_renamed(engine: &dyn Engine) {
    let database = engine.database();
    let database = database.as_ref();
    let items = "CREATE TABLE item (id integer PRIMARY KEY, price integer NOT NULL);";
    apply(engine, database, &Bundle::new(&[("items", items)]));
    let renamed = Bundle::new(&[
        (
            "shop/items",
            format!("-- formerly: older\n-- formerly: items\n{items}"),
        ),
        (
            "shop/total",
            "CREATE VIEW total AS SELECT sum(price) AS price FROM item;".to_owned(),
        ),
    ]);
    apply(engine, database, &renamed.with(&["--only", "shop/total"]));
    assert_eq!(applied(engine, database), "items shop/total");
    apply(engine, database, &renamed);
    assert_eq!(applied(engine, database), "shop/items shop/total");
}

fn revert(engine: &dyn Engine) {
    let database = engine.database();
    let database = database.as_ref();
    let all = undoable().with(&["--revert"]);
    let empty = database.dump();
    apply(engine, database, &all);
    assert_eq!(database.dump(), empty);
    apply(engine, database, &undoable().with(&["--only", "1_items"]));
    let first = database.dump();
    for _ in 0..2 {
        apply(engine, database, &undoable());
        assert_eq!(applied(engine, database), "1_items 2_total 3_more");
        for _ in 0..2 {
            apply(
                engine,
                database,
                &undoable().with(&["--revert", "--to", "1_items"]),
            );
            assert_eq!(applied(engine, database), "1_items");
            assert_eq!(database.dump(), first);
        }
    }
    apply(engine, database, &undoable());
    apply(engine, database, &all);
    assert_eq!(
        (applied(engine, database).as_str(), database.dump()),
        ("", empty)
    );
    let before = database.version();
    apply(engine, database, &all);
    assert_eq!(database.version(), before);
}

fn revert_fails(engine: &dyn Engine) {
    let database = engine.database();
    let database = database.as_ref();
    let empty = database.dump();
    apply(engine, database, &undoable());
    let failing = undoable().and(
        "2_total.revert",
        "INSERT INTO nowhere VALUES (1);\nDROP VIEW total;",
    );
    for run in [
        database.run(&failing.with(&["--revert"]).script(engine)),
        database.run_on(&failing.with(&["--revert"]).script(engine)),
    ] {
        assert!(run.code.is_some_and(|code| code != 0), "{run:?}");
        assert_eq!(applied(engine, database), "1_items 2_total");
    }
    apply(engine, database, &undoable().with(&["--revert"]));
    assert_eq!(
        (applied(engine, database).as_str(), database.dump()),
        ("", empty)
    );
}

fn needed(engine: &dyn Engine) {
    let database = engine.database();
    let database = database.as_ref();
    apply(engine, database, &undoable());
    let message = "patch \"1_items\" (1_items.revert.sql) is needed by patch \"2_total\", which is applied to this database";
    refused(
        engine,
        database,
        &undoable().with(&["--revert", "--only", "1_items"]),
        message,
    );
    apply(
        engine,
        database,
        &undoable().with(&["--revert", "--only", "2_total"]),
    );
    assert_eq!(applied(engine, database), "1_items 3_more");
}

fn irreversible(engine: &dyn Engine) {
    let database = engine.database();
    let database = database.as_ref();
    let bundle = undoable().and(
        "2_total",
        "-- revert: none\nCREATE VIEW total AS SELECT sum(price) AS price FROM item;",
    );
    apply(engine, database, &bundle.with(&["--only", "1_items"]));
    apply(engine, database, &bundle.with(&["--revert"]));
    assert_eq!(applied(engine, database), "");
    apply(engine, database, &bundle);
    let message =
        "patch \"2_total\" (2_total.sql) cannot be undone: nothing undoes it, says its header";
    refused(engine, database, &bundle.with(&["--revert"]), message);
    apply(
        engine,
        database,
        &bundle.with(&["--revert", "--to", "2_total"]),
    );
    assert_eq!(applied(engine, database), "1_items 2_total");
}

fn revert_drift(engine: &dyn Engine) {
    let database = engine.database();
    let database = database.as_ref();
    apply(engine, database, &undoable());
    let edited = undoable().and("3_more", "INSERT INTO item VALUES (4, 40);");
    let edited = edited.with(&["--revert", "--to", "2_total"]);
    let message = "was changed after it was applied";
    refused(engine, database, &edited, message);
    apply(engine, database, &edited.with(&["--on-drift", "ignore"]));
    assert_eq!(applied(engine, database), "1_items 2_total");
}

fn names_move(engine: &dyn Engine) {
    let database = engine.database();
    let database = database.as_ref();
    let table = |name: &str| format!("CREATE TABLE {name} (a integer);");
    let from = |old: &str, name: &str| format!("-- formerly: {old}\n{}", table(name));
    apply(
        engine,
        database,
        &Bundle::new(&[
            ("a", table("one")),
            ("b", table("two")),
            ("c", table("three")),
        ]),
    );
    // Each takes the name of the next; the last one's is new.
    let moved = Bundle::new(&[
        ("b", from("a", "one")),
        ("c", from("b", "two")),
        ("d", from("c", "three")),
    ]);
    // Two change places.
    let swapped = Bundle::new(&[
        ("c", from("b", "one")),
        ("b", from("c", "two")),
        ("d", table("three")),
    ]);
    for (bundle, names) in [(&moved, "b c d"), (&swapped, "c b d")] {
        for _ in 0..2 {
            apply(engine, database, bundle);
            assert_eq!(applied(engine, database), names);
        }
    }
}

fn renamed_and_edited(engine: &dyn Engine) {
    let database = engine.database();
    let database = database.as_ref();
    apply(
        engine,
        database,
        &Bundle::new(&[("a", "CREATE TABLE one (a integer);")]),
    );
    let edited = Bundle::new(&[(
        "b",
        "-- formerly: a\nCREATE TABLE one (a integer, b integer);",
    )]);
    let run = database.run(&edited.script(engine));
    assert!(run.code.is_some_and(|code| code != 0), "{run:?}");
    let message = "patch \"b\" (b.sql) was changed after it was applied";
    assert!(run.said().contains(message), "{run:?}");
    apply(engine, database, &edited.with(&["--on-drift", "ignore"]));
    assert_eq!(applied(engine, database), "b");
}
