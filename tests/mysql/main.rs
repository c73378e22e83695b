//! Scripts for MariaDB and MySQL, tried on real ones: each trial has databases of its own on one throw-away
//! server. What one of them has, the other has too; what they write otherwise is in `words.rs`.
//!
//! Where MariaDB is not installed its trials are shown as ignored with the reason;
//! SQLSTITCH_REQUIRE_ENGINES=1 (or CI) makes that a failure. Where MySQL could not be had they are ignored in
//! CI too: it comes from a suite that moves.

#![expect(
    clippy::disallowed_methods,
    reason = "what a client prints has no carriage returns, and a test may read the environment"
)]

mod bodies;
mod cases;
mod faults;
mod form;
mod goes_on;
mod probes;
mod release;
#[path = "../support/mod.rs"]
mod support;
mod words;

use std::process::ExitCode;

use support::built::refuse;
use support::mysql::product::{MARIADB, MYSQL, Product};
use support::mysql::{Database, Server};
use support::planned::fixtures;
use support::run::Run;
use support::trials::{Trials, run_all};
use support::ways::{take, ways};

/// A trial: its name and what is done.
pub(crate) type Case = support::trials::Case<Server>;

fn main() -> ExitCode {
    let mut mariadb = Trials::on(|| Server::start(&MARIADB), MARIADB.missing).named("mariadb");
    mariadb.add_each("case", cases::cases(), cases::run);
    add(&mut mariadb, &MARIADB);
    for cases in [form::ANY_CLIENT, goes_on::LISTS, faults::MARIADB] {
        mariadb.add_cases(cases);
    }
    mariadb.add_each("way", ways("mariadb"), |server, way| {
        take(way, || server.database());
        Ok(())
    });
    let mut mysql = Trials::where_there_is(|| Server::start(&MYSQL), MYSQL.missing).named("mysql");
    add(&mut mysql, &MYSQL);
    mysql.add_cases(faults::MYSQL);
    let mut trials = mariadb.into_trials();
    trials.extend(mysql.into_trials());
    run_all(trials)
}

/// What both have.
fn add(trials: &mut Trials<Server>, product: &'static Product) {
    let dialect = product.dialect;
    trials.add_each("way", ways("mysql"), |server, way| {
        take(way, || server.database());
        Ok(())
    });
    trials.add_each(
        "body",
        fixtures(&format!("{dialect}/bodies")),
        bodies::carry,
    );
    let refused = fixtures(&format!("{dialect}/refused"));
    trials.add_each_without("refused", refused, move |file| refuse(dialect, file));
    for cases in [probes::CASES, form::CASES, goes_on::CASES, release::CASES] {
        trials.add_cases(cases);
    }
}

#[track_caller]
pub(crate) fn ok(run: &Run) {
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
}

#[track_caller]
pub(crate) fn fails(run: &Run, message: &str) {
    assert_eq!(run.code, Some(1), "{}{}", run.out, run.err);
    assert!(
        run.err.contains(message),
        "{message}\n{}{}",
        run.out,
        run.err
    );
}

/// How far patch `2` has come.
pub(crate) fn progress(database: &Database<'_>) -> String {
    database.sql(
        "SELECT state, started_statement, next_statement FROM sqlstitch_patch WHERE name = '2'",
    )
}
