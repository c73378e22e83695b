//! The three steps of a release: what a patch does to code that runs already.
//!
//! Every statement is *expand* (it adds; old code keeps working), *migrate* (it moves data) or
//! *contract* (it takes away, renames or tightens what old code may use). What is new with the release
//! itself is no break for old code, which has never seen it. So the patches are gone through in their
//! order, and of each object it is known which patch has made it.

mod change;
mod classify;
mod constraint;
mod gone;
mod later;
mod lost;
mod made;
mod members;
mod moves;
mod rebuild;
mod reshape;
mod rules;
mod table_rules;
pub mod tell;
mod types;
mod way_out;
mod world;

use std::collections::BTreeSet;

use serde::Serialize;

pub use crate::read::header::Phase;
use crate::source::Span;

pub use change::{Break, BreakKind};
pub use classify::{losses, phases};
pub use way_out::Patches;

impl Phase {
    /// The three, in the order in which a release takes them.
    pub const ALL: [Self; 3] = [Self::Expand, Self::Migrate, Self::Contract];

    /// As headers spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Expand => "expand",
            Self::Migrate => "migrate",
            Self::Contract => "contract",
        }
    }
}

/// One statement that has a phase.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its place in [`crate::read::Patch::statements`].
    pub statement: usize,
    /// Its phase.
    pub phase: Phase,
    /// The words that give it, or all of it.
    pub span: Span,
    /// What it breaks.
    pub breaks: Vec<Break>,
    /// It makes a table or column that stays, which new code may need.
    pub adds: bool,
}

impl Step {
    /// Whether there is more to it than that it goes with the step before it.
    fn is_news_after(&self, last: &Self) -> bool {
        self.phase != last.phase || !self.breaks.is_empty() || self.adds && !last.adds
    }
}

/// The phase of a patch and how it came to it.
#[derive(Clone, Debug)]
pub struct PatchPhase {
    /// The phase.
    pub phase: Phase,
    /// Where its header says so.
    pub declared: Option<Span>,
    /// The statements that have one; others (a comment, a grant) go with any. Of statements of one phase in
    /// a row, the first, and those that break something.
    pub steps: Vec<Step>,
}

impl PatchPhase {
    /// The phases that its statements have, each once, in the order of a release.
    #[must_use]
    pub fn mixture(&self) -> BTreeSet<Phase> {
        self.steps.iter().map(|step| step.phase).collect()
    }
}

/// The patches of a release: what no database has yet that runs code.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub enum Release<'a> {
    /// It is not known; every patch is judged by itself, as if all others were out.
    #[default]
    EachPatch,
    /// These patches, by name.
    Patches(&'a BTreeSet<String>),
}
