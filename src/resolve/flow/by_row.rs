//! Rows that others need, told by what stands in them: they say more than that one patch writes what another reads.

use std::collections::{BTreeMap, BTreeSet};

use super::{Pairs, Places};
use crate::resolve::catalog::IdentityId;
use crate::resolve::closure::{Closure, Neighbours};
use crate::resolve::edges::Edges;
use crate::resolve::rows::Place;
use crate::resolve::{PatchId, Rule};

impl Pairs {
    /// A row before what needs just that row.
    pub(super) fn rows(&mut self, table: IdentityId, row: Place, by: Place, rule: Rule) {
        self.pairs(table, &[row], &[by], rule);
        if row.0 != by.0 {
            self.by_row.entry(table).or_default().push((row.0, by.0));
        }
    }

    /// Leaves out that a patch reads what another one writes where the rows tell the opposite: what looks for
    /// one row to write another one to the same table comes before those that need that other one.
    pub(super) fn leave_to_rows(&mut self, patches: usize, writes: &Places, edges: &Edges) {
        let mut read: BTreeMap<IdentityId, Vec<(PatchId, PatchId)>> = BTreeMap::new();
        for pair in &self.pairs {
            if pair.rule == Rule::WriteRead && self.by_row.contains_key(&pair.object) {
                let pairs = read.entry(pair.object).or_default();
                pairs.push((pair.earlier.0, pair.later.0));
            }
        }
        let mut opposite = BTreeSet::new();
        for (table, mut by_row) in std::mem::take(&mut self.by_row) {
            // What goes against the numbers in the file names is no edge.
            by_row.retain(|&(row, by)| !edges.is_older(by, row));
            let rows: BTreeSet<PatchId> = by_row.iter().map(|&(row, _)| row).collect();
            let users: BTreeSet<PatchId> = by_row.iter().map(|&(_, by)| by).collect();
            let mut read = read.remove(&table).unwrap_or_default();
            read.retain(|(earlier, later)| users.contains(earlier) && rows.contains(later));
            if read.is_empty() {
                continue;
            }
            let mut next = vec![Neighbours::new(); patches];
            for &(row, by) in &by_row {
                next[row.0 as usize].push(by.0);
            }
            let closure = Closure::new(&next, users);
            let written = writes.get(&table).into_iter().flatten();
            let writers: BTreeSet<PatchId> = written.map(|&(patch, _)| patch).collect();
            let against = read.into_iter().filter(|&(earlier, later)| {
                writers.contains(&later) && closure.reaches(later, earlier) == Some(true)
            });
            opposite.extend(against.map(|(earlier, later)| (table, earlier, later)));
        }
        self.pairs.retain(|pair| {
            pair.rule != Rule::WriteRead
                || !opposite.contains(&(pair.object, pair.earlier.0, pair.later.0))
        });
    }
}
