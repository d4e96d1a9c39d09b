//! What the books of a run do without when nothing will be added to them.

use std::borrow::Borrow;

use crate::model::{Origin, Step, StepKind};

/// What is not kept: half of the work for a run of 100 000 steps.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spared {
    /// Sums over the run: a tree adds up its own.
    pub(super) sums: bool,
    /// One instrumentation tells of all model calls, so that none has another report beside it.
    pub(super) calls: bool,
    /// One signal tells everything.
    pub(super) signals: bool,
}

impl Spared {
    /// For books of these steps and no others.
    pub(super) fn in_whole<S: Borrow<Step>>(steps: &[S]) -> Self {
        let steps = || steps.iter().map(Borrow::borrow);
        let mut scopes = steps().filter(|step| step.kind == StepKind::Llm).map(|step| &step.scope);
        let first = scopes.next();
        let logs = steps().filter(|step| step.origin == Origin::LogRecord).count();
        Self {
            sums: true,
            calls: scopes.all(|scope| Some(scope) == first),
            signals: logs == 0 || logs == steps().count(),
        }
    }

    /// No call has another report beside it.
    pub(super) const fn twins(self) -> bool {
        self.calls && self.signals
    }
}
