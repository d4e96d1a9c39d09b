//! The loader thread of the list: runs that changed, what is flagged in them, what is dismissed. It looks at the file for
//! commits that nobody tells of.

use std::sync::mpsc::Sender;
use std::time::Duration;

use rustc_hash::FxHashMap;

use crate::model::{Finding, IntakeCounts, RunKey, RunSummary};
use crate::report::format::Zone;
use crate::tui::app::{Msg, RunsAnswer};
use crate::tui::backend::Backend;
use crate::tui::run_list::RunList;

use super::desk::{Desk, Slots, Wait};

/// How often a file is looked at that another process may write: quick enough to feel live, 4 wake-ups a second.
const LOOK: Duration = Duration::from_millis(250);

/// How often it is looked at where our own commits are told: for those of another process, a deletion or an import. A look
/// takes some 20 µs.
const GLANCE: Duration = Duration::from_secs(2);

/// What the list's loader looks at besides the backend.
pub struct Gauges {
    /// The receiver's counts.
    pub intake: Box<dyn Fn() -> IntakeCounts + Send>,
    /// Size of the database file.
    pub database_bytes: Box<dyn Fn() -> u64 + Send>,
    /// Whether the commits of this process are told by message: then the file is looked at less often.
    pub told: bool,
}

enum ListWish {
    Delete(Vec<RunKey>),
    Dismiss(RunKey, Box<Finding>, bool),
    Runs(i64),
    Remarks(RunKey),
}

/// What the list's loader does next: what somebody asked for by a key, the list, words about it.
fn next_for_list(slots: &mut Slots) -> Option<ListWish> {
    let dismissal =
        slots.dismissals.pop_front().map(|(run, finding, on)| ListWish::Dismiss(run, finding, on));
    let deletion = |slots: &mut Slots| slots.deletions.pop_front().map(ListWish::Delete);
    let runs = |slots: &mut Slots| slots.runs.take().map(ListWish::Runs);
    let remarks = |slots: &mut Slots| slots.remarks.pop_front().map(ListWish::Remarks);
    dismissal.or_else(|| deletion(slots)).or_else(|| runs(slots)).or_else(|| remarks(slots))
}

/// Serves the list until the desk is closed.
pub(in crate::tui) fn serve_list(
    desk: &Desk,
    backend: &mut dyn Backend,
    gauges: &Gauges,
    zone: Zone,
    out: &Sender<Msg>,
) {
    let patience = Some(if gauges.told { GLANCE } else { LOOK });
    let (mut seen, mut first) = (None, true);
    loop {
        let news = match desk.wait(patience, next_for_list) {
            Wait::Closed => return,
            Wait::Found(ListWish::Dismiss(run, finding, dismissed)) => {
                Some(Msg::Dismissed(run, backend.dismiss(run, &finding, dismissed)))
            }
            Wait::Found(ListWish::Delete(runs)) => Some(Msg::Deleted(backend.delete(runs))),
            Wait::Found(ListWish::Remarks(run)) => Some(Msg::Remarks(run, backend.remarks(run))),
            Wait::Found(ListWish::Runs(after)) => {
                let ahead = if first { newest(backend) } else { None };
                let shown = ahead.as_ref().map(|runs| answer(runs.clone(), true, gauges));
                if shown.is_some_and(|answer| out.send(Msg::Runs(Ok(answer))).is_err()) {
                    return;
                }
                let mut told = changed(backend, after, gauges);
                if let Some(told) = told.as_mut().ok().filter(|_| std::mem::take(&mut first)) {
                    make_whole(told, ahead.unwrap_or_default(), zone);
                }
                Some(Msg::Runs(told))
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
fn newest(backend: &mut dyn Backend) -> Option<Vec<RunSummary>> {
    const AHEAD: u32 = 500;
    backend.newest_runs(AHEAD).ok().filter(|runs| runs.len() == AHEAD as usize)
}

/// Makes a list of all runs here, beside the interface: to merge 20 000 takes it some thirty milliseconds. Those ahead of
/// them come first, as they did there: then they are kept where they are in the list that is shown.
pub(in crate::tui) fn make_whole(told: &mut RunsAnswer, ahead: Vec<RunSummary>, zone: Zone) {
    let known: FxHashMap<RunKey, i64> = ahead.iter().map(|run| (run.key, run.revision)).collect();
    let mut list = RunList::new(zone);
    list.merge(ahead);
    let all = std::mem::take(&mut told.changed);
    let is_news = |run: &&RunSummary| known.get(&run.key).is_some_and(|&revision| revision != run.revision);
    told.changed = all.iter().filter(is_news).cloned().collect();
    list.merge(all);
    told.whole = Some(Box::new(list));
}

/// Runs that changed, then those that were deleted: one that is deleted between the two is in both, and gone in the end.
fn changed(backend: &mut dyn Backend, after: i64, gauges: &Gauges) -> Result<RunsAnswer, String> {
    let changed = backend.runs(after)?;
    let deleted = backend.deleted_runs(after)?;
    Ok(RunsAnswer { deleted, ..answer(changed, false, gauges) })
}

fn answer(changed: Vec<RunSummary>, ahead: bool, gauges: &Gauges) -> RunsAnswer {
    let (intake, database_bytes) = ((gauges.intake)(), (gauges.database_bytes)());
    RunsAnswer { changed, ahead, intake, database_bytes, ..RunsAnswer::default() }
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
