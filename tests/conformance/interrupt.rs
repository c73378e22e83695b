//! Runs at once and runs that are cut off at any moment: every body has run once, the database is that
//! of an undisturbed run, and so is the ledger.

use std::process::Child;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::Behaviour;
use crate::bundle::{Bundle, Script};
use crate::once::ok;
use crate::rows;
use crate::support::Random;
use crate::support::engine::{Database, Engine, Form};
use crate::support::run::Run;

pub(crate) const BEHAVIOURS: &[Behaviour] = &[
    (AT_ONCE, three_at_once),
    (KILLED_CLIENT, killed_client),
    (KILLED_SERVER, killed_server),
];

/// Names of behaviours that an engine may except.
pub(crate) const AT_ONCE: &str = "three runs at once, 20 times";
pub(crate) const KILLED_CLIENT: &str = "a killed client and a second run, 50 times";
pub(crate) const KILLED_SERVER: &str = "a killed server and a second run, 20 times";

/// For a version of an engine that is tried in another one.
pub(crate) const ONE_VERSION: &[(&str, &str)] = &[
    (AT_ONCE, "tried on one version"),
    (KILLED_CLIENT, "tried on one version"),
    (KILLED_SERVER, "tried on one version"),
];

/// How many patches leave effects.
const PATCHES: usize = 8;

/// How many databases are tried at the same time.
const WORKERS: usize = 3;

/// Patches that each leave two rows, the second some time after the first, and a table.
fn counted(engine: &dyn Engine, form: &Form) -> Script {
    let pause = engine.words().pause;
    let mut bundle = Bundle::new(&[("00", "CREATE TABLE effect (patch integer, step integer);")]);
    for number in 1..=PATCHES {
        let mut effect = (form.effect)(number);
        if !effect.ends_with('\n') {
            effect.push_str(";\n");
        }
        bundle = bundle.and(
            &format!("{number:02}"),
            format!(
                "{effect}CREATE TABLE t{number} (a integer);\n{pause};\nINSERT INTO effect VALUES ({number}, 2);\n"
            ),
        );
    }
    bundle.with(form.arguments).script(engine)
}

/// A script of one form with what an undisturbed run of it leaves.
struct Subject {
    script: Script,
    rows: String,
    dump: String,
    took: Duration,
}

impl Subject {
    fn new(engine: &dyn Engine, form: &Form) -> Self {
        let script = counted(engine, form);
        let database = engine.database();
        let start = Instant::now();
        ok(&database.run(&script));
        Self {
            took: start.elapsed(),
            rows: rows(engine, database.as_ref()),
            dump: database.dump(),
            script,
        }
    }

    /// Nothing is missing, nothing is there twice.
    fn check(&self, engine: &dyn Engine, database: &dyn Database, context: &str) {
        let twice = PATCHES * 2;
        assert_eq!(
            database.ask("SELECT count(*), count(DISTINCT patch * 10 + step) FROM effect"),
            format!("{twice}|{twice}"),
            "{context}"
        );
        assert_eq!(rows(engine, database), self.rows, "{context}");
        assert_eq!(database.dump(), self.dump, "{context}");
    }

    /// Completes what was cut off.
    fn complete(&self, engine: &dyn Engine, database: &dyn Database, first: &Run, context: &str) {
        let second = database.run(&self.script);
        assert_eq!(
            second.code,
            Some(0),
            "{context}: {}\nthen: {}",
            first.said(),
            second.said()
        );
        let context = format!("{context}: {}", first.said());
        self.check(engine, database, &context);
    }

    fn moment(&self, random: &mut Random) -> Duration {
        Duration::from_micros(random.below(self.took.as_micros() as u64))
    }
}

/// Tries something `times` in all, on each form and on several databases at the same time.
fn repeat(
    engine: &dyn Engine,
    times: usize,
    workers: usize,
    attempt: impl Fn(&Subject, &mut Random) + Sync,
) {
    let forms = engine.forms();
    for (number, form) in forms.iter().enumerate() {
        let subject = Subject::new(engine, form);
        let left = AtomicUsize::new(times / forms.len());
        std::thread::scope(|scope| {
            for worker in 0..workers {
                let (subject, left, attempt) = (&subject, &left, &attempt);
                let mut random = Random(0x5EED + (number * workers + worker) as u64);
                scope.spawn(move || {
                    let take = |count: usize| count.checked_sub(1);
                    while left
                        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
                        .is_ok()
                    {
                        attempt(subject, &mut random);
                    }
                });
            }
        });
    }
}

fn three_at_once(engine: &dyn Engine) {
    repeat(engine, 20, WORKERS, |subject, _| {
        let database = engine.database();
        let clients: Vec<Child> = (0..3).map(|_| database.start(&subject.script)).collect();
        for client in clients {
            ok(&Run::end(client));
        }
        subject.check(engine, database.as_ref(), "three at once");
        ok(&database.run(&subject.script));
        subject.check(engine, database.as_ref(), "a fourth run");
    });
}

fn killed_client(engine: &dyn Engine) {
    let killed = AtomicUsize::new(0);
    repeat(engine, 50, WORKERS, |subject, random| {
        let database = engine.database();
        // DuckDB's file is not valid before it is whole: docs/engines/duckdb.md.
        database.ask("SELECT 1");
        let moment = subject.moment(random);
        let mut client = database.start(&subject.script);
        std::thread::sleep(moment);
        // It may have ended by itself.
        let _ = client.kill();
        let first = Run::end(client);
        killed.fetch_add(usize::from(first.code.is_none()), Ordering::Relaxed);
        let context = format!("killed after {moment:?} of {:?}", subject.took);
        subject.complete(engine, database.as_ref(), &first, &context);
    });
    let killed = killed.into_inner();
    assert!(
        killed > 15,
        "only {killed} clients were killed before their end"
    );
}

fn killed_server(engine: &dyn Engine) {
    let own = engine
        .mortal()
        .expect("an engine without a server excepts this");
    let engine = own.as_ref();
    let failed = AtomicUsize::new(0);
    repeat(engine, 20, 1, |subject, random| {
        let database = engine.database();
        let moment = subject.moment(random);
        let client = database.start(&subject.script);
        std::thread::sleep(moment);
        engine.crash();
        let first = Run::end(client);
        failed.fetch_add(usize::from(first.code != Some(0)), Ordering::Relaxed);
        let context = format!("crashed after {moment:?} of {:?}", subject.took);
        subject.complete(engine, database.as_ref(), &first, &context);
    });
    let failed = failed.into_inner();
    assert!(failed > 5, "only {failed} runs met the end of their server");
}
