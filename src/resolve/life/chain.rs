//! The order of the patches that make, replace and drop one object.

use std::collections::BTreeSet;

use super::{Before, Role};
use crate::resolve::edges::Edges;
use crate::resolve::sequence::Sequence;

/// How many patches, over all chains, are asked whether they have a home.
const HOMES: usize = 20_000;

/// Places in a list of roles.
pub(super) type Chain = Vec<usize>;

/// The longest chain whose orders are all tried: 7! are 5,040.
const TRIED: usize = 7;

/// The orders that a chain can have.
#[derive(Debug)]
pub(super) enum Order {
    /// One.
    Only(Chain),
    /// One that is more natural than all others.
    Likely(Chain),
    /// More than one just as likely.
    Several(Vec<Chain>),
    /// None: the patches in the order of their names.
    Impossible(Chain),
}

/// A time in which the object is there: from the role that makes it to the one that ends it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lifetime {
    /// `None`: it was there before.
    pub(super) birth: Option<usize>,
    /// `None`: it stays.
    pub(super) death: Option<usize>,
}

/// How sure the order of the links among `roles` is.
#[derive(Debug)]
pub(super) enum Sureness {
    /// The edges so far or the numbers in the file names leave only one; whether the numbers were
    /// needed.
    Certain(Chain, bool),
    /// The edges so far leave only one, but not those that the engine insists on.
    Weak(Chain),
    /// One is more natural than all others.
    Likely,
    /// Anything goes, or nothing.
    Open,
}

/// How sure the order of the links among `roles` is by the edges so far and the numbers in the file
/// names.
pub(super) fn sureness(roles: &[Role], sequence: &Sequence, edges: &Edges) -> Sureness {
    let by_number = numbered(roles, &links(roles), sequence, edges);
    let patch = |link: usize| roles[link].patch;
    let is_hard = || {
        let order = orders(roles, |one, other| edges.insists(patch(one), patch(other)));
        matches!(order, Order::Only(_))
    };
    match (order(roles, edges), by_number) {
        (Order::Only(chain), None) if !is_hard() => Sureness::Weak(chain),
        (Order::Only(chain), by_number) => Sureness::Certain(by_number.unwrap_or(chain), false),
        (Order::Several(_), Some(chain)) => Sureness::Certain(chain, true),
        (_, Some(chain)) => Sureness::Certain(chain, false),
        (Order::Likely(_), None) => Sureness::Likely,
        (Order::Several(mut chains), None) => {
            keep_homes(roles, &mut chains, edges);
            match chains.pop() {
                // A chain that is too long to try is one of many.
                Some(chain) if chains.is_empty() && chain.len() <= TRIED => {
                    Sureness::Certain(chain, false)
                }
                _ => Sureness::Open,
            }
        }
        (_, None) => Sureness::Open,
    }
}

/// The orders in which the links among `roles` can run, given the edges so far: all of them, or, where
/// these leave none, those that the engine insists on.
pub(super) fn order(roles: &[Role], edges: &Edges) -> Order {
    let patch = |link: usize| roles[link].patch;
    let order = orders(roles, |one, other| edges.reaches(patch(one), patch(other)));
    match order {
        Order::Impossible(_) => orders(roles, |one, other| edges.insists(patch(one), patch(other))),
        order => order,
    }
}

/// Whether the links can run in some order, if no edge says otherwise.
pub(super) fn is_possible(roles: &[Role]) -> bool {
    !matches!(orders(roles, |_, _| false), Order::Impossible(_))
}

fn orders(roles: &[Role], is_before: impl Fn(usize, usize) -> bool) -> Order {
    let links = links(roles);
    if links.len() <= 1 {
        return Order::Only(links);
    }
    let forced =
        |earlier: usize, later: usize| earlier != later && is_before(links[earlier], links[later]);
    if links.len() > TRIED {
        return long(roles, &links, forced);
    }
    let all = 0..links.len();
    let before = |link: usize| {
        let before = all.clone().filter(|&other| forced(other, link));
        before.fold(0, |set, other| set | 1 << other)
    };
    let made_here = links
        .iter()
        .any(|&link| roles[link].before != Before::Present);
    let mut search = Search {
        roles,
        links: &links,
        before: all.clone().map(before).collect(),
        needed: all
            .clone()
            .filter(|&link| !roles[links[link]].perhaps)
            .fold(0, |set, link| set | 1 << link),
        all: 0,
        found: Vec::new(),
        fewest: u32::MAX,
    };
    search.extend(&mut Vec::new(), 0, State::new(!made_here));
    let all = search.all;
    let mut chains = search.found;
    match chains.len() {
        0 => Order::Impossible(links),
        1 if all == 1 => Order::Only(chains.swap_remove(0)),
        1 => Order::Likely(chains.swap_remove(0)),
        _ => Order::Several(chains),
    }
}

/// The roles that change whether the object is there. `IF NOT EXISTS` changes nothing where another
/// patch makes the object and none drops it, and what a patch makes and drops itself is nobody else's.
pub(super) fn links(roles: &[Role]) -> Chain {
    let changes = |role: &Role| match role.after {
        None => false,
        Some(true) => !role.if_absent,
        Some(false) => role.before != Before::Absent,
    };
    let with = |wanted: &dyn Fn(&Role) -> bool| -> Chain {
        (0..roles.len())
            .filter(|&role| wanted(&roles[role]))
            .collect()
    };
    let links = with(&changes);
    let optional = with(&|role| role.if_absent);
    let makes = links.iter().any(|&link| roles[link].after == Some(true));
    let dies = links.iter().any(|&link| roles[link].death.is_some());
    // The only one that makes it is as good as a plain CREATE.
    if dies || (!makes && optional.len() == 1) {
        return with(&|role| changes(role) || role.if_absent);
    }
    links
}

struct Search<'a> {
    roles: &'a [Role],
    links: &'a [usize],
    /// For each link, the set of links that the edges put before it.
    before: Vec<u32>,
    /// The set of links that every chain has.
    needed: u32,
    /// How many chains are possible; no more than two are counted.
    all: u32,
    /// The chains with the fewest oddities so far. Nobody drops a thing to make it again in another
    /// file, unless nothing else is possible.
    found: Vec<Chain>,
    fewest: u32,
}

/// What a chain has come to, while it is tried.
#[derive(Clone, Copy)]
struct State {
    present: bool,
    /// It has gone with what it stood on, which is only so where the next link makes it anew.
    gone: bool,
    /// Births after a death, and drops of nothing.
    odd: u32,
}

impl State {
    fn new(present: bool) -> Self {
        Self {
            present,
            gone: false,
            odd: 0,
        }
    }

    /// What it is after one more link; `None` where that cannot come next.
    fn after(self, role: &Role, first: bool) -> Option<Self> {
        let fits = role.before.holds(self.present);
        let makes = role.birth.is_some() && role.before != Before::Present;
        if !fits || (self.gone && !makes) {
            return None;
        }
        let after = role.after == Some(true);
        // A drop of nothing is as odd as a return from the dead.
        let comes_back = after && !self.present && !first;
        let drops = role.death.is_some_and(|death| !death.is_with_owner());
        let drops_nothing = !self.present && drops && role.before == Before::Any;
        Some(Self {
            present: after,
            gone: role.perhaps,
            odd: self.odd + u32::from(comes_back) + u32::from(drops_nothing),
        })
    }
}

impl Search<'_> {
    /// Tries every link that may come next after the `set` of those that were taken.
    fn extend(&mut self, taken: &mut Vec<usize>, set: u32, state: State) {
        if state.odd > self.fewest && self.all > 1 {
            return;
        }
        // What only perhaps ends a version may have ended none.
        if self.needed & !set == 0 && !state.gone {
            self.finish(taken, state.odd);
            return;
        }
        for link in 0..self.links.len() {
            let role = &self.roles[self.links[link]];
            let too_early = self.before[link] & self.needed & !set != 0;
            let too_late = taken
                .iter()
                .any(|&earlier| self.before[earlier] & 1 << link != 0);
            if set & 1 << link != 0 || too_early || too_late || (role.perhaps && !state.present) {
                continue;
            }
            let Some(after) = state.after(role, taken.is_empty()) else {
                continue;
            };
            taken.push(link);
            self.extend(taken, set | 1 << link, after);
            taken.pop();
        }
    }

    fn finish(&mut self, taken: &[usize], odd: u32) {
        self.all += 1;
        if odd > self.fewest {
            return;
        }
        if odd < self.fewest {
            self.found.clear();
            self.fewest = odd;
        }
        let chain = taken.iter().map(|&link| self.links[link]).collect();
        self.found.push(chain);
    }
}

/// A chain that is too long to try every order: one that can run, if there is one, and whether there
/// was a choice.
fn long(roles: &[Role], links: &[usize], forced: impl Fn(usize, usize) -> bool) -> Order {
    let all = 0..links.len();
    let waits = |link: usize| all.clone().filter(|&other| forced(other, link)).count();
    let mut waits: Vec<usize> = all.clone().map(waits).collect();
    let role = |link: usize| &roles[links[link]];
    let mut rest: BTreeSet<usize> = all.clone().collect();
    let mut state = State::new(!all.clone().any(|link| role(link).before != Before::Present));
    let mut chain = Vec::new();
    let mut free = false;
    while !rest.is_empty() {
        // What makes a thing goes before what makes it anew. Where all wait for each other, or none
        // can run, the first one goes.
        let rank = |link: usize| {
            let runs = state.after(role(link), chain.is_empty()).is_some();
            (
                waits[link] > 0,
                !runs,
                role(link).before != Before::Absent,
                link,
            )
        };
        let ready = |&&link: &&usize| {
            let (waits, fails, ..) = rank(link);
            !waits && !fails
        };
        free |= rest.iter().filter(ready).count() > 1;
        let Some(next) = rest.iter().copied().min_by_key(|&link| rank(link)) else {
            break;
        };
        rest.remove(&next);
        let after = state.after(role(next), chain.is_empty());
        state = after.unwrap_or(State::new(role(next).after == Some(true)));
        chain.push(links[next]);
        for &other in rest.iter().filter(|&&other| forced(next, other)) {
            waits[other] -= 1;
        }
    }
    let chain = needed(roles, chain);
    if free {
        Order::Several(vec![chain])
    } else {
        Order::Only(chain)
    }
}

/// The chains that differ from this one by two neighbours that may as well change places.
pub(super) fn neighbours(roles: &[Role], chain: &[usize], edges: &Edges) -> Vec<Chain> {
    let runs = |chain: &Chain| {
        let made_here = chain
            .iter()
            .any(|&link| roles[link].before != Before::Present);
        let mut state = Some(State::new(!made_here));
        for (place, &link) in chain.iter().enumerate() {
            state = state.and_then(|state| state.after(&roles[link], place == 0));
        }
        state.is_some()
    };
    let free = |place: &usize| {
        let [one, other] = [chain[*place], chain[place + 1]];
        !edges.reaches(roles[one].patch, roles[other].patch)
    };
    let swapped = |place: usize| {
        let mut chain = chain.to_vec();
        chain.swap(place, place + 1);
        chain
    };
    let places = 0..chain.len().saturating_sub(1);
    places.filter(free).map(swapped).filter(runs).collect()
}

/// The chain without the links that only perhaps end the object, where what follows does not need it
/// gone.
fn needed(roles: &[Role], mut chain: Chain) -> Chain {
    let mut next: Option<&Role> = None;
    chain.reverse();
    chain.retain(|&link| {
        let needed = next.is_some_and(|next| next.before == Before::Absent);
        next = Some(&roles[link]);
        needed || !roles[link].perhaps
    });
    chain.reverse();
    chain
}

/// The links of the first chain that stand the other way round to another one in another chain: what headers
/// would have to tell. Where all are free (a chain too long to try), the last two.
pub(super) fn unclear(chains: &[Chain]) -> Chain {
    let first = &chains[0];
    let places: Vec<Vec<Option<usize>>> = chains[1..]
        .iter()
        .map(|chain| {
            let place = |link: &usize| chain.iter().position(|other| other == link);
            first.iter().map(place).collect()
        })
        .collect();
    let swapped = |one: usize, other: usize| {
        let (earlier, later) = (one.min(other), one.max(other));
        one != other && places.iter().any(|place| place[later] < place[earlier])
    };
    let all = 0..first.len();
    let is_free = |&one: &usize| all.clone().any(|other| swapped(one, other));
    let free: Chain = all.clone().filter(is_free).map(|at| first[at]).collect();
    if free.is_empty() {
        return first[first.len().saturating_sub(2)..].to_vec();
    }
    free
}

/// Whether the object is the same after every one of these chains: gone, or made last by one role.
pub(super) fn end_alike(roles: &[Role], chains: &[Chain]) -> bool {
    let end = |chain: &Chain| {
        chain
            .last()
            .copied()
            .filter(|&link| roles[link].after == Some(true))
    };
    chains.windows(2).all(|pair| end(&pair[0]) == end(&pair[1]))
}

/// Keeps the chains in which the fewest patches need the object at a time when it is not there.
pub(super) fn keep_homes(roles: &[Role], chains: &mut Vec<Chain>, edges: &Edges) {
    if chains.len() * roles.len() > HOMES {
        return;
    }
    let counts: Vec<usize> = chains
        .iter()
        .map(|chain| homeless(roles, chain, edges))
        .collect();
    let least = counts.iter().min().copied();
    let mut counts = counts.into_iter();
    chains.retain(|_| counts.next() == least);
}

/// How many patches need the object at a time when it is not there: before links that come, by what the
/// engine insists on, after them, as what fills a new table from the one that the new one replaces.
fn homeless(roles: &[Role], chain: &[usize], edges: &Edges) -> usize {
    let spans = spans(roles, chain);
    let Some(born) = spans.first().and_then(|span| span.birth) else {
        return 0;
    };
    let place = chain.iter().position(|&link| link == born).unwrap_or(0);
    let is_user = |role: &&Role| role.after.is_none() && role.before == Before::Present;
    let too_early = |user: &&Role| {
        let mut links = chain[..=place].iter();
        links.any(|&link| edges.insists(user.patch, roles[link].patch))
    };
    roles.iter().filter(is_user).filter(too_early).count()
}

/// The links in the order of the numbers in their file names, where all have one and that order can
/// run, given the edges so far.
pub(super) fn numbered(
    roles: &[Role],
    links: &[usize],
    sequence: &Sequence,
    edges: &Edges,
) -> Option<Chain> {
    let mut chain = links.to_vec();
    chain.sort_by_key(|&link| sequence.place(roles[link].patch));
    let can_run = |chain: &Chain| can_run(roles, chain, sequence, edges);
    if can_run(&chain) {
        return Some(chain);
    }
    Some(needed(roles, chain)).filter(can_run)
}

/// Whether the links can run in this order, which must be that of the numbers.
fn can_run(roles: &[Role], chain: &[usize], sequence: &Sequence, edges: &Edges) -> bool {
    let patch = |link: usize| roles[link].patch;
    let Some(&first) = chain.first() else {
        return false;
    };
    // What was there before the first file is anybody's guess.
    let mut present = roles[first].before == Before::Present;
    for (place, &link) in chain.iter().enumerate() {
        let role = &roles[link];
        let fits = role.before.holds(present);
        let later = &chain[place + 1..];
        let in_order = later.iter().all(|&other| {
            sequence.is_older(patch(link), patch(other))
                && !edges.insists(patch(other), patch(link))
        });
        if !fits || !in_order {
            return false;
        }
        present = role.after.unwrap_or(present);
    }
    true
}

/// The times in which the object is there, in order.
pub(super) fn spans(roles: &[Role], chain: &[usize]) -> Vec<Lifetime> {
    let mut spans: Vec<Lifetime> = Vec::new();
    for &link in chain {
        let role = &roles[link];
        if let Some(death) = role.death
            && role.birth.is_none_or(|birth| death.at < birth.at)
        {
            match spans.last_mut() {
                Some(open) if open.death.is_none() => open.death = Some(link),
                None if role.before == Before::Present => spans.push(Lifetime {
                    birth: None,
                    death: Some(link),
                }),
                // `IF EXISTS`: nothing says that there was one.
                _ => {}
            }
        }
        let open = spans.last().is_some_and(|span| span.death.is_none());
        if role.after == Some(true) && !open {
            spans.push(Lifetime {
                birth: Some(link),
                death: None,
            });
        }
    }
    spans
}
