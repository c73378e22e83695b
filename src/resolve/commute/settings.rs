//! A setting of an object that both sides change: its comment, a storage parameter, row security, who may
//! use it.

use std::collections::BTreeMap;

use super::super::catalog::IdentityId;
use super::{Both, Clash, Deed};
use crate::dialect::lex::{self, TokenKind};
use crate::finding::Severity;
use crate::read::fact::{Action, Kind};

/// The last value that a side gives to a setting, by the object and the setting's name.
type Set = BTreeMap<(IdentityId, String), (Deed, String)>;

pub(super) fn clashes(both: &Both<'_>) -> Vec<Clash> {
    let [one, other] = [0, 1].map(|side| set(both, side));
    let mut clashes = Vec::new();
    for (key, (deed, value)) in &one {
        let Some((other, _)) = other.get(key).filter(|(_, it)| it != value) else {
            continue;
        };
        clashes.push(Clash {
            severity: match key.1.as_str() {
                "comment" => Severity::Note,
                _ => Severity::Warning,
            },
            object: both.catalog.get(key.0).label().into(),
            deeds: [*deed, *other],
            why: "both change one setting, and the one that comes last stays",
            help: "take it out of `{head}`, or write at its top: `-- requires: {base}`",
        });
    }
    clashes
}

fn set(both: &Both<'_>, side: usize) -> Set {
    let mut set = Set::new();
    let mut patches: Vec<_> = both.sides[side].statements.keys().copied().collect();
    patches.sort_by_key(|patch| both.rank[patch.0 as usize]);
    for id in patches {
        let patch = &both.patches[id.0 as usize];
        for statement in &patch.facts {
            if both.side(id, statement.statement as u32) != Some(side) {
                continue;
            }
            let body = patch.statements[statement.statement].body;
            for fact in &statement.facts {
                let is_own = fact.action == Action::Alter && fact.in_body_of.is_none();
                let text = both.sources.slice(body);
                let verb = text.split_whitespace().next().unwrap_or_default();
                let verb = verb.to_ascii_lowercase();
                // What is altered of a column has rules of its own.
                if !is_own || (fact.object.kind == Kind::Column && verb != "comment") {
                    continue;
                }
                let path = statement.search_path.as_deref();
                let [bound] = both.catalog.lookup(id, path, &fact.object)[..] else {
                    continue;
                };
                let after = fact.span.end.saturating_sub(body.start) as usize;
                let after = text.get(after..).unwrap_or_default();
                let deed = Deed {
                    patch: id,
                    span: fact.span,
                    verb: "sets",
                };
                for (name, value) in settings(both, &verb, text, after) {
                    set.insert((both.renames.oldest(bound.identity), name), (deed, value));
                }
            }
        }
    }
    set
}

/// The settings that a statement names, with their values; `after` is what follows the object's name.
fn settings(both: &Both<'_>, verb: &str, text: &str, after: &str) -> Vec<(String, String)> {
    match verb {
        "comment" => vec![("comment".to_owned(), after.trim().to_owned())],
        "grant" | "revoke" => {
            let words = text.split_whitespace().skip(1);
            let words = words.map(|word| word.trim_end_matches(';').to_ascii_lowercase());
            // GRANT … TO is undone by REVOKE … FROM.
            let words = words.map(|word| match word.as_str() {
                "from" => "to".to_owned(),
                _ => word,
            });
            vec![(words.collect::<Vec<_>>().join(" "), verb.to_owned())]
        }
        "alter" => actions(both, after)
            .into_iter()
            .filter_map(setting)
            .collect(),
        _ => Vec::new(),
    }
}

/// The words of each action of an ALTER.
fn actions(both: &Both<'_>, text: &str) -> Vec<Vec<String>> {
    let mut actions = vec![Vec::new()];
    let mut depth = 0;
    for token in lex::lex(text, &both.catalog.dialect.lexing) {
        let word = token.text(text);
        match token.kind {
            TokenKind::Space | TokenKind::LineComment | TokenKind::BlockComment => continue,
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth -= 1,
            TokenKind::Comma if depth == 0 => {
                actions.push(Vec::new());
                continue;
            }
            _ => {}
        }
        if let Some(action) = actions.last_mut() {
            action.push(word.to_ascii_lowercase());
        }
    }
    actions
}

/// The name and the value of what an action sets.
fn setting(words: Vec<String>) -> Option<(String, String)> {
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let rest = |from: usize| words.get(from..).unwrap_or_default().join(" ");
    match word(0) {
        "enable" | "disable" => Some((rest(1), word(0).to_owned())),
        "force" | "no" => Some((rest(usize::from(word(0) == "no")), word(0).to_owned())),
        "owner" | "increment" | "minvalue" | "maxvalue" | "cache" | "start" | "restart" => {
            Some((word(0).to_owned(), rest(1)))
        }
        "set" if word(1) == "(" => Some((word(2).to_owned(), rest(3))),
        "set" if !matches!(word(1), "schema" | "not") => Some((word(1).to_owned(), rest(2))),
        _ => None,
    }
}
