//! What a script looks like.

use crate::dialect::Engine;
use crate::plan::{Plan, PlannedPatch, Settings};
use crate::read::split::split;
use crate::source::{ChecksumBuilder, Sources};

#[test]
fn a_patch_is_a_row_of_batches() {
    let mut sources = Sources::default();
    let text = "CREATE TABLE dbo.t (v nvarchar(9));\nGO\n\n-- note\nSET QUOTED_IDENTIFIER OFF;\nINSERT INTO dbo.t VALUES (N'it''s');\nGO 2\nALTER DATABASE CURRENT SET RECOVERY SIMPLE;\n";
    let source = sources.add("it's.sql", text);
    let patch = PlannedPatch {
        name: "it's".to_owned(),
        formerly: vec!["old".to_owned()],
        source,
        path: "it's.sql".to_owned(),
        checksum: ChecksumBuilder::default().finish(),
        requires: Vec::new(),
        external: vec!["other".to_owned()],
        external_formerly: Vec::new(),
        dependents: Vec::new(),
        irreversible: false,
        repeatable: false,
        no_transaction: false,
        statements: split(sources.get(source), Engine::Mssql.dialect()).statements,
    };
    let plan = Plan {
        engine: Engine::Mssql,
        settings: Settings::default(),
        bundle: ChecksumBuilder::default().finish(),
        patches: vec![patch],
    };
    let emitted = super::emit(&plan, &sources);
    assert_eq!(emitted.findings, []);
    let script = emitted.script.map(|script| script.to_string());
    insta::assert_snapshot!(script.expect("it can be carried"));
}
