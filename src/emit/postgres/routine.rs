//! DO blocks and procedures that end transactions: PostgreSQL lets them where the CALL or the DO is
//! not itself in one. <https://www.postgresql.org/docs/current/plpgsql-transactions.html>

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::dialect::Engine;
use crate::dialect::lex::{Token, TokenKind};
use crate::emit::words::{Words, significant};
use crate::plan::Plan;
use crate::read::statement::StatementKind;
use crate::source::Sources;

/// The words that a CALL and its name take, and those of `CREATE OR REPLACE PROCEDURE` with its name.
const CALLED: usize = 8;
const CREATED: usize = 10;

/// The procedures of a plan that end transactions, by name without schema, in lower case.
#[derive(Debug, Default)]
pub(super) struct Committing(BTreeSet<String>);

/// What a body does that matters here.
#[derive(Default)]
struct Acts {
    commits: bool,
    calls: Vec<String>,
}

impl Committing {
    /// Reads the definitions among the plan's patches.
    pub(super) fn of(plan: &Plan, sources: &Sources) -> Self {
        let mut procedures: BTreeMap<String, Acts> = BTreeMap::new();
        let defined = plan.patches.par_iter().flat_map_iter(|patch| {
            let source = sources.get(patch.source);
            let statements = patch.statements.iter();
            let statements = statements.filter(|it| it.kind == StatementKind::Sql);
            statements.filter_map(|statement| {
                let (name, body) = procedure(source.slice(statement.body))?;
                Some((name, acts(&body)))
            })
        });
        for (name, acts) in defined.collect::<Vec<_>>() {
            let known = procedures.entry(name).or_default();
            known.commits |= acts.commits;
            known.calls.extend(acts.calls);
        }
        let mut committing = Self::default();
        loop {
            let more: Vec<&String> = procedures
                .iter()
                .filter(|(name, acts)| !committing.0.contains(*name) && committing.ends(acts))
                .map(|(name, _)| name)
                .collect();
            if more.is_empty() {
                return committing;
            }
            committing.0.extend(more.into_iter().cloned());
        }
    }

    /// Whether a statement is a DO or a CALL that ends its transaction.
    pub(super) fn has(&self, text: &str) -> bool {
        // Few statements are either, and every one is asked.
        if !Words::leading(text, Engine::Postgres, 1).is(&["CALL", "DO"]) {
            return false;
        }
        let mut words = Words::leading(text, Engine::Postgres, CALLED);
        if words.eat(&["CALL"]) {
            return words.name().is_some_and(|name| self.0.contains(&key(name)));
        }
        do_body(text).is_some_and(|body| self.ends(&acts(&body)))
    }

    fn ends(&self, acts: &Acts) -> bool {
        acts.commits || acts.calls.iter().any(|name| self.0.contains(name))
    }
}

/// The text in a DO block.
pub(super) fn do_body(text: &str) -> Option<Cow<'_, str>> {
    let mut tokens = significant(text, Engine::Postgres);
    if !tokens.next()?.is_word(text, "DO") {
        return None;
    }
    // LANGUAGE and its name, before or after.
    tokens.take(3).find_map(|token| string(text, token))
}

/// The name and the body of `CREATE [OR REPLACE] PROCEDURE`.
fn procedure(text: &str) -> Option<(String, Cow<'_, str>)> {
    let starts = Words::leading(text, Engine::Postgres, 2);
    if !starts.are(&["CREATE", "OR"]) && !starts.are(&["CREATE", "PROCEDURE"]) {
        return None;
    }
    let mut words = Words::leading(text, Engine::Postgres, CREATED);
    words.skip();
    words.eat_all(&["OR", "REPLACE"]);
    if !words.eat(&["PROCEDURE"]) {
        return None;
    }
    let name = key(words.name()?);
    let mut after_as = false;
    let body = significant(text, Engine::Postgres).find_map(|token| {
        let body = after_as.then(|| string(text, token)).flatten();
        after_as = token.is_word(text, "AS");
        body
    })?;
    Some((name, body))
}

/// A name without its schema, as it is looked up.
fn key(name: &str) -> String {
    let last = significant(name, Engine::Postgres).last();
    let last = last.map_or(name, |token| token.text(name));
    match last.strip_prefix('"') {
        Some(quoted) => quoted.trim_end_matches('"').replace("\"\"", "\""),
        None => last.to_lowercase(),
    }
}

/// What a string or a dollar quote holds.
fn string(text: &str, token: Token) -> Option<Cow<'_, str>> {
    let quoted = token.text(text);
    let (quote, is_dollar) = match token.kind {
        TokenKind::DollarString => (quoted.get(..=quoted[1..].find('$')? + 1)?, true),
        TokenKind::String => ("'", false),
        _ => return None,
    };
    let inner = &quoted[quoted.find(quote)? + quote.len()..];
    let inner = inner.strip_suffix(quote).unwrap_or(inner);
    Some(if is_dollar {
        Cow::Borrowed(inner)
    } else {
        Cow::Owned(inner.replace("''", "'"))
    })
}

/// Reads the statements COMMIT, ROLLBACK and CALL of a PL/pgSQL body: at the start of a statement, so
/// no column of that name is taken for one.
fn acts(body: &str) -> Acts {
    let mut acts = Acts::default();
    let tokens: Vec<Token> = significant(body, Engine::Postgres).collect();
    for (index, token) in tokens.iter().enumerate() {
        let starts = index.checked_sub(1).is_none_or(|before| {
            let before = &tokens[before];
            before.kind == TokenKind::Semicolon
                || before.text(body).ends_with(">>")
                || before.is_any_word(body, &["BEGIN", "THEN", "ELSE", "LOOP"])
        });
        if !starts {
            continue;
        }
        let next = tokens.get(index + 1);
        let ends = next.is_none_or(|next| {
            next.kind == TokenKind::Semicolon
                || next.is_any_word(body, &["AND", "WORK", "TRANSACTION"])
        });
        if ends && (token.is_word(body, "COMMIT") || token.is_word(body, "ROLLBACK")) {
            acts.commits = true;
        } else if token.is_word(body, "CALL")
            && let Some(next) = next
            && let Some(name) = Words::first(&body[next.start as usize..], Engine::Postgres).name()
        {
            acts.calls.push(key(name));
        }
    }
    acts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_end_a_transaction_are_told_from_words() {
        let committing = Committing(["purge".to_owned()].into());
        for text in [
            "DO $$ BEGIN FOR i IN 1..3 LOOP INSERT INTO t VALUES (i); COMMIT; END LOOP; END $$",
            "do language plpgsql 'begin rollback and chain; end'",
            "DO $x$ <<l>> BEGIN IF true THEN /* why */ COMMIT ; END IF; END $x$ LANGUAGE plpgsql",
            "CALL s.Purge(1)",
            "DO $$ BEGIN CALL purge(); END $$",
        ] {
            assert!(committing.has(text), "{text}");
        }
        for text in [
            "DO $$ BEGIN RAISE NOTICE 'COMMIT;'; -- COMMIT;\n END $$",
            "DO $$ BEGIN EXECUTE $q$ BEGIN COMMIT; $q$; INSERT INTO t (commit) VALUES (1); END $$",
            "DO $$ BEGIN UPDATE t SET a = commit; END $$",
            "CALL \"Purge\"()",
            "CALL other()",
            "SELECT 'DO COMMIT'",
            "DO $",
            "DO",
        ] {
            assert!(!committing.has(text), "{text}");
        }
    }

    #[test]
    fn a_procedure_has_a_name_and_a_body() {
        let text = "CREATE OR REPLACE PROCEDURE s.P(a text DEFAULT 'x') LANGUAGE plpgsql AS $b$ BEGIN CALL q(); END $b$";
        let (name, body) = procedure(text).expect("a procedure");
        assert_eq!(name, "p");
        assert_eq!(acts(&body).calls, ["q"]);
        assert!(procedure("CREATE PROCEDURE p() BEGIN ATOMIC SELECT 1; END").is_none());
        assert!(procedure("CREATE FUNCTION p() AS 'COMMIT'").is_none());
    }
}
