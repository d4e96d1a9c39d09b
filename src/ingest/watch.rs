//! Findings of runs that grow, kept fresh at a bounded price.
//!
//! A look at a run reads all its steps. A run is looked at within a group when the steps that came since the last look
//! are a quarter of all, or when it is small: then all looks together cost a constant for each step, however long the run
//! grows. What is left is looked at when news pause, half a second after the last.

use super::pass::Pass;
use crate::analyze::{findings, tree};
use crate::model::{Finding, FindingCounts, RunKey, Step};
use crate::store::StoreError;

/// Runs of up to this many steps are looked at whenever they grow: it costs some 0.1 ms.
const SMALL: usize = 16;

/// A longer run is looked at when it has grown by one step in this many.
const SHARE: usize = 4;

/// Whether a run of `all` steps is looked at now that `fresh` ones came.
pub(super) const fn is_due(fresh: usize, all: usize) -> bool {
    fresh > 0 && (all <= SMALL || fresh * SHARE >= all)
}

impl Pass<'_, '_> {
    /// Looks at a run that is in memory; true if its counts changed.
    pub(super) fn look_at(&mut self, key: RunKey) -> Result<bool, StoreError> {
        self.unseen.remove(&key);
        let mut steps = Vec::new();
        self.group.for_each_step(key, None, |step| steps.push(step))?;
        let found = findings_of(steps);
        let Some(run) = self.runs.get_mut(&key) else { return Ok(false) };
        let changed = run.set_findings(FindingCounts::of(&found));
        if changed || !found.is_empty() {
            self.group.put_findings(key, &found)?;
        }
        Ok(changed)
    }

    /// Looks at every run that grew since it was looked at.
    pub(super) fn look_at_the_rest(&mut self) -> Result<(), StoreError> {
        for key in std::mem::take(self.unseen) {
            // it may have gone into another run, or have been in a group that was not kept
            if self.group.run(key)?.is_none_or(|run| run.merged_into.is_some()) {
                continue;
            }
            self.run(key)?;
            if self.look_at(key)? {
                self.run(key)?.dirty = true;
            }
        }
        self.put_summaries()?;
        Ok(())
    }
}

fn findings_of(mut steps: Vec<Step>) -> Vec<Finding> {
    let mut tree = tree::build(&steps);
    for (at, step) in std::mem::take(&mut tree.merged) {
        steps[at] = step;
    }
    findings::find(&steps, &tree)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_cost_a_constant_for_each_step() {
        for all in [1_000_usize, 10_000, 100_000] {
            let (mut read, mut fresh) = (0, 0);
            for len in 1..=all {
                fresh += 1;
                if is_due(fresh, len) {
                    read += len;
                    fresh = 0;
                }
            }
            assert!(read < all * 5, "{all} steps: {read} read");
        }
    }
}
