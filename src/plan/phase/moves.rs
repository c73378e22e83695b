//! Which column of a query each column of an INSERT gets.

use crate::dialect::Dialect;
use crate::dialect::lex::{Token, TokenKind, lex};
use crate::name::Ident;

/// The columns that `INSERT INTO t [(…)] SELECT …` moves as they are, from and to. `columns` are those of the
/// table, for where none are listed. Nothing where the statement is of another form.
pub(super) fn moves(words: &str, dialect: &Dialect, columns: Vec<Ident>) -> Vec<(Ident, Ident)> {
    read(words, dialect, columns).unwrap_or_default()
}

fn read(words: &str, dialect: &Dialect, columns: Vec<Ident>) -> Option<Vec<(Ident, Ident)>> {
    let tokens: Vec<Token> = lex(words, &dialect.lexing)
        .into_iter()
        .filter(|token| !token.is_trivia())
        .collect();
    let into = tokens.iter().position(|it| it.is_word(words, "INTO"))?;
    let list = &tokens[into + 1..];
    let select = list.iter().position(|it| it.is_word(words, "SELECT"))?;
    let (table, query) = list.split_at(select);
    let targets = match table.iter().position(|it| it.kind == TokenKind::Open) {
        Some(open) => {
            let close = table.iter().position(|it| it.kind == TokenKind::Close)?;
            let names = table.get(open + 1..close)?.iter();
            let names = names.filter(|it| it.kind != TokenKind::Comma);
            names.map(|it| dialect.ident(it.text(words))).collect()
        }
        None => columns,
    };
    let items = items(&query[1..], words);
    if items.len() != targets.len() {
        return None;
    }
    let moved = items.iter().zip(targets).filter_map(|(item, to)| {
        let name = plain_column(item, words)?;
        Some((dialect.ident(name), to))
    });
    Some(moved.collect())
}

/// What a query selects, up to FROM.
fn items<'t>(query: &'t [Token], words: &str) -> Vec<&'t [Token]> {
    let mut depth = 0_usize;
    let mut items = Vec::new();
    let mut start = 0;
    for (place, token) in query.iter().enumerate() {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.saturating_sub(1),
            TokenKind::Comma if depth == 0 => {
                items.push(&query[start..place]);
                start = place + 1;
            }
            TokenKind::Word if depth == 0 && token.is_word(words, "FROM") => {
                items.push(&query[start..place]);
                return items;
            }
            _ => {}
        }
    }
    items
}

/// `c`, `t.c`, and either with another name behind it.
fn plain_column<'t>(item: &[Token], words: &'t str) -> Option<&'t str> {
    let is_name = |token: &Token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdent);
    let end = match item {
        [before @ .., word, _] if word.is_word(words, "AS") => before,
        [first, second] if is_name(first) && is_name(second) => &item[..1],
        all => all,
    };
    match end {
        [column] if is_name(column) => Some(column.text(words)),
        [_, dot, column] if dot.kind == TokenKind::Dot && is_name(column) => {
            Some(column.text(words))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Engine;

    #[test]
    fn columns_are_moved_as_they_are_or_not_at_all() {
        let dialect = Engine::Sqlite.dialect();
        let of = |words: &str| {
            let columns = ["x", "y"].map(Ident::folded).to_vec();
            let moves = moves(words, dialect, columns);
            let pairs: Vec<String> = moves.iter().map(|(a, b)| format!("{a}>{b}")).collect();
            pairs.join(" ")
        };
        assert_eq!(of("INSERT INTO n SELECT a, b FROM t"), "a>x b>y");
        assert_eq!(
            of("INSERT INTO n (q, \"R\") SELECT t.a, \"B\" AS r FROM t"),
            "a>q b>r"
        );
        assert_eq!(
            of("INSERT INTO n (q, r) SELECT a q, upper(b) FROM t"),
            "a>q"
        );
        assert_eq!(of("INSERT INTO n SELECT * FROM t"), "");
        assert_eq!(of("INSERT INTO n (q) SELECT a, b FROM t"), "");
        assert_eq!(of("INSERT INTO n VALUES (1, 2)"), "");
    }
}
