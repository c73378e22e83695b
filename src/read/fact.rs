//! Facts: what a statement does to which database objects, with the place that says so. Facts are
//! data; nothing here knows of other files or of order.

mod object;

use serde::{Deserialize, Serialize};

use crate::name::{Ident, ObjectName};
use crate::source::Span;
pub use object::{Kind, Namespace, Object, ObjectRef, Part, Signature};

/// What a statement does to an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Makes it.
    Define {
        /// `OR REPLACE`: an older one of that name is fine and is replaced in place.
        replace: bool,
        /// `IF NOT EXISTS`: an older one of that name is fine and stays.
        if_absent: bool,
        /// Gone with the session.
        temporary: bool,
    },
    /// Needs it to be there.
    Use,
    /// Changes it in place (ALTER …, COMMENT ON, GRANT): needs it to be there.
    Alter,
    /// Changes a column's type: views, rules, policies and generated columns on it must come later.
    Retype,
    /// Gives it another name or moves it to another schema.
    Rename {
        /// The object under its new name.
        to: Box<Object>,
    },
    /// Removes it.
    Drop {
        /// `IF EXISTS`: fine when it is not there.
        if_exists: bool,
        /// `CASCADE`: takes along what depends on it.
        cascade: bool,
    },
    /// Writes rows of the table; on a column: writes that column.
    Write,
    /// Reads rows of the relation to do something with them now.
    Read,
    /// Checks the rows that are there: SET NOT NULL, ADD CHECK/UNIQUE/FOREIGN KEY/PRIMARY KEY, a
    /// unique index. On the column where it is known, else on the table.
    Tighten,
    /// Runs the routine now.
    Run,
    /// The object is a routine that writes to `table` will run: of a trigger, a column default, a
    /// CHECK. Where a trigger has its body in itself, the object is the trigger, and
    /// [`Fact::in_body_of`] of its body's facts names it.
    RunsOnWrite {
        /// The table.
        table: Box<ObjectName>,
    },
    /// The object is a partition of `parent`, which can take rows only where it has one for them.
    Partitions {
        /// The partitioned table.
        parent: Box<ObjectName>,
    },
    /// GRANT or REVOKE on whatever of this kind the schema has now; the object is the schema.
    CoversAll {
        /// Tables stand for views as well.
        of: Kind,
    },
    /// Default privileges of what of this kind will be made; the object is the schema, without a name
    /// where they are for all schemas.
    CoversNew {
        /// Tables stand for views as well.
        of: Kind,
    },
    /// The object is the referenced table of a foreign key of `from`.
    References {
        /// The table that has the foreign key.
        from: Box<ObjectName>,
    },
}

/// Whether the engine insists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Binding {
    /// The engine refuses the statement when the object is missing.
    Hard,
    /// The object is looked up only when the routine around it runs.
    Late,
}

impl Binding {
    /// The binding of what the engine does (or does not) look up at creation, by its table
    /// [`crate::dialect::LooksUp`].
    #[must_use]
    pub fn of(looked_up: bool) -> Self {
        if looked_up { Self::Hard } else { Self::Late }
    }
}

/// Which reader found a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// A parser's tree.
    Tree,
    /// The token reader.
    Tokens,
    /// Implied by what the tree or the tokens say: `t_pkey`, `t_id_seq`.
    Implied,
    /// A header directive.
    Header,
}

/// One thing that a statement does to one object. There are many of them: what few have is boxed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What is done.
    pub action: Action,
    /// To which object.
    pub object: Object,
    /// Other owners that an unqualified column may belong to: `SELECT c FROM t, u` uses column `c`
    /// of `t`, or of `u`. Empty for everything else.
    pub or_of: Vec<ObjectName>,
    /// The words that say so.
    pub span: Span,
    /// Whether the engine insists.
    pub binding: Binding,
    /// Who found it.
    pub reader: Reader,
    /// Set on facts of a routine's body: the routine (or trigger, or event) that the same statement
    /// defines. Its writes, reads and runs happen only when the routine runs.
    pub in_body_of: Option<Box<Object>>,
}

/// The facts of one statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementFacts {
    /// The statement's place in [`super::Patch::statements`].
    pub statement: usize,
    /// The facts in the order of their places.
    pub facts: Vec<Fact>,
    /// The `search_path` that the file has set when the statement runs, if it has set one.
    pub search_path: Option<Vec<Ident>>,
    /// The `search_path` that the routine which the statement makes sets for itself: it holds in the
    /// body, in place of the other one.
    pub body_path: Option<Vec<Ident>>,
    /// The statement (or its body) was read from tokens alone, because the grammar refused it.
    pub tokens_only: bool,
    /// Places of SQL that is put together at run time.
    pub dynamic: Vec<Span>,
}

impl StatementFacts {
    /// The `search_path` in which the names of a fact are looked up, as far as the file sets one.
    #[must_use]
    pub fn path_of(&self, fact: &Fact) -> Option<&[Ident]> {
        let own = fact.in_body_of.as_ref().and(self.body_path.as_deref());
        own.or(self.search_path.as_deref())
    }
}
