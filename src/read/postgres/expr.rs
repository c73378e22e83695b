//! Expressions: columns, calls, casts, collations, operators, and the queries inside them.

use super::names::{Named, Word, reference, referred, word};
use super::query::{is_query, query};
use super::reader::Reader;
use super::scope::{Scope, Visible};
use super::tree::{SyntaxKind as K, SyntaxNode, child, children, first_token, has};
use super::{builtin, literal, operator, types};
use crate::read::fact::{Action, Kind, Object, Signature};

/// The facts of an expression, or of anything that holds expressions.
pub(super) fn expr(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) {
    match node.kind() {
        K::NAME_REF => column(r, node, scope),
        K::FIELD_EXPR => field(r, node, scope),
        K::CALL_EXPR => call(r, node, scope),
        K::CAST_EXPR => literal::cast(r, node, scope),
        K::COLLATION_REF => {
            if let Some(named) = reference(r, node)
                && !builtin::is_collation(&named.name)
            {
                r.uses(Kind::Collation, named.name, named.span);
            }
        }
        K::OP_CLASS_REF => {
            if let Some(named) = reference(r, node)
                && !builtin::is_operator_class(&named.name)
            {
                r.uses(Kind::OperatorClass, named.name, named.span);
            }
        }
        K::BIN_EXPR => chain(r, node, scope),
        K::CUSTOM_OP | K::OPERATOR_CALL | K::OP => operator::uses(r, node),
        K::LITERAL | K::WINDOW_REF | K::PARAM_NAME_REF | K::AS_NAME => {}
        kind if is_query(kind) => {
            query(r, node, scope);
        }
        kind if types::is_type(kind) => types::uses(r, node),
        _ => {
            for child in node.children() {
                expr(r, &child, scope);
            }
        }
    }
}

/// `a || b || c …` grows to the left; a long one must not be as deep in calls.
fn chain(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) {
    let mut rest = Vec::new();
    let mut left = node.clone();
    while left.kind() == K::BIN_EXPR {
        let mut parts: Vec<_> = left.children().collect();
        if parts.is_empty() {
            return;
        }
        let first = parts.remove(0);
        parts.reverse();
        rest.extend(parts);
        left = first;
    }
    expr(r, &left, scope);
    for part in rest.into_iter().rev() {
        expr(r, &part, scope);
    }
}

/// A bare name: a column of what is in FROM, unless it is a variable, a row, or a word of the
/// language.
fn column(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) {
    let Some(token) = first_token(node) else {
        return;
    };
    if is_value_word(token.kind()) {
        return;
    }
    let name = r.ident(&token);
    if scope.visible(&name).is_some_and(Visible::is_renamed) {
        // A whole row. A column of that name would win, but aliases are seldom named so; tables are.
        return;
    }
    let span = r.token_span(&token);
    r.uses_column(scope.owners(&name), name, span);
}

/// A word that stands for a value: CURRENT_DATE, CURRENT_USER, …
pub(super) fn is_value_word(kind: K) -> bool {
    matches!(
        kind,
        K::CURRENT_CATALOG_KW
            | K::CURRENT_DATE_KW
            | K::CURRENT_ROLE_KW
            | K::CURRENT_SCHEMA_KW
            | K::CURRENT_TIME_KW
            | K::CURRENT_TIMESTAMP_KW
            | K::CURRENT_USER_KW
            | K::LOCALTIME_KW
            | K::LOCALTIMESTAMP_KW
            | K::SESSION_USER_KW
            | K::SYSTEM_USER_KW
            | K::USER_KW
    )
}

/// The names of `a.b.c`, or `None` when the base is something else, as in `(row).c`.
pub(super) fn dotted(r: &Reader<'_>, node: &SyntaxNode) -> Option<Vec<Word>> {
    if node.kind() == K::NAME_REF {
        return Some(vec![word(r, node)?]);
    }
    if node.kind() != K::FIELD_EXPR {
        return None;
    }
    let mut parts = node.children();
    let mut names = dotted(r, &parts.next()?)?;
    if let Some(last) = parts.next() {
        names.push(word(r, &last)?);
    }
    Some(names)
}

fn field(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) {
    let Some(names) = dotted(r, node) else {
        // `(t).c` and `$1.c` for a row that has a name; for any other its field is a matter of types.
        let mut parts = node.children();
        let Some(base) = parts.next() else { return };
        let inner = match base.kind() {
            K::PAREN_EXPR => base.children().next(),
            _ => Some(base.clone()),
        };
        let row = inner
            .filter(|inner| matches!(inner.kind(), K::NAME_REF | K::LITERAL))
            .and_then(|name| word(r, &name))
            .filter(|(name, _)| scope.is_row(name));
        match (row, parts.next().and_then(|column| word(r, &column))) {
            (Some((row, _)), Some((column, span))) => {
                r.uses_column(scope.owners_of(None, &row, &column), column, span);
            }
            (None, Some((field, span))) if !has(node, K::STAR) => {
                expr(r, &base, scope);
                r.push(Action::Use, Object::field(field), span);
            }
            _ => expr(r, &base, scope),
        }
        return;
    };
    if has(node, K::STAR) {
        return;
    }
    let owners_and_column = match &names[..] {
        [(table, _), column] => Some((scope.owners_of(None, table, &column.0), column)),
        [.., (schema, _), (table, _), column] => {
            let owners = scope.owners_of(Some(schema), table, &column.0);
            if owners.is_empty() {
                // `t.composite.field` is not legal without parentheses, `record.row.field` is.
                None
            } else {
                Some((owners, column))
            }
        }
        _ => None,
    };
    if let Some((owners, (column, span))) = owners_and_column {
        r.uses_column(owners, column.clone(), *span);
    }
}

/// A call: of a function, procedure or aggregate, or of a construct with a syntax of its own.
fn call(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) {
    let Some(list) = child(node, K::ARG_LIST) else {
        for part in node.children() {
            expr(r, &part, scope);
        }
        return;
    };
    if let Some(callee) = node.children().next() {
        match dotted(r, &callee) {
            Some(names) => {
                callable(r, &callee, &names, &list, has(node, K::WITHIN_CLAUSE));
            }
            None => expr(r, &callee, scope),
        }
    }
    for part in node.children().skip(1) {
        expr(r, &part, scope);
    }
}

fn callable(
    r: &mut Reader<'_>,
    callee: &SyntaxNode,
    names: &[Word],
    list: &SyntaxNode,
    ordered_set: bool,
) {
    let Some((last, _)) = names.last() else {
        return;
    };
    let plain =
        names.len() == 1 && first_token(callee).is_some_and(|token| !token.text().starts_with('"'));
    if plain && builtin::is_construct(last.as_str()) {
        return;
    }
    if (names.len() == 1 || names[names.len() - 2].0 == "pg_catalog")
        && matches!(
            last.as_str(),
            "nextval" | "currval" | "setval" | "pg_get_serial_sequence" | "to_regclass"
        )
    {
        literal::names_in_arguments(r, last.as_str(), list);
    }
    if TEXT_SEARCH.contains(&last.as_str()) {
        literal::configuration_in_arguments(r, list);
    }
    if let Some(Named { name, span }) = referred(r, names)
        && name
            .schema
            .as_ref()
            .is_none_or(|schema| !r.is_system(schema))
    {
        r.calls(Object::routine(name, arguments(list, ordered_set)), span);
    }
}

/// Functions whose first of several arguments is a text search configuration.
const TEXT_SEARCH: [&str; 7] = [
    "json_to_tsvector",
    "jsonb_to_tsvector",
    "phraseto_tsquery",
    "plainto_tsquery",
    "to_tsquery",
    "to_tsvector",
    "websearch_to_tsquery",
];

/// What a call tells about the routine: how many arguments it gets.
pub(super) fn arguments(list: &SyntaxNode, ordered_set: bool) -> Signature {
    let given = u16::try_from(children(list, K::ARG).count()).unwrap_or(u16::MAX);
    let spread = children(list, K::ARG).any(|argument| has(&argument, K::VARIADIC_KW));
    Signature {
        min: if spread {
            given.saturating_sub(1)
        } else {
            given
        },
        max: (!spread && !ordered_set).then_some(given),
        types: None,
    }
}
