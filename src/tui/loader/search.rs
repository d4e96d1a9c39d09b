//! The loader thread that searches texts. It tells what it has every now and then, and ends early when nobody waits for it
//! any more.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use crate::model::{RunKey, StepKey};

use super::desk::{Desk, Sought};
use crate::tui::app::{FoundRuns, FoundSteps, Msg};
use crate::tui::backend::Backend;

/// How often a search that takes longer tells what it has: the first hits are there before anybody wonders.
const TELL: Duration = Duration::from_millis(100);

/// Texts that are asked for at once, and how long is looked for them before those found are told.
const TEXTS: usize = 50;

/// Serves searches until the desk is closed: texts first, the eye rests on them.
pub(in crate::tui) fn serve_search(desk: &Desk, backend: &mut dyn Backend, out: &Sender<Msg>) {
    while let Some(sought) = desk.next_search() {
        let news = match sought {
            Sought::Runs(number, texts) => match search(desk, backend, out, number, &texts) {
                Ok(None) => continue,
                Ok(Some(runs)) => Msg::Found(number, Ok(FoundRuns { runs, whole: true })),
                Err(why) => Msg::Found(number, Err(why)),
            },
            Sought::InRun(number, run, typed) => match in_run(desk, backend, out, (number, run), &typed) {
                Ok(None) => continue,
                Ok(Some(steps)) => Msg::Said(number, Ok(FoundSteps { steps, whole: true })),
                Err(why) => Msg::Said(number, Err(why)),
            },
            Sought::Texts(number, typed, mark) => {
                // from the first hit on: how long that takes is not for the page to end by
                let mut begun = None;
                let page = backend.search_texts(&typed, mark, TEXTS, &mut || {
                    desk.wanted_texts.load(Ordering::Relaxed) == number
                        && begun.get_or_insert_with(Instant::now).elapsed() < TELL
                });
                Msg::Hits(number, page)
            }
        };
        if out.send(news).is_err() {
            return;
        }
    }
}

/// Steps of a run that say what was typed; `None` once nobody waits for them.
fn in_run(
    desk: &Desk,
    backend: &mut dyn Backend,
    out: &Sender<Msg>,
    (number, run): (u64, RunKey),
    typed: &str,
) -> Result<Option<BTreeSet<StepKey>>, String> {
    let mut told = Instant::now();
    backend.search_run(run, typed, &mut |so_far| {
        if told.elapsed() >= TELL {
            told = Instant::now();
            // nobody left to be told is nobody who waits
            let _ = out.send(Msg::Said(number, Ok(FoundSteps { steps: so_far.clone(), whole: false })));
        }
        desk.wanted_in_run.load(Ordering::Relaxed) == number
    })
}

/// Runs that hold each of `texts`; `None` once nobody waits for them.
fn search(
    desk: &Desk,
    backend: &mut dyn Backend,
    out: &Sender<Msg>,
    number: u64,
    texts: &[String],
) -> Result<Option<Vec<Vec<RunKey>>>, String> {
    let mut found: Vec<Vec<RunKey>> = Vec::new();
    let mut told = Instant::now();
    for text in texts {
        let whole = backend.search_runs(text, &mut |so_far| {
            if told.elapsed() >= TELL {
                told = Instant::now();
                let runs = found.iter().cloned().chain([so_far.iter().copied().collect()]).collect();
                // nobody left to be told is nobody who waits
                let _ = out.send(Msg::Found(number, Ok(FoundRuns { runs, whole: false })));
            }
            desk.wanted.load(Ordering::Relaxed) == number
        })?;
        let Some(whole) = whole else { return Ok(None) };
        found.push(whole);
    }
    Ok(Some(found))
}
