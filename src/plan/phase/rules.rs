//! What becomes stricter: types, keys, checks, rights.

use std::collections::BTreeSet;

use super::Phase;
use super::change::{Break, BreakKind};
use super::classify::{Found, Here, Way};
use super::constraint;
use super::types;
use super::world::owner;
use crate::name::Ident;
use crate::read::effect::{Effect, What};
use crate::read::fact::{Action, Fact, Kind, Object, Part};
use crate::source::Span;

impl<'a> Way<'a> {
    pub(super) fn change_type(
        &mut self,
        column: &Object,
        span: Span,
        words: Option<(Span, bool)>,
        here: &Here<'_>,
        found: &mut Found,
    ) {
        let known = self.column(column, here).map(|column| column.span);
        let before = known.and_then(|span| types::after(self.sources, self.dialect, span));
        let computed = words.is_some_and(|(_, computed)| computed);
        let words = words.map(|(words, _)| words);
        let now = words.map(|span| types::normal(self.sources.slice(span)));
        let (same, rewrites) = match (&before, &now) {
            (Some(before), Some(now)) => {
                let same = types::holds(now, before) && !computed;
                (same, !same || types::is_wider_integer(now, before))
            }
            _ => (false, false),
        };
        if rewrites && self.dialect.release.rewrites_block && self.is_old_column(column, here) {
            let mut broken = Break::new(BreakKind::BlockingRewrite, column, span);
            broken.old.clone_from(&before);
            broken.new.clone_from(&now);
            found.breaks(broken);
        }
        if same || !self.is_old_column(column, here) {
            found.is(Phase::Expand, span);
        } else {
            let mut broken = Break::new(BreakKind::ChangeType, column, span);
            broken.made_at = known;
            broken.old = before;
            broken.new = now;
            found.breaks(broken);
        }
        // From now on this is where its type stands.
        if let (Part::Member(name), Some(words)) = (&column.part, words)
            && let Some(owner) = self.world.find_mut(&owner(column), here.path)
            && let Some(column) = owner.columns.get_mut(name)
        {
            column.span = Span::new(words.source, words.start, words.start);
        }
    }

    pub(super) fn effect(&mut self, effect: &Effect, here: &Here<'a>, found: &mut Found) {
        let object = &effect.object;
        let rules = &self.dialect.release;
        let table = owner(object);
        let was_there = self.was_there(effect, here);
        if matches!(
            effect.what,
            What::AddUnique { .. } | What::AddCheck { .. } | What::AddForeignKey { .. }
        ) {
            self.forget_rules(&table, here);
        }
        if was_there {
            found.is(Phase::Expand, effect.span);
        }
        let mut tell = |kind: BreakKind| found.breaks(Break::new(kind, object, effect.span));
        match &effect.what {
            What::AddColumn {
                required,
                filled,
                rewrites,
            } => {
                let old = self.is_old(&table, here);
                if old && *required {
                    tell(BreakKind::AddRequired);
                } else if old && *rewrites && rules.rewrites_block {
                    tell(BreakKind::BlockingRewrite);
                }
                if let Part::Member(name) = &object.part
                    && let Some(owner) = self.world.find_mut(&table, here.path)
                    && let Some(column) = owner.columns.get_mut(name)
                {
                    column.filled = *filled;
                }
            }
            What::SetNotNull => {
                let column = self.column(object, here);
                let fills_itself = column
                    .is_some_and(|column| column.filled && self.is_new(column.made, here.patch));
                let checked = column.is_some_and(|column| column.never_null);
                if !self.is_old(&table, here) {
                    return;
                }
                if !fills_itself {
                    tell(BreakKind::SetNotNull);
                }
                if rules.checks_block && !checked {
                    tell(BreakKind::BlockingScan);
                }
            }
            What::DropDefault => {
                if self.is_old_column(object, here) {
                    tell(BreakKind::DropDefault);
                }
            }
            What::ChangeType { words, computed } => {
                let words = Some((*words, *computed));
                self.change_type(object, effect.span, words, here, found);
            }
            What::EqualValues => {
                if self.is_old(&table, here) {
                    tell(BreakKind::AddUnique);
                }
            }
            What::AttachPartition => {
                if self.is_old(object, here) {
                    tell(BreakKind::AddCheck);
                    if rules.checks_block {
                        tell(BreakKind::BlockingScan);
                    }
                }
            }
            What::TableToPartition => {
                if self.is_old(object, here) {
                    tell(BreakKind::DropTable);
                }
            }
            What::SwitchOff => {
                // A patch that loads rows may switch it off and on again.
                let on_again = |(statement, other): &(usize, &Object)| {
                    *statement > here.statement && is_same_switch(other, object)
                };
                let on_again = self.switched_on.iter().any(on_again);
                if !on_again && self.is_old(&table, here) && self.is_old(object, here) {
                    tell(BreakKind::SwitchOff);
                }
            }
            What::SwitchOn => found.is(Phase::Expand, effect.span),
            What::OtherEffect => {
                let old = match object.part {
                    Part::Member(_) => self.is_old_column(object, here),
                    _ => self.is_old(object, here),
                };
                if old {
                    tell(BreakKind::OtherEffect);
                }
            }
            What::Owner => {
                if self.is_old(object, here) {
                    tell(BreakKind::TakeRights);
                }
            }
            What::AddUnique { using_index } => {
                if self.is_old(&table, here) && self.looks_at_old(effect, here) {
                    if !was_there {
                        tell(BreakKind::AddUnique);
                    }
                    if rules.index_blocks && !using_index {
                        tell(BreakKind::BlockingKey);
                    }
                }
            }
            What::AddCheck { checked } | What::AddForeignKey { checked } => {
                let is_check = matches!(effect.what, What::AddCheck { .. });
                if is_check {
                    self.note_check(effect, here);
                }
                if self.is_old(&table, here) && self.looks_at_old(effect, here) {
                    if !was_there {
                        tell(match is_check {
                            true => BreakKind::AddCheck,
                            false => BreakKind::AddForeignKey,
                        });
                    }
                    if rules.checks_block && *checked {
                        tell(BreakKind::BlockingScan);
                    }
                }
            }
            What::Index { unique, concurrent } => {
                if !self.is_old(&table, here) {
                    return;
                }
                if *unique && self.looks_at_old(effect, here) && !self.is_back(here) {
                    tell(BreakKind::AddUnique);
                }
                if rules.index_blocks && !concurrent {
                    tell(BreakKind::BlockingIndex);
                }
            }
            What::SecureRows => {
                if self.is_old(&table, here) {
                    tell(BreakKind::TakeRights);
                }
            }
            What::Revoke => {
                let named = here
                    .facts
                    .iter()
                    .filter(|fact| fact.object.kind != Kind::Role);
                let mut named = named
                    .filter(|fact| fact.object.kind != Kind::Column)
                    .peekable();
                let whole = named.peek().map(|fact| fact.object.clone());
                if named.any(|fact| self.is_old(&fact.object, here)) {
                    let object = whole.unwrap_or_else(|| object.clone());
                    found.breaks(Break::new(BreakKind::TakeRights, &object, effect.span));
                }
            }
            What::DeleteAll => {
                if self.is_old(&table, here) {
                    tell(BreakKind::DeleteAll);
                }
            }
            What::Redefine(words) if self.is_old_column(object, here) => {
                let known = self.column(object, here).map(|column| column.span);
                let before =
                    known.and_then(|span| types::definition(self.sources, self.dialect, span));
                let Some(before) = before else {
                    return;
                };
                let now = types::normal(self.sources.slice(*words));
                if types::refuses_null(&now) && !types::refuses_null(&before) {
                    tell(BreakKind::SetNotNull);
                }
                if types::fills(&before) && !types::fills(&now) {
                    tell(BreakKind::DropDefault);
                }
            }
            What::Rewrite => {
                if self.is_old(&table, here) {
                    tell(BreakKind::BlockingRewrite);
                }
            }
            What::DropPartition => {
                if self.is_old(&table, here) {
                    tell(BreakKind::DeleteAll);
                }
            }
            What::Redefine(_) | What::Returns(_) => {}
        }
    }

    /// The rules of a table stand no more in the statement that has made it.
    pub(super) fn forget_rules(&mut self, table: &Object, here: &Here<'_>) {
        let makes_it = |fact: &Fact| {
            fact.object.kind == Kind::Table && matches!(fact.action, Action::Define { .. })
        };
        if !here.facts.iter().any(makes_it)
            && let Some(thing) = self.world.find_mut(table, here.path)
        {
            thing.body = None;
        }
    }

    /// Whether the index that the statement makes was there before its table was built anew.
    fn is_back(&self, here: &Here<'_>) -> bool {
        let indexes = here.facts.iter().filter(|fact| {
            fact.object.kind == Kind::Index && matches!(fact.action, Action::Define { .. })
        });
        let mut things = indexes.filter_map(|fact| self.world.find(&fact.object, here.path));
        things.any(|thing| thing.unique && !self.is_new(thing.made, here.patch))
    }

    /// Whether a constraint that is added here asks only what one asked that has just gone.
    fn was_there(&self, effect: &Effect, here: &Here<'_>) -> bool {
        let is_rule = matches!(
            effect.what,
            What::AddUnique { .. } | What::AddCheck { .. } | What::AddForeignKey { .. }
        );
        if !is_rule || self.lifted.is_empty() {
            return false;
        }
        let rule = constraint::rule(self.sources.slice(effect.span), None, self.dialect);
        let table = effect.object.name.name.as_str();
        rule.is_some_and(|rule| {
            self.lifted.iter().any(|lifted| {
                lifted.table == table
                    && self.is_new(lifted.patch, here.patch)
                    && constraint::is_same(&lifted.rule, &rule)
            })
        })
    }

    /// `CHECK (c IS NOT NULL)`: a later NOT NULL looks at no rows.
    pub(super) fn note_check(&mut self, effect: &Effect, here: &Here<'a>) {
        let words = self.sources.slice(effect.span).to_ascii_lowercase();
        if !words.contains("is not null") || words.contains(" or ") {
            return;
        }
        let inside = |span: Span| effect.span.start <= span.start && span.end <= effect.span.end;
        let columns = here.facts.iter().filter(|fact| {
            inside(fact.span) && fact.object.kind == Kind::Column && fact.action == Action::Use
        });
        for fact in columns {
            if let Part::Member(name) = &fact.object.part
                && let Some(owner) = self.world.find_mut(&owner(&fact.object), here.path)
                && let Some(column) = owner.columns.get_mut(name)
            {
                column.never_null = true;
            }
        }
    }

    /// Whether a rule is over a column that old code writes: where all of them are new, it leaves
    /// them NULL.
    pub(super) fn looks_at_old(&self, effect: &Effect, here: &Here<'_>) -> bool {
        let inside = |span: Span| effect.span.start <= span.start && span.end <= effect.span.end;
        let mut columns = BTreeSet::new();
        for fact in here.facts.iter().filter(|fact| inside(fact.span)) {
            if fact.object.name.name != effect.object.name.name {
                continue;
            }
            match &fact.object.part {
                Part::Member(name) if fact.object.kind == Kind::Column => {
                    columns.insert(name.clone());
                }
                Part::Columns(names) => columns.extend(names.iter().cloned()),
                _ => {}
            }
        }
        let is_new = |name: &Ident| {
            let table = effect.object.name.clone();
            !self.is_old_column(&Object::member(Kind::Column, table, name.clone()), here)
        };
        // Equal values are refused only where all columns are filled; a check may look at one.
        match effect.what {
            What::AddUnique { .. } | What::Index { .. } => !columns.iter().any(is_new),
            _ => columns.is_empty() || !columns.iter().all(is_new),
        }
    }
}

/// Whether the one is switched that the other is; `ALL` and `USER` are all of a table.
fn is_same_switch(one: &Object, other: &Object) -> bool {
    let word = |object: &Object| match &object.part {
        Part::Member(name) => name.as_str().to_owned(),
        _ => String::new(),
    };
    let [one_word, other_word] = [one, other].map(word);
    one.kind == other.kind
        && one.name == other.name
        && (one_word == other_word || matches!(one_word.as_str(), "all" | "user"))
}
