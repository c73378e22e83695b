//! The directives in the leading comments of a patch.

use std::path::PathBuf;

use serde::Serialize;

use crate::dialect::Engine;
use crate::source::Span;

/// A value of a directive and its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its place, without the directive's key.
    pub span: Span,
}

/// The three steps of a backward compatible change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Additive: old code keeps working.
    Expand,
    /// Moves data.
    Migrate,
    /// Destroys, renames or tightens what old code may use.
    Contract,
}

/// What a `requires:` asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Requirement {
    /// A patch name, path suffix, glob or object, still unresolved.
    Reference(String),
    /// `external name`: a patch outside the inputs, to be looked up in the ledger at run time.
    External(String),
}

/// All directives of one patch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Header {
    /// `name:`; the path decides where it is absent.
    pub name: Option<Spanned<String>>,
    /// `formerly:`; names that the ledger may hold for this patch.
    pub formerly: Vec<Spanned<String>>,
    /// `requires:` and its other spellings.
    pub requires: Vec<Spanned<Requirement>>,
    /// `provides:`; objects that dynamic SQL makes.
    pub provides: Vec<Spanned<String>>,
    /// `uses:`; objects that dynamic SQL uses.
    pub uses: Vec<Spanned<String>>,
    /// `ignores:`; objects or patches whose inferred edges are dropped.
    pub ignores: Vec<Spanned<String>>,
    /// `phase:`.
    pub phase: Option<Spanned<Phase>>,
    /// `repeatable`.
    pub repeatable: Option<Span>,
    /// `transaction: off`.
    pub no_transaction: Option<Span>,
    /// `dialect:`; empty means every engine.
    pub dialects: Vec<Spanned<Engine>>,
    /// `revert:`.
    pub revert: Option<Spanned<PathBuf>>,
}
