//! Rows that statements look for by what stands in them: `(SELECT id FROM role WHERE code = 'admin')` comes after
//! the patch that inserts the row with `'admin'`, and has nothing to do with those that insert others.

mod words;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::PatchId;
use super::catalog::{Catalog, IdentityId};
use super::literal;
use super::parents::written_columns;
use super::rows::Place;
use crate::name::Ident;
use crate::read::Patch;
use crate::read::acts::Acts;
use crate::read::fact::{Action, Fact, Kind, StatementFacts};
use crate::source::{Sources, Span};
use words::Want;

/// What patches look for in tables, and the rows that stand there as literals.
#[derive(Default)]
pub(super) struct Sought {
    queries: BTreeMap<IdentityId, BTreeMap<PatchId, Vec<Query>>>,
    rows: BTreeMap<IdentityId, BTreeMap<PatchId, Vec<Rows>>>,
}

/// A row that a statement looks for.
struct Query {
    place: Place,
    /// See [`words::Lookup`].
    wants: Vec<Want>,
    takes_away: bool,
}

/// Rows that a statement inserts as literals.
struct Rows {
    place: Place,
    columns: Vec<Ident>,
    /// Each value as it is written; none where it is more than a literal.
    rows: Vec<Vec<Option<String>>>,
}

/// A row of a table, and a place that looks for it.
pub(super) struct Found {
    pub(super) table: IdentityId,
    pub(super) row: Place,
    pub(super) by: Place,
}

/// Whether a row is the one that is sought.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    Is,
    MayBe,
    IsNot,
}

impl Sought {
    pub(super) fn new(patches: &[Patch], sources: &Sources, catalog: &Catalog<'_>) -> Self {
        let mut sought = Self::default();
        let queries = |(number, patch): (usize, &Patch)| {
            let found = queries(PatchId(number as u32), patch, sources, catalog);
            found.collect::<Vec<_>>()
        };
        let numbered = patches.par_iter().enumerate();
        let numbered =
            numbered.filter(|(_, patch)| patch.acts.has(Acts::READ) && patch.acts.has(Acts::WRITE));
        for (table, query) in numbered.flat_map_iter(queries).collect::<Vec<_>>() {
            let of_table = sought.queries.entry(table).or_default();
            of_table.entry(query.place.0).or_default().push(query);
        }
        if sought.queries.is_empty() {
            return sought;
        }
        let rows = |(number, patch): (usize, &Patch)| {
            let id = PatchId(number as u32);
            let mut found = Vec::new();
            for (statement, fact) in written(patch) {
                for bound in catalog.lookup(id, statement.search_path.as_deref(), &fact.object) {
                    if !sought.queries.contains_key(&bound.identity) {
                        continue;
                    }
                    let text = sources.slice(patch.statements[statement.statement].body);
                    let Some(values) = literal::values(text, catalog.dialect) else {
                        continue;
                    };
                    let width = values.rows.first().map_or(0, Vec::len);
                    let all = || written_columns(catalog, bound.identity, width);
                    if let Some(columns) = values.columns.or_else(all) {
                        let rows = Rows {
                            place: (id, fact.span),
                            columns,
                            rows: values.rows,
                        };
                        found.push((bound.identity, rows));
                    }
                }
            }
            found
        };
        let numbered = patches.par_iter().enumerate();
        let found: Vec<_> = numbered.flat_map_iter(rows).collect();
        for (table, rows) in found {
            let of_table = sought.rows.entry(table).or_default();
            of_table.entry(rows.place.0).or_default().push(rows);
        }
        sought
    }

    /// Each row that one patch inserts and others look for. What a patch deletes may be to make room for what comes.
    pub(super) fn found(&self) -> Vec<Found> {
        let mut found = Vec::new();
        for (&table, queries) in &self.queries {
            let Some(rows) = self.rows.get(&table) else {
                continue;
            };
            let standing = standing(rows);
            let queries = queries.values().flatten();
            for query in queries.filter(|query| !query.takes_away) {
                for wants in each(&query.wants) {
                    if let Some(row) = only(&standing, &wants)
                        && row.0 != query.place.0
                    {
                        let by = query.place;
                        found.push(Found { table, row, by });
                    }
                }
            }
        }
        found
    }

    /// Whether a patch looks for rows of a table.
    pub(super) fn knows(&self, table: IdentityId) -> bool {
        self.queries.contains_key(&table)
    }

    /// Whether all that a patch reads of a table is looked for by literals that no row of what another one writes
    /// has. The places are all those of the one and of the other.
    pub(super) fn are_apart(&self, table: IdentityId, writes: &[Place], reads: &[Place]) -> bool {
        let queries = self.queries.get(&table);
        let queries = queries.and_then(|queries| queries.get(&reads.first()?.0));
        let (Some(queries), Some(rows)) = (queries, self.rows.get(&table)) else {
            return false;
        };
        // What is read through a view or a routine is not looked for by this patch's own words.
        let is_own = |read: &Place| queries.iter().any(|query| query.place.1.end == read.1.end);
        if !reads.iter().all(is_own) {
            return false;
        }
        let rows = |write: &Place| {
            let mut rows = rows.get(&write.0)?.iter();
            rows.find(|rows| rows.place == *write)
        };
        let made: Option<Vec<&Rows>> = writes.iter().map(rows).collect();
        made.is_some_and(|made| {
            let is_other = |rows: &Rows, query: &Query| {
                let mut rows = rows.rows.iter().map(|row| rows.fit(row, &query.wants));
                rows.all(|fit| fit == Fit::IsNot)
            };
            let mut pairs = made
                .iter()
                .flat_map(|rows| queries.iter().map(move |query| (rows, query)));
            pairs.all(|(rows, query)| is_other(rows, query))
        })
    }
}

/// Where each literal stands: in which rows, by column.
type Standing<'a> = BTreeMap<(&'a Ident, &'a str), Vec<(&'a Rows, usize)>>;

fn standing(rows: &BTreeMap<PatchId, Vec<Rows>>) -> Standing<'_> {
    let mut standing = Standing::new();
    for rows in rows.values().flatten() {
        for (number, row) in rows.rows.iter().enumerate() {
            for (column, value) in rows.columns.iter().zip(row) {
                if let Some(value) = value {
                    let there = standing.entry((column, value.as_str())).or_default();
                    there.push((rows, number));
                }
            }
        }
    }
    standing
}

/// The first place that inserts a row with these literals, where one patch alone does.
fn only(standing: &Standing<'_>, wants: &[Want]) -> Option<Place> {
    let wanted = wants.iter().filter_map(|(column, literals)| {
        let literal = literals.first()?.as_str();
        standing.get(&(column, literal))
    });
    // Of several literals, the one that fewest rows have tells most.
    let there = wanted.min_by_key(|rows| rows.len())?;
    let is_it = |rows: &Rows, number: usize| rows.fit(&rows.rows[number], wants) == Fit::Is;
    let mut makers = there.iter().filter(|(rows, number)| is_it(rows, *number));
    let first = makers.next()?.0.place;
    let is_alone = makers.all(|(rows, _)| rows.place.0 == first.0);
    is_alone.then_some(first)
}

/// What each of several literals asks for alone: `code IN ('a', 'b')` looks for two rows.
fn each(wants: &[Want]) -> Vec<Vec<Want>> {
    let Some(several) = wants.iter().position(|(_, literals)| literals.len() > 1) else {
        return vec![wants.to_vec()];
    };
    let alone = |literal: &String| {
        let mut wants = wants.to_vec();
        wants[several].1 = vec![literal.clone()];
        wants
    };
    wants[several].1.iter().map(alone).collect()
}

impl Rows {
    /// Whether a row is the one that is sought.
    fn fit(&self, row: &[Option<String>], wants: &[Want]) -> Fit {
        let mut fit = None;
        for (column, literals) in wants {
            // What is not written may have a default.
            let Some(place) = self.columns.iter().position(|it| it == column) else {
                continue;
            };
            match row.get(place) {
                Some(Some(value)) if literals.contains(value) => fit = fit.or(Some(Fit::Is)),
                Some(Some(_)) => return Fit::IsNot,
                _ => fit = Some(Fit::MayBe),
            }
        }
        fit.unwrap_or(Fit::MayBe)
    }
}

/// What the statements of a patch that change rows look for in tables.
fn queries<'a>(
    id: PatchId,
    patch: &'a Patch,
    sources: &'a Sources,
    catalog: &'a Catalog<'_>,
) -> impl Iterator<Item = (IdentityId, Query)> {
    let writing: BTreeSet<usize> = written(patch).map(|(it, _)| it.statement).collect();
    let statements = patch.facts.iter();
    let statements = statements.filter(move |it| writing.contains(&it.statement));
    statements.flat_map(move |statement| {
        let reads = |fact: &&Fact| fact.action == Action::Read && fact.in_body_of.is_none();
        let reads: Vec<&Fact> = statement.facts.iter().filter(reads).collect();
        let body = patch.statements[statement.statement].body;
        let lookups = match reads.is_empty() {
            true => Vec::new(),
            false => words::lookups(sources.slice(body), catalog.dialect),
        };
        let mut found = Vec::new();
        let path = statement.search_path.as_deref();
        for lookup in lookups {
            let name = lookup.name;
            let [start, end] = [name.start, name.end].map(|at| body.start + at as u32);
            let span = Span::new(body.source, start, end);
            let name = &sources.slice(span);
            let name = name.rsplit('.').next().unwrap_or(name).trim();
            // A table that a statement reads in several places is told once.
            let is_it = |fact: &&&Fact| fact.object.name.name == catalog.dialect.ident(name);
            let Some(fact) = reads.iter().find(is_it) else {
                continue;
            };
            if let [bound] = catalog.lookup(id, path, &fact.object).as_slice() {
                let place = (id, span);
                let query = Query {
                    place,
                    wants: lookup.wants,
                    takes_away: lookup.takes_away,
                };
                found.push((bound.identity, query));
            }
        }
        found
    })
}

/// The statements of a patch that write rows themselves, and where.
fn written(patch: &Patch) -> impl Iterator<Item = (&StatementFacts, &Fact)> {
    patch.facts.iter().flat_map(|statement| {
        let facts = statement.facts.iter();
        let writes = facts.filter(|fact| {
            fact.action == Action::Write
                && fact.in_body_of.is_none()
                && fact.object.kind != Kind::Column
        });
        writes.map(move |fact| (statement, fact))
    })
}
