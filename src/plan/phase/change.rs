//! What breaks code that runs already, and what stops it for a while.

use crate::name::Ident;
use crate::read::fact::Object;
use crate::source::Span;

/// The ways in which a statement breaks old code, or blocks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BreakKind {
    /// A table goes.
    DropTable,
    /// A column goes.
    DropColumn,
    /// A view goes.
    DropView,
    /// A view is made anew without some of its columns.
    DropViewColumn,
    /// A routine goes, or gets another name.
    DropRoutine,
    /// A routine takes other arguments or gives another type.
    ChangeRoutine,
    /// A unique key goes, which ON CONFLICT and foreign keys may name.
    DropUnique,
    /// A unique constraint gets another name, which ON CONFLICT ON CONSTRAINT may have.
    RenameUnique,
    /// Any other object goes or gets another name.
    DropObject,
    /// A table or view gets another name or schema.
    RenameTable,
    /// A column gets another name.
    RenameColumn,
    /// A column gets another type.
    ChangeType,
    /// A value of an enum gets another name.
    RenameValue,
    /// NULL is refused.
    SetNotNull,
    /// A column is added that every INSERT must fill.
    AddRequired,
    /// Equal rows are refused.
    AddUnique,
    /// Rows are refused by a check.
    AddCheck,
    /// Rows are refused by a foreign key.
    AddForeignKey,
    /// What filled a column goes.
    DropDefault,
    /// Rights are taken away.
    TakeRights,
    /// All rows go.
    DeleteAll,
    /// A trigger or rule does not fire any more.
    SwitchOff,
    /// Statements are refused or do something else.
    OtherEffect,
    /// An index or a trigger of a table is not made again where the table is built anew.
    LostInRebuild,
    /// A rule that stood in the statement of a table does not stand in that of the table built anew.
    LostRule,
    /// An index is built while writers wait.
    BlockingIndex,
    /// The same for a unique constraint or a primary key.
    BlockingKey,
    /// All rows are written anew while everyone waits.
    BlockingRewrite,
    /// All rows are looked at while everyone waits.
    BlockingScan,
}

impl BreakKind {
    /// Whether old code only waits.
    #[must_use]
    pub fn only_blocks(self) -> bool {
        matches!(
            self,
            Self::BlockingIndex | Self::BlockingKey | Self::BlockingRewrite | Self::BlockingScan
        )
    }
}

/// One thing that a statement breaks.
#[derive(Clone, Debug)]
pub struct Break {
    /// How.
    pub kind: BreakKind,
    /// What, as the statement names it.
    pub object: Object,
    /// The words that do it.
    pub span: Span,
    /// What it becomes where it gets another name.
    pub to: Option<Object>,
    /// Where it was made, if a patch has made it.
    pub made_at: Option<Span>,
    /// Its type before, where that is known and matters.
    pub old: Option<String>,
    /// Its type after, or what it loses.
    pub new: Option<String>,
    /// The columns of a table that gets another name, and where they were made; none where some are not known.
    pub columns: Option<Vec<(Ident, Span)>>,
}

impl Break {
    pub(super) fn new(kind: BreakKind, object: &Object, span: Span) -> Self {
        Self {
            kind,
            object: object.clone(),
            span,
            to: None,
            made_at: None,
            old: None,
            new: None,
            columns: None,
        }
    }
}
