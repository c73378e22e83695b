//! What a statement makes, and what old code misses of what is made anew.

use std::collections::BTreeSet;

use super::Phase;
use super::change::{Break, BreakKind};
use super::classify::{Found, Here, OUTSIDE, Way, is_rename};
use super::constraint;
use super::gone::has_words;
use super::later::Birth;
use super::world::{Column, Thing, World, owner};
use crate::name::Ident;
use crate::read::effect::What;
use crate::read::fact::{Action, Fact, Kind, Object, Part};
use crate::source::{Sources, Span};

impl<'a> Way<'a> {
    pub(super) fn define(
        &mut self,
        fact: &Fact,
        here: &Here<'a>,
        (replace, if_absent, temporary): (bool, bool, bool),
        found: &mut Found,
    ) {
        let object = &fact.object;
        if !temporary {
            found.is(Phase::Expand, fact.span);
        }
        match object.kind {
            Kind::Key => {}
            Kind::Column => {
                let Part::Member(name) = &object.part else {
                    return;
                };
                let made = here.patch;
                if let Some(owner) = self.world.find_mut(&owner(object), here.path) {
                    let column = Column {
                        made,
                        span: fact.span,
                        filled: false,
                        never_null: false,
                    };
                    if !(if_absent && owner.columns.contains_key(name)) {
                        owner.columns.insert(name.clone(), column);
                    }
                }
            }
            _ => {
                let there = self.world.find(object, here.path);
                if if_absent && there.is_some_and(|thing| thing.kind == object.kind) {
                    return;
                }
                if replace
                    && there.is_some_and(|thing| !self.is_new(thing.made, here.patch))
                    && let Some(older) = there.cloned()
                {
                    let birth = Birth {
                        patch: here.patch,
                        turn: here.turn,
                        statement: here.statement,
                        fact,
                        facts: here.facts,
                    };
                    self.replaced(&older, object, fact.span, &birth, here, found);
                    // It is still the old one to whoever has used it.
                    let made = older.made;
                    self.world.add(object, here.path, made, temporary);
                } else {
                    let back = there
                        .filter(|older| self.comes_back(object, older, here))
                        .map(|older| older.made);
                    let made = match self.take_kept(object) {
                        Some(kept) => {
                            if kept.patch == here.patch {
                                found.is(kept.phase, fact.span);
                            }
                            kept.thing.map_or(OUTSIDE, |older| older.made)
                        }
                        None => back.unwrap_or(here.patch),
                    };
                    self.world.add(object, here.path, made, temporary);
                }
                let unique = is_key_beside(here) && !is_plain_index(here, fact.span, self.sources);
                let returns = here.effects.iter().find_map(|effect| match &effect.what {
                    What::Returns(words) => Some(words.clone()),
                    _ => None,
                });
                let rule = self.rule_made(fact, here);
                if object.kind == Kind::Table {
                    self.take_columns(object, here);
                }
                if let Some(thing) = self.world.find_mut(object, here.path) {
                    thing.rule = rule;
                    thing.unique = unique && object.kind == Kind::Index;
                    thing.returns = returns;
                    thing.body = (object.kind == Kind::Table).then_some(here.body);
                }
            }
        }
    }

    /// `CREATE TABLE n LIKE t` and `(LIKE t …)` copy what is known of the columns; those of `AS SELECT` are not
    /// known.
    fn take_columns(&mut self, object: &Object, here: &Here<'a>) {
        let copies = has_words(here.words, " like ") || has_words(here.words, "(like ");
        let named = here.facts.iter().filter(|fact| {
            let is_table = matches!(fact.object.kind, Kind::Table | Kind::Relation | Kind::View);
            let is_read = !matches!(fact.action, Action::Define { .. });
            is_table && is_read && fact.in_body_of.is_none() && fact.object.name != object.name
        });
        let mut others = named.filter(|_| copies).peekable();
        let defines = here.facts.iter().any(|fact| {
            fact.object.kind == Kind::Column && matches!(fact.action, Action::Define { .. })
        });
        let mut has_more = !defines && others.peek().is_none();
        let mut taken = Vec::new();
        for other in others {
            match self.world.find(&other.object, here.path) {
                Some(other) => {
                    has_more |= other.has_more;
                    let columns = other.columns.iter();
                    taken.extend(columns.map(|(name, column)| (name.clone(), column.clone())));
                }
                None => has_more = true,
            }
        }
        if let Some(thing) = self.world.find_mut(object, here.path) {
            thing.has_more = has_more;
            for (name, mut column) in taken {
                column.made = here.patch;
                thing.columns.entry(name).or_insert(column);
            }
        }
    }

    /// What a constraint asks for that is made here: what stands behind its name.
    fn rule_made(&self, fact: &Fact, here: &Here<'_>) -> Option<String> {
        if fact.object.kind != Kind::Constraint {
            return None;
        }
        let columns = here.facts.iter().filter(|other| {
            other.object.kind == Kind::Column
                && matches!(other.action, Action::Define { .. })
                && other.object.name == fact.object.name
                && other.span.end <= fact.span.start
        });
        let beside = columns.max_by_key(|column| column.span.start);
        let beside = beside.and_then(|column| match &column.object.part {
            Part::Member(name) => Some(name.as_str()),
            _ => None,
        });
        let text = &self.sources.get(fact.span.source).text;
        let behind = text.get(fact.span.end as usize..)?;
        constraint::rule(behind, beside, self.dialect)
    }

    /// What old code misses of a view or routine that is made anew.
    pub(super) fn replaced(
        &self,
        older: &Thing,
        object: &Object,
        span: Span,
        birth: &Birth<'_>,
        here: &Here<'_>,
        found: &mut Found,
    ) {
        match object.kind {
            Kind::View | Kind::MaterializedView | Kind::Table | Kind::Relation => {
                let now = columns_of(birth, &self.world, here.path);
                let is_view = matches!(older.kind, Kind::View | Kind::MaterializedView);
                if now.is_empty() {
                    return;
                }
                for (name, column) in &older.columns {
                    if now.contains(name) || self.is_new(column.made, here.patch) && !is_view {
                        continue;
                    }
                    let kind = if is_view {
                        BreakKind::DropViewColumn
                    } else {
                        BreakKind::DropColumn
                    };
                    let lost = Object::member(Kind::Column, object.name.clone(), name.clone());
                    let mut broken = Break::new(kind, &lost, span);
                    broken.made_at = Some(column.span);
                    found.breaks(broken);
                }
            }
            Kind::Routine | Kind::Procedure => {
                let Part::Arguments(now) = &birth.fact.object.part else {
                    return;
                };
                let Some(before) = &older.signature else {
                    return;
                };
                let takes_fewer = before.min < now.min
                    || match (before.max, now.max) {
                        (_, None) => false,
                        (None, Some(_)) => true,
                        (Some(before), Some(now)) => before > now,
                    };
                let other_types = match (&before.types, &now.types) {
                    (Some(before), Some(now)) => !now.starts_with(before) && !takes_fewer,
                    _ => false,
                };
                let returns = here_returns(here, birth);
                let other_result = match (&older.returns, returns) {
                    (Some(before), Some(now)) => before != now,
                    _ => false,
                };
                if takes_fewer || other_types || other_result {
                    let mut broken = Break::new(BreakKind::ChangeRoutine, object, span);
                    if other_result {
                        broken.old.clone_from(&older.returns);
                        broken.new = returns.map(str::to_owned);
                    }
                    found.breaks(broken);
                }
            }
            _ => {}
        }
    }
}

/// Whether what the statement makes refuses equal rows.
fn is_key_beside(here: &Here<'_>) -> bool {
    let makes_key =
        |fact: &Fact| fact.object.kind == Kind::Key && matches!(fact.action, Action::Define { .. });
    here.facts.iter().any(makes_key)
}

/// `KEY k (c)` beside keys that are unique: the words before its name say so.
fn is_plain_index(here: &Here<'_>, name: Span, sources: &Sources) -> bool {
    let text = &sources.get(name.source).text;
    let before = text.get(..name.start as usize).unwrap_or("");
    let start = before.rfind([',', '(', ';']).map_or(0, |place| place + 1);
    let words: Vec<String> = before[start..]
        .split_whitespace()
        .map(str::to_lowercase)
        .collect();
    let has = |word: &str| words.iter().any(|other| other == word);
    let behind = text.get(name.end as usize..).unwrap_or("").trim_start();
    // Its index has the name of the foreign key.
    if behind
        .get(..7)
        .is_some_and(|it| it.eq_ignore_ascii_case("foreign"))
    {
        return true;
    }
    here.words.len() > before.len() - start
        && (has("key") || has("index"))
        && !(has("unique") || has("primary") || has("constraint"))
}

/// The columns of what is born.
fn columns_of(birth: &Birth<'_>, world: &World<'_>, path: Option<&[Ident]>) -> BTreeSet<Ident> {
    if is_rename(birth.fact) {
        let thing = world.find(&birth.fact.object, path);
        return thing.map_or_else(BTreeSet::new, |thing| {
            thing.columns.keys().cloned().collect()
        });
    }
    let own = |fact: &&Fact| {
        fact.object.kind == Kind::Column
            && matches!(fact.action, Action::Define { .. })
            && fact.object.name == birth.fact.object.name
    };
    let columns = birth.facts.iter().filter(own);
    columns
        .filter_map(|fact| match &fact.object.part {
            Part::Member(name) => Some(name.clone()),
            _ => None,
        })
        .collect()
}

/// What the routine that is born returns, if it is born in this very statement.
fn here_returns<'h>(here: &Here<'h>, birth: &Birth<'_>) -> Option<&'h str> {
    if birth.statement != here.statement || birth.patch != here.patch {
        return None;
    }
    here.effects.iter().find_map(|effect| match &effect.what {
        What::Returns(words) => Some(words.as_str()),
        _ => None,
    })
}
