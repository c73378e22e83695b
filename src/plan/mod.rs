//! What the script will do: which patches, in which order, with which checks before them.
//!
//! [`plan`] puts all patches into their places. [`select`](Plan::select) leaves some out, and
//! [`revert`](Plan::revert) turns the rest around.

pub mod diff;
pub mod phase;
mod revert;
mod select;

pub use phase::Phase;
pub use revert::Undo;

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;
use smol_str::SmolStr;

use crate::dialect::Engine;
use crate::graph::{Graph, Order};
use crate::read::Patch;
use crate::read::statement::{Statement, StatementKind};
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

impl Drift {
    /// As it is spelled in the configuration and in scripts.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Ignore => "ignore",
        }
    }
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

/// How the patches of the script were chosen; all of them where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Selection {
    /// Names and globs; empty for all.
    pub only: Vec<String>,
    /// Only what was added or changed since this revision.
    pub since: Option<String>,
    /// Only what is of this step of a release.
    pub phase: Option<Phase>,
    /// A baseline up to this patch, or a revert of all that comes after it.
    pub to: Option<String>,
}

/// The table of another tool that knows patches as applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Adopt {
    /// Its schema, unquoted.
    pub schema: String,
    /// Its name, unquoted.
    pub table: String,
    /// The column with the patches' names.
    pub name: String,
    /// The column with their checksums; it need not be there.
    pub checksum: String,
}

impl Default for Adopt {
    /// What sqlpatch makes.
    fn default() -> Self {
        Self {
            schema: "sqlpatch".to_owned(),
            table: "batch_000".to_owned(),
            name: "name".to_owned(),
            checksum: "checksum".to_owned(),
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
    /// How its patches were chosen.
    pub selection: Selection,
    /// Another tool's table, whose patches are recorded as applied.
    pub adopt: Option<Adopt>,
}

/// A patch that must stand before another one in the same bundle.
#[derive(Clone, Debug)]
pub struct Predecessor {
    /// Its name.
    pub name: SmolStr,
    /// The strongest of its reasons.
    pub reason: Option<Reason>,
}

/// One patch in its place.
#[derive(Clone, Debug)]
pub struct PlannedPatch {
    /// Its name, the key of its ledger row.
    pub name: String,
    /// Names under which the ledger may hold it from earlier.
    pub formerly: Vec<String>,
    /// The text of its statements: its own, or its revert file's where the script undoes it.
    pub source: SourceId,
    /// The path of that text under the root.
    pub path: String,
    /// Its checksum: of its own text, or chained where it is repeatable.
    pub checksum: Checksum,
    /// Its direct predecessors in this bundle, by position.
    pub requires: Vec<Predecessor>,
    /// Patches outside the bundle that the ledger must hold.
    pub external: Vec<String>,
    /// Older names of those, under which the ledger may hold them: the name in `external`, and one
    /// older name.
    pub external_formerly: Vec<(String, String)>,
    /// Patches outside the bundle, by all of their names, that need this one: while the ledger holds
    /// any of them, this patch is not undone.
    pub dependents: Vec<String>,
    /// Nothing undoes it, says its header: the script stops where it would have to.
    pub irreversible: bool,
    /// Which step of a release it is of.
    pub phase: Phase,
    /// Applied again when its checksum changes.
    pub repeatable: bool,
    /// The header says `transaction: off`.
    pub no_transaction: bool,
    /// The pieces of its text.
    pub statements: Vec<Statement>,
}

impl PlannedPatch {
    /// A patch that is applied once, in a transaction, and stands alone.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        path: impl Into<String>,
        checksum: Checksum,
        source: SourceId,
        statements: Vec<Statement>,
    ) -> Self {
        Self {
            name: name.into(),
            formerly: Vec::new(),
            source,
            path: path.into(),
            checksum,
            requires: Vec::new(),
            external: Vec::new(),
            external_formerly: Vec::new(),
            dependents: Vec::new(),
            irreversible: false,
            phase: Phase::Expand,
            repeatable: false,
            no_transaction: false,
            statements,
        }
    }

    /// How often it runs, as the ledger has it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        if self.repeatable {
            "repeatable"
        } else {
            "once"
        }
    }

    /// How many SQL statements it has.
    #[must_use]
    pub fn statement_count(&self) -> usize {
        let pieces = self.statements.iter();
        pieces
            .filter(|piece| piece.kind == StatementKind::Sql)
            .count()
    }

    /// The older names of a patch outside the bundle.
    pub fn older_names<'p>(&'p self, external: &'p str) -> impl Iterator<Item = &'p String> {
        let older = self.external_formerly.iter();
        older
            .filter(move |(name, _)| name == external)
            .map(|(_, older)| older)
    }
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
    let names: Vec<SmolStr> = patches.iter().map(|it| it.name.as_str().into()).collect();
    let planned = order.sequence.par_iter().map(|&id| {
        let place = id.0 as usize;
        let patch = &patches[place];
        let requires = graph.predecessors(id).map(|edge| Predecessor {
            name: names[edge.earlier.0 as usize].clone(),
            reason: edge.reasons.first().cloned(),
        });
        let formerly = patch.header.formerly.iter().map(|name| name.value.clone());
        let external = external[place].names.iter().map(|(name, _)| name.clone());
        let path = sources.get(patch.source).path.clone();
        let statements = patch.statements.clone();
        PlannedPatch {
            formerly: formerly.collect(),
            requires: requires.collect(),
            external: external.collect(),
            irreversible: patch.header.is_irreversible(),
            repeatable: patch.header.repeatable.is_some(),
            no_transaction: patch.header.no_transaction.is_some(),
            ..PlannedPatch::new(
                &patch.name,
                path,
                checksums[place],
                patch.source,
                statements,
            )
        }
    });
    let mut plan = Plan {
        engine,
        settings,
        bundle: ChecksumBuilder::default().finish(),
        patches: planned.collect(),
    };
    plan.seal();
    plan
}

impl Plan {
    /// Takes over the phases of the patches, by name.
    pub fn set_phases(&mut self, phases: &BTreeMap<&str, Phase>) {
        for patch in &mut self.patches {
            if let Some(&phase) = phases.get(patch.name.as_str()) {
                patch.phase = phase;
            }
        }
    }

    /// Makes the bundle's hash from what the plan now holds.
    fn seal(&mut self) {
        let mut bundle = ChecksumBuilder::default();
        match self.settings.action {
            Action::Apply => {}
            Action::Baseline => bundle.part(b"baseline"),
            Action::Revert => bundle.part(b"revert"),
        }
        for patch in &self.patches {
            bundle.part(patch.name.as_bytes());
            bundle.part(patch.checksum.to_string().as_bytes());
        }
        self.bundle = bundle.finish();
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
