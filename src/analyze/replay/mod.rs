//! A run replayed: its steps in the order of time, and how things stood before each of them.
//!
//! A *stop* is the moment at which a step begins. What began earlier has happened; what had ended by then is known with
//! its outcome; what had not is under way: the agents around the next step as well as a branch beside it. The step itself
//! has not begun. There is a stop before every step, plumbing left out unless it failed, and one at the end of the run.
//! Steps that begin at once stand as the tree has them, so an agent begins before its first call.
//!
//! ```text
//!   stop 0        1          2        3             4
//!        │ agent  │ call     │ tool   │ call        │ the end
//!        └ nobody └ agent is at work  └ the first call has been paid, the tool has returned
//! ```

mod so_far;
mod stage;

#[cfg(test)]
mod tests;

use std::borrow::Borrow;

pub use self::so_far::SoFar;
pub use self::stage::{Heard, Stage};

use self::so_far::Ended;
use super::agent_name;
use super::fold;
use super::tree::{Node, Row, Tree};
use crate::model::{Step, StepKind, StepStatus, UnixNanos};

/// A step that never ended, as far as telemetry tells.
const NEVER: u32 = u32::MAX;

/// Steps of which the latest end is kept.
const STRETCH: usize = 256;

/// A step in the order of time; the stop of the same number is before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Its row in the tree.
    pub row: u32,
    /// When it began; of a step that tells no start when the one above it did.
    pub begin: UnixNanos,
    /// The first stop at which it has ended: later than the stop before it, [`NEVER`] if no end is told.
    ends: u32,
    /// Its kind.
    pub kind: StepKind,
    /// Whether it failed.
    pub failed: bool,
    /// The agent at work, as a number; 0 where none is named.
    agent: u64,
}

impl Moment {
    /// Orders moments.
    const fn place(&self) -> (UnixNanos, u32) {
        (self.begin, self.row)
    }

    /// Whether it has ended at a stop.
    pub const fn has_ended(&self, stop: usize) -> bool {
        self.ends as usize <= stop
    }
}

/// A run in the order of time.
#[derive(Debug, Default)]
pub struct Replay {
    /// Its steps.
    pub moments: Vec<Moment>,
    /// When the last of them ended, or began if none has.
    pub end: UnixNanos,
    /// The latest end in each stretch of [`STRETCH`] steps, so that what is under way is found without looking at all.
    latest: Vec<u32>,
    /// The model call that ended last: what the run answered.
    answer: Option<u32>,
    /// What adds to the sums, by the stop at which it does.
    ended: Vec<Ended>,
    /// Sums before every `STRIDE`th of these.
    sums: Vec<SoFar>,
}

impl Replay {
    /// The replay of a run; `steps` are as the tree tells them ([`Tree::merged`] put in place). Goes through all rows: for
    /// loader threads.
    pub fn of<S: Borrow<Step>>(steps: &[S], tree: &Tree) -> Self {
        let mut seen = seen(steps, tree);
        let is_all_plumbing = seen.iter().all(|seen| !seen.is_shown);
        for seen in &mut seen {
            seen.is_shown |= is_all_plumbing;
        }
        let mut moments: Vec<Moment> =
            seen.iter().filter(|seen| seen.is_shown).map(|seen| seen.moment).collect();
        moments.sort_unstable_by_key(Moment::place);
        let times = seen.iter().map(|seen| seen.end.unwrap_or(seen.moment.begin));
        let end = times.max().unwrap_or(0);
        let mut replay = Self { moments, end, ..Self::default() };
        let froms: Vec<u32> = seen.iter().map(|seen| replay.settle(seen)).collect();
        let stretches = replay.moments.chunks(STRETCH);
        replay.latest =
            stretches.map(|all| all.iter().map(|moment| moment.ends).max().unwrap_or(0)).collect();
        let calls = (0..).zip(&replay.moments).filter(|(_, moment)| moment.kind == StepKind::Llm);
        replay.answer =
            calls.max_by_key(|(_, call)| (call.ends != NEVER).then_some(call.ends)).map(|(at, _)| at);
        replay.sum_up(steps, tree, seen.iter().map(|seen| seen.moment.row).zip(froms));
        replay
    }

    /// Notes when a row has ended; gives the stop from which on its figures count.
    fn settle(&mut self, seen: &Seen) -> u32 {
        let at = self.moments.partition_point(|moment| moment.place() < seen.moment.place());
        let next = at + usize::from(seen.is_shown);
        let later = self.moments.get(next..).unwrap_or_default();
        let end = seen.end.unwrap_or(UnixNanos::MAX);
        // in most runs one thing is done after another: the next step begins when this one has ended
        let after = match later.first() {
            Some(moment) if moment.begin < end => later.partition_point(|moment| moment.begin < end),
            _ => 0,
        };
        let from = u32::try_from(next + after).unwrap_or(NEVER);
        if seen.is_shown {
            self.moments[at].ends = if seen.end.is_some() { from } else { NEVER };
        }
        from
    }

    /// How many stops there are: one before each step, one at the end.
    pub const fn stops(&self) -> usize {
        self.moments.len() + 1
    }

    /// When it was: the begin of the next step, or the end.
    pub fn time(&self, stop: usize) -> UnixNanos {
        self.moments.get(stop).map_or(self.end, |next| next.begin)
    }

    /// When the first step began.
    pub fn begin(&self) -> UnixNanos {
        self.moments.first().map_or(self.end, |first| first.begin)
    }

    /// The stop before a row, or before the first step after it where it is left out.
    pub fn stop_before<S: Borrow<Step>>(&self, steps: &[S], tree: &Tree, row: u32) -> usize {
        let begin =
            std::iter::successors(Some(row), |&row| tree.rows.get(row as usize)?.parent).find_map(|row| {
                Some(step_of(steps, tree.rows.get(row as usize)?)?.start).filter(|&start| start != 0)
            });
        let place = (begin.unwrap_or_else(|| self.begin()), row);
        self.moments.partition_point(|moment| moment.place() < place)
    }

    /// The nearest stop before or after this one that is before such a step.
    pub fn beside(&self, stop: usize, forward: bool, is_it: impl Fn(&Moment) -> bool) -> Option<usize> {
        if forward {
            let later = self.moments.get(stop + 1..)?;
            later.iter().position(is_it).map(|at| stop + 1 + at)
        } else {
            self.moments[..stop.min(self.moments.len())].iter().rposition(is_it)
        }
    }

    /// What began before a stop and had not ended, in the order of time.
    pub fn under_way(&self, stop: usize) -> impl Iterator<Item = &Moment> {
        let begun = &self.moments[..stop.min(self.moments.len())];
        let stretches = begun.chunks(STRETCH).zip(&self.latest);
        let some = stretches.filter(move |(_, latest)| **latest as usize > stop);
        some.flat_map(|(stretch, _)| stretch).filter(move |moment| !moment.has_ended(stop))
    }
}

/// A row of a step as a replay sees it.
struct Seen {
    moment: Moment,
    end: Option<UnixNanos>,
    is_shown: bool,
}

/// All rows that have a step, in the order of the tree.
fn seen<S: Borrow<Step>>(steps: &[S], tree: &Tree) -> Vec<Seen> {
    let starts = tree.rows.iter().filter_map(|row| Some(step_of(steps, row)?.start));
    let first = starts.filter(|&start| start != 0).min().unwrap_or(0);
    let mut begins: Vec<UnixNanos> = Vec::with_capacity(tree.rows.len());
    let mut named = (usize::MAX, 0);
    let mut seen = Vec::with_capacity(tree.rows.len());
    for (at, row) in (0..).zip(&tree.rows) {
        let above = row.parent.map_or(first, |parent| begins[parent as usize]);
        let Some(step) = step_of(steps, row) else {
            begins.push(above);
            continue;
        };
        let begin = if step.start == 0 { above } else { step.start };
        begins.push(begin);
        if row.agent.is_some_and(|agent| agent != named.0) {
            named = row.agent.map_or(named, |agent| (agent, hash_of(steps, agent)));
        }
        let agent = if row.agent.is_some() { named.1 } else { 0 };
        let is_shown = !fold::is_quiet(row, step);
        let failed = step.status == StepStatus::Error && is_shown;
        let moment = Moment { row: at, begin, ends: NEVER, kind: step.kind, failed, agent };
        let end = (step.end != 0).then(|| step.end.max(begin));
        seen.push(Seen { moment, end, is_shown });
    }
    seen
}

fn hash_of<S: Borrow<Step>>(steps: &[S], agent: usize) -> u64 {
    let name = steps.get(agent).and_then(|step| step.borrow().agent.as_deref());
    name.map_or(0, agent_name::hash)
}

fn step_of<'a, S: Borrow<Step>>(steps: &'a [S], row: &Row) -> Option<&'a Step> {
    match row.node {
        Node::Step(at) => steps.get(at).map(Borrow::borrow),
        Node::Missing { .. } => None,
    }
}
