//! FROM lists: tables, subqueries, functions, joins.

use std::rc::Rc;

use crate::dialect::lex::TokenKind;
use crate::name::Ident;
use crate::read::fact::{Action, Kind};

use super::cursor::{Cursor, Name};
use super::out::Out;
use super::scope::{self, Item, Scope, What};
use super::skim::skim;
use super::{expr, own, query, words};

/// What is read when the whole list is known.
#[derive(Debug)]
pub(super) enum Pending<'t> {
    /// A condition, or the arguments of a function: they see the list.
    Expression(Cursor<'t>),
    /// A subquery, whether it sees the list, its place in the list and the names that its alias
    /// gives to its columns.
    Query {
        query: Cursor<'t>,
        lateral: bool,
        item: usize,
        renamed: Vec<Ident>,
    },
}

/// Words that lead to the next table of a list.
const JOINS: &[&str] = &[
    "join",
    "left",
    "right",
    "full",
    "inner",
    "outer",
    "cross",
    "natural",
    "straight_join",
    "asof",
    "anti",
    "semi",
    "positional",
];

/// Reads a FROM list into the scope.
pub(super) fn list<'t>(
    out: &mut Out<'_>,
    cursor: Cursor<'t>,
    scope: &mut Scope<'_>,
    pending: &mut Vec<Pending<'t>>,
) {
    let mut cursor = cursor;
    while !cursor.is_empty() {
        let start = cursor.place();
        reference(out, &mut cursor, scope, pending);
        after(out, &mut cursor, scope, pending);
        if cursor.place() == start {
            cursor.skip();
        }
    }
}

/// Reads what was put off: the queries first, because what they give has columns.
pub(super) fn finish(out: &mut Out<'_>, scope: &mut Scope<'_>, pending: Vec<Pending<'_>>) {
    let mut expressions = Vec::new();
    for part in pending {
        match part {
            Pending::Expression(cursor) => expressions.push(cursor),
            Pending::Query {
                query,
                lateral,
                item,
                renamed,
            } => {
                // It sees the CTEs and the queries around, and of its neighbours at most those before.
                let before = if lateral { item } else { 0 };
                let around = Scope {
                    outer: scope.outer,
                    ctes: scope.ctes.clone(),
                    items: scope.items[..before.min(scope.items.len())].to_vec(),
                    ..Scope::default()
                };
                let found = query::derived(out, query, &around);
                if let Some(item) = scope.items.get_mut(item) {
                    item.what = What::Derived(Rc::new(found.renamed(renamed)));
                }
            }
        }
    }
    for expression in expressions {
        expr::read(out, expression, scope);
    }
}

/// Reads one item of a list: a table, a function, a subquery or joins in parentheses.
pub(super) fn reference<'t>(
    out: &mut Out<'_>,
    cursor: &mut Cursor<'t>,
    scope: &mut Scope<'_>,
    pending: &mut Vec<Pending<'t>>,
) {
    let lateral = cursor.eat("lateral") || out.dialect.queries.every_from_is_lateral;
    if cursor.is("only")
        && (cursor.named_at(1) || cursor.kind_at(1) == Some(TokenKind::Open))
        && !words::is_no_alias(cursor.text_at(1))
    {
        cursor.bump();
    }
    if cursor.is_open() {
        let inner = cursor.inside();
        if is_query(&inner) {
            cursor.skip();
            let (alias, renamed) = alias(out, cursor);
            pending.push(Pending::Query {
                query: inner,
                lateral,
                item: scope.items.len(),
                renamed,
            });
            scope.items.push(Item::other(alias, Vec::new()));
        } else {
            cursor.skip();
            if out.too_deep() {
                skim(out, inner, true);
            } else {
                out.deeper(|out| list(out, inner, scope, pending));
            }
            let (alias, renamed) = alias(out, cursor);
            if alias.is_some() {
                scope.items.push(Item::other(alias, renamed));
            }
        }
        return;
    }
    if cursor.is("rows") && cursor.is_at(1, "from") {
        cursor.bump_by(2);
        if let Some(inner) = cursor.group() {
            pending.push(Pending::Expression(inner));
        }
        cursor.eat_phrase("with ordinality");
        with_alias(out, cursor, scope, Vec::new());
        return;
    }
    if cursor.string_at(0) {
        // A file, or a table named by a string; patches make neither.
        cursor.bump();
        with_alias(out, cursor, scope, Vec::new());
        return;
    }
    if cursor.kind() == Some(TokenKind::Param) {
        // A table variable.
        cursor.bump();
        if cursor.is_open() {
            cursor.skip();
        }
        with_alias(out, cursor, scope, Vec::new());
        return;
    }
    let start = *cursor;
    if start.kind() == Some(TokenKind::Word)
        && words::is_no_table(start.text(), out.dialect.bodies_are_strings)
        && start.kind_at(1) != Some(TokenKind::Dot)
    {
        return;
    }
    let Some(name) = cursor.name(out.dialect) else {
        return;
    };
    cursor.eat_op("*");
    if cursor.is_open() && !is_hint(cursor) {
        function(out, cursor, scope, pending, &start, &name);
        return;
    }
    table(out, cursor, scope, &name);
}

/// `t (NOLOCK)`.
fn is_hint(cursor: &Cursor<'_>) -> bool {
    cursor.any_at(
        1,
        &[
            "nolock",
            "updlock",
            "holdlock",
            "readpast",
            "rowlock",
            "tablock",
            "tablockx",
            "xlock",
            "readuncommitted",
        ],
    )
}

fn is_query(inner: &Cursor<'_>) -> bool {
    let mut inner = *inner;
    for _ in 0..64 {
        if inner.is_any(&["select", "with", "values"])
            || inner.is_any(&["table", "from"]) && inner.named_at(1)
            || inner.is_any(&["insert", "update", "delete", "pivot", "describe", "show"])
        {
            return true;
        }
        if !inner.is_open() {
            return false;
        }
        // `((SELECT 1) UNION SELECT 2)` is a query, `((SELECT 1) a JOIN b)` is not.
        let first = inner.inside();
        let mut behind = inner;
        behind.skip();
        if !behind.is_empty()
            && !behind.is_any(words::SET_OPERATORS)
            && !behind.is_any(&["order", "limit"])
        {
            return false;
        }
        inner = first;
    }
    false
}

/// A table, view or CTE.
fn table(out: &mut Out<'_>, cursor: &mut Cursor<'_>, scope: &mut Scope<'_>, name: &Name) {
    let cte = if name.parts.len() == 1 {
        scope.cte(name.last())
    } else {
        None
    };
    let (alias, renamed) = alias(out, cursor);
    if let Some(columns) = cte {
        let alias = alias.unwrap_or_else(|| name.last().clone());
        let item = Item::derived(Some(alias), columns);
        scope.items.push(Item { renamed, ..item });
        return;
    }
    if name.parts.len() == 1 && out.now.variables.contains(name.last()) && out.now.body.is_some() {
        // A table function's parameter in a macro; a variable is no table.
        scope.items.push(Item::other(alias, renamed));
        return;
    }
    if name.parts.len() == 1
        && scope
            .items
            .iter()
            .any(|item| item.only_qualified && item.alias.as_ref() == Some(name.last()))
    {
        // A trigger's transition table.
        scope.items.push(Item::other(alias, renamed));
        return;
    }
    reads(out, name);
    if own::is_relation(out, name) {
        let alias = alias.unwrap_or_else(|| name.last().clone());
        scope.items.push(Item::other(Some(alias), renamed));
    } else {
        let item = Item::table(alias, name.object());
        scope.items.push(Item { renamed, ..item });
    }
}

/// A relation is needed and, where queries run, read.
fn reads(out: &mut Out<'_>, name: &Name) {
    if own::is_relation(out, name) {
        return;
    }
    out.uses(Kind::Relation, name);
    if out.now.runs {
        out.named(Action::Read, Kind::Relation, name);
    }
}

/// A function in a FROM list.
fn function<'t>(
    out: &mut Out<'_>,
    cursor: &mut Cursor<'t>,
    scope: &mut Scope<'_>,
    pending: &mut Vec<Pending<'t>>,
    start: &Cursor<'t>,
    name: &Name,
) {
    cursor.skip();
    // Name and arguments are a call like any other.
    pending.push(Pending::Expression(start.before(cursor)));
    if !cursor.eat_phrase("with ordinality")
        && cursor.is("with")
        && cursor.kind_at(1) == Some(TokenKind::Open)
    {
        // T-SQL: `OPENJSON(x) WITH (name type path)`
        cursor.bump();
        cursor.skip();
    }
    let mut own = match name.last().as_str() {
        "jsonb_each" | "json_each" | "jsonb_each_text" | "json_each_text" => vec!["key", "value"],
        _ => vec!["value", "ordinality"],
    };
    own.retain(|_| out.dialect.bodies_are_strings);
    let own = own.into_iter().map(Ident::folded).collect();
    with_alias(out, cursor, scope, own);
    if let Some(item) = scope.items.last_mut()
        && item.alias.is_none()
    {
        item.alias = Some(name.last().clone());
    }
}

/// Reads the alias of something that is no table.
fn with_alias(out: &mut Out<'_>, cursor: &mut Cursor<'_>, scope: &mut Scope<'_>, own: Vec<Ident>) {
    let (alias, renamed) = alias(out, cursor);
    let renamed = if renamed.is_empty() { own } else { renamed };
    scope.items.push(Item::other(alias, renamed));
}

/// `[AS] alias [(columns)]`, and what may stand before it.
pub(super) fn alias(out: &mut Out<'_>, cursor: &mut Cursor<'_>) -> (Option<Ident>, Vec<Ident>) {
    if cursor.is("for") && cursor.any_at(1, &["system_time", "portion"]) {
        cursor.bump_by(2);
        while !cursor.is_empty()
            && !cursor.is_any(JOINS)
            && !cursor.is_any(&["as", "where"])
            && cursor.kind() != Some(TokenKind::Comma)
        {
            cursor.skip();
        }
    }
    if cursor.is("partition") && cursor.kind_at(1) == Some(TokenKind::Open) {
        cursor.bump();
        cursor.skip();
    }
    let mut alias = None;
    if cursor.eat("as") {
        // Function results: `AS (a int, b text)`, `AS x (a int)`.
        if !cursor.is_open() {
            alias = cursor
                .name_or_string(out.dialect)
                .map(|name| name.last().clone());
        }
    } else if (cursor.kind() == Some(TokenKind::QuotedIdent)
        || cursor.kind() == Some(TokenKind::Word)
            && !words::is_no_table(cursor.text(), out.dialect.bodies_are_strings))
        && cursor.kind_at(1) != Some(TokenKind::Dot)
    {
        alias = Some(out.dialect.ident(cursor.text()));
        cursor.bump();
    }
    let mut columns = Vec::new();
    if cursor.is_open() && !is_hint(cursor) {
        let inner = cursor.inside();
        cursor.skip();
        for mut item in inner.items() {
            if let Some(name) = item.name_or_string(out.dialect) {
                columns.push(name.last().clone());
                if !item.is_empty() {
                    super::types::used(out, &mut item);
                }
            }
        }
    }
    (alias, columns)
}

/// What may follow an item: sampling, hints, join words, conditions, commas.
fn after<'t>(
    out: &mut Out<'_>,
    cursor: &mut Cursor<'t>,
    scope: &mut Scope<'_>,
    pending: &mut Vec<Pending<'t>>,
) {
    loop {
        if cursor.is_empty() {
            return;
        }
        if cursor.is_any(&["tablesample", "sample"]) {
            cursor.bump();
            cursor.bump();
            if cursor.is_open() {
                cursor.skip();
            }
            if cursor.eat("repeatable") {
                cursor.skip();
            }
        } else if cursor.is_any(&["use", "force", "ignore"]) && cursor.any_at(1, &["index", "key"])
        {
            cursor.until_where(Cursor::is_open);
            cursor.skip();
        } else if cursor.is("indexed") && cursor.is_at(1, "by") {
            cursor.bump_by(2);
            if let Some(name) = cursor.name(out.dialect) {
                out.uses(Kind::Index, &name);
            }
        } else if cursor.eat_phrase("not indexed") {
        } else if cursor.is("with") && cursor.kind_at(1) == Some(TokenKind::Open) {
            cursor.bump();
            cursor.skip();
        } else if cursor.is_open() {
            // A hint without WITH.
            cursor.skip();
        } else if cursor.is_any(&["pivot", "unpivot"]) && cursor.kind_at(1) == Some(TokenKind::Open)
        {
            cursor.bump_by(1);
            cursor.skip();
            let (alias, _) = alias(out, cursor);
            scope.items.push(Item::other(alias, Vec::new()));
        } else if cursor.eat("on") {
            let condition = cursor.until_where(|cursor| {
                cursor.kind() == Some(TokenKind::Comma)
                    || cursor.is("on")
                    || cursor.is_any(JOINS)
                        && !(cursor.is_any(&["left", "right"])
                            && cursor.kind_at(1) == Some(TokenKind::Open))
            });
            pending.push(Pending::Expression(condition));
        } else if cursor.is("using") && cursor.kind_at(1) == Some(TokenKind::Open) {
            cursor.bump();
            if let Some(inner) = cursor.group() {
                shared_columns(out, scope, inner);
            }
            if cursor.eat("as") {
                cursor.bump();
            }
        } else if cursor.eat_kind(TokenKind::Comma) {
            return;
        } else if cursor.is_any(JOINS) {
            while cursor.eat_any(JOINS) {}
            cursor.eat("apply");
            if cursor.is_any(&["hash", "merge", "loop"]) && cursor.is_at(1, "join") {
                cursor.bump_by(2);
            }
            return;
        } else {
            return;
        }
    }
}

/// `JOIN … USING (c)`: the column is in the table just joined and in one before it.
fn shared_columns(out: &mut Out<'_>, scope: &Scope<'_>, inner: Cursor<'_>) {
    let Some((last, before)) = scope.items.split_last() else {
        return;
    };
    for (column, span) in query::names(out, inner) {
        if let What::Table(table) = &last.what {
            out.column(Action::Use, &table.clone(), &column, span);
        }
        let name = Name {
            parts: vec![(column, span)],
        };
        let left = Scope {
            items: before.to_vec(),
            ..Scope::default()
        };
        scope::column(out, &left, &name, &Action::Use);
    }
}
