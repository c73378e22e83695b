//! The engines, each in the words of [`crate::support::engine::Engine`].

mod duckdb;
mod mysql;
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
    /// Whether its absence is a failure where engines are required.
    pub(crate) required: bool,
    /// Makes it ready, or tells why it is not there.
    pub(crate) start: fn() -> Result<Arc<dyn Engine>, String>,
}

/// Every engine that has a script form.
pub(crate) const ALL: &[Candidate] = &[
    Candidate {
        name: "postgres",
        dialect: "postgres",
        required: true,
        start: postgres::installed,
    },
    Candidate {
        name: "postgres 18",
        dialect: "postgres",
        required: true,
        start: postgres::newest,
    },
    Candidate {
        name: "postgres 13",
        dialect: "postgres",
        required: true,
        start: postgres::oldest,
    },
    Candidate {
        name: "sqlite",
        dialect: "sqlite",
        required: true,
        start: sqlite::start,
    },
    Candidate {
        name: "mariadb",
        dialect: "mariadb",
        required: true,
        start: mysql::mariadb,
    },
    Candidate {
        name: "mysql",
        dialect: "mysql",
        required: false,
        start: mysql::mysql,
    },
    Candidate {
        name: "duckdb",
        dialect: "duckdb",
        required: true,
        start: duckdb::start,
    },
];
