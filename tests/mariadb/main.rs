//! Orders and scripts for MariaDB, tried on a real one: each trial has databases of its own on one
//! throw-away server.
//!
//! Where MariaDB is not installed the trials are shown as ignored with the reason;
//! SQLSTITCH_REQUIRE_ENGINES=1 (or CI) makes that a failure.

#![expect(
    clippy::disallowed_methods,
    reason = "what a client prints has no carriage returns, and a test may read the environment"
)]

mod bodies;
mod cases;
mod faults;
mod form;
mod goes_on;
#[path = "../support/mod.rs"]
mod support;

use std::process::ExitCode;

use support::built::refuse;
use support::mariadb::Server;
use support::planned::fixtures;
use support::trials::Trials;

/// A trial: its name and what is done.
pub(crate) type Case = support::trials::Case<Server>;

fn main() -> ExitCode {
    let missing = "MariaDB (mariadbd, mariadb) is not installed";
    let mut trials = Trials::on(Server::start, missing);
    trials.add_each("case", cases::cases(), cases::run);
    trials.add_each("body", fixtures("mariadb/bodies"), bodies::carry);
    trials.add_each_without("refused", fixtures("mariadb/refused"), |file| {
        refuse("mariadb", file)
    });
    for cases in [form::CASES, goes_on::CASES, faults::CASES] {
        trials.add_cases(cases);
    }
    trials.run()
}
