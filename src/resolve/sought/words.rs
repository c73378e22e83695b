//! Which rows a statement looks for, by its words: `FROM role WHERE code = 'admin'`.

use std::ops::Range;

use crate::dialect::Dialect;
use crate::dialect::lex::{self, Token, TokenKind};
use crate::name::Ident;
use crate::resolve::literal::literal;

/// The longest statement that is looked at, in bytes: longer ones are data that nobody writes by hand.
const LOOKED_AT: usize = 1 << 20;

/// What ends a condition, or the tables before it.
const ENDS: [&str; 16] = [
    "group",
    "order",
    "limit",
    "offset",
    "fetch",
    "for",
    "union",
    "except",
    "intersect",
    "having",
    "window",
    "returning",
    "on",
    "using",
    "when",
    "qualify",
];

/// What stands behind a table and is not another name of it.
const NO_ALIAS: [&str; 12] = [
    "where",
    "set",
    "join",
    "inner",
    "left",
    "right",
    "full",
    "cross",
    "natural",
    "from",
    "values",
    "tablesample",
];

/// A table whose rows a statement looks at.
pub(super) struct Lookup {
    /// Where the table's name stands in the text.
    pub(super) name: Range<usize>,
    /// The columns that are compared with literals, each with those that it may have, as they are written; none
    /// where it may look at all rows.
    pub(super) wants: Vec<Want>,
    /// The rows are deleted.
    pub(super) takes_away: bool,
}

/// A column, and the literals that it may have.
pub(super) type Want = (Ident, Vec<String>);

/// A table where rows come from.
struct Table {
    name: Range<usize>,
    alias: Ident,
}

/// What a statement looks for: `FROM t WHERE a = 'x' AND b IN (1, 2)`, and so with UPDATE and DELETE. Conditions with
/// OR say nothing.
pub(super) fn lookups(text: &str, dialect: &Dialect) -> Vec<Lookup> {
    if text.len() > LOOKED_AT {
        return Vec::new();
    }
    let mut tokens = lex::lex(text, &dialect.lexing);
    tokens.retain(|token| !token.is_trivia());
    let words = Words {
        text,
        dialect,
        tokens: &tokens,
    };
    words.lookups()
}

/// Tables of which nothing says which rows are meant.
fn any(tables: Vec<Table>) -> Vec<Lookup> {
    tables
        .into_iter()
        .map(|table| table.of(Vec::new()))
        .collect()
}

impl Table {
    fn of(self, wants: Vec<Want>) -> Lookup {
        Lookup {
            name: self.name,
            wants,
            takes_away: false,
        }
    }
}

struct Words<'a> {
    text: &'a str,
    dialect: &'a Dialect,
    tokens: &'a [Token],
}

impl Words<'_> {
    fn lookups(&self) -> Vec<Lookup> {
        let mut found = Vec::new();
        let changes = self.is(0, "update");
        if changes {
            found.extend(self.of_tables(1, true));
        }
        let mut depth = 0_usize;
        for at in 0..self.tokens.len() {
            match self.tokens[at].kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            let takes_away = at > 0 && self.is(at - 1, "delete");
            // What stands behind the FROM of an UPDATE was read with it.
            if self.is(at, "from") && !(changes && depth == 0) {
                let lookups = self.of_tables(at + 1, false).into_iter();
                found.extend(lookups.map(|lookup| Lookup {
                    takes_away,
                    ..lookup
                }));
            }
        }
        self.add_others(&mut found);
        found
    }

    fn is(&self, at: usize, keyword: &str) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|token| token.is_word(self.text, keyword))
    }

    fn is_any(&self, at: usize, keywords: &[&str]) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|token| token.is_any_word(self.text, keywords))
    }

    fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// Adds what else is named like a table that was found: who knows what is done with it there.
    fn add_others(&self, found: &mut Vec<Lookup>) {
        let last = |name: &Range<usize>| self.text[name.clone()].rsplit('.').next().map(str::trim);
        let names: Vec<Ident> = found
            .iter()
            .filter_map(|lookup| last(&lookup.name).map(|name| self.dialect.ident(name)))
            .collect();
        for (at, token) in self.tokens.iter().enumerate() {
            let name = token.start as usize..token.end as usize;
            let is_name = matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdent);
            if !is_name
                || self.kind(at + 1) == Some(TokenKind::Dot)
                || !names.contains(&self.dialect.ident(token.text(self.text)))
                || found.iter().any(|lookup| lookup.name.end == name.end)
            {
                continue;
            }
            let first = (0..=at).rev().step_by(2);
            let first = first
                .take_while(|&place| place == at || self.kind(place + 1) == Some(TokenKind::Dot));
            let before = first.last().and_then(|first| first.checked_sub(1));
            if !before.is_some_and(|before| self.is(before, "into")) {
                found.push(Lookup {
                    name,
                    wants: Vec::new(),
                    takes_away: false,
                });
            }
        }
    }

    /// The name at a place, and where it ends: `a.b.c`.
    fn name(&self, at: usize) -> Option<(Range<usize>, &Token, usize)> {
        let is_name = |at| {
            matches!(
                self.kind(at),
                Some(TokenKind::Word | TokenKind::QuotedIdent)
            )
        };
        let mut last = at;
        if !is_name(at) {
            return None;
        }
        while self.kind(last + 1) == Some(TokenKind::Dot) && is_name(last + 2) {
            last += 2;
        }
        let (first, end) = (self.tokens[at], &self.tokens[last]);
        Some((first.start as usize..end.end as usize, end, last + 1))
    }

    /// The place behind the parentheses that open at a place.
    fn behind(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        for (at, token) in self.tokens.iter().enumerate().skip(open) {
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return at + 1;
            }
        }
        self.tokens.len()
    }

    /// What is looked for in the tables that are listed from a place on.
    fn of_tables(&self, start: usize, changes: bool) -> Vec<Lookup> {
        let mut tables = Vec::new();
        let mut at = start;
        let mut is_listed = true;
        // Whether tables without a name are among them.
        let mut unnamed = false;
        loop {
            if is_listed {
                if self.is_any(at, &["only", "lateral"]) {
                    at += 1;
                }
                if self.kind(at) == Some(TokenKind::Open) {
                    at = self.behind(at);
                    unnamed = true;
                } else if let Some((name, last, next)) = self.name(at) {
                    at = next;
                    if self.kind(at) == Some(TokenKind::Open) {
                        at = self.behind(at);
                        unnamed = true;
                    } else {
                        let mut alias = last;
                        if self.is(at, "as") {
                            at += 1;
                        }
                        if let Some((_, other, next)) = self.name(at)
                            && !self.is_any(at, &NO_ALIAS)
                            && !self.is_any(at, &ENDS)
                        {
                            alias = other;
                            at = next;
                        }
                        let alias = self.dialect.ident(alias.text(self.text));
                        tables.push(Table { name, alias });
                    }
                } else {
                    return any(tables);
                }
                is_listed = false;
                continue;
            }
            match self.kind(at) {
                Some(TokenKind::Open) => at = self.behind(at),
                Some(TokenKind::Comma) if !changes => {
                    is_listed = true;
                    at += 1;
                }
                None | Some(TokenKind::Close | TokenKind::Semicolon) => return any(tables),
                _ if self.is_any(at, &["join", "from"]) => {
                    is_listed = true;
                    at += 1;
                }
                _ if self.is(at, "where") => {
                    return self.wanted(tables, at + 1, unnamed);
                }
                _ if self.is_any(at, &ENDS) && !self.is_any(at, &["on", "using"]) => {
                    return any(tables);
                }
                _ => at += 1,
            }
        }
    }

    /// What the condition that begins at a place says of each table.
    fn wanted(&self, tables: Vec<Table>, start: usize, unnamed: bool) -> Vec<Lookup> {
        let mut parts = Vec::new();
        let mut part = start;
        let mut at = start;
        loop {
            let ends = match self.kind(at) {
                None | Some(TokenKind::Close | TokenKind::Semicolon) => true,
                Some(TokenKind::Open) => {
                    at = self.behind(at);
                    continue;
                }
                _ if self.is(at, "or") => return any(tables),
                _ => self.is_any(at, &ENDS),
            };
            if ends || self.is(at, "and") {
                parts.push(part..at);
                part = at + 1;
            }
            if ends {
                break;
            }
            at += 1;
        }
        let alone = tables.len() == 1 && !unnamed;
        let mut wants = vec![Vec::new(); tables.len()];
        for (owner, column, literals) in parts.into_iter().filter_map(|part| self.compared(part)) {
            let table = tables.iter().position(|table| match &owner {
                Some(owner) => table.alias == *owner,
                None => alone,
            });
            if let Some(table) = table {
                wants[table].push((column, literals));
            }
        }
        let tables = tables.into_iter().zip(wants);
        tables.map(|(table, wants)| table.of(wants)).collect()
    }

    /// The column and the literals of `t.a = 'x'` and `t.a IN ('x', 'y')`.
    fn compared(&self, part: Range<usize>) -> Option<(Option<Ident>, Ident, Vec<String>)> {
        let part = self.tokens.get(part)?;
        let is_comparison =
            |token: &Token| token.text(self.text) == "=" || token.is_word(self.text, "in");
        let at = part.iter().position(is_comparison)?;
        let (one, other) = (&part[..at], &part[at + 1..]);
        let ((owner, column), literals) = match other {
            [open, listed @ .., close]
                if open.kind == TokenKind::Open && close.kind == TokenKind::Close =>
            {
                let listed = listed.split(|token| token.kind == TokenKind::Comma);
                let literals = listed.map(|value| literal(value, self.text));
                (self.column(one)?, literals.collect::<Option<_>>()?)
            }
            _ => match (self.column(one), literal(other, self.text)) {
                (Some(column), Some(literal)) => (column, vec![literal]),
                _ => (self.column(other)?, vec![literal(one, self.text)?]),
            },
        };
        Some((owner, column, literals))
    }

    /// A column, with the name before its dot.
    fn column(&self, tokens: &[Token]) -> Option<(Option<Ident>, Ident)> {
        let is_name =
            |token: &Token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdent);
        let ident = |token: &Token| self.dialect.ident(token.text(self.text));
        match tokens {
            [column] if is_name(column) => Some((None, ident(column))),
            [owner, dot, column]
                if is_name(owner) && dot.kind == TokenKind::Dot && is_name(column) =>
            {
                Some((Some(ident(owner)), ident(column)))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::lookups;
    use crate::dialect::Engine;

    fn found(text: &str) -> String {
        let found = lookups(text, Engine::Postgres.dialect());
        let shown = found.iter().map(|lookup| {
            let wants = lookup.wants.iter();
            let wants = wants
                .map(|(column, literals)| format!("{}={}", column.as_str(), literals.join("|")));
            let wants = wants.collect::<Vec<_>>().join(" ");
            format!("{}: {wants}", &text[lookup.name.clone()])
        });
        shown.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn rows_are_sought_by_literals() {
        for (text, wanted) in [
            (
                "INSERT INTO u VALUES (1, (SELECT id FROM s.t WHERE a = 'x' AND 2 = b))",
                "s.t: a='x' b=2",
            ),
            (
                "INSERT INTO u SELECT p.id, q.id FROM t p, t AS q WHERE p.a = 'x' AND q.a = 'y'::text ORDER BY 1",
                "t: a='x'; t: a='y'",
            ),
            (
                "INSERT INTO u SELECT t.id FROM t JOIN v ON v.id = t.id AND v.c = 1 WHERE t.a = 'x'",
                "t: a='x'; v: ",
            ),
            (
                "UPDATE t SET a = 'y', b = 2 WHERE a = 'x' AND c BETWEEN 1 AND 2",
                "t: a='x'",
            ),
            (
                "UPDATE t SET b = v.b FROM v WHERE v.a = 'x' AND t.c = 'z'",
                "t: c='z'; v: a='x'",
            ),
            ("INSERT INTO u SELECT 1 FROM (SELECT 1) s WHERE a = 'x'", ""),
            (
                "INSERT INTO u SELECT id FROM t WHERE a = 'x' OR b = 'y'",
                "t: ",
            ),
            (
                "INSERT INTO u SELECT id FROM t, v WHERE a = 'x'",
                "t: ; v: ",
            ),
            (
                "INSERT INTO s.t SELECT id FROM t WHERE a = 'x' AND b IN (TABLE t)",
                "t: a='x'; t: ",
            ),
            (
                "DELETE FROM t WHERE a IN ('x', 2) AND b IN (SELECT 1)",
                "t: a='x'|2",
            ),
            (
                "INSERT INTO u SELECT extract(year FROM d) FROM t WHERE (a = 'x') AND lower(b) = 'y'",
                "d: ; t: ",
            ),
            (
                "INSERT INTO u SELECT id FROM f('x') WHERE a = 'x' AND (",
                "",
            ),
            ("SELECT id FROM t WHERE", "t: "),
            ("UPDATE", ""),
        ] {
            assert_eq!(found(text), wanted, "{text}");
        }
    }
}
