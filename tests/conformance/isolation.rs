//! What one patch does to its session ends with it.

use crate::Behaviour;
use crate::bundle::Bundle;
use crate::once::apply;
use crate::support::engine::Engine;

pub(crate) const BEHAVIOURS: &[Behaviour] = &[
    ("settings end with their patch", settings),
    ("temporary objects end with their patch", temporary),
];

fn settings(engine: &dyn Engine) {
    let words = engine.words();
    let (change, shown) = words.setting;
    let make = format!("CREATE TABLE seen (a {});", words.text);
    let see = format!("INSERT INTO seen SELECT {shown};");
    let seen = |bundle: &Bundle| {
        let database = engine.database();
        apply(engine, database.as_ref(), bundle);
        database.ask("SELECT a FROM seen")
    };
    let usual = seen(&Bundle::new(&[("1", &make), ("3", &see)]));
    let changed = seen(&Bundle::new(&[
        ("1", make.clone()),
        ("3", format!("{change};\n{see}")),
    ]));
    assert_ne!(usual, changed, "{change}");
    let after = seen(&Bundle::new(&[
        ("1", make.as_str()),
        ("2", &format!("{change};")),
        ("3", &see),
    ]));
    assert_eq!(usual, after, "{change}");
}

fn temporary(engine: &dyn Engine) {
    let make = engine.words().temporary;
    let database = engine.database();
    let bundle = Bundle::new(&[
        ("1", "CREATE TABLE kept (a integer);".to_owned()),
        (
            "2",
            format!(
                "{make} scratch (a integer);\nINSERT INTO scratch VALUES (1);\nINSERT INTO kept SELECT a FROM scratch;"
            ),
        ),
        (
            "3",
            format!(
                "{make} scratch (b integer);\nINSERT INTO scratch VALUES (2);\nINSERT INTO kept SELECT b FROM scratch;"
            ),
        ),
        // A temporary table stands before another of its name.
        (
            "4",
            format!("{make} kept (a integer);\nINSERT INTO kept VALUES (3);"),
        ),
        ("5", "INSERT INTO kept VALUES (4);".to_owned()),
    ]);
    apply(engine, database.as_ref(), &bundle);
    assert_eq!(database.ask("SELECT a FROM kept ORDER BY a"), "1\n2\n4");
}
