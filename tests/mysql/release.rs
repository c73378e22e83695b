//! Releases in three steps on MariaDB and MySQL.

use std::path::Path;

use super::Case;
use super::support::mysql::Database;
use super::support::release::{self, Place, Words};
use super::support::run::Run;

const WORDS: Words = Words {
    id: "bigint AUTO_INCREMENT PRIMARY KEY",
    quote: '`',
    section: "### On MariaDB and MySQL",
};

pub(crate) const CASES: &[Case] = &[
    ("release: the example of the documentation", |server| {
        release::example(&server.database(), WORDS);
    }),
    (
        "release: a column's new name, as the finding advises",
        |server| release::column(&server.database(), WORDS),
    ),
    ("release: the new name of a unique column", |server| {
        release::unique_column(&server.database(), WORDS);
    }),
    ("release: the new name of a required column", |server| {
        release::required_column(&server.database(), WORDS);
    }),
    (
        "release: a table's new name, as the finding advises",
        |server| release::table(&server.database(), WORDS),
    ),
    (
        "release: a table gets its new name between two statements",
        |server| {
            let database = server.database();
            release::table_while(&database, WORDS, |written| {
                let client = database.spawn(written);
                Box::new(move || {
                    let run = Run::end(client);
                    assert_eq!(run.code, Some(0), "{}", run.err);
                })
            });
        },
    ),
];

impl Place for Database<'_> {
    fn dialect(&self) -> &'static str {
        self.server.dialect()
    }

    fn run(&self, script: &Path) -> Run {
        Database::run(self, script)
    }

    fn ask(&self, statements: &str) -> Result<String, String> {
        let script = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(script.path(), statements).expect("a file");
        let run = Run::of(&mut self.client(&["-N", "-B"], script.path()));
        match run.code {
            Some(0) => Ok(run.out.trim_end().to_owned()),
            _ => Err(run.err),
        }
    }
}
