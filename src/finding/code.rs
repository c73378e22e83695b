//! The registered kinds of findings. A code is written once here and shown in every format.

use serde::Serialize;

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
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $severity:ident;)+) => {
        /// The kind of a finding. The name (`unknown-requirement`) is stable and is what people
        /// search for.
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

            /// The severity that the code usually has.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)+ }
            }

            /// What the code means, in one sentence.
            #[must_use]
            pub fn summary(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc,)+).trim_ascii(),)+ }
            }
        }
    };
}

codes! {
    /// A path that was given does not exist, or a glob matches nothing.
    PathNotFound = "path-not-found", Error;
    /// A file or directory cannot be read, or an output cannot be written.
    InputOutput = "input-output", Error;
    /// The command line or sqlstitch.toml says something that cannot be meant.
    Configuration = "configuration", Error;
    /// A file is neither UTF-8 nor UTF-16 with a byte order mark.
    NotText = "not-text", Error;
    /// A string, quoted identifier, dollar quote, comment, block or parenthesis has no end.
    Unterminated = "unterminated", Error;
    /// A directive stands after the first statement, where it has no effect.
    LateDirective = "late-directive", Warning;
    /// A comment that looks like a directive, but is not written as one and has no effect.
    LooksLikeDirective = "looks-like-directive", Warning;
    /// A `sqlstitch:` directive that does not exist.
    UnknownDirective = "unknown-directive", Error;
    /// A directive whose value cannot be read.
    BadDirective = "bad-directive", Error;
    /// Two patches have one name.
    DuplicateName = "duplicate-name", Error;
    /// A patch name that a ledger cannot hold.
    BadName = "bad-name", Error;
    /// A header names a patch or object that nothing defines.
    UnknownRequirement = "unknown-requirement", Error;
    /// A header's reference fits more than one patch.
    AmbiguousRequirement = "ambiguous-requirement", Error;
    /// An `ignores:` that drops no edge.
    UnusedIgnore = "unused-ignore", Warning;
    /// Two patches define the same object.
    DuplicateDefinition = "duplicate-definition", Error;
    /// Patches fit in more than one order and nothing tells which is meant.
    AmbiguousOrder = "ambiguous-order", Error;
    /// Patches change the same thing, and nothing tells which does it last.
    UnorderedChange = "unordered-change", Warning;
    /// The order of some patches was taken from their file names.
    OrderByName = "order-by-name", Note;
    /// The order of an object's versions was taken from what they hold.
    OrderByContent = "order-by-content", Warning;
    /// A reference that nothing among the inputs defines.
    Unresolved = "unresolved", Note;
    /// A statement that only the token reader could read.
    ReadByTokens = "read-by-tokens", Note;
    /// SQL that is put together at run time, so its objects are not known.
    DynamicSql = "dynamic-sql", Note;
    /// Patches that need each other.
    Cycle = "cycle", Error;
    /// A weak edge was left out because its cycle cannot be kept.
    CutEdge = "cut-edge", Note;
    /// A patch among the chosen ones was changed, not added, since the revision.
    ChangedSince = "changed-since", Warning;
    /// The script holds only some of the patches.
    PartialBundle = "partial-bundle", Note;
    /// A patch that is to be undone has no revert file.
    MissingRevert = "missing-revert", Error;
    /// A revert file that belongs to no patch.
    StrayRevert = "stray-revert", Warning;
    /// A statement that the chosen script form cannot carry.
    Unsupported = "unsupported", Error;
    /// A command of the engine's client that the script leaves out because it changes no data.
    ClientCommand = "client-command", Note;
    /// An enum value that is used in the transaction that adds it.
    UncommittedValue = "uncommitted-value", Warning;
    /// A statement without lasting effect that the script leaves out.
    LeftOut = "left-out", Note;
    /// The script needs a particular client.
    ClientNeeded = "client-needed", Note;
    /// A patch that is very large for its script form.
    LargePatch = "large-patch", Warning;
    /// The bundle failed on a database, or did not do the same twice.
    VerifyFailed = "verify-failed", Error;
}

impl Code {
    /// Whether the finding is about how the tool was called (exit code 2) rather than about the SQL.
    #[must_use]
    pub fn is_usage(self) -> bool {
        matches!(
            self,
            Self::PathNotFound | Self::InputOutput | Self::Configuration
        )
    }
}
