//! Casts, and string literals that name objects or are values of enums.

use super::expr::expr;
use super::names::{Word, in_literal, referred};
use super::reader::Reader;
use super::scope::Scope;
use super::tree::{SyntaxKind as K, SyntaxNode, children, find, literal_text};
use super::{builtin, types};
use crate::name::Ident;
use crate::read::fact::{Action, Binding, Kind, Object, Signature};

/// Functions of the engine that take an object's name in a string.
pub(super) fn names_in_arguments(r: &mut Reader<'_>, function: &str, list: &SyntaxNode) {
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
pub(super) fn cast(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) {
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

/// `to_tsvector('shop.words', body)`: the configuration is looked up when the call is read.
pub(super) fn configuration_in_arguments(r: &mut Reader<'_>, list: &SyntaxNode) {
    let mut arguments = children(list, K::ARG).filter_map(|argument| argument.children().next());
    if let (Some(first), Some(_)) = (arguments.next(), arguments.next())
        && first.kind() == K::LITERAL
    {
        object_literal(r, "regconfig", &first);
    }
}

/// `'shop.orders'::regclass` and its siblings.
fn object_literal(r: &mut Reader<'_>, type_name: &str, literal: &SyntaxNode) {
    let kind = match type_name {
        "regclass" => Kind::Relation,
        "regtype" => Kind::Type,
        "regrole" => Kind::Role,
        "regnamespace" => Kind::Schema,
        "regcollation" => Kind::Collation,
        "regconfig" => Kind::TextSearch,
        "regdictionary" => Kind::TextSearchDictionary,
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
            Kind::TextSearch | Kind::TextSearchDictionary => builtin::is_text_search(&named.name),
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
        let value = Ident::folded(value.text());
        r.push(
            Action::Use,
            Object::member(Kind::EnumValue, named.name, value),
            span,
        );
    }
}
