//! All of the script in one transaction (`--transaction single`). BEGIN and COMMIT are the script's
//! own, so that it is all or nothing in every client; what cannot be in a transaction is refused.

use crate::emit::refusal::cannot_share_a_transaction;
use crate::finding::Finding;
use crate::plan::PlannedPatch;

use super::statement::Class;
use super::steps::{Steps, first_line};

/// What is to be said about a patch that runs outside a transaction.
pub(super) fn refuse(patch: &PlannedPatch, steps: &Steps<'_>) -> Option<Finding> {
    if !steps.stepwise {
        return None;
    }
    let mut finding = cannot_share_a_transaction(patch);
    for step in &steps.steps {
        if matches!(step.class, Class::Alone(_)) {
            finding = finding.label(first_line(step), "runs outside a transaction only");
        }
    }
    Some(
        finding
            .help("build without --transaction single, or leave this patch to a script of its own"),
    )
}
