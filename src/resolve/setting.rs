//! What patches set on an object without making it anew: its comment, a column's type, the order of an
//! enum's values. The engine takes them in any order, and the last one stays.

use std::collections::BTreeMap;

use super::catalog::{Catalog, EventKind, IdentityId};
use super::edges::Edges;
use super::{PatchId, Reason, Rule, Strength};
use crate::dialect::lex::{self, TokenKind};
use crate::finding::{Code, Finding, Fix, requires_line};
use crate::read::Patch;
use crate::read::acts::Acts;
use crate::read::fact::{Action, Fact, Kind};
use crate::source::{Sources, Span};

/// The most settings of one object whose orders are all tried: 6! are 720.
const TRIED: usize = 6;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Property {
    Comment,
    Type,
}

/// What one patch sets it to.
#[derive(Clone, Debug)]
struct Setting {
    patch: PatchId,
    span: Span,
    /// The words behind the object's name.
    value: Vec<String>,
}

/// Adds the edges between patches that set the same thing to something else.
pub(super) fn add_edges(
    patches: &[Patch],
    sources: &Sources,
    catalog: &Catalog<'_>,
    edges: &mut Edges,
    findings: &mut Vec<Finding>,
) {
    for ((object, property), settings) in settings(patches, sources, catalog) {
        let said = |names: [usize; 2]| names.map(|at| &settings[at]);
        let label = &catalog.get(object).label();
        match settle(&settings, property, edges) {
            Settled::Known => {
                for earlier in &settings {
                    for later in &settings {
                        let goes_first = is_before(edges, earlier.patch, later.patch);
                        if goes_first && earlier.value != later.value {
                            edges.add(earlier.patch, later.patch, reason(label, earlier, later));
                        }
                    }
                }
            }
            Settled::Likely(order) => {
                let last = said([order[order.len() - 2], order[order.len() - 1]]);
                findings.push(guessed(patches, label, property, last));
                for (place, &earlier) in order.iter().enumerate() {
                    for &later in &order[place + 1..] {
                        let [earlier, later] = said([earlier, later]);
                        if earlier.value != later.value {
                            edges.add(earlier.patch, later.patch, reason(label, earlier, later));
                        }
                    }
                }
            }
            Settled::Open(pair) => findings.push(open(patches, label, property, said(pair))),
        }
    }
    for ((owner, place), added) in added_values(patches, sources, catalog) {
        if let Some(pair) = unordered(&added, edges) {
            findings.push(values(patches, &catalog.get(owner).label(), &place, pair));
        }
    }
}

type Settings = BTreeMap<(IdentityId, Property), Vec<Setting>>;

/// Every comment and type that patches set, the last of each patch, where there is more than one value.
fn settings(patches: &[Patch], sources: &Sources, catalog: &Catalog<'_>) -> Settings {
    let mut settings = Settings::new();
    let sets = Acts::RETYPE.or(Acts::ALTER);
    let numbered = patches.iter().enumerate();
    for (number, patch) in numbered.filter(|(_, patch)| patch.acts.has(sets)) {
        let id = PatchId(number as u32);
        for statement in &patch.facts {
            let path = statement.search_path.as_deref();
            for fact in &statement.facts {
                if fact.in_body_of.is_some() {
                    continue;
                }
                let property = match fact.action {
                    Action::Retype => Property::Type,
                    Action::Alter => Property::Comment,
                    _ => continue,
                };
                let body = patch.statements[statement.statement].body;
                if property == Property::Comment && !is_comment(sources, body) {
                    continue;
                }
                let bound = catalog.lookup(id, path, &fact.object);
                let [bound] = bound.as_slice() else { continue };
                let setting = Setting {
                    patch: id,
                    span: fact.span,
                    value: value(catalog, sources, body, fact, property),
                };
                let list = settings.entry((bound.identity, property)).or_default();
                match list.last_mut().filter(|last| last.patch == id) {
                    Some(last) => *last = setting,
                    None => list.push(setting),
                }
            }
        }
    }
    settings.retain(|_, list| list.iter().any(|setting| setting.value != list[0].value));
    settings
}

fn is_comment(sources: &Sources, body: Span) -> bool {
    let text = sources.slice(body).as_bytes();
    text.get(..7)
        .is_some_and(|word| word.eq_ignore_ascii_case(b"comment"))
}

/// The words behind the object's name: for a type up to the next action of the statement.
fn value(
    catalog: &Catalog<'_>,
    sources: &Sources,
    body: Span,
    fact: &Fact,
    property: Property,
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
            "," if depth == 0 && property == Property::Type => break,
            _ => {}
        }
        let word = match property {
            Property::Comment => word.to_owned(),
            Property::Type => word.to_ascii_lowercase(),
        };
        if property == Property::Type && word == "using" {
            break;
        }
        if !matches!(word.as_str(), "set" | "data" | "type") || property == Property::Comment {
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
    value(catalog, sources, body, fact, Property::Type)
}

enum Settled {
    /// By the edges and the numbers in the file names.
    Known,
    /// By a guess.
    Likely(Vec<usize>),
    /// Two settings that may come either way.
    Open([usize; 2]),
}

/// Whether the edges so far, or else the numbers in the file names, put one patch before another.
fn is_before(edges: &Edges, one: PatchId, other: PatchId) -> bool {
    edges.reaches(one, other) || (edges.is_older(one, other) && !edges.reaches(other, one))
}

/// The order of the settings: what the edges and the numbers in the file names say, else the one in
/// which the value changes least often, else the one in which a type only widens.
fn settle(settings: &[Setting], property: Property, edges: &Edges) -> Settled {
    let before =
        |one: usize, other: usize| is_before(edges, settings[one].patch, settings[other].patch);
    let all = || 0..settings.len();
    let unordered = all().find_map(|one| {
        let differs = |other: &usize| settings[one].value != settings[*other].value;
        let free = |other: &usize| !before(one, *other) && !before(*other, one);
        let other = (one + 1..settings.len()).find(|other| differs(other) && free(other))?;
        Some([one, other])
    });
    let Some(pair) = unordered else {
        return Settled::Known;
    };
    if settings.len() > TRIED {
        return Settled::Open(pair);
    }
    let mut orders = Vec::new();
    extend(settings.len(), &before, &mut Vec::new(), &mut orders);
    keep_least(&mut orders, |order| changes(settings, order));
    if property == Property::Type {
        keep_least(&mut orders, |order| narrowings(settings, order));
    }
    let last = |order: &Vec<usize>| order.last().map(|&last| &settings[last].value);
    match orders.first() {
        Some(first) if orders.iter().all(|order| last(order) == last(first)) => {
            Settled::Likely(first.clone())
        }
        _ => Settled::Open(pair),
    }
}

/// Every order that keeps what must come before.
fn extend(
    count: usize,
    before: &dyn Fn(usize, usize) -> bool,
    taken: &mut Vec<usize>,
    orders: &mut Vec<Vec<usize>>,
) {
    if taken.len() == count {
        orders.push(taken.clone());
        return;
    }
    for next in 0..count {
        let waits = |other: usize| other != next && !taken.contains(&other) && before(other, next);
        if !taken.contains(&next) && !(0..count).any(waits) {
            taken.push(next);
            extend(count, before, taken, orders);
            taken.pop();
        }
    }
}

fn keep_least(orders: &mut Vec<Vec<usize>>, amount: impl Fn(&[usize]) -> usize) {
    let least = orders.iter().map(|order| amount(order)).min();
    orders.retain(|order| Some(amount(order)) == least);
}

fn changes(settings: &[Setting], order: &[usize]) -> usize {
    let differs = |pair: &&[usize]| settings[pair[0]].value != settings[pair[1]].value;
    order.windows(2).filter(differs).count()
}

/// How many steps do not lead to a wider type.
fn narrowings(settings: &[Setting], order: &[usize]) -> usize {
    let widens = |pair: &[usize]| {
        let [from, to] = [&settings[pair[0]].value, &settings[pair[1]].value];
        from == to
            || width(from)
                .zip(width(to))
                .is_some_and(|(from, to)| from.0 == to.0 && from < to)
    };
    order.windows(2).filter(|pair| !widens(pair)).count()
}

/// The family of a type and how much it holds.
fn width(value: &[String]) -> Option<(&'static str, u32, u32)> {
    let length = || {
        let digits = value.iter().find_map(|word| word.parse::<u32>().ok());
        digits.unwrap_or(u32::MAX)
    };
    Some(match value.first()?.as_str() {
        "smallint" | "int2" => ("number", 1, 0),
        "integer" | "int" | "int4" => ("number", 2, 0),
        "bigint" | "int8" => ("number", 3, 0),
        "numeric" | "decimal" => ("number", 4, length()),
        "real" | "float4" => ("float", 1, 0),
        "double" | "float8" => ("float", 2, 0),
        "char" | "character" | "varchar" => ("text", 1, length()),
        "text" => ("text", 2, 0),
        "json" => ("json", 1, 0),
        "jsonb" => ("json", 2, 0),
        _ => return None,
    })
}

/// Values by their enum and their place among its values, `after 'a'`; empty for the end.
type Added = BTreeMap<(IdentityId, String), Vec<(PatchId, Span)>>;

/// The values that patches add to an enum of another patch.
fn added_values(patches: &[Patch], sources: &Sources, catalog: &Catalog<'_>) -> Added {
    let mut added = Added::new();
    for (_, identity) in catalog.iter() {
        let (Kind::EnumValue, Some(owner)) = (identity.kind, identity.owner) else {
            continue;
        };
        for event in &identity.events {
            let born = |event: &super::catalog::Event| {
                matches!(event.kind, EventKind::Birth { rename: false, .. })
            };
            let makes_type = catalog
                .get(owner)
                .events
                .iter()
                .any(|other| other.patch == event.patch && born(other));
            if !born(event) || makes_type {
                continue;
            }
            let patch = &patches[event.patch.0 as usize];
            let Some(statement) = patch.statements.get(event.at.0 as usize) else {
                continue;
            };
            let words = sources.slice(statement.body).split_ascii_whitespace();
            let sides = ["before", "after"];
            let is_side = |word: &str| sides.iter().any(|side| word.eq_ignore_ascii_case(side));
            let mut place: Vec<&str> = words.skip_while(|word| !is_side(word)).collect();
            let side = place.first().map(|side| side.to_ascii_lowercase());
            if let (Some(first), Some(side)) = (place.first_mut(), &side) {
                *first = side;
            }
            let added = added.entry((owner, place.join(" "))).or_default();
            added.push((event.patch, event.span));
        }
    }
    added
}

/// Two of them, in different patches, that nothing orders.
fn unordered(added: &[(PatchId, Span)], edges: &Edges) -> Option<[(PatchId, Span); 2]> {
    let known = |one: PatchId, other| edges.reaches(one, other) || edges.is_older(one, other);
    added.iter().find_map(|&one| {
        let free = |other: &&(PatchId, Span)| {
            one.0 < other.0 && !known(one.0, other.0) && !known(other.0, one.0)
        };
        Some([one, *added.iter().find(free)?])
    })
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

fn what(property: Property) -> &'static str {
    match property {
        Property::Comment => "comment",
        Property::Type => "type",
    }
}

fn open(patches: &[Patch], label: &str, property: Property, pair: [&Setting; 2]) -> Finding {
    let [one, other] = pair;
    let (code, what) = match property {
        Property::Comment => (Code::UnorderedChange, what(property)),
        Property::Type => (Code::AmbiguousOrder, what(property)),
    };
    let title = format!(
        "the {what} of {label} is set by more than one patch, and nothing tells which comes last"
    );
    let name = |setting: &Setting| &patches[setting.patch.0 as usize].name;
    Finding::new(code, title)
        .label(other.span, "set here")
        .label(one.span, "and here")
        .note("the last one decides what the database ends up with")
        .help(format!(
            "if `{}` is the newer one, write at its top: `-- requires: {}`",
            name(other),
            name(one)
        ))
        .fix(after(patches, one.patch, other.patch).map(Fix::for_people))
}

/// The header line that puts one patch after another.
pub(super) fn after(patches: &[Patch], earlier: PatchId, later: PatchId) -> Option<Fix> {
    let [earlier, later] = [earlier, later].map(|id| &patches[id.0 as usize]);
    let line = requires_line(&earlier.name)?;
    let title = format!("write `{line}` at the top of `{}`", later.name);
    Some(Fix::new(title).add_first(later.source, &line))
}

fn guessed(patches: &[Patch], label: &str, property: Property, last: [&Setting; 2]) -> Finding {
    let [earlier, later] = last;
    let name = &patches[later.patch.0 as usize].name;
    let (what, why) = match property {
        Property::Comment => (what(property), "a comment is seldom changed back"),
        Property::Type => (what(property), "types get wider over time"),
    };
    let title = format!("the {what} of {label} that `{name}` sets was taken for the newest");
    Finding::new(Code::OrderByContent, title)
        .label(later.span, "taken for the newest")
        .label(earlier.span, "set here as well")
        .note(format!("{why}; the SQL says no more"))
        .help(format!(
            "if that is right, say it at the top of `{name}`: `-- requires: {}`",
            patches[earlier.patch.0 as usize].name
        ))
        .fix(after(patches, earlier.patch, later.patch))
}

fn values(patches: &[Patch], label: &str, place: &str, pair: [(PatchId, Span); 2]) -> Finding {
    let [one, other] = pair;
    let name = |patch: PatchId| &patches[patch.0 as usize].name;
    let newer = format!(
        "if `{}` is the newer one, write at its top: `-- requires: {}`",
        name(other.0),
        name(one.0)
    );
    let (note, help) = match place {
        "" => (
            "values compare and sort in the order in which they are added".to_owned(),
            format!("say where it belongs (`ADD VALUE … BEFORE` or `AFTER`), or, {newer}"),
        ),
        place => (
            format!("both are put right {place}: the one that is added last stands next to it"),
            newer,
        ),
    };
    let title = format!("nothing tells in which order {label} gets its values");
    Finding::new(Code::UnorderedChange, title)
        .label(other.1, "added here")
        .label(one.1, "and here")
        .note(note)
        .help(help)
        .fix(after(patches, one.0, other.0).map(Fix::for_people))
}
