//! CREATE TABLE and the columns of tables.

use sqlparser::ast as sql;

use super::key::On;
use super::reader::{Named, Reader};
use super::scope::{Columns, Relation, Scope};
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Kind, Object};

impl Reader<'_> {
    pub(super) fn create_table(&mut self, create: &sql::CreateTable, outer: &Scope) {
        let Some(named) = self.named(&create.name) else {
            return;
        };
        let replace = create.or_replace;
        let temporary = create.temporary || self.is_temporary(&named.name);
        let action = self.define(replace, create.if_not_exists, temporary);
        self.note(
            action,
            Object::new(Kind::Table, named.name.clone()),
            named.span,
        );
        if let Some(like) = &create.like {
            let (sql::CreateTableLikeKind::Parenthesized(like)
            | sql::CreateTableLikeKind::Plain(like)) = like;
            self.use_named(Kind::Table, &like.name);
        }
        // The table's own columns are made here, so they are no facts.
        let own = self.idents(create.columns.iter().map(|column| &column.name));
        let scope = own_columns(&named.name, own);
        let on = On {
            table: &named.name,
            place: named.span,
            scope: &scope,
            has_rows: false,
            if_absent: create.if_not_exists,
            temporary,
        };
        self.unnamed_foreign_keys = Some(0);
        for column in &create.columns {
            self.column_definition(on, column);
        }
        for constraint in &create.constraints {
            self.constraint(on, constraint);
        }
        self.unnamed_foreign_keys = None;
        if let Some(query) = &create.query {
            let columns = self.query(query, outer);
            self.define_columns(&named, &columns, create.if_not_exists, temporary);
            let table = Object::new(Kind::Table, named.name.clone());
            self.note(Action::Write, table, named.span);
        }
    }

    /// A relation whose columns are those of a query.
    pub(super) fn define_with_columns(
        &mut self,
        kind: Kind,
        named: &Named,
        columns: &Columns,
        replace: bool,
        if_absent: bool,
    ) {
        let temporary = self.is_temporary(&named.name);
        let action = self.define(replace, if_absent, temporary);
        self.note(action, Object::new(kind, named.name.clone()), named.span);
        self.define_columns(named, columns, if_absent, temporary);
    }

    /// The columns that a query gives a relation, as far as the text names them.
    pub(super) fn define_columns(
        &mut self,
        named: &Named,
        columns: &Columns,
        if_absent: bool,
        temporary: bool,
    ) {
        for column in &columns.names {
            let column = Object::member(Kind::Column, named.name.clone(), column.clone());
            self.note(self.define(false, if_absent, temporary), column, named.span);
        }
    }

    /// A column in CREATE TABLE or ADD COLUMN.
    pub(super) fn column_definition(&mut self, on: On, column: &sql::ColumnDef) {
        let (own, place) = (self.ident(&column.name), self.place(&column.name));
        let object = Object::member(Kind::Column, on.table.clone(), own);
        self.note(self.makes(on), object, place);
        self.data_type(&column.data_type);
        for option in &column.options {
            self.column_option(on, &column.name, option.name.as_ref(), &option.option);
        }
    }

    /// What a column's definition says besides its type.
    pub(super) fn column_option(
        &mut self,
        on: On,
        column: &sql::Ident,
        name: Option<&sql::Ident>,
        option: &sql::ColumnOption,
    ) {
        use sql::ColumnOption as Opt;
        let place = (self.ident(column), self.place(column));
        match option {
            Opt::PrimaryKey(primary) => {
                self.unique(on, name.or(primary.name.as_ref()), Some(vec![place]), true);
            }
            Opt::Unique(unique) => {
                self.unique(on, name.or(unique.name.as_ref()), Some(vec![place]), false);
            }
            Opt::ForeignKey(foreign) => {
                self.foreign_key(
                    on,
                    name.or(foreign.name.as_ref()),
                    vec![place],
                    foreign,
                    true,
                );
            }
            Opt::Check(check) => self.check(on, name.or(check.name.as_ref()), &check.expr),
            Opt::Default(expr)
            | Opt::Materialized(expr)
            | Opt::Ephemeral(Some(expr))
            | Opt::Alias(expr)
            | Opt::OnUpdate(expr) => {
                if let Some(name) = name {
                    self.constraint_name(on, name);
                }
                self.on_write(on, expr);
            }
            Opt::Generated {
                generation_expr: Some(expr),
                ..
            } => self.on_write(on, expr),
            Opt::Ephemeral(None)
            | Opt::Generated { .. }
            | Opt::Null
            | Opt::NotNull
            | Opt::DialectSpecific(_)
            | Opt::CharacterSet(_)
            | Opt::Collation(_)
            | Opt::Comment(_)
            | Opt::Options(_)
            | Opt::Identity(_)
            | Opt::OnConflict(_)
            | Opt::Policy(_)
            | Opt::Tags(_)
            | Opt::Srid(_)
            | Opt::Invisible => {}
        }
    }

    /// SQLite's `CREATE VIRTUAL TABLE … USING module(columns and options)`.
    pub(super) fn create_virtual_table(
        &mut self,
        name: &sql::ObjectName,
        if_absent: bool,
        args: &[sql::Ident],
    ) {
        let Some(named) = self.named(name) else {
            return;
        };
        let columns = Columns {
            names: self.idents(args),
            ..Columns::default()
        };
        self.define_with_columns(Kind::Table, &named, &columns, false, if_absent);
    }
}

/// A scope in which `columns` are known to be the table's own.
fn own_columns(table: &ObjectName, columns: Vec<Ident>) -> Scope<'static> {
    let mut scope = Scope::default();
    let columns = Columns::default().renamed(columns);
    scope
        .relations
        .push(Relation::columns(Some(table.name.clone()), columns));
    scope
}

impl Reader<'_> {
    /// RENAME of a whole relation.
    pub(super) fn rename(&mut self, kind: Kind, old: &Named, to: ObjectName) {
        // The new name is in the old one's schema where it says nothing else.
        let to = if to.schema.is_some() {
            to
        } else {
            old.name.sibling(to.name)
        };
        let to = Object::new(kind, to);
        let object = Object::new(kind, old.name.clone());
        self.note(Action::Rename { to: Box::new(to) }, object, old.span);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;
    use crate::dialect::Engine;

    #[test]
    fn a_table_with_its_columns_keys_and_references() {
        check(
            Engine::Sqlite,
            r#"CREATE TABLE IF NOT EXISTS orders (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id INT NOT NULL REFERENCES customers(id),
  total REAL DEFAULT 0 CHECK (total >= 0),
  CONSTRAINT u UNIQUE (customer_id, total),
  FOREIGN KEY (total) REFERENCES shop
) WITHOUT ROWID"#,
            r#"
define if absent table orders
define if absent column orders.id
define if absent unique key orders (id)
define if absent unique key orders (primary key), implied
define if absent column orders.customer_id
use table customers, late
orders references table customers, late
use unique key customers (id), late
use column customers.id, late
define if absent column orders.total
define if absent constraint orders.u
define if absent unique key orders (customer_id, total)
use table shop, late
use unique key shop (primary key), late
orders references table shop, late
"#,
        );
        check(
            Engine::Sqlite,
            r#"CREATE TABLE t (a, b, c TEXT GENERATED ALWAYS AS (a || b) STORED, PRIMARY KEY (a, b)) STRICT"#,
            r#"
define table t
define column t.a
define column t.b
define column t.c
define unique key t (a, b)
define unique key t (primary key), implied
"#,
        );
    }

    #[test]
    fn a_table_made_of_a_query_reads_and_has_its_columns() {
        check(
            Engine::Sqlite,
            r#"CREATE TABLE n AS SELECT a, count(*) AS n FROM t GROUP BY a"#,
            r#"
define table n
define column n.a
define column n.n
write table n
use column t.a
use relation t
read relation t
"#,
        );
        check(
            Engine::Sqlite,
            r#"CREATE TEMP TABLE x (a)"#,
            r#"
define temporary table x
define temporary column x.a
"#,
        );
    }
}
