//! CREATE: which kind of object, its name and what the statement needs for it.

use std::rc::Rc;

use crate::dialect::lex::TokenKind;
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Binding, Kind, Object};
use crate::source::Span;

use super::cursor::{Cursor, Name};
use super::out::Out;
use super::scope::{Derived, Scope};
use super::{
    block, expr, index, kind, output, query, routine, statement, table, text, trigger, types,
};

/// The words of a CREATE that hold for every kind.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flags {
    pub(super) replace: bool,
    pub(super) if_absent: bool,
    pub(super) temporary: bool,
}

impl Flags {
    pub(super) fn action(self) -> Action {
        Action::Define {
            replace: self.replace,
            if_absent: self.if_absent,
            temporary: self.temporary,
        }
    }
}

/// Reads CREATE and what follows.
pub(super) fn read(out: &mut Out<'_>, cursor: Cursor<'_>) {
    let mut cursor = cursor;
    cursor.bump();
    let mut flags = Flags::default();
    if cursor.eat_phrase("or replace") || cursor.eat_phrase("or alter") {
        flags.replace = true;
    }
    let mut unique = false;
    let mut materialized = false;
    let mut recursive = false;
    loop {
        if cursor.eat_any(&["temp", "temporary"]) {
            flags.temporary = true;
        } else if cursor.eat("unique") {
            unique = true;
        } else if cursor.eat("materialized") {
            materialized = true;
        } else if cursor.eat("recursive") {
            recursive = true;
        } else if cursor.is("definer") {
            // `DEFINER = 'u'@'h'`
            cursor.until(&[
                "sql",
                "view",
                "trigger",
                "function",
                "procedure",
                "event",
                "aggregate",
                "algorithm",
            ]);
        } else if cursor.is("algorithm") || cursor.phrase("sql security") {
            cursor.bump_by(3);
        } else if cursor.is_any(&[
            "global",
            "local",
            "unlogged",
            "virtual",
            "external",
            "constraint",
            "trusted",
            "procedural",
            "fulltext",
            "spatial",
            "clustered",
            "nonclustered",
            "columnstore",
            "persistent",
            "primary",
            "vector",
            "hypothetical",
        ]) && cursor.named_at(1)
        {
            if cursor.is("virtual") {
                cursor.bump();
                virtual_table(out, cursor, flags);
                return;
            }
            cursor.bump();
        } else {
            break;
        }
    }
    let Some(kind) = kind::read(&mut cursor) else {
        return;
    };
    cursor.eat("concurrently");
    flags.if_absent = cursor.eat_phrase("if not exists");
    match kind {
        Kind::Table => table::read(out, cursor, flags),
        Kind::View => view(out, cursor, flags, materialized, recursive),
        Kind::Index => index::read(out, cursor, flags, unique),
        Kind::Routine => routine::read(out, cursor, flags),
        Kind::Trigger => trigger::read(out, cursor, flags),
        Kind::Policy | Kind::Rule => of_table(out, cursor, kind, flags),
        Kind::Schema => schema(out, cursor, flags),
        Kind::Sequence => sequence(out, cursor, flags),
        Kind::Type => type_(out, cursor, flags),
        Kind::Domain => domain(out, cursor, flags),
        _ => others(out, cursor, kind, flags),
    }
}

/// The name of what is made; its definition and its schema's use.
pub(super) fn defined(
    out: &mut Out<'_>,
    cursor: &mut Cursor<'_>,
    kind: Kind,
    flags: Flags,
) -> Option<Name> {
    let name = cursor.name_or_string(out.dialect)?;
    out.named(flags.action(), kind, &name);
    Some(name)
}

/// `CREATE VIRTUAL TABLE t USING module(…)`.
fn virtual_table(out: &mut Out<'_>, cursor: Cursor<'_>, flags: Flags) {
    let mut cursor = cursor;
    cursor.eat("table");
    let flags = Flags {
        if_absent: cursor.eat_phrase("if not exists"),
        ..flags
    };
    let Some(name) = defined(out, &mut cursor, Kind::Table, flags) else {
        return;
    };
    cursor.eat("using");
    let module = cursor.text().to_ascii_lowercase();
    cursor.bump();
    let Some(arguments) = cursor.group() else {
        return;
    };
    for mut item in arguments.items() {
        if item.is("content") && item.kind_at(1) == Some(TokenKind::Operator) {
            // The table behind an external-content index; it is looked up when rows are read.
            item.bump_by(2);
            if let Some(content) = item.name_or_string(out.dialect)
                && !content.last().as_str().is_empty()
            {
                out.under(
                    |now| now.binding = Binding::Late,
                    |out| out.uses(Kind::Relation, &content),
                );
            }
        } else if module.starts_with("fts") || module.starts_with("rtree") {
            let span = item.span();
            if item.kind_at(1) != Some(TokenKind::Operator)
                && let Some(column) = item.name_or_string(out.dialect)
            {
                out.column(
                    Flags::default().action(),
                    &name.object(),
                    column.last(),
                    span,
                );
            }
        }
    }
}

/// `CREATE [MATERIALIZED] VIEW v (c, …) AS query`.
fn view(out: &mut Out<'_>, cursor: Cursor<'_>, flags: Flags, materialized: bool, recursive: bool) {
    let mut cursor = cursor;
    let kind = if materialized {
        Kind::MaterializedView
    } else {
        Kind::View
    };
    let Some(name) = defined(out, &mut cursor, kind, flags) else {
        return;
    };
    view_body(out, cursor, &name, kind, flags, recursive);
}

/// The columns and the query of a view.
pub(super) fn view_body(
    out: &mut Out<'_>,
    cursor: Cursor<'_>,
    name: &Name,
    kind: Kind,
    flags: Flags,
    recursive: bool,
) {
    let mut cursor = cursor;
    let listed = cursor.group();
    // USING method, WITH (options), TABLESPACE.
    let mut options = cursor.until(&["as"]);
    options.until(&["tablespace"]);
    if options.eat("tablespace") {
        table::tablespace(out, &mut options);
    }
    cursor.bump();
    let query = without_tail(cursor);
    let columns: Vec<_> = match listed {
        Some(list) => query::names(out, list),
        None => output::of_query(out, query).into_iter().flatten().collect(),
    };
    for (column, span) in &columns {
        out.column(flags.action(), &name.object(), column, *span);
    }
    let with_no_data = ends_with_no_data(cursor);
    let mut found = Derived::default();
    let binding = Binding::of(out.dialect.looks_up.view_body);
    let runs = kind == Kind::MaterializedView && !with_no_data;
    out.under(
        |now| {
            now.runs = runs;
            now.binding = now.binding.max(binding);
        },
        |out| {
            let mut scope = Scope::default();
            if recursive {
                scope.ctes.insert(name.last().clone(), Rc::default());
            }
            found = query::read(out, query, &scope);
        },
    );
    if listed.is_none() {
        through_star(out, &found, &columns, name, flags);
    }
}

/// Defines the columns that a view or table has through a `*` over a query.
pub(super) fn through_star(
    out: &mut Out<'_>,
    found: &Derived,
    named: &[(Ident, Span)],
    owner: &Name,
    flags: Flags,
) {
    for column in &found.columns {
        if !named.iter().any(|(name, _)| name == column) {
            out.column(flags.action(), &owner.object(), column, owner.span());
        }
    }
}

/// A view's query without `WITH [LOCAL] CHECK OPTION`, `WITH [NO] DATA`, `WITH READ ONLY`.
pub(super) fn without_tail(query: Cursor<'_>) -> Cursor<'_> {
    let mut rest = query;
    // A leading WITH belongs to the query.
    rest.eat("with");
    rest.until_where(|cursor| {
        cursor.is("with") && cursor.any_at(1, &["check", "local", "cascaded", "data", "no", "read"])
    });
    query.before(&rest)
}

pub(super) fn ends_with_no_data(query: Cursor<'_>) -> bool {
    let mut rest = query;
    rest.eat("with");
    rest.until_where(|cursor| cursor.phrase("with no data"));
    !rest.is_empty()
}

/// Policies and rules.
fn of_table(out: &mut Out<'_>, cursor: Cursor<'_>, kind: Kind, flags: Flags) {
    let mut cursor = cursor;
    let Some(member) = cursor.name(out.dialect) else {
        return;
    };
    if kind == Kind::Policy {
        policy(out, cursor, &member, flags);
    } else {
        rule(out, cursor, &member, flags);
    }
}

/// Defines or changes a member of a table whose name follows `ON` or `TO`.
fn member_of(
    out: &mut Out<'_>,
    cursor: &mut Cursor<'_>,
    kind: Kind,
    member: &Name,
    action: Action,
) -> Option<ObjectName> {
    let table = cursor.name(out.dialect)?;
    let object = Object::member(kind, table.object(), member.last().clone());
    out.push(action, object, member.span());
    out.uses(Kind::Relation, &table);
    Some(table.object())
}

fn policy(out: &mut Out<'_>, cursor: Cursor<'_>, member: &Name, flags: Flags) {
    let mut cursor = cursor;
    cursor.eat("on");
    let Some(table) = member_of(out, &mut cursor, Kind::Policy, member, flags.action()) else {
        return;
    };
    policy_rest(out, cursor, &table);
}

/// What follows a policy's table: its roles and expressions.
pub(super) fn policy_rest(out: &mut Out<'_>, cursor: Cursor<'_>, table: &ObjectName) {
    let mut cursor = cursor;
    cursor
        .until_where(|cursor| cursor.is("to") || cursor.is("using") || cursor.phrase("with check"));
    if cursor.eat("to") {
        let roles = cursor.until_where(|cursor| cursor.is("using") || cursor.is("with"));
        super::privilege::roles(out, roles);
    }
    let scope = Scope::of_table(table);
    out.stored(Binding::Hard, |out| expr::read(out, cursor, &scope));
}

/// `CREATE RULE r AS ON event TO t WHERE … DO INSTEAD (command; …)`.
fn rule(out: &mut Out<'_>, cursor: Cursor<'_>, member: &Name, flags: Flags) {
    let mut cursor = cursor;
    cursor.until(&["to"]);
    cursor.bump();
    let Some(table) = member_of(out, &mut cursor, Kind::Rule, member, flags.action()) else {
        return;
    };
    let scope = trigger::rows_scope(&table);
    let predicate = cursor.until(&["do"]);
    out.stored(Binding::Hard, |out| {
        expr::read(out, predicate, &scope);
        cursor.bump();
        cursor.eat_any(&["also", "instead"]);
        let commands = if cursor.is_open() && !expr::opens_query(&cursor) {
            cursor.inside()
        } else {
            cursor
        };
        block::statements(out, commands, &scope);
    });
}

/// `CREATE SCHEMA s AUTHORIZATION r CREATE TABLE … GRANT …`.
fn schema(out: &mut Out<'_>, cursor: Cursor<'_>, flags: Flags) {
    let mut cursor = cursor;
    let mut schema = None;
    if !cursor.is("authorization") {
        schema = defined(out, &mut cursor, Kind::Schema, flags);
    }
    if cursor.eat("authorization")
        && let Some(role) = cursor.name(out.dialect)
    {
        out.uses_role(&role);
        if schema.is_none() {
            out.named(flags.action(), Kind::Schema, &role);
            schema = Some(role);
        }
    }
    let Some(schema) = schema else {
        return;
    };
    let start = out.facts.len();
    cursor.until(&["create", "grant"]);
    while !cursor.is_empty() {
        let mut element = cursor;
        element.bump();
        // GRANT CREATE ON …; CREATE TRIGGER … EXECUTE …: only CREATE and GRANT begin an element.
        element.until_where(|here| {
            here.is("create")
                && !here.any_at(1, &["on", "to"])
                && here.kind_at(1) != Some(TokenKind::Comma)
                || here.is("grant") && !here.is_at(1, "option")
        });
        let element_text = cursor.before(&element);
        cursor = element;
        if !out.too_deep() {
            out.deeper(|out| statement::read(out, element_text, &Scope::default()));
        }
    }
    qualify(out, start, &schema);
}

/// Gives the names that a CREATE SCHEMA defines their schema, and so every use of them in it.
fn qualify(out: &mut Out<'_>, start: usize, schema: &Name) {
    use std::collections::BTreeSet;
    let schema = schema.last().clone();
    let made: BTreeSet<ObjectName> = out.facts[start..]
        .iter()
        .filter(|fact| matches!(fact.action, Action::Define { .. }))
        .filter(|fact| !matches!(fact.object.kind, Kind::Schema | Kind::Role))
        .filter(|fact| fact.object.name.schema.is_none())
        .map(|fact| fact.object.name.clone())
        .collect();
    let put = |name: &mut ObjectName| {
        if made.contains(name) {
            name.schema = Some(schema.clone());
        }
    };
    for fact in &mut out.facts[start..] {
        if !matches!(fact.object.kind, Kind::Schema | Kind::Role) {
            put(&mut fact.object.name);
        }
        fact.or_of.iter_mut().for_each(put);
        match &mut fact.action {
            Action::RunsOnWrite { table } => put(table),
            Action::Partitions { parent } => put(parent),
            Action::References { from } => put(from),
            _ => {}
        }
        if let Some(body) = &mut fact.in_body_of {
            put(&mut body.name);
        }
    }
}

fn sequence(out: &mut Out<'_>, cursor: Cursor<'_>, flags: Flags) {
    let mut cursor = cursor;
    if defined(out, &mut cursor, Kind::Sequence, flags).is_some() {
        owned_by(out, cursor);
    }
}

/// `OWNED BY t.c` in the options of a sequence.
pub(super) fn owned_by(out: &mut Out<'_>, cursor: Cursor<'_>) {
    let mut cursor = cursor;
    cursor.until_where(|cursor| cursor.phrase("owned by"));
    if cursor.eat_phrase("owned by")
        && let Some(name) = cursor.name(out.dialect)
        && let Some(owner) = name.owner()
    {
        out.schema_of(&owner);
        out.column(Action::Use, &owner.object(), name.last(), name.span());
    }
}

/// `CREATE TYPE t AS (…) | AS ENUM (…) | AS RANGE (…) | (…)`, and the forms of others.
fn type_(out: &mut Out<'_>, cursor: Cursor<'_>, flags: Flags) {
    let mut cursor = cursor;
    let Some(name) = cursor.name(out.dialect) else {
        return;
    };
    let kind = if cursor.phrase("as enum") {
        Kind::Enum
    } else {
        Kind::Type
    };
    out.named(flags.action(), kind, &name);
    if cursor.eat_phrase("as enum") {
        if let Some(list) = cursor.group() {
            for item in list.items() {
                if item.string_at(0) {
                    enum_value(out, &name, &item);
                }
            }
        }
        return;
    }
    if cursor.is("as") && cursor.kind_at(1) == Some(TokenKind::Open) || cursor.phrase("as table") {
        cursor.bump();
        cursor.eat("table");
        if let Some(list) = cursor.group() {
            for mut item in list.items() {
                let span = item.span();
                if let Some(column) = item.name(out.dialect) {
                    out.column(
                        Flags::default().action(),
                        &name.object(),
                        column.last(),
                        span,
                    );
                    types::used(out, &mut item);
                }
            }
        }
        return;
    }
    if cursor.eat("as") && !cursor.is("range") || cursor.eat("from") {
        // DuckDB: an alias; SQL Server: a domain of sorts.
        types::used(out, &mut cursor);
        return;
    }
    if cursor.eat("range") && out.dialect.names_the_unnamed {
        let mut given = cursor.inside();
        given.until(&["multirange_type_name"]);
        given.bump_by(2);
        if let Some(multirange) = given.name(out.dialect) {
            out.named(Flags::default().action(), Kind::Type, &multirange);
            kind::options(out, cursor.inside());
            return;
        }
        let multirange = crate::read::implied::multirange(name.last());
        let object = Object::new(Kind::Type, name.object().sibling(multirange));
        out.imply(Flags::default().action(), object, name.span());
    }
    if let Some(options) = cursor.group() {
        kind::options(out, options);
    }
}

/// Defines a value of an enum.
pub(super) fn enum_value(out: &mut Out<'_>, name: &Name, at: &Cursor<'_>) {
    let value = Ident::folded(text::unescaped(at.text(), false));
    let object = Object::member(Kind::EnumValue, name.object(), value);
    out.push(Flags::default().action(), object, at.span());
}

/// `CREATE DOMAIN d AS type DEFAULT … CONSTRAINT k CHECK (…)`.
fn domain(out: &mut Out<'_>, cursor: Cursor<'_>, flags: Flags) {
    let mut cursor = cursor;
    let Some(name) = defined(out, &mut cursor, Kind::Domain, flags) else {
        return;
    };
    cursor.eat("as");
    types::used(out, &mut cursor);
    domain_rest(out, cursor, &name);
}

/// The constraints of a domain.
pub(super) fn domain_rest(out: &mut Out<'_>, cursor: Cursor<'_>, name: &Name) {
    let mut rest = cursor;
    let mut named = None;
    while !rest.is_empty() {
        if rest.eat("constraint") {
            named = rest.name(out.dialect);
            continue;
        }
        let span = rest.span();
        if rest.eat("check") {
            let (member, implied) = match named.take() {
                Some(member) => (Some((member.last().clone(), member.span())), false),
                None if out.dialect.names_the_unnamed => {
                    let member = crate::read::implied::check(name.last(), &[]);
                    (Some((member, span)), true)
                }
                None => (None, true),
            };
            if let Some((member, span)) = member {
                let object = Object::member(Kind::Constraint, name.object(), member);
                let action = Flags::default().action();
                if implied {
                    out.imply(action, object, span);
                } else {
                    out.push(action, object, span);
                }
            }
        }
        if rest.is_open() || rest.string_at(0) || rest.named_at(0) {
            let part = rest;
            let end = rest.until_where(|cursor| cursor.is_any(&["constraint", "check"]));
            if end.is_empty() {
                rest.skip();
            }
            let part = part.before(&rest);
            out.stored(Binding::Hard, |out| {
                out.now.variables.insert(Ident::folded("value"));
                expr::read(out, part, &Scope::default());
            });
        } else {
            rest.skip();
        }
    }
}

/// Kinds whose CREATE says little more than a name.
fn others(out: &mut Out<'_>, cursor: Cursor<'_>, kind: Kind, flags: Flags) {
    let mut cursor = cursor;
    match kind {
        Kind::Cast => {
            kind::cast(out, &mut cursor, &flags.action());
            kind::with_function(out, cursor);
        }
        Kind::Operator => {
            if let Some(name) = kind::operator(out, &mut cursor) {
                out.schema_of(&name);
                out.push(
                    flags.action(),
                    Object::new(kind, name.object()),
                    name.span(),
                );
            }
            if let Some(options) = cursor.group() {
                kind::options(out, options);
            }
        }
        Kind::Role => kind::role(out, cursor, &flags.action()),
        Kind::Extension => {
            defined(out, &mut cursor, kind, flags);
            cursor.until(&["schema"]);
            if cursor.eat("schema")
                && let Some(schema) = cursor.name(out.dialect)
            {
                out.uses_schema(&schema.last().clone(), schema.span());
            }
        }
        Kind::EventTrigger => {
            defined(out, &mut cursor, kind, flags);
            if cursor.is_any(&["on"]) && cursor.is_at(1, "schedule") {
                let mut body = cursor;
                body.until(&["do"]);
                body.bump();
                out.under(
                    |now| now.binding = Binding::Late,
                    |out| block::read(out, body),
                );
            } else {
                kind::execute(out, cursor, None);
            }
        }
        Kind::ForeignServer => {
            defined(out, &mut cursor, kind, flags);
            cursor.until_where(|cursor| cursor.phrase("foreign data wrapper"));
            if cursor.eat_phrase("foreign data wrapper")
                && let Some(wrapper) = cursor.name(out.dialect)
            {
                out.uses(Kind::ForeignDataWrapper, &wrapper);
            }
        }
        Kind::Statistics => {
            if !cursor.is("on") && !cursor.is_open() {
                defined(out, &mut cursor, kind, flags);
            }
            let mut list = cursor;
            list.until(&["on"]);
            list.bump();
            let columns = list.until(&["from"]);
            list.bump();
            if let Some(table) = list.name(out.dialect) {
                out.uses(Kind::Relation, &table);
                let scope = Scope::of_table(&table.object());
                out.stored(Binding::Hard, |out| expr::read(out, columns, &scope));
            } else if let (mut columns, true) = (columns, out.dialect.semicolons_are_optional)
                && let Some(table) = columns.name(out.dialect)
            {
                out.uses(Kind::Relation, &table);
            }
        }
        Kind::Publication => {
            defined(out, &mut cursor, kind, flags);
            kind::publication(out, cursor);
        }
        Kind::OperatorClass => kind::operator_class(out, cursor, flags),
        Kind::Collation => {
            defined(out, &mut cursor, kind, flags);
            if cursor.eat("from")
                && let Some(model) = cursor.name(out.dialect)
            {
                expr::collation(out, &model);
            }
        }
        Kind::Tablespace => {
            defined(out, &mut cursor, kind, flags);
            if cursor.eat("owner")
                && let Some(role) = cursor.name(out.dialect)
            {
                out.uses_role(&role);
            }
        }
        Kind::TextSearch => {
            defined(out, &mut cursor, kind, flags);
            kind::text_search_options(out, cursor.inside());
        }
        _ => {
            defined(out, &mut cursor, kind, flags);
            kind::routines_behind(out, cursor);
        }
    }
}
