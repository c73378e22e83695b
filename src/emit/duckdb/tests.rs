//! What a script looks like.

use crate::dialect::Engine;
use crate::emit::tests::one_patch;

#[test]
fn a_patch_is_a_literal_between_the_same_lines() {
    let text = "CREATE TEMP TABLE t AS SELECT 'it''s';\n# note\nCHECKPOINT;\nSET threads = 1\n";
    let (plan, sources) = one_patch(Engine::Duckdb, text);
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
