//! Tiny SQL in, one line per fact out.

use crate::dialect::Engine;
use crate::name::ObjectName;
use crate::read::fact::{Action, Binding, Fact, Reader};
use crate::source::{Sources, Span};

/// Compares the facts of one statement (or batch), a line each, with what is expected.
pub(super) fn check(engine: Engine, sql: &str, expected: &str) {
    let found = facts(engine, sql);
    assert_eq!(found, expected.trim(), "facts of {sql}\n{found}");
}

fn facts(engine: Engine, sql: &str) -> String {
    let mut sources = Sources::default();
    let id = sources.add("test.sql", sql);
    let source = sources.get(id);
    match super::read(source, source.span(), engine.dialect()) {
        None => "refused".to_owned(),
        Some(tree) => {
            let places = |word: &'static str, places: &[Span]| -> Vec<String> {
                let line = |&span: &Span| format!("{word} {}", source.slice(span));
                places.iter().map(line).collect()
            };
            let lines: Vec<String> = tree
                .facts
                .iter()
                .map(line)
                .chain(places("dynamic", &tree.dynamic))
                .chain(places("left", &tree.left))
                .collect();
            lines.join("\n")
        }
    }
}

fn line(fact: &Fact) -> String {
    let object = fact.object.to_string();
    let mut line = match &fact.action {
        Action::Define {
            replace,
            if_absent,
            temporary,
        } => {
            let mut line = "define ".to_owned();
            for (set, word) in [
                (replace, "or replace "),
                (if_absent, "if absent "),
                (temporary, "temporary "),
            ] {
                if *set {
                    line.push_str(word);
                }
            }
            line + &object
        }
        Action::Use => format!("use {object}"),
        Action::Alter => format!("alter {object}"),
        Action::Retype => format!("retype {object}"),
        Action::Rename { to } => format!("rename {object} to {to}"),
        Action::Drop { if_exists, cascade } => {
            let exists = if *if_exists { "if exists " } else { "" };
            format!(
                "drop {exists}{object}{}",
                if *cascade { " cascade" } else { "" }
            )
        }
        Action::Write => format!("write {object}"),
        Action::Read => format!("read {object}"),
        Action::Tighten => format!("tighten {object}"),
        Action::Run => format!("run {object}"),
        Action::RunsOnWrite { table } => format!("{object} runs on write of {table}"),
        Action::Partitions { parent } => format!("{object} is a partition of {parent}"),
        Action::CoversAll { of } => format!("covers each {} of {object}", of.noun()),
        Action::CoversNew { of } => format!("covers each new {} of {object}", of.noun()),
        Action::References { from } => format!("{from} references {object}"),
    };
    if !fact.or_of.is_empty() {
        let others: Vec<String> = fact.or_of.iter().map(ObjectName::to_string).collect();
        line += &format!(" or of {}", others.join(", "));
    }
    if fact.binding == Binding::Late {
        line += ", late";
    }
    if fact.reader == Reader::Implied {
        line += ", implied";
    }
    if let Some(body) = &fact.in_body_of {
        line += &format!(", in {body}");
    }
    line
}
