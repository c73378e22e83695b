//! What only the data asks for: an engine accepts the other order and does the wrong thing to rows.
//! And what a changed column type asks of the views on it.

use std::collections::{BTreeMap, BTreeSet};

use super::body::{Deed, Deeds};
use super::catalog::{Catalog, EventKind, IdentityId, stands};
use super::counter::{Counters, Split};
use super::edges::Edges;
use super::fires;
use super::parents::{Named, Parents};
use super::width::Widths;
use super::{PatchId, Reason, Rule, Strength};
use crate::read::Patch;
use crate::read::fact::{Action, Fact, Kind, Part, StatementFacts};
use crate::source::{Sources, Span};
use regex::Regex;

/// Where patches do something to each object.
pub(super) type Places = BTreeMap<IdentityId, Vec<(PatchId, Span)>>;

/// Adds the edges that keep data right. Gives what is written, and what is read to do something.
pub(super) fn add_edges(
    patches: &[Patch],
    sources: &Sources,
    catalog: &Catalog<'_>,
    deeds: &Deeds<'_>,
    (parents, counters, widths): (&Parents, &Counters, &Widths),
    edges: &mut Edges,
) -> (Places, Places) {
    retyped(patches, sources, catalog, edges);
    let mut writes = Places::new();
    let mut reads = Places::new();
    // By the triggers of other patches, where these are there already.
    let (mut fired_writes, mut fired_reads) = (Places::new(), Places::new());
    let mut tightened = Places::new();
    let mut partitions = Places::new();
    // An UPDATE or DELETE reads what it writes.
    let mut read_here = BTreeSet::new();
    for (id, deeds) in deeds.iter() {
        for &deed in deeds {
            let Deed { fact, path, .. } = deed;
            let places = match &fact.action {
                Action::Write => &mut writes,
                _ if deed.reads() => {
                    if fact.in_body_of.is_none() && !deed.in_view {
                        read_here.insert((id, deed.span));
                    }
                    if !deed.changes {
                        continue;
                    }
                    &mut reads
                }
                Action::Tighten => &mut tightened,
                Action::Partitions { parent } => {
                    let parent = (Kind::Relation, parent.as_ref(), &Part::Whole);
                    for bound in catalog.lookup_named(id, path, parent) {
                        let places: &mut Vec<_> = partitions.entry(bound.identity).or_default();
                        places.push((id, deed.span));
                    }
                    continue;
                }
                _ => continue,
            };
            let places = match &fact.action {
                _ if !deed.maybe => places,
                _ if !deed.fired => continue,
                Action::Write => &mut fired_writes,
                _ if deed.reads() => &mut fired_reads,
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
    let fired = fires::find(patches, sources, catalog, deeds);
    let splits = counters.splits(catalog, parents);
    let mut flow = Flow::default();
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
        flow.join(*object, &writes, readers, Rule::WriteRead);
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
        flow.pairs(table, &[row], &[by], Rule::ParentRows);
    }
    flow.add_edges(catalog, edges);
    (writes, reads)
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
struct Flow {
    pairs: Vec<Pair>,
    /// Pairs whose order is settled the other way round.
    apart: BTreeSet<(PatchId, PatchId)>,
}

/// A place that is to come before another one.
struct Pair {
    earlier: (PatchId, Span),
    later: (PatchId, Span),
    object: IdentityId,
    rule: Rule,
    strength: Strength,
}

impl Flow {
    /// Adds the edges, except where the hard ones say the opposite: where the engine insists on the other
    /// order, the data has no say.
    fn add_edges(self, catalog: &Catalog<'_>, edges: &mut Edges) {
        let hard = edges.hard(self.pairs.iter().map(|pair| pair.earlier.0));
        for pair in self.pairs {
            let ((from, earlier), (to, later)) = (pair.earlier, pair.later);
            if hard.reaches(to, from) == Some(true) {
                continue;
            }
            let reason = Reason {
                rule: pair.rule,
                strength: pair.strength,
                object: catalog.get(pair.object).label(),
                earlier,
                later,
            };
            edges.add(from, to, reason);
        }
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
        for &later in later {
            for &earlier in earlier {
                let (from, to) = (earlier.0, later.0);
                if !both.contains(&from) && !self.apart.contains(&(from, to)) {
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
