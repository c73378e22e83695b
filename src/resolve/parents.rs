//! Rows and the rows that they reference: which rows have a foreign key at all, by the columns that
//! statements write.

mod itself;
mod typed;

pub(super) use itself::{Named, written_columns};

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::PatchId;
use super::body::{Deed, Deeds};
use super::catalog::{Catalog, EventKind, IdentityId};
use super::width::Widths;
use crate::dialect::Dialect;
use crate::dialect::lex::{Lexer, Token, TokenKind};
use crate::name::{Ident, ObjectName};
use crate::read::Patch;
use crate::read::fact::{Action, Fact, Kind, Object, Part};
use crate::source::{Sources, Span};

/// A foreign key, by the table that has it.
struct Reference {
    place: (PatchId, Span),
    child: IdentityId,
    /// Its columns there; `None` where the text does not tell.
    columns: Option<Vec<IdentityId>>,
    /// The columns that it references; none for the primary key.
    to: Vec<Ident>,
}

/// Rows that a statement writes.
struct Rows {
    patch: PatchId,
    span: Span,
    /// The statement, where it writes them itself.
    body: Option<Span>,
    /// Empty where it names none.
    columns: Vec<IdentityId>,
    /// It says what rows it writes: it may be a DELETE.
    reads: bool,
}

/// The foreign keys of all tables, and the rows of each.
#[derive(Default)]
pub(super) struct Parents {
    references: BTreeMap<IdentityId, Vec<Reference>>,
    rows: BTreeMap<IdentityId, Vec<Rows>>,
}

impl Parents {
    pub(super) fn new(
        patches: &[Patch],
        sources: &Sources,
        catalog: &Catalog<'_>,
        deeds: &Deeds<'_>,
    ) -> Self {
        let told = deeds.par_iter().map(|(id, deeds)| {
            Self::of_patch(id, &patches[id.0 as usize], sources, catalog, deeds)
        });
        let mut parents = Self::default();
        for told in told.collect::<Vec<_>>() {
            for (parent, references) in told.references {
                parents
                    .references
                    .entry(parent)
                    .or_default()
                    .extend(references);
            }
            for (table, rows) in told.rows {
                parents.rows.entry(table).or_default().extend(rows);
            }
        }
        parents
    }

    /// What one patch tells.
    fn of_patch(
        id: PatchId,
        patch: &Patch,
        sources: &Sources,
        catalog: &Catalog<'_>,
        deeds: &[Deed<'_>],
    ) -> Self {
        let mut parents = Self::default();
        let mut column: Option<(u32, &Object)> = None;
        for (place, deed) in deeds.iter().enumerate() {
            let fact = deed.fact;
            if let Action::References { from } = &fact.action {
                let text = || {
                    let body = deed.body(patch);
                    let own = fact.in_body_of.is_none() && body.start <= fact.span.start;
                    own.then(|| sources.slice(Span::new(body.source, body.start, fact.span.start)))
                };
                let named = text().and_then(|text| keyed(text, catalog.dialect));
                let inline = column.as_ref().filter(|(statement, object)| {
                    *statement == deed.statement && object.name == **from
                });
                let columns = named.or_else(|| match &inline?.1.part {
                    Part::Member(column) => Some(vec![column.clone()]),
                    _ => None,
                });
                let to = referenced(deed, &deeds[place + 1..]);
                parents.refer(id, deed, (from, columns, to), catalog);
            } else if matches!(fact.action, Action::Define { .. }) {
                if fact.object.kind == Kind::Column {
                    column = Some((deed.statement, &fact.object));
                }
            } else if !deed.maybe {
                let own = fact.in_body_of.is_none();
                let body = own.then(|| deed.body(patch));
                parents.add_rows(id, deed, body, catalog);
            }
        }
        parents
    }

    fn refer(
        &mut self,
        id: PatchId,
        deed: &Deed<'_>,
        (from, columns, to): (&ObjectName, Option<Vec<Ident>>, &[Ident]),
        catalog: &Catalog<'_>,
    ) {
        for child in catalog.lookup_named(id, deed.path, (Kind::Relation, from, &Part::Whole)) {
            let column = |name: Ident| {
                let part = Part::Member(name);
                let found = catalog.lookup_named(id, deed.path, (Kind::Column, from, &part));
                found.first().map(|bound| bound.identity)
            };
            let columns = columns.clone();
            let columns = columns.and_then(|names| names.into_iter().map(column).collect());
            for parent in catalog.lookup(id, deed.path, &deed.fact.object) {
                self.references
                    .entry(parent.identity)
                    .or_default()
                    .push(Reference {
                        place: (id, deed.span),
                        child: child.identity,
                        columns: Option::clone(&columns),
                        to: to.to_vec(),
                    });
            }
        }
    }

    fn add_rows(
        &mut self,
        id: PatchId,
        deed: &Deed<'_>,
        body: Option<Span>,
        catalog: &Catalog<'_>,
    ) {
        let fact = deed.fact;
        let is_column = fact.object.kind == Kind::Column;
        match fact.action {
            Action::Write if !is_column => {
                for bound in catalog.lookup(id, deed.path, &fact.object) {
                    self.rows.entry(bound.identity).or_default().push(Rows {
                        patch: id,
                        span: deed.span,
                        body,
                        columns: Vec::new(),
                        reads: false,
                    });
                }
            }
            Action::Write => {
                for bound in catalog.lookup(id, deed.path, &fact.object) {
                    let table = catalog.get(bound.identity).owner;
                    if let Some(rows) = table.and_then(|table| self.last(table, id)) {
                        rows.columns.push(bound.identity);
                    }
                }
            }
            Action::Read => {
                for bound in catalog.lookup(id, deed.path, &fact.object) {
                    if let Some(rows) = self.last(bound.identity, id)
                        && rows.span == deed.span
                    {
                        rows.reads = true;
                    }
                }
            }
            _ => {}
        }
    }

    fn last(&mut self, table: IdentityId, patch: PatchId) -> Option<&mut Rows> {
        let rows = self.rows.get_mut(&table)?.last_mut();
        rows.filter(|rows| rows.patch == patch)
    }

    /// The rows that statements add to a table, of those columns.
    pub(super) fn inserts(
        &self,
        table: IdentityId,
        wanted: impl Fn(&[IdentityId]) -> bool,
    ) -> impl Iterator<Item = (PatchId, Span)> {
        let rows = self.rows.get(&table).into_iter().flatten();
        let rows = rows.filter(move |rows| !rows.reads && wanted(&rows.columns));
        rows.map(|rows| (rows.patch, rows.span))
    }

    /// Whether a foreign key is of columns that other patches add than those that make its table.
    fn is_added(catalog: &Catalog<'_>, key: &Reference) -> bool {
        let births = |id: IdentityId| -> Vec<PatchId> {
            let events = catalog.get(id).events.iter();
            let births = events.filter(|event| matches!(event.kind, EventKind::Birth { .. }));
            births.map(|event| event.patch).collect()
        };
        let makers = births(key.child);
        let added = |&column: &IdentityId| {
            let added = births(column);
            !added.is_empty() && !added.iter().any(|patch| makers.contains(patch))
        };
        key.columns
            .as_ref()
            .is_some_and(|columns| columns.iter().all(added))
    }

    /// The tables that others reference, each with one that does and the rows there that have the key.
    pub(super) fn pairs(
        &self,
        catalog: &Catalog<'_>,
        widths: &Widths,
    ) -> impl Iterator<Item = (IdentityId, IdentityId, Vec<(PatchId, Span)>)> {
        let references = self.references.iter();
        let references =
            references.flat_map(|(&parent, keys)| keys.iter().map(move |key| (parent, key)));
        references.map(|(parent, key)| {
            let added = Self::is_added(catalog, key);
            let first = |rows: &Rows| added && widths.are_of_first(key.child, rows.patch);
            let rows = self.rows.get(&key.child).into_iter().flatten();
            let has_key = |rows: &&Rows| match &key.columns {
                _ if rows.columns.is_empty() => !rows.reads && !first(rows),
                Some(columns) => columns.iter().any(|column| rows.columns.contains(column)),
                None => true,
            };
            let places = rows.filter(has_key).map(|rows| (rows.patch, rows.span));
            (parent, key.child, places.collect())
        })
    }
}

/// The columns that a foreign key references, as a fact after it in the same statement tells; none for the
/// primary key.
fn referenced<'a>(key: &Deed<'_>, after: &[Deed<'a>]) -> &'a [Ident] {
    let is_key = |fact: &Fact| fact.object.kind == Kind::Key && fact.action == Action::Use;
    let mut same = after.iter().take_while(|deed| {
        deed.statement == key.statement && !matches!(deed.fact.action, Action::References { .. })
    });
    let used = same.find(|deed| is_key(deed.fact) && deed.fact.object.name == key.fact.object.name);
    match used.map(|deed| &deed.fact.object.part) {
        Some(Part::Columns(columns)) => columns,
        _ => &[],
    }
}

/// Whether a text ends with `REFERENCES` after a word on the same line: a column's own foreign key. Most
/// are, and they need no closer look.
fn follows_a_word(before: &str) -> bool {
    const WORD: &str = "references";
    let before = before.trim_end();
    let start = before.len().checked_sub(WORD.len());
    let Some((rest, word)) = start.and_then(|start| before.split_at_checked(start)) else {
        return false;
    };
    let line = rest.rsplit('\n').next().unwrap_or(rest).trim_end();
    word.eq_ignore_ascii_case(WORD)
        && line.ends_with(|end: char| end.is_ascii_alphanumeric())
        && !line.contains(['-', '#', '*'])
}

/// The columns of a foreign key of a whole table, by the text before the table that it references:
/// `FOREIGN KEY (a, b) REFERENCES`.
fn keyed(before: &str, dialect: &Dialect) -> Option<Vec<Ident>> {
    if follows_a_word(before) {
        return None;
    }
    let tokens = Lexer::new(before, &dialect.lexing).filter(|token| !token.is_trivia());
    let tokens: Vec<Token> = tokens.collect();
    let mut rest = tokens.iter().rev();
    if !rest.next()?.is_word(before, "REFERENCES") || rest.next()?.kind != TokenKind::Close {
        return None;
    }
    let mut columns = Vec::new();
    loop {
        columns.push(dialect.ident(rest.next()?.text(before)));
        match rest.next()?.kind {
            TokenKind::Comma => {}
            TokenKind::Open => break,
            _ => return None,
        }
    }
    columns.reverse();
    // It may have a name before its columns.
    let key = |token: &&Token| token.is_word(before, "KEY");
    rest.take(2).any(|token| key(&token)).then_some(columns)
}
