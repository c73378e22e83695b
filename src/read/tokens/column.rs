//! Columns of tables: type, default, identity, constraints.

use crate::dialect::lex::TokenKind;
use crate::name::Ident;
use crate::read::fact::{Kind, Object};
use crate::source::Span;

use super::cursor::{Cursor, Name};
use super::out::Out;
use super::table::Table;
use super::types::Type;
use super::{constraint, expr, text, types};
use crate::read::implied;

/// Reads a column behind its name: its type, then its constraints.
pub(super) fn column(
    out: &mut Out<'_>,
    cursor: Cursor<'_>,
    table: &mut Table,
    name: &Ident,
    span: Span,
) {
    let flags = table.flags;
    table.define_column(out, name, span, flags);
    let mut cursor = cursor;
    let found = column_type(out, &mut cursor, table, name, span);
    column_rest(out, cursor, table, &(name.clone(), span), found.as_ref());
}

/// The type of a column, if it has one, and the sequence of a serial one.
pub(super) fn column_type(
    out: &mut Out<'_>,
    cursor: &mut Cursor<'_>,
    table: &Table,
    name: &Ident,
    span: Span,
) -> Option<Type> {
    if !cursor.named_at(0) || is_column_constraint(cursor) {
        return None;
    }
    let found = types::used(out, cursor)?;
    // SQLite takes any words for a type.
    while cursor.kind() == Some(TokenKind::Word) && !is_column_constraint(cursor) {
        cursor.bump();
        if cursor.is_open() {
            cursor.skip();
        }
    }
    if found.is_serial() && out.dialect.names_the_unnamed {
        sequence(out, table, name, span, None);
    }
    Some(found)
}

/// The sequence behind a serial or identity column.
pub(super) fn sequence(
    out: &mut Out<'_>,
    table: &Table,
    column: &Ident,
    span: Span,
    given: Option<Name>,
) {
    if !out.dialect.names_the_unnamed {
        return;
    }
    if let Some(name) = given {
        out.named(table.flags.action(), Kind::Sequence, &name);
        return;
    }
    let name = implied::sequence(&table.name.name, column);
    let object = Object::new(Kind::Sequence, table.name.sibling(name));
    out.imply(table.flags.action(), object, span);
}

/// The words that a constraint or option of a column begins with.
#[rustfmt::skip]
const COLUMN_CONSTRAINTS: &[&str] = &[
    "constraint", "not", "null", "default", "primary", "unique", "check", "references",
    "generated", "collate", "auto_increment", "autoincrement", "comment", "on", "identity",
    "as", "character", "charset", "key", "storage", "compression", "encoding", "invisible",
    "visible", "virtual", "stored", "persistent", "persisted", "deferrable", "initially",
    "options", "first", "after", "using", "sparse", "rowguidcol", "column_format", "masked",
    "srid", "without", "with", "foreign", "compressed", "hidden", "index", "filestream", "add",
    "binary", "ascii", "unicode", "ref_system_id", "engine_attribute",
];

pub(super) fn is_column_constraint(cursor: &Cursor<'_>) -> bool {
    cursor.is_any(COLUMN_CONSTRAINTS)
}

/// The constraints and options of a column, one by one.
pub(super) fn column_rest(
    out: &mut Out<'_>,
    cursor: Cursor<'_>,
    table: &mut Table,
    column: &(Ident, Span),
    column_type: Option<&Type>,
) {
    let mut rest = cursor;
    while !rest.is_empty() {
        let start = rest;
        if rest.eat_any(&["default"]) {
            let value = rest.until_where(|here| ends_default(&start, here));
            default(out, value, table, column_type);
        } else if rest.phrase("on update") && !rest.any_at(2, &["cascade", "restrict", "set", "no"])
        {
            rest.bump_by(2);
            rest.until_where(is_column_constraint);
        } else if rest.is("generated") || rest.is("as") && rest.kind_at(1) == Some(TokenKind::Open)
        {
            generated(out, &mut rest, table, column);
        } else if rest.is("identity") {
            rest.bump();
            if rest.is_open() {
                rest.skip();
            }
        } else if rest.is("collate") {
            rest.bump();
            if let Some(name) = rest.name_or_string(out.dialect) {
                expr::collation(out, &name);
            }
        } else if let Some(next) = constraint::of_column(out, rest, table, column) {
            rest = next;
        } else if rest.is("comment") || rest.is("options") {
            rest.bump();
            rest.skip();
        } else {
            rest.skip();
        }
    }
}

/// Whether a default ends here. Words inside the value (`NOT x`, `a COLLATE "C"`) are rare; what
/// begins a constraint ends it, except right at its start.
fn ends_default(start: &Cursor<'_>, here: &Cursor<'_>) -> bool {
    is_column_constraint(here)
        && here.place() > start.place() + 1
        && !here.is_any(&[
            "with",
            "without",
            "as",
            "key",
            "index",
            "character",
            "binary",
        ])
}

fn default(out: &mut Out<'_>, value: Cursor<'_>, table: &Table, column_type: Option<&Type>) {
    if value.string_at(0)
        && let Some(found) = column_type
    {
        let mut behind = value;
        behind.bump();
        if behind.is_empty() {
            let text = Ident::folded(text::unescaped(value.text(), false));
            types::value(out, found, text, value.span());
        }
    }
    table.stored(out, value);
}

/// `GENERATED … AS IDENTITY (…)`, `[GENERATED ALWAYS] AS (expression) STORED`.
fn generated(out: &mut Out<'_>, rest: &mut Cursor<'_>, table: &mut Table, column: &(Ident, Span)) {
    while !rest.is_empty() && !rest.is("as") {
        rest.bump();
    }
    rest.bump();
    if rest.eat("identity") {
        let mut given = None;
        if let Some(options) = rest.group() {
            let mut options = options;
            options.until_where(|cursor| cursor.phrase("sequence name"));
            if options.eat_phrase("sequence name") {
                given = options.name(out.dialect);
            }
        }
        sequence(out, table, &column.0, column.1, given);
    } else if let Some(inner) = rest.group() {
        table.stored(out, inner);
    } else if rest.is("row") {
        // A system-versioning column.
        rest.bump_by(2);
    }
}
