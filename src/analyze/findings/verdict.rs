//! How bad it is that calls repeat: what was changed in between, or is still going on, is a reason to call again.

use super::facts::Call;
use super::severity;
use crate::model::{Effect, Severity, StepStatus};

/// Repeats that have a reason are worth a remark from this many on.
const REMARK: usize = 3;

/// What to say of calls that repeat.
pub(super) struct Verdict {
    pub(super) severity: Severity,
    /// The reason that speaks for them, behind the words of the rule; empty where there is none.
    pub(super) but: &'static str,
}

/// The verdict on calls that repeat, in order; `None` where each had a reason.
///
/// As many as follow each other without a change in between count. A call that waits is never more than a hint: an agent
/// that has nothing else to do may wait for long. A failure that its status does not tell is never more than a warning.
pub(super) fn of_repeats(calls: &[&Call<'_>]) -> Option<Verdict> {
    let unchanged = calls.chunk_by(|a, b| a.changes == b.changes).map(<[_]>::len).max().unwrap_or(0);
    let remark = |but| (calls.len() >= REMARK).then_some(Verdict { severity: Severity::Hint, but });
    if calls.iter().any(|call| call.step.effect == Effect::Waits) {
        return remark(", waiting");
    }
    if unchanged < 2 {
        return remark(", each time after a change");
    }
    Some(Verdict { severity: severity(unchanged), but: "" })
}

/// The same of calls that fail alike, whatever they were given.
pub(super) fn of_failures(calls: &[&Call<'_>]) -> Option<Verdict> {
    let verdict = of_repeats(calls)?;
    if calls.iter().all(|call| call.step.status == StepStatus::Error) {
        return Some(verdict);
    }
    let severity = verdict.severity.min(Severity::Warning);
    (calls.len() >= REMARK).then_some(Verdict { severity, ..verdict })
}
