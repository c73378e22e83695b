//! Orders for MariaDB, tried on a real one: each case has databases of its own on one throw-away
//! server.
//!
//! Where MariaDB is not installed the cases are shown as ignored with the reason;
//! SQLSTITCH_REQUIRE_ENGINES=1 (or CI) makes that a failure.

#![expect(
    clippy::disallowed_methods,
    reason = "what a client prints has no carriage returns, and a test may read the environment"
)]

mod cases;
#[path = "../support/mariadb.rs"]
mod support;

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Trial};

use support::Server;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let required = is_set("SQLSTITCH_REQUIRE_ENGINES") || is_set("CI");
    // A start of the server costs more than the cases; nextest asks for the list only.
    let server = if arguments.list {
        None
    } else {
        Server::start().map(Arc::new)
    };
    arguments.test_threads.get_or_insert(4);
    let trials = cases::cases().into_iter().map(|case| {
        let name = case.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("case {name}");
        let server = server.clone();
        Trial::ignorable_test(name, move || match server {
            Some(server) => cases::run(&server, &case).map(|()| Completion::Completed),
            None if required => {
                Err("MariaDB (mariadbd, mariadb) is not installed: run scripts/engines".into())
            }
            None => Ok(Completion::ignored_with("MariaDB is not installed")),
        })
    });
    let trials = trials.collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    // The server stops here, before the process ends.
    drop(server);
    conclusion.exit_code()
}
