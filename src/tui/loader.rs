//! Loader threads: they ask the backend so that the screen never waits.
//!
//! One thread keeps the list fresh (and watches the file where nobody tells of commits), one serves the open run, its
//! steps and the detail under the cursor, and lays two runs beside each other, one searches ([`super::searcher`]). Each kind
//! of request has one slot; a newer request replaces a waiting one.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;

use crate::model::{Finding, IntakeCounts, RunKey, RunSummary, Step};
use crate::report::format::Zone;
use crate::report::json::{WholeStep, step_line};
use crate::store::Mark;

use super::app::{Msg, RunsAnswer};
use super::backend::{Asked, Backend, RowId, RunView};
use super::document::{self, PairAsked};

mod compare;

pub(super) use compare::{compared, pair};

/// How often a file is looked at that another process may write: quick enough to feel live, 4 wake-ups a second.
const LOOK: Duration = Duration::from_millis(250);

/// What is asked for and not yet begun.
#[derive(Debug, Default)]
struct Slots {
    runs: Option<i64>,
    /// Runs whose steps are asked for, each once: two of them may be on the stack of screens.
    steps: Vec<RunKey>,
    preview: Option<RunKey>,
    detail: Option<(u64, Box<Asked>)>,
    search: Option<(u64, Vec<String>)>,
    find: Option<(u64, String, Mark)>,
    /// Every one counts: an alarm may be in it.
    remarks: VecDeque<RunKey>,
    dismissals: VecDeque<(RunKey, Box<Finding>, bool)>,
    json: Option<Box<Asked>>,
    diff: Option<(u64, Box<[RunSummary; 2]>)>,
    pair: Option<(u64, Box<PairAsked>)>,
    closed: bool,
}

/// Where requests wait; shared by the interface and its loaders.
#[derive(Debug, Default)]
pub struct Desk {
    slots: Mutex<Slots>,
    bell: Condvar,
    /// Number of the search whose answer is waited for; 0 for none.
    pub(super) wanted: AtomicU64,
    /// The same of the texts that are looked for.
    pub(super) wanted_texts: AtomicU64,
    /// Number of the comparison that somebody waits for, 0 for none: one under way that is not it gives up.
    compares: AtomicU64,
}

impl Desk {
    /// Asks for runs that changed after this commit.
    pub fn ask_runs(&self, after: i64) {
        self.change(|slots| slots.runs = Some(after));
    }

    /// Asks for a run's new steps.
    pub fn ask_steps(&self, run: RunKey) {
        self.change(|slots| {
            if !slots.steps.contains(&run) {
                slots.steps.push(run);
            }
        });
    }

    /// Asks for a run for the preview.
    pub fn ask_preview(&self, run: RunKey) {
        self.change(|slots| slots.preview = Some(run));
    }

    /// Asks for a step's detail.
    pub fn ask_detail(&self, number: u64, asked: Box<Asked>) {
        self.change(|slots| slots.detail = Some((number, asked)));
    }

    /// Asks which runs hold each of these texts; a search that is under way ends.
    pub fn ask_search(&self, number: u64, texts: Vec<String>) {
        self.wanted.store(number, Ordering::Relaxed);
        self.change(|slots| slots.search = Some((number, texts)));
    }

    /// Ends the search that is under way.
    pub fn drop_search(&self) {
        self.wanted.store(0, Ordering::Relaxed);
        self.change(|slots| slots.search = None);
    }

    /// Asks for texts that hold these words, from this mark on; the same question under way ends.
    pub fn ask_texts(&self, number: u64, typed: String, mark: Mark) {
        self.wanted_texts.store(number, Ordering::Relaxed);
        self.change(|slots| slots.find = Some((number, typed, mark)));
    }

    /// Ends the look for texts that is under way.
    pub fn drop_texts(&self) {
        self.wanted_texts.store(0, Ordering::Relaxed);
        self.change(|slots| slots.find = None);
    }

    /// Asks for what was flagged in a run.
    pub fn ask_remarks(&self, run: RunKey) {
        self.change(|slots| {
            if !slots.remarks.contains(&run) {
                slots.remarks.push_back(run);
            }
        });
    }

    /// Asks to remember that a finding is dismissed, or is no longer.
    pub fn dismiss(&self, run: RunKey, finding: Box<Finding>, dismissed: bool) {
        self.change(|slots| slots.dismissals.push_back((run, finding, dismissed)));
    }

    /// Asks for a step as JSON.
    pub fn ask_json(&self, asked: Box<Asked>) {
        self.change(|slots| slots.json = Some(asked));
    }

    /// Asks for two runs beside each other.
    pub fn ask_diff(&self, number: u64, runs: Box<[RunSummary; 2]>) {
        self.compares.store(number, Ordering::Relaxed);
        self.change(|slots| slots.diff = Some((number, runs)));
    }

    /// Gives up the comparison that was asked for last.
    pub fn drop_diff(&self) {
        self.compares.store(0, Ordering::Relaxed);
        self.change(|slots| slots.diff = None);
    }

    /// Asks what two steps saw and said.
    pub fn ask_pair(&self, number: u64, asked: Box<PairAsked>) {
        self.change(|slots| slots.pair = Some((number, asked)));
    }

    /// Sends the loaders home.
    pub fn close(&self) {
        self.wanted.store(0, Ordering::Relaxed);
        self.wanted_texts.store(0, Ordering::Relaxed);
        self.compares.store(0, Ordering::Relaxed);
        self.change(|slots| slots.closed = true);
    }

    /// Waits for the next search; `None` once closed.
    pub(super) fn next_search(&self) -> Option<Sought> {
        let next = |slots: &mut Slots| {
            let texts = slots.find.take().map(|(number, typed, mark)| Sought::Texts(number, typed, mark));
            texts.or_else(|| slots.search.take().map(|(number, texts)| Sought::Runs(number, texts)))
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
    fn wait<T>(&self, patience: Option<Duration>, take: impl Fn(&mut Slots) -> Option<T>) -> Wait<T> {
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
    /// Texts that hold these words, from this mark on.
    Texts(u64, String, Mark),
}

enum Wait<T> {
    Found(T),
    TimedOut,
    Closed,
}

/// What the list's loader looks at besides the backend.
pub struct Gauges {
    /// The receiver's counts.
    pub intake: Box<dyn Fn() -> IntakeCounts + Send>,
    /// Size of the database file.
    pub database_bytes: Box<dyn Fn() -> u64 + Send>,
    /// Whether commits are told by message; else the file is looked at.
    pub told: bool,
}

enum ListWish {
    Dismiss(RunKey, Box<Finding>, bool),
    Runs(i64),
    Remarks(RunKey),
}

/// What the list's loader does next: what somebody asked for by a key, the list, words about it.
fn next_for_list(slots: &mut Slots) -> Option<ListWish> {
    let dismissal =
        slots.dismissals.pop_front().map(|(run, finding, on)| ListWish::Dismiss(run, finding, on));
    let runs = |slots: &mut Slots| slots.runs.take().map(ListWish::Runs);
    let remarks = |slots: &mut Slots| slots.remarks.pop_front().map(ListWish::Remarks);
    dismissal.or_else(|| runs(slots)).or_else(|| remarks(slots))
}

/// Serves the list until the desk is closed.
pub fn serve_list(desk: &Desk, backend: &mut dyn Backend, gauges: &Gauges, out: &Sender<Msg>) {
    let patience = (!gauges.told).then_some(LOOK);
    let mut seen = None;
    loop {
        let news = match desk.wait(patience, next_for_list) {
            Wait::Closed => return,
            Wait::Found(ListWish::Dismiss(run, finding, dismissed)) => {
                Some(Msg::Dismissed(run, backend.dismiss(run, &finding, dismissed)))
            }
            Wait::Found(ListWish::Remarks(run)) => Some(Msg::Remarks(run, backend.remarks(run))),
            Wait::Found(ListWish::Runs(after)) => {
                let ahead = if after == 0 { newest(backend, gauges) } else { None };
                if ahead.is_some_and(|msg| out.send(msg).is_err()) {
                    return;
                }
                Some(Msg::Runs(backend.runs(after).map(|changed| answer(changed, false, gauges))))
            }
            Wait::TimedOut => look(backend, &mut seen),
        };
        if news.is_some_and(|msg| out.send(msg).is_err()) {
            return;
        }
    }
}

/// The first screens of a list that takes a while to read: 20 000 runs take a quarter of a second. What goes wrong is told
/// by the whole.
fn newest(backend: &mut dyn Backend, gauges: &Gauges) -> Option<Msg> {
    const AHEAD: u32 = 500;
    let newest = backend.newest_runs(AHEAD).ok().filter(|runs| runs.len() == AHEAD as usize)?;
    Some(Msg::Runs(Ok(answer(newest, true, gauges))))
}

fn answer(changed: Vec<RunSummary>, ahead: bool, gauges: &Gauges) -> RunsAnswer {
    let (intake, database_bytes) = ((gauges.intake)(), (gauges.database_bytes)());
    RunsAnswer { changed, ahead, intake, database_bytes }
}

/// A message if the file has a newer commit than was seen, or can no longer be looked at: loading will tell why.
fn look(backend: &mut dyn Backend, seen: &mut Option<i64>) -> Option<Msg> {
    let now = backend.revision().ok();
    if *seen == now {
        return None;
    }
    *seen = now;
    Some(now.map_or(Msg::IntakeChanged, Msg::Committed))
}

enum Wish {
    Detail(u64, Box<Asked>),
    Json(Box<Asked>),
    Pair(u64, Box<PairAsked>),
    Steps(RunKey),
    Preview(RunKey),
    Diff(u64, Box<[RunSummary; 2]>),
}

impl Slots {
    /// What to do next: what the eye rests on first, then what takes longest.
    fn next(&mut self, rests: &Rests) -> Option<Wish> {
        let detail = self.detail.take().map(|(number, asked)| Wish::Detail(number, asked));
        let pair = || self.pair.take().map(|(number, asked)| Wish::Pair(number, asked));
        let json = || self.json.take().map(Wish::Json);
        detail.or_else(pair).or_else(json).or_else(|| self.next_run(rests))
    }

    fn next_run(&mut self, rests: &Rests) -> Option<Wish> {
        if let Some(at) = self.steps.iter().position(|run| rests.run.allows(run)) {
            return Some(Wish::Steps(self.steps.remove(at)));
        }
        let diff = self.diff.take_if(|(_, runs)| rests.diff.allows(&keys(runs)));
        let preview = || self.preview.take_if(|run| rests.run.allows(run)).map(Wish::Preview);
        diff.map(|(number, runs)| Wish::Diff(number, runs)).or_else(preview)
    }
}

fn keys(runs: &[RunSummary; 2]) -> [RunKey; 2] {
    runs.each_ref().map(|run| run.key)
}

/// Serves open runs and comparisons until the desk is closed.
pub fn serve_run(desk: &Desk, backend: &mut dyn Backend, zone: Zone, out: &Sender<Msg>) {
    let mut shelf = Shelf::default();
    let mut rests = Rests::default();
    loop {
        let wish = match desk.wait(rests.left(), |slots| slots.next(&rests)) {
            Wait::Closed => return,
            Wait::TimedOut => continue,
            Wait::Found(wish) => wish,
        };
        let begun = Instant::now();
        let news = match wish {
            Wish::Detail(number, asked) => Msg::Detail(number, detail(backend, &asked, zone)),
            Wish::Json(asked) => Msg::Json(json(backend, &asked)),
            Wish::Pair(number, asked) => Msg::Pair(number, pair(backend, &asked)),
            Wish::Steps(run) => {
                let view = shelf.flagged(backend, run);
                rests.run = Rest::after(run, begun.elapsed());
                Msg::Steps(run, view)
            }
            Wish::Preview(run) => {
                let view = shelf.flagged(backend, run);
                rests.run = Rest::after(run, begun.elapsed());
                Msg::Preview(run, view)
            }
            Wish::Diff(number, runs) => {
                let is_wanted = || desk.compares.load(Ordering::Relaxed) == number;
                let made = compared(backend, &mut shelf, &runs, zone, &is_wanted);
                rests.diff = Rest::after(keys(&runs), begun.elapsed());
                let Some(made) = made else { continue };
                Msg::Diff(number, made)
            }
        };
        if out.send(news).is_err() {
            return;
        }
    }
}

/// When what was built lately may be built anew.
#[derive(Debug, Default)]
struct Rests {
    run: Rest<RunKey>,
    diff: Rest<[RunKey; 2]>,
}

impl Rests {
    /// The time until one of them is over, `None` while there is none.
    fn left(&self) -> Option<Duration> {
        [self.run.left(), self.diff.left()].into_iter().flatten().min()
    }
}

/// The time in which a run is not built anew: a small one may grow with every commit, a long one four times a second
/// or, where even that is too much work, for a third of the time.
#[derive(Debug)]
struct Rest<K>(Option<(K, Instant)>);

impl<K> Default for Rest<K> {
    fn default() -> Self {
        Self(None)
    }
}

impl<K: PartialEq> Rest<K> {
    /// A build that takes this long is worth a rest: half a frame.
    const WORTH: Duration = Duration::from_millis(8);
    /// The least rest, for a build a quarter of a second.
    const LEAST: Duration = Duration::from_millis(250);

    fn after(of: K, took: Duration) -> Self {
        Self((took >= Self::WORTH).then(|| (of, Instant::now() + Self::LEAST.max(took * 2))))
    }

    /// Whether this may be built now.
    fn allows(&self, wanted: &K) -> bool {
        self.0.as_ref().is_none_or(|(of, _)| of != wanted) || self.left().is_none()
    }

    /// What is left of it, `None` once it is over.
    fn left(&self) -> Option<Duration> {
        let (_, until) = self.0.as_ref()?;
        Some(until.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero())
    }
}

fn detail(backend: &mut dyn Backend, asked: &Asked, zone: Zone) -> Result<Arc<document::Document>, String> {
    let found = backend.detail(asked)?;
    Ok(Arc::new(document::of_step(asked, &found, zone)))
}

/// A step with its telemetry, on one line.
pub(super) fn json(backend: &mut dyn Backend, asked: &Asked) -> Result<String, String> {
    let found = backend.detail(asked)?;
    let whole = WholeStep {
        step: &asked.step,
        cost: asked.cost.filter(|_| asked.has_figures),
        span: &found.span,
        resource: &found.resource,
        scope: &found.scope,
        content: &found.content,
    };
    step_line(&whole).map_err(|error| format!("cannot write the step as JSON: {error}"))
}

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
pub(super) struct Shelf(Vec<(RunKey, Kept)>);

impl Shelf {
    /// Runs that are kept.
    const ROOM: usize = 3;

    /// A run as of now with what is flagged in it.
    fn flagged(&mut self, backend: &mut dyn Backend, run: RunKey) -> Result<Arc<RunView>, String> {
        let view = self.steps(backend, run)?;
        let findings = backend.findings(run, &view.steps, &view.tree)?;
        Ok(Arc::new(view.with(findings)))
    }

    /// A run as of now, reading only what changed since it was last asked for.
    fn steps(&mut self, backend: &mut dyn Backend, run: RunKey) -> Result<RunView, String> {
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
        assert_eq!((second.steps.len(), second.steps[2].name.as_str()), (told.steps.len(), "newer"));
        let shared = first.steps.iter().zip(&second.steps).filter(|(a, b)| Arc::ptr_eq(a, b)).count();
        assert_eq!(shared, told.steps.len() - 1);
    }

    #[test]
    fn a_long_build_rests_and_a_short_one_does_not() {
        let short = Rest::after(RunKey(1), Duration::from_millis(2));
        assert_eq!(short.left(), None);
        for (took, least, most) in [(60, 200, 250), (400, 700, 800)] {
            let rest = Rest::after(RunKey(1), Duration::from_millis(took));
            let left = rest.left().unwrap();
            assert!(left > Duration::from_millis(least) && left <= Duration::from_millis(most), "{left:?}");
            assert!(!rest.allows(&RunKey(1)) && rest.allows(&RunKey(2)));
        }
    }
}
