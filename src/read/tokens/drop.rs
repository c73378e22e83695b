//! DROP.

use crate::name::ObjectName;
use crate::read::fact::{Action, Kind, Object};

use super::cursor::Cursor;
use super::out::Out;
use super::{alter, index, kind, trigger};

/// Reads what follows DROP.
pub(super) fn read(out: &mut Out<'_>, cursor: Cursor<'_>) {
    let mut cursor = cursor;
    cursor.bump();
    if cursor.eat_phrase("owned by") {
        super::privilege::roles(out, cursor);
        return;
    }
    cursor.eat_any(&["temporary", "temp", "persistent"]);
    if cursor.eat_phrase("user mapping") {
        user_mapping(out, cursor);
        return;
    }
    let Some(kind) = kind::read(&mut cursor) else {
        return;
    };
    cursor.eat("concurrently");
    let action = alter::dropped(&cursor);
    cursor.eat_phrase("if exists");
    let rest = cursor.until(&["cascade", "restrict"]);
    match kind {
        Kind::Routine | Kind::Procedure => {
            for mut item in rest.items() {
                kind::routine(out, &mut item, kind, action.clone());
            }
        }
        Kind::Trigger | Kind::Policy | Kind::Rule => member(out, rest, kind, &action),
        Kind::Index => {
            for item in rest.items() {
                of_index(out, item, &action);
            }
        }
        Kind::Cast => {
            let mut rest = rest;
            kind::cast(out, &mut rest, &action);
        }
        Kind::Operator => {
            for mut item in rest.items() {
                kind::operator_with_operands(out, &mut item, action.clone());
            }
        }
        Kind::Role => {
            for mut item in rest.items() {
                if let Some(name) = item.name_or_string(out.dialect) {
                    let role = ObjectName::bare(name.last().clone());
                    out.push(action.clone(), Object::new(kind, role), name.span());
                }
            }
        }
        _ => {
            for mut item in rest.items() {
                if let Some(name) = item.name_or_string(out.dialect) {
                    out.named(action.clone(), kind, &name);
                }
            }
        }
    }
}

fn user_mapping(out: &mut Out<'_>, cursor: Cursor<'_>) {
    let mut cursor = cursor;
    cursor.eat_phrase("if exists");
    cursor.eat("for");
    if let Some(role) = cursor.name(out.dialect) {
        out.uses_role(&role);
    }
    if cursor.eat("server")
        && let Some(server) = cursor.name(out.dialect)
    {
        out.uses(Kind::ForeignServer, &server);
    }
}

/// `DROP TRIGGER t ON u`, and without a table where triggers have names of their own.
fn member(out: &mut Out<'_>, rest: Cursor<'_>, kind: Kind, action: &Action) {
    let mut rest = rest;
    let Some(name) = rest.name_or_string(out.dialect) else {
        return;
    };
    if rest.eat("on")
        && !rest.is_any(&["database", "all"])
        && let Some(table) = rest.name(out.dialect)
    {
        out.schema_of(&table);
        let object = trigger::object(out, kind, &table.object(), &name);
        out.push(action.clone(), object, name.span());
        return;
    }
    out.schema_of(&name);
    out.push(
        action.clone(),
        Object::new(kind, name.object()),
        name.span(),
    );
    while rest.eat_kind(crate::dialect::lex::TokenKind::Comma) {
        if let Some(name) = rest.name(out.dialect) {
            out.named(action.clone(), kind, &name);
        }
    }
}

/// `DROP INDEX i`, `DROP INDEX i ON t`, and SQL Server's old `DROP INDEX t.i`.
fn of_index(out: &mut Out<'_>, item: Cursor<'_>, action: &Action) {
    let mut item = item;
    let Some(name) = item.name_or_string(out.dialect) else {
        return;
    };
    if item.eat("on")
        && let Some(table) = item.name(out.dialect)
    {
        out.uses(Kind::Relation, &table);
        let object = index::object(out, &table.object(), name.last());
        out.push(action.clone(), object, name.span());
    } else if out.dialect.index_belongs_to_table
        && let Some(table) = name.owner()
    {
        out.uses(Kind::Relation, &table);
        let object = index::object(out, &table.object(), name.last());
        out.push(action.clone(), object, name.span());
    } else {
        out.named(action.clone(), Kind::Index, &name);
    }
}
