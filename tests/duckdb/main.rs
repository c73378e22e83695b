//! Scripts for DuckDB, run by the duckdb shell itself.
//!
//! Without a shell the tests are shown as ignored; with `CI` or `SQLSTITCH_REQUIRE_ENGINES` set they
//! fail instead. `SQLSTITCH_DUCKDB` names another shell than the one that `scripts/engines` installs.

#![expect(clippy::disallowed_methods, reason = "a test may read the environment")]

mod bodies;
mod bundle;
mod guards;
mod interrupt;
#[path = "../support/mod.rs"]
mod support;

use std::process::ExitCode;

use support::planned::fixtures;
use support::trials::Trials;

/// A test: its name and what it does.
type Test = (&'static str, fn());

const TESTS: &[&[Test]] = &[guards::TESTS, bundle::TESTS, interrupt::TESTS];

fn main() -> ExitCode {
    let shell = || support::duckdb::shell().map(drop);
    let mut trials = Trials::on(shell, "the duckdb shell is not installed");
    for &(name, test) in TESTS.iter().copied().flatten() {
        trials.add(name, move |()| {
            test();
            Ok(())
        });
    }
    trials.add_each("body", fixtures("duckdb/bodies"), |(), file| {
        bodies::carry(file)
    });
    trials.add_each_without("refused", fixtures("duckdb/refused"), bodies::refuse);
    trials.run()
}
