//! Rows without a list of columns: how many values they have tells which columns are there already.
//!
//! `INSERT INTO t VALUES (1, 2)` means a version of `t` with two columns, and comes before or after the
//! patches that add and drop columns accordingly.

mod count;
mod order;

use std::collections::BTreeMap;

use super::PatchId;
use super::catalog::{Catalog, Event, EventKind, IdentityId};
use super::sequence::Sequence;
use crate::read::Patch;
use crate::read::fact::{Action, Fact, Kind, StatementFacts};
use crate::source::{Sources, Span};

pub(super) use order::add_edges;

/// How many renames are followed back to where a table was made.
const RENAMES: usize = 8;

/// Rows that a statement writes without saying of which columns.
#[derive(Clone, Copy, Debug)]
struct Rows {
    patch: PatchId,
    statement: u32,
    span: Span,
    values: usize,
}

/// A column that a patch adds to a table that another patch makes, or drops from it.
#[derive(Clone, Copy, Debug)]
struct Change {
    patch: PatchId,
    at: (u32, u32),
    column: IdentityId,
    span: Span,
    adds: bool,
}

/// A table whose columns are not always the same.
#[derive(Debug, Default)]
struct Table {
    /// The columns that each patch leaves it with which makes it.
    made: BTreeMap<PatchId, usize>,
    changes: Vec<Change>,
    rows: Vec<Rows>,
    /// What takes all columns of its rows (`SELECT *`) for so many of another table.
    copies: Vec<(PatchId, usize)>,
}

/// The rows of the tables whose columns are not always the same.
#[derive(Debug, Default)]
pub(super) struct Widths {
    tables: BTreeMap<IdentityId, Table>,
}

impl Widths {
    pub(super) fn new(
        patches: &[Patch],
        sources: &Sources,
        catalog: &Catalog<'_>,
        sequence: &Sequence,
    ) -> Self {
        let mut widths = Self::default();
        let is_placed = |number: u32| sequence.place(PatchId(number)).is_some();
        if (0..patches.len() as u32).all(is_placed) {
            return widths;
        }
        widths.tables = tables(catalog);
        if widths.tables.is_empty() {
            return widths;
        }
        let open = Open {
            patches,
            sources,
            catalog,
        };
        for (id, patch) in (0..).map(PatchId).zip(patches) {
            for statement in &patch.facts {
                widths.add_rows(id, statement, &open);
            }
        }
        let is_used = |table: &Table| !table.rows.is_empty() || !table.copies.is_empty();
        widths.tables.retain(|_, table| is_used(table));
        widths.tables.retain(|&id, table| {
            let mut changes = table.changes.iter();
            !open.is(id, RENAMES) && !changes.any(|change| open.at(change.patch, change.at.0))
        });
        widths
    }

    fn add_rows(&mut self, id: PatchId, statement: &StatementFacts, open: &Open<'_>) {
        let mut written = statement
            .facts
            .iter()
            .filter(|fact| fact.action == Action::Write && fact.in_body_of.is_none());
        let Some(fact) = written
            .next()
            .filter(|fact| fact.object.kind != Kind::Column)
        else {
            return;
        };
        let bound = |fact: &Fact| {
            let path = statement.search_path.as_deref();
            match open.catalog.lookup(id, path, &fact.object)[..] {
                [bound] => Some(bound.identity),
                _ => None,
            }
        };
        let Some(target) = bound(fact) else { return };
        let named = written.count();
        let text = || open.behind(id, statement.statement, fact.span);
        let lexing = &open.catalog.dialect.lexing;
        if let Some(table) = self.tables.get_mut(&target).filter(|_| named == 0)
            && let Some(values) = count::values(text(), lexing)
        {
            table.rows.push(Rows {
                patch: id,
                statement: statement.statement as u32,
                span: fact.span,
                values,
            });
            return;
        }
        let mut read = statement
            .facts
            .iter()
            .filter(|fact| fact.action == Action::Read);
        let (Some(source), None) = (read.next(), read.next()) else {
            return;
        };
        let Some(source) = bound(source).filter(|source| self.tables.contains_key(source)) else {
            return;
        };
        if source == target || !count::is_copy(text(), lexing) {
            return;
        }
        let columns = if named > 0 {
            Some(named)
        } else {
            open.columns(target)
        };
        if let (Some(columns), Some(source)) = (columns, self.tables.get_mut(&source)) {
            source.copies.push((id, columns));
        }
    }

    /// Whether the rows that `user` writes of a table have no values for columns that other patches add.
    pub(super) fn are_of_first(&self, table: IdentityId, user: PatchId) -> bool {
        let Some(table) = self
            .tables
            .get(&table)
            .filter(|table| table.made.len() == 1)
        else {
            return false;
        };
        let made = table.made.values().next().copied().unwrap_or(0);
        let mut rows = table
            .rows
            .iter()
            .filter(|rows| rows.patch == user)
            .peekable();
        rows.peek().is_some() && rows.all(|rows| rows.values <= made)
    }

    /// Whether the rows that `user` writes of a table may be of the version that `maker` makes.
    pub(super) fn fits(&self, table: IdentityId, maker: PatchId, user: PatchId) -> bool {
        let Some(table) = self.tables.get(&table) else {
            return true;
        };
        let Some(&made) = table.made.get(&maker).filter(|&&made| made > 0) else {
            return true;
        };
        let count = |adds| {
            table
                .changes
                .iter()
                .filter(|change| change.adds == adds)
                .count()
        };
        let [added, dropped] = [true, false].map(count);
        let fits = |values| (made.saturating_sub(dropped)..=made + added).contains(&values);
        let rows = table.rows.iter().map(|rows| (rows.patch, rows.values));
        let mut all = rows.chain(table.copies.iter().copied());
        all.all(|(patch, values)| patch != user || fits(values))
    }
}

/// The tables that more than one patch makes, or whose columns other patches change.
fn tables(catalog: &Catalog<'_>) -> BTreeMap<IdentityId, Table> {
    let all = catalog
        .iter()
        .filter_map(|(id, _)| Some((id, table_over_time(catalog, id)?)));
    all.filter(|(_, table)| table.made.len() > 1 || !table.changes.is_empty())
        .collect()
}

/// What patches make of the columns of a table; `None` of what is no table, or is made by none.
fn table_over_time(catalog: &Catalog<'_>, id: IdentityId) -> Option<Table> {
    let identity = catalog.get(id);
    if !matches!(identity.kind, Kind::Table | Kind::Relation) || identity.owner.is_some() {
        return None;
    }
    let mut table = Table::default();
    for event in &identity.events {
        if matches!(event.kind, EventKind::Birth { .. }) {
            table.made.insert(event.patch, 0);
        }
    }
    if table.made.is_empty() {
        return None;
    }
    for column in catalog.member_ids(id) {
        if catalog.get(column).kind == Kind::Column {
            for event in &catalog.get(column).events {
                count_column(&mut table, column, event);
            }
        }
    }
    Some(table)
}

fn count_column(table: &mut Table, column: IdentityId, event: &Event) {
    let adds = match event.kind {
        EventKind::Need => return,
        EventKind::Birth { .. } => true,
        EventKind::Death { .. } => false,
    };
    if event.is_with_owner() {
        return;
    }
    match table.made.get_mut(&event.patch) {
        Some(made) if adds => *made += 1,
        Some(made) => *made = made.saturating_sub(1),
        None if is_rename(event) => {}
        None => table.changes.push(Change {
            patch: event.patch,
            at: event.at,
            column,
            span: event.span,
            adds,
        }),
    }
}

fn is_rename(event: &Event) -> bool {
    matches!(
        event.kind,
        EventKind::Birth { rename: true, .. } | EventKind::Death { rename: true, .. }
    )
}

/// What may give a table columns that no statement names, or such as take no values.
struct Open<'a> {
    patches: &'a [Patch],
    sources: &'a Sources,
    catalog: &'a Catalog<'a>,
}

impl Open<'_> {
    /// Whether the number of a table's columns may be another one than that of their names. Looks at
    /// the tables that were renamed to it as well, some `renames` back.
    fn is(&self, table: IdentityId, renames: usize) -> bool {
        let events = self.catalog.get(table).events.iter();
        let mut births = events.filter_map(|event| match event.kind {
            EventKind::Birth { rename, .. } => Some((event, rename)),
            _ => None,
        });
        births.any(|(event, rename)| {
            if !rename {
                return self.at(event.patch, event.at.0);
            }
            let before = self.before(event);
            renames == 0 || before.iter().any(|&before| self.is(before, renames - 1))
        })
    }

    /// Whether a statement may do so.
    fn at(&self, patch: PatchId, statement: u32) -> bool {
        let statements = &self.patches[patch.0 as usize].statements;
        let text = statements.get(statement as usize);
        let text = text.map(|statement| self.sources.slice(statement.body));
        let lexing = &self.catalog.dialect.lexing;
        text.is_none_or(|text| count::is_open(text, lexing))
    }

    /// What stands behind a place in a statement.
    fn behind(&self, patch: PatchId, statement: usize, place: Span) -> &str {
        let body = self.patches[patch.0 as usize].statements[statement].body;
        let rest = Span::new(body.source, place.end, body.end.max(place.end));
        self.sources.slice(rest)
    }

    /// The number of columns of a table that one patch makes and none changes.
    fn columns(&self, table: IdentityId) -> Option<usize> {
        let found = table_over_time(self.catalog, table)?;
        let changed = found.made.len() != 1 || !found.changes.is_empty();
        let made = found.made.into_values().next()?;
        (!changed && made > 0 && !self.is(table, RENAMES)).then_some(made)
    }

    /// What a rename gives its new name.
    fn before(&self, rename: &Event) -> Vec<IdentityId> {
        let patch = &self.patches[rename.patch.0 as usize];
        let here = |statement: &&StatementFacts| statement.statement as u32 == rename.at.0;
        let Some(statement) = patch.facts.iter().find(here) else {
            return Vec::new();
        };
        let Some(fact) = statement.facts.get(rename.at.1 as usize) else {
            return Vec::new();
        };
        let path = statement.search_path.as_deref();
        let found = self.catalog.lookup(rename.patch, path, &fact.object);
        found.iter().map(|bound| bound.identity).collect()
    }
}
