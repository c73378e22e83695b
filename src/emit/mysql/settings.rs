//! The session's settings that end with their patch.

use std::fmt::Write as _;

/// The variables that a patch may set and that go back after it. Not everyone may set each of them, so a
/// variable is put back only where it has changed.
const KEPT: &[&str] = &[
    "auto_increment_increment",
    "auto_increment_offset",
    "character_set_filesystem",
    "character_set_results",
    "character_set_server",
    "collation_server",
    "completion_type",
    "cte_max_recursion_depth",
    "default_storage_engine",
    "default_tmp_storage_engine",
    "default_week_format",
    "div_precision_increment",
    "explicit_defaults_for_timestamp",
    "foreign_key_checks",
    "group_concat_max_len",
    "innodb_lock_wait_timeout",
    "innodb_strict_mode",
    "lc_time_names",
    "lock_wait_timeout",
    "max_execution_time",
    "optimizer_switch",
    "sql_auto_is_null",
    "sql_big_selects",
    "sql_log_bin",
    "sql_notes",
    "sql_quote_show_create",
    "sql_require_primary_key",
    "sql_safe_updates",
    "sql_select_limit",
    "time_zone",
    "transaction_isolation",
    "transaction_read_only",
    "unique_checks",
];

/// As [`KEPT`], but looked at only where a patch sets it: later versions are to lack the one, and few servers
/// let anyone set the other.
const RARE: &[&str] = &["binlog_format", "gtid_next"];

/// What the script sets for itself, and puts back at its end only.
const OWN: &[&str] = &[
    "sql_mode",
    "autocommit",
    "character_set_client",
    "collation_connection",
];

/// Those of [`KEPT`] that have another value while the script runs.
const MEANWHILE: &[(&str, &str)] = &[
    ("character_set_results", "'utf8mb4'"),
    ("completion_type", "'NO_CHAIN'"),
    ("sql_safe_updates", "0"),
    ("sql_select_limit", "DEFAULT"),
];

/// Those settings that few patches set, among these `SET` statements.
pub(super) fn rare<'t>(statements: impl Iterator<Item = &'t str>) -> Vec<&'static str> {
    let mut found = Vec::new();
    for text in statements {
        let text = text.to_ascii_lowercase();
        let names = RARE.iter().copied();
        found.extend(names.filter(|name| text.contains(name)));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The assignments that keep everything, at the head; what a run before has kept stays.
pub(super) fn keep(rare: &[&str]) -> String {
    let mut text = "@sqlstitch_kept = 1".to_owned();
    for name in OWN.iter().chain(KEPT).chain(rare) {
        let _ = write!(text, ", @sqlstitch_was_{name} = @@SESSION.{name}");
    }
    text + ", @sqlstitch_was_role = CURRENT_ROLE()"
}

/// The assignments that put everything back, at the end.
pub(super) fn finish() -> String {
    let meanwhile = MEANWHILE.iter().map(|(name, _)| name);
    let names: Vec<String> = OWN
        .iter()
        .chain(meanwhile)
        .map(|name| format!("SESSION {name} = @sqlstitch_was_{name}"))
        .collect();
    names.join(", ")
}

/// The assignments with which each part of a patch begins; those of the character sets only where
/// `charsets`.
pub(super) fn part(charsets: bool) -> String {
    let mut text = "sql_mode = @sqlstitch_now_sql_mode".to_owned();
    if charsets {
        text.push_str(", SESSION character_set_client = @sqlstitch_now_client, SESSION collation_connection = @sqlstitch_now_collation");
    }
    text
}

/// The statements after a patch, inside a procedure.
pub(super) fn restore(rare: &[&str]) -> String {
    let mut text = "SET SESSION autocommit = 1, SESSION timestamp = DEFAULT;\n".to_owned();
    for name in KEPT.iter().chain(rare) {
        let meanwhile = MEANWHILE.iter().find(|(other, _)| other == name);
        let _ = match meanwhile {
            Some((_, value)) => writeln!(text, "    SET SESSION {name} = {value};"),
            None => writeln!(
                text,
                "    IF NOT @@SESSION.{name} <=> @sqlstitch_was_{name} THEN SET SESSION {name} = @sqlstitch_was_{name}; END IF;"
            ),
        };
    }
    text.push_str(
        "    IF CURRENT_ROLE() <> @sqlstitch_was_role THEN\n      SET @sqlstitch_sql = CONCAT('SET ROLE ', @sqlstitch_was_role);\n      PREPARE sqlstitch_do FROM @sqlstitch_sql;\n      EXECUTE sqlstitch_do;\n    END IF;",
    );
    text
}
