//! Triggers: their table, the columns they watch, the function they call or the body they have.

use crate::dialect::lex::TokenKind;
use crate::name::ObjectName;
use crate::read::fact::{Action, Binding, Kind, Object};

use super::cursor::{Cursor, Name};
use super::define::Flags;
use super::out::Out;
use super::scope::{Item, Scope};
use super::{block, expr, kind, query};

/// The object that a trigger (or policy, or rule) of a table is: its member, or one with a name of
/// its own where the engine says so.
pub(super) fn object(out: &Out<'_>, kind: Kind, table: &ObjectName, name: &Name) -> Object {
    if kind == Kind::Trigger && !out.dialect.trigger_belongs_to_table {
        let mut own = name.object();
        if own.schema.is_none() {
            own.schema.clone_from(&table.schema);
        }
        Object::new(kind, own)
    } else {
        Object::member(kind, table.clone(), name.last().clone())
    }
}

/// What the rows of a trigger or rule are called.
pub(super) fn rows_scope(table: &ObjectName) -> Scope<'static> {
    let mut scope = Scope::default();
    for row in ["new", "old"] {
        scope.items.push(Item::rows(row, table.clone()));
    }
    scope
}

/// Reads what follows `CREATE TRIGGER`.
pub(super) fn read(out: &mut Out<'_>, cursor: Cursor<'_>, flags: Flags) {
    let mut cursor = cursor;
    let Some(name) = cursor.name_or_string(out.dialect) else {
        return;
    };
    let mut events = cursor.until(&["on"]);
    cursor.bump();
    if cursor.is("database") || cursor.phrase("all server") {
        out.named(flags.action(), Kind::Trigger, &name);
        return;
    }
    let Some(table) = cursor.name_or_string(out.dialect) else {
        return;
    };
    let table_name = table.object();
    let trigger = object(out, Kind::Trigger, &table_name, &name);
    out.schema_of(&name);
    out.push(flags.action(), trigger.clone(), name.span());
    out.uses(Kind::Relation, &table);
    events.until_where(|cursor| cursor.phrase("update of"));
    if events.eat_phrase("update of") {
        let columns = events.until_where(|cursor| cursor.is("or"));
        for (column, span) in query::names(out, columns) {
            out.column(Action::Use, &table_name, &column, span);
        }
    }
    let mut scope = rows_scope(&table_name);
    header(out, &mut cursor, &table_name, &mut scope);
    if out.dialect.bodies_are_strings {
        kind::execute(out, cursor, Some(&table_name));
        return;
    }
    // The rest is the body.
    while cursor.is_any(&[
        "for",
        "after",
        "instead",
        "insert",
        "update",
        "delete",
        "each",
        "row",
        "of",
        "with",
        "append",
        "not",
        "replication",
    ]) && !starts_statement(&cursor)
        || cursor.kind() == Some(TokenKind::Comma)
    {
        cursor.bump();
    }
    if cursor.eat_any(&["follows", "precedes"])
        && let Some(other) = cursor.name(out.dialect)
    {
        let other_trigger = object(out, Kind::Trigger, &table_name, &other);
        out.push(Action::Use, other_trigger, other.span());
    }
    cursor.eat("as");
    out.push(
        Action::RunsOnWrite {
            table: Box::new(table_name.clone()),
        },
        trigger.clone(),
        name.span(),
    );
    if out.dialect.looks_up.trigger_rows {
        row_columns(out, cursor, &table_name);
    }
    body(out, cursor, trigger, &scope);
}

/// The columns of NEW and OLD, where the engine looks them up at once.
fn row_columns(out: &mut Out<'_>, cursor: Cursor<'_>, table: &ObjectName) {
    let mut cursor = cursor;
    while !cursor.is_empty() {
        if cursor.is_any(&["new", "old"]) && cursor.kind_at(1) == Some(TokenKind::Dot) {
            cursor.bump_by(2);
            if let Some(column) = cursor.name(out.dialect) {
                out.column(Action::Use, table, column.last(), column.span());
            }
        } else {
            cursor.bump();
        }
    }
}

/// Whether a word that also belongs to a trigger's head begins a statement of its body.
fn starts_statement(cursor: &Cursor<'_>) -> bool {
    cursor.is("insert") && cursor.any_at(1, &["into", "or", "ignore"])
        || cursor.is("update") && !cursor.any_at(1, &["as", "on", "of"]) && cursor.named_at(1)
        || cursor.is("delete") && cursor.is_at(1, "from")
}

/// FROM a constraint's table, REFERENCING, WHEN.
fn header(out: &mut Out<'_>, cursor: &mut Cursor<'_>, table: &ObjectName, scope: &mut Scope<'_>) {
    if cursor.eat("from")
        && let Some(other) = cursor.name(out.dialect)
    {
        out.uses(Kind::Relation, &other);
    }
    // SQL Server's rows are tables.
    for rows in ["inserted", "deleted"] {
        if out.dialect.semicolons_are_optional {
            scope
                .ctes
                .insert(crate::name::Ident::folded(rows), std::rc::Rc::default());
        }
    }
    if out.dialect.semicolons_are_optional {
        return;
    }
    let mut condition = *cursor;
    let head = condition.until(&["when", "begin", "execute"]);
    if !condition.is("when") {
        return;
    }
    // `FOR EACH ROW WHEN …` only; a CASE in a body has its own WHEN.
    if head.has(&[
        "set", "insert", "update", "delete", "case", "if", "call", "select",
    ]) {
        return;
    }
    condition.bump();
    let value = condition.until(&["begin", "execute"]);
    let _ = table;
    out.stored(Binding::Hard, |out| expr::read(out, value, scope));
    *cursor = condition;
}

/// A body in the text of the statement itself.
fn body(out: &mut Out<'_>, cursor: Cursor<'_>, trigger: Object, scope: &Scope<'_>) {
    let binding = Binding::of(out.dialect.looks_up.trigger_body);
    out.under(
        |now| {
            now.body = Some(Box::new(trigger));
            now.binding = now.binding.max(binding);
            now.runs = true;
            now.in_block = true;
        },
        |out| block::statements(out, cursor, scope),
    );
}
