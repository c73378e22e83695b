//! Patches that sqlpatch has applied: its table, as sqlpatch 0.5.14 makes and fills it.

use super::Case;
use super::support::planned::Bundle;
use super::support::postgres::{self, Database, Server};
use sqlstitch::plan::{Adopt, Drift};

pub(crate) const CASES: &[Case] = &[
    ("adopt: what sqlpatch has applied is not run", recorded),
    ("adopt: a changed file is drift", drift),
    ("adopt: one name of theirs, two files of ours", several),
    ("adopt: tables of another shape", other_shapes),
    (
        "a revert outside a transaction goes on where it stopped",
        stepwise,
    ),
];

const STOP: &[&str] = &["-v", "ON_ERROR_STOP=1"];

/// Names and texts; the table below has the first two.
const FILES: &[(&str, &str)] = &[
    (
        "shop/product.sql",
        "create table product (id serial primary key, name text);\n",
    ),
    (
        "shop/order.sql",
        "-- @name it-orders\n-- @require shop/product\ncreate table orders (id int, p int references product); -- 'x\ninsert into orders values (1, null);\n",
    ),
    ("new.sql", "create view v as select id from orders;\n"),
];

/// Their checksums, made by sqlpatch.
const PRODUCT: &str = "e705d74e3f894e085c5ddd60b11d8c4f3df6cad9";
const ORDERS: &str = "69fff1cc582401ea99aad52d5934e0c5ca652482";

fn bundle() -> Bundle {
    let mut bundle = postgres::bundle(FILES);
    bundle.plan.patches[1].name = "it-orders".to_owned();
    bundle.plan.settings.adopt = Some(Adopt::default());
    bundle
}

/// A database as sqlpatch leaves it.
fn database(server: &Server) -> Database<'_> {
    let database = server.database();
    database.sql(&format!(
        "CREATE SCHEMA sqlpatch;
         CREATE TABLE sqlpatch.batch_000 (name varchar(100) PRIMARY KEY, created timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, checksum char(40) NULL);
         INSERT INTO sqlpatch.batch_000 VALUES ('product', '2020-01-02 03:04:05', '{PRODUCT}'), ('it-orders', '2020-01-03 00:00:00', '{ORDERS}');
         {}{}",
        FILES[0].1, FILES[1].1
    ));
    database
}

fn recorded(server: &Server) {
    let database = database(server);
    let script = bundle().file();
    let run = database.run(&script, STOP);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(
        run.err
            .contains("recorded 2 patches as applied, because \"sqlpatch\".\"batch_000\" has them"),
        "{}",
        run.err
    );
    let before = database.ledger();
    assert_eq!(database.applied(), "shop/product it-orders new");
    assert_eq!(
        database.sql("SELECT name, duration_ms IS NULL, applied_at < '2021-01-01' FROM sqlstitch.patch ORDER BY ordinal"),
        "shop/product|t|t\nit-orders|t|t\nnew|f|f"
    );
    assert_eq!(database.sql("SELECT count(*) FROM orders"), "1");
    assert_eq!(database.run(&script, STOP).code, Some(0));
    assert_eq!(database.ledger(), before);
    // Without their table everything is new.
    let empty = server.database();
    assert_eq!(empty.run(&script, STOP).code, Some(0));
    assert_eq!(empty.applied(), "shop/product it-orders new");
}

fn drift(server: &Server) {
    let mut changed = bundle();
    let mut rest = changed.plan.patches.split_off(1);
    changed.plan.patches.clear();
    changed.add("shop/product.sql", "create table product (id bigserial);");
    changed.plan.patches.append(&mut rest);
    let database = database(server);
    let run = database.run(&changed.file(), STOP);
    assert_eq!(run.code, Some(3));
    for part in [
        "patch \"shop/product\" (shop/product.sql) was changed after it was applied, says \"sqlpatch\".\"batch_000\"",
        "UPDATE \"sqlpatch\".\"batch_000\" SET checksum = '",
        "' WHERE name = 'product';",
    ] {
        assert!(run.err.contains(part), "{}", run.err);
    }
    assert_eq!(
        database.sql("SELECT to_regclass('sqlstitch.patch') IS NULL"),
        "t"
    );
    changed.plan.settings.drift = Drift::Warn;
    let run = database.run(&changed.file(), STOP);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(
        run.err.contains("WARNING:  patch \"shop/product\""),
        "{}",
        run.err
    );
    assert_eq!(database.applied(), "shop/product it-orders new");
}

fn several(server: &Server) {
    // The checksum tells which of two it is.
    let mut both = bundle();
    both.add("other/product.sql", "create table other (id int);");
    let database = database(server);
    let run = database.run(&both.file(), STOP);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert_eq!(
        database.applied(),
        "shop/product it-orders new other/product"
    );
    // Nothing tells.
    let unknown = self::database(server);
    unknown.sql("UPDATE sqlpatch.batch_000 SET checksum = NULL");
    let run = unknown.run(&both.file(), STOP);
    assert_eq!(run.code, Some(3), "{}", run.err);
    for part in [
        "\"product\" in \"sqlpatch\".\"batch_000\" may be patch \"shop/product\" (shop/product.sql) or another one of this script",
        "-- formerly: product",
    ] {
        assert!(run.err.contains(part), "{}", run.err);
    }
    // The header tells.
    both.plan.patches[0].formerly = vec!["product".to_owned()];
    let run = unknown.run(&both.file(), STOP);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert_eq!(
        unknown.applied(),
        "shop/product it-orders new other/product"
    );
}

fn other_shapes(server: &Server) {
    let mut bundle = postgres::bundle(&[
        ("a.sql", "CREATE TABLE a (i int);"),
        ("b.sql", "CREATE TABLE b (i int);"),
    ]);
    let adopt = |name: &str| Adopt {
        schema: "ops".to_owned(),
        table: "it's \"done\"".to_owned(),
        name: name.to_owned(),
        checksum: "hash".to_owned(),
    };
    let database = server.database();
    database.sql("CREATE SCHEMA ops; CREATE TABLE ops.\"it's \"\"done\"\"\" (\"File\" text, hash text); INSERT INTO ops.\"it's \"\"done\"\"\" VALUES ('a', 'md5:x')");
    bundle.plan.settings.adopt = Some(adopt("name"));
    let run = database.run(&bundle.file(), STOP);
    assert_eq!(run.code, Some(3), "{}", run.err);
    assert!(
        run.err
            .contains("holds no patches to adopt: it has no column \"name\""),
        "{}",
        run.err
    );
    assert_eq!(database.sql("SELECT to_regclass('a') IS NULL"), "t");
    bundle.plan.settings.adopt = Some(adopt("File"));
    let run = database.run(&bundle.file(), STOP);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert_eq!(
        database.sql("SELECT to_regclass('a') IS NULL, to_regclass('b') IS NULL"),
        "t|f"
    );
    assert_eq!(database.applied(), "a b");
}

fn stepwise(server: &Server) {
    let database = server.database();
    let mut up = postgres::bundle(&[(
        "t.sql",
        "CREATE TABLE t (a int, b int); CREATE INDEX t_a ON t (a); CREATE INDEX t_b ON t (b);",
    )]);
    assert_eq!(database.run(&up.file(), STOP).code, Some(0));
    let undo = |middle: &str| {
        let text = format!(
            "DROP INDEX CONCURRENTLY t_b;\n{middle}\nDROP INDEX CONCURRENTLY t_a;\nDROP TABLE t;"
        );
        let mut down = postgres::bundle(&[("t.revert.sql", &text)]);
        down.plan.patches[0].name = "t".to_owned();
        down.plan.patches[0].checksum = up.plan.patches[0].checksum;
        down.plan.settings.action = sqlstitch::plan::Action::Revert;
        down.file()
    };
    let (failing, whole) = (undo("DELETE FROM nowhere;"), undo("SELECT 1;"));
    assert_eq!(database.run(&failing, STOP).code, Some(3));
    assert_eq!(
        database.sql("SELECT state, next_statement, checksum LIKE 'revert:%' FROM sqlstitch.patch"),
        "running|2|t"
    );
    // What applies the patch does not go on with it.
    up.add("more.sql", "CREATE TABLE more (a int);");
    let run = database.run(&up.file(), STOP);
    assert!(
        run.err.contains("patch \"t\" (t.sql) is partly undone"),
        "{}",
        run.err
    );
    assert!(
        run.err
            .contains("Run the script that undoes it to its end first."),
        "{}",
        run.err
    );
    let run = database.run(&whole, STOP);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert_eq!(database.sql("SELECT count(*) FROM sqlstitch.patch"), "0");
    assert_eq!(database.sql("SELECT to_regclass('t') IS NULL"), "t");
    assert_eq!(database.run(&up.file(), STOP).code, Some(0));
    assert_eq!(database.applied(), "t more");
}
