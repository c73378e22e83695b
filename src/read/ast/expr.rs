//! Expressions: columns, calls, casts and the queries in them.

use sqlparser::ast as sql;

use super::reader::{Reader, is_variable};
use super::scope::{Meaning, Scope};
use crate::name::Ident;
use crate::read::fact::{Action, Kind, Object, Signature};

impl Reader<'_> {
    pub(super) fn exprs<'e>(
        &mut self,
        exprs: impl IntoIterator<Item = &'e (impl std::borrow::Borrow<sql::Expr> + 'e + ?Sized)>,
        scope: &Scope,
    ) {
        for expr in exprs {
            self.expr(expr.borrow(), scope);
        }
    }

    /// Reads an expression without recursion, since chains of operators are as deep as they are long.
    #[expect(
        clippy::too_many_lines,
        reason = "one arm for each shape of expression"
    )]
    pub(super) fn expr(&mut self, expr: &sql::Expr, scope: &Scope) {
        use sql::Expr;
        let mut pending = vec![expr];
        while let Some(expr) = pending.pop() {
            match expr {
                Expr::Identifier(ident) => self.column(&[ident], scope),
                Expr::CompoundIdentifier(idents) => {
                    self.column(&idents.iter().collect::<Vec<_>>(), scope);
                }
                Expr::CompoundFieldAccess { root, access_chain } => {
                    pending.push(root);
                    for access in access_chain {
                        match access {
                            sql::AccessExpr::Subscript(sql::Subscript::Index { index }) => {
                                pending.push(index);
                            }
                            sql::AccessExpr::Subscript(sql::Subscript::Slice {
                                lower_bound,
                                upper_bound,
                                stride,
                            }) => pending
                                .extend([lower_bound, upper_bound, stride].into_iter().flatten()),
                            // A field, or the name of a method; its arguments are read.
                            sql::AccessExpr::Dot(Expr::Function(function)) => {
                                self.arguments(&function.args, &[], scope);
                            }
                            sql::AccessExpr::Dot(_) => {}
                        }
                    }
                }
                Expr::IsFalse(inner)
                | Expr::IsNotFalse(inner)
                | Expr::IsTrue(inner)
                | Expr::IsNotTrue(inner)
                | Expr::IsNull(inner)
                | Expr::IsNotNull(inner)
                | Expr::IsUnknown(inner)
                | Expr::IsNotUnknown(inner)
                | Expr::Nested(inner)
                | Expr::OuterJoin(inner)
                | Expr::Prior(inner)
                | Expr::JsonAccess { value: inner, .. }
                | Expr::IsJson { expr: inner, .. }
                | Expr::IsNormalized { expr: inner, .. }
                | Expr::UnaryOp { expr: inner, .. }
                | Expr::Extract { expr: inner, .. }
                | Expr::Ceil { expr: inner, .. }
                | Expr::Floor { expr: inner, .. }
                | Expr::Collate { expr: inner, .. }
                | Expr::Named { expr: inner, .. }
                | Expr::Prefixed { value: inner, .. } => pending.push(inner),
                Expr::IsDistinctFrom(left, right)
                | Expr::IsNotDistinctFrom(left, right)
                | Expr::BinaryOp { left, right, .. }
                | Expr::AnyOp { left, right, .. }
                | Expr::AllOp { left, right, .. }
                | Expr::RLike {
                    expr: left,
                    pattern: right,
                    ..
                }
                | Expr::Position {
                    expr: left,
                    r#in: right,
                }
                | Expr::InUnnest {
                    expr: left,
                    array_expr: right,
                    ..
                }
                | Expr::AtTimeZone {
                    timestamp: left,
                    time_zone: right,
                } => {
                    pending.extend([&**right, &**left]);
                }
                Expr::Like {
                    expr,
                    pattern,
                    escape_char,
                    ..
                }
                | Expr::ILike {
                    expr,
                    pattern,
                    escape_char,
                    ..
                }
                | Expr::SimilarTo {
                    expr,
                    pattern,
                    escape_char,
                    ..
                } => {
                    pending.extend([&**expr, &**pattern]);
                    pending.extend(escape_char.as_deref());
                }
                Expr::InList { expr, list, .. } => {
                    pending.push(expr);
                    pending.extend(list);
                }
                Expr::Between {
                    expr, low, high, ..
                } => {
                    pending.extend([&**expr, &**low, &**high]);
                }
                Expr::InSubquery { expr, subquery, .. } => {
                    pending.push(expr);
                    self.query(subquery, scope);
                }
                Expr::Exists { subquery, .. } | Expr::Subquery(subquery) => {
                    self.query(subquery, scope);
                }
                Expr::Convert {
                    expr,
                    data_type,
                    styles,
                    ..
                } => {
                    pending.push(expr);
                    pending.extend(styles);
                    if let Some(data_type) = data_type {
                        self.data_type(data_type);
                    }
                }
                Expr::Cast {
                    expr, data_type, ..
                } => {
                    pending.push(expr);
                    self.data_type(data_type);
                }
                Expr::TypedString(typed) => self.data_type(&typed.data_type),
                Expr::Substring {
                    expr,
                    substring_from,
                    substring_for,
                    ..
                } => {
                    pending.push(expr);
                    pending.extend(
                        [substring_from, substring_for]
                            .into_iter()
                            .flatten()
                            .map(|part| &**part),
                    );
                }
                Expr::Trim {
                    expr,
                    trim_what,
                    trim_characters,
                    ..
                } => {
                    pending.push(expr);
                    pending.extend(trim_what.as_deref());
                    pending.extend(trim_characters.iter().flatten());
                }
                Expr::Overlay {
                    expr,
                    overlay_what,
                    overlay_from,
                    overlay_for,
                } => {
                    pending.extend([&**expr, &**overlay_what, &**overlay_from]);
                    pending.extend(overlay_for.as_deref());
                }
                Expr::Function(function) => self.call(function, scope),
                Expr::Case {
                    operand,
                    conditions,
                    else_result,
                    ..
                } => {
                    pending.extend(operand.as_deref());
                    for when in conditions {
                        pending.extend([&when.condition, &when.result]);
                    }
                    pending.extend(else_result.as_deref());
                }
                Expr::GroupingSets(sets) | Expr::Cube(sets) | Expr::Rollup(sets) => {
                    pending.extend(sets.iter().flatten());
                }
                Expr::Tuple(exprs) => pending.extend(exprs),
                Expr::Struct { values, .. } => pending.extend(values),
                Expr::Dictionary(fields) => {
                    pending.extend(fields.iter().map(|field| &*field.value))
                }
                Expr::Map(map) => {
                    for entry in &map.entries {
                        pending.extend([&*entry.key, &*entry.value]);
                    }
                }
                Expr::Array(array) => pending.extend(&array.elem),
                Expr::Interval(interval) => pending.push(&interval.value),
                Expr::MatchAgainst { columns, .. } => {
                    for column in columns {
                        let parts = column.0.iter().filter_map(sql::ObjectNamePart::as_ident);
                        self.column(&parts.collect::<Vec<_>>(), scope);
                    }
                }
                Expr::Lambda(lambda) => {
                    let mut inner = Scope::inside(scope);
                    let params = match &lambda.params {
                        sql::OneOrManyWithParens::One(param) => std::slice::from_ref(param),
                        sql::OneOrManyWithParens::Many(params) => params,
                    };
                    inner.variables = self.idents(params.iter().map(|param| &param.name));
                    self.expr(&lambda.body, &inner);
                }
                Expr::MemberOf(member) => pending.extend([&*member.value, &*member.array]),
                Expr::Value(_) | Expr::Wildcard(_) | Expr::QualifiedWildcard(..) => {}
            }
        }
    }

    /// `c`, `t.c`, `s.t.c`, `db.s.t.c`.
    fn column(&mut self, parts: &[&sql::Ident], scope: &Scope) {
        let Some((last, qualifiers)) = parts.split_last() else {
            return;
        };
        if parts.iter().any(|part| is_variable(part)) {
            return;
        }
        let column = self.ident(last);
        if last.quote_style.is_none()
            && self
                .dialect
                .queries
                .pseudo_columns
                .contains(&column.as_str())
        {
            return;
        }
        let meaning = match qualifiers {
            [] if last.quote_style.is_none() && last.value.eq_ignore_ascii_case("default") => {
                return;
            }
            [] if self.dialect.queries.relation_is_a_value
                && scope.relation(None, &column).is_some() =>
            {
                return;
            }
            [] => scope.column(&column),
            [.., schema, table] if qualifiers.len() >= 2 => {
                scope.qualified(Some(&self.ident(schema)), &self.ident(table), &column)
            }
            [.., table] => scope.qualified(None, &self.ident(table), &column),
        };
        if let Meaning::ColumnOf(owners) = meaning {
            self.use_column(owners, column, self.place(last));
        }
    }

    pub(super) fn call(&mut self, function: &sql::Function, scope: &Scope) {
        self.callee(&function.name, &function.args, scope);
        self.arguments(&function.parameters, &[], scope);
        self.order(&function.within_group, scope);
        if let Some(filter) = &function.filter {
            self.expr(filter, scope);
        }
        if let Some(sql::WindowType::WindowSpec(window)) = &function.over {
            self.window(window, scope);
        }
    }

    /// The routine that a call names, if a patch can make such, and the call's arguments.
    fn callee(&mut self, name: &sql::ObjectName, args: &sql::FunctionArguments, scope: &Scope) {
        let bare = match name.0.as_slice() {
            [sql::ObjectNamePart::Identifier(ident)] => Some(self.ident(ident)),
            _ => None,
        };
        let bare = bare.as_ref().map(Ident::as_str);
        let words = self.dialect.queries.word_arguments;
        let takes_word = bare.is_some_and(|bare| words.contains(&bare));
        if bare == Some("nextval")
            || bare == Some("currval")
            || bare == Some("lastval")
            || bare == Some("setval")
        {
            return self.sequence_call(args);
        }
        self.arguments(args, if takes_word { &[0] } else { &[] }, scope);
        let is_star = |arg: &sql::FunctionArg| {
            matches!(
                arg,
                sql::FunctionArg::Unnamed(sql::FunctionArgExpr::Wildcard)
            )
        };
        let count = match args {
            // CURRENT_TIMESTAMP and its like.
            sql::FunctionArguments::None => return,
            sql::FunctionArguments::Subquery(_) => 1,
            sql::FunctionArguments::List(list) if list.args.iter().any(is_star) => 0,
            sql::FunctionArguments::List(list) => list.args.len() as u16,
        };
        if bare.is_some() && self.dialect.bare_call_is_builtin {
            return;
        }
        self.use_routine(name, count);
    }

    fn use_routine(&mut self, name: &sql::ObjectName, count: u16) {
        let Some(named) = self.named(name) else {
            return;
        };
        let signature = Signature {
            min: count,
            max: Some(count),
            types: None,
        };
        let object = Object::routine(named.name, signature);
        self.note(Action::Use, object.clone(), named.span);
        if let Some(table) = self.mode.on_write_of.clone() {
            self.note(
                Action::RunsOnWrite {
                    table: Box::new(table),
                },
                object,
                named.span,
            );
        } else if self.mode.runs {
            self.note(Action::Run, object, named.span);
        }
    }

    /// A call in FROM. T-SQL wants no schema here.
    pub(super) fn call_in_from(
        &mut self,
        name: &sql::ObjectName,
        args: &[sql::FunctionArg],
        scope: &Scope,
    ) {
        for arg in args {
            self.argument(arg, scope);
        }
        if !self.dialect.bare_call_is_builtin || self.dialect.queries.bare_table_call {
            self.use_routine(name, args.len() as u16);
        }
    }

    /// `nextval('s')` (DuckDB), `nextval(s)` (MariaDB).
    fn sequence_call(&mut self, args: &sql::FunctionArguments) {
        let sql::FunctionArguments::List(list) = args else {
            return;
        };
        let Some(sql::FunctionArg::Unnamed(sql::FunctionArgExpr::Expr(first))) = list.args.first()
        else {
            return;
        };
        match first {
            sql::Expr::Identifier(ident) => self.use_sequence(&[ident]),
            sql::Expr::CompoundIdentifier(idents) => {
                self.use_sequence(&idents.iter().collect::<Vec<_>>());
            }
            sql::Expr::Value(value) => {
                if let sql::Value::SingleQuotedString(text) = &value.value {
                    let part = |text: &str| sql::Ident::with_span(value.span, text);
                    let parts: Vec<sql::Ident> = text.split('.').map(part).collect();
                    self.use_sequence(&parts.iter().collect::<Vec<_>>());
                }
            }
            _ => {}
        }
    }

    fn use_sequence(&mut self, parts: &[&sql::Ident]) {
        if let Some(named) = self.named_by(parts) {
            self.note(
                Action::Use,
                Object::new(Kind::Sequence, named.name),
                named.span,
            );
        }
    }

    /// The arguments of a call but for those that are words of the function.
    pub(super) fn arguments(
        &mut self,
        args: &sql::FunctionArguments,
        words: &[usize],
        scope: &Scope,
    ) {
        match args {
            sql::FunctionArguments::None => {}
            sql::FunctionArguments::Subquery(query) => {
                self.query(query, scope);
            }
            sql::FunctionArguments::List(list) => {
                for (at, arg) in list.args.iter().enumerate() {
                    if !words.contains(&at) {
                        self.argument(arg, scope);
                    }
                }
                for clause in &list.clauses {
                    match clause {
                        sql::FunctionArgumentClause::OrderBy(exprs) => self.order(exprs, scope),
                        sql::FunctionArgumentClause::Where(expr)
                        | sql::FunctionArgumentClause::Limit(expr)
                        | sql::FunctionArgumentClause::Having(sql::HavingBound(_, expr)) => {
                            self.expr(expr, scope);
                        }
                        _ => {}
                    }
                }
            }
        }
    }

    fn argument(&mut self, arg: &sql::FunctionArg, scope: &Scope) {
        let (sql::FunctionArg::Named { arg, .. }
        | sql::FunctionArg::ExprNamed { arg, .. }
        | sql::FunctionArg::Unnamed(arg)) = arg;
        if let sql::FunctionArgExpr::Expr(expr) = arg {
            self.expr(expr, scope);
        }
    }

    /// A type by name: the use of one that a patch can make.
    pub(super) fn data_type(&mut self, data_type: &sql::DataType) {
        use sql::DataType;
        match data_type {
            DataType::Custom(name, _) => {
                let Some(builtin) = self.dialect.objects.builtin_types else {
                    return;
                };
                if let [sql::ObjectNamePart::Identifier(ident)] = name.0.as_slice()
                    && builtin.contains(&self.ident(ident).as_str())
                {
                    return;
                }
                self.use_named(Kind::Type, name);
            }
            DataType::Array(
                sql::ArrayElemTypeDef::AngleBracket(inner)
                | sql::ArrayElemTypeDef::SquareBracket(inner, _)
                | sql::ArrayElemTypeDef::Parenthesis(inner),
            )
            | DataType::Nullable(inner)
            | DataType::LowCardinality(inner) => self.data_type(inner),
            DataType::Map(key, value, _) => {
                self.data_type(key);
                self.data_type(value);
            }
            DataType::Struct(fields, _) | DataType::Tuple(fields) => {
                for field in fields {
                    self.data_type(&field.field_type);
                }
            }
            DataType::Union(fields) => {
                for field in fields {
                    self.data_type(&field.field_type);
                }
            }
            _ => {}
        }
    }
}
