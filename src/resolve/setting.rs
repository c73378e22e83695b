//! What patches set on an object without making it anew: its comment, a column's type and default, its owner, a
//! parameter, the order of an enum's values. The engine takes them in any order, and the last one stays.

mod settle;
mod tell;
mod values;
mod words;

use std::collections::BTreeMap;

use super::catalog::{Catalog, IdentityId};
use super::edges::Edges;
use super::{PatchId, Reason, Rule, Strength};
use crate::dialect::lex::{self, TokenKind};
use crate::finding::Finding;
use crate::name::Ident;
use crate::read::Patch;
use crate::read::fact::{Action, Fact, StatementFacts};
use crate::source::{Sources, Span};
use settle::{Before, Settled, settle};
pub(super) use tell::after;
pub(super) use words::set_by;

/// The names of the settings that are no words of the statement.
const TYPE: &str = "type";
const COMMENT: &str = "comment";

/// What one patch sets it to.
#[derive(Clone, Debug)]
struct Setting {
    patch: PatchId,
    span: Span,
    /// The words behind the object's name, or behind the setting's.
    value: Vec<String>,
    /// It is told anew as a whole, with what else the object has: MODIFY of MySQL.
    whole: bool,
}

/// What is set: an object that patches make or use, or what only the statement names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Object(IdentityId),
    Other(String),
}

/// Adds the edges between patches that set the same thing to something else.
pub(super) fn add_edges(
    patches: &[Patch],
    sources: &Sources,
    catalog: &Catalog<'_>,
    edges: &mut Edges,
    findings: &mut Vec<Finding>,
) {
    let mut open: Vec<tell::Open> = Vec::new();
    for ((target, name), settings) in settings(patches, sources, catalog) {
        let label = &match target {
            Target::Object(object) => catalog.get(object).label().to_string(),
            Target::Other(label) => label,
        };
        let ids: Vec<PatchId> = settings.iter().map(|setting| setting.patch).collect();
        let before = Before::new(&ids, edges);
        let mut add = |earlier: &Setting, later: &Setting| {
            if earlier.value != later.value {
                edges.add(earlier.patch, later.patch, reason(label, earlier, later));
            }
        };
        match settle(&settings, &name, &before) {
            Settled::Known => {
                let differ =
                    |one: usize, other: usize| settings[one].value != settings[other].value;
                for (one, other) in before.pairs(differ) {
                    add(&settings[one], &settings[other]);
                }
            }
            Settled::Likely(order) => {
                findings.push(tell::guessed(
                    patches, label, &name, &settings, &order, &before,
                ));
                for (place, &earlier) in order.iter().enumerate() {
                    for &later in &order[place + 1..] {
                        add(&settings[earlier], &settings[later]);
                    }
                }
            }
            Settled::Open(places) => {
                let found = tell::Open::new(label, &name, &settings, &places, &before);
                match open.iter_mut().find(|other| other.is_like(&found)) {
                    Some(other) => other.more.push(found.what),
                    None => open.push(found),
                }
            }
        }
    }
    findings.extend(open.iter().map(|found| found.tell(patches)));
    values::report(patches, sources, catalog, edges, findings);
}

type Settings = BTreeMap<(Target, String), Vec<Setting>>;

/// Everything that patches set, the last of each patch, where there is more than one value.
fn settings(patches: &[Patch], sources: &Sources, catalog: &Catalog<'_>) -> Settings {
    let mut settings = Settings::new();
    for (number, patch) in patches.iter().enumerate() {
        let id = PatchId(number as u32);
        let mut add = |target: Target, name: String, setting: Setting| {
            let list = settings.entry((target, name)).or_default();
            match list
                .last_mut()
                .filter(|last: &&mut Setting| last.patch == id)
            {
                Some(last) => *last = setting,
                None => list.push(setting),
            }
        };
        let mut facts = patch.facts.iter().peekable();
        for (place, statement) in patch.statements.iter().enumerate() {
            let told = facts.next_if(|facts| facts.statement == place);
            let text = sources.slice(statement.body);
            let Some(verb) = verb(text) else { continue };
            for (fact, name, value, whole) in told
                .into_iter()
                .flat_map(|told| set_in(catalog, sources, statement.body, told, verb))
            {
                let path = told.and_then(|told| told.search_path.as_deref());
                let Some(target) = target(catalog, id, path, fact) else {
                    continue;
                };
                let setting = Setting {
                    patch: id,
                    span: fact.span,
                    value,
                    whole,
                };
                add(target, name, setting);
            }
            if verb == Verb::Alter
                && told.is_none_or(|told| told.facts.is_empty())
                && let Some((label, span, (name, value))) = of_other(catalog, statement.body, text)
            {
                let setting = Setting {
                    patch: id,
                    span,
                    value: vec![value],
                    whole: false,
                };
                add(Target::Other(label), name, setting);
            }
        }
    }
    settings.retain(|(_, name), list| {
        // Where all tell the column as a whole, its type is told of.
        let is_told = name == "default" && list.iter().all(|setting| setting.whole);
        !is_told && list.iter().any(|setting| setting.value != list[0].value)
    });
    settings
}

fn target(
    catalog: &Catalog<'_>,
    patch: PatchId,
    path: Option<&[Ident]>,
    fact: &Fact,
) -> Option<Target> {
    match catalog.lookup(patch, path, &fact.object).as_slice() {
        [bound] => Some(Target::Object(bound.identity)),
        [] => {
            // What exists elsewhere has the name that the statement gives it.
            let name = &fact.object.name;
            let is_clear = path.is_none() || name.schema.is_some();
            let is_own = catalog.is_temporary_name(patch, fact.object.kind, name);
            (is_clear && !is_own).then(|| Target::Other(fact.object.to_string()))
        }
        _ => None,
    }
}

/// What a statement that sets something begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    Alter,
    Comment,
}

fn verb(text: &str) -> Option<Verb> {
    let is = |word: &str| {
        let start = text.as_bytes().get(..word.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
    };
    match () {
        () if is("alter") => Some(Verb::Alter),
        () if is("comment") => Some(Verb::Comment),
        () => None,
    }
}

/// What the facts of a statement set: the name, the value, and whether it is told anew as a whole.
fn set_in<'f>(
    catalog: &Catalog<'_>,
    sources: &Sources,
    body: Span,
    told: &'f StatementFacts,
    verb: Verb,
) -> Vec<(&'f Fact, String, Vec<String>, bool)> {
    let mut set = Vec::new();
    let own = told.facts.iter().filter(|fact| fact.in_body_of.is_none());
    for fact in own {
        match (&fact.action, verb) {
            (Action::Retype, _) => {
                let words = value(catalog, sources, body, fact, TYPE);
                if is_told_anew(sources, body, fact) {
                    let default = words::default_of(&words);
                    set.push((fact, "default".to_owned(), vec![default], true));
                }
                set.push((fact, TYPE.to_owned(), words, false));
            }
            (Action::Alter, Verb::Comment) => {
                let words = value(catalog, sources, body, fact, COMMENT);
                set.push((fact, COMMENT.to_owned(), words, false));
            }
            (Action::Alter, Verb::Alter) => {
                let rest = Span::new(body.source, fact.span.end, body.end.max(fact.span.end));
                let named = set_by(fact.object.kind, sources.slice(rest), catalog.dialect);
                let named = named.into_iter();
                set.extend(named.map(|(name, value)| (fact, name, vec![value], false)));
            }
            _ => {}
        }
    }
    set
}

/// Whether a column is told anew with all that it has: `MODIFY c int DEFAULT 1`.
fn is_told_anew(sources: &Sources, body: Span, fact: &Fact) -> bool {
    let before = Span::new(body.source, body.start, fact.span.start.max(body.start));
    let mut words = sources.slice(before).split_ascii_whitespace().rev();
    let is = |word: &str| {
        ["modify", "change"]
            .iter()
            .any(|it| word.eq_ignore_ascii_case(it))
    };
    words.by_ref().take(4).any(is)
}

/// What ALTER DATABASE and ALTER SYSTEM set, of which there is no fact.
fn of_other(
    catalog: &Catalog<'_>,
    body: Span,
    text: &str,
) -> Option<(String, Span, (String, String))> {
    let mut tokens = lex::lex(text, &catalog.dialect.lexing);
    tokens.retain(|token| !token.is_trivia());
    let kind = tokens.get(1)?;
    let (label, named) = match () {
        () if kind.is_word(text, "SYSTEM") => ("the server".to_owned(), kind),
        () if kind.is_word(text, "DATABASE") => {
            let named = tokens.get(2)?;
            let name = catalog.dialect.ident(named.text(text));
            (format!("database {}", name.as_str()), named)
        }
        () => return None,
    };
    let set = words::parameter(&text[named.end as usize..], catalog.dialect)?;
    let span = Span::new(
        body.source,
        body.start + named.start,
        body.start + named.end,
    );
    Some((label, span, set))
}

/// The words behind the object's name: for a type up to the next action of the statement.
fn value(
    catalog: &Catalog<'_>,
    sources: &Sources,
    body: Span,
    fact: &Fact,
    name: &str,
) -> Vec<String> {
    let rest = Span::new(body.source, fact.span.end, body.end.max(fact.span.end));
    let text = sources.slice(rest);
    let mut depth = 0;
    let mut words = Vec::new();
    for token in lex::lex(text, &catalog.dialect.lexing) {
        let word = token.text(text);
        match token.kind {
            TokenKind::Space | TokenKind::LineComment | TokenKind::BlockComment => continue,
            _ => {}
        }
        match word {
            "(" => depth += 1,
            ")" => depth -= 1,
            "," if depth == 0 && name == TYPE => break,
            _ => {}
        }
        let word = match name {
            COMMENT => word.to_owned(),
            _ => word.to_ascii_lowercase(),
        };
        if name == TYPE && word == "using" {
            break;
        }
        if !matches!(word.as_str(), "set" | "data" | "type") || name == COMMENT {
            words.push(word);
        }
    }
    words
}

/// The words of one action of an ALTER TABLE behind the column's name.
pub(super) fn altered_to(
    catalog: &Catalog<'_>,
    sources: &Sources,
    body: Span,
    fact: &Fact,
) -> Vec<String> {
    value(catalog, sources, body, fact, TYPE)
}

fn reason(label: &str, earlier: &Setting, later: &Setting) -> Reason {
    Reason {
        rule: Rule::SetAgain,
        strength: Strength::Flow,
        object: label.into(),
        earlier: earlier.span,
        later: later.span,
    }
}
