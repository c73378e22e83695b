//! In which order the settings of one thing come.

use super::{Setting, TYPE};
use crate::resolve::PatchId;
use crate::resolve::edges::Edges;

/// The most settings of one object whose orders are all tried: 6! are 720.
const TRIED: usize = 6;

/// The most settings of one object of which it is seen what follows from what is known of others, and of which
/// each pair has its own edge.
const FOLLOWED: usize = 64;

/// Which of some patches come before which.
pub(super) struct Before {
    rows: Vec<Vec<bool>>,
}

impl Before {
    /// By the edges so far, or else the numbers in the file names.
    pub(super) fn new(patches: &[PatchId], edges: &Edges) -> Self {
        let reached: Vec<Vec<bool>> = patches
            .iter()
            .map(|&one| {
                let after = edges.reach(one);
                let reaches = |other: &PatchId| after[other.0 as usize];
                patches.iter().map(reaches).collect()
            })
            .collect();
        let is_older = |one: usize, other: usize| {
            edges.is_older(patches[one], patches[other]) && !reached[other][one]
        };
        let all = 0..patches.len();
        let row = |one: usize| -> Vec<bool> {
            let others = all.clone();
            others
                .map(|other| reached[one][other] || is_older(one, other))
                .collect()
        };
        let mut rows: Vec<Vec<bool>> = all.clone().map(row).collect();
        if patches.len() <= FOLLOWED {
            for by in all.clone() {
                for one in all.clone().filter(|&one| one != by) {
                    if rows[one][by] && !rows[by][one] {
                        for other in all.clone() {
                            rows[one][other] |= rows[by][other] && !rows[other][one];
                        }
                    }
                }
            }
        }
        Self { rows }
    }

    pub(super) fn has(&self, one: usize, other: usize) -> bool {
        self.rows[one][other]
    }

    /// Whether nothing tells which of two comes first.
    pub(super) fn is_open(&self, one: usize, other: usize) -> bool {
        one != other && !self.has(one, other) && !self.has(other, one)
    }

    /// The pairs that are in order and differ. Of many, those from which the others follow.
    pub(super) fn pairs(&self, differ: impl Fn(usize, usize) -> bool) -> Vec<(usize, usize)> {
        let all = 0..self.rows.len();
        let mut pairs = Vec::new();
        if all.len() <= FOLLOWED {
            for one in all.clone() {
                let others = all.clone().filter(|&other| self.has(one, other));
                let others = others.filter(|&other| differ(one, other));
                pairs.extend(others.map(|other| (one, other)));
            }
            return pairs;
        }
        let line = self.line();
        // For each place of the line, those before it that the pairs so far put there, a bit each.
        let mut followed: Vec<Vec<u64>> = Vec::with_capacity(line.len());
        for (place, &later) in line.iter().enumerate() {
            let mut before = vec![0; place.div_ceil(64)];
            for (earlier, &one) in line[..place].iter().enumerate().rev() {
                let is_news = before[earlier / 64] & (1 << (earlier % 64)) == 0;
                if is_news && differ(one, later) && self.has(one, later) {
                    pairs.push((one, later));
                    before[earlier / 64] |= 1 << (earlier % 64);
                    for (own, others) in before.iter_mut().zip(&followed[earlier]) {
                        *own |= others;
                    }
                }
            }
            followed.push(before);
        }
        pairs
    }

    /// One order that keeps what is known.
    pub(super) fn line(&self) -> Vec<usize> {
        let mut line: Vec<usize> = Vec::new();
        let mut left: Vec<usize> = (0..self.rows.len()).collect();
        while !left.is_empty() {
            let is_free = |next: &usize| !left.iter().any(|&other| self.has(other, *next));
            let place = left.iter().position(is_free).unwrap_or(0);
            line.push(left.remove(place));
        }
        line
    }
}

pub(super) enum Settled {
    /// By the edges and the numbers in the file names.
    Known,
    /// By a guess.
    Likely(Vec<usize>),
    /// Not at all: those that may come last, or, of types, all in an order that is possible.
    Open(Vec<usize>),
}

/// The order of the settings: what the edges and the numbers in the file names say, else the one in
/// which the value changes least often, else the one in which a type only widens.
pub(super) fn settle(settings: &[Setting], name: &str, before: &Before) -> Settled {
    let all = || 0..settings.len();
    let differ = |one: usize, other: usize| settings[one].value != settings[other].value;
    let is_last =
        |one: &usize| !all().any(|other| before.has(*one, other) && !before.has(other, *one));
    // Rows go through each type, but of the values of another setting only the last one is seen.
    let open: Vec<usize> = match name {
        TYPE => {
            let is_open =
                |one: usize| all().any(|other| differ(one, other) && before.is_open(one, other));
            match all().any(is_open) {
                true => before.line(),
                false => Vec::new(),
            }
        }
        _ => all().filter(is_last).collect(),
    };
    if !open.iter().any(|&one| differ(open[0], one)) {
        return Settled::Known;
    }
    if settings.len() > TRIED {
        return Settled::Open(open);
    }
    let mut orders = Vec::new();
    let has = |one: usize, other: usize| before.has(one, other);
    extend(settings.len(), &has, &mut Vec::new(), &mut orders);
    keep_least(&mut orders, |order| changes(settings, order));
    if name == TYPE {
        keep_least(&mut orders, |order| narrowings(settings, order));
    }
    let last = |order: &Vec<usize>| order.last().map(|&last| &settings[last].value);
    match orders.first() {
        Some(first) if orders.iter().all(|order| last(order) == last(first)) => {
            Settled::Likely(first.clone())
        }
        _ => Settled::Open(open),
    }
}

/// Every order that keeps what must come before.
fn extend(
    count: usize,
    before: &dyn Fn(usize, usize) -> bool,
    taken: &mut Vec<usize>,
    orders: &mut Vec<Vec<usize>>,
) {
    if taken.len() == count {
        orders.push(taken.clone());
        return;
    }
    for next in 0..count {
        let waits = |other: usize| other != next && !taken.contains(&other) && before(other, next);
        if !taken.contains(&next) && !(0..count).any(waits) {
            taken.push(next);
            extend(count, before, taken, orders);
            taken.pop();
        }
    }
}

fn keep_least(orders: &mut Vec<Vec<usize>>, amount: impl Fn(&[usize]) -> usize) {
    let least = orders.iter().map(|order| amount(order)).min();
    orders.retain(|order| Some(amount(order)) == least);
}

fn changes(settings: &[Setting], order: &[usize]) -> usize {
    let differs = |pair: &&[usize]| settings[pair[0]].value != settings[pair[1]].value;
    order.windows(2).filter(differs).count()
}

/// How many steps do not lead to a wider type.
fn narrowings(settings: &[Setting], order: &[usize]) -> usize {
    let widens = |pair: &[usize]| {
        let [from, to] = [&settings[pair[0]].value, &settings[pair[1]].value];
        from == to
            || width(from)
                .zip(width(to))
                .is_some_and(|(from, to)| from.0 == to.0 && from < to)
    };
    order.windows(2).filter(|pair| !widens(pair)).count()
}

/// The family of a type and how much it holds.
fn width(value: &[String]) -> Option<(&'static str, u32, u32)> {
    let length = || {
        let digits = value.iter().find_map(|word| word.parse::<u32>().ok());
        digits.unwrap_or(u32::MAX)
    };
    Some(match value.first()?.as_str() {
        "smallint" | "int2" => ("number", 1, 0),
        "integer" | "int" | "int4" => ("number", 2, 0),
        "bigint" | "int8" => ("number", 3, 0),
        "numeric" | "decimal" => ("number", 4, length()),
        "real" | "float4" => ("float", 1, 0),
        "double" | "float8" => ("float", 2, 0),
        "char" | "character" | "varchar" => ("text", 1, length()),
        "text" => ("text", 2, 0),
        "json" => ("json", 1, 0),
        "jsonb" => ("json", 2, 0),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANY: usize = FOLLOWED + 12;

    /// Who comes before whom, by way of others too.
    fn closed(pairs: &[(usize, usize)]) -> Vec<Vec<bool>> {
        let mut rows = vec![vec![false; MANY]; MANY];
        for &(one, other) in pairs {
            rows[one][other] = true;
        }
        for by in 0..MANY {
            for one in 0..MANY {
                if rows[one][by] {
                    let behind = rows[by].clone();
                    let reached = rows[one].iter_mut().zip(behind);
                    reached.for_each(|(known, more)| *known |= more);
                }
            }
        }
        rows
    }

    proptest::proptest! {
        #[test]
        fn the_other_pairs_of_many_follow(
            known in proptest::collection::vec((0..MANY, 0..MANY), 0..300),
            values in proptest::collection::vec(0..3, MANY),
        ) {
            let known = known.iter().map(|&(one, other)| (one.min(other), one.max(other)));
            let known: Vec<_> = known.filter(|(one, other)| one != other).collect();
            let before = Before { rows: closed(&known) };
            let differ = |one: usize, other: usize| values[one] != values[other];
            let all = (0..MANY).flat_map(|one| (0..MANY).map(move |other| (one, other)));
            let all = all.filter(|&(one, other)| differ(one, other) && before.has(one, other));
            let all: Vec<_> = all.collect();
            let few = before.pairs(differ);
            assert!(few.len() <= all.len());
            assert_eq!(closed(&few), closed(&all));
        }
    }
}
