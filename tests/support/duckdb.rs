//! The duckdb shell, databases in directories of their own.

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use sqlstitch::dialect::Engine;
use tempfile::TempDir;

use super::planned::Bundle;
use super::run::Run;

/// The shell to test with: `$SQLSTITCH_DUCKDB`, else the one that scripts/engines installs, else `duckdb`
/// on PATH. None if it does not run.
pub(crate) fn shell() -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/engines/duckdb/duckdb_cli/duckdb");
    let path = match std::env::var_os("SQLSTITCH_DUCKDB") {
        Some(path) => path.into(),
        None if own.is_file() => own,
        None => PathBuf::from("duckdb"),
    };
    let runs = Command::new(&path)
        .arg("-version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    runs.then_some(path)
}

/// Patches planned by hand for this engine.
pub(crate) fn bundle(files: &[(&str, &str)]) -> Bundle {
    Bundle::new(Engine::Duckdb, files)
}

/// A database file in a directory of its own, which is also where the shell runs.
pub(crate) struct Database {
    directory: TempDir,
    shell: PathBuf,
}

impl Database {
    /// A database that does not exist yet.
    pub(crate) fn new() -> Self {
        Self {
            directory: tempfile::tempdir().expect("a temporary directory can be made"),
            shell: shell().expect("the test is run only where there is a shell"),
        }
    }

    /// The database's file.
    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("a b's.db")
    }

    /// The directory it is in.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The shell on this database with these arguments, with the script as its input.
    pub(crate) fn start_with(&self, arguments: &[&str], script: &str) -> Child {
        // A file, as in `duckdb DB < out.sql`: a pipe would fill up when a run stops early.
        let mut input = tempfile::tempfile().expect("a temporary file can be made");
        input
            .write_all(script.as_bytes())
            .expect("the file can be written");
        input.rewind().expect("a file can be rewound");
        self.start_on(arguments, input)
    }

    /// The shell on this database with these arguments, with a file as its input.
    pub(crate) fn start_file(&self, arguments: &[&str], script: &Path) -> Child {
        self.start_on(
            arguments,
            File::open(script).expect("the script can be read"),
        )
    }

    fn start_on(&self, arguments: &[&str], input: File) -> Child {
        Command::new(&self.shell)
            .args(["-batch", "-no-init", "-list"])
            .args(arguments)
            .arg(self.path())
            .current_dir(self.directory.path())
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the shell starts")
    }

    /// The shell on this database.
    pub(crate) fn start(&self, script: &str) -> Child {
        self.start_with(&[], script)
    }

    /// Runs a script to its end.
    pub(crate) fn run(&self, script: &str) -> Run {
        Run::end(self.start(script))
    }

    /// Runs a script that must end well, and gives its output.
    #[track_caller]
    pub(crate) fn ok(&self, script: &str) -> String {
        let ran = self.run(script);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
        ran.out
    }

    /// The answer to a query, one line per row, without its heading.
    #[track_caller]
    pub(crate) fn ask(&self, query: &str) -> String {
        let ran = Run::end(self.start_with(&["-noheader"], &format!("{query};\n")));
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
        ran.out.trim_end().to_owned()
    }

    /// The names in the ledger, in the order in which they were applied.
    pub(crate) fn applied(&self) -> String {
        self.ask("SELECT string_agg(name, ' ' ORDER BY ordinal) FROM sqlstitch.patch WHERE state = 'applied'")
    }

    /// All objects and rows but the ledger's.
    pub(crate) fn dump(&self) -> String {
        let tables = self.ask("SELECT format('SELECT ''{0}'' AS t, * FROM \"{1}\".\"{2}\";', replace(schema_name || '.' || table_name, '''', ''''''), replace(schema_name, '\"', '\"\"'), replace(table_name, '\"', '\"\"')) FROM duckdb_tables() WHERE schema_name <> 'sqlstitch' ORDER BY 1");
        let objects = "SELECT schema_name, table_name, sql, comment FROM duckdb_tables() WHERE schema_name <> 'sqlstitch' ORDER BY ALL;
SELECT schema_name, view_name, sql FROM duckdb_views() WHERE NOT internal ORDER BY ALL;
SELECT schema_name, index_name, sql FROM duckdb_indexes() ORDER BY ALL;
SELECT schema_name, sequence_name, last_value FROM duckdb_sequences() ORDER BY ALL;
SELECT schema_name, function_name, parameters, macro_definition FROM duckdb_functions() WHERE NOT internal ORDER BY ALL;
SELECT schema_name, type_name, labels FROM duckdb_types() WHERE NOT internal ORDER BY ALL;
SELECT schema_name FROM duckdb_schemas() WHERE NOT internal AND schema_name <> 'sqlstitch' ORDER BY ALL;
";
        self.ok(&format!("{objects}{tables}\n"))
    }
}
