//! Two runs beside each other.

use crate::analyze::diff::{Diff, Side};
use crate::model::RunSummary;

/// Two runs and what came of comparing them.
pub struct Pair<'a> {
    /// The runs.
    pub runs: [&'a RunSummary; 2],
    /// Their steps.
    pub sides: [&'a Side<'a>; 2],
    /// The comparison.
    pub diff: &'a Diff,
}

/// What happened at the divergence, in one sentence.
pub fn detail(pair: &Pair<'_>, found: &crate::analyze::diff::Divergence) -> String {
    let _ = pair;
    format!("{} {}", found.reason.name(), found.cause.name())
}
