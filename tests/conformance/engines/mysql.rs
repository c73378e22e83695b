//! MySQL, with its client.

use std::path::Path;
use std::process::Child;
use std::sync::{Arc, Mutex};

use crate::interrupt;
use crate::support::engine::{Database, Engine, Restriction, Words};
use crate::support::mysql::{self, Server};
use crate::support::run::Run;

/// A server, or why there is none.
pub(crate) fn start() -> Result<Arc<dyn Engine>, String> {
    let server = Server::start().ok_or(mysql::MISSING)?;
    Ok(Arc::new(Mysql(server)))
}

/// A server is read-only, and a user is known, to everyone.
static RESTRICTED: Mutex<()> = Mutex::new(());

struct Mysql(Server);

impl Engine for Mysql {
    fn name(&self) -> String {
        "mysql".to_owned()
    }

    fn dialect(&self) -> &'static str {
        "mysql"
    }

    fn title(&self) -> &'static str {
        "MySQL"
    }

    fn words(&self) -> Words {
        Words {
            ledger: "sqlstitch_patch",
            ledger_schema: None,
            text: "text",
            literal: |text| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''")),
            hex: |text| format!("hex({text})"),
            place: |path, line| vec![format!("({path}:{line})")],
            pause: "DO SLEEP(0.004)",
            setting: (
                "SET SESSION group_concat_max_len = 77",
                "@@SESSION.group_concat_max_len",
            ),
            temporary: "CREATE TEMPORARY TABLE",
            replace_view: "CREATE OR REPLACE VIEW v",
        }
    }

    fn exceptions(&self) -> &'static [(&'static str, &'static str)] {
        const NO_REVERT: &str = "there is no reverting script for MySQL";
        &[
            ("a revert undoes what is applied, the last first", NO_REVERT),
            ("a revert that fails goes on where it stopped", NO_REVERT),
            ("what a patch that stays needs is not undone", NO_REVERT),
            ("what nothing undoes is not undone", NO_REVERT),
            ("what was changed since is not undone unasked", NO_REVERT),
            // Those there are of DDL that may or may not have committed.
            (interrupt::KILLED_CLIENT, "tried in tests/mysql"),
            (interrupt::KILLED_SERVER, "tried in tests/mysql"),
        ]
    }

    fn mortal(&self) -> Option<Box<dyn Engine>> {
        let server = Server::start_durable().expect("it has started before");
        Some(Box::new(Self(server)))
    }

    fn crash(&self) {
        self.0.crash();
    }

    fn database(&self) -> Box<dyn Database + '_> {
        Box::new(self.0.database())
    }
}

impl Database for mysql::Database<'_> {
    fn run(&self, script: &Path) -> Run {
        self.run(script)
    }

    fn run_on(&self, script: &Path) -> Run {
        let mut run = Run::of(&mut self.client(&["--force"], script));
        // With --force the client ends with 0, whatever it has told.
        if run.err.contains("ERROR") {
            run.code = Some(1);
        }
        run
    }

    fn start(&self, script: &Path) -> Child {
        self.spawn(script)
    }

    fn run_restricted(&self, restriction: Restriction, script: &Path) -> Option<Run> {
        let _turn = RESTRICTED.lock();
        let name = &self.name;
        let user = format!("'weak_{name}'@localhost");
        let rights = match restriction {
            Restriction::MakeLedger => "SELECT ON *",
            Restriction::WriteLedger => {
                "SELECT, CREATE, CREATE ROUTINE, ALTER ROUTINE, EXECUTE ON *"
            }
            Restriction::Write => "ALL ON *",
        };
        self.sql(&format!("CREATE USER {user}; GRANT {rights} TO {user}"));
        if restriction == Restriction::Write {
            self.sql("SET GLOBAL read_only = 1");
        }
        let user_option = format!("--user=weak_{name}");
        let run = Run::of(&mut self.client(&[&user_option], script));
        self.sql(&format!("SET GLOBAL read_only = 0; DROP USER {user}"));
        Some(run)
    }

    fn ask(&self, statements: &str) -> String {
        self.sql(statements)
    }

    fn dump(&self) -> String {
        self.dump()
    }

    fn version(&self) -> String {
        format!("{}{}", self.ledger(), self.dump())
    }
}
