//! What there is to know of each engine's script form, as a table: `docs/engines.md` shows it, and a
//! test compares the two.

use crate::dialect::Engine;

/// The facts of one engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The engine.
    pub engine: Engine,
    /// Its name and its versions, for people.
    pub title: &'static str,
    /// The page about it.
    pub page: &'static str,
    /// How a patch's text is carried.
    pub form: &'static str,
    /// Which clients run the script.
    pub clients: &'static str,
    /// Whether DDL can be rolled back, so that a patch is whole or nothing.
    pub transactional_ddl: bool,
    /// Whether `--transaction single` can be had.
    pub single: bool,
    /// The versions on which scripts are run in the tests; none where they are written by the manual.
    pub tested: &'static [&'static str],
}

/// The facts of every engine, in the order of [`Engine::ALL`].
pub const FACTS: [Facts; 6] = [
    Facts {
        engine: Engine::Postgres,
        title: "PostgreSQL 13 and later",
        page: "postgres.md",
        form: "a `DO` block for each patch; `\\gexec` where only psql can",
        clients: "any; psql where a patch needs it",
        transactional_ddl: true,
        single: true,
        tested: &["13", "15", "18"],
    },
    Facts {
        engine: Engine::Sqlite,
        title: "SQLite 3.40 and later",
        page: "sqlite.md",
        form: "a private file that the shell reads",
        clients: "the sqlite3 shell",
        transactional_ddl: true,
        single: true,
        tested: &["3.40"],
    },
    Facts {
        engine: Engine::Mariadb,
        title: "MariaDB 10.6 and later",
        page: "mariadb.md",
        form: "`EXECUTE IMMEDIATE`, statement by statement",
        clients: "any",
        transactional_ddl: false,
        single: false,
        tested: &["10.11"],
    },
    Facts {
        engine: Engine::Mysql,
        title: "MySQL 8.0.19 and later",
        page: "mysql.md",
        form: "`PREPARE` in a procedure of the run, statement by statement",
        clients: "mysql, and others that know `DELIMITER`",
        transactional_ddl: false,
        single: false,
        tested: &["9.7, where it can be had"],
    },
    Facts {
        engine: Engine::Duckdb,
        title: "DuckDB 1.5 and later",
        page: "duckdb.md",
        form: "a private file that `IMPORT DATABASE` runs",
        clients: "any; the shell tells the place of an error",
        transactional_ddl: true,
        single: true,
        tested: &["1.5.6"],
    },
    Facts {
        engine: Engine::Mssql,
        title: "SQL Server 2017 and later",
        page: "mssql.md",
        form: "`sp_executesql`, batch by batch",
        clients: "sqlcmd, SSMS",
        transactional_ddl: true,
        single: true,
        tested: &[],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_engine_has_its_facts() {
        assert_eq!(FACTS.map(|facts| facts.engine), Engine::ALL);
    }
}
