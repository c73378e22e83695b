//! Rows that statements look for by what stands in them: `(SELECT id FROM role WHERE code = 'admin')` comes after
//! the patch that inserts the row with `'admin'`, and has nothing to do with those that insert others.

mod words;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::PatchId;
use super::catalog::{Catalog, IdentityId};
use super::literal;
use super::parents::all_columns;
use super::rows::Place;
use crate::name::Ident;
use crate::read::Patch;
use crate::read::acts::Acts;
use crate::read::fact::{Action, Fact, Kind, StatementFacts};
use crate::source::{Sources, Span};
use words::Lookup;

/// What patches look for in tables, and the rows that stand there as literals.
#[derive(Default)]
pub(super) struct Sought {
    queries: BTreeMap<IdentityId, Vec<Query>>,
    rows: BTreeMap<IdentityId, Vec<Rows>>,
}

/// A row that a statement looks for.
struct Query {
    place: Place,
    /// See [`words::Lookup`].
    wants: Vec<(Ident, String)>,
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
            sought.queries.entry(table).or_default().push(query);
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
                    let all = || all_columns(catalog, bound.identity);
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
            sought.rows.entry(table).or_default().push(rows);
        }
        sought
    }

    /// Each row that one patch inserts and others look for.
    pub(super) fn found(&self) -> Vec<Found> {
        let mut found = Vec::new();
        for (&table, queries) in &self.queries {
            let rows = self.rows.get(&table).map_or(&[][..], Vec::as_slice);
            for query in queries {
                let is_it = |rows: &&Rows| rows.has(query, |fit| fit == Fit::Is);
                let mut makers = rows.iter().filter(is_it);
                if let Some(first) = makers.next()
                    && first.place.0 != query.place.0
                    && makers.all(|other| other.place.0 == first.place.0)
                {
                    found.push(Found {
                        table,
                        row: first.place,
                        by: query.place,
                    });
                }
            }
        }
        found
    }

    /// Whether all that a patch reads of a table is looked for by literals that no row of what another writes has.
    pub(super) fn are_apart(&self, table: IdentityId, writes: &[Place], reads: &[Place]) -> bool {
        let (Some(queries), Some(rows)) = (self.queries.get(&table), self.rows.get(&table)) else {
            return false;
        };
        let of_patch = |read: &Place| {
            let is_it = |query: &&Query| query.place.0 == read.0;
            let mut all = queries.iter().filter(is_it).peekable();
            all.peek().is_some().then(|| all.collect::<Vec<_>>())
        };
        let rows = |write: &Place| rows.iter().find(|rows| rows.place == *write);
        let wanted: Option<Vec<Vec<&Query>>> = reads.iter().map(of_patch).collect();
        let made: Option<Vec<&Rows>> = writes.iter().map(rows).collect();
        let (Some(wanted), Some(made)) = (wanted, made) else {
            return false;
        };
        let meet = |rows: &Rows, query: &Query| rows.has(query, |fit| fit != Fit::IsNot);
        !made
            .iter()
            .any(|rows| wanted.iter().flatten().any(|query| meet(rows, query)))
    }
}

impl Rows {
    fn has(&self, query: &Query, wanted: impl Fn(Fit) -> bool) -> bool {
        let places: Vec<_> = query
            .wants
            .iter()
            .map(|(column, _)| self.columns.iter().position(|it| it == column))
            .collect();
        self.rows.iter().any(|row| {
            let values = places
                .iter()
                .zip(&query.wants)
                .map(|(place, (_, literal))| {
                    let value = place.map(|place| row.get(place).and_then(Option::as_ref));
                    match value {
                        // What is not written may have a default.
                        None => None,
                        Some(None) => Some(Fit::MayBe),
                        Some(Some(value)) if value == literal => Some(Fit::Is),
                        Some(Some(_)) => Some(Fit::IsNot),
                    }
                });
            let fits: Vec<Fit> = values.flatten().collect();
            wanted(match fits.as_slice() {
                fits if fits.contains(&Fit::IsNot) => Fit::IsNot,
                fits if fits.contains(&Fit::MayBe) || fits.is_empty() => Fit::MayBe,
                _ => Fit::Is,
            })
        })
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
        for Lookup { name, wants } in lookups {
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
                found.push((bound.identity, Query { place, wants }));
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
