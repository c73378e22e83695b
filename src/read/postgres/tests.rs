//! Small statements and what they say, one fact a line.

use std::fmt::Write as _;

use super::{TreeReading, read};
use crate::dialect::Engine;
use crate::read::fact::{Action, Binding, Fact, Object, Part, Reader};
use crate::source::Sources;

/// Reads a statement.
fn reading(sql: &str) -> (Sources, TreeReading) {
    let mut sources = Sources::default();
    let id = sources.add("test.sql", sql);
    let body = {
        let source = sources.get(id);
        let end = source
            .text
            .trim_end()
            .trim_end_matches(';')
            .trim_end()
            .len() as u32;
        let start = (source.text.len() - source.text.trim_start().len()) as u32;
        crate::source::Span::new(id, start, end)
    };
    let reading = read(sources.get(id), body, Engine::Postgres.dialect());
    (sources, reading)
}

/// `use column t.c @ "c"`, with what is not as usual behind it.
fn line(sources: &Sources, fact: &Fact) -> String {
    let action = match &fact.action {
        Action::Define {
            replace,
            if_absent,
            temporary,
        } => {
            let mut word = "define".to_owned();
            for (set, name) in [
                (replace, " replace"),
                (if_absent, " if-absent"),
                (temporary, " temporary"),
            ] {
                if *set {
                    word.push_str(name);
                }
            }
            word
        }
        Action::Drop { if_exists, cascade } => {
            let mut word = "drop".to_owned();
            if *if_exists {
                word.push_str(" if-exists");
            }
            if *cascade {
                word.push_str(" cascade");
            }
            word
        }
        Action::Rename { to } => format!("rename to {} of", show(to)),
        Action::RunsOnWrite { table } => format!("runs on write to {table}:"),
        Action::Partitions { parent } => format!("partition of {parent}:"),
        Action::CoversAll { of } => format!("covers each {} of", of.noun()),
        Action::CoversNew { of } => format!("covers each new {} of", of.noun()),
        Action::References { from } => format!("referenced by {from}:"),
        other => format!("{other:?}").to_ascii_lowercase(),
    };
    let mut text = format!(
        "{action} {} @ {:?}",
        show(&fact.object),
        sources.slice(fact.span)
    );
    if !fact.or_of.is_empty() {
        let others: Vec<String> = fact.or_of.iter().map(ToString::to_string).collect();
        let _ = write!(text, " or of {}", others.join(", "));
    }
    if fact.reader == Reader::Implied {
        text.push_str(" implied");
    }
    if fact.binding == Binding::Late {
        text.push_str(" late");
    }
    if fact.in_body_of.is_some() {
        text.push_str(" in body");
    }
    text
}

fn show(object: &Object) -> String {
    match &object.part {
        Part::Arguments(signature) => {
            let inner = match (&signature.types, signature.max) {
                (Some(types), Some(max)) if usize::from(max) == types.len() => {
                    if signature.min == max {
                        types.join(", ")
                    } else {
                        format!("{}; {} to {max}", types.join(", "), signature.min)
                    }
                }
                (Some(types), max) => format!("{}; {} to {max:?}", types.join(", "), signature.min),
                (None, Some(max)) => max.to_string(),
                (None, None) => "?".to_owned(),
            };
            format!("{} {}({inner})", object.kind.noun(), object.name)
        }
        _ => object.to_string(),
    }
}

/// All of a reading.
pub(super) fn facts(sql: &str) -> String {
    let (sources, reading) = reading(sql);
    let mut lines: Vec<String> = reading
        .facts
        .iter()
        .map(|fact| line(&sources, fact))
        .collect();
    for span in &reading.broken {
        lines.push(format!("broken {:?}", sources.slice(*span)));
    }
    for span in &reading.dynamic {
        lines.push(format!("dynamic {:?}", sources.slice(*span)));
    }
    lines.join("\n")
}

/// Checks every case of a file: a statement, and behind `--| ` what it says. On a difference, the
/// message is the case as it should be written.
fn check(cases: &str) {
    for case in cases.split("\n\n") {
        let (mut title, mut sql, mut expected) = (Vec::new(), Vec::new(), Vec::new());
        for line in case.trim_end().split('\n') {
            if let Some(fact) = line.strip_prefix("--| ") {
                expected.push(fact);
            } else if line.starts_with("-- ") {
                title.push(line);
            } else {
                sql.push(line);
            }
        }
        let sql = sql.join("\n");
        let actual = facts(&sql);
        let lines: String = actual
            .split('\n')
            .filter(|line| !line.is_empty())
            .map(|line| format!("--| {line}\n"))
            .collect();
        assert!(
            actual == expected.join("\n"),
            "{}\n{sql}\n{lines}",
            title.join("\n")
        );
    }
}

#[test]
fn tables_and_what_hangs_on_them() {
    check(include_str!("tests/tables.sql"));
}

#[test]
fn queries_and_statements_that_change_rows() {
    check(include_str!("tests/queries.sql"));
}

#[test]
fn routines_and_their_bodies() {
    check(include_str!("tests/routines.sql"));
}

#[test]
fn everything_else() {
    check(include_str!("tests/others.sql"));
}

#[test]
fn what_is_nested_too_deeply_is_not_parsed() {
    let nested = format!("SELECT {}1{}", "(".repeat(300), ")".repeat(300));
    assert_eq!(facts(&nested), format!("broken {nested:?}"));
}

#[test]
fn a_million_rows_are_as_good_as_one() {
    let rows = "(1, 'a'), ".repeat(60_000);
    let sql = format!("INSERT INTO t (a, b) VALUES {rows} (2, f()) ON CONFLICT (a) DO NOTHING");
    let expected = [
        r#"use table t @ "t""#,
        r#"write table t @ "t""#,
        r#"use column t.a @ "a""#,
        r#"write column t.a @ "a""#,
        r#"use column t.b @ "b""#,
        r#"write column t.b @ "b""#,
        r#"use function f(0) @ "f""#,
        r#"run function f(0) @ "f""#,
        r#"use unique key t (a) @ "(a)""#,
    ];
    assert_eq!(facts(&sql), expected.join("\n"));
}

#[test]
fn every_place_is_in_the_source() {
    let sql = r#"DO E'BEGIN EXECUTE ''DROP TABLE "ä\x62"''; EXECUTE format(''SELECT %L, é FROM %I.t'', ''ö'', ''ü''); END'"#;
    let (sources, reading) = reading(sql);
    for fact in &reading.facts {
        assert!(!sources.slice(fact.span).is_empty());
    }
}
