//! A column that both sides alter.

use std::collections::BTreeMap;

use super::super::catalog::IdentityId;
use super::super::setting;
use super::{Both, Clash, Deed};
use crate::finding::Severity;
use crate::read::fact::{Action, Kind};
use crate::resolve::PatchId;

/// What of a column is altered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Aspect {
    Default,
    Null,
    Rest,
}

/// The last that a side does to an aspect of a column, with the words that say it.
pub(super) type Altered = BTreeMap<(IdentityId, Aspect), (Deed, Vec<String>)>;

pub(super) fn clashes(both: &Both<'_>, altered: &[Altered; 2]) -> Vec<Clash> {
    let [one, other] = altered;
    let mut clashes = Vec::new();
    for (key, (deed, words)) in one {
        let Some((other, others)) = other.get(key) else {
            continue;
        };
        if words == others {
            continue;
        }
        clashes.push(Clash {
            severity: Severity::Error,
            object: both.catalog.get(key.0).label().into(),
            deeds: [*deed, *other],
            why: "the one that comes last stays, and what the other one changed is lost",
            help: "take it out of `{head}`, or write at its top: `-- requires: {base}`",
        });
    }
    clashes
}

pub(super) fn altered(both: &Both<'_>, side: usize) -> Altered {
    let mut altered = Altered::new();
    let mut patches: Vec<PatchId> = both.sides[side].statements.keys().copied().collect();
    patches.sort_by_key(|patch| both.rank[patch.0 as usize]);
    for id in patches {
        let patch = &both.patches[id.0 as usize];
        for statement in &patch.facts {
            let number = statement.statement as u32;
            let words = both.text(id, number);
            let first = words.first().map(|word| word.to_ascii_lowercase());
            if both.side(id, number) != Some(side) || first.as_deref() != Some("alter") {
                continue;
            }
            let body = patch.statements[statement.statement].body;
            for fact in &statement.facts {
                let is_column = fact.object.kind == Kind::Column && fact.in_body_of.is_none();
                if fact.action != Action::Alter || !is_column {
                    continue;
                }
                let path = statement.search_path.as_deref();
                let [bound] = both.catalog.lookup(id, path, &fact.object)[..] else {
                    continue;
                };
                let words = setting::altered_to(both.catalog, both.sources, body, fact);
                let has = |word: &str| words.iter().take(3).any(|it| it == word);
                let aspect = match (has("default"), has("null")) {
                    (true, _) => Aspect::Default,
                    (_, true) => Aspect::Null,
                    _ => Aspect::Rest,
                };
                let deed = Deed {
                    patch: id,
                    span: fact.span,
                    verb: "alters",
                };
                altered.insert((both.renames.oldest(bound.identity), aspect), (deed, words));
            }
        }
    }
    altered
}
