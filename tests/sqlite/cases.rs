//! The folders in fixtures/sqlite/cases, built by the command line: two runs of the script must leave
//! what the shell leaves that runs the files as they are in the order of `order.txt`.
//!
//! A new case is a new folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Failed;

use super::support::folders;
use super::support::sqlite::Database;

/// The cases, sorted.
pub(crate) fn cases() -> Vec<PathBuf> {
    folders(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sqlite/cases"))
}

/// Builds and runs a case.
pub(crate) fn run(case: &Path) -> Result<(), Failed> {
    let raw = Database::new();
    for file in std::fs::read_to_string(case.join("order.txt"))?.split_whitespace() {
        let ran = raw.run(&std::fs::read_to_string(case.join(file))?);
        assert_eq!(ran.code, Some(0), "{file} as it is: {}", ran.err);
    }
    let build = Command::new(env!("CARGO_BIN_EXE_sqlstitch"))
        .args(["build", "--dialect", "sqlite", "."])
        .current_dir(case)
        .output()?;
    let said = String::from_utf8_lossy(&build.stderr);
    assert_eq!(build.status.code(), Some(0), "{said}");
    let script = String::from_utf8(build.stdout)?;
    let guarded = Database::new();
    guarded.ok(&script);
    let once = guarded.dump();
    let expected = raw.dump();
    assert_eq!(
        sorted(&once),
        sorted(&expected),
        "order: {}",
        guarded.applied()
    );
    assert_eq!(guarded.ok(&script), "", "the second run");
    assert_eq!(guarded.dump(), once, "the second run");
    Ok(())
}

/// The lines of a dump without their order, which is that of the patches.
fn sorted(dump: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = dump.split('\n').collect();
    lines.sort_unstable();
    lines
}
