//! Types: what they use, and their normal spelling in signatures.

use super::builtin;
use super::names::{Word, path, referred};
use super::reader::Reader;
use super::tree::{SyntaxKind, SyntaxNode, children, find, has};
use crate::name::ObjectName;
use crate::read::fact::Kind;

/// Whether the node is a type.
pub(super) fn is_type(kind: SyntaxKind) -> bool {
    use SyntaxKind as K;
    matches!(
        kind,
        K::ARRAY_TYPE
            | K::PATH_TYPE
            | K::PERCENT_TYPE
            | K::PLPGSQL_PERCENT_ROWTYPE
            | K::VARCHAR_TYPE
            | K::CHARACTER_TYPE
            | K::BIT_TYPE
            | K::BIT_VARYING_TYPE
            | K::DOUBLE_TYPE
            | K::TIME_TYPE
            | K::TIMESTAMP_TYPE
            | K::INTERVAL_TYPE
    )
}

/// The type right under a node.
pub(super) fn type_of(node: &SyntaxNode) -> Option<SyntaxNode> {
    node.children().find(|child| is_type(child.kind()))
}

/// The first type in the subtree.
pub(super) fn type_in(node: &SyntaxNode) -> Option<SyntaxNode> {
    node.descendants().find(|inner| is_type(inner.kind()))
}

/// `Use` of what a type names: a type, a column (`t.c%TYPE`), a relation (`t%ROWTYPE`).
pub(super) fn uses(r: &mut Reader<'_>, node: &SyntaxNode) {
    if let Some(percent) = find(node, SyntaxKind::PERCENT_TYPE) {
        let path = path(r, &percent);
        if let Some(((column, span), owner)) = path.split_last()
            && let Some(owner) = referred(r, owner)
        {
            r.uses_column(vec![owner.name], column.clone(), *span);
        }
    } else if let Some(row) = find(node, SyntaxKind::PLPGSQL_PERCENT_ROWTYPE) {
        let path = path(r, &row);
        if let Some(named) = referred(r, &path)
            && !builtin::is_relation(&named.name)
        {
            r.uses(Kind::Relation, named.name, named.span);
        }
    } else if let Some((name, path)) = user_type(r, node)
        && let Some(named) = referred(r, &path)
    {
        debug_assert_eq!(named.name.name, name.name);
        r.uses(Kind::Type, named.name, named.span);
    }
}

/// `Use` of every type right under a node.
pub(super) fn uses_all(r: &mut Reader<'_>, node: &SyntaxNode) {
    for child in node.children() {
        if is_type(child.kind()) {
            uses(r, &child);
        }
    }
}

/// The name of a type that is not the engine's own.
pub(super) fn user_type(r: &Reader<'_>, node: &SyntaxNode) -> Option<(ObjectName, Vec<Word>)> {
    let inner = find(node, SyntaxKind::PATH_TYPE)?;
    // The arguments of a type (`geometry(Point, 4326)`) are no names of objects.
    let inner = inner
        .children()
        .find(|child| child.kind() == SyntaxKind::PATH_REF)?;
    let path = path(r, &inner);
    let (name, _) = path.last()?.clone();
    let name = match path.len() {
        1 => ObjectName::bare(name),
        length => ObjectName::qualified(path[length - 2].0.clone(), name),
    };
    (!builtin::is_type(&name)).then_some((name, path))
}

/// The type or table whose row a parameter or variable of this type holds, if it is one that a
/// patch may make.
pub(super) fn row_of(r: &Reader<'_>, node: &SyntaxNode) -> Option<ObjectName> {
    if let Some(row) = find(node, SyntaxKind::PLPGSQL_PERCENT_ROWTYPE) {
        let path = path(r, &row);
        let (name, _) = path.last()?.clone();
        return Some(match path.len() {
            1 => ObjectName::bare(name),
            length => ObjectName::qualified(path[length - 2].0.clone(), name),
        });
    }
    let of = type_of(node)?;
    if of.kind() != SyntaxKind::PATH_TYPE || has(&of, SyntaxKind::ARRAY_BOUND) {
        return None;
    }
    user_type(r, &of).map(|(name, _)| name)
}

/// The bare name of a type of the engine (`serial`, `regclass`), if it is one.
pub(super) fn builtin_name(r: &Reader<'_>, node: &SyntaxNode) -> Option<String> {
    let inner = find(node, SyntaxKind::PATH_TYPE)?;
    let path = path(r, &inner);
    let (name, _) = path.last()?;
    (path.len() == 1 || path[path.len() - 2].0 == "pg_catalog").then(|| name.as_str().to_owned())
}

/// The normal spelling of a type in a signature: aliases resolved, typmods dropped, `[]` kept.
pub(super) fn normal(r: &Reader<'_>, node: &SyntaxNode) -> String {
    use SyntaxKind as K;
    let zoned = |name: &str| {
        if find(node, K::WITH_TIMEZONE).is_some() {
            format!("{name}tz")
        } else {
            name.to_owned()
        }
    };
    match node.kind() {
        K::ARRAY_TYPE => {
            let inner = type_of(node).map_or_else(String::new, |inner| normal(r, &inner));
            format!("{inner}[]")
        }
        K::VARCHAR_TYPE => "varchar".to_owned(),
        K::CHARACTER_TYPE => "bpchar".to_owned(),
        K::BIT_TYPE => "bit".to_owned(),
        K::BIT_VARYING_TYPE => "varbit".to_owned(),
        K::DOUBLE_TYPE => "float8".to_owned(),
        K::TIME_TYPE => zoned("time"),
        K::TIMESTAMP_TYPE => zoned("timestamp"),
        K::INTERVAL_TYPE => "interval".to_owned(),
        K::PERCENT_TYPE => {
            let path: Vec<String> = path(r, node)
                .into_iter()
                .map(|(part, _)| part.as_str().to_owned())
                .collect();
            format!("{}%type", path.join("."))
        }
        _ => {
            let reference = children(node, K::PATH_REF).next();
            let path = path(r, reference.as_ref().unwrap_or(node));
            let array = if has(node, K::ARRAY_BOUND) { "[]" } else { "" };
            let mut parts: Vec<&str> = path.iter().map(|(part, _)| part.as_str()).collect();
            if parts.len() > 1 && parts[parts.len() - 2] == "pg_catalog" {
                parts.drain(..parts.len() - 1);
            }
            if let [one] = parts[..] {
                return format!("{}{array}", alias(one));
            }
            format!("{}{array}", parts.join("."))
        }
    }
}

/// The catalog's name of a type that the grammar spells otherwise.
fn alias(name: &str) -> &str {
    match name {
        "int" | "integer" => "int4",
        "bigint" => "int8",
        "smallint" => "int2",
        "boolean" => "bool",
        "decimal" | "dec" => "numeric",
        "real" => "float4",
        "float" => "float8",
        "char" | "character" | "nchar" => "bpchar",
        other => other,
    }
}
