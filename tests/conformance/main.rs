//! What every script does on every engine: each behaviour is written once, in SQL that all engines
//! understand, and tried on each engine that is there, as `<engine>: <behaviour>`.
//!
//! Where an engine is missing its trials are shown as ignored with the reason;
//! SQLSTITCH_REQUIRE_ENGINES=1 (or CI) makes that a failure.

#![expect(
    clippy::disallowed_methods,
    reason = "what a client prints has no carriage returns, and a test may read the environment"
)]

mod bad_input;
mod bundle;
mod change;
mod engines;
mod hostile;
mod interrupt;
mod isolation;
mod ledger;
mod once;

#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Trial};

use engines::Candidate;
use support::engine::{self, Engine};

/// What must hold on an engine: its name and how it is tried.
pub(crate) type Behaviour = (&'static str, fn(&dyn Engine));

const BEHAVIOURS: &[&[Behaviour]] = &[
    once::BEHAVIOURS,
    ledger::BEHAVIOURS,
    change::BEHAVIOURS,
    hostile::BEHAVIOURS,
    isolation::BEHAVIOURS,
    interrupt::BEHAVIOURS,
    bad_input::BEHAVIOURS,
];

/// How an engine excepts its script's being given to the clients of others.
const ANOTHER: &str = "its script given to another engine";

/// An engine, or why it is not there.
type Found = Result<Arc<dyn Engine>, String>;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(4);
    let all = engines::ALL.iter();
    let found: Vec<(&Candidate, Found)> = if arguments.list {
        // Servers are costly to start, and nextest asks for the list only.
        all.map(|candidate| (candidate, Err(String::new())))
            .collect()
    } else {
        all.map(|candidate| (candidate, (candidate.start)()))
            .collect()
    };
    let here: Vec<Arc<dyn Engine>> = found
        .iter()
        .filter_map(|(_, there)| there.clone().ok())
        .collect();
    let mut trials = Vec::new();
    for (candidate, engine) in &found {
        for &(behaviour, test) in BEHAVIOURS.iter().copied().flatten() {
            trials.push(trial(candidate, behaviour, engine, move |engine| {
                test(engine)
            }));
        }
        for (stranger, client) in &found {
            // One version of each engine is enough.
            if stranger.name != stranger.dialect
                || candidate.name != candidate.dialect
                || stranger.name == candidate.name
            {
                continue;
            }
            let client = client.clone().ok();
            let behaviour = format!("its script given to {}", stranger.name);
            trials.push(trial(candidate, &behaviour, engine, move |engine| {
                if let Some(client) = client {
                    bad_input::wrong_engine(engine, client.as_ref());
                }
            }));
        }
    }
    exceptions_are_known(&here);
    let conclusion = libtest_mimic::run(&arguments, trials);
    // Servers stop here, before the process ends.
    drop((found, here));
    conclusion.exit_code()
}

/// A trial that is ignored, or fails where engines are required, without the engine.
fn trial(
    candidate: &Candidate,
    behaviour: &str,
    engine: &Found,
    test: impl FnOnce(&dyn Engine) + Send + 'static,
) -> Trial {
    let engine = engine.clone();
    let behaviours = BEHAVIOURS.iter().copied().flatten();
    let known = behaviours
        .map(|(name, _)| *name)
        .find(|name| *name == behaviour);
    let key = known.unwrap_or(ANOTHER);
    let (name, required) = (candidate.name, candidate.required);
    Trial::ignorable_test(format!("{name}: {behaviour}"), move || match engine {
        Ok(engine) => {
            if let Some((_, why)) = engine.exceptions().iter().find(|(name, _)| *name == key) {
                return Ok(Completion::ignored_with(*why));
            }
            test(engine.as_ref());
            Ok(Completion::Completed)
        }
        Err(why) if required && support::engines_are_required() => {
            Err(format!("{why}: run scripts/engines").into())
        }
        Err(why) => Ok(Completion::ignored_with(why)),
    })
}

/// An exception for a behaviour that nobody tries would hide a mistake in its name.
fn exceptions_are_known(here: &[Arc<dyn Engine>]) {
    let mut known: BTreeSet<&str> = BEHAVIOURS.iter().copied().flatten().map(|b| b.0).collect();
    known.insert(ANOTHER);
    for engine in here {
        for (name, _) in engine.exceptions() {
            assert!(known.contains(name), "{}: {name}", engine.name());
        }
    }
}

/// The ledger in the order in which patches were applied: what is the same on every engine.
pub(crate) fn rows(engine: &dyn Engine, database: &dyn engine::Database) -> String {
    database.ask(&format!(
        "SELECT ordinal, name, kind, state, statements FROM {} ORDER BY ordinal",
        engine.words().ledger
    ))
}

/// The names of the applied patches, in the order in which they were applied.
pub(crate) fn applied(engine: &dyn Engine, database: &dyn engine::Database) -> String {
    let names = database.ask(&format!(
        "SELECT name FROM {} WHERE state = 'applied' ORDER BY ordinal",
        engine.words().ledger
    ));
    names.split_terminator('\n').collect::<Vec<_>>().join(" ")
}
