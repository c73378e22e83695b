//! Scripts for SQLite, run by the sqlite3 shell itself.
//!
//! Without a shell the tests are shown as ignored; with `CI` or `SQLSTITCH_REQUIRE_ENGINES` set they
//! fail instead. `SQLSTITCH_SQLITE3` names another shell than the `sqlite3` on PATH.

#![expect(clippy::disallowed_methods, reason = "a test may read the environment")]

mod bodies;
mod cases;
mod fuzz;
mod guards;
mod interrupt;
mod proof;
mod release;
mod single;
#[path = "../support/mod.rs"]
mod support;

use std::process::ExitCode;

use support::sqlite::Database;
use support::trials::Trials;
use support::ways::{take, ways};

/// A test: its name and what it does.
type Test = (&'static str, fn());

const TESTS: &[&[Test]] = &[
    guards::TESTS,
    bodies::TESTS,
    interrupt::TESTS,
    proof::TESTS,
    release::TESTS,
    single::TESTS,
    fuzz::TESTS,
];

fn main() -> ExitCode {
    let shell = || support::sqlite::shell().map(drop);
    let mut trials = Trials::on(shell, "sqlite3 is not installed");
    for &(name, test) in TESTS.iter().copied().flatten() {
        trials.add(name, move |()| {
            test();
            Ok(())
        });
    }
    trials.add_each("way", ways("sqlite"), |(), way| {
        take(way, Database::new);
        Ok(())
    });
    trials.add_each("case", cases::cases(), |(), case| cases::run(case));
    trials.run()
}
