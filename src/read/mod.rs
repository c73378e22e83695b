//! One source at a time: text → statements, header and facts. Knows no other file.

pub mod acts;
pub mod ast;
mod bulk;
pub mod checksum;
pub mod column;
mod conflict;
pub mod effect;
pub mod fact;
mod facts;
pub mod header;
mod height;
pub mod implied;
pub mod kept;
pub mod postgres;
pub mod search_path;
mod shape;
mod spelled;
pub mod split;
pub mod statement;
mod thin;
pub mod tokens;
mod unchecked;
mod unseen;

use serde::{Deserialize, Serialize};

use crate::dialect::Engine;
use crate::finding::{Code, Finding};
use crate::name::{acts, visible};
use crate::source::{Checksum, Source, SourceId};
use acts::Acts;
use effect::Effect;
use fact::{Action, Fact, Object, StatementFacts};
use header::Header;
use statement::Statement;

/// One patch as its own file tells it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Patch {
    /// The file.
    pub source: SourceId,
    /// The patch's identity in headers, edges and the ledger.
    pub name: String,
    /// Its directives.
    pub header: Header,
    /// The pieces of the text; they tile it.
    pub statements: Vec<Statement>,
    /// What each SQL statement does to which objects. One entry per statement that has any.
    pub facts: Vec<StatementFacts>,
    /// The actions among them.
    pub acts: Acts,
    /// What the statements change for code that runs already, beyond what the facts tell.
    pub effects: Vec<Effect>,
    /// The token-stream checksum.
    pub checksum: Checksum,
}

/// A new name that a patch gives something.
#[derive(Clone, Copy, Debug)]
pub struct Renaming<'a> {
    /// The statement.
    pub statement: &'a StatementFacts,
    /// The statement, and the fact in it.
    pub at: (u32, u32),
    /// What is renamed.
    pub fact: &'a Fact,
    /// What it is after that.
    pub to: &'a Object,
}

impl Patch {
    /// Everything that the patch renames or moves, in its order.
    pub fn renames(&self) -> impl Iterator<Item = Renaming<'_>> {
        let statements = match self.acts.has(Acts::RENAME) {
            true => self.facts.as_slice(),
            false => &[],
        };
        statements.iter().flat_map(|statement| {
            let facts = (0..).zip(&statement.facts);
            facts.filter_map(move |(place, fact)| match &fact.action {
                Action::Rename { to } => Some(Renaming {
                    statement,
                    at: (statement.statement as u32, place),
                    fact,
                    to,
                }),
                _ => None,
            })
        })
    }
}

/// A patch and what there is to say about its text alone.
#[derive(Debug)]
pub struct Reading {
    /// The patch.
    pub patch: Patch,
    /// Findings in the order of their places.
    pub findings: Vec<Finding>,
}

/// How many characters a name may have: the ledger's column is that wide on every engine.
const NAME_LENGTH: usize = 255;

/// Reads one file.
#[must_use]
pub fn read(source: &Source, engine: Engine) -> Reading {
    let dialect = engine.dialect();
    let split = split::split(source, dialect);
    let (header, header_findings) = header::read(source, &split);
    let name = match &header.name {
        Some(name) => name.value.clone(),
        None => without_extension(&source.path).to_owned(),
    };
    let (facts, effects) = facts::read(source, &split, dialect);
    let checksum = checksum::checksum(source, &split);
    let mut findings = split.findings;
    findings.extend(conflict::find(source));
    if findings.is_empty() {
        // Otherwise it is known already why there is more to it than was read.
        findings.extend(unseen::findings(source, &split.statements, &facts, &header));
    }
    findings.extend(header_findings);
    findings.extend(bad_names(source, &header));
    findings.sort_by_key(|finding| finding.labels.first().map(|label| label.span));
    Reading {
        patch: Patch {
            source: source.id,
            name,
            header,
            statements: split.statements,
            acts: Acts::of(&facts),
            facts,
            effects,
            checksum,
        },
        findings,
    }
}

/// The path without its `.sql`, in any case.
fn without_extension(path: &str) -> &str {
    match path.len().checked_sub(".sql".len()) {
        Some(at)
            if at > 0 && path.is_char_boundary(at) && path[at..].eq_ignore_ascii_case(".sql") =>
        {
            &path[..at]
        }
        _ => path,
    }
}

fn bad_names(source: &Source, header: &Header) -> Vec<Finding> {
    let written = header.name.iter().chain(&header.formerly);
    let mut findings: Vec<_> = written
        .filter_map(|name| Some(bad_name(&name.value)?.label(name.span, "")))
        .collect();
    if header.name.is_none()
        && let Some(finding) = bad_name(without_extension(&source.path))
    {
        findings.push(finding.path(&source.path).help(
            "rename the file, or give the patch a name in its first line: `-- name: orders`",
        ));
    }
    findings
}

fn bad_name(name: &str) -> Option<Finding> {
    let problem = if name.contains(acts) {
        "has a control character"
    } else if name.chars().count() > NAME_LENGTH {
        "is longer than 255 characters"
    } else {
        return None;
    };
    let shown: String = visible(name).chars().take(60).collect();
    Some(Finding::new(
        Code::BadName,
        format!("the patch name `{shown}` {problem}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn reading(path: &str, text: &str, engine: Engine) -> Reading {
        let mut sources = Sources::default();
        let id = sources.add(path, text);
        read(sources.get(id), engine)
    }

    fn name(path: &str, text: &str) -> String {
        reading(path, text, Engine::Sqlite).patch.name
    }

    #[test]
    fn a_patch_is_named_by_its_header_or_its_path() {
        assert_eq!(name("shop/orders.SQL", ""), "shop/orders");
        assert_eq!(name("shop/orders.sql", "-- name: o\n"), "o");
        assert_eq!(name(".sql", ""), ".sql");
        assert_eq!(name("é", ""), "é");
    }

    #[test]
    fn names_that_no_ledger_holds_are_told() {
        let codes = |path: &str, text: &str| -> Vec<_> {
            let reading = reading(path, text, Engine::Postgres);
            reading
                .findings
                .iter()
                .map(|finding| finding.code)
                .collect()
        };
        assert_eq!(codes("a\tb.sql", ""), [Code::BadName]);
        assert_eq!(
            codes("a.sql", &format!("-- name: {}", "x".repeat(256))),
            [Code::BadName]
        );
        assert_eq!(codes("a\tb.sql", "-- name: x"), []);
        assert_eq!(codes("a.sql", &format!("-- name: {}", "é".repeat(255))), []);
    }

    #[test]
    fn statements_carry_the_search_path_that_the_file_has_set() {
        let text = "USE shop; CREATE TABLE t (a int); USE b; CREATE TABLE t (a int);";
        let patch = reading("a.sql", text, Engine::Mysql).patch;
        let tables = patch.facts.iter().filter(|facts| facts.statement % 2 == 1);
        let paths: Vec<_> = tables.map(|facts| facts.search_path.clone()).collect();
        let path = |name: &str| Some(vec![crate::name::Ident::folded(name)]);
        assert_eq!(paths, [path("shop"), path("b")]);
    }
}
