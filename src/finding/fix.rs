//! Fixes: changes to files that mend a finding.

use crate::source::{Source, SourceId, Span};

/// A change that mends a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as people would say it.
    pub title: String,
    /// It is what was meant, or changes nothing but what is told: `check --fix` does it. The others
    /// are for people to choose.
    pub is_certain: bool,
    /// All of them or none.
    pub edits: Vec<Edit>,
}

/// A piece of a file's text and what stands there afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty where only something is added.
    pub span: Span,
    /// Its lines end with `\n`; see [`Edit::text_in`].
    pub text: String,
}

impl Edit {
    /// The text with the line ends of the file that it goes into.
    #[must_use]
    pub fn text_in(&self, source: &Source) -> String {
        let first = source.text.find('\n');
        match first {
            Some(at) if source.text[..at].ends_with('\r') => self.text.replace('\n', "\r\n"),
            _ => self.text.clone(),
        }
    }
}

impl Fix {
    /// A fix without edits yet; certain.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            is_certain: true,
            edits: Vec::new(),
        }
    }

    /// It is one of several things that may be meant.
    #[must_use]
    pub fn for_people(self) -> Self {
        self.certain(false)
    }

    /// Whether it is what was meant.
    #[must_use]
    pub fn certain(self, is_certain: bool) -> Self {
        Self { is_certain, ..self }
    }

    /// Replaces a piece of text.
    #[must_use]
    pub fn replace(mut self, span: Span, text: impl Into<String>) -> Self {
        let text = text.into();
        self.edits.push(Edit { span, text });
        self
    }

    /// Adds a line at the top of a file.
    #[must_use]
    pub fn add_first(self, source: SourceId, line: &str) -> Self {
        self.replace(Span::new(source, 0, 0), format!("{line}\n"))
    }

    /// Removes an item of a directive: with its comma where there are others, else the whole line.
    /// `None` where more than the directive stands on the line.
    #[must_use]
    pub fn remove_item(self, source: &Source, item: Span) -> Option<Self> {
        let text = source.text.as_str();
        let (start, end) = (item.start as usize, item.end as usize);
        let span = |start: usize, end: usize| Span::new(source.id, start as u32, end as u32);
        let after = text[end..].trim_start_matches([' ', '\t']);
        if let Some(rest) = after.strip_prefix(',') {
            let rest = rest.trim_start_matches([' ', '\t']);
            return Some(self.replace(span(start, text.len() - rest.len()), ""));
        }
        let before = text[..start].trim_end_matches([' ', '\t']);
        if let Some(before) = before.strip_suffix(',') {
            return Some(self.replace(span(before.len(), end), ""));
        }
        self.remove_line(source, item)
    }

    /// Removes the line of a comment that a directive is on. `None` where more than the comment
    /// stands there.
    #[must_use]
    pub fn remove_line(self, source: &Source, place: Span) -> Option<Self> {
        let text = source.text.as_str();
        let start = text[..place.start as usize]
            .rfind('\n')
            .map_or(0, |at| at + 1);
        let end = text[place.end as usize..]
            .find('\n')
            .map_or(text.len(), |at| place.end as usize + at + 1);
        let line = text[start..end].trim();
        // Where a lone `\r` ends a comment, SQL may follow on what is one line here.
        if line.contains('\r') {
            return None;
        }
        let is_line_comment = line.starts_with("--") || line.starts_with('#');
        let is_whole_block = line.starts_with("/*") && line.find("*/") == Some(line.len() - 2);
        let is_inside_block = !line.contains("/*") && !line.contains("*/");
        (is_line_comment || is_whole_block || is_inside_block)
            .then(|| self.replace(Span::new(source.id, start as u32, end as u32), ""))
    }
}

/// The header line that puts a patch after another one; none for names that no header can say.
#[must_use]
pub fn requires_line(name: &str) -> Option<String> {
    if name.contains([',', '"', '`', '(', ')', '\n', '\r', '*', '?', '[', '{']) {
        None
    } else if name.contains(char::is_whitespace) {
        Some(format!("-- @requires {name}"))
    } else {
        Some(format!("-- requires: {name}"))
    }
}

/// The header line that puts a patch after all of these; none where one of the names needs a line of its own.
#[must_use]
pub fn requires_all(names: &[&str]) -> Option<String> {
    let lines: Option<Vec<String>> = names.iter().map(|name| requires_line(name)).collect();
    let lines = lines?;
    match lines.as_slice() {
        [line] => Some(line.clone()),
        lines => {
            let plain = |line: &String| Some(line.strip_prefix("-- requires: ")?.to_owned());
            let names: Option<Vec<String>> = lines.iter().map(plain).collect();
            Some(format!("-- requires: {}", names?.join(", ")))
        }
    }
}

/// The most header lines that are told one by one.
const LINES: usize = 6;

/// What to write so that patches come in this order, the oldest first; `is_known` says whether a patch comes before
/// the next one already.
#[must_use]
pub fn in_this_order(names: &[&str], is_known: impl Fn(usize) -> bool) -> String {
    let line = |earlier: &str| requires_line(earlier).unwrap_or(format!("-- requires: {earlier}"));
    match names {
        [older, newer] => format!(
            "if `{newer}` is the newer one, write at its top: `{}`",
            line(older)
        ),
        _ => {
            let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let pairs = names.windows(2).enumerate();
            let open = pairs.filter(|(place, _)| !is_known(*place));
            let lines = open.map(|(_, pair)| {
                let line = line(pair[0]);
                format!("at the top of `{}`: `{line}`", pair[1])
            });
            let lines: Vec<String> = lines.collect();
            if lines.len() > LINES {
                return format!(
                    "if they come in the order {}, write at the top of each but the first a `-- requires:` line that names the one before it; else likewise for the order that is right",
                    quoted.join(", ")
                );
            }
            format!(
                "if they come in the order {}, write {}; else likewise for the order that is right",
                quoted.join(", "),
                lines.join(", and ")
            )
        }
    }
}
