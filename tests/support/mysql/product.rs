//! MariaDB and MySQL: how each is found, installed and started, and what its clients are called.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::run::Run;
use crate::support::{find_program, is_root};

/// What differs between the two.
#[derive(Debug)]
pub(crate) struct Product {
    /// What `--dialect` calls it; also its client.
    pub(crate) dialect: &'static str,
    /// As messages spell it.
    pub(crate) title: &'static str,
    /// Why there is none.
    pub(crate) missing: &'static str,
    /// Its client for dumps, with its own options.
    pub(super) dump: &'static [&'static str],
    /// With these its client reads a file as it is.
    pub(super) raw: &'static [&'static str],
    /// The server, if all is there that tests need.
    pub(super) server: fn() -> Option<PathBuf>,
    /// Where its clients are.
    pub(super) clients: fn() -> Option<PathBuf>,
    /// Makes the data directory in this one.
    pub(super) install: fn(&Path),
    /// What each start of a server needs.
    pub(super) options: fn() -> Vec<String>,
    /// What makes one fast that is never killed.
    pub(super) fast: &'static [&'static str],
    /// What makes one keep what it has committed, and nothing else.
    pub(super) durable: &'static [&'static str],
}

/// From the system's packages.
pub(crate) const MARIADB: Product = Product {
    dialect: "mariadb",
    title: "MariaDB",
    missing: "MariaDB (mariadbd, mariadb) is not installed",
    dump: &["mariadb-dump"],
    raw: &["--comments"],
    server: || {
        mariadb_program("mariadb-install-db")?;
        mariadb_program("mariadb-dump")?;
        mariadb_program("mariadbd")
    },
    clients: || Some(mariadb_program("mariadb")?.parent()?.to_owned()),
    install: install_mariadb,
    options: || {
        // Names of tables are compared as on any Linux, whatever the file system.
        MARIADB_SIZES
            .iter()
            .chain(&["--lower-case-table-names=0"])
            .map(|&option| option.to_owned())
            .collect()
    },
    fast: FAST,
    // Nothing is written because a second has passed.
    durable: &["--innodb-flush-log-at-timeout=2700"],
};

/// From `target/engines`, where `scripts/engines` puts it. Debian's unstable suite, which has MySQL, may have
/// it today and not tomorrow: its trials are ignored without it, also where engines are required.
pub(crate) const MYSQL: Product = Product {
    dialect: "mysql",
    title: "MySQL",
    missing: "MySQL could not be had when scripts/engines ran",
    dump: &["mysqldump", "--no-tablespaces"],
    raw: &["--comments", "--commands"],
    server: || {
        let there = home().join("data/mysql").is_dir();
        there.then(|| home().join("bin/mysqld"))
    },
    clients: || Some(home().join("bin")),
    install: install_mysql,
    options: || {
        let root = home().join("root/usr");
        let fixed = [
            "--innodb-buffer-pool-size=32M",
            "--innodb-redo-log-capacity=8M",
            "--performance-schema=0",
            "--mysqlx=0",
            // As in MariaDB.
            "--max-allowed-packet=16M",
            "--local-infile=1",
            "--secure-file-priv=",
        ];
        let found = [
            format!("--basedir={}", root.display()),
            format!("--lc-messages-dir={}/share/mysql", root.display()),
            format!(
                "--character-sets-dir={}/share/mysql/charsets",
                root.display()
            ),
        ];
        fixed.map(str::to_owned).into_iter().chain(found).collect()
    },
    fast: FAST,
    durable: &[],
};

/// Speed is worth more than rows that survive a power cut.
const FAST: &[&str] = &[
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
];

const MARIADB_SIZES: &[&str] = &["--innodb-buffer-pool-size=32M", "--innodb-log-file-size=8M"];

/// A program of MariaDB; Debian keeps the server off the PATH of users.
fn mariadb_program(name: &str) -> Option<PathBuf> {
    let more = [
        "/usr/sbin",
        "/usr/local/sbin",
        "/opt/homebrew/opt/mariadb/bin",
    ];
    find_program(name, &[]).or_else(|| find_program(name, &more.map(PathBuf::from)))
}

fn install_mariadb(directory: &Path) {
    let program = mariadb_program("mariadb-install-db").expect("it has been found before");
    let installed = Run::of(
        Command::new(program)
            .arg("--no-defaults")
            .args(MARIADB_SIZES)
            .args(FAST)
            .args(user())
            .arg(format!("--datadir={}", directory.join("data").display()))
            .arg(format!("--tmpdir={}", directory.display()))
            .args([
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--skip-name-resolve",
            ])
            .stdin(Stdio::null()),
    );
    let told = format!("{}{}", installed.out, installed.err);
    assert_eq!(installed.code, Some(0), "{told}");
}

fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/engines/mysql")
}

/// It takes MySQL long, so it is done once.
fn install_mysql(directory: &Path) {
    let copied = Command::new("cp")
        .arg("-R")
        .arg(home().join("data"))
        .arg(directory.join("data"))
        .status();
    let done = copied.is_ok_and(|status| status.success());
    assert!(done, "a data directory");
}

/// A server runs as root only if told so.
pub(super) fn user() -> &'static [&'static str] {
    if is_root() { &["--user=root"] } else { &[] }
}
