//! What differs between engines when a schema changes under code that runs.

/// What an engine does to code that runs, and what it offers to spare it.
#[derive(Clone, Copy, Debug)]
pub struct ReleaseRules {
    /// Building an index stops writers, and there is a form that does not.
    pub index_blocks: bool,
    /// A column whose default differs from row to row writes the table anew and stops everyone.
    pub rewrites_block: bool,
    /// NOT NULL, checks and foreign keys look at all rows and stop writers, and there is a form that
    /// does not.
    pub checks_block: bool,
    /// The patches to write instead of a rename, where they are known.
    pub ready: Option<&'static ReadyPatches>,
    /// Of a column's type only the affinity counts, and a longer text than it says is taken.
    pub types_are_affinities: bool,
    /// A column that is there can be made NOT NULL; else the table must be built anew.
    pub tightens_columns: bool,
    /// Statements may name a unique key by its constraint: `ON CONFLICT ON CONSTRAINT k`.
    /// <https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT>
    pub keys_are_named: bool,
    /// Arguments of a routine may have defaults, so that calls may leave them out.
    pub arguments_have_defaults: bool,
    /// What stands on a unique key: what writes a row in place of an equal one, and foreign keys.
    pub stands_on_keys: &'static str,
}

/// The patches to write instead of a rename. They are tried on real engines (tests/*/release.rs).
#[derive(Debug)]
pub struct ReadyPatches {
    /// For a column: another one, and triggers that keep both the same.
    pub column: &'static str,
    /// For a table: a view of the old name.
    pub table: &'static str,
    /// Around a name that is no plain word.
    pub quote: char,
    /// Names without quotes keep the case in which they are written.
    pub keeps_case: bool,
    /// A trigger can change the row before it is written, so before NOT NULL is asked for.
    pub changes_the_row: bool,
    /// A view of one table takes rows by itself.
    pub views_take_rows: bool,
    /// Rights are on a name, and so on the view that gets it
    /// (<https://dev.mysql.com/doc/refman/8.4/en/rename-table.html>,
    /// <https://mariadb.com/kb/en/rename-table/>); else they go with the table.
    pub rights_stay_with_name: bool,
    /// A view is kept as a text and does not learn of the new name.
    pub views_are_texts: bool,
}

const POSTGRES_READY: ReadyPatches = ReadyPatches {
    column: include_str!("release/postgres_column.sql"),
    table: include_str!("release/postgres_table.sql"),
    quote: '"',
    keeps_case: false,
    changes_the_row: true,
    views_take_rows: true,
    rights_stay_with_name: false,
    views_are_texts: false,
};

const MYSQL_READY: ReadyPatches = ReadyPatches {
    column: include_str!("release/mysql_column.sql"),
    table: include_str!("release/mysql_table.sql"),
    quote: '`',
    keeps_case: true,
    changes_the_row: true,
    views_take_rows: true,
    rights_stay_with_name: true,
    views_are_texts: true,
};

const SQLITE_READY: ReadyPatches = ReadyPatches {
    column: include_str!("release/sqlite_column.sql"),
    table: include_str!("release/sqlite_table.sql"),
    quote: '"',
    keeps_case: true,
    changes_the_row: false,
    views_take_rows: false,
    rights_stay_with_name: false,
    views_are_texts: false,
};

impl ReleaseRules {
    /// Nothing is known to block, or nothing is to be done about it.
    pub(super) const STANDARD: Self = Self {
        index_blocks: false,
        rewrites_block: false,
        checks_block: false,
        ready: None,
        types_are_affinities: false,
        tightens_columns: true,
        keys_are_named: false,
        arguments_have_defaults: true,
        stands_on_keys: "ON CONFLICT and foreign keys",
    };

    /// By the manual: CREATE INDEX (Building Indexes Concurrently), ALTER TABLE (Notes).
    /// <https://www.postgresql.org/docs/current/sql-createindex.html>
    /// <https://www.postgresql.org/docs/current/sql-altertable.html>
    pub(super) const POSTGRES: Self = Self {
        index_blocks: true,
        rewrites_block: true,
        checks_block: true,
        ready: Some(&POSTGRES_READY),
        keys_are_named: true,
        ..Self::STANDARD
    };

    /// MariaDB and MySQL. <https://mariadb.com/kb/en/insert-on-duplicate-key-update/>,
    /// <https://dev.mysql.com/doc/refman/8.4/en/create-procedure.html>
    pub(super) const MYSQL: Self = Self {
        ready: Some(&MYSQL_READY),
        arguments_have_defaults: false,
        stands_on_keys: "ON DUPLICATE KEY UPDATE, REPLACE and foreign keys",
        ..Self::STANDARD
    };

    /// MERGE asks for no key. <https://learn.microsoft.com/sql/t-sql/statements/merge-transact-sql>
    pub(super) const MSSQL: Self = Self {
        stands_on_keys: "foreign keys",
        ..Self::STANDARD
    };

    /// <https://www.sqlite.org/datatype3.html>
    /// <https://www.sqlite.org/lang_altertable.html#making_other_kinds_of_table_schema_changes>
    pub(super) const SQLITE: Self = Self {
        ready: Some(&SQLITE_READY),
        types_are_affinities: true,
        tightens_columns: false,
        ..Self::STANDARD
    };
}
