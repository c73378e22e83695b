//! The SARIF report is what the schema of SARIF 2.1.0 asks for.
//!
//! The schema comes from a package (scripts/engines fetches it) and is not part of this project. The
//! few words of JSON Schema that it uses are understood here; one that is not known fails the test, so
//! nothing of the schema is passed over.

#![expect(clippy::disallowed_methods, reason = "a test may read the environment")]

use std::fs;
use std::path::Path;
use std::process::Command;

use regex::Regex;
use serde_json::Value;

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

/// Adds what is wrong with `value`, each with its place.
fn check(root: &Value, schema: &Value, value: &Value, place: &str, wrong: &mut Vec<String>) {
    let words = schema.as_object().expect("a schema is an object");
    for (word, wanted) in words {
        let mut refuse = |what: String| wrong.push(format!("{place}: {what}"));
        match word.as_str() {
            "$schema" | "id" | "title" | "description" | "default" | "definitions" => {}
            // What they say of texts is said by patterns, where it can be.
            "format" => {}
            "$ref" => {
                let path = wanted.as_str().and_then(|path| path.strip_prefix('#'));
                let target = path.and_then(|path| root.pointer(path));
                check(root, target.expect("a reference"), value, place, wrong);
            }
            "type" => {
                let wanted = wanted.as_str().expect("one type");
                if !is_of_type(value, wanted) {
                    refuse(format!("{value} is no {wanted}"));
                }
            }
            "enum" => {
                if !wanted.as_array().is_some_and(|all| all.contains(value)) {
                    refuse(format!("{value} is none of {wanted}"));
                }
            }
            "pattern" => {
                let pattern = Regex::new(wanted.as_str().expect("a pattern")).expect("a pattern");
                if value.as_str().is_some_and(|text| !pattern.is_match(text)) {
                    refuse(format!("{value} does not match {wanted}"));
                }
            }
            "minimum" | "maximum" => {
                let (number, limit) = (value.as_f64(), wanted.as_f64());
                let outside = if word == "minimum" {
                    number < limit
                } else {
                    number > limit
                };
                if number.is_some() && outside {
                    refuse(format!("{value} is beyond the {word} {wanted}"));
                }
            }
            "minItems" => {
                let count = value.as_array().map(Vec::len);
                if count.is_some_and(|count| (count as u64) < wanted.as_u64().unwrap_or(0)) {
                    refuse(format!("fewer than {wanted} items"));
                }
            }
            "uniqueItems" => {
                let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
                let twice = (1..items.len()).any(|at| items[..at].contains(&items[at]));
                if wanted == true && twice {
                    refuse("an item is there twice".to_owned());
                }
            }
            "items" => {
                for (at, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, wanted, item, &format!("{place}/{at}"), wrong);
                }
            }
            "required" => {
                let names = wanted.as_array().into_iter().flatten();
                for name in names.filter_map(Value::as_str) {
                    if value.is_object() && value.get(name).is_none() {
                        refuse(format!("there is no {name}"));
                    }
                }
            }
            "properties" => {
                let known = wanted.as_object().expect("properties");
                for (name, wanted) in known {
                    if let Some(value) = value.get(name) {
                        check(root, wanted, value, &format!("{place}/{name}"), wrong);
                    }
                }
            }
            "additionalProperties" => {
                let known = words.get("properties");
                let more = value.as_object().into_iter().flatten();
                let is_known = |name: &str| known.is_some_and(|known| known.get(name).is_some());
                for (name, value) in more.filter(|(name, _)| !is_known(name)) {
                    match wanted {
                        Value::Bool(true) => {}
                        Value::Bool(false) => wrong.push(format!("{place}: {name} is not known")),
                        wanted => check(root, wanted, value, &format!("{place}/{name}"), wrong),
                    }
                }
            }
            "anyOf" | "oneOf" => {
                let fitting = wanted.as_array().into_iter().flatten().filter(|one| {
                    let mut wrong = Vec::new();
                    check(root, one, value, place, &mut wrong);
                    wrong.is_empty()
                });
                let count = fitting.count();
                if count == 0 || word == "oneOf" && count > 1 {
                    refuse(format!("{count} of the choices of {word} fit"));
                }
            }
            _ => panic!("{place}: the word {word} of JSON Schema is not known here"),
        }
    }
}

fn is_of_type(value: &Value, wanted: &str) -> bool {
    match wanted {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        _ => panic!("the type {wanted} is not known here"),
    }
}
