//! The words with which patches define one object.

use std::collections::BTreeMap;

use super::{Life, Role};

/// The words of each role's definition; none where it does not define the object.
pub(super) struct Words<'a>(Vec<Option<Vec<&'a str>>>);

impl<'a> Words<'a> {
    pub(super) fn new(life: &Life<'a>, roles: &[Role]) -> Self {
        let words = |role: &Role| {
            let birth = role.birth?;
            let patch = &life.patches[role.patch.0 as usize];
            let statement = patch.statements.get(birth.at.0 as usize)?;
            Some(words(life.sources.slice(statement.body)))
        };
        Self(roles.iter().map(words).collect())
    }

    /// Whether the links all define the object with the same words, so that their order does not
    /// matter.
    pub(super) fn are_the_same(&self, chain: &[usize]) -> bool {
        let first = chain.first().and_then(|&link| self.0[link].as_ref());
        first.is_some() && chain.iter().all(|&link| self.0[link].as_ref() == first)
    }

    /// How many times a definition follows that lacks a word of the one before: code grows more often
    /// than it shrinks.
    pub(super) fn losses(&self, chain: &[usize]) -> usize {
        let made: Vec<&Vec<&str>> = chain
            .iter()
            .filter_map(|&link| self.0[link].as_ref())
            .collect();
        made.windows(2)
            .filter(|pair| !holds_all(pair[1], pair[0]))
            .count()
    }
}

/// Names, numbers and single signs.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let in_name = |char: char| char.is_alphanumeric() || char == '_';
        let end = if in_name(first) {
            rest.find(|char| !in_name(char)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        words.push(&rest[..end]);
        rest = rest[end..].trim_start();
    }
    words
}

fn holds_all(all: &[&str], part: &[&str]) -> bool {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for word in all {
        *left.entry(word).or_default() += 1;
    }
    part.iter().all(|word| {
        let count = left.get_mut(word).filter(|count| **count > 0);
        count.map(|count| *count -= 1).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::{holds_all, words};

    #[test]
    fn words_are_names_numbers_and_signs() {
        assert_eq!(
            words(" a.b_1('x',2)"),
            ["a", ".", "b_1", "(", "'", "x", "'", ",", "2", ")"]
        );
    }

    #[test]
    fn a_word_counts_as_often_as_it_stands_there() {
        let short = words("coalesce(a, b)");
        let long = words("coalesce(nullif(a, c), b)");
        assert!(holds_all(&long, &short));
        assert!(!holds_all(&short, &long));
    }
}
