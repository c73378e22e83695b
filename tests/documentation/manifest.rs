//! docs/manifest.schema.json describes what `build --format json` writes, all of it: a key that it does
//! not name fails here, though it lets programs meet new ones.

use std::process::Command;

use serde_json::Value;

use super::json_schema::check;
use super::read;

/// Folders and arguments whose manifests have everything that one can have.
const CASES: [(&str, &[&str]); 6] = [
    ("fixtures/scripts/manifest", &[]),
    (
        "fixtures/scripts/part",
        &["--only", "b", "--phase", "expand"],
    ),
    ("fixtures/scripts/part", &["--baseline", "--to", "b"]),
    ("fixtures/scripts/revert", &["--revert", "--only", "c"]),
    ("fixtures/example", &["--dialect", "sqlite"]),
    (
        "fixtures/rules/mixed-phases/good",
        &["--adopt", "public.patches", "--revision", "v1"],
    ),
];

#[test]
fn every_manifest_is_what_the_schema_says() {
    let mut schema: Value =
        serde_json::from_str(&read("docs/manifest.schema.json")).expect("a schema is JSON");
    close(&mut schema);
    for (folder, arguments) in CASES {
        let mut manifest = manifest(folder, arguments);
        let mut wrong = Vec::new();
        check(&schema, &schema, &manifest, "", &mut wrong);
        assert_eq!(wrong, [""; 0], "{folder} {arguments:?}");
        // And it would find what is not so.
        manifest["patches"][0]["phase"] = "later".into();
        manifest["patches"][0]["extra"] = 1.into();
        check(&schema, &schema, &manifest, "", &mut wrong);
        assert_eq!(wrong.len(), 2, "{wrong:?}");
    }
}

/// Lets objects have no other keys.
fn close(schema: &mut Value) {
    if let Value::Object(words) = schema {
        if words.contains_key("required") {
            words.insert("additionalProperties".to_owned(), false.into());
        }
        words.values_mut().for_each(close);
    } else if let Value::Array(items) = schema {
        items.iter_mut().for_each(close);
    }
}

fn manifest(folder: &str, arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_sqlstitch"))
        .args(["build", "--format", "json"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the tool runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{folder} {arguments:?}\n{told}");
    serde_json::from_slice(&output.stdout).expect("a manifest is JSON")
}
