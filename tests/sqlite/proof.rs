//! `verify` runs the very script, on an embedded database.

use sqlstitch::engine::Verification;
use sqlstitch::engine::sqlite::verify;

use super::Test;
use super::bodies::{HOSTILE, REBUILD};
use super::support::planned::Bundle;
use super::support::sqlite::{self, Database};

pub(crate) const TESTS: &[Test] = &[
    (
        "the_embedded_engine_proves_the_same_script",
        the_embedded_engine_proves_the_same_script,
    ),
    (
        "a_failed_proof_names_the_place",
        a_failed_proof_names_the_place,
    ),
];

fn verified(bundle: &Bundle) -> Verification {
    verify(&bundle.script(), &bundle.plan, &bundle.sources).expect("a scratch database can be made")
}

fn the_embedded_engine_proves_the_same_script() {
    let mut patches = vec![("base", "CREATE TABLE t (a, b);")];
    let names: Vec<String> = (0..HOSTILE.len())
        .map(|number| number.to_string())
        .collect();
    patches.extend(
        names
            .iter()
            .map(String::as_str)
            .zip(HOSTILE.iter().copied()),
    );
    patches.push(("wal", "PRAGMA journal_mode = WAL;\nDELETE FROM t;\nVACUUM;"));
    patches.push((
        "rebuild",
        "CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (x REFERENCES parent);",
    ));
    patches.push(("fk", REBUILD));
    let bundle = sqlite::bundle(&patches);
    let Verification { proof, findings } = verified(&bundle);
    assert_eq!(findings, []);
    let proof = proof.expect("it is proven");
    assert_eq!((proof.patches, proof.cut_off), (patches.len(), 24));
    // The shell does the same, up to SQLite's version.
    let database = Database::new();
    database.ok(&bundle.script());
    let (tables, objects) = (
        database.ask("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND tbl_name <> 'sqlstitch_patch' AND name NOT LIKE 'sqlite%'"),
        database.ask("SELECT count(*) FROM sqlite_schema WHERE sql <> '' AND tbl_name <> 'sqlstitch_patch' AND name NOT LIKE 'sqlite%'"),
    );
    assert_eq!(
        (proof.tables.to_string(), proof.objects.to_string()),
        (tables, objects)
    );
}

fn a_failed_proof_names_the_place() {
    for (text, title, marked) in [
        (
            "CREATE TABLE a (x);\n\nINSERT INTO a (y) VALUES ('ü');",
            "SQLite says: table a has no column named y",
            "INSERT INTO a (y) VALUES ('ü')",
        ),
        (
            "SELECT 1; SELECT 'ü', nosuch FROM sqlite_schema;",
            "SQLite says: no such column: nosuch",
            "nosuch",
        ),
        (
            "CREATE TABLE p (id PRIMARY KEY); CREATE TABLE c (x REFERENCES p DEFERRABLE INITIALLY DEFERRED);\nPRAGMA foreign_keys = ON;",
            "",
            "",
        ),
        (
            "PRAGMA foreign_keys = ON;\nINSERT INTO c VALUES (5);\n",
            "SQLite says: FOREIGN KEY constraint failed",
            "PRAGMA foreign_keys = ON;\nINSERT INTO c VALUES (5);\n",
        ),
        (
            "SELECT generate_series(1);",
            "SQLite says: no such function: generate_series",
            "generate_series",
        ),
    ] {
        let base = "CREATE TABLE p (id PRIMARY KEY); CREATE TABLE c (x REFERENCES p DEFERRABLE INITIALLY DEFERRED);";
        let patches: &[(&str, &str)] = if title.is_empty() {
            &[("bad", text)]
        } else {
            &[("good", base), ("bad", text)]
        };
        let bundle = sqlite::bundle(patches);
        let Verification { proof, findings } = verified(&bundle);
        assert_eq!(proof.is_none(), !title.is_empty(), "{findings:?}");
        let told: Vec<(&str, &str)> = findings
            .iter()
            .map(|finding| {
                (
                    finding.title.as_str(),
                    bundle.sources.slice(finding.labels[0].span),
                )
            })
            .collect();
        let expected = if title.is_empty() {
            vec![]
        } else {
            vec![(title, marked)]
        };
        assert_eq!(told, expected);
    }
}
