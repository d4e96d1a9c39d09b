//! Findings of runs that grow, kept fresh at a bounded price.
//!
//! A look at a run reads all its steps (0.3 s for 100 000). So runs that grew are looked at when news pause, half a second
//! after the last, and while they never pause every few seconds; runs in which nothing can repeat are not looked at.

use super::pass::Pass;
use crate::analyze::{findings, tree};
use crate::model::{Finding, FindingCounts, RunKey, Step};
use crate::store::StoreError;

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
    findings::find(&steps, &tree, &findings::Circumstances::default())
}
