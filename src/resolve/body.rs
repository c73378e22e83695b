//! Routines that run while the patches are applied: what their bodies need, the patch that runs them
//! needs, through any number of calls.

use std::collections::{BTreeMap, BTreeSet};

use super::PatchId;
use super::catalog::{Catalog, Event, EventKind, IdentityId};
use super::life::Promoted;
use crate::name::Ident;
use crate::read::Patch;
use crate::read::fact::{Action, Fact};
use crate::source::Span;

/// A fact with what is needed to resolve it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deed<'a> {
    pub(super) fact: &'a Fact,
    pub(super) path: Option<&'a [Ident]>,
    /// The statement in the patch that does it, or that runs the routine that does.
    pub(super) statement: u32,
    /// The place in the patch that does it: of the fact, or of the call.
    pub(super) span: Span,
    /// Done by a routine that may not be there yet (a trigger of another patch).
    pub(super) maybe: bool,
}

/// A fact of a body and the `search_path` around it.
type InBody<'a> = (&'a Fact, Option<&'a [Ident]>);

/// The bodies of all routines, and which of them writing a table runs.
pub(super) struct Bodies<'a> {
    bodies: BTreeMap<IdentityId, Vec<InBody<'a>>>,
    on_write: BTreeMap<IdentityId, Vec<IdentityId>>,
}

impl<'a> Bodies<'a> {
    pub(super) fn new(patches: &'a [Patch], catalog: &Catalog<'_>) -> Self {
        let mut bodies: BTreeMap<_, Vec<InBody<'a>>> = BTreeMap::new();
        let mut on_write: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (number, patch) in patches.iter().enumerate() {
            let id = PatchId(number as u32);
            for statement in &patch.facts {
                let path = statement.search_path.as_deref();
                for fact in &statement.facts {
                    let inside = statement.path_of(fact);
                    if let Some(routine) = &fact.in_body_of {
                        for bound in catalog.lookup(id, path, routine) {
                            let body = bodies.entry(bound.identity).or_default();
                            body.push((fact, inside));
                        }
                    }
                    if let Action::RunsOnWrite { table } = &fact.action {
                        let table = relation(table);
                        for table in catalog.lookup(id, path, &table) {
                            let runs = on_write.entry(table.identity).or_default();
                            let routines = catalog.lookup(id, path, &fact.object);
                            runs.extend(routines.iter().map(|routine| routine.identity));
                        }
                    }
                }
            }
        }
        Self { bodies, on_write }
    }

    /// Everything that a patch does when it is applied: its own facts outside of bodies, and those
    /// of the bodies that it runs.
    pub(super) fn deeds(
        &self,
        id: PatchId,
        patch: &'a Patch,
        catalog: &Catalog<'_>,
    ) -> Vec<Deed<'a>> {
        let mut deeds = Vec::new();
        for statement in &patch.facts {
            let path = statement.search_path.as_deref();
            for fact in statement
                .facts
                .iter()
                .filter(|fact| fact.in_body_of.is_none())
            {
                deeds.push(Deed {
                    fact,
                    path,
                    statement: statement.statement as u32,
                    span: fact.span,
                    maybe: false,
                });
            }
        }
        let mut seen = BTreeSet::new();
        let mut next = 0;
        while next < deeds.len() {
            let deed = deeds[next];
            next += 1;
            for (routine, maybe) in self.runs(id, deed, catalog) {
                if !seen.insert(routine) {
                    continue;
                }
                for &(fact, path) in self.bodies.get(&routine).into_iter().flatten() {
                    deeds.push(Deed {
                        fact,
                        path,
                        maybe: maybe || deed.maybe,
                        ..deed
                    });
                }
            }
        }
        deeds
    }

    /// The routines that a deed runs, and whether it is certain that it does.
    fn runs(&self, id: PatchId, deed: Deed<'_>, catalog: &Catalog<'_>) -> Vec<(IdentityId, bool)> {
        // Inside a body, to name a routine is to call it.
        let in_body = deed.fact.in_body_of.is_some();
        match &deed.fact.action {
            Action::Run => {}
            Action::Use if in_body => {}
            Action::Write => {
                let table = relation(&deed.fact.object.name);
                let tables = catalog.lookup(id, deed.path, &table);
                let routines = tables
                    .iter()
                    .filter_map(|table| self.on_write.get(&table.identity))
                    .flatten();
                return routines.map(|&routine| (routine, true)).collect();
            }
            _ => return Vec::new(),
        }
        let bound = catalog.lookup(id, deed.path, &deed.fact.object);
        let bound = bound
            .iter()
            .filter(|bound| self.bodies.contains_key(&bound.identity));
        bound.map(|bound| (bound.identity, bound.guess)).collect()
    }

    /// The needs of bodies that patches run.
    pub(super) fn promoted(&self, patches: &'a [Patch], catalog: &Catalog<'_>) -> Vec<Promoted> {
        let mut promoted = Vec::new();
        for (number, patch) in patches.iter().enumerate() {
            let id = PatchId(number as u32);
            for (place, deed) in self.deeds(id, patch, catalog).into_iter().enumerate() {
                if deed.fact.in_body_of.is_none()
                    || !matches!(deed.fact.action, Action::Use | Action::Alter | Action::Run)
                {
                    continue;
                }
                for bound in catalog.lookup(id, deed.path, &deed.fact.object) {
                    let event = Event {
                        patch: id,
                        at: (deed.statement, place as u32),
                        kind: EventKind::Need,
                        late: deed.maybe || bound.guess,
                        span: deed.span,
                        implied: true,
                    };
                    promoted.push(Promoted {
                        identity: bound.identity,
                        event,
                    });
                }
            }
        }
        promoted
    }
}

fn relation(name: &crate::name::ObjectName) -> crate::read::fact::Object {
    crate::read::fact::Object::new(crate::read::fact::Kind::Relation, name.clone())
}
