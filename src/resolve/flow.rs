//! What only the data asks for: an engine accepts the other order and does the wrong thing to rows.
//! And what a changed column type asks of the views on it.

mod by_row;
mod done;

pub(super) use done::{Done, Places};

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::catalog::{Catalog, EventKind, IdentityId, stands};
use super::counter::{Counters, Split};
use super::edges::Edges;
use super::parents::{Named, Parents};
use super::sought::{Found, Sought};
use super::width::Widths;
use super::{PatchId, Reason, Rule, Strength};
use crate::read::Patch;
use crate::read::acts::Acts;
use crate::read::fact::{Action, Fact, Kind, Part, StatementFacts};
use crate::source::{Sources, Span};
use regex::Regex;

/// What the data asks for, whatever the edges say so far.
pub(super) struct Flow {
    pairs: Pairs,
    /// Where each object is written.
    pub(super) writes: Places,
    /// Where it is read to do something.
    pub(super) reads: Places,
}

/// How many pairs of writes and reads of one table are looked at closely: of more, nobody wrote each by hand.
const COMPARED: usize = 100_000;

/// Finds what keeps data right.
pub(super) fn find(
    sources: &Sources,
    catalog: &Catalog<'_>,
    done: Done,
    (parents, counters, widths): (&Parents, &Counters, &Widths),
    sought: &Sought,
) -> Flow {
    let Done {
        writes,
        reads,
        fired_writes,
        fired_reads,
        tightened,
        partitions,
        read_here,
        fired,
    } = done;
    let splits = counters.splits(catalog, parents);
    let mut flow = Pairs::default();
    for Split {
        table,
        fitted,
        takes,
    } in &splits
    {
        flow.pairs(*table, fitted, takes, Rule::SequenceRows);
        let pairs = fitted
            .iter()
            .flat_map(|&(set, _)| takes.iter().map(move |&(rows, _)| (rows, set)));
        flow.apart.extend(pairs);
    }
    for (table, fired) in &fired {
        let strength = if fired.instead {
            Strength::Hard
        } else {
            Strength::Flow
        };
        flow.strong_pairs(
            *table,
            &fired.triggers,
            &fired.rows,
            Rule::TriggerRows,
            strength,
        );
    }
    for (parent, made) in &partitions {
        if let Some(writers) = writes.get(parent) {
            flow.pairs(*parent, made, writers, Rule::PartitionRows);
        }
    }
    for (object, readers) in &reads {
        let start = flow.pairs.len();
        flow.join(*object, &writes, readers, Rule::WriteRead);
        if let Some(written) = writes.get(object) {
            flow.leave_apart(start, *object, [written, readers], sought);
        }
    }
    for object in fired_writes.keys().chain(fired_reads.keys()) {
        let all = |certain: &Places, fired: &Places| -> Vec<(PatchId, Span)> {
            let certain = certain.get(object).into_iter().flatten();
            certain
                .chain(fired.get(object).into_iter().flatten())
                .copied()
                .collect()
        };
        let readers = all(&reads, &fired_reads);
        flow.pairs(
            *object,
            &all(&writes, &fired_writes),
            &readers,
            Rule::WriteRead,
        );
    }
    for (object, tighteners) in &tightened {
        flow.join(*object, &writes, tighteners, Rule::BackfillTighten);
        // INSERT without a column list writes every column.
        if let Some(owner) = catalog.get(*object).owner {
            let whole = whole_row_writes(&writes, catalog, owner);
            flow.pairs(*object, &whole, tighteners, Rule::BackfillTighten);
        }
    }
    for (parent, child, referencing) in parents.pairs(catalog, widths) {
        if parent == child || referencing.is_empty() {
            continue;
        }
        let written = writes.get(&parent).into_iter().flatten();
        let made = written.filter(|place| !read_here.contains(place));
        let made: Vec<_> = made.copied().collect();
        flow.pairs(parent, &made, &referencing, Rule::ParentRows);
    }
    for Named { table, row, by } in parents.named_by_their_like(sources, catalog) {
        flow.rows(table, row, by, Rule::ParentRows);
    }
    for Found { table, row, by } in sought.found() {
        flow.rows(table, row, by, Rule::RowLookup);
    }
    Flow {
        pairs: flow,
        writes,
        reads,
    }
}

impl Flow {
    /// Adds the edges.
    pub(super) fn add_edges(
        &mut self,
        patches: &[Patch],
        sources: &Sources,
        catalog: &Catalog<'_>,
        edges: &mut Edges,
    ) {
        retyped(patches, sources, catalog, edges);
        let mut pairs = std::mem::take(&mut self.pairs);
        pairs.leave_to_rows(patches.len(), &self.writes, edges);
        pairs.add_edges(catalog, edges);
    }
}

/// Writes of a table by patches that name none of its columns in any of them.
fn whole_row_writes(
    writes: &Places,
    catalog: &Catalog<'_>,
    table: IdentityId,
) -> Vec<(PatchId, Span)> {
    let Some(places) = writes.get(&table) else {
        return Vec::new();
    };
    let of_columns = catalog.member_ids(table).filter_map(|id| writes.get(&id));
    let column_writers: BTreeSet<PatchId> = of_columns.flatten().map(|&(patch, _)| patch).collect();
    let whole = places
        .iter()
        .filter(|(patch, _)| !column_writers.contains(patch));
    whole.copied().collect()
}

/// The edges that the data asks for, while they are collected.
#[derive(Default)]
struct Pairs {
    pairs: Vec<Pair>,
    /// Pairs whose order is settled the other way round.
    apart: BTreeSet<(PatchId, PatchId)>,
    /// Pairs of which one writes a row that the other one needs, told by what stands in it.
    by_row: BTreeMap<IdentityId, Vec<(PatchId, PatchId)>>,
}

/// A place that is to come before another one.
struct Pair {
    earlier: (PatchId, Span),
    later: (PatchId, Span),
    object: IdentityId,
    rule: Rule,
    strength: Strength,
}

impl Pairs {
    /// Adds the edges, except where the hard ones say the opposite: where the engine insists on the other
    /// order, the data has no say.
    fn add_edges(self, catalog: &Catalog<'_>, edges: &mut Edges) {
        let hard = edges.hard(self.pairs.iter().map(|pair| pair.earlier.0));
        let allowed = self.pairs.par_iter().filter_map(|pair| {
            let ((from, earlier), (to, later)) = (pair.earlier, pair.later);
            let reason = || Reason {
                rule: pair.rule,
                strength: pair.strength,
                object: catalog.get(pair.object).label(),
                earlier,
                later,
            };
            (hard.reaches(to, from) != Some(true)).then(|| (from, to, reason()))
        });
        for (from, to, reason) in allowed.collect::<Vec<_>>() {
            edges.add(from, to, reason);
        }
    }

    /// Leaves out, of the pairs from `start` on, reads of a table that look for other rows than those written.
    fn leave_apart(
        &mut self,
        start: usize,
        table: IdentityId,
        [written, read]: [&[(PatchId, Span)]; 2],
        sought: &Sought,
    ) {
        if self.pairs.len() - start > COMPARED || !sought.knows(table) {
            return;
        }
        let [written, read] = [written, read].map(|places| {
            let by_patch = places.chunk_by(|one, other| one.0 == other.0);
            let by_patch = by_patch.map(|places| (places[0].0, places));
            by_patch.collect::<BTreeMap<PatchId, &[(PatchId, Span)]>>()
        });
        let mut known = BTreeMap::new();
        let mut is_apart = |pair: &Pair| {
            let (writer, reader) = (pair.earlier.0, pair.later.0);
            *known
                .entry((writer, reader))
                .or_insert_with(|| sought.are_apart(table, written[&writer], read[&reader]))
        };
        let pairs = self.pairs.split_off(start);
        let met = pairs.into_iter().filter(|pair| !is_apart(pair));
        self.pairs.extend(met);
    }

    fn join(
        &mut self,
        object: IdentityId,
        earlier: &Places,
        later: &[(PatchId, Span)],
        rule: Rule,
    ) {
        if let Some(earlier) = earlier.get(&object) {
            self.pairs(object, earlier, later, rule);
        }
    }

    /// Every earlier place before every later one, except between patches that are on both sides:
    /// what reads and writes the same table says nothing about its order among its like.
    fn pairs(
        &mut self,
        object: IdentityId,
        earlier: &[(PatchId, Span)],
        later: &[(PatchId, Span)],
        rule: Rule,
    ) {
        self.strong_pairs(object, earlier, later, rule, Strength::Flow);
    }

    fn strong_pairs(
        &mut self,
        object: IdentityId,
        earlier: &[(PatchId, Span)],
        later: &[(PatchId, Span)],
        rule: Rule,
        strength: Strength,
    ) {
        let both: BTreeSet<PatchId> = later.iter().map(|&(patch, _)| patch).collect();
        let alone = earlier.iter().filter(|(patch, _)| !both.contains(patch));
        let earlier: Vec<(PatchId, Span)> = alone.copied().collect();
        for &later in later {
            for &earlier in &earlier {
                if !self.apart.contains(&(earlier.0, later.0)) {
                    self.pairs.push(Pair {
                        earlier,
                        later,
                        object,
                        rule,
                        strength,
                    });
                }
            }
        }
    }
}

/// Where a column's type cannot change under a view, rule, policy, trigger or generated column, they
/// come after it, unless it is already clear that they come first (and are dropped for the change).
/// <https://www.postgresql.org/docs/current/sql-altertable.html>
fn retyped(patches: &[Patch], sources: &Sources, catalog: &Catalog<'_>, edges: &mut Edges) {
    if !catalog.dialect.objects.views_fix_types {
        return;
    }
    if !patches.iter().any(|patch| patch.acts.has(Acts::RETYPE)) {
        return;
    }
    let generated = Regex::new(r"(?i)\bgenerated\s+always\s+as\s*\(").ok();
    let is_generated = |patch: &Patch, statement: &StatementFacts| {
        let text = sources.slice(patch.statements[statement.statement].body);
        generated.as_ref().is_some_and(|words| words.is_match(text))
    };
    let mut changes = Places::new();
    let mut dependents: BTreeMap<IdentityId, Vec<Dependent>> = BTreeMap::new();
    for (number, patch) in patches.iter().enumerate() {
        let id = PatchId(number as u32);
        for statement in &patch.facts {
            let path = statement.search_path.as_deref();
            let standing = statement.facts.iter().find(|fact| stands_on_columns(fact));
            let column_made = statement.facts.iter().find(|fact| makes_column(fact));
            let standing = standing.or(column_made.filter(|_| is_generated(patch, statement)));
            let standing = standing.map(|fact| catalog.lookup(id, path, &fact.object));
            for fact in statement
                .facts
                .iter()
                .filter(|fact| fact.in_body_of.is_none())
            {
                let column = || column(catalog, id, path, fact);
                match (&fact.action, &standing) {
                    (Action::Retype, _) => {
                        if let Some(column) = column() {
                            let places = changes.entry(column).or_default();
                            places.push((id, fact.span));
                        }
                    }
                    (Action::Use, Some(standing)) if fact.object.kind == Kind::Column => {
                        if let Some(column) = column() {
                            let dependent = Dependent {
                                patch: id,
                                span: fact.span,
                                object: standing.first().map(|bound| bound.identity),
                            };
                            dependents.entry(column).or_default().push(dependent);
                        }
                    }
                    _ => {}
                }
            }
        }
    }
    for (object, changed) in &changes {
        for dependent in dependents.get(object).into_iter().flatten() {
            for &(change, change_span) in changed {
                if change == dependent.patch
                    || edges.reaches(dependent.patch, change)
                    || is_over(catalog, edges, dependent, change)
                {
                    continue;
                }
                let reason = Reason {
                    rule: Rule::ChangeDepend,
                    strength: Strength::Hard,
                    object: catalog.get(*object).label(),
                    earlier: change_span,
                    later: dependent.span,
                };
                edges.add(change, dependent.patch, reason);
            }
        }
    }
}

/// What stands on a column, and where it says so.
struct Dependent {
    patch: PatchId,
    span: Span,
    object: Option<IdentityId>,
}

/// Whether the numbers in the file names say that what `dependent` makes is dropped or made anew
/// before `change`.
fn is_over(catalog: &Catalog<'_>, edges: &Edges, dependent: &Dependent, change: PatchId) -> bool {
    let Some(object) = dependent.object else {
        return false;
    };
    let events = &catalog.get(object).events;
    events.iter().any(|event| {
        event.kind != EventKind::Need
            && edges.is_older(dependent.patch, event.patch)
            && (event.patch == change || edges.is_older(event.patch, change))
    })
}

fn makes_column(fact: &Fact) -> bool {
    matches!(fact.action, Action::Define { .. }) && fact.object.kind == Kind::Column
}

fn stands_on_columns(fact: &Fact) -> bool {
    matches!(fact.action, Action::Define { .. }) && stands(fact.object.kind)
}

fn column(
    catalog: &Catalog<'_>,
    patch: PatchId,
    path: Option<&[crate::name::Ident]>,
    fact: &Fact,
) -> Option<IdentityId> {
    debug_assert!(matches!(fact.object.part, Part::Member(_)));
    let owners = std::iter::once(&fact.object.name).chain(&fact.or_of);
    owners
        .filter_map(|owner| {
            let object = (fact.object.kind, owner, &fact.object.part);
            let found = catalog.lookup_named(patch, path, object);
            found.first().copied()
        })
        .map(|bound| bound.identity)
        .next()
}
