//! What a script looks like.

use crate::dialect::Engine;
use crate::emit::tests::one_patch;

#[test]
fn a_patch_is_a_row_of_batches() {
    let text = "CREATE TABLE dbo.t (v nvarchar(9));\nGO\n\n-- note\nSET QUOTED_IDENTIFIER OFF;\nINSERT INTO dbo.t VALUES (N'it''s');\nGO 2\nALTER DATABASE CURRENT SET RECOVERY SIMPLE;\n";
    let (plan, sources) = one_patch(Engine::Mssql, text);
    let emitted = super::emit(&plan, &sources);
    assert_eq!(emitted.findings, []);
    let script = emitted.script.map(|script| script.to_string());
    insta::assert_snapshot!(script.expect("it can be carried"));
}
