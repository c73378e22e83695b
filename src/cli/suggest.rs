//! "Did you mean …?"

/// The candidate that `text` is most likely a misspelling of, if any is near enough.
pub(super) fn closest<'c>(
    text: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let near = |&(distance, candidate): &(usize, &str)| {
        distance * 3 <= candidate.chars().count().max(text.chars().count())
    };
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(text, candidate), candidate))
        .filter(near)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn only_what_is_near_is_suggested() {
        let names = ["dialect", "exclude", "include"];
        assert_eq!(closest("dialct", names), Some("dialect"));
        assert_eq!(closest("inclde", names), Some("include"));
        assert_eq!(closest("colour", names), None);
    }
}
