//! Tables that are built anew: another table gets the columns and the rows, and then the name. So SQLite
//! alters what ALTER TABLE cannot (<https://www.sqlite.org/lang_altertable.html#otheralter>), and tables are
//! swapped on MariaDB and MySQL. Or another table keeps the rows while the old one goes and comes back
//! (<https://www.sqlite.org/faq.html#q11>). To code that runs all of it is one act, and none of its statements may be
//! parted from the others.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::Step;
use super::classify::{Here, Way};
use super::world::Thing;
use crate::name::{Ident, ObjectName};
use crate::read::Patch;
use crate::read::fact::{Action, Fact, Kind, Object, StatementFacts};
use crate::source::Span;

/// A table that a patch builds anew.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rebuild<'p> {
    /// The table, by its name before and after.
    pub(super) name: &'p Object,
    /// What the new table is called while it is filled.
    pub(super) built: &'p Object,
    /// What the old table is called at its end.
    emptied: &'p Object,
    /// `INSERT INTO new (…) SELECT … FROM old`.
    pub(super) filled: Option<Span>,
    /// The first and the last of its statements.
    first: usize,
    last: usize,
}

impl<'p> Rebuild<'p> {
    /// What stands for the old table at its end.
    pub(super) fn emptied(&self) -> &'p Object {
        self.emptied
    }

    /// Whether the new table has the name from its start, because the old one has got another one, or has
    /// left its rows in another table.
    pub(super) fn keeps_its_name(&self) -> bool {
        is_same(self.name, self.built)
    }
}

/// What a patch does to whole tables.
struct Act<'p> {
    statement: usize,
    table: &'p Object,
    what: What<'p>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What<'p> {
    Made,
    Renamed(&'p Object),
    Dropped,
}

/// The tables that a patch builds anew.
pub(super) fn find(patch: &Patch) -> Vec<Rebuild<'_>> {
    let acts = acts(patch);
    // A dump may make thousands of tables.
    let mut by_table: BTreeMap<&ObjectName, Vec<&Act<'_>>> = BTreeMap::new();
    for act in &acts {
        by_table.entry(&act.table.name).or_default().push(act);
    }
    let of = |table: &Object| by_table.get(&table.name).map_or(&[][..], Vec::as_slice);
    let renames = acts.iter().filter_map(|act| match act.what {
        What::Renamed(to) => Some((act, to)),
        _ => None,
    });
    let mut found: Vec<Rebuild<'_>> = Vec::new();
    for (rename, to) in renames {
        let at = rename.statement;
        let before = |what: What<'_>, table: &Object| {
            let mut acts = of(table).iter().filter(|act| act.statement < at);
            acts.find(|act| act.what == what)
        };
        let after = |what: What<'_>, table: &Object| {
            let mut acts = of(table).iter().filter(|act| act.statement > at);
            acts.find(|act| act.what == what)
        };
        // CREATE new, [DROP name | RENAME name TO old], RENAME new TO name, [DROP old].
        if let Some(made) = before(What::Made, rename.table) {
            let dropped = before(What::Dropped, to).filter(|drop| drop.statement > made.statement);
            let moved = of(to).iter().find_map(|act| match act.what {
                What::Renamed(old) if act.statement <= at => Some(old),
                _ => None,
            });
            if dropped.is_none() && moved.is_none() {
                continue;
            }
            let end = moved.and_then(|old| after(What::Dropped, old));
            found.push(Rebuild {
                name: to,
                built: rename.table,
                emptied: moved.unwrap_or(to),
                filled: None,
                first: made.statement,
                last: end.map_or(at, |end| end.statement),
            });
        // RENAME name TO old, CREATE name, DROP old.
        } else if let Some(made) = after(What::Made, rename.table)
            && let Some(end) = after(What::Dropped, to)
            && made.statement < end.statement
        {
            found.push(Rebuild {
                name: rename.table,
                built: made.table,
                emptied: to,
                filled: None,
                first: at,
                last: end.statement,
            });
        }
    }
    found.extend(through_copies(patch, &acts, &by_table));
    for rebuild in &mut found {
        rebuild.filled = filled(patch, rebuild);
        rebuild.last = with_indexes(patch, rebuild);
    }
    found
}

/// CREATE copy, INSERT INTO copy, DROP name, CREATE name, INSERT INTO name, DROP copy. The copy stands for the
/// old table.
fn through_copies<'p>(
    patch: &'p Patch,
    acts: &[Act<'p>],
    by_table: &BTreeMap<&ObjectName, Vec<&Act<'p>>>,
) -> Vec<Rebuild<'p>> {
    let of = |table: &Object| by_table.get(&table.name).into_iter().flatten();
    let drops = || acts.iter().filter(|act| act.what == What::Dropped);
    // The tables that are made to go again.
    let copies: Vec<(&Act<'p>, &Act<'p>)> = drops()
        .filter_map(|end| {
            let begin = of(end.table).find(|act| act.what == What::Made)?;
            (begin.statement < end.statement).then_some((*begin, end))
        })
        .collect();
    if copies.is_empty() {
        return Vec::new();
    }
    let found = drops().filter_map(|old| {
        let is_next = |act: &&&Act<'_>| act.what == What::Made && act.statement > old.statement;
        let made = of(old.table).find(is_next)?;
        copies.iter().find_map(|(begin, end)| {
            if begin.statement > old.statement || end.statement < made.statement {
                return None;
            }
            let copied = begin.statement..=old.statement;
            moved(patch, copied, begin.table, &[old.table])?;
            let back = made.statement..=end.statement;
            moved(patch, back, made.table, &[begin.table])?;
            Some(Rebuild {
                name: old.table,
                built: made.table,
                emptied: begin.table,
                filled: None,
                first: begin.statement,
                last: end.statement,
            })
        })
    });
    found.collect()
}

/// The statement that moves the rows to the new table.
fn filled(patch: &Patch, rebuild: &Rebuild<'_>) -> Option<Span> {
    let from = [rebuild.name, rebuild.emptied];
    let within = rebuild.first..=rebuild.last;
    moved(patch, within, rebuild.built, &from)
}

/// The statement within a range that moves rows to a table from one of others.
fn moved(
    patch: &Patch,
    within: RangeInclusive<usize>,
    to: &Object,
    from: &[&Object],
) -> Option<Span> {
    let mut statements = patch.facts.iter();
    let found = statements.find(|it| {
        let has = |action: Action, tables: &[&Object]| {
            let mut facts = it.facts.iter();
            facts.any(|fact| {
                fact.action == action
                    && fact.object.kind != Kind::Column
                    && tables.iter().any(|table| is_same(table, &fact.object))
            })
        };
        within.contains(&it.statement) && has(Action::Write, &[to]) && has(Action::Read, from)
    });
    found.map(|it| patch.statements[it.statement].body)
}

/// The last of the indexes and triggers that are made again right after the table.
fn with_indexes(patch: &Patch, rebuild: &Rebuild<'_>) -> usize {
    let after = patch.facts.iter().filter(|it| it.statement > rebuild.last);
    let is_of_it = |statement: &&StatementFacts| {
        let makes = |fact: &Fact| {
            matches!(fact.action, Action::Define { .. })
                && matches!(fact.object.kind, Kind::Index | Kind::Trigger)
        };
        let names = |fact: &Fact| fact.object.name == rebuild.name.name;
        statement.facts.iter().any(makes) && statement.facts.iter().any(names)
    };
    let last = after.take_while(is_of_it).last();
    last.map_or(rebuild.last, |statement| statement.statement)
}

fn acts(patch: &Patch) -> Vec<Act<'_>> {
    let mut acts = Vec::new();
    for statement in &patch.facts {
        for fact in statement.facts.iter().filter(|it| it.in_body_of.is_none()) {
            let what = match &fact.action {
                Action::Define { .. } if fact.object.kind == Kind::Table => What::Made,
                Action::Rename { to } => What::Renamed(to),
                Action::Drop { .. } => What::Dropped,
                _ => continue,
            };
            if matches!(fact.object.kind, Kind::Table | Kind::Relation) {
                acts.push(Act {
                    statement: statement.statement,
                    table: &fact.object,
                    what,
                });
            }
        }
    }
    acts
}

pub(super) fn is_same(one: &Object, other: &Object) -> bool {
    one.name == other.name
}

/// Gives all statements of a rebuild the latest step that one of them has.
pub(super) fn hold_together(rebuilds: &[Rebuild<'_>], steps: &mut [Step]) {
    for rebuild in rebuilds {
        let is_part = |step: &Step| (rebuild.first..=rebuild.last).contains(&step.statement);
        let parts = steps.iter().filter(|step| is_part(step));
        if let Some(phase) = parts.map(|step| step.phase).max() {
            for step in steps.iter_mut().filter(|step| is_part(step)) {
                step.phase = phase;
            }
        }
    }
}

impl<'a> Way<'a> {
    /// A rebuild that is going on.
    pub(super) fn rebuild(
        &self,
        statement: usize,
        is: impl Fn(&Rebuild<'a>) -> bool,
    ) -> Option<Rebuild<'a>> {
        let mut going_on = self.rebuilds.iter().filter(|it| statement <= it.last);
        going_on.find(|it| is(it)).copied()
    }

    /// Whether a table is one that is filled to take the place of another one.
    pub(super) fn is_rebuilding(&self, table: &Object, statement: usize) -> bool {
        let found = self.rebuild(statement, |it| {
            is_same(it.built, table) || it.keeps_its_name() && is_same(it.emptied, table)
        });
        found.is_some()
    }

    /// The rebuild in which a table goes after its rows were copied to another one, and comes back.
    pub(super) fn is_copied(&self, table: &Object, statement: usize) -> Option<Rebuild<'a>> {
        self.rebuild(statement, |it| {
            it.keeps_its_name() && is_same(it.name, table) && it.first < statement
        })
    }

    /// Whether a table goes because a new one has its rows and gets its name.
    pub(super) fn is_rebuilt(&self, table: &Object, statement: usize) -> bool {
        self.makes_room(table, table, statement).is_some()
    }

    /// The rebuild in which a table gets another name so that a new one can have its own.
    pub(super) fn makes_room(
        &self,
        table: &Object,
        to: &Object,
        statement: usize,
    ) -> Option<Rebuild<'a>> {
        self.rebuild(statement, |it| {
            is_same(it.name, table) && is_same(it.emptied, to)
        })
    }

    /// The rebuild whose old table this is, under another name than before.
    pub(super) fn emptied(&self, table: &Object, statement: usize) -> Option<Rebuild<'a>> {
        self.rebuild(statement, |it| {
            is_same(it.emptied, table) && !is_same(it.name, table)
        })
    }

    /// Whether an index that is made on a table was there before the table was built anew.
    pub(super) fn comes_back(&self, index: &Object, older: &Thing, here: &Here<'_>) -> bool {
        let is_table = |table: &Ident| {
            let mut facts = here.facts.iter();
            facts.any(|fact| fact.object.name.name == *table && fact.object != *index)
        };
        older.kind == Kind::Index && self.rebuilt.iter().any(is_table)
    }
}
