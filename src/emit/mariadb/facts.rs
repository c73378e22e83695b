//! What MariaDB's manual says of statements: which commit by themselves
//! (<https://mariadb.com/kb/en/sql-statements-that-cause-an-implicit-commit/>), which cannot be
//! prepared (<https://mariadb.com/kb/en/prepare-statement/>), which have no place in a script.
//!
//! A statement that is not in a table is [`Way::Ask`]: it may be anything, so it is recorded before
//! and after.

use super::server::Refused;

/// How a statement is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::emit) enum Way {
    /// In a transaction with its neighbours and with the record of how far the patch has come.
    Transaction,
    /// As `Transaction`; made again where a run takes the patch up behind it.
    Session,
    /// As `Session`, but no transaction takes it, so it ends the one before it.
    Outside,
    /// As `Transaction`; where a run takes the patch up behind it, what it left is missed.
    Volatile,
    /// Commits by itself, and the catalog tells whether it has.
    Probe,
    /// Commits by itself; running it again does no harm.
    Again,
    /// Commits by itself, and only a person can tell whether it has.
    Ask,
    /// May commit in its middle.
    MayCommit,
    /// Locks tables.
    Lock,
    /// Unlocks them.
    Unlock,
    /// Ends a transaction.
    Commit,
    /// Does nothing that the script does not do itself.
    Nothing,
}

impl Way {
    /// The letter by which `sql/run.sql` knows it.
    pub(in crate::emit) fn letter(self) -> char {
        match self {
            Self::Transaction => 't',
            Self::Session => 's',
            Self::Outside => 'b',
            Self::Volatile => 'v',
            Self::Probe => 'd',
            Self::Again => 'r',
            Self::Ask => 'q',
            Self::MayCommit => 'c',
            Self::Lock => 'l',
            Self::Unlock => 'u',
            Self::Commit => 'e',
            Self::Nothing => 'n',
        }
    }

    /// Whether its text runs.
    pub(super) fn is_run(self) -> bool {
        !matches!(self, Self::Commit | Self::Nothing)
    }

    /// Whether it commits what stands before it.
    pub(in crate::emit) fn commits(self) -> bool {
        matches!(
            self,
            Self::Outside
                | Self::Probe
                | Self::Again
                | Self::Ask
                | Self::MayCommit
                | Self::Lock
                | Self::Unlock
                | Self::Commit
        )
    }
}

/// Statements by their first words; the longest row that fits counts.
pub(super) const BY_FIRST_WORDS: &[(&[&str], Way)] = &[
    // Rows and nothing else.
    (&["INSERT"], Way::Transaction),
    (&["UPDATE"], Way::Transaction),
    (&["DELETE"], Way::Transaction),
    (&["REPLACE"], Way::Transaction),
    (&["SELECT"], Way::Transaction),
    (&["WITH"], Way::Transaction),
    (&["VALUES"], Way::Transaction),
    (&["TABLE"], Way::Transaction),
    (&["DO"], Way::Transaction),
    (&["HANDLER"], Way::Transaction),
    (&["LOAD", "DATA"], Way::Transaction),
    (&["LOAD", "XML"], Way::Transaction),
    (&["SAVEPOINT"], Way::Transaction),
    (&["RELEASE", "SAVEPOINT"], Way::Transaction),
    (&["SIGNAL"], Way::Transaction),
    (&["SHOW"], Way::Transaction),
    (&["EXPLAIN"], Way::Transaction),
    (&["DESCRIBE"], Way::Transaction),
    (&["DESC"], Way::Transaction),
    (&["HELP"], Way::Transaction),
    (&["CHECKSUM"], Way::Transaction),
    (&["ANALYZE"], Way::Transaction),
    (&["DROP", "TEMPORARY"], Way::Transaction),
    // The session.
    (&["SET"], Way::Session),
    (&["SET", "PASSWORD"], Way::Again),
    (&["SET", "DEFAULT", "ROLE"], Way::Again),
    (&["USE"], Way::Session),
    (&["LOCK"], Way::Lock),
    (&["UNLOCK"], Way::Unlock),
    // May commit, depending on what it calls.
    (&["CALL"], Way::MayCommit),
    (&["EXECUTE"], Way::MayCommit),
    (&["BEGIN", "NOT", "ATOMIC"], Way::MayCommit),
    (&["IF"], Way::MayCommit),
    (&["CASE"], Way::MayCommit),
    (&["LOOP"], Way::MayCommit),
    (&["WHILE"], Way::MayCommit),
    (&["REPEAT"], Way::MayCommit),
    (&["FOR"], Way::MayCommit),
    // Harmless a second time.
    (&["ANALYZE", "TABLE"], Way::Again),
    (&["ANALYZE", "TABLES"], Way::Again),
    (&["ANALYZE", "LOCAL"], Way::Again),
    (&["ANALYZE", "NO_WRITE_TO_BINLOG"], Way::Again),
    (&["OPTIMIZE"], Way::Again),
    (&["REPAIR"], Way::Again),
    (&["CHECK"], Way::Again),
    (&["CACHE"], Way::Again),
    (&["LOAD", "INDEX"], Way::Again),
    (&["TRUNCATE"], Way::Again),
    (&["FLUSH"], Way::Again),
    (&["RESET"], Way::Again),
    (&["GRANT"], Way::Again),
    (&["ALTER", "DATABASE"], Way::Again),
    (&["ALTER", "SCHEMA"], Way::Again),
    (&["ALTER", "PROCEDURE"], Way::Again),
    (&["ALTER", "FUNCTION"], Way::Again),
    (&["ALTER", "VIEW"], Way::Again),
    (&["ALTER", "SEQUENCE"], Way::Again),
    (&["ALTER", "USER"], Way::Again),
    (&["ALTER", "SERVER"], Way::Again),
    // Transactions.
    (&["START", "TRANSACTION"], Way::Nothing),
    (&["BEGIN"], Way::Nothing),
    (&["COMMIT"], Way::Commit),
];

/// Statements that no script can carry, by their first words: why, and what to write instead.
pub(super) const REFUSED: Refused = &[
    (
        &["ROLLBACK"],
        "roll back",
        "leave it out with the statements that it undoes; ROLLBACK TO SAVEPOINT is fine",
    ),
    (
        &["XA"],
        "be part of a distributed transaction",
        "leave XA out: the script commits each patch's rows with its own record",
    ),
    (
        &["SET", "TRANSACTION"],
        "choose the mode of its next transaction",
        "write SET SESSION TRANSACTION …; it goes back after the patch",
    ),
    (
        &["GET", "DIAGNOSTICS"],
        "ask for the diagnostics of the statement before it",
        "write both into one BEGIN NOT ATOMIC … END, or into one procedure",
    ),
    (
        &["RESIGNAL"],
        "use RESIGNAL outside a handler",
        "leave it out, or write SIGNAL",
    ),
    (
        &["SHUTDOWN"],
        "shut the server down",
        "do it in a step of its own",
    ),
    (&["KILL"], "kill connections", "do it in a step of its own"),
    (&["BACKUP"], "steer a backup", "do it in a step of its own"),
];

/// What a statement must not ask for: it is about the statement before it, and in a script that is
/// one of the script's own.
pub(super) const OF_THE_STATEMENT_BEFORE: &[&str] = &["ROW_COUNT", "FOUND_ROWS"];

/// The variables that cannot be set while a transaction has begun.
pub(super) const OUTSIDE: &[&str] = &[
    "binlog_format",
    "gtid_domain_id",
    "gtid_next",
    "gtid_seq_no",
    "skip_replication",
    "sql_log_bin",
];

/// The statements that the prepared statement protocol does not take; inside a block they work.
pub(super) const NOT_PREPARED: &[&[&str]] = &[
    &["PREPARE"],
    &["EXECUTE"],
    &["DEALLOCATE"],
    &["DROP", "PREPARE"],
];
