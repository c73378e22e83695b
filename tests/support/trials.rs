//! Trials that need an engine: without it each is shown as ignored with the reason, or fails where
//! the engine is required.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use super::engines_are_required;

/// A trial: its name, and what is done with the engine.
pub(crate) type Case<E> = (&'static str, fn(&E));

/// The trials of one engine. `E` is what each is given: a running server, or nothing where a shell is
/// enough.
pub(crate) struct Trials<E> {
    arguments: Arguments,
    engine: Option<Arc<E>>,
    missing: &'static str,
    is_required: bool,
    trials: Vec<Trial>,
}

impl<E: Send + Sync + 'static> Trials<E> {
    /// Looks for the engine, and says `missing` where it is not there.
    pub(crate) fn on(start: impl FnOnce() -> Option<E>, missing: &'static str) -> Self {
        let mut arguments = Arguments::from_args();
        // A trial waits for its engine most of the time.
        arguments.test_threads.get_or_insert(4);
        // A start of a server costs more than most trials, and nextest asks for the list only.
        let engine = match arguments.list {
            true => None,
            false => start().map(Arc::new),
        };
        Self {
            arguments,
            engine,
            missing,
            is_required: engines_are_required(),
            trials: Vec::new(),
        }
    }

    /// The same for an engine that cannot always be had: no trial fails without it.
    pub(crate) fn where_there_is(start: impl FnOnce() -> Option<E>, missing: &'static str) -> Self {
        Self {
            is_required: false,
            ..Self::on(start, missing)
        }
    }

    /// A trial with the engine.
    pub(crate) fn add(
        &mut self,
        name: impl Into<String>,
        test: impl FnOnce(&E) -> Result<(), Failed> + Send + 'static,
    ) {
        let (engine, missing, is_required) = (self.engine.clone(), self.missing, self.is_required);
        let trial = Trial::ignorable_test(name, move || match engine {
            Some(engine) => test(&engine).map(|()| Completion::Completed),
            None if is_required => Err(format!("{missing}: run scripts/engines").into()),
            None => Ok(Completion::ignored_with(missing)),
        });
        self.trials.push(trial);
    }

    /// A trial with the engine for each case, which panics where something is wrong.
    pub(crate) fn add_cases(&mut self, cases: &[Case<E>]) {
        for &(name, case) in cases {
            self.add(name, move |engine| {
                case(engine);
                Ok(())
            });
        }
    }

    /// A trial with the engine for each file or folder.
    pub(crate) fn add_each(
        &mut self,
        what: &str,
        paths: Vec<PathBuf>,
        test: fn(&E, &Path) -> Result<(), Failed>,
    ) {
        for path in paths {
            self.add(named(what, &path), move |engine| test(engine, &path));
        }
    }

    /// A trial for each file or folder that needs no engine.
    pub(crate) fn add_each_without(
        &mut self,
        what: &str,
        paths: Vec<PathBuf>,
        test: fn(&Path) -> Result<(), Failed>,
    ) {
        for path in paths {
            let trial = Trial::test(named(what, &path), move || test(&path));
            self.trials.push(trial);
        }
    }

    /// Tries them all.
    pub(crate) fn run(self) -> ExitCode {
        let conclusion = libtest_mimic::run(&self.arguments, self.trials);
        // A server stops here, before the process ends.
        drop(self.engine);
        conclusion.exit_code()
    }
}

fn named(what: &str, path: &Path) -> String {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    format!("{what} {name}")
}
