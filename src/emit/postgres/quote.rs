//! Quoting for PostgreSQL: literals, identifiers and dollar quotes that no text can leave.

use std::fmt::Write as _;

use super::steps::Step;
use crate::emit::{Quoting, Script};

/// A literal that means `text` whatever `standard_conforming_strings` says, and that holds no `$`,
/// so it may stand inside any dollar quote.
pub(super) fn literal(text: &str) -> String {
    if !text.contains(['\\', '$']) {
        return crate::emit::text::literal(text);
    }
    let mut quoted = String::with_capacity(text.len() + 8);
    quoted.push_str("E'");
    for c in text.chars() {
        match c {
            '\'' => quoted.push_str("''"),
            '\\' | '$' => {
                let _ = write!(quoted, "\\x{:02x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('\'');
    quoted
}

/// A tag such as `$sql$` that may enclose all of `texts`: none of them has its beginning anywhere.
pub(super) fn tag<'t>(word: &str, texts: impl Iterator<Item = &'t str> + Clone) -> String {
    let start = format!("${word}");
    if !texts.clone().any(|text| text.contains(&start)) {
        return format!("{start}$");
    }
    let free = (1_u32..)
        .map(|number| format!("{start}{number}"))
        .find(|start| !texts.clone().any(|text| text.contains(start.as_str())));
    format!("{}$", free.expect("a text does not hold every number"))
}

/// The text of a step in dollar quotes, as [`dollar`] has it, with texts before and after it.
pub(super) fn dollar_around(before: &str, step: &Step<'_>, after: &str) -> Script {
    let mut script = Script::new();
    push_dollar(&mut script, before, step, after);
    script
}

/// Appends what [`dollar_around`] gives.
pub(super) fn push_dollar(script: &mut Script, before: &str, step: &Step<'_>, after: &str) {
    let parts = [before, step.text(), after];
    let tag = tag("sql", parts.into_iter());
    let last = parts.iter().rfind(|part| !part.is_empty());
    let gap = last.is_some_and(|part| part.ends_with('$'));
    script.push_str(&tag);
    script.push_str(before);
    script.push_source(step.source, step.span, Quoting::Plain);
    script.push_str(after);
    script.push_str(if gap { "\n" } else { "" });
    script.push_str(&tag);
}

/// `text` in dollar quotes. A line end is added where its last `$` would run into the tag.
pub(super) fn dollar(text: &str) -> String {
    let tag = tag("sql", std::iter::once(text));
    let gap = if text.ends_with('$') { "\n" } else { "" };
    format!("{tag}{text}{gap}{tag}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_needs_no_setting_and_no_dollar() {
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal(r"a\b$c$'"), r"E'a\x5cb\x24c\x24'''");
    }

    #[test]
    fn a_tag_is_never_in_what_it_encloses() {
        assert_eq!(dollar("SELECT 1"), "$sql$SELECT 1$sql$");
        assert_eq!(dollar("a $sql$ b"), "$sql1$a $sql$ b$sql1$");
        assert_eq!(dollar("a $sql b $sql1"), "$sql2$a $sql b $sql1$sql2$");
        assert_eq!(dollar("AS $$x$$"), "$sql$AS $$x$$\n$sql$");
    }
}
