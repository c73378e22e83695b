//! Statements that may have been broken off: looked up where the catalog tells of them, else asked about.

use super::Case;
use super::support::built::Bundle;
use super::support::mysql::Server;
use super::words::words;
use super::{fails, ok, progress};

pub(crate) const CASES: &[Case] = &[
    ("what was broken off is looked up", probes),
    ("what nobody can look up is asked", asked),
    ("what tells nothing is not looked up", never_guessed),
    (
        "an error before the statement leaves it in doubt",
        still_in_doubt,
    ),
];

/// What may be broken off, by what must be there before it.
const PROBED: &[(&str, &str)] = &[
    ("", "CREATE TABLE x (a int)"),
    ("", "CREATE VIEW x AS SELECT 1 AS a"),
    ("CREATE TABLE t (a int)", "CREATE INDEX x ON t (a)"),
    (
        "CREATE TABLE t (a int)",
        "CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1",
    ),
    ("", "CREATE PROCEDURE x() SELECT 1"),
    ("", "CREATE FUNCTION x() RETURNS int DETERMINISTIC RETURN 1"),
    (
        "",
        "CREATE EVENT x ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DISABLE DO SELECT 1",
    ),
    ("CREATE TABLE x (a int)", "DROP TABLE x"),
    ("CREATE VIEW x AS SELECT 1 AS a", "DROP VIEW x"),
    ("CREATE TABLE t (a int, KEY x (a))", "DROP INDEX x ON t"),
    ("CREATE PROCEDURE x() SELECT 1", "DROP PROCEDURE x"),
    ("CREATE TABLE x (a int)", "RENAME TABLE x TO y"),
    ("CREATE TABLE x (a int)", "ALTER TABLE x RENAME TO y"),
    ("CREATE TABLE t (a int)", "ALTER TABLE t ADD COLUMN x int"),
    (
        "CREATE TABLE t (a int, x int)",
        "ALTER TABLE t DROP COLUMN x",
    ),
    ("CREATE TABLE t (a int)", "ALTER TABLE t ADD KEY x (a)"),
    (
        "CREATE TABLE t (a int)",
        "ALTER TABLE t ADD PRIMARY KEY (a)",
    ),
    (
        "CREATE TABLE t (a int, KEY x (a))",
        "ALTER TABLE t ADD CONSTRAINT x CHECK (a > 0)",
    ),
    (
        "CREATE TABLE u (b int PRIMARY KEY); CREATE TABLE t (a int, UNIQUE x (a))",
        "ALTER TABLE t ADD CONSTRAINT x FOREIGN KEY (a) REFERENCES u (b)",
    ),
    (
        "CREATE TABLE t (a int)",
        "ALTER TABLE t ADD CONSTRAINT c PRIMARY KEY (a)",
    ),
    (
        "CREATE TABLE t (a int)",
        "ALTER TABLE t ADD COLUMN b int AFTER a, RENAME TO x",
    ),
    (
        "CREATE TABLE t (a int, e int)",
        "ALTER TABLE t ADD COLUMN `é` int",
    ),
    (
        "CREATE TABLE t (A int)",
        "ALTER TABLE t RENAME COLUMN a TO b, ADD COLUMN x int AFTER b",
    ),
    ("CREATE TABLE t (a int)", "ALTER TABLE t CHANGE a x bigint"),
    (
        "CREATE TABLE t (a int)",
        "ALTER TABLE t RENAME COLUMN a TO x",
    ),
    (
        "CREATE TABLE t (a int) PARTITION BY RANGE (a) (PARTITION p VALUES LESS THAN (1))",
        "ALTER TABLE t ADD PARTITION (PARTITION x VALUES LESS THAN (2))",
    ),
    (
        "CREATE TABLE t (a int)",
        "ALTER TABLE t MODIFY a bigint, COMMENT 'x'",
    ),
];

fn probes(server: &Server) {
    for (before, statement) in PROBED.iter().chain(words(server).probed) {
        let bundle = Bundle::new(
            server.dialect(),
            &[
                ("1", format!("{before};\nCREATE TABLE effect (a int);")),
                ("2", format!("{statement};\nINSERT INTO nosuch VALUES (1);")),
            ],
        );
        let script = bundle.script();
        // It took effect, and the server died before the ledger knew it.
        let database = server.database();
        fails(&database.run(&script), "nosuch");
        let after = database.dump();
        assert_eq!(progress(&database), "running|NULL|2", "{statement}");
        database.sql(
            "UPDATE sqlstitch_patch SET started_statement = 1, next_statement = 1 WHERE name = '2'",
        );
        let run = database.run(&script);
        assert!(run.err.contains("nosuch"), "{statement}: {}", run.err);
        assert_eq!(progress(&database), "running|NULL|2", "{statement}");
        assert_eq!(database.dump(), after, "{statement}");
        // It did not take effect.
        let database = server.database();
        let first = Bundle::new(
            server.dialect(),
            &[("1", format!("{before};\nCREATE TABLE effect (a int);"))],
        );
        ok(&database.run(&first.script()));
        database.sql(
            "INSERT INTO sqlstitch_patch SELECT '2', 'x', 'another', 2, NULL, 'once', 'running', 2, 1, 1, applied_at, applied_by, NULL, version, bundle, NULL, 1, NULL FROM sqlstitch_patch",
        );
        let run = database.run(&script);
        assert!(run.err.contains("nosuch"), "{statement}: {}", run.err);
        assert_eq!(progress(&database), "running|NULL|2", "{statement}");
        assert_eq!(database.dump(), after, "{statement}");
    }
}

fn asked(server: &Server) {
    let bundle = Bundle::new(
        server.dialect(),
        &[
            (
                "1",
                "CREATE TABLE effect (a int);\nCREATE PROCEDURE p() INSERT INTO effect VALUES (1);",
            ),
            (
                "2",
                "CREATE TABLE x (a int);\n\nCALL p();\nINSERT INTO effect VALUES (2);",
            ),
        ],
    );
    let script = bundle.script();
    for (took_effect, answer, rows) in [(true, "If it did: ", "1\n2"), (false, "if not: ", "1\n2")]
    {
        let database = server.database();
        ok(&database.run(&script));
        // As a server leaves it that dies in the CALL.
        database.sql("UPDATE sqlstitch_patch SET state = 'running', started_statement = 2, next_statement = 2 WHERE name = '2'");
        database.sql("DELETE FROM effect WHERE a = 2");
        if !took_effect {
            database.sql("DELETE FROM effect");
        }
        for _ in 0..2 {
            let run = database.run(&script);
            fails(
                &run,
                "statement 2 of patch \"2\" (2.sql:3) was interrupted, and whether it took effect is not known",
            );
            let (_, update) = run.out.split_once(answer).expect("the updates are told");
            let update = update.split(';').next().unwrap_or_default().to_owned();
            if progress(&database) == "running|2|2" {
                continue;
            }
            panic!("{update}");
        }
        let run = database.run(&script);
        let (_, update) = run.out.split_once(answer).expect("the updates are told");
        database.sql(update.split(';').next().unwrap_or_default());
        ok(&database.run(&script));
        assert_eq!(database.sql("SELECT a FROM effect ORDER BY a"), rows);
    }
}

/// What is so before the statement as after it, or untrue after it, tells nothing.
fn never_guessed(server: &Server) {
    let statements = [
        "ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a",
        "ALTER TABLE t CHANGE a b int, CHANGE b a varchar(5)",
        "ALTER TABLE t ADD PRIMARY KEY (b), DROP PRIMARY KEY",
        "ALTER TABLE t DROP INDEX i, ADD INDEX I (a, b)",
        "ALTER TABLE t RENAME INDEX i TO j, RENAME INDEX j TO i",
        "ALTER TABLE t PARTITION BY HASH (a) PARTITIONS 2",
    ];
    for statement in statements.iter().chain(words(server).never_guessed) {
        let make = "CREATE TABLE t (a int PRIMARY KEY, b varchar(5) NOT NULL, KEY i (a), KEY j (b));\nINSERT INTO t VALUES (1, 'b');";
        let bundle = Bundle::new(server.dialect(), &[("1", make)]);
        let database = server.database();
        ok(&database.run(&bundle.script()));
        database.sql(
            "INSERT INTO sqlstitch_patch SELECT '2', 'x', 'another', 2, NULL, 'once', 'running', 1, 1, 1, applied_at, applied_by, NULL, version, bundle, NULL, 1, NULL FROM sqlstitch_patch",
        );
        bundle.set("2", statement);
        let script = bundle.script();
        let run = database.run(&script);
        fails(
            &run,
            "was interrupted, and whether it took effect is not known",
        );
        let (_, update) = run
            .out
            .split_once("if not: ")
            .expect("the updates are told");
        let before = database.sql("SHOW CREATE TABLE t");
        database.sql(update.split(';').next().unwrap_or_default());
        ok(&database.run(&script));
        assert_ne!(database.sql("SHOW CREATE TABLE t"), before, "{statement}");
    }
}

fn still_in_doubt(server: &Server) {
    let bundle = Bundle::new(
        server.dialect(),
        &[
            ("1", "CREATE TABLE t (a int);"),
            ("2", "CREATE TABLE x (a int);"),
        ],
    );
    let script = bundle.script();
    let database = server.database();
    ok(&database.run(&script));
    let interrupted = "UPDATE sqlstitch_patch SET state = 'running', started_statement = 1, next_statement = 1 WHERE name = '2'";
    database.sql(&format!("{interrupted}; DROP TABLE x"));
    // Strikes when the run writes that it begins the statement.
    database.sql("CREATE TRIGGER strike BEFORE UPDATE ON sqlstitch_patch FOR EACH ROW SET NEW.name = IF(NEW.applied_at <> OLD.applied_at, NULL, NEW.name)");
    fails(&database.run(&script), "cannot be null");
    assert_eq!(progress(&database), "running|1|1");
    database.sql("DROP TRIGGER strike");
    ok(&database.run(&script));
    assert_eq!(database.sql("SELECT count(*) FROM x"), "0");
}
