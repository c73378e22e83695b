//! ALTER TABLE and the other ALTERs.

use sqlparser::ast as sql;

use super::key::On;
use super::reader::{Named, Reader};
use super::scope::Scope;
use crate::name::Ident;
use crate::read::fact::{Action, Kind, Object};
use crate::source::Span;

impl Reader<'_> {
    pub(super) fn alter_table(
        &mut self,
        name: &sql::ObjectName,
        operations: &[sql::AlterTableOperation],
    ) {
        let Some(table) = self.named(name) else {
            return;
        };
        self.note(
            Action::Alter,
            Object::new(Kind::Table, table.name.clone()),
            table.span,
        );
        let scope = Scope::of_table(&table.name);
        let on = On {
            table: &table.name,
            place: table.span,
            scope: &scope,
            has_rows: true,
            if_absent: false,
            temporary: self.is_temporary(&table.name),
        };
        for operation in operations {
            self.alter_operation(on, &table, operation);
        }
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each operation")]
    fn alter_operation(&mut self, on: On, table: &Named, operation: &sql::AlterTableOperation) {
        use sql::AlterTableOperation as Operation;
        match operation {
            Operation::AddColumn {
                column_def,
                if_not_exists,
                column_position,
                ..
            } => {
                // The new column has no rows to check, but a constraint on it may name others.
                let on = On {
                    has_rows: false,
                    if_absent: *if_not_exists,
                    ..on
                };
                self.column_definition(on, column_def);
                self.position(on, column_position.as_ref());
            }
            Operation::AddConstraint {
                constraint,
                not_valid,
            } => {
                let on = On {
                    has_rows: !not_valid,
                    ..on
                };
                self.constraint(on, constraint);
            }
            Operation::DropColumn {
                column_names,
                if_exists,
                drop_behavior,
                has_column_keyword,
            } => {
                let bare = self.dialect.objects.bare_drop_is_constraint;
                let kind = if bare && !has_column_keyword {
                    Kind::Constraint
                } else {
                    Kind::Column
                };
                for name in column_names {
                    let action = self.drop(*if_exists, is_cascade(drop_behavior));
                    self.member(action, kind, on, name);
                }
            }
            Operation::DropConstraint {
                name,
                if_exists,
                drop_behavior,
            } => {
                let action = self.drop(*if_exists, is_cascade(drop_behavior));
                self.member(action, Kind::Constraint, on, name);
            }
            Operation::DropForeignKey { name, .. } => {
                let action = self.drop(false, false);
                self.member(action, Kind::Constraint, on, name);
            }
            Operation::DropPrimaryKey { .. } => {
                let key = Object::key(on.table.clone(), Vec::new());
                self.note(self.drop(false, false), key, on.place);
            }
            Operation::DropIndex { name } => {
                let index = self.index(on.table, self.ident(name));
                self.note(self.drop(false, false), index, self.place(name));
            }
            Operation::RenameTable { table_name } => {
                let (sql::RenameTableNameKind::As(to) | sql::RenameTableNameKind::To(to)) =
                    table_name;
                if let Some(to) = self.named(to) {
                    self.rename(Kind::Table, table, to.name);
                }
            }
            Operation::RenameColumn {
                old_column_name,
                new_column_name,
            } => {
                self.rename_member(Kind::Column, on, old_column_name, new_column_name);
            }
            Operation::RenameConstraint { old_name, new_name } => {
                self.rename_member(Kind::Constraint, on, old_name, new_name);
            }
            Operation::ChangeColumn {
                old_name,
                new_name,
                data_type,
                options,
                column_position,
            } => {
                self.data_type(data_type);
                self.redefine(on, old_name, options);
                if self.ident(old_name) != self.ident(new_name) {
                    self.rename_member(Kind::Column, on, old_name, new_name);
                }
                self.position(on, column_position.as_ref());
            }
            Operation::ModifyColumn {
                col_name,
                data_type,
                options,
                column_position,
            } => {
                self.data_type(data_type);
                self.redefine(on, col_name, options);
                self.position(on, column_position.as_ref());
            }
            Operation::AlterColumn { column_name, op } => self.alter_column(on, column_name, op),
            Operation::EnableTrigger { name } | Operation::DisableTrigger { name }
                if !name.value.eq_ignore_ascii_case("all") =>
            {
                let trigger = self.trigger(on.table, self.ident(name));
                self.note(Action::Alter, trigger, self.place(name));
            }
            Operation::ValidateConstraint { name } => {
                self.member(Action::Use, Kind::Constraint, on, name);
                let table = Object::new(Kind::Table, on.table.clone());
                self.note(Action::Tighten, table, on.place);
            }
            Operation::SwapWith { table_name } => {
                if let Some(other) = self.named(table_name) {
                    self.note(
                        Action::Alter,
                        Object::new(Kind::Table, other.name),
                        other.span,
                    );
                }
            }
            Operation::OwnerTo {
                new_owner: sql::Owner::Ident(owner),
            } => {
                self.plain(Action::Use, Kind::Role, owner);
            }
            // Partitions, storage, locks: nothing but the table is named.
            _ => {}
        }
    }

    fn alter_column(&mut self, on: On, column: &sql::Ident, operation: &sql::AlterColumnOperation) {
        use sql::AlterColumnOperation as Operation;
        let action = match operation {
            Operation::SetNotNull => Action::Tighten,
            Operation::SetDataType {
                data_type, using, ..
            } => {
                self.data_type(data_type);
                self.exprs(using, on.scope);
                Action::Retype
            }
            Operation::SetDefault { value } => {
                self.on_write(on, value);
                Action::Alter
            }
            Operation::DropNotNull | Operation::DropDefault | Operation::AddGenerated { .. } => {
                Action::Alter
            }
        };
        self.member(action, Kind::Column, on, column);
    }

    /// MySQL's MODIFY and CHANGE give the whole definition anew.
    fn redefine(&mut self, on: On, column: &sql::Ident, options: &[sql::ColumnOption]) {
        self.member(Action::Retype, Kind::Column, on, column);
        for option in options {
            if matches!(option, sql::ColumnOption::NotNull) {
                self.member(Action::Tighten, Kind::Column, on, column);
            }
            self.column_option(on, column, None, option);
        }
    }

    /// MySQL: `AFTER c`.
    fn position(&mut self, on: On, position: Option<&sql::MySQLColumnPosition>) {
        if let Some(sql::MySQLColumnPosition::After(column)) = position {
            self.member(Action::Use, Kind::Column, on, column);
        }
    }

    fn member(&mut self, action: Action, kind: Kind, on: On, name: &sql::Ident) {
        let object = Object::member(kind, on.table.clone(), self.ident(name));
        self.note(action, object, self.place(name));
    }

    fn rename_member(&mut self, kind: Kind, on: On, old: &sql::Ident, new: &sql::Ident) {
        let to = Object::member(kind, on.table.clone(), self.ident(new));
        self.member(Action::Rename { to: Box::new(to) }, kind, on, old);
    }

    /// MySQL: `RENAME TABLE a TO b, c TO d`.
    pub(super) fn rename_tables(&mut self, renames: &[sql::RenameTable]) {
        for rename in renames {
            if let Some(old) = self.named(&rename.old_name)
                && let Some(new) = self.named(&rename.new_name)
            {
                self.rename(Kind::Table, &old, new.name);
            }
        }
    }

    pub(super) fn alter_view(
        &mut self,
        name: &sql::ObjectName,
        columns: &[sql::Ident],
        query: &sql::Query,
        outer: &Scope,
    ) {
        // MySQL and T-SQL: ALTER VIEW gives the whole view anew, and it must be there.
        if let Some(view) = self.named(name) {
            self.note(
                Action::Alter,
                Object::new(Kind::View, view.name.clone()),
                view.span,
            );
            let action = self.define(true, false, false);
            self.note(
                action,
                Object::new(Kind::View, view.name.clone()),
                view.span,
            );
            let shown = self
                .view_body(query, outer, false)
                .renamed(self.idents(columns));
            self.define_columns(&view, &shown, false, false);
        }
    }

    pub(super) fn alter_index(&mut self, name: &sql::ObjectName, to: &sql::ObjectName) {
        if let Some(old) = self.named(name)
            && let Some(new) = self.named(to)
        {
            self.rename(Kind::Index, &old, new.name);
        }
    }

    pub(super) fn alter_type(&mut self, alter: &sql::AlterType) {
        let Some(old) = self.named(&alter.name) else {
            return;
        };
        let value =
            |value: &str| Object::member(Kind::EnumValue, old.name.clone(), Ident::folded(value));
        match &alter.operation {
            sql::AlterTypeOperation::Rename(rename) => {
                let to = crate::name::ObjectName::bare(self.ident(&rename.new_name));
                self.rename(Kind::Type, &old, to);
            }
            sql::AlterTypeOperation::AddValue(add) => {
                let action = self.define(false, add.if_not_exists, false);
                let span = self.place(&add.value);
                self.altered_type(&old);
                self.note(action, value(&add.value.value), span);
            }
            sql::AlterTypeOperation::RenameValue(rename) => {
                self.altered_type(&old);
                let to = value(&rename.to.value);
                let span: Span = self.place(&rename.from);
                self.note(
                    Action::Rename { to: Box::new(to) },
                    value(&rename.from.value),
                    span,
                );
            }
        }
    }

    fn altered_type(&mut self, named: &Named) {
        self.note(
            Action::Alter,
            Object::new(Kind::Type, named.name.clone()),
            named.span,
        );
    }
}

fn is_cascade(behavior: &Option<sql::DropBehavior>) -> bool {
    matches!(behavior, Some(sql::DropBehavior::Cascade))
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;
    use crate::dialect::Engine;

    #[test]
    fn alter_table() {
        check(
            Engine::Sqlite,
            r#"ALTER TABLE t RENAME TO u"#,
            r#"
alter table t
rename table t to table u
"#,
        );
        check(
            Engine::Sqlite,
            r#"ALTER TABLE t RENAME COLUMN a TO b"#,
            r#"
alter table t
rename column t.a to column t.b
"#,
        );
        check(
            Engine::Sqlite,
            r#"ALTER TABLE t ADD COLUMN x INT NOT NULL DEFAULT 1 REFERENCES p(id)"#,
            r#"
alter table t
define column t.x
use table p, late
t references table p, late
use unique key p (id), late
use column p.id, late
"#,
        );
        check(
            Engine::Sqlite,
            r#"ALTER TABLE t DROP COLUMN a"#,
            r#"
alter table t
drop column t.a
"#,
        );
    }
}
