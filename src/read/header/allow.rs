//! `allow: CODE[, CODE…] REASON`: findings that are fine in this patch, and why.

use serde::{Deserialize, Serialize};

use super::Spanned;
use super::directive::Directive;
use super::values::{bad, closest};
use crate::finding::{Code, Finding, Fix};
use crate::source::Span;

/// Codes whose findings are not told where this patch has a part in them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allow {
    /// The codes, none of them firm.
    pub codes: Vec<Spanned<Code>>,
    /// Why.
    pub reason: String,
    /// The place of the whole directive.
    pub span: Span,
}

/// Whether the value starts as the directive's does: with a code, or a slip of one.
pub(super) fn starts_with_code(value: &str) -> bool {
    let word = first_word(value).0;
    Code::find(word).is_some() || near(word).is_some()
}

/// Reads the value; findings where it has no effect.
pub(super) fn read(directive: &Directive<'_>) -> Result<Allow, Box<Finding>> {
    let value = directive.value;
    let mut codes = Vec::new();
    let mut at = 0;
    loop {
        let (word, rest) = first_word(&value[at..]);
        let start = at + value[at..].len() - value[at..].trim_start().len();
        let offset = directive.value_span.start as usize + start;
        let span = Span::new(
            directive.span.source,
            offset as u32,
            (offset + word.len()) as u32,
        );
        codes.push(Spanned {
            value: code(directive, word, span)?,
            span,
        });
        at = value.len() - rest.len();
        match rest.trim_start().strip_prefix(',') {
            Some(more) => at = value.len() - more.len(),
            None => break,
        }
    }
    let separator = |char: char| char.is_whitespace() || ":-–—".contains(char);
    let reason = value[at..].trim_matches(separator);
    if !reason.contains(char::is_alphanumeric) {
        let names: Vec<_> = codes.iter().map(|code| code.value.name()).collect();
        let names = names.join(", ");
        return Err(Box::new(
            Finding::new(
                Code::AllowWithoutReason,
                format!("`allow: {names}` has no effect, because it does not say why"),
            )
            .label(directive.span, "no reason is given")
            .help(format!(
                "write after the code why it is fine here: `-- allow: {names} because …`"
            )),
        ));
    }
    Ok(Allow {
        codes,
        reason: reason.to_owned(),
        span: directive.span,
    })
}

fn code(directive: &Directive<'_>, word: &str, span: Span) -> Result<Code, Box<Finding>> {
    match Code::find(word) {
        Some(code) if code.is_firm() => Err(Box::new(
            bad(
                directive,
                &format!("cannot be about `{}`", code.name()),
                span,
            )
            .note("this is an error in every run: what is built from it could not be right")
            .help(format!(
                "remove it; `sqlstitch rule {}` tells the way out",
                code.name()
            )),
        )),
        Some(code) => Ok(code),
        None if word.is_empty() => Err(Box::new(
            bad(
                directive,
                "lacks the code of a finding",
                directive.value_span,
            )
            .help("write a code that `sqlstitch rule` lists, and why it is fine here"),
        )),
        None => {
            let finding = bad(
                directive,
                &format!("starts with the code of a finding, and `{word}` is none"),
                span,
            );
            Err(Box::new(match near(word) {
                Some(near) => finding
                    .help(format!("did you mean `{near}`?"))
                    .fix(Fix::new(format!("write `{near}`")).replace(span, near)),
                None => finding.help("`sqlstitch rule` lists the codes"),
            }))
        }
    }
}

fn near(word: &str) -> Option<&'static str> {
    let names = Code::ALL.iter().map(|code| code.name());
    closest(&word.to_ascii_lowercase(), names)
}

/// The first word, without a colon at its end, and what follows it.
fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let end = text
        .find(|char: char| char.is_whitespace() || char == ',' || char == ':')
        .unwrap_or(text.len());
    text.split_at(end)
}
