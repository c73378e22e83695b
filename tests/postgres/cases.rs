//! The folders in fixtures/postgres/cases, built by the command line: two runs of the script must leave
//! what psql leaves that runs the files as they are in the order of `order.txt`.
//!
//! A new case is a new folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Failed;

use super::support::folders;
use super::support::postgres::Server;
use super::support::run::Run;

const STOP: &[&str] = &["-v", "ON_ERROR_STOP=1"];

/// The cases, sorted.
pub(crate) fn cases() -> Vec<PathBuf> {
    folders(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/postgres/cases"))
}

/// Builds and runs a case.
pub(crate) fn run(server: &Server, case: &Path) -> Result<(), Failed> {
    let raw = server.database();
    for file in std::fs::read_to_string(case.join("order.txt"))?.lines() {
        let run = raw.run(&case.join(file), STOP);
        assert_eq!(run.code, Some(0), "{file} as it is: {}", run.err);
    }
    let script = tempfile::NamedTempFile::with_suffix(".sql")?.into_temp_path();
    let build = Run::of(
        Command::new(env!("CARGO_BIN_EXE_sqlstitch"))
            .args(["build", "--dialect", "postgres", "-o"])
            .arg(&script)
            .arg(".")
            .current_dir(case),
    );
    assert_eq!(build.code, Some(0), "{}", build.err);
    let database = server.database();
    let first = database.run(&script, STOP);
    assert_eq!(first.code, Some(0), "{}", first.err);
    let ledger = database.ledger();
    let second = database.run(&script, STOP);
    assert_eq!(second.code, Some(0), "second run: {}", second.err);
    assert_eq!(database.ledger(), ledger, "second run");
    assert_eq!(database.dump(), raw.dump(), "order: {}", database.applied());
    Ok(())
}
