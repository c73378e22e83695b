//! What a script looks like.

use crate::dialect::Engine;
use crate::plan::{Plan, PlannedPatch, Settings};
use crate::read::split::split;
use crate::source::{ChecksumBuilder, Sources};

#[test]
fn a_patch_is_a_literal_between_the_same_lines() {
    let mut sources = Sources::default();
    let text = "CREATE TEMP TABLE t AS SELECT 'it''s';\n# note\nCHECKPOINT;\nSET threads = 1\n";
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
        statements: split(sources.get(source), Engine::Duckdb.dialect()).statements,
    };
    let plan = Plan {
        engine: Engine::Duckdb,
        settings: Settings::default(),
        bundle: ChecksumBuilder::default().finish(),
        patches: vec![patch],
    };
    let script = super::emit(&plan, &sources)
        .script
        .map(|script| script.to_string());
    let script = script.expect("it can be carried");
    let (_, patch) = script
        .split_once("-- checksum: ")
        .expect("there is a banner");
    let (_, patch) = patch.split_once("---\n").expect("the banner ends");
    let (patch, _) = patch
        .split_once("\n-- A patch that has failed")
        .expect("there is an end");
    insta::assert_snapshot!(patch);
}
