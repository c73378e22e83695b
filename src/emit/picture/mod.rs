//! The order as a picture: a drawing (SVG), a page to look around in (HTML), DOT, Mermaid, and JSON for
//! other programs.

mod dot;
mod figure;
mod json;
mod layout;
mod markup;
mod mermaid;
mod page;
mod scene;
mod svg;

#[cfg(test)]
mod tests;

pub use dot::dot;
pub use json::json;
pub use mermaid::mermaid;
pub use page::html;
pub use svg::svg;

use crate::graph::{Cycle, Graph, Order};
use crate::plan::phase::PatchPhase;
use crate::read::Patch;
use crate::resolve::{Edge, PatchId};
use crate::source::Sources;

/// What there is to draw.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    /// All patches of the run, by id.
    pub patches: &'a [Patch],
    /// Their order; none where they need each other.
    pub order: Option<&'a Order>,
    /// The cycles that keep them from having one.
    pub cycles: &'a [Cycle],
    /// The edges that the order keeps: the graph [without](Graph::without) those that were cut.
    pub graph: &'a Graph,
    /// The texts.
    pub sources: &'a Sources,
    /// The phases that the statements have, by id; none where they are not asked for.
    pub phases: &'a [PatchPhase],
    /// Draw every edge, also those that a chain of others implies. JSON always has every edge.
    pub all: bool,
}

impl<'a> Picture<'a> {
    fn name(&self, patch: PatchId) -> &'a str {
        &self.patches[patch.0 as usize].name
    }

    /// The patches in their order, or by their paths where they have none.
    fn sequence(&self) -> Vec<PatchId> {
        match self.order {
            Some(order) => order.sequence.clone(),
            None => (0..self.patches.len() as u32).map(PatchId).collect(),
        }
    }

    /// The weak edges that could not be kept.
    fn cut(&self) -> &'a [Edge] {
        self.order.map_or(&[], |order| &order.cut)
    }

    fn edges(&self) -> Vec<&'a Edge> {
        if self.all {
            self.graph.edges().iter().collect()
        } else {
            self.graph.reduced_edges()
        }
    }

    /// Whether the edge is on one of the cycles.
    fn is_in_cycle(&self, edge: &Edge) -> bool {
        let mut edges = self.cycles.iter().flat_map(|cycle| &cycle.edges);
        edges.any(|other| (other.earlier, other.later) == (edge.earlier, edge.later))
    }
}

/// The strongest reason's object, and how many other objects there are.
fn label(edge: &Edge) -> String {
    let mut objects: Vec<&str> = Vec::new();
    for reason in &edge.reasons {
        if !objects.contains(&reason.object.as_str()) {
            objects.push(&reason.object);
        }
    }
    match objects.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [one, more @ ..] => format!("{one} (+{})", more.len()),
    }
}
