//! Whether what two sides add to the same patches commutes: what both do to one object, and cannot both
//! have.
//!
//! Each side is taken as a whole. What a side makes and removes again is nothing to the other; what it
//! drops and makes anew is replaced.

mod columns;
mod filled;
mod life;
mod renamed;
mod rows;
mod settings;
mod tightened;
mod updates;

use std::collections::{BTreeMap, BTreeSet};

use super::catalog::Catalog;
use super::{PatchId, body, sequence, value};
use crate::dialect::Dialect;
use crate::finding::Severity;
use crate::read::Patch;
use crate::source::{Sources, Span};

/// The statements that one side has and the other has not, by patch and by their places there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// The new statements of each patch.
    pub statements: BTreeMap<PatchId, BTreeSet<u32>>,
}

impl Side {
    fn has(&self, patch: PatchId, statement: u32) -> bool {
        let statements = self.statements.get(&patch);
        statements.is_some_and(|statements| statements.contains(&statement))
    }
}

/// What one side does with an object, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deed {
    /// The patch.
    pub patch: PatchId,
    /// The place.
    pub span: Span,
    /// To be followed by the object: `drops`.
    pub verb: &'static str,
}

/// Something that both sides do to one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// How bad it is.
    pub severity: Severity,
    /// The object as people write it: `table shop.orders`.
    pub object: String,
    /// What the sides do with it, in the order in which they were given.
    pub deeds: [Deed; 2],
    /// What comes of it.
    pub why: &'static str,
    /// What to do, with `{base}` and `{head}` for the names of the first and the second side's patch: the second one
    /// is merged, and may still be changed.
    pub help: &'static str,
}

/// What the two sides do to the same objects that does not go together. `rank` is each patch's place in
/// the order of all.
#[must_use]
pub fn clashes(
    patches: &[Patch],
    sources: &Sources,
    dialect: &Dialect,
    sides: [&Side; 2],
    rank: &[usize],
) -> Vec<Clash> {
    let path = |patch: &Patch| sources.get(patch.source).path.as_str();
    let sequence = sequence::Sequence::new(patches.iter().map(path));
    let mut catalog = Catalog::new(patches, sources, dialect);
    value::add_needs(&mut catalog, patches, sources);
    let bodies = body::Bodies::new(patches, &catalog, &sequence);
    let both = Both {
        patches,
        sources,
        renames: renamed::Renames::new(patches, &catalog, sides),
        catalog: &catalog,
        sides,
        rank,
    };
    let mut clashes = life::clashes(&both);
    let altered = [0, 1].map(|side| columns::altered(&both, side));
    let rows = [0, 1].map(|side| rows::inserted(&both, side));
    clashes.extend(columns::clashes(&both, &altered));
    clashes.extend(settings::clashes(&both));
    clashes.extend(tightened::clashes(&both, &bodies));
    clashes.extend(filled::clashes(&both, &altered, &rows));
    clashes.extend(rows::clashes(&both, &rows));
    clashes.extend(updates::clashes(&both));
    clashes
}

/// What all rules look at.
struct Both<'a> {
    patches: &'a [Patch],
    sources: &'a Sources,
    catalog: &'a Catalog<'a>,
    renames: renamed::Renames,
    sides: [&'a Side; 2],
    rank: &'a [usize],
}

impl Both<'_> {
    /// The side that a statement belongs to.
    fn side(&self, patch: PatchId, statement: u32) -> Option<usize> {
        self.sides
            .iter()
            .position(|side| side.has(patch, statement))
    }

    /// The text of the statement around a place, without its layout.
    fn text(&self, patch: PatchId, statement: u32) -> Vec<&str> {
        let patch = &self.patches[patch.0 as usize];
        let statement = patch.statements.get(statement as usize);
        let text = statement.map_or("", |statement| self.sources.slice(statement.body));
        text.split_whitespace().collect()
    }
}
