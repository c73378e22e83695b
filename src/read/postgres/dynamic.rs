//! SQL that is put together at run time: what is known of its text is read, the rest is reported.

use std::collections::BTreeMap;

use squawk_syntax::decoded_text::DecodedText;

use super::expr::expr;
use super::names::word;
use super::query::query;
use super::reader::{Reader, UNKNOWN};
use super::scope::Scope;
use super::tree::{SyntaxKind as K, SyntaxNode, child, children, literal_text};
use super::{parse, statement, too_deep};
use crate::name::Ident;

/// A text of which parts may be unknown.
#[derive(Clone, Debug)]
pub(super) struct Text {
    decoded: DecodedText,
    /// No part of it is unknown.
    complete: bool,
    /// Some part of it is known.
    known: bool,
}

/// What the variables of a body have been given so far: every text since the last EXECUTE of the
/// variable, because branches may give it different ones.
#[derive(Debug, Default)]
pub(super) struct Texts(BTreeMap<Ident, (Vec<Text>, bool)>);

/// More alternatives than these are not followed.
const ALTERNATIVES: usize = 16;

/// `variable := text`: what it says may be executed later.
pub(super) fn assign(r: &mut Reader<'_>, target: Option<&SyntaxNode>, node: &SyntaxNode) {
    let Some(target) = target else { return };
    let Some((name, _)) = word(r, target) else {
        return;
    };
    let value = child(node, K::PLPGSQL_EXPR).and_then(|value| only_value(&value));
    let (mut before, executed) = r.texts.0.remove(&name).unwrap_or_default();
    let Some(value) = value else { return };
    let refers_to_itself = value
        .descendants()
        .filter(|inner| inner.kind() == K::NAME_REF)
        .any(|inner| word(r, &inner).is_some_and(|(other, _)| other == name));
    let mut after = Vec::new();
    if refers_to_itself {
        // `sql := sql || '…'` goes on from each text that it may have had.
        for text in before {
            r.texts.0.insert(name.clone(), (vec![text], false));
            after.push(text_of(r, &value));
        }
    } else {
        if !executed {
            after.append(&mut before);
        }
        after.push(text_of(r, &value));
    }
    after.retain(|text| text.known);
    after.truncate(ALTERNATIVES);
    r.texts.0.insert(name, (after, false));
}

fn only_value(node: &SyntaxNode) -> Option<SyntaxNode> {
    let list = child(node, K::TARGET_LIST).filter(|_| node.children().count() == 1)?;
    child(&list, K::TARGET)?.children().next()
}

fn text_of(r: &Reader<'_>, value: &SyntaxNode) -> Text {
    let mut text = Text {
        decoded: DecodedText::new(value.text_range().start()),
        complete: true,
        known: false,
    };
    assemble(r, value, &mut text);
    text.decoded.mark_end(value.text_range().end());
    text
}

/// `EXECUTE text`: a literal, `format('…', …)`, such joined by `||`, or a variable that was given
/// such.
pub(super) fn execute(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) {
    let Some(value) = only_value(node) else {
        query(r, node, scope);
        let span = r.span(node);
        r.out.dynamic.push(span);
        return;
    };
    // What the text is made of is looked up whatever the text says.
    expr(r, &value, scope);
    let mut inner = value.clone();
    while let Some(next) = child(&inner, K::NAME_REF).filter(|_| inner.kind() == K::PAREN_EXPR) {
        inner = next;
    }
    let variable = (inner.kind() == K::NAME_REF)
        .then(|| word(r, &inner))
        .flatten()
        .map(|(name, _)| name);
    let texts = match &variable {
        Some(name) => r
            .texts
            .0
            .get(name)
            .map_or_else(Vec::new, |(texts, _)| texts.clone()),
        None => vec![text_of(r, &value)],
    };
    let mut complete = !texts.is_empty();
    for text in texts {
        complete &= text.complete;
        complete &= text.known && read(r, &text.decoded);
    }
    if let Some((_, executed)) = variable.and_then(|name| r.texts.0.get_mut(&name)) {
        *executed = true;
    }
    if !complete {
        let span = r.span(&value);
        r.out.dynamic.push(span);
    }
}

/// Reads an assembled text as statements; says whether the grammar accepts it.
fn read(r: &mut Reader<'_>, decoded: &DecodedText) -> bool {
    let text = decoded.text();
    if too_deep(text) {
        return false;
    }
    let Some(tree) = parse(text, r.dialect) else {
        return false;
    };
    let places = r.places.within(decoded.clone());
    let before = std::mem::replace(&mut r.repeats, true);
    r.elsewhere(places, |r| {
        for part in tree.root.children() {
            statement(r, &part, &Scope::default());
        }
    });
    r.repeats = before;
    true
}

fn assemble(r: &Reader<'_>, node: &SyntaxNode, text: &mut Text) {
    match node.kind() {
        K::LITERAL => match literal_text(node) {
            Some(literal) => push_literal(text, &literal, 0, literal.text().len()),
            None => push_unknown(text, node),
        },
        K::PAREN_EXPR => match node.children().next() {
            Some(inner) => assemble(r, &inner, text),
            None => push_unknown(text, node),
        },
        K::BIN_EXPR if is_concatenation(node) => {
            let mut operands = Vec::new();
            let mut left = node.clone();
            while left.kind() == K::BIN_EXPR && is_concatenation(&left) {
                let mut sides = operands_of(&left);
                operands.extend(sides.pop());
                match sides.pop() {
                    Some(first) => left = first,
                    None => return,
                }
            }
            assemble(r, &left, text);
            for operand in operands.into_iter().rev() {
                assemble(r, &operand, text);
            }
        }
        K::CALL_EXPR => call(r, node, text),
        // A variable with exactly one text.
        K::NAME_REF => match word(r, node).and_then(|(name, _)| r.texts.0.get(&name)) {
            Some((texts, _)) if texts.len() == 1 => {
                let known = &texts[0];
                push_literal(text, &known.decoded, 0, known.decoded.text().len());
                text.complete &= known.complete;
            }
            _ => push_unknown(text, node),
        },
        _ => push_unknown(text, node),
    }
}

fn operands_of(node: &SyntaxNode) -> Vec<SyntaxNode> {
    node.children()
        .filter(|part| !matches!(part.kind(), K::CUSTOM_OP | K::OP))
        .collect()
}

fn is_concatenation(node: &SyntaxNode) -> bool {
    let symbol = node
        .children()
        .find(|part| part.kind() == K::CUSTOM_OP)
        .map(|operator| operator.text().to_string());
    symbol.as_deref() == Some("||") && operands_of(node).len() == 2
}

fn push_literal(text: &mut Text, literal: &DecodedText, start: usize, end: usize) {
    let content = &literal.text()[start..end];
    let mut offset = start as u32;
    for c in content.chars() {
        let place = literal.source_pos(offset.into());
        text.decoded.push_char(c, place);
        offset += c.len_utf8() as u32;
    }
    text.known |= !content.trim().is_empty();
}

fn push_unknown(text: &mut Text, node: &SyntaxNode) {
    text.decoded.push_char(UNKNOWN, node.text_range().start());
    text.complete = false;
}

fn call(r: &Reader<'_>, node: &SyntaxNode, text: &mut Text) {
    let name = node
        .children()
        .next()
        .map(|callee| callee.text().to_string().to_ascii_lowercase());
    let arguments: Vec<SyntaxNode> = child(node, K::ARG_LIST)
        .iter()
        .flat_map(|list| children(list, K::ARG).collect::<Vec<_>>())
        .filter_map(|argument| argument.children().next())
        .collect();
    let name = name
        .as_deref()
        .map(|name| name.trim_start_matches("pg_catalog."));
    match (name, arguments.split_first()) {
        (Some("format"), Some((template, rest))) => match literal_text(template) {
            Some(template) => format_text(r, text, &template, rest),
            None => push_unknown(text, node),
        },
        (Some("quote_ident"), Some((value, _))) => push_quoted(text, value, '"'),
        (Some("quote_literal" | "quote_nullable"), Some((value, _))) => {
            push_quoted(text, value, '\'');
        }
        (Some("concat"), Some(_)) => {
            for argument in &arguments {
                assemble(r, argument, text);
            }
        }
        _ => push_unknown(text, node),
    }
}

/// A value in quotes, if it is known; else something that can stand in its place.
fn push_quoted(text: &mut Text, value: &SyntaxNode, quote: char) {
    let place = value.text_range().start();
    match literal_text(value) {
        Some(literal) => {
            text.decoded.push_char(quote, place);
            let mut offset = 0;
            for c in literal.text().chars() {
                let here = literal.source_pos(offset.into());
                if c == quote {
                    text.decoded.push_char(c, here);
                }
                text.decoded.push_char(c, here);
                offset += c.len_utf8() as u32;
            }
            let end = u32::from(value.text_range().end());
            text.decoded.push_char(quote, end.saturating_sub(1).into());
        }
        None if quote == '\'' => {
            text.decoded.push_str("''", place);
        }
        None => push_unknown(text, value),
    }
}

/// `format(template, …)`: `%s`, `%I` and `%L`, with `n$` and widths (PostgreSQL manual, "format").
fn format_text(r: &Reader<'_>, text: &mut Text, template: &DecodedText, arguments: &[SyntaxNode]) {
    let content = template.text().to_owned();
    let bytes = content.as_bytes();
    let mut from = 0;
    let mut next = 0;
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'%' {
            at += 1;
            continue;
        }
        push_literal(text, template, from, at);
        let mut cursor = at + 1;
        let digits = content[cursor..]
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(0);
        if digits > 0 && bytes.get(cursor + digits) == Some(&b'$') {
            if let Ok(position) = content[cursor..cursor + digits].parse::<usize>() {
                next = position.saturating_sub(1);
            }
            cursor += digits + 1;
        }
        while bytes
            .get(cursor)
            .is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-')
        {
            cursor += 1;
        }
        let place = template.source_pos((at as u32).into());
        match bytes.get(cursor) {
            Some(b'%') => text.decoded.push_char('%', place),
            Some(kind @ (b's' | b'I' | b'L')) => {
                match (kind, arguments.get(next)) {
                    (b'I', Some(value)) => push_quoted(text, value, '"'),
                    (b'L', Some(value)) => push_quoted(text, value, '\''),
                    (_, Some(value)) if literal_text(value).is_some() => assemble(r, value, text),
                    _ => {
                        text.decoded.push_char(UNKNOWN, place);
                        text.complete = false;
                    }
                }
                next += 1;
            }
            // Not a format that the server takes either.
            _ => {
                from = cursor;
                at = cursor;
                continue;
            }
        }
        at = (cursor + 1).min(bytes.len());
        from = at;
    }
    push_literal(text, template, from.min(content.len()), content.len());
}
