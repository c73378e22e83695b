//! `sqlstitch rule`: what a finding's code means, with SQL that provokes it and SQL that does not.

use std::fmt::Write as _;

use super::args::{self, TextFormat};
use super::{Exit, Refusal, output, suggest};
use crate::finding::{Code, Finding};
use crate::report::{self, Rule};

pub(super) fn run(typed: &args::Rule) -> Result<Exit, Refusal> {
    let codes = if typed.codes.is_empty() {
        Code::ALL.to_vec()
    } else {
        wanted(&typed.codes)?
    };
    let text = match typed.format {
        TextFormat::Json => report::rules(&codes),
        TextFormat::Text if typed.codes.is_empty() && !typed.all => list(&codes),
        TextFormat::Text => codes
            .iter()
            .map(|&code| Rule::of(code).text())
            .collect::<Vec<_>>()
            .join("\n"),
    };
    output::to_stdout(&text)?;
    Ok(Exit::Fine)
}

/// One line for each code.
fn list(codes: &[Code]) -> String {
    let widest = codes.iter().map(|code| code.name().len()).max();
    let widest = widest.unwrap_or_default();
    let mut text = String::new();
    for code in codes {
        let severity = report::word(code.severity());
        let (id, name, summary) = (code.id(), code.name(), code.summary());
        writeln!(text, "{id}  {name:widest$}  {severity:7}  {summary}")
            .expect("a string takes every write");
    }
    text
}

fn wanted(typed: &[String]) -> Result<Vec<Code>, Refusal> {
    let mut codes = Vec::new();
    let mut unknown = Vec::new();
    for text in typed {
        match find(text) {
            Ok(code) => codes.push(code),
            Err(finding) => unknown.push(*finding),
        }
    }
    if unknown.is_empty() {
        Ok(codes)
    } else {
        Err(unknown.into())
    }
}

/// The code that someone means by its name or id.
pub(super) fn find(text: &str) -> Result<Code, Box<Finding>> {
    Code::find(text).ok_or_else(|| {
        let finding = Finding::new(
            Code::Configuration,
            format!("there is no code `{text}` of a finding"),
        );
        let names = Code::ALL.iter().map(|code| code.name());
        Box::new(match suggest::closest(&text.to_ascii_lowercase(), names) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help("`sqlstitch rule` lists the codes"),
        })
    })
}
