//! Names: identifiers after folding, names of database objects, and the natural order of paths.

mod natural;
mod visible;

pub use natural::{day_and_time, natural_cmp};
pub use visible::{acts, visible};

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// An identifier as the engine compares it: unquoted, folded and cut by the dialect's rules. Cheap to
/// copy, because it is in every key of the catalog.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ident(SmolStr);

impl Ident {
    /// Takes a text that is already in the form in which the engine compares it.
    #[must_use]
    pub fn folded(text: impl Into<SmolStr>) -> Self {
        Self(text.into())
    }

    /// The folded text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq<str> for Ident {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Ident {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

/// The name of a database object, as written: with or without its schema. A database part
/// (`db.schema.table`) is dropped by the readers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ObjectName {
    /// The schema, where the text names it.
    pub schema: Option<Ident>,
    /// The object's own name.
    pub name: Ident,
}

impl ObjectName {
    /// A name without a schema.
    #[must_use]
    pub fn bare(name: Ident) -> Self {
        Self { schema: None, name }
    }

    /// `schema.name`.
    #[must_use]
    pub fn qualified(schema: Ident, name: Ident) -> Self {
        Self {
            schema: Some(schema),
            name,
        }
    }

    /// The same schema, another name: an index beside its table, a renamed object.
    #[must_use]
    pub fn sibling(&self, name: Ident) -> Self {
        Self {
            schema: self.schema.clone(),
            name,
        }
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}.")?;
        }
        write!(f, "{}", self.name)
    }
}
