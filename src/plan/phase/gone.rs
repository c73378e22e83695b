//! What goes and what gets another name.

use super::Phase;
use super::change::{Break, BreakKind};
use super::classify::{Found, Here, Kept, OUTSIDE, Way, is_rename};
use super::constraint::Lifted;
use super::later::Birth;
use super::rebuild::Rebuild;
use super::types;
use super::world::{Thing, owner};
use crate::read::fact::{Action, Fact, Kind, Object, Part};

impl<'a> Way<'a> {
    pub(super) fn drop(
        &mut self,
        fact: &Fact,
        here: &Here<'a>,
        if_exists: bool,
        found: &mut Found,
    ) {
        let object = &fact.object;
        if object.kind == Kind::Column {
            self.drop_column(fact, here, found);
            return;
        }
        if matches!(object.kind, Kind::Key | Kind::Constraint) {
            self.forget_rules(&owner(object), here);
        }
        if object.kind == Kind::Key && has_words(here.words, "drop primary key") {
            if self.is_old(&owner(object), here) {
                found.breaks(Break::new(BreakKind::DropUnique, object, fact.span));
            }
            return;
        }
        let thing = self.world.remove(object, here.path);
        if let Some(rebuild) = self.is_copied(object, here.statement) {
            self.make_room(thing, (fact, rebuild.emptied()), rebuild, here, found);
            return;
        }
        if self.is_rebuilt(object, here.statement) {
            self.members.leave(object, here.statement, fact.span);
        }
        if let Some(rebuild) = self.emptied(object, here.statement) {
            // Its rows are in the table that has taken its name.
            self.members.drop(object);
            found.is(Phase::Expand, fact.span);
            if let Some(thing) = &thing
                && rebuild.keeps_its_name()
            {
                self.reshape(thing, rebuild.name, fact.span, here, found);
            }
            return;
        }
        if matches!(object.kind, Kind::Table | Kind::Relation) {
            self.members.drop(object);
        }
        if thing
            .as_ref()
            .is_some_and(|thing| self.is_new(thing.made, here.patch))
            || thing.is_none() && if_exists
        {
            return;
        }
        if self.is_rebuilt(object, here.statement) {
            found.is(Phase::Expand, fact.span);
            self.kept.push(Kept {
                object: object.clone(),
                thing,
                patch: here.patch,
                phase: Phase::Expand,
            });
            return;
        }
        if let Some(rule) = thing.as_ref().and_then(|thing| thing.rule.clone()) {
            self.lifted.push(Lifted {
                table: object.name.name.to_string(),
                rule,
                patch: here.patch,
            });
        }
        // A constraint that refuses rows goes; an index that only helps as well.
        // A constraint that refuses equal rows has an index of its own name.
        let own_index = match (&object.kind, &object.part) {
            (Kind::Constraint, Part::Member(name)) => {
                let mut index = object.name.clone();
                index.name = name.clone();
                let index = Object::new(Kind::Index, index);
                self.world.remove(&index, here.path)
            }
            _ => None,
        };
        let is_unique = [&thing, &own_index]
            .into_iter()
            .flatten()
            .any(|thing| thing.unique);
        // SQL Server's defaults have names.
        let rule = thing.as_ref().and_then(|thing| thing.rule.as_deref());
        let is_default = rule.is_some_and(|rule| rule.starts_with("default "));
        let kind = match object.kind {
            Kind::Table => BreakKind::DropTable,
            Kind::View | Kind::MaterializedView => BreakKind::DropView,
            Kind::Relation => match thing.as_ref().map(|thing| thing.kind) {
                Some(Kind::View | Kind::MaterializedView) => BreakKind::DropView,
                _ => BreakKind::DropTable,
            },
            Kind::Routine | Kind::Procedure => BreakKind::DropRoutine,
            Kind::Index | Kind::Constraint if is_unique => BreakKind::DropUnique,
            Kind::Constraint if is_default => BreakKind::DropDefault,
            Kind::Index | Kind::Constraint | Kind::Key | Kind::Statistics => return,
            Kind::Publication | Kind::Subscription | Kind::EventTrigger => return,
            Kind::Trigger | Kind::Policy | Kind::Rule => BreakKind::DropObject,
            _ => BreakKind::DropObject,
        };
        if let Some(birth) = self.anew(object, here) {
            found.is(Phase::Expand, fact.span);
            match (&thing, birth.fact.object.kind) {
                // The rows go with a table that is made anew, unless they were moved before.
                _ if kind == BreakKind::DropTable && !is_rename(birth.fact) => {
                    if birth.fact.object.kind == Kind::Table {
                        found.breaks(Break::new(kind, object, fact.span));
                    }
                }
                (Some(thing), _) => {
                    let birth = *birth;
                    self.replaced(thing, object, fact.span, &birth, here, found);
                }
                (None, _) => {}
            }
            // What takes its place is what old code goes on with.
            self.kept.push(Kept {
                object: object.clone(),
                thing,
                patch: here.patch,
                phase: found.phase(),
            });
            return;
        }
        if kind == BreakKind::DropRoutine && self.has_overload(object, here) {
            let mut broken = Break::new(BreakKind::ChangeRoutine, object, fact.span);
            broken.made_at = None;
            found.breaks(broken);
            return;
        }
        found.breaks(Break::new(kind, object, fact.span));
    }

    pub(super) fn drop_column(&mut self, fact: &Fact, here: &Here<'a>, found: &mut Found) {
        let object = &fact.object;
        let old = self.is_old_column(object, here);
        let made_at = self.column(object, here).map(|column| column.span);
        if let Part::Member(name) = &object.part
            && let Some(owner) = self.world.find_mut(&owner(object), here.path)
        {
            owner.columns.remove(name);
        }
        if old {
            let mut broken = Break::new(BreakKind::DropColumn, object, fact.span);
            broken.made_at = made_at;
            found.breaks(broken);
        }
    }

    /// Whether the name is born again before old code is over.
    pub(super) fn anew(&self, object: &Object, here: &Here<'_>) -> Option<&Birth<'a>> {
        let mut after = self.later.after(object, here.turn, here.statement);
        let in_time = |birth: &&Birth<'a>| {
            let fits = match (&object.part, &birth.fact.object.part) {
                (Part::Member(_), Part::Member(_)) => {
                    object.name.name == birth.fact.object.name.name
                }
                _ => true,
            };
            fits && self.is_new(birth.patch, here.patch)
        };
        after.find(in_time)
    }

    /// Lets a table be another one, while a new one takes its name.
    fn make_room(
        &mut self,
        thing: Option<Thing>,
        (fact, to): (&Fact, &Object),
        rebuild: Rebuild<'a>,
        here: &Here<'a>,
        found: &mut Found,
    ) {
        let object = &fact.object;
        self.members.leave(object, here.statement, fact.span);
        found.is(Phase::Expand, fact.span);
        self.kept.push(Kept {
            object: object.clone(),
            thing: thing.clone(),
            patch: here.patch,
            phase: Phase::Expand,
        });
        if let Some(mut thing) = thing {
            thing.schema = self.world.schema(to, here.path);
            if !rebuild.keeps_its_name() {
                // No code that runs knows it by its new one.
                thing.made = here.patch;
            }
            self.world.put(to, thing);
        }
    }

    pub(super) fn take_kept(&mut self, object: &Object) -> Option<Kept> {
        let same = |kept: &Kept| {
            kept.object.kind.namespace() == object.kind.namespace()
                && kept.object.name.name == object.name.name
                && match (&kept.object.part, &object.part) {
                    (Part::Member(one), Part::Member(other)) => one == other,
                    _ => true,
                }
        };
        let place = self.kept.iter().position(same)?;
        Some(self.kept.remove(place))
    }

    pub(super) fn has_overload(&self, routine: &Object, here: &Here<'_>) -> bool {
        let overloads = self.world.overloads(routine).iter();
        let mut new = overloads.filter(|thing| self.is_new(thing.made, here.patch));
        new.next().is_some()
    }

    pub(super) fn rename(&mut self, fact: &Fact, to: &Object, here: &Here<'a>, found: &mut Found) {
        let object = &fact.object;
        if object == to {
            return;
        }
        if object.kind == Kind::Column {
            let (Part::Member(from), Part::Member(name)) = (&object.part, &to.part) else {
                return;
            };
            let old = self.is_old_column(object, here);
            let mut broken = Break::new(BreakKind::RenameColumn, object, fact.span);
            broken.to = Some(to.clone());
            if let Some(owner) = self.world.find_mut(&owner(object), here.path)
                && let Some(column) = owner.columns.remove(from)
            {
                broken.made_at = Some(column.span);
                owner.columns.insert(name.clone(), column);
            }
            if old {
                found.breaks(broken);
            } else {
                found.is(Phase::Expand, fact.span);
            }
            return;
        }
        let thing = self.world.remove(object, here.path);
        if let Some(rebuild) = self.makes_room(object, to, here.statement) {
            self.make_room(thing, (fact, to), rebuild, here, found);
            return;
        }
        self.members.rename(object, to);
        let old = thing
            .as_ref()
            .is_none_or(|thing| !self.is_new(thing.made, here.patch));
        let is_view_now = thing
            .as_ref()
            .is_some_and(|thing| matches!(thing.kind, Kind::View | Kind::MaterializedView));
        let columns = thing.as_ref().filter(|thing| !thing.has_more).map(|thing| {
            let columns = thing.columns.iter();
            let mut columns: Vec<_> = columns.map(|(name, it)| (name.clone(), it.span)).collect();
            columns.sort_by_key(|(_, span)| *span);
            columns
        });
        if let Some(mut thing) = thing {
            thing.schema = self.world.schema(to, here.path);
            let older = self.take_kept(to).map(|kept| kept.thing);
            if let Some(None) = older {
                thing.made = OUTSIDE;
            }
            self.world.put(to, thing);
            if let Some(Some(older)) = older {
                self.reshape(&older, to, fact.span, here, found);
            }
        }
        let kind = match object.kind {
            Kind::Index | Kind::Constraint => {
                let is_key = self.rename_key(object, to, here);
                if !is_key || !old || !self.dialect.release.keys_are_named {
                    return;
                }
                BreakKind::RenameUnique
            }
            Kind::Key => return,
            Kind::Table | Kind::View | Kind::MaterializedView | Kind::Relation => {
                BreakKind::RenameTable
            }
            Kind::Routine | Kind::Procedure => BreakKind::DropRoutine,
            Kind::EnumValue => BreakKind::RenameValue,
            _ => BreakKind::DropObject,
        };
        // `RENAME TABLE t TO new, v TO t` does both at once.
        let takes_its_name =
            |other: &Fact| matches!(&other.action, Action::Rename { to } if to.name == object.name);
        let at_once = kind == BreakKind::RenameTable && here.facts.iter().any(takes_its_name);
        if !old || at_once || self.anew(object, here).is_some() {
            // A view or another table takes the old name.
            found.is(Phase::Expand, fact.span);
            return;
        }
        let mut broken = Break::new(kind, object, fact.span);
        broken.to = Some(to.clone());
        broken.columns = columns;
        if is_view_now {
            broken.object.kind = Kind::View;
        }
        found.breaks(broken);
    }
}

impl Way<'_> {
    /// A unique constraint and its index have one name, and get another one together. Says whether this is such
    /// a constraint.
    fn rename_key(&mut self, object: &Object, to: &Object, here: &Here<'_>) -> bool {
        let companion = |object: &Object| match &object.part {
            Part::Member(name) if object.kind == Kind::Constraint => {
                Some(Object::new(Kind::Index, object.name.sibling(name.clone())))
            }
            _ if object.kind == Kind::Index => {
                let name = object.name.name.clone();
                Some(Object::member(Kind::Constraint, object.name.clone(), name))
            }
            _ => None,
        };
        let (Some(from), Some(mut now)) = (companion(object), companion(to)) else {
            return false;
        };
        let Some(mut thing) = self.world.remove(&from, here.path) else {
            return false;
        };
        let own = self.world.find(to, here.path);
        let is_key = thing.unique || own.is_some_and(|own| own.unique);
        if now.kind == Kind::Constraint {
            // Its table is what it belonged to.
            now.name.name = thing.schema.clone();
        } else {
            thing.schema = self.world.schema(&now, here.path);
        }
        self.world.put(&now, thing);
        is_key
    }
}

/// Whether the words stand in the statement, whatever the spaces and the case.
pub(super) fn has_words(statement: &str, words: &str) -> bool {
    types::normal(statement).contains(words)
}
