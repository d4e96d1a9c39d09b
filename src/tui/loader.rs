//! Loader threads: they ask the backend so that the screen never waits.
//!
//! One thread keeps the list fresh (and watches the file where nobody tells of commits), one serves the open run: its
//! steps and the detail under the cursor. Each kind of request has one slot; a newer request replaces a waiting one.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::model::{IntakeCounts, RunKey, Step, StepKey};
use crate::report::format::Zone;

use super::app::{Msg, RunsAnswer};
use super::backend::{Backend, RunView};
use super::document;

/// How often a file is looked at that another process may write: quick enough to feel live, 4 wake-ups a second.
const LOOK: Duration = Duration::from_millis(250);

/// What is asked for and not yet begun.
#[derive(Debug, Default)]
struct Slots {
    runs: Option<i64>,
    steps: Option<RunKey>,
    detail: Option<(u64, Box<Step>)>,
    closed: bool,
}

/// Where requests wait; shared by the interface and its loaders.
#[derive(Debug, Default)]
pub struct Desk {
    slots: Mutex<Slots>,
    bell: Condvar,
}

impl Desk {
    /// Asks for runs that changed after this commit.
    pub fn ask_runs(&self, after: i64) {
        self.change(|slots| slots.runs = Some(after));
    }

    /// Asks for a run's new steps.
    pub fn ask_steps(&self, run: RunKey) {
        self.change(|slots| slots.steps = Some(run));
    }

    /// Asks for a step's detail.
    pub fn ask_detail(&self, number: u64, step: Box<Step>) {
        self.change(|slots| slots.detail = Some((number, step)));
    }

    /// Sends the loaders home.
    pub fn close(&self) {
        self.change(|slots| slots.closed = true);
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

/// Serves the list until the desk is closed.
pub fn serve_list(desk: &Desk, backend: &mut dyn Backend, gauges: &Gauges, out: &Sender<Msg>) {
    let patience = (!gauges.told).then_some(LOOK);
    let mut seen = None;
    loop {
        let news = match desk.wait(patience, |slots| slots.runs.take()) {
            Wait::Closed => return,
            Wait::Found(after) => Some(Msg::Runs(backend.runs(after).map(|changed| RunsAnswer {
                changed,
                intake: (gauges.intake)(),
                database_bytes: (gauges.database_bytes)(),
            }))),
            Wait::TimedOut => look(backend, &mut seen),
        };
        if news.is_some_and(|msg| out.send(msg).is_err()) {
            return;
        }
    }
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
    Detail(u64, Box<Step>),
    Steps(RunKey),
}

/// Serves the open run until the desk is closed: the detail first, the eye rests on it.
pub fn serve_run(desk: &Desk, backend: &mut dyn Backend, zone: Zone, out: &Sender<Msg>) {
    let mut kept = None;
    loop {
        let wish = desk.wait(None, |slots| {
            let detail = slots.detail.take().map(|(number, step)| Wish::Detail(number, step));
            detail.or_else(|| slots.steps.take().map(Wish::Steps))
        });
        let news = match wish {
            Wait::Closed | Wait::TimedOut => return,
            Wait::Found(Wish::Detail(number, step)) => Msg::Detail(number, detail(backend, &step, zone)),
            Wait::Found(Wish::Steps(run)) => Msg::Steps(run, steps(backend, &mut kept, run)),
        };
        if out.send(news).is_err() {
            return;
        }
    }
}

fn detail(backend: &mut dyn Backend, step: &Step, zone: Zone) -> Result<Arc<document::Document>, String> {
    let found = backend.detail(StepKey(step.key.0))?;
    Ok(Arc::new(document::of_step(step, &found, zone)))
}

/// Steps of the open run, kept between requests so that only what changed is read.
fn steps(
    backend: &mut dyn Backend,
    kept: &mut Option<Arc<RunView>>,
    run: RunKey,
) -> Result<Arc<RunView>, String> {
    let before = kept.take().filter(|view| view.run == run);
    let after = before.as_ref().map_or(0, |view| view.revision);
    let (revision, changed) = backend.steps(run, after)?;
    let mut all = before.map(|view| view.steps.clone()).unwrap_or_default();
    merge(&mut all, changed);
    let view = Arc::new(RunView::new(run, revision, all));
    *kept = Some(Arc::clone(&view));
    Ok(view)
}

/// Replaces steps that are known, by span, and adds the others.
fn merge(all: &mut Vec<Step>, changed: Vec<Step>) {
    let places: std::collections::HashMap<_, _> =
        (0..).zip(all.iter()).map(|(at, s)| ((s.trace_id, s.span_id), at)).collect();
    for step in changed {
        match places.get(&(step.trace_id, step.span_id)) {
            Some(&at) => all[at] = step,
            None => all.push(step),
        }
    }
}
