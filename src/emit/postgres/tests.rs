//! What a script says about each patch, and what is said about patches beside the script. That the
//! scripts work is tested on a server, in tests/postgres.

use super::emit;
use crate::dialect::Engine;
use crate::emit::Emitted;
use crate::finding::Code;
use crate::plan::{Client, Plan, PlannedPatch, Settings};
use crate::read::split::split;
use crate::source::{ChecksumBuilder, Sources};

fn build(client: Client, files: &[(&str, &str)]) -> Emitted {
    let mut sources = Sources::default();
    let checksum = || ChecksumBuilder::default().finish();
    let mut patches = Vec::new();
    for (path, text) in files {
        let source = sources.add(*path, *text);
        let statements = split(sources.get(source), Engine::Postgres.dialect()).statements;
        let name = path.trim_end_matches(".sql");
        let mut patch = PlannedPatch::new(name, *path, checksum(), source, statements);
        patch.no_transaction = text.starts_with("-- transaction: off");
        patches.push(patch);
    }
    let plan = Plan {
        engine: Engine::Postgres,
        settings: Settings {
            client,
            ..Settings::default()
        },
        bundle: checksum(),
        patches,
    };
    emit(&plan, &sources)
}

/// What stands between the first banner and the end.
fn patches(emitted: &Emitted) -> String {
    let script = emitted.script.as_ref().expect("a script").to_string();
    let start = script.find("\n----").expect("a banner") + 1;
    let end = script.find("-- The end.").expect("an end");
    script[start..end].to_owned()
}

/// The findings, each with the lines that its labels mark.
fn findings(emitted: &Emitted, text: &str) -> Vec<String> {
    emitted
        .findings
        .iter()
        .map(|finding| {
            let mut told = format!("{}: {}", finding.code.name(), finding.title);
            for label in &finding.labels {
                let place = &text[label.span.start as usize..label.span.end as usize];
                told.push_str(&format!(" [{place}]"));
            }
            told
        })
        .collect()
}

#[test]
fn a_patch_for_any_client() {
    let emitted = build(
        Client::Auto,
        &[(
            "dir/a.sql",
            "-- why\nCREATE TABLE t (v text);\nSELECT 'it''s' AS v INTO u;\n\\echo done\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS $sql$SELECT 1$sql$;",
        )],
    );
    insta::assert_snapshot!(patches(&emitted));
}

#[test]
fn a_patch_for_psql() {
    let text = "CREATE TABLE t (a int);\nCOPY t FROM stdin;\n1\n\\.\nINSERT INTO t VALUES (2);\n";
    let emitted = build(Client::Auto, &[("a.sql", text)]);
    insta::assert_snapshot!(patches(&emitted));
    assert_eq!(
        findings(&emitted, text),
        ["client-needed: the script needs psql [COPY t FROM stdin]"]
    );
    let start = "-- For psql (psql -X -f FILE), because of the data of a COPY (a.sql:2:1).\n";
    assert!(
        emitted
            .script
            .is_some_and(|script| script.to_string().starts_with(start))
    );
}

#[test]
fn a_patch_outside_a_transaction() {
    let text = "SET lock_timeout = '5s';\nCREATE INDEX CONCURRENTLY i ON s.t (a);\nCREATE DATABASE d;\nINSERT INTO s.t VALUES (1);";
    let emitted = build(Client::Auto, &[("a.sql", text)]);
    insta::assert_snapshot!(patches(&emitted));
}

#[test]
fn data_as_inserts() {
    let text = "COPY s.t (a, b) FROM stdin;\n1\tit's\n\\N\t\\t\n\\.\n";
    insta::assert_snapshot!(patches(&build(Client::Any, &[("a.sql", text)])));
}

#[test]
fn what_no_client_but_psql_can_do_is_refused_by_name() {
    let text = "COPY t FROM stdin (FORMAT csv);\n1\n\\.\nVACUUM t;\nCOPY t TO stdout;\n";
    let emitted = build(Client::Any, &[("a.sql", text)]);
    assert_eq!(emitted.script, None);
    insta::assert_debug_snapshot!(findings(&emitted, text));
    let text = "-- transaction: off\nSELECT 1;";
    let emitted = build(Client::Any, &[("a.sql", text)]);
    insta::assert_debug_snapshot!(findings(&emitted, text));
}

#[test]
fn an_enum_value_is_not_used_before_a_commit() {
    let text = "ALTER TYPE mood ADD VALUE 'happy';\nINSERT INTO t VALUES ('happy');\n";
    let emitted = build(Client::Auto, &[("a.sql", text)]);
    assert!(emitted.script.is_some());
    insta::assert_debug_snapshot!(findings(&emitted, text));
    for text in [
        "ALTER TYPE mood ADD VALUE 'happy';\nINSERT INTO t VALUES ('unhappy');\n",
        "-- transaction: off\nALTER TYPE mood ADD VALUE 'happy';\nINSERT INTO t VALUES ('happy');\n",
    ] {
        let emitted = build(Client::Auto, &[("a.sql", text)]);
        let codes = emitted.findings.iter().map(|finding| finding.code);
        assert!(!codes.into_iter().any(|code| code == Code::UncommittedValue));
    }
}

#[test]
fn a_large_patch_is_named_and_psql_gets_it_in_pieces() {
    let rows = format!("INSERT INTO t VALUES ('{}');\n", "x".repeat(1 << 20)).repeat(17);
    let auto = build(Client::Auto, &[("a.sql", &rows)]);
    assert_eq!(auto.findings[0].code, Code::ClientNeeded);
    let any = build(Client::Any, &[("a.sql", &rows)]);
    assert_eq!(any.findings[0].code, Code::LargePatch);
    assert_eq!(any.findings[0].title, "patch `a` is 17 MiB in size");
    let native = build(Client::Native, &[("a.sql", &rows)]);
    assert!(native.findings.is_empty());
    for emitted in [&auto, &native] {
        assert_eq!(patches(emitted).matches("\\gexec").count(), 17);
    }
}

#[test]
fn one_plan_is_one_text() {
    let files = [("a.sql", "SELECT 1;"), ("b.sql", "VACUUM;")];
    assert_eq!(
        build(Client::Auto, &files).script,
        build(Client::Auto, &files).script
    );
}
