//! List of runs: filter, order, selection by run, follow.

use rustc_hash::FxHashSet;
use tui_input::Input;

use crate::model::{RunKey, RunStatus, RunSummary, UnixNanos};
use crate::report::filter::{self, Fault, Query};
use crate::report::format::Zone;
use crate::tui::app::App;
use crate::tui::columns::Sort;
use crate::tui::run_list::{Merged, RunList, Sieve, Slot};
use crate::tui::scroll::{keep_in_place, moved, reveal};
use crate::tui::spark::Spark;

use super::groups::{By, Group, Groups, Shared};
use super::{FullText, Offer, Preview};

/// A row while runs are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Group(u32),
    /// By its place among the runs of all groups.
    Run(u32),
}

/// What a row shows.
#[derive(Clone, Copy, Debug)]
pub enum ListRow<'a> {
    /// A run.
    Run(&'a RunSummary),
    /// A group, and whether its runs follow.
    Group(Group<'a>, bool),
}

/// State of the list.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a thing of its own")]
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
    /// Whether Tab offers anything, while the line is typed.
    pub completes: bool,
    /// The search behind its texts.
    pub full_text: FullText,
    /// While it lets nothing through: each of its terms, and how many runs there would be without it.
    pub excluding: Vec<(String, usize)>,
    /// The run under the cursor at a glance.
    pub preview: Preview,
    /// Whether traces without an agent's doing are listed too.
    pub all_traces: bool,
    /// Whether the cursor stays on the newest.
    pub follow: bool,
    /// In which order.
    pub sort: Sort,
    /// Whose clock days are told by.
    pub zone: Zone,
    /// What runs are grouped by.
    pub group: Option<By>,
    /// The groups, in order.
    pub groups: Groups,
    /// Those that are unfolded.
    unfolded: FxHashSet<Shared>,
    /// Rows while runs are grouped: a group, or a run of the group before it.
    rows: Vec<Place>,
    /// Group under the cursor.
    selected_group: Option<Shared>,
    /// What the runs shown came to over time.
    pub spark: Spark,
    /// When it is to be told anew, if runs changed since.
    pub spark_due: Option<UnixNanos>,
    /// When it was.
    spark_of: UnixNanos,
    /// The runs to show, in order.
    pub shown: Vec<Slot>,
    /// While it lets nothing through: how many traces there are that no agent had a part in.
    pub hidden: usize,
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

    /// Understands the filter line anew. A term that is not understood lets everything through, and is told.
    pub fn read_filter(&mut self, zone: Zone) {
        (self.query, self.fault) = filter::read(self.filter.value(), zone);
    }

    /// Puts what Tab offers into the filter line: the next of it if it was offered before. `values` tells those of a field.
    pub fn complete(&mut self, back: bool, values: impl Fn(&str) -> Vec<String>) {
        if let Some(offer) = &mut self.offer {
            offer.turn(back);
        } else {
            self.offer = self.completion(values).map(|found| Offer::new(self.filter.value(), found));
        }
        if let Some(offer) = &self.offer {
            self.filter = offer.line();
        }
        // of one there is nothing to choose: the next Tab goes on from there
        self.offer.take_if(|offer| offer.with.len() == 1);
    }

    /// Notes whether Tab would offer anything.
    pub fn note_completes(&mut self, values: impl Fn(&str) -> Vec<String>) {
        self.completes = self.offer.is_some() || self.completion(values).is_some();
    }

    fn completion(&self, values: impl Fn(&str) -> Vec<String>) -> Option<filter::Completion> {
        let line = self.filter.value();
        let caret = line.char_indices().nth(self.filter.cursor()).map_or(line.len(), |(at, _)| at);
        filter::complete(line, caret, values)
    }

    /// What it lets through.
    pub fn sieve(&self, now: UnixNanos) -> Sieve<'_> {
        let Self { query, full_text, all_traces, .. } = self;
        Sieve { query, found: &full_text.found, all_traces: *all_traces, now }
    }

    /// Fits the list to a filter or an order, or to very many runs that changed.
    pub fn refresh(&mut self, runs: &RunList, now: UnixNanos, height: usize) {
        self.shown = runs.shown(&self.sieve(now), self.sort);
        self.excluding = if self.shown.is_empty() { self.excluding(runs, now) } else { Vec::new() };
        self.spark_of = 0;
        self.arrange(runs, now, height);
    }

    /// Fits the list to another order: which runs it shows, and what they came to, stays.
    pub fn reorder(&mut self, runs: &RunList, now: UnixNanos, height: usize) {
        self.shown = runs.reordered(&self.shown, self.sort, now);
        self.lay_in_groups(runs, now, height);
    }

    /// What each term of the filter keeps away, where there are several.
    fn excluding(&self, runs: &RunList, now: UnixNanos) -> Vec<(String, usize)> {
        let line = self.filter.value();
        let terms = filter::places(line);
        let without = |at: &std::ops::Range<usize>| {
            let rest = format!("{} {}", &line[..at.start], &line[at.end..]);
            let query = filter::read(&rest, self.zone).0;
            let texts = query.texts().iter();
            let places = texts.filter_map(|text| self.query.texts().iter().position(|asked| asked == text));
            let found: Vec<_> = places.map_while(|at| self.full_text.found.get(at).cloned()).collect();
            let sieve = Sieve { query: &query, found: &found, all_traces: self.all_traces, now };
            (line[at.clone()].to_owned(), runs.tally(&sieve))
        };
        if terms.len() > 1 { terms.iter().map(without).collect() } else { Vec::new() }
    }

    /// Fits the list to runs that changed.
    pub fn take_in(&mut self, merged: &Merged, runs: &RunList, now: UnixNanos, height: usize) {
        let Merged::Few(touched) = merged else {
            return self.refresh(runs, now, height);
        };
        let mut shown = std::mem::take(&mut self.shown);
        runs.put_among(&mut shown, touched, &self.sieve(now), self.sort);
        self.shown = shown;
        self.arrange(runs, now, height);
    }

    /// What follows from the runs shown: bars, groups, where the cursor is.
    fn arrange(&mut self, runs: &RunList, now: UnixNanos, height: usize) {
        self.tell_money(runs, now);
        let all = Sieve { all_traces: true, ..self.sieve(now) };
        self.hidden = if self.shown.is_empty() { runs.tally(&all) } else { 0 };
        self.lay_in_groups(runs, now, height);
    }

    /// Fits the list to other groups, or to none: its runs stay as they are.
    pub fn lay_in_groups(&mut self, runs: &RunList, now: UnixNanos, height: usize) {
        self.groups = match self.group {
            Some(by) => Groups::new(by, &self.shown, runs, self.sort, now),
            None => Groups::default(),
        };
        self.lay_out();
        self.settle(runs, height);
    }

    /// The bars as of now; of a long list once a second, for they look at all of it.
    pub fn tell_money(&mut self, runs: &RunList, now: UnixNanos) {
        const LONG: usize = 2000;
        const SECOND: u64 = 1_000_000_000;
        let due = self.spark_of.saturating_add(SECOND);
        self.spark_due = (self.shown.len() > LONG && now < due).then_some(due);
        if self.spark_due.is_none() {
            self.spark_of = now;
            self.spark = Spark::of(self.shown.iter().map(|&slot| runs.figures(slot)), self.zone);
        }
    }

    /// Rows of the groups and of the runs in those that are unfolded.
    fn lay_out(&mut self) {
        let Self { groups, unfolded, rows, .. } = self;
        rows.clear();
        for (at, number) in (0..groups.count()).zip(0..) {
            rows.push(Place::Group(number));
            if !unfolded.is_empty() && unfolded.contains(&groups.shared(at)) {
                rows.extend(groups.places(at).map(Place::Run));
            }
        }
    }

    /// The row of the cursor's run or group.
    fn place(&self) -> Option<usize> {
        if self.group.is_none() {
            let key = self.selected?;
            return self.shown.iter().position(|slot| slot.key == key);
        }
        self.rows.iter().position(|place| match *place {
            Place::Run(at) => self.selected == Some(self.groups.run(at).key),
            Place::Group(at) => self.selected_group == Some(self.groups.shared(at as usize)),
        })
    }

    /// The cursor stays on its run and the run on its row.
    fn settle(&mut self, runs: &RunList, height: usize) {
        match self.place() {
            _ if self.follow => self.select(self.newest(runs)),
            Some(after) => {
                self.top = keep_in_place(self.top, self.at, after);
                self.at = after;
            }
            None => self.select(self.at),
        }
        self.fit(height);
    }

    /// Row of the run that began last.
    fn newest(&self, runs: &RunList) -> usize {
        if self.sort.is_newest_first() || self.group.is_some() {
            return 0;
        }
        let newest = self.shown.iter().enumerate().min_by_key(|&(_, &slot)| runs.began_at(slot));
        newest.map_or(0, |(at, _)| at)
    }

    /// Brings the cursor into a window of this height.
    pub fn fit(&mut self, height: usize) {
        self.top = reveal(self.top, self.at, height, self.len());
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        if self.group.is_some() { self.rows.len() } else { self.shown.len() }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// Puts the cursor on a row.
    pub fn select(&mut self, at: usize) {
        self.at = at.min(self.len().saturating_sub(1));
        (self.selected, self.selected_group) = match self.rows.get(self.at) {
            _ if self.group.is_none() => (self.shown.get(self.at).map(|slot| slot.key), None),
            Some(&Place::Run(at)) => (Some(self.groups.run(at).key), None),
            Some(&Place::Group(at)) => (None, Some(self.groups.shared(at as usize))),
            None => (None, None),
        };
    }

    /// Puts the cursor on a run, if it is listed, in its group where there are groups.
    pub fn go_to(&mut self, key: RunKey, runs: &RunList, height: usize) {
        if !self.shown.iter().any(|slot| slot.key == key) {
            return;
        }
        self.unfolded.extend(self.groups.around(key));
        (self.follow, self.selected, self.selected_group) = (false, Some(key), None);
        self.lay_out();
        self.settle(runs, height);
    }

    /// Moves the cursor by hand, which leaves follow.
    pub fn step(&mut self, step: isize) {
        self.follow = false;
        self.select(moved(self.at, step, self.len()));
    }

    /// Unfolds the group under the cursor, or folds it if it is unfolded; false where there is none.
    pub fn toggle(&mut self) -> bool {
        let Some(group) = self.selected_group else { return false };
        if !self.unfolded.remove(&group) {
            self.unfolded.insert(group);
        }
        self.lay_out();
        true
    }

    /// Folds the group that the cursor is in, and puts it there.
    pub fn fold(&mut self) {
        let before = self.rows.get(..=self.at).unwrap_or_default();
        let head = before.iter().rposition(|place| matches!(place, Place::Group(_)));
        if let Some(head) = head {
            self.follow = false;
            self.select(head);
            if let Some(group) = &self.selected_group {
                self.unfolded.remove(group);
            }
            self.lay_out();
        }
    }

    /// Whether the cursor is in a group that is unfolded.
    pub fn can_fold(&self) -> bool {
        let in_group = self.group.is_some() && !self.rows.is_empty();
        in_group && self.selected_group.is_none_or(|group| self.unfolded.contains(&group))
    }

    /// The run of a row; `None` where it is a group's.
    pub fn run<'a>(&self, at: usize, runs: &'a RunList) -> Option<&'a RunSummary> {
        match self.rows.get(at) {
            _ if self.group.is_none() => runs.run(*self.shown.get(at)?),
            Some(&Place::Run(at)) => runs.run(self.groups.run(at)),
            _ => None,
        }
    }

    /// What a row shows.
    pub fn row<'a>(&'a self, at: usize, runs: &'a RunList) -> Option<ListRow<'a>> {
        if let Some(&Place::Group(group)) = self.rows.get(at).filter(|_| self.group.is_some()) {
            let group = group as usize;
            let is_unfolded = self.unfolded.contains(&self.groups.shared(group));
            return Some(ListRow::Group(self.groups.get(group, runs)?, is_unfolded));
        }
        self.run(at, runs).map(ListRow::Run)
    }

    /// Whether a run in the window is going on.
    pub fn shows_running(&self, app: &App) -> bool {
        let height = usize::from(app.runs_areas().list.height);
        let window = self.top..(self.top + height).min(self.len());
        window
            .filter_map(|at| self.run(at, &app.runs))
            .any(|run| run.times.status(app.now) == RunStatus::Running)
    }
}
