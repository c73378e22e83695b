//! Where each box and each knee of a line is within its layer: near to what it is joined to, at least
//! a gap from its neighbours.
//!
//! For one layer, with those above or below where they are, the best places by least squares keep their
//! order under "each at least so far from the last": an isotonic regression, which pooling neighbours
//! that want the wrong order solves exactly. Sweeps down and up bring all layers together.

use super::crossings::Web;

/// Between two boxes, a box and a line, two lines.
const BOXES: i64 = 30;
const MIXED: i64 = 20;
const LINES: i64 = 14;

/// How often all layers are put in their places anew.
const SWEEPS: usize = 12;

/// How much a straight line between two knees matters against two boxes below each other.
const STRAIGHT: i64 = 48;

/// The middle of each box and the place of each knee; the leftmost edge is at 0.
pub(super) fn columns(web: &Web) -> Vec<i32> {
    let mut x = vec![0_i64; web.widths.len()];
    for layer in &web.layers {
        let offsets = offsets(web, layer);
        let middle = offsets.last().map_or(0, |last| last / 2);
        for (&at, offset) in layer.iter().zip(offsets) {
            x[at] = offset - middle;
        }
    }
    let rows = web.layers.len();
    for sweep in 0..SWEEPS {
        // Both sides together once the whole has its shape.
        let both = sweep + 4 >= SWEEPS;
        for row in 0..rows {
            settle(web, row, &mut x, true, both);
        }
        for row in (0..rows).rev() {
            settle(web, row, &mut x, both, true);
        }
    }
    let left = (0..x.len())
        .map(|at| x[at] - i64::from(web.widths[at]) / 2)
        .min()
        .unwrap_or(0);
    x.into_iter()
        .map(|x| i32::try_from(x - left).unwrap_or(i32::MAX))
        .collect()
}

/// The least distances of each from the first of its layer.
fn offsets(web: &Web, layer: &[usize]) -> Vec<i64> {
    let mut offset = 0;
    let mut last: Option<usize> = None;
    let mut offsets = Vec::with_capacity(layer.len());
    for &at in layer {
        if let Some(last) = last {
            let gap = match (last < web.boxes, at < web.boxes) {
                (true, true) => BOXES,
                (false, false) => LINES,
                _ => MIXED,
            };
            offset += i64::from(web.widths[last] / 2 + web.widths[at] / 2) + gap;
        }
        offsets.push(offset);
        last = Some(at);
    }
    offsets
}

/// Neighbours that want the wrong order and so stand as near to each other as they may.
struct Pool {
    /// The sum of what they want, each times its weight.
    sum: i64,
    weight: i64,
    count: usize,
}

fn settle(web: &Web, row: usize, x: &mut [i64], above: bool, below: bool) {
    let layer = &web.layers[row];
    let offsets = offsets(web, layer);
    let mut pools: Vec<Pool> = Vec::new();
    for (&at, offset) in layer.iter().zip(&offsets) {
        let (sum, weight) = wanted(web, at, x, above, below);
        let mut pool = Pool {
            sum: sum - offset * weight,
            weight,
            count: 1,
        };
        while let Some(last) = pools.pop_if(|last| last.sum * pool.weight >= pool.sum * last.weight)
        {
            pool.sum += last.sum;
            pool.weight += last.weight;
            pool.count += last.count;
        }
        pools.push(pool);
    }
    let mut at = 0;
    for pool in pools {
        // Rounding down keeps the order of the pools.
        let start = pool.sum.div_euclid(pool.weight);
        for _ in 0..pool.count {
            x[layer[at]] = start + offsets[at];
            at += 1;
        }
    }
}

/// The sum of the places that it is drawn to, each times its weight, and the weights.
fn wanted(web: &Web, at: usize, x: &[i64], above: bool, below: bool) -> (i64, i64) {
    let sides = [(above, &web.above[at]), (below, &web.below[at])];
    let (mut sum, mut weight) = (0, 0);
    for to in sides
        .into_iter()
        .filter(|side| side.0)
        .flat_map(|side| side.1)
    {
        let share = match (at < web.boxes, *to < web.boxes) {
            (true, true) => 1,
            (false, false) => STRAIGHT,
            _ => 1,
        };
        sum += x[*to] * share;
        weight += share;
    }
    if weight == 0 {
        (x[at], 1)
    } else {
        (sum, weight)
    }
}
