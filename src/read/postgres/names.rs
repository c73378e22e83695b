//! Names in the tree: paths to object names, single names, and names inside string literals.

use super::reader::Reader;
use super::tree::{SyntaxKind, SyntaxNode, first_token, literal_text};
use crate::name::{Ident, ObjectName};
use crate::read::fact::Kind;
use crate::source::Span;

/// A name and the words that are it.
#[derive(Clone, Debug)]
pub(super) struct Named {
    /// The name.
    pub(super) name: ObjectName,
    /// Its place.
    pub(super) span: Span,
}

/// An identifier and its place.
pub(super) type Word = (Ident, Span);

/// The parts of the first path in the subtree: `db.schema.name` has three.
pub(super) fn path(r: &Reader<'_>, node: &SyntaxNode) -> Vec<Word> {
    node.descendants()
        .filter(|inner| {
            matches!(
                inner.kind(),
                SyntaxKind::PATH_SEGMENT | SyntaxKind::PATH_SEGMENT_REF
            )
        })
        .filter_map(|segment| word(r, &segment))
        .collect()
}

/// The name that a node without parts is: a role, a column, a trigger.
pub(super) fn word(r: &Reader<'_>, node: &SyntaxNode) -> Option<Word> {
    let token = first_token(node)?;
    Some((r.ident(&token), r.token_span(&token)))
}

/// The name of an object that the statement refers to. Its schema, if written, is used.
pub(super) fn reference(r: &mut Reader<'_>, node: &SyntaxNode) -> Option<Named> {
    let path = path(r, node);
    referred(r, &path)
}

/// The same for a path that is taken apart already.
pub(super) fn referred(r: &mut Reader<'_>, path: &[Word]) -> Option<Named> {
    let mut named = object(r, path)?;
    if named.name.schema.is_none() && r.mode.siblings.contains(&named.name.name) {
        named.name.schema = r.mode.schema.clone();
    }
    Some(named)
}

/// The name of an object that the statement makes.
pub(super) fn definition(r: &mut Reader<'_>, node: &SyntaxNode) -> Option<Named> {
    let path = path(r, node);
    let mut named = object(r, &path)?;
    if named.name.schema.is_none() {
        named.name.schema = r.mode.schema.clone();
    }
    Some(named)
}

/// The last two parts as an object's name, and a use of the schema.
fn object(r: &mut Reader<'_>, path: &[Word]) -> Option<Named> {
    let ((name, last), qualifier) = path.split_last()?;
    let span = path.first().map_or(*last, |(_, first)| first.to(*last));
    let Some((schema, schema_span)) = qualifier.last() else {
        return Some(Named {
            name: ObjectName::bare(name.clone()),
            span,
        });
    };
    uses_schema(r, schema.clone(), *schema_span);
    Some(Named {
        name: ObjectName::qualified(schema.clone(), name.clone()),
        span,
    })
}

/// `Use` of a schema that is not the engine's own.
pub(super) fn uses_schema(r: &mut Reader<'_>, schema: Ident, span: Span) {
    if !r.is_system(&schema) && !schema.as_str().starts_with("pg_temp") {
        r.uses(Kind::Schema, ObjectName::bare(schema), span);
    }
}

/// The name that a string literal holds, as in `nextval('shop.s')` and `'t'::regclass`: parts with
/// or without double quotes, folded as outside of strings.
pub(super) fn in_literal(r: &mut Reader<'_>, literal: &SyntaxNode) -> Option<Named> {
    let decoded = literal_text(literal)?;
    let text = decoded.text().to_owned();
    let places = r.places.within(decoded);
    let path: Vec<Word> = split_name(&text)?
        .into_iter()
        .map(|(start, end)| {
            (
                r.dialect.ident(&text[start..end]),
                places.span(start as u32, end as u32),
            )
        })
        .collect();
    referred(r, &path)
}

/// The byte ranges of the parts of a dotted name; `None` if the text is not such a name.
pub(super) fn split_name(text: &str) -> Option<Vec<(usize, usize)>> {
    let mut parts = Vec::new();
    let mut at = 0;
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        let rest = &text[at..];
        let length = if let Some(quoted) = rest.strip_prefix('"') {
            let mut length = 1;
            let mut chars = quoted.chars().peekable();
            loop {
                match chars.next()? {
                    '"' if chars.peek() == Some(&'"') => {
                        chars.next();
                        length += 2;
                    }
                    '"' => break length + 1,
                    other => length += other.len_utf8(),
                }
            }
        } else {
            rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
                .unwrap_or(rest.len())
        };
        if length == 0 {
            return None;
        }
        parts.push((at, at + length));
        at += length;
        at += text[at..].len() - text[at..].trim_start().len();
        match text[at..].chars().next() {
            None => return Some(parts),
            Some('.') => at += 1,
            Some(_) => return None,
        }
    }
}
