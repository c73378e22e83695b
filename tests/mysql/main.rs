//! Scripts for MySQL, tried on a real one: each trial has databases of its own on one
//! throw-away server.
//!
//! Where MySQL could not be had the trials are shown as ignored with the reason, in CI too: it comes from a
//! suite that moves.

#![expect(
    clippy::disallowed_methods,
    reason = "what a client prints has no carriage returns"
)]

mod bodies;
mod faults;
mod form;
#[path = "../support/mod.rs"]
mod support;

use std::process::ExitCode;

use support::built::refuse;
use support::mysql::{MISSING, Server};
use support::planned::fixtures;
use support::trials::Trials;

/// A trial: its name and what is done.
pub(crate) type Case = support::trials::Case<Server>;

fn main() -> ExitCode {
    let mut trials = Trials::where_there_is(Server::start, MISSING);
    trials.add_each("body", fixtures("mysql/bodies"), bodies::carry);
    trials.add_each_without("refused", fixtures("mysql/refused"), |file| {
        refuse("mysql", file)
    });
    for cases in [form::CASES, faults::CASES] {
        trials.add_cases(cases);
    }
    trials.run()
}
