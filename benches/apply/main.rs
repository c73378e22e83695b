//! What a script costs beside the patches themselves, on real engines with their default durability:
//! `cargo bench --bench apply [-- WORDS]`, where a word is an engine's name, a part's (`many`, `large`),
//! or one of `patches=1000`, `mb=100`, `runs=5`.
//!
//! Raw files and scripts take turns in one run, and a figure is the median of the ratios of such
//! pairs, so that a slow machine or a busy one says the same.

#![expect(clippy::print_stdout, reason = "a bench's result is what it prints")]
#![allow(
    clippy::disallowed_methods,
    reason = "like the tests, it reads its own environment"
)]

mod engines;
mod texts;

#[path = "../../tests/support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use engines::Target;
use sqlstitch::dialect::Engine;
use sqlstitch::source::Sources;
use sqlstitch::{pipeline, plan, resolve};
use texts::Seed;

struct Wanted {
    words: Vec<String>,
    patches: usize,
    mb: usize,
    runs: usize,
}

impl Wanted {
    fn from_arguments() -> Self {
        let mut wanted = Self {
            words: Vec::new(),
            patches: 1000,
            mb: 100,
            runs: 5,
        };
        for argument in std::env::args().skip(1) {
            let number = |text: &str| text.parse().expect("a number after the `=`");
            match argument.split_once('=') {
                Some(("patches", count)) => wanted.patches = number(count),
                Some(("mb", count)) => wanted.mb = number(count),
                Some(("runs", count)) => wanted.runs = number(count),
                _ if argument.starts_with('-') => {}
                _ => wanted.words.push(argument),
            }
        }
        wanted
    }

    /// Whether `word` is asked for, among `others` that exclude each other.
    fn has(&self, word: &str, others: &[&str]) -> bool {
        let mut asked = self.words.iter().map(String::as_str);
        asked.any(|asked| asked == word)
            || !self
                .words
                .iter()
                .any(|asked| others.contains(&asked.as_str()))
    }
}

fn main() {
    let wanted = Wanted::from_arguments();
    let names = ["postgres", "sqlite", "mariadb", "duckdb"];
    let parts = ["many", "large"];
    for name in names.into_iter().filter(|name| wanted.has(name, &names)) {
        let Some(mut target) = engines::start(name) else {
            println!("{name}: not installed");
            continue;
        };
        println!("{}", target.version());
        if wanted.has("many", &parts) {
            many(target.as_mut(), &wanted);
        }
        if wanted.has("large", &parts) {
            for seed in target.seeds() {
                large(target.as_mut(), seed, &wanted);
            }
        }
    }
}

/// Many small patches.
fn many(target: &mut dyn Target, wanted: &Wanted) {
    let count = wanted.patches;
    let directory = tempfile::tempdir().expect("a temporary directory");
    let ddl = |number: usize| target.engine_texts().ddl(number);
    let (raw, script, _) = files(directory.path(), target.engine(), (0..count).map(ddl));
    let (pairs, again) = paired(target, &raw, &script, "", wanted.runs);
    told(&format!("{count} patches of DDL"), &pairs, "1.3");
    let each = again.as_secs_f64() * 1e3 / count as f64;
    println!(
        "  {:<44} {each:>9.3} ms a patch (at most 0.3)",
        "nothing to do"
    );
    let small = median(pairs.iter().map(|pair| pair.1.as_secs_f64()).collect()) / count as f64;

    let rows = |number: usize| texts::insert(number);
    let (raw, script, _) = files(directory.path(), target.engine(), (0..count).map(rows));
    let (pairs, _) = paired(target, &raw, &script, texts::LOG, wanted.runs);
    told(&format!("{count} patches of one INSERT"), &pairs, "3");

    let ddl = |number: usize| target.engine_texts().ddl(number);
    let more = 10 * count;
    let (_, script, built) = files(directory.path(), target.engine(), (0..more).map(ddl));
    println!(
        "  {:<44} {:>9.0} ms",
        format!("building {more} of them"),
        built.as_secs_f64() * 1e3
    );
    target.fresh("");
    let time = target.run(&script).as_secs_f64() / more as f64;
    println!(
        "  {:<44} {:>9.2} x the time of each of {count}",
        format!("each of {more}"),
        time / small
    );
    let again = target.run(&script).as_secs_f64() * 1e3 / more as f64;
    println!(
        "  {:<44} {again:>9.3} ms a patch (at most 0.3)",
        "nothing to do"
    );
}

/// One large patch.
fn large(target: &mut dyn Target, seed: Seed, wanted: &Wanted) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let patches = directory.path().join("patches");
    std::fs::create_dir(&patches).expect("a directory");
    let patch = patches.join("seed.sql");
    texts::write_seed(&patch, seed, wanted.mb * 1_000_000);
    let raw = directory.path().join("raw.sql");
    let text = std::fs::read_to_string(&patch).expect("the file was just written");
    std::fs::write(&raw, format!("BEGIN;\n{text}COMMIT;\n")).expect("a file");
    let size = text.len();
    drop(text);
    let script = directory.path().join("script.sql");
    let name = format!("{} MB {}", wanted.mb, seed.name());
    let (time, peak) = build(&patches, &script, target.engine());
    println!(
        "  {:<44} {:>9.0} ms, peak {:>5.2} x the file (at most 3)",
        format!("building {name}"),
        time.as_secs_f64() * 1e3,
        peak as f64 / size as f64
    );
    let (pairs, _) = paired(target, &raw, &script, texts::BIG, wanted.runs.min(3));
    told(&name, &pairs, "1.1");
}

/// The texts as a raw file, a transaction each, and as a script; and the time to build that.
fn files(
    directory: &Path,
    engine: Engine,
    texts: impl Iterator<Item = String>,
) -> (PathBuf, PathBuf, Duration) {
    let mut sources = Sources::default();
    let mut raw = String::new();
    for (number, text) in texts.enumerate() {
        raw.push_str(&format!("BEGIN;\n{text}COMMIT;\n"));
        sources.add(format!("patches/p{number:05}.sql"), text);
    }
    let start = Instant::now();
    let analysis = pipeline::analyse(
        &sources,
        engine,
        &resolve::Settings::default(),
        |sources, read| sources.iter().map(read).collect(),
    );
    let plan = pipeline::plan(&analysis, &sources, plan::Settings::default());
    let emitted = pipeline::script(&plan.expect("an order"), &sources);
    let built = start.elapsed();
    let script = emitted.script.expect("a script").to_string();
    let paths = ["raw.sql", "script.sql"].map(|name| directory.join(name));
    std::fs::write(&paths[0], raw).expect("a file");
    std::fs::write(&paths[1], script).expect("a file");
    let [raw, script] = paths;
    (raw, script, built)
}

/// Times both files on new databases in turns, and the script on the last one again.
fn paired(
    target: &mut dyn Target,
    raw: &Path,
    script: &Path,
    before: &str,
    runs: usize,
) -> (Vec<(Duration, Duration)>, Duration) {
    let mut pairs = Vec::new();
    for run in 0..runs {
        let mut one = |file: &Path| {
            target.fresh(before);
            target.run(file)
        };
        // Neither always comes first.
        let pair = if run % 2 == 0 {
            let raw = one(raw);
            (raw, one(script))
        } else {
            let script = one(script);
            (one(raw), script)
        };
        pairs.push(pair);
    }
    target.fresh(before);
    target.run(script);
    let again = median(
        (0..runs)
            .map(|_| target.run(script).as_secs_f64())
            .collect(),
    );
    (pairs, Duration::from_secs_f64(again))
}

fn told(name: &str, pairs: &[(Duration, Duration)], target: &str) {
    let milliseconds = |time: f64| time * 1e3;
    let raw = median(pairs.iter().map(|pair| pair.0.as_secs_f64()).collect());
    let script = median(pairs.iter().map(|pair| pair.1.as_secs_f64()).collect());
    let ratio = |pair: &(Duration, Duration)| pair.1.as_secs_f64() / pair.0.as_secs_f64();
    let ratio = median(pairs.iter().map(ratio).collect());
    println!(
        "  {name:<44} {:>9.0} ms raw {:>9.0} ms script {ratio:>6.2} x (at most {target})",
        milliseconds(raw),
        milliseconds(script),
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Builds with the command line: the time, and the most memory it held, in bytes.
fn build(patches: &Path, script: &Path, engine: Engine) -> (Duration, u64) {
    let start = Instant::now();
    let mut build = Command::new(env!("CARGO_BIN_EXE_sqlstitch"))
        .args(["build", "--dialect", engine.name(), "-o"])
        .arg(script)
        .arg(patches)
        .stderr(Stdio::null())
        .spawn()
        .expect("sqlstitch starts");
    let status = format!("/proc/{}/status", build.id());
    let mut peak = 0;
    loop {
        // The kernel keeps the peak; the last look before the end is near enough to it.
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text
            .split('\n')
            .find_map(|line| line.strip_prefix("VmHWM:"));
        let value = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        peak = peak.max(value.unwrap_or(0) << 10);
        match build.try_wait().expect("a child can be waited for") {
            Some(status) => {
                assert!(status.success(), "the build succeeds");
                return (start.elapsed(), peak);
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    }
}
