//! Plan → one guarded script for SQL Server, 2017 and later.

use super::{Emitted, no_form};
use crate::plan::Plan;
use crate::source::Sources;

/// The script that applies the plan's patches in order.
pub(super) fn emit(plan: &Plan, _sources: &Sources) -> Emitted {
    no_form(plan.engine)
}
