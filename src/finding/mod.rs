//! Findings: what sqlstitch has to say about its input, as data. Rendering is the `report` floor's.

mod code;
mod fix;
mod level;

pub use code::{Code, Severity};
pub use fix::{Edit, Fix, in_this_order, requires_all, requires_line};
pub use level::{Level, Levels};

use crate::source::Span;

/// A marked place and what is to be seen there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is there; may be empty where the title says it all.
    pub message: String,
}

/// One thing to tell: what is wrong, where, why, and the line to write to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The kind of finding; its name is stable.
    pub code: Code,
    /// How bad it is in this run.
    pub severity: Severity,
    /// One sentence without a full stop.
    pub title: String,
    /// The file it is about where no text could be read, so no label can point into one.
    pub path: Option<String>,
    /// Places; the first is the primary one.
    pub labels: Vec<Label>,
    /// Reasons and background.
    pub notes: Vec<String>,
    /// What to do next, each as something that can be written or run.
    pub helps: Vec<String>,
    /// The same as changes to files, where a program can make them; the likeliest first.
    pub fixes: Vec<Fix>,
    /// The reason of the header that allows it, where it is told all the same.
    pub allowed: Option<String>,
}

impl Finding {
    /// A finding of the code's usual severity, with a title and nothing else yet.
    #[must_use]
    pub fn new(code: Code, title: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            title: title.into(),
            path: None,
            labels: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
            fixes: Vec::new(),
            allowed: None,
        }
    }

    /// Names the file that could not be read.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Adds a place; the first one added is the primary one.
    #[must_use]
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            message: message.into(),
        });
        self
    }

    /// Adds background.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds a change that mends it, if there is one.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<Option<Fix>>) -> Self {
        self.fixes.extend(fix.into());
        self
    }

    /// Adds a next step.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.helps.push(help.into());
        self
    }
}
