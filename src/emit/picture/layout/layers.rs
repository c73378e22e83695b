//! Which layer each box is in: below everything that leads to it.

use super::Link;

/// The most boxes that a layer of a small part has. Large parts have about as many layers as columns
/// would make a page: the square root of the number of boxes.
const FEWEST: usize = 6;

/// The links with `back` set where they would close a cycle.
pub(super) fn turned(boxes: usize, links: &[Link]) -> Vec<Link> {
    let mut links = links.to_vec();
    let outgoing = lists(boxes, &links, |link| (!link.back).then_some(link.from));
    let mut state = vec![State::New; boxes];
    for start in 0..boxes {
        if state[start] != State::New {
            continue;
        }
        // Depth first, with a stack of its own: a chain of patches may be long.
        state[start] = State::Open;
        let mut stack = vec![(start, 0)];
        while let Some((at, next)) = stack.last_mut() {
            let Some(&place) = outgoing[*at].get(*next) else {
                state[*at] = State::Done;
                stack.pop();
                continue;
            };
            *next += 1;
            let to = links[place].to as usize;
            match state[to] {
                State::New => {
                    state[to] = State::Open;
                    stack.push((to, 0));
                }
                State::Open => links[place].back = true,
                State::Done => {}
            }
        }
    }
    links
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

/// The upper and the lower end of a link.
pub(super) fn ends(link: &Link) -> (usize, usize) {
    let (from, to) = (link.from as usize, link.to as usize);
    if link.back { (to, from) } else { (from, to) }
}

/// The layer of each box, so that every link leads to a lower one, and back links to a higher one.
pub(super) fn layers(boxes: usize, links: &[Link]) -> Vec<usize> {
    let lower = lists(boxes, links, |link| Some(ends(link).0 as u32));
    let upper = lists(boxes, links, |link| Some(ends(link).1 as u32));
    let below = |at: usize| lower[at].iter().map(|&place| ends(&links[place]).1);
    let above = |at: usize| upper[at].iter().map(|&place| ends(&links[place]).0);

    let mut waiting: Vec<usize> = upper.iter().map(Vec::len).collect();
    let mut sequence: Vec<usize> = (0..boxes).filter(|&at| waiting[at] == 0).collect();
    let mut layer = vec![0; boxes];
    let mut next = 0;
    while let Some(&at) = sequence.get(next) {
        next += 1;
        for to in below(at) {
            layer[to] = layer[to].max(layer[at] + 1);
            waiting[to] -= 1;
            if waiting[to] == 0 {
                sequence.push(to);
            }
        }
    }
    // What more leads from than to comes down to where it is needed: shorter lines.
    for &at in sequence.iter().rev() {
        let lowest = below(at).map(|to| layer[to]).min();
        if let Some(lowest) = lowest
            && lower[at].len() > upper[at].len()
        {
            layer[at] = lowest - 1;
        }
    }
    fold(&mut layer, |at| {
        let (from, to) = (above(at).next(), below(at).next());
        // Beside each other: what nothing builds on next to what it needs, and the other way round.
        (to.is_some(), from.is_none(), at)
    });
    layer
}

/// Layers that are too wide for a page become several; their boxes have no links between them.
fn fold(layer: &mut [usize], rank: impl Fn(usize) -> (bool, bool, usize)) {
    let most = layer.len().isqrt().max(FEWEST);
    let count = layer.iter().max().map_or(0, |&last| last + 1);
    let mut members = vec![Vec::new(); count];
    for (at, &layer) in layer.iter().enumerate() {
        members[layer].push(at);
    }
    let mut row = 0;
    for mut members in members.into_iter().filter(|members| !members.is_empty()) {
        members.sort_by_key(|&at| rank(at));
        let rows = members.len().div_ceil(most);
        let share = members.len().div_ceil(rows);
        for members in members.chunks(share) {
            for &at in members {
                layer[at] = row;
            }
            row += 1;
        }
    }
}

/// For each box the places of the links for which `key` gives it.
fn lists(boxes: usize, links: &[Link], key: impl Fn(&Link) -> Option<u32>) -> Vec<Vec<usize>> {
    let mut lists = vec![Vec::new(); boxes];
    for (place, link) in links.iter().enumerate() {
        if let Some(at) = key(link) {
            lists[at as usize].push(place);
        }
    }
    lists
}
