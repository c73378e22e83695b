//! The files of one revision, and what a side did to them.

use std::collections::{BTreeMap, BTreeSet};

use super::super::git::{Repository, Told};
use crate::dialect::Engine;
use crate::finding::{Code, Finding};
use crate::name::visible;
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
/// becomes of the file is not known; the text of the head stands for it here.
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
        } else {
            let text = match (old_text, one_text, other_text) {
                (Some(old), Some(one), Some(other)) => repository.merge_file([one, old, other])?,
                _ => None,
            };
            if text.is_none() {
                findings.push(conflict(path, names));
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

fn conflict(path: &str, [base, head]: [&str; 2]) -> Finding {
    let title = format!("both {base} and {head} have made something else of this file");
    Finding::new(Code::MergeHazard, title)
        .path(path)
        .note("git cannot merge it by itself; what becomes of it is not known yet, so it is read as one side has it")
        .help("merge the file, and check the result: sqlstitch check --staged")
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
