//! How bad the findings of each code are in this run: what the settings say, over the registry.

use std::collections::BTreeMap;

use super::{Code, Severity};

/// What a setting makes of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Not told.
    Off,
    /// Told with this severity.
    As(Severity),
}

impl Level {
    /// Every level with its spelling.
    pub const ALL: [(&'static str, Self); 4] = [
        ("error", Self::As(Severity::Error)),
        ("warning", Self::As(Severity::Warning)),
        ("note", Self::As(Severity::Note)),
        ("off", Self::Off),
    ];
}

/// What the settings say about codes; the others have the registry's severity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    codes: BTreeMap<Code, Level>,
    /// For the codes that are warnings in the registry and not named.
    warnings: Option<Level>,
}

impl Levels {
    /// The word that stands for all codes that are warnings in the registry.
    pub const WARNINGS: &'static str = "warnings";

    /// Sets the level of a code. A firm code stays an error.
    pub fn set(&mut self, code: Code, level: Level) {
        if !code.is_firm() {
            self.codes.insert(code, level);
        }
    }

    /// Sets the level of every warning that is not named.
    pub fn set_warnings(&mut self, level: Level) {
        self.warnings = Some(level);
    }

    /// These levels, and those of `far` for what is not named here. A code that is named anywhere
    /// counts for more than all warnings.
    #[must_use]
    pub fn over(mut self, far: &Self) -> Self {
        for (&code, &level) in &far.codes {
            self.codes.entry(code).or_insert(level);
        }
        self.warnings = self.warnings.or(far.warnings);
        self
    }

    /// What the settings say about a code, if anything.
    #[must_use]
    pub fn of(&self, code: Code) -> Option<Level> {
        let warnings = self
            .warnings
            .filter(|_| code.severity() == Severity::Warning);
        self.codes.get(&code).copied().or(warnings)
    }
}
