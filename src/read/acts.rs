//! Which actions a patch has among its facts, so that what looks for a rare one passes over most patches.

use serde::{Deserialize, Serialize};

use super::fact::{Action, StatementFacts};

/// A set of actions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acts(u32);

impl Acts {
    /// [`Action::Define`].
    pub const DEFINE: Self = Self(1);
    /// [`Action::Use`].
    pub const USE: Self = Self(1 << 1);
    /// [`Action::Alter`].
    pub const ALTER: Self = Self(1 << 2);
    /// [`Action::Retype`].
    pub const RETYPE: Self = Self(1 << 3);
    /// [`Action::Rename`].
    pub const RENAME: Self = Self(1 << 4);
    /// [`Action::Drop`].
    pub const DROP: Self = Self(1 << 5);
    /// [`Action::Write`].
    pub const WRITE: Self = Self(1 << 6);
    /// [`Action::Read`].
    pub const READ: Self = Self(1 << 7);
    /// [`Action::Tighten`].
    pub const TIGHTEN: Self = Self(1 << 8);
    /// [`Action::Run`].
    pub const RUN: Self = Self(1 << 9);
    /// [`Action::RunsOnWrite`].
    pub const RUNS_ON_WRITE: Self = Self(1 << 10);
    /// [`Action::Partitions`].
    pub const PARTITIONS: Self = Self(1 << 11);
    /// [`Action::CoversAll`] and [`Action::CoversNew`].
    pub const COVERS: Self = Self(1 << 12);
    /// [`Action::References`].
    pub const REFERENCES: Self = Self(1 << 13);

    /// The actions of these facts.
    #[must_use]
    pub fn of(facts: &[StatementFacts]) -> Self {
        let facts = facts.iter().flat_map(|statement| &statement.facts);
        facts.fold(Self::default(), |all, fact| all.or(Self::one(&fact.action)))
    }

    fn one(action: &Action) -> Self {
        match action {
            Action::Define { .. } => Self::DEFINE,
            Action::Use => Self::USE,
            Action::Alter => Self::ALTER,
            Action::Retype => Self::RETYPE,
            Action::Rename { .. } => Self::RENAME,
            Action::Drop { .. } => Self::DROP,
            Action::Write => Self::WRITE,
            Action::Read => Self::READ,
            Action::Tighten => Self::TIGHTEN,
            Action::Run => Self::RUN,
            Action::RunsOnWrite { .. } => Self::RUNS_ON_WRITE,
            Action::Partitions { .. } => Self::PARTITIONS,
            Action::CoversAll { .. } | Action::CoversNew { .. } => Self::COVERS,
            Action::References { .. } => Self::REFERENCES,
        }
    }

    /// Both together.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether one of the wanted is among them.
    #[must_use]
    pub const fn has(self, wanted: Self) -> bool {
        self.0 & wanted.0 != 0
    }
}
