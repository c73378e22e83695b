//! The catalog over all patches: facts become edges, each with the reasons that people are shown.
//!
//! The way of a fact: [`catalog`] turns the names in it into identities ([`value`] finds the enum values
//! that strings stand for, [`assigned`] the casts that writes need), [`life`] puts the events of each
//! identity into the order of its versions ([`width`] tells them apart by the rows that they take), and
//! [`flow`] adds what only the data asks for ([`fires`] for triggers, [`parents`] for foreign keys,
//! [`counter`] for sequences). [`cover`] is about grants on whole schemas, [`privilege`] about those that
//! are taken back, [`setting`] about what patches set again; [`requirement`] and [`overrides`] let the headers
//! speak. [`sequence`] knows the numbers in the file names. [`commute`] tells what does not go together of
//! what two sides of a merge have added.

mod assigned;
mod body;
mod catalog;
mod closure;
mod collect;
pub mod commute;
mod container;
mod counter;
mod cover;
mod edge;
mod edges;
mod fires;
mod flow;
mod life;
mod literal;
mod near;
mod overrides;
mod parents;
mod privilege;
mod requirement;
mod rows;
mod sequence;
mod setting;
mod sought;
mod unresolved;
mod value;
mod width;

pub use collect::collect;
pub use edge::{Edge, PatchId, Reason, Rule, Strength};

use crate::dialect::Dialect;
use crate::finding::Finding;
use crate::read::Patch;
use crate::source::{Sources, Span};

/// What the configuration says about resolving.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Objects that exist outside the bundle, as people write them (`auth.users`); a trailing `*`
    /// stands for any ending. References to them are never reported.
    pub externals: Vec<String>,
}

/// What a patch needs in the ledger before the script may run it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requirements {
    /// Names of patches, each with the place of the directive.
    pub names: Vec<(String, Span)>,
}

/// The edges between patches, and what came up on the way.
#[derive(Debug)]
pub struct Resolution {
    /// The edges, by their ends.
    pub edges: Vec<Edge>,
    /// Per patch, in the order of ids: what the ledger must hold.
    pub external: Vec<Requirements>,
    /// Findings.
    pub findings: Vec<Finding>,
}

/// Finds the edges between `patches`, which must be in the order of their ids.
#[must_use]
pub fn resolve(
    patches: &[Patch],
    sources: &Sources,
    dialect: &Dialect,
    settings: &Settings,
) -> Resolution {
    let mut findings = Vec::new();
    let path = |patch: &Patch| sources.get(patch.source).path.as_str();
    let sequence = sequence::Sequence::new(patches.iter().map(path));
    let ignores = overrides::Ignores::new(patches, dialect);
    let mut edges = edges::Edges::new(patches.len(), sequence.clone(), ignores);
    let mut catalog = catalog::Catalog::new(patches, sources, dialect);
    value::add_needs(&mut catalog, patches, sources);
    assigned::add_needs(&mut catalog, patches, sources);
    let external = requirement::add_edges(patches, sources, &catalog, &mut edges, &mut findings);
    let bodies = body::Bodies::new(patches, &catalog, &sequence);
    let deeds = bodies.all_deeds(patches, &catalog);
    let needs = deeds.promoted(&catalog);
    let widths = width::Widths::new(patches, sources, &catalog, &sequence);
    let (mut life, parents) = rayon::join(
        || life::Life::new(patches, sources, &catalog, (&needs, &widths), &sequence),
        || parents::Parents::new(patches, sources, &catalog, &deeds),
    );
    parents.add_edges(patches, sources, &catalog, &mut edges);
    // What happens to rows does not depend on the edges: it is looked for at the same time.
    let ((), (counters, mut flow, sought)) = rayon::join(
        || life.add_edges(&mut edges, &mut findings),
        || {
            let ((counters, sought), done) = rayon::join(
                || {
                    let counters = counter::Counters::new(patches, sources, &catalog);
                    let sought = sought::Sought::new(patches, sources, &catalog);
                    (counters, sought)
                },
                || flow::Done::new(patches, sources, &catalog, &deeds),
            );
            let rows = (&parents, &counters, &widths);
            let flow = flow::find(sources, &catalog, done, rows, &sought);
            (counters, flow, sought)
        },
    );
    width::add_edges(patches, &catalog, &widths, &mut edges, &mut findings);
    flow.add_edges(patches, sources, &catalog, &mut edges);
    container::add_edges(patches, sources, &catalog, &mut edges);
    cover::add_edges(patches, &catalog, &mut edges);
    setting::add_edges(patches, sources, &catalog, &mut edges, &mut findings);
    rows::report(
        patches,
        sources,
        &catalog,
        (&flow.writes, &flow.reads, &sought),
        &edges,
        &mut findings,
    );
    privilege::report(patches, sources, &catalog, &edges, &mut findings);
    counters.report(patches, &catalog, &parents, &edges, &mut findings);
    let ignores = edges.ignores();
    ignores.report(patches, sources, dialect, &edges, &mut findings);
    unresolved::report(patches, &catalog, settings, &mut findings);
    drop(life);
    // To give back what thousands of names have taken is work too.
    let (edges, ()) = rayon::join(|| edges.finish(), || drop((flow, parents, catalog)));
    Resolution {
        edges,
        external,
        findings,
    }
}
