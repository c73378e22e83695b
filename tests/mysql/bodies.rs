//! The files in the folder `bodies` of a server's fixtures, each a patch of its own: what the script makes of
//! it must be what the client makes of the file as it is; and those in `refused`, which no script can hold.

use std::path::Path;

use libtest_mimic::Failed;

use super::form::PROCEDURES;
use super::support::built::Bundle;
use super::support::mysql::Server;

/// Runs a file as it is, and in a script, twice.
pub(crate) fn carry(server: &Server, file: &Path) -> Result<(), Failed> {
    let text = std::fs::read(file)?;
    let raw = server.database();
    let run = raw.run_raw(file);
    assert_eq!(run.code, Some(0), "as it is: {}", run.err);
    let expected = raw.dump();
    let bundle = Bundle::new(
        server.dialect(),
        &[
            ("1_first", b"SELECT 1;".to_vec()),
            ("2_body", text),
            ("3_last", b"SELECT 2;".to_vec()),
        ],
    );
    let script = bundle.script();
    let database = server.database();
    let mut ledger = None;
    for what in ["first run", "second run"] {
        let run = database.run(&script);
        assert_eq!(run.code, Some(0), "{what}: {}", run.err);
        assert_eq!(database.dump(), expected, "{what}");
        let now = database.ledger();
        assert_eq!(*ledger.get_or_insert(now.clone()), now, "{what}");
    }
    assert_eq!(
        database.sql("SELECT name, state, started_statement IS NULL, next_statement IS NULL FROM sqlstitch_patch ORDER BY ordinal"),
        "1_first|applied|1|1\n2_body|applied|1|1\n3_last|applied|1|1"
    );
    assert_eq!(database.sql(PROCEDURES), "0");
    Ok(())
}
