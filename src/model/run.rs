//! A run in one row: what a list shows without looking at a single step.

use super::{CostTotal, FindingCounts, NanoUsd, RunKey, TokenTotals, TraceId, UnixNanos};

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RunStatus {
    /// Its root has not ended and news came lately.
    Running,
    /// Ended well.
    Ok,
    /// Its outermost step failed.
    Error,
    /// Its root never ended and no news came for [`RunTimes::IDLE`].
    Incomplete,
}

impl RunStatus {
    /// The word of the JSON contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Incomplete => "incomplete",
        }
    }
}

/// The times of a run, from which its status follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunTimes {
    /// Earliest start of a step; 0 if none was given.
    pub start: UnixNanos,
    /// Latest end of a step; 0 if none ended.
    pub end: UnixNanos,
    /// When its last news was received, by this machine's clock.
    pub received: UnixNanos,
    /// Every root is here and ended, no parent is missing.
    pub complete: bool,
    /// Nothing that this client sends tells the end (log records alone): a while without news does.
    pub open_end: bool,
    /// An outermost step failed.
    pub failed: bool,
}

impl RunTimes {
    /// A run without news for this long, root still missing, is incomplete: ten minutes, longer than any single
    /// model call, shorter than a coffee break.
    pub const IDLE: u64 = 600_000_000_000;

    /// A run whose end nothing tells has ended when no news came for this long: a minute, longer than exporters of log
    /// records wait (five seconds by default) and than most model calls take.
    pub const QUIET: u64 = 60_000_000_000;

    /// When it stops going on without further news, exclusive; `None` if it has ended.
    pub fn goes_on_until(&self) -> Option<UnixNanos> {
        let without_news = match (self.complete, self.open_end) {
            (false, _) => Self::IDLE,
            (true, true) => Self::QUIET,
            (true, false) => return None,
        };
        Some(self.received.saturating_add(without_news))
    }

    /// Status at `now`.
    pub fn status(&self, now: UnixNanos) -> RunStatus {
        match (self.complete, self.failed) {
            _ if self.goes_on_until().is_some_and(|until| now < until) => RunStatus::Running,
            (true, false) => RunStatus::Ok,
            (true, true) => RunStatus::Error,
            (false, _) => RunStatus::Incomplete,
        }
    }
}

/// One row of the run list.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSummary {
    /// Row in the store.
    pub key: RunKey,
    /// Id people use: hexadecimal, unique, steady. Of a run of one trace, the trace id.
    pub run_id: String,
    /// Traces it is made of, in order of arrival.
    pub trace_ids: Vec<TraceId>,
    /// Name: of the root, or of the topmost agent or workflow.
    pub name: String,
    /// What was asked, one line, if it was captured.
    pub task: Option<String>,
    /// Agents in order of first appearance.
    pub agents: Vec<String>,
    /// `service.name`.
    pub service: String,
    /// Conversation.
    pub session_id: Option<String>,
    /// User.
    pub user_id: Option<String>,
    /// Tags of all its steps, sorted, each once: some clients put them on the root, some on every span, some on model calls
    /// alone, and a root may never come.
    pub tags: Vec<String>,
    /// Times and what status follows from.
    pub times: RunTimes,
    /// Steps, plumbing and second reports of one call left out.
    pub steps: u64,
    /// Model calls that were answered.
    pub llm_calls: u64,
    /// Tool calls.
    pub tool_calls: u64,
    /// Handoffs.
    pub handoffs: u64,
    /// Steps that failed.
    pub errors: u64,
    /// Models that answered, in order of first appearance.
    pub models: Vec<String>,
    /// Tokens, each call once.
    pub tokens: TokenTotals,
    /// Money, each call once.
    pub cost: CostTotal,
    /// Findings.
    pub findings: FindingCounts,
    /// Whether any step is an agent's doing; traces without are kept and listed only when asked for.
    pub agentic: bool,
    /// The run that took over this one's traces, when both turned out to be one execution: then nothing else counts.
    pub merged_into: Option<RunKey>,
    /// Number of the commit that last changed it: readers ask for what changed since.
    pub revision: i64,
}

/// What an earlier run of the same name took: by such, outliers are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastRun {
    /// From the first start to the last end, nanoseconds.
    pub duration: u64,
    /// Money; `None` where a part of it is unknown.
    pub cost: Option<NanoUsd>,
}

impl PastRun {
    /// Most that are looked at: the latest.
    pub const MOST: u32 = 50;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_goes_on_until_its_end_is_told_or_news_stop() {
        let minute = RunTimes::QUIET;
        for (what, complete, open_end, idle, expected) in [
            ("ended", true, false, 0, RunStatus::Ok),
            ("its root is missing", false, false, 0, RunStatus::Running),
            ("its root never came", false, false, 10 * minute, RunStatus::Incomplete),
            ("nothing tells the end, news are fresh", true, true, minute - 1, RunStatus::Running),
            ("nothing tells the end, news stopped", true, true, minute, RunStatus::Ok),
        ] {
            let times = RunTimes { complete, open_end, received: 5, ..RunTimes::default() };
            assert_eq!(times.status(5 + idle), expected, "{what}");
        }
    }
}
