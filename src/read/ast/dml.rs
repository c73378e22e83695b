//! Statements that write rows.

use sqlparser::ast as sql;

use super::reader::{Named, Reader};
use super::scope::{Columns, Relation, Scope};
use crate::name::ObjectName;
use crate::read::fact::{Action, Kind, Object};

impl Reader<'_> {
    /// A table whose rows are written.
    pub(super) fn target(&mut self, name: &sql::ObjectName) -> Option<ObjectName> {
        let named = self.named(name)?;
        self.note(
            Action::Use,
            Object::new(Kind::Table, named.name.clone()),
            named.span,
        );
        self.write(&named);
        Some(named.name)
    }

    fn write(&mut self, named: &Named) {
        self.note(
            Action::Write,
            Object::new(Kind::Table, named.name.clone()),
            named.span,
        );
    }

    /// A column that is written.
    fn write_column(&mut self, table: &ObjectName, column: &sql::Ident) {
        let (own, place) = (self.ident(column), self.place(column));
        self.use_column(vec![table.clone()], own.clone(), place);
        let object = Object::member(Kind::Column, table.clone(), own);
        self.note(Action::Write, object, place);
    }

    pub(super) fn insert(&mut self, insert: &sql::Insert, outer: &Scope) {
        let table = match &insert.table {
            sql::TableObject::TableName(name) => self.target(name),
            sql::TableObject::TableFunction(function) => {
                self.call(function, outer);
                None
            }
            sql::TableObject::TableQuery(query) => {
                self.query(query, outer);
                None
            }
        };
        if let Some(table) = &table {
            let columns = insert
                .columns
                .iter()
                .filter_map(|name| name.0.last()?.as_ident());
            for column in columns.chain(&insert.after_columns) {
                self.write_column(table, column);
            }
        }
        if let Some(query) = &insert.source {
            self.query(query, outer);
        }
        let mut scope = Scope::inside(outer);
        let own = |alias: Option<crate::name::Ident>| match &table {
            Some(table) => Relation::table(table.clone(), alias),
            None => Relation::columns(alias, Columns::unknown()),
        };
        let alias = insert
            .table_alias
            .as_ref()
            .map(|alias| self.ident(&alias.alias));
        scope.relations.push(own(alias));
        self.assignments(&insert.assignments, table.as_ref(), &scope);
        match &insert.on {
            Some(sql::OnInsert::DuplicateKeyUpdate(assignments)) => {
                let row = insert.insert_alias.as_ref();
                let alias = row.and_then(|row| row.row_alias.0.last()?.as_ident());
                if let (Some(alias), Some(table)) = (alias, &table) {
                    let row = Relation::row(table.clone(), self.ident(alias));
                    scope.relations.push(row);
                }
                self.assignments(assignments, table.as_ref(), &scope);
            }
            Some(sql::OnInsert::OnConflict(conflict)) => {
                if let (Some(table), Some(target)) = (&table, &conflict.conflict_target) {
                    self.conflict_target(table, target);
                }
                if let sql::OnConflictAction::DoUpdate(update) = &conflict.action {
                    if let Some(table) = &table {
                        let row = Relation::row(table.clone(), self.dialect.ident("excluded"));
                        scope.relations.push(row);
                    }
                    self.assignments(&update.assignments, table.as_ref(), &scope);
                    self.exprs(&update.selection, &scope);
                }
            }
            Some(_) => self.misread = true,
            None => {}
        }
        self.output(insert.output.as_ref(), table.as_ref(), &scope);
        if let Some(items) = &insert.returning {
            self.projection(items, &scope);
        }
    }

    /// ON CONFLICT needs a unique key over its columns, or the constraint.
    fn conflict_target(&mut self, table: &ObjectName, target: &sql::ConflictTarget) {
        match target {
            sql::ConflictTarget::Columns(columns) => {
                for column in columns {
                    self.use_column(vec![table.clone()], self.ident(column), self.place(column));
                }
                if let Some(first) = columns.first() {
                    let key = Object::key(table.clone(), self.idents(columns));
                    self.note(Action::Use, key, self.place(first));
                }
            }
            sql::ConflictTarget::OnConstraint(name) => {
                if let Some(name) = name.0.last().and_then(sql::ObjectNamePart::as_ident) {
                    let object = Object::member(Kind::Constraint, table.clone(), self.ident(name));
                    self.note(Action::Use, object, self.place(name));
                }
            }
        }
    }

    /// `SET c = …`: the columns are the table's, or through an alias those of another one.
    fn assignments(
        &mut self,
        assignments: &[sql::Assignment],
        table: Option<&ObjectName>,
        scope: &Scope,
    ) {
        for assignment in assignments {
            self.expr(&assignment.value, scope);
            let targets = match &assignment.target {
                sql::AssignmentTarget::ColumnName(name) => std::slice::from_ref(name),
                sql::AssignmentTarget::Tuple(names) => names.as_slice(),
            };
            for target in targets {
                let idents: Vec<_> = target
                    .0
                    .iter()
                    .filter_map(sql::ObjectNamePart::as_ident)
                    .collect();
                let Some((column, qualifiers)) = idents.split_last() else {
                    continue;
                };
                if super::reader::is_variable(column) {
                    continue;
                }
                let qualified = qualifiers.last().and_then(|qualifier| {
                    let relation = scope.relation(None, &self.ident(qualifier))?;
                    relation.tables().first().cloned()
                });
                let owner = match (qualified, table) {
                    (Some(owner), _) => owner,
                    (None, Some(table)) => table.clone(),
                    (None, None) => continue,
                };
                if Some(&owner) != table {
                    let span = self.place(column);
                    self.note(Action::Write, Object::new(Kind::Table, owner.clone()), span);
                }
                self.write_column(&owner, column);
            }
        }
    }

    pub(super) fn update(&mut self, update: &sql::Update, outer: &Scope) {
        let mut scope = Scope::inside(outer);
        if let Some(
            sql::UpdateTableFromKind::BeforeSet(from) | sql::UpdateTableFromKind::AfterSet(from),
        ) = &update.from
        {
            for from in from {
                self.from(from, &mut scope);
            }
        }
        let table = self.target_factor(&update.table.relation, &mut scope);
        self.joins(&update.table.joins, 0, &mut scope);
        self.assignments(&update.assignments, table.as_ref(), &scope);
        self.exprs(&update.selection, &scope);
        self.order(&update.order_by, &scope);
        self.exprs(&update.limit, &scope);
        self.output(update.output.as_ref(), table.as_ref(), &scope);
        if let Some(items) = &update.returning {
            self.projection(items, &scope);
        }
    }

    /// The written table of UPDATE, DELETE and MERGE: a name, or (T-SQL, MySQL) the alias of an item
    /// of FROM.
    fn target_factor(
        &mut self,
        factor: &sql::TableFactor,
        scope: &mut Scope,
    ) -> Option<ObjectName> {
        let sql::TableFactor::Table {
            name,
            alias,
            args: None,
            ..
        } = factor
        else {
            let only = sql::TableWithJoins {
                relation: factor.clone(),
                joins: Vec::new(),
            };
            self.from(&only, scope);
            return None;
        };
        let through = self.target_by_alias(name, scope);
        if alias.is_none() && through.is_some() {
            return through;
        }
        let alias = alias.as_ref().map(|alias| self.ident(&alias.name));
        match self.target(name) {
            Some(table) => {
                if let Some(named) = self.named(name) {
                    // Its rows are read to be changed.
                    let object = Object::new(Kind::Relation, named.name);
                    self.note(Action::Read, object, named.span);
                }
                scope.relations.push(Relation::table(table.clone(), alias));
                Some(table)
            }
            None => {
                let own = name.0.last().and_then(sql::ObjectNamePart::as_ident);
                let alias = alias.or_else(|| own.map(|own| self.ident(own)));
                scope
                    .relations
                    .push(Relation::columns(alias, Columns::unknown()));
                None
            }
        }
    }

    fn target_by_alias(&mut self, name: &sql::ObjectName, scope: &Scope) -> Option<ObjectName> {
        let ident = name.0.last().and_then(sql::ObjectNamePart::as_ident)?;
        let relation = scope.relation(None, &self.ident(ident))?;
        let [table] = relation.tables() else {
            return None;
        };
        let named = Named {
            name: table.clone(),
            span: self.place(ident),
        };
        self.write(&named);
        Some(named.name)
    }

    pub(super) fn delete(&mut self, delete: &sql::Delete, outer: &Scope) {
        let (sql::FromTable::WithFromKeyword(from) | sql::FromTable::WithoutKeyword(from)) =
            &delete.from;
        let mut scope = Scope::inside(outer);
        let mut table = None;
        if delete.tables.is_empty() {
            for using in delete.using.iter().flatten() {
                self.from(using, &mut scope);
            }
            for from in from {
                let target = self.target_factor(&from.relation, &mut scope);
                self.joins(&from.joins, 0, &mut scope);
                table = table.or(target);
            }
        } else {
            // `DELETE a, b FROM t a JOIN u b …`
            for from in from {
                self.from(from, &mut scope);
            }
            for name in &delete.tables {
                let target = match self.target_by_alias(name, &scope) {
                    Some(target) => Some(target),
                    None => self.target(name),
                };
                table = table.or(target);
            }
        }
        self.exprs(&delete.selection, &scope);
        self.order(&delete.order_by, &scope);
        self.exprs(&delete.limit, &scope);
        self.output(delete.output.as_ref(), table.as_ref(), &scope);
        if let Some(items) = &delete.returning {
            self.projection(items, &scope);
        }
    }

    pub(super) fn merge(&mut self, merge: &sql::Merge, outer: &Scope) {
        let mut scope = Scope::inside(outer);
        let table = self.target_factor(&merge.table, &mut scope);
        let source = sql::TableWithJoins {
            relation: merge.source.clone(),
            joins: Vec::new(),
        };
        self.from(&source, &mut scope);
        self.expr(&merge.on, &scope);
        for clause in &merge.clauses {
            self.exprs(&clause.predicate, &scope);
            match &clause.action {
                sql::MergeAction::Insert(insert) => {
                    for column in insert
                        .columns
                        .iter()
                        .filter_map(|name| name.0.last()?.as_ident())
                    {
                        if let Some(table) = &table {
                            self.write_column(table, column);
                        }
                    }
                    if let sql::MergeInsertKind::Values(values) = &insert.kind {
                        for row in &values.rows {
                            self.exprs(&row.content, &scope);
                        }
                    }
                    self.exprs(&insert.insert_predicate, &scope);
                }
                sql::MergeAction::Update(update) => {
                    if let sql::MergeUpdateKind::Set(assignments) = &update.kind {
                        self.assignments(assignments, table.as_ref(), &scope);
                    }
                    self.exprs(&update.update_predicate, &scope);
                    self.exprs(&update.delete_predicate, &scope);
                }
                sql::MergeAction::Delete { .. } | sql::MergeAction::DoNothing { .. } => {}
            }
        }
        self.output(merge.output.as_ref(), table.as_ref(), &scope);
    }

    /// T-SQL's OUTPUT, which shows the rows before and after and may write them to a table.
    fn output(
        &mut self,
        output: Option<&sql::OutputClause>,
        table: Option<&ObjectName>,
        scope: &Scope,
    ) {
        match output {
            Some(sql::OutputClause::Output {
                select_items,
                into_table,
                ..
            }) => {
                let mut inner = Scope::inside(scope);
                for alias in ["inserted", "deleted"] {
                    if let Some(table) = table {
                        let alias = Some(self.dialect.ident(alias));
                        inner.relations.push(Relation::table(table.clone(), alias));
                    }
                }
                self.projection(select_items, &inner);
                for target in into_table.iter().flat_map(|into| &into.targets) {
                    self.output_into(target);
                }
            }
            Some(sql::OutputClause::Returning { select_items, .. }) => {
                self.projection(select_items, scope);
            }
            None => {}
        }
    }

    fn output_into(&mut self, target: &sql::Expr) {
        let parts = match target {
            sql::Expr::Identifier(ident) => vec![ident.clone()],
            sql::Expr::CompoundIdentifier(idents) => idents.clone(),
            _ => return,
        };
        self.target(&sql::ObjectName::from(parts));
    }

    pub(super) fn truncate(&mut self, truncate: &sql::Truncate) {
        for target in &truncate.table_names {
            self.target(&target.name);
        }
    }

    /// DuckDB's COPY, in or out.
    pub(super) fn copy(&mut self, source: &sql::CopySource, to: bool, outer: &Scope) {
        match source {
            sql::CopySource::Query(query) => {
                self.query(query, outer);
            }
            sql::CopySource::Table {
                table_name,
                columns,
            } => {
                let table = if to {
                    self.read_relation(table_name)
                } else {
                    self.target(table_name)
                };
                let Some(table) = table else { return };
                for column in columns {
                    if to {
                        self.use_column(
                            vec![table.clone()],
                            self.ident(column),
                            self.place(column),
                        );
                    } else {
                        self.write_column(&table, column);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;
    use crate::dialect::Engine;

    #[test]
    fn upserts_need_a_key() {
        check(
            Engine::Sqlite,
            r#"INSERT INTO t (a, b) SELECT x, 1 FROM u WHERE rowid = 1
ON CONFLICT (a) DO UPDATE SET b = excluded.b WHERE t.c = 1"#,
            r#"
use table t
write table t
use column t.a
write column t.a
use column t.b
write column t.b
use column u.x
use relation u
read relation u
use unique key t (a)
use column t.c
"#,
        );
    }

    #[test]
    fn updates_write_columns_and_read_other_tables() {
        check(
            Engine::Sqlite,
            r#"UPDATE t SET a = u.b, c = (SELECT max(d) FROM v WHERE v.e = t.e) FROM u WHERE u.id = t.id"#,
            r#"
use table t
write table t
read relation t
use column t.a
write column t.a
use column u.b
use column t.c
write column t.c
use column v.d or of u, t
use relation v
read relation v
use column v.e
use column t.e
use relation u
read relation u
use column u.id
use column t.id
"#,
        );
        check(
            Engine::Sqlite,
            r#"DELETE FROM t WHERE a IN (SELECT b FROM u)"#,
            r#"
use table t
write table t
read relation t
use column t.a
use column u.b or of t
use relation u
read relation u
"#,
        );
    }
}
