//! What the interface asks of the world.

use std::sync::Arc;

use crate::model::{Finding, RunKey, RunSummary};
use crate::store::Mark;
use crate::tui::alarms::Alert;
use crate::tui::backend::{Asked, GistAsked, Lens, RunView, SceneAsked};
use crate::tui::document::{Document, PairAsked};

/// What the loop has to do after an update.
#[derive(Debug, PartialEq)]
pub enum Effect {
    /// Ask for runs that changed after this commit.
    LoadRuns(i64),
    /// Ask for the open run's new steps.
    LoadSteps(RunKey),
    /// A run's steps are no longer wanted.
    DropSteps(RunKey),
    /// Ask for a step's detail, under this number.
    LoadDetail(u64, Box<Asked>),
    /// Ask what these rows of a run are about.
    LoadGists(RunKey, Vec<GistAsked>),
    /// Ask which runs hold each of these texts, under this number.
    SearchRuns(u64, Vec<String>),
    /// What is searched for is no longer wanted.
    DropSearch,
    /// Ask for a run for the preview.
    LoadPreview(RunKey),
    /// Ask for texts that hold these words, from this mark on, under this number.
    FindTexts(u64, String, Mark),
    /// Texts are no longer wanted.
    DropFind,
    /// Ask which steps of a run say this, under this number.
    SearchRun(u64, RunKey, String),
    /// They are no longer wanted.
    DropSearchRun,
    /// Ask for what was flagged in a run.
    LoadRemarks(RunKey),
    /// Remember that a finding of a run is dismissed, or is no longer.
    Dismiss(RunKey, Box<Finding>, bool),
    /// Delete these runs for good.
    Delete(Vec<RunKey>),
    /// Tell of a new alarm beyond the screen.
    Tell(Alert),
    /// Ask for a step as JSON, under this number.
    LoadJson(u64, Box<Asked>),
    /// Ask for two runs beside each other, under this number.
    LoadDiff(u64, Box<[RunSummary; 2]>),
    /// Give up the comparison that is under way.
    DropDiff,
    /// Ask what two steps saw and said, under this number.
    LoadPair(u64, Box<PairAsked>),
    /// Ask for a run in the order of time.
    LoadReplay(SameView),
    /// Ask for a run laid out in time.
    LayOut(SameView, Lens),
    /// Ask for the conversation at a stop of a replay, under this number.
    LoadScene(u64, Box<SceneAsked>),
    /// Put this into the clipboard.
    Copy(String),
    /// Show this in the reader's own program.
    Read(Arc<Document>),
    /// Start the demo.
    StartDemo,
    /// Take the mouse (true), or leave it to the terminal.
    TakeMouse(bool),
    /// Stop until the shell continues us.
    Suspend,
    /// Leave.
    Quit,
}

/// A view that is equal to itself alone.
#[derive(Clone, Debug)]
pub struct SameView(pub Arc<RunView>);

impl PartialEq for SameView {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
