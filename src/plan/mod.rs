//! What the script will do: which patches, in which order, with which checks before them.

use serde::Serialize;

use crate::dialect::Engine;
use crate::read::statement::Statement;
use crate::resolve::Reason;
use crate::source::{Checksum, SourceId};

/// What to do about an applied patch whose text has changed since.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Drift {
    /// Stop before anything runs.
    #[default]
    Error,
    /// Say so and go on without it.
    Warn,
    /// Go on without it.
    Ignore,
}

/// Which clients the script is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Client {
    /// Plain SQL where every patch can be carried so, else the engine's own client.
    #[default]
    Auto,
    /// Plain SQL or a finding.
    Any,
    /// The engine's own client.
    Native,
}

/// Where the ledger is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ledger {
    /// Its schema, unquoted; a prefix of the table's name where the engine has no schemas.
    pub schema: String,
    /// Its table, unquoted.
    pub table: String,
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            schema: "sqlstitch".to_owned(),
            table: "patch".to_owned(),
        }
    }
}

/// What the command line and the configuration say about the script.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// Where the ledger is.
    pub ledger: Ledger,
    /// What to do about drift.
    pub drift: Drift,
    /// Which clients the script is for.
    pub client: Client,
    /// The source revision to record, if given.
    pub revision: Option<String>,
}

/// A patch that must stand before another one in the same bundle.
#[derive(Clone, Debug)]
pub struct Predecessor {
    /// Its name.
    pub name: String,
    /// Why; the strongest first.
    pub reasons: Vec<Reason>,
}

/// One patch in its place.
#[derive(Clone, Debug)]
pub struct PlannedPatch {
    /// Its name, the key of its ledger row.
    pub name: String,
    /// Names under which the ledger may hold it from earlier.
    pub formerly: Vec<String>,
    /// Its text.
    pub source: SourceId,
    /// Its path under the root.
    pub path: String,
    /// Its checksum: of its own text, or chained where it is repeatable.
    pub checksum: Checksum,
    /// Its direct predecessors in this bundle, by position.
    pub requires: Vec<Predecessor>,
    /// Patches outside the bundle that the ledger must hold.
    pub external: Vec<String>,
    /// Applied again when its checksum changes.
    pub repeatable: bool,
    /// The header says `transaction: off`.
    pub no_transaction: bool,
    /// The pieces of its text.
    pub statements: Vec<Statement>,
}

/// The whole bundle for one engine.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The engine.
    pub engine: Engine,
    /// What was asked for.
    pub settings: Settings,
    /// The hash of the names and checksums in order.
    pub bundle: Checksum,
    /// The patches in the order in which they run.
    pub patches: Vec<PlannedPatch>,
}
