//! The engines, each with its own client and its default durability.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sqlstitch::dialect::Engine;
use tempfile::TempDir;

use crate::support::find_program;
use crate::support::postgres::Server;
use crate::support::run::Run;
use crate::support::{duckdb, mysql};
use crate::texts::{COMMENT_ON, Seed, Texts};

/// An engine under test.
pub(crate) trait Target {
    /// Its name and version.
    fn version(&self) -> String;
    /// Which engine it is.
    fn engine(&self) -> Engine;
    /// What it needs written otherwise.
    fn engine_texts(&self) -> Texts;
    /// The forms of large files that it takes.
    fn seeds(&self) -> Vec<Seed>;
    /// Puts a new database with this in it in the place of the one before.
    fn fresh(&mut self, before: &str);
    /// Runs a file with the engine's client.
    fn run(&self, file: &Path) -> Duration;
}

/// Starts an engine; none if it is not installed.
pub(crate) fn start(name: &str) -> Option<Box<dyn Target>> {
    match name {
        "postgres" => Some(Box::new(Postgres {
            server: Server::start_durable(None)?,
            database: String::new(),
        })),
        "mariadb" => Some(Box::new(MariaDb {
            server: mysql::Server::start_durable(&mysql::product::MARIADB)?,
            database: String::new(),
        })),
        "duckdb" => Some(Box::new(DuckDb {
            shell: duckdb::shell()?,
            directory: directory(),
        })),
        _ => Some(Box::new(Sqlite {
            shell: find_program("sqlite3", &[])?,
            directory: directory(),
        })),
    }
}

fn directory() -> TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

fn timed(command: &mut Command) -> Duration {
    let start = Instant::now();
    let run = Run::of(command);
    let time = start.elapsed();
    assert_eq!(run.code, Some(0), "{}", run.err);
    time
}

struct Postgres {
    server: Server,
    database: String,
}

impl Postgres {
    fn sql(&self, statements: &str) -> String {
        self.server.at(&self.database).sql(statements)
    }
}

impl Target for Postgres {
    fn version(&self) -> String {
        let version = self.server.at("postgres").sql("SHOW server_version");
        format!("PostgreSQL {version}")
    }

    fn engine(&self) -> Engine {
        Engine::Postgres
    }

    fn engine_texts(&self) -> Texts {
        Texts {
            name_type: "text",
            comment: Some(COMMENT_ON),
        }
    }

    fn seeds(&self) -> Vec<Seed> {
        vec![Seed::ManyRows, Seed::OneRow, Seed::Copy, Seed::Csv]
    }

    fn fresh(&mut self, before: &str) {
        if !self.database.is_empty() {
            let drop = format!("DROP DATABASE {}", self.database);
            self.server.at("postgres").sql(&drop);
        }
        self.database = self.server.database().name;
        self.sql(before);
        // What the last run has left to write is not this one's.
        self.sql("CHECKPOINT");
    }

    fn run(&self, file: &Path) -> Duration {
        let database = self.server.at(&self.database);
        timed(
            database
                .psql()
                .args(["-v", "ON_ERROR_STOP=1", "-f"])
                .arg(file),
        )
    }
}

struct Sqlite {
    shell: PathBuf,
    directory: TempDir,
}

impl Sqlite {
    fn shell(&self) -> Command {
        let mut shell = Command::new(&self.shell);
        shell
            .args(["-batch", "-bail", "-init", "/dev/null"])
            .arg(self.directory.path().join("bench.db"));
        shell
    }
}

impl Target for Sqlite {
    fn version(&self) -> String {
        let run = Run::of(Command::new(&self.shell).arg("--version"));
        let version = run.out.split(' ').next().unwrap_or_default().to_owned();
        format!("SQLite {version}")
    }

    fn engine(&self) -> Engine {
        Engine::Sqlite
    }

    fn engine_texts(&self) -> Texts {
        Texts {
            name_type: "text",
            comment: None,
        }
    }

    fn seeds(&self) -> Vec<Seed> {
        vec![Seed::ManyRows, Seed::OneRow]
    }

    fn fresh(&mut self, before: &str) {
        self.directory = directory();
        timed(self.shell().arg(format!("{before};")).stdin(Stdio::null()));
    }

    fn run(&self, file: &Path) -> Duration {
        let input = std::fs::File::open(file).expect("the file is there");
        timed(self.shell().stdin(input))
    }
}

struct DuckDb {
    shell: PathBuf,
    directory: TempDir,
}

impl DuckDb {
    fn shell(&self) -> Command {
        let mut shell = Command::new(&self.shell);
        shell
            .args(["-batch", "-bail", "-init", "/dev/null"])
            .arg(self.directory.path().join("bench.db"));
        shell
    }
}

impl Target for DuckDb {
    fn version(&self) -> String {
        let run = Run::of(Command::new(&self.shell).arg("--version"));
        let version = run.out.split(' ').next().unwrap_or_default().to_owned();
        format!("DuckDB {version}")
    }

    fn engine(&self) -> Engine {
        Engine::Duckdb
    }

    fn engine_texts(&self) -> Texts {
        Texts {
            name_type: "text",
            comment: Some(COMMENT_ON),
        }
    }

    fn seeds(&self) -> Vec<Seed> {
        // One INSERT per row takes it about a millisecond a row.
        vec![Seed::ManyRows]
    }

    fn fresh(&mut self, before: &str) {
        self.directory = directory();
        timed(
            self.shell()
                .args(["-c", &format!("{before};")])
                .stdin(Stdio::null()),
        );
    }

    fn run(&self, file: &Path) -> Duration {
        let input = std::fs::File::open(file).expect("the file is there");
        timed(self.shell().stdin(input))
    }
}

struct MariaDb {
    server: mysql::Server,
    database: String,
}

impl MariaDb {
    fn at(&self, name: &str) -> mysql::Database<'_> {
        mysql::Database {
            server: &self.server,
            name: name.to_owned(),
        }
    }
}

impl Target for MariaDb {
    fn version(&self) -> String {
        let version = self.at("mysql").sql("SELECT version()");
        format!("MariaDB {}", version.trim())
    }

    fn engine(&self) -> Engine {
        Engine::Mariadb
    }

    fn engine_texts(&self) -> Texts {
        Texts {
            name_type: "varchar(100)",
            comment: Some(("ALTER TABLE", "COMMENT")),
        }
    }

    fn seeds(&self) -> Vec<Seed> {
        vec![Seed::ManyRows, Seed::OneRow]
    }

    fn fresh(&mut self, before: &str) {
        if !self.database.is_empty() {
            self.at("mysql")
                .sql(&format!("DROP DATABASE {}", self.database));
        }
        self.database = self.server.database().name;
        if !before.is_empty() {
            self.at(&self.database).sql(before);
        }
    }

    fn run(&self, file: &Path) -> Duration {
        timed(&mut self.at(&self.database).client(&[], file))
    }
}
