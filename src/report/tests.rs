//! Every format of the same findings.

use insta::assert_snapshot;

use super::*;
use crate::finding::{Code, Fix};
use crate::source::{SourceId, Span};

/// The place of `needle`.
fn span(sources: &Sources, source: SourceId, needle: &str) -> Span {
    let start = sources.get(source).text.find(needle).expect("it is there");
    Span::new(source, start as u32, (start + needle.len()) as u32)
}

/// Findings about two files and about none, in no order.
fn example() -> (Vec<Finding>, Sources) {
    let mut sources = Sources::default();
    let view = sources.add(
        "views/10 über%.sql",
        "-- requires: tabels/t\r\nCREATE VIEW v AS\r\n\tSELECT 'ü', x\r\n\tFROM t;\r\n",
    );
    let table = sources.add("tables/t.sql", "CREATE TABLE t (\n  x int,\n  y int\n);\n");
    let mut allowed =
        Finding::new(Code::DynamicSql, "made up").label(span(&sources, table, "y int"), "");
    allowed.allowed = Some("of the session".to_owned());
    let findings = vec![
        allowed,
        Finding::new(Code::UnknownRequirement, "nothing is called `tabels/t`")
            .label(span(&sources, view, "tabels/t"), "")
            .help("there is `tables/t`: write `-- requires: tables/t`")
            .fix(
                Fix::new("write `tables/t`")
                    .replace(span(&sources, view, "tabels/t"), "tables/t")
                    .for_people(),
            )
            .fix(
                Fix::new("say it at the top")
                    .add_first(view, "-- @requires t")
                    .add_first(table, ""),
            ),
        Finding::new(Code::DuplicateDefinition, "two patches define table t")
            .label(span(&sources, table, "t ("), "defined here")
            .label(span(&sources, view, "x\r"), "and here, 100% the same")
            .label(span(&sources, view, "FROM t"), "and here")
            .note("the first line\nand the second"),
        Finding::new(Code::Configuration, "`[dialekt]` is not a section"),
        Finding::new(Code::NotText, "byte 0xe9 is not UTF-8").path("old/latin1.sql"),
        Finding::new(Code::LateDirective, "a directive after the first statement").label(
            span(&sources, table, "CREATE TABLE t (\n  x int"),
            "it starts here",
        ),
        Finding::new(Code::Unterminated, "the end\nis missing")
            .label(Span::new(table, 37, 37), "here the file ends"),
    ];
    (findings, sources)
}

fn rendered(format: Format) -> String {
    let (mut findings, sources) = example();
    let text = render(&findings, &sources, format, false);
    findings.reverse();
    assert_eq!(render(&findings, &sources, format, false), text);
    text
}

#[test]
fn human() {
    assert_snapshot!(rendered(Format::Human));
}

#[test]
fn short() {
    assert_snapshot!(rendered(Format::Short));
}

#[test]
fn json() {
    assert_snapshot!(rendered(Format::Json));
}

#[test]
fn github() {
    assert_snapshot!(rendered(Format::Github));
}

#[test]
fn gitlab() {
    assert_snapshot!(rendered(Format::Gitlab));
}

#[test]
fn sarif() {
    let text = rendered(Format::Sarif).replace(env!("CARGO_PKG_VERSION"), "<version>");
    assert_snapshot!(text);
}

#[test]
fn nothing_to_tell_is_nothing_to_read_for_people() {
    let sources = Sources::default();
    for format in [Format::Human, Format::Short, Format::Github] {
        assert_eq!(render(&[], &sources, format, true), "");
    }
    let json = render(&[], &sources, Format::Json, false);
    assert_eq!(json, "{\n  \"version\": 1,\n  \"findings\": []\n}\n");
}

#[test]
fn colour_is_for_people_only() {
    let (findings, sources) = example();
    for format in Format::ALL {
        let coloured = render(&findings, &sources, format, true).contains('\u{1b}');
        assert_eq!(coloured, format == Format::Human, "{}", format.name());
    }
}

#[test]
fn a_place_that_does_not_fit_its_text_is_told_without_a_panic() {
    let mut sources = Sources::default();
    let source = sources.add("a.sql", "ü");
    let finding =
        |start, end| Finding::new(Code::Unresolved, "x").label(Span::new(source, start, end), "y");
    for (start, end) in [(1, 1), (0, 1), (1, 2), (2, 2)] {
        let text = render(&[finding(start, end)], &sources, Format::Human, false);
        assert!(text.contains("a.sql:1"), "{text}");
    }
}

#[test]
fn formats_are_named() {
    for format in Format::ALL {
        assert_eq!(format.name().parse(), Ok(format));
    }
    assert!("xml".parse::<Format>().is_err());
}

#[test]
fn a_tally_counts_by_severity() {
    let (findings, _) = example();
    assert_eq!(
        tally(&findings).as_deref(),
        Some("5 errors, 1 warning, 1 note")
    );
    assert_eq!(tally(&[]), None);
}
