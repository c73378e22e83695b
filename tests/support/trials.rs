//! Trials that need an engine: without it each is shown as ignored with the reason, or fails where
//! the engine is required.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use super::engines_are_required;

/// A trial: its name, and what is done with the engine.
pub(crate) type Case<E> = (&'static str, fn(&E));

/// An engine, started when the first trial asks for it: a start of a server costs more than most trials.
struct Engine<E> {
    start: Box<dyn Fn() -> Option<E> + Send + Sync>,
    started: OnceLock<Option<E>>,
}

impl<E> Engine<E> {
    fn get(&self) -> Option<&E> {
        self.started.get_or_init(&self.start).as_ref()
    }
}

/// The trials of one engine. `E` is what each is given: a running server, or nothing where a shell is
/// enough.
pub(crate) struct Trials<E> {
    prefix: String,
    engine: Arc<Engine<E>>,
    missing: &'static str,
    is_required: bool,
    trials: Vec<Trial>,
}

impl<E: Send + Sync + 'static> Trials<E> {
    /// Looks for the engine, and says `missing` where it is not there.
    pub(crate) fn on(
        start: impl Fn() -> Option<E> + Send + Sync + 'static,
        missing: &'static str,
    ) -> Self {
        Self {
            prefix: String::new(),
            engine: Arc::new(Engine {
                start: Box::new(start),
                started: OnceLock::new(),
            }),
            missing,
            is_required: engines_are_required(),
            trials: Vec::new(),
        }
    }

    /// The same for an engine that cannot always be had: no trial fails without it.
    pub(crate) fn where_there_is(
        start: impl Fn() -> Option<E> + Send + Sync + 'static,
        missing: &'static str,
    ) -> Self {
        Self {
            is_required: false,
            ..Self::on(start, missing)
        }
    }

    /// Puts this in front of the name of each trial.
    pub(crate) fn named(mut self, engine: &str) -> Self {
        self.prefix = format!("{engine}: ");
        self
    }

    /// A trial with the engine.
    pub(crate) fn add(
        &mut self,
        name: impl Into<String>,
        test: impl FnOnce(&E) -> Result<(), Failed> + Send + 'static,
    ) {
        let (engine, missing, is_required) = (self.engine.clone(), self.missing, self.is_required);
        let name = format!("{}{}", self.prefix, name.into());
        let trial = Trial::ignorable_test(name, move || match engine.get() {
            Some(engine) => test(engine).map(|()| Completion::Completed),
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
        test: impl Fn(&Path) -> Result<(), Failed> + Copy + Send + 'static,
    ) {
        for path in paths {
            let name = format!("{}{}", self.prefix, named(what, &path));
            let trial = Trial::test(name, move || test(&path));
            self.trials.push(trial);
        }
    }

    /// Tries them all.
    pub(crate) fn run(self) -> ExitCode {
        run_all(self.trials)
    }

    /// The trials, to be run with those of another engine.
    pub(crate) fn into_trials(self) -> Vec<Trial> {
        self.trials
    }
}

/// Tries them all. Servers stop with the last of their trials, before the process ends.
pub(crate) fn run_all(trials: Vec<Trial>) -> ExitCode {
    let mut arguments = Arguments::from_args();
    // A trial waits for its engine most of the time.
    arguments.test_threads.get_or_insert(4);
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn named(what: &str, path: &Path) -> String {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    format!("{what} {name}")
}
