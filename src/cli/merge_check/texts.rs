//! The files of one revision, and what a side did to them.

use std::collections::{BTreeMap, BTreeSet};

use super::super::git::{Repository, Told};
use crate::dialect::Engine;
use crate::finding::{Code, Finding};
use crate::name::visible;
use crate::read::fact::{Action, Fact, Object};
use crate::read::{self, Patch};
use crate::source::{Checksum, Source, SourceId, Sources};

/// The files of one revision.
pub(super) struct Texts {
    engine: Engine,
    pub(super) sources: Sources,
    by_path: BTreeMap<String, SourceId>,
}

/// What one side did since the common ancestor, by path.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) added: BTreeSet<String>,
    pub(super) changed: BTreeSet<String>,
    pub(super) removed: BTreeSet<String>,
    /// The new path, and the old one.
    pub(super) renamed: BTreeMap<String, String>,
}

impl Texts {
    pub(super) fn of(sources: Sources, engine: Engine) -> Self {
        let by_path = sources.iter();
        let by_path = by_path.map(|source| (source.shown.clone(), source.id));
        Self {
            engine,
            by_path: by_path.collect(),
            sources,
        }
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.by_path.contains_key(path)
    }

    pub(super) fn get(&self, path: &str) -> Option<&Source> {
        Some(self.sources.get(*self.by_path.get(path)?))
    }

    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.get(path).map(|source| source.text.as_str())
    }

    pub(super) fn patch(&self, path: &str) -> Option<Patch> {
        Some(read::read(self.get(path)?, self.engine).patch)
    }

    fn checksum(&self, path: &str) -> Option<Checksum> {
        self.patch(path).map(|patch| patch.checksum)
    }

    pub(super) fn changes(&self, ancestor: &Self) -> Changes {
        let mut changes = Changes::default();
        for (path, &id) in &self.by_path {
            let text = self.sources.get(id).text.as_str();
            match ancestor.text(path) {
                None => {
                    changes.added.insert(path.clone());
                }
                Some(old) if old == text => {}
                // Comments and layout are no change.
                Some(_) if ancestor.checksum(path) == self.checksum(path) => {}
                Some(_) => {
                    changes.changed.insert(path.clone());
                }
            }
        }
        let gone = ancestor.by_path.keys().filter(|path| !self.has(path));
        changes.removed = gone.cloned().collect();
        if !changes.removed.is_empty() {
            self.find_renamed(&mut changes, ancestor);
        }
        changes
    }

    /// What is gone under one path and new under another, with the same statements, was renamed.
    fn find_renamed(&self, changes: &mut Changes, ancestor: &Self) {
        let mut added: BTreeMap<Checksum, Vec<String>> = BTreeMap::new();
        for path in changes.added.iter().rev() {
            if let Some(checksum) = self.checksum(path) {
                added.entry(checksum).or_default().push(path.clone());
            }
        }
        changes.removed.retain(|old| {
            let same = ancestor.checksum(old);
            let same = same.and_then(|checksum| added.get_mut(&checksum));
            let Some(new) = same.and_then(Vec::pop) else {
                return true;
            };
            changes.added.remove(&new);
            changes.renamed.insert(new, old.clone());
            false
        });
    }
}

/// The files that the merge leaves: git merges those that both sides have changed. Where it cannot, what
/// becomes of the file is not known; the text of one side stands for it here. Two patches that the sides
/// have given one name stand there both.
pub(super) fn merged(
    repository: &Repository,
    [ancestor, base, head]: [&Texts; 3],
    names: [&str; 2],
) -> Told<(Sources, Vec<Finding>)> {
    let mut sources = Sources::default();
    let mut findings = Vec::new();
    let paths: BTreeSet<&String> = base.by_path.keys().chain(head.by_path.keys()).collect();
    for path in paths {
        let [old, one, other] = [ancestor, base, head].map(|texts| texts.get(path));
        let [old_text, one_text, other_text] =
            [old, one, other].map(|source| source.map(|source| source.text.as_str()));
        let (source, text) = if one_text == other_text || one_text == old_text {
            (other, None)
        } else if other_text == old_text {
            (one, None)
        } else if let (None, Some(one), Some(other)) = (old, one, other) {
            let patches = [base, head].map(|side| side.patch(path));
            let [Some(first), Some(second)] = &patches else {
                continue;
            };
            if first.checksum == second.checksum {
                // Comments and layout are no change.
            } else if make_one_thing(first, second) {
                findings.push(two_versions(path, names));
            } else {
                findings.push(two_patches(path, names));
                sources.add_shown(
                    apart(&other.path, names[1]),
                    &other.shown,
                    other.text.as_str(),
                );
            }
            // This one is in databases.
            (Some(one), None)
        } else {
            let text = match (old, one, other) {
                (Some(old), Some(one), Some(other)) => {
                    repository.merge_file([&one.text, &old.text, &other.text])?
                }
                _ => None,
            };
            if text.is_none() {
                let has_both = one.is_some() && other.is_some();
                findings.push(if has_both {
                    conflict(path, names)
                } else {
                    gone(path, names, one.is_some())
                });
            }
            (other.or(one), text)
        };
        if let Some(source) = source {
            let text = text.unwrap_or_else(|| source.text.to_string());
            sources.add_shown(&source.path, &source.shown, text);
        }
    }
    Ok((sources, findings))
}

/// A path for the second of two patches of one name.
fn apart(path: &str, side: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    let side: String = side
        .chars()
        .map(|c| if is_plain(c) { c } else { '_' })
        .collect();
    match path.strip_suffix(".sql") {
        Some(name) => format!("{name}~{side}.sql"),
        None => format!("{path}~{side}"),
    }
}

/// Whether two texts look like one patch that somebody has changed, rather than like two patches: they
/// make the same thing.
fn make_one_thing(one: &Patch, other: &Patch) -> bool {
    let made = |patch: &Patch| -> BTreeSet<Object> {
        let facts = patch.facts.iter().flat_map(|it| &it.facts);
        let defines = |fact: &&Fact| {
            fact.in_body_of.is_none() && matches!(fact.action, Action::Define { .. })
        };
        facts.filter(defines).map(|it| it.object.clone()).collect()
    };
    !made(one).is_disjoint(&made(other))
}

fn conflict(path: &str, [base, head]: [&str; 2]) -> Finding {
    let title = format!("both {base} and {head} have made something else of this file");
    Finding::new(Code::MergeHazard, title)
        .path(path)
        .note("git cannot merge it by itself; what becomes of it is not known yet, so it is read as one side has it")
        .help("merge the file, and check the result: sqlstitch check --staged")
}

fn gone(path: &str, [base, head]: [&str; 2], base_has_it: bool) -> Finding {
    let (one, other) = if base_has_it {
        (base, head)
    } else {
        (head, base)
    };
    let title = format!("{one} has changed this file, which is not in {other} any more");
    Finding::new(Code::MergeHazard, title)
        .path(path)
        .note("git cannot merge it by itself; it is read as if it stayed")
        .help("keep the file or remove it, and check the result: sqlstitch check --staged")
}

/// Both have a new patch of one name, and these have nothing to do with each other.
fn two_patches(path: &str, [base, head]: [&str; 2]) -> Finding {
    let title = format!("{base} and {head} have each added another patch of this name");
    Finding::new(Code::MergeHazard, title)
        .path(path)
        .note("a database that has applied the one takes the other for the same patch, changed, and stops the script")
        .help(format!("give the file another name on {head} (`git mv`), so that the merge has both"))
}

/// Both have a new patch that makes the same, and one of them has more or less to it.
fn two_versions(path: &str, [base, head]: [&str; 2]) -> Finding {
    let title = format!("{base} and {head} have both added this file, and it is not the same");
    Finding::new(Code::MergeHazard, title)
        .path(path)
        .note(format!(
            "a database that has applied one of them stops the script as drift where it finds the other; it is read as {base} has it"
        ))
        .help(format!("take the file as {base} has it, and put what {head} has beside it into a new patch"))
}

/// What a side did, one file a line.
pub(super) fn list(name: &str, changes: &Changes) -> String {
    let Changes {
        added,
        changed,
        removed,
        renamed,
    } = changes;
    let count = added.len() + changed.len() + removed.len() + renamed.len();
    if count == 0 {
        return format!("{name}: no patch is new, changed or gone\n");
    }
    let shown = |path: &str| visible(path).into_owned();
    let mut lines: Vec<(String, String)> = Vec::new();
    let mut add = |sign: &str, paths: &BTreeSet<String>| {
        lines.extend(
            paths
                .iter()
                .map(|path| (path.clone(), format!("  {sign} {}\n", shown(path)))),
        );
    };
    add("+", added);
    add("~", changed);
    add("-", removed);
    lines.extend(renamed.iter().map(|(new, old)| {
        (
            new.clone(),
            format!("  > {} (was {})\n", shown(new), shown(old)),
        )
    }));
    lines.sort();
    let lines: String = lines.into_iter().map(|(_, line)| line).collect();
    format!(
        "{name}: {} new, {} changed, {} renamed, {} gone\n{lines}",
        added.len(),
        changed.len(),
        renamed.len(),
        removed.len()
    )
}
