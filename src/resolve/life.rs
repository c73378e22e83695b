//! The life of each object: when it is born, replaced, dropped and born again, and to which of its
//! versions each patch belongs.
//!
//! Patches that change whether an object is there form its chain. Where only one order of the chain
//! is possible (something must be there to be dropped, and gone to be made anew), that is it; else
//! numbers in the file names decide, then the edges found so far and what the versions hold, and else
//! it is ambiguous. Every other patch is a user and comes after a birth and before the death that
//! follows it.

mod chain;
mod fit;
mod release;
mod replay;
mod report;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use super::catalog::{Catalog, Event, EventKind, Identity, IdentityId};
use super::edges::Edges;
use super::sequence::Sequence;
use super::{PatchId, Reason, Rule, Strength};
use crate::finding::Finding;
use crate::read::Patch;
use crate::read::fact::{Kind, Namespace};
use crate::source::Sources;
use chain::{Chain, Order, Sureness};

/// The most steps to a likelier order of a long chain.
const CLIMBED: u32 = 200;

/// What one patch, as a whole, does to one identity.
#[derive(Clone, Debug)]
struct Role {
    patch: PatchId,
    /// What must hold before the patch.
    before: Before,
    /// Its first birth, if it has one.
    birth: Option<Event>,
    /// Its first death, if it has one.
    death: Option<Event>,
    /// Its strongest need.
    need: Option<Event>,
    /// Whether the object is there after it; `None` where the patch does not change that.
    after: Option<bool>,
    /// Every birth leaves what is there alone (`IF NOT EXISTS`) and nothing dies.
    if_absent: bool,
    /// It does nothing but perhaps end the object together with what that stands on.
    perhaps: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Absent,
    Present,
    Any,
}

/// A need of a routine that a patch runs, as a need of that patch: see [`super::body`].
pub(super) struct Promoted {
    pub(super) identity: IdentityId,
    pub(super) event: Event,
}

/// Adds the edges of every identity.
pub(super) fn add_edges(
    patches: &[Patch],
    sources: &Sources,
    catalog: &Catalog<'_>,
    promoted: &[Promoted],
    sequence: &Sequence,
    edges: &mut Edges,
    findings: &mut Vec<Finding>,
) {
    let order = sequence.order();
    let idle = order.map(|order| replay::replay(catalog, &order));
    let idle = idle.unwrap_or_default();
    let mut roles: Vec<Vec<Role>> = catalog
        .iter()
        .map(|(id, identity)| roles(id, identity, &idle))
        .collect();
    for Promoted { identity, event } in promoted {
        let roles = &mut roles[identity.0 as usize];
        // What the body needed in a version of the routine that came later, by the numbers.
        let later = |role: &Role| sequence.is_older(event.patch, role.patch);
        let mut makers = roles.iter().filter(|role| role.birth.is_some()).peekable();
        let not_yet = makers.peek().is_some() && makers.all(later);
        if !(event.late && not_yet) {
            promote(roles, *event);
        }
    }
    let life = Life {
        patches,
        sources,
        catalog,
        sequence,
        roles,
    };
    // What has one link or none says the most: it goes first, and decides the rest.
    let mut open = Vec::new();
    let mut chains = BTreeMap::new();
    for (id, _) in catalog.iter() {
        let chain = chain::links(&life.roles[id.0 as usize]);
        if chain.len() <= 1 {
            life.bind(id, &chain, edges);
            chains.insert(id, chain);
        } else {
            open.push(id);
        }
    }
    // Owners before members: a table's versions decide those of its columns.
    open.sort_by_key(|&id| (catalog.get(id).owner.is_some(), id));
    let linked = life.linked(&open);
    edges.watch(linked.keys().copied());
    let mut waiting: BTreeSet<IdentityId> = open.iter().copied().collect();
    // What has one chain by the edges so far; looked at again where these say more.
    let mut only = BTreeMap::new();
    let mut likely = BTreeSet::new();
    let mut stale = waiting.clone();
    let mut returning = Vec::new();
    while !open.is_empty() {
        for id in stale {
            only.remove(&id);
            likely.remove(&id);
            match chain::sureness(&life.roles[id.0 as usize], sequence, edges) {
                Sureness::Certain(chain, by_number) => {
                    only.insert(id, (chain, by_number));
                }
                Sureness::Likely => {
                    likely.insert(id);
                }
                Sureness::Open => {}
            }
        }
        let mut settled = Vec::new();
        open.retain(|&id| {
            let owner = catalog.get(id).owner;
            if owner.is_some_and(|owner| waiting.contains(&owner)) {
                return true;
            }
            let chain = only.remove(&id);
            if let Some((chain, by_number)) = chain {
                findings.extend(by_number.then(|| life.by_name(id, &chain)).flatten());
                settled.push((id, chain));
            }
            settled.last().is_none_or(|&(last, _)| last != id)
        });
        if settled.is_empty() {
            // What is likely goes before what is open.
            let owner_waits = |id: IdentityId| {
                let owner = catalog.get(id).owner;
                owner.is_some_and(|owner| waiting.contains(&owner))
            };
            let first = open
                .iter()
                .position(|id| likely.contains(id) && !owner_waits(*id));
            let id = open.remove(first.unwrap_or(0));
            let (chain, finding) = life.settle(id, edges);
            findings.extend(finding);
            settled.push((id, chain));
        }
        for (id, chain) in settled {
            life.link(id, &chain, edges);
            if chain::spans(&life.roles[id.0 as usize], &chain).len() <= 1 {
                life.bind(id, &chain, edges);
            } else {
                returning.push(id);
            }
            chains.insert(id, chain);
            waiting.remove(&id);
        }
        let changed = edges.take_changed();
        let changed = changed.iter().filter_map(|patch| linked.get(patch));
        stale = changed.flatten().copied().collect();
        stale.retain(|id| waiting.contains(id));
    }
    // A user of something that comes back needs all that is known to tell which version it means.
    for id in returning {
        life.bind(id, &chains[&id], edges);
    }
    release::add_edges(&life, &chains, edges);
}

struct Life<'a> {
    patches: &'a [Patch],
    sources: &'a Sources,
    catalog: &'a Catalog<'a>,
    sequence: &'a Sequence,
    roles: Vec<Vec<Role>>,
}

impl Life<'_> {
    /// The patches that are links of these identities, each with the identities.
    fn linked(&self, ids: &[IdentityId]) -> BTreeMap<PatchId, Vec<IdentityId>> {
        let mut linked: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for &id in ids {
            let roles = &self.roles[id.0 as usize];
            for link in chain::links(roles) {
                linked.entry(roles[link].patch).or_default().push(id);
            }
        }
        linked
    }

    /// The chain of an identity that has none or several, with what there is to say about it.
    fn settle(&self, id: IdentityId, edges: &Edges) -> (Chain, Option<Finding>) {
        let roles = &self.roles[id.0 as usize];
        let identity = self.catalog.get(id);
        let silent = is_silent(identity);
        let (chain, clash) = match chain::order(roles, edges) {
            Order::Only(chain) | Order::Likely(chain) => return (chain, None),
            Order::Several(chains) if chains.len() == 1 => self.climb(id, &chains[0], edges),
            Order::Several(mut chains) => {
                keep_least(&mut chains, |chain| fit::misfits(self, id, chain));
                if let [chain] = chains.as_slice() {
                    return (chain.clone(), None);
                }
                let words = words::Words::new(self, roles);
                if words.are_the_same(&chains[0]) {
                    return (chains[0].clone(), None);
                }
                let versions = fit::Versions::new(self, id);
                keep_least(&mut chains, |chain| versions.unlikely(roles, chain));
                keep_least(&mut chains, |chain| words.losses(chain));
                if let [chain] = chains.as_slice() {
                    let finding = report::by_content(identity, roles, chain);
                    return (chain.clone(), (!silent).then_some(finding));
                }
                if chain::end_alike(roles, &chains) {
                    return (chains[0].clone(), None);
                }
                (
                    chains[0].clone(),
                    report::ambiguous(self, identity, roles, &chain::unclear(&chains)),
                )
            }
            // Without a chain, a user needs whichever comes first. Where only the edges make it
            // impossible, they are told as a cycle.
            Order::Impossible(chain) => {
                let clash = !chain::is_possible(roles);
                let clash = clash.then(|| report::duplicate(self, identity, roles, &chain));
                (Chain::new(), clash.flatten())
            }
        };
        (chain, clash.filter(|_| !silent))
    }

    /// The likeliest chain around one that is too long to try all orders.
    fn climb(&self, id: IdentityId, start: &Chain, edges: &Edges) -> (Chain, Option<Finding>) {
        let roles = &self.roles[id.0 as usize];
        let identity = self.catalog.get(id);
        let words = words::Words::new(self, roles);
        if words.are_the_same(start) {
            return (start.clone(), None);
        }
        let versions = fit::Versions::new(self, id);
        let oddness = |chain: &Chain| (versions.unlikely(roles, chain), words.losses(chain));
        let mut chain = start.clone();
        let mut steps = CLIMBED;
        loop {
            let near = chain::neighbours(roles, &chain, edges);
            let best = near.iter().min_by_key(|chain| oddness(chain));
            let Some(best) = best.filter(|best| oddness(best) <= oddness(&chain)) else {
                let finding = report::by_content(identity, roles, &chain);
                return (chain, Some(finding));
            };
            if oddness(best) == oddness(&chain) || steps == 0 {
                let unclear = chain::unclear(&[chain.clone(), best.clone()]);
                let finding = report::ambiguous(self, identity, roles, &unclear);
                return (chain, finding);
            }
            chain = best.clone();
            steps -= 1;
        }
    }

    /// That the numbers in the file names have decided.
    fn by_name(&self, id: IdentityId, chain: &[usize]) -> Option<Finding> {
        let identity = self.catalog.get(id);
        let roles = &self.roles[id.0 as usize];
        (!is_silent(identity)).then(|| report::by_name(identity, roles, chain))
    }

    /// Adds the edges between the links of a chain.
    fn link(&self, id: IdentityId, chain: &[usize], edges: &mut Edges) {
        let identity = self.catalog.get(id);
        let roles = &self.roles[id.0 as usize];
        for pair in chain.windows(2) {
            let (earlier, later) = (&roles[pair[0]], &roles[pair[1]]);
            if let Some(reason) = between_links(identity, earlier, later) {
                edges.add(earlier.patch, later.patch, reason);
            }
        }
    }

    /// Adds the edges between the links of a chain and the users.
    fn bind(&self, id: IdentityId, chain: &[usize], edges: &mut Edges) {
        let roles = &self.roles[id.0 as usize];
        let spans = chain::spans(roles, chain);
        for (number, role) in roles.iter().enumerate() {
            if !chain.contains(&number) {
                self.bind_user(id, &spans, role, edges);
            }
        }
    }

    fn bind_user(&self, id: IdentityId, spans: &[chain::Lifetime], user: &Role, edges: &mut Edges) {
        let Some(event) = user.need.or(user.birth) else {
            return;
        };
        let identity = self.catalog.get(id);
        let roles = &self.roles[id.0 as usize];
        if spans.is_empty() {
            self.bind_to_any(identity, roles, user, event, edges);
            return;
        }
        if user.before == Before::Absent && user.after == Some(false) {
            self.bind_passing(identity, roles, spans, user, edges);
            return;
        }
        let fits = |span: &&chain::Lifetime| {
            let late_enough = span
                .birth
                .is_none_or(|birth| !edges.reaches(user.patch, roles[birth].patch));
            let early_enough = span
                .death
                .is_none_or(|death| !edges.reaches(roles[death].patch, user.patch));
            late_enough && early_enough
        };
        let lifetime = if spans.len() == 1 {
            spans.first()
        } else {
            let meant =
                |span: &&chain::Lifetime| fit::fits(self, id, span, user.patch) && fits(span);
            let newest = || spans.iter().rev();
            let insists = |one, other| edges.insists(one, other);
            let possible = |span: &&chain::Lifetime| {
                let late = |birth: usize| insists(user.patch, roles[birth].patch);
                let early = |death: usize| insists(roles[death].patch, user.patch);
                !span.birth.is_some_and(late) && !span.death.is_some_and(early)
            };
            let numbered = self.at_the_time_of(roles, spans, user.patch);
            let numbered = numbered.filter(possible);
            numbered
                .or_else(|| newest().find(meant))
                .or_else(|| newest().find(fits))
                .or(spans.last())
        };
        let Some(lifetime) = lifetime else { return };
        let maker = lifetime.birth.map(|birth| &roles[birth]);
        if maker.is_some_and(|maker| self.is_of_another_version(identity, maker, user, edges)) {
            return;
        }
        if let Some(birth) = lifetime.birth.map(|birth| &roles[birth])
            && let Some(born) = birth.birth
        {
            // `IF NOT EXISTS` needs nothing before it, except that a plain CREATE must not come after.
            let needed = user.need.is_some() || birth.before == Before::Absent;
            let needed = needed && !fit::may_be_of_another(self, identity, birth);
            let bodied = event.late && user.need.is_some();
            if needed {
                let reason = Reason {
                    rule: birth_rule(identity, born, bodied),
                    strength: strength(event),
                    object: identity.label.clone(),
                    earlier: born.span,
                    later: event.span,
                };
                edges.add(birth.patch, user.patch, reason);
            }
        }
        // What a body may need, when a trigger may run it, ended long before, by the numbers.
        let is_over = |death: &Role| {
            event.late && event.implied && self.sequence.is_older(death.patch, user.patch)
        };
        if let Some(death) = lifetime.death.map(|death| &roles[death])
            && let Some(died) = death.death
            && (died.is_perhaps() || !died.is_with_owner())
            && !is_over(death)
        {
            let reason = Reason {
                rule: death_rule(died),
                strength: strength(event),
                object: identity.label.clone(),
                earlier: event.span,
                later: died.span,
            };
            edges.add(user.patch, death.patch, reason);
        }
    }

    /// Whether a member was made with one version of its owner, and the user means another one: a
    /// column that no statement names may be there as well (`SELECT *`).
    fn is_of_another_version(
        &self,
        identity: &Identity,
        maker: &Role,
        user: &Role,
        edges: &Edges,
    ) -> bool {
        let Some(owner) = identity.owner else {
            return false;
        };
        let roles = &self.roles[owner.0 as usize];
        let links = chain::links(roles);
        let is_link = |role: &Role| links.iter().any(|&link| roles[link].patch == role.patch);
        if links.len() <= 1 || !is_link(maker) {
            return false;
        }
        let Some(chain) = chain::numbered(roles, &links, self.sequence, edges) else {
            return false;
        };
        let spans = chain::spans(roles, &chain);
        let begun_by = |role: &Role| {
            let begins = |span: &chain::Lifetime| {
                let birth = span.birth.map(|birth| &roles[birth]);
                let own = birth.filter(|birth| birth.patch == role.patch);
                let used = role.need.or(role.birth);
                own.and_then(|own| own.birth)
                    .is_some_and(|born| used.is_none_or(|used| born.at <= used.at))
            };
            spans.iter().position(begins)
        };
        let meant = begun_by(user).or_else(|| {
            let span = self.at_the_time_of(roles, &spans, user.patch)?;
            spans.iter().position(|other| std::ptr::eq(other, span))
        });
        let made = begun_by(maker);
        made.is_some() && meant.is_some() && made != meant
    }

    /// What a patch makes and ends itself is there in no lifetime: before the one that is made after it.
    fn bind_passing(
        &self,
        identity: &Identity,
        roles: &[Role],
        spans: &[chain::Lifetime],
        user: &Role,
        edges: &mut Edges,
    ) {
        let later = spans.iter().find(|span| {
            let after_birth = |birth: usize| edges.reaches(roles[birth].patch, user.patch);
            let older = |birth: usize| self.sequence.is_older(roles[birth].patch, user.patch);
            span.birth
                .is_some_and(|birth| !after_birth(birth) && !older(birth))
        });
        let birth = later.and_then(|span| span.birth).map(|birth| &roles[birth]);
        if let (Some(birth), Some(ended)) = (birth, user.death)
            && let Some(born) = birth.birth
        {
            let reason = Reason {
                rule: Rule::DropDefine,
                strength: Strength::Hard,
                object: identity.label.clone(),
                earlier: ended.span,
                later: born.span,
            };
            edges.add(user.patch, birth.patch, reason);
        }
    }

    /// The lifetime in which a patch falls by the numbers in the file names.
    fn at_the_time_of<'s>(
        &self,
        roles: &[Role],
        spans: &'s [chain::Lifetime],
        user: PatchId,
    ) -> Option<&'s chain::Lifetime> {
        let older = |one, other| self.sequence.is_older(one, other);
        spans.iter().find(|span| {
            let born = span
                .birth
                .is_none_or(|birth| older(roles[birth].patch, user));
            let alive = span
                .death
                .is_none_or(|death| older(user, roles[death].patch));
            born && alive
        })
    }

    /// Every birth is `IF NOT EXISTS`: a user needs one of them, the first that does not need it.
    fn bind_to_any(
        &self,
        identity: &Identity,
        roles: &[Role],
        user: &Role,
        event: Event,
        edges: &mut Edges,
    ) {
        if user.birth.is_some() {
            return;
        }
        let after = edges.reach(user.patch);
        let maker = roles
            .iter()
            .filter(|role| role.patch != user.patch)
            .find(|role| role.birth.is_some() && !after[role.patch.0 as usize]);
        let Some((maker, born)) = maker.and_then(|maker| Some((maker, maker.birth?))) else {
            return;
        };
        let reason = Reason {
            rule: birth_rule(identity, born, event.late),
            strength: strength(event),
            object: identity.label.clone(),
            earlier: born.span,
            later: event.span,
        };
        edges.add(maker.patch, user.patch, reason);
    }
}

/// Keeps the chains with the least of something.
fn keep_least(chains: &mut Vec<Chain>, amount: impl Fn(&Chain) -> usize) {
    let amounts: Vec<usize> = chains.iter().map(amount).collect();
    let least = amounts.iter().min().copied();
    let mut amount = amounts.into_iter();
    chains.retain(|_| amount.next() == least);
}

/// What members and implied objects do is told with their owners; an index has a life of its own.
fn is_silent(identity: &Identity) -> bool {
    identity.owner.is_some() && identity.kind != Kind::Index
        || identity.events.iter().all(|event| event.implied)
}

fn roles(id: IdentityId, identity: &Identity, idle: &replay::Idle) -> Vec<Role> {
    let numbered = identity.events.iter().enumerate();
    let real = numbered.filter(|(number, _)| !idle.contains(&(id, *number)));
    let events: Vec<Event> = real.map(|(_, event)| *event).collect();
    let by_patch = events.chunk_by(|one, other| one.patch == other.patch);
    by_patch.map(role).collect()
}

fn role(events: &[Event]) -> Role {
    let birth = |event: &&Event| matches!(event.kind, EventKind::Birth { .. });
    let death = |event: &&Event| matches!(event.kind, EventKind::Death { .. });
    let insisting = events.iter().find(|event| !event.late);
    let insisting = insisting.filter(|event| !is_made_up(event));
    let before = match insisting.map(|event| event.kind) {
        Some(EventKind::Birth {
            if_absent: false,
            replace: false,
            ..
        }) => Before::Absent,
        // Another version of its owner may not have it.
        Some(
            EventKind::Need
            | EventKind::Death {
                if_exists: false,
                with_owner: false,
                ..
            },
        ) => Before::Present,
        _ => Before::Any,
    };
    let change = events
        .iter()
        .rfind(|event| !matches!(event.kind, EventKind::Need));
    let after = change.map(|event| matches!(event.kind, EventKind::Birth { .. }));
    let first_birth = events.iter().find(birth).copied();
    // What the patch makes itself, it need not find.
    let needs = events
        .iter()
        .filter(|event| event.kind == EventKind::Need)
        .filter(|event| first_birth.is_none_or(|birth| event.at < birth.at));
    let need = needs.min_by_key(|event| (event.late, event.at)).copied();
    let if_absent = events.iter().all(|event| {
        matches!(
            event.kind,
            EventKind::Need
                | EventKind::Birth {
                    if_absent: true,
                    ..
                }
        )
    });
    Role {
        patch: events[0].patch,
        before,
        birth: first_birth,
        death: events.iter().find(death).copied(),
        need,
        after,
        if_absent: if_absent && first_birth.is_some(),
        perhaps: events
            .iter()
            .filter(|event| event.kind != EventKind::Need)
            .all(Event::is_perhaps)
            && after.is_some(),
    }
}

/// An engine that makes up a name makes up one that is free.
fn is_made_up(event: &Event) -> bool {
    event.implied && matches!(event.kind, EventKind::Birth { rename: false, .. })
}

/// Adds what a routine needs to what the patch that runs it needs.
fn promote(roles: &mut Vec<Role>, event: Event) {
    match roles.iter_mut().find(|role| role.patch == event.patch) {
        Some(role) => {
            let made_here = role.birth.is_some_and(|birth| birth.at < event.at);
            if !made_here && role.need.is_none_or(|need| need.late) {
                role.need = Some(event);
            }
        }
        None => roles.push(role(&[event])),
    }
}

fn strength(event: Event) -> Strength {
    if event.late {
        Strength::Late
    } else {
        Strength::Hard
    }
}

fn birth_rule(identity: &Identity, birth: Event, body: bool) -> Rule {
    let rename = matches!(birth.kind, EventKind::Birth { rename: true, .. });
    match identity.key.namespace {
        _ if rename => Rule::RenameUse,
        Namespace::Own(Kind::Column) => Rule::Column,
        Namespace::Own(Kind::Key) => Rule::KeyReference,
        Namespace::Own(Kind::EnumValue) => Rule::ValueUse,
        _ if body => Rule::DefineBody,
        _ => Rule::DefineUse,
    }
}

fn death_rule(death: Event) -> Rule {
    match death.kind {
        EventKind::Death { rename: true, .. } => Rule::UseRename,
        _ => Rule::UseDrop,
    }
}

fn between_links(identity: &Identity, earlier: &Role, later: &Role) -> Option<Reason> {
    let (rule, from, to) = match (earlier.after, later.before) {
        // Made, then dropped, renamed or made anew in the next.
        (Some(true), _) => match (later.death, later.birth) {
            // What goes with its owner says nothing that the owner does not say.
            (Some(death), None) if death.is_with_owner() && !death.is_perhaps() => return None,
            (Some(death), Some(birth)) if death.is_with_owner() => {
                (Rule::DefineReplace, earlier.birth?, birth)
            }
            (Some(death), _) => (death_rule(death), earlier.birth?, death),
            (None, _) if later.if_absent && earlier.before != Before::Absent => return None,
            // A made-up name is another one where this is taken.
            (None, Some(birth)) if is_made_up(&birth) => return None,
            (None, Some(birth)) => (Rule::DefineReplace, earlier.birth?, birth),
            (None, None) => return None,
        },
        _ => {
            let death = earlier.death?;
            let member = identity.owner.is_some() && death.is_with_owner();
            if member && !death.is_perhaps() {
                return None;
            }
            (Rule::DropDefine, death, later.birth?)
        }
    };
    Some(Reason {
        rule,
        strength: Strength::Hard,
        object: identity.label.clone(),
        earlier: from.span,
        later: to.span,
    })
}
