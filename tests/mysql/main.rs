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
mod bundle;
mod faults;
mod form;
#[path = "../support/mod.rs"]
mod support;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use support::mysql::{MISSING, Server};

/// A trial: its name and what is done.
pub(crate) type Case = (&'static str, fn(&Server));

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // A start of the server costs more than the cases; nextest asks for the list only.
    let server = if arguments.list {
        None
    } else {
        Server::start().map(Arc::new)
    };
    arguments.test_threads.get_or_insert(4);
    let mut trials = Vec::new();
    for file in bundle::fixtures("bodies") {
        trials.push(trial(&server, format!("body {}", name(&file)), {
            move |server| bodies::carry(server, &file)
        }));
    }
    for file in bundle::fixtures("refused") {
        // Needs no server.
        let trial = Trial::test(format!("refused {}", name(&file)), move || {
            bodies::refuse(&file)
        });
        trials.push(trial);
    }
    for &(name, case) in form::CASES.iter().chain(faults::CASES) {
        trials.push(trial(&server, name.to_owned(), move |server| {
            case(server);
            Ok(())
        }));
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    // The server stops here, before the process ends.
    drop(server);
    conclusion.exit_code()
}

fn name(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// A trial that is ignored without a server.
fn trial(
    server: &Option<Arc<Server>>,
    name: String,
    test: impl FnOnce(&Server) -> Result<(), Failed> + Send + 'static,
) -> Trial {
    let server = server.clone();
    Trial::ignorable_test(name, move || match server {
        Some(server) => test(&server).map(|()| Completion::Completed),
        None => Ok(Completion::ignored_with(MISSING)),
    })
}
