//! The session's settings that end with their patch.

/// The variables that a patch may set and that go back after it. Each is there, and may be set by
/// anyone, in every version from 10.6 on.
const KEPT: &[&str] = &[
    "auto_increment_increment",
    "auto_increment_offset",
    "character_set_filesystem",
    "character_set_server",
    "check_constraint_checks",
    "collation_server",
    "default_storage_engine",
    "default_tmp_storage_engine",
    "default_week_format",
    "div_precision_increment",
    "foreign_key_checks",
    "group_concat_max_len",
    "innodb_lock_wait_timeout",
    "lc_time_names",
    "lock_wait_timeout",
    "low_priority_updates",
    "max_statement_time",
    "old_mode",
    "optimizer_switch",
    "sql_auto_is_null",
    "sql_big_selects",
    "sql_notes",
    "sql_quote_show_create",
    "sql_safe_updates",
    "sql_select_limit",
    "time_zone",
    "tx_isolation",
    "tx_read_only",
    "unique_checks",
];

/// As [`KEPT`], but not everyone may set them: they are put back only where they have changed. A `gtid_seq_no`
/// ends with its transaction.
const GUARDED: &[&str] = &[
    "sql_log_bin",
    "binlog_format",
    "gtid_domain_id",
    "server_id",
    "skip_replication",
];

/// What the script sets for itself, and puts back at its end only.
const OWN: &[&str] = &[
    "sql_mode",
    "autocommit",
    "completion_type",
    "character_set_client",
    "character_set_results",
    "collation_connection",
];

fn list<'n>(names: impl Iterator<Item = &'n &'n str>, write: impl Fn(&str) -> String) -> String {
    let items: Vec<String> = names.map(|name| write(name)).collect();
    items.join(", ")
}

/// The assignments that keep everything, at the head; what a run before has kept stays.
pub(in crate::emit) fn keep() -> String {
    let kept = list(OWN.iter().chain(KEPT).chain(GUARDED), |name| {
        format!("@sqlstitch_was_{name} = @@SESSION.{name}")
    });
    format!("@sqlstitch_kept = 1, {kept}, @sqlstitch_was_role = CURRENT_ROLE()")
}

/// The assignments that put everything back, at the end.
pub(in crate::emit) fn finish() -> String {
    list(OWN.iter(), |name| {
        format!("SESSION {name} = @sqlstitch_was_{name}")
    })
}

/// The statement with which a patch begins.
pub(super) fn begin() -> String {
    "SET @sqlstitch_now_sql_mode = @sqlstitch_was_sql_mode, @sqlstitch_now_client = 'utf8mb4', @sqlstitch_now_results = 'utf8mb4', @sqlstitch_now_collation = @sqlstitch_collation;
      SET SESSION sql_safe_updates = @sqlstitch_was_sql_safe_updates;"
        .to_owned()
}

/// The assignments with which each part of a patch begins.
pub(super) fn part() -> String {
    "sql_mode = @sqlstitch_now_sql_mode, SESSION character_set_client = @sqlstitch_now_client, SESSION character_set_results = @sqlstitch_now_results, SESSION collation_connection = @sqlstitch_now_collation"
        .to_owned()
}

/// The statements after a part that is not the last: the script's own text must be read as it is
/// meant, the next part must find what this one has set.
pub(super) fn pause() -> String {
    "SET @sqlstitch_now_sql_mode = @@SESSION.sql_mode, @sqlstitch_now_client = @@SESSION.character_set_client, @sqlstitch_now_results = @@SESSION.character_set_results, @sqlstitch_now_collation = @@SESSION.collation_connection;
      SET SESSION character_set_client = 'utf8mb4', SESSION character_set_results = 'utf8mb4', SESSION collation_connection = @sqlstitch_collation;"
        .to_owned()
}

/// The statements after a patch for what not everyone may set.
pub(super) fn rights_back() -> String {
    let back = GUARDED.iter().map(|name| {
        format!(
            "IF @@SESSION.{name} <> @sqlstitch_was_{name} THEN\n        SET SESSION {name} = @sqlstitch_was_{name};\n      END IF;"
        )
    });
    back.collect::<Vec<_>>().join("\n      ")
}

/// The assignments after a patch.
pub(super) fn back() -> String {
    let kept = list(KEPT.iter(), |name| {
        format!("SESSION {name} = @sqlstitch_was_{name}")
    });
    format!(
        "autocommit = 1, SESSION timestamp = DEFAULT, SESSION completion_type = 'NO_CHAIN', SESSION character_set_client = 'utf8mb4', SESSION character_set_results = 'utf8mb4', SESSION collation_connection = @sqlstitch_collation, {kept}"
    )
}
