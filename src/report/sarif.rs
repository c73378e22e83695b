//! Findings as a SARIF 2.1.0 log.
//!
//! Form: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::place::Place;
use super::rule::Rule;
use super::{paragraphs, path_of, pretty, word};
use crate::finding::{Code, Finding, Fix, Label};
use crate::source::Sources;

pub(super) fn render(findings: &[&Finding], sources: &Sources) -> String {
    let codes: BTreeSet<Code> = findings.iter().map(|finding| finding.code).collect();
    let codes: Vec<Code> = codes.into_iter().collect();
    let rules: Vec<Value> = codes
        .iter()
        .map(|code| {
            let rule = Rule::of(*code);
            json!({
                "id": code.name(),
                "name": code.name(),
                "shortDescription": { "text": code.summary() },
                "fullDescription": { "text": rule.in_short() },
                "help": { "text": rule.text(), "markdown": code.page() },
                "properties": { "id": code.id() },
                "defaultConfiguration": { "level": word(code.severity()) },
            })
        })
        .collect();
    let results: Vec<Value> = findings
        .iter()
        .map(|finding| result(finding, &codes, sources))
        .collect();
    pretty(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            // Columns count characters, not UTF-16 units, which is the default.
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

fn result(finding: &Finding, codes: &[Code], sources: &Sources) -> Value {
    let (first, others) = match finding.labels.split_first() {
        Some((first, others)) => (Some(location(first, sources)), others),
        None => {
            let path = path_of(finding, sources);
            let whole = path.map(|path| json!({ "physicalLocation": artifact(path) }));
            (whole, finding.labels.as_slice())
        }
    };
    let others: Vec<Value> = others.iter().map(|it| location(it, sources)).collect();
    let mut result = json!({
        "ruleId": finding.code.name(),
        "ruleIndex": codes.binary_search(&finding.code).unwrap_or_default(),
        "level": word(finding.severity),
        "message": { "text": paragraphs(finding) },
        "locations": first.into_iter().collect::<Vec<_>>(),
        "relatedLocations": others,
    });
    let fixes: Vec<Value> = finding.fixes.iter().map(|it| fix(it, sources)).collect();
    if !fixes.is_empty() {
        result["fixes"] = fixes.into();
    }
    if let Some(reason) = &finding.allowed {
        result["suppressions"] = json!([{ "kind": "inSource", "justification": reason }]);
    }
    result
}

/// A change to files, each with its replacements.
fn fix(fix: &Fix, sources: &Sources) -> Value {
    let mut files: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for edit in &fix.edits {
        let source = sources.get(edit.span.source);
        files.entry(&source.shown).or_default().push(json!({
            "deletedRegion": region(&Place::new(edit.span, sources)),
            "insertedContent": { "text": edit.text_in(source) },
        }));
    }
    let changes: Vec<Value> = files
        .into_iter()
        .map(|(path, replacements)| {
            let mut change = artifact(path);
            change["replacements"] = replacements.into();
            change
        })
        .collect();
    json!({ "description": { "text": fix.title }, "artifactChanges": changes })
}

fn location(label: &Label, sources: &Sources) -> Value {
    let place = Place::new(label.span, sources);
    let mut physical = artifact(place.path);
    physical["region"] = region(&place);
    let mut location = json!({ "physicalLocation": physical });
    if !label.message.is_empty() {
        location["message"] = json!({ "text": label.message });
    }
    location
}

fn region(place: &Place<'_>) -> Value {
    json!({
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    })
}

fn artifact(path: &str) -> Value {
    json!({ "artifactLocation": { "uri": uri(path) } })
}

/// A relative path as a URI reference (RFC 3986): what is not unreserved is percent-encoded.
fn uri(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}
