//! Rows with the same key that both sides insert.

use std::collections::BTreeMap;

use super::super::catalog::{Event, EventKind, IdentityId};
use super::super::literal;
use super::{Both, Clash, Deed};
use crate::finding::Severity;
use crate::name::Ident;
use crate::read::fact::{Action, Kind, Part};

/// One `INSERT … VALUES`.
pub(super) struct Inserted {
    pub(super) deed: Deed,
    pub(super) columns: Vec<Ident>,
    /// Each value as it is written; none where it is more than a literal.
    rows: Vec<Vec<Option<String>>>,
    /// It has an `ON CONFLICT` or the like.
    tolerant: bool,
}

pub(super) type Tables = BTreeMap<IdentityId, Vec<Inserted>>;

pub(super) fn clashes(both: &Both<'_>, [one, other]: &[Tables; 2]) -> Vec<Clash> {
    let mut clashes = Vec::new();
    for (&table, ones) in one {
        let others = other.get(&table).map_or(&[][..], Vec::as_slice);
        for key in keys(both, table) {
            let clash = ones.iter().find_map(|one| {
                let mine = values(one, &key);
                others.iter().find_map(|other| {
                    let theirs = values(other, &key);
                    let shared = mine.iter().find(|(value, row)| {
                        theirs
                            .get(*value)
                            .is_some_and(|it| it != *row || !one.tolerant)
                    });
                    Some((one, other, shared?.0.join(", ")))
                })
            });
            let Some((one, other, value)) = clash else {
                continue;
            };
            let columns: Vec<_> = key.iter().map(Ident::as_str).collect();
            let label = both.catalog.get(table).label();
            let tolerant = one.tolerant && other.tolerant;
            clashes.push(Clash {
                severity: match tolerant {
                    true => Severity::Warning,
                    false => Severity::Error,
                },
                object: format!("the row of {label} with {} {value}", columns.join(", ")),
                deeds: [one.deed, other.deed],
                why: match tolerant {
                    true => "which of the two rows is there in the end depends on the order",
                    false => "the key is unique, so the one that comes second fails",
                },
                help: "give the row in `{head}` another key, or leave it out there",
            });
            break;
        }
    }
    clashes
}

/// The columns of the table's unique keys.
fn keys(both: &Both<'_>, table: IdentityId) -> Vec<Vec<Ident>> {
    let members = both.catalog.members(table);
    let keys = members.filter(|member| member.kind == Kind::Key && member.born);
    let columns = keys.filter_map(|key| match &key.key.part {
        Part::Columns(columns) if !columns.is_empty() => Some(columns.clone()),
        _ => None,
    });
    columns.collect()
}

/// The rows by their values of the key.
fn values<'r>(
    inserted: &'r Inserted,
    key: &[Ident],
) -> BTreeMap<Vec<&'r str>, &'r [Option<String>]> {
    let places: Option<Vec<usize>> = key
        .iter()
        .map(|column| inserted.columns.iter().position(|it| it == column))
        .collect();
    let Some(places) = places else {
        return BTreeMap::new();
    };
    let rows = inserted.rows.iter().filter_map(|row| {
        let value: Option<Vec<&str>> = places
            .iter()
            .map(|&place| row.get(place)?.as_deref())
            .collect();
        Some((value?, row.as_slice()))
    });
    rows.collect()
}

pub(super) fn inserted(both: &Both<'_>, side: usize) -> Tables {
    let mut tables = Tables::new();
    for &id in both.sides[side].statements.keys() {
        let patch = &both.patches[id.0 as usize];
        for statement in &patch.facts {
            if both.side(id, statement.statement as u32) != Some(side) {
                continue;
            }
            let writes = statement.facts.iter().find(|fact| {
                fact.action == Action::Write
                    && fact.in_body_of.is_none()
                    && fact.object.kind != Kind::Column
            });
            let Some(fact) = writes else { continue };
            let body = patch.statements[statement.statement].body;
            let text = both.sources.slice(body);
            let Some(values) = literal::values(text, both.catalog.dialect) else {
                continue;
            };
            let path = statement.search_path.as_deref();
            let [table] = both.catalog.lookup(id, path, &fact.object)[..] else {
                continue;
            };
            let named = values.columns;
            let Some(columns) = named.or_else(|| all_columns(both, table.identity)) else {
                continue;
            };
            tables
                .entry(both.renames.oldest(table.identity))
                .or_default()
                .push(Inserted {
                    deed: Deed {
                        patch: id,
                        span: fact.span,
                        verb: "inserts",
                    },
                    columns,
                    rows: values.rows,
                    tolerant: values.tolerant,
                });
        }
    }
    tables
}

/// The columns of a table in their order, where it is known.
fn all_columns(both: &Both<'_>, table: IdentityId) -> Option<Vec<Ident>> {
    let members = both.catalog.members(table);
    let columns = members.filter(|member| member.kind == Kind::Column);
    let mut places = Vec::new();
    for column in columns {
        let Part::Member(name) = &column.key.part else {
            continue;
        };
        let is_gone = |event: &Event| matches!(event.kind, EventKind::Death { .. });
        if column.events.iter().any(is_gone) {
            return None;
        }
        let is_made = |event: &&Event| matches!(event.kind, EventKind::Birth { .. });
        let made = column.events.iter().find(is_made)?;
        let rank = both.rank[made.patch.0 as usize];
        places.push((rank, made.at, made.span.start, name.clone()));
    }
    places.sort();
    Some(places.into_iter().map(|(.., name)| name).collect())
}
