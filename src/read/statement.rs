//! The pieces of a patch. They tile the text: joined, they are the input, byte for byte.

use serde::{Deserialize, Serialize};

use crate::source::Span;

/// What a piece of a patch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementKind {
    /// A SQL statement.
    Sql,
    /// A command of the engine's client, to the end of its line: `\set`, `.mode`, `:setvar`, `DELIMITER`.
    ClientCommand,
    /// The lines after `COPY … FROM stdin;`, up to and including `\.`.
    CopyData,
    /// `GO` on a line of its own.
    BatchSeparator,
    /// Only white space and comments, before the end of the file or before a `;` that ends nothing.
    Trivia,
}

/// A byte-exact piece of a patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// What it is.
    pub kind: StatementKind,
    /// The whole piece, with the white space and comments before it and its terminator.
    pub span: Span,
    /// From the first to the last token that is neither trivia nor the terminator. Empty for trivia.
    pub body: Span,
    /// Whether the terminator (`;`, the client's delimiter, a line end, `\.`) is there.
    pub terminated: bool,
}
