//! The names of a query's output columns, as far as the text tells them.
//!
//! Where an item has no alias, PostgreSQL's rule is that of `FigureColname`
//! (src/backend/parser/parse_target.c): a column's, function's or type's name.

use crate::dialect::lex::TokenKind;
use crate::name::Ident;
use crate::source::Span;

use super::cursor::Cursor;
use super::out::Out;
use super::{expr, query, types, words};

/// A name and the words that say it.
pub(super) type Column = (Ident, Span);

/// The output columns of a query; `None` for one that has no name or is a `*`.
pub(super) fn of_query(out: &Out<'_>, query: Cursor<'_>) -> Vec<Option<Column>> {
    of_query_at(out, query, 0)
}

fn of_query_at(out: &Out<'_>, query: Cursor<'_>, depth: usize) -> Vec<Option<Column>> {
    let mut query = query;
    for _ in 0..64 {
        if !query.is_open() {
            break;
        }
        query = query.inside();
    }
    if query.is("with") {
        query.until(&["select", "values", "table"]);
    }
    if query.eat("values") {
        return of_values(out, query).into_iter().map(Some).collect();
    }
    if !query.eat("select") {
        return vec![None];
    }
    let mut list = query::select_list(&mut query);
    if list.is("on") && list.kind_at(1) == Some(TokenKind::Open) {
        list.bump();
        list.skip();
    }
    list.items()
        .map(|item| of_item_at(out, item, depth))
        .collect()
}

/// The name of each item of a SELECT list.
pub(super) fn of_list(out: &Out<'_>, list: Cursor<'_>) -> Vec<Option<Column>> {
    list.items().map(|item| of_item(out, item)).collect()
}

/// PostgreSQL calls the columns of VALUES `column1`, `column2`, ….
pub(super) fn of_values(out: &Out<'_>, rows: Cursor<'_>) -> Vec<Column> {
    if !out.dialect.bodies_are_strings || !rows.is_open() {
        return Vec::new();
    }
    rows.inside()
        .items()
        .zip(1..)
        .map(|(item, number)| (Ident::folded(format!("column{number}")), item.span()))
        .collect()
}

/// T-SQL: `alias = expression`, `@variable = expression`.
pub(super) fn alias_in_front(out: &Out<'_>, item: &Cursor<'_>) -> bool {
    out.dialect.queries.select_list_assigns
        && (item.named_at(0) || item.string_at(0) || item.kind() == Some(TokenKind::Param))
        && item.text_at(1) == "="
}

/// The name of an item of a SELECT list.
pub(super) fn of_item(out: &Out<'_>, item: Cursor<'_>) -> Option<Column> {
    of_item_at(out, item, 0)
}

fn of_item_at(out: &Out<'_>, item: Cursor<'_>, depth: usize) -> Option<Column> {
    if alias_in_front(out, &item) {
        let mut item = item;
        let name = item.name_or_string(out.dialect)?;
        return Some((name.last().clone(), name.last_span()));
    }
    if let Some(alias) = alias(out, item) {
        return Some(alias);
    }
    if out.dialect.bodies_are_strings {
        let mut rest = item;
        let figured = figure(out, &mut rest, depth)?;
        return rest.is_empty().then_some(figured.column).flatten();
    }
    // Elsewhere only a column gives its name.
    let mut rest = item;
    let name = rest.name(out.dialect)?;
    let is_word = item.kind() == Some(TokenKind::Word) && words::is_operand(item.text());
    (rest.is_empty() && !is_word).then(|| (name.last().clone(), name.last_span()))
}

/// `… AS alias`, `… alias`.
fn alias(out: &Out<'_>, item: Cursor<'_>) -> Option<Column> {
    let mut rest = item;
    let (mut last, mut before, mut count) = (item, item, 0);
    while !rest.is_empty() {
        before = last;
        last = rest;
        rest.skip();
        count += 1;
    }
    if count < 2 {
        return None;
    }
    let is_name = last.named_at(0) || before.is("as") && last.string_at(0);
    if !is_name {
        return None;
    }
    if !before.is("as") {
        let word = |cursor: &Cursor<'_>| cursor.kind() == Some(TokenKind::Word);
        // `f(x) alias`, `a b`, `'x' c`; not the end of an operator or a window.
        let ends_operand = match before.kind() {
            Some(TokenKind::Word) => {
                !words::is_syntax(before.text()) || before.is_any(&["isnull", "notnull"])
            }
            Some(
                TokenKind::Open
                | TokenKind::QuotedIdent
                | TokenKind::Number
                | TokenKind::String
                | TokenKind::DollarString
                | TokenKind::OpenBracket
                | TokenKind::Param,
            ) => true,
            _ => false,
        };
        let reserved =
            word(&last) && (words::is_syntax(last.text()) || words::is_operand(last.text()));
        // `interval 1 day`, `double precision`, `time zone` of a cast.
        let unit = item.is("interval") && count <= 3
            || types::continues(before.text(), last.text())
            || last.is_any(&["zone", "varying", "precision"]);
        if !ends_operand || reserved || unit {
            return None;
        }
    }
    let mut at = last;
    let name = at.name_or_string(out.dialect)?;
    Some((name.last().clone(), name.last_span()))
}

/// What an expression is called, and whether a cast around it leaves it that name.
struct Figured {
    column: Option<Column>,
    strong: bool,
}

impl Figured {
    const NOTHING: Self = Self {
        column: None,
        strong: false,
    };

    fn strong(name: &str, span: Span) -> Self {
        Self {
            column: Some((Ident::folded(name), span)),
            strong: true,
        }
    }
}

/// How deep expressions in parentheses are looked into.
const DEEPEST: usize = 16;

/// Reads one operand with what is glued to it: casts, subscripts, fields.
fn figure(out: &Out<'_>, rest: &mut Cursor<'_>, depth: usize) -> Option<Figured> {
    if depth > DEEPEST {
        return None;
    }
    let mut found = operand(out, rest, depth)?;
    loop {
        if rest.is_op("::") {
            rest.bump();
            let span = rest.span();
            let target = types::read(out, rest)?;
            if !found.strong {
                found = of_type(&target, span);
            }
        } else if rest.is("collate") {
            rest.bump();
            rest.name_or_string(out.dialect)?;
        } else if rest.kind() == Some(TokenKind::OpenBracket) {
            rest.skip();
        } else if rest.kind() == Some(TokenKind::Dot) && rest.named_at(1) {
            rest.bump();
            found = Figured::strong(out.dialect.ident(rest.text()).as_str(), rest.span());
            rest.bump();
        } else {
            return Some(found);
        }
    }
}

/// The name that a cast gives.
fn of_type(target: &types::Type, span: Span) -> Figured {
    let name = target
        .normal
        .trim_end_matches("[]")
        .rsplit('.')
        .next()
        .unwrap_or_default();
    Figured {
        column: Some((Ident::folded(name), span)),
        strong: false,
    }
}

fn operand(out: &Out<'_>, rest: &mut Cursor<'_>, depth: usize) -> Option<Figured> {
    let start = *rest;
    let span = start.span();
    if start.is_open() {
        let inner = start.inside();
        rest.skip();
        if expr::opens_query(&start) {
            let mut columns = of_query_at(out, inner, depth + 1).into_iter();
            return Some(Figured {
                column: columns.next().flatten(),
                strong: true,
            });
        }
        let mut inner = inner;
        let found = figure(out, &mut inner, depth + 1);
        return Some(match found {
            Some(found) if inner.is_empty() => found,
            _ => Figured::NOTHING,
        });
    }
    if start.string_at(0) || start.kind() == Some(TokenKind::Number) {
        rest.bump();
        return Some(Figured::NOTHING);
    }
    if !start.named_at(0) {
        return None;
    }
    let opens = start.kind_at(1) == Some(TokenKind::Open);
    if start.is("case") {
        return case(out, rest, depth);
    }
    if start.is("cast") && opens {
        rest.bump();
        return cast(out, rest, depth);
    }
    if start.is("array") && (opens || start.kind_at(1) == Some(TokenKind::OpenBracket)) {
        rest.bump();
        rest.skip();
        return Some(Figured::strong("array", span));
    }
    if start.is_any(&["exists", "row"]) && opens {
        rest.bump_by(1);
        rest.skip();
        return Some(Figured::strong(&start.text().to_ascii_lowercase(), span));
    }
    if start.is_any(&["null", "true", "false", "default"]) {
        rest.bump();
        return Some(Figured::NOTHING);
    }
    if start.kind() == Some(TokenKind::Word)
        && words::is_syntax(start.text())
        && !(words::is_soft(start.text()) && start.kind_at(1).is_none())
        && !(opens && start.is_any(&["left", "right", "grouping"]))
    {
        return None;
    }
    if start.string_at(1) {
        // `date '2024-01-01'`
        let target = types::read(out, rest)?;
        rest.bump();
        return Some(of_type(&target, span));
    }
    let name = rest.name(out.dialect)?;
    if rest.is_open() {
        rest.skip();
        if rest.phrase("within group") {
            rest.bump_by(2);
            rest.skip();
        }
        if rest.is("filter") && rest.kind_at(1) == Some(TokenKind::Open) {
            rest.bump();
            rest.skip();
        }
        if rest.eat("over") {
            rest.skip();
        }
    }
    let called = if name.parts.len() == 1 && start.is("trim") && opens {
        "btrim"
    } else {
        name.last().as_str()
    };
    Some(Figured::strong(called, name.last_span()))
}

/// `CASE … ELSE x END` has the name of `x`, if it has one.
fn case(out: &Out<'_>, rest: &mut Cursor<'_>, depth: usize) -> Option<Figured> {
    let span = rest.span();
    let mut cases = 0_usize;
    let mut last_else = None;
    while !rest.is_empty() {
        if rest.is("case") {
            cases += 1;
        } else if rest.is("else") && cases == 1 {
            last_else = Some(*rest);
        } else if rest.is("end") {
            cases -= 1;
            if cases == 0 {
                break;
            }
        }
        rest.skip();
    }
    let end = *rest;
    if !rest.eat("end") {
        return None;
    }
    if let Some(mut value) = last_else {
        value.bump();
        let mut value = value.before(&end);
        if let Some(found) = figure(out, &mut value, depth + 1)
            && value.is_empty()
            && found.strong
        {
            return Some(found);
        }
    }
    Some(Figured {
        column: Some((Ident::folded("case"), span)),
        strong: false,
    })
}

/// `CAST (x AS type)`.
fn cast(out: &Out<'_>, rest: &mut Cursor<'_>, depth: usize) -> Option<Figured> {
    let mut inner = rest.group()?;
    let mut value = inner.until(&["as"]);
    inner.bump();
    let span = inner.span();
    let found = figure(out, &mut value, depth + 1).filter(|found| value.is_empty() && found.strong);
    if found.is_some() {
        return found;
    }
    types::read(out, &mut inner).map(|target| of_type(&target, span))
}
