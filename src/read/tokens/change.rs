//! UPDATE, DELETE and MERGE: rows that are read to be changed.

use crate::dialect::lex::TokenKind;
use crate::name::ObjectName;
use crate::read::fact::{Action, Kind, Object};

use super::cursor::{Cursor, Name};
use super::dml::{assignments, changes, output_clause, target, writes_columns};
use super::expr::{self, Place};
use super::from;
use super::out::Out;
use super::scope::{Item, Scope, What};

pub(super) fn update(out: &mut Out<'_>, cursor: Cursor<'_>, outer: &Scope<'_>) {
    let mut cursor = cursor;
    cursor.bump();
    if cursor.eat("or") {
        cursor.bump();
    }
    while cursor.eat_any(&["low_priority", "ignore"]) {}
    if cursor.eat("top") {
        cursor.skip();
    }
    let mut head = cursor.until(&["set"]);
    let mut rest = cursor;
    rest.bump();
    let list = rest.until_where(|cursor| {
        let ends = cursor.is_any(&["from", "where", "returning", "output", "order", "limit"]);
        ends && !cursor.is_at(1, "=") || is_option(cursor)
    });
    let mut output = rest;
    let mut scope = Scope::inside(outer);
    let mut pending = Vec::new();
    let start = head;
    let mut ahead = head;
    ahead.eat("only");
    let Some(name) = ahead.name_or_string(out.dialect) else {
        expr::read(out, rest, outer);
        return;
    };
    let joined = head.items().count() > 1 || head.has(&["join"]);
    // `UPDATE a SET … FROM t a`: the target is an alias of the list behind it.
    let is_alias = out.dialect.semicolons_are_optional && name.parts.len() == 1;
    if joined || is_alias {
        from_clause(out, rest, &mut scope, &mut pending);
    }
    let table = match scope.table(name.last()).cloned() {
        Some(table) if is_alias && name.parts.len() == 1 => {
            write_object(out, &table, &name);
            table
        }
        _ if joined => {
            from::list(out, start, &mut scope, &mut pending);
            joined_target(out, list, &scope, &name)
        }
        _ => {
            let Some((name, is_table)) = target(out, &mut head, outer, changes) else {
                expr::read(out, list, &scope);
                return;
            };
            let (alias, _) = from::alias(out, &mut head);
            if !is_alias {
                from_clause(out, rest, &mut scope, &mut pending);
            }
            if !is_table {
                // T-SQL writes through a CTE; the columns are those of the table behind it.
                let alias = alias.unwrap_or_else(|| name.last().clone());
                scope.items.insert(0, Item::other(Some(alias), Vec::new()));
                from::finish(out, &mut scope, pending);
                expr::read(out, list, &scope);
                tail(out, output, &scope);
                return;
            }
            let table = name.object();
            scope.items.insert(0, Item::table(alias, table.clone()));
            table
        }
    };
    from::finish(out, &mut scope, pending);
    assignments(out, list, &table, &scope);
    if output.eat("output") {
        let part = output.until(&["from", "where"]);
        output_clause(out, part, &scope);
    }
    tail(out, output, &scope);
}

/// The table that `UPDATE a JOIN b … SET a.c = …` writes first: the qualifier of the first target.
fn joined_target(
    out: &mut Out<'_>,
    list: Cursor<'_>,
    scope: &Scope<'_>,
    first: &Name,
) -> ObjectName {
    let mut item = list;
    let qualifier = item.name(out.dialect).and_then(|name| name.owner());
    let found = qualifier
        .as_ref()
        .and_then(|owner| scope.table(owner.last()));
    let table = match (found, &scope.items.first().map(|item| &item.what)) {
        (Some(table), _) | (None, Some(What::Table(table))) => table.clone(),
        _ => first.object(),
    };
    write_object(out, &table, qualifier.as_ref().unwrap_or(first));
    table
}

pub(super) fn write_object(out: &mut Out<'_>, table: &ObjectName, at: &Name) {
    out.push(
        Action::Write,
        Object::new(Kind::Relation, table.clone()),
        at.span(),
    );
}

/// The FROM or USING list of an UPDATE or DELETE.
fn from_clause<'t>(
    out: &mut Out<'_>,
    rest: Cursor<'t>,
    scope: &mut Scope<'_>,
    pending: &mut Vec<from::Pending<'t>>,
) {
    let mut rest = rest;
    if rest.is("output") {
        rest.until(&["from", "where"]);
    }
    if rest.eat_any(&["from", "using"]) {
        let list = rest.until_where(|cursor| {
            cursor.is_any(&["where", "returning", "order", "limit"]) || is_option(cursor)
        });
        from::list(out, list, scope, pending);
    }
}

/// WHERE, RETURNING and what follows, without the FROM list.
fn tail(out: &mut Out<'_>, rest: Cursor<'_>, scope: &Scope<'_>) {
    let mut rest = rest;
    if rest.is_any(&["from", "using"]) {
        rest.until_where(|cursor| {
            cursor.is_any(&["where", "returning", "order", "limit"]) || is_option(cursor)
        });
    }
    if rest.phrase("where current of") {
        rest.bump_by(4);
    }
    let predicate = rest.until_where(|cursor| cursor.is("returning") || is_option(cursor));
    expr::read(out, predicate, scope);
    if rest.eat("returning") {
        expr::walk(out, rest, scope, Place::SelectList);
    }
}

/// `OPTION (…)` of SQL Server; elsewhere it is a name like any other.
fn is_option(cursor: &Cursor<'_>) -> bool {
    cursor.is("option") && cursor.kind_at(1) == Some(TokenKind::Open)
}

pub(super) fn delete(out: &mut Out<'_>, cursor: Cursor<'_>, outer: &Scope<'_>) {
    let mut cursor = cursor;
    cursor.bump();
    while cursor.eat_any(&["low_priority", "quick", "ignore"]) {}
    if cursor.eat("top") {
        cursor.skip();
    }
    let mut scope = Scope::inside(outer);
    let mut pending = Vec::new();
    cursor.eat("from");
    // `DELETE a, b FROM t a JOIN …`, `DELETE FROM a FROM t a`, `DELETE FROM a USING t a JOIN …`
    let mut ahead = cursor;
    let targets = ahead.until_where(|cursor| {
        let ends = [
            "from",
            "using",
            "where",
            "returning",
            "output",
            "order",
            "limit",
        ];
        cursor.is_any(&ends) || is_option(cursor)
    });
    let second_from = ahead.is("from");
    let mysql_using = ahead.is("using") && out.dialect.keys_in_tables;
    let rest = ahead;
    let mut behind_output = rest;
    if rest.is("output") {
        behind_output.until(&["from", "where"]);
    }
    if second_from || mysql_using || behind_output.is("from") {
        from_clause(out, rest, &mut scope, &mut pending);
        for mut item in targets.items() {
            let Some(name) = item.name(out.dialect) else {
                continue;
            };
            match scope.find(name.last()).map(|item| item.what.clone()) {
                Some(What::Table(table)) => write_object(out, &table, &name),
                Some(What::Derived(_)) => {}
                None => {
                    changes(out, &name);
                    scope.items.push(Item::table(None, name.object()));
                }
            }
        }
    } else {
        let mut head = targets;
        if let Some((name, _)) = target(out, &mut head, outer, changes) {
            let (alias, _) = from::alias(out, &mut head);
            scope.items.push(Item::table(alias, name.object()));
        }
        from_clause(out, rest, &mut scope, &mut pending);
    }
    from::finish(out, &mut scope, pending);
    if ahead.eat("output") {
        let part = ahead.until(&["from", "where"]);
        output_clause(out, part, &scope);
    }
    tail(out, ahead, &scope);
}

pub(super) fn merge(out: &mut Out<'_>, cursor: Cursor<'_>, outer: &Scope<'_>) {
    let mut cursor = cursor;
    cursor.bump();
    if cursor.eat("top") {
        cursor.skip();
    }
    cursor.eat("into");
    let Some((name, _)) = target(out, &mut cursor, outer, changes) else {
        return;
    };
    if cursor.is("with") && cursor.kind_at(1) == Some(TokenKind::Open) {
        cursor.bump();
        cursor.skip();
    }
    let table = name.object();
    let (alias, _) = from::alias(out, &mut cursor);
    let mut scope = Scope::inside(outer);
    scope.items.push(Item::table(alias, table.clone()));
    let mut pending = Vec::new();
    if cursor.eat("using") {
        let list = cursor.until_where(|cursor| cursor.is("on") || cursor.is("when"));
        from::list(out, list, &mut scope, &mut pending);
    }
    from::finish(out, &mut scope, pending);
    cursor.eat("on");
    let condition = cursor.until(&["when"]);
    expr::read(out, condition, &scope);
    while cursor.eat("when") {
        cursor.eat("not");
        cursor.eat("matched");
        if cursor.eat("by") {
            cursor.bump();
        }
        let condition = cursor.until(&["then"]);
        expr::read(out, condition, &scope);
        cursor.bump();
        let mut action = cursor.until_where(|cursor| {
            cursor.is_any(&["when", "returning", "output"]) || is_option(cursor)
        });
        if action.eat_phrase("update set") {
            assignments(out, action, &table, &scope);
        } else if action.eat("insert") {
            if action.is_open() {
                let list = action.inside();
                action.skip();
                writes_columns(out, &table, list);
            }
            expr::read(out, action, &scope);
        }
    }
    if cursor.eat("returning") {
        expr::walk(out, cursor, &scope, Place::SelectList);
    } else if cursor.eat("output") {
        output_clause(out, cursor, &scope);
    }
}
