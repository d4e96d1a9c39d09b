//! What a run had come to at a stop.

use std::borrow::Borrow;

use super::{Replay, step_of};
use crate::analyze::tree::{Row, Tree};
use crate::model::{CostTotal, Step, StepKind, StepStatus, TokenTotals};

/// Sums are kept for every this many entries: the rest is added when asked for.
const STRIDE: usize = 64;

/// What had been done and spent by then: a step counts once it has ended, each call once. At the last stop these are the
/// run's totals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SoFar {
    /// Tokens.
    pub tokens: TokenTotals,
    /// Cost.
    pub cost: CostTotal,
    /// Answered model calls.
    pub calls: u64,
    /// Tool calls.
    pub tools: u64,
    /// Handoffs.
    pub handoffs: u64,
    /// Failed steps.
    pub errors: u64,
}

impl SoFar {
    fn add(&mut self, ended: &Ended, tree: &Tree) {
        self.calls += u64::from(ended.is_call);
        self.tools += u64::from(ended.kind == StepKind::Tool);
        self.handoffs += u64::from(ended.kind == StepKind::Handoff);
        self.errors += u64::from(ended.failed);
        if let Some(row) = tree.rows.get(ended.row as usize).filter(|row| row.has_figures) {
            self.tokens.add(&row.usage);
            self.cost.add(row.own_cost);
        }
    }
}

/// A row that adds to the sums.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended {
    /// The stop from which on it does: not after the last.
    from: u32,
    row: u32,
    /// A tool call, a handoff, or anything else, which is not counted.
    kind: StepKind,
    is_call: bool,
    failed: bool,
}

impl Replay {
    /// What the run had come to at a stop.
    pub fn so_far(&self, tree: &Tree, stop: usize) -> SoFar {
        let count = self.ended.partition_point(|ended| ended.from as usize <= stop);
        let mut sums = self.sums.get(count / STRIDE).copied().unwrap_or_default();
        for ended in &self.ended[count / STRIDE * STRIDE..count] {
            sums.add(ended, tree);
        }
        sums
    }

    /// Notes which rows add to the sums, each with the stop from which on it does.
    pub(super) fn sum_up<S: Borrow<Step>>(
        &mut self,
        steps: &[S],
        tree: &Tree,
        rows: impl Iterator<Item = (u32, u32)>,
    ) {
        let around = around_calls(steps, tree);
        self.ended.extend(rows.filter_map(|(row, from)| Ended::of(steps, tree, &around, row, from)));
        self.ended.sort_unstable_by_key(|ended| (ended.from, ended.row));
        let mut sums = SoFar::default();
        for (at, ended) in self.ended.iter().enumerate() {
            if at % STRIDE == 0 {
                self.sums.push(sums);
            }
            sums.add(ended, tree);
        }
        self.sums.push(sums);
    }
}

impl Ended {
    /// What a row adds, if anything.
    fn of<S: Borrow<Step>>(steps: &[S], tree: &Tree, around: &[bool], row: u32, from: u32) -> Option<Self> {
        let at = tree.rows.get(row as usize)?;
        let step = step_of(steps, at)?;
        let is_call = step.is_answered_call() && !around[row as usize];
        let failed = step.status == StepStatus::Error && !step.plumbing;
        let kind = if step.plumbing { StepKind::Other } else { step.kind };
        let counts =
            is_call || failed || at.has_figures || matches!(kind, StepKind::Tool | StepKind::Handoff);
        counts.then_some(Self { from, row, kind, is_call, failed })
    }
}

/// Rows with a model call below them that tells tokens: one that is itself a call stands for those, and is none of its own.
fn around_calls<S: Borrow<Step>>(steps: &[S], tree: &Tree) -> Vec<bool> {
    let mut around = vec![false; tree.rows.len()];
    let is_call = |row: &Row| {
        step_of(steps, row).is_some_and(|step| step.kind == StepKind::Llm && step.usage.is_known())
    };
    for (at, row) in tree.rows.iter().enumerate().rev() {
        if let Some(parent) = row.parent.filter(|_| around[at] || is_call(row)) {
            around[parent as usize] = true;
        }
    }
    around
}
