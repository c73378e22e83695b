//! `SET`: what a patch may change about its session.

use super::batch::refused;
use super::tokens::Tokens;
use crate::dialect::lex::TokenKind;
use crate::finding::Finding;

/// Options that are ON or OFF.
const SWITCHES: &[&str] = &[
    "ANSI_DEFAULTS",
    "ANSI_NULLS",
    "ANSI_NULL_DFLT_OFF",
    "ANSI_NULL_DFLT_ON",
    "ANSI_PADDING",
    "ANSI_WARNINGS",
    "ARITHABORT",
    "ARITHIGNORE",
    "CONCAT_NULL_YIELDS_NULL",
    "CURSOR_CLOSE_ON_COMMIT",
    "NOCOUNT",
    "NUMERIC_ROUNDABORT",
    "QUOTED_IDENTIFIER",
    "XACT_ABORT",
];

/// Options with a value.
const VALUES: &[&str] = &[
    "DATEFIRST",
    "DATEFORMAT",
    "DEADLOCK_PRIORITY",
    "LANGUAGE",
    "LOCK_TIMEOUT",
    "QUERY_GOVERNOR_COST_LIMIT",
    "ROWCOUNT",
    "TEXTSIZE",
];

/// Options under which statements are not run, or not committed.
const DANGEROUS: &[&str] = &[
    "FMTONLY",
    "IMPLICIT_TRANSACTIONS",
    "NOEXEC",
    "OFFLINE",
    "PARSEONLY",
    "REMOTE_PROC_TRANSACTIONS",
    "SHOWPLAN_ALL",
    "SHOWPLAN_TEXT",
    "SHOWPLAN_XML",
];

/// The `SET` that begins here, if it changes the session: dynamic SQL would end it with its batch.
pub(super) fn setting(
    tokens: &Tokens<'_>,
    place: usize,
    findings: &mut Vec<Finding>,
) -> Option<String> {
    if !tokens.is(place, &["SET"]) || tokens.text(place + 2) == "=" {
        return None;
    }
    if tokens.is(place + 1, DANGEROUS) {
        findings.push(refused(
            tokens.span(place + 1),
            format!("SET {} cannot be part of a patch", tokens.text(place + 1)),
            "leave it out",
        ));
        return None;
    }
    let on_or_off = &["ON", "OFF"];
    let end = if tokens.is(place + 1, SWITCHES) {
        (place + 2..tokens.end()).find(|&at| tokens.is(at, on_or_off))?
    } else if tokens.is(place + 1, VALUES) {
        // A number may have a sign.
        place + 2 + usize::from(tokens.kind(place + 2) == Some(TokenKind::Operator))
    } else if tokens.is(place + 1, &["IDENTITY_INSERT"]) {
        (place + 2..tokens.end()).find(|&at| tokens.is(at, on_or_off))?
    } else if tokens.are(place + 1, &[&["TRANSACTION"], &["ISOLATION"], &["LEVEL"]]) {
        place + 4 + usize::from(tokens.is(place + 4, &["READ", "REPEATABLE"]))
    } else {
        return None;
    };
    let mut text = String::new();
    for at in place..=end.min(tokens.end().checked_sub(1)?) {
        let glued = tokens.kind(at) == Some(TokenKind::Dot)
            || at > 0 && tokens.kind(at - 1) == Some(TokenKind::Dot)
            || at > 0 && tokens.kind(at - 1) == Some(TokenKind::Operator);
        if !text.is_empty() && !glued {
            text.push(' ');
        }
        text.push_str(tokens.text(at));
    }
    if text.contains(['\n', '\r']) || text.contains("$(") || text.contains('@') {
        findings.push(refused(
            tokens.span(place),
            "this setting cannot be set for the batches after it",
            "write the value itself, on one line",
        ));
    }
    Some(text)
}
