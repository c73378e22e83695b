//! Text to trees: what is tried, what is refused before it is tried, and the byte offsets of what
//! was read.

use std::ops::Range;
use std::thread;

use sqlparser::ast::Statement;
use sqlparser::dialect as grammar;
use sqlparser::parser::{Parser, ParserOptions};
use sqlparser::tokenizer::{Location, Span, TokenWithSpan, Tokenizer};

use super::rows;
use crate::dialect::lex::{self, TokenKind};
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

/// A text that is parsed in place of a statement's: without comments, which grammars differ about,
/// and without the rows of an INSERT that are like its first. What is left is at its place.
pub(super) struct Prepared {
    pub(super) text: String,
    /// Where rows were left out, and how many bytes.
    cut: Option<(usize, usize)>,
}

/// Prepares a statement's text, unless it should not be tried.
pub(super) fn prepare(text: &str, dialect: &Dialect) -> Option<Prepared> {
    let tokens = lex::lex(text, &dialect.lexing);
    let mut depth = 0usize;
    for token in &tokens {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST || token.open && !token.is_trivia() {
            return None;
        }
    }
    let cut = rows::like_the_first(text, &tokens);
    let mut left = Vec::with_capacity(text.len() - cut.as_ref().map_or(0, Range::len));
    for token in &tokens {
        let (start, end) = (token.start as usize, token.end as usize);
        if cut.as_ref().is_some_and(|cut| cut.contains(&start)) {
            continue;
        }
        let bytes = text[start..end].bytes();
        if token.is_trivia() {
            left.extend(bytes.map(|byte| if byte == b'\n' { byte } else { b' ' }));
        } else {
            left.extend(bytes);
        }
    }
    let text = String::from_utf8(left).ok()?;
    (text.len() <= LONGEST).then_some(Prepared {
        text,
        cut: cut.map(|cut| (cut.start, cut.len())),
    })
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

/// The statements of a text. Every span in the trees is `column - 1` bytes into the text.
pub(super) fn parse(prepared: &Prepared, dialect: &Dialect) -> Result<Vec<Statement>, String> {
    let Some(grammar) = grammar_of(dialect.engine) else {
        return Err("there is no grammar".to_owned());
    };
    let mut tokens = Tokenizer::new(&*grammar, &prepared.text)
        .tokenize_with_location()
        .map_err(|error| error.to_string())?;
    to_offsets(prepared, &mut tokens);
    let batch = dialect.semicolons_are_optional;
    let statements = Parser::new(&*grammar)
        .with_options(ParserOptions {
            require_semicolon_stmt_delimiter: !batch,
            ..ParserOptions::new()
        })
        .with_recursion_limit(RECURSION_LIMIT)
        .with_tokens_with_locations(tokens)
        .parse_statements()
        .map_err(|error| error.to_string())?;
    if batch || statements.len() == 1 {
        Ok(statements)
    } else {
        Err("it is not one statement".to_owned())
    }
}

/// Replaces lines and columns (which count characters) by byte offsets: line 1, column offset + 1.
fn to_offsets(prepared: &Prepared, tokens: &mut [TokenWithSpan]) {
    let mut cursor = Cursor {
        text: &prepared.text,
        offset: 0,
        at: Location::new(1, 1),
    };
    let shift = |offset: usize| match prepared.cut {
        Some((at, bytes)) if offset >= at => (offset + bytes) as u64,
        _ => offset as u64,
    };
    for token in tokens {
        let start = shift(cursor.offset_of(token.span.start));
        let end = shift(cursor.offset_of(token.span.end));
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
    fn offset_of(&mut self, place: Location) -> usize {
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
        self.offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str, engine: Engine) -> Option<Vec<Statement>> {
        let dialect = engine.dialect();
        let prepared = prepare(text, dialect)?;
        on_a_stack_for(prepared.text.len(), || parse(&prepared, dialect).ok())
    }

    #[test]
    fn spans_are_byte_offsets_whatever_the_characters_and_lines() {
        let text = "select 'ü',\r\n\t'é' /* ß\n ß */ as übung from \"tä\"";
        let statements = parsed(text, Engine::Sqlite).expect("it parses");
        let Statement::Query(query) = &statements[0] else {
            panic!("a query");
        };
        let select = query.body.as_select().expect("a select");
        let sqlparser::ast::SelectItem::ExprWithAlias { alias, .. } = &select.projection[1] else {
            panic!("an alias");
        };
        let (start, end) = (alias.span.start.column, alias.span.end.column);
        assert_eq!(&text[start as usize - 1..end as usize - 1], "übung");
    }

    #[test]
    fn long_chains_and_deep_nesting_do_no_harm() {
        // Dropping such a tree recurses once for each operator.
        on_a_stack_for(1 << 20, || {
            let chain = format!("select 1{}", " + 1".repeat(200_000));
            let prepared = prepare(&chain, Engine::Sqlite.dialect())?;
            assert!(parse(&prepared, Engine::Sqlite.dialect()).is_ok());
            Some(())
        })
        .expect("it parses");
        let nested = |depth| format!("select {}1{}", "(".repeat(depth), ")".repeat(depth));
        assert!(parsed(&nested(DEEPEST), Engine::Sqlite).is_some());
        assert!(parsed(&nested(DEEPEST + 1), Engine::Sqlite).is_none());
    }

    #[test]
    fn comments_are_the_dialects() {
        for text in [
            "select 1 # x '",
            "select 1 -- x '\n",
            "select /*!40101 1 */",
        ] {
            assert!(parsed(text, Engine::Mysql).is_some(), "{text}");
        }
        assert!(parsed("select 1 /* open", Engine::Sqlite).is_some());
        assert!(parsed("select 'open", Engine::Sqlite).is_none());
    }
}
