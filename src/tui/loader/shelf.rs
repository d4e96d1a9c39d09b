//! Steps of the runs that were read last, kept so that only what changed is read anew.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::model::{RunKey, Step};
use crate::tui::backend::{Backend, RowId, RunView};

/// The open run's steps between two requests, so that only what changed is read.
#[derive(Debug, Default)]
struct Kept {
    revision: i64,
    steps: Vec<Arc<Step>>,
    places: FxHashMap<RowId, usize>,
}

impl Kept {
    /// Replaces steps that are known, by span, and adds the others.
    fn merge(&mut self, changed: Vec<Arc<Step>>) {
        for step in changed {
            let id = RowId(step.trace_id, step.span_id);
            if let Some(&at) = self.places.get(&id) {
                self.steps[at] = step;
            } else {
                self.places.insert(id, self.steps.len());
                self.steps.push(step);
            }
        }
    }
}

/// Runs whose steps are kept, the latest last: those of a comparison and one opened beside it.
#[derive(Debug, Default)]
pub(in crate::tui) struct Shelf(Vec<(RunKey, Kept)>);

impl Shelf {
    /// Runs that are kept.
    const ROOM: usize = 3;

    /// Steps from which on looking for patterns takes longer than a frame.
    const LONG: usize = 10_000;

    /// A run as of now with what is flagged in it. `opens` is told of a long one that is read for the first time before
    /// anything is looked for in it: of 100 000 steps that takes a fifth of the time.
    pub(super) fn flagged(
        &mut self,
        backend: &mut dyn Backend,
        run: RunKey,
        opens: impl FnOnce(Arc<RunView>),
    ) -> Result<Arc<RunView>, String> {
        let is_new = !self.0.iter().any(|(of, _)| *of == run);
        let view = Arc::new(self.steps(backend, run)?);
        if is_new && view.steps.len() >= Self::LONG {
            opens(Arc::clone(&view));
        }
        let findings = backend.findings(run, &view.steps, &view.tree)?;
        Ok(Arc::new(view.with(findings)))
    }

    /// A run as of now, reading only what changed since it was last asked for.
    pub(super) fn steps(&mut self, backend: &mut dyn Backend, run: RunKey) -> Result<RunView, String> {
        let at = self.0.iter().position(|(of, _)| *of == run);
        let mut kept = at.map(|at| self.0.remove(at).1).unwrap_or_default();
        let (revision, changed) = backend.steps(run, kept.revision)?;
        kept.merge(changed);
        kept.revision = revision;
        // a step is shared, not copied: 100 000 of them are 100 000 counters
        let view = RunView::new(run, revision, kept.steps.iter().cloned());
        if self.0.len() == Self::ROOM {
            self.0.remove(0);
        }
        self.0.push((run, kept));
        Ok(view)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::testing::world::{World, refund};

    #[test]
    fn steps_that_did_not_change_are_shared_with_the_view_before() {
        let told = refund(4, 400, "x");
        let mut world = World { runs: vec![told.clone()], ..World::default() };
        let mut shelf = Shelf::default();
        let first = shelf.steps(&mut world, RunKey(4)).unwrap();
        world.runs[0].steps = vec![Step { name: "newer".into(), ..told.steps[2].clone() }];
        let second = shelf.steps(&mut world, RunKey(4)).unwrap();
        assert_eq!((second.steps.len(), &*second.steps[2].name), (told.steps.len(), "newer"));
        let shared = first.steps.iter().zip(&second.steps).filter(|(a, b)| Arc::ptr_eq(a, b)).count();
        assert_eq!(shared, told.steps.len() - 1);
    }
    #[test]
    fn a_long_run_is_told_before_anything_is_looked_for_in_it_and_only_when_it_is_new() {
        for (steps, expected) in [(Shelf::LONG - 1, 0), (Shelf::LONG, 1)] {
            let mut told = refund(4, 400, "x");
            let like = told.steps[2].clone();
            let id = |n: usize| crate::model::SpanId::from_u64(1000 + n as u64).unwrap();
            told.steps = (0..steps).map(|n| Step { span_id: id(n), ..like.clone() }).collect();
            let mut world = World { runs: vec![told], ..World::default() };
            let mut shelf = Shelf::default();
            let mut opened = Vec::new();
            for _ in 0..2 {
                shelf.flagged(&mut world, RunKey(4), |view| opened.push(view.steps.len())).unwrap();
            }
            assert_eq!(opened, vec![steps; expected]);
        }
    }
}
