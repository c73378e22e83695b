//! What is refused, and how: each line of a table is a patch and its findings.

use super::emit;
use crate::dialect::Engine;
use crate::emit::Script;
use crate::finding::Severity;
use crate::plan::{Client, Plan, PlannedPatch, Settings};
use crate::read::split::split;
use crate::source::{ChecksumBuilder, Sources};

fn plan(text: &str, no_transaction: bool) -> (Plan, Sources) {
    let mut sources = Sources::default();
    let source = sources.add("p.sql", text);
    let statements = split(sources.get(source), Engine::Sqlite.dialect()).statements;
    let checksum = ChecksumBuilder::default().finish();
    let mut patch = PlannedPatch::new("p", "p.sql", checksum, source, statements);
    patch.no_transaction = no_transaction;
    let plan = Plan {
        engine: Engine::Sqlite,
        settings: Settings::default(),
        bundle: ChecksumBuilder::default().finish(),
        patches: vec![patch],
    };
    (plan, sources)
}

/// The findings as `title @ marked text`, and whether there is a script.
fn findings(text: &str, no_transaction: bool) -> (bool, Vec<String>) {
    let (plan, sources) = plan(text, no_transaction);
    let emitted = emit(&plan, &sources);
    let lines = emitted.findings.iter().map(|finding| {
        assert!(
            !finding.helps.is_empty() || finding.severity == Severity::Note,
            "no help: {finding:?}"
        );
        let marked: Vec<&str> = finding
            .labels
            .iter()
            .map(|label| sources.slice(label.span))
            .collect();
        format!("{} @ {}", finding.title, marked.join(" | "))
    });
    (emitted.script.is_some(), lines.collect())
}

#[test]
fn what_cannot_be_carried_is_named_with_its_place() {
    for (text, finding) in [
        (
            "CREATE TABLE a (x);\n.read b.sql\n",
            "`.read` is a command of the sqlite3 shell, not SQL @ .read b.sql",
        ),
        (
            "SELECT 1, :x;",
            "`:x` is a parameter, and a script has no value for it @ :x",
        ),
        (
            "SELECT 1;\nSELECT 2\ngo\n",
            "`go` on a line of its own ends a statement in the sqlite3 shell @ go",
        ),
        (
            "ROLLBACK;",
            "ROLLBACK would undo the patch and the script around it @ ROLLBACK",
        ),
        (
            "CREATE TABLE a (x); COMMIT;",
            "COMMIT without a BEGIN in the same patch @ COMMIT",
        ),
        (
            "BEGIN; CREATE TABLE a (x);",
            "a transaction that is begun and not committed @ BEGIN",
        ),
        (
            "BEGIN; BEGIN; COMMIT;",
            "a transaction within a transaction @ BEGIN | BEGIN",
        ),
        (
            "BEGIN; VACUUM; COMMIT;",
            "this cannot run inside a transaction @ VACUUM | BEGIN",
        ),
        (
            "SAVEPOINT a; SAVEPOINT b; RELEASE a; RELEASE b;",
            "there is no savepoint b in this patch @ RELEASE b",
        ),
        (
            "SAVEPOINT a;",
            "the savepoint a is not released @ SAVEPOINT a",
        ),
        (
            "ATTACH 'x' AS y;",
            "ATTACH cannot be part of a script @ ATTACH 'x' AS y",
        ),
        (
            "CREATE TABLE a (x); VACUUM; CREATE TABLE b (x);",
            "this patch cannot run in one transaction, so it could be left half applied @ CREATE TABLE b (x) | CREATE TABLE a (x) | VACUUM",
        ),
        (
            "CREATE TABLE a (x); PRAGMA foreign_keys = OFF; DROP TABLE a;",
            "this patch cannot run in one transaction, so it could be left half applied @ DROP TABLE a | CREATE TABLE a (x)",
        ),
        (
            "PRAGMA page_size = 512; CREATE TABLE a (x);",
            "this PRAGMA has no effect once a database has a table @ PRAGMA page_size = 512",
        ),
        (
            "PRAGMA journal_mode = OFF;",
            "PRAGMA journal_mode = off cannot be part of a script @ PRAGMA journal_mode = OFF",
        ),
    ] {
        assert_eq!(
            findings(text, false),
            (false, vec![finding.to_owned()]),
            "{text}"
        );
    }
}

#[test]
fn what_can_be_carried_has_no_finding() {
    for text in [
        "BEGIN; CREATE TABLE a (x); COMMIT; BEGIN; CREATE TABLE b (x); END;",
        "PRAGMA foreign_keys = OFF; BEGIN; CREATE TABLE a (x); COMMIT; PRAGMA foreign_keys = ON;",
        "BEGIN; PRAGMA foreign_keys = OFF; CREATE TABLE a (x); COMMIT;",
        "CREATE TABLE a (x); PRAGMA foreign_keys = ON;",
        "PRAGMA journal_mode = WAL; CREATE TABLE a (x); VACUUM;",
        "SAVEPOINT a; SAVEPOINT b; ROLLBACK TO a; RELEASE a;",
        "CREATE TABLE a (x); /* no end",
    ] {
        assert_eq!(findings(text, false), (true, Vec::new()), "{text}");
    }
    let apart = "CREATE TABLE a (x); VACUUM; CREATE TABLE b (x);";
    assert_eq!(findings(apart, true), (true, Vec::new()));
}

#[test]
fn tuning_is_left_out_with_a_note() {
    let (script, noted) = findings("PRAGMA synchronous = OFF; CREATE TABLE a (x);", false);
    assert!(script);
    assert_eq!(
        noted,
        ["a setting of the connection is left out of the script @ PRAGMA synchronous = OFF"]
    );
    assert_eq!(
        findings(".headers on\nSELECT 1;", false),
        (
            true,
            vec!["`.headers` is left out of the script @ .headers on".to_owned()]
        )
    );
}

#[test]
fn there_is_no_script_for_any_client() {
    let (mut plan, sources) = plan("", false);
    plan.settings.client = Client::Any;
    assert!(emit(&plan, &sources).script.is_none());
}

#[test]
fn the_text_of_a_step_keeps_its_line_numbers() {
    let text = "# head\r\n\nCREATE TABLE a (x);\nVACUUM; -- v\n\nBEGIN\n;CREATE TABLE\nb (x); COMMIT /* no end";
    let (plan, sources) = plan(text, true);
    let patch = &plan.patches[0];
    let source = sources.get(patch.source);
    let (steps, findings) = super::step::steps(patch, source);
    assert_eq!(findings, []);
    let bodies: Vec<(u32, String)> = steps
        .iter()
        .map(|step| {
            let mut text = Script::new();
            super::body::push(&mut text, patch, step, source, false);
            let lines_before = super::body::lines_before(patch, step, source);
            (lines_before, text.to_string())
        })
        .collect();
    assert_eq!(
        bodies,
        [
            (0, "--# head\n\n/* p.sql:3 */ CREATE TABLE a (x);".to_owned()),
            (2, "\n/* p.sql:4 */ VACUUM;".to_owned()),
            (
                3,
                " -- v\n\n/* left out: BEGIN */\n;/* p.sql:7 */ CREATE TABLE\nb (x); /* left out: COMMIT */ /* no end*/".to_owned()
            ),
        ]
    );
}
