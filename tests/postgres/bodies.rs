//! The files in fixtures/postgres/bodies, each a patch of its own: what the script makes of it must be what
//! psql makes of the file as it is; and those in fixtures/postgres/refused, which no script can hold.

use std::path::{Path, PathBuf};

use libtest_mimic::Failed;
use sqlstitch::finding::{Code, Severity};
use sqlstitch::plan::Client;
use sqlstitch::source::decode;

use super::bundle::{Bundle, write};
use super::support::postgres::Server;

/// The `.sql` files of a folder of fixtures, sorted.
pub(crate) fn files(folder: &str) -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/postgres")
        .join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&directory)
        .unwrap_or_else(|error| panic!("{}: {error}", directory.display()))
        .map(|entry| entry.expect("an entry of the directory").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    files.sort();
    files
}

/// Carries a file in every form that takes it, each twice, and compares with the file as it is.
pub(crate) fn carry(server: &Server, file: &Path) -> Result<(), Failed> {
    let text = decode(&std::fs::read(file)?).map_err(|error| error.message)?;
    let raw = server.database();
    // A byte order mark is the loader's affair, and psql reads over it.
    let run = raw.run(file, &["-v", "ON_ERROR_STOP=1"]);
    assert_eq!(run.code, Some(0), "as it is: {}", run.err);
    let expected = raw.dump();

    let mut bundle = Bundle::new(&[
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
        bundle.settings.client = client;
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
    let why = text
        .strip_prefix("-- refused: ")
        .and_then(|rest| rest.lines().next())
        .ok_or("the first line does not tell why")?;
    let mut bundle = Bundle::new(&[("body.sql", &text)]);
    for client in [Client::Auto, Client::Any, Client::Native] {
        bundle.settings.client = client;
        let emitted = bundle.emit();
        let finding = emitted
            .findings
            .iter()
            .find(|finding| finding.severity == Severity::Error)
            .ok_or("it is not refused")?;
        assert!(finding.title.contains(why), "{finding:#?}");
        assert!(
            !finding.helps.is_empty() && !finding.labels.is_empty(),
            "{finding:#?}"
        );
        assert_eq!(emitted.script, None);
    }
    Ok(())
}
