//! Steps of the runs that were read last, kept so that only what changed is read anew.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::model::{RunKey, Step};
use crate::tui::backend::{Backend, RowId, RunView};

/// The open run's steps between two requests, so that only what changed is read.
#[derive(Debug, Default)]
struct Kept {
    revision: i64,
    steps: Vec<Arc<Step>>,
    /// Where each stands, once the run has grown: most are read once.
    places: FxHashMap<RowId, usize>,
}

impl Kept {
    /// Replaces steps that are known, by span, and adds the others.
    fn merge(&mut self, changed: Vec<Arc<Step>>) {
        if self.steps.is_empty() {
            self.steps = changed;
            return;
        }
        if self.places.is_empty() {
            self.keep_last_of_each();
        }
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

    /// Of steps of one span the last, in the place of the first.
    fn keep_last_of_each(&mut self) {
        self.places.clear();
        self.places.reserve(self.steps.len());
        for step in std::mem::take(&mut self.steps) {
            match self.places.entry(RowId(step.trace_id, step.span_id)) {
                Entry::Occupied(known) => self.steps[*known.get()] = step,
                Entry::Vacant(new) => {
                    new.insert(self.steps.len());
                    self.steps.push(step);
                }
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

    /// A run as of now with what is flagged in it; `None` once `goes_on`, which is told how many steps were read, says no.
    /// `opens` is told of a long one that is read for the first time before anything is looked for in it: of 100 000 steps
    /// that takes a fifth of the time.
    pub(super) fn flagged(
        &mut self,
        backend: &mut dyn Backend,
        run: RunKey,
        goes_on: &mut dyn FnMut(usize) -> bool,
        opens: impl FnOnce(Arc<RunView>),
    ) -> Result<Option<Arc<RunView>>, String> {
        let is_new = !self.0.iter().any(|(of, _)| *of == run);
        let Some(view) = self.steps(backend, run, goes_on)?.map(Arc::new) else { return Ok(None) };
        if !goes_on(view.steps.len()) {
            return Ok(None);
        }
        if is_new && view.steps.len() >= Self::LONG {
            opens(Arc::clone(&view));
        }
        let findings = backend.findings(run, &view.steps, &view.tree)?;
        Ok(Some(Arc::new(view.with(findings))))
    }

    /// A run as of now, reading only what changed since it was last asked for; `None` as [`Self::flagged`].
    pub(super) fn steps(
        &mut self,
        backend: &mut dyn Backend,
        run: RunKey,
        goes_on: &mut dyn FnMut(usize) -> bool,
    ) -> Result<Option<RunView>, String> {
        let at = self.0.iter().position(|(of, _)| *of == run);
        let after = at.map_or(0, |at| self.0[at].1.revision);
        let Some((revision, changed)) = backend.steps(run, after, goes_on)? else { return Ok(None) };
        let mut kept = at.map(|at| self.0.remove(at).1).unwrap_or_default();
        kept.merge(changed);
        kept.revision = revision;
        // a step is shared, not copied: 100 000 of them are 100 000 counters
        let mut view = RunView::new(run, revision, kept.steps.iter().cloned());
        if view.repeats_names() {
            kept.keep_last_of_each();
            view = RunView::new(run, revision, kept.steps.iter().cloned());
        }
        if self.0.len() == Self::ROOM {
            self.0.remove(0);
        }
        self.0.push((run, kept));
        Ok(Some(view))
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
        let first = shelf.steps(&mut world, RunKey(4), &mut |_| true).unwrap().unwrap();
        world.runs[0].steps = vec![Step { name: "newer".into(), ..told.steps[2].clone() }];
        let second = shelf.steps(&mut world, RunKey(4), &mut |_| true).unwrap().unwrap();
        assert_eq!((second.steps.len(), &*second.steps[2].name), (told.steps.len(), "newer"));
        let shared = first.steps.iter().zip(&second.steps).filter(|(a, b)| Arc::ptr_eq(a, b)).count();
        assert_eq!(shared, told.steps.len() - 1);
    }

    #[test]
    fn a_run_that_nobody_waits_for_is_not_read_to_its_end_and_what_was_kept_stays() {
        let mut world = World { runs: vec![refund(4, 400, "x")], ..World::default() };
        let mut shelf = Shelf::default();
        let whole = shelf.steps(&mut world, RunKey(4), &mut |_| true).unwrap().unwrap();
        let mut told = 0;
        let mut goes_on = |read| {
            told = read;
            read < 3
        };
        let left = shelf.flagged(&mut world, RunKey(4), &mut goes_on, drop);
        assert_eq!((left.unwrap().is_none(), told), (true, 3));
        let again = shelf.steps(&mut world, RunKey(4), &mut |_| true).unwrap().unwrap();
        assert_eq!(again.steps.len(), whole.steps.len());
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
                shelf
                    .flagged(&mut world, RunKey(4), &mut |_| true, |view| opened.push(view.steps.len()))
                    .unwrap();
            }
            assert_eq!(opened, vec![steps; expected]);
        }
    }
}
