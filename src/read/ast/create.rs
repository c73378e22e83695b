//! CREATE of views, indexes, sequences, types, schemas and extensions.

use sqlparser::ast as sql;

use super::key::On;
use super::reader::{Mode, Reader};
use super::scope::{Columns, Scope};
use crate::name::ObjectName;
use crate::read::fact::{Action, Kind, Object};
use crate::read::spelled;

impl Reader<'_> {
    pub(super) fn create_view(&mut self, create: &sql::CreateView, outer: &Scope) {
        let Some(named) = self.named(&create.name) else {
            return;
        };
        let kind = if create.materialized {
            Kind::MaterializedView
        } else {
            Kind::View
        };
        let temporary = create.temporary || self.is_temporary(&named.name);
        let replace = create.or_replace || create.or_alter;
        let action = self.define(replace, create.if_not_exists, temporary);
        self.note(action, Object::new(kind, named.name.clone()), named.span);
        let columns = self.view_body(&create.query, outer, create.materialized);
        let given = self.idents(create.columns.iter().map(|column| &column.name));
        let columns = columns.renamed(given);
        self.define_columns(&named, &columns, create.if_not_exists, temporary);
    }

    /// What a view selects: not read now, and looked up when the engine says so.
    pub(super) fn view_body(&mut self, query: &sql::Query, outer: &Scope, runs: bool) -> Columns {
        let mut columns = Columns::default();
        self.bound(self.dialect.looks_up.view_body, |reader| {
            let mode = Mode {
                runs,
                ..reader.mode.clone()
            };
            reader.under(mode, |reader| columns = reader.query(query, outer));
        });
        columns
    }

    pub(super) fn create_index(&mut self, create: &sql::CreateIndex) {
        let Some(table) = self.named(&create.table_name) else {
            return;
        };
        if let Some(name) = &create.name
            && let Some(index) = name.0.last().and_then(sql::ObjectNamePart::as_ident)
        {
            // `CREATE INDEX main.i ON t` of SQLite: the index is in its table's schema.
            let object = self.index(&table.name, self.ident(index));
            let temporary = self.is_temporary(&table.name);
            let action = self.define(false, create.if_not_exists, temporary);
            self.note(action, object, self.place(index));
        }
        self.note(
            Action::Use,
            Object::new(Kind::Table, table.name.clone()),
            table.span,
        );
        let scope = Scope::of_table(&table.name);
        let on = On {
            table: &table.name,
            place: table.span,
            scope: &scope,
            has_rows: true,
            if_absent: create.if_not_exists,
            temporary: self.is_temporary(&table.name),
        };
        let mode = Mode {
            runs: false,
            on_write_of: Some(table.name.clone()),
            ..self.mode.clone()
        };
        self.under(mode, |reader| {
            let columns = reader.key_columns(on, &create.columns);
            for (column, place) in columns.iter().flatten() {
                reader.use_column(vec![table.name.clone()], column.clone(), *place);
            }
            for column in &create.include {
                let place = reader.place(column);
                reader.use_column(vec![table.name.clone()], reader.ident(column), place);
            }
            reader.exprs(&create.predicate, &scope);
            let whole = create.predicate.is_none();
            if let Some(columns) = &columns
                && let Some((_, place)) = columns.first()
                && whole
                && (create.unique || reader.dialect.objects.any_index_is_a_key)
            {
                let idents = columns.iter().map(|(column, _)| column.clone()).collect();
                let key = Object::key(table.name.clone(), idents);
                let action = reader.makes(on);
                if create.unique {
                    reader.note(action, key, *place);
                } else {
                    reader.imply(action, key, *place);
                }
            }
            if create.unique && (columns.is_none() || !whole) {
                let key = reader.unusual_key(&table.name, create);
                let action = reader.makes(on);
                reader.imply(action, key, table.span);
            }
            if create.unique {
                reader.tighten(on, columns.as_deref().unwrap_or_default());
            }
        });
    }

    /// The key of a unique index over expressions, or of some rows only.
    fn unusual_key(&self, table: &ObjectName, create: &sql::CreateIndex) -> Object {
        let text = |expr: &sql::Expr| spelled::expression(&expr.to_string(), self.dialect);
        let items = create.columns.iter().map(|item| match &item.column.expr {
            sql::Expr::Identifier(column) => self.ident(column),
            expr => text(expr),
        });
        let items = items.collect();
        match &create.predicate {
            Some(predicate) => Object::partial_key(table.clone(), items, &text(predicate)),
            None => Object::key(table.clone(), items),
        }
    }

    pub(super) fn create_sequence(
        &mut self,
        name: &sql::ObjectName,
        if_absent: bool,
        temporary: bool,
        owner: Option<&sql::ObjectName>,
    ) {
        if let Some(named) = self.named(name) {
            let action = self.define(false, if_absent, temporary);
            self.note(action, Object::new(Kind::Sequence, named.name), named.span);
        }
        if let Some(sql::ObjectName(parts)) = owner {
            let idents: Vec<_> = parts
                .iter()
                .filter_map(sql::ObjectNamePart::as_ident)
                .collect();
            if let Some((column, table)) = idents.split_last()
                && let Some(table) = self.named_by(table)
            {
                self.use_column(vec![table.name], self.ident(column), self.place(column));
            }
        }
    }

    pub(super) fn create_type(
        &mut self,
        name: &sql::ObjectName,
        representation: Option<&sql::UserDefinedTypeRepresentation>,
    ) {
        use sql::UserDefinedTypeRepresentation as Representation;
        let Some(named) = self.named(name) else {
            return;
        };
        let kind = match representation {
            Some(Representation::Enum { .. }) => Kind::Enum,
            _ => Kind::Type,
        };
        let action = self.define(false, false, false);
        self.note(
            action.clone(),
            Object::new(kind, named.name.clone()),
            named.span,
        );
        match representation {
            Some(Representation::Enum { labels }) => {
                for label in labels {
                    // A label is a string: compared as it is written.
                    let value = crate::name::Ident::folded(label.value.clone());
                    let value = Object::member(Kind::EnumValue, named.name.clone(), value);
                    self.note(action.clone(), value, self.place(label));
                }
            }
            Some(Representation::Composite { attributes }) => {
                for attribute in attributes {
                    let column = self.ident(&attribute.name);
                    let column = Object::member(Kind::Column, named.name.clone(), column);
                    self.note(action.clone(), column, self.place(&attribute.name));
                    self.data_type(&attribute.data_type);
                }
            }
            _ => {}
        }
    }

    /// A schema; in MySQL a database is one.
    pub(super) fn create_schema(&mut self, name: &sql::ObjectName, replace: bool, if_absent: bool) {
        let Some(ident) = name.0.last().and_then(sql::ObjectNamePart::as_ident) else {
            return;
        };
        let object = Object::new(Kind::Schema, ObjectName::bare(self.ident(ident)));
        let action = self.define(replace, if_absent, false);
        self.note(action, object, self.place(ident));
    }

    /// Something with a name of its own that belongs to no schema: a role, an extension.
    pub(super) fn plain(&mut self, action: Action, kind: Kind, name: &sql::Ident) {
        if is_plain_word(name) {
            let object = Object::new(kind, ObjectName::bare(self.ident(name)));
            self.note(action, object, self.place(name));
        }
    }
}

fn is_plain_word(name: &sql::Ident) -> bool {
    !name.value.is_empty() && !super::reader::is_variable(name)
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;
    use crate::dialect::Engine;

    #[test]
    fn a_view_is_looked_up_late_in_sqlite() {
        check(
            Engine::Sqlite,
            r#"CREATE VIEW v(x, y) AS SELECT a, b + 1 FROM t"#,
            r#"
define view v
define column v.x
define column v.y
use column t.a, late
use column t.b, late
use relation t, late
"#,
        );
    }

    #[test]
    fn indexes_name_their_columns() {
        check(
            Engine::Sqlite,
            r#"CREATE UNIQUE INDEX IF NOT EXISTS main.i ON t (a, lower(b)) WHERE c > 1"#,
            r#"
define if absent index i
use table t
define if absent unique key t (a, lower(b)) where c>1, implied
tighten table t
use column t.b
use column t.c
"#,
        );
        check(
            Engine::Sqlite,
            r#"CREATE UNIQUE INDEX i ON t (a COLLATE NOCASE DESC, b)"#,
            r#"
define index i
use table t
use column t.a
define unique key t (a, b)
tighten column t.a
use column t.b
tighten column t.b
"#,
        );
    }
}
