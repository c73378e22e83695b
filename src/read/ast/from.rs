//! FROM: the relations that a query reads, and what their columns are.

use sqlparser::ast as sql;

use super::reader::Reader;
use super::scope::{Columns, Relation, Scope, Shown};
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Kind, Object};

impl Reader<'_> {
    /// One item of FROM, with its joins.
    pub(super) fn from(&mut self, from: &sql::TableWithJoins, scope: &mut Scope) {
        let before = scope.relations.len();
        self.factor(&from.relation, scope);
        self.joins(&from.joins, before, scope);
    }

    /// The joins of the relations of `scope` from `before` on.
    pub(super) fn joins(&mut self, joins: &[sql::Join], before: usize, scope: &mut Scope) {
        for join in joins {
            let left = before..scope.relations.len();
            self.factor(&join.relation, scope);
            use sql::JoinOperator as Join;
            let constraint = match &join.join_operator {
                Join::Join(constraint)
                | Join::Inner(constraint)
                | Join::Left(constraint)
                | Join::LeftOuter(constraint)
                | Join::Right(constraint)
                | Join::RightOuter(constraint)
                | Join::FullOuter(constraint)
                | Join::CrossJoin(constraint)
                | Join::Semi(constraint)
                | Join::LeftSemi(constraint)
                | Join::RightSemi(constraint)
                | Join::Anti(constraint)
                | Join::LeftAnti(constraint)
                | Join::RightAnti(constraint)
                | Join::StraightJoin(constraint) => constraint,
                Join::AsOf {
                    match_condition,
                    constraint,
                } => {
                    self.expr(match_condition, scope);
                    constraint
                }
                Join::CrossApply
                | Join::OuterApply
                | Join::ArrayJoin
                | Join::LeftArrayJoin
                | Join::InnerArrayJoin => continue,
            };
            match constraint {
                sql::JoinConstraint::On(expr) => self.expr(expr, scope),
                sql::JoinConstraint::Using(names) => {
                    for name in names {
                        self.using(name, left.clone(), scope);
                    }
                }
                sql::JoinConstraint::Natural | sql::JoinConstraint::None => {}
            }
        }
    }

    /// `USING (c)`: a column of the relation on the right, and of one on the left.
    fn using(&mut self, name: &sql::ObjectName, left: std::ops::Range<usize>, scope: &Scope) {
        let Some(column) = name.0.last().and_then(sql::ObjectNamePart::as_ident) else {
            return;
        };
        for side in [left.clone(), left.end..scope.relations.len()] {
            let owners = scope.relations[side]
                .iter()
                .flat_map(Relation::tables)
                .cloned();
            self.use_column(owners.collect(), self.ident(column), self.place(column));
        }
    }

    fn factor(&mut self, factor: &sql::TableFactor, scope: &mut Scope) {
        use sql::TableFactor as Factor;
        match factor {
            Factor::Table {
                name, alias, args, ..
            } => {
                let alias = alias.as_ref();
                let relation = match args {
                    Some(args) => {
                        self.call_in_from(name, &args.args, scope);
                        Relation::columns(None, Columns::unknown())
                    }
                    None => self.relation(name, scope),
                };
                self.add(relation, alias, scope);
            }
            Factor::Derived {
                lateral,
                subquery,
                alias,
                ..
            } => {
                let columns = if *lateral || self.dialect.queries.every_from_is_lateral {
                    self.query(subquery, scope)
                } else {
                    // The other items of this FROM are not seen.
                    let seen = std::mem::take(&mut scope.relations);
                    let columns = self.query(subquery, scope);
                    scope.relations = seen;
                    columns
                };
                self.add(Relation::columns(None, columns), alias.as_ref(), scope);
            }
            Factor::TableFunction { expr, alias } => {
                self.expr(expr, scope);
                self.add(
                    Relation::columns(None, Columns::unknown()),
                    alias.as_ref(),
                    scope,
                );
            }
            Factor::Function {
                name, args, alias, ..
            } => {
                self.call_in_from(name, args, scope);
                self.add(
                    Relation::columns(None, Columns::unknown()),
                    alias.as_ref(),
                    scope,
                );
            }
            Factor::UNNEST {
                array_exprs, alias, ..
            } => {
                self.exprs(array_exprs, scope);
                self.add(
                    Relation::columns(None, Columns::unknown()),
                    alias.as_ref(),
                    scope,
                );
            }
            Factor::JsonTable {
                json_expr, alias, ..
            }
            | Factor::OpenJsonTable {
                json_expr, alias, ..
            } => {
                self.expr(json_expr, scope);
                self.add(
                    Relation::columns(None, Columns::unknown()),
                    alias.as_ref(),
                    scope,
                );
            }
            Factor::NestedJoin {
                table_with_joins,
                alias,
            } => {
                let before = scope.relations.len();
                self.from(table_with_joins, scope);
                if alias.is_some() {
                    let mut columns = Columns::default();
                    for relation in scope.relations.drain(before..) {
                        columns.add(&relation.columns);
                    }
                    self.add(Relation::columns(None, columns), alias.as_ref(), scope);
                }
            }
            Factor::Pivot {
                table,
                aggregate_functions,
                value_column,
                alias,
                ..
            } => {
                let before = scope.relations.len();
                self.factor(table, scope);
                self.exprs(
                    aggregate_functions.iter().map(|function| &function.expr),
                    scope,
                );
                self.exprs(value_column, scope);
                self.reshaped(before, alias.as_ref(), scope);
            }
            Factor::Unpivot {
                table,
                columns,
                alias,
                ..
            } => {
                let before = scope.relations.len();
                self.factor(table, scope);
                self.exprs(columns.iter().map(|column| &column.expr), scope);
                self.reshaped(before, alias.as_ref(), scope);
            }
            Factor::UnpivotExpr { .. }
            | Factor::MatchRecognize { .. }
            | Factor::XmlTable { .. }
            | Factor::SemanticView { .. } => self.misread = true,
        }
    }

    /// PIVOT and UNPIVOT: other columns than before.
    fn reshaped(&mut self, before: usize, alias: Option<&sql::TableAlias>, scope: &mut Scope) {
        scope.relations.truncate(before);
        self.add(Relation::columns(None, Columns::unknown()), alias, scope);
    }

    /// A name in FROM: a common table expression, or a relation that is read.
    fn relation(&mut self, name: &sql::ObjectName, scope: &Scope) -> Relation {
        if let [sql::ObjectNamePart::Identifier(ident)] = name.0.as_slice() {
            let own = self.ident(ident);
            // DuckDB: FROM 'file.csv'.
            if ident.quote_style == Some('\'') {
                return Relation::columns(None, Columns::unknown());
            }
            if self.dialect.queries.no_relations.contains(&own.as_str()) {
                return Relation::columns(None, Columns::default());
            }
            if let Some(columns) = scope.cte(&own) {
                return Relation::columns(Some(own), columns.clone());
            }
        }
        let Some(table) = self.read_relation(name) else {
            let alias = name.0.last().and_then(sql::ObjectNamePart::as_ident);
            return Relation::columns(alias.map(|ident| self.ident(ident)), Columns::unknown());
        };
        Relation::table(table, None)
    }

    /// Notes the use of a relation, and that its rows are read where queries run.
    pub(super) fn read_relation(&mut self, name: &sql::ObjectName) -> Option<ObjectName> {
        let named = self.named(name)?;
        let object = Object::new(Kind::Relation, named.name.clone());
        self.note(Action::Use, object.clone(), named.span);
        if self.mode.runs {
            self.note(Action::Read, object, named.span);
        }
        Some(named.name)
    }

    fn add(&mut self, mut relation: Relation, alias: Option<&sql::TableAlias>, scope: &mut Scope) {
        if let Some(alias) = alias {
            self.misread |= self.is_statement_word(&alias.name) && !alias.explicit;
            relation.alias = Some(self.ident(&alias.name));
            relation.schema = None;
            let names: Vec<Ident> = self.idents(alias.columns.iter().map(|column| &column.name));
            if !names.is_empty() {
                relation.columns = Shown::Columns(Columns::default().renamed(names));
            }
        }
        scope.relations.push(relation);
    }

    /// Where statements need no semicolon, an alias without AS may be the first word of the next
    /// statement.
    fn is_statement_word(&self, ident: &sql::Ident) -> bool {
        const WORDS: &[&str] = &[
            "alter", "begin", "commit", "create", "declare", "delete", "deny", "drop", "end",
            "exec", "execute", "go", "grant", "if", "insert", "merge", "print", "return", "revoke",
            "rollback", "save", "select", "set", "throw", "truncate", "update", "use", "while",
            "with",
        ];
        ident.quote_style.is_none()
            && self.dialect.semicolons_are_optional
            && WORDS
                .iter()
                .any(|word| ident.value.eq_ignore_ascii_case(word))
    }
}
