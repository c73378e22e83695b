//! Effects: what a statement changes for code that runs already, as far as the facts do not tell it:
//! that an added column must be given a value, which rule a constraint makes, that an index is built
//! without stopping writers. Data, like facts.

use serde::{Deserialize, Serialize};

use super::fact::Object;
use crate::source::Span;

/// One change of one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// The statement's place in [`super::Patch::statements`].
    pub statement: usize,
    /// What is done.
    pub what: What,
    /// The table, column or routine.
    pub object: Object,
    /// The words that do it: one action of an ALTER TABLE, or the whole statement.
    pub span: Span,
}

/// What an [`Effect`] does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// `ADD COLUMN`.
    AddColumn {
        /// NOT NULL, and nothing fills it where an INSERT does not name it.
        required: bool,
        /// Something fills it.
        filled: bool,
        /// What fills it differs from row to row, so that the table is written anew.
        rewrites: bool,
    },
    /// `SET NOT NULL`.
    SetNotNull,
    /// `DROP DEFAULT`, and the like for identities and generated columns.
    DropDefault,
    /// Another type.
    ChangeType {
        /// Its words.
        words: Span,
        /// `USING` makes other values of the old ones.
        computed: bool,
    },
    /// A column is added that gives all rows the same value and refuses equal ones.
    EqualValues,
    /// MariaDB's and MySQL's `MODIFY` and `CHANGE`, which say anew what a column is: NOT NULL and the
    /// default, too. The words behind its name.
    Redefine(Span),
    /// All rows are written anew and nothing else: `VACUUM FULL`, `CLUSTER`, `SET UNLOGGED`.
    Rewrite,
    /// Rows go with their partition: `DROP`, `TRUNCATE`, `DETACH` and `EXCHANGE PARTITION`, `NO INHERIT`.
    DropPartition,
    /// A table, the object, becomes a partition of another one: it refuses rows that are not of it.
    AttachPartition,
    /// A table becomes a partition and is no table any more.
    TableToPartition,
    /// A trigger or rule, the object, does not fire any more.
    SwitchOff,
    /// A trigger or rule, the object, fires.
    SwitchOn,
    /// Statements over the table or column are refused or do something else: `CREATE RULE … INSTEAD`,
    /// `GENERATED ALWAYS`, `REPLICA IDENTITY NOTHING`.
    OtherEffect,
    /// `OWNER TO`: the old owner loses its rights.
    Owner,
    /// `ADD UNIQUE`, `ADD PRIMARY KEY`, `ADD EXCLUDE`.
    AddUnique {
        /// Over an index that is there already.
        using_index: bool,
    },
    /// `ADD CHECK`.
    AddCheck {
        /// The rows that are there are looked at.
        checked: bool,
    },
    /// `ADD FOREIGN KEY`.
    AddForeignKey {
        /// The rows that are there are looked at.
        checked: bool,
    },
    /// `ENABLE ROW LEVEL SECURITY`, `FORCE ROW LEVEL SECURITY`.
    SecureRows,
    /// `CREATE INDEX`.
    Index {
        /// It refuses equal rows.
        unique: bool,
        /// Writers go on while it is built.
        concurrent: bool,
    },
    /// `TRUNCATE`, or `DELETE` without `WHERE`.
    DeleteAll,
    /// `REVOKE`.
    Revoke,
    /// What the routine that the statement makes returns, in a normal spelling.
    Returns(String),
}
