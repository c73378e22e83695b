//! Whether a document is what a JSON schema asks for. The words that the schemas here use are
//! understood; one that is not known fails the test, so nothing of a schema is passed over.

use regex::Regex;
use serde_json::Value;

/// Adds what is wrong with `value`, each with its place.
pub(crate) fn check(
    root: &Value,
    schema: &Value,
    value: &Value,
    place: &str,
    wrong: &mut Vec<String>,
) {
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
        "null" => value.is_null(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        _ => panic!("the type {wanted} is not known here"),
    }
}
