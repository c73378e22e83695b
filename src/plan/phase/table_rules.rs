//! The rules that stand in the statement of a table, as texts: so it is known which of them a table that is built
//! anew lacks, and which it has got.

use std::collections::BTreeMap;
use std::fmt;

use crate::dialect::Dialect;
use crate::dialect::lex::{Token, TokenKind, lex};
use crate::name::Ident;
use crate::source::{Sources, Span};

use super::types;
use super::world::Thing;

/// A rule of a table.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// What it asks for.
    pub(super) asks: Asks,
    /// The column that it stands beside.
    pub(super) beside: Option<Ident>,
    /// Where it stands.
    pub(super) span: Span,
}

/// What a rule asks for, its names and keywords in lower case and without quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    /// A primary key, or a unique one: no equal rows, whatever the order of the columns.
    Unique(Vec<String>),
    Check(Vec<String>),
    ForeignKey {
        columns: Vec<String>,
        parent: String,
    },
}

impl Asks {
    /// The same rule where columns and the table have other names.
    pub(super) fn renamed(&self, columns: &BTreeMap<Ident, Ident>, table: [&str; 2]) -> Self {
        let all = |names: &[String]| -> Vec<String> {
            let mut names: Vec<String> = names
                .iter()
                .map(|name| {
                    let to = columns.iter().find(|(from, _)| from.as_str() == name);
                    to.map_or_else(|| name.clone(), |(_, to)| to.to_string())
                })
                .collect();
            if matches!(self, Self::Unique(_)) {
                names.sort();
            }
            names
        };
        match self {
            Self::Unique(names) => Self::Unique(all(names)),
            Self::Check(words) => Self::Check(all(words)),
            Self::ForeignKey {
                columns: names,
                parent,
            } => Self::ForeignKey {
                columns: all(names),
                parent: if parent == table[0] { table[1] } else { parent }.to_owned(),
            },
        }
    }

    /// The columns that it names; those that a check may name.
    pub(super) fn columns(&self) -> &[String] {
        match self {
            Self::Unique(names) | Self::Check(names) => names,
            Self::ForeignKey { columns, .. } => columns,
        }
    }

    /// Whether both ask for a thing of one kind.
    pub(super) fn is_kind_of(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// Whether each row that the other one takes is taken by this one, too.
    pub(super) fn is_asked_by(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unique(own), Self::Unique(other)) => other.iter().all(|name| own.contains(name)),
            _ => self == other,
        }
    }
}

impl fmt::Display for Asks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unique(columns) => write!(f, "the key ({})", columns.join(", ")),
            Self::Check(words) => write!(f, "CHECK ({})", words.join(" ")),
            Self::ForeignKey { columns, parent } => {
                write!(f, "the foreign key ({}) to {parent}", columns.join(", "))
            }
        }
    }
}

/// All rules of a table; none where they are not known.
pub(super) fn of(thing: &Thing, sources: &Sources, dialect: &Dialect) -> Option<Vec<Rule>> {
    let body = thing.body?;
    let mut rules = Vec::new();
    for (name, column) in &thing.columns {
        let text = types::raw_definition(sources, dialect, column.span)?;
        // A rule that has an older name of a column is not known for what it is.
        let written = name_of(sources.slice(column.span));
        if written != name.as_str() {
            return None;
        }
        beside(&text, name, column.span, dialect, &mut rules);
    }
    below(body, sources, dialect, &mut rules)?;
    Some(rules)
}

/// The rules beside a column.
fn beside(text: &str, name: &Ident, span: Span, dialect: &Dialect, rules: &mut Vec<Rule>) {
    let tokens = significant(text, dialect);
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > 0 {
            continue;
        }
        let own = || vec![name.to_string()];
        let asks = if token.is_any_word(text, &["UNIQUE", "PRIMARY"]) {
            Some(Asks::Unique(own()))
        } else if token.is_word(text, "CHECK") {
            group(text, &tokens[at + 1..]).map(Asks::Check)
        } else if token.is_word(text, "REFERENCES") {
            tokens.get(at + 1).map(|parent| Asks::ForeignKey {
                columns: own(),
                parent: name_of(parent.text(text)),
            })
        } else {
            None
        };
        if let Some(asks) = asks {
            rules.push(Rule {
                asks,
                beside: Some(name.clone()),
                span,
            });
        }
    }
}

/// The rules that stand by themselves in `CREATE TABLE t (…)`; none where that is not what this is.
fn below(body: Span, sources: &Sources, dialect: &Dialect, rules: &mut Vec<Rule>) -> Option<()> {
    let text = sources.slice(body);
    let tokens = significant(text, dialect);
    let open = tokens.iter().position(|it| it.kind == TokenKind::Open)?;
    if tokens[..open]
        .iter()
        .any(|it| it.is_any_word(text, &["AS", "LIKE", "SELECT"]))
    {
        return None;
    }
    let mut depth = 0_usize;
    let mut starts = true;
    for at in open..tokens.len() {
        let token = &tokens[at];
        let is_start = std::mem::take(&mut starts);
        match token.kind {
            TokenKind::Open => {
                depth += 1;
                starts = depth == 1;
            }
            TokenKind::Close => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            TokenKind::Comma => starts = depth == 1,
            _ if is_start && depth == 1 => {
                let named = token.is_word(text, "CONSTRAINT");
                let first = if named { at + 2 } else { at };
                // SQLite asks for no comma between these.
                let ends = item(&tokens[first.min(tokens.len())..]);
                let rest = &tokens[first.min(tokens.len())..][..ends];
                if let Some(asks) = asked(text, rest) {
                    let word = tokens.get(first).unwrap_or(token);
                    let span =
                        Span::new(body.source, body.start + word.start, body.start + word.end);
                    rules.push(Rule {
                        asks,
                        beside: None,
                        span,
                    });
                }
            }
            _ => {}
        }
    }
    Some(())
}

/// How many tokens an item of a list has.
fn item(tokens: &[Token]) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Comma | TokenKind::Close if depth == 0 => return at,
            TokenKind::Close => depth -= 1,
            _ => {}
        }
    }
    tokens.len()
}

/// What an item asks for that is a rule.
fn asked(text: &str, tokens: &[Token]) -> Option<Asks> {
    let first = tokens.first()?;
    if first.is_any_word(text, &["UNIQUE", "PRIMARY"]) {
        return names(text, tokens).map(|mut names| {
            names.sort();
            Asks::Unique(names)
        });
    }
    if first.is_word(text, "CHECK") {
        return group(text, &tokens[1..]).map(Asks::Check);
    }
    if first.is_word(text, "FOREIGN") {
        let at = tokens
            .iter()
            .position(|it| it.is_word(text, "REFERENCES"))?;
        return Some(Asks::ForeignKey {
            columns: names(text, &tokens[..at])?,
            parent: name_of(tokens.get(at + 1)?.text(text)),
        });
    }
    None
}

/// The columns in the first parentheses.
fn names(text: &str, tokens: &[Token]) -> Option<Vec<String>> {
    let open = tokens.iter().position(|it| it.kind == TokenKind::Open)?;
    let mut names = Vec::new();
    let mut starts = true;
    for token in &tokens[open + 1..] {
        match token.kind {
            TokenKind::Close => return Some(names),
            // Of an expression, or of a part of the column only.
            TokenKind::Open => return None,
            TokenKind::Comma => starts = true,
            _ if starts => {
                names.push(name_of(token.text(text)));
                starts = false;
            }
            _ => {}
        }
    }
    None
}

/// The words in parentheses that stand first.
fn group(text: &str, tokens: &[Token]) -> Option<Vec<String>> {
    let first = tokens.first().filter(|it| it.kind == TokenKind::Open)?;
    let mut depth = 0_usize;
    let mut words = Vec::new();
    for token in tokens {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(words);
        }
        if token.start != first.start {
            let word = token.text(text);
            words.push(match word.starts_with('\'') {
                true => word.to_owned(),
                false => name_of(word),
            });
        }
    }
    None
}

fn significant(text: &str, dialect: &Dialect) -> Vec<Token> {
    let tokens = lex(text, &dialect.lexing).into_iter();
    tokens.filter(|token| !token.is_trivia()).collect()
}

/// A name without its quotes, in lower case.
fn name_of(word: &str) -> String {
    let bare = word.trim_matches(['"', '`', '[', ']']);
    bare.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Engine;

    #[test]
    fn rules_are_read_from_the_statement() {
        let text = "CREATE TABLE \"t\" (a int, b int, CONSTRAINT k UNIQUE (b, `A`), check (a > '(X'), \
            FOREIGN KEY ([b]) REFERENCES p (id) ON DELETE CASCADE, UNIQUE (lower(a)))";
        let mut sources = Sources::default();
        let id = sources.add("a.sql", text);
        let body = Span::new(id, 0, text.len() as u32);
        let mut rules = Vec::new();
        below(body, &sources, Engine::Sqlite.dialect(), &mut rules).expect("a table");
        let word =
            |words: &[&str]| -> Vec<String> { words.iter().map(|&it| it.to_owned()).collect() };
        let asked: Vec<Asks> = rules.into_iter().map(|rule| rule.asks).collect();
        assert_eq!(
            asked,
            [
                Asks::Unique(word(&["a", "b"])),
                Asks::Check(word(&["a", ">", "'(X'"])),
                Asks::ForeignKey {
                    columns: word(&["b"]),
                    parent: "p".to_owned()
                },
            ]
        );
        let mut rules = Vec::new();
        let name = Ident::folded("a");
        let dialect = Engine::Sqlite.dialect();
        beside(
            " int UNIQUE CHECK (a IN (1, 2)) REFERENCES p",
            &name,
            body,
            dialect,
            &mut rules,
        );
        assert_eq!(rules.len(), 3);
    }

    #[test]
    fn a_key_over_more_columns_asks_for_less() {
        let key = |names: &[&str]| Asks::Unique(names.iter().map(|&it| it.to_owned()).collect());
        assert!(key(&["a", "b"]).is_asked_by(&key(&["a"])));
        assert!(!key(&["a"]).is_asked_by(&key(&["a", "b"])));
    }
}
