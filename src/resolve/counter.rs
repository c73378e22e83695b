//! Sequences that patches set (`setval`, `RESTART`, `AUTO_INCREMENT =`) beside rows that take their numbers.
//!
//! What sets a sequence by the rows that are there (`setval('s', max(id))`) comes after the rows that bring
//! their numbers along and before those that take one. What sets it to a number may come either way, and
//! the rows get other numbers.

use std::collections::{BTreeMap, BTreeSet};

use super::PatchId;
use super::catalog::{Catalog, IdentityId};
use super::edges::Edges;
use super::parents::Parents;
use super::rows::{self, Place};
use crate::finding::Finding;
use crate::read::Patch;
use crate::read::fact::{Action, Fact, Kind, StatementFacts};
use crate::source::Sources;

/// The words of what sets a sequence.
const SETS: [&str; 3] = ["setval", "restart", "auto_increment"];

/// What gives the sequence of a column that is named to it.
const SEQUENCE_OF: &str = "pg_get_serial_sequence";

/// What patches do to the numbers of one column.
#[derive(Debug, Default)]
struct Counted {
    /// Set to a number.
    set: Vec<Place>,
    /// Set by the rows that are there.
    fitted: Vec<Place>,
}

/// The columns whose numbers patches set, with the rows that take them.
#[derive(Debug, Default)]
pub(super) struct Counters {
    counted: BTreeMap<IdentityId, Counted>,
}

/// Rows of a table that go by whether they bring the numbers of a column along.
#[derive(Debug)]
pub(super) struct Split {
    pub(super) table: IdentityId,
    /// Sets the numbers by the rows that are there.
    pub(super) fitted: Vec<Place>,
    pub(super) takes: Vec<Place>,
}

impl Counters {
    pub(super) fn new(patches: &[Patch], sources: &Sources, catalog: &Catalog<'_>) -> Self {
        let mut settings = Vec::new();
        for (id, patch) in (0..).map(PatchId).zip(patches) {
            for statement in &patch.facts {
                if !statement.facts.iter().any(may_set) {
                    continue;
                }
                let body = patch.statements[statement.statement].body;
                if sets(sources.slice(body)) {
                    settings.push((id, statement));
                }
            }
        }
        let mut counters = Self::default();
        if settings.is_empty() {
            return counters;
        }
        let columns = Columns::new(patches, sources, catalog);
        for (id, statement) in settings {
            let path = statement.search_path.as_deref();
            let read: BTreeSet<IdentityId> = statement
                .facts
                .iter()
                .filter(|fact| fact.action == Action::Read)
                .flat_map(|fact| catalog.lookup(id, path, &fact.object))
                .map(|bound| bound.identity)
                .collect();
            let own = statement
                .facts
                .iter()
                .filter(|fact| fact.in_body_of.is_none());
            let own: Vec<&Fact> = own.collect();
            for (place, &fact) in own.iter().enumerate() {
                let is_named = |fact: &&&Fact| fact.object.name.name == SEQUENCE_OF;
                let used = fact.object.kind == Kind::Column && fact.action == Action::Use;
                let named = place.checked_sub(1).and_then(|before| own.get(before));
                if !may_set(fact) || (used && named.filter(is_named).is_none()) {
                    continue;
                }
                for bound in catalog.lookup(id, path, &fact.object) {
                    for column in columns.of(bound.identity) {
                        let counted = counters.counted.entry(column).or_default();
                        let table = catalog.get(column).owner;
                        let fits = table.is_some_and(|table| read.contains(&table));
                        let places = if fits {
                            &mut counted.fitted
                        } else {
                            &mut counted.set
                        };
                        places.push((id, fact.span));
                    }
                }
            }
        }
        counters
    }

    /// The tables with rows of both kinds beside what sets their numbers by the rows.
    pub(super) fn splits(&self, catalog: &Catalog<'_>, parents: &Parents) -> Vec<Split> {
        let fitted = self
            .counted
            .iter()
            .filter(|(_, counted)| !counted.fitted.is_empty());
        let splits = fitted.filter_map(|(&column, counted)| {
            let table = catalog.get(column).owner?;
            let brings: Vec<PatchId> = parents
                .inserts(table, |columns| {
                    columns.is_empty() || columns.contains(&column)
                })
                .map(|(patch, _)| patch)
                .collect();
            let mut takes = takes(parents, table, column);
            takes.retain(|(patch, _)| !brings.contains(patch));
            (!brings.is_empty() && !takes.is_empty()).then(|| Split {
                table,
                fitted: counted.fitted.clone(),
                takes,
            })
        });
        splits.collect()
    }

    /// Tells of numbers that are set while nothing tells whether rows take them before or after.
    pub(super) fn report(
        &self,
        patches: &[Patch],
        catalog: &Catalog<'_>,
        parents: &Parents,
        edges: &Edges,
        findings: &mut Vec<Finding>,
    ) {
        for (&column, counted) in &self.counted {
            let Some(table) = catalog.get(column).owner else {
                continue;
            };
            let takes = takes(parents, table, column);
            let pair = rows::unordered(&counted.set, &takes, edges, |_, _| true);
            if let Some((set, taken)) = pair {
                let title = format!(
                    "nothing tells whether the numbers of {} are set before or after rows take them",
                    catalog.get(column).label()
                );
                findings.push(rows::open(
                    patches,
                    title,
                    [set, taken],
                    ["set", "taken"],
                    "the numbers",
                ));
            }
        }
    }
}

/// The rows that take a number of `column`.
fn takes(parents: &Parents, table: IdentityId, column: IdentityId) -> Vec<Place> {
    let rows = parents.inserts(table, |columns| {
        !columns.is_empty() && !columns.contains(&column)
    });
    rows.collect()
}

/// The columns whose numbers come from sequences.
struct Columns {
    /// By sequence; a column stands for a sequence of its own, and so does a table for its only one.
    by_source: BTreeMap<IdentityId, BTreeSet<IdentityId>>,
}

impl Columns {
    fn new(patches: &[Patch], sources: &Sources, catalog: &Catalog<'_>) -> Self {
        let mut columns = Self {
            by_source: BTreeMap::new(),
        };
        for (id, patch) in (0..).map(PatchId).zip(patches) {
            for statement in &patch.facts {
                columns.add(id, patch, statement, sources, catalog);
            }
        }
        columns
    }

    fn add(
        &mut self,
        id: PatchId,
        patch: &Patch,
        statement: &StatementFacts,
        sources: &Sources,
        catalog: &Catalog<'_>,
    ) {
        let path = statement.search_path.as_deref();
        let one = |fact: &Fact| match catalog.lookup(id, path, &fact.object).as_slice() {
            [bound] => Some(bound.identity),
            _ => None,
        };
        let is_column = |fact: &Fact| {
            fact.object.kind == Kind::Column
                && matches!(fact.action, Action::Define { .. } | Action::Alter)
        };
        let mut column: Option<&Fact> = None;
        let own = statement
            .facts
            .iter()
            .filter(|fact| fact.in_body_of.is_none());
        for fact in own.clone() {
            if is_column(fact) {
                column = Some(fact);
            } else if fact.object.kind == Kind::Sequence
                && matches!(fact.action, Action::Define { .. } | Action::Use)
                && let (Some(column), Some(sequence)) = (column.and_then(one), one(fact))
            {
                self.by_source.entry(sequence).or_default().insert(column);
                self.by_source.entry(column).or_default().insert(column);
            }
        }
        // AUTO_INCREMENT stands in the column that it is of.
        if column.is_none() {
            return;
        }
        let body = patch.statements[statement.statement].body;
        let text = sources.slice(body).to_ascii_lowercase();
        let Some(word) = text.find("auto_increment") else {
            return;
        };
        let mut before =
            own.filter(|fact| is_column(fact) && fact.span.end <= body.start + word as u32);
        if let Some(column) = before.next_back().and_then(one) {
            let table = catalog.get(column).owner;
            for source in table.into_iter().chain([column]) {
                self.by_source.entry(source).or_default().insert(column);
            }
        }
    }

    /// The columns that take their numbers from `source`.
    fn of(&self, source: IdentityId) -> impl Iterator<Item = IdentityId> {
        self.by_source.get(&source).into_iter().flatten().copied()
    }
}

/// Whether the fact may be of a statement that sets a sequence.
fn may_set(fact: &Fact) -> bool {
    match fact.object.kind {
        Kind::Sequence => matches!(fact.action, Action::Use | Action::Alter),
        Kind::Column => matches!(fact.action, Action::Use | Action::Alter),
        Kind::Table | Kind::Relation => fact.action == Action::Alter,
        _ => false,
    }
}

fn sets(statement: &str) -> bool {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let mut words = statement.split(|letter| !is_word(letter));
    words.any(|word| SETS.iter().any(|set| word.eq_ignore_ascii_case(set)))
        && !starts(statement, "create")
        && !starts(statement, "insert")
}

fn starts(statement: &str, word: &str) -> bool {
    let start = statement.get(..word.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::sets;

    #[test]
    fn what_sets_a_sequence_is_seen() {
        assert!(sets("SELECT pg_catalog.SETVAL('s', 3)"));
        assert!(sets("ALTER TABLE t AUTO_INCREMENT=5"));
        assert!(sets("alter sequence s restart"));
        assert!(!sets("CREATE TABLE t (id int auto_increment)"));
        assert!(!sets("SELECT restarted FROM t"));
    }
}
