//! Runs grouped by session, agent or day: what a group comes to is told as if it were a run, so that it is drawn and
//! sorted like one.

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use crate::model::{
    CostTotal, FindingCounts, RunKey, RunStatus, RunSummary, RunTimes, TokenTotals, UnixNanos,
};
use crate::report::format::Zone;
use crate::tui::columns::{Known, Rank, Sort, Texts, elapsed};
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

    /// What a run shares with others of its group.
    fn of<'r>(self, run: &'r RunSummary, days: &mut Days) -> Shared<'r> {
        match self {
            Self::Session => run.session_id.as_deref().map_or(Shared::None("no session"), Shared::Name),
            Self::Agent => Shared::Name(run.agents.first().unwrap_or(&run.name)),
            Self::Day if run.times.start == 0 => Shared::None("no day"),
            Self::Day => Shared::Day(days.of(run.times.start)),
        }
    }
}

/// Days as a clock tells them. To ask the clock of every run costs more than all else that is done with it; within a
/// quarter of an hour no zone of our time changes the day but at its beginning.
struct Days {
    zone: Zone,
    known: FxHashMap<u64, NaiveDate>,
}

impl Days {
    fn of(&mut self, time: UnixNanos) -> NaiveDate {
        const QUARTER: u64 = 15 * 60 * 1_000_000_000;
        let zone = self.zone;
        *self.known.entry(time / QUARTER).or_insert_with(|| zone.naive(time).date())
    }
}

/// What runs share, as cheap to tell as it can be: every run is asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Shared<'r> {
    Name(&'r str),
    Day(NaiveDate),
    /// That they have none; in words.
    None(&'static str),
}

impl Shared<'_> {
    fn name(self) -> String {
        match self {
            Self::Name(name) | Self::None(name) => name.to_owned(),
            Self::Day(day) => day.format("%Y-%m-%d").to_string(),
        }
    }
}

/// Runs that share something.
#[derive(Debug)]
pub struct Group {
    /// What they come to, as if they were one run by the name of what they share; its start is that of the newest.
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
    let mut places: FxHashMap<Shared, usize> = FxHashMap::default();
    let mut groups: Vec<Group> = Vec::new();
    let mut days = Days { zone, known: FxHashMap::default() };
    for run in shown.iter().filter_map(|rank| runs.get(rank.key())) {
        let at = *places.entry(by.of(run, &mut days)).or_insert_with_key(|shared| {
            groups.push(Group { sum: nothing(run, shared.name()), runs: Vec::new() });
            groups.len() - 1
        });
        groups[at].add(run, now);
    }
    let mut known = Known::default();
    groups.sort_by_cached_key(|group| {
        let texts = if sort.is_by_text() { Texts::of(&group.sum, &mut known) } else { Texts::default() };
        sort.rank(&group.sum, &texts, now)
    });
    groups
}

/// The sum of no run, under the name of a group; it ended well. Has no texts but those that are shown of a group: there
/// may be as many groups as runs.
fn nothing(like: &RunSummary, name: String) -> RunSummary {
    RunSummary {
        key: like.key,
        run_id: String::new(),
        trace_ids: Vec::new(),
        name,
        task: None,
        agents: Vec::new(),
        service: like.service.clone(),
        session_id: None,
        user_id: None,
        tags: Vec::new(),
        times: RunTimes { complete: true, ..Default::default() },
        steps: 0,
        llm_calls: 0,
        tool_calls: 0,
        handoffs: 0,
        errors: 0,
        models: Vec::new(),
        tokens: TokenTotals::default(),
        cost: CostTotal::default(),
        findings: FindingCounts::default(),
        agentic: like.agentic,
        merged_into: None,
        revision: like.revision,
    }
}

impl Group {
    /// What its runs share.
    pub fn name(&self) -> &str {
        &self.sum.name
    }

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
