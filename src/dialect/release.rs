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
    /// Of a column's type only the affinity counts, and a longer text than it says is taken.
    pub types_are_affinities: bool,
}

impl ReleaseRules {
    /// Nothing is known to block, or nothing is to be done about it.
    pub(super) const STANDARD: Self = Self {
        index_blocks: false,
        rewrites_block: false,
        checks_block: false,
        has_ready_patches: false,
        types_are_affinities: false,
    };

    /// By the manual: CREATE INDEX (Building Indexes Concurrently), ALTER TABLE (Notes).
    /// <https://www.postgresql.org/docs/current/sql-createindex.html>
    /// <https://www.postgresql.org/docs/current/sql-altertable.html>
    pub(super) const POSTGRES: Self = Self {
        index_blocks: true,
        rewrites_block: true,
        checks_block: true,
        has_ready_patches: true,
        types_are_affinities: false,
    };

    /// <https://www.sqlite.org/datatype3.html>
    pub(super) const SQLITE: Self = Self {
        types_are_affinities: true,
        ..Self::STANDARD
    };
}
