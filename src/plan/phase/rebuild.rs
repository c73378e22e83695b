//! Tables that are built anew: another table gets the columns and the rows, and then the name. So SQLite
//! alters what ALTER TABLE cannot (<https://www.sqlite.org/lang_altertable.html#otheralter>), and tables are
//! swapped on MariaDB and MySQL. Or another table keeps the rows while the old one goes and comes back
//! (<https://www.sqlite.org/faq.html#q11>). To code that runs all of it is one act, and none of its statements may be
//! parted from the others.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::Step;
use super::change::{Break, BreakKind};
use super::classify::{Found, Here, Way};
use super::moves;
use super::types;
use super::world::{Column, Thing};
use crate::name::Ident;
use crate::read::Patch;
use crate::read::fact::{Action, Fact, Kind, Object, StatementFacts};
use crate::source::Span;

/// A table that a patch builds anew.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rebuild<'p> {
    /// The table, by its name before and after.
    pub(super) name: &'p Object,
    /// What the new table is called while it is filled.
    built: &'p Object,
    /// What the old table is called at its end.
    emptied: &'p Object,
    /// `INSERT INTO new (…) SELECT … FROM old`.
    filled: Option<Span>,
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
    let renames = acts.iter().filter_map(|act| match act.what {
        What::Renamed(to) => Some((act, to)),
        _ => None,
    });
    let mut found: Vec<Rebuild<'_>> = Vec::new();
    for (rename, to) in renames {
        let at = rename.statement;
        let before = |what: What<'_>, table: &Object| {
            let mut acts = acts.iter().filter(|act| act.statement < at);
            acts.find(|act| act.what == what && is_same(act.table, table))
        };
        let after = |what: What<'_>, table: &Object| {
            let mut acts = acts.iter().filter(|act| act.statement > at);
            acts.find(|act| act.what == what && is_same(act.table, table))
        };
        // CREATE new, [DROP name | RENAME name TO old], RENAME new TO name, [DROP old].
        if let Some(made) = before(What::Made, rename.table) {
            let dropped = before(What::Dropped, to).filter(|drop| drop.statement > made.statement);
            let moved = acts.iter().find_map(|act| match act.what {
                What::Renamed(old) if act.statement <= at && is_same(act.table, to) => Some(old),
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
    found.extend(through_copies(patch, &acts));
    for rebuild in &mut found {
        rebuild.filled = filled(patch, rebuild);
        rebuild.last = with_indexes(patch, rebuild);
    }
    found
}

/// CREATE copy, INSERT INTO copy, DROP name, CREATE name, INSERT INTO name, DROP copy. The copy stands for the
/// old table.
fn through_copies<'p>(patch: &'p Patch, acts: &[Act<'p>]) -> Vec<Rebuild<'p>> {
    let drops = acts.iter().filter(|act| act.what == What::Dropped);
    let found = drops.filter_map(|old| {
        let is_next = |act: &&Act<'_>| act.statement > old.statement;
        let mut later = acts.iter().filter(is_next);
        let made = later.find(|act| act.what == What::Made && is_same(act.table, old.table))?;
        let mut ends = later.filter(|act| act.what == What::Dropped);
        ends.find_map(|end| {
            let is_begin = |act: &&Act<'_>| {
                act.what == What::Made
                    && act.statement < old.statement
                    && is_same(act.table, end.table)
            };
            let begin = acts.iter().find(is_begin)?;
            moved(
                patch,
                begin.statement..=old.statement,
                begin.table,
                &[old.table],
            )?;
            moved(
                patch,
                made.statement..=end.statement,
                made.table,
                &[begin.table],
            )?;
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

fn is_same(one: &Object, other: &Object) -> bool {
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
    fn rebuild(&self, statement: usize, is: impl Fn(&Rebuild<'a>) -> bool) -> Option<Rebuild<'a>> {
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

    /// Tells what code that runs misses in the table that has taken the place of an older one, and lets the
    /// columns that stay be the old ones.
    pub(super) fn reshape(
        &mut self,
        older: &Thing,
        name: &Object,
        span: Span,
        here: &Here<'_>,
        found: &mut Found,
    ) {
        self.rebuilt.insert(name.name.name.clone());
        let Some(now) = self.world.find(name, here.path) else {
            return;
        };
        let renamed = self.renamed_columns(name, older, now, here.statement);
        let new_name = |column: &Ident| renamed.get(column).unwrap_or(column).clone();
        let mut breaks = Vec::new();
        let is_old = !self.is_new(older.made, here.patch);
        for (column, was) in &older.columns {
            if !is_old || self.is_new(was.made, here.patch) {
                continue;
            }
            let lost = Object::member(Kind::Column, name.name.clone(), column.clone());
            let kept = now.columns.get(&new_name(column));
            let mut kinds = match kept {
                None if now.has_more => continue,
                None => vec![BreakKind::DropColumn],
                Some(is) => self.stricter(was, is),
            };
            if renamed.contains_key(column) {
                kinds.insert(0, BreakKind::RenameColumn);
            }
            breaks.extend(kinds.into_iter().map(|kind| {
                let place = kept.map_or(span, |column| column.span);
                let mut broken = Break::new(kind, &lost, place);
                broken.made_at = Some(was.span);
                if kind == BreakKind::ChangeType {
                    broken.old = self.type_of(was);
                    broken.new = kept.and_then(|it| self.type_of(it));
                }
                if kind == BreakKind::RenameColumn {
                    let table = name.name.clone();
                    broken.to = Some(Object::member(Kind::Column, table, new_name(column)));
                }
                broken
            }));
        }
        // Where not all columns are known the table may have had any.
        if is_old && !older.has_more && !older.columns.is_empty() {
            let added = now.columns.iter();
            let is_added = |name: &Ident| {
                !older.columns.contains_key(name) && !renamed.values().any(|to| to == name)
            };
            for (column, is) in added.filter(|(name, _)| is_added(name)) {
                let words = self.definition_of(is);
                if types::refuses_null(&words) && !types::fills(&words) {
                    let added = Object::member(Kind::Column, name.name.clone(), column.clone());
                    breaks.push(Break::new(BreakKind::AddRequired, &added, is.span));
                }
            }
        }
        for broken in breaks {
            found.breaks(broken);
        }
        self.members.columns_renamed(name, renamed.clone());
        if let Some(now) = self.world.find_mut(name, here.path) {
            now.made = older.made;
            for (name, was) in &older.columns {
                if let Some(column) = now.columns.get_mut(renamed.get(name).unwrap_or(name)) {
                    column.made = was.made;
                }
            }
        }
    }

    /// The columns of the old table whose values are those of a column of another name in the new one.
    fn renamed_columns(
        &self,
        name: &Object,
        older: &Thing,
        now: &Thing,
        statement: usize,
    ) -> BTreeMap<Ident, Ident> {
        let rebuild = self.rebuild(statement, |it| is_same(it.name, name));
        let Some(words) = rebuild.and_then(|it| it.filled) else {
            return BTreeMap::new();
        };
        let mut columns: Vec<_> = now.columns.iter().collect();
        columns.sort_by_key(|(_, column)| column.span);
        let columns = columns.into_iter().map(|(name, _)| name.clone()).collect();
        let moves = moves::moves(self.sources.slice(words), self.dialect, columns);
        let is_rename = |(from, to): &(Ident, Ident)| {
            let is_gone = older.columns.contains_key(from) && !now.columns.contains_key(from);
            is_gone && now.columns.contains_key(to) && !older.columns.contains_key(to)
        };
        moves.into_iter().filter(is_rename).collect()
    }

    /// In which ways a column refuses what it has taken, or leaves out what it has done.
    fn stricter(&self, was: &Column, is: &Column) -> Vec<BreakKind> {
        let mut kinds = Vec::new();
        if let (Some(before), Some(after)) = (self.type_of(was), self.type_of(is)) {
            let holds = match self.dialect.release.types_are_affinities {
                true => types::affinity_holds(&after, &before),
                false => types::holds(&after, &before),
            };
            if !holds {
                kinds.push(BreakKind::ChangeType);
            }
        }
        let [before, after] = [was, is].map(|column| self.definition_of(column));
        if types::refuses_null(&after) && !types::refuses_null(&before) && !was.never_null {
            kinds.push(BreakKind::SetNotNull);
        }
        if types::fills(&before) && !types::fills(&after) {
            kinds.push(BreakKind::DropDefault);
        }
        kinds
    }

    fn type_of(&self, column: &Column) -> Option<String> {
        types::after(self.sources, self.dialect, column.span)
    }

    fn definition_of(&self, column: &Column) -> String {
        types::definition(self.sources, self.dialect, column.span).unwrap_or_default()
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
