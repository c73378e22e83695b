//! Constraints, which are alike in CREATE TABLE, in a column's options and in ALTER TABLE.

use sqlparser::ast as sql;

use super::reader::{Mode, Reader};
use super::scope::Scope;
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Kind, Object};
use crate::source::Span;

/// A column of a key, with its place.
pub(super) type Place = (Ident, Span);

/// What the constraints of one table have in common.
#[derive(Clone, Copy)]
pub(super) struct On<'t> {
    /// The table.
    pub(super) table: &'t ObjectName,
    /// The place that names the table: that of what has no name of its own.
    pub(super) place: Span,
    /// What columns mean in CHECK and generated columns.
    pub(super) scope: &'t Scope<'t>,
    /// The table may have rows, which are checked now.
    pub(super) has_rows: bool,
    /// `IF NOT EXISTS` of the table or column: what it has may be there with it.
    pub(super) if_absent: bool,
    /// The table is gone with the session.
    pub(super) temporary: bool,
}

impl Reader<'_> {
    pub(super) fn constraint(&mut self, on: On, constraint: &sql::TableConstraint) {
        use sql::TableConstraint as Constraint;
        match constraint {
            Constraint::Unique(unique) => {
                let name = unique.name.as_ref().or(unique.index_name.as_ref());
                let columns = self.key_columns(on, &unique.columns);
                self.unique(on, name, columns, false);
            }
            Constraint::PrimaryKey(primary) => {
                let columns = self.key_columns(on, &primary.columns);
                self.unique(on, primary.name.as_ref(), columns, true);
            }
            Constraint::ForeignKey(foreign) => {
                let columns = self.places(&foreign.columns);
                self.foreign_key(on, foreign.name.as_ref(), columns, foreign, false);
            }
            Constraint::Check(check) => self.check(on, check.name.as_ref(), &check.expr),
            Constraint::Index(index) => {
                let columns = self.key_columns(on, &index.columns);
                let name = index
                    .name
                    .as_ref()
                    .map(|name| (self.ident(name), self.place(name)));
                self.table_index(on, name, columns);
            }
            Constraint::FulltextOrSpatial(index) => {
                let columns = self.key_columns(on, &index.columns);
                let name = index.opt_index_name.as_ref();
                let name = name.map(|name| (self.ident(name), self.place(name)));
                self.index_of(on, name, columns.as_deref());
            }
            Constraint::PrimaryKeyUsingIndex(using) | Constraint::UniqueUsingIndex(using) => {
                let object = self.index(on.table, self.ident(&using.index_name));
                self.note(Action::Use, object, self.place(&using.index_name));
            }
            Constraint::Exclude(_) => self.misread = true,
        }
    }

    /// The making of a part of a table.
    pub(super) fn makes(&self, on: On) -> Action {
        self.define(false, on.if_absent, on.temporary)
    }

    /// A constraint with a name.
    pub(super) fn constraint_name(&mut self, on: On, name: &sql::Ident) {
        let constraint = Object::member(Kind::Constraint, on.table.clone(), self.ident(name));
        self.note(self.makes(on), constraint, self.place(name));
    }

    pub(super) fn places(&self, idents: &[sql::Ident]) -> Vec<Place> {
        idents
            .iter()
            .map(|ident| (self.ident(ident), self.place(ident)))
            .collect()
    }

    /// The columns of an index or key: `None` when it is over expressions, whose columns are noted.
    pub(super) fn key_columns(
        &mut self,
        on: On,
        columns: &[sql::IndexColumn],
    ) -> Option<Vec<Place>> {
        let mut plain = Some(Vec::new());
        for column in columns {
            let place = self.index_column(&column.column.expr);
            match (&mut plain, place) {
                (Some(plain), Some(place)) => plain.push(place),
                (_, place) => {
                    plain = None;
                    match place {
                        Some((column, span)) => {
                            self.use_column(vec![on.table.clone()], column, span)
                        }
                        None => self.expr(&column.column.expr, on.scope),
                    }
                }
            }
        }
        plain
    }

    fn index_column(&self, expr: &sql::Expr) -> Option<Place> {
        match expr {
            sql::Expr::Identifier(ident) => Some((self.ident(ident), self.place(ident))),
            sql::Expr::Nested(inner) | sql::Expr::Collate { expr: inner, .. } => {
                self.index_column(inner)
            }
            // MySQL: `name(10)` is the first ten characters of the column.
            sql::Expr::Function(function) if self.dialect.objects.index_columns_have_lengths => {
                let sql::FunctionArguments::List(list) = &function.args else {
                    return None;
                };
                match (function.name.0.as_slice(), list.args.as_slice()) {
                    (
                        [sql::ObjectNamePart::Identifier(ident)],
                        [
                            sql::FunctionArg::Unnamed(sql::FunctionArgExpr::Expr(
                                sql::Expr::Value(_),
                            )),
                        ],
                    ) => Some((self.ident(ident), self.place(ident))),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// A primary key or unique constraint.
    pub(super) fn unique(
        &mut self,
        on: On,
        name: Option<&sql::Ident>,
        columns: Option<Vec<Place>>,
        primary: bool,
    ) {
        let columns = columns.unwrap_or_default();
        let idents: Vec<Ident> = columns.iter().map(|(column, _)| column.clone()).collect();
        if let Some(name) = name {
            let (own, place) = (self.ident(name), self.place(name));
            let constraint = Object::member(Kind::Constraint, on.table.clone(), own.clone());
            self.note(self.makes(on), constraint, place);
            let rules = &self.dialect.objects;
            if rules.unique_constraint_is_index && !primary || rules.primary_key_is_index && primary
            {
                let index = self.index(on.table, own);
                self.note(self.makes(on), index, place);
            }
        } else if self.dialect.objects.unnamed_index_has_columns_name
            && !primary
            && let Some((first, place)) = columns.first()
        {
            // By the manual of MySQL, CREATE TABLE: an index without a name has that of its first
            // column (with _2, … where that is taken).
            let index = self.index(on.table, first.clone());
            self.imply(self.makes(on), index, *place);
        }
        let span = columns.first().map_or(on.place, |(_, place)| *place);
        if !primary {
            self.over_own_columns(on, &columns);
        }
        self.key(on, idents, primary, span);
        if on.has_rows {
            self.tighten(on, &columns);
        }
    }

    /// Where an index is a thing of its own in its table, it keeps the columns that it is over.
    fn over_own_columns(&mut self, on: On, columns: &[Place]) {
        if self.dialect.objects.foreign_key_makes_index && !on.has_rows {
            self.stands_on(on.table, columns);
        }
    }

    /// Notes a unique key. A primary key is also what a reference without columns means.
    fn key(&mut self, on: On, columns: Vec<Ident>, primary: bool, span: Span) {
        if !columns.is_empty() {
            let key = Object::key(on.table.clone(), columns);
            self.note(self.makes(on), key, span);
        }
        if primary {
            let key = Object::key(on.table.clone(), Vec::new());
            self.imply(self.makes(on), key, span);
        }
    }

    /// Notes that columns that a statement names are used and that their rows are checked now.
    pub(super) fn tighten(&mut self, on: On, columns: &[Place]) {
        for (column, place) in columns {
            self.use_column(vec![on.table.clone()], column.clone(), *place);
            let column = Object::member(Kind::Column, on.table.clone(), column.clone());
            self.note(Action::Tighten, column, *place);
        }
        if columns.is_empty() {
            let table = Object::new(Kind::Table, on.table.clone());
            self.note(Action::Tighten, table, on.place);
        }
    }

    /// `KEY i (c)` of a MySQL table: not unique, and yet enough for a foreign key.
    fn table_index(&mut self, on: On, name: Option<Place>, columns: Option<Vec<Place>>) {
        if self.dialect.objects.any_index_is_a_key
            && let Some(columns) = &columns
            && let Some((_, place)) = columns.first()
        {
            let idents = columns.iter().map(|(column, _)| column.clone()).collect();
            self.imply(
                self.makes(on),
                Object::key(on.table.clone(), idents),
                *place,
            );
        }
        self.index_of(on, name, columns.as_deref());
    }

    fn index_of(&mut self, on: On, name: Option<Place>, columns: Option<&[Place]>) {
        let columns = columns.unwrap_or_default();
        if let Some((name, place)) = name {
            let index = self.index(on.table, name);
            self.note(self.makes(on), index, place);
        } else if self.dialect.objects.unnamed_index_has_columns_name
            && let Some((first, place)) = columns.first()
        {
            let index = self.index(on.table, first.clone());
            self.imply(self.makes(on), index, *place);
        }
        if on.has_rows {
            for (column, place) in columns {
                self.use_column(vec![on.table.clone()], column.clone(), *place);
            }
        }
        self.over_own_columns(on, columns);
    }

    /// The index that a foreign key of MySQL makes for itself where there is none over its columns,
    /// and which cannot go before it; and the name of one without a name.
    /// <https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html>
    fn foreign_key_index(&mut self, on: On, name: Option<&sql::Ident>, columns: &[Place]) {
        let Some((first, place)) = columns.first() else {
            return;
        };
        let (own, place) = match name {
            Some(name) => (self.ident(name), self.place(name)),
            None => (first.clone(), *place),
        };
        let index = self.index(on.table, own);
        self.imply(self.makes(on), index.clone(), place);
        let here: Vec<Place> = columns
            .iter()
            .map(|(own, _)| (own.clone(), place))
            .collect();
        self.stands_on(on.table, &here);
        match name {
            Some(name) => self.constraint_name(on, name),
            None => {
                let Some(unnamed) = &mut self.unnamed_foreign_keys else {
                    return;
                };
                *unnamed += 1;
                let name = format!("{}_ibfk_{unnamed}", on.table.name.as_str());
                let name = self.dialect.ident_verbatim(&name);
                let constraint = Object::member(Kind::Constraint, on.table.clone(), name);
                self.imply(self.makes(on), constraint, place);
            }
        }
        self.imply(Action::Use, index, place);
        self.over_own_columns(on, columns);
    }

    /// A foreign key, `at_column` where it is part of a column's own definition.
    pub(super) fn foreign_key(
        &mut self,
        on: On,
        name: Option<&sql::Ident>,
        columns: Vec<Place>,
        foreign: &sql::ForeignKeyConstraint,
        at_column: bool,
    ) {
        let looks_up = &self.dialect.looks_up;
        let looked_up = if at_column {
            looks_up.column_reference_target
        } else {
            looks_up.foreign_key_target
        };
        if looks_up.foreign_key_target && !looked_up {
            // The engine reads over it.
        } else if self.dialect.objects.foreign_key_makes_index {
            self.foreign_key_index(on, name, &columns);
        } else if let Some(name) = name {
            self.constraint_name(on, name);
        }
        if on.has_rows {
            self.tighten(on, &columns);
        }
        let referred = self.places(&foreign.referred_columns);
        self.bound(looked_up, |reader| {
            let Some(target) = reader.named(&foreign.foreign_table) else {
                return;
            };
            let table = Object::new(Kind::Table, target.name.clone());
            reader.note(Action::Use, table.clone(), target.span);
            let idents = referred.iter().map(|(column, _)| column.clone()).collect();
            let key_place = referred.first().map_or(target.span, |(_, place)| *place);
            reader.note(
                Action::Use,
                Object::key(target.name.clone(), idents),
                key_place,
            );
            // A table that points to itself names a column of its own.
            let makes_it = target.name == *on.table && !on.has_rows;
            for (column, place) in referred.into_iter().filter(|_| !makes_it) {
                reader.use_column(vec![target.name.clone()], column, place);
            }
            let from = on.table.clone();
            reader.note(
                Action::References {
                    from: Box::new(from),
                },
                table,
                target.span,
            );
        });
    }

    pub(super) fn check(&mut self, on: On, name: Option<&sql::Ident>, expr: &sql::Expr) {
        if let Some(name) = name {
            self.constraint_name(on, name);
        }
        let before = self.mark();
        self.on_write(on, expr);
        if on.has_rows {
            let columns = self.columns_since(before, on.table);
            self.tighten(on, &columns);
        }
    }

    /// An expression that runs whenever rows are written: a default, a check, a generated column.
    pub(super) fn on_write(&mut self, on: On, expr: &sql::Expr) {
        let mode = Mode {
            runs: false,
            on_write_of: Some(on.table.clone()),
            ..self.mode.clone()
        };
        self.under(mode, |reader| reader.expr(expr, on.scope));
    }
}
