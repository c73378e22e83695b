//! Rows of a table that references itself: the row that another one names comes first, where both are written
//! as literals. (Between two tables it is enough to know the tables.)

use std::collections::BTreeMap;

use super::{Parents, Reference, Rows};
use crate::name::Ident;
use crate::read::fact::{Kind, Part};
use crate::resolve::PatchId;
use crate::resolve::catalog::{Catalog, Event, EventKind, IdentityId};
use crate::resolve::literal;
use crate::source::{Sources, Span};

type Place = (PatchId, Span);

/// What rows have in the columns of a key.
type Value = Vec<String>;

/// A row and those that name it, by what they have in the columns of the key.
pub(in crate::resolve) struct Named {
    pub(in crate::resolve) table: IdentityId,
    pub(in crate::resolve) row: Place,
    pub(in crate::resolve) by: Place,
}

impl Parents {
    /// The rows of tables that reference themselves which other patches' rows name.
    pub(in crate::resolve) fn named_by_their_like(
        &self,
        sources: &Sources,
        catalog: &Catalog<'_>,
    ) -> Vec<Named> {
        let mut named = Vec::new();
        for (&table, references) in &self.references {
            let own = references.iter().filter(|key| key.child == table);
            for key in own {
                let rows = self.rows.get(&table).map_or(&[][..], Vec::as_slice);
                let patches = rows.chunk_by(|one, other| one.patch == other.patch);
                if patches.count() > 1
                    && let Some((from, to)) = columns(catalog, table, key)
                {
                    add(&mut named, (table, rows), (&from, &to), sources, catalog);
                }
            }
        }
        named
    }
}

fn add(
    named: &mut Vec<Named>,
    (table, rows): (IdentityId, &[Rows]),
    (from, to): (&[Ident], &[Ident]),
    sources: &Sources,
    catalog: &Catalog<'_>,
) {
    let mut there: BTreeMap<Value, Vec<Place>> = BTreeMap::new();
    let mut wanted: BTreeMap<Value, Vec<Place>> = BTreeMap::new();
    let own = steps(catalog, table);
    for statement in rows {
        let text = statement.body.map(|body| sources.slice(body));
        let Some(values) = text.and_then(|text| literal::values(text, catalog.dialect)) else {
            continue;
        };
        let place = (statement.patch, statement.span);
        for row in &values.rows {
            let whole = || of_width(own.as_deref()?, row.len());
            let Some(columns) = values.columns.as_deref().or_else(whole) else {
                continue;
            };
            for (key, places) in [(to, &mut there), (from, &mut wanted)] {
                if let Some(value) = value(columns, row, key) {
                    places.entry(value).or_default().push(place);
                }
            }
        }
    }
    for (value, users) in wanted {
        let Some(makers) = there.get(&value) else {
            continue;
        };
        for by in users {
            // What a patch writes itself it need not find.
            if makers.iter().all(|row| row.0 != by.0) {
                let rows = makers.iter().map(|&row| Named { table, row, by });
                named.extend(rows);
            }
        }
    }
}

/// What a row has in the columns of a key, if it has literals there.
fn value(columns: &[Ident], row: &[Option<String>], key: &[Ident]) -> Option<Value> {
    let place = |column: &Ident| columns.iter().position(|it| it == column);
    let values = key.iter().map(|column| {
        let value = row.get(place(column)?)?.as_deref()?;
        // A number may be written as a string.
        let inside = value
            .strip_prefix('\'')
            .and_then(|rest| rest.strip_suffix('\''));
        Some(inside.unwrap_or(value).to_owned())
    });
    values.collect()
}

/// The columns of a table's foreign key to itself, and those that it references.
fn columns(
    catalog: &Catalog<'_>,
    table: IdentityId,
    key: &Reference,
) -> Option<(Vec<Ident>, Vec<Ident>)> {
    let name = |&column: &IdentityId| match &catalog.get(column).key.part {
        Part::Member(name) => Some(name.clone()),
        _ => None,
    };
    let from: Option<Vec<Ident>> = key.columns.as_ref()?.iter().map(name).collect();
    let to = match key.to.as_slice() {
        [] => primary_key(catalog, table)?,
        named => named.to_vec(),
    };
    from.filter(|from| from.len() == to.len())
        .map(|from| (from, to))
}

/// The column of a table's primary key, where it is one: the key of columns that is made where the primary
/// key is.
pub(super) fn primary_key(catalog: &Catalog<'_>, table: IdentityId) -> Option<Vec<Ident>> {
    let keys = || {
        let members = catalog.members(table);
        members.filter(|member| member.kind == Kind::Key && member.born)
    };
    let none = Part::Columns(Vec::new());
    let primary = keys().find(|key| key.key.part == none)?;
    let made = |events: &[Event]| -> Vec<Place> {
        let births = events.iter().filter(|event| is_birth(event));
        births.map(|event| (event.patch, event.span)).collect()
    };
    let places = made(&primary.events);
    keys().find_map(|key| match &key.key.part {
        Part::Columns(columns) if columns.len() == 1 && made(&key.events) == places => {
            Some(columns.clone())
        }
        _ => None,
    })
}

/// The columns of which a row without a list of columns is, by the number of its values.
pub(in crate::resolve) fn written_columns(
    catalog: &Catalog<'_>,
    table: IdentityId,
    values: usize,
) -> Option<Vec<Ident>> {
    of_width(&steps(catalog, table)?, values).map(<[Ident]>::to_vec)
}

/// The columns of a table in their order: those that it is made with, and, where one other statement adds some,
/// those with what it is made with. None where more than that happens to them.
fn steps(catalog: &Catalog<'_>, table: IdentityId) -> Option<Vec<Vec<Ident>>> {
    let members = catalog.members(table);
    let columns = members.filter(|member| member.kind == Kind::Column && member.born);
    let mut places = Vec::new();
    for column in columns {
        let mut changes = column
            .events
            .iter()
            .filter(|event| event.kind != EventKind::Need);
        let (made, Part::Member(name)) = (changes.next()?, &column.key.part) else {
            return None;
        };
        if changes.next().is_some() || !is_birth(made) {
            return None;
        }
        places.push(((made.patch, made.at), name.clone()));
    }
    let mut births = catalog.get(table).events.iter().filter(|it| is_birth(it));
    let (Some(birth), None) = (births.next(), births.next()) else {
        return None;
    };
    // A column's number is of its fact: the statement's is enough for whose it is.
    let statement = |((patch, at), _): &((PatchId, (u32, u32)), Ident)| (*patch, at.0);
    let is_first =
        |place: &((PatchId, (u32, u32)), Ident)| statement(place) == (birth.patch, birth.at.0);
    places.sort_by_key(|place| (!is_first(place), place.0));
    let mut all = Vec::new();
    let mut steps = Vec::new();
    for made in places.chunk_by(|one, other| statement(one) == statement(other)) {
        all.extend(made.iter().map(|(_, name)| name.clone()));
        steps.push(all.clone());
    }
    (steps.len() <= 2).then_some(steps)
}

/// The first columns that are as many as a row has values, where that tells them.
fn of_width(steps: &[Vec<Ident>], values: usize) -> Option<&[Ident]> {
    let fits = |columns: &&Vec<Ident>| values <= columns.len();
    let (first, last) = (steps.first()?, steps.last()?);
    [first, last].into_iter().find(fits).map(Vec::as_slice)
}

fn is_birth(event: &Event) -> bool {
    matches!(event.kind, EventKind::Birth { .. })
}
