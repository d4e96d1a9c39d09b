//! List of runs: filter, selection by run, follow.

use std::cmp::Reverse;

use tui_input::Input;

use crate::model::{RunKey, RunStatus, RunSummary};
use crate::tui::app::App;
use crate::tui::layout;
use crate::tui::run_list::{Filter, Merged, Rank, RunList, move_in};
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
    /// Ranks of the runs to show, in order.
    pub shown: Vec<Rank>,
    /// Runs that are marked, in the order of marking.
    pub marked: Vec<RunKey>,
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

    /// Fits the list to a filter, or to very many runs that changed.
    pub fn refresh(&mut self, runs: &RunList, height: usize) {
        self.shown = runs.shown(&self.filter());
        self.settle(runs, height);
    }

    /// Fits the list to runs that changed.
    pub fn take_in(&mut self, merged: &Merged, runs: &RunList, height: usize) {
        let Merged::Few(moves) = merged else {
            return self.refresh(runs, height);
        };
        let filter = self.filter();
        for &(before, now) in moves {
            move_in(&mut self.shown, before, now.filter(|&now| runs.shows(&filter, now)));
        }
        self.settle(runs, height);
    }

    fn filter(&self) -> Filter {
        Filter::new(self.filter.value(), self.all_traces)
    }

    /// The cursor stays on its run and the run on its row.
    fn settle(&mut self, runs: &RunList, height: usize) {
        let rank = self.selected.and_then(|key| runs.rank(key));
        match rank.and_then(|rank| self.shown.binary_search(&rank).ok()) {
            _ if self.follow => self.select(0),
            Some(after) => {
                self.top = keep_in_place(self.top, self.at, after);
                self.at = after;
            }
            None => self.select(self.at),
        }
        self.fit(height);
    }

    /// Brings the cursor into a window of this height.
    pub fn fit(&mut self, height: usize) {
        self.top = reveal(self.top, self.at, height, self.shown.len());
    }

    /// Puts the cursor on a row.
    pub fn select(&mut self, at: usize) {
        self.at = at.min(self.shown.len().saturating_sub(1));
        self.selected = self.shown.get(self.at).map(|Reverse((_, key))| *key);
    }

    /// Moves the cursor by hand, which leaves follow.
    pub fn step(&mut self, step: isize) {
        self.follow = false;
        self.select(moved(self.at, step, self.shown.len()));
    }

    /// The run of a row.
    pub fn run<'a>(&self, at: usize, runs: &'a RunList) -> Option<&'a RunSummary> {
        let Reverse((_, key)) = self.shown.get(at)?;
        runs.get(*key)
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
