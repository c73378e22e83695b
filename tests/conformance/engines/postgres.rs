//! PostgreSQL, with psql.

use std::path::Path;
use std::process::Child;
use std::sync::Arc;

use crate::interrupt;
use crate::support::engine::{Database, Engine, Form, Restriction, Words};
use crate::support::postgres::{self, Server};
use crate::support::run::Run;

/// What scripts/engines fetches under target/engines: the newest version, and the oldest that scripts are for.
const NEWEST: &str = "postgres-18";
const OLDEST: &str = "postgres-13";

/// The machine's own PostgreSQL, or why there is none.
pub(crate) fn installed() -> Result<Arc<dyn Engine>, String> {
    let server = Server::start().ok_or("PostgreSQL (initdb, pg_ctl, psql) is not installed")?;
    Ok(Arc::new(Postgres {
        server,
        fetched: None,
    }))
}

/// The newest with the machine's psql, or why there is none.
pub(crate) fn newest() -> Result<Arc<dyn Engine>, String> {
    fetched(NEWEST)
}

/// The oldest with the machine's psql, or why there is none.
pub(crate) fn oldest() -> Result<Arc<dyn Engine>, String> {
    fetched(OLDEST)
}

fn fetched(name: &'static str) -> Result<Arc<dyn Engine>, String> {
    let server = Server::start_fetched(name)
        .ok_or_else(|| format!("{name} is not in target/engines, or psql is not installed"))?;
    Ok(Arc::new(Postgres {
        server,
        fetched: Some(name),
    }))
}

const ANY_CLIENT: Form = Form {
    arguments: &["--client", "any"],
    effect: |number| format!("INSERT INTO effect VALUES ({number}, 1)"),
};

/// Data of a COPY, an index that is built concurrently, and statements that commit one by one.
const PSQL: Form = Form {
    arguments: &["--client", "native"],
    effect: |number| match number % 4 {
        0 => format!("COPY effect FROM stdin;\n{number}\t1\n\\.\n"),
        1 => format!(
            "CREATE INDEX CONCURRENTLY i{number} ON effect (patch);\nINSERT INTO effect VALUES ({number}, 1)"
        ),
        2 => format!("-- transaction: off\nINSERT INTO effect VALUES ({number}, 1)"),
        _ => format!("INSERT INTO effect VALUES ({number}, 1)"),
    },
};

struct Postgres {
    server: Server,
    fetched: Option<&'static str>,
}

impl Engine for Postgres {
    fn name(&self) -> String {
        self.fetched.unwrap_or("postgres").to_owned()
    }

    fn dialect(&self) -> &'static str {
        "postgres"
    }

    fn title(&self) -> &'static str {
        "PostgreSQL"
    }

    fn words(&self) -> Words {
        Words {
            ledger: "sqlstitch.patch",
            ledger_schema: Some("CREATE SCHEMA sqlstitch"),
            text: "text",
            literal: |text| format!("'{}'", text.replace('\'', "''")),
            hex: |text| format!("encode(convert_to({text}, 'UTF8'), 'hex')"),
            place: |path, line| vec![format!("/* {path}:{line} */")],
            pause: "DO $$ BEGIN PERFORM pg_sleep(0.004); END $$",
            setting: (
                "SET statement_timeout = '77s'",
                "current_setting('statement_timeout')",
            ),
            temporary: "CREATE TEMPORARY TABLE",
            replace_view: "CREATE OR REPLACE VIEW v",
        }
    }

    fn forms(&self) -> &'static [Form] {
        &[ANY_CLIENT, PSQL]
    }

    fn exceptions(&self) -> &'static [(&'static str, &'static str)] {
        match self.fetched {
            Some(_) => interrupt::ONE_VERSION,
            None => &[],
        }
    }

    fn mortal(&self) -> Option<Box<dyn Engine>> {
        let server = Server::start_durable(self.fetched).expect("it has started before");
        let fetched = self.fetched;
        Some(Box::new(Self { server, fetched }))
    }

    fn crash(&self) {
        self.server.crash();
    }

    fn database(&self) -> Box<dyn Database + '_> {
        Box::new(self.server.database())
    }
}

impl Database for postgres::Database<'_> {
    fn run(&self, script: &Path) -> Run {
        self.run(script, &["-v", "ON_ERROR_STOP=1"])
    }

    fn run_on(&self, script: &Path) -> Run {
        self.run(script, &[])
    }

    fn start(&self, script: &Path) -> Child {
        self.spawn(script)
    }

    fn run_restricted(&self, restriction: Restriction, script: &Path) -> Option<Run> {
        let name = &self.name;
        // Roles belong to the whole server.
        let role = format!("weak_{name}");
        self.sql(&format!("CREATE ROLE {role} LOGIN"));
        let mut psql = self.psql();
        match restriction {
            Restriction::MakeLedger => {}
            Restriction::WriteLedger => {
                self.sql(&format!(
                    "GRANT USAGE ON SCHEMA sqlstitch TO {role}; GRANT SELECT ON sqlstitch.patch TO {role}"
                ));
            }
            Restriction::Write => {
                psql.env("PGOPTIONS", "-c default_transaction_read_only=on");
            }
        }
        if restriction != Restriction::Write {
            psql.args(["-U", &role]);
        }
        psql.args(["-v", "ON_ERROR_STOP=1", "-f"]).arg(script);
        let run = Run::of(&mut psql);
        self.sql(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
        Some(run)
    }

    fn ask(&self, statements: &str) -> String {
        self.sql(statements)
    }

    fn dump(&self) -> String {
        self.dump()
    }

    fn version(&self) -> String {
        let ledger = self.sql("SELECT to_regclass('sqlstitch.patch') IS NOT NULL") == "t";
        let catalog = "SELECT (SELECT array_agg(oid ORDER BY oid) FROM pg_namespace WHERE nspname NOT LIKE 'pg_%'), \
                       (SELECT array_agg(oid ORDER BY oid) FROM pg_class WHERE oid > 16383 AND NOT relnamespace::regnamespace::text LIKE 'pg_%')";
        let rows = if ledger { self.ledger() } else { String::new() };
        format!("{}{rows}{}", self.sql(catalog), self.dump())
    }
}
