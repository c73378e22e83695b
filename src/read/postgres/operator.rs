//! Operators, their classes and families, and casts: made, named and used.

use super::constraint::access_method;
use super::misc::{options, refs};
use super::names::{Named, Word, definition, reference, referred, word};
use super::reader::{How, Reader};
use super::tree::{SyntaxKind as K, SyntaxNode, child, children};
use super::{builtin, types};
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Kind, Object, Part, Signature};
use crate::source::Span;

/// `CREATE OPERATOR`
pub(super) fn create(r: &mut Reader<'_>, node: &SyntaxNode) {
    let operand = |r: &Reader<'_>, wanted: &str| {
        let list = child(node, K::ATTRIBUTE_LIST)?;
        children(&list, K::ATTRIBUTE_OPTION)
            .find(|option| {
                child(option, K::ATTRIBUTE_NAME)
                    .and_then(|name| word(r, &name))
                    .is_some_and(|(name, _)| name == wanted)
            })
            .and_then(|option| types::type_in(&option))
            .map(|of| types::normal(r, &of))
    };
    let (left, right) = (operand(r, "leftarg"), operand(r, "rightarg"));
    let name = child(node, K::OP).or_else(|| child(node, K::CUSTOM_OP));
    if let Some(mut named) = name.and_then(|op| name_of(r, &op)) {
        if named.name.schema.is_none() {
            named.name.schema = r.mode.schema.clone();
        }
        let object = operator_of(named.name, left.clone(), right.clone());
        r.defines(object, named.span, How::default());
    }
    let before = r.out.facts.len();
    options(r, node, |name| match name {
        "procedure" | "function" => Some(Kind::Routine),
        "leftarg" | "rightarg" => Some(Kind::Type),
        _ => None,
    });
    // Its function is the one that takes exactly its operands.
    let operands: Vec<String> = left.into_iter().chain(right).collect();
    for fact in &mut r.out.facts[before..] {
        if let Part::Arguments(signature) = &mut fact.object.part {
            signature.min = operands.len() as u16;
            signature.max = Some(operands.len() as u16);
            signature.types = Some(operands.clone());
        }
    }
    options(r, node, |name| match name {
        "restrict" | "join" => Some(Kind::Routine),
        _ => None,
    });
}

/// `CREATE OPERATOR CLASS`, `CREATE OPERATOR FAMILY`
pub(super) fn create_class(r: &mut Reader<'_>, node: &SyntaxNode, name: K) {
    let family = node.kind() == K::CREATE_OPERATOR_FAMILY;
    if let Some(named) = child(node, name).and_then(|name| definition(r, &name)) {
        let object = class_of(r, named.name, node, family);
        r.defines(object, named.span, How::default());
    }
    if let Some(clause) = child(node, K::OPERATOR_FAMILY_CLAUSE)
        && let Some(family) = child(&clause, K::OP_FAMILY_REF).and_then(|name| reference(r, &name))
    {
        let object = class_of(r, family.name, node, true);
        r.push(Action::Use, object, family.span);
    } else if let Some(named) = child(node, name)
        .filter(|_| !family)
        .and_then(|name| definition(r, &name))
    {
        // A family of that name is made along, unless there is one.
        let how = How {
            if_absent: true,
            ..How::default()
        };
        let object = class_of(r, named.name, node, true);
        let action = r.define(how);
        r.imply(action, object, named.span);
    }
    access_method(r, node);
    class_members(r, node);
}

/// The members of an operator class or family.
pub(super) fn class_members(r: &mut Reader<'_>, node: &SyntaxNode) {
    types::uses_all(r, node);
    let default = types::type_of(node).map(|of| types::normal(r, &of));
    for item in node.descendants() {
        match item.kind() {
            K::OP_CLASS_OPTION_FUNCTION => {
                refs(r, &item, &Action::Use);
                for parameter in item.descendants().filter(|inner| inner.kind() == K::PARAM) {
                    types::uses_all(r, &parameter);
                }
            }
            K::OP_CLASS_OPTION_OPERATOR => member_operator(r, &item, default.as_deref()),
            K::OP_CLASS_OPTION_STORAGE => types::uses_all(r, &item),
            _ => {}
        }
    }
}

/// `OPERATOR n symbol [(left, right)]`: its operands tell it from the engine's own of that symbol.
fn member_operator(r: &mut Reader<'_>, item: &SyntaxNode, default: Option<&str>) {
    types::uses_all(r, item);
    let Some(named) = child(item, K::OP).and_then(|op| name_of(r, &op)) else {
        return;
    };
    let operands: Vec<String> = item
        .children()
        .filter(|part| types::is_type(part.kind()))
        .map(|operand| types::normal(r, &operand))
        .collect();
    let object = match (&operands[..], default) {
        ([left, right], _) => operator_of(named.name, Some(left.clone()), Some(right.clone())),
        (_, Some(default)) => {
            let both = Some(default.to_owned());
            operator_of(named.name, both.clone(), both)
        }
        _ => Object::new(Kind::Operator, named.name),
    };
    if !builtin::is_operator(&object.name) || object.name.schema.is_none() {
        r.push(Action::Use, object, named.span);
    }
}

/// `CREATE CAST`
pub(super) fn create_cast(r: &mut Reader<'_>, node: &SyntaxNode) {
    if let Some((object, span)) = child(node, K::CAST_SIG).and_then(|sig| cast(r, &sig)) {
        r.defines(object, span, How::default());
    }
    if let Some(function) = child(node, K::WITH_FUNCTION) {
        refs(r, &function, &Action::Use);
    }
}

/// An operator with the types of its operands in parentheses.
pub(super) fn with_operands(r: &mut Reader<'_>, node: &SyntaxNode) -> Option<(Object, Span)> {
    types::uses_all(r, node);
    let op = child(node, K::OP).or_else(|| child(node, K::CUSTOM_OP))?;
    let named = name_of(r, &op)?;
    let operands: Vec<String> = node
        .children()
        .filter(|part| types::is_type(part.kind()))
        .map(|operand| types::normal(r, &operand))
        .collect();
    let (left, right) = match &operands[..] {
        [left, right] => (Some(left.clone()), Some(right.clone())),
        // NONE is a word of its own.
        [right] => (None, Some(right.clone())),
        _ => (None, None),
    };
    Some((operator_of(named.name, left, right), named.span))
}

/// An operator as its operands tell it from others of its name.
pub(super) fn operator_of(name: ObjectName, left: Option<String>, right: Option<String>) -> Object {
    let operand = |operand: Option<String>| operand.unwrap_or_else(|| "none".to_owned());
    Object {
        kind: Kind::Operator,
        name,
        part: Part::Arguments(Signature {
            min: 2,
            max: Some(2),
            types: Some(vec![operand(left), operand(right)]),
        }),
    }
}

/// An operator class or family, where the statement says of which method: one name may be that of a
/// class of several, and of a family.
pub(super) fn class_of(
    r: &Reader<'_>,
    name: ObjectName,
    statement: &SyntaxNode,
    family: bool,
) -> Object {
    let mut object = Object::new(Kind::OperatorClass, name);
    let method = child(statement, K::USING_METHOD)
        .and_then(|using| child(&using, K::ACCESS_METHOD_REF))
        .and_then(|method| word(r, &method));
    if let Some((method, _)) = method {
        let family = family.then(|| Ident::folded("family"));
        object.part = Part::Columns(std::iter::once(method).chain(family).collect());
    }
    object
}

/// `source AS target`, the name by which a cast goes.
pub(super) fn cast(r: &mut Reader<'_>, node: &SyntaxNode) -> Option<(Object, Span)> {
    let mut ends = node.children().filter(|part| types::is_type(part.kind()));
    let (source, target) = (ends.next()?, ends.next()?);
    types::uses(r, &source);
    types::uses(r, &target);
    let name = format!(
        "{} AS {}",
        types::normal(r, &source),
        types::normal(r, &target)
    );
    let object = Object::new(Kind::Cast, ObjectName::bare(Ident::folded(name)));
    Some((object, r.span(node)))
}

/// An operator that the engine does not bring along.
pub(super) fn uses(r: &mut Reader<'_>, node: &SyntaxNode) {
    if let Some(inner) = child(node, K::OPERATOR_CALL) {
        return uses(r, &inner);
    }
    if let Some(named) = name_of(r, node)
        && !builtin::is_operator(&named.name)
    {
        r.uses(Kind::Operator, named.name, named.span);
    }
}

/// The symbol of an operator, with its schema if written.
pub(super) fn name_of(r: &mut Reader<'_>, node: &SyntaxNode) -> Option<Named> {
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
    let name = Ident::folded(symbol);
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

/// An operator class whose name stands at `start..end` of the tree's text.
pub(super) fn uses_class(r: &mut Reader<'_>, text: &str, start: u32, end: u32) {
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
