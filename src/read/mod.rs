//! One source at a time: text → statements, header and facts. Knows no other file.

pub mod ast;
pub mod checksum;
pub mod fact;
pub mod header;
pub mod implied;
pub mod postgres;
pub mod search_path;
pub mod split;
pub mod statement;

use crate::finding::Finding;
use crate::source::{Checksum, SourceId};
use fact::StatementFacts;
use header::Header;
use statement::Statement;

/// One patch as its own file tells it.
#[derive(Debug)]
pub struct Patch {
    /// The file.
    pub source: SourceId,
    /// The patch's identity in headers, edges and the ledger.
    pub name: String,
    /// Its directives.
    pub header: Header,
    /// The pieces of the text; they tile it.
    pub statements: Vec<Statement>,
    /// What each SQL statement does to which objects. One entry per statement that has any.
    pub facts: Vec<StatementFacts>,
    /// The token-stream checksum.
    pub checksum: Checksum,
}

/// A patch and what there is to say about its text alone.
#[derive(Debug)]
pub struct Reading {
    /// The patch.
    pub patch: Patch,
    /// Findings in the order of their places.
    pub findings: Vec<Finding>,
}
