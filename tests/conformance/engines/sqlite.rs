//! SQLite, with its shell.

use std::path::Path;
use std::process::Child;
use std::sync::Arc;

use crate::interrupt;
use crate::support::engine::{Database, Engine, Restriction, Words};
use crate::support::run::Run;
use crate::support::sqlite;

/// The shell, or why there is none.
pub(crate) fn start() -> Result<Arc<dyn Engine>, String> {
    sqlite::shell().ok_or("sqlite3 is not installed")?;
    Ok(Arc::new(Sqlite))
}

struct Sqlite;

impl Engine for Sqlite {
    fn name(&self) -> String {
        "sqlite".to_owned()
    }

    fn dialect(&self) -> &'static str {
        "sqlite"
    }

    fn title(&self) -> &'static str {
        "SQLite"
    }

    fn exceptions(&self) -> &'static [(&'static str, &'static str)] {
        &[(interrupt::KILLED_SERVER, "SQLite is no server")]
    }

    fn words(&self) -> Words {
        Words {
            ledger: "sqlstitch_patch",
            ledger_schema: None,
            text: "TEXT",
            literal: |text| format!("'{}'", text.replace('\'', "''")),
            hex: |text| format!("hex({text})"),
            place: |path, line| vec![format!("({path})"), format!("near line {line}")],
            pause: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i FROM n WHERE i < 0",
            setting: (
                "PRAGMA recursive_triggers = ON",
                "(SELECT recursive_triggers FROM pragma_recursive_triggers)",
            ),
            temporary: "CREATE TEMPORARY TABLE",
            replace_view: "DROP VIEW IF EXISTS v;\nCREATE VIEW v",
        }
    }

    fn database(&self) -> Box<dyn Database + '_> {
        Box::new(sqlite::Database::new())
    }
}

impl Database for sqlite::Database {
    fn run(&self, script: &Path) -> Run {
        Run::end(Database::start(self, script))
    }

    fn run_on(&self, script: &Path) -> Run {
        // The shell goes on after errors unless the script says otherwise.
        Database::run(self, script)
    }

    fn start(&self, script: &Path) -> Child {
        self.start_with(self.directory(), script, &[])
    }

    fn run_restricted(&self, restriction: Restriction, script: &Path) -> Option<Run> {
        (restriction == Restriction::Write)
            .then(|| Run::end(self.start_with(self.directory(), script, &["-readonly"])))
    }

    fn ask(&self, statements: &str) -> String {
        self.ask(statements)
    }

    fn dump(&self) -> String {
        self.dump()
    }

    fn version(&self) -> String {
        let bytes = std::fs::read(self.path()).unwrap_or_default();
        format!("{:?}\n{}", bytes.get(24..28), self.dump())
    }
}
