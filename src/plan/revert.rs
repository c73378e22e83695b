//! The plan turned around: each patch with what undoes it.

use std::collections::BTreeMap;

use super::{Plan, PlannedPatch};
use crate::read::statement::Statement;
use crate::source::SourceId;

/// What undoes a patch.
#[derive(Clone, Debug)]
pub struct Undo {
    /// The text of the revert file.
    pub source: SourceId,
    /// Its path under the root.
    pub path: String,
    /// The pieces of its text.
    pub statements: Vec<Statement>,
    /// Its header says `transaction: off`.
    pub no_transaction: bool,
}

impl Plan {
    /// The patches in reverse order, each with the statements that undo it. One without has none:
    /// either it is irreversible, or nothing is to be done.
    #[must_use]
    pub fn revert(mut self, mut undo: BTreeMap<String, Undo>) -> Self {
        self.patches.reverse();
        for patch in &mut self.patches {
            patch.external.clear();
            patch.external_formerly.clear();
            patch.requires.clear();
            match undo.remove(&patch.name) {
                Some(undo) => patch.undo_with(undo),
                None => patch.statements.clear(),
            }
        }
        self.seal();
        self
    }
}

impl PlannedPatch {
    fn undo_with(&mut self, undo: Undo) {
        self.source = undo.source;
        self.path = undo.path;
        self.statements = undo.statements;
        self.no_transaction = undo.no_transaction;
        self.irreversible = false;
    }
}
