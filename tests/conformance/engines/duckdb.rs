//! DuckDB, with its shell.

use std::path::Path;
use std::process::Child;
use std::sync::Arc;

use crate::support::duckdb;
use crate::support::engine::{Database, Engine, Restriction, Words};
use crate::support::run::Run;

/// The shell, or why there is none.
pub(crate) fn start() -> Result<Arc<dyn Engine>, String> {
    duckdb::shell().ok_or("the duckdb shell is not installed")?;
    Ok(Arc::new(Duckdb))
}

struct Duckdb;

impl Engine for Duckdb {
    fn name(&self) -> String {
        "duckdb".to_owned()
    }

    fn dialect(&self) -> &'static str {
        "duckdb"
    }

    fn title(&self) -> &'static str {
        "DuckDB"
    }

    fn words(&self) -> Words {
        Words {
            ledger: "sqlstitch.patch",
            ledger_schema: Some("CREATE SCHEMA sqlstitch"),
            text: "VARCHAR",
            literal: |text| format!("'{}'", text.replace('\'', "''")),
            hex: |text| format!("hex({text})"),
            place: |path, line| vec![format!("it failed at {path}:{line}")],
            pause: "SET VARIABLE paused = (SELECT count(*) FROM range(300000) AS r(i) WHERE hash(i) % 3 = 1)",
            setting: ("SET threads = 1", "current_setting('threads')"),
            temporary: "CREATE TEMPORARY TABLE",
            replace_view: "CREATE OR REPLACE VIEW v",
        }
    }

    fn exceptions(&self) -> &'static [(&'static str, &'static str)] {
        &[
            (
                crate::interrupt::AT_ONCE,
                "DuckDB lets one process open a file to write, and does not wait",
            ),
            (crate::interrupt::KILLED_SERVER, "DuckDB is no server"),
        ]
    }

    fn database(&self) -> Box<dyn Database + '_> {
        Box::new(duckdb::Database::new())
    }
}

impl Database for duckdb::Database {
    fn run(&self, script: &Path) -> Run {
        Run::end(Database::start(self, script))
    }

    fn run_on(&self, script: &Path) -> Run {
        // The shell goes on after errors.
        Database::run(self, script)
    }

    fn start(&self, script: &Path) -> Child {
        self.start_file(&[], script)
    }

    fn run_restricted(&self, restriction: Restriction, script: &Path) -> Option<Run> {
        (restriction == Restriction::Write)
            .then(|| Run::end(self.start_file(&["-readonly"], script)))
    }

    fn ask(&self, statements: &str) -> String {
        self.ask(statements)
    }

    fn dump(&self) -> String {
        self.dump()
    }

    fn version(&self) -> String {
        let ledger = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'sqlstitch'";
        let rows = match self.ask(ledger).as_str() {
            "0" => String::new(),
            _ => self.ask("FROM sqlstitch.patch ORDER BY ordinal"),
        };
        format!("{rows}\n{}", self.dump())
    }
}
