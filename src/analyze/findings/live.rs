//! Findings of a run that grows: when to look at it, and at how much of it, so that a step costs the same in a short
//! run and in a long one.
//!
//! - A run in which no rule can fire is not looked at ([`Signs`]).
//! - A run that has doubled since it was looked at whole is looked at whole: over its life that reads each step twice.
//! - In between, a look goes over what is new and a stretch before it, with the rules whose patterns are local. What it
//!   finds is added to what is known. Where a known pattern grows, its severity rises at once; its figures may wait for
//!   the next whole look.
//! - When a run has ended it is looked at whole, and findings are those of [`super::find`].

use rustc_hash::FxHashSet;

use super::circumstances::Circumstances;
use super::rules::{Scope, that_might};
use super::signs::Signs;
use crate::model::{Finding, SpanId, Step};

/// Steps before the new ones that a look goes over: R1 reaches back 30 calls, each with the model call that asked for it
/// and a node or two around both; four agents may take turns.
const BEFORE: usize = 512;
/// How much of a run is to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// All of it.
    Whole,
    /// The steps that came last, this many.
    Last(usize),
}

/// What is known of the findings of a run that grows.
#[derive(Debug, Default)]
pub struct Live {
    signs: Signs,
    /// Steps that came in.
    steps: usize,
    /// Steps that had come in when it was last looked at.
    looked: usize,
    /// Steps that had come in when it was last looked at whole.
    looked_whole: usize,
    /// Rules that could fire then, one bit each.
    asked: u32,
    found: Vec<Finding>,
}

impl Live {
    /// Takes note of a step that came in.
    pub fn note(&mut self, step: &Step) {
        self.signs.note(step);
        self.steps += 1;
    }

    /// What there is to look at: `None` where nothing came since the last look, or nothing can be found.
    pub fn look(&self, circumstances: &Circumstances) -> Option<Look> {
        let while_it_grows = that_might(&self.signs, circumstances, |scope| scope != Scope::Ended);
        if self.steps == self.looked || while_it_grows == 0 {
            return None;
        }
        let local = that_might(&self.signs, circumstances, |scope| scope == Scope::Stretch);
        // a rule that must see the whole is asked at once when it first can fire
        let is_first = while_it_grows & !local & !self.asked != 0;
        let fresh = self.steps - self.looked;
        let is_whole = is_first || self.steps >= 2 * self.looked_whole || fresh + BEFORE >= self.steps;
        if is_whole {
            return Some(Look::Whole);
        }
        (local != 0).then_some(Look::Last(fresh + BEFORE))
    }

    /// Whether findings may be others than those of the whole run.
    pub fn is_rough(&self, circumstances: &Circumstances) -> bool {
        self.steps != self.looked_whole && that_might(&self.signs, circumstances, |_| true) != 0
    }

    /// What has been found.
    pub fn found(&self) -> &[Finding] {
        &self.found
    }

    /// Takes what a look at the whole run found; true if that is something else than was known.
    pub fn take_whole(&mut self, found: Vec<Finding>, circumstances: &Circumstances) -> bool {
        (self.looked, self.looked_whole) = (self.steps, self.steps);
        self.asked = that_might(&self.signs, circumstances, |_| true);
        let is_other = self.found != found;
        self.found = found;
        is_other
    }

    /// Takes what a look at the last steps found; true if that is more than was known.
    pub fn take_last(&mut self, found: Vec<Finding>) -> bool {
        self.looked = self.steps;
        let mut is_more = false;
        for new in found {
            if let Some(known) = self.found.iter_mut().find(|known| is_same(known, &new)) {
                is_more |= grow(known, new);
            } else {
                self.found.push(new);
                is_more = true;
            }
        }
        is_more
    }
}

/// Findings of one kind that share a step are one. Of a long one the end is compared: what is new lies there.
fn is_same(known: &Finding, new: &Finding) -> bool {
    let new_steps: FxHashSet<SpanId> = new.steps.iter().copied().collect();
    let end = known.steps.iter().rev().take(2 * BEFORE);
    known.kind == new.kind && end.into_iter().any(|step| new_steps.contains(step))
}

/// The one with more steps tells more; the worse severity holds. True if anything is new.
fn grow(known: &mut Finding, new: Finding) -> bool {
    let severity = known.severity.max(new.severity);
    let is_worse = severity > known.severity;
    let is_longer = new.steps.len() > known.steps.len();
    if is_longer {
        *known = new;
    }
    known.severity = severity;
    is_worse || is_longer
}

#[cfg(test)]
mod tests {
    use super::super::tests::worker;
    use super::*;

    /// Makes the look that is due; gives how many of the steps that have arrived it goes over.
    fn look(live: &mut Live, arrived: &[Step], find: fn(&[Step]) -> Vec<Finding>) -> usize {
        match live.look(&Circumstances::default()) {
            Some(Look::Whole) => {
                live.take_whole(find(arrived), &Circumstances::default());
                arrived.len()
            }
            Some(Look::Last(count)) => {
                // the agent stands above every other step
                let last = arrived[..1].iter().chain(&arrived[arrived.len() - count..]);
                live.take_last(find(&last.cloned().collect::<Vec<_>>()));
                count
            }
            None => 0,
        }
    }

    /// Steps that looks go over in all, one look after each step.
    fn cost(calls: impl Iterator<Item = String>) -> (usize, usize) {
        let calls: Vec<String> = calls.collect();
        let steps = worker(&calls.iter().map(String::as_str).collect::<Vec<_>>()).steps;
        let mut live = Live::default();
        let mut read = 0;
        for arrived in 1..=steps.len() {
            live.note(&steps[arrived - 1]);
            read += look(&mut live, &steps[..arrived], |_| Vec::new());
        }
        (read, steps.len())
    }

    #[test]
    fn a_run_in_which_nothing_can_repeat_is_never_looked_at() {
        assert_eq!(cost((0..50).map(|n| format!("read {n} {n}"))).0, 0);
    }

    #[test]
    fn looks_cost_the_same_for_every_step_of_a_long_run() {
        // the same call now and then, too far apart for a loop: every step may be looked at
        let run = |count: usize| cost((0..count).map(|n| format!("read {} {}", n % 400, n % 400)));
        let [short, long] = [4000, 8000].map(|count| {
            let (read, steps) = run(count);
            read / steps
        });
        assert!(long * 10 < short * 11, "{short} for each step, then {long}");
    }

    #[test]
    fn a_loop_late_in_a_long_run_is_an_alarm_at_its_third_call() {
        let mut calls: Vec<String> = (0..700).map(|n| format!("read {} {}", n % 400, n % 400)).collect();
        calls.extend(std::iter::repeat_n("stuck 1 x".to_owned(), 3));
        let steps = worker(&calls.iter().map(String::as_str).collect::<Vec<_>>()).steps;
        let mut live = Live::default();
        let (early, late) = steps.split_at(steps.len() - 6);
        for step in early {
            live.note(step);
        }
        look(&mut live, early, super::super::tests::found);
        assert_eq!(live.found(), []);
        for (at, step) in late.iter().enumerate() {
            live.note(step);
            look(&mut live, &steps[..=early.len() + at], super::super::tests::found);
        }
        assert!(live.is_rough(&Circumstances::default()), "found in a stretch");
        let found: Vec<_> = live.found().iter().map(|f| (f.severity, f.repeats)).collect();
        assert_eq!(found, [(crate::model::Severity::Alarm, 3)]);
    }
}
