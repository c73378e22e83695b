//! What to say about a token that never ends.

use crate::dialect::lex::{Token, TokenKind};
use crate::finding::{Code, Finding};
use crate::source::{Source, Span};

pub(super) fn token(source: &Source, token: Token) -> Finding {
    let text = token.text(&source.text);
    let (what, opening, close) = match token.kind {
        TokenKind::BlockComment => ("this comment", 2, "*/".to_owned()),
        TokenKind::VersionComment => ("this version comment", text.len(), "*/".to_owned()),
        TokenKind::DollarString => {
            let tag = text[1..].find('$').map_or(text.len(), |at| at + 2);
            ("this dollar quote", tag, text[..tag].to_owned())
        }
        kind => {
            let quote = text.find(['\'', '"', '`', '[']).unwrap_or(0);
            let what = if kind == TokenKind::QuotedIdent {
                "this quoted identifier"
            } else {
                "this string"
            };
            let close = if text[quote..].starts_with('[') {
                "]"
            } else {
                &text[quote..=quote]
            };
            (what, quote + 1, close.to_owned())
        }
    };
    let opened = Span::new(source.id, token.start, token.start + opening as u32);
    let mut finding = Finding::new(
        Code::Unterminated,
        format!("{what} has no end, so it runs to the end of the file"),
    )
    .label(opened, "opened here")
    .help(if close == "`" {
        "close it with another backtick where it should end".to_owned()
    } else {
        format!("close it with `{close}` where it should end")
    });
    if token.kind == TokenKind::String {
        finding = finding.note(format!(
            "a `{close}` inside a string is written `{close}{close}`; the one that is wrong may \
             stand before this one"
        ));
    }
    if token.kind == TokenKind::BlockComment && text[2..].contains("/*") {
        finding = finding.note("comments nest: each `/*` needs a `*/` of its own");
    }
    finding
}
