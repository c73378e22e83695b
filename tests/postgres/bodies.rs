//! The files in fixtures/postgres/bodies, each a patch of its own: what the script makes of it must be what
//! psql makes of the file as it is; and those in fixtures/postgres/refused, which no script can hold.

use std::path::Path;

use libtest_mimic::Failed;
use sqlstitch::finding::Code;
use sqlstitch::plan::Client;
use sqlstitch::source::decode;

use super::support::planned::{is_refused, why_refused, write};
use super::support::postgres::{self, Server};

/// Carries a file in every form that takes it, each twice, and compares with the file as it is.
pub(crate) fn carry(server: &Server, file: &Path) -> Result<(), Failed> {
    let text = decode(&std::fs::read(file)?).map_err(|error| error.message)?;
    let raw = server.database();
    // A byte order mark is the loader's affair, and psql reads over it.
    let run = raw.run(file, &["-v", "ON_ERROR_STOP=1"]);
    assert_eq!(run.code, Some(0), "as it is: {}", run.err);
    let expected = raw.dump();

    let mut bundle = postgres::bundle(&[
        ("first.sql", "SELECT 1;"),
        ("body.sql", &text),
        ("last.sql", "SELECT 2;"),
    ]);
    let auto = bundle.emit();
    let any = !auto
        .findings
        .iter()
        .any(|finding| finding.code == Code::ClientNeeded);
    let script = auto
        .script
        .map(|script| script.to_string())
        .ok_or_else(|| format!("refused: {:#?}", auto.findings))?;
    let mut ways: Vec<(&str, String, Vec<&str>)> = vec![("auto", script.clone(), vec![])];
    if any {
        ways.push(("one transaction", script, vec!["-1"]));
    }
    for (name, client) in [("native", Client::Native), ("any", Client::Any)] {
        bundle.plan.settings.client = client;
        if let Some(script) = bundle.emit().script.map(|script| script.to_string())
            && ways.iter().all(|(_, other, _)| *other != script)
        {
            ways.push((name, script, vec![]));
        }
    }
    for (way, script, mut arguments) in ways {
        arguments.extend(["-v", "ON_ERROR_STOP=1"]);
        let database = server.database();
        let script = write(&script);
        let run = database.run(&script, &arguments);
        assert_eq!(run.code, Some(0), "{way}: {}", run.err);
        assert_eq!(database.applied(), "first body last", "{way}");
        let ledger = database.ledger();
        let run = database.run(&script, &arguments);
        assert_eq!(run.code, Some(0), "{way}, second run: {}", run.err);
        assert_eq!(database.ledger(), ledger, "{way}, second run");
        assert_eq!(database.dump(), expected, "{way}, after two runs");
    }
    Ok(())
}

/// Checks that a file is refused for the reason in its first line, whatever the client, with a way out.
pub(crate) fn refuse(file: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(file)?;
    let why = why_refused(&text)?;
    let mut bundle = postgres::bundle(&[("body.sql", &text)]);
    for client in [Client::Auto, Client::Any, Client::Native] {
        bundle.plan.settings.client = client;
        is_refused(&bundle, why)?;
    }
    Ok(())
}
