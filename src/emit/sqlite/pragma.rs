//! What each PRAGMA means inside a guarded script: <https://www.sqlite.org/pragma.html>.

/// How a script carries a PRAGMA that sets something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Works inside a transaction and belongs to the database or to the transaction.
    Kept,
    /// Works inside a transaction but belongs to the connection: set back after the patch, to what
    /// `SELECT * FROM pragma_NAME` gave before it.
    Restored,
    /// As [`Effect::Restored`], but it cannot be asked for: set back to this value.
    RestoredTo(&'static str),
    /// Does nothing inside a transaction; set before it.
    ForeignKeys,
    /// Refused inside a transaction, and harmless when it runs again: run outside.
    Alone,
    /// As [`Effect::Alone`], and fails where another connection writes: a switch to WAL.
    Wal,
    /// As [`Effect::Alone`], but does nothing once the database has a table, unless VACUUM follows.
    BeforeVacuum,
    /// Tunes the connection, changes nothing that stays: left out.
    Tuning,
    /// Takes away what the script relies on, or cannot be relied on itself.
    Dangerous(&'static str),
}

/// The effect of `PRAGMA name = value`. Both are in lower case and without quotes; `value` is
/// `None` where the PRAGMA only asks.
pub(super) fn effect(name: &str, value: Option<&str>) -> Effect {
    // These work without a value as well.
    if name == "wal_checkpoint" {
        return Effect::Alone;
    }
    let Some(value) = value else {
        return Effect::Kept;
    };
    match name {
        "foreign_keys" => Effect::ForeignKeys,
        "journal_mode" => match value {
            "off" => Effect::Dangerous(
                "without a journal, a run that is killed leaves a broken database",
            ),
            "memory" => Effect::Dangerous(
                "with the journal in memory, a run that is killed leaves a broken database",
            ),
            // Leaving WAL needs every other connection closed, and does not wait for it.
            "delete" | "truncate" | "persist" => Effect::Dangerous(
                "leaving WAL fails as soon as anything else has the database open",
            ),
            "wal" => Effect::Wal,
            _ => Effect::Kept,
        },
        "page_size" | "auto_vacuum" | "encoding" => Effect::BeforeVacuum,
        // `synchronous` and `temp_store` are errors inside a transaction, and `temp_store` drops
        // the temporary tables that the script keeps its place in.
        "synchronous"
        | "temp_store"
        | "temp_store_directory"
        | "data_store_directory"
        | "cache_size"
        | "default_cache_size"
        | "cache_spill"
        | "mmap_size"
        | "locking_mode"
        | "busy_timeout"
        | "threads"
        | "wal_autocheckpoint"
        | "journal_size_limit"
        | "soft_heap_limit"
        | "hard_heap_limit"
        | "checkpoint_fullfsync"
        | "fullfsync"
        | "automatic_index"
        | "read_uncommitted" => Effect::Tuning,
        "recursive_triggers"
        | "legacy_alter_table"
        | "query_only"
        | "ignore_check_constraints"
        | "writable_schema"
        | "trusted_schema"
        | "reverse_unordered_selects"
        | "cell_size_check"
        | "count_changes"
        | "full_column_names"
        | "short_column_names"
        | "empty_result_callbacks"
        | "secure_delete"
        | "analysis_limit" => Effect::Restored,
        "case_sensitive_like" => Effect::RestoredTo("0"),
        _ => Effect::Kept,
    }
}

/// Whether a value switches a PRAGMA on, as SQLite reads it (`getSafetyLevel` in `pragma.c`): a
/// number by its last byte, and what it does not know is off.
pub(super) fn is_on(value: &str) -> bool {
    match value.parse::<u32>() {
        Ok(number) => number % 256 != 0,
        Err(_) => matches!(value, "on" | "yes" | "true"),
    }
}
