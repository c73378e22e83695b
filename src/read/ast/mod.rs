//! The one door to sqlparser: trees of SQLite, MySQL, MariaDB, DuckDB and T-SQL statements become
//! facts. PostgreSQL has a grammar of its own.
//!
//! [`read`] answers `None` where the grammar refuses the statement or is known to misread it; the
//! caller then reads the tokens.

mod alter;
mod create;
mod dml;
mod drop;
mod expr;
mod key;
mod mend;
mod parse;
mod query;
mod reader;
mod routine;
mod scope;
mod statement;
mod table;
#[cfg(test)]
mod testing;

use super::fact::Fact;
use crate::dialect::Dialect;
use crate::source::{Source, Span};

/// The facts of the statement (T-SQL: of the batch) under `body`, and the places of SQL that is put
/// together at run time. `None` when the grammar refuses it.
#[must_use]
pub fn read(source: &Source, body: Span, dialect: &Dialect) -> Option<(Vec<Fact>, Vec<Span>)> {
    let text = parse::prepare(source.slice(body), dialect)?;
    let (statements, said) = parse::parse(&text, dialect).ok()?;
    let mut reader = reader::Reader::new(dialect, body, said);
    reader.statements(&statements);
    reader.finish()
}

/// Why the grammar refuses a statement, in the grammar's words.
#[must_use]
pub fn refusal(text: &str, dialect: &Dialect) -> Option<String> {
    match parse::prepare(text, dialect) {
        None => Some("it is too long, too deep or has no end".to_owned()),
        Some(text) => parse::parse(&text, dialect).err(),
    }
}
