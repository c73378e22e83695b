//! Edges between patches and the reasons for them.

use smol_str::SmolStr;

use serde::Serialize;

use crate::source::Span;

/// The place of a patch among all patches of a run, in the natural order of their paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct PatchId(pub u32);

/// How much a reason weighs. A stronger one compares greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// Needed only when the object runs, not when it is created.
    Late,
    /// The engine would accept the other order and do the wrong thing to data.
    Flow,
    /// The engine would refuse the other order.
    Hard,
}

impl Strength {
    /// The word that findings, `explain` and JSON show.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Flow => "flow",
            Self::Hard => "hard",
        }
    }
}

/// The rules that make edges; the names are what findings and `explain` show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// The later patch's header names the earlier one.
    Header,
    /// Defines an object that the later one uses or alters.
    DefineUse,
    /// Defines an object that a body in the later one uses when it runs.
    DefineBody,
    /// Adds a column that the later one uses.
    Column,
    /// Uses what the later one drops.
    UseDrop,
    /// Drops what the later one defines anew.
    DropDefine,
    /// Uses an old name that the later one changes.
    UseRename,
    /// Gives the name that the later one uses.
    RenameUse,
    /// Defines an object that the later one replaces.
    DefineReplace,
    /// Sets what the later one sets to something else.
    SetAgain,
    /// Changes a column's type before the later one builds on the column.
    ChangeDepend,
    /// Has a foreign key to a column whose type the later one changes to one that does not go with it.
    DependChange,
    /// Defines the unique key that the later one's foreign key or ON CONFLICT needs.
    KeyReference,
    /// Adds an enum value that the later one uses.
    ValueUse,
    /// Writes rows that the later one's rows reference.
    ParentRows,
    /// Writes the row that the later one looks for by what stands in it.
    RowLookup,
    /// Makes the partition that the later one's rows may need.
    PartitionRows,
    /// Writes rows that the later one reads.
    WriteRead,
    /// Makes a trigger that the later one's rows fire.
    TriggerRows,
    /// Fills a column that the later one tightens.
    BackfillTighten,
    /// Sets a sequence by the rows that are there, whose numbers the later one's rows take.
    SequenceRows,
    /// Writes rows without a list of columns, which have no value for the column that the later one adds.
    RowsAdd,
    /// Drops a column for which the later one's rows, without a list of columns, have no value.
    DropRows,
    /// Makes what the later one's GRANT on all of a schema is to cover.
    DefineGrant,
    /// Sets the default privileges of what the later one makes.
    DefaultGrant,
}

impl Rule {
    /// The name that findings, `explain` and JSON show.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::DefineUse => "define-use",
            Self::DefineBody => "define-body",
            Self::Column => "column",
            Self::UseDrop => "use-drop",
            Self::DropDefine => "drop-define",
            Self::UseRename => "use-rename",
            Self::RenameUse => "rename-use",
            Self::DefineReplace => "define-replace",
            Self::SetAgain => "set-again",
            Self::ChangeDepend => "change-depend",
            Self::DependChange => "depend-change",
            Self::KeyReference => "key-reference",
            Self::ValueUse => "value-use",
            Self::ParentRows => "parent-rows",
            Self::RowLookup => "row-lookup",
            Self::PartitionRows => "partition-rows",
            Self::WriteRead => "write-read",
            Self::TriggerRows => "trigger-rows",
            Self::BackfillTighten => "backfill-tighten",
            Self::SequenceRows => "sequence-rows",
            Self::RowsAdd => "rows-add",
            Self::DropRows => "drop-rows",
            Self::DefineGrant => "define-grant",
            Self::DefaultGrant => "default-grant",
        }
    }

    /// What the earlier and the later patch do with the object, to be followed by its name:
    /// `defines` and `uses`.
    #[must_use]
    pub fn verbs(self) -> (&'static str, &'static str) {
        match self {
            Self::Header => ("is", "requires"),
            Self::DefineUse | Self::DefineBody => ("defines", "uses"),
            Self::Column | Self::ValueUse => ("adds", "uses"),
            Self::UseDrop => ("uses", "drops"),
            Self::DropDefine => ("drops", "defines anew"),
            Self::UseRename => ("uses", "renames"),
            Self::RenameUse => ("renames to", "uses"),
            Self::DefineReplace => ("defines", "replaces"),
            Self::SetAgain => ("changes", "changes again"),
            Self::ChangeDepend => ("changes the type of", "builds on"),
            Self::DependChange => ("references", "changes the type of"),
            Self::KeyReference => ("defines", "references"),
            Self::ParentRows => ("writes rows of", "writes rows that reference"),
            Self::RowLookup => ("inserts a row of", "looks for a row of"),
            Self::PartitionRows => ("makes a partition of", "writes rows of"),
            Self::WriteRead => ("writes rows of", "reads rows of"),
            Self::TriggerRows => ("makes a trigger of", "writes rows of"),
            Self::BackfillTighten => ("fills", "tightens"),
            Self::SequenceRows => ("sets the numbers of", "writes rows that take numbers of"),
            Self::RowsAdd => ("writes rows without", "adds"),
            Self::DropRows => ("drops", "writes rows without"),
            Self::DefineGrant => ("makes objects of", "grants or revokes on all of"),
            Self::DefaultGrant => ("sets default privileges in", "makes objects of"),
        }
    }
}

/// Why one patch comes before another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// The rule.
    pub rule: Rule,
    /// Its weight here.
    pub strength: Strength,
    /// What both ends are about, as people write it: `table shop.orders`.
    pub object: SmolStr,
    /// The place in the earlier patch.
    pub earlier: Span,
    /// The place in the later patch.
    pub later: Span,
}

/// One patch must come before another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The patch that comes first.
    pub earlier: PatchId,
    /// The patch that comes after it.
    pub later: PatchId,
    /// At least one reason, the strongest first.
    pub reasons: Vec<Reason>,
}

impl Edge {
    /// The strength of its strongest reason.
    #[must_use]
    pub fn strength(&self) -> Strength {
        self.reasons
            .iter()
            .map(|reason| reason.strength)
            .max()
            .unwrap_or(Strength::Late)
    }
}
