//! Where requests wait for the loaders. Each kind of request has one slot: a newer one replaces a waiting one, and ends one
//! under way where that takes long.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::model::{Finding, RunKey, RunSummary};
use crate::store::Mark;
use crate::tui::backend::{Asked, GistAsked, Lens, RunView, SceneAsked};
use crate::tui::document::PairAsked;

/// What is asked for and not yet begun.
#[derive(Debug, Default)]
pub(super) struct Slots {
    pub(super) runs: Option<i64>,
    /// Runs whose steps are asked for, each once: two of them may be on the stack of screens.
    pub(super) steps: Vec<RunKey>,
    pub(super) preview: Option<RunKey>,
    pub(super) detail: Option<(u64, Box<Asked>)>,
    /// Every one counts: each is waited for by a run that is open.
    pub(super) gists: VecDeque<(RunKey, Vec<GistAsked>)>,
    pub(super) search: Option<(u64, Vec<String>)>,
    pub(super) find: Option<(u64, String, Mark)>,
    pub(super) in_run: Option<(u64, RunKey, String)>,
    /// Every one counts: an alarm may be in it.
    pub(super) remarks: VecDeque<RunKey>,
    pub(super) dismissals: VecDeque<(RunKey, Box<Finding>, bool)>,
    pub(super) deletions: VecDeque<Vec<RunKey>>,
    pub(super) json: Option<(u64, Box<Asked>)>,
    pub(super) diff: Option<(u64, Box<[RunSummary; 2]>)>,
    pub(super) pair: Option<(u64, Box<PairAsked>)>,
    pub(super) replay: Option<Arc<RunView>>,
    /// Every one counts: each is waited for by a run that is open.
    pub(super) layouts: VecDeque<(Arc<RunView>, Lens)>,
    pub(super) scene: Option<(u64, Box<SceneAsked>)>,
    pub(super) closed: bool,
}

/// Where requests wait; shared by the interface and its loaders.
#[derive(Debug, Default)]
pub(in crate::tui) struct Desk {
    slots: Mutex<Slots>,
    bell: Condvar,
    /// Number of the search whose answer is waited for; 0 for none.
    pub(super) wanted: AtomicU64,
    /// The same of the texts that are looked for.
    pub(super) wanted_texts: AtomicU64,
    /// The same of the steps of an open run.
    pub(super) wanted_in_run: AtomicU64,
    /// Number of the comparison that somebody waits for, 0 for none: one under way that is not it gives up.
    pub(super) compares: AtomicU64,
    /// The run that was left before its steps were read, 0 for none.
    left: AtomicI64,
}

impl Desk {
    /// Asks for runs that changed after this commit.
    pub(in crate::tui) fn ask_runs(&self, after: i64) {
        self.change(|slots| slots.runs = Some(after));
    }

    /// Asks for a run's new steps.
    pub(in crate::tui) fn ask_steps(&self, run: RunKey) {
        // who comes back at once waits for what is still being read
        let _ = self.left.compare_exchange(run.0, 0, Ordering::Relaxed, Ordering::Relaxed);
        self.change(|slots| {
            if !slots.steps.contains(&run) {
                slots.steps.push(run);
            }
        });
    }

    /// Gives up the reading of a run's steps.
    pub(in crate::tui) fn drop_steps(&self, run: RunKey) {
        self.left.store(run.0, Ordering::Relaxed);
        self.change(|slots| slots.steps.retain(|asked| *asked != run));
    }

    /// Whether a run's steps are still waited for.
    pub(super) fn waits_for_steps(&self, run: RunKey) -> bool {
        self.left.load(Ordering::Relaxed) != run.0
    }

    /// Asks for a run for the preview.
    pub(in crate::tui) fn ask_preview(&self, run: RunKey) {
        self.change(|slots| slots.preview = Some(run));
    }

    /// Asks for a step's detail.
    pub(in crate::tui) fn ask_detail(&self, number: u64, asked: Box<Asked>) {
        self.change(|slots| slots.detail = Some((number, asked)));
    }

    /// Asks what rows of a run are about.
    pub(in crate::tui) fn ask_gists(&self, run: RunKey, asked: Vec<GistAsked>) {
        self.change(|slots| slots.gists.push_back((run, asked)));
    }

    /// Whether something waits that the eye rests on.
    pub(super) fn is_urgent(&self) -> bool {
        let slots = self.lock();
        slots.closed || slots.detail.is_some() || slots.scene.is_some() || slots.pair.is_some()
    }

    /// Asks which runs hold each of these texts; a search that is under way ends.
    pub(in crate::tui) fn ask_search(&self, number: u64, texts: Vec<String>) {
        self.wanted.store(number, Ordering::Relaxed);
        self.change(|slots| slots.search = Some((number, texts)));
    }

    /// Ends the search that is under way.
    pub(in crate::tui) fn drop_search(&self) {
        self.wanted.store(0, Ordering::Relaxed);
        self.change(|slots| slots.search = None);
    }

    /// Asks for texts that hold these words, from this mark on; the same question under way ends.
    pub(in crate::tui) fn ask_texts(&self, number: u64, typed: String, mark: Mark) {
        self.wanted_texts.store(number, Ordering::Relaxed);
        self.change(|slots| slots.find = Some((number, typed, mark)));
    }

    /// Ends the look for texts that is under way.
    pub(in crate::tui) fn drop_texts(&self) {
        self.wanted_texts.store(0, Ordering::Relaxed);
        self.change(|slots| slots.find = None);
    }

    /// Asks which steps of a run say this; the same question under way ends.
    pub(in crate::tui) fn ask_search_run(&self, number: u64, run: RunKey, typed: String) {
        self.wanted_in_run.store(number, Ordering::Relaxed);
        self.change(|slots| slots.in_run = Some((number, run, typed)));
    }

    /// Ends the look for them that is under way.
    pub(in crate::tui) fn drop_search_run(&self) {
        self.wanted_in_run.store(0, Ordering::Relaxed);
        self.change(|slots| slots.in_run = None);
    }

    /// Asks for what was flagged in a run.
    pub(in crate::tui) fn ask_remarks(&self, run: RunKey) {
        self.change(|slots| {
            if !slots.remarks.contains(&run) {
                slots.remarks.push_back(run);
            }
        });
    }

    /// Asks to remember that a finding is dismissed, or is no longer.
    pub(in crate::tui) fn dismiss(&self, run: RunKey, finding: Box<Finding>, dismissed: bool) {
        self.change(|slots| slots.dismissals.push_back((run, finding, dismissed)));
    }

    /// Asks to delete runs.
    pub(in crate::tui) fn delete(&self, runs: Vec<RunKey>) {
        self.change(|slots| slots.deletions.push_back(runs));
    }

    /// Asks for a step as JSON.
    pub(in crate::tui) fn ask_json(&self, number: u64, asked: Box<Asked>) {
        self.change(|slots| slots.json = Some((number, asked)));
    }

    /// Asks for two runs beside each other.
    pub(in crate::tui) fn ask_diff(&self, number: u64, runs: Box<[RunSummary; 2]>) {
        self.compares.store(number, Ordering::Relaxed);
        self.change(|slots| slots.diff = Some((number, runs)));
    }

    /// Gives up the comparison that was asked for last.
    pub(in crate::tui) fn drop_diff(&self) {
        self.compares.store(0, Ordering::Relaxed);
        self.change(|slots| slots.diff = None);
    }

    /// Asks what two steps saw and said.
    pub(in crate::tui) fn ask_pair(&self, number: u64, asked: Box<PairAsked>) {
        self.change(|slots| slots.pair = Some((number, asked)));
    }

    /// Asks for a run in the order of time.
    pub(in crate::tui) fn ask_replay(&self, view: Arc<RunView>) {
        self.change(|slots| slots.replay = Some(view));
    }

    /// Asks for a run laid out in time.
    pub(in crate::tui) fn ask_layout(&self, view: Arc<RunView>, lens: Lens) {
        self.change(|slots| slots.layouts.push_back((view, lens)));
    }

    /// Asks for the conversation at a stop of a replay.
    pub(in crate::tui) fn ask_scene(&self, number: u64, asked: Box<SceneAsked>) {
        self.change(|slots| slots.scene = Some((number, asked)));
    }

    /// Sends the loaders home.
    pub(in crate::tui) fn close(&self) {
        self.wanted.store(0, Ordering::Relaxed);
        self.wanted_texts.store(0, Ordering::Relaxed);
        self.wanted_in_run.store(0, Ordering::Relaxed);
        self.compares.store(0, Ordering::Relaxed);
        self.change(|slots| slots.closed = true);
    }

    /// Waits for the next search; `None` once closed.
    pub(super) fn next_search(&self) -> Option<Sought> {
        let next = |slots: &mut Slots| {
            let texts = slots.find.take().map(|(number, typed, mark)| Sought::Texts(number, typed, mark));
            let in_run = || slots.in_run.take().map(|(number, run, typed)| Sought::InRun(number, run, typed));
            texts
                .or_else(in_run)
                .or_else(|| slots.search.take().map(|(number, texts)| Sought::Runs(number, texts)))
        };
        match self.wait(None, next) {
            Wait::Found(search) => Some(search),
            Wait::TimedOut | Wait::Closed => None,
        }
    }

    fn change(&self, change: impl FnOnce(&mut Slots)) {
        change(&mut self.lock());
        self.bell.notify_all();
    }

    /// A panic of another loader leaves the slots whole: they are only ever replaced.
    fn lock(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `take` finds something; `None` once closed or, with `patience`, when that has passed.
    pub(super) fn wait<T>(
        &self,
        patience: Option<Duration>,
        take: impl Fn(&mut Slots) -> Option<T>,
    ) -> Wait<T> {
        let mut slots = self.lock();
        loop {
            if slots.closed {
                return Wait::Closed;
            }
            if let Some(found) = take(&mut slots) {
                return Wait::Found(found);
            }
            let Some(patience) = patience else {
                slots = self.bell.wait(slots).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let (again, timeout) =
                self.bell.wait_timeout(slots, patience).unwrap_or_else(PoisonError::into_inner);
            slots = again;
            if timeout.timed_out() {
                return Wait::TimedOut;
            }
        }
    }
}

/// What is searched for.
pub(super) enum Sought {
    /// Runs that hold each of these texts.
    Runs(u64, Vec<String>),
    /// Steps of a run that say this.
    InRun(u64, RunKey, String),
    /// Texts that hold these words, from this mark on.
    Texts(u64, String, Mark),
}

/// How waiting for something to do ended.
pub(super) enum Wait<T> {
    Found(T),
    TimedOut,
    Closed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_back_to_a_run_at_once_waits_for_its_steps_again() {
        let desk = Desk::default();
        let (one, other) = (RunKey(1), RunKey(2));
        desk.ask_steps(one);
        desk.drop_steps(one);
        assert!(!desk.waits_for_steps(one) && desk.waits_for_steps(other) && desk.lock().steps.is_empty());
        desk.ask_steps(other);
        assert!(!desk.waits_for_steps(one));
        desk.ask_steps(one);
        assert!(desk.waits_for_steps(one) && desk.lock().steps == [other, one]);
    }
}
