//! A throw-away PostgreSQL server: its own directory, its own socket, gone at the end.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use sqlstitch::dialect::Engine;
use tempfile::TempDir;

use super::planned::Bundle;
use super::run::Run;
use super::{find_program, is_root};

/// A running server.
pub(crate) struct Server {
    directory: TempDir,
    /// With initdb and pg_ctl.
    binaries: PathBuf,
    /// With psql and pg_dump.
    clients: PathBuf,
    /// Whether pg_dump knows this server.
    dumps: bool,
    options: String,
    databases: AtomicU32,
}

/// Patches planned by hand for this engine.
pub(crate) fn bundle(files: &[(&str, &str)]) -> Bundle {
    Bundle::new(Engine::Postgres, files)
}

/// Speed is worth more than rows that survive a power cut.
const FAST: &str = "-c fsync=off";

/// A database of its own for one test.
pub(crate) struct Database<'s> {
    server: &'s Server,
    /// Its name.
    pub(crate) name: String,
}

impl Server {
    /// Starts a server; none if PostgreSQL is not installed. `SQLSTITCH_POSTGRES` names the directory
    /// of another server's programs.
    pub(crate) fn start() -> Option<Self> {
        let clients = binaries()?;
        let other = std::env::var_os("SQLSTITCH_POSTGRES").map(PathBuf::from);
        Some(Self::start_of(other.as_deref().unwrap_or(&clients), FAST))
    }

    /// Starts the server that scripts/engines has fetched under this name; none if it has not.
    pub(crate) fn start_fetched(name: &str) -> Option<Self> {
        let binaries = fetched(name)?;
        self::binaries().map(|_| Self::start_of(&binaries, FAST))
    }

    /// As [`Self::start`] or [`Self::start_fetched`], but what is committed survives a crash.
    pub(crate) fn start_durable(name: Option<&str>) -> Option<Self> {
        let binaries = match name {
            Some(name) => fetched(name)?,
            None => binaries()?,
        };
        // After a crash every file would be synced, one by one, and no power was cut.
        let options = "-c recovery_init_sync_method=syncfs";
        self::binaries().map(|_| Self::start_of(&binaries, options))
    }

    fn start_of(binaries: &Path, options: &str) -> Self {
        let directory = tempfile::Builder::new()
            .prefix("sqlstitch-pg-")
            .tempdir_in("/tmp")
            .expect("a temporary directory");
        let socket = directory.path().display().to_string();
        let options = format!(
            "-k {socket} -c listen_addresses='' -c max_connections=60 -c max_prepared_transactions=5 -c wal_level=logical {options}"
        );
        if is_root() {
            let owned = Command::new("chown")
                .arg("postgres")
                .arg(directory.path())
                .status();
            assert!(owned.is_ok_and(|status| status.success()), "chown postgres");
        }
        let mut server = Self {
            binaries: within_reach(binaries, directory.path()),
            directory,
            clients: self::binaries().expect("psql was found before"),
            dumps: true,
            options,
            databases: AtomicU32::new(0),
        };
        let data = server.data();
        server.must(
            "initdb",
            &[
                "-D",
                &data,
                "-A",
                "trust",
                "-U",
                "postgres",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
            ],
        );
        assert!(server.launched(), "pg_ctl start: {}", server.log());
        server.dumps = server.version() <= server.version_of_pg_dump();
        server
    }

    fn launched(&self) -> bool {
        let log = format!("{}/log", self.directory.path().display());
        let status = self
            .server_command("pg_ctl")
            .args(["-D", &self.data(), "-o", &self.options, "-l", &log])
            .args(["-w", "start"])
            // The server keeps what it inherits open.
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        status.is_ok_and(|status| status.success())
    }

    /// Kills the server without a warning and starts it again.
    pub(crate) fn crash(&self) {
        let file = format!("{}/postmaster.pid", self.data());
        let pid = std::fs::read_to_string(&file).expect("the server runs");
        let pid = pid.split('\n').next().unwrap_or_default();
        // The first is the one that would start the others again.
        let mut all = vec![pid.to_owned()];
        let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
        all.extend(
            children
                .unwrap_or_default()
                .split_whitespace()
                .map(str::to_owned),
        );
        let killed = Command::new("kill")
            .arg("-9")
            .args(&all)
            .stderr(Stdio::null())
            .status();
        assert!(killed.is_ok(), "kill {pid}");
        // Until the last of them is gone it does not start.
        super::wait_for("the server to be back", || self.launched());
    }

    /// The server's version: 150018 for 15.18.
    pub(crate) fn version(&self) -> u32 {
        let number = self.at("postgres").sql("SHOW server_version_num");
        number.parse().expect("a version is a number")
    }

    fn version_of_pg_dump(&self) -> u32 {
        let run = Run::of(Command::new(self.clients.join("pg_dump")).arg("--version"));
        let number = run
            .out
            .split(' ')
            .filter_map(|word| word.split('.').next()?.parse().ok());
        number.max().map_or(0, |major: u32| (major + 1) * 10_000)
    }

    /// A database by its name.
    pub(crate) fn at(&self, name: &str) -> Database<'_> {
        Database {
            server: self,
            name: name.to_owned(),
        }
    }

    /// A new, empty database.
    pub(crate) fn database(&self) -> Database<'_> {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("case_{number}");
        let create = format!("CREATE DATABASE {name} TEMPLATE template0");
        self.at("postgres").sql(&create);
        self.at(&name)
    }

    /// The server's whole log, for a failure.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }

    fn data(&self) -> String {
        self.directory.path().join("data").display().to_string()
    }

    fn server_command(&self, program: &str) -> Command {
        let program = self.binaries.join(program);
        // The server refuses to run as root.
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(self.directory.path());
        command
    }

    fn must(&self, program: &str, arguments: &[&str]) {
        let output = self
            .server_command(program)
            .args(arguments)
            // The server keeps what it inherits open.
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(
            output.as_ref().is_ok_and(std::process::ExitStatus::success),
            "{program} {arguments:?}: {output:?}\n{}",
            self.log()
        );
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.data();
        let _ = self
            .server_command("pg_ctl")
            .args(["-D", &data, "-m", "immediate", "-w", "stop"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
}

impl Database<'_> {
    /// psql on this database without anyone's settings; the caller adds what to run.
    pub(crate) fn psql(&self) -> Command {
        self.client("psql", &["-X", "-q"])
    }

    /// Everything in the database except its ledger: pg_dump's, where it knows the server.
    pub(crate) fn dump(&self) -> String {
        if !self.server.dumps {
            let dump =
                Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/postgres_dump.sql");
            let run = self.run(&dump, &["-A", "-t", "-v", "ON_ERROR_STOP=1"]);
            assert_eq!(run.code, Some(0), "{}", run.err);
            return run.out;
        }
        let run = Run::of(&mut self.client("pg_dump", &["--no-owner", "-N", "sqlstitch"]));
        assert_eq!(run.code, Some(0), "{}", run.err);
        // The newest pg_dump puts a random word into these.
        let same =
            |line: &&str| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict");
        run.out.lines().filter(same).collect::<Vec<_>>().join("\n")
    }

    /// Runs a script from a file as `psql -f` does, with more arguments before it.
    pub(crate) fn run(&self, script: &Path, arguments: &[&str]) -> Run {
        Run::of(self.psql().args(arguments).arg("-f").arg(script))
    }

    /// Starts a script in the background.
    pub(crate) fn spawn(&self, script: &Path) -> Child {
        self.psql()
            .args(["-v", "ON_ERROR_STOP=1", "-f"])
            .arg(script)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("psql starts")
    }

    /// Runs statements that must succeed and returns the rows, without headings, fields parted by `|`.
    pub(crate) fn sql(&self, statements: &str) -> String {
        let run =
            Run::of(
                self.psql()
                    .args(["-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statements]),
            );
        assert_eq!(run.code, Some(0), "{statements}\n{}", run.err);
        run.out.trim_end().to_owned()
    }

    /// The ledger with the rows' versions: any write to a row changes it.
    pub(crate) fn ledger(&self) -> String {
        self.sql("SELECT ordinal, name, state, checksum, xmin, ctid, applied_at FROM sqlstitch.patch ORDER BY ordinal")
    }

    /// The applied patches in order.
    pub(crate) fn applied(&self) -> String {
        self.sql("SELECT coalesce(string_agg(name, ' ' ORDER BY ordinal), '') FROM sqlstitch.patch WHERE state = 'applied'")
    }

    fn client(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.server.clients.join(program));
        command
            .args(arguments)
            .env("PGHOST", self.server.directory.path())
            .env("PGUSER", "postgres")
            .env("PGDATABASE", &self.name)
            .env_remove("PGOPTIONS")
            .env_remove("PGAPPNAME")
            .stdin(Stdio::null());
        command
    }
}

/// The directory with initdb, pg_ctl and psql: the newest version that is installed.
fn binaries() -> Option<PathBuf> {
    let mut versions = super::folders(Path::new("/usr/lib/postgresql"));
    let number = |path: &PathBuf| -> u32 {
        let name = path.file_name().map(|name| name.to_string_lossy());
        name.and_then(|name| name.parse().ok()).unwrap_or(0)
    };
    versions.sort_by_key(|path| std::cmp::Reverse(number(path)));
    let mut more: Vec<PathBuf> = versions.into_iter().map(|path| path.join("bin")).collect();
    more.extend(["/opt/homebrew/opt/postgresql/bin", "/usr/local/pgsql/bin"].map(PathBuf::from));
    let directory = find_program("pg_ctl", &more)?.parent()?.to_owned();
    ["initdb", "psql", "pg_dump"]
        .iter()
        .all(|program| directory.join(program).is_file())
        .then_some(directory)
}

/// The programs of a server that scripts/engines has fetched.
fn fetched(name: &str) -> Option<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/engines");
    let binaries = directory.join(name).join("bin");
    binaries.join("pg_ctl").is_file().then_some(binaries)
}

/// The programs where the user who runs the server can reach them: a copy, if a directory above them
/// is closed to that user.
fn within_reach(binaries: &Path, directory: &Path) -> PathBuf {
    let reached = || {
        let mut test = Command::new("runuser");
        test.args(["-u", "postgres", "--", "test", "-x"]);
        test.arg(binaries.join("initdb")).status()
    };
    if !is_root() || reached().is_ok_and(|status| status.success()) {
        return binaries.to_owned();
    }
    let copy = directory.join("programs");
    let from = binaries.parent().expect("programs are in a directory");
    let copied = Command::new("cp").arg("-a").arg(from).arg(&copy).status();
    assert!(copied.is_ok_and(|status| status.success()), "cp");
    copy.join("bin")
}
