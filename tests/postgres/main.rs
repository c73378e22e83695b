//! Scripts on a real PostgreSQL: each case has a database of its own on one throw-away server.
//!
//! Where PostgreSQL is not installed the cases are shown as ignored with the reason;
//! SQLSTITCH_REQUIRE_ENGINES=1 (or CI) makes that a failure.

#[path = "../support/mod.rs"]
mod support;

mod bundle;
mod form;

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Trial};

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
    let trials = cases().into_iter().map(|(name, case)| {
        let server = server.clone();
        Trial::ignorable_test(name, move || match server {
            Some(server) => {
                case(&server);
                Ok(Completion::Completed)
            }
            None if support::engines_are_required() => Err(
                "PostgreSQL (initdb, pg_ctl, psql) is not installed: run scripts/engines".into(),
            ),
            None => Ok(Completion::ignored_with("PostgreSQL is not installed")),
        })
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    // The server stops here, before the process ends.
    drop(server);
    conclusion.exit_code()
}

fn cases() -> Vec<Case> {
    form::CASES.to_vec()
}
