//! Releases in three steps: which patches are of the release (`--since`), of which step each is, and
//! which of them a command is about (`--phase`).

use std::collections::{BTreeMap, BTreeSet};

use super::args::{PhaseName, Steps as Typed};
use super::work::Work;
use super::{Refusal, part};
use crate::finding::{Finding, Severity};
use crate::pipeline;
use crate::plan::phase::{self, PatchPhase, Patches, Phase, Release, tell};
use crate::resolve::PatchId;

/// What is known about the release.
pub(super) struct Steps {
    /// The phase of every patch, by id; none where the patches have no order, or nobody asks.
    phases: Vec<PatchPhase>,
    /// The patches of the release, by name, where a revision tells them.
    release: Option<part::Release>,
    /// The step that was asked for.
    asked: Option<Phase>,
}

impl Steps {
    /// Judges the patches of a release, or each by itself.
    pub(super) fn new(
        work: &Work,
        release: Option<part::Release>,
        asked: Option<PhaseName>,
    ) -> Self {
        let of = match &release {
            Some(release) => Release::Patches(&release.added),
            None => Release::EachPatch,
        };
        Self {
            phases: pipeline::phases(&work.analysis, &work.sources, of),
            release,
            asked: asked.map(phase),
        }
    }

    /// The same for commands that have no other way to choose patches.
    pub(super) fn typed(
        work: &Work,
        typed: &Typed,
        findings: &mut Vec<Finding>,
    ) -> Result<Self, Refusal> {
        let release = match &typed.since {
            Some(revision) => Some(part::changed(work, revision, findings)?),
            None => None,
        };
        let is_asked = release.is_some() || typed.phase.is_some() || work.settings.phases;
        Ok(match is_asked {
            true => Self::new(work, release, typed.phase),
            // A hook checks all patches at every commit, and nobody asks it for their phases.
            false => Self {
                phases: Vec::new(),
                release: None,
                asked: None,
            },
        })
    }

    /// Whether anything is told of steps.
    pub(super) fn are_told(&self, work: &Work) -> bool {
        self.release.is_some() || work.settings.phases
    }

    /// The phase of a patch.
    pub(super) fn of(&self, id: PatchId) -> Phase {
        let found = self.phases.get(id.0 as usize);
        found.map_or(Phase::Expand, |found| found.phase)
    }

    /// The phases by name.
    pub(super) fn by_name<'w>(&self, work: &'w Work) -> BTreeMap<&'w str, Phase> {
        let patches = work.analysis.patches.iter();
        patches
            .zip(&self.phases)
            .map(|(patch, phase)| (patch.name.as_str(), phase.phase))
            .collect()
    }

    /// The names of the patches of the step that was asked for.
    pub(super) fn asked(&self, work: &Work) -> Option<BTreeSet<String>> {
        let asked = self.asked?;
        let patches = work.analysis.patches.iter().zip(&self.phases);
        let of_it = patches.filter(|(_, phase)| phase.phase == asked);
        Some(of_it.map(|(patch, _)| patch.name.clone()).collect())
    }

    /// Whether the command is about this patch.
    pub(super) fn holds(&self, work: &Work, id: PatchId) -> bool {
        let of_release = |release: &part::Release| release.all.contains(work.name(id));
        self.release.as_ref().is_none_or(of_release)
            && self.asked.is_none_or(|asked| self.of(id) == asked)
    }

    /// What there is to say of the patches of the release, or of each as a release of its own where
    /// the settings ask for that. `keep` are those that the command is about.
    pub(super) fn findings(&self, work: &Work, keep: &dyn Fn(PatchId) -> bool) -> Vec<Finding> {
        let practised = work.settings.phases;
        if self.release.is_none() && !practised {
            return Vec::new();
        }
        let Some(order) = &work.analysis.order else {
            return Vec::new();
        };
        let mut findings = Vec::new();
        let in_steps = practised || self.asked.is_some();
        let patches = &work.analysis.patches;
        let dialect = work.settings.engine.dialect();
        let all = Patches::new(patches, &order.sequence, &work.sources, dialect);
        for &id in order.sequence.iter().filter(|&&id| keep(id)) {
            let (Some(phase), Some(patch)) = (
                self.phases.get(id.0 as usize),
                work.analysis.patches.get(id.0 as usize),
            ) else {
                continue;
            };
            findings.extend(tell::breaks(patch, phase, &all));
            findings.extend(tell::mixture(patch, phase, &work.sources, in_steps));
        }
        if let Some(release) = &self.release
            && in_steps
        {
            for edge in work.analysis.graph.edges() {
                let both = [edge.earlier, edge.later];
                let of_release = |id: &PatchId| release.all.contains(work.name(*id));
                if !both.iter().all(of_release) || !both.into_iter().any(keep) {
                    continue;
                }
                let [earlier, later] = both.map(|id| &self.phases[id.0 as usize]);
                if earlier.phase > later.phase {
                    let names = both.map(|id| work.name(id));
                    let mut finding = tell::backwards(names, [earlier, later], edge);
                    // The script of this step could not run before the other one.
                    if self.asked == Some(later.phase) {
                        finding.severity = Severity::Error;
                    }
                    findings.push(finding);
                }
            }
        }
        findings
    }
}

/// What tables lack that patches have built anew, which matters to whoever has them.
pub(super) fn losses(work: &Work) -> Vec<Finding> {
    let Some(order) = &work.analysis.order else {
        return Vec::new();
    };
    // Of what is defined twice it is not known which comes after which.
    let is_error = |finding: &Finding| finding.severity == Severity::Error;
    if work.analysis.findings.iter().any(is_error) {
        return Vec::new();
    }
    let patches = &work.analysis.patches;
    let dialect = work.settings.engine.dialect();
    let lost = phase::losses(patches, &order.sequence, &work.sources, dialect);
    if lost.is_empty() {
        return Vec::new();
    }
    let all = Patches::new(patches, &order.sequence, &work.sources, dialect);
    let told = lost.iter().filter_map(|(id, statement, broken)| {
        tell::lost(&patches[id.0 as usize], *statement, broken, &all)
    });
    told.collect()
}

fn phase(typed: PhaseName) -> Phase {
    match typed {
        PhaseName::Expand => Phase::Expand,
        PhaseName::Migrate => Phase::Migrate,
        PhaseName::Contract => Phase::Contract,
    }
}

/// The step that was typed, as the plan knows it.
pub(super) fn named(typed: Option<PhaseName>) -> Option<Phase> {
    typed.map(phase)
}
