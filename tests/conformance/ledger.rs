//! What the ledger decides, and what it knows.

use crate::bundle::Bundle;
use crate::once::{apply, ok, shop};
use crate::support::engine::Engine;
use crate::{Behaviour, applied, rows};

pub(crate) const BEHAVIOURS: &[Behaviour] = &[
    ("drift stops before anything runs", drift),
    ("drift is said", drift_said),
    ("drift is ignored", drift_ignored),
    ("comments and white space are no drift", no_drift),
    (
        "an external patch that is missing stops the run",
        external_missing,
    ),
    (
        "an external patch that is applied is enough",
        external_applied,
    ),
    ("a new name applies nothing again", formerly),
    ("a repeatable patch runs again when it changes", repeatable),
    (
        "a repeatable patch runs again when one below it changes",
        chained,
    ),
    ("the ledger's rows are complete", complete),
    ("a release comes in three steps", steps),
];

fn edited() -> Bundle {
    shop()
        .and("0_new", "CREATE TABLE new (a integer);")
        .and("3_more", "INSERT INTO item VALUES (3, 300);")
}

fn drift(engine: &dyn Engine) {
    let database = engine.database();
    apply(engine, database.as_ref(), &shop());
    let before = database.version();
    let script = edited().script(engine);
    for run in [database.run(&script), database.run_on(&script)] {
        assert!(run.code.is_some_and(|code| code != 0), "{run:?}");
        let message = "patch \"3_more\" (3_more.sql) was changed after it was applied";
        assert!(run.said().contains(message), "{run:?}");
        assert_eq!(database.version(), before);
    }
}

fn drift_is_passed(engine: &dyn Engine, what: &str) -> String {
    let database = engine.database();
    apply(engine, database.as_ref(), &shop());
    let run = apply(
        engine,
        database.as_ref(),
        &edited().with(&["--on-drift", what]),
    );
    assert_eq!(
        applied(engine, database.as_ref()),
        "1_items 2_total 3_more 0_new"
    );
    assert_eq!(database.ask("SELECT price FROM item WHERE id = 3"), "31");
    run.said()
}

fn drift_said(engine: &dyn Engine) {
    let said = drift_is_passed(engine, "warn");
    let message = "patch \"3_more\" (3_more.sql) was changed after it was applied";
    assert!(said.contains(message), "{said}");
}

fn drift_ignored(engine: &dyn Engine) {
    let said = drift_is_passed(engine, "ignore");
    assert!(!said.contains("was changed"), "{said}");
}

fn no_drift(engine: &dyn Engine) {
    let database = engine.database();
    apply(engine, database.as_ref(), &shop());
    let before = database.version();
    let same = shop().and(
        "3_more",
        "/* other words */\r\nINSERT INTO item\r\n  VALUES (3, 30);\r\n\r\nUPDATE item SET price = price + 1;",
    );
    apply(engine, database.as_ref(), &same);
    assert_eq!(database.version(), before);
}

fn needs_old() -> Bundle {
    shop().and(
        "3_more",
        "-- requires: external old/it's\nINSERT INTO item VALUES (3, 30);",
    )
}

fn external_missing(engine: &dyn Engine) {
    let database = engine.database();
    let untouched = database.dump();
    let run = database.run(&needs_old().script(engine));
    assert!(run.code.is_some_and(|code| code != 0), "{run:?}");
    let message = "patch \"3_more\" (3_more.sql) requires patch \"old/it's\", which is not applied to this database";
    assert!(run.said().contains(message), "{run:?}");
    assert_eq!(database.dump(), untouched);
}

fn external_applied(engine: &dyn Engine) {
    let database = engine.database();
    let old = Bundle::new(&[("old/it's", "CREATE TABLE old (a integer);")]);
    apply(engine, database.as_ref(), &old);
    apply(engine, database.as_ref(), &needs_old());
    assert_eq!(
        applied(engine, database.as_ref()),
        "old/it's 1_items 2_total 3_more"
    );
    // What is applied is not asked for again.
    database.ask(&format!(
        "DELETE FROM {} WHERE name = 'old/it''s'",
        engine.words().ledger
    ));
    apply(engine, database.as_ref(), &needs_old());
}

fn formerly(engine: &dyn Engine) {
    let database = engine.database();
    apply(engine, database.as_ref(), &shop());
    let renamed = Bundle::new(&[
        (
            "1_items",
            "CREATE TABLE item (id integer PRIMARY KEY, price integer NOT NULL);\nINSERT INTO item VALUES (1, 10), (2, 20);\n",
        ),
        (
            "views/total",
            "-- formerly: older\n-- formerly: 2_total\nCREATE VIEW total AS SELECT sum(price) AS price FROM item;\n",
        ),
        (
            "never",
            "-- formerly: nothing\nCREATE TABLE never (a integer);",
        ),
    ]);
    for _ in 0..2 {
        apply(engine, database.as_ref(), &renamed);
        assert_eq!(
            applied(engine, database.as_ref()),
            "1_items views/total 3_more never"
        );
    }
}

fn repeatable(engine: &dyn Engine) {
    let database = engine.database();
    let bundle = |value: &str| {
        let view = format!(
            "-- repeatable\n{} AS SELECT {value} AS a;\nINSERT INTO run (a) VALUES ({value});",
            engine.words().replace_view
        );
        Bundle::new(&[
            ("1_run", "CREATE TABLE run (a integer);"),
            ("2_view", view.as_str()),
        ])
        .and("3_last", "CREATE TABLE last (a integer);")
    };
    for (value, runs) in [("1", "1"), ("1", "1"), ("2", "2"), ("2", "2"), ("1", "3")] {
        apply(engine, database.as_ref(), &bundle(value));
        assert_eq!(database.ask("SELECT a FROM v"), value);
        assert_eq!(database.ask("SELECT count(*) FROM run"), runs);
        let table = engine.words().ledger;
        let kinds = database.ask(&format!(
            "SELECT name, kind, state FROM {table} ORDER BY name"
        ));
        assert_eq!(
            kinds,
            "1_run|once|applied\n2_view|repeatable|applied\n3_last|once|applied"
        );
    }
}

fn chained(engine: &dyn Engine) {
    let database = engine.database();
    let bundle = |value: &str| {
        let below = format!(
            "-- repeatable\nDELETE FROM run WHERE a = -1;\nINSERT INTO run (a) VALUES ({value});"
        );
        Bundle::new(&[
            ("1_run", "CREATE TABLE run (a integer);"),
            ("2_below", &below),
        ])
        .and(
            "3_above",
            "-- repeatable\n-- requires: 2_below\nINSERT INTO run (a) VALUES (100);",
        )
        .and(
            "4_beside",
            "-- repeatable\nINSERT INTO run (a) VALUES (1000);",
        )
    };
    for (value, sum) in [("1", "1101"), ("1", "1101"), ("2", "1203")] {
        apply(engine, database.as_ref(), &bundle(value));
        assert_eq!(database.ask("SELECT sum(a) FROM run"), sum);
    }
}

fn complete(engine: &dyn Engine) {
    let database = engine.database();
    let bundle = shop().with(&["--revision", "it's v1"]);
    apply(engine, database.as_ref(), &bundle);
    assert_eq!(
        rows(engine, database.as_ref()),
        "1|1_items|once|applied|2\n2|2_total|once|applied|1\n3|3_more|once|applied|2"
    );
    let table = engine.words().ledger;
    let full = "length(checksum) = 64 AND algorithm <> '' AND applied_at IS NOT NULL AND applied_by <> '' AND duration_ms >= 0 \
                AND length(bundle) = 64 AND revision = 'it''s v1' AND format = 1";
    assert_eq!(
        database.ask(&format!(
            "SELECT count(*), count(DISTINCT checksum), count(DISTINCT bundle), max(version) FROM {table} WHERE {full}"
        )),
        format!("3|3|1|{}", env!("CARGO_PKG_VERSION"))
    );
    ok(&database.run(&bundle.script(engine)));
}

fn steps(engine: &dyn Engine) {
    let database = engine.database();
    let all = shop().and("4_old", "DROP VIEW total;");
    let step = |phase: &str| all.with(&["--phase", phase]);
    // What a step needs of an earlier one is asked for.
    let run = database.run(&step("contract").script(engine));
    assert!(run.code.is_some_and(|code| code != 0), "{run:?}");
    let message = "patch \"4_old\" (4_old.sql) requires patch \"2_total\", which is not applied";
    assert!(run.said().contains(message), "{run:?}");
    for phase in ["expand", "migrate", "contract"] {
        apply(engine, database.as_ref(), &step(phase));
    }
    let table = engine.words().ledger;
    assert_eq!(
        database.ask(&format!("SELECT name, phase FROM {table} ORDER BY ordinal")),
        "1_items|expand\n2_total|expand\n3_more|migrate\n4_old|contract"
    );
    let baselined = engine.database();
    apply(engine, baselined.as_ref(), &all.with(&["--baseline"]));
    assert_eq!(
        baselined.ask(&format!("SELECT phase FROM {table} ORDER BY ordinal")),
        "expand\nexpand\nmigrate\ncontract"
    );
}
