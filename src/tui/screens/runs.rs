//! List of runs: filter, order, selection by run, follow.

use rustc_hash::FxHashMap;
use tui_input::Input;

use crate::model::{RunKey, RunStatus, RunSummary, UnixNanos};
use crate::report::filter::{self, Fault, Query};
use crate::report::format::Zone;
use crate::tui::app::App;
use crate::tui::columns::{Rank, Sort};
use crate::tui::layout;
use crate::tui::run_list::{Merged, RunList, Sieve, move_in};
use crate::tui::scroll::{keep_in_place, moved, reveal};

use super::{FullText, Offer, Preview};

/// State of the list.
#[derive(Debug, Default)]
pub struct Runs {
    /// Filter line.
    pub filter: Input,
    /// Whether the filter line has the keys.
    pub typing: bool,
    /// What the filter line says, as far as it is understood.
    pub query: Query,
    /// Why a part of it is not understood.
    pub fault: Option<Fault>,
    /// What Tab offers.
    pub offer: Option<Offer>,
    /// The search behind its texts.
    pub full_text: FullText,
    /// The run under the cursor at a glance.
    pub preview: Preview,
    /// Whether traces without an agent's doing are listed too.
    pub all_traces: bool,
    /// Whether the cursor stays on the newest.
    pub follow: bool,
    /// In which order.
    pub sort: Sort,
    /// Ranks of the runs to show, in order.
    pub shown: Vec<Rank>,
    /// The same by run.
    ranks: FxHashMap<RunKey, Rank>,
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

    /// Understands the filter line anew. A term that is not understood lets everything through, and is told.
    pub fn read_filter(&mut self, zone: Zone) {
        (self.query, self.fault) = filter::read(self.filter.value(), zone);
    }

    /// Puts what Tab offers into the filter line: the next of it if it was offered before. `values` tells those of a field.
    pub fn complete(&mut self, back: bool, values: impl Fn(&str) -> Vec<String>) {
        if let Some(offer) = &mut self.offer {
            offer.turn(back);
        } else {
            let line = self.filter.value();
            let caret = line.char_indices().nth(self.filter.cursor()).map_or(line.len(), |(at, _)| at);
            self.offer = filter::complete(line, caret, values).map(|found| Offer::new(line, found));
        }
        if let Some(offer) = &self.offer {
            self.filter = offer.line();
        }
        // of one there is nothing to choose: the next Tab goes on from there
        self.offer.take_if(|offer| offer.with.len() == 1);
    }

    /// What it lets through.
    pub fn sieve(&self, now: UnixNanos) -> Sieve<'_> {
        let Self { query, full_text, all_traces, .. } = self;
        Sieve { query, found: &full_text.found, all_traces: *all_traces, now }
    }

    /// Fits the list to a filter or an order, or to very many runs that changed.
    pub fn refresh(&mut self, runs: &RunList, now: UnixNanos, height: usize) {
        self.shown = runs.shown(&self.sieve(now), self.sort);
        self.ranks = self.shown.iter().map(|rank| (rank.key(), rank.clone())).collect();
        self.settle(height);
    }

    /// Fits the list to runs that changed.
    pub fn take_in(&mut self, merged: &Merged, runs: &RunList, now: UnixNanos, height: usize) {
        let Merged::Few(keys) = merged else {
            return self.refresh(runs, now, height);
        };
        for &key in keys {
            let rank = runs.rank(&self.sieve(now), self.sort, key);
            let before = match &rank {
                Some(rank) => self.ranks.insert(key, rank.clone()),
                None => self.ranks.remove(&key),
            };
            move_in(&mut self.shown, before, rank);
        }
        self.settle(height);
    }

    /// The cursor stays on its run and the run on its row.
    fn settle(&mut self, height: usize) {
        let rank = self.selected.and_then(|key| self.ranks.get(&key));
        match rank.and_then(|rank| self.shown.binary_search(rank).ok()) {
            _ if self.follow => self.select(self.newest()),
            Some(after) => {
                self.top = keep_in_place(self.top, self.at, after);
                self.at = after;
            }
            None => self.select(self.at),
        }
        self.fit(height);
    }

    /// Row of the run that began last.
    fn newest(&self) -> usize {
        if self.sort.is_newest_first() {
            return 0;
        }
        let newest = self.shown.iter().enumerate().min_by_key(|(_, rank)| rank.began);
        newest.map_or(0, |(at, _)| at)
    }

    /// Brings the cursor into a window of this height.
    pub fn fit(&mut self, height: usize) {
        self.top = reveal(self.top, self.at, height, self.shown.len());
    }

    /// Puts the cursor on a row.
    pub fn select(&mut self, at: usize) {
        self.at = at.min(self.shown.len().saturating_sub(1));
        self.selected = self.shown.get(self.at).map(Rank::key);
    }

    /// Moves the cursor by hand, which leaves follow.
    pub fn step(&mut self, step: isize) {
        self.follow = false;
        self.select(moved(self.at, step, self.shown.len()));
    }

    /// The run of a row.
    pub fn run<'a>(&self, at: usize, runs: &'a RunList) -> Option<&'a RunSummary> {
        runs.get(self.shown.get(at)?.key())
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
