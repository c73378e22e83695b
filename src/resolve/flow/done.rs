//! What patches do to rows when they are applied, by object.

use std::collections::{BTreeMap, BTreeSet};

use crate::read::Patch;
use crate::read::fact::{Action, Kind, Part};
use crate::resolve::PatchId;
use crate::resolve::body::{Deed, Deeds};
use crate::resolve::catalog::{Catalog, IdentityId};
use crate::resolve::fires::{self, Fired};
use crate::source::{Sources, Span};

/// Where patches do something to each object.
pub(in crate::resolve) type Places = BTreeMap<IdentityId, Vec<(PatchId, Span)>>;

/// What all patches do to rows.
#[derive(Default)]
pub(in crate::resolve) struct Done {
    pub(super) writes: Places,
    /// Reading to do something.
    pub(super) reads: Places,
    /// By the triggers of other patches, where these are there already.
    pub(super) fired_writes: Places,
    pub(super) fired_reads: Places,
    /// Columns that no longer take every row.
    pub(super) tightened: Places,
    /// Partitions that are made, by their parent.
    pub(super) partitions: Places,
    /// Statements that read rows themselves: an UPDATE or DELETE reads what it writes.
    pub(super) read_here: BTreeSet<(PatchId, Span)>,
    /// Triggers, and the rows that fire them.
    pub(super) fired: Vec<(IdentityId, Fired)>,
}

impl Done {
    pub(in crate::resolve) fn new(
        patches: &[Patch],
        sources: &Sources,
        catalog: &Catalog<'_>,
        deeds: &Deeds<'_>,
    ) -> Self {
        let mut done = Self {
            fired: fires::find(patches, sources, catalog, deeds),
            ..Self::default()
        };
        for (id, deeds) in deeds.iter() {
            for &deed in deeds {
                let Deed { fact, path, .. } = deed;
                let places = match &fact.action {
                    Action::Write => &mut done.writes,
                    _ if deed.reads() => {
                        if fact.in_body_of.is_none() && !deed.in_view {
                            done.read_here.insert((id, deed.span));
                        }
                        if !deed.changes {
                            continue;
                        }
                        &mut done.reads
                    }
                    Action::Tighten => &mut done.tightened,
                    Action::Partitions { parent } => {
                        let parent = (Kind::Relation, parent.as_ref(), &Part::Whole);
                        for bound in catalog.lookup_named(id, path, parent) {
                            let places: &mut Vec<_> =
                                done.partitions.entry(bound.identity).or_default();
                            places.push((id, deed.span));
                        }
                        continue;
                    }
                    _ => continue,
                };
                let places = match &fact.action {
                    _ if !deed.maybe => places,
                    _ if !deed.fired => continue,
                    Action::Write => &mut done.fired_writes,
                    _ if deed.reads() => &mut done.fired_reads,
                    _ => continue,
                };
                for bound in catalog.lookup(id, path, &fact.object) {
                    places
                        .entry(bound.identity)
                        .or_default()
                        .push((id, deed.span));
                }
            }
        }
        done
    }
}
