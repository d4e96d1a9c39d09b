//! What a step says of itself beside what its steps below add up to.

use super::tree::Row;
use crate::model::{CostSource, NanoUsd, Step};

/// Figures of a step that are not counted because its steps below tell them, and that differ from what these add up to by
/// more than a hundredth. Not wrong for that: some clients go on adding over several runs, and calls may be missing below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// Input and output tokens, where they differ.
    pub tokens: Option<u64>,
    /// Cost, where the client reported one and it differs.
    pub cost: Option<NanoUsd>,
}

impl Declared {
    /// What `step` says that its row's sums do not bear out.
    pub(super) fn of(step: &Step, row: &Row) -> Option<Self> {
        let reported = step.cost.filter(|cost| cost.source == CostSource::Reported);
        let sums = row.tokens();
        let tokens = step.usage.total().filter(|&total| sums.known > 0 && apart(total, sums.total()));
        let cost = reported.zip(row.cost().known()).map(|(cost, sum)| (cost.amount, sum));
        let cost =
            cost.filter(|(own, sum)| apart(own.0.unsigned_abs(), sum.0.unsigned_abs())).map(|(own, _)| own);
        (tokens.is_some() || cost.is_some()).then_some(Self { tokens, cost })
    }
}

/// By more than a hundredth of the larger.
fn apart(a: u64, b: u64) -> bool {
    a.abs_diff(b).saturating_mul(100) > a.max(b)
}
