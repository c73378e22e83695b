//! All of the script in one transaction (`--transaction single`): what cannot be in one is refused.

use super::step::Step;
use crate::emit::refusal::cannot_share_a_transaction;
use crate::finding::Finding;
use crate::plan::PlannedPatch;
use crate::source::Span;

/// What a patch has that works outside a transaction only.
pub(super) fn refuse(patch: &PlannedPatch, steps: &[Step]) -> Option<Finding> {
    let mut finding = cannot_share_a_transaction(patch);
    for step in steps {
        let first = |place: usize| patch.statements.get(place).map(|piece| piece.body);
        if !step.transactional
            && let Some(span) = first(step.pieces.start)
        {
            finding = finding.label(span, "runs outside a transaction only");
        }
        if step.foreign_keys.is_some() {
            let span = step.left_out.first().and_then(|&place| first(place));
            let span = span.unwrap_or(Span::new(patch.source, 0, 0));
            finding = finding.label(span, "does nothing inside a transaction");
        }
    }
    let refused = !finding.labels.is_empty();
    refused.then(|| finding.help("build without --transaction single"))
}
