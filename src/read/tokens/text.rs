//! Strings that hold names or SQL: their content becomes a tape of its own, whose places are those
//! in the source where the string holds the text as it is.

use crate::dialect::lex::{self, Token, TokenKind};
use crate::source::Span;

use super::cursor::{Cursor, Name, Tape, unquoted};
use super::out::Out;
use super::types;

/// Reads the content of the string at the cursor.
pub(super) fn inside(
    out: &mut Out<'_>,
    string: &Cursor<'_>,
    read: impl FnOnce(&mut Out<'_>, Cursor<'_>),
) {
    let (text, all_at) = string.tape_text();
    let (start, end) = string.bytes();
    let Some(literal) = text.get(start..end) else {
        return;
    };
    let id = out.source.id;
    if let Some((from, to)) = verbatim(literal) {
        let content = &literal[from..to];
        let shift = (start + from) as u32;
        let tokens = lex::lex(content, &out.dialect.lexing)
            .into_iter()
            .map(|token| Token {
                start: token.start + shift,
                end: token.end + shift,
                ..token
            });
        let tape = Tape::new(text, tokens, id, all_at);
        read(out, tape.cursor());
    } else {
        let content = unescaped(literal, out.dialect.lexing.backslash_escapes);
        of_text(out, &content, all_at.unwrap_or_else(|| string.span()), read);
    }
}

/// Reads a text that stands, with escapes or in pieces, at `span`.
pub(super) fn of_text(
    out: &mut Out<'_>,
    content: &str,
    span: Span,
    read: impl FnOnce(&mut Out<'_>, Cursor<'_>),
) {
    let tokens = lex::lex(content, &out.dialect.lexing);
    let tape = Tape::new(content, tokens, out.source.id, Some(span));
    read(out, tape.cursor());
}

/// The range of a string's content in the string, if it is there as it is.
fn verbatim(literal: &str) -> Option<(usize, usize)> {
    let bytes = literal.as_bytes();
    if bytes.first() == Some(&b'$') {
        let tag = literal[1..].find('$')? + 2;
        let end = literal.len().checked_sub(tag)?;
        return (end >= tag && bytes[end..] == bytes[..tag]).then_some((tag, end));
    }
    let start = usize::from(
        bytes
            .first()
            .is_some_and(|byte| matches!(byte, b'n' | b'N')),
    );
    let quote = *bytes.get(start)?;
    if !matches!(quote, b'\'' | b'"') || literal.len() < start + 2 {
        return None;
    }
    let inner = &bytes[start + 1..literal.len() - 1];
    (bytes.last() == Some(&quote) && !inner.contains(&quote) && !inner.contains(&b'\\'))
        .then_some((start + 1, literal.len() - 1))
}

/// The content of a string with escapes.
pub(super) fn unescaped(literal: &str, backslashes: bool) -> String {
    if let Some((start, end)) = verbatim(literal) {
        return literal[start..end].to_owned();
    }
    let content = unquoted(literal);
    if !backslashes && !literal.starts_with(['e', 'E']) {
        return content;
    }
    let mut plain = String::with_capacity(content.len());
    let mut characters = content.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => plain.push('\n'),
            Some('t') => plain.push('\t'),
            Some('r') => plain.push('\r'),
            Some(other) => plain.push(other),
            None => {}
        }
    }
    plain
}

/// The name that a string is: `'shop."Order lines"'`.
pub(super) fn name(out: &mut Out<'_>, literal: &str, span: Span) -> Option<Name> {
    let content = unescaped(literal, out.dialect.lexing.backslash_escapes);
    let mut found = None;
    of_text(out, &content, span, |out, mut cursor| {
        found = cursor.name(out.dialect);
        // `f(int)` is a name as well; `to_char(x)` is not looked for. A sentence is none.
        if !(cursor.is_empty() || cursor.is_open()) {
            found = None;
        }
    });
    found
}

/// The types in a string like `'f(int, text)'`.
pub(super) fn argument_types(out: &mut Out<'_>, literal: &str, span: Span) -> Option<Vec<String>> {
    let content = unescaped(literal, out.dialect.lexing.backslash_escapes);
    let mut found = None;
    of_text(out, &content, span, |out, mut cursor| {
        cursor.name(out.dialect);
        found = cursor.group().map(|inner| {
            inner
                .items()
                .filter_map(|mut item| types::read(out, &mut item))
                .map(|found| found.normal)
                .collect()
        });
    });
    found
}

/// What `format` makes of a string: an argument that is no literal is a name that no object has.
pub(super) fn format_filled(literal: &str, arguments: &[Option<String>]) -> String {
    let content = unescaped(literal, false);
    let mut filled = String::with_capacity(content.len());
    let mut characters = content.chars().peekable();
    let mut next_argument = 0_usize;
    while let Some(character) = characters.next() {
        if character != '%' {
            filled.push(character);
            continue;
        }
        // `%1$I`, `%-10s`
        let mut number = String::new();
        while let Some(character) =
            characters.next_if(|next| next.is_ascii_digit() || matches!(next, '$' | '-'))
        {
            if character == '$' {
                next_argument = number.parse::<usize>().unwrap_or(0).wrapping_sub(1);
            } else {
                number.push(character);
            }
        }
        let kind = characters.next();
        if !matches!(kind, Some('I' | 's' | 'L')) {
            filled.push('%');
            filled.extend(kind.filter(|kind| *kind != '%'));
            continue;
        }
        let argument = arguments.get(next_argument).cloned().flatten();
        next_argument = next_argument.wrapping_add(1);
        match (kind, argument) {
            (Some('L'), argument) => {
                let text = argument.unwrap_or_default().replace('\'', "''");
                filled.push_str(&format!("'{text}'"));
            }
            (Some('I'), Some(name)) => {
                filled.push_str(&format!("\"{}\"", name.replace('"', "\"\"")));
            }
            (_, Some(text)) => filled.push_str(&text),
            (_, None) => filled.push(UNKNOWN),
        }
    }
    filled
}

/// Stands for a name that is known only at run time: a letter in which no schema is named.
pub(super) const UNKNOWN: char = 'ƍ';

/// Whether a token is a string of either form.
pub(super) fn is_string(cursor: &Cursor<'_>) -> bool {
    matches!(
        cursor.kind(),
        Some(TokenKind::String | TokenKind::DollarString)
    )
}
