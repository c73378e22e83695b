//! How long names are looked for that are near to one that nothing has. Each such name is compared with all
//! others; where very many are wrong, it is not their spelling.

/// The comparisons of two names that one run may take: a second or less.
const COMPARISONS: usize = 2_000_000;

/// What is left of them.
pub(super) struct Near {
    left: usize,
}

impl Default for Near {
    fn default() -> Self {
        Self { left: COMPARISONS }
    }
}

impl Near {
    /// Whether one more name may be compared with as many as `names`.
    pub(super) fn may_compare(&mut self, names: usize) -> bool {
        let may = names <= self.left;
        if may {
            self.left -= names;
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends() {
        let mut near = Near::default();
        let helped = (0..1_000).filter(|_| near.may_compare(10_000)).count();
        assert_eq!(helped, 200);
        assert!((0..1_000).all(|_| Near::default().may_compare(1_000)));
    }
}
