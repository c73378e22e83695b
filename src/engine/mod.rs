//! Databases: what can only be known by running a script.

pub mod sqlite;

use std::fmt;

use serde::Serialize;

use crate::finding::Finding;

/// What running a script on a scratch database has shown.
#[derive(Debug)]
pub struct Verification {
    /// What is proven; none if something failed.
    pub proof: Option<Proof>,
    /// What failed, and what is doubtful.
    pub findings: Vec<Finding>,
}

/// What a verification has seen to hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// The engine and its version.
    pub engine: String,
    /// Patches that the first run applied.
    pub patches: usize,
    /// SQL statements in them.
    pub statements: usize,
    /// Tables, views, indexes and triggers that are there afterwards, without the ledger.
    pub objects: usize,
    /// Tables among them.
    pub tables: usize,
    /// Rows in these tables.
    pub rows: u64,
    /// Runs that were cut off, each at another place, before one went through.
    pub cut_off: usize,
}

impl fmt::Display for Proof {
    /// One line per claim.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            engine,
            patches,
            statements,
            objects,
            tables,
            rows,
            cut_off,
        } = self;
        let plural = |count: usize, one: &str, many: &str| {
            format!("{count} {}", if count == 1 { one } else { many })
        };
        writeln!(
            f,
            "applied {} ({}) on {engine}",
            plural(*patches, "patch", "patches"),
            plural(*statements, "statement", "statements"),
        )?;
        writeln!(
            f,
            "a second run changed nothing in {}, {} and {rows} {}",
            plural(*objects, "object", "objects"),
            plural(*tables, "table", "tables"),
            if *rows == 1 { "row" } else { "rows" },
        )?;
        if *cut_off > 0 {
            writeln!(
                f,
                "cut off {} and run again, it came to the same",
                plural(*cut_off, "time", "times")
            )?;
        }
        Ok(())
    }
}
