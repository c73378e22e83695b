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
mod single;
#[path = "../support/mod.rs"]
mod support;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

/// A test: its name and what it does.
type Test = (&'static str, fn());

fn main() -> ExitCode {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let required = is_set("SQLSTITCH_REQUIRE_ENGINES") || is_set("CI");
    let there = support::sqlite::shell().is_some();
    let trial = |name: String, test: Box<dyn FnOnce() -> Result<(), Failed> + Send>| {
        Trial::ignorable_test(name, move || {
            if there {
                test().map(|()| Completion::Completed)
            } else if required {
                Err("sqlite3 is not installed".into())
            } else {
                Ok(Completion::ignored_with("sqlite3 is not installed"))
            }
        })
    };
    let tests = [
        guards::TESTS,
        bodies::TESTS,
        interrupt::TESTS,
        proof::TESTS,
        single::TESTS,
        fuzz::TESTS,
    ]
    .concat();
    let tests = tests.into_iter().map(|(name, test)| {
        let run = move || {
            test();
            Ok(())
        };
        trial(name.to_owned(), Box::new(run))
    });
    let cases = cases::cases().into_iter().map(|case| {
        let name = case.file_name().unwrap_or_default().to_string_lossy();
        trial(format!("cases/{name}"), Box::new(move || cases::run(&case)))
    });
    libtest_mimic::run(&Arguments::from_args(), tests.chain(cases).collect()).exit_code()
}
