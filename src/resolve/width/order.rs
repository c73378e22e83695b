//! Rows among the patches that add and drop the columns of their table.

use std::collections::BTreeSet;

use super::{Change, Rows, Table, Widths};
use crate::finding::{Code, Finding};
use crate::read::Patch;
use crate::resolve::catalog::Catalog;
use crate::resolve::closure::Closure;
use crate::resolve::edges::Edges;
use crate::resolve::setting::after;
use crate::resolve::{PatchId, Reason, Rule, Strength};

/// The most changes of one table that are put in order.
const ORDERED: usize = 64;

/// Adds the edges between rows without a list of columns and the changes that these fit only before or
/// only after.
pub(in crate::resolve) fn add_edges(
    patches: &[Patch],
    catalog: &Catalog<'_>,
    widths: &Widths,
    edges: &mut Edges,
    findings: &mut Vec<Finding>,
) {
    let tables = || {
        let tables = widths.tables.iter();
        tables.filter(|(_, table)| {
            let columns: BTreeSet<_> = table
                .changes
                .iter()
                .map(|change| (change.column, change.adds))
                .collect();
            table.made.len() == 1
                && columns.len() == table.changes.len()
                && columns.len() <= ORDERED
        })
    };
    let ends = tables().flat_map(|(_, table)| {
        let rows = table.rows.iter().map(|rows| rows.patch);
        rows.chain(table.changes.iter().map(|change| change.patch))
    });
    let ends: BTreeSet<PatchId> = ends.collect();
    if ends.is_empty() {
        return;
    }
    let hard = edges.hard(ends);
    for (&id, table) in tables() {
        let mut history = History {
            catalog,
            hard: &hard,
            edges,
            table,
            changes: Vec::new(),
        };
        history.changes = history.in_order();
        let guesses: Vec<_> = table
            .rows
            .iter()
            .filter_map(|rows| history.place(rows))
            .collect();
        if let Some(&(rows, change, first)) = guesses.first() {
            let label = &catalog.get(id).label();
            findings.push(guessed(patches, catalog, label, rows, change, first));
        }
    }
}

/// The columns of a table over time.
struct History<'a, 'e> {
    catalog: &'a Catalog<'a>,
    hard: &'a Closure,
    edges: &'e mut Edges,
    table: &'a Table,
    changes: Vec<Change>,
}

impl History<'_, '_> {
    fn is_before(&self, one: PatchId, other: PatchId) -> bool {
        one != other
            && (self.hard.reaches(one, other) == Some(true) || self.edges.is_older(one, other))
    }

    /// The changes as they are likely to have come: columns are added, then dropped, unless edges or
    /// numbers say otherwise.
    fn in_order(&self) -> Vec<Change> {
        let mut open = self.table.changes.clone();
        open.sort_by_key(|change| (!change.adds, change.patch, change.at));
        let mut order = Vec::with_capacity(open.len());
        while !open.is_empty() {
            let waits = |change: &Change| {
                open.iter()
                    .any(|other| self.is_before(other.patch, change.patch))
            };
            let next = open.iter().position(|change| !waits(change)).unwrap_or(0);
            order.push(open.remove(next));
        }
        order
    }

    /// Puts rows where they fit. Gives the change beside them where they fit elsewhere as well, and
    /// whether it was put first.
    fn place(&mut self, rows: &Rows) -> Option<(Rows, Change, bool)> {
        let made = self.table.made.iter().next();
        let (&maker, &made) = made.filter(|&(&maker, &made)| made > 0 && maker != rows.patch)?;
        debug_assert_ne!(maker, rows.patch);
        let before = |change: &Change| match change.patch == rows.patch {
            true => change.at.0 < rows.statement,
            false => self.is_before(change.patch, rows.patch),
        };
        let after = |change: &Change| match change.patch == rows.patch {
            true => change.at.0 >= rows.statement,
            false => self.is_before(rows.patch, change.patch),
        };
        let step = |change: &Change| if change.adds { 1 } else { -1 };
        let fixed: i64 = self
            .changes
            .iter()
            .filter(|change| before(change))
            .map(step)
            .sum();
        let free = self
            .changes
            .iter()
            .filter(|change| !before(change) && !after(change));
        let free: Vec<Change> = free.copied().collect();
        let missing = rows.values as i64 - made as i64 - fixed;
        let adds = free.iter().filter(|change| change.adds).count();
        let drops = free.len() - adds;
        // After each number of changes, whether the rows fit.
        let mut count = 0;
        let counts = std::iter::once(0).chain(free.iter().map(|change| {
            count += step(change);
            count
        }));
        let first = counts
            .collect::<Vec<i64>>()
            .iter()
            .position(|&count| count == missing)?;
        let short = self.catalog.dialect.objects.rows_may_be_short;
        let only = missing == adds as i64 || missing == -(drops as i64);
        let (earlier, later) = free.split_at(first);
        for (change, goes_first) in earlier
            .iter()
            .map(|change| (change, true))
            .chain(later.iter().map(|change| (change, false)))
        {
            // Where rows may be short, a column that comes too early harms nobody.
            if short && change.adds && !goes_first {
                continue;
            }
            let refused = !short || change.adds == goes_first;
            let strength = if only && refused && (!short || missing == adds as i64) {
                Strength::Hard
            } else {
                Strength::Flow
            };
            self.add(rows, change, goes_first, strength);
        }
        if only || free.is_empty() {
            return None;
        }
        let beside = later.first().filter(|change| !short || !change.adds);
        let beside = beside.map(|change| (*rows, *change, false));
        beside.or_else(|| earlier.last().map(|change| (*rows, *change, true)))
    }

    fn add(&mut self, rows: &Rows, change: &Change, goes_first: bool, strength: Strength) {
        let ends = [(change.patch, change.span), (rows.patch, rows.span)];
        let [earlier, later] = if goes_first { ends } else { [ends[1], ends[0]] };
        let rule = match (change.adds, goes_first) {
            (true, true) => Rule::Column,
            (true, false) => Rule::RowsAdd,
            (false, true) => Rule::DropRows,
            (false, false) => Rule::UseDrop,
        };
        let reason = Reason {
            rule,
            strength,
            object: self.catalog.get(change.column).label(),
            earlier: earlier.1,
            later: later.1,
        };
        self.edges.add(earlier.0, later.0, reason);
    }
}

fn guessed(
    patches: &[Patch],
    catalog: &Catalog<'_>,
    table: &str,
    rows: Rows,
    change: Change,
    first: bool,
) -> Finding {
    let column = &catalog.get(change.column).label();
    let done = if change.adds { "added" } else { "dropped" };
    let when = if first { "after" } else { "before" };
    let ends = [rows.patch, change.patch];
    let [later, earlier] = if first { ends } else { [ends[1], ends[0]] };
    let name = |id: PatchId| &patches[id.0 as usize].name;
    let title = format!("rows of {table} were taken to be written {when} {column} is {done}");
    Finding::new(Code::OrderByContent, title)
        .label(rows.span, format!("{} values, without a list of columns", rows.values))
        .label(change.span, format!("{done} here"))
        .note("columns are added more often than dropped; the SQL says no more")
        .help(format!(
            "write a list of columns behind the table's name; or, if the order is right, say it at the top of `{}`: `-- requires: {}`",
            name(later),
            name(earlier)
        ))
        .fix(after(patches, earlier, later))
}
