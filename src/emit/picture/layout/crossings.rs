//! The order within each layer: few lines that cross.
//!
//! A line over several layers passes a knee in each of those between. Lines from one box share their
//! knees, so that a table that hundreds of patches need has one trunk with branches, not hundreds of
//! lines side by side.

use std::collections::BTreeMap;

use super::Link;
use super::layers::ends;

/// How many sweeps over all layers may pass without fewer crossings.
const PATIENCE: usize = 4;
/// How many sweeps there are at most.
const SWEEPS: usize = 24;
/// Above this number of boxes and knees neighbours are not swapped one by one.
const SWAPPED: usize = 6_000;

/// Boxes and knees in layers, joined by pieces of lines that each lead one layer down.
pub(super) struct Web {
    /// The number of boxes; what has a higher number is a knee.
    pub(super) boxes: usize,
    /// By box or knee; a knee has none.
    pub(super) widths: Vec<i32>,
    /// From left to right.
    pub(super) layers: Vec<Vec<usize>>,
    /// What is joined to it in the layer above, and below.
    pub(super) above: Vec<Vec<usize>>,
    pub(super) below: Vec<Vec<usize>>,
    /// The knees of each link, from its upper end to its lower one.
    pub(super) knees: Vec<Vec<usize>>,
    /// By box or knee, its number from the left in its layer.
    pub(super) position: Vec<usize>,
}

impl Web {
    pub(super) fn new(widths: &[i32], links: &[Link], layer: &[usize]) -> Self {
        let count = layer.iter().max().map_or(0, |&last| last + 1);
        let mut web = Self {
            boxes: widths.len(),
            widths: widths.to_vec(),
            layers: vec![Vec::new(); count],
            above: vec![Vec::new(); widths.len()],
            below: vec![Vec::new(); widths.len()],
            knees: Vec::new(),
            position: Vec::new(),
        };
        let mut in_layer = layer.to_vec();
        let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for link in links {
            let (upper, lower) = ends(link);
            let mut knees = Vec::new();
            let mut last = upper;
            for (row, _) in web
                .layers
                .iter()
                .enumerate()
                .take(layer[lower])
                .skip(layer[upper] + 1)
            {
                // A line that leads upwards is on its own.
                let known = (!link.back)
                    .then(|| shared.get(&(upper, row)).copied())
                    .flatten();
                let knee = known.unwrap_or_else(|| {
                    web.widths.push(0);
                    web.above.push(vec![last]);
                    web.below.push(Vec::new());
                    in_layer.push(row);
                    let knee = web.widths.len() - 1;
                    web.below[last].push(knee);
                    knee
                });
                if !link.back {
                    shared.insert((upper, row), knee);
                }
                knees.push(knee);
                last = knee;
            }
            web.below[last].push(lower);
            web.above[lower].push(last);
            web.knees.push(knees);
        }
        web.position = vec![0; web.widths.len()];
        web.start(&in_layer);
        web
    }

    /// Each box beside what is joined to it, as a walk downwards finds them.
    fn start(&mut self, layer: &[usize]) {
        for below in &mut self.below {
            // A trunk goes on in the middle of its branches, else it leans further in each layer.
            let (boxes, mut knees): (Vec<usize>, Vec<usize>) =
                below.iter().partition(|&&to| to < self.boxes);
            let (left, right) = boxes.split_at(boxes.len() / 2);
            *below = left.to_vec();
            below.append(&mut knees);
            below.extend_from_slice(right);
        }
        let mut seen = vec![false; self.widths.len()];
        let mut starts: Vec<usize> = (0..self.boxes).collect();
        starts.sort_by_key(|&at| (layer[at], at));
        for start in starts {
            let mut stack = vec![start];
            while let Some(at) = stack.pop() {
                if std::mem::replace(&mut seen[at], true) {
                    continue;
                }
                self.layers[layer[at]].push(at);
                stack.extend(self.below[at].iter().rev().filter(|&&to| !seen[to]));
            }
        }
        self.number();
    }

    fn number(&mut self) {
        for layer in &self.layers {
            for (position, &at) in layer.iter().enumerate() {
                self.position[at] = position;
            }
        }
    }

    /// Orders every layer by where its neighbours are, downwards and upwards in turn, and keeps the
    /// order with the fewest crossings.
    pub(super) fn untangle(&mut self) {
        let mut best = self.layers.clone();
        let mut fewest = self.crossings();
        let mut since = 0;
        for sweep in 0..SWEEPS {
            if fewest == 0 || since > PATIENCE {
                break;
            }
            let rows = self.layers.len();
            if sweep % 2 == 0 {
                (1..rows).for_each(|row| self.arrange(row, true));
            } else {
                (0..rows.saturating_sub(1))
                    .rev()
                    .for_each(|row| self.arrange(row, false));
            }
            if self.widths.len() <= SWAPPED {
                self.swap_neighbours();
            }
            let crossings = self.crossings();
            since += 1;
            if crossings < fewest {
                (fewest, since) = (crossings, 0);
                best.clone_from(&self.layers);
            }
        }
        self.layers = best;
        self.number();
    }

    /// Sorts a layer by the mean position of the neighbours above or below. What has none stays where
    /// it is.
    fn arrange(&mut self, row: usize, by_above: bool) {
        let joined = if by_above { &self.above } else { &self.below };
        let layer = &self.layers[row];
        let mut keyed: Vec<(u64, u64, usize)> = Vec::with_capacity(layer.len());
        for &at in layer.iter().filter(|&&at| !joined[at].is_empty()) {
            let sum = joined[at].iter().map(|&to| self.position[to] as u64).sum();
            keyed.push((sum, joined[at].len() as u64, at));
        }
        // Means as fractions, and a sort that leaves equal ones as they are.
        keyed.sort_by(|one, other| (one.0 * other.1).cmp(&(other.0 * one.1)));
        let mut sorted = keyed.into_iter();
        let mut now = Vec::with_capacity(layer.len());
        for &at in layer {
            let next = if joined[at].is_empty() {
                None
            } else {
                sorted.next()
            };
            now.push(next.map_or(at, |(_, _, moved)| moved));
        }
        for (position, &at) in now.iter().enumerate() {
            self.position[at] = position;
        }
        self.layers[row] = now;
    }

    /// Swaps two neighbours wherever fewer lines cross then.
    fn swap_neighbours(&mut self) {
        for row in 0..self.layers.len() {
            for left in 1..self.layers[row].len() {
                let (one, other) = (self.layers[row][left - 1], self.layers[row][left]);
                let now = self.between(one, other);
                if now > 0 && self.between(other, one) < now {
                    self.layers[row].swap(left - 1, left);
                    self.position.swap(one, other);
                }
            }
        }
    }

    /// How many lines of two neighbours cross while `left` stands on the left.
    fn between(&self, left: usize, right: usize) -> usize {
        let count = |joined: &[Vec<usize>]| -> usize {
            let mut right: Vec<usize> = joined[right].iter().map(|&to| self.position[to]).collect();
            right.sort_unstable();
            let lines = joined[left].iter().map(|&to| self.position[to]);
            lines
                .map(|to| right.partition_point(|&other| other < to))
                .sum()
        };
        count(&self.above) + count(&self.below)
    }

    /// How many lines cross, by counting inversions with a Fenwick tree: W. Barth, M. Jünger and
    /// P. Mutzel, "Simple and Efficient Bilayer Cross Counting" (2002).
    pub(super) fn crossings(&self) -> usize {
        let mut crossings = 0;
        for pair in self.layers.windows(2) {
            let width = pair[1].len();
            let mut tree = vec![0_usize; width + 1];
            let mut seen = 0;
            for &at in &pair[0] {
                let mut to: Vec<usize> =
                    self.below[at].iter().map(|&to| self.position[to]).collect();
                to.sort_unstable();
                for &to in &to {
                    // Those seen before that end further to the right.
                    let mut not_right = 0;
                    let mut place = to + 1;
                    while place > 0 {
                        not_right += tree[place];
                        place &= place - 1;
                    }
                    crossings += seen - not_right;
                }
                for &to in &to {
                    let mut place = to + 1;
                    while place <= width {
                        tree[place] += 1;
                        place += place & place.wrapping_neg();
                    }
                    seen += 1;
                }
            }
        }
        crossings
    }
}
