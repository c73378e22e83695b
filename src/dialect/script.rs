//! What differs between engines in how a file becomes statements: their clients' commands, and what
//! keeps a `;` from ending a statement.

/// The client whose commands a file may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    /// psql: `\command` anywhere outside quotes, `\;`, data after `COPY … FROM stdin`.
    Backslashes,
    /// sqlite3, duckdb: `.command` at the start of a line between statements.
    Dots,
    /// mysql, mariadb: `DELIMITER`, `source`, `\g`, `\G`.
    Delimiters,
    /// sqlcmd: `GO`, `:command`, `!!` at the start of a line; the batch is the unit.
    Batches,
}

/// What keeps a `;` from ending a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocks {
    /// Nothing.
    None,
    /// Parentheses, and `BEGIN … END` in `CREATE FUNCTION` and `CREATE PROCEDURE`: the rule of psql's
    /// scanner (`src/fe_utils/psqlscan.l`).
    Atomic,
    /// `CREATE TRIGGER … ; END`: the rule of `sqlite3_complete` (`src/complete.c`).
    Triggers,
    /// `BEGIN … END` in routines, triggers and events, and `BEGIN NOT ATOMIC`.
    Compound,
}

/// How a file becomes statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Script {
    /// The client.
    pub shell: Shell,
    /// What keeps a `;` from ending a statement.
    pub blocks: Blocks,
}

/// How a file says which schemas unqualified names are looked up in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaSetting {
    /// It cannot.
    Nothing,
    /// `USE name`.
    Use,
    /// `SET search_path`, `SET SCHEMA`, `set_config('search_path', …)`, and `USE` where there is one.
    SearchPath,
}
