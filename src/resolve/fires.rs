//! Triggers and the rows that fire them: the engine takes rows before the trigger as well, and what the
//! trigger does is then never done for them. A trigger is part of its table, so the rows come after it.

use std::collections::{BTreeMap, BTreeSet};

use super::PatchId;
use super::body::Deeds;
use super::catalog::{Catalog, IdentityId};
use crate::read::Patch;
use crate::read::fact::{Action, Kind, Object, StatementFacts};
use crate::source::{Sources, Span};

/// The words that name what fires a trigger.
const EVENTS: [&str; 4] = ["insert", "update", "delete", "truncate"];

/// Words that may stand between what is done and the name of the table.
const BETWEEN: [&str; 8] = [
    "into",
    "from",
    "only",
    "or",
    "ignore",
    "table",
    "low_priority",
    "delayed",
];

/// How many words are looked at before the name of a table.
const BEFORE: usize = 4;

type Place = (PatchId, Span);

/// The triggers of one table for one event, and what fires them.
#[derive(Debug, Default)]
pub(super) struct Fired {
    pub(super) triggers: Vec<Place>,
    pub(super) rows: Vec<Place>,
    /// The triggers stand for the writing itself: `INSTEAD OF`.
    pub(super) instead: bool,
}

/// Every table that has a trigger of one patch and rows of another.
pub(super) fn find(
    patches: &[Patch],
    sources: &Sources,
    catalog: &Catalog<'_>,
    deeds: &Deeds<'_>,
) -> Vec<(IdentityId, Fired)> {
    let mut fired: BTreeMap<(IdentityId, &str), Fired> = BTreeMap::new();
    let mut tables = BTreeSet::new();
    each(patches, |id, patch, statement| {
        let Some((trigger, table)) = trigger(statement) else {
            return;
        };
        let body = patch.statements[statement.statement].body;
        let words = words(sources.slice(body));
        let on = words.iter().position(|word| word == "on");
        let head = &words[..on.unwrap_or(words.len())];
        for bound in catalog.lookup(id, statement.search_path.as_deref(), &table) {
            tables.insert(bound.identity);
            for event in EVENTS {
                if head.iter().any(|word| word == event) {
                    let fired = fired.entry((bound.identity, event)).or_default();
                    fired.triggers.push((id, trigger));
                    fired.instead |= head.iter().any(|word| word == "instead");
                }
            }
        }
    });
    if tables.is_empty() {
        return Vec::new();
    }
    for (id, deeds) in deeds.iter() {
        for deed in deeds {
            let fact = deed.fact;
            if fact.action != Action::Write || fact.object.kind == Kind::Column || deed.maybe {
                continue;
            }
            for bound in catalog.lookup(id, deed.path, &fact.object) {
                if !tables.contains(&bound.identity) {
                    continue;
                }
                let body = deed.body(&patches[id.0 as usize]);
                let events = said_before(sources, fact.span).unwrap_or_else(|| {
                    let own = fact.in_body_of.is_none();
                    events(if own { sources.slice(body) } else { "" })
                });
                for &event in events {
                    if let Some(fired) = fired.get_mut(&(bound.identity, event)) {
                        fired.rows.push((id, deed.span));
                    }
                }
            }
        }
    }
    let all = fired.into_iter().map(|((table, _), fired)| (table, fired));
    all.filter(|(_, fired)| !fired.rows.is_empty()).collect()
}

fn each(patches: &[Patch], mut work: impl FnMut(PatchId, &Patch, &StatementFacts)) {
    for (number, patch) in patches.iter().enumerate() {
        for statement in &patch.facts {
            work(PatchId(number as u32), patch, statement);
        }
    }
}

/// The trigger that a statement makes, by its place, and its table.
fn trigger(statement: &StatementFacts) -> Option<(Span, Object)> {
    let made = statement.facts.iter().find(|fact| {
        matches!(fact.action, Action::Define { .. }) && fact.object.kind == Kind::Trigger
    })?;
    let table = statement.facts.iter().find_map(|fact| match &fact.action {
        Action::RunsOnWrite { table } => Some(table),
        _ => None,
    })?;
    Some((
        made.span,
        Object::new(Kind::Relation, table.as_ref().clone()),
    ))
}

/// What the words right before the name of a table say is done to it: `INSERT OR IGNORE INTO`.
fn said_before(sources: &Sources, name: Span) -> Option<&'static [&'static str]> {
    let text = &sources.get(name.source).text;
    let before = text.get(..name.start as usize)?;
    let words = before.rsplit(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
    let words = words.filter(|word| !word.is_empty());
    let schema = before.trim_end().ends_with('.');
    let is_between = |word: &str| {
        let mut all = BETWEEN.iter();
        all.any(|between| word.eq_ignore_ascii_case(between))
    };
    let words = words.skip(usize::from(schema)).take(BEFORE);
    let verbs = words.take_while(|word| is_between(word) || !verb(word).is_empty());
    verbs.map(verb).find(|events| !events.is_empty())
}

/// What a statement that writes rows fires.
fn events(statement: &str) -> &'static [&'static str] {
    let first = statement
        .trim_start()
        .split(|letter: char| !letter.is_ascii_alphabetic())
        .next();
    verb(first.unwrap_or_default())
}

fn verb(word: &str) -> &'static [&'static str] {
    match Some(word.to_ascii_lowercase()).as_deref() {
        Some("insert" | "replace" | "copy" | "load" | "bulk") => &EVENTS[..1],
        Some("update") => &EVENTS[1..2],
        Some("delete") => &EVENTS[2..3],
        Some("truncate") => &EVENTS[3..],
        Some("merge" | "with") => &EVENTS[..3],
        _ => &[],
    }
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
    let words = words.filter(|word| !word.is_empty()).take(40);
    words.map(str::to_ascii_lowercase).collect()
}
