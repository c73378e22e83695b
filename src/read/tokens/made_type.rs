//! Types and domains that patches make.

use crate::dialect::lex::TokenKind;
use crate::name::Ident;
use crate::read::fact::{Action, Binding, Kind, Object};

use super::cursor::{Cursor, Name};
use super::define::{Flags, defined};
use super::out::Out;
use super::scope::Scope;
use super::{constraint, expr, kind, text, types};

/// `CREATE TYPE t AS (…) | AS ENUM (…) | AS RANGE (…) | (…)`, and the forms of others.
pub(super) fn type_(out: &mut Out<'_>, cursor: Cursor<'_>, flags: Flags) {
    let mut cursor = cursor;
    let Some(name) = cursor.name(out.dialect) else {
        return;
    };
    let kind = if cursor.phrase("as enum") {
        Kind::Enum
    } else if cursor.is_empty() {
        Kind::ShellType
    } else {
        Kind::Type
    };
    if cursor.is_open() || cursor.phrase("as range") {
        let shell = Object::new(Kind::ShellType, name.object());
        out.imply(Action::Use, shell, name.span());
    }
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
                if constraint::starts(out, &item) {
                    continue;
                }
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
pub(super) fn domain(out: &mut Out<'_>, cursor: Cursor<'_>, flags: Flags) {
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
