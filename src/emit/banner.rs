//! The comments that make a script readable: its title, its table of contents, and the lines above
//! each patch that tell its source and why it stands where it stands.

use std::fmt::Write as _;

use super::text::in_comment;
use crate::plan::{Action, Plan, PlannedPatch, Selection};
use crate::source::Sources;

/// How many reasons the banner of a patch tells at most.
const REASONS: usize = 8;

/// How the title begins.
pub(super) const MARK: &str = "-- Made by sqlstitch ";

/// Below the title of a script that reverts.
pub(super) const UNDOES: &str = "-- Undoes the patches, the last one first.";

/// What the title of a script says that only records its patches.
pub(super) const RECORDS: &str = "-- Records the patches as applied, and runs none of them.";

/// Under a patch in the table of contents of such a script.
pub(super) const SOURCE: &str = "--       source: ";
pub(super) const CHECKSUM: &str = "--       checksum: ";

/// Whether a text is a script that this tool has made, so that one that lies among the patches is not
/// taken for a patch.
#[must_use]
pub fn is_script(text: &str) -> bool {
    // Another line may stand above the title.
    text.split('\n').take(3).any(|line| line.starts_with(MARK))
}

/// The script's title: the maker, the engine and the bundle, each on a line of its own.
#[must_use]
pub fn title(plan: &Plan) -> String {
    let mut text = format!(
        "{MARK}{} for {}. Do not edit: change the patches and build it again.\n-- bundle {}\n",
        super::VERSION,
        plan.engine.name(),
        plan.bundle
    );
    if let Some(revision) = &plan.settings.revision {
        let _ = writeln!(text, "-- revision {}", in_comment(revision));
    }
    match plan.settings.action {
        Action::Apply => {}
        Action::Baseline => {
            let _ = writeln!(text, "{RECORDS}");
        }
        Action::Revert => {
            let _ = writeln!(text, "{UNDOES}");
        }
    }
    if let Some(part) = part(&plan.settings.selection) {
        let _ = writeln!(text, "-- Not all patches: {part}");
    }
    text
}

/// How the patches were chosen, where it was not all of them.
fn part(selection: &Selection) -> Option<String> {
    let mut words: Vec<String> = selection
        .only
        .iter()
        .map(|name| format!("--only {}", in_comment(name)))
        .collect();
    let since = selection.since.iter().map(|since| ("--since", since));
    let to = selection.to.iter().map(|to| ("--to", to));
    let phase = selection.phase.map(|phase| phase.name().to_owned());
    let phase = phase.iter().map(|phase| ("--phase", phase));
    words.extend(
        since
            .chain(phase)
            .chain(to)
            .map(|(flag, value)| format!("{flag} {}", in_comment(value))),
    );
    (!words.is_empty()).then(|| words.join(" "))
}

/// The table of contents: every patch in the order in which it runs, and its file where that does
/// not follow from its name.
#[must_use]
pub fn contents(plan: &Plan) -> String {
    let count = plan.patches.len();
    let done = match plan.settings.action {
        Action::Apply => "run",
        Action::Baseline => "would run",
        Action::Revert => "are undone",
    };
    let mut text = match count {
        0 => return "-- No patches.\n".to_owned(),
        1 => "-- 1 patch:\n".to_owned(),
        _ => format!("-- {count} patches, in the order in which they {done}:\n"),
    };
    let width = count.to_string().len();
    for (index, patch) in plan.patches.iter().enumerate() {
        let _ = write!(
            text,
            "--  {:>width$}  {}",
            index + 1,
            in_comment(&patch.name)
        );
        if patch.path.strip_suffix(".sql") != Some(&patch.name) {
            let _ = write!(text, "  ({})", in_comment(&patch.path));
        }
        if patch.repeatable {
            text.push_str("  [repeatable]");
        }
        text.push('\n');
        if plan.settings.action == Action::Baseline {
            // No patch follows that would say so above it.
            let _ = writeln!(
                text,
                "{SOURCE}{}\n{CHECKSUM}{}",
                in_comment(&patch.path),
                patch.checksum
            );
        }
    }
    text
}

/// The lines above the patch at `index`: its name, its source, its checksum, and its predecessors
/// with the reason for each.
#[must_use]
pub fn patch(plan: &Plan, index: usize, sources: &Sources) -> String {
    let patch = &plan.patches[index];
    let mut rule = rule();
    if plan.engine.dialect().lexing.dash_comment_needs_blank {
        rule.insert_str(0, "-- ");
    }
    let mut text = format!(
        "{rule}\n-- {} of {}: {}\n-- source: {}\n-- checksum: {}\n",
        index + 1,
        plan.patches.len(),
        in_comment(&patch.name),
        in_comment(&patch.path),
        patch.checksum,
    );
    for line in reasons(patch, sources) {
        let _ = writeln!(text, "-- {line}");
    }
    text.push_str(&rule);
    text.push('\n');
    text
}

/// The line above a patch and below what is said of it.
pub(super) fn rule() -> String {
    "-".repeat(78)
}

fn reasons(patch: &PlannedPatch, sources: &Sources) -> Vec<String> {
    let mut lines: Vec<String> = patch
        .requires
        .iter()
        .take(REASONS)
        .map(|predecessor| {
            let mut line = format!("after {}", in_comment(&predecessor.name));
            if let Some(reason) = &predecessor.reason {
                let _ = write!(
                    line,
                    ": {} ({}, {})",
                    in_comment(&reason.object),
                    reason.rule.name(),
                    in_comment(&sources.locate_under_root(reason.later)),
                );
            }
            line
        })
        .collect();
    if patch.requires.len() > REASONS {
        lines.push(format!("and after {} more", patch.requires.len() - REASONS));
    }
    for name in &patch.external {
        lines.push(format!(
            "after {}, which is not in this script",
            in_comment(name)
        ));
    }
    lines
}
