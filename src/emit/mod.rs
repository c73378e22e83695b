//! Plan → script: the text that a database's own client runs, without sqlstitch.
//!
//! [`emit`] hands the plan to the engine's own module. What scripts of all engines share is kept by
//! subject: [`banner`] (the table of contents and what stands above each patch), [`text`] (foreign
//! text inside comments and string literals), `template` (the `.sql` files beside an engine's code),
//! `words` (what stands in a statement, read one after the other).

pub mod banner;
mod duckdb;
pub mod facts;
mod mariadb;
mod mssql;
mod mysql;
pub mod picture;
pub mod postgres;
pub mod read_back;
mod refusal;
mod script;
mod sqlite;
mod template;
pub mod text;
mod words;

pub use script::{Quoting, Script};

use crate::dialect::Engine;
use crate::finding::{Code, Finding, Severity};
use crate::plan::{Plan, Transaction};
use crate::source::Sources;

/// The version that scripts and ledgers name as their maker.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A script, or the reasons why there is none.
#[derive(Debug)]
pub struct Emitted {
    /// The script; none if a finding is an error.
    pub script: Option<Script>,
    /// Findings in the order of the patches.
    pub findings: Vec<Finding>,
}

impl Emitted {
    /// A script with its findings; the script is dropped if one of them is an error.
    #[must_use]
    pub fn new(script: impl Into<Script>, findings: Vec<Finding>) -> Self {
        let refused = findings
            .iter()
            .any(|finding| finding.severity == Severity::Error);
        Self {
            script: (!refused).then(|| script.into()),
            findings,
        }
    }
}

/// The script that applies the plan's patches in order, each at most once.
#[must_use]
pub fn emit(plan: &Plan, sources: &Sources) -> Emitted {
    if let Some(finding) = not_offered(plan) {
        return Emitted {
            script: None,
            findings: vec![finding],
        };
    }
    match plan.engine {
        Engine::Postgres => postgres::emit(plan, sources),
        Engine::Sqlite => sqlite::emit(plan, sources),
        Engine::Mariadb => mariadb::emit(plan, sources),
        Engine::Mysql => mysql::emit(plan, sources),
        Engine::Duckdb => duckdb::emit(plan, sources),
        Engine::Mssql => mssql::emit(plan, sources),
    }
}

/// The findings that [`emit`] would give, for those who want no script.
#[must_use]
pub fn findings(plan: &Plan, sources: &Sources) -> Vec<Finding> {
    match plan.engine {
        Engine::Postgres if not_offered(plan).is_none() => postgres::findings(plan, sources),
        _ => emit(plan, sources).findings,
    }
}

/// What an engine's form does not do.
fn not_offered(plan: &Plan) -> Option<Finding> {
    let engine = plan.engine.name();
    let title = match (plan.engine, plan.settings.transaction, plan.settings.action) {
        (Engine::Mariadb | Engine::Mysql, Transaction::Single, _) => {
            let title = format!("{engine} cannot run a script in a single transaction");
            return Some(
                Finding::new(Code::Unsupported, title)
                    .note("DDL commits by itself, and what stands before it")
                    .help("leave --transaction out: each patch commits its rows with its record"),
            );
        }
        (Engine::Postgres, ..) => return None,
        _ if plan.settings.adopt.is_some() => {
            format!("there is no adopting another tool's table for {engine}")
        }
        _ => return None,
    };
    Some(Finding::new(Code::Unsupported, title))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Action, Client, PlannedPatch, Settings};
    use crate::read::split::split;
    use crate::source::ChecksumBuilder;

    #[test]
    fn the_findings_without_a_script_are_those_of_the_script() {
        for text in [
            "CREATE TABLE t (a int);",
            "VACUUM t;",
            "COPY t (a) FROM stdin;\n1\n\\.\n",
            "COPY t (a) FROM stdin (FORMAT csv);\n1\n\\.\n",
            "COPY t TO stdout;",
            "ROLLBACK;",
            "BEGIN; CREATE INDEX CONCURRENTLY i ON t (a); COMMIT;",
            "\\i other.sql\nSELECT 1;",
        ] {
            for client in [Client::Auto, Client::Any, Client::Native] {
                for action in [Action::Apply, Action::Baseline] {
                    for transaction in [Transaction::Patch, Transaction::Single] {
                        for engine in Engine::ALL {
                            let (mut plan, sources) = one_patch(engine, text);
                            plan.settings.client = client;
                            plan.settings.action = action;
                            plan.settings.transaction = transaction;
                            let emitted = emit(&plan, &sources);
                            assert_eq!(
                                findings(&plan, &sources),
                                emitted.findings,
                                "{text} {client:?}"
                            );
                        }
                    }
                }
            }
        }
    }

    /// A plan of one patch, `it's.sql`, for the tests of an engine's form.
    pub(super) fn one_patch(engine: Engine, text: &str) -> (Plan, Sources) {
        let mut sources = Sources::default();
        let source = sources.add("it's.sql", text);
        let statements = split(sources.get(source), engine.dialect()).statements;
        let checksum = ChecksumBuilder::default().finish();
        let plan = Plan {
            engine,
            settings: Settings::default(),
            bundle: checksum,
            patches: vec![PlannedPatch {
                formerly: vec!["old".to_owned()],
                external: vec!["other".to_owned()],
                ..PlannedPatch::new("it's", "it's.sql", checksum, source, statements)
            }],
        };
        (plan, sources)
    }
}
