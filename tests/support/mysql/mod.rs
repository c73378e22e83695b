//! A throw-away MariaDB or MySQL server: its own directory, its own socket, no network, gone at the end.

pub(crate) mod product;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::run::Run;
use product::{Product, user};

/// A running server.
pub(crate) struct Server {
    /// Which it is.
    pub(crate) product: &'static Product,
    directory: TempDir,
    process: Mutex<Child>,
    program: PathBuf,
    clients: PathBuf,
    durable: bool,
    databases: AtomicU32,
}

/// A database of its own for one test.
pub(crate) struct Database<'s> {
    pub(crate) server: &'s Server,
    pub(crate) name: String,
}

impl Server {
    /// Starts a server; none if it is not installed.
    pub(crate) fn start(product: &'static Product) -> Option<Self> {
        Self::start_as(product, false)
    }

    /// Starts a server that may be killed: what has been committed survives it.
    pub(crate) fn start_durable(product: &'static Product) -> Option<Self> {
        Self::start_as(product, true)
    }

    fn start_as(product: &'static Product, durable: bool) -> Option<Self> {
        let program = (product.server)()?;
        let clients = (product.clients)()?;
        let directory = tempfile::Builder::new()
            .prefix(&format!("sqlstitch-{}-", product.dialect))
            .tempdir_in("/tmp")
            .expect("a temporary directory");
        (product.install)(directory.path());
        let server = Self {
            process: Mutex::new(spawn(product, &program, durable, directory.path())),
            product,
            directory,
            program,
            clients,
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
            let directory = self.directory.path();
            *process = spawn(self.product, &self.program, self.durable, directory);
        }
        self.wait();
    }

    /// What `--dialect` calls it.
    pub(crate) fn dialect(&self) -> &'static str {
        self.product.dialect
    }

    /// A new, empty database.
    pub(crate) fn database(&self) -> Database<'_> {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("case_{number}");
        self.sql(&format!("CREATE DATABASE {name} CHARACTER SET utf8mb4"));
        Database { server: self, name }
    }

    fn wait(&self) {
        let start = Instant::now();
        while Run::of(self.client().args(["-e", "SELECT 1"])).code != Some(0) {
            let mut process = self.process.lock().expect("no test panics here");
            let ended = process.try_wait();
            drop(process);
            let log = std::fs::read_to_string(self.directory.path().join("log"));
            assert!(
                matches!(ended, Ok(None)) && start.elapsed() < Duration::from_secs(60),
                "{} does not answer: {ended:?}\n{}",
                self.product.title,
                log.unwrap_or_default()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Its client.
    pub(crate) fn client(&self) -> Command {
        self.command(self.product.dialect)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.clients.join(program));
        command
            .args(["--no-defaults", "--user=root"])
            .arg(format!("--socket={}", socket(self.directory.path())))
            .stdin(Stdio::null());
        command
    }

    /// The rows of a query outside of any database; fields parted by `|`. It must succeed.
    #[track_caller]
    pub(crate) fn sql(&self, statements: &str) -> String {
        ask(self.client(), statements)
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

fn spawn(product: &Product, program: &Path, durable: bool, directory: &Path) -> Child {
    let log = std::fs::File::options()
        .create(true)
        .append(true)
        .open(directory.join("log"))
        .expect("a log");
    let of_its_kind = if durable {
        product.durable
    } else {
        product.fast
    };
    Command::new(program)
        .arg("--no-defaults")
        .args((product.options)())
        .args(of_its_kind)
        .args(user())
        .args([
            "--skip-networking",
            "--skip-log-bin",
            "--event-scheduler=OFF",
        ])
        .arg(format!("--datadir={}", directory.join("data").display()))
        // Servers at once would meet in the common one.
        .arg(format!("--tmpdir={}", directory.display()))
        .arg(format!("--socket={}", socket(directory)))
        .arg(format!("--pid-file={}", directory.join("pid").display()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .expect("the server starts")
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
    /// `CLIENT [OPTIONS] DATABASE < FILE`.
    pub(crate) fn client(&self, options: &[&str], file: &Path) -> Command {
        let text = std::fs::File::open(file).expect("the file can be read");
        let mut command = self.server.client();
        command.args(options).arg(&self.name).stdin(text);
        command
    }

    /// Runs a file as `CLIENT DATABASE < FILE` does: it stops at the first error.
    pub(crate) fn run(&self, file: &Path) -> Run {
        Run::of(&mut self.client(&[], file))
    }

    /// Starts [`Self::run`] in the background.
    pub(crate) fn spawn(&self, file: &Path) -> Child {
        self.client(&[], file)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the client starts")
    }

    /// The rows of a query; fields parted by `|`. It must succeed.
    #[track_caller]
    pub(crate) fn sql(&self, statements: &str) -> String {
        let mut client = self.server.client();
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
        let mut options = vec!["--default-character-set=utf8mb4"];
        options.extend(self.server.product.raw);
        Run::of(&mut self.client(&options, file))
    }

    /// Everything in the database but the ledger, as statements.
    pub(crate) fn dump(&self) -> String {
        let [program, options @ ..] = self.server.product.dump else {
            panic!("a client for dumps");
        };
        let run = Run::of(self.server.command(program).args(options).args([
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

fn socket(directory: &Path) -> String {
    directory.join("socket").display().to_string()
}
