//! A throw-away MySQL server: its own directory, its own socket, no network, gone at the end.
//! `scripts/engines` fetches the programs, if they can be had.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::is_root;
use super::run::Run;

/// Why trials are ignored, also where engines are required: Debian's unstable suite, which has MySQL, may
/// have it today and not tomorrow.
pub(crate) const MISSING: &str = "MySQL could not be had when scripts/engines ran";

/// A running server.
pub(crate) struct Server {
    directory: TempDir,
    process: Mutex<Child>,
    durable: bool,
    databases: AtomicU32,
}

/// A database of its own for one test.
pub(crate) struct Database<'s> {
    pub(crate) server: &'s Server,
    pub(crate) name: String,
}

fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/engines/mysql")
}

impl Server {
    /// Starts a server; none if MySQL has not been fetched.
    pub(crate) fn start() -> Option<Self> {
        Self::start_as(false)
    }

    /// Starts a server that may be killed.
    pub(crate) fn start_durable() -> Option<Self> {
        Self::start_as(true)
    }

    fn start_as(durable: bool) -> Option<Self> {
        let data = home().join("data");
        if !data.join("mysql").is_dir() {
            return None;
        }
        let directory = tempfile::Builder::new()
            .prefix("sqlstitch-mysql-")
            .tempdir_in("/tmp")
            .expect("a temporary directory");
        let copied = Command::new("cp")
            .arg("-R")
            .arg(data)
            .arg(directory.path().join("data"))
            .status();
        assert!(
            copied.is_ok_and(|status| status.success()),
            "a data directory"
        );
        let process = spawn(directory.path(), durable);
        let server = Self {
            directory,
            process: Mutex::new(process),
            durable,
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
            *process = spawn(self.directory.path(), self.durable);
        }
        self.wait();
    }

    /// A new, empty database.
    pub(crate) fn database(&self) -> Database<'_> {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("case_{number}");
        self.sql(&format!("CREATE DATABASE {name}"));
        Database { server: self, name }
    }

    fn wait(&self) {
        let start = Instant::now();
        while Run::of(self.command("mysql").args(["-e", "SELECT 1"])).code != Some(0) {
            let mut process = self.process.lock().expect("no test panics here");
            let ended = process.try_wait();
            drop(process);
            let log = std::fs::read_to_string(self.directory.path().join("log"));
            assert!(
                matches!(ended, Ok(None)) && start.elapsed() < Duration::from_secs(60),
                "mysqld does not answer: {ended:?}\n{}",
                log.unwrap_or_default()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// A client program of this server.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(home().join("bin").join(program));
        command
            .args(["--no-defaults", "--user=root"])
            .arg(format!("--socket={}", socket(self.directory.path())))
            .stdin(Stdio::null());
        command
    }

    /// The rows of a query outside of any database; fields parted by `|`. It must succeed.
    #[track_caller]
    pub(crate) fn sql(&self, statements: &str) -> String {
        ask(self.command("mysql"), statements)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(process) = self.process.get_mut() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn spawn(directory: &Path, durable: bool) -> Child {
    let log = std::fs::File::options()
        .create(true)
        .append(true)
        .open(directory.join("log"))
        .expect("a log");
    let home = home();
    let mut command = Command::new(home.join("bin/mysqld"));
    command.args([
        "--no-defaults",
        "--innodb-buffer-pool-size=32M",
        "--innodb-redo-log-capacity=8M",
        "--performance-schema=0",
        "--skip-networking",
        "--mysqlx=0",
        "--skip-log-bin",
        "--event-scheduler=OFF",
        "--local-infile=1",
        "--secure-file-priv=",
    ]);
    if !durable {
        // Speed is worth more than rows that survive a power cut.
        command.args([
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-doublewrite=0",
        ]);
    }
    if is_root() {
        command.arg("--user=root");
    }
    command
        .arg(format!("--basedir={}", home.join("root/usr").display()))
        .arg(format!(
            "--lc-messages-dir={}",
            home.join("root/usr/share/mysql").display()
        ))
        .arg(format!(
            "--character-sets-dir={}",
            home.join("root/usr/share/mysql/charsets").display()
        ))
        .arg(format!("--datadir={}", directory.join("data").display()))
        .arg(format!("--tmpdir={}", directory.display()))
        .arg(format!("--socket={}", socket(directory)))
        .arg(format!("--pid-file={}", directory.join("pid").display()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .expect("mysqld starts")
}

fn ask(mut client: Command, statements: &str) -> String {
    client.args([
        "--default-character-set=utf8mb4",
        "-N",
        "-B",
        "-e",
        statements,
    ]);
    let run = Run::of(&mut client);
    assert_eq!(run.code, Some(0), "{statements}: {}", run.err);
    run.out.trim_end_matches('\n').replace('\t', "|")
}

impl Database<'_> {
    /// `mysql [OPTIONS] DATABASE < FILE`.
    pub(crate) fn client(&self, options: &[&str], file: &Path) -> Command {
        let text = std::fs::File::open(file).expect("the file can be read");
        let mut command = self.server.command("mysql");
        command.args(options).arg(&self.name).stdin(text);
        command
    }

    /// Runs a file as `mysql DATABASE < FILE` does: it stops at the first error.
    pub(crate) fn run(&self, file: &Path) -> Run {
        Run::of(&mut self.client(&[], file))
    }

    /// Starts [`Self::run`] in the background.
    pub(crate) fn spawn(&self, file: &Path) -> Child {
        self.client(&[], file)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("mysql starts")
    }

    /// The rows of a query; fields parted by `|`. It must succeed.
    #[track_caller]
    pub(crate) fn sql(&self, statements: &str) -> String {
        let mut client = self.server.command("mysql");
        client.arg(&self.name);
        ask(client, statements)
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

    /// Runs a patch as it is, read as UTF-8 and with its comments and the client's commands.
    pub(crate) fn run_raw(&self, file: &Path) -> Run {
        let options = [
            "--default-character-set=utf8mb4",
            "--comments",
            "--commands",
        ];
        Run::of(&mut self.client(&options, file))
    }

    /// Everything in the database but the ledger, as statements.
    pub(crate) fn dump(&self) -> String {
        let run = Run::of(self.server.command("mysqldump").args([
            "--routines",
            "--events",
            "--triggers",
            "--compact",
            "--no-tablespaces",
            "--skip-extended-insert",
            "--complete-insert",
            &format!("--ignore-table={}.sqlstitch_patch", self.name),
            &self.name,
        ]));
        assert_eq!(run.code, Some(0), "{}", run.err);
        run.out.replace(&self.name, "case")
    }
}

fn socket(directory: &Path) -> String {
    directory.join("socket").display().to_string()
}
