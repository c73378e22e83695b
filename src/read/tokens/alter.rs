//! ALTER TABLE and its actions.

use crate::dialect::lex::TokenKind;
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Kind, Object};

use super::cursor::{Cursor, Name};
use super::define::Flags;
use super::out::Out;
use super::table::{self, Table};
use super::{alter_column, column, constraint, expr, index, kind, query, types};

/// Reads what follows ALTER.
pub(super) fn read(out: &mut Out<'_>, cursor: Cursor<'_>) {
    let mut cursor = cursor;
    cursor.bump();
    while cursor.eat_any(&["online", "ignore", "offline"]) {}
    if cursor.phrase("default privileges") {
        super::privilege::default_privileges(out, cursor);
        return;
    }
    if cursor.is("definer") || cursor.is("algorithm") || cursor.phrase("sql security") {
        cursor.until(&["view", "event", "procedure", "function"]);
    }
    let Some(kind) = kind::read(&mut cursor) else {
        return;
    };
    if kind == Kind::Table {
        alter_table(out, cursor);
    } else {
        super::alter_other::read(out, cursor, kind);
    }
}

fn alter_table(out: &mut Out<'_>, cursor: Cursor<'_>) {
    let mut cursor = cursor;
    cursor.eat_phrase("if exists");
    if cursor.phrase("all in tablespace") {
        return;
    }
    if cursor.is("only") && cursor.named_at(1) {
        cursor.bump();
    }
    let Some(name) = cursor.name_or_string(out.dialect) else {
        return;
    };
    cursor.eat_op("*");
    out.named(Action::Alter, Kind::Table, &name);
    let mut table = Table::existing(&name);
    // T-SQL: `WITH CHECK ADD …`, `WITH NOCHECK ADD …`
    let mut checked = None;
    if cursor.is("with") && cursor.any_at(1, &["check", "nocheck"]) {
        checked = Some(cursor.is_at(1, "check"));
        cursor.bump_by(2);
    }
    // T-SQL: what follows a comma goes on with the same verb.
    let mut verb = Verb::None;
    for item in cursor.items() {
        verb = action(out, item, &mut table, verb, checked);
    }
}

/// The verb that an action without one goes on with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    None,
    Add,
    DropColumn,
    DropConstraint,
}

/// Reads one action.
fn action(
    out: &mut Out<'_>,
    item: Cursor<'_>,
    table: &mut Table,
    verb: Verb,
    checked: Option<bool>,
) -> Verb {
    let mut item = item;
    if item.phrase("add partition") || item.phrase("reorganize partition") {
        // MySQL: a partition is a part of the table; rows that belong into it need it.
        let parent = table.name.clone();
        let object = Object::new(Kind::Table, parent.clone());
        out.push(
            Action::Partitions {
                parent: Box::new(parent),
            },
            object,
            table.span,
        );
        return Verb::None;
    }
    if item.eat("add") {
        add(out, item, table, checked);
        return Verb::Add;
    }
    if item.eat("drop") {
        return drop(out, item, table);
    }
    match () {
        () if item.is("alter") => {
            item.bump();
            alter_column::alter(out, item, table);
        }
        () if item.is("modify") && out.dialect.keys_in_tables => {
            item.bump();
            alter_column::modify(out, item, table);
        }
        () if item.is("change") && out.dialect.keys_in_tables => {
            item.bump();
            alter_column::change(out, item, table);
        }
        () if item.is("rename") => {
            item.bump();
            rename(out, item, table);
        }
        () if item.is("set") => set(out, item, table),
        () if item.phrase("owner to") => owner(out, item),
        () if item.is_any(&["attach", "detach"]) && item.is_at(1, "partition") => {
            partition(out, item, table)
        }
        () if item.eat_phrase("validate constraint") => {
            member(out, &mut item, table, Kind::Constraint, Action::Alter);
            constraint::tighten(out, table, &[], table.span);
        }
        () if item.is_any(&["check", "nocheck"]) && item.is_at(1, "constraint") => {
            let tightens = item.is("check");
            item.bump_by(2);
            if !item.is("all") {
                member(out, &mut item, table, Kind::Constraint, Action::Alter);
            }
            if tightens {
                constraint::tighten(out, table, &[], table.span);
            }
        }
        () if item.is_any(&["enable", "disable"]) => enable(out, item, table),
        () if item.is("inherit") || item.phrase("no inherit") => {
            item.eat("no");
            item.bump();
            if let Some(parent) = item.name(out.dialect) {
                out.uses(Kind::Table, &parent);
            }
        }
        () if item.is("of") => {
            item.bump();
            types::used(out, &mut item);
        }
        () if item.eat_phrase("cluster on") || item.eat_phrase("replica identity using index") => {
            if let Some(name) = item.name(out.dialect) {
                let object = index::object(out, &table.name, name.last());
                out.push(Action::Use, object, name.span());
            }
        }
        () if item.is("options") || item.is("engine") => {}
        () if item.is("exchange") || item.is("switch") => {
            item.until(&["table", "to"]);
            item.bump();
            if let Some(other) = item.name(out.dialect) {
                out.named(Action::Alter, Kind::Table, &other);
            }
        }
        () => match verb {
            Verb::Add if item.named_at(0) => {
                if constraint::starts(out, &item) {
                    constraint::read(out, item, table, checked);
                } else if out.dialect.semicolons_are_optional {
                    add_column(out, item, table, false);
                }
                return Verb::Add;
            }
            Verb::DropColumn | Verb::DropConstraint => {
                let mut verb = verb;
                if item.eat("column") {
                    verb = Verb::DropColumn;
                } else if item.eat("constraint") {
                    verb = Verb::DropConstraint;
                }
                let kind = if verb == Verb::DropColumn {
                    Kind::Column
                } else {
                    Kind::Constraint
                };
                drop_member(out, item, table, kind);
                return verb;
            }
            _ => {}
        },
    }
    Verb::None
}

/// A member of the table by its name.
pub(super) fn member(
    out: &mut Out<'_>,
    item: &mut Cursor<'_>,
    table: &Table,
    kind: Kind,
    action: Action,
) {
    if let Some(name) = item.name_or_string(out.dialect) {
        let object = Object::member(kind, table.name.clone(), name.last().clone());
        out.push(action, object, name.span());
    }
}

fn add(out: &mut Out<'_>, item: Cursor<'_>, table: &mut Table, checked: Option<bool>) {
    let mut item = item;
    if item.eat_phrase("partition") {
        return;
    }
    if constraint::starts(out, &item) {
        constraint::read(out, item, table, checked);
        return;
    }
    item.eat("column");
    let if_absent = item.eat_phrase("if not exists");
    if item.is_open() {
        // `ADD (a int, b int)`
        for part in item.inside().items() {
            if constraint::starts(out, &part) {
                constraint::read(out, part, table, checked);
            } else {
                add_column(out, part, table, false);
            }
        }
        return;
    }
    add_column(out, item, table, if_absent);
}

fn add_column(out: &mut Out<'_>, item: Cursor<'_>, table: &mut Table, if_absent: bool) {
    let mut item = item;
    let Some(name) = item.name_or_string(out.dialect) else {
        return;
    };
    // What comes with the column is new with it: no row that is there is checked.
    let mut fresh = Table {
        name: table.name.clone(),
        span: table.span,
        own: std::iter::once(name.last().clone()).collect(),
        parents: vec![table.name.clone()],
        taken: std::mem::take(&mut table.taken),
        unnamed_foreign_keys: None,
        existing: false,
        flags: Flags {
            if_absent,
            ..Flags::default()
        },
    };
    column::column(out, item, &mut fresh, name.last(), name.span());
    after(out, item, table);
    table.taken = fresh.taken;
}

/// MySQL: `AFTER other`.
pub(super) fn after(out: &mut Out<'_>, item: Cursor<'_>, table: &Table) {
    let mut item = item;
    if !out.dialect.keys_in_tables {
        return;
    }
    item.until(&["after"]);
    item.bump();
    member(out, &mut item, table, Kind::Column, Action::Use);
}

fn drop(out: &mut Out<'_>, item: Cursor<'_>, table: &Table) -> Verb {
    let mut item = item;
    match () {
        () if item.eat("constraint") => {
            drop_member(out, item, table, Kind::Constraint);
            Verb::DropConstraint
        }
        () if item.phrase("primary key") => {
            let span = item.span();
            let key = Object::key(table.name.clone(), Vec::new());
            out.push(dropped(&item), key, span);
            Verb::None
        }
        () if item.eat_phrase("foreign key") || item.is("check") && out.dialect.keys_in_tables => {
            item.eat("check");
            drop_member(out, item, table, Kind::Constraint);
            Verb::None
        }
        () if item.is_any(&["index", "key"]) && out.dialect.keys_in_tables => {
            item.bump();
            let action = dropped(&item);
            item.eat_phrase("if exists");
            if let Some(name) = item.name(out.dialect) {
                let object = index::object(out, &table.name, name.last());
                out.push(action, object, name.span());
            }
            Verb::None
        }
        () if item.is("partition") || item.is("period") || item.is("system") => Verb::None,
        () => {
            // T-SQL: without COLUMN it is a constraint.
            let named = item.eat("column") || !out.dialect.semicolons_are_optional;
            let kind = if named {
                Kind::Column
            } else {
                Kind::Constraint
            };
            drop_member(out, item, table, kind);
            if out.dialect.semicolons_are_optional {
                Verb::DropColumn
            } else {
                Verb::None
            }
        }
    }
}

/// The action of a DROP whose words follow.
pub(super) fn dropped(rest: &Cursor<'_>) -> Action {
    Action::Drop {
        if_exists: rest.phrase("if exists"),
        cascade: rest.has(&["cascade"]),
    }
}

fn drop_member(out: &mut Out<'_>, item: Cursor<'_>, table: &Table, kind: Kind) {
    let mut item = item;
    let action = dropped(&item);
    item.eat_phrase("if exists");
    if item.is_open() {
        // MariaDB and Oracle: `DROP (a, b)`.
        for (name, span) in query::names(out, item.inside()) {
            let object = Object::member(kind, table.name.clone(), name);
            out.push(action.clone(), object, span);
        }
        return;
    }
    member(out, &mut item, table, kind, action);
}

pub(super) fn rename_member(out: &mut Out<'_>, table: &Table, kind: Kind, old: &Name, new: &Ident) {
    let object = |name: &Ident| Object::member(kind, table.name.clone(), name.clone());
    let to = object(new);
    out.push(
        Action::Rename { to: Box::new(to) },
        object(old.last()),
        old.span(),
    );
}

fn rename(out: &mut Out<'_>, item: Cursor<'_>, table: &Table) {
    let mut item = item;
    if item.eat_any(&["to", "as"]) {
        if let Some(new) = item.name_or_string(out.dialect) {
            rename_object(out, Kind::Table, &table.name, &new, table.span);
        }
        return;
    }
    let kind = match () {
        () if item.is("constraint") && !item.is_at(1, "to") => Kind::Constraint,
        () if item.is_any(&["index", "key"])
            && !item.is_at(1, "to")
            && out.dialect.keys_in_tables =>
        {
            Kind::Index
        }
        () => Kind::Column,
    };
    if kind != Kind::Column || item.is("column") && !item.is_at(1, "to") {
        item.bump();
    }
    item.eat_phrase("if exists");
    let Some(old) = item.name_or_string(out.dialect) else {
        return;
    };
    if item.is_empty() && kind == Kind::Column {
        // MySQL: `RENAME new`
        rename_object(out, Kind::Table, &table.name, &old, table.span);
        return;
    }
    item.eat("to");
    let Some(new) = item.name_or_string(out.dialect) else {
        return;
    };
    if kind == Kind::Index {
        let to = index::object(out, &table.name, new.last());
        let object = index::object(out, &table.name, old.last());
        out.push(Action::Rename { to: Box::new(to) }, object, old.span());
    } else {
        rename_member(out, table, kind, &old, new.last());
        if kind == Kind::Constraint {
            // Its index, if it has one, goes along; that is for who knows the index.
        }
    }
}

/// An object gets another name; a new name without a schema stays in the old one's.
pub(super) fn rename_object(
    out: &mut Out<'_>,
    kind: Kind,
    old: &ObjectName,
    new: &Name,
    span: crate::source::Span,
) {
    let mut name = new.object();
    if name.schema.is_none() {
        name.schema.clone_from(&old.schema);
    }
    let to = Object::new(kind, name);
    out.push(
        Action::Rename { to: Box::new(to) },
        Object::new(kind, old.clone()),
        span,
    );
}

fn set(out: &mut Out<'_>, item: Cursor<'_>, table: &Table) {
    let mut item = item;
    item.bump();
    if item.eat("schema") {
        if let Some(schema) = item.name(out.dialect) {
            moved(out, Kind::Table, &table.name, &schema, table.span);
        }
    } else if item.eat("tablespace") {
        table::tablespace(out, &mut item);
    } else if item.eat_phrase("access method") {
        item.bump();
    }
}

/// SET SCHEMA: the object gets another schema.
pub(super) fn moved(
    out: &mut Out<'_>,
    kind: Kind,
    old: &ObjectName,
    schema: &Name,
    span: crate::source::Span,
) {
    out.uses_schema(&schema.last().clone(), schema.span());
    let new = ObjectName::qualified(schema.last().clone(), old.name.clone());
    let to = Object::new(kind, new);
    out.push(
        Action::Rename { to: Box::new(to) },
        Object::new(kind, old.clone()),
        span,
    );
}

/// OWNER TO role.
pub(super) fn owner(out: &mut Out<'_>, item: Cursor<'_>) {
    let mut item = item;
    item.bump_by(2);
    if let Some(role) = item.name(out.dialect) {
        out.uses_role(&role);
    }
}

fn partition(out: &mut Out<'_>, item: Cursor<'_>, table: &Table) {
    let mut item = item;
    let attach = item.is("attach");
    item.bump_by(2);
    if let Some(child) = item.name(out.dialect) {
        out.named(Action::Alter, Kind::Table, &child);
        if attach {
            let parent = table.name.clone();
            let object = Object::new(Kind::Table, child.object());
            out.push(
                Action::Partitions {
                    parent: Box::new(parent),
                },
                object,
                child.span(),
            );
        }
    }
    if attach && item.phrase("for values") {
        expr::read(out, item, &super::scope::Scope::default());
    }
}

/// Takes `DISABLE TRIGGER`, `ENABLE ALWAYS RULE` and the like.
pub(super) fn switched(item: &mut Cursor<'_>) -> Option<Kind> {
    item.bump();
    item.eat_any(&["always", "replica"]);
    match () {
        () if item.eat("trigger") => Some(Kind::Trigger),
        () if item.eat("rule") => Some(Kind::Rule),
        () => None,
    }
}

fn enable(out: &mut Out<'_>, item: Cursor<'_>, table: &Table) {
    let mut item = item;
    let Some(kind) = switched(&mut item) else {
        return;
    };
    if item.is_any(&["all", "user"])
        && item
            .kind_at(1)
            .is_none_or(|kind| kind == TokenKind::Semicolon)
    {
        return;
    }
    if let Some(name) = item.name(out.dialect) {
        let object = super::trigger::object(out, kind, &table.name, &name);
        out.push(Action::Alter, object, name.span());
    }
}
