//! List of runs: filter, selection by run, follow.

use tui_input::Input;

use crate::model::{RunKey, RunStatus, RunSummary};
use crate::tui::app::App;
use crate::tui::layout;
use crate::tui::run_list::RunList;
use crate::tui::scroll::{keep_in_place, moved, reveal};

/// State of the list.
#[derive(Debug, Default)]
pub struct Runs {
    /// Filter line.
    pub filter: Input,
    /// Whether the filter line has the keys.
    pub typing: bool,
    /// Whether traces without an agent's doing are listed too.
    pub all_traces: bool,
    /// Whether the cursor stays on the newest.
    pub follow: bool,
    /// Places of the runs to show, in the order of the list.
    pub shown: Vec<usize>,
    /// Run under the cursor.
    pub selected: Option<RunKey>,
    /// Its row among those shown.
    pub at: usize,
    /// First row in the window.
    pub top: usize,
}

impl Runs {
    /// A list without a filter.
    pub fn new(follow: bool) -> Self {
        Self { follow, ..Self::default() }
    }

    /// Fits the list to runs or filter that changed; the cursor stays on its run and the run on its row.
    pub fn refresh(&mut self, runs: &RunList, height: usize) {
        self.shown = runs.shown(self.filter.value(), self.all_traces);
        let place = self.selected.and_then(|key| runs.place(key));
        let found = place.and_then(|place| self.shown.binary_search(&place).ok());
        match found {
            _ if self.follow => self.select(0, runs),
            Some(after) => {
                self.top = keep_in_place(self.top, self.at, after);
                self.at = after;
            }
            None => self.select(self.at, runs),
        }
        self.fit(height);
    }

    /// Brings the cursor into a window of this height.
    pub fn fit(&mut self, height: usize) {
        self.top = reveal(self.top, self.at, height, self.shown.len());
    }

    /// Puts the cursor on a row.
    pub fn select(&mut self, at: usize, runs: &RunList) {
        self.at = at.min(self.shown.len().saturating_sub(1));
        self.selected = self.run(self.at, runs).map(|run| run.key);
    }

    /// Moves the cursor by hand, which leaves follow.
    pub fn step(&mut self, step: isize, runs: &RunList) {
        self.follow = false;
        self.select(moved(self.at, step, self.shown.len()), runs);
    }

    /// The run of a row.
    pub fn run<'a>(&self, at: usize, runs: &'a RunList) -> Option<&'a RunSummary> {
        runs.at(*self.shown.get(at)?)
    }

    /// Whether a run in the window is going on.
    pub fn shows_running(&self, app: &App) -> bool {
        let height = usize::from(layout::runs(app.size, app.intake.store_trouble.is_some()).list.height);
        let window = self.top..(self.top + height).min(self.shown.len());
        window
            .filter_map(|at| self.run(at, &app.runs))
            .any(|run| run.times.status(app.now) == RunStatus::Running)
    }
}
