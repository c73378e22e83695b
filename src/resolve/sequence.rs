//! The number that a file name starts with in a numbered history: `001_`, `V1.2__`, `20240131-`.

/// The leading numbers of the path's last part (or, for `2024…_x/up.sql`, of its folder), or `None`
/// where it does not start with one.
pub(super) fn number(path: &str) -> Option<Vec<u128>> {
    path.rsplit('/').find_map(of_part)
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
    use super::number;

    #[test]
    fn numbers_are_read_from_the_usual_schemes() {
        assert_eq!(number("007_users.sql"), Some(vec![7]));
        assert_eq!(number("db/V1.10__users.sql"), Some(vec![1, 10]));
        assert_eq!(
            number("20240131120000_users.up.sql"),
            Some(vec![20_240_131_120_000])
        );
        assert_eq!(number("2024-01-31-a/up.sql"), Some(vec![2024, 1, 31]));
        assert_eq!(number("users_2.sql"), None);
        assert_eq!(number("view.sql"), None);
    }
}
