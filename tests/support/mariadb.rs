//! A throw-away MariaDB server: its own directory, its own socket, no network, gone at the end.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::run::Run;
use super::{find_program, is_root};

/// A running server.
pub(crate) struct Server {
    directory: TempDir,
    process: Mutex<Child>,
    program: PathBuf,
    options: &'static [&'static str],
    client: PathBuf,
    databases: AtomicU32,
}

/// A database of its own for one test.
pub(crate) struct Database<'s> {
    pub(crate) server: &'s Server,
    pub(crate) name: String,
}

/// Speed is worth more than rows that survive a power cut.
const FAST: &[&str] = &[
    "--no-defaults",
    "--innodb-buffer-pool-size=32M",
    "--innodb-log-file-size=8M",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
];

/// What has been committed survives a kill, and what has not is lost for sure: nothing is written
/// because a second has passed.
const DURABLE: &[&str] = &[
    "--no-defaults",
    "--innodb-buffer-pool-size=32M",
    "--innodb-log-file-size=8M",
    "--innodb-flush-log-at-timeout=2700",
];

impl Server {
    /// Starts a server; none if MariaDB is not installed.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(FAST)
    }

    /// Starts a server that may be killed.
    pub(crate) fn start_durable() -> Option<Self> {
        Self::start_with(DURABLE)
    }

    fn start_with(options: &'static [&'static str]) -> Option<Self> {
        let program = program_of("mariadbd")?;
        let install = program_of("mariadb-install-db")?;
        let client = program_of("mariadb")?;
        program_of("mariadb-dump")?;
        let directory = tempfile::Builder::new()
            .prefix("sqlstitch-mariadb-")
            .tempdir_in("/tmp")
            .expect("a temporary directory");
        let data = format!("--datadir={}", directory.path().join("data").display());
        let installed = Run::of(
            Command::new(install)
                .args(FAST)
                .args(user())
                .arg(&data)
                .arg(format!("--tmpdir={}", directory.path().display()))
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
        let process = spawn(&program, options, directory.path());
        let server = Self {
            directory,
            process: Mutex::new(process),
            program,
            options,
            client,
            databases: AtomicU32::new(0),
        };
        server.wait();
        Some(server)
    }

    /// Kills the server as a power cut would, and starts it again.
    pub(crate) fn crash(&self) {
        {
            let mut process = self.process.lock().expect("no test panics here");
            let _ = process.kill();
            let _ = process.wait();
            *process = spawn(&self.program, self.options, self.directory.path());
        }
        self.wait();
    }

    /// A new, empty database.
    pub(crate) fn database(&self) -> Database<'_> {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("case_{number}");
        let made = Run::of(self.command("mariadb").args([
            "-e",
            &format!("CREATE DATABASE {name} CHARACTER SET utf8mb4"),
        ]));
        assert_eq!(made.code, Some(0), "{}", made.err);
        Database { server: self, name }
    }

    fn wait(&self) {
        let start = Instant::now();
        while Run::of(self.command("mariadb").args(["-e", "SELECT 1"])).code != Some(0) {
            let mut process = self.process.lock().expect("no test panics here");
            let ended = process.try_wait();
            drop(process);
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
    pub(crate) fn command(&self, program: &str) -> Command {
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
        let process = self.process.get_mut();
        if let Ok(process) = process {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// The server runs as root only if told so.
fn user() -> &'static [&'static str] {
    if is_root() { &["--user=root"] } else { &[] }
}

fn spawn(program: &Path, options: &[&str], directory: &Path) -> Child {
    let log = std::fs::File::options()
        .create(true)
        .append(true)
        .open(directory.join("log"))
        .expect("a log");
    Command::new(program)
        .args(options)
        .args(user())
        .arg(format!("--datadir={}", directory.join("data").display()))
        // Servers at once would meet in the common one.
        .arg(format!("--tmpdir={}", directory.display()))
        .args([
            "--skip-networking",
            "--skip-log-bin",
            "--event-scheduler=OFF",
        ])
        // Names of tables are compared as on any Linux, whatever the file system.
        .arg("--lower-case-table-names=0")
        .arg(format!("--socket={}", socket(directory).display()))
        .arg(format!("--pid-file={}", directory.join("pid").display()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .expect("mariadbd starts")
}

impl Database<'_> {
    /// `mariadb [OPTIONS] DATABASE < FILE`.
    pub(crate) fn client(&self, options: &[&str], file: &Path) -> Command {
        let text = std::fs::File::open(file).expect("the file can be read");
        let mut command = self.server.command("mariadb");
        command.args(options).arg(&self.name).stdin(text);
        command
    }

    /// Runs a file as `mariadb DATABASE < FILE` does: it stops at the first error.
    pub(crate) fn run(&self, file: &Path) -> Run {
        Run::of(&mut self.client(&[], file))
    }

    /// Starts [`Self::run`] in the background.
    pub(crate) fn spawn(&self, file: &Path) -> Child {
        self.client(&[], file)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("mariadb starts")
    }

    /// The rows of a query; fields parted by `|`. It must succeed.
    #[track_caller]
    pub(crate) fn sql(&self, statements: &str) -> String {
        let run = Run::of(
            self.server
                .command("mariadb")
                .args([
                    "--default-character-set=utf8mb4",
                    "-N",
                    "-B",
                    "-e",
                    statements,
                ])
                .arg(&self.name),
        );
        assert_eq!(run.code, Some(0), "{statements}: {}", run.err);
        run.out.trim_end_matches('\n').replace('\t', "|")
    }

    /// The ledger, or nothing where there is none.
    pub(crate) fn ledger(&self) -> String {
        let there = "SELECT count(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'sqlstitch_patch'";
        if self.sql(there) == "1" {
            self.sql("SELECT * FROM sqlstitch_patch ORDER BY ordinal")
        } else {
            "no ledger".to_owned()
        }
    }

    /// Runs a patch as it is, read as UTF-8 and with its comments, which the client drops by itself.
    pub(crate) fn run_raw(&self, file: &Path) -> Run {
        Run::of(&mut self.client(&["--default-character-set=utf8mb4", "--comments"], file))
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

fn socket(directory: &Path) -> PathBuf {
    directory.join("socket")
}

/// A program of MariaDB; Debian keeps the server off the PATH of users.
fn program_of(name: &str) -> Option<PathBuf> {
    let more = [
        "/usr/sbin",
        "/usr/local/sbin",
        "/opt/homebrew/opt/mariadb/bin",
    ];
    find_program(name, &[]).or_else(|| find_program(name, &more.map(PathBuf::from)))
}
