//! Scripts on a real PostgreSQL: each case has a database of its own on one throw-away server.
//!
//! Where PostgreSQL is not installed the cases are shown as ignored with the reason;
//! SQLSTITCH_REQUIRE_ENGINES=1 (or CI) makes that a failure.

#![expect(
    clippy::disallowed_methods,
    reason = "what a client prints has no carriage returns, and a test may read the environment"
)]

#[path = "../support/mod.rs"]
mod support;

mod adopt;
mod bodies;
mod bundle;
mod cases;
mod committing;
mod form;
mod interrupt;
mod psql_form;
mod repeatable;
mod single;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use support::postgres::Server;

/// A test: its name and what it does with a server.
type Case = (&'static str, fn(&Server));

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // A start of the server costs more than most cases; nextest asks for the list only.
    let server = if arguments.list {
        None
    } else {
        Server::start().map(Arc::new)
    };
    arguments.test_threads.get_or_insert(4);
    let mut trials = Vec::new();
    for (name, case) in CASES.iter().copied().flatten().copied() {
        trials.push(trial(&server, name.to_owned(), move |server| {
            case(server);
            Ok(())
        }));
    }
    for case in cases::cases() {
        let name = format!("case {}", stem(&case));
        trials.push(trial(&server, name, move |server| {
            cases::run(server, &case)
        }));
    }
    for file in bodies::files("bodies") {
        let name = format!("body {}", stem(&file));
        trials.push(trial(&server, name, move |server| {
            bodies::carry(server, &file)
        }));
    }
    for file in bodies::files("refused") {
        let name = format!("refused {}", stem(&file));
        trials.push(Trial::test(name, move || bodies::refuse(&file)));
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    // The server stops here, before the process ends.
    drop(server);
    conclusion.exit_code()
}

const CASES: &[&[Case]] = &[
    form::CASES,
    adopt::CASES,
    committing::CASES,
    psql_form::CASES,
    interrupt::CASES,
    repeatable::CASES,
    single::CASES,
];

fn stem(file: &Path) -> String {
    file.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// A case that is ignored, or fails where engines are required, without a server.
fn trial(
    server: &Option<Arc<Server>>,
    name: String,
    case: impl FnOnce(&Server) -> Result<(), Failed> + Send + 'static,
) -> Trial {
    let server = server.clone();
    Trial::ignorable_test(name, move || match server {
        Some(server) => case(&server).map(|()| Completion::Completed),
        None if support::engines_are_required() => {
            Err("PostgreSQL (initdb, pg_ctl, psql) is not installed: run scripts/engines".into())
        }
        None => Ok(Completion::ignored_with("PostgreSQL is not installed")),
    })
}
