//! Figures over the steps of a run by which rules are told from which nothing can be expected: sums and extremes, at
//! least as large as those that the rules will see.

use super::circumstances::{Budget, Circumstances};
use crate::model::{Step, StepKind, StepStatus};

/// Sums and extremes over steps in any order of arrival. A call that is reported twice counts twice.
#[derive(Clone, Debug, Default)]
pub(super) struct Figures {
    steps: u64,
    tokens: u64,
    /// Nano-dollars.
    cost: u64,
    start: u64,
    end: u64,
    /// Least and most input tokens of a call.
    input: Option<(u64, u64)>,
    /// Largest share of a window, in parts of a million.
    filled: u64,
    wait: u64,
    failures: u32,
    overflowed: bool,
    cut: bool,
    odd: bool,
    course: Course,
}

/// When models and tools were called, as long as no result of a tool is told: then every call of a tool brings news.
#[derive(Clone, Debug, Default)]
struct Course {
    /// Start, and whether it is a model's.
    calls: Vec<(u64, bool)>,
    /// Results are told, or calls are too many: nothing is known.
    is_unknown: bool,
}

impl Course {
    fn note(&mut self, step: &Step) {
        /// Longer runs are looked at anyhow.
        const MOST: usize = 512;
        let is_model = step.kind == StepKind::Llm;
        let tells = !is_model && (step.output_digest != 0 || step.status == StepStatus::Error);
        if self.is_unknown || tells || self.calls.len() == MOST {
            *self = Self { calls: Vec::new(), is_unknown: true };
        } else {
            self.calls.push((step.start, is_model));
        }
    }

    /// There may be so many calls of models without news between them.
    fn may_stretch(&self, count: usize) -> bool {
        let mut calls = self.calls.clone();
        calls.sort_unstable();
        self.is_unknown || calls.chunk_by(|a, b| a.1 && b.1).any(|stretch| stretch.len() >= count)
    }
}

const MILLION: u64 = 1_000_000;

impl Figures {
    pub(super) fn note(&mut self, step: &Step) {
        self.steps += 1;
        if step.start != 0 {
            self.start = if self.start == 0 { step.start } else { self.start.min(step.start) };
        }
        self.end = self.end.max(step.end);
        self.odd |= step.oddities.is_some() || step.finish_reason.as_deref() == Some("content_filter");
        if matches!(step.kind, StepKind::Llm | StepKind::Tool) && step.status == StepStatus::Error {
            self.failures += 1;
            self.overflowed |= step.kind == StepKind::Llm;
        }
        self.tokens = self.tokens.saturating_add(step.usage.total().unwrap_or(0));
        self.cost = self.cost.saturating_add(step.cost.map_or(0, |cost| cost.amount.0.unsigned_abs()));
        if step.kind == StepKind::Llm {
            self.call(step);
        }
        if matches!(step.kind, StepKind::Llm | StepKind::Tool) {
            self.course.note(step);
        }
    }

    fn call(&mut self, step: &Step) {
        self.cut |= step.finish_reason.as_deref() == Some("length");
        self.wait = self.wait.max(step.time_to_first_token.unwrap_or(0));
        let Some(input) = step.usage.input else { return };
        let (least, most) = self.input.unwrap_or((input, input));
        self.input = Some((least.min(input), most.max(input)));
        if let Some(window) = step.context_window.filter(|&window| window > 0 && input <= window) {
            self.filled = self.filled.max(input.saturating_mul(MILLION) / window + 1);
        }
    }

    /// Input may have grown so many times and by so many tokens over so many calls without news.
    pub(super) fn grew(&self, times: u64, tokens: u64, calls: usize) -> bool {
        let is_more =
            |(least, most): (u64, u64)| most >= least.saturating_mul(times) && most - least >= tokens;
        self.input.is_some_and(is_more) && self.course.may_stretch(calls)
    }

    /// The largest share of a window that a call took.
    pub(super) const fn filled(&self) -> f64 {
        self.filled as f64 / MILLION as f64
    }

    /// A model call failed, maybe for too much input.
    pub(super) const fn overflowed(&self) -> bool {
        self.overflowed
    }

    /// An answer was cut off.
    pub(super) const fn was_cut(&self) -> bool {
        self.cut
    }

    /// Something is odd about a step.
    pub(super) const fn is_odd(&self) -> bool {
        self.odd
    }

    /// Calls that failed.
    pub(super) const fn failures(&self) -> u32 {
        self.failures
    }

    /// Nanoseconds from the first start to the last end.
    pub(super) const fn duration(&self) -> u64 {
        if self.start == 0 { 0 } else { self.end.saturating_sub(self.start) }
    }

    /// Nano-dollars.
    pub(super) const fn cost(&self) -> u64 {
        self.cost
    }

    /// The longest time to a first token, nanoseconds.
    pub(super) const fn longest_wait(&self) -> u64 {
        self.wait
    }

    /// More than some budget allows: no agent in the run took more than all of it.
    pub(super) fn are_above(&self, circumstances: &Circumstances) -> bool {
        let is_above = |budget: &Budget| {
            budget.cost.is_some_and(|most| self.cost > most.0.unsigned_abs())
                || budget.tokens.is_some_and(|most| self.tokens > most)
                || budget.steps.is_some_and(|most| self.steps > most)
                || budget.duration.is_some_and(|most| self.duration() > most)
        };
        circumstances.budgets.iter().any(is_above)
    }
}
