//! Expressions: columns, calls, casts, literals that name objects, and the queries inside.

use crate::dialect::lex::TokenKind;
use crate::name::Ident;
use crate::read::fact::{Action, Kind, Object, Signature};

use super::cursor::{Cursor, Name};
use super::out::Out;
use super::scope::{self, Scope};
use super::{kind, literal, own, query, types, words};
use crate::source::Span;

/// Where an expression stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Anywhere else.
    Plain,
    /// In a list in which an operand may be followed by its alias.
    SelectList,
    /// Where the query's own output columns have names.
    Sorting,
}

/// What an open parenthesis belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Plain,
    Cast,
    Xml,
}

/// Reads one or more expressions, whatever separates them.
pub(super) fn read(out: &mut Out<'_>, cursor: Cursor<'_>, scope: &Scope<'_>) {
    walk(out, cursor, scope, Place::Plain);
}

/// Reads expressions in their place.
pub(super) fn walk(out: &mut Out<'_>, mut cursor: Cursor<'_>, scope: &Scope<'_>, place: Place) {
    let mut groups: Vec<Group> = Vec::new();
    // Whether what stands before is an operand: then a word is an alias or an operator.
    let mut operand = false;
    while !cursor.is_empty() {
        match cursor.kind() {
            Some(TokenKind::Open) => {
                if opens_query(&cursor) {
                    let inner = cursor.inside();
                    query::derived(out, inner, scope);
                    cursor.skip();
                    operand = true;
                } else if let Some(name) = field_of_row(out, &cursor, scope) {
                    scope::column(out, scope, &name, &Action::Use);
                    cursor.bump_by(5);
                    operand = true;
                } else {
                    groups.push(Group::Plain);
                    cursor.bump();
                    operand = false;
                }
            }
            Some(TokenKind::Close | TokenKind::CloseBracket) => {
                if cursor.kind() == Some(TokenKind::Close) {
                    groups.pop();
                }
                cursor.bump();
                operand = true;
                // A field of what stands before: `(row).field`.
                while cursor.kind() == Some(TokenKind::Dot) && cursor.named_at(1) {
                    cursor.bump_by(2);
                }
            }
            Some(TokenKind::Number | TokenKind::Param) => {
                cursor.bump();
                operand = true;
                if cursor.kind() == Some(TokenKind::Dot) {
                    // A variable's field or method: `@x.value(…)`.
                    cursor.bump();
                    if cursor.named_at(0) {
                        cursor.bump();
                    }
                }
            }
            Some(TokenKind::String | TokenKind::DollarString) => {
                literal::literal(out, &mut cursor);
                operand = true;
            }
            Some(TokenKind::Operator) if cursor.text() == "::" => {
                cursor.bump();
                types::used(out, &mut cursor);
                operand = true;
            }
            Some(TokenKind::Operator) if out.dialect.bodies_are_strings => {
                operator(out, &mut cursor);
                operand = false;
            }
            Some(TokenKind::Word)
                if cursor.is("operator") && cursor.kind_at(1) == Some(TokenKind::Open) =>
            {
                qualified_operator(out, &mut cursor);
                operand = false;
            }
            Some(TokenKind::Word | TokenKind::QuotedIdent) => {
                operand = word(out, &mut cursor, scope, place, operand, &mut groups);
            }
            _ => {
                cursor.bump();
                operand = false;
            }
        }
    }
}

/// An operator that the engine does not bring along is used.
fn operator(out: &mut Out<'_>, cursor: &mut Cursor<'_>) {
    let start = *cursor;
    let (mut symbol, mut end) = (String::new(), start.span().start);
    while matches!(cursor.kind(), Some(TokenKind::Operator | TokenKind::Other))
        && (symbol.is_empty() || cursor.span().start == end)
    {
        symbol.push_str(cursor.text());
        end = cursor.span().end;
        cursor.bump();
    }
    if cursor.place() == start.place() {
        cursor.bump();
    }
    uses_operator(out, symbol, start.span_to(cursor));
}

fn uses_operator(out: &mut Out<'_>, symbol: String, span: Span) {
    let is_symbol = symbol != "=>" && symbol.chars().all(|c| OPERATOR.contains(c));
    if !is_symbol || symbol.is_empty() {
        return;
    }
    let name = Name {
        parts: vec![(Ident::folded(symbol), span)],
    };
    if !own::is_operator(&name) {
        out.uses(Kind::Operator, &name);
    }
}

/// `OPERATOR(shop.<~>)`
fn qualified_operator(out: &mut Out<'_>, cursor: &mut Cursor<'_>) {
    cursor.bump();
    if let Some(mut symbol) = cursor.group()
        && let Some(name) = kind::operator(out, &mut symbol)
        && !own::is_operator(&name)
        && !own::has_system_schema(out, &name)
    {
        out.uses(Kind::Operator, &name);
    }
}

/// What operators are made of in PostgreSQL.
/// <https://www.postgresql.org/docs/current/sql-createoperator.html>
const OPERATOR: &str = "+-*/<>=~!@#%^&|`?";

/// `(t).c` for a row of FROM.
fn field_of_row(out: &Out<'_>, cursor: &Cursor<'_>, scope: &Scope<'_>) -> Option<Name> {
    let kinds = [(2, TokenKind::Close), (3, TokenKind::Dot)];
    let is_field = cursor.named_at(1)
        && kinds
            .iter()
            .all(|&(at, kind)| cursor.kind_at(at) == Some(kind))
        && cursor.named_at(4);
    if !is_field {
        return None;
    }
    let mut row = *cursor;
    row.bump();
    let row = row.name(out.dialect)?;
    scope.find(row.last())?;
    let mut column = *cursor;
    column.bump_by(4);
    let column = column.name(out.dialect)?;
    let parts = row
        .parts
        .into_iter()
        .chain(column.parts.into_iter().take(1));
    Some(Name {
        parts: parts.collect(),
    })
}

/// Whether a query stands in the parentheses that open here.
pub(super) fn opens_query(cursor: &Cursor<'_>) -> bool {
    if !cursor.is_open() {
        return false;
    }
    if cursor.any_at(1, &["select", "with"]) {
        return true;
    }
    // `(TABLE t)`, `(FROM t)`; `(VALUES (1))` needs no care.
    cursor.any_at(1, &["table", "from"]) && cursor.named_at(2)
}

/// Reads a word and what belongs to it; says whether an operand ends there.
fn word(
    out: &mut Out<'_>,
    cursor: &mut Cursor<'_>,
    scope: &Scope<'_>,
    place: Place,
    operand: bool,
    groups: &mut Vec<Group>,
) -> bool {
    let here = *cursor;
    let text = cursor.text();
    let quoted = cursor.kind() == Some(TokenKind::QuotedIdent);
    let next = cursor.kind_at(1);
    if !quoted && next != Some(TokenKind::Dot) {
        if !operand && words::is_soft(text) && ends_operand(out, cursor) {
            if let Some(name) = cursor.name(out.dialect) {
                scope::column(out, scope, &name, &Action::Use);
            }
            return true;
        }
        if let Some(operand) = phrase(out, cursor, scope, place, operand, groups) {
            return operand;
        }
        if words::is_operand(text) {
            cursor.bump();
            return true;
        }
        if next == Some(TokenKind::Open) && words::is_no_call(text)
            || words::is_syntax(text) && next != Some(TokenKind::Open)
        {
            cursor.bump();
            return false;
        }
        // `date '2020-01-01'`, `my_type 'x'`, `_utf8'x'`.
        if next == Some(TokenKind::String) && !operand {
            if text.starts_with('_') {
                cursor.bump();
                return false;
            }
            literal::typed_literal(out, cursor);
            return true;
        }
    }
    // `name => value`
    if next == Some(TokenKind::Operator) && matches!(cursor.text_at(1), "=>" | ":=") {
        cursor.bump_by(2);
        return false;
    }
    if operand && next != Some(TokenKind::Dot) && next != Some(TokenKind::Open) {
        // An alias, a unit (`INTERVAL 1 DAY`) or an operator that is a word.
        cursor.bump();
        return true;
    }
    let Some(name) = cursor.name(out.dialect) else {
        cursor.bump();
        return true;
    };
    if cursor.is_open() {
        call(out, cursor, scope, &here, &name, groups);
        return false;
    }
    if cursor.kind() == Some(TokenKind::Dot) {
        // `t.*`
        cursor.bump();
        cursor.eat_op("*");
        return true;
    }
    let an_output =
        place == Place::Sorting && name.parts.len() == 1 && scope.outputs.contains(name.last());
    if !an_output {
        scope::column(out, scope, &name, &Action::Use);
    }
    true
}

/// Whether what follows the word can only stand behind an operand.
fn ends_operand(out: &Out<'_>, cursor: &Cursor<'_>) -> bool {
    match cursor.kind_at(1) {
        None | Some(TokenKind::Close | TokenKind::Comma | TokenKind::CloseBracket) => true,
        Some(TokenKind::Operator) => {
            // `INTERVAL -1 DAY`
            out.dialect.bodies_are_strings
                || !cursor.is("interval")
                || !matches!(cursor.text_at(1), "-" | "+")
        }
        Some(TokenKind::OpenBracket) => true,
        _ => cursor.any_at(
            1,
            &[
                "is", "in", "and", "or", "asc", "desc", "as", "then", "when", "else", "end",
                "from", "not", "like", "ilike", "isnull", "notnull",
            ],
        ),
    }
}

/// Constructs of several words. `None` when there is none here.
fn phrase(
    out: &mut Out<'_>,
    cursor: &mut Cursor<'_>,
    scope: &Scope<'_>,
    place: Place,
    operand: bool,
    groups: &[Group],
) -> Option<bool> {
    if cursor.is("as") {
        cursor.bump();
        if groups.last() == Some(&Group::Cast) {
            types::used(out, cursor);
        } else if place == Place::SelectList && (cursor.named_at(0) || cursor.string_at(0)) {
            cursor.bump();
        }
        return Some(true);
    }
    if cursor.is("nulls") && cursor.any_at(1, &["first", "last"]) {
        cursor.bump_by(2);
        return Some(true);
    }
    for (words, count) in [("is unknown", 2), ("is not unknown", 3)] {
        if cursor.phrase(words) {
            cursor.bump_by(count);
            return Some(true);
        }
    }
    for words in ["order by", "partition by", "group by", "not between"] {
        // What follows is an operand, whatever it begins with.
        if cursor.phrase(words) {
            cursor.bump_by(2);
            return Some(false);
        }
    }
    if operand {
        if cursor.phrase("at time zone") {
            cursor.bump_by(3);
            return Some(false);
        }
        if cursor.is("collate") {
            cursor.bump();
            if let Some(name) = cursor.name_or_string(out.dialect) {
                collation(out, &name);
            }
            return Some(true);
        }
        if cursor.is("over") && cursor.named_at(1) {
            cursor.bump_by(2);
            return Some(true);
        }
        if cursor.is("over") && cursor.kind_at(1) == Some(TokenKind::Open) {
            cursor.bump();
            if let Some(window) = cursor.group() {
                self::window(out, window, scope);
            }
            return Some(true);
        }
        if cursor.is_any(&["filter", "keep"]) && cursor.kind_at(1) == Some(TokenKind::Open)
            || cursor.phrase("within group")
            || cursor.phrase("ignore nulls")
            || cursor.phrase("respect nulls")
            || cursor.is("within")
        {
            let words = if cursor.is("filter") || cursor.is("keep") {
                1
            } else {
                2
            };
            cursor.bump_by(words);
            return Some(words == 2 && !cursor.is_open());
        }
    }
    if cursor.is("name") && !operand && cursor.named_at(1) && groups.last() == Some(&Group::Xml) {
        // `xmlelement(NAME item, …)`
        cursor.bump_by(2);
        return Some(true);
    }
    if cursor.is("sqlstate") && cursor.string_at(1) {
        cursor.bump_by(2);
        return Some(true);
    }
    if cursor.phrase("next value for") || cursor.phrase("previous value for") {
        cursor.bump_by(3);
        if let Some(name) = cursor.name(out.dialect) {
            out.uses(Kind::Sequence, &name);
        }
        return Some(true);
    }
    if cursor.is("interval") && !operand {
        // `INTERVAL '1 day'`, `INTERVAL 1 DAY`; the unit is skipped as an alias.
        cursor.bump();
        return Some(false);
    }
    None
}

/// `OVER ([name] PARTITION BY … ORDER BY … ROWS BETWEEN …)`.
pub(super) fn window(out: &mut Out<'_>, cursor: Cursor<'_>, scope: &Scope<'_>) {
    let mut rest = cursor;
    rest.until_where(|cursor| cursor.is_any(&["partition", "order"]) || begins_frame(out, cursor));
    let mut rest = if rest.is_empty() { return } else { rest };
    let keys = rest.until_where(|cursor| begins_frame(out, cursor));
    let mut keys = keys;
    if keys.phrase("partition by") {
        keys.bump_by(2);
    }
    read(out, keys, scope);
}

/// `ROWS BETWEEN …`, `RANGE UNBOUNDED PRECEDING`, `GROUPS 1 PRECEDING`.
fn begins_frame(out: &Out<'_>, cursor: &Cursor<'_>) -> bool {
    cursor.is_any(&["rows", "range", "groups"])
        && !ends_operand(out, cursor)
        && !cursor.any_at(1, &["order", "nulls", "rows", "range", "groups"])
}

/// A collation is needed, where a patch may have made it.
pub(super) fn collation(out: &mut Out<'_>, name: &Name) {
    if !own::is_collation(out, name) {
        out.uses(Kind::Collation, name);
    }
}

/// Reads a call's name and what its first words say, and goes on inside its parentheses.
fn call(
    out: &mut Out<'_>,
    cursor: &mut Cursor<'_>,
    scope: &Scope<'_>,
    start: &Cursor<'_>,
    name: &Name,
    groups: &mut Vec<Group>,
) {
    let inner = cursor.inside();
    let bare = name.parts.len() == 1 && start.kind() == Some(TokenKind::Word);
    let word = if bare {
        start.text().to_ascii_lowercase()
    } else {
        String::new()
    };
    let word = if word.is_empty() && own::has_system_schema(out, name) {
        name.last().as_str().to_owned()
    } else {
        word
    };
    let mut group = Group::Plain;
    cursor.bump();
    match word.as_str() {
        "cast" | "try_cast" | "safe_cast" | "treat" | "xmlserialize" | "json_serialize" => {
            group = Group::Cast;
            literal::cast_value(out, inner);
        }
        "xmlelement" | "xmlpi" | "xmlforest" => group = Group::Xml,
        "convert" | "try_convert" => convert(out, cursor, inner),
        "nextval" | "currval" | "setval" | "lastval" => literal::sequence(out, cursor),
        "pg_get_serial_sequence" => literal::serial_sequence(out, inner),
        first
            if inner.named_at(0)
                && (inner.is_at(1, "from") && first == "extract"
                    || out.dialect.queries.word_arguments.contains(&first)) =>
        {
            // A unit, not a column.
            cursor.bump();
        }
        _ => {}
    }
    groups.push(group);
    let is_method = !bare && name.parts.len() > 1 && scope.find(&name.parts[0].0).is_some()
        || out.dialect.semicolons_are_optional
            && !bare
            && matches!(
                name.last().as_str(),
                "value" | "query" | "exist" | "nodes" | "modify" | "tostring" | "stastext"
            );
    let known = if bare {
        words::is_grammar_call(&word, out.dialect.bodies_are_strings)
            || out.dialect.bare_call_is_builtin
    } else {
        is_method || own::has_system_schema(out, name)
    };
    if !known {
        // The arguments of an ordered-set aggregate are in both parentheses.
        let mut behind = *start;
        behind.name(out.dialect);
        behind.skip();
        let count = arguments(inner);
        let most = (!behind.phrase("within group")).then_some(count);
        calls(out, Kind::Routine, name, count, most);
    }
}

/// A routine is needed, and runs now or on every write.
pub(super) fn calls(out: &mut Out<'_>, kind: Kind, name: &Name, least: u16, most: Option<u16>) {
    out.schema_of(name);
    let signature = Signature {
        min: least,
        max: most,
        types: None,
    };
    let routine = Object {
        kind,
        ..Object::routine(name.object(), signature)
    };
    out.push(Action::Use, routine.clone(), name.span());
    if let Some(table) = out.now.on_write.clone() {
        out.push(
            Action::RunsOnWrite {
                table: Box::new(table),
            },
            routine,
            name.span(),
        );
    } else if out.now.runs {
        out.push(Action::Run, routine, name.span());
    }
}

/// How many arguments stand in the parentheses of a call.
pub(super) fn arguments(inner: Cursor<'_>) -> u16 {
    let mut list = inner;
    let list = list.until(&["order", "separator"]);
    // `count(*)`
    let star = list.is_op("*") && list.kind_at(1).is_none();
    let count = if star { 0 } else { list.items().count() };
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// `CONVERT(type, x)` of SQL Server, `CONVERT(x, type)` and `CONVERT(x USING c)` of MySQL: the
/// types are the engine's own, but must not be taken for columns.
fn convert(out: &mut Out<'_>, cursor: &mut Cursor<'_>, inner: Cursor<'_>) {
    if inner.items().count() >= 2 && out.dialect.semicolons_are_optional {
        types::used(out, cursor);
    }
}
