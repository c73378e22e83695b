//! What the form itself promises.

use super::Case;

pub(crate) const CASES: &[Case] = &[];
