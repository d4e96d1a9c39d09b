//! Findings of runs that grow, kept fresh at a price that does not grow with them.
//!
//! Runs that grew are looked at when news pause, and twice a second while they never do; how much of a run is read,
//! `analyze` says. Runs that have ended are looked at whole when news rest, so that their findings are exact.

use rustc_hash::FxHashSet;

use super::pass::Pass;
use crate::analyze::findings::{self, Circumstances, Look};
use crate::analyze::tree;
use crate::model::{Finding, RunKey, Step};
use crate::store::StoreError;

/// How thorough a round of looks is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Round {
    /// What is new, with as much before it as patterns need.
    News,
    /// Runs that have ended, whole.
    Ended,
    /// Every run, whole: nothing follows.
    Last,
}

/// Runs whose findings are to be looked for.
#[derive(Default)]
pub(super) struct Watch {
    /// Those that grew since they were looked at.
    pub(super) grown: FxHashSet<RunKey>,
    /// Those that were not looked at whole since they grew.
    pub(super) rough: FxHashSet<RunKey>,
}

impl Watch {
    pub(super) fn is_empty(&self) -> bool {
        self.grown.is_empty() && self.rough.is_empty()
    }
}

impl Pass<'_, '_> {
    /// Looks for findings in the runs that need it.
    pub(super) fn look(&mut self, round: Round) -> Result<(), StoreError> {
        let mut keys = std::mem::take(&mut self.watch.grown);
        if round != Round::News {
            keys.extend(self.watch.rough.drain());
        }
        for key in keys {
            // it may have gone into another run, or have been in a group that was not kept
            if self.group.run(key)?.is_some_and(|run| run.merged_into.is_none()) {
                self.look_at(key, round)?;
            }
        }
        self.put_summaries()?;
        Ok(())
    }

    fn look_at(&mut self, key: RunKey, round: Round) -> Result<(), StoreError> {
        let standing = &self.rulebook.standing;
        let run = self.run(key)?;
        let is_due = match round {
            Round::News => false,
            Round::Ended => run.has_ended(),
            Round::Last => true,
        };
        let look =
            if is_due { run.live.is_rough(standing).then_some(Look::Whole) } else { run.live.look(standing) };
        if let Some(look) = look {
            self.find(key, look)?;
        }
        if self.run(key)?.live.is_rough(standing) {
            self.watch.rough.insert(key);
        }
        Ok(())
    }

    /// Looks for findings, and writes them where they may be others than before.
    fn find(&mut self, key: RunKey, look: Look) -> Result<(), StoreError> {
        let run = self.run(key)?;
        let before = run.len();
        let kept = run.take_fresh();
        let freed = before - run.len();
        *self.held -= freed;
        let steps = match (look, kept) {
            (Look::Whole, Some(steps)) => steps,
            (Look::Whole, None) => {
                let mut steps = Vec::new();
                self.group.for_each_step(key, None, |step| steps.push(step))?;
                steps
            }
            (Look::Last(count), _) => self.group.last_steps(key, count)?,
        };
        let circumstances = self.circumstances(key, look)?;
        let found = found(steps, look, &circumstances);
        let Some(run) = self.runs.get_mut(&key) else { return Ok(()) };
        let is_news = match look {
            Look::Whole => run.live.take_whole(found, &circumstances),
            Look::Last(_) => run.live.take_last(found),
        };
        let is_other_count = run.count_findings();
        run.dirty |= is_other_count;
        if is_news || is_other_count {
            self.group.put_findings(key, run.live.found())?;
        }
        Ok(())
    }

    /// What rules are to know of a run: what was dismissed is for readers to leave out, and earlier runs are compared with
    /// whole ones.
    fn circumstances(&mut self, key: RunKey, look: Look) -> Result<Circumstances, StoreError> {
        let mut circumstances = self.rulebook.standing.clone();
        if look == Look::Whole {
            let revision = self.group.revision();
            let summary = self.run(key)?.summary(revision);
            circumstances.earlier = self.group.past_runs(&summary)?;
        }
        Ok(circumstances)
    }
}

fn found(mut steps: Vec<Step>, look: Look, circumstances: &Circumstances) -> Vec<Finding> {
    let mut tree = tree::build(&steps);
    for (at, step) in std::mem::take(&mut tree.merged) {
        steps[at] = step;
    }
    match look {
        Look::Whole => findings::find(&steps, &tree, circumstances),
        Look::Last(_) => findings::find_in_stretch(&steps, &tree, circumstances),
    }
}
