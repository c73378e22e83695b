//! A throw-away MariaDB server: its own directory, its own socket, no network, gone at the end.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A running server.
pub(crate) struct Server {
    directory: TempDir,
    process: Child,
    client: PathBuf,
    databases: AtomicU32,
}

/// A database of its own for one test.
pub(crate) struct Database<'s> {
    server: &'s Server,
    name: String,
}

/// How a client ended.
#[derive(Debug)]
pub(crate) struct Run {
    /// Its exit code; none if a signal ended it.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

/// Speed is worth more than rows that survive a power cut.
const FAST: &[&str] = &[
    "--no-defaults",
    "--innodb-buffer-pool-size=32M",
    "--innodb-log-file-size=8M",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
];

impl Server {
    /// Starts a server; none if MariaDB is not installed.
    pub(crate) fn start() -> Option<Self> {
        let server = find_program("mariadbd")?;
        let install = find_program("mariadb-install-db")?;
        let client = find_program("mariadb")?;
        find_program("mariadb-dump")?;
        let directory = tempfile::Builder::new()
            .prefix("sqlstitch-mariadb-")
            .tempdir_in("/tmp")
            .expect("a temporary directory");
        // The server runs as root only if told so.
        let user: &[&str] = if is_root() { &["--user=root"] } else { &[] };
        let data = format!("--datadir={}", directory.path().join("data").display());
        let installed = Run::of(
            Command::new(install)
                .args(FAST)
                .args(user)
                .arg(&data)
                .args([
                    "--auth-root-authentication-method=normal",
                    "--skip-test-db",
                    "--skip-name-resolve",
                ])
                .stdin(Stdio::null()),
        );
        assert_eq!(
            installed.code,
            Some(0),
            "{}{}",
            installed.out,
            installed.err
        );
        let log = std::fs::File::create(directory.path().join("log")).expect("a log");
        let process = Command::new(server)
            .args(FAST)
            .args(user)
            .arg(&data)
            .args([
                "--skip-networking",
                "--skip-log-bin",
                "--event-scheduler=OFF",
            ])
            // Names of tables are compared as on any Linux, whatever the file system.
            .arg("--lower-case-table-names=0")
            .arg(format!("--socket={}", socket(directory.path()).display()))
            .arg(format!(
                "--pid-file={}",
                directory.path().join("pid").display()
            ))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("mariadbd starts");
        let mut server = Self {
            directory,
            process,
            client,
            databases: AtomicU32::new(0),
        };
        server.wait();
        Some(server)
    }

    /// A new, empty database.
    pub(crate) fn database(&self) -> Database<'_> {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("case_{number}");
        let made = Run::of(
            self.command("mariadb")
                .args(["-e", &format!("CREATE DATABASE {name}")]),
        );
        assert_eq!(made.code, Some(0), "{}", made.err);
        Database { server: self, name }
    }

    fn wait(&mut self) {
        let start = Instant::now();
        while Run::of(self.command("mariadb").args(["-e", "SELECT 1"])).code != Some(0) {
            let ended = self.process.try_wait();
            let log = std::fs::read_to_string(self.directory.path().join("log"));
            assert!(
                matches!(ended, Ok(None)) && start.elapsed() < Duration::from_secs(60),
                "mariadbd does not answer: {ended:?}\n{}",
                log.unwrap_or_default()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// A client program of this server.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.client.with_file_name(program));
        command
            .args(["--no-defaults", "--user=root"])
            .arg(format!(
                "--socket={}",
                socket(self.directory.path()).display()
            ))
            .stdin(Stdio::null());
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Database<'_> {
    /// Runs a file as `mariadb DATABASE < FILE` does: it stops at the first error.
    pub(crate) fn run(&self, file: &Path) -> Run {
        let text = std::fs::File::open(file).expect("the file can be read");
        Run::of(self.server.command("mariadb").arg(&self.name).stdin(text))
    }

    /// Runs a patch as it is, read as UTF-8 and with its comments, which the client drops by itself.
    pub(crate) fn run_raw(&self, file: &Path) -> Run {
        let text = std::fs::File::open(file).expect("the file can be read");
        Run::of(
            self.server
                .command("mariadb")
                .args(["--default-character-set=utf8mb4", "--comments"])
                .arg(&self.name)
                .stdin(text),
        )
    }

    /// Everything in the database but the ledger, as statements.
    pub(crate) fn dump(&self) -> String {
        let run = Run::of(self.server.command("mariadb-dump").args([
            "--routines",
            "--events",
            "--triggers",
            "--compact",
            "--skip-extended-insert",
            "--complete-insert",
            &format!("--ignore-table={}.sqlstitch_patch", self.name),
            &self.name,
        ]));
        assert_eq!(run.code, Some(0), "{}", run.err);
        // A sequence in a default is told with its database.
        run.out.replace(&self.name, "case")
    }
}

impl Run {
    /// Runs a command to its end.
    pub(crate) fn of(command: &mut Command) -> Self {
        Self::from(command.output().expect("the program starts"))
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

fn socket(directory: &Path) -> PathBuf {
    directory.join("socket")
}

/// A program of MariaDB; Debian keeps the server off the PATH of users.
fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let more = [
        "/usr/sbin",
        "/usr/local/sbin",
        "/opt/homebrew/opt/mariadb/bin",
    ];
    std::env::split_paths(&path)
        .chain(more.map(PathBuf::from))
        .map(|directory| directory.join(name))
        .find(|program| program.is_file())
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
