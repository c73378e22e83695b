//! In which order the versions of things come that several patches make, replace or end.

use std::collections::{BTreeMap, BTreeSet};

use super::chain::{Chain, Order, Sureness};
use super::{Life, Role, between_links, chain, fit, is_silent, report, words};
use crate::finding::Finding;
use crate::read::fact::Kind;
use crate::resolve::PatchId;
use crate::resolve::catalog::{Identity, IdentityId};
use crate::resolve::edges::Edges;

/// The most steps to a likelier order of a long chain.
const CLIMBED: u32 = 200;

/// How often it is asked which version of something is the only possible one.
const ROUNDS: usize = 8;

impl Life<'_> {
    /// Finds the chains of identities that have several links.
    pub(super) fn settle_open(
        &self,
        mut open: Vec<IdentityId>,
        chains: &mut BTreeMap<IdentityId, Chain>,
        edges: &mut Edges,
        findings: &mut Vec<Finding>,
    ) {
        let Self {
            catalog, sequence, ..
        } = self;
        let life = self;
        // Owners before members: a table's versions decide those of its columns.
        open.sort_by_key(|&id| (catalog.get(id).owner.is_some(), id));
        let linked = life.linked(&open);
        edges.watch(linked.keys().copied());
        let mut waiting: BTreeSet<IdentityId> = open.iter().copied().collect();
        // What has one chain by the edges so far; looked at again where these say more.
        let mut only = BTreeMap::new();
        // What weak edges leave one chain of waits for those on which the engine insists.
        let mut weak = BTreeMap::new();
        let mut likely = BTreeSet::new();
        let mut stale = waiting.clone();
        let mut returning = Vec::new();
        while !open.is_empty() {
            for id in stale {
                only.remove(&id);
                weak.remove(&id);
                likely.remove(&id);
                match chain::sureness(life.roles.of(id), sequence, edges) {
                    Sureness::Certain(chain, by_number) => {
                        only.insert(id, (chain, by_number));
                    }
                    Sureness::Weak(chain) => {
                        weak.insert(id, (chain, false));
                    }
                    Sureness::Likely => {
                        likely.insert(id);
                    }
                    Sureness::Open => {}
                }
            }
            let mut settled = Vec::new();
            for sure in [&mut only, &mut weak] {
                if !settled.is_empty() {
                    break;
                }
                open.retain(|&id| {
                    let owner = catalog.get(id).owner;
                    if owner.is_some_and(|owner| waiting.contains(&owner)) {
                        return true;
                    }
                    let chain = sure.remove(&id);
                    if let Some((chain, by_number)) = chain {
                        findings.extend(by_number.then(|| life.by_name(id, &chain)).flatten());
                        settled.push((id, chain));
                    }
                    settled.last().is_none_or(|&(last, _)| last != id)
                });
            }
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
                if chain::spans(life.roles.of(id), &chain).len() <= 1 {
                    life.bind(id, &chain, edges);
                } else {
                    life.expect_first(id, &chain, edges);
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
        // A user of something that comes back needs all that is known to tell which version it means: those
        // for which only one is possible go first, and tell more about the others.
        let users = |&id: &IdentityId| {
            let roles = 0..life.roles.of(id).len();
            let users = roles.filter(|role| !chains[&id].contains(role));
            users.map(|role| (id, role)).collect::<Vec<_>>()
        };
        let mut users: Vec<(IdentityId, usize)> = returning.iter().flat_map(users).collect();
        for _ in 0..ROUNDS {
            let before = users.len();
            users.retain(|&(id, user)| !life.bind_sure(id, &chains[&id], user, edges));
            if users.is_empty() || users.len() == before {
                break;
            }
        }
        for (id, user) in users {
            life.bind_one(id, &chains[&id], user, edges);
        }
    }

    /// The patches that are links of these identities, each with the identities.
    fn linked(&self, ids: &[IdentityId]) -> BTreeMap<PatchId, Vec<IdentityId>> {
        let mut linked: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for &id in ids {
            let roles = self.roles.of(id);
            for link in chain::links(roles) {
                linked.entry(roles[link].patch).or_default().push(id);
            }
        }
        linked
    }

    /// The chain of an identity that has none or several, with what there is to say about it.
    fn settle(&self, id: IdentityId, edges: &Edges) -> (Chain, Option<Finding>) {
        let roles = self.roles.of(id);
        let identity = self.catalog.get(id);
        let silent = is_silent(identity);
        let added = || roles.iter().any(|role| self.adds(identity, role));
        let (chain, clash) = match chain::order(roles, edges) {
            Order::Only(chain) | Order::Likely(chain) => return (chain, None),
            Order::Several(chains) if chains.len() == 1 => self.climb(id, &chains[0], edges),
            Order::Several(mut chains) => {
                chain::keep_homes(roles, &mut chains, edges);
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
                    let finding = report::by_content(self, identity, roles, chain);
                    return (chain.clone(), (!silent).then_some(finding));
                }
                if chain::end_alike(roles, &chains) {
                    return (chains[0].clone(), None);
                }
                (
                    chains[0].clone(),
                    report::ambiguous(self, identity, roles, &chain::unclear(&chains), edges),
                )
            }
            // Without a chain, a user needs whichever comes first. Where only the edges make it
            // impossible, they are told as a cycle.
            Order::Impossible(chain) => {
                if chain::is_possible(roles) {
                    return (Chain::new(), None);
                }
                let clash = (!silent || added())
                    .then(|| report::duplicate(self, identity, roles, &chain, edges));
                let clash = clash.flatten();
                let gone_twice = || report::dropped_twice(self, identity, roles, &chain, edges);
                return (Chain::new(), clash.or_else(gone_twice));
            }
        };
        (chain, clash.filter(|_| !silent))
    }

    /// Whether a patch adds a member to an object that another patch makes (`ADD COLUMN`): two that do are
    /// not told with their owner. (Two unique keys may be over the same columns, and constraints of different
    /// kinds may have one name on some engines.)
    fn adds(&self, identity: &Identity, role: &Role) -> bool {
        let makes = |owner: &Role| owner.patch == role.patch && owner.birth.is_some();
        let owner = identity.owner.map(|owner| self.roles.of(owner));
        !matches!(identity.kind, Kind::Key | Kind::Constraint)
            && role.birth.is_some_and(|birth| !birth.implied)
            && owner.is_some_and(|owner| !owner.iter().any(makes))
    }

    /// The likeliest chain around one that is too long to try all orders.
    fn climb(&self, id: IdentityId, start: &Chain, edges: &Edges) -> (Chain, Option<Finding>) {
        let roles = self.roles.of(id);
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
                let finding = report::by_content(self, identity, roles, &chain);
                return (chain, Some(finding));
            };
            if oddness(best) == oddness(&chain) || steps == 0 {
                let unclear = chain::unclear(&[chain.clone(), best.clone()]);
                let finding = report::ambiguous(self, identity, roles, &unclear, edges);
                return (chain, finding);
            }
            chain = best.clone();
            steps -= 1;
        }
    }

    /// That the numbers in the file names have decided.
    fn by_name(&self, id: IdentityId, chain: &[usize]) -> Option<Finding> {
        let identity = self.catalog.get(id);
        let roles = self.roles.of(id);
        (!is_silent(identity)).then(|| report::by_name(self, identity, roles, chain))
    }

    /// Adds the edges between the links of a chain.
    fn link(&self, id: IdentityId, chain: &[usize], edges: &mut Edges) {
        let identity = self.catalog.get(id);
        let roles = self.roles.of(id);
        for pair in chain.windows(2) {
            let (earlier, later) = (&roles[pair[0]], &roles[pair[1]]);
            if let Some(reason) = between_links(identity, earlier, later) {
                edges.add(earlier.patch, later.patch, reason);
            }
        }
    }
}

/// Keeps the chains with the least of something.
fn keep_least(chains: &mut Vec<Chain>, amount: impl Fn(&Chain) -> usize) {
    let amounts: Vec<usize> = chains.iter().map(amount).collect();
    let least = amounts.iter().min().copied();
    let mut amount = amounts.into_iter();
    chains.retain(|_| amount.next() == least);
}
