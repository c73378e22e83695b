//! The same text read by its grammar's tree and by tokens, compared as sets of what is done to which
//! object.

use std::collections::{BTreeMap, BTreeSet};

use sqlstitch::dialect::Engine;
use sqlstitch::read::fact::{Action, Binding, Fact, Kind, Namespace, Object, Part};
use sqlstitch::read::split::split;
use sqlstitch::read::statement::StatementKind;
use sqlstitch::read::{ast, postgres, tokens};
use sqlstitch::source::{Source, Sources};

/// What is done to which object, in a form in which both readers say the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Said {
    /// The action's first word.
    pub(crate) verb: &'static str,
    /// Whether the object is a column.
    pub(crate) of_column: bool,
    /// The object, its kind reduced to its namespace.
    pub(crate) object: String,
}

/// How many facts of a sort both readers have, or one of them alone.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Count {
    /// Both.
    pub(crate) both: usize,
    /// The tree alone.
    pub(crate) tree: usize,
    /// The tokens alone.
    pub(crate) tokens: usize,
}

impl Count {
    /// The share of the tree's facts that the tokens have.
    pub(crate) fn recall(&self) -> f64 {
        share(self.both, self.tree)
    }

    /// The share of the tokens' facts that the tree has.
    pub(crate) fn precision(&self) -> f64 {
        share(self.both, self.tokens)
    }
}

fn share(both: usize, alone: usize) -> f64 {
    if both + alone == 0 {
        return 1.0;
    }
    both as f64 / (both + alone) as f64
}

/// A comparison of many statements.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    /// Statements that both readers read.
    pub(crate) statements: usize,
    /// Statements that the grammar refused.
    pub(crate) refused: usize,
    /// The counts by verb, columns apart.
    pub(crate) counts: BTreeMap<(bool, &'static str), Count>,
    /// Every difference: the statement and what one reader says of it that the other does not.
    pub(crate) differences: Vec<String>,
}

impl Comparison {
    /// The counts by kind of fact, the sum of all first.
    pub(crate) fn kinds(&self) -> Vec<(String, Count)> {
        let mut total = Count::default();
        let mut kinds = Vec::new();
        for ((of_column, verb), count) in &self.counts {
            total.both += count.both;
            total.tree += count.tree;
            total.tokens += count.tokens;
            let what = if *of_column { "column" } else { "object" };
            kinds.push((format!("{verb} {what}"), *count));
        }
        kinds.insert(0, ("all".to_owned(), total));
        kinds
    }

    /// Compares every statement of a file.
    pub(crate) fn add(&mut self, path: &str, text: &str, engine: Engine) {
        let mut sources = Sources::default();
        let id = sources.add(path, text);
        let source = sources.get(id);
        let dialect = engine.dialect();
        let pieces = split(source, dialect);
        for piece in pieces.pieces() {
            let statement = piece.statement;
            if statement.kind != StatementKind::Sql
                || statement.body.end - statement.body.start > 300_000
            {
                continue;
            }
            let (tree, broken) = if engine == Engine::Postgres {
                let tree = postgres::read(source, statement.body, dialect);
                (tree.facts, tree.broken)
            } else {
                match ast::read(source, statement.body, dialect) {
                    Some(tree) => (tree.facts, tree.left),
                    None => (Vec::new(), vec![statement.body]),
                }
            };
            if broken.contains(&statement.body) {
                self.refused += 1;
                continue;
            }
            let body: Vec<_> = piece.body.collect();
            let (facts, _) = tokens::read(source, &body, dialect);
            self.statements += 1;
            let facts: Vec<Fact> = facts
                .into_iter()
                .filter(|fact| {
                    !broken
                        .iter()
                        .any(|span| span.start <= fact.span.start && fact.span.end <= span.end)
                })
                .collect();
            self.compare(
                source,
                source.slice(statement.body),
                &said(&tree),
                &said(&facts),
            );
        }
    }

    fn compare(
        &mut self,
        source: &Source,
        statement: &str,
        tree: &BTreeSet<Said>,
        tokens: &BTreeSet<Said>,
    ) {
        let mut lines = String::new();
        for said in tree.union(tokens) {
            let count = self.counts.entry((said.of_column, said.verb)).or_default();
            match (tree.contains(said), tokens.contains(said)) {
                (true, true) => count.both += 1,
                (true, false) => {
                    count.tree += 1;
                    lines.push_str(&format!("    - {} {}\n", said.verb, said.object));
                }
                _ => {
                    count.tokens += 1;
                    lines.push_str(&format!("    + {} {}\n", said.verb, said.object));
                }
            }
        }
        if !lines.is_empty() {
            self.differences
                .push(format!("{}: {statement}\n{lines}", source.path));
        }
    }
}

/// What the facts say.
pub(crate) fn said(facts: &[Fact]) -> BTreeSet<Said> {
    facts
        .iter()
        .map(|fact| {
            let of_column = fact.object.kind == Kind::Column;
            let mut object = reduced(&fact.object);
            match &fact.action {
                Action::Rename { to } => object.push_str(&format!(" to {}", reduced(to))),
                Action::RunsOnWrite { table } => object.push_str(&format!(" of {table}")),
                Action::References { from } => object.push_str(&format!(" from {from}")),
                Action::CoversAll { of } | Action::CoversNew { of } => {
                    object.push_str(&format!(" for each {}", of.noun()));
                }
                Action::Partitions { parent } => object.push_str(&format!(" of {parent}")),
                Action::Define {
                    replace,
                    if_absent,
                    temporary,
                } => object.push_str(&flags(&[
                    // A member comes and goes with its owner.
                    (*replace && !of_column, " or replace"),
                    (*if_absent && !of_column, " if absent"),
                    (*temporary && !of_column, " temporary"),
                ])),
                Action::Drop { if_exists, cascade } => {
                    object.push_str(&flags(&[
                        (*if_exists, " if exists"),
                        (*cascade, " cascade"),
                    ]));
                }
                _ => {}
            }
            if !fact.or_of.is_empty() {
                let others: BTreeSet<String> = fact.or_of.iter().map(ToString::to_string).collect();
                object.push_str(&format!(" or of {others:?}"));
            }
            object.push_str(&flags(&[
                (fact.binding == Binding::Late, " late"),
                (fact.in_body_of.is_some(), " in a body"),
            ]));
            Said {
                verb: verb(&fact.action),
                of_column,
                object,
            }
        })
        .collect()
}

fn flags(flags: &[(bool, &str)]) -> String {
    flags
        .iter()
        .filter(|(is, _)| *is)
        .map(|(_, word)| *word)
        .collect()
}

fn verb(action: &Action) -> &'static str {
    match action {
        Action::Define { .. } => "define",
        Action::Use => "use",
        Action::Alter => "alter",
        Action::Retype => "retype",
        Action::Rename { .. } => "rename",
        Action::Drop { .. } => "drop",
        Action::Write => "write",
        Action::Read => "read",
        Action::Tighten => "tighten",
        Action::Run => "run",
        Action::RunsOnWrite { .. } => "runs on write",
        Action::Partitions { .. } => "partitions",
        Action::CoversAll { .. } => "covers all",
        Action::CoversNew { .. } => "covers new",
        Action::References { .. } => "references",
    }
}

/// The object with its kind's namespace, and a call without what calls do not tell.
fn reduced(object: &Object) -> String {
    let namespace = match object.kind.namespace() {
        Namespace::Relation => "relation",
        Namespace::Type => "type",
        Namespace::Own(kind) => kind.noun(),
    };
    let part = match &object.part {
        Part::Whole => String::new(),
        // Only the tree tells operators apart by their operands, and classes by their methods.
        _ if matches!(object.kind, Kind::Operator | Kind::OperatorClass) => String::new(),
        Part::Member(member) => format!(".{member}"),
        Part::Columns(columns) => format!("{columns:?}"),
        Part::Arguments(signature) => match &signature.types {
            Some(types) => format!("({})", types.join(", ")),
            None => format!("({}..{:?})", signature.min, signature.max),
        },
    };
    format!("{namespace} {}{part}", object.name)
}
