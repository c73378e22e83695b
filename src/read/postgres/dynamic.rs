//! SQL that is put together at run time: what is known of its text is read, the rest is reported.

use squawk_syntax::decoded_text::DecodedText;

use super::expr::expr;
use super::query::query;
use super::reader::{Reader, UNKNOWN};
use super::scope::Scope;
use super::tree::{SyntaxKind as K, SyntaxNode, child, children, literal_text, parse_sql};
use super::{statement, too_deep};

/// A text of which parts may be unknown.
struct Text {
    decoded: DecodedText,
    complete: bool,
    known: bool,
}

/// `EXECUTE text`: a literal, `format('…', …)`, or such joined by `||`.
pub(super) fn execute(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) {
    let value = child(node, K::TARGET_LIST)
        .and_then(|list| child(&list, K::TARGET))
        .and_then(|target| target.children().next());
    let Some(value) = value.filter(|_| node.children().count() == 1) else {
        query(r, node, scope);
        let span = r.span(node);
        r.out.dynamic.push(span);
        return;
    };
    // What the text is made of is looked up whatever the text says.
    expr(r, &value, scope);
    let start = u32::from(value.text_range().start());
    let mut text = Text {
        decoded: DecodedText::new(start.into()),
        complete: true,
        known: false,
    };
    assemble(&value, &mut text);
    text.decoded.mark_end(value.text_range().end());
    let read = text.known && read(r, &text.decoded);
    if !read || !text.complete {
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
    let tree = parse_sql(text);
    if !tree.errors.is_empty() {
        return false;
    }
    let places = r.places.within(decoded.clone());
    r.elsewhere(places, |r| {
        for part in tree.root.children() {
            statement(r, &part, &Scope::default());
        }
    });
    true
}

fn assemble(node: &SyntaxNode, text: &mut Text) {
    match node.kind() {
        K::LITERAL => match literal_text(node) {
            Some(literal) => push_literal(text, &literal, 0, literal.text().len()),
            None => push_unknown(text, node),
        },
        K::PAREN_EXPR => match node.children().next() {
            Some(inner) => assemble(&inner, text),
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
            assemble(&left, text);
            for operand in operands.into_iter().rev() {
                assemble(&operand, text);
            }
        }
        K::CALL_EXPR => call(node, text),
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

fn call(node: &SyntaxNode, text: &mut Text) {
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
            Some(template) => format_text(text, &template, rest),
            None => push_unknown(text, node),
        },
        (Some("quote_ident"), Some((value, _))) => push_quoted(text, value, '"'),
        (Some("quote_literal" | "quote_nullable"), Some((value, _))) => {
            push_quoted(text, value, '\'');
        }
        (Some("concat"), Some(_)) => {
            for argument in &arguments {
                assemble(argument, text);
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
            for c in literal.text().chars() {
                if c == quote {
                    text.decoded.push_char(c, place);
                }
                text.decoded.push_char(c, place);
            }
            text.decoded.push_char(quote, place);
            text.decoded.mark_end(value.text_range().end());
        }
        None if quote == '\'' => {
            text.decoded.push_str("''", place);
            text.decoded.mark_end(value.text_range().end());
        }
        None => push_unknown(text, value),
    }
}

/// `format(template, …)`: `%s`, `%I` and `%L`, with `n$` and widths (PostgreSQL manual, "format").
fn format_text(text: &mut Text, template: &DecodedText, arguments: &[SyntaxNode]) {
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
                    (_, Some(value)) if literal_text(value).is_some() => assemble(value, text),
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
