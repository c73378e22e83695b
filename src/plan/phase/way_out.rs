//! The patches to write instead of a rename, ready to be taken over. They are tried on a real PostgreSQL
//! (tests/postgres/release.rs).

use super::change::{Break, BreakKind};
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Kind, Part};

const COLUMN: &str = include_str!("sql/rename_column.sql");
const TABLE: &str = include_str!("sql/rename_table.sql");

/// The patches as one text, each from its line `-- phase:` on; none where something that they need is
/// not known.
pub(super) fn postgres(broken: &Break) -> Option<String> {
    let to = broken.to.as_ref()?;
    let object = &broken.object;
    match broken.kind {
        BreakKind::RenameColumn => {
            let (Part::Member(old), Part::Member(new)) = (&object.part, &to.part) else {
                return None;
            };
            let kind = broken.old.as_deref().map(plain_type)?;
            // The types that are compared are in lower case.
            if kind.contains('"') {
                return None;
            }
            let table = &object.name;
            let both = Ident::folded(format!("{}_{old}_{new}", table.name));
            Some(fill(
                COLUMN,
                &[
                    ("table", qualified(table)),
                    ("old", word(old)),
                    ("new", word(new)),
                    ("type", kind.to_owned()),
                    ("trigger", word(&both)),
                    ("both", qualified(&table.sibling(both))),
                ],
            ))
        }
        BreakKind::RenameTable if object.kind == Kind::Table => {
            let new = match (&object.name.schema, &to.name.schema) {
                (Some(schema), None) => ObjectName::qualified(schema.clone(), to.name.name.clone()),
                (one, other) if one == other => to.name.clone(),
                // It moves to another schema.
                _ => return None,
            };
            Some(fill(
                TABLE,
                &[
                    ("old", qualified(&object.name)),
                    ("new_name", word(&new.name)),
                    ("new", qualified(&new)),
                ],
            ))
        }
        _ => None,
    }
}

fn fill(template: &str, values: &[(&str, String)]) -> String {
    let mut text = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        text.push_str(before);
        let (key, after) = after.split_once("}}").unwrap_or((after, ""));
        let value = values.iter().find(|(name, _)| *name == key);
        text.push_str(value.map_or("", |(_, value)| value));
        rest = after;
    }
    text.push_str(rest);
    text
}

/// The type of a column that takes its values from another one.
fn plain_type(words: &str) -> &str {
    match words {
        "serial" | "serial4" => "integer",
        "bigserial" | "serial8" => "bigint",
        "smallserial" | "serial2" => "smallint",
        other => other,
    }
}

fn qualified(name: &ObjectName) -> String {
    match &name.schema {
        Some(schema) => format!("{}.{}", word(schema), word(&name.name)),
        None => word(&name.name),
    }
}

/// A name as it may stand in SQL.
fn word(name: &Ident) -> String {
    let text = name.as_str();
    let is_plain = text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && text
            .bytes()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_');
    if is_plain && RESERVED.binary_search(&text).is_err() {
        text.to_owned()
    } else {
        format!("\"{}\"", text.replace('"', "\"\""))
    }
}

/// Words that are no names without quotes.
/// <https://www.postgresql.org/docs/current/sql-keywords-appendix.html>
const RESERVED: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "exists",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_they_must_be() {
        assert!(RESERVED.is_sorted());
        let quoted = |text: &str| word(&Ident::folded(text));
        assert_eq!(quoted("a_1"), "a_1");
        assert_eq!(quoted("order"), "\"order\"");
        assert_eq!(quoted("It's \"x\""), "\"It's \"\"x\"\"\"");
        assert_eq!(quoted("1a"), "\"1a\"");
        assert_eq!(quoted(""), "\"\"");
    }
}
