//! SQL that nobody of this project wrote, from Debian's packages (scripts/real-input fetches them): its
//! pieces get names that say nothing about their order, are bundled without any header, and must leave
//! what their own order leaves.
//!
//! Where the packages or the engine are missing the cases are shown as ignored;
//! SQLSTITCH_REQUIRE_ENGINES=1 (or CI) makes that a failure.

#![expect(
    clippy::disallowed_methods,
    reason = "what a client prints has no carriage returns, and a test may read the environment"
)]

#[path = "../support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use sqlstitch::dialect::Engine;
use sqlstitch::read::split::split;
use sqlstitch::read::statement::StatementKind;
use sqlstitch::source::Sources;

use support::Random;
use support::postgres::Server;
use support::run::Run;

/// How often each schema is shuffled.
const SEEDS: u64 = 3;

/// A schema in one file: each statement becomes a patch.
const SCHEMAS: &[(&str, Engine, &str)] = &[
    (
        "roundcube schema",
        Engine::Postgres,
        "roundcube-core/usr/share/roundcube/SQL/postgres.initial.sql",
    ),
    (
        "icinga schema",
        Engine::Postgres,
        "icinga2-ido-pgsql/usr/share/icinga2-ido-pgsql/schema/pgsql.sql",
    ),
    (
        "powerdns schema",
        Engine::Postgres,
        "pdns-backend-pgsql/usr/share/pdns-backend-pgsql/schema/schema.pgsql.sql",
    ),
    (
        "roundcube schema on sqlite",
        Engine::Sqlite,
        "roundcube-core/usr/share/roundcube/SQL/sqlite.initial.sql",
    ),
    (
        "powerdns schema on sqlite",
        Engine::Sqlite,
        "pdns-backend-sqlite3/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql",
    ),
];

/// Roundcube's updates from 2008 to 2022: each file is a patch, on a base of the project's own.
const UPDATES: &str = "roundcube-core/usr/share/roundcube/SQL/postgres";
const BASE: &str = "tests/real/roundcube-base.sql";

/// The one thing that the updates' SQL does not tell: `contacts.email` becomes varchar(255) in one and
/// text in another.
const NEEDED_HEADER: (&str, &str) = ("2011121400.sql", "2010100600.sql");

/// A patch: its own name, which is lost, and its text.
type Piece = (String, String);

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(2);
    let server = if arguments.list {
        None
    } else {
        Server::start().map(Arc::new)
    };
    let mut trials = Vec::new();
    for &(name, engine, path) in SCHEMAS {
        for seed in 0..SEEDS {
            let path = input(path);
            let server = server.clone();
            trials.push(trial(format!("{name}, shuffle {seed}"), move || {
                let pieces = statements(&path?, engine);
                same_as_in_order(engine, server?.as_ref(), &pieces, seed, None)
            }));
        }
    }
    for seed in 0..SEEDS {
        let server = server.clone();
        trials.push(trial(
            format!("roundcube updates, shuffle {seed}"),
            move || {
                let pieces = updates(&input(UPDATES)?);
                let engine = Engine::Postgres;
                same_as_in_order(engine, server?.as_ref(), &pieces, seed, Some(NEEDED_HEADER))
            },
        ));
    }
    let code = libtest_mimic::run(&arguments, trials).exit_code();
    drop(server);
    code
}

/// A case; `None` means that what it needs is not there.
fn trial(name: String, case: impl FnOnce() -> Option<()> + Send + 'static) -> Trial {
    Trial::ignorable_test(name, move || match case() {
        Some(()) => Ok(Completion::Completed),
        None if support::engines_are_required() => Err(Failed::from(
            "PostgreSQL, sqlite3 or the packages' SQL is missing: run scripts/engines and scripts/real-input",
        )),
        None => Ok(Completion::ignored_with(
            "an engine or the packages' SQL is missing",
        )),
    })
}

fn input(path: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/real-input");
    Some(root.join(path)).filter(|path| path.exists())
}

/// The statements of a file. Settings go before each, as they hold for all that follow; transactions
/// are the bundle's business; and a `DROP … IF EXISTS` by itself could as well be meant for the end.
fn statements(path: &Path, engine: Engine) -> Vec<Piece> {
    let text = std::fs::read_to_string(path).expect("a package's SQL is text");
    let mut sources = Sources::default();
    let id = sources.add("schema.sql", text);
    let source = sources.get(id);
    let mut settings = String::new();
    let mut pieces = Vec::new();
    for statement in split(source, engine.dialect()).statements {
        if statement.kind != StatementKind::Sql {
            continue;
        }
        let body = source.slice(statement.body);
        let first = body
            .split_whitespace()
            .take(4)
            .collect::<Vec<_>>()
            .join(" ");
        let first = first.to_ascii_uppercase();
        let starts = |word: &&str| first.starts_with(*word);
        if ["BEGIN", "COMMIT", "START TRANSACTION"].iter().any(starts)
            || (first.starts_with("DROP") && first.contains("IF EXISTS"))
        {
            continue;
        }
        if first.starts_with("SET ") {
            settings += &format!("{body};\n");
            continue;
        }
        pieces.push((pieces.len().to_string(), format!("{settings}{body};\n")));
    }
    pieces
}

fn updates(directory: &Path) -> Vec<Piece> {
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join(BASE);
    let mut files: Vec<PathBuf> = std::fs::read_dir(directory)
        .expect("the updates are there")
        .map(|entry| entry.expect("a file can be listed").path())
        .collect();
    files.sort();
    files.insert(0, base);
    let piece = |path: &PathBuf| {
        let name = path
            .file_name()
            .expect("files have names")
            .to_string_lossy();
        let text = std::fs::read_to_string(path).expect("an update is text");
        (name.into_owned(), text)
    };
    files.iter().map(piece).collect()
}

/// Bundles the pieces under names that a seed shuffles, runs the script twice, and compares with the
/// pieces run one after the other.
fn same_as_in_order(
    engine: Engine,
    server: &Server,
    pieces: &[Piece],
    seed: u64,
    header: Option<(&str, &str)>,
) -> Option<()> {
    assert!(pieces.len() > 5, "there is something to order");
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut random = Random(seed);
    let mut numbers: Vec<usize> = (0..pieces.len()).collect();
    for place in (1..numbers.len()).rev() {
        numbers.swap(place, random.below(place as u64 + 1) as usize);
    }
    // Words, so that no number tells an order.
    let letter = |number: usize| char::from(b'a' + (number % 26) as u8);
    let word = |number: usize| -> String {
        [number / 676, number / 26, number]
            .map(letter)
            .iter()
            .collect()
    };
    let name_of = |wanted: &str| {
        let place = pieces.iter().position(|(name, _)| name == wanted);
        place.map(|place| word(numbers[place]))
    };
    for ((name, text), &number) in pieces.iter().zip(&numbers) {
        let needed = header.filter(|(later, _)| later == name);
        let earlier = needed.and_then(|(_, earlier)| name_of(earlier));
        let header = earlier.map_or_else(String::new, |name| format!("-- requires: {name}\n"));
        let file = directory.path().join(word(number)).with_extension("sql");
        std::fs::write(file, header + text).expect("a patch can be written");
    }
    let script = directory.path().join("bundle.out");
    let build = Run::of(
        Command::new(env!("CARGO_BIN_EXE_sqlstitch"))
            .args(["build", ".", "--dialect", engine.name(), "-o"])
            .arg(&script)
            .current_dir(directory.path()),
    );
    assert_eq!(build.code, Some(0), "{}", build.err);
    match engine {
        Engine::Sqlite => on_sqlite(&script, pieces),
        _ => {
            on_postgres(server, &script, pieces);
            Some(())
        }
    }
}

fn on_postgres(server: &Server, script: &Path, pieces: &[Piece]) {
    let stop = ["-v", "ON_ERROR_STOP=1"];
    let raw = server.database();
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    for (name, text) in pieces {
        std::fs::write(file.path(), text).expect("a temporary file can be written");
        let run = raw.run(file.path(), &stop);
        assert_eq!(run.code, Some(0), "{name} by itself: {}", run.err);
    }
    let database = server.database();
    let mut after = Vec::new();
    for _ in 0..2 {
        let run = database.run(script, &stop);
        assert_eq!(run.code, Some(0), "{}", run.err);
        after.push((database.dump(), database.ledger()));
    }
    assert!(after[0] == after[1], "the second run changed something");
    // Rows hold the time at which they were written.
    assert_same(
        &sorted(&catalog(&after[0].0)),
        &sorted(&catalog(&raw.dump())),
    );
}

fn on_sqlite(script: &Path, pieces: &[Piece]) -> Option<()> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let shell = |database: &str, input: &Path| {
        let input = std::fs::File::open(input).expect("the input is there");
        Command::new("sqlite3")
            .args(["-bail", database])
            .stdin(Stdio::from(input))
            .current_dir(directory.path())
            .output()
            .ok()
    };
    let schema = |database: &str| {
        let mut command = Command::new("sqlite3");
        let query = "SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'sqlstitch%' AND name NOT LIKE 'sqlite%'";
        let run = Run::of(
            command
                .args([database, query])
                .current_dir(directory.path()),
        );
        assert_eq!(run.code, Some(0), "{}", run.err);
        sorted(&run.out)
    };
    let all = directory.path().join("all.sql");
    let texts: Vec<&str> = pieces.iter().map(|(_, text)| text.as_str()).collect();
    std::fs::write(&all, texts.concat()).expect("a file can be written");
    let raw = shell("raw.db", &all)?;
    assert!(
        raw.status.success(),
        "by itself: {}",
        String::from_utf8_lossy(&raw.stderr)
    );
    for _ in 0..2 {
        let run = shell("bundle.db", script)?;
        assert!(
            run.status.success(),
            "{}",
            String::from_utf8_lossy(&run.stderr)
        );
    }
    assert_same(&schema("bundle.db"), &schema("raw.db"));
    Some(())
}

/// A dump without its rows.
fn catalog(dump: &str) -> String {
    let mut in_rows = false;
    let mut lines = Vec::new();
    for line in dump.lines() {
        in_rows |= line.starts_with("COPY ");
        if !in_rows {
            lines.push(line);
        }
        in_rows &= line != "\\.";
    }
    lines.join("\n")
}

fn assert_same(bundle: &[String], raw: &[String]) {
    let only = |one: &[String], other: &[String]| -> Vec<String> {
        one.iter()
            .filter(|line| !other.contains(line))
            .take(9)
            .cloned()
            .collect()
    };
    assert!(
        bundle == raw,
        "only after the bundle: {:#?}\nonly in order: {:#?}",
        only(bundle, raw),
        only(raw, bundle)
    );
}

/// Lines in an order of their own: two orders of ALTER TABLE leave the same columns in another order.
fn sorted(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text
        .lines()
        .map(|line| line.trim_end_matches(',').to_owned())
        .filter(|line| !line.is_empty() && !line.starts_with("--"))
        .collect();
    lines.sort();
    lines
}
