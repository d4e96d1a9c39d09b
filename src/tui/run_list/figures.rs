//! What runs are counted and sorted by, without their texts: of all runs one behind the other, so that to look at every one
//! of 20 000 at a key press is to read four megabytes as they lie. In the runs themselves they lie strewn over fifteen.

use crate::model::{
    CostTotal, FindingCounts, FindingKind, NanoUsd, RunStatus, RunSummary, RunTimes, TokenTotals, UnixNanos,
};

/// Figures of a run, or of several together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Times and what status follows from.
    pub times: RunTimes,
    /// Steps.
    pub steps: u64,
    /// Model calls that were answered.
    pub llm_calls: u64,
    /// Tool calls.
    pub tool_calls: u64,
    /// Handoffs.
    pub handoffs: u64,
    /// Steps that failed.
    pub errors: u64,
    /// Tokens.
    pub tokens: TokenTotals,
    /// Money.
    pub cost: CostTotal,
    /// Findings.
    pub findings: FindingCounts,
}

impl Figures {
    /// Those of no run; it ended well.
    pub const NONE: Self = Self {
        times: RunTimes { start: 0, end: 0, received: 0, complete: true, open_end: false, failed: false },
        steps: 0,
        llm_calls: 0,
        tool_calls: 0,
        handoffs: 0,
        errors: 0,
        tokens: TokenTotals {
            input: 0,
            output: 0,
            cache_read: 0,
            cache_write: 0,
            reasoning: 0,
            known: 0,
            unknown: 0,
        },
        cost: CostTotal { amount: NanoUsd(0), reported: 0, computed: 0, unknown: 0 },
        findings: FindingCounts { flagged: [0; FindingKind::ALL.len()], hints: 0, alarms: 0 },
    };

    /// Those of a run.
    pub const fn of(run: &RunSummary) -> Self {
        Self {
            times: run.times,
            steps: run.steps,
            llm_calls: run.llm_calls,
            tool_calls: run.tool_calls,
            handoffs: run.handoffs,
            errors: run.errors,
            tokens: run.tokens,
            cost: run.cost,
            findings: run.findings,
        }
    }

    /// How long it took, or has been going on.
    pub fn elapsed(&self, now: UnixNanos) -> u64 {
        elapsed(&self.times, self.times.status(now), now)
    }

    /// Adds another run: the start is that of the newest, the time that of all, and it goes on or failed if one does or did.
    pub fn add(&mut self, run: &Self, now: UnixNanos) {
        let status = run.times.status(now);
        let took = self.times.end.saturating_sub(self.times.start) + elapsed(&run.times, status, now);
        self.times.start = self.times.start.max(run.times.start);
        self.times.end = self.times.start + took;
        match status {
            RunStatus::Running => (self.times.complete, self.times.received) = (false, now),
            RunStatus::Error => self.times.failed = true,
            RunStatus::Ok | RunStatus::Incomplete => {}
        }
        self.tokens.merge(&run.tokens);
        self.cost.merge(&run.cost);
        self.steps += run.steps;
        self.llm_calls += run.llm_calls;
        self.tool_calls += run.tool_calls;
        self.handoffs += run.handoffs;
        self.errors += run.errors;
        self.findings.hints += run.findings.hints;
        self.findings.flagged.iter_mut().zip(run.findings.flagged).for_each(|(all, one)| *all += one);
    }
}

/// How long what has these times and this status took, or has been going on.
pub fn elapsed(times: &RunTimes, status: RunStatus, now: UnixNanos) -> u64 {
    let end = if status == RunStatus::Running { now } else { times.end };
    end.saturating_sub(times.start)
}
