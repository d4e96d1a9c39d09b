//! Runs grouped by session, agent or day: what a group comes to is told as if it were a run, so that it is drawn and
//! sorted like one.

use rustc_hash::FxHashMap;

use crate::model::{CostTotal, RunKey, RunStatus, RunSummary, TokenTotals, UnixNanos};
use crate::report::format::Zone;
use crate::tui::columns::{Rank, Sort, elapsed};
use crate::tui::run_list::RunList;

/// What runs of a group share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The conversation.
    Session,
    /// The first agent.
    Agent,
    /// The day on which they began.
    Day,
}

impl By {
    /// The next of them, none after the last.
    pub const fn next(by: Option<Self>) -> Option<Self> {
        match by {
            None => Some(Self::Session),
            Some(Self::Session) => Some(Self::Agent),
            Some(Self::Agent) => Some(Self::Day),
            Some(Self::Day) => None,
        }
    }

    /// In a sentence.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Agent => "agent",
            Self::Day => "day",
        }
    }

    fn name(self, run: &RunSummary, zone: Zone) -> String {
        match self {
            Self::Session => run.session_id.clone().unwrap_or_else(|| "no session".to_owned()),
            Self::Agent => run.agents.first().unwrap_or(&run.name).clone(),
            Self::Day if run.times.start == 0 => "no day".to_owned(),
            Self::Day => zone.naive(run.times.start).format("%Y-%m-%d").to_string(),
        }
    }
}

/// Runs that share something.
#[derive(Debug)]
pub struct Group {
    /// What they share.
    pub name: String,
    /// What they come to, as if they were one run; its start is that of the newest.
    pub sum: RunSummary,
    /// The runs, in order.
    pub runs: Vec<RunKey>,
}

/// Groups of the runs `shown`, sorted as runs are, each with its runs in the order given.
pub(super) fn groups(
    by: By,
    shown: &[Rank],
    runs: &RunList,
    sort: Sort,
    zone: Zone,
    now: UnixNanos,
) -> Vec<Group> {
    let mut places: FxHashMap<String, usize> = FxHashMap::default();
    let mut groups: Vec<Group> = Vec::new();
    for run in shown.iter().filter_map(|rank| runs.get(rank.key())) {
        let name = by.name(run, zone);
        let at = *places.entry(name).or_insert_with_key(|name| {
            groups.push(Group { name: name.clone(), sum: nothing(run, name), runs: Vec::new() });
            groups.len() - 1
        });
        groups[at].add(run, now);
    }
    for group in &mut groups {
        let count = group.runs.len();
        group.sum.task = Some(format!("{count} run{}", if count == 1 { "" } else { "s" }));
    }
    groups.sort_by_cached_key(|group| sort.rank(&group.sum, now));
    groups
}

/// The sum of no run, under the name of a group; it ended well.
fn nothing(like: &RunSummary, name: &str) -> RunSummary {
    RunSummary {
        name: name.to_owned(),
        agents: vec![name.to_owned()],
        models: Vec::new(),
        times: crate::model::RunTimes { complete: true, ..Default::default() },
        tokens: TokenTotals::default(),
        cost: CostTotal::default(),
        findings: crate::model::FindingCounts::default(),
        steps: 0,
        llm_calls: 0,
        tool_calls: 0,
        handoffs: 0,
        errors: 0,
        ..like.clone()
    }
}

impl Group {
    fn add(&mut self, run: &RunSummary, now: UnixNanos) {
        let sum = &mut self.sum;
        let status = run.times.status(now);
        let took = sum.times.end.saturating_sub(sum.times.start) + elapsed(run, status, now);
        sum.times.start = sum.times.start.max(run.times.start);
        sum.times.end = sum.times.start + took;
        match status {
            RunStatus::Running => (sum.times.complete, sum.times.received) = (false, now),
            RunStatus::Error => sum.times.failed = true,
            RunStatus::Ok | RunStatus::Incomplete => {}
        }
        sum.tokens.merge(&run.tokens);
        sum.cost.merge(&run.cost);
        for (all, one) in [
            (&mut sum.steps, run.steps),
            (&mut sum.llm_calls, run.llm_calls),
            (&mut sum.tool_calls, run.tool_calls),
            (&mut sum.handoffs, run.handoffs),
            (&mut sum.errors, run.errors),
        ] {
            *all += one;
        }
        sum.findings.hints += run.findings.hints;
        sum.findings.flagged.iter_mut().zip(run.findings.flagged).for_each(|(all, one)| *all += one);
        let new: Vec<_> = run.models.iter().filter(|model| !sum.models.contains(model)).cloned().collect();
        sum.models.extend(new);
        self.runs.push(run.key);
    }
}
