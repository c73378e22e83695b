//! The natural order of paths: runs of digits compare as numbers, so `9_x` comes before `10_a`.

use std::cmp::Ordering;

/// Compares two paths part by part; in a part, runs of ASCII digits compare by value and everything
/// else by its bytes. Names that differ only in leading zeros fall back to their bytes, so the order
/// is total: it says `Equal` only for equal texts.
#[must_use]
pub fn natural_cmp(left: &str, right: &str) -> Ordering {
    let parts = left.split('/').zip(right.split('/'));
    for (one, other) in parts {
        let order = part_cmp(one.as_bytes(), other.as_bytes());
        if order.is_ne() {
            return order;
        }
    }
    let depth = left.split('/').count().cmp(&right.split('/').count());
    depth.then_with(|| left.cmp(right))
}

fn part_cmp(mut left: &[u8], mut right: &[u8]) -> Ordering {
    loop {
        let (one, other) = (digits(left), digits(right));
        if one > 0 && other > 0 {
            let order = number_cmp(&left[..one], &right[..other]);
            if order.is_ne() {
                return order;
            }
            (left, right) = (&left[one..], &right[other..]);
            continue;
        }
        match (left.split_first(), right.split_first()) {
            (Some((one, left_rest)), Some((other, right_rest))) => {
                if one != other {
                    return one.cmp(other);
                }
                (left, right) = (left_rest, right_rest);
            }
            (one, other) => return one.is_some().cmp(&other.is_some()),
        }
    }
}

fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// Numbers of any length: without leading zeros, the longer is the larger.
fn number_cmp(left: &[u8], right: &[u8]) -> Ordering {
    let significant = |digits: &[u8]| digits.iter().position(|&digit| digit != b'0');
    let left = significant(left).map_or(&[][..], |start| &left[start..]);
    let right = significant(right).map_or(&[][..], |start| &right[start..]);
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_compare_as_numbers() {
        let mut paths = [
            "b/1", "a10", "V10__x", "a9", "V9__y", "a09", "b", "a/2", "b/0",
        ];
        paths.sort_by(|one, other| natural_cmp(one, other));
        assert_eq!(
            paths,
            [
                "V9__y", "V10__x", "a/2", "a09", "a9", "a10", "b", "b/0", "b/1"
            ]
        );
    }

    proptest! {
        #[test]
        fn the_order_is_total(mut names in proptest::collection::vec("[a-b0-2/._]{0,6}", 3)) {
            names.sort_by(|one, other| natural_cmp(one, other));
            for window in names.windows(2) {
                prop_assert_ne!(natural_cmp(&window[0], &window[1]), Ordering::Greater);
                prop_assert_eq!(
                    natural_cmp(&window[0], &window[1]),
                    natural_cmp(&window[1], &window[0]).reverse()
                );
            }
            prop_assert_ne!(natural_cmp(&names[0], &names[2]), Ordering::Greater);
        }
    }
}
