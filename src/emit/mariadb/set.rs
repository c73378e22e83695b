//! The `SET` in front of a call: what a part of a patch is, and its statements as literals.

use std::fmt::Write as _;

use super::json;
use super::patch::{Part, Parts, Step};
use super::quote::literal;
use crate::emit::Script;
use crate::emit::script::Quoting;
use crate::plan::PlannedPatch;
use crate::source::Source;

/// A patch with what its parts are written from.
pub(in crate::emit) struct Set<'s> {
    /// The patch.
    pub(in crate::emit) patch: &'s PlannedPatch,
    /// The name of the one before it in the script.
    pub(in crate::emit) before: Option<&'s str>,
    /// Its parts.
    pub(in crate::emit) parts: &'s Parts,
    /// Its text.
    pub(in crate::emit) source: &'s Source,
}

impl Set<'_> {
    /// Begins the `SET` of a part: which patch it is of, and how its statements are carried.
    pub(in crate::emit) fn begin(&self, script: &mut Script, part: &Part) {
        let Self { patch, parts, .. } = self;
        script.push_str("SET ");
        if part.first == 1 {
            let temporary = if parts.temporary.is_empty() {
                "DO 0".to_owned()
            } else {
                format!(
                    "DROP TEMPORARY TABLE IF EXISTS {}",
                    parts.temporary.join(", ")
                )
            };
            let _ = write!(
                script,
                "@sqlstitch_name = {}, @sqlstitch_path = {}, @sqlstitch_checksum = '{}', @sqlstitch_phase = '{}', @sqlstitch_kind = '{}', @sqlstitch_before = {}, @sqlstitch_statements = {}, @sqlstitch_temporary = {}, ",
                literal(&patch.name),
                literal(&patch.path),
                patch.checksum,
                patch.phase.name(),
                patch.kind(),
                self.before.map_or("NULL".to_owned(), literal),
                parts.steps.len(),
                literal(&temporary),
            );
            self.marks(script);
        }
        let steps = parts.of(part);
        let roles: String = steps.iter().map(|step| step.way.letter()).collect();
        let _ = write!(
            script,
            "@sqlstitch_first = {}, @sqlstitch_open = {}, @sqlstitch_roles = '{roles}', @sqlstitch_probes = {}",
            part.first,
            u8::from(part.open),
            probes(part, steps),
        );
    }

    fn marks(&self, script: &mut Script) {
        script.push_str("@sqlstitch_marks = ");
        if self.parts.has_marks {
            script.push('\'');
            self.parts.push_marks(script);
            script.push('\'');
        } else {
            script.push_str("NULL");
        }
        script.push_str(", ");
    }

    /// Appends a statement, with its place in front.
    pub(in crate::emit) fn statement(&self, script: &mut Script, step: &Step) {
        let place = format!("/* {} */ ", step.place(self.patch));
        let text = step.text(self.source);
        if step.own_text().is_some() || text.contains('\\') || place.contains('\\') {
            script.push_str(&literal(&format!("{place}{text}")));
        } else {
            script.push('\'');
            script.push_doubled(&place);
            script.push_source(self.source, step.span, Quoting::Doubled);
            script.push('\'');
        }
    }
}

/// What tells whether statements have taken effect, by their numbers in the patch.
fn probes(part: &Part, steps: &[Step]) -> String {
    let probes: Vec<String> = (part.first..)
        .zip(steps)
        .filter_map(|(number, step)| Some(format!("\"{number}\": {}", json(step.probe()?))))
        .collect();
    literal(&format!("{{{}}}", probes.join(", ")))
}
