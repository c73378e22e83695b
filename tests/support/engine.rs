//! What the conformance suite asks of a database engine, so that each behaviour is written once.
//!
//! docs/architecture.md tells how an engine joins.

use std::path::Path;
use std::process::Child;

use super::run::Run;

/// An engine that is there, with its own client.
pub(crate) trait Engine: Send + Sync {
    /// How trials call it: `postgres 18`.
    fn name(&self) -> String;

    /// What `--dialect` calls it.
    fn dialect(&self) -> &'static str;

    /// The engine as messages spell it: `PostgreSQL`.
    fn title(&self) -> &'static str;

    /// What it writes otherwise than the others.
    fn words(&self) -> Words;

    /// A new, empty database.
    fn database(&self) -> Box<dyn Database + '_>;

    /// The behaviours that it cannot have, each with the reason; they are shown as ignored.
    fn exceptions(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// The forms that a script may have, for what is tried with each.
    fn forms(&self) -> &'static [Form] {
        &[Form {
            arguments: &[],
            effect: |number| format!("INSERT INTO effect VALUES ({number}, 1)"),
        }]
    }

    /// A server of its own that may be killed and keeps what it has committed; none where the engine
    /// is no server.
    fn mortal(&self) -> Option<Box<dyn Engine>> {
        None
    }

    /// Kills the server of [`Self::mortal`] as a power cut would, and starts it again.
    fn crash(&self) {
        panic!("only a server of its own may be killed");
    }
}

/// The parts of SQL that engines write in different ways.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    /// The ledger's table.
    pub(crate) ledger: &'static str,
    /// What makes the ledger's schema, where there are schemas.
    pub(crate) ledger_schema: Option<&'static str>,
    /// A type for texts of any length.
    pub(crate) text: &'static str,
    /// A string literal with this text, which may be anything.
    pub(crate) literal: fn(&str) -> String,
    /// The bytes of an expression of type text as hexadecimal digits, in either case.
    pub(crate) hex: fn(&str) -> String,
    /// What an error message in the statement that begins at this line of a file holds.
    pub(crate) place: fn(&str, u32) -> Vec<String>,
    /// A statement that takes some milliseconds.
    pub(crate) pause: &'static str,
    /// A statement that changes a setting of the session, and the expression that shows it.
    pub(crate) setting: (&'static str, &'static str),
    /// The beginning of a statement that makes a temporary table.
    pub(crate) temporary: &'static str,
    /// How a view is replaced: what comes before `AS`, for a view `v`.
    pub(crate) replace_view: &'static str,
}

/// A form of script, and patches that only it can carry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form {
    /// What it is built with.
    pub(crate) arguments: &'static [&'static str],
    /// What leaves the row `(number, 1)` in the table `effect`; the next statement leaves `(number, 2)`.
    pub(crate) effect: fn(usize) -> String,
}

/// What the user who runs a script may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Restriction {
    /// Make the ledger, in a database that has none.
    MakeLedger,
    /// Write to the ledger that is there.
    WriteLedger,
    /// Write at all.
    Write,
}

/// A database of its own for one test.
pub(crate) trait Database {
    /// Runs a script to its end, as the engine's page tells.
    fn run(&self, script: &Path) -> Run;

    /// Runs a script with a client that goes on after errors, if the engine has one.
    fn run_on(&self, script: &Path) -> Run;

    /// Starts a script in the background, as [`Self::run`] would run it.
    fn start(&self, script: &Path) -> Child;

    /// Runs a script as a user who may not do everything; none where the engine knows no such limit.
    fn run_restricted(&self, restriction: Restriction, script: &Path) -> Option<Run>;

    /// The rows of a query, or nothing for other statements; fields parted by `|`. It must succeed.
    fn ask(&self, statements: &str) -> String;

    /// Every object and every row but the ledger.
    fn dump(&self) -> String;

    /// Something that any write changes, to the ledger or to anything else.
    fn version(&self) -> String;
}
