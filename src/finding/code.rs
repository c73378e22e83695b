//! The registered kinds of findings. A code is written once here and shown in every format.
//!
//! A new one is a line in the list below, a page `docs/findings/<name>.md` and a case
//! `fixtures/rules/<name>/` with what provokes it (`bad/`) and what does not (`good/`).
//! `INSTA_UPDATE=always cargo test --test fixtures rules/<name>` and then `… --test rules` write the
//! rest: the case's snapshot, the SQL on the page, and the row in docs/findings.md.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; never changes the exit code.
    Note,
    /// Probably not meant; never changes the exit code by itself.
    Warning,
    /// Nothing is built from this input; exit code 1, or 2 where the code is about usage.
    Error,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $id:literal $name:literal, $severity:ident $($firm:ident)?;)+) => {
        /// The kind of a finding. The name (`unknown-requirement`) is stable and is what people
        /// search for; the id (`SS202`) is the same in short.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[doc = $doc])+ $variant,)+ }

        impl Code {
            /// Every code, in the order of the stages that report them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The stable id. Its first digit is the stage that reports it.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)+ }
            }

            /// The severity that the code has where nothing says otherwise.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)+ }
            }

            /// Whether the code is an error in every run, because what comes after it could not be
            /// right: no setting lowers it, and no header allows it.
            #[must_use]
            pub fn is_firm(self) -> bool {
                match self { $(Self::$variant => codes!(@is_firm $($firm)?),)+ }
            }

            /// What the code means, in one sentence.
            #[must_use]
            pub fn summary(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc,)+).trim_ascii(),)+ }
            }

            /// The code's page of the documentation, in Markdown.
            #[must_use]
            pub fn page(self) -> &'static str {
                match self {
                    $(Self::$variant => include_str!(concat!("../../docs/findings/", $name, ".md")),)+
                }
            }
        }
    };
    (@is_firm firm) => { true };
    (@is_firm) => { false };
}

// The ids: SS0 call and files, SS1 one file's text and header, SS2 patches and what they name, SS3
// order, SS4 the chosen part, SS5 the script, SS6 a database, SS7 another tool, SS8 code that runs
// while a release comes. `firm`: see `Code::is_firm`.
codes! {
    /// A path that was given does not exist, or a glob matches nothing.
    PathNotFound = "SS001" "path-not-found", Error firm;
    /// A file or directory cannot be read, or an output cannot be written.
    InputOutput = "SS002" "input-output", Error firm;
    /// The command line or sqlstitch.toml says something that cannot be meant.
    Configuration = "SS003" "configuration", Error firm;
    /// A file is neither UTF-8 nor UTF-16 with a byte order mark.
    NotText = "SS004" "not-text", Error firm;
    /// A link to a directory among the patches, which is not followed.
    LinkNotFollowed = "SS006" "link-not-followed", Warning;
    /// A string, quoted identifier, dollar quote, comment, block or parenthesis has no end.
    Unterminated = "SS101" "unterminated", Error firm;
    /// A directive stands after the first statement, where it has no effect.
    LateDirective = "SS102" "late-directive", Warning;
    /// A comment that looks like a directive, but is not written as one and has no effect.
    LooksLikeDirective = "SS103" "looks-like-directive", Warning;
    /// A `sqlstitch:` directive that does not exist.
    UnknownDirective = "SS104" "unknown-directive", Error firm;
    /// A directive whose value cannot be read.
    BadDirective = "SS105" "bad-directive", Error firm;
    /// An `allow:` that does not say why.
    AllowWithoutReason = "SS106" "allow-without-reason", Warning;
    /// An `allow:` of a finding that is not there.
    UnusedAllow = "SS107" "unused-allow", Warning;
    /// The marks of a merge that nobody has finished.
    ConflictMarker = "SS110" "conflict-marker", Error;
    /// Two patches have one name.
    DuplicateName = "SS201" "duplicate-name", Error firm;
    /// A patch name that a ledger cannot hold.
    BadName = "SS005" "bad-name", Error firm;
    /// A header names a patch or object that nothing defines.
    UnknownRequirement = "SS202" "unknown-requirement", Error firm;
    /// A header's reference fits more than one patch.
    AmbiguousRequirement = "SS203" "ambiguous-requirement", Error firm;
    /// An `ignores:` that drops no edge.
    UnusedIgnore = "SS204" "unused-ignore", Warning;
    /// Two patches define the same object.
    DuplicateDefinition = "SS205" "duplicate-definition", Error firm;
    /// Two patches drop or rename the same object.
    DroppedTwice = "SS207" "dropped-twice", Error;
    /// Patches fit in more than one order and nothing tells which is meant.
    AmbiguousOrder = "SS301" "ambiguous-order", Error firm;
    /// Patches change the same thing, and nothing tells which does it last.
    UnorderedChange = "SS302" "unordered-change", Warning;
    /// The order of some patches was taken from their file names.
    OrderByName = "SS303" "order-by-name", Note;
    /// The order of an object's versions was taken from what they hold.
    OrderByContent = "SS304" "order-by-content", Warning;
    /// A reference that nothing among the inputs defines.
    Unresolved = "SS206" "unresolved", Note;
    /// A statement that only the token reader could read.
    ReadByTokens = "SS108" "read-by-tokens", Note;
    /// SQL that is put together at run time, so its objects are not known.
    DynamicSql = "SS109" "dynamic-sql", Note;
    /// Patches that need each other.
    Cycle = "SS305" "cycle", Error firm;
    /// A weak edge was left out because its cycle cannot be kept.
    CutEdge = "SS306" "cut-edge", Note;
    /// A patch among the chosen ones was changed, not added, since the revision.
    ChangedSince = "SS401" "changed-since", Warning;
    /// The script holds only some of the patches.
    PartialBundle = "SS402" "partial-bundle", Note;
    /// A patch that is to be undone has no revert file.
    MissingRevert = "SS403" "missing-revert", Error firm;
    /// A revert file that belongs to no patch.
    StrayRevert = "SS404" "stray-revert", Warning;
    /// What two sides of a merge do to one object does not go together.
    MergeHazard = "SS405" "merge-hazard", Error;
    /// Two patches of a merge come out otherwise in the other order.
    MergeOrder = "SS406" "merge-order", Note;
    /// A statement that the chosen script form cannot carry.
    Unsupported = "SS501" "unsupported", Error firm;
    /// A command of the engine's client that the script leaves out because it changes no data.
    ClientCommand = "SS502" "client-command", Note;
    /// An enum value that is used in the transaction that adds it.
    UncommittedValue = "SS503" "uncommitted-value", Warning;
    /// A statement without lasting effect that the script leaves out.
    LeftOut = "SS504" "left-out", Note;
    /// The script needs a particular client.
    ClientNeeded = "SS505" "client-needed", Note;
    /// A patch that is very large for its script form.
    LargePatch = "SS506" "large-patch", Warning;
    /// A part of another tool's migrations that does not become a patch.
    NotImported = "SS701" "not-imported", Warning;
    /// The bundle failed on a database, or did not do the same twice.
    VerifyFailed = "SS601" "verify-failed", Error firm;
    /// A table is dropped that code which runs may use.
    DropTable = "SS801" "drop-table", Warning;
    /// A column is dropped that code which runs may use.
    DropColumn = "SS802" "drop-column", Warning;
    /// A view is dropped that code which runs may use.
    DropView = "SS803" "drop-view", Warning;
    /// A view is made anew without some of its columns.
    DropViewColumn = "SS804" "drop-view-column", Warning;
    /// A function or procedure is dropped or renamed that code which runs may call.
    DropRoutine = "SS805" "drop-routine", Warning;
    /// A function or procedure takes other arguments or returns another type.
    ChangeRoutine = "SS806" "change-routine", Warning;
    /// A unique key is dropped or renamed, on which upserts and foreign keys may stand.
    DropUniqueKey = "SS807" "drop-unique-key", Warning;
    /// A type, sequence, trigger or the like is dropped or renamed that code which runs may use.
    DropObject = "SS808" "drop-object", Warning;
    /// A table or view gets another name or schema.
    RenameTable = "SS809" "rename-table", Warning;
    /// A column gets another name.
    RenameColumn = "SS810" "rename-column", Warning;
    /// A column gets a type that does not hold all that the old one held.
    ChangeType = "SS811" "change-type", Warning;
    /// A value of an enum gets another name.
    RenameValue = "SS812" "rename-value", Warning;
    /// A column that is there refuses NULL from now on.
    SetNotNull = "SS813" "set-not-null", Warning;
    /// A column is added that every INSERT must fill.
    RequiredColumn = "SS814" "required-column", Warning;
    /// Columns that are there refuse equal rows from now on.
    NewUniqueKey = "SS815" "new-unique-key", Warning;
    /// A check is added over columns that are there.
    NewCheck = "SS816" "new-check", Warning;
    /// A foreign key is added to columns that are there.
    NewForeignKey = "SS817" "new-foreign-key", Warning;
    /// A column loses what fills it.
    DropDefault = "SS818" "drop-default", Warning;
    /// Rights are revoked, a table gets another owner, or row level security is switched on.
    TakeRights = "SS819" "take-rights", Warning;
    /// All rows of a table are deleted.
    DeleteAll = "SS820" "delete-all", Warning;
    /// An index is built on a table that is there, while its writers wait.
    BlockingIndex = "SS821" "blocking-index", Warning;
    /// All rows of a table are written anew, while everyone waits.
    BlockingRewrite = "SS822" "blocking-rewrite", Warning;
    /// All rows of a table are looked at, while everyone waits.
    BlockingScan = "SS823" "blocking-scan", Warning;
    /// A trigger or rule is switched off, on which code that runs may rely.
    SwitchOff = "SS824" "switch-off", Warning;
    /// Statements of code that runs may be refused from now on, or do something else.
    OtherEffect = "SS825" "other-effect", Warning;
    /// A table is built anew without an index, trigger or rule that it had.
    LostInRebuild = "SS826" "lost-in-rebuild", Warning;
    /// A patch has statements of several steps of a release.
    MixedPhases = "SS831" "mixed-phases", Warning;
    /// A patch needs one of a later step of the same release.
    PhaseOrder = "SS832" "phase-order", Warning;
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = <&str>::deserialize(deserializer)?;
        Self::find(name).ok_or_else(|| de::Error::custom("no such code"))
    }
}

impl Code {
    /// The code of this name or id, in any case.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        let is = |code: &Self| {
            text.eq_ignore_ascii_case(code.name()) || text.eq_ignore_ascii_case(code.id())
        };
        Self::ALL.iter().copied().find(is)
    }

    /// Whether the finding is about the call or the files (exit code 2) rather than about the SQL.
    #[must_use]
    pub fn is_usage(self) -> bool {
        self.id().starts_with("SS0")
    }
}
