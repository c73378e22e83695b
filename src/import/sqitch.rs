//! Sqitch: a plan names the changes in order, with what each requires.
//! <https://sqitch.org/docs/manual/sqitchchanges/>

use std::collections::BTreeMap;

use super::{Import, Migration, about_line, file_name, left_out};
use crate::source::{Source, Sources};

/// A line of the plan that adds a change.
struct Change<'p> {
    name: &'p str,
    requires: Vec<&'p str>,
    /// Where its line starts in the plan.
    at: usize,
    /// The tags that stand right behind it.
    tags: Vec<&'p str>,
}

/// Whether there is a script of a change beside the plan.
fn has_scripts(plan: &Source, sources: &Sources) -> bool {
    let deploy = format!("{}deploy/", plan.path.trim_end_matches("sqitch.plan"));
    sources
        .iter()
        .any(|source| source.path.starts_with(&deploy) && source.path.ends_with(".sql"))
}

pub(super) fn read(sources: &Sources) -> Import {
    let mut import = Import::default();
    // The plan stands beside the scripts, which may be in a folder of the project (`top_dir`). What `sqitch init`
    // left at the project's root before there was a `top_dir` has no scripts.
    let plans = sources
        .iter()
        .filter(|source| file_name(source) == "sqitch.plan");
    let Some(plan) = plans.min_by_key(|plan| (!has_scripts(plan, sources), plan.path.len())) else {
        return import;
    };
    let top = plan.path.trim_end_matches("sqitch.plan");
    let under_top: Vec<(&str, &Source)> = sources
        .iter()
        .filter_map(|source| Some((source.path.strip_prefix(top)?, source)))
        .collect();
    let files: BTreeMap<&str, &Source> = under_top.iter().copied().collect();
    let changes = changes(&plan.text);
    // The patch that has a name at this point of the plan, and at each tag.
    let mut current: BTreeMap<String, String> = BTreeMap::new();
    for (place, change) in changes.iter().enumerate() {
        let name = file_of(&changes[place..], |name| {
            files.contains_key(format!("deploy/{name}.sql").as_str())
        });
        let Some(deploy) = files.get(format!("deploy/{name}.sql").as_str()) else {
            import.findings.push(about_line(
                plan,
                change.at,
                format!("there is no file `deploy/{name}.sql`, so the change is left out"),
                "named here",
            ));
            continue;
        };
        let mut headers = Vec::new();
        if let Some(before) = current.get(change.name) {
            headers.push(format!("requires: {before}"));
        }
        for &required in &change.requires {
            match current.get(required) {
                Some(patch) => headers.push(format!("requires: {patch}")),
                None if required.contains(':') => {
                    headers.push(format!("requires: external {required}"))
                }
                None => import.findings.push(about_line(
                    plan,
                    change.at,
                    format!(
                        "`{}` requires `{required}`, which no earlier line adds",
                        change.name
                    ),
                    "this part is left out",
                )),
            }
        }
        headers.dedup();
        let revert = files.get(format!("revert/{name}.sql").as_str());
        import.migrations.push(Migration {
            name: name.clone(),
            headers,
            up: without_requires(&deploy.text),
            down: revert.map(|source| source.text.to_string()),
        });
        current.insert(change.name.to_owned(), name.clone());
        for tag in tags_after(&plan.text, change.at) {
            current.insert(format!("{}@{tag}", change.name), name.clone());
        }
    }
    for (path, source) in under_top {
        let deployed = path.strip_prefix("deploy/");
        let Some(name) = deployed.and_then(|path| path.strip_suffix(".sql")) else {
            continue;
        };
        if !import
            .migrations
            .iter()
            .any(|migration| migration.name == name)
        {
            import.findings.push(left_out(
                source,
                "the plan does not name this change, so it is left out",
            ));
        }
    }
    import
}

/// The files of the first of these changes. One that is made anew later has its old files under a tag between
/// the two: under the latest for which there are some.
fn file_of(changes: &[Change<'_>], exists: impl Fn(&str) -> bool) -> String {
    let change = &changes[0];
    let again = changes[1..]
        .iter()
        .position(|next| next.name == change.name);
    let between = &changes[..again.map_or(0, |again| again + 1)];
    let tags = between.iter().rev().flat_map(|change| &change.tags);
    let mut names = tags.map(|tag| format!("{}@{tag}", change.name)).peekable();
    let latest = names.peek().cloned();
    let found = names.find(|name| exists(name));
    found.or(latest).unwrap_or_else(|| change.name.to_owned())
}

/// `name [a b] 2020-01-01T00:00:00Z Planner <mail> # note`; pragmas begin with `%`, tags with `@`.
fn changes(plan: &str) -> Vec<Change<'_>> {
    let mut changes: Vec<Change<'_>> = Vec::new();
    let mut at = 0;
    for line in plan.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let line = line.trim();
        if let Some(named) = line.strip_prefix('@') {
            let of = changes.last_mut().map(|change| &mut change.tags);
            if let (Some(tags), Some(tag)) = (of, named.split_whitespace().next()) {
                tags.push(tag);
            }
            continue;
        }
        if line.is_empty() || line.starts_with(['%', '#', '-']) {
            continue;
        }
        let line = line.strip_prefix('+').unwrap_or(line).trim_start();
        let Some(name) = line.split_whitespace().next() else {
            continue;
        };
        let rest = line[name.len()..].trim_start();
        let requires = rest
            .strip_prefix('[')
            .and_then(|rest| rest.split_once(']'))
            .map_or("", |(requires, _)| requires);
        changes.push(Change {
            name,
            // `!a` is a conflict: nothing to wait for.
            requires: requires
                .split_whitespace()
                .filter(|required| !required.starts_with('!'))
                .map(|required| required.strip_prefix(':').unwrap_or(required))
                .collect(),
            at: start,
            tags: Vec::new(),
        });
    }
    changes
}

/// The tags that follow a change's line before the change is made anew.
fn tags_after(plan: &str, at: usize) -> impl Iterator<Item = &str> {
    let mut lines = plan[at..].split('\n');
    let own = lines.next().unwrap_or_default();
    let own = own.split_whitespace().next().unwrap_or_default();
    lines
        .take_while(move |line| line.split_whitespace().next() != Some(own))
        .filter_map(|line| line.trim().strip_prefix('@')?.split_whitespace().next())
}

/// The text without the comments that repeat what the plan says: the plan counts.
fn without_requires(text: &str) -> String {
    let mut in_head = true;
    let kept = text.split_inclusive('\n').filter(|line| {
        let line = line.trim();
        in_head &= line.is_empty() || line.starts_with("--");
        let comment = line.trim_start_matches('-').trim_start();
        !(in_head && (comment.starts_with("requires:") || comment.starts_with("conflicts:")))
    });
    kept.collect()
}
