//! Functions, procedures, aggregates and macros: signature, options, body.

use std::collections::BTreeSet;

use crate::dialect::lex::TokenKind;
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Binding, Kind, Object, Signature};

use super::cursor::Cursor;
use super::define::Flags;
use super::out::Out;
use super::scope::Scope;
use super::{block, expr, kind, own, query, text, types};

/// What an argument list tells.
#[derive(Debug, Default)]
struct Arguments {
    min: u16,
    count: u16,
    variadic: bool,
    types: Vec<String>,
    names: BTreeSet<Ident>,
}

/// Reads what follows `CREATE FUNCTION`, `CREATE PROCEDURE`, `CREATE AGGREGATE`, `CREATE MACRO`.
pub(super) fn read(out: &mut Out<'_>, cursor: Cursor<'_>, kind: Kind, flags: Flags) {
    let mut cursor = cursor;
    let Some(name) = cursor.name_or_string(out.dialect) else {
        return;
    };
    if let (Some(options), true) = (is_aggregate(&cursor), out.dialect.bodies_are_strings) {
        aggregate(out, cursor, &name, flags, options);
        return;
    }
    let list = match cursor.group() {
        Some(list) => list,
        None => variables_until_as(&mut cursor),
    };
    let place = out.facts.len();
    let arguments = arguments(out, list);
    let signature = Signature {
        min: arguments.min,
        max: (!arguments.variadic).then_some(arguments.count),
        // Only PostgreSQL tells overloads apart by types.
        types: out.dialect.bodies_are_strings.then_some(arguments.types),
    };
    let routine = Object {
        kind,
        ..Object::routine(name.object(), signature)
    };
    // The definition stands before what it needs.
    let needed = out.facts.split_off(place);
    out.schema_of(&name);
    out.push(flags.action(), routine.clone(), name.span());
    out.facts.extend(needed);

    let mut variables = arguments.names;
    // T-SQL: an inline table function is looked up like a view.
    let inline = cursor.phrase("returns table") && out.dialect.semicolons_are_optional;
    if cursor.eat("returns") {
        returns(out, &mut cursor, &mut variables);
    }
    if matches!(language(cursor).as_str(), "c" | "internal") {
        shells_will_do(out, place);
    }
    body(out, cursor, &routine, &variables, inline);
}

/// The functions of a base type are made before it, when there is but a shell of it.
fn shells_will_do(out: &mut Out<'_>, place: usize) {
    let types = out.facts[place..].iter_mut();
    let types = types.filter(|fact| fact.action == Action::Use && fact.object.kind == Kind::Type);
    let mut shells = Vec::new();
    for fact in types {
        fact.binding = Binding::Late;
        let shell = Object::new(Kind::ShellType, fact.object.name.clone());
        shells.push((shell, fact.span));
    }
    for (shell, span) in shells {
        out.imply(Action::Use, shell, span);
    }
}

/// `(sfunc = f, …)` or `(types) (sfunc = f, …)`.
fn is_aggregate<'t>(cursor: &Cursor<'t>) -> Option<Cursor<'t>> {
    let mut cursor = *cursor;
    let first = cursor.group()?;
    let is_options = |list: &Cursor<'_>| {
        list.named_at(0)
            && list.kind_at(1) == Some(TokenKind::Operator)
            && list.text_at(1) == "="
            && list.is_any(&[
                "sfunc",
                "stype",
                "basetype",
                "sfunc1",
                "stype1",
                "initcond",
                "combinefunc",
                "parallel",
            ])
    };
    if is_options(&first) {
        return Some(first);
    }
    cursor.group().filter(is_options)
}

fn aggregate(
    out: &mut Out<'_>,
    cursor: Cursor<'_>,
    name: &super::cursor::Name,
    flags: Flags,
    options: Cursor<'_>,
) {
    let mut cursor = cursor;
    let first = cursor.group();
    let types = match (first, cursor.is_open()) {
        (Some(list), true) => {
            let only_star = list.is_op("*");
            Some(if only_star {
                Vec::new()
            } else {
                kind::argument_types(out, list)
            })
        }
        _ => None,
    };
    let routine = Object::routine(name.object(), kind::signature(types));
    out.schema_of(name);
    out.push(flags.action(), routine, name.span());
    kind::options(out, options);
}

/// T-SQL: the parameters of a procedure without parentheses.
fn variables_until_as<'t>(cursor: &mut Cursor<'t>) -> Cursor<'t> {
    if cursor.kind() == Some(TokenKind::Param) {
        cursor.until(&["as", "with", "for"])
    } else {
        cursor.between(cursor.place(), cursor.place())
    }
}

fn arguments(out: &mut Out<'_>, list: Cursor<'_>) -> Arguments {
    let mut found = Arguments::default();
    for item in list.items() {
        let mut item = item;
        let mut output = false;
        let mut variadic = false;
        let mode = |item: &mut Cursor<'_>, output: &mut bool, variadic: &mut bool| {
            while item.is_any(&["in", "out", "inout", "variadic"])
                && (item.named_at(1) || item.is_at(1, "setof"))
            {
                *output |= item.is("out");
                *variadic |= item.is("variadic");
                item.bump();
            }
        };
        mode(&mut item, &mut output, &mut variadic);
        let is_variable = item.kind() == Some(TokenKind::Param);
        if is_variable {
            item.bump();
            item.eat("as");
        } else if item.named_at(0)
            && (item.named_at(1)
                && !types::continues(item.text(), item.text_at(1))
                && !item.any_at(1, &["default"])
                || !out.dialect.bodies_are_strings && item.kind_at(1) != Some(TokenKind::Dot))
        {
            found.names.insert(out.dialect.ident(item.text()));
            item.bump();
        }
        mode(&mut item, &mut output, &mut variadic);
        let typed = if item.named_at(0) && !item.is("default") {
            types::used(out, &mut item)
        } else {
            None
        };
        while item.is_any(&["null", "not", "output", "out", "readonly", "varying"]) {
            output |= item.is_any(&["output", "out"]) && !out.dialect.semicolons_are_optional;
            item.bump();
        }
        let optional = item.eat("default") || item.eat_op("=") || item.eat_op(":=");
        if optional {
            out.stored(Binding::Hard, |out| {
                expr::read(out, item, &Scope::default())
            });
        }
        if output {
            continue;
        }
        found.count = found.count.saturating_add(1);
        if !optional && !variadic {
            found.min = found.count;
        }
        found.variadic |= variadic;
        if let Some(typed) = typed {
            found.types.push(typed.normal);
        }
    }
    found
}

/// RETURNS type, SETOF type, TABLE (name type, …), @t TABLE (…).
fn returns(out: &mut Out<'_>, cursor: &mut Cursor<'_>, variables: &mut BTreeSet<Ident>) {
    if cursor.kind() == Some(TokenKind::Param) {
        cursor.bump();
    }
    if !(cursor.is("table") && cursor.kind_at(1) == Some(TokenKind::Open)) {
        if cursor.eat("table") {
            return;
        }
        types::used(out, cursor);
        return;
    }
    cursor.bump();
    let Some(list) = cursor.group() else {
        return;
    };
    for mut item in list.items() {
        if let Some(column) = item.name(out.dialect) {
            variables.insert(column.last().clone());
            types::used(out, &mut item);
        }
    }
}

/// The options and the body.
fn body(
    out: &mut Out<'_>,
    cursor: Cursor<'_>,
    routine: &Object,
    variables: &BTreeSet<Ident>,
    inline_table: bool,
) {
    let language = language(cursor);
    let mut rest = cursor;
    while !rest.is_empty() {
        if rest.is("language") {
            rest.bump();
            if let Some(name) = rest.name_or_string(out.dialect) {
                let known = ["sql", "plpgsql", "c", "internal"];
                let word = Ident::folded(name.last().as_str().to_ascii_lowercase());
                if !known.contains(&word.as_str()) && out.dialect.bodies_are_strings {
                    out.push(
                        Action::Use,
                        Object::new(Kind::Language, ObjectName::bare(word)),
                        name.span(),
                    );
                }
            }
        } else if rest.is("support") && rest.named_at(1) {
            rest.bump();
            if let Some(name) = rest.name(out.dialect)
                && !own::has_system_schema(out, &name)
            {
                out.schema_of(&name);
                let object = Object::routine(name.object(), kind::signature(None));
                out.push(Action::Use, object, name.span());
            }
        } else if rest.is("as") && rest.string_at(1) && out.dialect.bodies_are_strings {
            rest.bump();
            string_body(out, &rest, &language, routine, variables);
            rest.bump();
        } else if out.dialect.bodies_are_strings {
            if rest.phrase("begin atomic") || rest.is("return") {
                atomic(out, rest, routine, variables);
                return;
            }
            if rest.is("set") {
                // `SET search_path = …`
                rest.bump_by(3);
            } else {
                rest.skip();
            }
        } else if starts_body(&rest) {
            let looked_up = out.dialect.looks_up;
            let binding = Binding::of(if inline_table {
                looked_up.view_body
            } else {
                looked_up.routine_body
            });
            inline(out, rest, routine, variables, binding);
            return;
        } else {
            rest.skip();
        }
    }
}

/// The language, which may stand before or behind the body.
fn language(cursor: Cursor<'_>) -> String {
    let mut cursor = cursor;
    cursor.until_where(|cursor| cursor.is("language"));
    if cursor.eat("language") {
        text::unescaped(cursor.text(), false)
            .trim_matches('"')
            .to_ascii_lowercase()
    } else {
        "sql".to_owned()
    }
}

/// Whether the body of a routine without a string begins here: behind AS, or with a statement.
fn starts_body(cursor: &Cursor<'_>) -> bool {
    if cursor.is("with") {
        // A CTE, not `WITH EXECUTE AS OWNER`, `WITH SCHEMABINDING`.
        return cursor.is_at(2, "as") || cursor.kind_at(2) == Some(TokenKind::Open);
    }
    cursor.is("as") && !cursor.any_at(1, &["caller", "owner", "self"]) && !cursor.string_at(1)
        || cursor.is_any(&[
            "begin", "return", "select", "insert", "update", "delete", "if", "while", "call",
            "set", "repeat", "loop", "case", "replace", "truncate",
        ])
}

fn inline(
    out: &mut Out<'_>,
    cursor: Cursor<'_>,
    routine: &Object,
    variables: &BTreeSet<Ident>,
    binding: Binding,
) {
    let mut cursor = cursor;
    let is_macro = cursor.is("as") && !out.dialect.semicolons_are_optional;
    cursor.eat("as");
    within(out, routine, variables, binding, |out| {
        if is_macro {
            // DuckDB: `AS expression`, `AS TABLE query`, and further overloads behind commas.
            let is_table = cursor.eat("table");
            let mut scope = Scope::default();
            scope.outputs.clear();
            if is_table {
                query::read(out, cursor, &scope);
            } else {
                expr::read(out, cursor, &scope);
            }
        } else {
            block::read(out, cursor);
        }
    });
}

/// `BEGIN ATOMIC … END` and `RETURN expression`: PostgreSQL looks up all of it at creation.
fn atomic(out: &mut Out<'_>, cursor: Cursor<'_>, routine: &Object, variables: &BTreeSet<Ident>) {
    within(out, routine, variables, Binding::Hard, |out| {
        block::read(out, cursor)
    });
}

/// What PL/pgSQL declares itself (PostgreSQL manual, "Obtaining the Result Status", "Trapping
/// Errors", "Trigger Functions").
const PLPGSQL_VARIABLES: &[&str] = &[
    "found",
    "sqlerrm",
    "sqlstate",
    "tg_argv",
    "tg_event",
    "tg_level",
    "tg_name",
    "tg_nargs",
    "tg_op",
    "tg_relid",
    "tg_relname",
    "tg_table_name",
    "tg_table_schema",
    "tg_tag",
    "tg_when",
];

/// `AS 'body'` in a language that is read here.
fn string_body(
    out: &mut Out<'_>,
    string: &Cursor<'_>,
    language: &str,
    routine: &Object,
    variables: &BTreeSet<Ident>,
) {
    let binding = match language {
        "sql" => Binding::Hard,
        "plpgsql" => Binding::Late,
        _ => return,
    };
    if out.too_deep() {
        return;
    }
    let mut variables = variables.clone();
    if language == "plpgsql" {
        variables.extend(PLPGSQL_VARIABLES.iter().map(|name| Ident::folded(*name)));
    }
    within(out, routine, &variables, binding, |out| {
        text::inside(out, string, block::read);
    });
}

/// Reads a body: its facts are the routine's.
fn within(
    out: &mut Out<'_>,
    routine: &Object,
    variables: &BTreeSet<Ident>,
    binding: Binding,
    read: impl FnOnce(&mut Out<'_>),
) {
    out.deeper(|out| {
        out.under(
            |now| {
                now.body = Some(Box::new(routine.clone()));
                now.binding = now.binding.max(binding);
                now.runs = true;
                now.variables = variables.clone();
                now.in_block = true;
            },
            read,
        );
    });
}

/// Reads a DO block or another string with statements that run now.
pub(super) fn run_now(out: &mut Out<'_>, string: &Cursor<'_>) {
    if out.too_deep() {
        return;
    }
    out.deeper(|out| text::inside(out, string, block::read));
}

/// DO [LANGUAGE l] 'body'.
pub(super) fn do_block(out: &mut Out<'_>, cursor: Cursor<'_>) {
    let language = language_of_do(cursor);
    if language != "plpgsql" {
        return;
    }
    let mut cursor = cursor;
    cursor.until_where(text::is_string);
    if cursor.is_empty() {
        return;
    }
    let string = cursor;
    out.under(
        |now| {
            now.variables = PLPGSQL_VARIABLES
                .iter()
                .map(|name| Ident::folded(*name))
                .collect();
            now.in_block = true;
        },
        |out| run_now(out, &string),
    );
}

fn language_of_do(cursor: Cursor<'_>) -> String {
    let mut cursor = cursor;
    cursor.until_where(|cursor| cursor.is("language"));
    if cursor.is_empty() {
        "plpgsql".to_owned()
    } else {
        language(cursor)
    }
}
