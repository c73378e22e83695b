//! The `.sql` files beside this one, with the plan's names and values put in.

use std::collections::BTreeSet;

use crate::emit::template::{common, fill, if_set};
use crate::emit::text::{ident, in_comment};
use crate::plan::{Action, Plan};
use crate::source::{ChecksumBuilder, Sources};

use super::{adopt, quote};

/// Settings that are the same after a patch as before, also where a function changes them: what
/// pg_dump's scripts set, and what patches are seen to set. Settings that a server does not know are
/// left out there.
const SETTINGS: &[&str] = &[
    "search_path",
    "client_encoding",
    "client_min_messages",
    "standard_conforming_strings",
    "escape_string_warning",
    "backslash_quote",
    "quote_all_identifiers",
    "array_nulls",
    "lo_compat_privileges",
    "password_encryption",
    "plpgsql.variable_conflict",
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
    /// The values of `plan`, whose statements change the settings `set`.
    pub(super) fn new(plan: &Plan, set: &BTreeSet<String>) -> Self {
        let ledger = &plan.settings.ledger;
        let schema = ident(&ledger.schema);
        let table = format!("{schema}.{}", ident(&ledger.table));
        let kept = format!("{schema}.{}", ident(&format!("{}_kept", ledger.table)));
        // Scripts with one ledger exclude each other; the lock is the database's own already.
        let mut lock = ChecksumBuilder::default();
        for part in ["sqlstitch", &ledger.schema, &ledger.table] {
            lock.part(part.as_bytes());
        }
        let lock = lock.finish().leading_u64().cast_signed();
        let more = set.iter().map(String::as_str);
        let more = more.filter(|name| {
            !SETTINGS
                .iter()
                .any(|known| known.eq_ignore_ascii_case(name))
        });
        let settings = SETTINGS.iter().copied().chain(more);
        let settings: Vec<String> = settings.map(quote::literal).collect();
        let action = plan.settings.action;
        let undoes = action == Action::Revert;
        let drift_hint = if undoes {
            "See that its revert file undoes what was applied;"
        } else {
            "Put the change into a new patch and this one back as it was;"
        };
        let privileges = if undoes {
            "'SELECT', 'UPDATE', 'DELETE'"
        } else {
            "'SELECT', 'INSERT', 'UPDATE'"
        };
        let mut more = Vec::new();
        if plan.settings.adopt.is_some() {
            more.push("pg_temp.sqlstitch_adopt()");
        }
        match action {
            Action::Apply => {}
            Action::Baseline => more.push("pg_temp.sqlstitch_baseline()"),
            Action::Revert => more.push("pg_temp.sqlstitch_revertible()"),
        }
        let has_formerly = plan.patches.iter().any(|patch| !patch.formerly.is_empty());
        let mut values = vec![
            ("schema_text", quote::literal(&ledger.schema)),
            ("table_text", quote::literal(&ledger.table)),
            ("schema", schema),
            ("ledger_name", quote::literal(&table)),
            ("ledger", table),
            ("kept_name", quote::literal(&kept)),
            ("kept", kept),
            ("lock", lock.to_string()),
            ("lock_outside", lock.wrapping_add(1).to_string()),
            ("lock_create", lock.wrapping_add(2).to_string()),
            ("settings", settings.join(", ")),
            ("applied", applied(plan)),
            (
                "done",
                (if undoes { "undone" } else { "applied" }).to_owned(),
            ),
            ("drift_hint", quote::literal(drift_hint)),
            ("privileges", privileges.to_owned()),
            ("more", more.join(", ")),
            ("apply", if_set(action == Action::Apply)),
            ("baseline", if_set(action == Action::Baseline)),
            ("revert", if_set(undoes)),
            ("forward", if_set(!undoes)),
            ("adopt", if_set(plan.settings.adopt.is_some())),
            ("formerly", if_set(has_formerly)),
        ];
        values.extend(common(plan, quote::literal));
        Self(values)
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

    /// What the patches call; with `repeatables` where one replaces or drops views or routines.
    pub(super) fn functions(&self, repeatables: bool) -> String {
        let settle = if repeatables {
            "    PERFORM pg_temp.sqlstitch_settle(_name);\n"
        } else {
            ""
        };
        let settle = ("settle", settle.to_owned());
        self.fill(include_str!("sql/functions.sql"), &[settle])
    }

    /// What statements of repeatable patches call, given what they make.
    pub(super) fn repeatables(&self, makes: &[String]) -> String {
        let makes = [("makes", makes.join(",\n"))];
        let templates = [
            include_str!("sql/kept.sql"),
            include_str!("sql/keep.sql"),
            include_str!("sql/put_back.sql"),
            include_str!("sql/replace.sql"),
        ];
        let texts: Vec<String> = templates
            .iter()
            .map(|template| self.fill(template, &makes))
            .collect();
        texts.join("\n")
    }

    /// The end of what they call.
    pub(super) fn repeatables_finish(&self) -> String {
        self.fill(include_str!("sql/finish_repeatable.sql"), &[])
    }

    /// What only some scripts do in their checks.
    pub(super) fn more_functions(&self, plan: &Plan, sources: &Sources) -> String {
        let mut text = String::new();
        if let Some(adopt) = &plan.settings.adopt {
            let table = format!("{}.{}", ident(&adopt.schema), ident(&adopt.table));
            let column = |name: &str| quote::literal(&format!("a.{}", ident(name)));
            let more = [
                ("ours", adopt::rows(plan, sources)),
                ("their_name", in_comment(&table).into_owned()),
                ("their_text", quote::literal(&table)),
                ("name_text", quote::literal(&adopt.name)),
                ("name_column", column(&adopt.name)),
                ("checksum_text", quote::literal(&adopt.checksum)),
                ("checksum_column", column(&adopt.checksum)),
            ];
            text.push_str(&self.fill(include_str!("sql/adopt.sql"), &more));
        }
        match plan.settings.action {
            Action::Apply => {}
            Action::Baseline => {
                text.push_str(&self.fill(include_str!("sql/baseline.sql"), &[]));
            }
            Action::Revert => {
                text.push_str(&self.fill(include_str!("sql/revertible.sql"), &[]));
            }
        }
        text
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
