//! The one path from texts to a script: read → resolve → order → plan → emit.
//!
//! Each stage returns its value and its findings; nothing here prints, reads files or exits.

use crate::dialect::Engine;
use crate::emit::{self, Emitted};
use crate::finding::{Finding, Severity};
use crate::graph::{self, Cycle, Graph, Order};
use crate::plan::{self, Plan, Undo, phase};
use crate::read::{self, Patch, Reading};
use crate::resolve::{self, PatchId, Requirements};
use crate::source::{Source, Sources};

/// Everything that is known of a set of patches, whether or not it can be built.
#[derive(Debug)]
pub struct Analysis {
    /// The engine whose rules were used.
    pub engine: Engine,
    /// The patches in the natural order of their paths: a [`PatchId`] is a place in this list.
    pub patches: Vec<Patch>,
    /// What each patch needs in the ledger, because its header says `requires: external …`.
    pub external: Vec<Requirements>,
    /// The edges.
    pub graph: Graph,
    /// The order; `None` where patches need each other.
    pub order: Option<Order>,
    /// Why there is none.
    pub cycles: Vec<Cycle>,
    /// What there is to say, in the order of the stages.
    pub findings: Vec<Finding>,
}

impl Analysis {
    /// Whether a script must not be built from this.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        has_errors(&self.findings)
    }

    /// The patches in the order found, with their ids.
    pub fn ordered(&self) -> impl Iterator<Item = (PatchId, &Patch)> {
        let sequence = self.order.iter().flat_map(|order| &order.sequence);
        sequence.map(|&id| (id, &self.patches[id.0 as usize]))
    }
}

/// Whether one of the findings is an error.
#[must_use]
pub fn has_errors(findings: &[Finding]) -> bool {
    findings
        .iter()
        .any(|finding| finding.severity == Severity::Error)
}

/// Reads every source, by `map` (which may do it in parallel, but must keep the order), and finds
/// the edges and the order.
#[must_use]
pub fn analyse(
    sources: &Sources,
    engine: Engine,
    settings: &resolve::Settings,
    map: impl FnOnce(&Sources, &(dyn Fn(&Source) -> Reading + Sync)) -> Vec<Reading>,
) -> Analysis {
    let readings = map(sources, &|source| read::read(source, engine));
    let (patches, mut findings) = resolve::collect(readings, sources, engine);
    let resolution = resolve::resolve(&patches, sources, engine.dialect(), settings);
    findings.extend(resolution.findings);
    let mut graph = Graph::new(patches.len(), resolution.edges);
    let (order, cycles) = match graph.order() {
        Ok(order) => {
            graph = graph.without(&order.cut);
            let cut = order.cut.iter();
            findings.extend(cut.map(|edge| graph::cut_finding(edge, &graph, &patches, sources)));
            (Some(order), Vec::new())
        }
        Err(cycles) => {
            let told = cycles.iter();
            findings.extend(told.map(|cycle| graph::cycle_finding(cycle, &patches, sources)));
            (None, cycles)
        }
    };
    Analysis {
        engine,
        patches,
        external: resolution.external,
        graph,
        order,
        cycles,
        findings,
    }
}

/// The plan for a script; `None` where there is no order.
#[must_use]
pub fn plan(analysis: &Analysis, sources: &Sources, settings: plan::Settings) -> Option<Plan> {
    let order = analysis.order.as_ref()?;
    Some(plan::plan(
        analysis.engine,
        &analysis.patches,
        &analysis.external,
        &analysis.graph,
        order,
        sources,
        settings,
    ))
}

/// The phase of every patch by id; none where there is no order.
#[must_use]
pub fn phases(
    analysis: &Analysis,
    sources: &Sources,
    release: phase::Release<'_>,
) -> Vec<phase::PatchPhase> {
    let order = analysis.order.as_ref();
    order.map_or_else(Vec::new, |order| {
        let dialect = analysis.engine.dialect();
        phase::phases(
            &analysis.patches,
            &order.sequence,
            sources,
            dialect,
            release,
        )
    })
}

/// A revert file, read as a patch is.
#[must_use]
pub fn undo(source: &Source, engine: Engine) -> (Undo, Vec<Finding>) {
    let Reading { patch, findings } = read::read(source, engine);
    let undo = Undo {
        source: source.id,
        path: source.path.clone(),
        statements: patch.statements,
        no_transaction: patch.header.no_transaction.is_some(),
    };
    (undo, findings)
}

/// The script for a plan.
#[must_use]
pub fn script(plan: &Plan, sources: &Sources) -> Emitted {
    emit::emit(plan, sources)
}

/// What there is to say about the script for a plan.
#[must_use]
pub fn script_findings(plan: &Plan, sources: &Sources) -> Vec<Finding> {
    emit::findings(plan, sources)
}
