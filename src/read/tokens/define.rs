//! CREATE: which kind of object, its name and what the statement needs for it.

use crate::dialect::lex::TokenKind;
use crate::read::fact::{Action, Binding, Kind, Object};

use super::cursor::{Cursor, Name};
use super::out::Out;
use super::scope::Scope;
use super::{block, expr, index, kind, made_type, routine, schema, table, trigger, view};

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
        Kind::View => view::view(out, cursor, flags, materialized, recursive),
        Kind::Index => index::read(out, cursor, flags, unique),
        Kind::Routine | Kind::Procedure => routine::read(out, cursor, kind, flags),
        Kind::Trigger => trigger::read(out, cursor, flags),
        Kind::Policy | Kind::Rule => view::of_table(out, cursor, kind, flags),
        Kind::Schema => schema::schema(out, cursor, flags),
        Kind::Sequence => sequence(out, cursor, flags),
        Kind::Type => made_type::type_(out, cursor, flags),
        Kind::Domain => made_type::domain(out, cursor, flags),
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

/// What an event of MySQL does: all of it when its time comes.
pub(super) fn event_body(out: &mut Out<'_>, cursor: Cursor<'_>, name: &Name) {
    let mut body = cursor;
    body.until(&["do"]);
    if !body.eat("do") {
        return;
    }
    let event = Object::new(Kind::EventTrigger, name.object());
    let binding = Binding::of(out.dialect.looks_up.routine_body);
    out.under(
        |now| {
            now.body = Some(Box::new(event));
            now.binding = now.binding.max(binding);
            now.in_block = true;
        },
        |out| block::read(out, body),
    );
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

/// Kinds whose CREATE says little more than a name.
fn others(out: &mut Out<'_>, cursor: Cursor<'_>, kind: Kind, flags: Flags) {
    let mut cursor = cursor;
    match kind {
        Kind::Cast => {
            kind::cast(out, &mut cursor, &flags.action());
            kind::with_function(out, cursor);
        }
        Kind::Operator => kind::create_operator(out, cursor, flags.action()),
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
            let name = defined(out, &mut cursor, kind, flags);
            if cursor.is_any(&["on"]) && cursor.is_at(1, "schedule") {
                if let Some(name) = name {
                    event_body(out, cursor, &name);
                }
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
        Kind::TextSearch
        | Kind::TextSearchDictionary
        | Kind::TextSearchParser
        | Kind::TextSearchTemplate => {
            defined(out, &mut cursor, kind, flags);
            kind::text_search_options(out, cursor.inside());
        }
        _ => {
            defined(out, &mut cursor, kind, flags);
            kind::routines_behind(out, cursor);
        }
    }
}
