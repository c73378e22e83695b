//! Text to trees: what is tried, what is refused before it is tried, and the byte offsets of what
//! was read.

use std::thread;

use sqlparser::ast::Statement;
use sqlparser::dialect as grammar;
use sqlparser::parser::{Parser, ParserOptions};
use sqlparser::tokenizer::{Location, Span, TokenWithSpan, Tokenizer};

use crate::dialect::{Dialect, Engine};

/// Deeper parentheses than these are not tried: the readers of trees call themselves once for each.
const DEEPEST: usize = 128;

/// Longer statements are not tried: tokens take about twenty times the text's size.
const LONGEST: usize = 4 << 20;

/// sqlparser counts every level of the grammar, several for one parenthesis. Its stack grows by
/// itself (feature `recursive-protection`), so that the limit only has to be out of the way.
const RECURSION_LIMIT: usize = 4000;

fn grammar_of(engine: Engine) -> Option<Box<dyn grammar::Dialect>> {
    Some(match engine {
        Engine::Postgres => return None,
        Engine::Sqlite => Box::new(grammar::SQLiteDialect {}),
        Engine::Mysql | Engine::Mariadb => Box::new(grammar::MySqlDialect {}),
        Engine::Duckdb => Box::new(grammar::DuckDbDialect {}),
        Engine::Mssql => Box::new(grammar::MsSqlDialect {}),
    })
}

/// The text that is parsed in place of `text`: as many bytes, each token at its place.
pub(super) fn prepare(text: &str, _dialect: &Dialect) -> Option<String> {
    if text.len() > LONGEST || depth(text) > DEEPEST {
        return None;
    }
    Some(text.to_owned())
}

/// The deepest nesting of parentheses, those in strings and comments included.
fn depth(text: &str) -> usize {
    let mut deepest = 0;
    let mut now = 0usize;
    for byte in text.bytes() {
        match byte {
            b'(' => now += 1,
            b')' => now = now.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(now);
    }
    deepest
}

/// Runs `work` on a text of `length` bytes where the stack is deep enough for its tree: a chain of n
/// operators is a tree of depth n, and dropping it recurses. Two bytes can make one level.
pub(super) fn on_a_stack_for<T: Send>(
    length: usize,
    work: impl FnOnce() -> Option<T> + Send,
) -> Option<T> {
    if length < 8 << 10 {
        return work();
    }
    thread::scope(|scope| {
        thread::Builder::new()
            .stack_size((16 << 20) + 256 * length)
            .spawn_scoped(scope, work)
            .ok()?
            .join()
            .ok()?
    })
}

/// The statements of `text`. Every span in the trees is `column - 1` bytes into the text.
pub(super) fn parse(text: &str, dialect: &Dialect) -> Option<Vec<Statement>> {
    let grammar = grammar_of(dialect.engine)?;
    let mut tokens = Tokenizer::new(&*grammar, text)
        .tokenize_with_location()
        .ok()?;
    to_offsets(text, &mut tokens);
    let batch = dialect.semicolons_are_optional;
    let statements = Parser::new(&*grammar)
        .with_options(ParserOptions {
            require_semicolon_stmt_delimiter: !batch,
            ..ParserOptions::new()
        })
        .with_recursion_limit(RECURSION_LIMIT)
        .with_tokens_with_locations(tokens)
        .parse_statements()
        .ok()?;
    (batch || statements.len() == 1).then_some(statements)
}

/// Replaces lines and columns (which count characters) by byte offsets: line 1, column offset + 1.
fn to_offsets(text: &str, tokens: &mut [TokenWithSpan]) {
    let mut cursor = Cursor {
        text,
        offset: 0,
        at: Location::new(1, 1),
    };
    for token in tokens {
        let start = cursor.offset_of(token.span.start);
        let end = cursor.offset_of(token.span.end);
        token.span = Span::new(Location::new(1, start + 1), Location::new(1, end + 1));
    }
}

/// Walks forward over the text as sqlparser's tokenizer counts it.
struct Cursor<'t> {
    text: &'t str,
    offset: usize,
    at: Location,
}

impl Cursor<'_> {
    fn offset_of(&mut self, place: Location) -> u64 {
        for character in self.text[self.offset..].chars() {
            if self.at >= place {
                break;
            }
            self.offset += character.len_utf8();
            if character == '\n' {
                self.at = Location::new(self.at.line + 1, 1);
            } else {
                self.at.column += 1;
            }
        }
        self.offset as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_byte_offsets_whatever_the_characters_and_lines() {
        let text = "select 'ü',\r\n\t'é' as übung from \"tä\"";
        let statements = parse(text, Engine::Sqlite.dialect()).expect("it parses");
        let Statement::Query(query) = &statements[0] else {
            panic!("a query");
        };
        let select = query.body.as_select().expect("a select");
        let sqlparser::ast::SelectItem::ExprWithAlias { alias, .. } = &select.projection[1] else {
            panic!("an alias");
        };
        let (start, end) = (
            alias.span.start.column as usize,
            alias.span.end.column as usize,
        );
        assert_eq!(&text[start - 1..end - 1], "übung");
    }

    #[test]
    fn long_chains_and_deep_nesting_do_no_harm() {
        let dialect = Engine::Sqlite.dialect();
        let chain = format!("select 1{}", " + 1".repeat(200_000));
        let parsed = prepare(&chain, dialect).and_then(|text| {
            on_a_stack_for(text.len(), || {
                parse(&text, dialect).map(|trees| trees.len())
            })
        });
        assert_eq!(parsed, Some(1));
        let nested = |depth| format!("select {}1{}", "(".repeat(depth), ")".repeat(depth));
        assert!(
            prepare(&nested(DEEPEST), dialect).is_some_and(|text| parse(&text, dialect).is_some())
        );
        assert!(prepare(&nested(DEEPEST + 1), dialect).is_none());
    }
}
