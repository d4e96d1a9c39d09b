//! Which run a trace belongs to, where more than the trace itself tells (`dialects.md` 0.5).
//!
//! A trace begins as a run of its own. Ties are remembered as they come; at the end of each group the runs they touch
//! are put in order:
//!
//! 1. Traces with the same execution key are one run, and so is a trace with the one that its root links to.
//! 2. A fragment belongs to the run of the latest prompt of its session before it. Of a run whose prompt is not told
//!    (yet), pieces that name their execution stand for it; without any, all fragments of a session are one run.
//! 3. Runs of one session that share time are one run, unless both are executions of their own by name.
//!
//! Each rule looks at what is known by now and not at the order of arrival, so that the same records give the same runs
//! in any order. The older run stays and takes the other's traces over: people may be looking at it.

use rustc_hash::FxHashSet;

use super::pass::Pass;
use crate::dialect::{Part, TieKey, Ties};
use crate::model::{RunKey, Step, TraceId, UnixNanos};
use crate::store::{StoreError, TieKind, Tied, Trace};

/// A tie of a trace, as it is remembered.
pub(super) type Bond = (TieKey, TieKind, TraceId);

impl Pass<'_, '_> {
    /// Remembers what ties `trace` to others, said of a record that began at `time`.
    pub(super) fn bind(
        &mut self,
        id: TraceId,
        trace: Trace,
        ties: &Ties,
        time: UnixNanos,
    ) -> Result<(), StoreError> {
        if let Some((to, _)) = ties.linked {
            self.links.push((id, to));
        }
        for (key, kind) in bonds(ties) {
            let bond = (key, kind, id);
            if self.bonds.get(&bond).is_some_and(|known| *known <= time) {
                continue;
            }
            self.group.tie(key.0, kind, trace, time)?;
            self.bonds.insert(bond, time);
            self.new_bonds.push(bond);
            if !matches!(kind, TieKind::Execution | TieKind::Linked) {
                self.run(trace.run)?.join_session();
            }
        }
        Ok(())
    }

    /// Writes the summaries of runs that changed, and puts the runs in order that new ties and times touch.
    pub(super) fn settle_runs(&mut self) -> Result<(), StoreError> {
        let mut touched = self.put_summaries()?;
        let bonds = std::mem::take(&mut self.new_bonds);
        for id in std::mem::take(&mut self.new_traces) {
            self.unite_tied(key_of_trace(id), Some(id))?;
        }
        for (from, to) in std::mem::take(&mut self.links) {
            if let (Some(from), Some(to)) = (self.group.trace(from)?, self.group.trace(to)?) {
                self.unite(from.run, to.run)?;
            }
        }
        for (key, ..) in bonds.iter().filter(|(_, kind, _)| *kind == TieKind::Execution) {
            self.unite_tied(*key, None)?;
        }
        let pieces = |(_, kind, _): &&Bond| matches!(kind, TieKind::Prompt | TieKind::Fragment);
        let sessions: FxHashSet<TieKey> = bonds.iter().filter(pieces).map(|(key, ..)| *key).collect();
        for session in sessions {
            self.place_fragments(session)?;
        }
        // runs that took others over share time with more than before
        touched.extend(self.put_summaries()?);
        touched.sort_unstable();
        touched.dedup();
        for run in touched {
            self.unite_overlapping(run)?;
        }
        Ok(())
    }

    /// All traces tied by `key` are one run, `with` among them.
    fn unite_tied(&mut self, key: TieKey, with: Option<TraceId>) -> Result<(), StoreError> {
        let tied = self.group.tied(key.0)?;
        let Some(first) = tied.first() else { return Ok(()) };
        let mut run = first.trace.run;
        for other in tied.iter().map(|tied| tied.id).chain(with) {
            // looked up again: an earlier union may have moved it
            if let Some(trace) = self.group.trace(other)? {
                run = self.unite(run, trace.run)?;
            }
        }
        Ok(())
    }

    fn place_fragments(&mut self, session: TieKey) -> Result<(), StoreError> {
        let tied = self.group.tied(session.0)?;
        let fragments: Vec<&Tied> =
            tied.iter().filter(|t| t.kind == TieKind::Fragment && !t.has_execution).collect();
        let prompts = begun(&tied);
        let oldest = fragments.iter().map(|f| f.trace.run).min();
        for fragment in fragments {
            let prompt = prompts.iter().rev().find(|p| p.time <= fragment.time).or(prompts.first());
            let target = match prompt {
                // looked up again: an earlier move may have emptied its run
                Some(prompt) => self.group.trace(prompt.id)?.map(|trace| trace.run),
                None => oldest,
            };
            if let (Some(target), Some(now)) = (target, self.group.trace(fragment.id)?)
                && now.run != target
            {
                self.move_trace(fragment.id, now, target)?;
            }
        }
        Ok(())
    }

    /// Unites `run` with those of its sessions that share time with it.
    fn unite_overlapping(&mut self, run: RunKey) -> Result<(), StoreError> {
        let mut run = run;
        loop {
            let Some(state) = self.runs.get(&run).filter(|state| state.is_in_session()) else {
                return Ok(());
            };
            let (start, end) = state.interval();
            let Some(other) = self.overlapping(run, start, end)? else { return Ok(()) };
            run = self.unite(run, other)?;
            self.put_summaries()?;
        }
    }

    fn overlapping(
        &self,
        run: RunKey,
        start: UnixNanos,
        end: UnixNanos,
    ) -> Result<Option<RunKey>, StoreError> {
        for session in self.group.sessions_of(run)? {
            let all = self.group.runs_at(session, start, end)?;
            let named = self.group.is_named(run)?;
            let other = all.iter().find(|other| other.run != run && !(named && other.named));
            if let Some(other) = other {
                return Ok(Some(other.run));
            }
        }
        Ok(None)
    }

    /// Makes one run of two; the older one stays.
    fn unite(&mut self, one: RunKey, other: RunKey) -> Result<RunKey, StoreError> {
        let (stays, goes) = (one.min(other), one.max(other));
        if stays != goes {
            self.take_over(stays, goes)?;
        }
        Ok(stays)
    }

    fn take_over(&mut self, stays: RunKey, goes: RunKey) -> Result<(), StoreError> {
        self.forget(goes)?;
        let summary = self.summary(goes)?;
        self.run(stays)?;
        let mut steps = Vec::new();
        self.group.for_each_step(goes, None, |step| steps.push(step))?;
        for (id, trace) in self.group.traces_of(goes)? {
            self.group.move_trace(id, trace, stays)?;
        }
        self.group.retire_run(goes, stays)?;
        self.add_steps(stays, &steps)?;
        self.run(stays)?.take_over(summary);
        Ok(())
    }

    /// Puts a trace into another run; a run that has no other trace is united with that one.
    fn move_trace(&mut self, id: TraceId, trace: Trace, to: RunKey) -> Result<(), StoreError> {
        if self.group.traces_of(trace.run)?.len() == 1 {
            return self.unite(to, trace.run).map(drop);
        }
        self.run(to)?;
        let mut steps = Vec::new();
        self.group.for_each_step(trace.run, Some(trace), |step| steps.push(step))?;
        self.group.move_trace(id, trace, to)?;
        self.add_steps(to, &steps)?;
        // the run that lost it is read anew, without it
        self.forget(trace.run)?;
        self.run(trace.run)?.dirty = true;
        Ok(())
    }

    /// Drops what is remembered of a run, its summary written first.
    fn forget(&mut self, run: RunKey) -> Result<(), StoreError> {
        if let Some(state) = self.runs.remove(&run) {
            *self.held -= state.len();
            self.group.put_run(&state.summary(self.group.revision()))?;
        }
        Ok(())
    }

    fn add_steps(&mut self, run: RunKey, steps: &[Step]) -> Result<(), StoreError> {
        let state = self.run(run)?;
        let before = state.len();
        for step in steps {
            state.add(step, false);
        }
        state.dirty = true;
        let after = state.len();
        *self.held += after - before;
        Ok(())
    }
}

/// What the executions of a session began with: their prompts, and of runs without one whatever names its execution.
fn begun(tied: &[Tied]) -> Vec<&Tied> {
    let is_prompt = |t: &&Tied| t.kind == TieKind::Prompt;
    let prompted: FxHashSet<RunKey> = tied.iter().filter(is_prompt).map(|t| t.trace.run).collect();
    tied.iter().filter(|t| is_prompt(t) || (t.has_execution && !prompted.contains(&t.trace.run))).collect()
}

/// The key by which other traces name this one.
pub(super) fn key_of_trace(id: TraceId) -> TieKey {
    TieKey::of(&["trace", &id.to_string()])
}

fn bonds(ties: &Ties) -> impl Iterator<Item = (TieKey, TieKind)> {
    let session = match ties.part {
        Part::Whole => TieKind::Session,
        Part::Prompt => TieKind::Prompt,
        Part::Fragment => TieKind::Fragment,
    };
    let linked = ties.linked.map(|(trace, _)| (key_of_trace(trace), TieKind::Linked));
    let execution = ties.execution.map(|key| (key, TieKind::Execution));
    execution.into_iter().chain(linked).chain(ties.session.map(|key| (key, session)))
}
