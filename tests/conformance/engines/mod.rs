//! The engines, each in the words of [`crate::support::engine::Engine`].

mod duckdb;
mod mariadb;
mod postgres;
mod sqlite;

use std::sync::Arc;

use crate::support::engine::Engine;

/// An engine that there should be.
pub(crate) struct Candidate {
    /// How trials call it.
    pub(crate) name: &'static str,
    /// What `--dialect` calls it.
    pub(crate) dialect: &'static str,
    /// Makes it ready, or tells why it is not there.
    pub(crate) start: fn() -> Result<Arc<dyn Engine>, String>,
}

/// Every engine that has a script form.
pub(crate) const ALL: &[Candidate] = &[
    Candidate {
        name: "postgres",
        dialect: "postgres",
        start: postgres::installed,
    },
    Candidate {
        name: "postgres 18",
        dialect: "postgres",
        start: postgres::fetched,
    },
    Candidate {
        name: "sqlite",
        dialect: "sqlite",
        start: sqlite::start,
    },
    Candidate {
        name: "mariadb",
        dialect: "mariadb",
        start: mariadb::start,
    },
    Candidate {
        name: "duckdb",
        dialect: "duckdb",
        start: duckdb::start,
    },
];
