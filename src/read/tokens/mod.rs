//! The reader of tokens: what a statement does to which objects, told from keywords and the names
//! beside them, for every dialect and for text that no grammar accepts.
//!
//! It is the floor under the grammars: it reads what they refuse, and it never fails. Where a
//! statement is odd it may miss something or take one name for another, so its facts say
//! `Reader::Tokens`.
//!
//! It walks a [`cursor::Tape`] of the meaningful tokens by [`cursor::Cursor`]s, which are ranges of
//! it. What it finds goes [`out`]. Each part of the language has its file: [`statement`] tells
//! statements apart, [`define`], [`alter`] and [`drop`] read DDL, [`query`], [`from`] and [`dml`] the
//! rest, [`expr`] expressions, [`routine`] and [`block`] bodies, and [`tsql`] finds where statements
//! end that have no semicolon. [`scope`] knows whose a column is.

mod alter;
mod alter_column;
mod alter_other;
mod block;
mod change;
mod column;
mod constraint;
mod cursor;
mod declare;
mod define;
mod dml;
mod drop;
mod dynamic;
mod effect;
mod effect_alter;
mod expr;
mod from;
mod index;
mod key;
mod kind;
mod literal;
mod made_type;
mod out;
mod output;
mod own;
mod privilege;
mod query;
mod routine;
mod schema;
mod scope;
mod skim;
mod statement;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod trigger;
mod tsql;
mod types;
mod view;
mod words;

pub use effect::effects;

use super::fact::Fact;
use crate::dialect::Dialect;
use crate::dialect::lex::Token;
use crate::source::{Source, Span};

/// Reads the tokens of one statement, of a batch of several, or of the rest of some rows.
///
/// Gives the facts, and the places of SQL that is put together at run time. A region of a body is
/// best read with the statement around it, which knows the variables; take what lies in the region.
#[must_use]
pub fn read(source: &Source, tokens: &[Token], dialect: &Dialect) -> (Vec<Fact>, Vec<Span>) {
    let tape = cursor::Tape::new(&source.text, tokens.iter().copied(), source.id, None);
    let mut out = out::Out::new(source, dialect);
    block::read(&mut out, tape.cursor());
    (out.facts, out.dynamic)
}
