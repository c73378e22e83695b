//! The numbers that file names start with in a numbered history: `001_`, `V1.2__`, `20240131-`. They
//! say which of two files is older, where nothing else does.

use std::collections::BTreeMap;

use super::PatchId;
use crate::name::day_and_time;

/// A number of this many digits is a date, which means the same in every folder.
const DATE_DIGITS: u32 = 8;

/// The places of the patches in their numbered histories.
#[derive(Clone, Debug)]
pub(super) struct Sequence {
    /// Per patch: its history and its place in it.
    places: Vec<Option<(usize, usize)>>,
}

impl Sequence {
    /// The sequence of the patches with these paths. Small numbers count only beside others of the
    /// same folder, dates everywhere.
    pub(super) fn new<'a>(paths: impl Iterator<Item = &'a str>) -> Self {
        let numbers: Vec<Option<Number<'a>>> = paths.map(number).collect();
        let mut histories: BTreeMap<&str, Vec<&Vec<u128>>> = BTreeMap::new();
        for number in numbers.iter().flatten() {
            histories
                .entry(number.history)
                .or_default()
                .push(&number.digits);
        }
        for numbers in histories.values_mut() {
            numbers.sort_unstable();
            numbers.dedup();
        }
        let place = |number: &Option<Number<'a>>| {
            let number = number.as_ref()?;
            let history = histories.keys().position(|&key| key == number.history)?;
            let place = histories[number.history].binary_search(&&number.digits);
            Some((history, place.ok()?))
        };
        Self {
            places: numbers.iter().map(place).collect(),
        }
    }

    /// A patch's history and its place in it, if its file name has a number.
    pub(super) fn place(&self, patch: PatchId) -> Option<(usize, usize)> {
        self.places[patch.0 as usize]
    }

    /// Whether the numbers say that `one` is older than `other`.
    pub(super) fn is_older(&self, one: PatchId, other: PatchId) -> bool {
        match (self.place(one), self.place(other)) {
            (Some((history, one)), Some((same, other))) => history == same && one < other,
            _ => false,
        }
    }

    /// Every patch in the order of the numbers, those without one last; `None` where there is no
    /// history, or more than one.
    pub(super) fn order(&self) -> Option<Vec<PatchId>> {
        let histories = || self.places.iter().flatten().map(|&(history, _)| history);
        let first = histories().next()?;
        if histories().any(|history| history != first) {
            return None;
        }
        let mut order: Vec<PatchId> = (0..self.places.len() as u32).map(PatchId).collect();
        order.sort_by_key(|patch| {
            let place = self.places[patch.0 as usize];
            (place.is_none(), place, *patch)
        });
        Some(order)
    }
}

/// The number of a file and what it counts in: the path before it, or nothing for a date.
struct Number<'a> {
    history: &'a str,
    digits: Vec<u128>,
}

/// The leading number of the path's last part (or, for `2024…_x/up.sql`, of its folder), or `None`
/// where there is none.
fn number(path: &str) -> Option<Number<'_>> {
    let mut end = path.len();
    for part in path.rsplit('/') {
        let start = end - part.len();
        if let Some(digits) = of_part(part) {
            let date = digits[0] >= 10_u128.pow(DATE_DIGITS - 1)
                || matches!(digits[..], [1900..=2999, 1..=12, 1..=31, ..]);
            let history = if date { "" } else { &path[..start] };
            let digits = if date { one_spelling(digits) } else { digits };
            return Some(Number { history, digits });
        }
        end = start.saturating_sub(1);
    }
    None
}

/// `20240131120000` and `2024-01-31-120000` as the same numbers: the day, then the time of day.
fn one_spelling(digits: Vec<u128>) -> Vec<u128> {
    if let [
        year @ 1900..=2999,
        month @ 1..=12,
        day @ 1..=31,
        ref rest @ ..,
    ] = digits[..]
    {
        let day = year * 10_000 + month * 100 + day;
        return std::iter::once(day).chain(rest.iter().copied()).collect();
    }
    let text = digits[0].to_string();
    let Some((day, time)) = day_and_time(&text) else {
        return digits;
    };
    let numbers = [day, time].map(|part| part.parse().unwrap_or(0));
    numbers
        .into_iter()
        .chain(digits[1..].iter().copied())
        .collect()
}

fn of_part(part: &str) -> Option<Vec<u128>> {
    let digits = part
        .strip_prefix(['V', 'v', 'U', 'R'])
        .filter(|rest| rest.starts_with(|char: char| char.is_ascii_digit()))
        .unwrap_or(part);
    let end = digits
        .find(|char: char| !char.is_ascii_digit() && !matches!(char, '.' | '_' | '-'))
        .unwrap_or(digits.len());
    let numbers: Vec<u128> = digits[..end]
        .split(['.', '_', '-'])
        .map_while(|digits| digits.parse().ok())
        .collect();
    (!numbers.is_empty()).then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::{Sequence, number};
    use crate::resolve::PatchId;

    fn digits(path: &str) -> Option<Vec<u128>> {
        number(path).map(|number| number.digits)
    }

    #[test]
    fn numbers_are_read_from_the_usual_schemes() {
        assert_eq!(digits("007_users.sql"), Some(vec![7]));
        assert_eq!(digits("db/V1.10__users.sql"), Some(vec![1, 10]));
        assert_eq!(
            digits("20240131120000_users.up.sql"),
            Some(vec![20_240_131, 120_000])
        );
        assert_eq!(digits("2024-01-31-a/up.sql"), Some(vec![20_240_131]));
        assert_eq!(digits("users_2.sql"), None);
        assert_eq!(digits("view.sql"), None);
    }

    #[test]
    fn small_numbers_count_in_their_folder_and_dates_everywhere() {
        let older =
            |one, other| Sequence::new([one, other].into_iter()).is_older(PatchId(0), PatchId(1));
        assert!(older("a/2_x.sql", "a/10_y.sql"));
        assert!(!older("a/10_x.sql", "a/2_y.sql"));
        assert!(!older("a/2_x.sql", "b/10_y.sql"));
        assert!(!older("a/2_x.sql", "a/2_y.sql"));
        assert!(!older("a/2_x.sql", "a/y.sql"));
        assert!(older("b/20240131_y.sql", "a/20240201_x.sql"));
        assert!(older(
            "20240131120000_y/up.sql",
            "2024-02-01-110000_x/up.sql"
        ));
        assert!(older(
            "2024-01-31-110000_y/up.sql",
            "20240131120000_x/up.sql"
        ));
        assert!(older("2024-01-31-y/up.sql", "2024-02-01-x/up.sql"));
    }
}
