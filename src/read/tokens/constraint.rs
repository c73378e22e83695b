//! Constraints of tables, at a column or on their own, in CREATE and in ALTER, and what they imply.

use crate::dialect::lex::TokenKind;
use crate::name::Ident;
use crate::read::fact::{Action, Kind, Object};
use crate::read::implied;
use crate::source::Span;

use super::cursor::{Cursor, Name};
use super::out::Out;
use super::table::{self, Table};
use super::{dml, expr, index, own, query};

/// A name and its place.
type Word = (Ident, Span);

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
        key(out, item, start, table, given, true);
    } else if item.eat("unique") {
        item.eat_any(&["key", "index"]);
        key(out, item, start, table, given, false);
    } else if item.eat_phrase("foreign key") {
        foreign(out, item, start, table, given, checked);
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
        define_key(out, table, given, vec![column.clone()], true, start.span());
    } else if cursor.eat("unique") {
        cursor.eat("key");
        cursor.eat_any(&["clustered", "nonclustered"]);
        define_key(out, table, given, vec![column.clone()], false, start.span());
    } else if cursor.eat_phrase("foreign key") || cursor.is("references") {
        let binding = table::foreign_key_binding(out);
        define_foreign(
            out,
            table,
            given,
            std::slice::from_ref(column),
            start.span(),
        );
        cursor.eat("references");
        out.under(
            |now| now.binding = now.binding.max(binding),
            |out| references(out, &mut cursor, table),
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
fn define(
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

/// PRIMARY KEY and UNIQUE on their own.
fn key(
    out: &mut Out<'_>,
    item: Cursor<'_>,
    start: Cursor<'_>,
    table: &mut Table,
    given: Option<Name>,
    primary: bool,
) {
    let mut item = item;
    let mut given = given;
    if item.eat_phrase("using index") {
        if let Some(index) = item.name(out.dialect) {
            using_index(out, table, given, &index, primary, start.span());
        }
        return;
    }
    item.eat_phrase("nulls not distinct");
    item.eat_phrase("nulls distinct");
    item.eat_any(&["clustered", "nonclustered"]);
    // MySQL: `UNIQUE KEY name [USING BTREE] (…)`
    if out.dialect.keys_in_tables && item.named_at(0) && !item.is("using") {
        let name = item.name(out.dialect);
        given = name.or(given);
    }
    if item.eat("using") {
        item.bump();
    }
    item.eat_any(&["clustered", "nonclustered", "hash"]);
    let columns = item.group();
    let names = columns
        .map(|list| query::names(out, list))
        .unwrap_or_default();
    for (column, span) in &names {
        table.uses_column(out, column, *span);
    }
    if let Some(list) = columns
        && dml::plain_columns(out, list).is_none()
        && !primary
        && out.dialect.keys_in_tables
    {
        // A prefix or an expression: an index, but no key that others may rely on.
        if let Some(name) = given {
            index::define(out, &table.name.clone(), &name, table.flags);
        }
        return;
    }
    if item.eat("include")
        && let Some(list) = item.group()
    {
        for (column, span) in query::names(out, list) {
            table.uses_column(out, &column, span);
        }
    }
    define_key(out, table, given, names, primary, start.span());
}

/// Defines the constraint, the index and the key behind PRIMARY KEY or UNIQUE.
fn define_key(
    out: &mut Out<'_>,
    table: &mut Table,
    given: Option<Name>,
    columns: Vec<Word>,
    primary: bool,
    span: Span,
) {
    let names: Vec<Ident> = columns.iter().map(|(name, _)| name.clone()).collect();
    let implied = if primary {
        implied::primary_key(&table.name.name)
    } else {
        implied::unique_key(&table.name.name, &names)
    };
    let action = table.flags.action();
    let unnamed = given.is_none();
    let defined = define(out, table, given, Some(implied), span);
    let rules = &out.dialect.objects;
    let is_index = out.dialect.names_the_unnamed
        || rules.unique_constraint_is_index && !primary
        || rules.primary_key_is_index && primary;
    if let Some((column, at)) = columns.first()
        && unnamed
        && !primary
        && rules.unnamed_index_has_columns_name
    {
        // An index without a name is called after its first column.
        let index = index::object(out, &table.name, column);
        out.imply(action.clone(), index, *at);
    } else if let Some((member, at, is_given)) = defined
        && is_index
    {
        let index = index::object(out, &table.name, &member);
        if is_given {
            out.push(action.clone(), index, at);
        } else {
            out.imply(action.clone(), index, at);
        }
    }
    if !names.is_empty() {
        out.push(action.clone(), Object::key(table.name.clone(), names), span);
    }
    if primary {
        out.imply(action, Object::key(table.name.clone(), Vec::new()), span);
    }
    tighten(out, table, &columns, span);
}

/// `ADD CONSTRAINT c UNIQUE USING INDEX i`: the index becomes the constraint's and takes its name.
fn using_index(
    out: &mut Out<'_>,
    table: &mut Table,
    given: Option<Name>,
    index: &Name,
    primary: bool,
    span: Span,
) {
    let old = Object::new(Kind::Index, table.name.sibling(index.last().clone()));
    out.push(Action::Use, old.clone(), index.span());
    let defined = define(out, table, given, Some(index.last().clone()), span);
    if let Some((member, at, _)) = defined {
        let new = Object::new(Kind::Index, table.name.sibling(member));
        if new != old {
            out.push(Action::Rename { to: new }, old, at);
        }
    }
    if primary {
        let action = table.flags.action();
        out.imply(action, Object::key(table.name.clone(), Vec::new()), span);
    }
}

fn define_foreign(
    out: &mut Out<'_>,
    table: &mut Table,
    given: Option<Name>,
    columns: &[Word],
    span: Span,
) {
    let names: Vec<Ident> = columns.iter().map(|(name, _)| name.clone()).collect();
    let implied = implied::foreign_key(&table.name.name, &names);
    define(out, table, given, Some(implied), span);
}

/// FOREIGN KEY on its own.
fn foreign(
    out: &mut Out<'_>,
    item: Cursor<'_>,
    start: Cursor<'_>,
    table: &mut Table,
    given: Option<Name>,
    checked: bool,
) {
    let mut item = item;
    item.eat_phrase("if not exists");
    let mut given = given;
    if item.named_at(0) {
        // MySQL: a name for the index.
        let name = item.name(out.dialect);
        given = given.or(name);
    }
    let columns = item
        .group()
        .map(|list| query::names(out, list))
        .unwrap_or_default();
    define_foreign(out, table, given, &columns, start.span());
    for (column, span) in &columns {
        table.uses_column(out, column, *span);
    }
    if !item.eat("references") {
        return;
    }
    let binding = table::foreign_key_binding(out);
    out.under(
        |now| now.binding = now.binding.max(binding),
        |out| references(out, &mut item, table),
    );
    if checked {
        tighten(out, table, &columns, start.span());
    }
}

/// What stands behind REFERENCES.
fn references(out: &mut Out<'_>, cursor: &mut Cursor<'_>, table: &Table) {
    let Some(target) = cursor.name_or_string(out.dialect) else {
        return;
    };
    out.uses(Kind::Table, &target);
    let from = table.name.clone();
    out.push(
        Action::References { from },
        Object::new(Kind::Table, target.object()),
        target.span(),
    );
    let list = cursor.group();
    let columns = list.map(|list| query::names(out, list)).unwrap_or_default();
    let to_itself = target.object() == table.name;
    for (column, span) in &columns {
        if !(to_itself && table.own.contains(column)) {
            out.column(Action::Use, &target.object(), column, *span);
        }
    }
    let span = list.map_or(target.span(), |list| list.whole());
    let names = columns.into_iter().map(|(column, _)| column).collect();
    out.push(Action::Use, Object::key(target.object(), names), span);
    // ON DELETE …, MATCH …, DEFERRABLE …
    while cursor.is_any(&["match", "on", "deferrable", "initially", "enforced", "not"]) {
        if cursor.is("not") && !cursor.any_at(1, &["deferrable", "enforced", "valid"]) {
            return;
        }
        match () {
            () if cursor.is("on") => {
                cursor.bump_by(2);
                if cursor.eat("set") {
                    cursor.bump();
                    if cursor.is_open() {
                        cursor.skip();
                    }
                } else {
                    cursor.eat("no");
                    cursor.bump();
                }
            }
            () if cursor.is_any(&["match", "initially", "not"]) => cursor.bump_by(2),
            () => cursor.bump(),
        }
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
