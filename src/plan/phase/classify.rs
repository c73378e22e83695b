//! The way through the patches, statement by statement: each gets its phase, and the world changes.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Break;
use super::constraint::Lifted;
use super::gone::has_words;
use super::later::Later;
use super::lost::Lost;
use super::members::Members;
use super::rebuild::{self, Rebuild};
use super::world::{Column, Thing, World, owner};
use super::{PatchPhase, Phase, Release, Step};
use crate::dialect::Dialect;
use crate::name::Ident;
use crate::read::Patch;
use crate::read::effect::{Effect, What};
use crate::read::fact::{Action, Fact, Kind, Object, Part};
use crate::resolve::PatchId;
use crate::source::{Sources, Span};

/// The phase of every patch, by id.
#[must_use]
pub fn phases(
    patches: &[Patch],
    order: &[PatchId],
    sources: &Sources,
    dialect: &Dialect,
    release: Release<'_>,
) -> Vec<PatchPhase> {
    walk(patches, order, sources, dialect, release).0
}

/// What tables lack to the end of all patches that a patch has built anew: the patch, the statement with which the
/// old table went, and what it was.
#[must_use]
pub fn losses(
    patches: &[Patch],
    order: &[PatchId],
    sources: &Sources,
    dialect: &Dialect,
) -> Vec<(PatchId, usize, Break)> {
    // Most have no such table, and a check runs at every commit.
    if patches.iter().all(|patch| rebuild::find(patch).is_empty()) {
        return Vec::new();
    }
    let (_, way) = walk(patches, order, sources, dialect, Release::EachPatch);
    way.losses(patches, order)
}

fn walk<'a>(
    patches: &'a [Patch],
    order: &[PatchId],
    sources: &'a Sources,
    dialect: &'a Dialect,
    release: Release<'_>,
) -> (Vec<PatchPhase>, Way<'a>) {
    let of_release = |patch: &Patch| match release {
        Release::EachPatch => false,
        Release::Patches(names) => names.contains(&patch.name),
    };
    let mut way = Way {
        sources,
        dialect,
        released: patches.iter().map(of_release).collect(),
        later: Later::new(patches, order),
        world: World::new(dialect),
        kept: Vec::new(),
        lifted: Vec::new(),
        rebuilds: Vec::new(),
        switched_on: Vec::new(),
        rebuilt: BTreeSet::new(),
        members: Members::default(),
        lost: Vec::new(),
        found: vec![Phase::Expand; patches.len()],
    };
    let nothing = PatchPhase {
        phase: Phase::Expand,
        declared: None,
        steps: Vec::new(),
    };
    let mut phases = vec![nothing; patches.len()];
    for (turn, id) in order.iter().enumerate() {
        let place = id.0 as usize;
        let patch = &patches[place];
        let steps = way.patch(patch, place, turn);
        let inferred = steps.iter().map(|step| step.phase).max();
        let declared = patch.header.phase.as_ref();
        let phase = declared.map(|phase| phase.value).or(inferred);
        let phase = phase.unwrap_or(Phase::Expand);
        way.found[place] = phase;
        phases[place] = PatchPhase {
            phase,
            declared: declared.map(|phase| phase.span),
            steps,
        };
    }
    (phases, way)
}

/// The patch that has made what no patch has made.
pub(super) const OUTSIDE: usize = usize::MAX;

/// What is known on the way.
pub(super) struct Way<'a> {
    pub(super) sources: &'a Sources,
    pub(super) dialect: &'a Dialect,
    /// Which patches are of the release.
    pub(super) released: Vec<bool>,
    pub(super) later: Later<'a>,
    pub(super) world: World<'a>,
    /// Old objects that have gone and come again, as they were.
    pub(super) kept: Vec<Kept>,
    /// Old rules that constraints had which are gone.
    pub(super) lifted: Vec<Lifted>,
    /// The tables that the patch builds anew.
    pub(super) rebuilds: Vec<Rebuild<'a>>,
    /// Triggers and rules that the patch switches on, and the statements that do.
    pub(super) switched_on: Vec<(usize, &'a Object)>,
    /// The names of tables that were built anew: their indexes have gone with the old ones.
    pub(super) rebuilt: BTreeSet<Ident>,
    /// The indexes, keys and triggers of tables.
    pub(super) members: Members<'a>,
    /// What was lost where tables were built anew.
    pub(super) lost: Vec<Lost<'a>>,
    /// The phases of the patches that are behind.
    found: Vec<Phase>,
}

/// An old object that has gone and comes again.
pub(super) struct Kept {
    pub(super) object: Object,
    /// What is known of it.
    pub(super) thing: Option<Thing>,
    /// The patch in which it has gone.
    pub(super) patch: usize,
    /// The step of the statement that has taken it away. What makes it anew in the same patch is of
    /// that step, too: nobody runs the one without the other.
    pub(super) phase: Phase,
}

/// A statement on the way.
pub(super) struct Here<'a> {
    pub(super) patch: usize,
    pub(super) turn: usize,
    pub(super) statement: usize,
    pub(super) facts: &'a [Fact],
    pub(super) effects: Vec<&'a Effect>,
    pub(super) path: Option<&'a [Ident]>,
    pub(super) body: Span,
    pub(super) words: &'a str,
}

/// What a statement was found to be.
#[derive(Default)]
pub(super) struct Found {
    pub(super) phases: BTreeMap<Phase, Span>,
    pub(super) breaks: Vec<Break>,
}

impl Found {
    /// The step it is of so far.
    pub(super) fn phase(&self) -> Phase {
        let last = self.phases.last_key_value();
        last.map_or(Phase::Expand, |(&phase, _)| phase)
    }

    pub(super) fn is(&mut self, phase: Phase, span: Span) {
        self.phases.entry(phase).or_insert(span);
    }

    pub(super) fn breaks(&mut self, found: Break) {
        if !found.kind.only_blocks() {
            self.is(Phase::Contract, found.span);
        }
        let same = |other: &Break| other.kind == found.kind && other.object == found.object;
        if !self.breaks.iter().any(same) {
            self.breaks.push(found);
        }
    }
}

impl<'a> Way<'a> {
    fn patch(&mut self, patch: &'a Patch, place: usize, turn: usize) -> Vec<Step> {
        let mut facts = patch.facts.iter().peekable();
        let mut effects = patch.effects.iter().peekable();
        let mut steps: Vec<Step> = Vec::new();
        self.rebuilds = rebuild::find(patch);
        let on = patch.effects.iter().filter(|it| it.what == What::SwitchOn);
        self.switched_on = on.map(|it| (it.statement, &it.object)).collect();
        loop {
            let next = [
                facts.peek().map(|facts| facts.statement),
                effects.peek().map(|effect| effect.statement),
            ];
            let Some(statement) = next.into_iter().flatten().min() else {
                break;
            };
            let facts = facts.next_if(|facts| facts.statement == statement);
            let effects = std::iter::from_fn(|| effects.next_if(|it| it.statement == statement));
            let body = patch.statements[statement].body;
            let here = Here {
                patch: place,
                turn,
                statement,
                facts: facts.map_or(&[], |facts| &facts.facts),
                effects: effects.collect(),
                path: facts.and_then(|facts| facts.search_path.as_deref()),
                body,
                words: self.sources.slice(body),
            };
            let Found { phases, breaks } = self.statement(&here, body);
            let (phase, span) = match phases.last_key_value() {
                Some((&phase, &span)) => (phase, span),
                None if breaks.is_empty() => continue,
                None => (Phase::Expand, body),
            };
            let step = Step {
                statement,
                phase,
                span,
                breaks,
                adds: adds(patch, statement, here.facts),
            };
            // A patch may be a million INSERTs.
            if !self.rebuilds.is_empty() || steps.last().is_none_or(|last| step.is_news_after(last))
            {
                steps.push(step);
            }
        }
        if !self.rebuilds.is_empty() {
            self.tell_lost(patch, place, turn, &mut steps);
            rebuild::hold_together(&self.rebuilds, &mut steps);
            let all = std::mem::take(&mut steps);
            for step in all {
                if steps.last().is_none_or(|last| step.is_news_after(last)) {
                    steps.push(step);
                }
            }
        }
        self.world.end_session();
        steps
    }

    /// Whether old code has never seen what this patch has made.
    pub(super) fn is_new(&self, made: usize, here: usize) -> bool {
        let released = |patch: usize| self.released.get(patch).copied().unwrap_or(false);
        made == here || released(made) && released(here)
    }

    /// Whether an object was there before the release.
    pub(super) fn is_old(&self, object: &Object, here: &Here<'_>) -> bool {
        let thing = self.world.find(object, here.path);
        thing.is_none_or(|thing| !self.is_new(thing.made, here.patch))
    }

    pub(super) fn is_old_column(&self, column: &Object, here: &Here<'_>) -> bool {
        if !self.is_old(&owner(column), here) {
            return false;
        }
        self.column(column, here)
            .is_none_or(|column| !self.is_new(column.made, here.patch))
    }

    pub(super) fn column(&self, column: &Object, here: &Here<'_>) -> Option<&Column> {
        let Part::Member(name) = &column.part else {
            return None;
        };
        self.world.owner(column, here.path)?.columns.get(name)
    }

    fn statement(&mut self, here: &Here<'a>, body: Span) -> Found {
        let mut found = Found::default();
        self.rows(here, body, &mut found);
        self.members.statement(here.facts);
        for fact in here.facts.iter().filter(|fact| fact.in_body_of.is_none()) {
            self.fact(fact, here, &mut found);
        }
        for effect in &here.effects {
            self.effect(effect, here, &mut found);
        }
        found
    }

    /// What is done to rows.
    fn rows(&self, here: &Here<'_>, body: Span, found: &mut Found) {
        let facts = || here.facts.iter().filter(|fact| fact.in_body_of.is_none());
        let reads: BTreeSet<_> = facts()
            .filter(|fact| fact.action == Action::Read && self.is_old(&fact.object, here))
            .map(|fact| &fact.object.name)
            .collect();
        let first = here.words.split_ascii_whitespace().next().unwrap_or("");
        let inserts = ["insert", "replace"]
            .iter()
            .any(|word| first.eq_ignore_ascii_case(word));
        let all = here.effects.iter().any(|it| it.what == What::DeleteAll);
        let writes =
            facts().filter(|fact| fact.action == Action::Write && fact.object.kind != Kind::Column);
        for fact in writes {
            let own = &fact.object.name;
            let old = self.is_old(&fact.object, here);
            let reads_old = if inserts {
                reads.iter().any(|name| *name != own)
            } else {
                !reads.is_empty()
            };
            if all && old {
                continue;
            }
            let is_move = self.is_rebuilding(&fact.object, here.statement);
            let phase = if reads_old && !is_move || old && is_change(first) {
                Phase::Migrate
            } else {
                Phase::Expand
            };
            found.is(phase, body);
        }
    }

    fn fact(&mut self, fact: &'a Fact, here: &Here<'a>, found: &mut Found) {
        match &fact.action {
            Action::Define {
                replace,
                if_absent,
                temporary,
            } => self.define(fact, here, (*replace, *if_absent, *temporary), found),
            Action::Drop { if_exists, .. } => self.drop(fact, here, *if_exists, found),
            Action::Rename { to } => self.rename(fact, to, here, found),
            Action::Tighten if has_words(here.words, "validate constraint") => {
                self.validate(fact.span, here, found);
            }
            Action::Retype if here.effects.is_empty() => {
                self.change_type(&fact.object, fact.span, None, here, found);
            }
            Action::Tighten
                if here.effects.is_empty()
                    && fact.object.kind == Kind::Column
                    && self.is_old_column(&fact.object, here) =>
            {
                found.is(Phase::Contract, fact.span);
            }
            _ => {}
        }
    }
}

impl Way<'_> {
    /// `VALIDATE CONSTRAINT` cannot come in an earlier step than what has added the constraint.
    fn validate(&self, span: Span, here: &Here<'_>, found: &mut Found) {
        let constraints = here.facts.iter().filter(|fact| {
            fact.object.kind == Kind::Constraint && matches!(fact.action, Action::Alter)
        });
        for constraint in constraints {
            let thing = self.world.find(&constraint.object, here.path);
            let made = thing.and_then(|thing| self.found.get(thing.made));
            if let Some(&phase) = made {
                found.is(phase, span);
            }
        }
    }
}

fn is_change(first: &str) -> bool {
    ["update", "delete", "merge"]
        .iter()
        .any(|word| first.eq_ignore_ascii_case(word))
}

/// Whether the statement makes a table or column that the patch does not drop. A partition is no table of its own
/// to code.
fn adds(patch: &Patch, statement: usize, facts: &[Fact]) -> bool {
    let is_dropped = |object: &Object| {
        let after = patch.facts.iter().filter(|it| it.statement > statement);
        let mut facts = after.flat_map(|it| &it.facts);
        facts.any(|fact| {
            matches!(fact.action, Action::Drop { .. })
                && fact.object.name == object.name
                && (fact.object.part == object.part || fact.object.kind != Kind::Column)
        })
    };
    let is_partition = |fact: &Fact| matches!(fact.action, Action::Partitions { .. });
    let makes = |fact: &&Fact| {
        let is_made = matches!(
            fact.action,
            Action::Define {
                temporary: false,
                ..
            }
        );
        is_made && fact.in_body_of.is_none()
    };
    let is_view = facts.iter().filter(makes).any(|fact| {
        matches!(
            fact.object.kind,
            Kind::View | Kind::MaterializedView | Kind::Type
        )
    });
    let kinds = [Kind::Table, Kind::Column];
    let mut made = facts.iter().filter(makes);
    !is_view
        && !facts.iter().any(is_partition)
        && made.any(|fact| kinds.contains(&fact.object.kind) && !is_dropped(&fact.object))
}

pub(super) fn is_rename(fact: &Fact) -> bool {
    matches!(fact.action, Action::Rename { .. })
}
