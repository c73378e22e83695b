//! The directives in the leading comments of a patch.

mod allow;
mod directive;
mod values;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::split::Split;
use crate::dialect::Engine;
use crate::dialect::lex::{Token, TokenKind};
use crate::finding::{Code, Finding, Fix};
use crate::source::{Source, Span};
pub use allow::Allow;
use directive::Directive;

/// A value of a directive and its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its place, without the directive's key.
    pub span: Span,
}

/// The three steps of a backward compatible change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Additive: old code keeps working.
    Expand,
    /// Moves data.
    Migrate,
    /// Destroys, renames or tightens what old code may use.
    Contract,
}

/// What a `requires:` asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Requirement {
    /// A patch name, path suffix, glob or object, still unresolved.
    Reference(String),
    /// `external name`: a patch outside the inputs, to be looked up in the ledger at run time.
    External(String),
}

/// All directives of one patch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// `name:`; the path decides where it is absent.
    pub name: Option<Spanned<String>>,
    /// `formerly:`; names that the ledger may hold for this patch.
    pub formerly: Vec<Spanned<String>>,
    /// `requires:` and its other spellings.
    pub requires: Vec<Spanned<Requirement>>,
    /// `provides:`; objects that dynamic SQL makes.
    pub provides: Vec<Spanned<String>>,
    /// `uses:`; objects that dynamic SQL uses.
    pub uses: Vec<Spanned<String>>,
    /// `ignores:`; objects or patches whose inferred edges are dropped.
    pub ignores: Vec<Spanned<String>>,
    /// `allow:`; findings that are fine in this patch.
    pub allows: Vec<Allow>,
    /// `phase:`.
    pub phase: Option<Spanned<Phase>>,
    /// `repeatable`.
    pub repeatable: Option<Span>,
    /// `transaction: off`.
    pub no_transaction: Option<Span>,
    /// `dialect:`; empty means every engine.
    pub dialects: Vec<Spanned<Engine>>,
    /// `revert:`; `none` where nothing undoes the patch.
    pub revert: Option<Spanned<PathBuf>>,
    /// What stands after the first statement and may be of no use at the top either.
    pub late: Vec<Late>,
}

/// A directive that stands too late and takes something away, where there is something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Late {
    /// `allow:`.
    Allow(Allow),
    /// `ignores:`, with the place of the whole directive.
    Ignores(Vec<String>, Span),
}

impl Header {
    /// Whether it says that nothing undoes the patch: `revert: none`.
    #[must_use]
    pub fn is_irreversible(&self) -> bool {
        let path = self
            .revert
            .as_ref()
            .and_then(|revert| revert.value.to_str());
        path.is_some_and(|path| path.eq_ignore_ascii_case("none"))
    }
}

/// Reads the directives of a split text. Those that stand after the first statement have no effect
/// and are only told.
#[must_use]
pub fn read(source: &Source, split: &Split) -> (Header, Vec<Finding>) {
    let mut header = Header::default();
    let mut findings = Vec::new();
    let is_leading = |token: &Token| token.is_trivia() && token.kind != TokenKind::VersionComment;
    let leading = || split.tokens.iter().take_while(is_leading);
    for directive in directives(source, leading()) {
        values::take(&directive, &mut header, &mut findings);
    }
    for piece in split.pieces() {
        // Comments inside a statement are about the statement.
        let known = if piece.statement.span.start == 0 {
            leading().count()
        } else {
            0
        };
        let late = directives(source, piece.before.skip(known)).filter(|directive| {
            directive.begins_line && (values::is_written(directive) || directive.prefixed)
        });
        for directive in late {
            let mut wrong = Vec::new();
            values::take(&directive, &mut header.clone(), &mut wrong);
            if let Some(wrong) = wrong.pop() {
                findings.push(late_and_wrong(&directive, wrong));
                continue;
            }
            let told = values::late(&directive);
            if !matches!(told, Some(Late::Ignores(..))) {
                findings.push(late_finding(source, directive.key, directive.span, true));
            }
            header.late.extend(told);
        }
    }
    (header, findings)
}

fn directives<'t>(
    source: &'t Source,
    tokens: impl Iterator<Item = Token> + 't,
) -> impl Iterator<Item = Directive<'t>> + 't {
    tokens
        .flat_map(|token| directive::lines(source, token))
        .filter_map(|line| Directive::parse(source, line))
}

fn late(key: &str, span: Span) -> Finding {
    Finding::new(
        Code::LateDirective,
        format!("`{key}` stands after the first statement, where it has no effect"),
    )
    .label(span, "not in the leading comments of the file")
}

/// Of a directive that would not be read at the top of the file either.
fn late_and_wrong(directive: &Directive<'_>, wrong: Finding) -> Finding {
    let mut finding =
        late(directive.key, directive.span).note(format!("and it is not right: {}", wrong.title));
    for help in wrong.helps {
        finding = finding.help(help);
    }
    finding.help("a directive that is kept belongs above the first statement of the file")
}

/// What to say of a directive that stands after the first statement, and whether it would be of use at the top.
#[must_use]
pub fn late_finding(source: &Source, key: &str, span: Span, is_of_use: bool) -> Finding {
    // What names the patch or changes how it runs is for people to move.
    let only_orders = [
        "name",
        "formerly",
        "repeatable",
        "transaction",
        "dialect",
        "revert",
    ]
    .iter()
    .all(|other| !key.eq_ignore_ascii_case(other));
    let finding = late(key, span);
    if !is_of_use {
        return finding
            .note("there is nothing that it would take away at the top of the file")
            .help("remove this line")
            .fix(Fix::new("remove the line").remove_line(source, span));
    }
    let text = &source.text[span.start as usize..span.end as usize];
    let fix = Fix::new("move the line to the top of the file")
        .certain(only_orders)
        .add_first(source.id, &format!("-- {text}"))
        .remove_line(source, span);
    finding
        .help("move this line above the first statement of the file")
        .fix(fix)
}
