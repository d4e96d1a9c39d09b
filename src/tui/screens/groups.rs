//! Runs grouped by session, agent or day. There may be as many groups as runs: a group is no more than which runs it has,
//! and what they come to is told of those that are shown, as if it were a run, so that it is drawn and sorted like one.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use chrono::NaiveDate;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::{
    CostTotal, FindingCounts, RunKey, RunStatus, RunSummary, RunTimes, TokenTotals, UnixNanos,
};
use crate::report::format::Zone;
use crate::tui::columns::{Rank, Shows, Sort, Texts, elapsed};
use crate::tui::run_list::{NameId, RunList, first_agent};

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
    fn of(self, rank: &Rank, runs: &RunList, days: &mut Days) -> Option<Shared> {
        Some(match self {
            Self::Session => Shared::Session(runs.named(rank.key())?.session),
            Self::Agent => Shared::Agent(runs.named(rank.key())?.agent),
            Self::Day => Shared::Day(days.of(rank.began.0.0)),
        })
    }
}

/// Days as a clock tells them. To ask the clock of every run costs more than all else that is done with it; within a
/// quarter of an hour no zone of our time changes the day but at its beginning.
struct Days {
    zone: Zone,
    known: FxHashMap<u64, NaiveDate>,
}

impl Days {
    /// `None` where no start was given.
    fn of(&mut self, time: UnixNanos) -> Option<NaiveDate> {
        const QUARTER: u64 = 15 * 60 * 1_000_000_000;
        let zone = self.zone;
        let day = || *self.known.entry(time / QUARTER).or_insert_with(|| zone.naive(time).date());
        (time > 0).then(day)
    }
}

/// What runs of a group share, as cheap to tell as it can be: every run is asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Shared {
    Session(Option<NameId>),
    Agent(NameId),
    Day(Option<NaiveDate>),
}

impl Shared {
    /// In words, as a run tells that shares it.
    fn name(self, run: &RunSummary) -> Cow<'_, str> {
        match self {
            Self::Session(_) => run.session_id.as_deref().unwrap_or("no session").into(),
            Self::Agent(_) => first_agent(run).into(),
            Self::Day(None) => "no day".into(),
            Self::Day(Some(day)) => day.format("%Y-%m-%d").to_string().into(),
        }
    }
}

/// A group as it is shown.
#[derive(Clone, Copy, Debug)]
pub struct Group<'a> {
    /// What its runs come to, as if they were one run by the name of what they share; its start is that of the newest.
    pub sum: &'a RunSummary,
    /// The runs, in order.
    pub runs: &'a [RunKey],
}

impl<'a> Group<'a> {
    /// What its runs share.
    pub fn name(self) -> &'a str {
        &self.sum.name
    }
}

/// A group as it is kept.
#[derive(Debug)]
struct Kept {
    shared: Shared,
    /// Places of its runs among those of all groups: one or more.
    runs: Range<usize>,
    /// Start of the newest.
    newest: UnixNanos,
    /// Made when it is first shown.
    sum: OnceCell<Box<RunSummary>>,
}

/// All groups of a list.
#[derive(Debug, Default)]
pub struct Groups {
    /// In order.
    all: Vec<Kept>,
    /// Runs, those of a group one behind the other.
    runs: Vec<RunKey>,
    /// When they were made: sums are as of then.
    now: UnixNanos,
}

impl Groups {
    /// Groups of the runs `shown`, sorted as runs are, each with its runs in the order given.
    pub(super) fn new(
        by: By,
        shown: &[Rank],
        runs: &RunList,
        sort: Sort,
        zone: Zone,
        now: UnixNanos,
    ) -> Self {
        let mut days = Days { zone, known: FxHashMap::default() };
        let mut places: FxHashMap<Shared, usize> = FxHashMap::default();
        let of = |rank: &Rank| {
            let shared = by.of(rank, runs, &mut days)?;
            let next = places.len();
            Some(Member { group: *places.entry(shared).or_insert(next), shared, began: rank.began.0 })
        };
        let mut members: Vec<Member> = shown.iter().filter_map(of).collect();
        members.sort_by_key(|member| member.group);
        let of_groups = members.iter().map(|member| member.began.1).collect();
        let groups = Self { all: Vec::new(), runs: of_groups, now };
        let mut all = kept(&members);
        all.sort_by_cached_key(|group| groups.rank(group, runs, sort));
        Self { all, ..groups }
    }

    /// Where a group stands: told of no more than what it is sorted by.
    fn rank(&self, group: &Kept, runs: &RunList, sort: Sort) -> Rank {
        let mut sum = nothing(self.runs[group.runs.start]);
        if sort.is_by_text() || sort.by == Shows::Started {
            sum.times.start = group.newest;
        } else {
            self.members(group, runs).for_each(|run| add(&mut sum, run, self.now));
        }
        let texts = if sort.is_by_text() { self.texts(group, runs, sort.by) } else { Texts::default() };
        sort.rank(&sum, &texts, self.now)
    }

    /// What a group is sorted by in words.
    fn texts(&self, group: &Kept, runs: &RunList, by: Shows) -> Texts {
        let mut told = self.runs[group.runs.clone()].iter().filter_map(|&run| runs.with_texts(run));
        if by == Shows::Model {
            return told
                .find(|(run, _)| !run.models.is_empty())
                .map_or_else(Texts::default, |(_, texts)| texts.clone());
        }
        told.next().map_or_else(Texts::default, |(first, _)| Texts::of_name(&group.shared.name(first)))
    }

    fn members<'r>(&self, group: &Kept, runs: &'r RunList) -> impl Iterator<Item = &'r RunSummary> {
        self.runs[group.runs.clone()].iter().filter_map(|&run| runs.get(run))
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// What the runs of a group share.
    pub(super) fn shared(&self, at: usize) -> Shared {
        self.all[at].shared
    }

    /// Runs of a group, in order.
    pub(super) fn runs(&self, at: usize) -> &[RunKey] {
        &self.runs[self.all[at].runs.clone()]
    }

    /// What the runs of the group share that a run is in.
    pub(super) fn around(&self, run: RunKey) -> Option<Shared> {
        let place = self.runs.iter().position(|&other| other == run)?;
        self.all.iter().find(|group| group.runs.contains(&place)).map(|group| group.shared)
    }

    /// A group as it is shown.
    pub fn get(&self, at: usize, runs: &RunList) -> Option<Group<'_>> {
        let group = self.all.get(at)?;
        let sum = group.sum.get_or_init(|| Box::new(self.sum(group, runs)));
        Some(Group { sum, runs: self.runs(at) })
    }

    fn sum(&self, group: &Kept, runs: &RunList) -> RunSummary {
        let mut sum = nothing(self.runs[group.runs.start]);
        if let Some(first) = runs.get(sum.key) {
            sum.name = group.shared.name(first).into_owned();
            sum.service.clone_from(&first.service);
        }
        // most runs have the models of another: to read the names of all takes nearly as long as all figures
        let mut met = FxHashSet::default();
        for run in self.members(group, runs) {
            add(&mut sum, run, self.now);
            if runs.named(run.key).is_some_and(|named| met.insert(named.models)) {
                let new = |model: &&String| !sum.models.contains(model);
                let new: Vec<_> = run.models.iter().filter(new).cloned().collect();
                sum.models.extend(new);
            }
        }
        sum
    }
}

/// A run on its way into its group.
struct Member {
    /// Place of the group among those met so far.
    group: usize,
    shared: Shared,
    began: (UnixNanos, RunKey),
}

/// Groups of runs that stand group after group.
fn kept(members: &[Member]) -> Vec<Kept> {
    let mut end = 0;
    let groups = members.chunk_by(|one, next| one.group == next.group).map(|members| {
        let runs = end..end + members.len();
        end = runs.end;
        let newest = members.iter().map(|member| member.began.0).max().unwrap_or(0);
        Kept { shared: members[0].shared, runs, newest, sum: OnceCell::new() }
    });
    groups.collect()
}

/// The sum of no run; it ended well. Has no texts but those that are shown of a group.
fn nothing(key: RunKey) -> RunSummary {
    RunSummary {
        key,
        run_id: String::new(),
        trace_ids: Vec::new(),
        name: String::new(),
        task: None,
        agents: Vec::new(),
        service: String::new(),
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
        agentic: true,
        merged_into: None,
        revision: 0,
    }
}

/// Adds the figures of a run.
fn add(sum: &mut RunSummary, run: &RunSummary, now: UnixNanos) {
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::filter::Query;
    use crate::tui::columns::{COLUMNS, Known};
    use crate::tui::run_list::Sieve;
    use crate::tui::testing::world::under_way;

    const DAY: u64 = 86_400_000_000_000;

    /// Runs of all kinds: with and without session, models, start, end.
    fn runs() -> RunList {
        let mut list = RunList::default();
        let run = |key: i64| {
            let mut run = under_way(key).summary;
            let bits = key.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
            run.times = RunTimes {
                start: bits % 5 * DAY,
                end: bits % 5 * DAY + bits % 90,
                complete: true,
                ..run.times
            };
            run.session_id = (!bits.is_multiple_of(3)).then(|| format!("Session {}", bits % 7));
            run.agents = vec![format!("agent {}", bits % 4)];
            run.models = (0..bits % 3).map(|model| format!("model {}", (model + bits) % 4)).collect();
            (run.steps, run.errors, run.tokens.input, run.tokens.known) =
                (bits % 9, bits % 2, bits % 100, bits % 3);
            run
        };
        list.merge((1..90).map(run).collect());
        list
    }

    #[test]
    fn groups_stand_in_the_order_of_what_they_are_shown_to_come_to() {
        let list = runs();
        let (query, now, zone) = (Query::default(), 9 * DAY, Zone::Utc);
        let sieve = Sieve { query: &query, found: &[], all_traces: true, now };
        for by in [By::Session, By::Agent, By::Day] {
            for sort in
                COLUMNS.iter().map(|column| Sort::by(column.shows)).flat_map(|sort| [sort, sort.turned()])
            {
                let shown = list.shown(&sieve, sort);
                let groups = Groups::new(by, &shown, &list, sort, zone, now);
                let told: Vec<Group> = (0..groups.count()).filter_map(|at| groups.get(at, &list)).collect();
                let ranks = told
                    .iter()
                    .map(|group| sort.rank(group.sum, &Texts::of(group.sum, &mut Known::default()), now));
                assert!(told.len() > 3 && ranks.is_sorted(), "by {}, {}", by.word(), sort.in_words());
                for group in &told {
                    let of_group = shown.iter().map(Rank::key).filter(|key| group.runs.contains(key));
                    assert!(of_group.eq(group.runs.iter().copied()), "in the order of the list");
                }
                assert_eq!(told.iter().map(|group| group.runs.len()).sum::<usize>(), shown.len());
                assert_eq!(
                    told.iter().map(|group| group.sum.steps).sum::<u64>(),
                    list.iter().map(|run| run.steps).sum::<u64>()
                );
            }
        }
    }
}
