//! What the script will do: which patches, in which order, with which checks before them.

use serde::Serialize;

use crate::dialect::Engine;
use crate::graph::{Graph, Order};
use crate::read::Patch;
use crate::read::statement::Statement;
use crate::resolve::{Reason, Requirements};
use crate::source::{Checksum, ChecksumBuilder, SourceId, Sources};

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

/// How many patches share a transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Transaction {
    /// Each patch has its own.
    #[default]
    Patch,
    /// All of the script, the ledger included, is one.
    Single,
}

/// What the script does with its patches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Applies those that are not applied.
    #[default]
    Apply,
    /// Records them as applied without running them.
    Baseline,
    /// Undoes those that are applied: the patches stand in reverse order and their statements are
    /// those of their revert files.
    Revert,
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
    /// How many patches share a transaction.
    pub transaction: Transaction,
    /// What the script does with its patches.
    pub action: Action,
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

/// Puts the patches into their places, each with what must be applied before it.
///
/// `graph` must hold only edges that `order` keeps; `external` has one entry per patch.
#[must_use]
pub fn plan(
    engine: Engine,
    patches: &[Patch],
    external: &[Requirements],
    graph: &Graph,
    order: &Order,
    sources: &Sources,
    settings: Settings,
) -> Plan {
    let checksums = chained(patches, graph, order);
    let mut bundle = ChecksumBuilder::default();
    let mut planned = Vec::with_capacity(patches.len());
    for &id in &order.sequence {
        let place = id.0 as usize;
        let patch = &patches[place];
        bundle.part(patch.name.as_bytes());
        bundle.part(checksums[place].to_string().as_bytes());
        let requires = graph.predecessors(id).map(|edge| Predecessor {
            name: patches[edge.earlier.0 as usize].name.clone(),
            reasons: edge.reasons.clone(),
        });
        let formerly = patch.header.formerly.iter().map(|name| name.value.clone());
        let external = external[place].names.iter().map(|(name, _)| name.clone());
        planned.push(PlannedPatch {
            name: patch.name.clone(),
            formerly: formerly.collect(),
            source: patch.source,
            path: sources.get(patch.source).path.clone(),
            checksum: checksums[place],
            requires: requires.collect(),
            external: external.collect(),
            repeatable: patch.header.repeatable.is_some(),
            no_transaction: patch.header.no_transaction.is_some(),
            statements: patch.statements.clone(),
        });
    }
    Plan {
        engine,
        settings,
        bundle: bundle.finish(),
        patches: planned,
    }
}

/// The checksums by patch: its own, and for a repeatable one its own with those of the repeatables
/// it depends on, so that a change below it applies it again.
fn chained(patches: &[Patch], graph: &Graph, order: &Order) -> Vec<Checksum> {
    let mut checksums: Vec<Checksum> = patches.iter().map(|patch| patch.checksum).collect();
    let is_repeatable = |place: usize| patches[place].header.repeatable.is_some();
    for &id in &order.sequence {
        let place = id.0 as usize;
        let below: Vec<usize> = graph
            .predecessors(id)
            .map(|edge| edge.earlier.0 as usize)
            .filter(|&earlier| is_repeatable(earlier))
            .collect();
        if !is_repeatable(place) || below.is_empty() {
            continue;
        }
        let mut chain = ChecksumBuilder::default();
        chain.part(checksums[place].to_string().as_bytes());
        for earlier in below {
            chain.part(checksums[earlier].to_string().as_bytes());
        }
        checksums[place] = chain.finish();
    }
    checksums
}
