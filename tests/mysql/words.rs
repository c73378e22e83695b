//! What MariaDB and MySQL write in different ways, and what only one of them has.

use super::support::mysql::Server;

/// The words of one of them.
pub(crate) struct Words {
    /// Statements that may be broken off, with what must be there before.
    pub(crate) probed: &'static [(&'static str, &'static str)],
    /// Statements about which the catalog tells nothing.
    pub(crate) never_guessed: &'static [&'static str],
    /// What a session may have set.
    pub(crate) settings: &'static [&'static str],
    /// An `sql_mode`, and a statement that only it allows.
    pub(crate) mode: (&'static str, &'static str),
    /// Makes something of this number.
    pub(crate) made: fn(usize) -> String,
    /// How far a patch has come that fails at its second statement, a `CREATE TRIGGER`.
    pub(crate) after_trigger: &'static str,
    /// What a client that goes on is told then.
    pub(crate) not_continued: &'static str,
    /// What a user is told who may make tables and no more, the hint, and what is there then.
    pub(crate) missing_right: (&'static str, &'static str, &'static str),
    /// What is told in a session that only reads.
    pub(crate) read_only: &'static str,
    /// The last error that a client sees that goes on.
    pub(crate) last_error: &'static str,
}

const MARIADB: Words = Words {
    probed: &[
        ("", "CREATE SEQUENCE x"),
        (
            "CREATE TABLE t (a int, CONSTRAINT x CHECK (a > 0))",
            "ALTER TABLE t DROP CONSTRAINT IF EXISTS x",
        ),
        (
            "CREATE TABLE t (a int)",
            "CREATE OR REPLACE TABLE t (b int)",
        ),
    ],
    never_guessed: &["ALTER TABLE t DROP COLUMN IF EXISTS b, ADD COLUMN b text"],
    settings: &[
        "sql_mode = 'ORACLE'",
        "tx_isolation = 'SERIALIZABLE', sql_safe_updates = 1",
        "old_mode = ''",
    ],
    mode: ("ORACLE", "CREATE TABLE u (a number(3));"),
    made: |n| format!("CREATE SEQUENCE s{n}"),
    after_trigger: "running|NULL|2",
    not_continued: "is not tried, because the patch before it",
    missing_right: (
        "INSERT command denied",
        "GRANT CREATE, SELECT, INSERT, UPDATE",
        "sqlstitch_patch",
    ),
    read_only: "the session is read-only (tx_read_only)",
    last_error: "not all patches of this script are applied",
};

const MYSQL: Words = Words {
    probed: &[(
        "CREATE TABLE t (a int, CONSTRAINT x CHECK (a > 0))",
        "ALTER TABLE t DROP CHECK x",
    )],
    never_guessed: &[],
    settings: &["transaction_isolation = 'SERIALIZABLE', sql_safe_updates = 1"],
    mode: ("ANSI", "CREATE TABLE \"u\" (a int);"),
    made: |n| format!("CREATE FUNCTION f{n}() RETURNS int DETERMINISTIC RETURN 1"),
    after_trigger: "running|2|2",
    not_continued: "is not continued",
    missing_right: (
        "this script needs the right ALTER ROUTINE",
        "GRANT CREATE ROUTINE",
        "",
    ),
    read_only: "the session is read-only (transaction_read_only)",
    last_error: "nosuch",
};

/// The words of this server.
pub(crate) fn words(server: &Server) -> &'static Words {
    match server.dialect() {
        "mysql" => &MYSQL,
        _ => &MARIADB,
    }
}
