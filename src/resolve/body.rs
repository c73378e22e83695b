//! Routines that run while the patches are applied: what their bodies need, the patch that runs them
//! needs, through any number of calls. To read a view is to run its query.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::PatchId;
use super::catalog::{Bound, Catalog, Event, EventKind, IdentityId};
use super::life::Promoted;
use super::sequence::Sequence;
use crate::name::Ident;
use crate::read::Patch;
use crate::read::fact::{Action, Fact, Kind, Namespace, Object, Part, StatementFacts};
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
    /// That is the only doubt about it.
    pub(super) fired: bool,
    /// A use of a relation or routine in the query of a view that is read now.
    pub(super) in_view: bool,
    /// The statement does something with what it reads: it is no bare SELECT.
    pub(super) changes: bool,
}

impl Deed<'_> {
    /// The statement of `patch` that does it.
    pub(super) fn body(&self, patch: &Patch) -> Span {
        patch.statements[self.statement as usize].body
    }

    /// Whether rows are read, by the patch itself or by the query of a view that it reads.
    pub(super) fn reads(&self) -> bool {
        match self.fact.action {
            Action::Read => true,
            Action::Use => self.in_view && is_relation(&self.fact.object),
            _ => false,
        }
    }
}

/// A fact of a body and the `search_path` around it.
type InBody<'a> = (&'a Fact, Option<&'a [Ident]>);

/// The body or query that each patch gives a routine or view.
type Versions<'a> = BTreeMap<PatchId, Vec<InBody<'a>>>;

/// A routine that writing a table runs, and the statement that says so.
struct OnWrite {
    routine: IdentityId,
    said: (PatchId, u32),
    /// It is there whenever the table is: the same patch makes both, and nothing takes it back.
    always: bool,
}

/// What one patch tells of bodies.
#[derive(Default)]
struct Told<'a> {
    bodies: Vec<(IdentityId, Vec<InBody<'a>>)>,
    views: Vec<(IdentityId, Vec<InBody<'a>>)>,
    on_write: Vec<(IdentityId, OnWrite)>,
}

/// What deeds lead to.
struct Next {
    identity: IdentityId,
    maybe: bool,
    /// It runs if the trigger that says so is there.
    fired: bool,
    is_view: bool,
}

/// The bodies of all routines and views, and which routines writing a table runs.
pub(super) struct Bodies<'a> {
    bodies: BTreeMap<IdentityId, Versions<'a>>,
    views: BTreeMap<IdentityId, Versions<'a>>,
    on_write: BTreeMap<IdentityId, Vec<OnWrite>>,
    sequence: &'a Sequence,
}

impl<'a> Bodies<'a> {
    pub(super) fn new(patches: &'a [Patch], catalog: &Catalog<'_>, sequence: &'a Sequence) -> Self {
        let mut bodies: BTreeMap<_, Versions<'a>> = BTreeMap::new();
        let mut views: BTreeMap<_, Versions<'a>> = BTreeMap::new();
        let mut on_write: BTreeMap<_, Vec<OnWrite>> = BTreeMap::new();
        let told = patches.par_iter().enumerate().map(|(number, patch)| {
            let id = PatchId(number as u32);
            (id, told(id, patch, catalog))
        });
        for (id, told) in told.collect::<Vec<_>>() {
            for (routine, facts) in told.bodies {
                let versions = bodies.entry(routine).or_default();
                versions.entry(id).or_default().extend(facts);
            }
            for (view, facts) in told.views {
                let versions = views.entry(view).or_default();
                versions.entry(id).or_default().extend(facts);
            }
            for (table, runs) in told.on_write {
                on_write.entry(table).or_default().push(runs);
            }
        }
        Self {
            bodies,
            views,
            on_write,
            sequence,
        }
    }

    /// Everything that a patch does when it is applied: its own facts outside of bodies, and those
    /// of the bodies that it runs.
    pub(super) fn deeds(
        &self,
        id: PatchId,
        patch: &'a Patch,
        catalog: &Catalog<'_>,
    ) -> Vec<Deed<'a>> {
        let facts = patch.facts.iter().map(|statement| statement.facts.len());
        let mut deeds = Vec::with_capacity(facts.sum());
        for statement in &patch.facts {
            let path = statement.search_path.as_deref();
            let own = || {
                let facts = statement.facts.iter();
                facts.filter(|fact| fact.in_body_of.is_none())
            };
            let changes = own().any(is_change);
            for fact in own() {
                deeds.push(Deed {
                    fact,
                    path,
                    statement: statement.statement as u32,
                    span: fact.span,
                    maybe: false,
                    fired: false,
                    in_view: false,
                    changes,
                });
            }
        }
        let mut seen = BTreeSet::new();
        let mut next = 0;
        while next < deeds.len() {
            let deed = deeds[next];
            next += 1;
            for Next {
                identity,
                maybe,
                fired,
                is_view,
            } in self.leads_to(id, deed, catalog)
            {
                let of_kind = if is_view { &self.views } else { &self.bodies };
                let bodies = self.at_the_time_of(id, of_kind.get(&identity));
                let in_doubt = maybe || (deed.maybe && !deed.fired) || bodies.len() > 1;
                let fired = fired || deed.fired;
                let maybe = in_doubt || fired;
                if !seen.insert((identity, maybe, deed.changes)) {
                    continue;
                }
                for &(fact, path) in bodies.into_iter().flatten() {
                    deeds.push(Deed {
                        fact,
                        path,
                        maybe,
                        fired: fired && !in_doubt,
                        in_view: is_view,
                        ..deed
                    });
                }
            }
        }
        deeds
    }

    /// The bodies that a routine may have when a patch runs it: the patch's own, the newest older one
    /// by the numbers in the file names, or any.
    fn at_the_time_of<'v>(
        &self,
        runner: PatchId,
        versions: Option<&'v Versions<'a>>,
    ) -> Vec<&'v Vec<InBody<'a>>> {
        let Some(versions) = versions else {
            return Vec::new();
        };
        let older = versions
            .keys()
            .filter(|&&patch| self.sequence.is_older(patch, runner));
        let newest = older.max_by_key(|&&patch| self.sequence.place(patch));
        let known = versions
            .get(&runner)
            .or_else(|| newest.and_then(|patch| versions.get(patch)));
        known.map_or_else(|| versions.values().collect(), |body| vec![body])
    }

    /// The routines that a deed runs and the views that it reads, and whether it is certain that it
    /// does.
    fn leads_to(&self, id: PatchId, deed: Deed<'_>, catalog: &Catalog<'_>) -> Vec<Next> {
        // Inside a body, to name a routine is to call it.
        let in_body = deed.fact.in_body_of.is_some() || deed.in_view;
        let written = matches!(deed.fact.action, Action::Write);
        if written || deed.reads() {
            if self.views.is_empty() && self.on_write.is_empty() {
                return Vec::new();
            }
            let relation = (Kind::Relation, &deed.fact.object.name, &Part::Whole);
            let relations = catalog.lookup_named(id, deed.path, relation);
            let mut next = Vec::new();
            for &Bound { identity, guess } in &relations {
                // To read a materialized view is to read its rows; to write it is REFRESH.
                let of_rows = catalog.get(identity).kind == Kind::MaterializedView;
                if of_rows == written && self.views.contains_key(&identity) {
                    next.push(Next {
                        identity,
                        maybe: guess,
                        fired: false,
                        is_view: true,
                    });
                }
                let runs = self.on_write.get(&identity).filter(|_| written);
                next.extend(runs.into_iter().flatten().map(|run| {
                    let before = run.said.0 != id || run.said.1 < deed.statement;
                    Next {
                        identity: run.routine,
                        maybe: guess,
                        fired: !(run.always && before),
                        is_view: false,
                    }
                }));
            }
            return next;
        }
        match &deed.fact.action {
            Action::Run => {}
            Action::Use if in_body => {}
            _ => return Vec::new(),
        }
        let bound = catalog.lookup(id, deed.path, &deed.fact.object);
        let bound = bound
            .iter()
            .filter(|bound| self.bodies.contains_key(&bound.identity));
        bound
            .map(|bound| Next {
                identity: bound.identity,
                maybe: bound.guess,
                fired: false,
                is_view: false,
            })
            .collect()
    }

    /// Everything that each patch does when it is applied.
    pub(super) fn all_deeds(&self, patches: &'a [Patch], catalog: &Catalog<'_>) -> Deeds<'a> {
        let patches = patches.par_iter().enumerate();
        let deeds =
            patches.map(|(number, patch)| self.deeds(PatchId(number as u32), patch, catalog));
        Deeds(deeds.collect())
    }
}

/// What the patches do when they are applied, in the order of their ids.
pub(super) struct Deeds<'a>(Vec<Vec<Deed<'a>>>);

impl<'a> Deeds<'a> {
    /// By patch, in the order of ids.
    pub(super) fn iter(&self) -> impl Iterator<Item = (PatchId, &[Deed<'a>])> {
        let deeds = self.0.iter().map(Vec::as_slice);
        (0..).map(PatchId).zip(deeds)
    }

    /// The same, side by side.
    pub(super) fn par_iter(&self) -> impl IndexedParallelIterator<Item = (PatchId, &[Deed<'a>])> {
        let deeds = self.0.par_iter().enumerate();
        deeds.map(|(number, deeds)| (PatchId(number as u32), deeds.as_slice()))
    }

    /// The needs of bodies that patches run.
    pub(super) fn promoted(&self, catalog: &Catalog<'_>) -> Vec<Promoted> {
        let mut promoted = Vec::new();
        for (id, deeds) in self.iter() {
            for (place, deed) in deeds.iter().enumerate() {
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

fn told<'a>(id: PatchId, patch: &'a Patch, catalog: &Catalog<'_>) -> Told<'a> {
    let mut told = Told::default();
    for statement in &patch.facts {
        let path = statement.search_path.as_deref();
        // The facts of one body follow each other.
        let bodies = statement
            .facts
            .chunk_by(|one, other| one.in_body_of == other.in_body_of);
        for body in bodies {
            let Some(routine) = &body[0].in_body_of else {
                continue;
            };
            for bound in catalog.lookup(id, path, routine) {
                let facts = body.iter().map(|fact| (fact, statement.path_of(fact)));
                told.bodies.push((bound.identity, facts.collect()));
            }
        }
        for fact in &statement.facts {
            let Action::RunsOnWrite { table } = &fact.action else {
                continue;
            };
            let table = (Kind::Relation, table.as_ref(), &Part::Whole);
            for table in catalog.lookup_named(id, path, table) {
                let routines = catalog.lookup(id, path, &fact.object);
                told.on_write.extend(routines.iter().map(|routine| {
                    let runs = OnWrite {
                        routine: routine.identity,
                        said: (id, statement.statement as u32),
                        always: is_always(catalog, id, table.identity, routine.identity),
                    };
                    (table.identity, runs)
                }));
            }
        }
        if let Some(view) = view(statement) {
            for bound in catalog.lookup(id, path, view) {
                let used = statement.facts.iter().filter(|fact| is_in_query(fact));
                let query = used.map(|fact| (fact, path)).collect();
                told.views.push((bound.identity, query));
            }
        }
    }
    told
}

fn is_relation(object: &Object) -> bool {
    object.kind.namespace() == Namespace::Relation && object.kind != Kind::Index
}

fn is_change(fact: &Fact) -> bool {
    matches!(
        fact.action,
        Action::Write | Action::Define { .. } | Action::Run | Action::Alter
    )
}

/// The view that a statement makes.
fn view(statement: &StatementFacts) -> Option<&Object> {
    let defined = statement.facts.iter().find(|fact| {
        matches!(fact.action, Action::Define { .. })
            && matches!(fact.object.kind, Kind::View | Kind::MaterializedView)
    });
    defined.map(|fact| &fact.object)
}

/// What the query of a view reads and calls.
fn is_in_query(fact: &Fact) -> bool {
    let is_routine = matches!(fact.object.kind, Kind::Routine | Kind::Procedure);
    matches!(fact.action, Action::Use) && (is_relation(&fact.object) || is_routine)
}

/// Whether a routine that `patch` makes writes of `table` run runs at every one of them: the table is
/// from the same patch, and no patch makes the routine anew, drops it, or drops a trigger.
fn is_always(
    catalog: &Catalog<'_>,
    patch: PatchId,
    table: IdentityId,
    routine: IdentityId,
) -> bool {
    let is_birth = |event: &&Event| matches!(event.kind, EventKind::Birth { .. });
    let is_death =
        |event: &Event| matches!(event.kind, EventKind::Death { .. }) && !event.is_with_owner();
    let births = |id: IdentityId| -> Vec<PatchId> {
        let events = catalog.get(id).events.iter().filter(is_birth);
        events.map(|event| event.patch).collect()
    };
    births(table) == [patch]
        && births(routine).len() <= 1
        && !catalog.get(routine).events.iter().any(is_death)
        && !catalog
            .members(table)
            .filter(|member| member.kind == Kind::Trigger)
            .any(|trigger| trigger.events.iter().any(is_death))
}
