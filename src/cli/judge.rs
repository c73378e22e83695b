//! What is told of what was found: the settings' severities, and what headers allow.

use std::collections::BTreeSet;

use crate::finding::{Code, Finding, Fix, Level, Levels};
use crate::read::Patch;
use crate::read::header::{Allow, Late, late_finding};
use crate::source::{SourceId, Sources};

/// Decides what becomes of each finding.
#[derive(Debug, Default)]
pub(super) struct Judge {
    levels: Levels,
    allows: Vec<Allow>,
    /// Which codes of which directive were of use.
    used: BTreeSet<(usize, usize)>,
}

/// A finding that a header allows, and the header's reason.
pub(super) type Allowed = (Finding, String);

impl Judge {
    pub(super) fn new(levels: Levels, patches: &[Patch]) -> Self {
        let allows = patches.iter().flat_map(|patch| &patch.header.allows);
        Self {
            levels,
            allows: allows.cloned().collect(),
            used: BTreeSet::new(),
        }
    }

    /// The findings that are told, with the severity that they have in this run.
    pub(super) fn findings(&mut self, findings: Vec<Finding>) -> Vec<Finding> {
        self.divide(findings).0
    }

    /// The findings that are told, and those that headers allow.
    pub(super) fn divide(&mut self, findings: Vec<Finding>) -> (Vec<Finding>, Vec<Allowed>) {
        let mut told = Vec::with_capacity(findings.len());
        let mut allowed = Vec::new();
        for finding in findings {
            match self.reason(&finding) {
                Some(reason) => allowed.push((finding, reason)),
                None => told.extend(self.levelled(finding)),
            }
        }
        (told, allowed)
    }

    fn levelled(&self, mut finding: Finding) -> Option<Finding> {
        match self.levels.of(finding.code) {
            Some(Level::Off) => return None,
            Some(Level::As(severity)) => finding.severity = severity,
            None => {}
        }
        Some(finding)
    }

    /// Why the finding is allowed, if one of its files allows it.
    fn reason(&mut self, finding: &Finding) -> Option<String> {
        if self.allows.is_empty() || finding.code.is_firm() {
            return None;
        }
        let sources: Vec<SourceId> = finding.labels.iter().map(|it| it.span.source).collect();
        let mut reason = None;
        for (place, allow) in self.allows.iter().enumerate() {
            if !sources.contains(&allow.span.source) {
                continue;
            }
            let codes = allow.codes.iter().map(|code| code.value);
            // Two directives that say the same were both of use.
            for (number, _) in codes.enumerate().filter(|&(_, it)| it == finding.code) {
                self.used.insert((place, number));
                reason.get_or_insert_with(|| allow.reason.clone());
            }
        }
        reason
    }

    /// Of what would be allowed if it did not stand too late, what nothing found: it is to be removed, not moved.
    pub(super) fn recall_late(
        &self,
        patches: &[Patch],
        sources: &Sources,
        findings: &mut [Finding],
        allowed: &[Allowed],
    ) {
        let late = patches.iter().flat_map(|patch| &patch.header.late);
        let late = late.filter_map(|late| match late {
            Late::Allow(allow) => Some(allow),
            Late::Ignores(..) => None,
        });
        for allow in late {
            let told = findings.iter().chain(allowed.iter().map(|(it, _)| it));
            let is_there = |code: Code| {
                let is_of = |it: &Finding| {
                    let mut labels = it.labels.iter();
                    labels.any(|label| label.span.source == allow.span.source)
                };
                told.clone().any(|it| it.code == code && is_of(it))
            };
            let mut codes = allow.codes.iter().map(|code| code.value);
            if codes.any(|code| !is_checked(code) || is_there(code)) {
                continue;
            }
            for finding in findings.iter_mut() {
                let is_it = finding.code == Code::LateDirective
                    && finding.labels.iter().any(|it| it.span == allow.span);
                if is_it {
                    let source = sources.get(allow.span.source);
                    let severity = finding.severity;
                    *finding = late_finding(source, "allow", allow.span, false);
                    finding.severity = severity;
                }
            }
        }
    }

    /// What headers allow and nothing found, once all stages of a check were judged.
    pub(super) fn unused(&mut self, sources: &Sources) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (place, allow) in self.allows.iter().enumerate() {
            for (number, code) in allow.codes.iter().enumerate() {
                if self.used.contains(&(place, number)) || !is_checked(code.value) {
                    continue;
                }
                let name = code.value.name();
                let source = sources.get(code.span.source);
                let fix = Fix::new("remove it").remove_item(source, code.span);
                let title = format!("`allow: {name}` allows nothing: there is no such finding");
                findings.push(
                    Finding::new(Code::UnusedAllow, title)
                        .label(code.span, "nothing of this code was found here")
                        .help(if allow.codes.len() == 1 {
                            "remove the line".to_owned()
                        } else {
                            format!("remove `{name}` from the line")
                        })
                        .fix(fix),
                );
            }
        }
        self.findings(findings)
    }
}

/// Whether `check` finds everything of this code that there is. The others depend on what is built.
fn is_checked(code: Code) -> bool {
    // What a patch breaks is told of releases only.
    !code.id().starts_with("SS8")
        && !matches!(
            code,
            Code::ChangedSince
                | Code::MergeHazard
                | Code::MergeOrder
                | Code::PartialBundle
                | Code::LargePatch
                | Code::ClientNeeded
                | Code::StrayRevert
        )
}
