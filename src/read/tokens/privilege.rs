//! GRANT, REVOKE, COMMENT ON, SECURITY LABEL, default privileges: objects named by kind and name.

use crate::dialect::lex::TokenKind;
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Kind, Object};

use super::cursor::Cursor;
use super::out::Out;
use super::{index, kind, query, trigger, types};

/// Roles in a list.
pub(super) fn roles(out: &mut Out<'_>, list: Cursor<'_>) {
    for mut item in list.items() {
        item.eat_any(&["group", "user", "role"]);
        if let Some(role) = item.name_or_string(out.dialect) {
            out.uses_role(&role);
        }
    }
}

/// Reads GRANT and REVOKE (and T-SQL's DENY).
pub(super) fn grant(out: &mut Out<'_>, cursor: Cursor<'_>) {
    let mut cursor = cursor;
    cursor.bump();
    let direction = ["to", "from"];
    let mut head = cursor.until(&["on", direction[0], direction[1]]);
    if !cursor.eat("on") {
        // A grant of roles.
        head.eat_phrase("admin option for");
        if out.dialect.bodies_are_strings || out.dialect.keys_in_tables {
            roles(out, head);
        }
        cursor.bump();
        let list = cursor.until(&["with", "granted", "cascade", "restrict"]);
        roles(out, list);
        return;
    }
    let objects = cursor.until(&direction);
    on(out, objects, head);
    cursor.bump();
    let list = cursor.until(&["with", "granted", "cascade", "restrict", "as", "require"]);
    roles(out, list);
}

/// What `ALL … IN SCHEMA`, or the word of default privileges, stands for.
fn covered(word: &str) -> &'static [Kind] {
    match word.to_ascii_lowercase().as_str() {
        "tables" => &[Kind::Table],
        "sequences" => &[Kind::Sequence],
        "functions" => &[Kind::Routine],
        "procedures" => &[Kind::Procedure],
        "routines" => &[Kind::Routine, Kind::Procedure],
        "types" => &[Kind::Type],
        "schemas" => &[Kind::Schema],
        _ => &[],
    }
}

/// The objects of a GRANT, and the columns that its privileges name.
fn on(out: &mut Out<'_>, objects: Cursor<'_>, privileges: Cursor<'_>) {
    let mut objects = objects;
    if objects.is("all") && objects.named_at(1) {
        let covered = covered(objects.text_at(1));
        let now = objects.is_at(2, "in") && objects.is_at(3, "schema");
        objects.until(&["schema"]);
        objects.bump();
        for (name, span) in query::names(out, objects) {
            if !out.is_system(&name) {
                let schema = Object::new(Kind::Schema, ObjectName::bare(name));
                out.push(Action::Use, schema.clone(), span);
                for &of in covered.iter().filter(|_| now) {
                    out.push(Action::CoversAll { of }, schema.clone(), span);
                }
            }
        }
        return;
    }
    // T-SQL: `OBJECT::t`, `SCHEMA::s`
    let class = objects;
    if objects.named_at(0)
        && objects.kind_at(1) == Some(TokenKind::Operator)
        && objects.text_at(1) == "::"
    {
        objects.bump_by(2);
        let kind = match () {
            () if class.is("schema") => Kind::Schema,
            () if class.is("type") => Kind::Type,
            () if class.is_any(&["role", "user", "login"]) => Kind::Role,
            () => Kind::Relation,
        };
        if let Some(name) = objects.name(out.dialect) {
            out.named(Action::Alter, kind, &name);
        }
        return;
    }
    let mut ahead = objects;
    let kind = match kind::read(&mut ahead) {
        Some(kind) if ahead.named_at(0) || ahead.string_at(0) => {
            objects = ahead;
            kind
        }
        _ => Kind::Relation,
    };
    if kind == Kind::Schema && class.is("database") && !out.dialect.keys_in_tables
        || objects.phrase("large object")
        || objects.is("parameter")
    {
        return;
    }
    if class.phrase("foreign server") {
        objects.bump_by(2);
        for mut item in objects.items() {
            object(out, &mut item, Kind::ForeignServer, &Action::Alter);
        }
        return;
    }
    for mut item in objects.items() {
        // MySQL: `db.*`, `*.*`
        if item.is_op("*") {
            continue;
        }
        if item.named_at(0) && item.kind_at(1) == Some(TokenKind::Dot) && !item.named_at(2) {
            let schema = out.dialect.ident(item.text());
            out.uses_schema(&schema, item.span());
            continue;
        }
        let at = item;
        object(out, &mut item, kind, &Action::Alter);
        let mut name = at;
        if kind == Kind::Relation || kind == Kind::Table {
            let Some(table) = name.name(out.dialect) else {
                continue;
            };
            for mut privilege in privileges.items() {
                privilege.until_where(Cursor::is_open);
                if let Some(list) = privilege.group() {
                    for (column, span) in query::names(out, list) {
                        out.column(Action::Use, &table.object(), &column, span);
                    }
                }
            }
        }
    }
}

/// An object named by its kind.
pub(super) fn object(out: &mut Out<'_>, item: &mut Cursor<'_>, kind: Kind, action: &Action) {
    match kind {
        Kind::Routine | Kind::Procedure => {
            kind::routine(out, item, kind, action.clone());
        }
        Kind::Role => {
            if let Some(name) = item.name_or_string(out.dialect) {
                let role = ObjectName::bare(name.last().clone());
                out.push(action.clone(), Object::new(kind, role), name.span());
            }
        }
        Kind::Language if item.is_any(&["sql", "plpgsql", "c", "internal"]) => {}
        Kind::Cast => kind::cast(out, item, action),
        Kind::Operator => kind::operator_with_operands(out, item, action.clone()),
        Kind::Type | Kind::Domain => {
            if let Some(found) = types::read(out, item)
                && let Some(name) = found.name
            {
                out.named(action.clone(), kind, &name);
            }
        }
        _ => {
            if let Some(name) = item.name_or_string(out.dialect) {
                out.named(action.clone(), kind, &name);
            }
        }
    }
}

/// COMMENT ON …, SECURITY LABEL … ON ….
pub(super) fn comment(out: &mut Out<'_>, cursor: Cursor<'_>) {
    let mut cursor = cursor;
    cursor.until(&["on"]);
    cursor.bump();
    let mut rest = cursor.until(&["is"]);
    if rest.eat("column") {
        if let Some(name) = rest.name(out.dialect)
            && let Some(owner) = name.owner()
        {
            out.schema_of(&owner);
            out.column(Action::Alter, &owner.object(), name.last(), name.span());
        }
        return;
    }
    if rest.eat("constraint") {
        let Some(member) = rest.name(out.dialect) else {
            return;
        };
        rest.eat("on");
        let owner = if rest.eat("domain") {
            Kind::Domain
        } else {
            Kind::Relation
        };
        if let Some(table) = rest.name(out.dialect) {
            out.uses(owner, &table);
            let object = Object::member(Kind::Constraint, table.object(), member.last().clone());
            out.push(Action::Alter, object, member.span());
        }
        return;
    }
    let database = rest.is("database");
    let Some(kind) = kind::read(&mut rest) else {
        return;
    };
    match kind {
        Kind::Trigger | Kind::Policy | Kind::Rule => {
            let Some(member) = rest.name(out.dialect) else {
                return;
            };
            if rest.eat("on")
                && let Some(table) = rest.name(out.dialect)
            {
                out.uses(Kind::Relation, &table);
                let object = trigger::object(out, kind, &table.object(), &member);
                out.push(Action::Alter, object, member.span());
            }
        }
        Kind::Schema if database && !out.dialect.keys_in_tables => {}
        _ => object(out, &mut rest, kind, &Action::Alter),
    }
}

/// ALTER DEFAULT PRIVILEGES FOR ROLE r IN SCHEMA s GRANT … TO ….
pub(super) fn default_privileges(out: &mut Out<'_>, cursor: Cursor<'_>) {
    let mut cursor = cursor;
    cursor.bump_by(2);
    let whole = cursor.whole();
    let mut schemas = Vec::new();
    while !cursor.is_empty() && !cursor.is_any(&["grant", "revoke"]) {
        if cursor.eat("for") {
            cursor.eat_any(&["role", "user"]);
            let list = cursor.until(&["in", "grant", "revoke"]);
            roles(out, list);
        } else if cursor.eat_phrase("in schema") {
            let list = cursor.until(&["for", "grant", "revoke"]);
            schemas = query::names(out, list);
            for (name, span) in &schemas {
                out.uses_schema(name, *span);
            }
        } else {
            cursor.skip();
        }
    }
    let mut granted = cursor.until(&["to", "from"]);
    granted.until(&["on"]);
    let mut kinds = covered(granted.text_at(1)).to_vec();
    if kinds == [Kind::Routine] {
        kinds.push(Kind::Procedure);
    }
    if schemas.is_empty() {
        schemas.push((Ident::folded(""), whole));
    }
    for of in kinds {
        for (name, span) in &schemas {
            let schema = Object::new(Kind::Schema, ObjectName::bare(name.clone()));
            out.push(Action::CoversNew { of }, schema, *span);
        }
    }
    cursor.bump();
    let list = cursor.until(&["with", "cascade", "restrict"]);
    roles(out, list);
}

/// MySQL: `RENAME TABLE a TO b, c TO d`.
pub(super) fn rename(out: &mut Out<'_>, cursor: Cursor<'_>) {
    let mut cursor = cursor;
    cursor.bump();
    if !cursor.eat_any(&["table", "tables"]) {
        return;
    }
    cursor.eat_phrase("if exists");
    for mut item in cursor.items() {
        if let Some(old) = item.name(out.dialect) {
            item.eat("to");
            if let Some(new) = item.name(out.dialect) {
                out.schema_of(&old);
                super::alter::rename_object(out, Kind::Table, &old.object(), &new, old.span());
            }
        }
    }
}

/// T-SQL: `sp_rename 's.t', 'n'`, `sp_rename 's.t.c', 'n', 'COLUMN'`, `… 'INDEX'`.
pub(super) fn sp_rename(out: &mut Out<'_>, arguments: Cursor<'_>) {
    let mut strings = Vec::new();
    for item in arguments.items() {
        let mut item = item;
        if item.kind() == Some(TokenKind::Param) && item.text_at(1) == "=" {
            item.bump_by(2);
        }
        if item.string_at(0) {
            strings.push(item);
        }
    }
    let [old, new, rest @ ..] = strings.as_slice() else {
        return;
    };
    let Some(name) = super::text::name(out, old.text(), old.span()) else {
        return;
    };
    let fresh = out
        .dialect
        .ident_verbatim(&super::text::unescaped(new.text(), false));
    let class = rest
        .first()
        .map(|class| super::text::unescaped(class.text(), false).to_ascii_lowercase())
        .unwrap_or_default();
    match (class.as_str(), name.owner()) {
        ("column", Some(owner)) => {
            out.schema_of(&owner);
            let to = Object::member(Kind::Column, owner.object(), fresh);
            let from = Object::member(Kind::Column, owner.object(), name.last().clone());
            out.push(Action::Rename { to: Box::new(to) }, from, old.span());
        }
        ("index", Some(owner)) => {
            let to = index::object(out, &owner.object(), &fresh);
            let from = index::object(out, &owner.object(), name.last());
            out.push(Action::Rename { to: Box::new(to) }, from, old.span());
        }
        ("userdatatype", _) => {
            let to = Object::new(Kind::Type, name.object().sibling(fresh));
            let from = Object::new(Kind::Type, name.object());
            out.push(Action::Rename { to: Box::new(to) }, from, old.span());
        }
        _ => {
            out.schema_of(&name);
            let to = Object::new(Kind::Relation, name.object().sibling(fresh));
            let from = Object::new(Kind::Relation, name.object());
            out.push(Action::Rename { to: Box::new(to) }, from, old.span());
        }
    }
}
