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

use libtest_mimic::{Arguments, Completion, Failed, Trial};

/// A test: its name and what it does.
type Test = (&'static str, fn());

fn main() -> ExitCode {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let required = is_set("SQLSTITCH_REQUIRE_ENGINES") || is_set("CI");
    let there = support::duckdb::shell().is_some();
    let trial = |name: String, test: Box<dyn FnOnce() -> Result<(), Failed> + Send>| {
        Trial::ignorable_test(name, move || {
            if there {
                test().map(|()| Completion::Completed)
            } else if required {
                Err("the duckdb shell is not installed: run scripts/engines".into())
            } else {
                Ok(Completion::ignored_with(
                    "the duckdb shell is not installed",
                ))
            }
        })
    };
    let tests = [guards::TESTS, bundle::TESTS, interrupt::TESTS].concat();
    let tests = tests.into_iter().map(|(name, test)| {
        let run = move || {
            test();
            Ok(())
        };
        trial(name.to_owned(), Box::new(run))
    });
    let file_trials = |folder: &'static str, run: fn(&std::path::Path) -> Result<(), Failed>| {
        bodies::files(folder).into_iter().map(move |file| {
            let name = file.file_stem().unwrap_or_default().to_string_lossy();
            (format!("{folder}/{name}"), file, run)
        })
    };
    let files = file_trials("bodies", bodies::carry)
        .map(|(name, file, run)| trial(name, Box::new(move || run(&file))));
    // Needs no shell.
    let refused = file_trials("refused", bodies::refuse)
        .map(|(name, file, run)| Trial::test(name, move || run(&file)));
    let trials = tests.chain(files).chain(refused).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
