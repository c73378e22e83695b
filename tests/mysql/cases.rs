//! The folders in fixtures/mariadb/cases: their files in the order that is inferred must load, and
//! leave what they leave in the order of `order.txt`.
//!
//! A new case is a new folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Failed;

use super::support::folders;
use super::support::mysql::Server;
use super::support::run::Run;

/// The cases, sorted.
pub(crate) fn cases() -> Vec<PathBuf> {
    folders(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mariadb/cases"))
}

/// Orders and loads a case.
pub(crate) fn run(server: &Server, case: &Path) -> Result<(), Failed> {
    let by_hand = std::fs::read_to_string(case.join("order.txt"))?;
    let expected = load(server, case, &by_hand, "order.txt");
    let order = Run::of(
        Command::new(env!("CARGO_BIN_EXE_sqlstitch"))
            .args(["order", "--dialect", "mariadb", "."])
            .current_dir(case),
    );
    assert_eq!(order.code, Some(0), "{}", order.err);
    assert_eq!(
        sorted(&order.out),
        sorted(&by_hand),
        "the files of order.txt"
    );
    let got = load(server, case, &order.out, "the inferred order");
    assert_eq!(sorted(&got), sorted(&expected), "order:\n{}", order.out);
    let script = tempfile::NamedTempFile::with_suffix(".sql")?.into_temp_path();
    let build = Run::of(
        Command::new(env!("CARGO_BIN_EXE_sqlstitch"))
            .args(["build", "--dialect", "mariadb", "-o"])
            .args([script.as_os_str(), ".".as_ref()])
            .current_dir(case),
    );
    assert_eq!(build.code, Some(0), "{}", build.err);
    let database = server.database();
    for what in ["the script", "the script, run again"] {
        let run = database.run(&script);
        assert_eq!(run.code, Some(0), "{what}: {}", run.err);
        let got = database.dump();
        assert_eq!(sorted(&got), sorted(&expected), "{what}");
    }
    Ok(())
}

/// What the database holds after the files in this order.
fn load(server: &Server, case: &Path, order: &str, what: &str) -> String {
    let database = server.database();
    for file in order.lines() {
        let run = database.run_raw(&case.join(file));
        assert_eq!(run.code, Some(0), "{what}: {file}: {}\n{order}", run.err);
    }
    database.dump()
}

/// The lines of a dump without their order, which is that of the patches.
fn sorted(dump: &str) -> Vec<&str> {
    let line = |line| str::trim_end_matches(line, ',');
    let mut lines: Vec<&str> = dump.lines().map(line).collect();
    lines.sort_unstable();
    lines
}
