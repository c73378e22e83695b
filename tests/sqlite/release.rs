//! Releases in three steps on SQLite.

use std::path::Path;

use super::Test;
use super::support::release::{self, Place, Words};
use super::support::run::Run;
use super::support::sqlite::Database;

const WORDS: Words = Words {
    id: "INTEGER PRIMARY KEY",
    // What is in double quotes and no name is a text.
    quote: '`',
    section: "### On SQLite",
};

pub(crate) const TESTS: &[Test] = &[
    ("release: the example of the documentation", || {
        release::example(&Database::new(), WORDS);
    }),
    (
        "release: a column's new name, as the finding advises",
        || release::column(&Database::new(), WORDS),
    ),
    ("release: the new name of a unique column", || {
        release::unique_column(&Database::new(), WORDS);
    }),
    ("release: a required column has no ready patches", || {
        let why = "a trigger comes too late for its NOT NULL";
        release::refuses(&Database::new(), WORDS, "NOT NULL", why);
    }),
    (
        "release: a table's new name, as the finding advises",
        || release::table(&Database::new(), WORDS),
    ),
];

impl Place for Database {
    fn dialect(&self) -> &'static str {
        "sqlite"
    }

    fn run(&self, script: &Path) -> Run {
        Database::run(self, &std::fs::read_to_string(script).expect("the script"))
    }

    fn ask(&self, statements: &str) -> Result<String, String> {
        let run = Database::run(self, &format!(".bail on\n.mode list\n{statements}"));
        match run.code {
            Some(0) => Ok(run.out.trim_end().to_owned()),
            _ => Err(run.err),
        }
    }
}
