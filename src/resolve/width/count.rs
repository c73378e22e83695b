//! How many values and columns words name.

use crate::dialect::lex::{Lexer, Rules, Token, TokenKind};

/// What stands behind a list of what is selected.
const ENDS: [&str; 13] = [
    "FROM",
    "WHERE",
    "GROUP",
    "HAVING",
    "WINDOW",
    "UNION",
    "INTERSECT",
    "EXCEPT",
    "ORDER",
    "LIMIT",
    "OFFSET",
    "FETCH",
    "RETURNING",
];

/// Words that may give a table columns without their names (`LIKE`, `INHERITS`, a query), or such as take
/// no values (generated and computed ones).
const OPEN: [&str; 12] = [
    "AS",
    "LIKE",
    "INHERITS",
    "USING",
    "OF",
    "GENERATED",
    "IDENTITY",
    "VIRTUAL",
    "PERSISTED",
    "HIDDEN",
    "INVISIBLE",
    "ROWVERSION",
];

/// Whether the columns that a statement gives a table by their names may be other ones than those that
/// rows have values for.
pub(super) fn is_open(statement: &str, rules: &Rules) -> bool {
    Lexer::new(statement, rules).any(|token| token.is_any_word(statement, &OPEN))
}

/// How many values each row has, by what stands behind the table's name: `VALUES (1, 2)` or `SELECT a, b
/// FROM u`. `None` where the words do not tell.
pub(super) fn values(rest: &str, rules: &Rules) -> Option<usize> {
    let mut tokens = Lexer::new(rest, rules).filter(|token| !token.is_trivia());
    let mut token = tokens.next()?;
    if token.is_any_word(rest, &["VALUES", "VALUE"]) {
        if tokens.next()?.kind != TokenKind::Open {
            return None;
        }
        let (count, ended) = items(rest, tokens, |token| token.kind == TokenKind::Close)?;
        return ended.then_some(count);
    }
    if token.kind == TokenKind::Open {
        token = tokens.next()?;
    }
    if !token.is_word(rest, "SELECT") {
        return None;
    }
    let (count, _) = items(rest, tokens, |token| {
        token.kind == TokenKind::Close || token.is_any_word(rest, &ENDS)
    })?;
    Some(count)
}

/// Whether all columns of one table are taken, by what stands behind the name of the table that gets them:
/// `SELECT * FROM t`, perhaps after a list of columns.
pub(super) fn is_copy(rest: &str, rules: &Rules) -> bool {
    let mut tokens = Lexer::new(rest, rules).filter(|token| !token.is_trivia());
    let mut token = tokens.next();
    let selects = |token: &Option<Token>| token.is_some_and(|token| token.is_word(rest, "SELECT"));
    if token.is_some_and(|token| token.kind == TokenKind::Open) {
        token = tokens.next();
        if !selects(&token) {
            tokens.find(|token| token.kind == TokenKind::Close);
            token = tokens.next();
        }
    }
    let is_star = |token: Token| token.text(rest) == "*";
    let star = selects(&token) && tokens.next().is_some_and(is_star);
    star && tokens
        .next()
        .is_some_and(|token| token.is_word(rest, "FROM"))
}

/// The number of things between commas up to the first token that `ends` the list, and whether there is
/// one; `None` where one of them is a `*`, or where there is nothing.
fn items(
    text: &str,
    tokens: impl Iterator<Item = Token>,
    ends: impl Fn(&Token) -> bool,
) -> Option<(usize, bool)> {
    let mut depth = 0_u32;
    let mut commas = 0;
    // Whether a `*` here stands for columns; elsewhere it multiplies.
    let mut begins = true;
    let mut empty = true;
    for token in tokens {
        if depth == 0 && ends(&token) {
            return (!empty).then_some((commas + 1, true));
        }
        if begins && token.text(text).starts_with('*') {
            return None;
        }
        match token.kind {
            TokenKind::Open | TokenKind::OpenBracket => depth += 1,
            TokenKind::Close | TokenKind::CloseBracket => depth = depth.saturating_sub(1),
            TokenKind::Comma if depth == 0 => commas += 1,
            _ => {}
        }
        begins = depth == 0
            && (matches!(token.kind, TokenKind::Comma | TokenKind::Dot)
                || token.is_any_word(text, &["DISTINCT", "ALL"]));
        empty = false;
    }
    (depth == 0 && !empty).then_some((commas + 1, false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Engine;

    fn counted(rest: &str) -> Option<usize> {
        values(rest, &Engine::Postgres.dialect().lexing)
    }

    #[test]
    fn values_are_counted() {
        assert_eq!(counted(" VALUES (1, 'a,b', f(2, 3)), (4, 5, 6)"), Some(3));
        assert_eq!(counted(" /* x, y */ values (ARRAY[1, 2])"), Some(1));
        assert_eq!(counted("(SELECT a, b * 2, 3 FROM t)"), Some(3));
        assert_eq!(counted(" SELECT DISTINCT ON (a, b) a, b"), Some(2));
        assert_eq!(
            counted(" SELECT CASE WHEN a THEN b END, (SELECT 1, 2) UNION SELECT 3"),
            Some(2)
        );
    }

    #[test]
    fn what_does_not_tell_is_not_counted() {
        for rest in [
            " SELECT * FROM t",
            " SELECT t.* FROM t",
            " SELECT a, u.*",
            " SELECT DISTINCT * FROM t",
            " (a, b) VALUES (1, 2)",
            " DEFAULT VALUES",
            " VALUES ()",
            " VALUES (1, 2",
            " BY NAME SELECT 1 AS a",
            " VALUES ROW(1, 2)",
            " TABLE u",
            " AS x VALUES (1)",
            "",
        ] {
            assert_eq!(counted(rest), None, "{rest}");
        }
    }

    #[test]
    fn copies_are_seen() {
        let is_copy = |rest| is_copy(rest, &Engine::Sqlite.dialect().lexing);
        assert!(is_copy(" SELECT * FROM t"));
        assert!(is_copy(" (a, b) select * from t WHERE a > 1"));
        assert!(is_copy(" (SELECT * FROM t)"));
        assert!(!is_copy(" SELECT *, 1 FROM t"));
        assert!(!is_copy(" SELECT t.* FROM t"));
        assert!(!is_copy(" (a) VALUES (1)"));
        assert!(!is_copy(" ("));
    }

    #[test]
    fn columns_without_names_and_values_are_seen() {
        let is_open = |text| is_open(text, &Engine::Sqlite.dialect().lexing);
        assert!(!is_open(
            "CREATE TABLE t (id int PRIMARY KEY, alike text DEFAULT 'as') -- like u\n"
        ));
        assert!(is_open("CREATE TABLE t (a int, LIKE u)"));
        assert!(is_open("create table t (a int, b int as (a * 2))"));
        assert!(is_open("CREATE VIRTUAL TABLE t USING fts5(a)"));
    }
}
