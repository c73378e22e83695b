//! Patches that sqlpatch has applied: under which name and checksum its table has them.
//!
//! sqlpatch (<https://github.com/LuvDaSun/sqlpatch>) keeps `name`, `created` and `checksum`. The name is
//! the value of the file's first `-- @name`, else the file's name without `.sql`. The checksum is the
//! SHA-1 of the text without white space, without what follows `--` on a line, wherever that stands, and
//! without block comments that hold only dots and line feeds.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::json;

use crate::plan::{Plan, PlannedPatch};
use crate::source::{Source, Sources, sha1};

static PROPERTY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^\s*--\s*@(.+?)\s+(.+?)\s*$").expect("the pattern is well-formed")
});

/// One line of JSON for each patch: its name, the name that sqlpatch would give it and those that are
/// said to be its own, and the checksum that sqlpatch would store.
pub(super) fn rows(plan: &Plan, sources: &Sources) -> String {
    let row = |patch: &PlannedPatch| {
        let source = sources.get(patch.source);
        let mut said: BTreeSet<&str> = patch.formerly.iter().map(String::as_str).collect();
        said.insert(&patch.name);
        super::json(&json!({
            "name": patch.name,
            "like": name(source),
            "said": said,
            "checksum": checksum(&source.text),
        }))
    };
    let rows: Vec<String> = plan.patches.iter().map(row).collect();
    rows.join(",\n")
}

fn name(source: &Source) -> &str {
    let named = PROPERTY.captures_iter(&source.text).find_map(|found| {
        let key = found.get(1)?.as_str();
        (key == "name").then(|| found.get(2).map(|value| value.as_str()))?
    });
    named.unwrap_or_else(|| {
        let file = source.path.rsplit('/').next().unwrap_or(&source.path);
        file.strip_suffix(".sql").unwrap_or(file)
    })
}

fn checksum(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if is_space(first) {
            rest = &rest[first.len_utf8()..];
        } else if rest.starts_with("--") {
            let end = rest.find(ends_line).unwrap_or(rest.len());
            rest = &rest[end..];
        } else if let Some(after) = empty_comment(rest) {
            rest = after;
        } else {
            kept.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    sha1(&[kept.as_bytes()])
}

/// What follows a block comment of nothing but dots and line feeds.
fn empty_comment(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("/*")?;
    inner.trim_start_matches(['.', '\n']).strip_prefix("*/")
}

/// What JavaScript's `$` stands before.
fn ends_line(char: char) -> bool {
    matches!(char, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

/// JavaScript's `\s`.
fn is_space(char: char) -> bool {
    char == '\u{FEFF}' || char.is_whitespace() && char != '\u{85}'
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with sqlpatch 0.5.14.
    const KNOWN: &[(&str, &str, &str)] = &[
        (
            "create table a (id int);\n",
            "file",
            "eeda72c7a0c80cf4f2c909ce4667b3bdd6f4c073",
        ),
        (
            "-- @name  shop/a b \r\nSELECT 'a b -- c';\r\n  /* ... */ SELECT /* x */ 1; -- end",
            "shop/a b",
            "1a98d72e287a0fa921ed871ade12cf5c94385db0",
        ),
        (
            "\u{feff}-- @require file2\n\tSELECT 'é\u{a0}€😀';\n\n/*\n.\n*/ SELECT 2 - -1;\n",
            "file",
            "4abce83a1106364a73c2684e84e503403a6fa5fb",
        ),
        (
            " --@name x\n--@name y\nSELECT 1--2\n;\u{2028} SELECT 3",
            "x",
            "04ec3f71b32e64dc881185e2a3ebf3b288346612",
        ),
        ("", "file", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ];

    #[test]
    fn names_and_checksums_are_those_of_sqlpatch() {
        for (text, name_there, checksum_there) in KNOWN {
            let mut sources = Sources::default();
            let id = sources.add("dir/file.sql", *text);
            assert_eq!(name(sources.get(id)), *name_there, "{text}");
            assert_eq!(checksum(text), *checksum_there, "{text}");
        }
    }
}
