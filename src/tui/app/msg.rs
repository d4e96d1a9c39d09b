//! What happens to the interface.

use std::collections::BTreeSet;
use std::sync::Arc;

use crossterm::event::Event as InputEvent;

use crate::model::{Gist, IntakeCounts, Remark, RunKey, RunSummary, StepKey, UnixNanos};
use crate::store::HitPage;
use crate::tui::backend::RunView;
use crate::tui::comparison::Comparison;
use crate::tui::document::Document;
use crate::tui::run_list::RunList;
use crate::tui::theme::Background;

/// What happened; the only way anything changes.
#[derive(Debug)]
pub enum Msg {
    /// The time, at the head of every batch: nothing here reads a clock.
    Now(UnixNanos),
    /// A key, the mouse, a paste, a new size.
    Input(InputEvent),
    /// The store committed; readers see this revision.
    Committed(i64),
    /// The receiver's counts changed without a commit.
    IntakeChanged,
    /// Runs that changed, with what was counted meanwhile.
    Runs(Result<RunsAnswer, String>),
    /// So many steps of an open run were read so far.
    Reading(RunKey, usize),
    /// The open run as of a newer commit.
    Steps(RunKey, Result<Arc<RunView>, String>),
    /// A long run that was not open lately, before anything was looked for in it.
    Opened(RunKey, Arc<RunView>),
    /// A step as JSON, to be copied; the number tells for which request.
    Json(u64, Result<String, String>),
    /// A step's detail; the number tells for which request.
    Detail(u64, Result<Arc<Document>, String>),
    /// What rows of an open run are about, of those asked for as many as could be read by now.
    Gists(RunKey, Result<Vec<(StepKey, Option<Gist>)>, String>),
    /// Runs that hold the filter's texts, so far or all; the number tells for which request.
    Found(u64, Result<FoundRuns, String>),
    /// A run for the preview.
    Preview(RunKey, Result<Arc<RunView>, String>),
    /// Texts that hold what is searched for; the number tells for which request.
    Hits(u64, Result<HitPage, String>),
    /// Steps of an open run that say what is looked for; the number tells for which request.
    Said(u64, Result<FoundSteps, String>),
    /// What was flagged in a run.
    Remarks(RunKey, Result<Vec<Remark>, String>),
    /// A finding of a run was dismissed, or is no longer: the run as it is counted now.
    Dismissed(RunKey, Result<Vec<RunSummary>, String>),
    /// Runs were deleted, so many, or were not, and why.
    Deleted(Result<usize, String>),
    /// Two runs beside each other; the number tells for which request.
    Diff(u64, Result<Arc<Comparison>, String>),
    /// What two steps saw and said; the number tells for which request.
    Pair(u64, Result<Arc<Document>, String>),
    /// A run in the order of time, ready to be replayed.
    Replay(Arc<RunView>),
    /// A run laid out in time.
    LaidOut(Arc<RunView>),
    /// The conversation at a stop of a replay; the number tells for which request.
    Scene(u64, Result<Arc<Document>, String>),
    /// The terminal told its background.
    Background(Background),
    /// The system asks to suspend.
    Suspend,
    /// The system asks to end.
    Terminate,
    /// A background thread died of this.
    Failed(String),
}

/// What the list's loader brings.
#[derive(Debug, Default)]
pub struct RunsAnswer {
    /// All runs, made ready where no key waits for it: this takes the place of the list that came ahead of it, whose runs are
    /// kept in it where they were.
    pub whole: Option<Box<RunList>>,
    /// Runs that changed; beside a whole list, those of the one ahead of it that changed since.
    pub changed: Vec<RunSummary>,
    /// Runs that were deleted.
    pub deleted: Vec<RunKey>,
    /// These are the newest of a long list, the rest is on its way.
    pub ahead: bool,
    /// The receiver's counts.
    pub intake: IntakeCounts,
    /// Size of the database file.
    pub database_bytes: u64,
}

/// What the full-text search found for a filter.
#[derive(Debug, Default)]
pub struct FoundRuns {
    /// For each of its texts the runs that hold it, ascending.
    pub runs: Vec<Vec<RunKey>>,
    /// These are all of them.
    pub whole: bool,
    /// How much was looked through, of a hundred.
    pub percent: u8,
}

/// What the full-text search found in an open run.
#[derive(Debug, Default)]
pub struct FoundSteps {
    /// Steps that were the first to say it.
    pub steps: BTreeSet<StepKey>,
    /// These are all of them.
    pub whole: bool,
    /// How much was looked through, of a hundred.
    pub percent: u8,
}
