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
mod cases;
mod committing;
mod form;
mod interrupt;
mod psql_form;
mod release;
mod repeatable;
mod single;

use std::process::ExitCode;

use support::planned::fixtures;
use support::postgres::Server;
use support::trials::Trials;
use support::ways::{take, ways};

/// A test: its name and what it does with a server.
type Case = support::trials::Case<Server>;

const CASES: &[&[Case]] = &[
    form::CASES,
    adopt::CASES,
    committing::CASES,
    psql_form::CASES,
    interrupt::CASES,
    release::CASES,
    repeatable::CASES,
    single::CASES,
];

fn main() -> ExitCode {
    let missing = "PostgreSQL (initdb, pg_ctl, psql) is not installed";
    let mut trials = Trials::on(Server::start, missing);
    for &(name, case) in CASES.iter().copied().flatten() {
        trials.add(name, move |server| {
            case(server);
            Ok(())
        });
    }
    trials.add_each("way", ways("postgres"), |server, way| {
        take(way, || server.database());
        Ok(())
    });
    trials.add_each("case", cases::cases(), cases::run);
    trials.add_each("body", fixtures("postgres/bodies"), bodies::carry);
    trials.add_each_without("refused", fixtures("postgres/refused"), bodies::refuse);
    trials.run()
}
