//! CREATE TABLE: columns, constraints and what stands behind the parentheses.

use std::collections::BTreeSet;

use crate::dialect::lex::TokenKind;
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Binding, Kind, Object};
use crate::source::Span;

use super::cursor::{Cursor, Name};
use super::define::Flags;
use super::out::Out;
use super::scope::{Derived, Item, Scope};
use super::{column, constraint, expr, output, own, query, view};

/// The table that columns and constraints are put on.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: ObjectName,
    pub(super) span: Span,
    /// Its columns, where the statement makes them: their use goes without saying.
    pub(super) own: BTreeSet<Ident>,
    /// Tables whose columns it has as well.
    pub(super) parents: Vec<ObjectName>,
    /// Names of its constraints so far.
    pub(super) taken: BTreeSet<Ident>,
    /// How many of its foreign keys have no name so far, where all of them are known.
    pub(super) unnamed_foreign_keys: Option<usize>,
    /// It is there already, with rows.
    pub(super) existing: bool,
    /// What holds for all that is made along with it.
    pub(super) flags: Flags,
}

impl Table {
    pub(super) fn existing(name: &Name) -> Self {
        Self {
            name: name.object(),
            span: name.span(),
            own: BTreeSet::new(),
            parents: Vec::new(),
            taken: BTreeSet::new(),
            unnamed_foreign_keys: None,
            existing: true,
            flags: Flags::default(),
        }
    }

    /// What an expression of the table sees besides its own columns.
    fn scope(&self) -> Scope<'static> {
        let mut scope = Scope::default();
        if self.parents.is_empty() {
            scope.items.push(Item::table(None, self.name.clone()));
        }
        for parent in &self.parents {
            scope
                .items
                .push(Item::table(Some(self.name.name.clone()), parent.clone()));
        }
        scope
    }

    /// Reads an expression that is kept with the table: its functions run when rows are written.
    pub(super) fn stored(&self, out: &mut Out<'_>, cursor: Cursor<'_>) {
        if cursor.is_empty() {
            return;
        }
        let scope = self.scope();
        out.under(
            |now| {
                now.runs = false;
                now.on_write = Some(self.name.clone());
                now.variables.extend(self.own.iter().cloned());
            },
            |out| expr::read(out, cursor, &scope),
        );
    }

    /// A column of the table is needed.
    pub(super) fn uses_column(&self, out: &mut Out<'_>, column: &Ident, span: Span) {
        if self.own.contains(column) {
            return;
        }
        let mut owners = self.parents.clone();
        if owners.is_empty() {
            owners.push(self.name.clone());
        }
        let first = owners.remove(0);
        let object = Object::member(Kind::Column, first, column.clone());
        out.push_or(Action::Use, object, owners, span);
    }

    /// Where an index is a thing of its own in its table, it keeps the columns that it is over.
    pub(super) fn keeps_columns(&self, out: &mut Out<'_>, columns: &[(Ident, Span)]) {
        if out.dialect.objects.foreign_key_makes_index && !self.existing {
            out.stands_on(&self.name, columns);
        }
    }

    /// Defines a column.
    pub(super) fn define_column(
        &mut self,
        out: &mut Out<'_>,
        column: &Ident,
        span: Span,
        flags: Flags,
    ) {
        if !self.existing {
            self.own.insert(column.clone());
        }
        out.column(flags.action(), &self.name, column, span);
    }
}

/// Reads what follows `CREATE TABLE [IF NOT EXISTS]`.
pub(super) fn read(out: &mut Out<'_>, cursor: Cursor<'_>, flags: Flags) {
    let mut cursor = cursor;
    let Some(name) = cursor.name_or_string(out.dialect) else {
        return;
    };
    let temporary = flags.temporary || own::is_temporary(out, &name);
    let flags = Flags { temporary, ..flags };
    out.named(flags.action(), Kind::Table, &name);
    let mut table = Table {
        flags,
        unnamed_foreign_keys: Some(0),
        existing: false,
        ..Table::existing(&name)
    };
    let mut typed = false;
    if cursor.eat_phrase("partition of") {
        parent(out, &mut cursor, &mut table);
        if let Some(parent) = table.parents.first().cloned() {
            let child = Object::new(Kind::Table, table.name.clone());
            out.push(
                Action::Partitions {
                    parent: Box::new(parent),
                },
                child,
                table.span,
            );
        }
        typed = true;
    } else if cursor.eat("of") {
        if let Some(name) = cursor.name(out.dialect) {
            out.uses(Kind::Type, &name);
        }
        typed = true;
    } else if cursor.eat_any(&["like", "clone"]) {
        parent(out, &mut cursor, &mut table);
    }
    let list = (cursor.is_open() && !expr::opens_query(&cursor))
        .then(|| cursor.group())
        .flatten();
    let mut rest = cursor;
    if rest.eat("inherits")
        && let Some(parents) = rest.group()
    {
        for mut item in parents.items() {
            parent(out, &mut item, &mut table);
        }
    }
    let as_query = find_query(cursor);
    if let Some(list) = list {
        items(out, list, &mut table, typed, as_query.is_some());
    }
    tail(out, rest, &table);
    if let Some(query) = as_query {
        as_select(out, query, &table, &name, list);
    }
}

/// A table whose columns this one takes over.
fn parent(out: &mut Out<'_>, cursor: &mut Cursor<'_>, table: &mut Table) {
    if let Some(name) = cursor.name(out.dialect) {
        out.uses(Kind::Relation, &name);
        table.parents.push(name.object());
    }
}

/// The query of CREATE TABLE … AS, or of MySQL's form without AS.
fn find_query(cursor: Cursor<'_>) -> Option<Cursor<'_>> {
    let mut cursor = cursor;
    cursor.until_where(|cursor| {
        cursor.is("as")
            && (cursor.any_at(1, &["select", "with", "values", "table", "execute", "from"])
                || cursor.kind_at(1) == Some(TokenKind::Open))
            || cursor.is("select")
            || expr::opens_query(cursor)
    });
    cursor.eat("as");
    (!cursor.is_empty()).then_some(cursor)
}

fn as_select(
    out: &mut Out<'_>,
    query: Cursor<'_>,
    table: &Table,
    name: &Name,
    list: Option<Cursor<'_>>,
) {
    let with_data = !view::ends_with_no_data(query);
    let query = view::without_tail(query);
    let mut columns = Vec::new();
    if list.is_none() {
        columns.extend(output::of_query(out, query).into_iter().flatten());
    }
    for (column, span) in &columns {
        out.column(table.flags.action(), &table.name, column, *span);
    }
    let mut found = Derived::default();
    let runs = out.now.runs && with_data;
    out.under(
        |now| now.runs = runs,
        |out| {
            if query.is("execute") {
                return;
            }
            found = query::read(out, query, &Scope::default());
        },
    );
    if list.is_none() {
        view::through_star(out, &found, &columns, name, table.flags);
    }
    if runs {
        let object = Object::new(Kind::Table, table.name.clone());
        out.push(Action::Write, object, table.span);
    }
}

/// The items in a table's parentheses: columns first, because constraints name them.
fn items(out: &mut Out<'_>, list: Cursor<'_>, table: &mut Table, typed: bool, names_only: bool) {
    let mut constraints = Vec::new();
    let mut columns = Vec::new();
    for item in list.items() {
        if item.is_empty() {
            continue;
        }
        if item.is("like") && item.named_at(1) {
            let mut item = item;
            item.bump();
            parent(out, &mut item, table);
        } else if constraint::starts(out, &item) {
            constraints.push(item);
        } else {
            columns.push(item);
        }
    }
    // A check may name a column that stands behind it.
    for column in &columns {
        let mut at = *column;
        if let Some(name) = at.name_or_string(out.dialect) {
            let with_type = !at.is_empty() && !at.phrase("with options");
            if !typed
                || with_type
                    && at.kind() == Some(TokenKind::Word)
                    && !column::is_column_constraint(&at)
            {
                table.own.insert(name.last().clone());
            }
        }
    }
    for item in columns {
        let mut at = item;
        let Some(name) = at.name_or_string(out.dialect) else {
            continue;
        };
        if names_only && at.is_empty() {
            out.column(table.flags.action(), &table.name, name.last(), name.span());
            continue;
        }
        if table.own.contains(name.last()) {
            column::column(out, at, table, name.last(), name.span());
        } else {
            at.eat_phrase("with options");
            table.uses_column(out, name.last(), name.span());
            column::column_rest(out, at, table, &(name.last().clone(), name.span()), None);
        }
    }
    for item in constraints {
        constraint::read(out, item, table, None);
    }
}

/// What follows the parentheses: PARTITION BY, SERVER, TABLESPACE, DISTKEY ….
fn tail(out: &mut Out<'_>, cursor: Cursor<'_>, table: &Table) {
    let mut rest = cursor;
    while !rest.is_empty() && !rest.is("as") && !rest.is("select") {
        if rest.eat_phrase("partition by") {
            rest.eat("linear");
            while rest.named_at(0) && !rest.is_open() {
                rest.bump();
            }
            if let Some(keys) = rest.group() {
                out.under(
                    |now| now.runs = false,
                    |out| {
                        let scope = table.scope();
                        out.now.variables.extend(table.own.iter().cloned());
                        expr::read(out, keys, &scope);
                    },
                );
            }
        } else if rest.is("server") && rest.named_at(1) {
            rest.bump();
            if let Some(server) = rest.name(out.dialect) {
                out.uses(Kind::ForeignServer, &server);
            }
        } else if rest.is("tablespace") && rest.named_at(1) {
            rest.bump();
            tablespace(out, &mut rest);
        } else {
            rest.skip();
        }
    }
}

/// A tablespace is needed, unless it is the engine's own.
pub(super) fn tablespace(out: &mut Out<'_>, cursor: &mut Cursor<'_>) {
    if let Some(name) = cursor.name(out.dialect)
        && !matches!(name.last().as_str(), "pg_default" | "pg_global")
    {
        out.uses(Kind::Tablespace, &name);
    }
}

/// The binding of what a foreign key points to.
pub(super) fn foreign_key_binding(out: &Out<'_>) -> Binding {
    Binding::of(out.dialect.looks_up.foreign_key_target)
}

/// Whether the engine reads over foreign keys in a column's own definition.
pub(super) fn column_references_are_ignored(out: &Out<'_>) -> bool {
    let looks_up = &out.dialect.looks_up;
    looks_up.foreign_key_target && !looks_up.column_reference_target
}
