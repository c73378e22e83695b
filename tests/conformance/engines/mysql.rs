//! MariaDB and MySQL, with their clients.

use std::path::Path;
use std::process::Child;
use std::sync::{Arc, Mutex};

use crate::interrupt;
use crate::support::engine::{Database, Engine, Restriction, Words};
use crate::support::mysql::product::{MARIADB, MYSQL, Product};
use crate::support::mysql::{self, Server};
use crate::support::run::Run;

/// MariaDB, or why there is none.
pub(crate) fn mariadb() -> Result<Arc<dyn Engine>, String> {
    start(&MARIADB)
}

/// MySQL, or why there is none.
pub(crate) fn mysql() -> Result<Arc<dyn Engine>, String> {
    start(&MYSQL)
}

fn start(product: &'static Product) -> Result<Arc<dyn Engine>, String> {
    let server = Server::start(product).ok_or(product.missing)?;
    Ok(Arc::new(Mysql(server)))
}

/// A server is read-only, and a user is known, to everyone.
static RESTRICTED: Mutex<()> = Mutex::new(());

struct Mysql(Server);

impl Engine for Mysql {
    fn name(&self) -> String {
        self.dialect().to_owned()
    }

    fn dialect(&self) -> &'static str {
        self.0.product.dialect
    }

    fn title(&self) -> &'static str {
        self.0.product.title
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
        &[
            // Those there are of DDL that may or may not have committed.
            (interrupt::KILLED_CLIENT, "tried in tests/mysql"),
            (interrupt::KILLED_SERVER, "tried in tests/mysql"),
        ]
    }

    fn mortal(&self) -> Option<Box<dyn Engine>> {
        let server = Server::start_durable(self.0.product).expect("it has started before");
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
            // MySQL's script makes procedures.
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
