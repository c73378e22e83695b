//! Enum values that statements write as plain strings: `SET status = 'sent'` needs the patch that adds
//! `'sent'` to the type of the column, although no word of it names the type.

use std::collections::{BTreeMap, BTreeSet};

use super::PatchId;
use super::catalog::{Catalog, Event, EventKind, IdentityId};
use crate::read::Patch;
use crate::read::fact::{Action, Binding, Fact, Kind, Namespace, Part, StatementFacts};
use crate::source::{Sources, Span};

/// The columns of each type.
pub(super) type Columns = BTreeMap<IdentityId, BTreeSet<IdentityId>>;

/// The values of each enum type that patches add to it later.
type Values = BTreeMap<IdentityId, Vec<(String, IdentityId)>>;

/// Adds the need of each value to the statements that use a column of its type and hold the value.
pub(super) fn add_needs(catalog: &mut Catalog<'_>, patches: &[Patch], sources: &Sources) {
    let values = added_values(catalog);
    if values.is_empty() {
        return;
    }
    let columns = columns(catalog, patches, sources, |owner| {
        values.contains_key(&owner)
    });
    let retyped = retyped(catalog, patches);
    let mut needs = Vec::new();
    for (number, patch) in patches.iter().enumerate() {
        let id = PatchId(number as u32);
        for statement in &patch.facts {
            let body = patch.statements[statement.statement].body;
            let text = sources.slice(body);
            for (owner, Sure { late, doubtful }) in
                types_of(catalog, id, statement, &columns, &retyped)
            {
                for (literal, value) in values.get(&owner).into_iter().flatten() {
                    // A text that a value was called before may be what is turned into the new one.
                    let ends = |event: &Event| matches!(event.kind, EventKind::Death { .. });
                    if doubtful && catalog.get(*value).events.iter().any(ends) {
                        continue;
                    }
                    let Some(at) = text.find(literal.as_str()) else {
                        continue;
                    };
                    let start = body.start + at as u32;
                    let event = Event {
                        patch: id,
                        at: (statement.statement as u32, u32::MAX),
                        kind: EventKind::Need,
                        late: late || doubtful,
                        span: Span::new(body.source, start, start + literal.len() as u32),
                        implied: false,
                    };
                    needs.push((*value, event));
                }
            }
        }
    }
    catalog.add_needs(needs);
}

/// The values that another patch than the type's own gives to it, as they stand in SQL.
fn added_values(catalog: &Catalog<'_>) -> Values {
    let mut values = Values::new();
    for (id, identity) in catalog.iter() {
        let (Kind::EnumValue, Some(owner)) = (identity.kind, identity.owner) else {
            continue;
        };
        let is_birth = |event: &&Event| matches!(event.kind, EventKind::Birth { .. });
        let makers = &catalog.get(owner).events;
        let later = |event: &&Event| {
            let makes_type = |maker: &Event| maker.patch == event.patch && is_birth(&maker);
            !makers.iter().any(makes_type)
        };
        let changed = identity
            .events
            .iter()
            .filter(|event| event.kind != EventKind::Need);
        if changed.filter(later).count() > 0
            && let Part::Member(name) = &identity.key.part
        {
            let literal = format!("'{}'", name.as_str().replace('\'', "''"));
            values.entry(owner).or_default().push((literal, id));
        }
    }
    values
}

/// The columns that are declared with one of the wanted types, under all their names.
pub(super) fn columns(
    catalog: &Catalog<'_>,
    patches: &[Patch],
    sources: &Sources,
    wanted: impl Fn(IdentityId) -> bool,
) -> Columns {
    let mut columns = Columns::new();
    for (number, patch) in patches.iter().enumerate() {
        let id = PatchId(number as u32);
        for statement in &patch.facts {
            let path = statement.search_path.as_deref();
            let types = statement.facts.iter().filter(|fact| {
                fact.object.kind.namespace() == Namespace::Type
                    && matches!(fact.action, Action::Use)
                    && fact.in_body_of.is_none()
            });
            for used in types {
                let Some(column) = declared_with(statement, used, sources) else {
                    continue;
                };
                for owner in catalog.lookup(id, path, &used.object) {
                    if wanted(owner.identity) {
                        let of_type = columns.entry(owner.identity).or_default();
                        let bound = catalog.lookup(id, path, &column.object);
                        of_type.extend(bound.iter().map(|bound| bound.identity));
                    }
                }
            }
        }
    }
    for of_type in columns.values_mut() {
        let mut known = 0;
        while of_type.len() > known {
            known = of_type.len();
            let moved = catalog.all_moved().filter(|(old, _)| of_type.contains(old));
            let moved: Vec<IdentityId> = moved.map(|&(_, new)| new).collect();
            of_type.extend(moved);
        }
    }
    columns
}

/// The column whose name stands right before a type: `status mood`, `ALTER status TYPE mood`.
fn declared_with<'a>(
    statement: &'a StatementFacts,
    used: &Fact,
    sources: &Sources,
) -> Option<&'a Fact> {
    let columns = statement.facts.iter().filter(|fact| {
        let makes = matches!(fact.action, Action::Define { .. } | Action::Retype);
        makes && fact.object.kind == Kind::Column && fact.span.end <= used.span.start
    });
    let column = columns.max_by_key(|fact| fact.span.end)?;
    let between = Span::new(used.span.source, column.span.end, used.span.start);
    let mut words = sources.slice(between).split_ascii_whitespace();
    let only_keywords = words.all(|word| {
        ["set", "data", "type"]
            .iter()
            .any(|keyword| word.eq_ignore_ascii_case(keyword))
    });
    // The schema of the type may stand before its name.
    let qualified = || sources.slice(between).trim_end().ends_with('.');
    (only_keywords || qualified()).then_some(column)
}

/// The columns that get another type: which one a column has when a statement uses it is not told.
fn retyped(catalog: &Catalog<'_>, patches: &[Patch]) -> BTreeSet<IdentityId> {
    let mut retyped = BTreeSet::new();
    for (number, patch) in patches.iter().enumerate() {
        for statement in &patch.facts {
            let path = statement.search_path.as_deref();
            let facts = statement.facts.iter();
            for fact in facts.filter(|fact| matches!(fact.action, Action::Retype)) {
                let bound = catalog.lookup(PatchId(number as u32), path, &fact.object);
                retyped.extend(bound.iter().map(|bound| bound.identity));
            }
        }
    }
    retyped
}

/// Whether a fact is of rows that are written without a list of columns.
fn writes_whole_row(statement: &StatementFacts, fact: &Fact) -> bool {
    let writes = |fact: &Fact| matches!(fact.action, Action::Write);
    let names_columns = || {
        let mut others = statement.facts.iter();
        others.any(|other| {
            let is_column = writes(other) && other.object.kind == Kind::Column;
            // UPDATE, DELETE and MERGE read the rows that they write.
            let reads = matches!(other.action, Action::Read) && other.span == fact.span;
            (is_column || reads) && other.object.name == fact.object.name
        })
    };
    // A body has many statements, whose columns may be those of another one.
    let is_body = fact.in_body_of.is_some();
    writes(fact) && fact.object.kind != Kind::Column && (is_body || !names_columns())
}

/// How sure it is that a statement means values of a type.
struct Sure {
    /// Only a late body uses columns of the type.
    late: bool,
    /// The columns have other types at other times.
    doubtful: bool,
}

/// The types of the columns that a statement uses or writes.
fn types_of(
    catalog: &Catalog<'_>,
    patch: PatchId,
    statement: &StatementFacts,
    columns: &Columns,
    retyped: &BTreeSet<IdentityId>,
) -> BTreeMap<IdentityId, Sure> {
    let path = statement.search_path.as_deref();
    let mut types = BTreeMap::new();
    for fact in &statement.facts {
        let whole_row = writes_whole_row(statement, fact);
        let uses = matches!(
            fact.action,
            Action::Use | Action::Write | Action::Alter | Action::Define { .. }
        );
        if !uses || (fact.object.kind != Kind::Column && !whole_row) {
            continue;
        }
        let late = fact.binding == Binding::Late;
        for bound in catalog.lookup(patch, statement.path_of(fact).or(path), &fact.object) {
            for (&owner, of_type) in columns {
                let is_of = |column: &IdentityId| {
                    *column == bound.identity
                        || (whole_row && catalog.get(*column).owner == Some(bound.identity))
                };
                let mut meant = of_type.iter().filter(|column| is_of(column)).peekable();
                if meant.peek().is_some() {
                    let doubtful = meant.all(|column| retyped.contains(column));
                    let sure = types.entry(owner).or_insert(Sure { late, doubtful });
                    sure.late &= late;
                    sure.doubtful &= doubtful;
                }
            }
        }
    }
    types
}
