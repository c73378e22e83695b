//! What the engines bring along: names that are no patch's.

use super::cursor::Name;
use super::out::Out;
use crate::read::postgres::builtin;

/// A table or view of the engine.
pub(super) fn is_relation(out: &Out<'_>, name: &Name) -> bool {
    if let Some((schema, _)) = name.schema() {
        return out.is_system(schema);
    }
    if out.dialect.bodies_are_strings {
        return builtin::is_relation(&name.object());
    }
    // DuckDB takes over what PostgreSQL has.
    out.dialect
        .objects
        .system_prefixes
        .iter()
        .chain(&["pg_"])
        .any(|prefix| name.last().as_str().starts_with(prefix))
        || out
            .dialect
            .queries
            .no_relations
            .contains(&name.last().as_str())
}

/// A table whose name says that it goes with the session.
pub(super) fn is_temporary(out: &Out<'_>, name: &Name) -> bool {
    let rules = &out.dialect.objects;
    let begins = |prefix: &str| name.last().as_str().starts_with(prefix);
    let schema = name.schema().map(|(schema, _)| schema.as_str());
    rules.temporary_prefix.is_some_and(begins)
        || schema.is_some() && schema == rules.temporary_schema
}

/// A routine whose name says that it is the engine's.
pub(super) fn is_routine(out: &Out<'_>, name: &str) -> bool {
    let prefixes = out.dialect.objects.system_routine_prefixes;
    prefixes.iter().any(|prefix| name.starts_with(prefix))
}

/// A collation of the engine. Only in PostgreSQL do patches make others.
pub(super) fn is_collation(out: &Out<'_>, name: &Name) -> bool {
    !out.dialect.bodies_are_strings || builtin::is_collation(&name.object())
}

/// A text search object of the engine.
pub(super) fn is_text_search(name: &Name) -> bool {
    builtin::is_text_search(&name.object())
}

/// An operator class of the engine.
pub(super) fn is_operator_class(out: &Out<'_>, name: &Name) -> bool {
    !out.dialect.bodies_are_strings || builtin::is_operator_class(&name.object())
}

/// An operator of the engine.
pub(super) fn is_operator(name: &Name) -> bool {
    builtin::is_operator(&name.object())
}

/// A routine whose schema says that it is the engine's.
pub(super) fn has_system_schema(out: &Out<'_>, name: &Name) -> bool {
    name.schema()
        .is_some_and(|(schema, _)| out.is_system(schema))
}

/// An access method of the engine. Operator classes for plain types of `gist` and `gin` come with
/// an extension, which is found by the method.
pub(super) fn is_access_method(out: &Out<'_>, name: &Name) -> bool {
    let name = name.last().as_str();
    !out.dialect.bodies_are_strings
        || builtin::is_access_method(name) && !matches!(name, "gist" | "gin")
}
