//! Texts that PostgreSQL takes and the grammar does not, or that are longer than they need to be:
//! what stands in the way is blanked out with spaces, so that every place stays what it was.

use crate::dialect::Dialect;
use crate::dialect::lex::{Token, TokenKind, lex};

/// A text with blanks in it.
struct Blanks<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    bytes: Option<Vec<u8>>,
    /// Where the names of operator classes were.
    classes: Vec<(u32, u32)>,
}

impl<'t> Blanks<'t> {
    fn new(text: &'t str, dialect: &Dialect) -> Self {
        let mut tokens = lex(text, &dialect.lexing);
        tokens.retain(|token| !token.is_trivia());
        Self {
            text,
            tokens,
            bytes: None,
            classes: Vec::new(),
        }
    }

    fn is(&self, index: usize, keyword: &str) -> bool {
        self.tokens
            .get(index)
            .is_some_and(|token| token.is_word(self.text, keyword))
    }

    fn kind(&self, index: usize) -> Option<TokenKind> {
        self.tokens.get(index).map(|token| token.kind)
    }

    /// Blanks the tokens `from..to`, and what is between them.
    fn blank(&mut self, from: usize, to: usize) {
        let (Some(first), Some(last)) = (self.tokens.get(from), self.tokens.get(to - 1)) else {
            return;
        };
        let bytes = self
            .bytes
            .get_or_insert_with(|| self.text.as_bytes().to_vec());
        for byte in &mut bytes[first.start as usize..last.end as usize] {
            if !matches!(*byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }

    /// Remembers the name of the operator class at the start of `from..to`, if one is there.
    fn class(&mut self, from: usize, to: usize) {
        let mut end = from;
        while end < to
            && matches!(
                self.kind(end),
                Some(TokenKind::Word | TokenKind::QuotedIdent | TokenKind::Dot)
            )
            && !["ASC", "DESC", "NULLS", "COLLATE"]
                .iter()
                .any(|word| self.is(end, word))
        {
            end += 1;
        }
        if end > from {
            let (first, last) = (self.tokens[from], self.tokens[end - 1]);
            self.classes.push((first.start, last.end));
        }
    }

    /// The index after the bracket that closes the one at `open`.
    fn close(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        for (index, token) in self.tokens.iter().enumerate().skip(open) {
            match token.kind {
                TokenKind::Open | TokenKind::OpenBracket => depth += 1,
                TokenKind::Close | TokenKind::CloseBracket => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return index + 1;
                    }
                }
                _ => {}
            }
        }
        self.tokens.len()
    }

    fn finish(self) -> Option<String> {
        self.bytes.and_then(|bytes| String::from_utf8(bytes).ok())
    }
}

/// A PL/pgSQL body without `INTO target, …` in its queries and without the repeated DECLARE of one
/// section.
///
/// The grammar knows INTO only as `SELECT INTO table`; PL/pgSQL takes it out before it hands a query
/// to the server (`make_execsql_stmt` in its `pl_gram.y`), wherever it stands, except after INSERT
/// and MERGE and in IMPORT. A section of declarations may say DECLARE again (`decl_stmt`).
pub(super) fn plpgsql(text: &str, dialect: &Dialect) -> Option<String> {
    let mut blanks = Blanks::new(text, dialect);
    let mut first = 0;
    let mut starts = true;
    let mut declaring = false;
    let mut index = 0;
    while index < blanks.tokens.len() {
        let here = index;
        index += 1;
        if starts {
            first = here;
            if blanks.is(here, "DECLARE") {
                if declaring {
                    blanks.blank(here, here + 1);
                }
                declaring = true;
                continue;
            }
        }
        declaring &= !blanks.is(here, "BEGIN");
        starts = blanks.kind(here) == Some(TokenKind::Semicolon)
            || ["THEN", "ELSE", "BEGIN", "LOOP"]
                .iter()
                .any(|keyword| blanks.is(here, keyword))
            || (blanks.kind(here) == Some(TokenKind::Operator)
                && blanks.tokens[here].text(text) == ">>");
        let after = here.checked_sub(1);
        if !blanks.is(here, "INTO")
            || after.is_some_and(|after| blanks.is(after, "INSERT") || blanks.is(after, "MERGE"))
            || blanks.is(first, "IMPORT")
            || blanks.is(first, "FETCH")
        {
            continue;
        }
        index = after_targets(&blanks, index);
        blanks.blank(here, index);
    }
    blanks.finish()
}

/// The index after `[STRICT] target [, target …]`, where a target is a variable, with fields and
/// subscripts.
fn after_targets(blanks: &Blanks<'_>, mut index: usize) -> usize {
    if blanks.is(index, "STRICT") {
        index += 1;
    }
    loop {
        if !matches!(
            blanks.kind(index),
            Some(TokenKind::Word | TokenKind::QuotedIdent | TokenKind::Param)
        ) {
            return index;
        }
        index += 1;
        loop {
            match blanks.kind(index) {
                Some(TokenKind::Dot) => index += 2,
                Some(TokenKind::OpenBracket) => index = blanks.close(index),
                _ => break,
            }
        }
        if blanks.kind(index) != Some(TokenKind::Comma) {
            return index.min(blanks.tokens.len());
        }
        index += 1;
    }
}

/// A statement that the grammar refuses, with its known gaps mended: the operator class in an
/// element of EXCLUDE, and TRUSTED in CREATE LANGUAGE.
///
/// Also returns where the names of operator classes were.
pub(super) fn statement(text: &str, dialect: &Dialect) -> Option<(String, Vec<(u32, u32)>)> {
    let mut blanks = Blanks::new(text, dialect);
    let trusted = if blanks.is(1, "OR") { 3 } else { 1 };
    if blanks.is(0, "CREATE") && blanks.is(trusted, "TRUSTED") {
        blanks.blank(trusted, trusted + 1);
    }
    for index in 0..blanks.tokens.len() {
        if !blanks.is(index, "EXCLUDE") {
            continue;
        }
        let open = if blanks.is(index + 1, "USING") {
            index + 3
        } else {
            index + 1
        };
        if blanks.kind(open) == Some(TokenKind::Open) {
            exclusion(&mut blanks, open);
        }
    }
    let classes = std::mem::take(&mut blanks.classes);
    Some((blanks.finish()?, classes))
}

/// Blanks what stands between the expression and WITH in each element of an exclusion.
fn exclusion(blanks: &mut Blanks<'_>, open: usize) {
    let end = blanks.close(open) - 1;
    let mut index = open + 1;
    while index < end {
        // The expression: a column, a call, or anything in parentheses.
        if blanks.kind(index) == Some(TokenKind::Open) {
            index = blanks.close(index);
        } else {
            index += 1;
            while blanks.kind(index) == Some(TokenKind::Dot) {
                index += 2;
            }
            if blanks.kind(index) == Some(TokenKind::Open) {
                index = blanks.close(index);
            }
        }
        let from = index;
        while index < end && !blanks.is(index, "WITH") {
            index += 1;
        }
        if index > from && index < end {
            blanks.class(from, index);
            blanks.blank(from, index);
        }
        while index < end && blanks.kind(index) != Some(TokenKind::Comma) {
            if blanks.kind(index) == Some(TokenKind::Open) {
                index = blanks.close(index);
            } else {
                index += 1;
            }
        }
        index += 1;
    }
}

/// `INSERT … VALUES` without the rows after the first that hold nothing but plain values: they say
/// nothing that the first does not, and there may be a million.
pub(super) fn thin(text: &str, dialect: &Dialect) -> Option<String> {
    let mut blanks = Blanks::new(text, dialect);
    if !blanks.is(0, "INSERT") {
        return None;
    }
    let mut depth = 0_usize;
    let values = (0..blanks.tokens.len()).find(|&index| {
        match blanks.kind(index) {
            Some(TokenKind::Open) => depth += 1,
            Some(TokenKind::Close) => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && blanks.is(index, "VALUES")
    })?;
    let mut index = values + 1;
    let mut rows = 0_usize;
    while blanks.kind(index) == Some(TokenKind::Open) {
        let end = blanks.close(index);
        if rows > 0
            && blanks.tokens[index..end]
                .iter()
                .all(|token| is_plain(token, text))
        {
            blanks.blank(index - 1, end);
        }
        rows += 1;
        if blanks.kind(end) != Some(TokenKind::Comma) {
            break;
        }
        index = end + 1;
    }
    blanks.finish()
}

fn is_plain(token: &Token, text: &str) -> bool {
    match token.kind {
        TokenKind::String
        | TokenKind::DollarString
        | TokenKind::Number
        | TokenKind::Comma
        | TokenKind::Open
        | TokenKind::Close => !token.open,
        TokenKind::Operator => matches!(token.text(text), "-" | "+"),
        TokenKind::Word => ["NULL", "TRUE", "FALSE", "DEFAULT"]
            .iter()
            .any(|word| token.is_word(text, word)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Engine;

    fn dialect() -> &'static Dialect {
        Engine::Postgres.dialect()
    }

    /// The text with these parts blank.
    fn without(text: &str, parts: &[&str]) -> Option<String> {
        let mut text = text.to_owned();
        for part in parts {
            text = text.replacen(part, &" ".repeat(part.len()), 1);
        }
        Some(text)
    }

    #[test]
    fn into_is_taken_out_where_plpgsql_takes_it_out() {
        let text = "BEGIN SELECT a INTO STRICT x.y[1], z FROM t; \
                    INSERT INTO t VALUES (1) RETURNING a INTO x; END";
        let expected = without(text, &["INTO STRICT x.y[1], z", "INTO x"]);
        assert_eq!(plpgsql(text, dialect()), expected);
        assert_eq!(plpgsql("BEGIN FETCH c INTO x; END", dialect()), None);
    }

    #[test]
    fn declare_may_be_said_again() {
        let text = "DECLARE a int;\nDeclare b int; BEGIN DECLARE c int; BEGIN END; END";
        assert_eq!(plpgsql(text, dialect()), without(text, &["Declare"]));
    }

    #[test]
    fn operator_classes_of_exclusions_are_blanked() {
        let text =
            "CREATE TABLE t (EXCLUDE USING gist (a gist_int_ops WITH =, (b + 1) s.x DESC WITH &&))";
        let (blanked, classes) = statement(text, dialect()).expect("there are two");
        assert_eq!(Some(blanked), without(text, &["gist_int_ops", "s.x DESC"]));
        let classes = classes
            .iter()
            .map(|&(start, end)| &text[start as usize..end as usize]);
        assert_eq!(classes.collect::<Vec<_>>(), ["gist_int_ops", "s.x"]);
    }

    #[test]
    fn plain_rows_say_nothing() {
        let text = "INSERT INTO t (a) VALUES (1), (-2), (f(3)), ('x') ON CONFLICT DO NOTHING";
        assert_eq!(thin(text, dialect()), without(text, &[", (-2)", ", ('x')"]));
    }
}
