//! `sqlstitch rule`: what a finding's code means, with SQL that provokes it and SQL that does not.

use std::fmt::Write as _;

use super::args::{self, TextFormat};
use super::{Exit, Refusal, output, suggest};
use crate::finding::{Code, Finding};
use crate::report::{self, Rule};

/// How many codes are suggested at most.
const MANY: usize = 8;

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
            None => match holding(text).as_slice() {
                [code] => finding.help(format!("did you mean `{code}`?")),
                [] => finding.help("`sqlstitch rule` lists the codes"),
                codes => finding.help(format!("did you mean one of {}?", codes.join(", "))),
            },
        })
    })
}

/// The codes whose name has this word, or whose id begins with it, unless they are very many.
fn holding(text: &str) -> Vec<&'static str> {
    let word = text.to_ascii_lowercase();
    let is_word = word.len() >= 3;
    let holds = |code: &&Code| {
        code.name().contains(&word) || code.id().to_ascii_lowercase().starts_with(&word)
    };
    let all = Code::ALL.iter().filter(|code| is_word && holds(code));
    let names: Vec<_> = all.map(|code| code.name()).collect();
    if names.len() > MANY {
        Vec::new()
    } else {
        names
    }
}
