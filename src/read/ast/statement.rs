//! Which reader is for which statement.

use sqlparser::ast::{self as sql, Statement};

use super::reader::{Mode, Reader};
use super::scope::Scope;
use crate::read::fact::{Action, Kind, Object};

impl Reader<'_> {
    /// The statements of a patch's piece.
    pub(super) fn statements(&mut self, statements: &[Statement]) {
        self.statements_in(statements, &Scope::default());
    }

    pub(super) fn statements_in(&mut self, statements: &[Statement], scope: &Scope) {
        for statement in statements {
            self.statement(statement, scope);
        }
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each kind of statement")]
    pub(super) fn statement(&mut self, statement: &Statement, scope: &Scope) {
        match statement {
            Statement::Query(query) => {
                self.query(query, scope);
            }
            Statement::Insert(insert) => self.insert(insert, scope),
            Statement::Update(update) => self.update(update, scope),
            Statement::Delete(delete) => self.delete(delete, scope),
            Statement::Merge(merge) => self.merge(merge, scope),
            Statement::Truncate(truncate) => self.truncate(truncate),
            Statement::Copy { source, to, .. } => self.copy(source, *to, scope),
            Statement::LoadData { table_name, .. } => {
                self.target(table_name);
            }

            Statement::CreateTable(create) => self.create_table(create, scope),
            Statement::CreateVirtualTable {
                name,
                if_not_exists,
                module_args,
                ..
            } => {
                self.create_virtual_table(name, *if_not_exists, module_args);
            }
            Statement::CreateView(create) => self.create_view(create, scope),
            Statement::CreateIndex(create) => self.create_index(create),
            Statement::CreateSequence {
                temporary,
                if_not_exists,
                name,
                owned_by,
                ..
            } => {
                self.create_sequence(name, *if_not_exists, *temporary, owned_by.as_ref());
            }
            Statement::CreateType {
                name,
                representation,
            } => {
                self.create_type(name, representation.as_ref());
            }
            Statement::CreateSchema {
                schema_name,
                if_not_exists,
                or_replace,
                ..
            } => match schema_name {
                sql::SchemaName::Simple(name) => {
                    self.create_schema(name, *or_replace, *if_not_exists)
                }
                sql::SchemaName::NamedAuthorization(name, role) => {
                    self.create_schema(name, *or_replace, *if_not_exists);
                    self.plain(Action::Use, Kind::Role, role);
                }
                sql::SchemaName::UnnamedAuthorization(role) => {
                    self.plain(Action::Use, Kind::Role, role);
                }
            },
            Statement::CreateDatabase {
                db_name,
                if_not_exists,
                or_replace,
                ..
            } if self.dialect.objects.database_is_schema => {
                self.create_schema(db_name, *or_replace, *if_not_exists);
            }
            Statement::CreateFunction(create) => self.create_function(create, scope),
            Statement::CreateProcedure {
                or_alter,
                name,
                params,
                body,
                ..
            } => {
                let params = params.as_deref().unwrap_or_default();
                self.create_procedure(name, *or_alter, params, body, scope);
            }
            Statement::CreateMacro {
                or_replace,
                temporary,
                name,
                args,
                definition,
            } => {
                let args = args.as_deref().unwrap_or_default();
                self.create_macro(name, (*or_replace, *temporary), args, definition, scope);
            }
            Statement::CreateTrigger(create) => self.create_trigger(create, scope),
            Statement::CreateRole(create) => {
                let action = self.define(false, create.if_not_exists, false);
                for name in &create.names {
                    if let Some(ident) = name.0.last().and_then(sql::ObjectNamePart::as_ident) {
                        self.plain(action.clone(), Kind::Role, ident);
                    }
                }
            }
            Statement::CreateUser(create) => {
                let action = self.define(create.or_replace, create.if_not_exists, false);
                self.plain(action, Kind::Role, &create.name);
            }
            Statement::CreateExtension(create) => {
                let action = self.define(false, create.if_not_exists, false);
                self.plain(action, Kind::Extension, &create.name);
            }
            // DuckDB: INSTALL of what is there does nothing.
            Statement::Install { extension_name } => {
                let action = self.define(false, true, false);
                self.plain(action, Kind::Extension, extension_name);
            }
            Statement::Load { extension_name } => {
                self.plain(Action::Use, Kind::Extension, extension_name)
            }

            Statement::AlterTable(alter) => self.alter_table(&alter.name, &alter.operations),
            Statement::RenameTable(renames) => self.rename_tables(renames),
            Statement::AlterView {
                name,
                columns,
                query,
                ..
            } => self.alter_view(name, columns, query, scope),
            Statement::AlterIndex { name, operation } => {
                let sql::AlterIndexOperation::RenameIndex { index_name } = operation;
                self.alter_index(name, index_name);
            }
            Statement::AlterType(alter) => self.alter_type(alter),
            Statement::Comment {
                object_type,
                object_name,
                ..
            } => self.comment(*object_type, object_name),

            Statement::Drop {
                object_type,
                if_exists,
                names,
                cascade,
                table,
                ..
            } => {
                self.drop_objects(*object_type, names, table.as_ref(), *if_exists, *cascade);
            }
            Statement::DropTrigger(drop) => self.drop_trigger(drop),
            Statement::DropFunction(drop) => {
                self.drop_routines(
                    Kind::Routine,
                    &drop.func_desc,
                    drop.if_exists,
                    drop.drop_behavior,
                );
            }
            Statement::DropProcedure {
                if_exists,
                proc_desc,
                drop_behavior,
            } => {
                self.drop_routines(Kind::Procedure, proc_desc, *if_exists, *drop_behavior);
            }

            Statement::Call(function) => self.call_procedure(function, scope),
            Statement::Execute {
                name, parameters, ..
            } => self.execute(name.as_ref(), parameters, scope),
            Statement::Prepare { statement, .. } => self.statement(statement, scope),
            Statement::Explain { statement, .. } => self.explained(statement, scope),
            Statement::Analyze(analyze) => {
                if let Some(name) = &analyze.table_name {
                    self.use_named(Kind::Table, name);
                }
            }
            Statement::Grant(grant) => self.grant(grant.objects.as_ref(), &grant.grantees),
            Statement::Revoke(revoke) => self.grant(revoke.objects.as_ref(), &revoke.grantees),
            Statement::Deny(deny) => self.grant(Some(&deny.objects), &deny.grantees),

            Statement::If(block) => {
                self.branch(&block.if_block, scope);
                for other in block.elseif_blocks.iter().chain(&block.else_block) {
                    self.branch(other, scope);
                }
            }
            Statement::While(block) => self.branch(&block.while_block, scope),
            Statement::Case(block) => {
                self.exprs(&block.match_expr, scope);
                for branch in block.when_blocks.iter().chain(&block.else_block) {
                    self.branch(branch, scope);
                }
            }
            Statement::StartTransaction {
                statements,
                exception,
                ..
            } => {
                self.statements_in(statements, scope);
                for when in exception.iter().flatten() {
                    self.statements_in(&when.statements, scope);
                }
            }
            Statement::Set(set) => self.set(set, scope),
            Statement::Declare { stmts } => {
                for declare in stmts {
                    self.declare(declare, scope);
                }
            }
            Statement::Return(sql::ReturnStatement {
                value: Some(sql::ReturnStatementValue::Expr(expr)),
            }) => {
                self.expr(expr, scope);
            }
            Statement::Use(
                sql::Use::Object(name) | sql::Use::Schema(name) | sql::Use::Database(name),
            ) if self.dialect.objects.database_is_schema => {
                if let Some(ident) = name.0.last().and_then(sql::ObjectNamePart::as_ident) {
                    self.plain(Action::Use, Kind::Schema, ident);
                }
            }
            Statement::Print(print) => self.expr(&print.message, scope),
            // The grammars give these no place that a fact could name, or they name no object of a
            // patch: transactions, settings, SHOW, KILL, PRAGMA, ATTACH, cursors, other engines'.
            _ => {}
        }
    }

    /// EXPLAIN runs nothing.
    fn explained(&mut self, statement: &Statement, scope: &Scope) {
        if let Statement::Query(query) = statement {
            let mode = Mode {
                runs: false,
                ..self.mode.clone()
            };
            self.under(mode, |reader| {
                reader.query(query, scope);
            });
        }
    }

    /// One branch of IF, WHILE or CASE: its statements may run.
    fn branch(&mut self, block: &sql::ConditionalStatementBlock, scope: &Scope) {
        self.exprs(&block.condition, scope);
        let mode = Mode {
            conditional: true,
            ..self.mode.clone()
        };
        self.under(mode, |reader| {
            reader.statements_in(block.conditional_statements.statements(), scope);
        });
    }

    fn set(&mut self, set: &sql::Set, scope: &Scope) {
        match set {
            // The value of a setting is often a word, which is no column.
            sql::Set::SingleAssignment { values, .. }
            | sql::Set::ParenthesizedAssignments { values, .. } => {
                for value in values {
                    self.setting(value, scope);
                }
            }
            sql::Set::MultipleAssignments { assignments } => {
                for assignment in assignments {
                    self.setting(&assignment.value, scope);
                }
            }
            sql::Set::SetSessionParam(sql::SetSessionParamKind::IdentityInsert(insert)) => {
                self.use_named(Kind::Table, &insert.obj);
            }
            _ => {}
        }
    }

    fn setting(&mut self, value: &sql::Expr, scope: &Scope) {
        if !matches!(
            value,
            sql::Expr::Identifier(_) | sql::Expr::CompoundIdentifier(_)
        ) {
            self.expr(value, scope);
        }
    }

    fn declare(&mut self, declare: &sql::Declare, scope: &Scope) {
        if let Some(data_type) = &declare.data_type {
            self.data_type(data_type);
        }
        use sql::DeclareAssignment as Assignment;
        if let Some(
            Assignment::Expr(expr)
            | Assignment::Default(expr)
            | Assignment::DuckAssignment(expr)
            | Assignment::For(expr)
            | Assignment::MsSqlAssignment(expr),
        ) = &declare.assignment
        {
            self.expr(expr, scope);
        }
        if let Some(query) = &declare.for_query {
            self.query(query, scope);
        }
    }

    fn comment(&mut self, kind: sql::CommentObject, name: &sql::ObjectName) {
        use sql::CommentObject as Commented;
        let kind = match kind {
            Commented::Table => Kind::Table,
            Commented::View => Kind::View,
            Commented::MaterializedView => Kind::MaterializedView,
            Commented::Index => Kind::Index,
            Commented::Sequence => Kind::Sequence,
            Commented::Type => Kind::Type,
            Commented::Domain => Kind::Domain,
            Commented::Column => {
                let idents: Vec<_> = name
                    .0
                    .iter()
                    .filter_map(sql::ObjectNamePart::as_ident)
                    .collect();
                if let Some((column, table)) = idents.split_last()
                    && let Some(table) = self.named_by(table)
                {
                    let object = Object::member(Kind::Column, table.name, self.ident(column));
                    self.note(Action::Alter, object, self.place(column));
                }
                return;
            }
            _ => return,
        };
        if let Some(named) = self.named(name) {
            self.note(Action::Alter, Object::new(kind, named.name), named.span);
        }
    }

    fn grant(&mut self, objects: Option<&sql::GrantObjects>, grantees: &[sql::Grantee]) {
        use sql::GrantObjects as Objects;
        let (kind, names) = match objects {
            Some(Objects::Tables(names)) => (Kind::Relation, names.as_slice()),
            Some(Objects::Views(names)) => (Kind::View, names.as_slice()),
            Some(Objects::Sequences(names)) => (Kind::Sequence, names.as_slice()),
            Some(routine @ (Objects::Procedure { name, .. } | Objects::Function { name, .. })) => {
                let kind = match routine {
                    Objects::Procedure { .. } => Kind::Procedure,
                    _ => Kind::Routine,
                };
                if let Some(named) = self.named(name) {
                    let object = super::drop::any_routine(kind, named.name);
                    self.note(Action::Alter, object, named.span);
                }
                (kind, &[][..])
            }
            Some(Objects::Schemas(names)) => {
                for name in names {
                    if let Some(ident) = name.0.last().and_then(sql::ObjectNamePart::as_ident) {
                        self.plain(Action::Alter, Kind::Schema, ident);
                    }
                }
                (Kind::Schema, &[][..])
            }
            _ => (Kind::Relation, &[][..]),
        };
        for name in names {
            // MySQL: `ON db.*` and `ON *.*` are no names.
            let wild = name
                .0
                .iter()
                .any(|part| part.as_ident().is_some_and(|ident| ident.value == "*"));
            if !wild && let Some(named) = self.named(name) {
                self.note(Action::Alter, Object::new(kind, named.name), named.span);
            }
        }
        for grantee in grantees {
            let name = match &grantee.name {
                Some(sql::GranteeName::ObjectName(name)) => {
                    name.0.last().and_then(sql::ObjectNamePart::as_ident)
                }
                Some(sql::GranteeName::UserHost { user, .. }) => Some(user),
                None => None,
            };
            if let Some(name) = name
                && !matches!(grantee.grantee_type, sql::GranteesType::Public)
            {
                self.plain(Action::Use, Kind::Role, name);
            }
        }
    }
}
