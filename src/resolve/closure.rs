//! Who reaches whom, kept up to date while edges are added: asking is one look, where a search
//! would walk over all that comes after a patch.

use smallvec::SmallVec;

use super::PatchId;

/// The patches directly before or after one; most have few.
pub(super) type Neighbours = SmallVec<[u32; 6]>;

/// For each patch, which of some watched patches the edges put after it.
pub(super) struct Closure {
    /// The bit of a patch that is watched.
    bits: Vec<Option<u32>>,
    /// Words of a patch's row.
    words: usize,
    /// A row of bits for each patch.
    rows: Vec<u64>,
    /// The patches whose rows changed.
    changed: Vec<PatchId>,
}

impl Closure {
    /// What the edges in `later` (per patch, the patches directly after it) say about the `watched`
    /// patches.
    pub(super) fn new(later: &[Neighbours], watched: impl IntoIterator<Item = PatchId>) -> Self {
        let mut bits = vec![None; later.len()];
        let mut count = 0;
        for patch in watched {
            bits[patch.0 as usize].get_or_insert_with(|| {
                count += 1;
                count - 1
            });
        }
        let words = (count as usize).div_ceil(64);
        let mut closure = Self {
            bits,
            words,
            rows: vec![0; later.len() * words],
            changed: Vec::new(),
        };
        // What comes after a patch is done before it, so that one pass is enough; where there are
        // cycles, passes until nothing is new.
        let order = last_first(later);
        let mut again = true;
        while again {
            again = false;
            for &patch in &order {
                for &next in &later[patch as usize] {
                    again |= closure.take_over(patch, next);
                }
            }
        }
        closure
    }

    /// Whether the edges put `later` after `earlier`; `None` where `later` is not watched.
    pub(super) fn reaches(&self, earlier: PatchId, later: PatchId) -> Option<bool> {
        let bit = self.bits[later.0 as usize]? as usize;
        let word = self.rows[earlier.0 as usize * self.words + bit / 64];
        Some(word & (1 << (bit % 64)) != 0)
    }

    /// Adds an edge; `before` has, per patch, the patches directly before it.
    pub(super) fn add(&mut self, earlier: PatchId, later: PatchId, before: &[Neighbours]) {
        if !self.take_over(earlier.0, later.0) {
            return;
        }
        let mut open = vec![earlier.0];
        while let Some(patch) = open.pop() {
            self.changed.push(PatchId(patch));
            for &previous in &before[patch as usize] {
                if self.take_over(previous, patch) {
                    open.push(previous);
                }
            }
        }
    }

    /// The patches that have come to reach more since the last call, some of them more than once.
    pub(super) fn take_changed(&mut self) -> Vec<PatchId> {
        std::mem::take(&mut self.changed)
    }

    /// Gives `earlier` what `later` is and has; says whether that was new.
    fn take_over(&mut self, earlier: u32, later: u32) -> bool {
        let (to, from) = (earlier as usize * self.words, later as usize * self.words);
        let mut new = 0;
        for word in 0..self.words {
            let had = self.rows[to + word];
            let has = had | self.rows[from + word];
            new |= has ^ had;
            self.rows[to + word] = has;
        }
        if let Some(bit) = self.bits[later as usize] {
            let word = &mut self.rows[to + bit as usize / 64];
            let mask = 1 << (bit % 64);
            new |= !*word & mask;
            *word |= mask;
        }
        new != 0
    }
}

/// The patches, each after all that come after it; somewhere on a cycle that cannot be.
fn last_first(later: &[Neighbours]) -> Vec<u32> {
    let mut order = Vec::with_capacity(later.len());
    let mut seen = vec![false; later.len()];
    for start in 0..later.len() as u32 {
        if seen[start as usize] {
            continue;
        }
        seen[start as usize] = true;
        // Patches on the way, each with how many of its successors were looked at.
        let mut way = vec![(start, 0)];
        while let Some((patch, looked)) = way.last_mut() {
            match later[*patch as usize].get(*looked) {
                Some(&next) => {
                    *looked += 1;
                    if !std::mem::replace(&mut seen[next as usize], true) {
                        way.push((next, 0));
                    }
                }
                None => {
                    order.push(*patch);
                    way.pop();
                }
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Whether a search finds a way of at least one edge.
    fn finds(later: &[Neighbours], from: u32, to: u32) -> bool {
        let mut seen = vec![false; later.len()];
        let mut open = vec![from];
        while let Some(patch) = open.pop() {
            for &next in &later[patch as usize] {
                if !std::mem::replace(&mut seen[next as usize], true) {
                    open.push(next);
                }
            }
        }
        seen[to as usize]
    }

    proptest! {
        #[test]
        fn it_says_what_a_search_finds(
            edges in proptest::collection::vec((0_u32..9, 0_u32..9), 0..24),
            first in 0_usize..24,
            watched in proptest::collection::btree_set(0_u32..9, 0..9),
        ) {
            let mut later = vec![Neighbours::new(); 9];
            let mut before = vec![Neighbours::new(); 9];
            let (early, late) = edges.split_at(first.min(edges.len()));
            for &(from, to) in early {
                later[from as usize].push(to);
                before[to as usize].push(from);
            }
            let ids = watched.iter().map(|&patch| PatchId(patch));
            let mut closure = Closure::new(&later, ids);
            for &(from, to) in late {
                let reach: Vec<bool> = (0..9).map(|to| finds(&later, from, to)).collect();
                later[from as usize].push(to);
                before[to as usize].push(from);
                closure.add(PatchId(from), PatchId(to), &before);
                let changed = closure.take_changed();
                let more = watched.iter().any(|&patch| {
                    !reach[patch as usize] && finds(&later, from, patch)
                });
                prop_assert_eq!(changed.contains(&PatchId(from)), more);
            }
            for from in 0..9 {
                for to in 0..9 {
                    let expected = watched.contains(&to).then(|| finds(&later, from, to));
                    prop_assert_eq!(closure.reaches(PatchId(from), PatchId(to)), expected);
                }
            }
        }
    }
}
