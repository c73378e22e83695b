//! Tools that keep both directions in one file, told apart by comments.
//! dbmate: <https://github.com/amacneil/dbmate#creating-migrations>,
//! goose: <https://pressly.github.io/goose/documentation/annotations/>

use super::{Import, Migration, about_line, file_name, leading_number, left_out};
use crate::finding::Finding;
use crate::source::{Source, Sources};

/// How a tool writes its comments.
pub(super) struct Style {
    /// What follows `--` in each of them.
    prefix: &'static str,
    /// The comment before what a migration does.
    up: &'static str,
    /// The ending of other files that the tool runs.
    code: Option<&'static str>,
    /// What turns the transaction off.
    alone: &'static str,
}

pub(super) const DBMATE: Style = Style {
    prefix: "migrate:",
    up: "-- migrate:up",
    code: None,
    alone: "transaction:false",
};

pub(super) const GOOSE: Style = Style {
    prefix: "+goose",
    up: "-- +goose Up",
    code: Some(".go"),
    alone: "no transaction",
};

pub(super) fn read(sources: &Sources, style: &Style) -> Import {
    let mut import = Import::default();
    let mut numbered = Vec::new();
    for source in sources.iter() {
        let file = file_name(source);
        let number = leading_number(file);
        match (file.strip_suffix(".sql"), number) {
            (Some(stem), Some(number)) => numbered.push((number, stem, source)),
            (Some(_), None) => import.findings.push(left_out(
                source,
                "this file has no number, so it is left out",
            )),
            (None, Some(_)) if style.code.is_some_and(|end| file.ends_with(end)) => {
                import.findings.push(
                    left_out(source, "a migration that is not SQL is left out")
                        .help("write its SQL as a patch"),
                )
            }
            (None, _) => {}
        }
    }
    numbered.sort_by_key(|&(number, stem, _)| (number, stem));
    for (_, stem, source) in numbered {
        match sections(source, style, &mut import.findings) {
            Some(mut migration) => {
                migration.name = stem.to_owned();
                import.migrations.push(migration);
            }
            None => import.findings.push(left_out(
                source,
                format!("it has no line `{}`, so it is left out", style.up),
            )),
        }
    }
    import
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Before,
    Up,
    Down,
}

/// The parts of a file, without the comments that are the tool's.
fn sections(source: &Source, style: &Style, findings: &mut Vec<Finding>) -> Option<Migration> {
    let (mut up, mut down) = (None, None::<String>);
    let mut headers = Vec::new();
    let mut part = Part::Before;
    let mut at = 0;
    for line in source.text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        if let Some(said) = annotation(line, style) {
            let said = said.to_ascii_lowercase();
            let words: Vec<&str> = said.split_whitespace().collect();
            match words.first() {
                Some(&"up") => part = Part::Up,
                Some(&"down") => part = Part::Down,
                Some(&"envsub") => findings.push(
                    about_line(
                        source,
                        start,
                        "variables of the environment stay as they are",
                        "goose would put values in from here on",
                    )
                    .help("write the values into the patch"),
                ),
                _ => {}
            }
            if part != Part::Down && said.contains(style.alone) && headers.is_empty() {
                headers.push("transaction: off".to_owned());
            }
            if part == Part::Up {
                up.get_or_insert_default();
            }
            continue;
        }
        match part {
            Part::Before => {}
            Part::Up => up.get_or_insert_with(String::new).push_str(line),
            Part::Down => down.get_or_insert_default().push_str(line),
        }
    }
    Some(Migration {
        name: String::new(),
        headers,
        up: up?,
        down,
    })
}

/// What a comment of the tool says.
fn annotation<'l>(line: &'l str, style: &Style) -> Option<&'l str> {
    let comment = line.trim().strip_prefix("--")?.trim_start();
    let (start, said) = comment.split_at_checked(style.prefix.len())?;
    start
        .eq_ignore_ascii_case(style.prefix)
        .then(|| said.trim())
}
