//! Queries: which relations they read, and what the names in their clauses mean.

use sqlparser::ast as sql;

use super::reader::{Reader, is_variable};
use super::scope::{Columns, Scope, Shown};
use crate::read::fact::{Action, Kind, Object};

impl Reader<'_> {
    /// Reads a query and answers the columns that it shows.
    pub(super) fn query(&mut self, query: &sql::Query, outer: &Scope) -> Columns {
        let mut scope = Scope::inside(outer);
        if let Some(with) = &query.with {
            self.with(with, &mut scope);
        }
        let order = query.order_by.as_ref();
        let columns = self.body(&query.body, order, &scope);
        match &query.limit_clause {
            Some(sql::LimitClause::LimitOffset { limit, offset, .. }) => {
                self.exprs(limit, &scope);
                self.exprs(offset.iter().map(|offset| &offset.value), &scope);
            }
            Some(sql::LimitClause::OffsetCommaLimit { offset, limit }) => {
                self.exprs([offset, limit], &scope);
            }
            None => {}
        }
        self.misread |= !query.pipe_operators.is_empty();
        columns
    }

    pub(super) fn with(&mut self, with: &sql::With, scope: &mut Scope) {
        for cte in &with.cte_tables {
            let name = self.ident(&cte.alias.name);
            let given = self.idents(cte.alias.columns.iter().map(|column| &column.name));
            // SQLite and T-SQL need no RECURSIVE. A name that the body uses is its own in all engines
            // but for a WITH without RECURSIVE that hides a table, which is rare and loses one edge.
            let recursive = with.recursive || self.dialect.queries.every_with_is_recursive;
            if recursive {
                let columns = match given.is_empty() {
                    true => Columns::unknown(),
                    false => Columns::default().renamed(given.clone()),
                };
                scope.ctes.push((name.clone(), columns));
            }
            let columns = self.query(&cte.query, scope).renamed(given);
            if recursive {
                scope.ctes.pop();
            }
            scope.ctes.push((name, columns));
        }
    }

    fn body(
        &mut self,
        body: &sql::SetExpr,
        order: Option<&sql::OrderBy>,
        scope: &Scope,
    ) -> Columns {
        // A chain of UNIONs leans to the left and may be long.
        let mut pending = vec![body];
        let mut first = None;
        while let Some(body) = pending.pop() {
            let columns = match body {
                sql::SetExpr::SetOperation { left, right, .. } => {
                    pending.push(right);
                    pending.push(left);
                    continue;
                }
                sql::SetExpr::Select(select) => {
                    // After a set operation, ORDER BY names the columns that the query shows.
                    let order = if first.is_none() && pending.is_empty() {
                        order
                    } else {
                        None
                    };
                    self.select(select, order, scope)
                }
                sql::SetExpr::Query(query) => self.query(query, scope),
                sql::SetExpr::Values(values) => {
                    for row in &values.rows {
                        self.exprs(&row.content, scope);
                    }
                    Columns::unknown()
                }
                sql::SetExpr::Insert(statement)
                | sql::SetExpr::Update(statement)
                | sql::SetExpr::Delete(statement)
                | sql::SetExpr::Merge(statement) => {
                    self.statement(statement, scope);
                    Columns::unknown()
                }
                sql::SetExpr::Table(_) => {
                    // `TABLE t` has no place for its name.
                    self.misread = true;
                    Columns::unknown()
                }
            };
            first.get_or_insert(columns);
        }
        first.unwrap_or_default()
    }

    fn select(
        &mut self,
        select: &sql::Select,
        order: Option<&sql::OrderBy>,
        outer: &Scope,
    ) -> Columns {
        let mut scope = Scope::inside(outer);
        for from in &select.from {
            self.from(from, &mut scope);
        }
        let columns = self.projection(&select.projection, &scope);
        if let Some(sql::Distinct::On(exprs)) = &select.distinct {
            self.exprs(exprs, &scope);
        }
        if let Some(sql::Top {
            quantity: Some(sql::TopQuantity::Expr(expr)),
            ..
        }) = &select.top
        {
            self.expr(expr, &scope);
        }
        for item in &select.projection {
            match item {
                sql::SelectItem::ExprWithAlias { alias, .. } => {
                    scope.aliases.push(self.ident(alias))
                }
                sql::SelectItem::ExprWithAliases { aliases, .. } => {
                    scope.aliases.extend(self.idents(aliases));
                }
                _ => {}
            }
        }
        self.exprs(&select.prewhere, &scope);
        self.exprs(&select.selection, &scope);
        if let sql::GroupByExpr::Expressions(exprs, modifiers) = &select.group_by {
            self.exprs(exprs, &scope);
            for modifier in modifiers {
                if let sql::GroupByWithModifier::GroupingSets(expr) = modifier {
                    self.expr(expr, &scope);
                }
            }
        }
        self.exprs(&select.having, &scope);
        self.exprs(&select.qualify, &scope);
        for sql::NamedWindowDefinition(_, window) in &select.named_window {
            if let sql::NamedWindowExpr::WindowSpec(window) = window {
                self.window(window, &scope);
            }
        }
        if let Some(sql::OrderBy {
            kind: sql::OrderByKind::Expressions(exprs),
            ..
        }) = order
        {
            self.order(exprs, &scope);
        }
        if let Some(into) = &select.into {
            self.select_into(into, &columns);
        }
        columns
    }

    /// T-SQL: `SELECT … INTO t` makes `t`. Elsewhere INTO names variables.
    fn select_into(&mut self, into: &sql::SelectInto, columns: &Columns) {
        if !self.dialect.queries.select_into_makes_table {
            return;
        }
        for target in &into.targets {
            let parts = match target {
                sql::Expr::Identifier(ident) => vec![ident],
                sql::Expr::CompoundIdentifier(idents) => idents.iter().collect(),
                _ => continue,
            };
            if let Some(named) = self.named_by(&parts) {
                self.define_with_columns(Kind::Table, &named, columns, false, false);
                let table = Object::new(Kind::Table, named.name.clone());
                self.note(Action::Write, table, named.span);
            }
        }
    }

    pub(super) fn order(&mut self, exprs: &[sql::OrderByExpr], scope: &Scope) {
        self.exprs(exprs.iter().map(|by| &by.expr), scope);
    }

    pub(super) fn window(&mut self, window: &sql::WindowSpec, scope: &Scope) {
        self.exprs(&window.partition_by, scope);
        self.order(&window.order_by, scope);
    }

    /// The select list (or that of RETURNING and OUTPUT).
    pub(super) fn projection(&mut self, items: &[sql::SelectItem], scope: &Scope) -> Columns {
        let mut columns = Columns::default();
        for item in items {
            match item {
                sql::SelectItem::UnnamedExpr(expr) => {
                    match assignment(expr) {
                        // T-SQL: `SELECT @x = c` and `SELECT name = c`.
                        Some((target, value)) if self.dialect.queries.select_list_assigns => {
                            self.expr(value, scope);
                            if !is_variable(target) {
                                columns.names.push(self.ident(target));
                            }
                            continue;
                        }
                        _ => self.expr(expr, scope),
                    }
                    match last_name(expr) {
                        Some(name) => columns.names.push(self.ident(name)),
                        None => columns.more = true,
                    }
                }
                sql::SelectItem::ExprWithAlias { expr, alias } => {
                    self.expr(expr, scope);
                    columns.names.push(self.ident(alias));
                }
                sql::SelectItem::ExprWithAliases { expr, aliases } => {
                    self.expr(expr, scope);
                    columns.names.extend(self.idents(aliases));
                }
                sql::SelectItem::Wildcard(options) => {
                    self.wildcard(options, scope);
                    let mut all = scope.all();
                    all.more |= scope.relations.is_empty();
                    columns.add(&Shown::Columns(all));
                }
                sql::SelectItem::QualifiedWildcard(kind, options) => {
                    self.wildcard(options, scope);
                    let qualifier = match kind {
                        sql::SelectItemQualifiedWildcardKind::ObjectName(name) => {
                            name.0.last().and_then(sql::ObjectNamePart::as_ident)
                        }
                        sql::SelectItemQualifiedWildcardKind::Expr(expr) => {
                            self.expr(expr, scope);
                            None
                        }
                    };
                    match qualifier.and_then(|name| scope.relation(None, &self.ident(name))) {
                        Some(relation) => columns.add(&relation.columns),
                        None => columns.more = true,
                    }
                }
            }
        }
        columns
    }

    /// DuckDB: `* REPLACE (expression AS c)`.
    fn wildcard(&mut self, options: &sql::WildcardAdditionalOptions, scope: &Scope) {
        if let Some(replace) = &options.opt_replace {
            self.exprs(replace.items.iter().map(|item| &item.expr), scope);
        }
    }
}

/// `target = value`, which a T-SQL select list takes for an alias or an assignment.
fn assignment(expr: &sql::Expr) -> Option<(&sql::Ident, &sql::Expr)> {
    match expr {
        sql::Expr::BinaryOp {
            left,
            op: sql::BinaryOperator::Eq,
            right,
        } => match &**left {
            sql::Expr::Identifier(target) => Some((target, right)),
            _ => None,
        },
        _ => None,
    }
}

/// The name of a column that is shown as it is.
fn last_name(expr: &sql::Expr) -> Option<&sql::Ident> {
    match expr {
        sql::Expr::Identifier(ident) => Some(ident),
        sql::Expr::CompoundIdentifier(idents) => idents.last(),
        sql::Expr::Nested(inner) => last_name(inner),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;
    use crate::dialect::Engine;

    #[test]
    fn names_mean_what_their_scope_says() {
        check(
            Engine::Sqlite,
            r#"WITH c AS (SELECT a FROM t WHERE b = 1)
SELECT c.a, o.total AS z FROM c JOIN orders o USING (id)
WHERE o.x IN (SELECT q FROM other WHERE other.k = o.k AND c.a > 1 AND zz) ORDER BY z"#,
            r#"
use column t.a
use relation t
read relation t
use column t.b
use column orders.total
use relation orders
read relation orders
use column orders.id
use column orders.x
use column other.q or of orders
use relation other
read relation other
use column other.k
use column orders.k
use column other.zz or of orders
"#,
        );
        check(
            Engine::Sqlite,
            r#"SELECT t.* FROM t LEFT JOIN (SELECT id, n FROM u) s ON s.id = t.sid WHERE n > 1 AND m > 2"#,
            r#"
use relation t
read relation t
use column u.id
use column u.n
use relation u
read relation u
use column t.sid
use column t.m
"#,
        );
        check(
            Engine::Sqlite,
            r#"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT i FROM n"#,
            r#"

"#,
        );
    }

    #[test]
    fn an_unqualified_column_may_be_of_any_relation() {
        check(
            Engine::Sqlite,
            r#"SELECT a.x, r FROM t a, u b"#,
            r#"
use column t.x
use column t.r or of u
use relation t
read relation t
use relation u
read relation u
"#,
        );
    }
}
