//! Routines, macros and triggers: what they are, and what their bodies do when they run.

use sqlparser::ast as sql;
use sqlparser::tokenizer::Span as Place;

use super::drop::any_routine;
use super::parse;
use super::reader::{Mode, Reader};
use super::scope::{Columns, Relation, Scope, Shown};
use crate::name::Ident;
use crate::read::fact::{Action, Kind, Object, Signature};

impl Reader<'_> {
    /// Runs `work` as the reading of the body of `object`.
    fn body_of(&mut self, object: &Object, looked_up: bool, work: impl FnOnce(&mut Self)) {
        let mode = Mode {
            body: Some(Box::new(object.clone())),
            runs: true,
            conditional: false,
            ..self.mode.clone()
        };
        self.under(mode, |reader| reader.bound(looked_up, work));
    }

    pub(super) fn create_function(&mut self, create: &sql::CreateFunction, outer: &Scope) {
        let Some(named) = self.named(&create.name) else {
            return;
        };
        let args = create.args.as_deref().unwrap_or_default();
        for arg in args {
            self.data_type(&arg.data_type);
        }
        if let Some(
            sql::FunctionReturnType::DataType(returns) | sql::FunctionReturnType::SetOf(returns),
        ) = &create.return_type
        {
            self.data_type(returns);
        }
        let optional = args.iter().filter(|arg| arg.default_expr.is_some()).count();
        let routine = Object::routine(named.name, signature(args.len(), optional));
        let action = self.define(
            create.or_replace || create.or_alter,
            create.if_not_exists,
            create.temporary,
        );
        self.note(action, routine.clone(), named.span);
        let mut scope = Scope::inside(outer);
        scope.variables = self.idents(args.iter().filter_map(|arg| arg.name.as_ref()));
        use sql::CreateFunctionBody as Body;
        // An inline function of T-SQL is a view with parameters, and is looked up like one.
        let looks_up = self.dialect.looks_up;
        match &create.function_body {
            Some(Body::AsBeginEnd(body)) => {
                self.body_of(&routine, looks_up.routine_body, |reader| {
                    reader.statements_in(&body.statements, &scope);
                })
            }
            Some(
                Body::Return(expr)
                | Body::AsAfterOptions(expr)
                | Body::AsBeforeOptions { body: expr, .. },
            ) => self.body_of(&routine, looks_up.routine_body, |reader| {
                reader.expr(expr, &scope)
            }),
            Some(Body::AsReturnExpr(expr)) => {
                self.body_of(&routine, looks_up.view_body, |reader| {
                    reader.expr(expr, &scope);
                })
            }
            Some(Body::AsReturnSelect(select)) => {
                let query = sql::Query {
                    body: Box::new(sql::SetExpr::Select(Box::new(select.clone()))),
                    ..empty_query()
                };
                self.body_of(&routine, looks_up.view_body, |reader| {
                    reader.query(&query, &scope);
                });
            }
            None => {}
        }
    }

    pub(super) fn create_procedure(
        &mut self,
        name: &sql::ObjectName,
        replace: bool,
        params: &[sql::ProcedureParam],
        body: &sql::ConditionalStatements,
        outer: &Scope,
    ) {
        let Some(named) = self.named(name) else {
            return;
        };
        for param in params {
            self.data_type(&param.data_type);
        }
        let optional = params
            .iter()
            .filter(|param| param.default.is_some())
            .count();
        let routine = Object::procedure(named.name, signature(params.len(), optional));
        self.note(
            self.define(replace, false, false),
            routine.clone(),
            named.span,
        );
        let mut scope = Scope::inside(outer);
        scope.variables = self.idents(params.iter().map(|param| &param.name));
        self.body_of(&routine, self.dialect.looks_up.routine_body, |reader| {
            reader.statements_in(body.statements(), &scope);
        });
    }

    /// DuckDB's macros: functions of an expression or of a query.
    pub(super) fn create_macro(
        &mut self,
        name: &sql::ObjectName,
        (replace, temporary): (bool, bool),
        args: &[sql::MacroArg],
        definition: &sql::MacroDefinition,
        outer: &Scope,
    ) {
        let Some(named) = self.named(name) else {
            return;
        };
        let optional = args.iter().filter(|arg| arg.default_expr.is_some()).count();
        let routine = Object::routine(named.name, signature(args.len(), optional));
        self.note(
            self.define(replace, false, temporary),
            routine.clone(),
            named.span,
        );
        let mut scope = Scope::inside(outer);
        scope.variables = self.idents(args.iter().map(|arg| &arg.name));
        self.body_of(
            &routine,
            self.dialect.looks_up.routine_body,
            |reader| match definition {
                sql::MacroDefinition::Expr(expr) => reader.expr(expr, &scope),
                sql::MacroDefinition::Table(query) => {
                    reader.query(query, &scope);
                }
            },
        );
    }

    /// A trigger with a body of its own. It stands for a routine that writes to its table run.
    pub(super) fn create_trigger(&mut self, create: &sql::CreateTrigger, outer: &Scope) {
        let Some(table) = self.named(&create.table_name) else {
            return;
        };
        let Some(named) = self.named(&create.name) else {
            return;
        };
        // An unqualified name is in its table's schema; SQLite's `temp.r` says where it is.
        let trigger = match &named.name.schema {
            Some(_) if !self.dialect.trigger_belongs_to_table => {
                Object::new(Kind::Trigger, named.name.clone())
            }
            _ => self.trigger(&table.name, named.name.name.clone()),
        };
        let action = self.define(
            create.or_replace || create.or_alter,
            self.said.if_absent,
            create.temporary || self.is_temporary(&named.name),
        );
        self.note(action, trigger.clone(), named.span);
        self.note(
            Action::Use,
            Object::new(Kind::Relation, table.name.clone()),
            table.span,
        );
        let runs = Action::RunsOnWrite {
            table: Box::new(table.name.clone()),
        };
        self.note(runs, trigger.clone(), named.span);
        for event in &create.events {
            if let sql::TriggerEvent::Update(columns) = event {
                self.bound(self.dialect.looks_up.trigger_body, |reader| {
                    for column in columns {
                        let place = reader.place(column);
                        reader.use_column(vec![table.name.clone()], reader.ident(column), place);
                    }
                });
            }
        }
        let mut scope = Scope::inside(outer);
        for alias in ["new", "old"] {
            scope
                .relations
                .push(Relation::row(table.name.clone(), self.dialect.ident(alias)));
        }
        for alias in ["inserted", "deleted"] {
            let mut columns = Columns::default();
            columns.add(&Shown::Table(table.name.clone()));
            scope.ctes.push((self.dialect.ident(alias), columns));
        }
        self.body_of(&trigger, self.dialect.looks_up.trigger_body, |reader| {
            reader.exprs(&create.condition, &scope);
            if let Some(body) = &create.statements {
                reader.statements_in(body.statements(), &scope);
            }
        });
        // The tree takes `SET NEW.c` for a variable.
        self.misread |= create.exec_body.is_some() || self.dialect.looks_up.trigger_rows;
    }

    /// `CALL p(…)`.
    pub(super) fn call_procedure(&mut self, function: &sql::Function, scope: &Scope) {
        let count = match &function.args {
            sql::FunctionArguments::List(list) => list.args.len(),
            _ => 0,
        };
        if let Some(named) = self.named(&function.name) {
            let routine = Object::procedure(named.name, signature(count, 0));
            self.note(Action::Use, routine.clone(), named.span);
            self.note(Action::Run, routine, named.span);
        }
        self.arguments(&function.args, &[], scope);
    }

    /// T-SQL's EXEC: of a procedure, or of a string.
    pub(super) fn execute(
        &mut self,
        name: Option<&sql::ObjectName>,
        parameters: &[sql::Expr],
        scope: &Scope,
    ) {
        if !self.dialect.queries.execute_calls_procedure {
            // Of a prepared statement, whose text was read (or not) where it was prepared.
            return;
        }
        let Some(name) = name else {
            match parameters {
                [only] => self.run_text(only),
                _ => self.dynamic.push(self.whole),
            }
            return;
        };
        let own = name
            .0
            .last()
            .and_then(sql::ObjectNamePart::as_ident)
            .map(|ident| self.ident(ident));
        match own.as_ref().map(Ident::as_str) {
            Some("sp_executesql") => match parameters.first() {
                Some(text) => self.run_text(text),
                None => self.dynamic.push(self.whole),
            },
            Some("sp_rename") => self.sp_rename(parameters),
            _ => {
                for parameter in parameters {
                    // `@name = value`: a word alone is a string here.
                    if !matches!(parameter, sql::Expr::Identifier(_)) {
                        self.expr(parameter, scope);
                    }
                }
                let system = &self.dialect.objects.system_routine_prefixes;
                if let Some(named) = self.named(name)
                    && !system
                        .iter()
                        .any(|prefix| named.name.name.as_str().starts_with(prefix))
                {
                    let routine = any_routine(Kind::Procedure, named.name);
                    self.note(Action::Use, routine.clone(), named.span);
                    self.note(Action::Run, routine, named.span);
                }
            }
        }
    }

    /// SQL in a string. Its facts have the string's place.
    fn run_text(&mut self, text: &sql::Expr) {
        let Some((text, place)) = literal(text) else {
            self.dynamic.push(self.whole);
            return;
        };
        let place = self.place(&sql::Ident::with_span(place, "text"));
        let trees = parse::prepare(text, self.dialect)
            .and_then(|text| parse::parse(&text, self.dialect).ok());
        let Some((trees, _)) = trees else {
            self.dynamic.push(place);
            return;
        };
        let mode = Mode {
            literal: Some(place),
            ..self.mode.clone()
        };
        self.under(mode, |reader| {
            reader.statements_in(&trees, &Scope::default())
        });
    }

    /// `sp_rename 't.c', 'd', 'COLUMN'`.
    fn sp_rename(&mut self, parameters: &[sql::Expr]) {
        let texts: Vec<_> = parameters.iter().filter_map(literal).collect();
        let [(old, place), (new, _), rest @ ..] = texts.as_slice() else {
            self.dynamic.push(self.whole);
            return;
        };
        let part = |text: &str| {
            let text = text.trim_matches(['[', ']', '"']);
            sql::Ident {
                value: text.to_owned(),
                quote_style: Some('['),
                span: *place,
            }
        };
        let parts: Vec<sql::Ident> = old.split('.').map(part).collect();
        let parts: Vec<&sql::Ident> = parts.iter().collect();
        let new = self.dialect.ident_verbatim(new);
        let kind = rest
            .first()
            .map_or("object", |(kind, _)| kind)
            .to_ascii_lowercase();
        match (kind.as_str(), parts.split_last()) {
            ("column", Some((column, table))) => {
                if let Some(table) = self.named_by(table) {
                    let member = |name| Object::member(Kind::Column, table.name.clone(), name);
                    let rename = Action::Rename {
                        to: Box::new(member(new)),
                    };
                    self.note(rename, member(self.ident(column)), table.span);
                }
            }
            ("index", Some((index, table))) => {
                if let Some(table) = self.named_by(table) {
                    let to = self.index(&table.name, new);
                    let object = self.index(&table.name, self.ident(index));
                    self.note(Action::Rename { to: Box::new(to) }, object, table.span);
                }
            }
            ("object", Some(_)) => {
                if let Some(old) = self.named_by(&parts) {
                    let to = old.name.sibling(new);
                    self.rename(Kind::Relation, &old, to);
                }
            }
            _ => {}
        }
    }
}

fn signature(args: usize, optional: usize) -> Signature {
    Signature {
        min: args.saturating_sub(optional) as u16,
        max: Some(args as u16),
        types: None,
    }
}

/// The text of a string, and its place.
fn literal(expr: &sql::Expr) -> Option<(&str, Place)> {
    match expr {
        sql::Expr::Value(value) => match &value.value {
            sql::Value::SingleQuotedString(text) | sql::Value::NationalStringLiteral(text) => {
                Some((text, value.span))
            }
            _ => None,
        },
        sql::Expr::Nested(inner) => literal(inner),
        _ => None,
    }
}

fn empty_query() -> sql::Query {
    sql::Query {
        with: None,
        body: Box::new(sql::SetExpr::Values(sql::Values {
            explicit_row: false,
            value_keyword: false,
            rows: Vec::new(),
        })),
        order_by: None,
        limit_clause: None,
        fetch: None,
        locks: Vec::new(),
        for_clause: None,
        settings: None,
        format_clause: None,
        pipe_operators: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;
    use crate::dialect::Engine;

    #[test]
    fn a_trigger_has_its_body_in_itself() {
        check(
            Engine::Sqlite,
            r#"CREATE TRIGGER tr AFTER UPDATE OF a ON t FOR EACH ROW WHEN new.a > 1
BEGIN INSERT INTO log(x) VALUES (new.b); UPDATE u SET c = 1 WHERE d = old.a; END"#,
            r#"
define trigger tr
trigger tr runs on write of t
use column t.a, late
use relation t
use column t.a, late, in trigger tr
use table log, late, in trigger tr
write table log, late, in trigger tr
use column log.x, late, in trigger tr
write column log.x, late, in trigger tr
use column t.b, late, in trigger tr
use table u, late, in trigger tr
write table u, late, in trigger tr
read relation u, late, in trigger tr
use column u.c, late, in trigger tr
write column u.c, late, in trigger tr
use column u.d, late, in trigger tr
"#,
        );
    }
}
