//! A column that both sides fill with UPDATE.

use std::collections::BTreeMap;

use super::super::catalog::IdentityId;
use super::{Both, Clash, Deed};
use crate::dialect::lex::{self, Token, TokenKind};
use crate::finding::Severity;
use crate::read::fact::{Action, Kind};

/// The longest statement that is looked at, in bytes.
const LOOKED_AT: usize = 1 << 16;

/// An UPDATE of a column.
struct Update<'a> {
    deed: Deed,
    /// Its tokens, in lower case where they are no literals.
    words: Vec<String>,
    /// The column and the literal of `WHERE column = literal`, where that is all or the first condition.
    only: Option<(&'a str, &'a str)>,
}

type Updates<'a> = BTreeMap<IdentityId, Vec<Update<'a>>>;

pub(super) fn clashes(both: &Both<'_>) -> Vec<Clash> {
    let [one, other] = [0, 1].map(|side| updates(both, side));
    let mut clashes = Vec::new();
    for (&column, ones) in &one {
        let others = other.get(&column).map_or(&[][..], Vec::as_slice);
        let meets = |one: &Update<'_>, other: &Update<'_>| {
            one.words != other.words && !are_apart(one.only, other.only)
        };
        let pair = ones.iter().find_map(|one| {
            let other = others.iter().find(|other| meets(one, other))?;
            Some((one, other))
        });
        clashes.extend(pair.map(|(one, other)| Clash {
            severity: Severity::Warning,
            object: both.catalog.get(column).label().into(),
            deeds: [one.deed, other.deed],
            why: "a row that both change has in the end the value of the one that comes last",
            help: match one.only {
                Some(_) => {
                    "let `{head}` change other rows, by the same column in WHERE, or write at its top: `-- requires: {base}`"
                }
                None => {
                    "take it out of `{head}`, or, where it is to come last, write at its top: `-- requires: {base}`"
                }
            },
        }));
    }
    clashes
}

/// Whether two conditions are about different values of one column.
fn are_apart(one: Option<(&str, &str)>, other: Option<(&str, &str)>) -> bool {
    let pair = one.zip(other);
    pair.is_some_and(|((column, value), (other_column, other_value))| {
        column.eq_ignore_ascii_case(other_column) && value != other_value
    })
}

fn updates<'a>(both: &Both<'a>, side: usize) -> Updates<'a> {
    let mut updates = Updates::new();
    for &id in both.sides[side].statements.keys() {
        let patch = &both.patches[id.0 as usize];
        for statement in &patch.facts {
            let body = patch.statements[statement.statement].body;
            let text = both.sources.slice(body);
            let is_update = text
                .get(..6)
                .is_some_and(|it| it.eq_ignore_ascii_case("update"));
            let is_here = both.side(id, statement.statement as u32) == Some(side);
            if !is_update || !is_here || text.len() > LOOKED_AT {
                continue;
            }
            let mut tokens = lex::lex(text, &both.catalog.dialect.lexing);
            tokens.retain(|token| !token.is_trivia());
            let path = statement.search_path.as_deref();
            let written = statement.facts.iter().filter(|fact| {
                fact.action == Action::Write
                    && fact.in_body_of.is_none()
                    && fact.object.kind == Kind::Column
            });
            for fact in written {
                let [column] = both.catalog.lookup(id, path, &fact.object)[..] else {
                    continue;
                };
                let column = both.renames.oldest(column.identity);
                updates.entry(column).or_default().push(Update {
                    deed: Deed {
                        patch: id,
                        span: fact.span,
                        verb: "updates",
                    },
                    words: tokens.iter().map(|token| word(token, text)).collect(),
                    only: only(&tokens, text),
                });
            }
        }
    }
    updates
}

fn is_literal(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Number | TokenKind::String)
}

fn word(token: &Token, text: &str) -> String {
    match is_literal(token) {
        true => token.text(text).to_owned(),
        false => token.text(text).to_lowercase(),
    }
}

/// `WHERE column = literal`, alone or before AND.
fn only<'t>(tokens: &[Token], text: &'t str) -> Option<(&'t str, &'t str)> {
    let is = |token: &Token, keyword: &str| token.text(text).eq_ignore_ascii_case(keyword);
    let mut places = tokens.iter().enumerate().filter(|(_, it)| is(it, "where"));
    let (place, _) = places.next()?;
    if places.next().is_some() || tokens.iter().any(|it| is(it, "or")) {
        return None;
    }
    let [column, equals, literal, rest @ ..] = &tokens[place + 1..] else {
        return None;
    };
    let ends = rest.first().is_none_or(|it| is(it, "and"));
    (equals.text(text) == "=" && is_literal(literal) && ends)
        .then(|| (column.text(text), literal.text(text)))
}
