//! ALTER of everything that is no table.

use crate::dialect::lex::TokenKind;
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Binding, Kind, Object};

use super::cursor::{Cursor, Name};
use super::define::{self, Flags};
use super::out::Out;
use super::scope::Scope;
use super::{alter, expr, index, kind, made_type, privilege, routine, text, trigger, types, view};

/// Reads what follows the words of the kind.
pub(super) fn read(out: &mut Out<'_>, cursor: Cursor<'_>, kind: Kind) {
    let mut cursor = cursor;
    cursor.eat_phrase("if exists");
    match kind {
        Kind::Routine | Kind::Procedure => of_routine(out, cursor, kind),
        Kind::Trigger | Kind::Policy | Kind::Rule => of_member(out, cursor, kind),
        Kind::Cast => {
            kind::cast(out, &mut cursor, &Action::Alter);
        }
        Kind::Operator => {
            if let Some(name) = kind::operator(out, &mut cursor) {
                out.named(Action::Alter, kind, &name);
            }
            if let Some(inner) = cursor.group() {
                kind::argument_types(out, inner);
            }
            common(out, cursor, kind, None);
        }
        Kind::Role => {
            let name = cursor.name_or_string(out.dialect);
            if let Some(name) = &name {
                let anyone = ["all", "current_user", "current_role", "session_user"];
                if !anyone.contains(&name.last().as_str()) {
                    let role = ObjectName::bare(name.last().clone());
                    out.push(Action::Alter, Object::new(kind, role), name.span());
                }
            }
            if cursor.is_any(&["add", "drop"]) && cursor.any_at(1, &["user", "member"]) {
                cursor.bump_by(2);
                privilege::roles(out, cursor);
            } else if cursor.eat_phrase("rename to")
                && let (Some(old), Some(new)) = (name, cursor.name(out.dialect))
            {
                alter::rename_object(out, kind, &old.object(), &new, old.span());
            }
        }
        Kind::Index => of_index(out, cursor),
        Kind::Schema if cursor.is("character") || cursor.is("default") => {}
        _ => {
            let Some(name) = cursor.name_or_string(out.dialect) else {
                return;
            };
            out.named(Action::Alter, kind, &name);
            specific(out, cursor, kind, &name);
        }
    }
}

/// RENAME TO, SET SCHEMA, OWNER TO: what (nearly) every kind has.
fn common(out: &mut Out<'_>, cursor: Cursor<'_>, kind: Kind, name: Option<&Name>) {
    let mut cursor = cursor;
    if cursor.eat_phrase("rename to") {
        if let (Some(name), Some(new)) = (name, cursor.name_or_string(out.dialect)) {
            alter::rename_object(out, kind, &name.object(), &new, name.span());
        }
    } else if cursor.eat_phrase("set schema") {
        if let (Some(name), Some(schema)) = (name, cursor.name(out.dialect)) {
            if kind == Kind::Extension {
                // What is in it moves; its own name has no schema.
                out.uses_schema(&schema.last().clone(), schema.span());
            } else {
                alter::moved(out, kind, &name.object(), &schema, name.span());
            }
        }
    } else if cursor.phrase("owner to") {
        alter::owner(out, cursor);
    }
}

fn specific(out: &mut Out<'_>, cursor: Cursor<'_>, kind: Kind, name: &Name) {
    let mut rest = cursor;
    let done = match kind {
        Kind::Type | Kind::Enum => of_type(out, rest, name),
        Kind::Domain => of_domain(out, rest, name),
        Kind::View | Kind::MaterializedView => of_view(out, rest, kind, name),
        Kind::Sequence => {
            if !rest.phrase("owned by none") {
                define::owned_by(out, rest);
            }
            false
        }
        Kind::Extension if rest.is_any(&["add", "drop"]) => {
            rest.bump();
            if let Some(member) = kind::read(&mut rest) {
                privilege::object(out, &mut rest, member, &Action::Use);
            }
            true
        }
        Kind::Publication
            if rest.is_any(&["add", "set", "drop"]) && rest.kind_at(1) != Some(TokenKind::Open) =>
        {
            kind::publication(out, rest);
            true
        }
        Kind::Schema if rest.eat("transfer") => {
            transfer(out, rest, name);
            true
        }
        Kind::OperatorClass => {
            kind::operator_class_members(out, rest);
            false
        }
        Kind::Language | Kind::ForeignDataWrapper => {
            kind::routines_behind(out, rest);
            false
        }
        Kind::EventTrigger => {
            define::event_body(out, rest, name);
            false
        }
        _ => false,
    };
    if !done {
        common(out, cursor, kind, Some(name));
    }
}

/// T-SQL: `ALTER SCHEMA s TRANSFER [OBJECT::] t`.
fn transfer(out: &mut Out<'_>, cursor: Cursor<'_>, schema: &Name) {
    let mut cursor = cursor;
    if cursor.kind_at(1) == Some(TokenKind::Operator) {
        cursor.bump_by(2);
    }
    if let Some(moved) = cursor.name(out.dialect) {
        out.uses(Kind::Relation, &moved);
        alter::moved(out, Kind::Relation, &moved.object(), schema, moved.span());
    }
}

fn of_type(out: &mut Out<'_>, cursor: Cursor<'_>, name: &Name) -> bool {
    let mut rest = cursor;
    if rest.eat_phrase("add value") {
        let if_absent = rest.eat_phrase("if not exists");
        if rest.string_at(0) {
            let value = Ident::folded(text::unescaped(rest.text(), false));
            let object = Object::member(Kind::EnumValue, name.object(), value);
            let flags = Flags {
                if_absent,
                ..Flags::default()
            };
            out.push(flags.action(), object, rest.span());
            rest.bump();
        }
        if rest.eat_any(&["before", "after"]) && rest.string_at(0) {
            let value = Ident::folded(text::unescaped(rest.text(), false));
            let object = Object::member(Kind::EnumValue, name.object(), value);
            out.push(Action::Use, object, rest.span());
        }
        return true;
    }
    if rest.eat_phrase("rename value") {
        let old = rest;
        rest.bump();
        rest.eat("to");
        if old.string_at(0) && rest.string_at(0) {
            let value = |at: &Cursor<'_>| {
                let value = Ident::folded(text::unescaped(at.text(), false));
                Object::member(Kind::EnumValue, name.object(), value)
            };
            let to = value(&rest);
            out.push(Action::Rename { to: Box::new(to) }, value(&old), old.span());
        }
        return true;
    }
    if rest.eat_phrase("rename attribute") {
        if let Some(old) = rest.name(out.dialect) {
            rest.eat("to");
            if let Some(new) = rest.name(out.dialect) {
                let attribute =
                    |part: &Name| Object::member(Kind::Column, name.object(), part.last().clone());
                out.push(
                    Action::Rename {
                        to: Box::new(attribute(&new)),
                    },
                    attribute(&old),
                    old.span(),
                );
            }
        }
        return true;
    }
    let mut found = false;
    for mut item in cursor.items() {
        if item.eat_phrase("add attribute") {
            if let Some(column) = item.name(out.dialect) {
                out.column(
                    Flags::default().action(),
                    &name.object(),
                    column.last(),
                    column.span(),
                );
                types::used(out, &mut item);
            }
        } else if item.eat_phrase("drop attribute") {
            let action = alter::dropped(&item);
            item.eat_phrase("if exists");
            if let Some(column) = item.name(out.dialect) {
                out.column(action, &name.object(), column.last(), column.span());
            }
        } else if item.eat_phrase("alter attribute") {
            if let Some(column) = item.name(out.dialect) {
                for action in [Action::Alter, Action::Retype] {
                    out.column(action, &name.object(), column.last(), column.span());
                }
                item.eat_phrase("set data");
                item.eat("type");
                types::used(out, &mut item);
            }
        } else {
            continue;
        }
        found = true;
    }
    found
}

fn of_domain(out: &mut Out<'_>, cursor: Cursor<'_>, name: &Name) -> bool {
    let mut rest = cursor;
    let constraint =
        |member: &Name| Object::member(Kind::Constraint, name.object(), member.last().clone());
    if rest.eat("add") {
        made_type::domain_rest(out, rest, name);
        let mut valid = rest;
        valid.until_where(|cursor| cursor.phrase("not valid"));
        if valid.is_empty() {
            out.push(
                Action::Tighten,
                Object::new(Kind::Domain, name.object()),
                name.span(),
            );
        }
    } else if rest.eat_phrase("drop constraint") {
        let action = alter::dropped(&rest);
        rest.eat_phrase("if exists");
        if let Some(member) = rest.name(out.dialect) {
            out.push(action, constraint(&member), member.span());
        }
    } else if rest.eat_phrase("rename constraint") {
        if let Some(old) = rest.name(out.dialect) {
            rest.eat("to");
            if let Some(new) = rest.name(out.dialect) {
                out.push(
                    Action::Rename {
                        to: Box::new(constraint(&new)),
                    },
                    constraint(&old),
                    old.span(),
                );
            }
        }
    } else if rest.eat_phrase("validate constraint") {
        if let Some(member) = rest.name(out.dialect) {
            out.push(Action::Alter, constraint(&member), member.span());
            out.push(
                Action::Tighten,
                Object::new(Kind::Domain, name.object()),
                name.span(),
            );
        }
    } else if rest.eat_phrase("set default") {
        out.stored(Binding::Hard, |out| {
            expr::read(out, rest, &Scope::default())
        });
    } else if rest.phrase("set not null") {
        out.push(
            Action::Tighten,
            Object::new(Kind::Domain, name.object()),
            name.span(),
        );
    } else {
        return false;
    }
    true
}

fn of_view(out: &mut Out<'_>, cursor: Cursor<'_>, kind: Kind, name: &Name) -> bool {
    let mut rest = cursor;
    if rest.is("as") || rest.is_open() || rest.phrase("with schemabinding") {
        // MySQL and SQL Server: a new body.
        let replaced = Flags {
            replace: true,
            ..Flags::default()
        };
        out.named(replaced.action(), kind, name);
        view::view_body(out, rest, name, kind, Flags::default(), false);
        return true;
    }
    let column = |part: &Name| Object::member(Kind::Column, name.object(), part.last().clone());
    if rest.is("rename") && !rest.is_at(1, "to") {
        rest.bump();
        rest.eat("column");
        if let Some(old) = rest.name(out.dialect) {
            rest.eat("to");
            if let Some(new) = rest.name(out.dialect) {
                out.push(
                    Action::Rename {
                        to: Box::new(column(&new)),
                    },
                    column(&old),
                    old.span(),
                );
            }
        }
        return true;
    }
    if rest.eat("alter") {
        rest.eat("column");
        if let Some(part) = rest.name(out.dialect) {
            out.push(Action::Alter, column(&part), part.span());
            if rest.eat_phrase("set default") {
                out.stored(Binding::Hard, |out| {
                    expr::read(out, rest, &Scope::default())
                });
            }
        }
        return true;
    }
    if rest.eat_phrase("set tablespace") {
        super::table::tablespace(out, &mut rest);
        return true;
    }
    if rest.eat_phrase("cluster on") {
        if let Some(name) = rest.name(out.dialect) {
            out.uses(Kind::Index, &name);
        }
        return true;
    }
    false
}

fn of_routine(out: &mut Out<'_>, cursor: Cursor<'_>, kind: Kind) {
    let mut cursor = cursor;
    // T-SQL: ALTER PROCEDURE gives a new body.
    if out.dialect.semicolons_are_optional {
        let mut at = cursor;
        if let Some(name) = at.name(out.dialect) {
            let object = Object {
                kind,
                ..Object::routine(name.object(), kind::signature(None))
            };
            out.push(Action::Alter, object, name.span());
        }
        let flags = Flags {
            replace: true,
            ..Flags::default()
        };
        routine::read(out, cursor, kind, flags);
        return;
    }
    let Some(object) = kind::routine(out, &mut cursor, kind, Action::Alter) else {
        return;
    };
    if cursor.eat_phrase("rename to") {
        if let Some(new) = cursor.name(out.dialect) {
            let mut to = object.clone();
            to.name = object.name.sibling(new.last().clone());
            out.push(Action::Rename { to: Box::new(to) }, object, new.span());
        }
    } else if cursor.eat_phrase("set schema") {
        if let Some(schema) = cursor.name(out.dialect) {
            out.uses_schema(&schema.last().clone(), schema.span());
            let mut to = object.clone();
            to.name.schema = Some(schema.last().clone());
            out.push(Action::Rename { to: Box::new(to) }, object, schema.span());
        }
    } else if cursor.phrase("owner to") {
        alter::owner(out, cursor);
    } else if cursor.phrase("depends on extension") || cursor.phrase("no depends on extension") {
        cursor.until(&["extension"]);
        cursor.bump();
        if let Some(extension) = cursor.name(out.dialect) {
            out.uses(Kind::Extension, &extension);
        }
    }
}

/// ALTER TRIGGER t ON u, ALTER POLICY p ON u, ALTER RULE r ON u.
fn of_member(out: &mut Out<'_>, cursor: Cursor<'_>, kind: Kind) {
    let mut cursor = cursor;
    if out.dialect.semicolons_are_optional && kind == Kind::Trigger {
        trigger::read(
            out,
            cursor,
            Flags {
                replace: true,
                ..Flags::default()
            },
        );
        return;
    }
    let Some(member) = cursor.name(out.dialect) else {
        return;
    };
    if !cursor.eat("on") {
        return;
    }
    let Some(table) = cursor.name(out.dialect) else {
        return;
    };
    out.uses(Kind::Relation, &table);
    let object = |name: Ident| Object::member(kind, table.object(), name);
    out.push(Action::Alter, object(member.last().clone()), member.span());
    if cursor.eat_phrase("rename to") {
        if let Some(new) = cursor.name(out.dialect) {
            let to = object(new.last().clone());
            out.push(
                Action::Rename { to: Box::new(to) },
                object(member.last().clone()),
                member.span(),
            );
        }
    } else if cursor.phrase("depends on extension") {
        cursor.bump_by(3);
        if let Some(extension) = cursor.name(out.dialect) {
            out.uses(Kind::Extension, &extension);
        }
    } else if kind == Kind::Policy {
        view::policy_rest(out, cursor, &table.object());
    }
}

/// ALTER INDEX i …; T-SQL names its table: ALTER INDEX i ON t REBUILD.
fn of_index(out: &mut Out<'_>, cursor: Cursor<'_>) {
    let mut cursor = cursor;
    if cursor.phrase("all in tablespace") {
        return;
    }
    let Some(name) = cursor.name(out.dialect) else {
        return;
    };
    if cursor.eat("on") {
        if let Some(table) = cursor.name(out.dialect) {
            out.uses(Kind::Relation, &table);
            if name.last() != "all" {
                let object = index::object(out, &table.object(), name.last());
                out.push(Action::Alter, object, name.span());
            }
        }
        return;
    }
    out.named(Action::Alter, Kind::Index, &name);
    if cursor.eat_phrase("attach partition") {
        if let Some(child) = cursor.name(out.dialect) {
            out.named(Action::Alter, Kind::Index, &child);
        }
    } else if cursor.eat_phrase("set tablespace") {
        super::table::tablespace(out, &mut cursor);
    } else {
        common(out, cursor, Kind::Index, Some(&name));
    }
}
