//! The loader thread of the open run: its steps, the detail under the cursor, a step as JSON, two runs beside each other.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;
use std::time::Instant;

use crate::model::{Gist, RunKey, RunSummary, StepKey};
use crate::report::format::Zone;
use crate::report::json::{WholeStep, step_line};
use crate::tui::app::Msg;
use crate::tui::backend::{Asked, Backend, GistAsked, Lens, RunView, SceneAsked};
use crate::tui::document::{self, PairAsked};

use super::compare::{compared, pair};
use super::desk::{Desk, Slots, Wait};
use super::rests::{Rest, Rests};
use super::scene::scene;
use super::search::TELL;
use super::shelf::Shelf;

enum Wish {
    Detail(u64, Box<Asked>),
    Gists(RunKey, Vec<GistAsked>),
    Json(u64, Box<Asked>),
    Pair(u64, Box<PairAsked>),
    Replay(Arc<RunView>),
    LayOut(Arc<RunView>, Lens),
    Scene(u64, Box<SceneAsked>),
    Steps(RunKey),
    Preview(RunKey),
    Diff(u64, Box<[RunSummary; 2]>),
}

impl Slots {
    /// What to do next: what the eye rests on first, then what takes longest.
    fn next(&mut self, rests: &Rests) -> Option<Wish> {
        let detail = self.detail.take().map(|(number, asked)| Wish::Detail(number, asked));
        let pair = || self.pair.take().map(|(number, asked)| Wish::Pair(number, asked));
        let json = || self.json.take().map(|(number, asked)| Wish::Json(number, asked));
        let replay = || self.replay.take().map(Wish::Replay);
        let layout = || self.layouts.pop_front().map(|(view, lens)| Wish::LayOut(view, lens));
        // the detail below a replay is not seen
        let scene = self.scene.take().map(|(number, asked)| Wish::Scene(number, asked));
        let gists = || self.gists.pop_front().map(|(run, asked)| Wish::Gists(run, asked));
        let read = scene.or(detail).or_else(pair).or_else(json).or_else(gists);
        read.or_else(replay).or_else(layout).or_else(|| self.next_run(rests))
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
pub(in crate::tui) fn serve_run(desk: &Desk, backend: &mut dyn Backend, zone: Zone, out: &Sender<Msg>) {
    let mut shelf = Shelf::default();
    let mut rests = Rests::default();
    loop {
        let wish = match desk.wait(rests.left(), |slots| slots.next(&rests)) {
            Wait::Closed => return,
            Wait::TimedOut => {
                rests.work_out();
                continue;
            }
            Wait::Found(wish) => wish,
        };
        let begun = Instant::now();
        let news = match wish {
            Wish::Detail(number, asked) => Msg::Detail(number, detail(backend, &asked, zone)),
            Wish::Gists(run, asked) => Msg::Gists(run, gists(backend, &asked, || desk.is_urgent())),
            Wish::Json(number, asked) => Msg::Json(number, json(backend, &asked)),
            Wish::Pair(number, asked) => Msg::Pair(number, pair(backend, &asked)),
            Wish::Replay(view) => {
                view.replay();
                Msg::Replay(view)
            }
            Wish::LayOut(view, lens) => {
                view.timeline(lens);
                Msg::LaidOut(view)
            }
            Wish::Scene(number, asked) => Msg::Scene(number, scene(backend, &asked)),
            Wish::Steps(run) => {
                // an interface that has gone is noticed by the next message
                let opens = |view| drop(out.send(Msg::Opened(run, view)));
                let view = shelf.flagged(backend, run, &mut telling(desk, out, run), opens);
                // what was given up may be begun again at once
                let Some(view) = view.transpose() else { continue };
                rests.run = Rest::after(run, begun.elapsed());
                rests.note(view.as_ref().ok());
                Msg::Steps(run, view)
            }
            Wish::Preview(run) => {
                let view = shelf.flagged(backend, run, &mut |_| true, drop);
                let Some(view) = view.transpose() else { continue };
                rests.run = Rest::after(run, begun.elapsed());
                Msg::Preview(run, view)
            }
            Wish::Diff(number, runs) => {
                let is_wanted = || desk.compares.load(Ordering::Relaxed) == number;
                let made = compared(backend, &mut shelf, &runs, zone, &mut now_and_then(out), &is_wanted);
                let Some(made) = made else { continue };
                rests.diff = Rest::after(keys(&runs), begun.elapsed());
                Msg::Diff(number, made)
            }
        };
        if out.send(news).is_err() {
            return;
        }
    }
}

/// Tells how many steps of a run were read, as long as somebody waits for them.
fn telling(desk: &Desk, out: &Sender<Msg>, run: RunKey) -> impl FnMut(usize) -> bool {
    let mut tell = now_and_then(out);
    move |read| {
        tell(run, read);
        desk.waits_for_steps(run)
    }
}

/// Tells how many steps of a run were read, not more often than can be seen.
fn now_and_then(out: &Sender<Msg>) -> impl FnMut(RunKey, usize) {
    let mut told = Instant::now();
    move |run, read| {
        if told.elapsed() >= TELL {
            told = Instant::now();
            // nobody left to be told is nobody who waits
            let _ = out.send(Msg::Reading(run, read));
        }
    }
}

fn detail(backend: &mut dyn Backend, asked: &Asked, zone: Zone) -> Result<Arc<document::Document>, String> {
    let found = backend.detail(asked)?;
    Ok(Arc::new(document::of_step(asked, &found, zone)))
}

/// What rows are about: of the first at least, of the others until something is more urgent.
pub(in crate::tui) fn gists(
    backend: &mut dyn Backend,
    asked: &[GistAsked],
    is_urgent: impl Fn() -> bool,
) -> Result<Vec<(StepKey, Option<Gist>)>, String> {
    let mut found = Vec::with_capacity(asked.len());
    for row in asked {
        if !found.is_empty() && is_urgent() {
            break;
        }
        found.push((row.key, backend.gist(row)?.map(document::short)));
    }
    Ok(found)
}

/// A step with its telemetry, on one line.
pub(in crate::tui) fn json(backend: &mut dyn Backend, asked: &Asked) -> Result<String, String> {
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
