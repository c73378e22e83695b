//! What tables lack that a patch has built anew: indexes, triggers and rules.

use std::collections::BTreeMap;

use super::change::{Break, BreakKind};
use super::classify::{Here, Way};
use super::members::{Left, Member, OfTable, is_one};
use super::table_rules::{self, Asks, Rule};
use super::world::Thing;
use super::{Phase, Step};
use crate::name::{Ident, ObjectName};
use crate::read::Patch;
use crate::read::fact::{Action, Kind, Object};
use crate::resolve::PatchId;

/// What a table lacks that a patch has built anew.
#[derive(Debug)]
pub(super) struct Lost<'a> {
    patch: usize,
    turn: usize,
    statement: usize,
    table: Ident,
    what: What<'a>,
    broken: Break,
}

#[derive(Clone, Debug)]
enum What<'a> {
    Member(Member<'a>),
    Rule(Rule),
}

impl<'a> Way<'a> {
    /// Adds what the tables lack that the patch has built anew.
    pub(super) fn tell_lost(
        &mut self,
        patch: &'a Patch,
        place: usize,
        turn: usize,
        steps: &mut Vec<Step>,
    ) {
        let left = std::mem::take(&mut self.members.left);
        let renamed = std::mem::take(&mut self.members.renamed);
        for (table, left) in left {
            let name = table.clone();
            let none = BTreeMap::new();
            let renamed = renamed.get(&table).unwrap_or(&none);
            let body = patch.statements[left.statement].body;
            let here = Here {
                patch: place,
                turn,
                statement: left.statement,
                facts: &[],
                effects: Vec::new(),
                path: None,
                body,
                words: self.sources.slice(body),
            };
            for member in &left.members {
                if self.is_there_again(&table, member, renamed, &here) {
                    continue;
                }
                let mut broken = Break::new(BreakKind::LostInRebuild, member.object, left.span);
                let table = member.object.name.sibling(table.clone());
                broken.to = Some(Object::new(Kind::Table, table));
                broken.made_at = Some(member.span);
                self.lost.push(Lost {
                    patch: place,
                    turn,
                    statement: left.statement,
                    table: name.clone(),
                    what: What::Member(member.clone()),
                    broken: broken.clone(),
                });
                add(steps, &left, broken);
            }
            for (rule, has_other_reasons) in &left.rules {
                if self.is_rule_again(&table, rule, renamed) {
                    continue;
                }
                let name = ObjectName::bare(table.clone());
                let is_key = matches!(rule.asks, Asks::Unique(_));
                let mut broken = if *has_other_reasons {
                    Break::new(
                        BreakKind::LostRule,
                        &Object::new(Kind::Table, name),
                        left.span,
                    )
                } else if let (Asks::Unique(columns), true) = (&rule.asks, is_key) {
                    // It is what the table was built anew for.
                    let columns = columns.iter().map(Ident::folded).collect();
                    Break::new(
                        BreakKind::DropUnique,
                        &Object::key(name, columns),
                        left.span,
                    )
                } else {
                    continue;
                };
                broken.made_at = Some(rule.span);
                broken.old = Some(rule.asks.to_string());
                if *has_other_reasons {
                    self.lost.push(Lost {
                        patch: place,
                        turn,
                        statement: left.statement,
                        table: table.clone(),
                        what: What::Rule(rule.clone()),
                        broken: broken.clone(),
                    });
                }
                add(steps, &left, broken);
                if is_key
                    && let Some(step) = steps.iter_mut().find(|it| it.statement == left.statement)
                {
                    step.phase = Phase::Contract;
                }
            }
        }
    }

    /// What was lost and has not come again, of tables that are there.
    pub(super) fn losses(
        &self,
        patches: &[Patch],
        order: &[PatchId],
    ) -> Vec<(PatchId, usize, Break)> {
        let none = BTreeMap::new();
        let dropped_later = |lost: &Lost<'_>| {
            let later = order[lost.turn..].iter();
            let facts = later.flat_map(|id| patches[id.0 as usize].facts.iter());
            let mut facts = facts.flat_map(|it| &it.facts);
            facts.any(|fact| {
                matches!(fact.action, Action::Drop { .. })
                    && is_one(&fact.object, &lost.broken.object)
            })
        };
        let is_there = |lost: &&Lost<'a>| {
            let name = ObjectName::bare(lost.table.clone());
            let Some(now) = self.world.find(&Object::new(Kind::Relation, name), None) else {
                return true;
            };
            match &lost.what {
                What::Member(member) => {
                    let table = self.members.by_table.get(&lost.table);
                    table.is_some_and(|table| self.stands_in(table, member, &member.columns, now))
                        || dropped_later(lost)
                }
                What::Rule(rule) => {
                    let rules = table_rules::of(now, self.sources, self.dialect);
                    let has =
                        |rules: Vec<Rule>| rules.iter().any(|it| rule.asks.is_asked_by(&it.asks));
                    rules.is_none_or(has) || self.is_rule_again(&lost.table, rule, &none)
                }
            }
        };
        let lost = self.lost.iter().filter(|lost| !is_there(lost));
        let lost = lost.map(|lost| {
            (
                PatchId(lost.patch as u32),
                lost.statement,
                lost.broken.clone(),
            )
        });
        lost.collect()
    }

    /// Whether a table has something that stands for an index or a trigger, or has not what it is over.
    fn stands_in(
        &self,
        now: &OfTable<'_>,
        member: &Member<'_>,
        columns: &[&Ident],
        thing: &Thing,
    ) -> bool {
        if now
            .members
            .iter()
            .any(|it| is_one(it.object, member.object))
        {
            return true;
        }
        if member.object.kind != Kind::Index {
            return false;
        }
        let is_gone = |name: &&Ident| !thing.has_more && !thing.columns.contains_key(*name);
        // What is found by the first columns of a longer index is found by that one.
        let is_found = |it: &[&Ident]| match member.is_key {
            true => it.len() == columns.len() && columns.iter().all(|name| it.contains(name)),
            false => it.starts_with(columns),
        };
        let key = |key: &&[Ident]| is_found(&key.iter().collect::<Vec<_>>());
        now.is_copy
            || columns.iter().any(is_gone)
            || now.members.iter().any(|it| is_found(&it.columns))
            || now.keys.iter().any(key)
    }

    /// Whether the new table has a key in place of an old rule, or has not the columns.
    fn is_rule_again(&self, table: &Ident, rule: &Rule, renamed: &BTreeMap<Ident, Ident>) -> bool {
        let Asks::Unique(columns) = rule.asks.renamed(renamed, ["", ""]) else {
            return false;
        };
        let now = self.members.by_table.get(table);
        now.is_some_and(|now| {
            let is_same = |key: &&[Ident]| {
                let mut key: Vec<&str> = key.iter().map(Ident::as_str).collect();
                key.sort_unstable();
                key == columns
            };
            now.is_copy || now.keys.iter().any(is_same)
        })
    }

    /// Whether the new table has it as well, or has not what it is over.
    fn is_there_again(
        &self,
        table: &Ident,
        member: &Member<'a>,
        renamed: &BTreeMap<Ident, Ident>,
        here: &Here<'a>,
    ) -> bool {
        if self.anew(member.object, here).is_some() {
            return true;
        }
        let thing = Object::new(Kind::Relation, member.object.name.sibling(table.clone()));
        let now = self.members.by_table.get(table);
        let (Some(now), Some(thing)) = (now, self.world.find(&thing, here.path)) else {
            return false;
        };
        let columns = member.columns.iter();
        let columns: Vec<&Ident> = columns
            .map(|&name| renamed.get(name).unwrap_or(name))
            .collect();
        self.stands_in(now, member, &columns, thing)
    }
}

fn add(steps: &mut Vec<Step>, left: &Left<'_>, broken: Break) {
    let after = steps.partition_point(|it| it.statement < left.statement);
    match steps.get_mut(after) {
        Some(step) if step.statement == left.statement => step.breaks.push(broken),
        _ => steps.insert(
            after,
            Step {
                statement: left.statement,
                phase: Phase::Expand,
                span: left.span,
                breaks: vec![broken],
                adds: false,
            },
        ),
    }
}
