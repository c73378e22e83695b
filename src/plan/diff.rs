//! What changed between two bundles.

use std::collections::{BTreeMap, BTreeSet};

use super::Plan;

/// What is compared of a patch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its path under its root.
    pub path: String,
    /// Its checksum, as the ledger has it.
    pub checksum: String,
    /// Its older names.
    pub formerly: Vec<String>,
    /// Applied again when its checksum changes.
    pub repeatable: bool,
}

/// What changed; numbers are places in the old and in the new bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Only the new one has them.
    pub added: Vec<usize>,
    /// Only the old one has them.
    pub removed: Vec<usize>,
    /// Another checksum.
    pub changed: Vec<(usize, usize)>,
    /// Another name: the new one says so in its header, or its text is that of one that has gone.
    pub renamed: Vec<(usize, usize)>,
    /// Not where it was among those that both have: the fewest whose moving explains the order.
    pub moved: Vec<(usize, usize)>,
    /// How many patches both have, as they were and where they were.
    pub same: usize,
}

impl Difference {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self {
            added,
            removed,
            changed,
            renamed,
            moved,
            same: _,
        } = self;
        let both = [changed, renamed, moved];
        added.is_empty() && removed.is_empty() && both.iter().all(|list| list.is_empty())
    }
}

/// The entries of a plan.
#[must_use]
pub fn entries(plan: &Plan) -> Vec<Entry> {
    let patches = plan.patches.iter();
    let entries = patches.map(|patch| Entry {
        name: patch.name.clone(),
        path: patch.path.clone(),
        checksum: patch.checksum.to_string(),
        formerly: patch.formerly.clone(),
        repeatable: patch.repeatable,
    });
    entries.collect()
}

/// Compares two bundles.
#[must_use]
pub fn diff(old: &[Entry], new: &[Entry]) -> Difference {
    let mut olds: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, entry) in old.iter().enumerate() {
        olds.entry(&entry.name).or_insert(place);
    }
    let mut before: Vec<Option<usize>> = new
        .iter()
        .map(|entry| olds.remove(entry.name.as_str()))
        .collect();
    // What is left in `olds` has gone, or has another name.
    for (place, entry) in new.iter().enumerate() {
        if before[place].is_none() {
            let mut older = entry.formerly.iter();
            before[place] = older.find_map(|name| olds.remove(name.as_str()));
        }
    }
    let mut texts: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for &place in olds.values() {
        texts.entry(&old[place].checksum).or_default().push(place);
    }
    let mut wanted: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, entry) in new.iter().enumerate() {
        if before[place].is_none() {
            *wanted.entry(&entry.checksum).or_default() += 1;
        }
    }
    for (place, entry) in new.iter().enumerate() {
        if before[place].is_none()
            && wanted.get(entry.checksum.as_str()) == Some(&1)
            && let Some([only]) = texts.get(entry.checksum.as_str()).map(Vec::as_slice)
        {
            olds.remove(old[*only].name.as_str());
            before[place] = Some(*only);
        }
    }

    let pairs: Vec<(usize, usize)> = before
        .iter()
        .enumerate()
        .filter_map(|(new, old)| old.map(|old| (old, new)))
        .collect();
    let still = longest_rising(&pairs);
    let mut found = Difference::default();
    let known: BTreeSet<usize> = pairs.iter().map(|&(old, _)| old).collect();
    found.removed = (0..old.len())
        .filter(|place| !known.contains(place))
        .collect();
    found.added = (0..new.len())
        .filter(|&place| before[place].is_none())
        .collect();
    for &(one, other) in &pairs {
        let is_changed = old[one].checksum != new[other].checksum;
        let is_renamed = old[one].name != new[other].name;
        let is_moved = !still.contains(&one);
        if is_changed {
            found.changed.push((one, other));
        }
        if is_renamed {
            found.renamed.push((one, other));
        }
        if is_moved {
            found.moved.push((one, other));
        }
        found.same += usize::from(!(is_changed || is_renamed || is_moved));
    }
    found
}

/// The old places of the most patches that stand in the same order in both.
fn longest_rising(pairs: &[(usize, usize)]) -> BTreeSet<usize> {
    // For each length the pair that ends such a row with the smallest place, and each one's
    // predecessor in its row.
    let mut ends: Vec<usize> = Vec::new();
    let mut previous: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (at, &(old, _)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|&end| pairs[end].0 < old);
        previous.push(length.checked_sub(1).map(|before| ends[before]));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut row = BTreeSet::new();
    let mut at = ends.last().copied();
    while let Some(place) = at {
        row.insert(pairs[place].0);
        at = previous[place];
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(words: &str) -> Vec<Entry> {
        let words = words.split_whitespace();
        let entries = words.map(|word| {
            let (name, checksum) = word.split_once('=').unwrap_or((word, word));
            let (name, older) = name.split_once('<').unwrap_or((name, ""));
            Entry {
                name: name.to_owned(),
                checksum: checksum.to_owned(),
                formerly: older.split_terminator('<').map(str::to_owned).collect(),
                ..Entry::default()
            }
        });
        entries.collect()
    }

    fn told(old: &str, new: &str) -> String {
        let (old, new) = (entries(old), entries(new));
        let found = diff(&old, &new);
        let one = |entries: &[Entry], place: &usize| entries[*place].name.clone();
        let two = |(before, after): &(usize, usize)| {
            format!("{}>{}", old[*before].name, new[*after].name)
        };
        let mut words: Vec<String> = Vec::new();
        words.extend(found.added.iter().map(|it| format!("+{}", one(&new, it))));
        words.extend(found.removed.iter().map(|it| format!("-{}", one(&old, it))));
        words.extend(found.changed.iter().map(|it| format!("c:{}", two(it))));
        words.extend(found.renamed.iter().map(|it| format!("r:{}", two(it))));
        words.extend(found.moved.iter().map(|it| format!("m:{}", two(it))));
        words.push(found.same.to_string());
        assert_eq!(
            found.is_empty(),
            found.same == old.len() && found.same == new.len()
        );
        words.join(" ")
    }

    #[test]
    fn what_changed_is_found() {
        assert_eq!(told("", ""), "0");
        assert_eq!(told("a b c", "a b c"), "3");
        assert_eq!(told("a b", "a c b=2"), "+c c:b>b 1");
        assert_eq!(told("a b c", "c"), "-a -b 1");
        // The fewest are told to have moved.
        assert_eq!(told("a b c d", "d a b c"), "m:d>d 3");
        assert_eq!(told("a b c d", "b c d a"), "m:a>a 3");
        // By its header, and by its text where that is no one else's.
        assert_eq!(told("a b", "a new<b=2"), "c:b>new r:b>new 1");
        assert_eq!(told("a b=1", "a new=1"), "r:b>new 1");
        assert_eq!(told("a=1 b=1", "c=1"), "+c -a -b 0");
        assert_eq!(told("b=1", "c=1 d=1"), "+c +d -b 0");
        // One that is still there is no older name.
        assert_eq!(told("a b", "a b c<b"), "+c 2");
    }
}
