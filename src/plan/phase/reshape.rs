//! What code that runs misses in a table that was built anew, and what is refused there.

use std::collections::BTreeMap;

use super::change::{Break, BreakKind};
use super::classify::{Found, Here, Way};
use super::moves;
use super::rebuild::is_same;
use super::table_rules::{self, Asks, Rule};
use super::types;
use super::world::{Column, Thing};
use crate::name::Ident;
use crate::read::fact::{Kind, Object};
use crate::source::Span;

impl Way<'_> {
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
        if is_old {
            self.compare_rules(older, name, &renamed, here, &mut breaks);
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

    /// Adds the rules that the new table has got, and notes those that it lacks.
    fn compare_rules(
        &mut self,
        older: &Thing,
        name: &Object,
        renamed: &BTreeMap<Ident, Ident>,
        here: &Here<'_>,
        breaks: &mut Vec<Break>,
    ) {
        let rules = |thing: &Thing| table_rules::of(thing, self.sources, self.dialect);
        let Some(now) = self.world.find(name, here.path) else {
            return;
        };
        let (Some(before), Some(after)) = (rules(older), rules(now)) else {
            return;
        };
        let built = self.rebuild(here.statement, |it| is_same(it.name, name));
        let own = name.name.name.as_str();
        let built = built.map_or(own, |it| it.built.name.name.as_str());
        let none = BTreeMap::new();
        let before: Vec<(Asks, Rule)> = (before.into_iter())
            .map(|rule| (rule.asks.renamed(renamed, [own, own]), rule))
            .collect();
        let after: Vec<(Asks, Rule)> = (after.into_iter())
            .map(|rule| (rule.asks.renamed(&none, [built, own]), rule))
            .collect();
        let is_old = |column: &String| {
            let known = older.columns.keys();
            let mut known = known.map(|name| renamed.get(name).unwrap_or(name));
            known.any(|name| name == column.as_str())
        };
        let mut differs = !breaks.is_empty()
            || older.columns.len() != now.columns.len()
            || self.has_other_words(older, now, renamed, [&before, &after]);
        let mut got: Vec<&Asks> = Vec::new();
        for (asks, rule) in &after {
            if before.iter().any(|(other, _)| asks.is_asked_by(other)) {
                continue;
            }
            differs = true;
            got.push(asks);
            let columns = asks.columns();
            let kind = match asks {
                Asks::Unique(_) if !columns.iter().all(is_old) => continue,
                Asks::Unique(_) if self.members.had_key(name, columns) => continue,
                Asks::Unique(_) => BreakKind::AddUnique,
                Asks::Check(_) if columns.iter().any(is_old) => BreakKind::AddCheck,
                Asks::ForeignKey { .. } if columns.iter().any(is_old) => BreakKind::AddForeignKey,
                _ => continue,
            };
            let object = match &rule.beside {
                Some(column) => Object::member(Kind::Column, name.name.clone(), column.clone()),
                None => Object::new(Kind::Table, name.name.clone()),
            };
            breaks.push(Break::new(kind, &object, rule.span));
        }
        let has = |column: &String| now.columns.keys().any(|name| name == column.as_str());
        let lost = before.into_iter().filter(|(asks, _)| {
            let is_whole = match asks {
                // Which of its words are columns is not known.
                Asks::Check(words) => words.iter().any(has),
                _ => asks.columns().iter().all(has),
            };
            is_whole && !after.iter().any(|(other, _)| asks.is_asked_by(other))
        });
        // A new rule of its kind may stand in its place.
        let is_replaced = |asks: &Asks| got.iter().any(|other| asks.is_kind_of(other));
        let lost = lost.filter(|(asks, _)| !is_replaced(asks) || matches!(asks, Asks::Unique(_)));
        let lost = lost.map(|(asks, rule)| (rule, differs && !is_replaced(&asks)));
        let lost = lost.collect();
        self.members.lacks(name, lost);
    }

    /// Whether a column without rules is written in another way.
    fn has_other_words(
        &self,
        older: &Thing,
        now: &Thing,
        renamed: &BTreeMap<Ident, Ident>,
        rules: [&[(Asks, Rule)]; 2],
    ) -> bool {
        // With another rule beside it the words are others anyway.
        let rules_beside = |name: &Ident, rules: &[(Asks, Rule)]| {
            let beside = rules
                .iter()
                .filter(|(_, rule)| rule.beside.as_ref() == Some(name));
            beside.count()
        };
        // SQLite takes a text in either quotes.
        let words = |column: &Column| self.definition_of(column).replace('"', "'");
        older.columns.iter().any(|(name, was)| {
            let to = renamed.get(name).unwrap_or(name);
            let has_as_many = rules_beside(name, rules[0]) == rules_beside(to, rules[1]);
            let is = now.columns.get(to);
            is.is_some_and(|is| has_as_many && words(was) != words(is))
        })
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
}
