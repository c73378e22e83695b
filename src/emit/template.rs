//! The `.sql` files that stand beside an engine's code, with a plan's names and values put in.

use std::borrow::Cow;

use super::VERSION;
use crate::plan::Plan;
use crate::read::checksum::ALGORITHM;

/// The values that the templates of every engine have: who makes the script, from what, and what it does
/// about drift. `literal` is the engine's string literal.
pub(super) fn common(plan: &Plan, literal: fn(&str) -> String) -> Vec<(&'static str, String)> {
    let revision = plan.settings.revision.as_deref();
    vec![
        ("algorithm", literal(ALGORITHM)),
        ("on_drift", literal(plan.settings.drift.name())),
        ("version", literal(VERSION)),
        ("bundle_id", literal(&plan.bundle.to_string())),
        ("revision", revision.map_or("NULL".to_owned(), literal)),
    ]
}

/// The value of a section's name: the section stays where `set`.
pub(super) fn if_set(set: bool) -> String {
    String::from(if set { "1" } else { "" })
}

/// The template with each `{{name}}` replaced, in one pass: values may hold anything. The lines between
/// `{{#name}}` and `{{/name}}` are kept if one of the values of this name is not empty.
///
/// # Panics
/// Where a name has no value: templates are part of the program.
pub(super) fn fill(template: &str, values: &[(&str, String)]) -> String {
    let kept = sections(template, values);
    let mut text = String::with_capacity(template.len() * 2);
    let mut rest = kept.as_ref();
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after
            .split_once("}}")
            .expect("a template's names are closed");
        let value = values.iter().find(|(key, _)| *key == name);
        let (_, value) = value.unwrap_or_else(|| panic!("no value for {name}"));
        text.push_str(before);
        text.push_str(value);
        rest = after;
    }
    text.push_str(rest);
    text
}

/// The template without the sections that are not wanted, and without the marks of all.
fn sections<'t>(template: &'t str, values: &[(&str, String)]) -> Cow<'t, str> {
    if !template.contains("{{#") {
        return Cow::Borrowed(template);
    }
    let mut text = String::with_capacity(template.len());
    let mut left_out: Option<&str> = None;
    for line in template.split_inclusive('\n') {
        let mark = |kind| {
            let mark = line.trim().strip_prefix(kind)?;
            mark.strip_suffix("}}")
        };
        if let Some(name) = mark("{{#") {
            let is_wanted = |(key, value): &(&str, String)| *key == name && !value.is_empty();
            if left_out.is_none() && !values.iter().any(is_wanted) {
                left_out = Some(name);
            }
        } else if let Some(name) = mark("{{/") {
            left_out = left_out.filter(|&left_out| left_out != name);
        } else if left_out.is_none() {
            text.push_str(line);
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn values_are_not_read_again() {
        let values = [("a", "{{b}}".to_owned()), ("b", "2".to_owned())];
        assert_eq!(fill("{{a}} {{b}} {", &values), "{{b}} 2 {");
    }

    #[test]
    fn sections_are_kept_or_not() {
        let values = [("a", "1".to_owned()), ("b", String::new())];
        let template = "x\n  {{#a}}\n  {{a}}\n  {{/a}}\n{{#b}}\n{{#a}}\ny\n{{/a}}\nz\n{{/b}}\n";
        assert_eq!(fill(template, &values), "x\n  1\n");
    }
}
