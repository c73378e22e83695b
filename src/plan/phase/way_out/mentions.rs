//! Where the patches before a rename speak of a table: its indexes, what has it in a body, its rights.

use std::collections::{BTreeMap, BTreeSet};

use crate::name::{Ident, ObjectName};
use crate::read::Patch;
use crate::read::fact::{Action, Fact, Kind, Namespace, Object, Part, StatementFacts};
use crate::resolve::PatchId;
use crate::source::{SourceId, Sources, Span};

/// A statement by its place in the order: the patch's turn, and its place in the patch.
pub(super) type Place = (usize, usize);

/// The statements of all patches by the tables that they name.
pub(super) struct Mentions<'a> {
    patches: &'a [Patch],
    order: &'a [PatchId],
    sources: &'a Sources,
    by_table: BTreeMap<&'a Ident, BTreeSet<Place>>,
    /// The turn of each patch in the order.
    turns: BTreeMap<SourceId, usize>,
    dropped: BTreeMap<(Namespace, &'a Ident), Vec<Place>>,
}

/// What an object is called that a statement makes, and where.
pub(super) struct Named<'a> {
    pub(super) object: &'a Object,
    pub(super) at: String,
}

impl<'a> Mentions<'a> {
    pub(super) fn new(patches: &'a [Patch], order: &'a [PatchId], sources: &'a Sources) -> Self {
        let mut by_table: BTreeMap<_, BTreeSet<Place>> = BTreeMap::new();
        let mut dropped: BTreeMap<_, Vec<Place>> = BTreeMap::new();
        for (turn, id) in order.iter().enumerate() {
            for statement in &patches[id.0 as usize].facts {
                let place = (turn, statement.statement);
                for fact in &statement.facts {
                    if matches!(
                        fact.object.kind,
                        Kind::Column | Kind::Relation | Kind::Table | Kind::View
                    ) {
                        by_table
                            .entry(&fact.object.name.name)
                            .or_default()
                            .insert(place);
                    }
                    if matches!(fact.action, Action::Drop { .. }) {
                        dropped.entry(key(&fact.object)).or_default().push(place);
                    }
                }
            }
        }
        let turns = order.iter().enumerate();
        let turns = turns.map(|(turn, id)| (patches[id.0 as usize].source, turn));
        Self {
            patches,
            order,
            sources,
            turns: turns.collect(),
            by_table,
            dropped,
        }
    }

    /// The turn of a patch in the order.
    pub(super) fn turn(&self, patch: &Patch) -> Option<usize> {
        self.turns.get(&patch.source).copied()
    }

    /// The statements before a place that name a table.
    fn before(
        &self,
        table: &ObjectName,
        end: Place,
    ) -> impl Iterator<Item = (Place, &'a StatementFacts, Span)> {
        let places = self.by_table.get(&table.name).into_iter().flatten();
        places
            .take_while(move |place| **place < end)
            .filter_map(|&place| {
                let patch = &self.patches[self.order[place.0].0 as usize];
                let at = patch
                    .facts
                    .binary_search_by_key(&place.1, |it| it.statement)
                    .ok()?;
                Some((place, &patch.facts[at], patch.statements[place.1].body))
            })
    }

    /// Whether a statement of the table has these words, in lower case.
    pub(super) fn says(&self, table: &ObjectName, end: Place, words: &str) -> bool {
        self.texts(table, end)
            .any(|text| super::has_words(text, words))
    }

    /// The texts of the statements before a place that name a table.
    pub(super) fn texts(&self, table: &ObjectName, end: Place) -> impl Iterator<Item = &'a str> {
        let sources = self.sources;
        self.before(table, end)
            .map(move |(_, _, body)| sources.slice(body))
    }

    /// What was made before a place, is still there, and fits: the fact of its birth, and the facts beside it.
    pub(super) fn made(
        &self,
        table: &ObjectName,
        end: Place,
        fits: impl Fn(&Fact, &[Fact]) -> bool,
    ) -> Vec<Named<'a>> {
        let mut found: Vec<Named<'a>> = Vec::new();
        for (place, statement, body) in self.before(table, end) {
            for fact in &statement.facts {
                let is_made =
                    matches!(fact.action, Action::Define { .. }) && fact.in_body_of.is_none();
                if !is_made
                    || !fits(fact, &statement.facts)
                    || self.is_gone(&fact.object, place, end)
                {
                    continue;
                }
                found.retain(|other| other.object != &fact.object);
                // What is only implied stands where the statement does.
                let span = if fact.span.end > fact.span.start {
                    fact.span
                } else {
                    body
                };
                found.push(Named {
                    object: &fact.object,
                    at: self.locate(span),
                });
            }
        }
        found
    }

    /// The places of the GRANTs on a table.
    pub(super) fn rights(&self, table: &ObjectName, end: Place) -> Vec<String> {
        let statements = self.before(table, end);
        let grants = statements.filter(|(_, _, body)| {
            let first = self.sources.slice(*body).split_ascii_whitespace().next();
            first.is_some_and(|word| word.eq_ignore_ascii_case("grant"))
        });
        grants.map(|(_, _, body)| self.locate(body)).collect()
    }

    fn is_gone(&self, object: &Object, made: Place, end: Place) -> bool {
        let places = self.dropped.get(&key(object)).into_iter().flatten();
        places
            .into_iter()
            .any(|place| made < *place && *place < end)
    }

    fn locate(&self, span: Span) -> String {
        let source = self.sources.get(span.source);
        format!("{}:{}", source.shown, source.position(span.start).line)
    }
}

/// Whether a fact names a column, or a table where no column is given.
pub(super) fn names(fact: &Fact, table: &ObjectName, column: Option<&Ident>) -> bool {
    let is_same = fact.object.name.name == table.name
        && match (&fact.object.name.schema, &table.schema) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
    let Some(column) = column else {
        return is_same && !matches!(fact.object.kind, Kind::Trigger | Kind::Constraint);
    };
    let has = match &fact.object.part {
        Part::Member(name) => fact.object.kind == Kind::Column && name == column,
        Part::Columns(names) => names.contains(column),
        _ => false,
    };
    is_same && has
}

fn key(object: &Object) -> (Namespace, &Ident) {
    let name = match &object.part {
        Part::Member(member) => member,
        _ => &object.name.name,
    };
    (object.kind.namespace(), name)
}
