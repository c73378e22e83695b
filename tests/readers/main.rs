//! The token reader against the trees, over the statements in `fixtures/corpus/<dialect>/*.sql` (and,
//! for PostgreSQL, of the cases in `fixtures/edges`): what a grammar's tree tells, the tokens must tell
//! as well, and little else.
//!
//! Where they differ and the tree is right, the token reader is to be mended; where the tokens are
//! right, the tree's. The floors are what was reached: they may only rise.
//! `cargo test --test readers -- --nocapture` prints the report.

#![expect(clippy::print_stdout, reason = "the report is for who runs the test")]

mod compare;
mod keywords;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use compare::Comparison;
use sqlstitch::dialect::Engine;

/// The comparison over one dialect's statements.
fn corpus(engine: Engine) -> Comparison {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut files = files(&fixtures.join("corpus").join(engine.name()));
    if engine == Engine::Postgres {
        for case in listed(&fixtures.join("edges")) {
            if !case.join("sqlstitch.toml").exists() {
                files.extend(self::files(&case));
            }
        }
    }
    let mut all = Comparison::default();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a file of the corpus can be read");
        let short = file.strip_prefix(&fixtures).unwrap_or(&file);
        all.add(&short.display().to_string(), &text, engine);
    }
    all
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .expect("the corpus is there")
        .map(|entry| entry.expect("it can be listed").path())
        .collect();
    entries.sort();
    entries
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = listed(folder);
    files.retain(|file| file.extension().is_some_and(|extension| extension == "sql"));
    files
}

/// Recall and precision of one kind of fact.
struct Floor {
    kind: &'static str,
    recall: f64,
    precision: f64,
}

/// What must be reached for every kind of fact, but those that are named.
struct Floors {
    statements: usize,
    /// Of all facts together.
    total: (f64, f64),
    /// Of each kind of fact.
    each: (f64, f64),
    /// Kinds for which less is reached.
    less: &'static [Floor],
}

/// Checks that recall and precision reach the floors, kind by kind.
#[track_caller]
fn check(engine: Engine, floors: &Floors) {
    let all = corpus(engine);
    let told = all.differences.join("\n");
    let mut report = format!(
        "{}: {} statements, and {} that the grammar refuses\n",
        engine.name(),
        all.statements,
        all.refused
    );
    let mut low = Vec::new();
    for (kind, count) in all.kinds() {
        let less = floors.less.iter().find(|floor| floor.kind == kind);
        let floor = match (kind.as_str(), less) {
            ("all", _) => floors.total,
            (_, Some(floor)) => (floor.recall, floor.precision),
            _ => floors.each,
        };
        let _ = writeln!(
            report,
            "  {kind:28} {:5} of both, {:3} of the tree, {:3} of the tokens: recall {:.3}, precision {:.3}",
            count.both,
            count.tree,
            count.tokens,
            count.recall(),
            count.precision()
        );
        if count.recall() < floor.0 || count.precision() < floor.1 {
            low.push(kind);
        }
    }
    println!("{report}");
    assert!(low.is_empty(), "too low: {low:?}\n{report}\n{told}");
    assert!(all.statements >= floors.statements, "{report}");
}

/// A kind for which less is reached than for the others.
const fn less(kind: &'static str, recall: f64, precision: f64) -> Floor {
    Floor {
        kind,
        recall,
        precision,
    }
}

const POSTGRES: Floors = Floors {
    statements: 1000,
    total: (0.99, 0.99),
    each: (0.97, 0.97),
    less: &[
        less("runs on write object", 0.96, 1.0),
        // `ALTER DOMAIN … ADD CHECK … NOT VALID` checks no row: the tokens are right.
        less("tighten object", 0.90, 1.0),
    ],
};

#[test]
fn tokens_tell_what_postgres_trees_tell() {
    check(Engine::Postgres, &POSTGRES);
}

const SQLITE: Floors = Floors {
    statements: 45,
    total: (0.99, 0.985),
    each: (0.98, 0.96),
    less: &[],
};

#[test]
fn tokens_tell_what_sqlite_trees_tell() {
    check(Engine::Sqlite, &SQLITE);
}

/// Functions of the engine (`if`, `values`) are calls for the tree alone; no patch makes them.
const MYSQL: Floors = Floors {
    statements: 45,
    total: (0.97, 0.99),
    each: (0.94, 0.99),
    less: &[less("run object", 0.62, 1.0)],
};

#[test]
fn tokens_tell_what_mysql_trees_tell() {
    check(Engine::Mysql, &MYSQL);
}

#[test]
fn tokens_tell_what_mariadb_trees_tell() {
    check(Engine::Mariadb, &MYSQL);
}

const DUCKDB: Floors = Floors {
    statements: 38,
    total: (0.99, 0.96),
    each: (0.99, 0.95),
    less: &[
        less("run object", 1.0, 0.8),
        // `DEFAULT nextval('s')` runs nothing of a patch, and a new type is no other change.
        less("runs on write object", 1.0, 0.0),
        less("alter column", 1.0, 0.0),
    ],
};

#[test]
fn tokens_tell_what_duckdb_trees_tell() {
    check(Engine::Duckdb, &DUCKDB);
}

const MSSQL: Floors = Floors {
    // The batches are the statements.
    statements: 5,
    total: (0.99, 0.99),
    each: (0.99, 0.99),
    // A new type is no other change.
    less: &[less("alter column", 1.0, 0.0)],
};

#[test]
fn tokens_tell_what_mssql_trees_tell() {
    check(Engine::Mssql, &MSSQL);
}
