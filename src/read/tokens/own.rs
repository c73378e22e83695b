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
    // `sqlite_schema`, `duckdb_tables`, and what DuckDB takes over from PostgreSQL.
    ["sqlite_", "duckdb_", "pg_"]
        .iter()
        .any(|prefix| name.last().as_str().starts_with(prefix))
        || name.last() == "dual"
}

/// A collation of the engine. Only in PostgreSQL do patches make others.
pub(super) fn is_collation(out: &Out<'_>, name: &Name) -> bool {
    !out.dialect.bodies_are_strings || builtin::is_collation(&name.object())
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
