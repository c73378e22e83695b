//! The `.sql` files beside this one, with the plan's names and values put in.

use crate::emit::VERSION;
use crate::emit::template::fill;
use crate::plan::{Drift, Plan};
use crate::read::checksum::ALGORITHM;
use crate::source::ChecksumBuilder;

use super::quote;

/// The settings that are the same after a patch as before: what pg_dump's scripts set, and what
/// patches are seen to set. Settings that a server does not know are left out there.
const SETTINGS: &[&str] = &[
    "search_path",
    "client_encoding",
    "client_min_messages",
    "standard_conforming_strings",
    "escape_string_warning",
    "backslash_quote",
    "quote_all_identifiers",
    "transform_null_equals",
    "check_function_bodies",
    "default_tablespace",
    "default_table_access_method",
    "default_toast_compression",
    "default_transaction_isolation",
    "default_transaction_read_only",
    "default_transaction_deferrable",
    "default_text_search_config",
    "temp_tablespaces",
    "row_security",
    "session_replication_role",
    "synchronous_commit",
    "statement_timeout",
    "lock_timeout",
    "transaction_timeout",
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
    "work_mem",
    "maintenance_work_mem",
    "DateStyle",
    "IntervalStyle",
    "TimeZone",
    "bytea_output",
    "xmloption",
    "xmlbinary",
    "extra_float_digits",
    "lc_monetary",
    "lc_numeric",
    "lc_time",
];

/// What the setting `sqlstitch.applied` holds where all patches of this script are applied, as a
/// literal. It is the bundle's, so that what another script has left cannot be taken for it.
pub(super) fn applied(plan: &Plan) -> String {
    quote::literal(&format!("{:016x}", plan.bundle.leading_u64()))
}

/// What goes into the templates.
pub(super) struct Template(Vec<(&'static str, String)>);

impl Template {
    /// The values of `plan`.
    pub(super) fn new(plan: &Plan) -> Self {
        let ledger = &plan.settings.ledger;
        let schema = quote::ident(&ledger.schema);
        let table = format!("{schema}.{}", quote::ident(&ledger.table));
        // Scripts with one ledger exclude each other; the lock is the database's own already.
        let mut lock = ChecksumBuilder::default();
        for part in ["sqlstitch", &ledger.schema, &ledger.table] {
            lock.part(part.as_bytes());
        }
        let lock = lock.finish().leading_u64().cast_signed();
        let settings: Vec<String> = SETTINGS.iter().map(|name| quote::literal(name)).collect();
        let on_drift = match plan.settings.drift {
            Drift::Error => "error",
            Drift::Warn => "warn",
            Drift::Ignore => "ignore",
        };
        let revision = plan.settings.revision.as_deref();
        Self(vec![
            ("schema_text", quote::literal(&ledger.schema)),
            ("table_text", quote::literal(&ledger.table)),
            ("schema", schema),
            ("ledger_name", quote::literal(&table)),
            ("ledger", table),
            ("lock", lock.to_string()),
            ("lock_outside", lock.wrapping_add(1).to_string()),
            ("lock_create", lock.wrapping_add(2).to_string()),
            ("settings", settings.join(", ")),
            ("on_drift", quote::literal(on_drift)),
            ("algorithm", quote::literal(ALGORITHM)),
            ("version", quote::literal(VERSION)),
            ("bundle", quote::literal(&plan.bundle.to_string())),
            ("applied", applied(plan)),
            (
                "revision",
                revision.map_or_else(|| "NULL".to_owned(), quote::literal),
            ),
        ])
    }

    /// The list of patches, and the checks of the session. `letter` is one that is more than one byte,
    /// if there is any.
    pub(super) fn bundle(&self, patches: &[String], letter: Option<char>) -> String {
        let letter = letter.map(String::from).unwrap_or_default();
        let more = [
            ("patches", patches.join(",\n")),
            ("letter", quote::literal(&letter)),
            ("target", self.part(include_str!("sql/target.sql"))),
            ("writable", self.part(include_str!("sql/writable.sql"))),
        ];
        self.fill(include_str!("sql/bundle.sql"), &more)
    }

    /// What the patches call.
    pub(super) fn functions(&self) -> String {
        self.fill(include_str!("sql/functions.sql"), &[])
    }

    /// The ledger and the check of all patches.
    pub(super) fn ledger(&self) -> String {
        self.fill(include_str!("sql/ledger.sql"), &[])
    }

    /// The end of every script.
    pub(super) fn finish(&self) -> String {
        self.fill(include_str!("sql/finish.sql"), &[])
    }

    /// The start of a script in one transaction.
    pub(super) fn single_begin() -> &'static str {
        include_str!("sql/single_begin.sql")
    }

    /// The end of a script in one transaction.
    pub(super) fn single_end(&self) -> String {
        self.fill(include_str!("sql/single_end.sql"), &[])
    }

    /// What psql needs before anything else.
    pub(super) fn psql_begin() -> &'static str {
        include_str!("sql/psql_begin.sql")
    }

    /// The end where all is applied, or the lock; `outside` where statements run outside a transaction.
    /// In a single transaction the lock is the transaction's.
    pub(super) fn psql_lock(&self, outside: bool, single: bool) -> String {
        if single {
            return self.fill(include_str!("sql/psql_leave_single.sql"), &[]);
        }
        let mut text = self.fill(include_str!("sql/psql_lock.sql"), &[]);
        if outside {
            text.push_str(&self.fill(include_str!("sql/psql_outside.sql"), &[]));
        }
        text
    }

    /// The functions for patches outside a transaction.
    pub(super) fn psql_functions(&self) -> String {
        self.fill(include_str!("sql/psql_functions.sql"), &[])
    }

    /// The end of a script for psql.
    pub(super) fn psql_finish(&self, outside: bool, single: bool) -> String {
        let mut text = String::new();
        if outside {
            text.push_str(&self.fill(include_str!("sql/psql_finish_outside.sql"), &[]));
        }
        text.push_str(&self.fill(include_str!("sql/psql_finish.sql"), &[]));
        if !single {
            text.push_str(&self.fill(include_str!("sql/psql_unlock.sql"), &[]));
        }
        text
    }

    /// A part of a block, which ends without a line end.
    fn part(&self, template: &str) -> String {
        self.fill(template, &[]).trim_end().to_owned()
    }

    /// What the clients of other engines make of the script.
    pub(super) fn stranger() -> &'static str {
        include_str!("sql/stranger.sql")
    }

    fn fill(&self, template: &str, more: &[(&'static str, String)]) -> String {
        let values: Vec<_> = self.0.iter().chain(more).cloned().collect();
        fill(template, &values)
    }
}
