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
    /// The patches to write instead of a rename are known, in PL/pgSQL.
    pub has_ready_patches: bool,
}

impl ReleaseRules {
    /// Nothing is known to block, or nothing is to be done about it.
    pub(super) const STANDARD: Self = Self {
        index_blocks: false,
        rewrites_block: false,
        checks_block: false,
        has_ready_patches: false,
    };

    /// By the manual: CREATE INDEX (Building Indexes Concurrently), ALTER TABLE (Notes).
    /// <https://www.postgresql.org/docs/current/sql-createindex.html>
    /// <https://www.postgresql.org/docs/current/sql-altertable.html>
    pub(super) const POSTGRES: Self = Self {
        index_blocks: true,
        rewrites_block: true,
        checks_block: true,
        has_ready_patches: true,
    };
}
