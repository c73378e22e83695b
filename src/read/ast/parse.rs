//! Text to trees: what is tried, what is refused before it is tried, and the byte offsets of what
//! was read.

use sqlparser::ast::Statement;
use sqlparser::dialect as grammar;
use sqlparser::parser::{Parser, ParserOptions};
use sqlparser::tokenizer::{Location, Span, TokenWithSpan, Tokenizer};

use super::mend::{Said, mend};
use crate::dialect::lex::{self, TokenKind};
use crate::dialect::{Dialect, Engine};

/// Deeper parentheses than these are not tried: the readers of trees call themselves for each.
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

/// The text that is parsed in place of a statement's: without comments, about which grammars differ,
/// and every token at its place. `None` for what is not tried.
pub(super) fn prepare(text: &str, dialect: &Dialect) -> Option<String> {
    if text.len() > LONGEST {
        return None;
    }
    let mut bytes = text.as_bytes().to_vec();
    let mut depth = 0usize;
    for token in lex::lex(text, &dialect.lexing) {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.saturating_sub(1),
            _ if token.is_trivia() => {
                for byte in &mut bytes[token.start as usize..token.end as usize] {
                    if *byte != b'\n' {
                        *byte = b' ';
                    }
                }
            }
            _ if token.open => return None,
            _ => {}
        }
        if depth > DEEPEST {
            return None;
        }
    }
    String::from_utf8(bytes).ok()
}

/// The statements of a text. Every span in the trees is `column - 1` bytes into the text.
pub(super) fn parse(text: &str, dialect: &Dialect) -> Result<(Vec<Statement>, Said), String> {
    let Some(grammar) = grammar_of(dialect.engine) else {
        return Err("there is no grammar".to_owned());
    };
    let mut tokens = Tokenizer::new(&*grammar, text)
        .tokenize_with_location()
        .map_err(|error| error.to_string())?;
    to_offsets(text, &mut tokens);
    let said = mend(&mut tokens, dialect.engine);
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
    Ok((statements, said))
}

/// Replaces lines and columns (which count characters) by byte offsets: line 1, column offset + 1.
fn to_offsets(text: &str, tokens: &mut [TokenWithSpan]) {
    let mut cursor = Cursor {
        text,
        offset: 0,
        at: Location::new(1, 1),
    };
    for token in tokens {
        let start = cursor.offset_of(token.span.start) as u64;
        let end = cursor.offset_of(token.span.end) as u64;
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
        let (statements, _) = parse(&prepare(text, engine.dialect())?, engine.dialect()).ok()?;
        Some(statements)
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
    fn what_is_too_deep_is_not_tried() {
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
