//! The files in fixtures/duckdb/bodies, each a patch of its own: what the script makes of it must be what
//! the shell makes of the file as it is; and those in fixtures/duckdb/refused, which no script can hold.

use std::path::Path;

use libtest_mimic::Failed;
use sqlstitch::plan::Transaction;
use sqlstitch::source::decode;

use super::support::duckdb::{self, Database};
use super::support::planned::{is_refused, why_refused};

/// Carries a file twice, in a transaction for each patch and in one for all, and compares with the file
/// as it is.
pub(crate) fn carry(file: &Path) -> Result<(), Failed> {
    let text = decode(&std::fs::read(file)?).map_err(|error| error.message)?;
    let raw = Database::new();
    // What the loader and the splitter read over, the shell of 1.5 does not.
    let as_it_is = match file.ends_with("comments.sql") {
        true => text.replace("# a", "-- a"),
        false => text.clone(),
    };
    let ran = raw.run(&as_it_is);
    assert_eq!(ran.code, Some(0), "as it is: {}", ran.err);
    let expected = raw.dump();
    let mut bundle = duckdb::bundle(&[
        ("first", "SELECT 1;"),
        ("it's/*1*/\"{{x}}\\", &text),
        ("last", "CREATE TEMP TABLE x AS SELECT 1; DROP TABLE x;"),
    ]);
    for transaction in [Transaction::Patch, Transaction::Single] {
        bundle.plan.settings.transaction = transaction;
        if transaction == Transaction::Single && text.contains("ATTACH") {
            assert_eq!(bundle.emit().script, None);
            continue;
        }
        let script = bundle.script();
        let database = Database::new();
        database.ok(&script);
        assert_eq!(database.ok(&script), "", "the second run");
        let ledger =
            "SELECT count(*) FILTER (WHERE state = 'applied'), max(ordinal) FROM sqlstitch.patch";
        assert_eq!(database.ask(ledger), "3|3");
        assert_eq!(database.dump(), expected, "after two runs");
    }
    Ok(())
}

/// Checks that a file is refused for the reason in its first line, with a way out.
pub(crate) fn refuse(file: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(file)?;
    is_refused(&duckdb::bundle(&[("body", &text)]), why_refused(&text)?)
}
