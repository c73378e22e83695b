//! The order of the patches that make, replace and drop one object.

use super::{Before, Role};
use crate::resolve::edges::Edges;
use crate::resolve::sequence;

/// Places in a list of roles.
pub(super) type Chain = Vec<usize>;

/// The longest chain whose orders are all tried: 7! are 5,040.
const TRIED: usize = 7;

/// The orders that a chain can have.
#[derive(Debug)]
pub(super) enum Order {
    /// One.
    Only(Chain),
    /// More than one, the likeliest first.
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

/// The orders in which the links among `roles` can run, given the edges so far.
pub(super) fn order(roles: &[Role], edges: &Edges) -> Order {
    let links = links(roles);
    if links.len() <= 1 {
        return Order::Only(links);
    }
    let before: Vec<Vec<bool>> = links
        .iter()
        .map(|&link| edges.reach(roles[link].patch, None))
        .collect();
    let forced =
        |earlier: usize, later: usize| before[earlier][roles[links[later]].patch.0 as usize];
    if links.len() > TRIED {
        return long(roles, &links, forced);
    }
    let mut search = Search {
        roles,
        links: &links,
        forced: &forced,
        found: Vec::new(),
    };
    let made_here = links
        .iter()
        .any(|&link| roles[link].before != Before::Present);
    search.extend(&mut Vec::new(), !made_here, 0);
    let mut found = search.found;
    let Some(fewest) = found.iter().map(|(returns, _)| *returns).min() else {
        return Order::Impossible(links);
    };
    // Nobody drops a thing to make it again in another file, unless nothing else is possible.
    found.retain(|(returns, _)| *returns == fewest);
    let mut chains: Vec<Chain> = found.into_iter().map(|(_, chain)| chain).collect();
    match chains.len() {
        1 => Order::Only(chains.swap_remove(0)),
        _ => Order::Several(chains),
    }
}

/// The roles that change whether the object is there. `IF NOT EXISTS` changes nothing where another
/// patch makes the object and none drops it, and what a patch makes and drops itself is nobody else's.
fn links(roles: &[Role]) -> Chain {
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
    forced: &'a dyn Fn(usize, usize) -> bool,
    found: Vec<(u32, Chain)>,
}

impl Search<'_> {
    /// Tries every link that may come next; `returns` counts births after a death.
    fn extend(&mut self, taken: &mut Vec<usize>, present: bool, returns: u32) {
        if taken.len() == self.links.len() {
            let chain = taken.iter().map(|&link| self.links[link]).collect();
            self.found.push((returns, chain));
            return;
        }
        for link in 0..self.links.len() {
            let role = &self.roles[self.links[link]];
            let fits = match role.before {
                Before::Absent => !present,
                Before::Present => present,
                Before::Any => true,
            };
            let waits = (0..self.links.len()).any(|other| {
                other != link && !taken.contains(&other) && (self.forced)(other, link)
            });
            if taken.contains(&link) || !fits || waits {
                continue;
            }
            let after = role.after == Some(true);
            // A drop of nothing is as odd as a return from the dead.
            let comes_back = after && !present && !taken.is_empty();
            let drops = role.death.is_some_and(|death| !death.is_with_owner());
            let drops_nothing = !present && drops && role.before == Before::Any;
            let odd = u32::from(comes_back) + u32::from(drops_nothing);
            taken.push(link);
            self.extend(taken, after, returns + odd);
            taken.pop();
        }
    }
}

/// A chain that is too long to try every order: the numbers in the names, or the names, decide.
fn long(roles: &[Role], links: &[usize], forced: impl Fn(usize, usize) -> bool) -> Order {
    let mut rest: Vec<usize> = (0..links.len()).collect();
    let mut chain = Vec::new();
    let mut free = false;
    while !rest.is_empty() {
        let ready: Vec<usize> = (0..rest.len())
            .filter(|&at| {
                !rest
                    .iter()
                    .any(|&other| other != rest[at] && forced(other, rest[at]))
            })
            .collect();
        free |= ready.len() > 1;
        let plain = |&&at: &&usize| roles[links[rest[at]]].before == Before::Absent;
        let next = ready.iter().find(plain).or(ready.first()).copied();
        chain.push(links[rest.remove(next.unwrap_or(0))]);
    }
    if free {
        Order::Several(vec![chain])
    } else {
        Order::Only(chain)
    }
}

/// Two neighbours of the first chain that stand the other way round in another one: what a header
/// would have to tell. Where all are free (a chain too long to try), the last two.
pub(super) fn unclear(chains: &[Chain]) -> Chain {
    let first = &chains[0];
    let swapped = |pair: &&[usize]| {
        chains[1..].iter().any(|chain| {
            let place = |link| chain.iter().position(|&other| other == link);
            place(pair[1]) < place(pair[0])
        })
    };
    let pairs = || first.windows(2).rev();
    let pair = pairs().find(swapped).or_else(|| pairs().next());
    pair.map_or_else(|| first.clone(), <[usize]>::to_vec)
}

/// Whether all paths carry numbers and the numbers rise.
pub(super) fn is_numbered(paths: &[&str]) -> bool {
    let numbers: Option<Vec<Vec<u128>>> = paths.iter().map(|path| sequence::number(path)).collect();
    numbers.is_some_and(|numbers| numbers.is_sorted_by(|one, other| one < other))
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
