//! Expressions: columns, calls, casts, collations, operators, and the queries inside them.

use super::names::{Named, Word, in_literal, reference, referred, word};
use super::query::{is_query, query};
use super::reader::Reader;
use super::scope::{Scope, Visible};
use super::tree::{
    SyntaxKind as K, SyntaxNode, child, children, find, first_token, has, literal_text,
};
use super::{builtin, types};
use crate::name::ObjectName;
use crate::read::fact::{Action, Binding, Kind, Object, Signature};

/// The facts of an expression, or of anything that holds expressions.
pub(super) fn expr(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) {
    match node.kind() {
        K::NAME_REF => column(r, node, scope),
        K::FIELD_EXPR => field(r, node, scope),
        K::CALL_EXPR => call(r, node, scope),
        K::CAST_EXPR => cast(r, node, scope),
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
        K::CUSTOM_OP | K::OPERATOR_CALL | K::OP => operator(r, node),
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
        // `(t).c` for a row of FROM; for any other row its field is a matter of types.
        let mut parts = node.children();
        let Some(base) = parts.next() else { return };
        let row = child(&base, K::NAME_REF)
            .filter(|_| base.kind() == K::PAREN_EXPR)
            .and_then(|name| word(r, &name))
            .filter(|(name, _)| scope.visible(name).is_some());
        match (row, parts.next().and_then(|column| word(r, &column))) {
            (Some((row, _)), Some((column, span))) => {
                r.uses_column(scope.owners_of(None, &row, &column), column, span);
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
        names_in_arguments(r, last.as_str(), list);
    }
    let before = r.mode.lookup.take();
    let named = referred(r, names);
    r.mode.lookup = before;
    if let Some(Named { name, span }) = named
        && name
            .schema
            .as_ref()
            .is_none_or(|schema| !r.is_system(schema))
    {
        r.calls(name, arguments(list, ordered_set), span);
    }
}

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

/// Functions of the engine that take an object's name in a string.
fn names_in_arguments(r: &mut Reader<'_>, function: &str, list: &SyntaxNode) {
    let mut arguments = children(list, K::ARG).filter_map(|argument| argument.children().next());
    let Some(mut first) = arguments.next() else {
        return;
    };
    let mut binding = r.mode.binding;
    if first.kind() == K::CAST_EXPR {
        // `nextval('s'::regclass)` is read as a cast; `'s'::text` is looked up at run time only.
        let as_text = types::type_of(&first)
            .and_then(|inner| types::builtin_name(r, &inner))
            .is_some_and(|name| name == "text");
        let Some(literal) = find(&first, K::LITERAL).filter(|_| as_text) else {
            return;
        };
        first = literal;
        binding = Binding::Late;
    }
    if first.kind() != K::LITERAL {
        return;
    }
    let Some(named) = in_literal(r, &first) else {
        return;
    };
    let kind = match function {
        "pg_get_serial_sequence" | "to_regclass" => Kind::Relation,
        _ => Kind::Sequence,
    };
    if function == "to_regclass" {
        binding = Binding::Late;
    }
    r.under(
        |mode| mode.binding = binding,
        |r| r.uses(kind, named.name.clone(), named.span),
    );
    if function == "pg_get_serial_sequence"
        && let Some(second) = arguments.next()
        && let Some(decoded) = literal_text(&second)
    {
        let column = r.dialect.ident_verbatim(decoded.text());
        let span = r.span(&second);
        r.uses_column(vec![named.name], column, span);
    }
}

/// `x::type`, `CAST (x AS type)`, `type 'x'`: the type is used; a literal may be an enum's value or
/// the name of an object.
fn cast(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) {
    let inner_type = types::type_of(node);
    for part in node.children() {
        if !types::is_type(part.kind()) {
            expr(r, &part, scope);
        }
    }
    let Some(inner_type) = inner_type else { return };
    types::uses(r, &inner_type);
    let literal = node
        .children()
        .find(|part| part.kind() == K::LITERAL)
        .filter(|literal| literal_text(literal).is_some());
    let Some(literal) = literal else { return };
    if let Some(name) = types::builtin_name(r, &inner_type) {
        object_literal(r, &name, &literal);
    }
    enum_literal(r, &inner_type, &literal);
}

/// `'shop.orders'::regclass` and its siblings.
fn object_literal(r: &mut Reader<'_>, type_name: &str, literal: &SyntaxNode) {
    let kind = match type_name {
        "regclass" => Kind::Relation,
        "regtype" => Kind::Type,
        "regrole" => Kind::Role,
        "regnamespace" => Kind::Schema,
        "regcollation" => Kind::Collation,
        "regconfig" | "regdictionary" => Kind::TextSearch,
        "regproc" | "regprocedure" => {
            return routine_literal(r, literal);
        }
        _ => return,
    };
    if let Some(named) = in_literal(r, literal) {
        let builtin = match kind {
            Kind::Relation => builtin::is_relation(&named.name),
            Kind::Type => builtin::is_type(&named.name),
            Kind::Collation => builtin::is_collation(&named.name),
            _ => false,
        };
        if !builtin {
            r.uses(kind, named.name, named.span);
        }
    }
}

fn routine_literal(r: &mut Reader<'_>, literal: &SyntaxNode) {
    let Some(decoded) = literal_text(literal) else {
        return;
    };
    let text = decoded.text().to_owned();
    let name = text.split('(').next().unwrap_or_default();
    let Some(parts) = super::names::split_name(name) else {
        return;
    };
    let places = r.places.within(decoded);
    let path: Vec<Word> = parts
        .into_iter()
        .map(|(start, end)| {
            (
                r.dialect.ident(&text[start..end]),
                places.span(start as u32, end as u32),
            )
        })
        .collect();
    if let Some(named) = referred(r, &path) {
        let any = Signature {
            min: 0,
            max: None,
            types: None,
        };
        r.push(Action::Use, Object::routine(named.name, any), named.span);
    }
}

/// `'v'` where a value of a type of the patches' own is wanted: the value, if the type is an enum.
pub(super) fn enum_literal(r: &mut Reader<'_>, type_node: &SyntaxNode, literal: &SyntaxNode) {
    if type_node.kind() == K::ARRAY_TYPE || find(type_node, K::ARRAY_BOUND).is_some() {
        return;
    }
    let Some((_, path)) = types::user_type(r, type_node) else {
        return;
    };
    let Some(value) = literal_text(literal) else {
        return;
    };
    let span = r.span(literal);
    if let Some(named) = referred(r, &path) {
        let value = crate::name::Ident::folded(value.text());
        r.push(
            Action::Use,
            Object::member(Kind::EnumValue, named.name, value),
            span,
        );
    }
}

/// An operator class whose name stands at `start..end` of the tree's text.
pub(super) fn operator_class(r: &mut Reader<'_>, text: &str, start: u32, end: u32) {
    let Some(parts) = super::names::split_name(&text[start as usize..end as usize]) else {
        return;
    };
    let path: Vec<Word> = parts
        .into_iter()
        .map(|(from, to)| {
            let (from, to) = (start + from as u32, start + to as u32);
            let name = r.dialect.ident(&text[from as usize..to as usize]);
            (name, r.places.span(from, to))
        })
        .collect();
    if let Some(named) = referred(r, &path)
        && !builtin::is_operator_class(&named.name)
    {
        r.uses(Kind::OperatorClass, named.name, named.span);
    }
}

/// An operator that the engine does not bring along.
fn operator(r: &mut Reader<'_>, node: &SyntaxNode) {
    if let Some(inner) = child(node, K::OPERATOR_CALL) {
        return operator(r, &inner);
    }
    if let Some(named) = operator_name(r, node)
        && !builtin::is_operator(&named.name)
    {
        r.uses(Kind::Operator, named.name, named.span);
    }
}

/// The symbol of an operator, with its schema if written.
pub(super) fn operator_name(r: &mut Reader<'_>, node: &SyntaxNode) -> Option<Named> {
    let op = match node.kind() {
        K::OPERATOR_CALL => child(node, K::OP)?,
        _ => node.clone(),
    };
    let schema = child(&op, K::PATH_REF).and_then(|path| word(r, &path));
    let symbol: String = op
        .descendants_with_tokens()
        .filter_map(|element| element.into_token())
        .filter(|token| {
            !super::tree::is_trivia(token.kind())
                && token.kind() != K::DOT
                && !token
                    .parent()
                    .is_some_and(|parent| matches!(parent.kind(), K::PATH_SEGMENT_REF))
        })
        .map(|token| token.text().to_owned())
        .collect();
    if symbol.is_empty() || symbol.starts_with(|c: char| c.is_alphabetic()) {
        return None;
    }
    let span = r.span(&op);
    let name = crate::name::Ident::folded(symbol);
    if let Some((schema, schema_span)) = schema {
        super::names::uses_schema(r, schema.clone(), schema_span);
        return Some(Named {
            name: ObjectName::qualified(schema, name),
            span,
        });
    }
    Some(Named {
        name: ObjectName::bare(name),
        span,
    })
}
