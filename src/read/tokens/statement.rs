//! One statement by its first word.

use crate::name::ObjectName;
use crate::read::fact::{Action, Kind, Object};

use super::cursor::Cursor;
use super::out::Out;
use super::scope::Scope;
use super::{alter, block, define, dml, drop, dynamic, expr, privilege, query, routine};

/// Reads a statement that sees `scope`.
pub(super) fn read(out: &mut Out<'_>, cursor: Cursor<'_>, scope: &Scope<'_>) {
    if cursor.is_open() {
        query::read(out, cursor, scope);
        return;
    }
    let word = cursor.text().to_ascii_lowercase();
    match word.as_str() {
        "create" => create(out, cursor),
        "alter" => alter::read(out, cursor),
        "drop" => drop::read(out, cursor),
        "select" | "with" | "values" | "table" | "from" | "perform" => {
            query::read(out, cursor, scope);
        }
        "insert" | "replace" | "update" | "delete" | "merge" | "truncate" | "copy" | "load"
        | "bulk" => {
            if word == "update" && cursor.is_at(1, "statistics") {
                let mut cursor = cursor;
                cursor.bump_by(2);
                block::uses_relation(out, &mut cursor);
            } else {
                dml::read(out, cursor, scope);
            }
        }
        "call" => {
            let mut cursor = cursor;
            cursor.bump();
            block::runs_routine(out, cursor, scope);
        }
        "do" => {
            let mut cursor = cursor;
            cursor.bump();
            if out.dialect.bodies_are_strings {
                routine::do_block(out, cursor);
            } else {
                expr::read(out, cursor, scope);
            }
        }
        "grant" | "revoke" | "deny" => privilege::grant(out, cursor),
        "comment" | "security" => privilege::comment(out, cursor),
        "rename" => privilege::rename(out, cursor),
        "prepare" => dynamic::prepare(out, cursor, scope),
        "explain" => {
            let mut cursor = cursor;
            cursor.bump();
            let mut runs = false;
            while cursor.is_any(&["analyze", "verbose", "query", "plan", "extended", "for"]) {
                runs |= cursor.is("analyze");
                cursor.bump();
            }
            if cursor.is_open() && !expr::opens_query(&cursor) {
                runs |= cursor.inside().has(&["analyze"]);
                cursor.skip();
            }
            let runs = runs && out.now.runs;
            out.under(|now| now.runs = runs, |out| read(out, cursor, scope));
        }
        "refresh" => refresh(out, cursor),
        "set" => set(out, cursor, scope),
        "use" if out.dialect.keys_in_tables && !out.dialect.semicolons_are_optional => {
            let mut cursor = cursor;
            cursor.bump();
            if let Some(name) = cursor.name(out.dialect) {
                out.uses_schema(&name.last().clone(), name.span());
            }
        }
        "reassign" => {
            let mut cursor = cursor;
            cursor.bump_by(3);
            let list = cursor.until(&["to"]);
            privilege::roles(out, list);
            cursor.bump();
            privilege::roles(out, cursor);
        }
        "import" => import(out, cursor),
        "lock" | "vacuum" | "analyze" | "cluster" | "reindex" | "optimize" | "repair" | "check"
        | "describe" | "summarize" | "pragma" | "disable" | "enable" => maintenance(out, cursor),
        // The rest of some rows.
        "" | "," | "(" => expr::read(out, cursor, scope),
        _ => {}
    }
}

/// CREATE, with the few forms that are no objects of their own.
fn create(out: &mut Out<'_>, cursor: Cursor<'_>) {
    let mut rest = cursor;
    rest.bump();
    if rest.eat_phrase("user mapping") {
        rest.eat_phrase("if not exists");
        rest.eat("for");
        if let Some(role) = rest.name(out.dialect) {
            out.uses_role(&role);
        }
        if rest.eat("server")
            && let Some(server) = rest.name(out.dialect)
        {
            out.uses(Kind::ForeignServer, &server);
        }
        return;
    }
    if rest.is("database") && !out.dialect.objects.database_is_schema {
        return;
    }
    define::read(out, cursor);
}

fn refresh(out: &mut Out<'_>, cursor: Cursor<'_>) {
    let mut cursor = cursor;
    cursor.bump();
    if !cursor.eat_phrase("materialized view") {
        return;
    }
    let concurrently = cursor.eat("concurrently");
    if let Some(name) = cursor.name(out.dialect) {
        out.uses(Kind::MaterializedView, &name);
        if concurrently {
            // It compares the rows that are there, by any unique key.
            out.named(Action::Read, Kind::MaterializedView, &name);
            let any = Object::key(name.object(), Vec::new());
            out.push(Action::Use, any, name.span());
        }
        if !cursor.phrase("with no data") {
            out.named(Action::Write, Kind::MaterializedView, &name);
        }
    }
}

fn set(out: &mut Out<'_>, cursor: Cursor<'_>, scope: &Scope<'_>) {
    let mut cursor = cursor;
    cursor.bump();
    if cursor.is("constraints") {
        return;
    }
    cursor.eat_any(&["local", "session", "global", "persist"]);
    if cursor.eat("role") || cursor.is("authorization") {
        cursor.eat("authorization");
        if let Some(role) = cursor.name_or_string(out.dialect) {
            out.uses_role(&role);
        }
        return;
    }
    if cursor.eat("identity_insert") {
        block::uses_relation(out, &mut cursor);
        return;
    }
    if !out.dialect.bodies_are_strings {
        expr::read(out, cursor, scope);
    }
}

/// IMPORT FOREIGN SCHEMA remote [LIMIT TO …] FROM SERVER s INTO local.
fn import(out: &mut Out<'_>, cursor: Cursor<'_>) {
    let mut cursor = cursor;
    cursor.until(&["from"]);
    if cursor.eat_phrase("from server")
        && let Some(server) = cursor.name(out.dialect)
    {
        out.uses(Kind::ForeignServer, &server);
        if cursor.eat("into")
            && let Some(schema) = cursor.name(out.dialect)
        {
            out.uses_schema(&schema.last().clone(), schema.span());
        }
    }
}

/// VACUUM, ANALYZE, CLUSTER, REINDEX, LOCK TABLE and their like: relations are needed.
fn maintenance(out: &mut Out<'_>, cursor: Cursor<'_>) {
    let mut cursor = cursor;
    let verb = cursor;
    cursor.bump();
    if verb.is("pragma") || verb.is("check") && !cursor.is("table") {
        return;
    }
    if cursor.is_open() {
        cursor.skip();
    }
    while cursor.eat_any(&[
        "full",
        "freeze",
        "verbose",
        "analyze",
        "local",
        "no_write_to_binlog",
        "concurrently",
    ]) {}
    if verb.is_any(&["disable", "enable"]) {
        if cursor.eat("trigger")
            && let Some(name) = cursor.name(out.dialect)
            && cursor.eat("on")
            && !cursor.is_any(&["database", "all"])
            && let Some(table) = cursor.name(out.dialect)
        {
            out.uses(Kind::Relation, &table);
            if name.last() != "all" {
                let object = super::trigger::object(out, Kind::Trigger, &table.object(), &name);
                out.push(Action::Alter, object, name.span());
            }
        }
        return;
    }
    let kind = match () {
        () if cursor.eat("index") => Kind::Index,
        () if cursor.eat("schema") => Kind::Schema,
        () if cursor.is_any(&["database", "system"]) => return,
        () => {
            cursor.eat_any(&["table", "tables"]);
            Kind::Relation
        }
    };
    cursor.eat("concurrently");
    for mut item in cursor.items() {
        item.eat("only");
        let Some(name) = item.name(out.dialect) else {
            continue;
        };
        if kind == Kind::Schema {
            let object = Object::new(kind, ObjectName::bare(name.last().clone()));
            out.push(Action::Use, object, name.span());
            continue;
        }
        out.uses(kind, &name);
        if let Some(columns) = item.group() {
            for (column, span) in query::names(out, columns) {
                out.column(Action::Use, &name.object(), &column, span);
            }
        }
        if verb.is("cluster")
            && item.eat("using")
            && let Some(index) = item.name(out.dialect)
        {
            out.push(
                Action::Use,
                Object::new(Kind::Index, name.object().sibling(index.last().clone())),
                index.span(),
            );
        }
    }
}
