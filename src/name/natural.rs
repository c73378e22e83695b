//! The natural order of paths: runs of digits compare as numbers, so `9_x` comes before `10_a`, and the
//! numbers that names begin with as versions, so `V2__x` comes before `V2_1__a`.

use std::cmp::Ordering;

/// What a version may begin with.
const LETTERS: [char; 4] = ['V', 'v', 'U', 'R'];

/// The digits of a day: `20240131`.
const DAY: usize = 8;

/// The digits of its year.
const YEAR: usize = 4;

/// Compares two paths part by part. Parts that both begin with a version (`V1.2__`, `001_`, `2024-01-31-`)
/// compare by its numbers first; in a part, runs of ASCII digits compare by value and everything
/// else by its bytes. Names that differ only in leading zeros fall back to their bytes, so the order
/// is total: it says `Equal` only for equal texts.
#[must_use]
pub fn natural_cmp(left: &str, right: &str) -> Ordering {
    let parts = left.split('/').zip(right.split('/'));
    for (one, other) in parts {
        let order = version_cmp(one, other);
        let order = order.then_with(|| part_cmp(one.as_bytes(), other.as_bytes()));
        if order.is_ne() {
            return order;
        }
    }
    let depth = left.split('/').count().cmp(&right.split('/').count());
    depth.then_with(|| left.cmp(right))
}

/// The order of the versions that both begin with; equal where one has none, or they are told by other
/// letters.
fn version_cmp(one: &str, other: &str) -> Ordering {
    let (one_letter, one) = version(one);
    let (other_letter, other) = version(other);
    if one_letter != other_letter || one.is_empty() || other.is_empty() {
        return Ordering::Equal;
    }
    let mut numbers = numbers(one).zip(numbers(other));
    let order = numbers.find_map(|(one, other)| {
        let order = number_cmp(one.as_bytes(), other.as_bytes());
        order.is_ne().then_some(order)
    });
    let count = |version| self::numbers(version).count();
    order.unwrap_or_else(|| count(one).cmp(&count(other)))
}

/// The letter and the numbers of a version: `V` and `1.2__` of `V1.2__users`.
fn version(part: &str) -> (Option<char>, &str) {
    let letter = part
        .chars()
        .next()
        .filter(|letter| LETTERS.contains(letter));
    let rest = &part[letter.map_or(0, char::len_utf8)..];
    if !rest.starts_with(|char: char| char.is_ascii_digit()) {
        return (letter, "");
    }
    let end = rest.find(|char: char| !char.is_ascii_digit() && !matches!(char, '.' | '_' | '-'));
    (letter, &rest[..end.unwrap_or(rest.len())])
}

/// The numbers of a version. A moment (`20240131120000`) is a day and a time, so that it compares with days.
fn numbers(version: &str) -> impl Iterator<Item = &str> {
    let separated = version.split(['.', '_', '-']);
    let numbers = separated.take_while(|number| !number.is_empty());
    numbers.flat_map(|number| match day_and_time(number) {
        Some((day, time)) => std::iter::once(day).chain(Some(time)),
        None => std::iter::once(number).chain(None),
    })
}

/// The parts of a number that begins with a day and goes on with a time. (Some histories have days that no
/// calendar has.)
#[must_use]
pub fn day_and_time(number: &str) -> Option<(&str, &str)> {
    let year = number.get(..YEAR).and_then(|year| year.parse().ok());
    let is_moment =
        number.len() > DAY && year.is_some_and(|year: u16| (1900..3000).contains(&year));
    is_moment.then(|| number.split_at(DAY))
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

    #[test]
    fn versions_compare_by_their_numbers() {
        let mut paths = [
            "V2_1__a",
            "V2__x",
            "V2.1.1__a",
            "V2.0__b",
            "V10__a",
            "1.2.sql",
            "1.2.1.sql",
            "a2_1",
            "a2__",
            "V__",
        ];
        paths.sort_by(|one, other| natural_cmp(one, other));
        assert_eq!(
            paths,
            [
                "1.2.sql",
                "1.2.1.sql",
                "V2__x",
                "V2.0__b",
                "V2_1__a",
                "V2.1.1__a",
                "V10__a",
                "V__",
                "a2_1",
                "a2__",
            ]
        );
    }

    #[test]
    fn days_compare_with_moments() {
        let mut paths = [
            "20250101000000_b",
            "20250626_c",
            "20250625101112_d",
            "20250625_a",
            "202506_e",
            "20251301000000_f",
        ];
        paths.sort_by(|one, other| natural_cmp(one, other));
        assert_eq!(
            paths,
            [
                "202506_e",
                "20250101000000_b",
                "20250625_a",
                "20250625101112_d",
                "20250626_c",
                "20251301000000_f",
            ]
        );
    }

    proptest! {
        #[test]
        fn days_and_moments_have_one_order(
            mut names in proptest::collection::vec("(19|20|30)?[0-2]{4,14}(_[0-9]{1,3})?", 3)
        ) {
            names.sort_by(|one, other| natural_cmp(one, other));
            for (one, other) in [(0, 1), (0, 2), (1, 2)] {
                prop_assert_ne!(natural_cmp(&names[one], &names[other]), Ordering::Greater);
            }
        }

        #[test]
        fn the_order_is_total(mut names in proptest::collection::vec("[a-bV0-2/._]{0,6}", 3)) {
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
