//! Strings that name objects or values of enums, by the cast or the function around them.

use crate::dialect::lex::TokenKind;
use crate::name::Ident;
use crate::read::fact::{Action, Binding, Kind, Object, Signature};
use crate::source::Span;

use super::cursor::{Cursor, unquoted};
use super::out::Out;
use super::{own, text, types};

/// `CAST('v' AS mood)`: the value of an enum.
pub(super) fn cast_value(out: &mut Out<'_>, inner: Cursor<'_>) {
    if inner.kind() == Some(TokenKind::String) && inner.is_at(1, "as") {
        let value = out.dialect.ident_verbatim(&unquoted(inner.text()));
        let mut target = inner;
        target.bump_by(2);
        if let Some(found) = types::read(out, &mut target) {
            types::value(out, &found, value, inner.span());
        }
    }
}

/// The first argument of `nextval` and its kin, where it is a literal.
pub(super) fn sequence(out: &mut Out<'_>, cursor: &mut Cursor<'_>) {
    let at = *cursor;
    if !at.string_at(0) {
        // MariaDB: `NEXTVAL(s)`.
        if out.dialect.lexing.backtick_idents
            && at.named_at(0)
            && let Some(name) = cursor.name(out.dialect)
        {
            out.uses(Kind::Sequence, &name);
        }
        return;
    }
    let Some(name) = text::name(out, at.text(), at.span()) else {
        return;
    };
    cursor.bump();
    let mut late = false;
    if cursor.is_op("::") {
        cursor.bump();
        late = types::read(out, cursor).is_some_and(|found| found.word != "regclass");
    }
    let binding = if late { Binding::Late } else { out.now.binding };
    out.under(
        |now| now.binding = binding,
        |out| out.uses(Kind::Sequence, &name),
    );
}

/// `pg_get_serial_sequence('s.t', 'c')`.
pub(super) fn serial_sequence(out: &mut Out<'_>, inner: Cursor<'_>) {
    let arguments: Vec<_> = inner.items().collect();
    if let [table, column] = arguments.as_slice()
        && table.string_at(0)
        && column.string_at(0)
        && let Some(name) = text::name(out, table.text(), table.span())
    {
        out.uses(Kind::Relation, &name);
        let column_name = out.dialect.ident_verbatim(&unquoted(column.text()));
        out.column(Action::Use, &name.object(), &column_name, column.span());
    }
}

/// A string, and the casts behind it that make a name or an enum's value of it.
pub(super) fn literal(out: &mut Out<'_>, cursor: &mut Cursor<'_>) {
    let start = *cursor;
    cursor.bump();
    while cursor.string_at(0) {
        cursor.bump();
    }
    let mut first = true;
    while cursor.is_op("::") {
        cursor.bump();
        let Some(found) = types::used(out, cursor) else {
            return;
        };
        if first && !found.many {
            names_object(out, start.text(), start.span(), &found);
        }
        first = false;
    }
}

/// `mood 'v'`, `regclass 's.t'`.
pub(super) fn typed_literal(out: &mut Out<'_>, cursor: &mut Cursor<'_>) {
    let Some(found) = types::used(out, cursor) else {
        cursor.bump();
        return;
    };
    let start = *cursor;
    cursor.bump();
    names_object(out, start.text(), start.span(), &found);
}

/// A literal of a type whose values are names of objects, or of an enum.
fn names_object(out: &mut Out<'_>, literal: &str, span: Span, found: &types::Type) {
    let kind = match found.word.as_str() {
        "regclass" => Kind::Relation,
        "regtype" => Kind::Type,
        "regrole" => Kind::Role,
        "regnamespace" => Kind::Schema,
        "regproc" | "regprocedure" => Kind::Routine,
        "regconfig" => Kind::TextSearch,
        "regdictionary" => Kind::TextSearchDictionary,
        "regcollation" => Kind::Collation,
        _ => {
            let value: Ident = Ident::folded(unquoted(literal));
            types::value(out, found, value, span);
            return;
        }
    };
    let Some(name) = text::name(out, literal, span) else {
        return;
    };
    if own::has_system_schema(out, &name) {
        return;
    }
    match kind {
        Kind::Routine => {
            out.schema_of(&name);
            let types = text::argument_types(out, literal, span);
            let count = types
                .as_ref()
                .map(|types| u16::try_from(types.len()).unwrap_or(u16::MAX));
            let signature = Signature {
                min: count.unwrap_or(0),
                max: count,
                types,
            };
            out.push(Action::Use, Object::routine(name.object(), signature), span);
        }
        Kind::Type => types::uses_unless_built_in(out, &name),
        Kind::Relation if own::is_relation(out, &name) => {}
        Kind::Collation if own::is_collation(out, &name) => {}
        Kind::TextSearch | Kind::TextSearchDictionary if own::is_text_search(&name) => {}
        _ => out.uses(kind, &name),
    }
}
