//! Runs grouped by session, agent or day. There may be as many groups as runs: a group is no more than which runs it has,
//! and what they come to is told of those that are shown, as if it were a run, so that it is drawn and sorted like one.

mod divided;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::cmp::Reverse;
use std::ops::Range;

use chrono::Datelike;
use rustc_hash::FxHashSet;

use crate::model::{RunKey, RunSummary, UnixNanos};
use crate::tui::columns::{Part, Shows, Sort};
use crate::tui::run_list::{Began, DayId, Figures, Gist, NO_SESSION, NameId, RunList, Slot, first_agent};

use divided::{Divided, each};

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
    const fn of(self, run: &Gist) -> Shared {
        match self {
            Self::Session => Shared::Session(run.named.session),
            Self::Agent => Shared::Agent(run.named.agent),
            Self::Day => Shared::Day(run.day),
        }
    }
}

/// What runs of a group share, as cheap to tell as it can be: every run is asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Shared {
    Session(Option<NameId>),
    Agent(NameId),
    Day(Option<DayId>),
}

impl Shared {
    /// Its number among all that runs may share in the same way.
    fn number(self) -> usize {
        match self {
            Self::Session(session) => session.map_or(0, |session| session.at() + 1),
            Self::Agent(agent) => agent.at(),
            Self::Day(day) => day.map_or(0, |day| day.at() + 1),
        }
    }

    /// In words, as a run tells that shares it.
    fn name(self, run: &RunSummary, runs: &RunList) -> Cow<'static, str> {
        match self {
            Self::Session(_) => run.session_id.clone().map_or(NO_SESSION.into(), Cow::from),
            Self::Agent(_) => first_agent(run).to_owned().into(),
            Self::Day(None) => "no day".into(),
            Self::Day(Some(day)) => runs.day(day).format("%Y-%m-%d").to_string().into(),
        }
    }

    /// Where its name stands among those of the other groups; `None` where it is empty.
    fn rank(self, runs: &RunList) -> Option<u64> {
        match self {
            Self::Session(session) => runs.names().rank(session.unwrap_or(NameId::NO_SESSION)),
            Self::Agent(agent) => runs.names().rank(agent),
            // days stand as they follow each other, what is no day after them
            Self::Day(day) => {
                let number = |day| runs.day(day).num_days_from_ce().unsigned_abs().into();
                Some(day.map_or(u64::MAX, number))
            }
        }
    }
}

/// A group as it is shown.
#[derive(Clone, Copy, Debug)]
pub struct Group<'a> {
    /// What its runs come to, as if they were one run by the name of what they share; its start is that of the newest.
    pub sum: &'a RunSummary,
    /// The runs, in order.
    pub runs: &'a [Slot],
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
    runs: Range<u32>,
    /// Its number, from 0 on.
    number: u32,
    /// Start of the newest.
    newest: UnixNanos,
    /// Made when it is first shown.
    sum: OnceCell<Box<RunSummary>>,
}

impl Kept {
    const fn range(&self) -> Range<usize> {
        self.runs.start as usize..self.runs.end as usize
    }
}

/// All groups of a list.
#[derive(Debug, Default)]
pub struct Groups {
    /// In order.
    all: Vec<Kept>,
    /// Runs, those of a group one behind the other.
    runs: Vec<Slot>,
    /// What each comes to, by number; nothing where they are many: then it is told of those that are shown.
    sums: Vec<Figures>,
    /// When they were made: sums are as of then.
    now: UnixNanos,
}

impl Groups {
    /// So many groups are summed up all at once: then each may have so many runs that it is quicker to go over all runs as they
    /// lie in memory than over those of the groups that are shown as they are sorted.
    const FEW: usize = 256;

    /// Groups of the runs `shown`, sorted as runs are, each with its runs in the order given.
    pub(super) fn new(by: By, shown: &[Slot], runs: &RunList, sort: Sort, now: UnixNanos) -> Self {
        let Divided { mut all, runs: of_groups, numbers } = Divided::of(by, shown, runs);
        let mut sums = Vec::new();
        let mut parts = Vec::new();
        if all.len() <= Self::FEW {
            sums.resize(all.len(), Figures::NONE);
            each(&numbers, runs, |group, run| sums[group].add(run, now));
        } else if sort.is_by_figure() {
            parts.resize(all.len(), Part::default());
            each(&numbers, runs, |group, run| parts[group].add(sort.part(run, now)));
        }
        let made = Self { all: Vec::new(), runs: of_groups, sums, now };
        let figure = |group: &Kept| match parts.get(group.number as usize) {
            Some(&part) => sort.key_of_part(part),
            None => sort.key_of_figures(&made.figures(group, runs), now),
        };
        all.sort_by_cached_key(|group| made.rank(group, runs, sort, figure));
        Self { all, ..made }
    }

    /// Where a group stands: told of no more than what it is sorted by. What is unknown comes last.
    fn rank(
        &self,
        group: &Kept,
        runs: &RunList,
        sort: Sort,
        figure: impl Fn(&Kept) -> Option<u64>,
    ) -> (Result<u64, ()>, Began) {
        let key = match sort.by {
            _ if sort.is_newest_first() => Some(0),
            Shows::Started => sort.turn(Some(group.newest)),
            Shows::Agent | Shows::Task => sort.turn(group.shared.rank(runs)),
            Shows::Model => {
                let model = self.members(group).find_map(|&run| runs.gist(run).named.model);
                sort.turn(model.and_then(|model| runs.names().rank(model)))
            }
            _ => figure(group),
        };
        (key.ok_or(()), Reverse((group.newest, self.runs[group.range().start].key)))
    }

    fn members(&self, group: &Kept) -> impl Iterator<Item = &Slot> {
        self.runs[group.range()].iter()
    }

    fn figures(&self, group: &Kept, runs: &RunList) -> Figures {
        self.sums.get(group.number as usize).copied().unwrap_or_else(|| {
            let mut sum = Figures::NONE;
            self.members(group).for_each(|&run| sum.add(runs.figures(run), self.now));
            sum
        })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// What the runs of a group share.
    pub(super) fn shared(&self, at: usize) -> Shared {
        self.all[at].shared
    }

    /// Places of the runs of a group among those of all, in order.
    pub(super) fn places(&self, at: usize) -> Range<u32> {
        self.all[at].runs.clone()
    }

    /// The run of such a place.
    pub(super) fn run(&self, place: u32) -> Slot {
        self.runs[place as usize]
    }

    /// What the runs of the group share that a run is in.
    pub(super) fn around(&self, run: RunKey) -> Option<Shared> {
        let place = self.runs.iter().position(|other| other.key == run)?;
        self.all.iter().find(|group| group.range().contains(&place)).map(|group| group.shared)
    }

    /// A group as it is shown.
    pub fn get(&self, at: usize, runs: &RunList) -> Option<Group<'_>> {
        let group = self.all.get(at)?;
        let sum = group.sum.get_or_init(|| Box::new(self.told(group, runs, &self.figures(group, runs))));
        Some(Group { sum, runs: &self.runs[group.range()] })
    }

    /// What a group comes to, as if it were one run.
    fn told(&self, group: &Kept, runs: &RunList, sum: &Figures) -> RunSummary {
        let first = self.runs[group.range().start];
        let run = runs.run(first);
        let mut models: Vec<String> = Vec::new();
        // most runs have the models of another: to read the names of all takes nearly as long as all figures
        let mut met = FxHashSet::default();
        for &slot in self.members(group) {
            if met.insert(runs.gist(slot).named.models) {
                let told = runs.run(slot).map(|run| run.models.as_slice()).unwrap_or_default();
                let new: Vec<_> = told.iter().filter(|model| !models.contains(model)).cloned().collect();
                models.extend(new);
            }
        }
        RunSummary {
            name: run.map_or(Cow::default(), |run| group.shared.name(run, runs)).into_owned(),
            service: run.map(|run| run.service.clone()).unwrap_or_default(),
            models,
            ..in_a_row(first.key, sum)
        }
    }
}

/// Figures as those of a run, which has no texts but those that are shown of a group.
const fn in_a_row(key: RunKey, sum: &Figures) -> RunSummary {
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
        times: sum.times,
        steps: sum.steps,
        llm_calls: sum.llm_calls,
        tool_calls: sum.tool_calls,
        handoffs: sum.handoffs,
        errors: sum.errors,
        models: Vec::new(),
        tokens: sum.tokens,
        cost: sum.cost,
        findings: sum.findings,
        agentic: true,
        merged_into: None,
        revision: 0,
    }
}

#[cfg(test)]
mod tests;
