//! Constraints of tables, at a column or on their own, in CREATE and in ALTER, and what they imply.

use crate::dialect::lex::TokenKind;
use crate::name::Ident;
use crate::read::fact::{Action, Binding, Kind, Object};
use crate::read::implied;
use crate::source::Span;

use super::cursor::{Cursor, Name};
use super::out::Out;
use super::table::{self, Table};
use super::{expr, index, key, own};

/// A name and its place.
pub(super) type Word = (Ident, Span);

/// Whether an item of a table is a constraint or an index rather than a column.
pub(super) fn starts(out: &Out<'_>, item: &Cursor<'_>) -> bool {
    if item.kind() != Some(TokenKind::Word) {
        return false;
    }
    if item.is_any(&["constraint", "unique", "check"]) {
        return true;
    }
    if item.is("primary") || item.is("foreign") {
        return item.is_at(1, "key");
    }
    if item.is("exclude") {
        return item.is_at(1, "using") || item.kind_at(1) == Some(TokenKind::Open);
    }
    if item.is("period") {
        return item.is_at(1, "for");
    }
    if item.is("not") {
        // PostgreSQL 18: `CONSTRAINT c NOT NULL col`, or without a name.
        return item.is_at(1, "null");
    }
    out.dialect.keys_in_tables
        && (item.is_any(&["key", "index"])
            || item.is_any(&["fulltext", "spatial", "vector"]) && item.any_at(1, &["key", "index"])
            || item.is_any(&["fulltext", "spatial"]))
}

/// Reads a constraint on its own. `not_valid` rows are not checked.
pub(super) fn read(out: &mut Out<'_>, item: Cursor<'_>, table: &mut Table, checked: Option<bool>) {
    let mut item = item;
    let mut given = None;
    if item.eat("constraint") && !item.is_any(&["primary", "unique", "foreign", "check"]) {
        item.eat_phrase("if not exists");
        given = item.name_or_string(out.dialect);
    }
    let checked = checked.unwrap_or_else(|| {
        let mut rest = item;
        rest.until_where(|cursor| cursor.phrase("not valid"));
        rest.is_empty()
    });
    let start = item;
    if item.eat_phrase("primary key") {
        key::key(out, item, start, table, given, true);
    } else if item.eat("unique") {
        item.eat_any(&["key", "index"]);
        key::key(out, item, start, table, given, false);
    } else if item.eat_phrase("foreign key") {
        key::foreign(out, item, start, table, given, checked);
    } else if item.eat("check") {
        check(out, &mut item, start, table, given, checked);
    } else if item.eat("exclude") {
        exclude(out, item, start, table, given);
    } else if item.eat("default") {
        // T-SQL: `ADD CONSTRAINT d DEFAULT 0 FOR c`
        define(out, table, given, None, start.span());
        let value = item.until(&["for"]);
        table.stored(out, value);
        if item.eat("for")
            && let Some(column) = item.name(out.dialect)
        {
            out.column(Action::Alter, &table.name, column.last(), column.span());
        }
    } else if item.eat_phrase("not null") {
        define(out, table, given, None, start.span());
        if let Some(column) = item.name(out.dialect) {
            table.uses_column(out, column.last(), column.span());
            tighten(
                out,
                table,
                &[(column.last().clone(), column.span())],
                start.span(),
            );
        }
    } else if item.eat_any(&["fulltext", "spatial", "vector"]) {
        item.eat_any(&["key", "index"]);
        index::in_table(out, item, table, false);
    } else if item.eat_any(&["key", "index"]) {
        index::in_table(out, item, table, true);
    }
}

/// Reads a constraint that stands at a column; gives where it ends.
pub(super) fn of_column<'t>(
    out: &mut Out<'_>,
    cursor: Cursor<'t>,
    table: &mut Table,
    column: &Word,
) -> Option<Cursor<'t>> {
    let mut cursor = cursor;
    let mut given = None;
    if cursor.eat("constraint") {
        given = cursor.name_or_string(out.dialect);
        if cursor.is_any(&["default", "generated", "collate"]) {
            if cursor.is("default") {
                define(out, table, given, None, cursor.span());
            }
            return Some(cursor);
        }
    }
    let start = cursor;
    if cursor.eat_phrase("primary key")
        || out.dialect.keys_in_tables && cursor.is("key") && given.is_none()
    {
        cursor.eat("key");
        cursor.eat_any(&["clustered", "nonclustered"]);
        key::define_key(out, table, given, vec![column.clone()], true, start.span());
    } else if cursor.eat("unique") {
        cursor.eat("key");
        cursor.eat_any(&["clustered", "nonclustered"]);
        key::define_key(out, table, given, vec![column.clone()], false, start.span());
    } else if cursor.eat_phrase("foreign key") || cursor.is("references") {
        let binding = Binding::of(out.dialect.looks_up.column_reference_target);
        if !table::column_references_are_ignored(out) {
            let columns = std::slice::from_ref(column);
            key::define_foreign(out, table, given, columns, start.span());
        }
        cursor.eat("references");
        out.under(
            |now| now.binding = now.binding.max(binding),
            |out| key::references(out, &mut cursor, table),
        );
        tighten(out, table, std::slice::from_ref(column), start.span());
    } else if cursor.eat("check") {
        check(out, &mut cursor, start, table, given, true);
    } else if cursor.eat_phrase("not null") {
        if given.is_some() {
            define(out, table, given, None, start.span());
        }
    } else if given.is_some() {
        // A named constraint of a kind that has no consequences.
        cursor.bump();
    } else {
        return None;
    }
    Some(cursor)
}

/// Defines a constraint under its given or implied name; gives the name, and whether it was given.
pub(super) fn define(
    out: &mut Out<'_>,
    table: &mut Table,
    given: Option<Name>,
    implied: Option<Ident>,
    span: Span,
) -> Option<(Ident, Span, bool)> {
    let action = table.flags.action();
    if let Some(name) = given {
        let member = name.last().clone();
        table.taken.insert(member.clone());
        let object = Object::member(Kind::Constraint, table.name.clone(), member.clone());
        out.push(action, object, name.span());
        return Some((member, name.span(), true));
    }
    if !out.dialect.names_the_unnamed {
        return None;
    }
    let member = implied::untaken(&table.taken, implied?);
    table.taken.insert(member.clone());
    let object = Object::member(Kind::Constraint, table.name.clone(), member.clone());
    out.imply(action, object, span);
    Some((member, span, false))
}

/// Says that the rows that are there get checked.
pub(super) fn tighten(out: &mut Out<'_>, table: &Table, columns: &[Word], span: Span) {
    if !table.existing {
        return;
    }
    if columns.is_empty() {
        let object = Object::new(Kind::Table, table.name.clone());
        out.push(Action::Tighten, object, span);
    }
    for (column, span) in columns {
        out.column(Action::Tighten, &table.name, column, *span);
    }
}

/// CHECK (…).
fn check(
    out: &mut Out<'_>,
    item: &mut Cursor<'_>,
    start: Cursor<'_>,
    table: &mut Table,
    given: Option<Name>,
    checked: bool,
) {
    item.eat_phrase("not for replication");
    let Some(inner) = item.group() else {
        return;
    };
    let mentioned = mentioned(out, inner);
    let names: Vec<Ident> = mentioned.iter().map(|(name, _)| name.clone()).collect();
    let implied = implied::check(&table.name.name, &names);
    define(out, table, given, Some(implied), start.span());
    table.stored(out, inner);
    if checked {
        tighten(out, table, &mentioned, start.span());
    }
}

/// The distinct columns that an expression names, found by reading it with the table as the only
/// thing in sight.
fn mentioned(out: &Out<'_>, inner: Cursor<'_>) -> Vec<Word> {
    let mut aside = Out::new(out.source, out.dialect);
    let sight = crate::name::ObjectName::bare(Ident::folded("mentioned"));
    let scope = super::scope::Scope::of_table(&sight);
    aside.now.runs = false;
    expr::read(&mut aside, inner, &scope);
    let mut found: Vec<Word> = Vec::new();
    for fact in aside.facts {
        if fact.object.kind == Kind::Column
            && fact.object.name == sight
            && let crate::read::fact::Part::Member(column) = fact.object.part
        {
            found.push((column, fact.span));
        }
    }
    found
}

/// `EXCLUDE USING gist (c WITH &&, …) WHERE (…)`.
fn exclude(
    out: &mut Out<'_>,
    item: Cursor<'_>,
    start: Cursor<'_>,
    table: &mut Table,
    given: Option<Name>,
) {
    let mut item = item;
    if item.eat("using")
        && let Some(method) = item.name(out.dialect)
        && !own::is_access_method(out, &method)
    {
        out.uses(Kind::AccessMethod, &method);
    }
    let Some(list) = item.group() else {
        return;
    };
    let mut names = Vec::new();
    for element in list.items() {
        let mut rest = element;
        let value = rest.until(&["with"]);
        names.push(index::column_name(out, value));
        let mut value = value;
        let key = index::key_expression(&mut value);
        table.stored(out, key);
        index::operator_class(out, value);
    }
    let implied = implied::exclusion(&table.name.name, &names);
    let action = table.flags.action();
    if let Some((member, at, is_given)) = define(out, table, given, Some(implied), start.span()) {
        let index = Object::new(Kind::Index, table.name.sibling(member));
        if is_given {
            out.push(action, index, at);
        } else {
            out.imply(action, index, at);
        }
    }
    if item.eat("where")
        && let Some(predicate) = item.group()
    {
        table.stored(out, predicate);
    }
    tighten(out, table, &[], start.span());
}
