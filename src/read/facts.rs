//! The facts of a file's statements: which reader reads what, and what comes of it.
//!
//! A tree reader reads a statement where its grammar takes it; the token reader reads what is
//! refused, what would overflow a parser's stack, and the rows of very large INSERTs.

use std::collections::BTreeSet;

use super::bulk::Rows;
use super::effect::Effect;
use super::fact::{Action, Fact, Kind, Reader, StatementFacts};
use super::search_path::SearchPath;
use super::shape::Repeats;
use super::split::Split;
use super::statement::StatementKind;
use super::unchecked::Unchecked;
use super::{ast, bulk, height, postgres, thin, tokens};
use crate::dialect::lex::{Token, TokenKind};
use crate::dialect::{Dialect, Engine};
use crate::source::{Source, Span};

/// What a reader says about one statement.
#[derive(Debug, Default)]
struct Found {
    facts: Vec<Fact>,
    dynamic: Vec<Span>,
    tokens_only: bool,
}

/// The facts of every statement that has any, and the effects of all.
pub(super) fn read(
    source: &Source,
    split: &Split,
    dialect: &Dialect,
) -> (Vec<StatementFacts>, Vec<Effect>) {
    let mut path = SearchPath::default();
    let mut unchecked = Unchecked::default();
    let mut all = Vec::new();
    let mut effects = Vec::new();
    let mut repeats = Repeats::default();
    let mut tokens = Vec::new();
    for (number, piece) in split.pieces().enumerate() {
        if piece.statement.kind != StatementKind::Sql {
            continue;
        }
        let body = piece.statement.body;
        tokens.clear();
        let found = if dialect.semicolons_are_optional && body.end - body.start >= bulk::LARGE {
            let thin = thin::thin(&source.text, piece.body);
            read_piece(
                source,
                body,
                thin.iter().copied(),
                &mut tokens,
                &mut repeats,
                dialect,
            )
        } else {
            read_piece(source, body, piece.body, &mut tokens, &mut repeats, dialect)
        };
        let Some(mut found) = found else {
            continue;
        };
        let found_effects = tokens::effects(source, &tokens, dialect);
        effects.extend(found_effects.into_iter().map(|effect| Effect {
            statement: number,
            ..effect
        }));
        found.facts.sort_by_key(|fact| fact.span.start);
        forget_uses_before_definitions(&mut found.facts);
        unchecked.loosen(&mut found.facts);
        found.facts.shrink_to_fit();
        // A batch of T-SQL is one place, however many EXEC it has.
        found.dynamic.dedup();
        if !found.facts.is_empty() || !found.dynamic.is_empty() || found.tokens_only {
            all.push(StatementFacts {
                statement: number,
                facts: found.facts,
                search_path: path.now().cloned(),
                body_path: path.of_body(&source.text, &tokens, dialect),
                tokens_only: found.tokens_only,
                dynamic: found.dynamic,
            });
        }
        path.see(&source.text, &tokens, dialect);
        unchecked.see(&source.text, &tokens, dialect);
    }
    (all, effects)
}

/// The facts of one piece with these tokens, which are given back where they were read one by one; none
/// where others have told the same.
fn read_piece(
    source: &Source,
    body: Span,
    pieces: impl Iterator<Item = Token> + Clone,
    tokens: &mut Vec<Token>,
    repeats: &mut Repeats,
    dialect: &Dialect,
) -> Option<Found> {
    if let Some(rows) = bulk::rows(&source.text, pieces.clone(), body.end - body.start) {
        return Some(read_rows(source, body, &rows, dialect));
    }
    if repeats.is_known(&source.text, pieces.clone()) {
        return None;
    }
    tokens.extend(pieces);
    Some(read_tree(source, body, tokens, dialect))
}

/// The first row stands for the form of all of them.
fn read_rows(source: &Source, body: Span, rows: &Rows, dialect: &Dialect) -> Found {
    let first_end = rows.first.last().map_or(body.end, |token| token.end);
    let first = Span::new(body.source, body.start, first_end);
    let mut found = read_tree(source, first, &rows.first, dialect);
    if !rows.rest.is_empty() {
        found.add_tokens(source, &rows.rest, &[body], dialect);
    }
    found
}

fn read_tree(source: &Source, body: Span, tokens: &[Token], dialect: &Dialect) -> Found {
    let mut found = Found::default();
    let mut left = Vec::new();
    let broken = if !height::is_fine(&source.text, tokens, &dialect.lexing) {
        vec![body]
    } else if dialect.engine == Engine::Postgres {
        let tree = postgres::read(source, body, dialect);
        found.facts = tree.facts;
        found.dynamic = tree.dynamic;
        tree.broken
    } else if let Some(tree) = ast::read(source, body, dialect) {
        found.facts = tree.facts;
        found.dynamic = tree.dynamic;
        left = tree.left;
        Vec::new()
    } else {
        vec![body]
    };
    found.tokens_only = !broken.is_empty() && !is_comment(source, tokens);
    let regions = if broken.is_empty() { &left } else { &broken };
    found.add_tokens(source, tokens, regions, dialect);
    found
}

/// `COMMENT ON … IS 'text'`, which not every grammar has and whose tokens tell all.
fn is_comment(source: &Source, tokens: &[Token]) -> bool {
    let mut words = tokens.iter().filter(|token| !token.is_trivia());
    let mut next_is = |word: &str| {
        let text = words.next().map(|it| it.text(&source.text));
        text.is_some_and(|text| text.eq_ignore_ascii_case(word))
    };
    let begins = next_is("comment") && next_is("on");
    let mut last = words.rev();
    let value = last.next();
    let is_is = |it: &Token| it.text(&source.text).eq_ignore_ascii_case("is");
    begins && value.is_some_and(|it| it.kind == TokenKind::String) && last.next().is_some_and(is_is)
}

/// A key may stand before the columns that it is over: what a statement makes itself it does not need.
fn forget_uses_before_definitions(facts: &mut Vec<Fact>) {
    let implied_use = |fact: &Fact| {
        matches!(fact.action, Action::Use)
            && fact.reader == Reader::Implied
            && fact.object.kind == Kind::Column
    };
    if !facts.iter().any(implied_use) {
        return;
    }
    let mut made = BTreeSet::new();
    let mut kept: Vec<Fact> = Vec::with_capacity(facts.len());
    for fact in facts.drain(..).rev() {
        if matches!(fact.action, Action::Define { .. }) && fact.object.kind == Kind::Column {
            made.insert(fact.object.clone());
        }
        if !(implied_use(&fact) && made.contains(&fact.object)) {
            kept.push(fact);
        }
    }
    kept.reverse();
    *facts = kept;
}

impl Found {
    /// Adds what the tokens of a statement tell about regions of it: all of it, or parts of a body
    /// that its grammar refused. The body is read from its start, because that declares variables.
    fn add_tokens(
        &mut self,
        source: &Source,
        tokens: &[Token],
        regions: &[Span],
        dialect: &Dialect,
    ) {
        if regions.is_empty() {
            return;
        }
        let (facts, dynamic) = tokens::read(source, tokens, dialect);
        let inside = |span: &Span| {
            let holds = |region: &Span| region.start <= span.start && span.end <= region.end;
            regions.iter().any(holds)
        };
        self.facts
            .extend(facts.into_iter().filter(|fact| inside(&fact.span)));
        self.dynamic.extend(dynamic.into_iter().filter(inside));
    }
}
