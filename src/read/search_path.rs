//! Which schemas unqualified names are looked up in: what the statements of a file set, statement by
//! statement.

use crate::dialect::lex::{Token, TokenKind};
use crate::dialect::{Dialect, Engine, SchemaSetting};
use crate::name::Ident;

/// The setting as the statements so far have left it.
#[derive(Clone, Debug, Default)]
pub struct SearchPath {
    /// What holds until the session ends; `None` is whatever the database is set up with.
    session: Option<Vec<Ident>>,
    /// What `SET LOCAL` says until the transaction ends.
    local: Option<Vec<Ident>>,
}

impl SearchPath {
    /// The path in force now, if the file has set one.
    #[must_use]
    pub fn now(&self) -> Option<&Vec<Ident>> {
        self.local.as_ref().or(self.session.as_ref())
    }

    /// Takes note of a statement, given its body's tokens.
    pub fn see(&mut self, text: &str, body: &[Token], dialect: &Dialect) {
        // Most statements are told from their first word.
        let Some(first) = body.iter().find(|token| !token.is_trivia()) else {
            return;
        };
        let is_first = |word: &&str| first.is_word(text, word);
        if !FIRST_WORDS.iter().any(is_first) {
            return;
        }
        let mut words = Words {
            text,
            tokens: body,
            dialect,
        };
        match dialect.schema_setting {
            SchemaSetting::Nothing => {}
            SchemaSetting::Use => {
                if words.keyword(&["USE"]) {
                    self.set(words.names().pop().map(|name| vec![name]), false);
                }
            }
            SchemaSetting::SearchPath => self.see_setting(words),
        }
    }

    /// The path that a routine sets for itself in `CREATE FUNCTION … SET search_path = …`. It holds
    /// while a body in a string is checked and when it runs; one without quotes is looked up at once,
    /// in the path around the statement.
    /// <https://www.postgresql.org/docs/current/sql-createfunction.html>
    #[must_use]
    pub fn of_body(&self, text: &str, body: &[Token], dialect: &Dialect) -> Option<Vec<Ident>> {
        if !matches!(dialect.schema_setting, SchemaSetting::SearchPath) {
            return None;
        }
        let mut words = Words {
            text,
            tokens: body,
            dialect,
        };
        if !words.keyword(&["CREATE"]) {
            return None;
        }
        if words.keyword(&["OR"]) {
            let _ = words.keyword(&["REPLACE"]);
        }
        if !words.keyword(&["FUNCTION", "PROCEDURE"]) {
            return None;
        }
        let mut own = None;
        let mut depth = 0_usize;
        while let Some(token) = words.peek() {
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth = depth.saturating_sub(1),
                _ if depth > 0 => {}
                _ if words.keyword(&["BEGIN", "RETURN"]) => return None,
                _ if words.keyword(&["SET"]) => {
                    if words.keyword(&["SEARCH_PATH"]) {
                        own = self.own(words);
                    }
                    continue;
                }
                _ => {}
            }
            words.tokens = &words.tokens[1..];
        }
        own
    }

    fn own(&self, mut words: Words<'_>) -> Option<Vec<Ident>> {
        if words.keyword(&["FROM"]) {
            // FROM CURRENT
            return self.now().cloned();
        }
        let assigns = words.keyword(&["TO"]) || words.operator("=");
        if !assigns || words.keyword(&["DEFAULT"]) {
            return None;
        }
        Some(words.list())
    }

    fn set(&mut self, path: Option<Vec<Ident>>, local: bool) {
        if local {
            self.local = path;
        } else {
            self.session = path;
            self.local = None;
        }
    }

    fn see_setting(&mut self, mut words: Words<'_>) {
        if words.keyword(&["SET"]) {
            let local = words.keyword(&["LOCAL"]);
            let _ = words.keyword(&["SESSION", "GLOBAL"]);
            let schema = words.keyword(&["SCHEMA"]);
            if !schema && !words.keyword(&["SEARCH_PATH"]) {
                return;
            }
            let assigns = words.keyword(&["TO"]) || words.operator("=");
            if !assigns && !schema {
                // FROM CURRENT changes nothing.
            } else if words.keyword(&["DEFAULT"]) {
                self.set(None, local);
            } else {
                self.set(Some(words.names()), local);
            }
        } else if words.keyword(&["RESET"]) {
            if words.keyword(&["SEARCH_PATH", "SCHEMA", "ALL"]) {
                self.set(None, false);
            }
        } else if words.keyword(&["DISCARD"]) {
            if words.keyword(&["ALL"]) {
                self.set(None, false);
            }
        } else if words.keyword(&["USE"]) {
            // DuckDB: `USE schema` or `USE database.schema`.
            self.set(words.names().pop().map(|name| vec![name]), false);
        } else if words.keyword(&["SELECT"]) {
            self.see_set_config(words);
        } else if words.keyword(&["COMMIT", "ROLLBACK", "END", "ABORT"])
            && !words.keyword(&["TO", "PREPARED"])
        {
            self.local = None;
        }
    }

    /// `SELECT pg_catalog.set_config('search_path', 'a, b', false)`, the form of pg_dump.
    fn see_set_config(&mut self, mut words: Words<'_>) {
        if words.keyword(&["PG_CATALOG"]) {
            let _ = words.take(TokenKind::Dot);
        }
        if !words.keyword(&["SET_CONFIG"]) || words.take(TokenKind::Open).is_none() {
            return;
        }
        let setting = words.take(TokenKind::String).map(unquoted);
        if !setting.is_some_and(|name| name.eq_ignore_ascii_case("search_path"))
            || words.take(TokenKind::Comma).is_none()
        {
            return;
        }
        let Some(value) = words.take(TokenKind::String) else {
            return;
        };
        let path = parse_list(&unquoted(value), words.dialect);
        let _ = words.take(TokenKind::Comma);
        let local = words.keyword(&["TRUE"]);
        self.set(Some(path), local);
    }
}

/// The first words of all statements that matter here.
const FIRST_WORDS: &[&str] = &[
    "SET", "RESET", "DISCARD", "USE", "SELECT", "COMMIT", "ROLLBACK", "END", "ABORT",
];

/// A walk over the tokens of a statement that are not trivia.
#[derive(Clone, Copy)]
struct Words<'t> {
    text: &'t str,
    tokens: &'t [Token],
    dialect: &'t Dialect,
}

impl<'t> Words<'t> {
    fn peek(&mut self) -> Option<&'t Token> {
        while let Some((token, rest)) = self.tokens.split_first() {
            if !token.is_trivia() {
                return Some(token);
            }
            self.tokens = rest;
        }
        None
    }

    fn next_if(&mut self, wanted: impl FnOnce(&Token) -> bool) -> Option<&'t str> {
        let token = self.peek().filter(|token| wanted(token))?;
        self.tokens = &self.tokens[1..];
        Some(token.text(self.text))
    }

    fn keyword(&mut self, keywords: &[&str]) -> bool {
        let text = self.text;
        self.next_if(|token| keywords.iter().any(|keyword| token.is_word(text, keyword)))
            .is_some()
    }

    fn operator(&mut self, operator: &str) -> bool {
        let text = self.text;
        self.next_if(|token| token.kind == TokenKind::Operator && token.text(text) == operator)
            .is_some()
    }

    fn take(&mut self, kind: TokenKind) -> Option<&'t str> {
        self.next_if(|token| token.kind == kind)
    }

    /// The names between commas; more of the statement may follow them.
    fn list(&mut self) -> Vec<Ident> {
        let start = self.tokens;
        loop {
            let value = |token: &Token| {
                matches!(
                    token.kind,
                    TokenKind::Word | TokenKind::QuotedIdent | TokenKind::String
                )
            };
            if self.next_if(value).is_none() || self.take(TokenKind::Comma).is_none() {
                break;
            }
        }
        let length = start.len() - self.tokens.len();
        let mut list = Words {
            tokens: &start[..length],
            ..*self
        };
        list.names()
    }

    /// The names of a list; of a qualified one its last part.
    fn names(&mut self) -> Vec<Ident> {
        let mut names = Vec::new();
        while let Some(token) = self.peek() {
            let text = token.text(self.text);
            match token.kind {
                TokenKind::Word | TokenKind::QuotedIdent => {
                    names.push(self.dialect.ident(text));
                }
                TokenKind::String if self.dialect.engine == Engine::Postgres => {
                    // One name, letter by letter.
                    names.push(Ident::folded(unquoted(text)));
                }
                TokenKind::String => names.extend(parse_list(&unquoted(text), self.dialect)),
                TokenKind::Dot => {
                    names.pop();
                }
                TokenKind::Comma => {}
                _ => break,
            }
            self.tokens = &self.tokens[1..];
        }
        names.retain(|name| !matches!(name.as_str(), "" | "$user"));
        names
    }
}

/// The content of a string token.
fn unquoted(text: &str) -> String {
    let inner = text.find('\'').map_or(text, |at| &text[at + 1..]);
    inner.strip_suffix('\'').unwrap_or(inner).replace("''", "'")
}

/// The names in the text of a setting's value: `a, "B", "$user"`.
fn parse_list(value: &str, dialect: &Dialect) -> Vec<Ident> {
    let names = value.split(',').map(str::trim);
    names
        .filter(|name| !matches!(*name, "" | "\"\"" | "\"$user\"" | "$user"))
        .map(|name| dialect.ident(name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Engine;
    use crate::read::split::split;
    use crate::source::Sources;

    /// The path after the whole text: names between blanks, `-` where the file has set none.
    fn after(engine: Engine, text: &str) -> String {
        let mut sources = Sources::default();
        let id = sources.add("a.sql", text);
        let source = sources.get(id);
        let dialect = engine.dialect();
        let split = split(source, dialect);
        let mut path = SearchPath::default();
        for piece in split.pieces() {
            let body: Vec<Token> = piece.body.collect();
            path.see(text, &body, dialect);
        }
        path.now().map_or("-".to_owned(), |names| {
            let names: Vec<_> = names.iter().map(Ident::as_str).collect();
            names.join(" ")
        })
    }

    #[test]
    fn postgres_settings() {
        for (text, expected) in [
            ("SELECT 1", "-"),
            ("SET search_path TO Shop, public", "shop public"),
            ("set session SEARCH_PATH = \"Shop\", \"$user\"", "Shop"),
            ("SET search_path = 'A', b", "A b"),
            ("SET search_path = ''", ""),
            ("SET LOCAL search_path /* c */ TO a; SELECT 1;", "a"),
            (
                "SET search_path TO b; BEGIN; SET LOCAL search_path TO a; COMMIT;",
                "b",
            ),
            ("SET LOCAL search_path TO a; ROLLBACK TO s;", "a"),
            ("SET SCHEMA 'a'", "a"),
            (
                "SELECT pg_catalog.set_config('search_path', '', false);",
                "",
            ),
            ("SELECT set_config('search_path', 'a, \"B\"', true)", "a B"),
            ("SELECT set_config('work_mem', 'a', true)", "-"),
            ("SET search_path TO a; RESET search_path", "-"),
            ("SET search_path TO a; RESET ALL", "-"),
            ("SET search_path TO a; SET search_path TO DEFAULT", "-"),
            ("SET search_path TO a; DISCARD ALL", "-"),
            ("SET search_path TO a; SET search_path FROM CURRENT", "a"),
            ("SET work_mem = 1; SET x.search_path = a", "-"),
        ] {
            assert_eq!(after(Engine::Postgres, text), expected, "{text}");
        }
    }

    #[test]
    fn a_routine_may_set_its_own() {
        let body = |rest: &str| {
            let text = format!("CREATE OR REPLACE FUNCTION f(a int) RETURNS int {rest}");
            let mut sources = Sources::default();
            let id = sources.add("a.sql", &text);
            let dialect = Engine::Postgres.dialect();
            let split = split(sources.get(id), dialect);
            let mut around = SearchPath::default();
            around.set(Some(vec![Ident::folded("around")]), false);
            let piece = split.pieces().next().expect("a statement");
            let body: Vec<Token> = piece.body.collect();
            around.of_body(&text, &body, dialect).map(|names| {
                let names: Vec<_> = names.iter().map(Ident::as_str).collect();
                names.join(" ")
            })
        };
        for (rest, expected) in [
            ("AS 'SELECT 1' LANGUAGE sql", None),
            ("SET search_path = A, \"B\" LANGUAGE sql AS ''", Some("a B")),
            (
                "AS '' LANGUAGE sql SET search_path TO 'A', b COST 3",
                Some("A b"),
            ),
            ("SET x TO y SET search_path TO '' STABLE AS ''", Some("")),
            ("SET search_path FROM CURRENT AS ''", Some("around")),
            ("SET search_path = a RETURN (SELECT 1)", None),
            ("RETURN 1", None),
            ("BEGIN ATOMIC UPDATE t SET search_path = a; END", None),
        ] {
            assert_eq!(body(rest).as_deref(), expected, "{rest}");
        }
    }

    #[test]
    fn other_engines() {
        for (engine, text, expected) in [
            (Engine::Mysql, "USE Shop;", "shop"),
            (Engine::Mariadb, "use `shop`\nSELECT 1;", "shop"),
            (Engine::Duckdb, "USE memory.shop;", "shop"),
            (Engine::Duckdb, "SET schema = 'shop';", "shop"),
            (Engine::Duckdb, "SET search_path = 'a,b';", "a b"),
            (Engine::Sqlite, "SET search_path = a;", "-"),
            (Engine::Mssql, "USE shop", "-"),
        ] {
            assert_eq!(after(engine, text), expected, "{text}");
        }
    }
}
