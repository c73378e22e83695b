//! What tables have that goes with them: indexes and triggers. So it is known what a table lacks that was
//! built anew.

use std::collections::{BTreeMap, BTreeSet};

use super::table_rules::Rule;
use crate::name::Ident;
use crate::read::fact::{Action, Fact, Kind, Object, Part};
use crate::source::Span;

/// The members of all tables.
#[derive(Debug, Default)]
pub(super) struct Members<'a> {
    pub(super) by_table: BTreeMap<Ident, OfTable<'a>>,
    /// The tables that have, or had, a member of a name.
    tables_of: BTreeMap<Ident, BTreeSet<Ident>>,
    /// Those of tables that were emptied to be built anew, by the name that the new one gets.
    pub(super) left: BTreeMap<Ident, Left<'a>>,
    /// The columns that have another name in the new table, from and to.
    pub(super) renamed: BTreeMap<Ident, BTreeMap<Ident, Ident>>,
}

/// What one table has.
#[derive(Debug, Default)]
pub(super) struct OfTable<'a> {
    pub(super) members: Vec<Member<'a>>,
    /// The columns of its keys, those in the statement of the table included.
    pub(super) keys: Vec<&'a [Ident]>,
    /// It was made like another one, and may have its indexes.
    pub(super) is_copy: bool,
}

/// An index or a trigger that a statement of its own has made.
#[derive(Clone, Debug)]
pub(super) struct Member<'a> {
    pub(super) object: &'a Object,
    pub(super) span: Span,
    /// What an index is over, and what its condition names.
    pub(super) columns: Vec<&'a Ident>,
    /// An index that refuses equal rows.
    pub(super) is_key: bool,
}

#[derive(Debug)]
pub(super) struct Left<'a> {
    pub(super) members: Vec<Member<'a>>,
    /// The columns of its keys.
    pub(super) keys: Vec<&'a [Ident]>,
    /// The rules that the statement of the new table does not have, and whether that one differs in other ways,
    /// too.
    pub(super) rules: Vec<(Rule, bool)>,
    /// Where the old table goes.
    pub(super) statement: usize,
    pub(super) span: Span,
}

impl<'a> Members<'a> {
    /// Takes in what a statement makes and drops.
    pub(super) fn statement(&mut self, facts: &'a [Fact]) {
        let facts = || facts.iter().filter(|fact| fact.in_body_of.is_none());
        let makes = |fact: &Fact, kind: Kind| {
            fact.object.kind == kind && matches!(fact.action, Action::Define { .. })
        };
        let table_made = facts().find(|fact| makes(fact, Kind::Table));
        if let Some(table) = table_made
            && !facts().any(|fact| makes(fact, Kind::Column))
        {
            let table = table.object.name.name.clone();
            self.by_table.entry(table).or_default().is_copy = true;
        }
        for fact in facts() {
            match (&fact.action, fact.object.kind) {
                (Action::Define { .. }, Kind::Index | Kind::Trigger) if table_made.is_none() => {
                    let table = match &fact.object.part {
                        Part::Member(_) => Some(&fact.object.name.name),
                        _ => facts().find_map(|it| used_table(it)),
                    };
                    if let Some(table) = table {
                        let columns = facts().filter_map(|it| column_of(it, table));
                        let member = Member {
                            object: &fact.object,
                            span: fact.span,
                            columns: columns.collect(),
                            is_key: facts().any(|it| makes(it, Kind::Key)),
                        };
                        let members = &mut self.by_table.entry(table.clone()).or_default().members;
                        members.retain(|other| !is_one(other.object, &fact.object));
                        members.push(member);
                        self.has(&fact.object, table.clone());
                    }
                }
                (Action::Define { .. }, Kind::Key) => {
                    if let Part::Columns(columns) = &fact.object.part {
                        let table = fact.object.name.name.clone();
                        self.by_table.entry(table).or_default().keys.push(columns);
                    }
                }
                (Action::Drop { .. }, Kind::Index | Kind::Trigger) => {
                    // Behind its table, it is dropped all the same.
                    for left in self.left.values_mut() {
                        left.members.retain(|it| !is_one(it.object, &fact.object));
                    }
                    for table in self.tables_of(&fact.object) {
                        if let Some(table) = self.by_table.get_mut(&table) {
                            table.members.retain(|it| !is_one(it.object, &fact.object));
                        }
                    }
                }
                (Action::Rename { to }, Kind::Index | Kind::Trigger) => {
                    for name in self.tables_of(&fact.object) {
                        let same = |it: &&mut Member<'a>| is_one(it.object, &fact.object);
                        let table = self.by_table.get_mut(&name);
                        let member = table.and_then(|it| it.members.iter_mut().find(same));
                        if let Some(member) = member {
                            member.object = to;
                            self.has(to, name);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn has(&mut self, member: &Object, table: Ident) {
        self.tables_of
            .entry(own_name(member).clone())
            .or_default()
            .insert(table);
    }

    fn tables_of(&self, member: &Object) -> BTreeSet<Ident> {
        self.tables_of
            .get(own_name(member))
            .cloned()
            .unwrap_or_default()
    }

    /// A table gets another name.
    pub(super) fn rename(&mut self, from: &Object, to: &Object) {
        if let Some(members) = self.by_table.remove(&from.name.name) {
            for member in &members.members {
                self.has(member.object, to.name.name.clone());
            }
            self.by_table.insert(to.name.name.clone(), members);
        }
    }

    /// A table goes.
    pub(super) fn drop(&mut self, table: &Object) {
        self.by_table.remove(&table.name.name);
    }

    /// A table makes room for one that is built anew under its name.
    pub(super) fn leave(&mut self, table: &Object, statement: usize, span: Span) {
        if let Some(of_table) = self.by_table.remove(&table.name.name) {
            let left = Left {
                members: of_table.members,
                keys: of_table.keys,
                rules: Vec::new(),
                statement,
                span,
            };
            self.left.insert(table.name.name.clone(), left);
        }
    }

    /// Whether the old table refused equal rows over some of these columns.
    pub(super) fn had_key(&self, table: &Object, columns: &[String]) -> bool {
        let left = self.left.get(&table.name.name);
        let is_within = |key: &&[Ident]| {
            let mut names = key.iter();
            names.all(|name| columns.iter().any(|column| name == column.as_str()))
        };
        left.is_some_and(|left| {
            left.keys
                .iter()
                .any(|key| !key.is_empty() && is_within(key))
        })
    }

    /// The rules of the old table that the new one lacks.
    pub(super) fn lacks(&mut self, table: &Object, rules: Vec<(Rule, bool)>) {
        if let Some(left) = self.left.get_mut(&table.name.name) {
            left.rules = rules;
        }
    }

    /// The columns of a table that is built anew which have other names in it.
    pub(super) fn columns_renamed(&mut self, table: &Object, renamed: BTreeMap<Ident, Ident>) {
        self.renamed.insert(table.name.name.clone(), renamed);
    }
}

fn used_table(fact: &Fact) -> Option<&Ident> {
    let is_table = matches!(fact.object.kind, Kind::Table | Kind::Relation);
    let is_used = matches!(fact.action, Action::Use | Action::Alter);
    (is_table && is_used).then_some(&fact.object.name.name)
}

fn column_of<'f>(fact: &'f Fact, table: &Ident) -> Option<&'f Ident> {
    match &fact.object.part {
        Part::Member(name)
            if fact.object.kind == Kind::Column
                && fact.object.name.name == *table
                && fact.action == Action::Use =>
        {
            Some(name)
        }
        _ => None,
    }
}

/// Whether both are one index, or one trigger.
pub(super) fn is_one(one: &Object, other: &Object) -> bool {
    let same_table = match (&one.part, &other.part) {
        (Part::Member(_), Part::Member(_)) => one.name.name == other.name.name,
        _ => true,
    };
    one.kind == other.kind && same_table && own_name(one) == own_name(other)
}

fn own_name(object: &Object) -> &Ident {
    match &object.part {
        Part::Member(member) => member,
        _ => &object.name.name,
    }
}
