//! The SARIF report is what the schema of SARIF 2.1.0 asks for.
//!
//! The schema comes from a package (scripts/engines fetches it) and is not part of this project.

#![expect(clippy::disallowed_methods, reason = "a test may read the environment")]

use std::fs;
use std::path::Path;
use std::process::Command;

use json_schema::check;
use serde_json::Value;

#[path = "support/json_schema.rs"]
mod json_schema;

const SCHEMA: &str = "target/engines/sarif/schema.json";

/// Folders whose findings have everything that a report can have: places in several files and in none,
/// fixes in several files, what headers allow, strange paths.
const CASES: [&str; 9] = [
    "findings/fix-all",
    "findings/header-allow",
    "findings/header-ambiguous",
    "findings/object-two-cycles",
    "findings/object-versions-many",
    "findings/text-formats",
    "findings/file-latin-1",
    "rules/configuration/bad",
    "rules/stray-revert/bad",
];

#[test]
fn every_report_is_what_the_schema_asks_for() {
    let Some(schema) = schema() else {
        return;
    };
    let mut words = 0;
    for case in CASES {
        let report = report(case);
        let text = report.to_string();
        let wanted = ["\"fixes\"", "\"suppressions\"", "\"relatedLocations\":[{"];
        words |= wanted.iter().enumerate().fold(0, |words, (bit, word)| {
            words | usize::from(text.contains(word)) << bit
        });
        let mut wrong = Vec::new();
        check(&schema, &schema, &report, "", &mut wrong);
        assert_eq!(wrong, [""; 0], "{case}");
    }
    assert_eq!(
        words, 0b111,
        "the cases no longer have all that a report can have"
    );
}

#[test]
fn the_check_finds_what_is_wrong() {
    let Some(schema) = schema() else {
        return;
    };
    let mut report = report("findings/header-allow");
    report["runs"][0]["results"][0]["level"] = "bad".into();
    report["runs"][0]["results"][0]["mesage"] = "x".into();
    report["runs"][0]["tool"]["driver"]["name"] = Value::Null;
    let mut wrong = Vec::new();
    check(&schema, &schema, &report, "", &mut wrong);
    assert_eq!(wrong.len(), 3, "{wrong:?}");
}

/// None where it is not there and need not be.
fn schema() -> Option<Value> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(SCHEMA);
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match fs::read_to_string(&file) {
        Ok(text) => Some(serde_json::from_str(&text).expect("a schema is JSON")),
        Err(error) if is_set("SQLSTITCH_REQUIRE_ENGINES") || is_set("CI") => {
            panic!("{SCHEMA}: {error}; scripts/engines fetches it")
        }
        Err(_) => {
            let mut told = std::io::stderr();
            let _ = std::io::Write::write_all(
                &mut told,
                b"not tried: scripts/engines fetches the schema of SARIF\n",
            );
            None
        }
    }
}

fn report(case: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(case);
    let output = Command::new(env!("CARGO_BIN_EXE_sqlstitch"))
        .args(["check", "--format", "sarif"])
        .current_dir(folder)
        .output()
        .expect("the tool runs");
    serde_json::from_slice(&output.stdout).expect("a report is JSON")
}
