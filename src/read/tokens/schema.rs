//! CREATE SCHEMA, with the elements that it may define.

use crate::dialect::lex::TokenKind;
use crate::name::ObjectName;
use crate::read::fact::{Action, Kind};

use super::cursor::{Cursor, Name};
use super::define::{Flags, defined};
use super::out::Out;
use super::scope::Scope;
use super::statement;

/// `CREATE SCHEMA s AUTHORIZATION r CREATE TABLE … GRANT …`.
pub(super) fn schema(out: &mut Out<'_>, cursor: Cursor<'_>, flags: Flags) {
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
