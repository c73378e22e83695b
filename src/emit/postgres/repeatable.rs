//! Statements of repeatable patches that replace or drop a view or a routine. They run through
//! procedures (`sql/replace.sql`) that replace in place where the server can, and else take down what
//! stands on the object and put it back.

use crate::dialect::Engine;
use crate::dialect::lex::{Token, TokenKind};
use crate::emit::Script;
use crate::emit::words::significant;
use crate::plan::{Action, Plan};

use super::quote;
use super::steps::{Step, Steps};

/// What a statement replaces.
#[derive(Debug, PartialEq, Eq)]
enum Replacing<'t> {
    /// Creates an object.
    Create {
        kind: &'static str,
        schema: Option<String>,
        name: String,
    },
    /// Drops objects.
    Drop {
        kind: &'static str,
        /// As written, routines with their arguments.
        names: Vec<&'t str>,
        cascade: bool,
    },
}

/// Marks the statements of repeatable patches that replace or drop something.
pub(super) fn mark(plan: &Plan, patches: &mut [Steps<'_>]) {
    if plan.settings.action != Action::Apply {
        return;
    }
    for (patch, steps) in plan.patches.iter().zip(patches) {
        if patch.repeatable {
            for step in &mut steps.steps {
                step.replaces = replacing(step.text()).is_some();
            }
        }
    }
}

/// Whether a script of the patches needs the procedures.
pub(super) fn is_needed(patches: &[Steps<'_>]) -> bool {
    let mut steps = patches.iter().flat_map(|steps| &steps.steps);
    steps.any(|step| step.replaces)
}

/// The call that runs such a statement, with its place in front.
pub(super) fn call(step: &Step<'_>, place: &str) -> Option<Script> {
    let (procedure, arguments) = match replacing(step.text())? {
        Replacing::Create { kind, schema, name } => {
            let schema = schema.map_or_else(|| "NULL".to_owned(), |schema| quote::literal(&schema));
            let name = quote::literal(&name);
            ("replace", format!("'{kind}', {schema}, {name}"))
        }
        Replacing::Drop {
            kind,
            names,
            cascade,
        } => {
            let names: Vec<String> = names.into_iter().map(quote::literal).collect();
            let names = names.join(", ");
            ("drop", format!("'{kind}', ARRAY[{names}], {cascade}"))
        }
    };
    let mut call = Script::from(format!("CALL pg_temp.sqlstitch_{procedure}("));
    quote::push_dollar(&mut call, place, step, "");
    call.push_str(&format!(", {arguments})"));
    Some(call)
}

/// The rows that tell which repeatable patch makes what.
pub(super) fn makes(plan: &Plan, patches: &[Steps<'_>]) -> Vec<String> {
    let mut rows = Vec::new();
    for (patch, steps) in plan.patches.iter().zip(patches) {
        for step in steps.steps.iter().filter(|step| step.replaces) {
            if let Some(Replacing::Create { schema, name, .. }) = replacing(step.text()) {
                rows.push(super::json(&(&patch.name, schema, name)));
            }
        }
    }
    rows
}

fn replacing(text: &str) -> Option<Replacing<'_>> {
    let mut tokens = significant(text, Engine::Postgres);
    let first = tokens.next()?;
    if first.is_word(text, "CREATE") {
        create(text, tokens)
    } else if first.is_word(text, "DROP") {
        dropped(text, tokens.collect())
    } else {
        None
    }
}

/// `[OR REPLACE] [MATERIALIZED | RECURSIVE] VIEW` or a routine, then a name.
fn create(text: &str, tokens: impl Iterator<Item = Token>) -> Option<Replacing<'_>> {
    let mut tokens = tokens.skip_while(|token| token.is_any_word(text, &["OR", "REPLACE"]));
    let mut next = tokens.next()?;
    let kind = if next.is_any_word(text, &["FUNCTION", "PROCEDURE"]) {
        "routine"
    } else {
        if next.is_any_word(text, &["MATERIALIZED", "RECURSIVE"]) {
            next = tokens.next()?;
        }
        next.is_word(text, "VIEW").then_some("view")?
    };
    let mut name = tokens
        .skip_while(|token| token.is_any_word(text, &["IF", "NOT", "EXISTS"]))
        .take(3)
        .map(|token| (token.kind, token.text(text)));
    let first = unquoted(name.next()?)?;
    let (schema, name) = match (name.next(), name.next()) {
        (Some((TokenKind::Dot, _)), Some(second)) => (Some(first), unquoted(second)?),
        _ => (None, first),
    };
    Some(Replacing::Create { kind, schema, name })
}

/// `[MATERIALIZED] VIEW` or a routine, then a list of names.
fn dropped(text: &str, tokens: Vec<Token>) -> Option<Replacing<'_>> {
    let mut rest = &tokens[..];
    let mut eat = |words: &[&str]| {
        let found = rest
            .first()
            .is_some_and(|token| token.is_any_word(text, words));
        rest = &rest[usize::from(found)..];
        found
    };
    eat(&["MATERIALIZED"]);
    let kind = if eat(&["VIEW"]) {
        "view"
    } else if eat(&["FUNCTION", "PROCEDURE", "ROUTINE"]) {
        "routine"
    } else {
        return None;
    };
    if eat(&["IF"]) {
        eat(&["EXISTS"]);
    }
    let (last, all_but_last) = rest.split_last()?;
    let cascade = last.is_word(text, "CASCADE");
    if cascade || last.is_word(text, "RESTRICT") {
        rest = all_but_last;
    }
    let mut depth = 0_u32;
    let names = rest.split(|token| {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && token.kind == TokenKind::Comma
    });
    let names: Option<Vec<&str>> = names
        .map(|name| {
            let (first, last) = (name.first()?, name.last()?);
            text.get(first.start as usize..last.end as usize)
        })
        .collect();
    Some(Replacing::Drop {
        kind,
        names: names?,
        cascade,
    })
}

/// A name as the server stores it; none for one with Unicode escapes.
fn unquoted((kind, text): (TokenKind, &str)) -> Option<String> {
    match kind {
        TokenKind::Word => Some(text.to_ascii_lowercase()),
        TokenKind::QuotedIdent => {
            let inner = text.strip_prefix('"')?.strip_suffix('"')?;
            Some(inner.replace("\"\"", "\""))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(text: &str) -> Option<(&'static str, Option<String>, String)> {
        match replacing(text)? {
            Replacing::Create { kind, schema, name } => Some((kind, schema, name)),
            Replacing::Drop { .. } => None,
        }
    }

    #[test]
    fn what_is_made_has_a_name() {
        let named = |kind, schema: Option<&str>, name: &str| {
            Some((kind, schema.map(str::to_owned), name.to_owned()))
        };
        for (text, expected) in [
            (
                "CREATE OR REPLACE VIEW S.\"V\"\"w\" AS SELECT 1",
                named("view", Some("s"), "V\"w"),
            ),
            ("create view V(a) as select 1", named("view", None, "v")),
            (
                "CREATE RECURSIVE VIEW r (a) AS SELECT 1",
                named("view", None, "r"),
            ),
            (
                "CREATE MATERIALIZED VIEW IF NOT EXISTS m AS SELECT 1",
                named("view", None, "m"),
            ),
            (
                "CREATE OR REPLACE FUNCTION f(a int) RETURNS int AS ''",
                named("routine", None, "f"),
            ),
            ("CREATE TEMP VIEW v AS SELECT 1", None),
            ("CREATE VIEW U&\"v\" AS SELECT 1", None),
            ("CREATE TABLE t (a int)", None),
            ("CREATE OR REPLACE", None),
            ("CREATE VIEW", None),
        ] {
            assert_eq!(made(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_dropped_is_a_list() {
        let dropped = |text| match replacing(text) {
            Some(Replacing::Drop {
                kind,
                names,
                cascade,
            }) => Some((kind, names, cascade)),
            _ => None,
        };
        assert_eq!(
            dropped("DROP VIEW IF EXISTS a, s.\"B\" CASCADE"),
            Some(("view", vec!["a", "s.\"B\""], true))
        );
        assert_eq!(
            dropped("DROP FUNCTION f(int, text), g RESTRICT"),
            Some(("routine", vec!["f(int, text)", "g"], false))
        );
        assert_eq!(
            dropped("drop materialized view m"),
            Some(("view", vec!["m"], false))
        );
        for text in ["DROP TABLE t", "DROP VIEW", "DROP VIEW a,, b", "DROP"] {
            assert_eq!(dropped(text), None, "{text}");
        }
    }
}
