//! The tree of an open run as rows that can be seen: folds, plumbing, selection by span, follow.

use std::collections::BTreeSet;
use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::StepKey;
use crate::tui::backend::{Lens, RowId, RunView};
use crate::tui::marks::{FindingId, Fold};
use crate::tui::scroll::{keep_in_place, moved, reveal};
use crate::tui::search::Search;

use super::flattened::{Flattened, Wanted};

/// A row that can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its row in the tree.
    pub row: u32,
    /// Levels below a root, hidden rows not counted.
    pub depth: u16,
    /// Whether there is something to fold below it.
    pub opens: bool,
    /// The finding whose later rounds are folded into this row, which then stands for no step.
    pub rounds: Option<usize>,
}

/// State of the tree.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a way of its own to look at the tree")]
pub struct TreePane {
    /// Rows whose children are folded away.
    pub folded: FxHashSet<RowId>,
    /// Whether the rounds of a finding after the first are folded; those not in it are as they come.
    pub rounds: FxHashMap<FindingId, bool>,
    /// Whether nothing but members of findings is shown, and what is above them.
    pub only_flagged: bool,
    /// Whether plumbing is shown.
    pub plumbing: bool,
    /// Whether the cursor stays on the newest.
    pub follow: bool,
    /// Rows that can be seen, ascending.
    pub shown: Vec<Shown>,
    /// Row under the cursor.
    pub selected: Option<RowId>,
    /// Its place among those shown.
    pub at: usize,
    /// First row in the window.
    pub top: usize,
    /// Whether plumbing is among the rows: asked for, or all there is.
    pub with_plumbing: bool,
    /// What is looked for, and its rows of the tree.
    pub search: Option<Search<u32>>,
    /// Which steps say what is looked for.
    pub said: Said,
    /// Where the cursor was when the search began.
    pub search_from: Option<RowId>,
    /// Which figures are shown.
    pub column: Column,
    /// Whether the steps are marked that the run's end waited for.
    pub path: bool,
    /// Rounds that are folded, by first row.
    pub closed: Vec<Fold>,
}

/// Steps that say what is looked for in a tree, as the full-text search finds them.
#[derive(Debug, Default)]
pub struct Said {
    /// What was asked for.
    pub typed: String,
    /// Under which number, until the whole answer is here.
    pub waits_for: Option<u64>,
    /// Those found so far.
    pub steps: BTreeSet<StepKey>,
    /// How much was looked through for them, of a hundred.
    pub percent: u8,
}

/// Which tokens and cost stand beside a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Column {
    /// Of the step and all below it.
    #[default]
    Below,
    /// Of its own call.
    Own,
    /// Of all calls begun so far.
    SoFar,
}

impl Column {
    /// The next one, in a ring.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Below => Self::Own,
            Self::Own => Self::SoFar,
            Self::SoFar => Self::Below,
        }
    }

    /// What is said of it above the tree; nothing of the usual one.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Below => "",
            Self::Own => "own figures",
            Self::SoFar => "running total",
        }
    }
}

impl TreePane {
    /// Fits the rows to a tree that changed, or to other rows of it; the cursor stays on its step and the step on its
    /// row. Goes through the whole tree: no key that moves, folds or seeks may end here.
    pub fn refresh(&mut self, view: &RunView, height: usize) {
        self.with_plumbing = self.plumbing;
        self.close_rounds(view);
        self.flatten(view);
        if self.shown.is_empty() && !self.plumbing {
            self.with_plumbing = true;
            self.flatten(view);
        }
        let followed = self.follow.then(|| self.nearest(view, view.newest)).flatten();
        if let Some(newest) = followed {
            self.select(newest, view);
        } else {
            let row = self.selected.and_then(|id| view.row(id));
            let after = row.and_then(|row| self.nearest(view, row)).unwrap_or(self.at);
            self.top = keep_in_place(self.top, self.at, after);
            self.select(after, view);
        }
        self.fit(height);
    }

    fn flatten(&mut self, view: &RunView) {
        let before = std::mem::take(&mut self.shown);
        self.shown = Flattened::all(view, self.wanted(), before);
    }

    /// Which rows it shows at all; the timeline shows the same.
    pub const fn lens(&self) -> Lens {
        Lens { plumbing: self.with_plumbing, only_flagged: self.only_flagged }
    }

    const fn wanted(&self) -> Wanted<'_> {
        Wanted { folded: &self.folded, closed: self.closed.as_slice(), lens: self.lens() }
    }

    /// Notes which rounds are folded. Those seen for the first time fold if they are many, but never over the cursor: a
    /// loop that grows must not hide the step that somebody reads.
    fn close_rounds(&mut self, view: &RunView) {
        let here = self.selected.and_then(|id| view.row(id));
        let marks = &view.marks;
        for fold in marks.folds() {
            let flagged = &marks.flagged[fold.finding];
            let is_read = here.is_some_and(|row| fold.rows.contains(&row));
            let by_itself = flagged.folds_by_itself();
            if by_itself {
                self.rounds.entry(FindingId::of(&flagged.finding)).or_insert(!is_read);
            }
        }
        let is_closed = |fold: &&Fold| {
            let id = FindingId::of(&marks.flagged[fold.finding].finding);
            !self.only_flagged && self.rounds.get(&id).is_some_and(|&folded| folded)
        };
        self.closed = marks.folds().iter().filter(is_closed).cloned().collect();
    }

    /// Brings the cursor into a window of this height.
    pub fn fit(&mut self, height: usize) {
        self.top = reveal(self.top, self.at, height, self.shown.len());
    }

    /// Puts the cursor on a row.
    pub fn select(&mut self, at: usize, view: &RunView) {
        self.at = at.min(self.shown.len().saturating_sub(1));
        self.selected = self.shown.get(self.at).and_then(|shown| view.id(shown.row));
    }

    /// Moves the cursor by hand, which leaves follow.
    pub fn step(&mut self, step: isize, view: &RunView) {
        self.follow = false;
        self.select(moved(self.at, step, self.shown.len()), view);
    }

    /// Folds, or goes to the parent where there is nothing to fold.
    pub fn fold(&mut self, view: &RunView) {
        let Some(here) = self.here() else {
            return;
        };
        if here.opens && !self.is_folded(view, here) {
            return self.set_folded(view, self.at, true);
        }
        let parent = view.tree.rows[here.row as usize].parent;
        if let Some(at) = parent.and_then(|parent| self.nearest(view, parent)) {
            self.follow = false;
            self.select(at, view);
        }
    }

    /// Unfolds, or goes to the first child.
    pub fn unfold(&mut self, view: &RunView) {
        match self.here() {
            Some(Shown { rounds: Some(finding), .. }) => self.set_rounds(view, finding, false),
            Some(here) if here.opens && self.is_folded(view, here) => self.set_folded(view, self.at, false),
            Some(here) if here.opens => self.step(1, view),
            _ => {}
        }
    }

    /// Folds or unfolds.
    pub fn toggle(&mut self, view: &RunView) {
        match self.here() {
            Some(Shown { rounds: Some(finding), .. }) => self.set_rounds(view, finding, false),
            Some(here) if here.opens => self.set_folded(view, self.at, !self.is_folded(view, here)),
            _ => {}
        }
    }

    /// Folds or unfolds the rounds around the cursor; `None` if there are none, else whether they are folded now.
    pub fn toggle_rounds(&mut self, view: &RunView) -> Option<bool> {
        let here = self.here().filter(|_| !self.only_flagged)?;
        let finding = here.rounds.or_else(|| around(view, here.row))?;
        let folded = self.closed.iter().any(|fold| fold.finding == finding);
        self.set_rounds(view, finding, !folded);
        Some(!folded)
    }

    /// Whether there is something to fold at the cursor, or a parent to go to.
    pub fn can_fold(&self, view: &RunView) -> bool {
        self.here().is_some_and(|here| {
            let parent = || view.tree.rows[here.row as usize].parent;
            here.opens && !self.is_folded(view, here)
                || parent().is_some_and(|row| self.nearest(view, row).is_some())
        })
    }

    /// Whether there is something to unfold at the cursor, or a child to go to.
    pub fn can_unfold(&self) -> bool {
        self.here().is_some_and(|here| here.opens || here.rounds.is_some())
    }

    /// Whether a row that can be seen is folded, or is one that could be.
    pub fn any_is_folded(&self, view: &RunView, folded: bool) -> bool {
        let is =
            |shown: &Shown| (shown.opens || shown.rounds.is_some()) && self.is_folded(view, *shown) == folded;
        self.shown.iter().any(is)
    }

    /// Folds everything below the roots, the roots included.
    pub fn fold_all(&mut self, view: &RunView) {
        let rows = (0..).zip(&view.tree.rows).filter(|(_, row)| row.subtree > 1);
        self.folded = rows.filter_map(|(at, _)| view.id(at)).collect();
    }

    /// Unfolds everything, the rounds of findings too.
    pub fn unfold_all(&mut self, view: &RunView) {
        self.folded.clear();
        let ids =
            view.marks.folds().iter().map(|fold| FindingId::of(&view.marks.flagged[fold.finding].finding));
        self.rounds.extend(ids.map(|id| (id, false)));
    }

    /// Whether a row's children are folded away.
    pub fn is_folded(&self, view: &RunView, shown: Shown) -> bool {
        shown.rounds.is_some()
            || shown.opens && view.id(shown.row).is_some_and(|id| self.folded.contains(&id))
    }

    /// Goes to the next (or previous) failed step, unfolding what hides it; false if there is none further.
    pub fn seek_error(&mut self, view: &RunView, forward: bool) -> bool {
        let from = self.before_here(forward);
        let found = if forward {
            view.errors.get(view.errors.partition_point(|&row| row <= from))
        } else {
            let before = view.errors.partition_point(|&row| row < from);
            before.checked_sub(1).and_then(|at| view.errors.get(at))
        };
        found.is_some_and(|&row| self.reveal_row(view, row))
    }

    /// The row to seek from: folded rounds are not behind the cursor, only their row is.
    fn before_here(&self, forward: bool) -> u32 {
        let folded = |here: Shown| u32::from(forward && here.rounds.is_some());
        self.here().map_or(0, |here| here.row.saturating_sub(folded(here)))
    }

    /// Goes to the first step of the next (or previous) finding; false if there is none further.
    pub fn seek_finding(&mut self, view: &RunView, forward: bool) -> bool {
        let from = self.before_here(forward);
        view.marks.next_finding(from, forward).is_some_and(|row| self.reveal_row(view, row))
    }

    /// Unfolds what hides a row, from the outermost on, and goes there.
    pub fn reveal_row(&mut self, view: &RunView, row: u32) -> bool {
        let mut above: Vec<u32> =
            std::iter::successors(Some(row), |&row| view.tree.rows[row as usize].parent).collect();
        while let Some(at) = above.pop() {
            self.open_rounds_over(view, at);
            let folded = view.id(at).is_some_and(|id| self.folded.contains(&id));
            if let (true, true, Some(place)) = (folded, at != row, self.place(at)) {
                self.set_folded(view, place, false);
            }
        }
        self.follow = false;
        self.place(row).is_some_and(|at| {
            self.select(at, view);
            true
        })
    }

    fn open_rounds_over(&mut self, view: &RunView, row: u32) {
        while let Some(finding) = self.closed.iter().find(|fold| fold.rows.contains(&row)).map(|f| f.finding)
        {
            self.set_rounds(view, finding, false);
        }
    }

    pub(super) fn here(&self) -> Option<Shown> {
        self.shown.get(self.at).copied()
    }

    /// Folds or unfolds the row at a place; only its own rows come or go.
    fn set_folded(&mut self, view: &RunView, at: usize, folded: bool) {
        let Shown { row, depth, .. } = self.shown[at];
        let Some(id) = view.id(row) else {
            return;
        };
        let below = row + 1..row + view.tree.rows[row as usize].subtree;
        if folded {
            self.folded.insert(id);
        } else {
            self.folded.remove(&id);
        }
        let inner =
            if folded { Vec::new() } else { Flattened::part(view, self.wanted(), below.clone(), depth + 1) };
        self.replace(&below, inner);
    }

    /// Folds or unfolds the rounds of a finding; the cursor goes to their first row.
    fn set_rounds(&mut self, view: &RunView, finding: usize, folded: bool) {
        let Some(fold) = view.marks.fold(finding).cloned() else {
            return;
        };
        let flagged = &view.marks.flagged[finding];
        self.rounds.insert(FindingId::of(&flagged.finding), folded);
        let was_inside = self.here().is_some_and(|here| fold.rows.contains(&here.row));
        self.close_rounds(view);
        let range = self.places(&fold.rows);
        let Some(depth) = self.shown.get(range.start).filter(|_| !range.is_empty()).map(|shown| shown.depth)
        else {
            return;
        };
        self.replace(&fold.rows, Flattened::part(view, self.wanted(), fold.rows.clone(), depth));
        if was_inside {
            self.select(range.start, view);
        }
    }

    /// Puts other rows in the place of those shown of `rows`.
    fn replace(&mut self, rows: &Range<u32>, inner: Vec<Shown>) {
        let range = self.places(rows);
        let grown = inner.len().wrapping_sub(range.len());
        if self.at >= range.end {
            // the cursor stays on its step, wherever rows come or go
            self.at = self.at.wrapping_add(grown);
            self.top = self.top.wrapping_add(grown).min(self.at);
        }
        self.shown.splice(range, inner);
    }

    /// Places of the rows shown of `rows`.
    fn places(&self, rows: &Range<u32>) -> Range<usize> {
        let from = self.shown.partition_point(|shown| shown.row < rows.start);
        let to = self.shown.partition_point(|shown| shown.row < rows.end);
        from..to.max(from)
    }

    /// Place of a row that can be seen, or of the folded rounds that it is in.
    fn place(&self, row: u32) -> Option<usize> {
        let after = self.shown.partition_point(|shown| shown.row <= row);
        let at = after.checked_sub(1)?;
        let Shown { row: found, rounds, .. } = self.shown[at];
        let covers = |finding| self.closed.iter().any(|f| f.finding == finding && f.rows.contains(&row));
        (found == row || rounds.is_some_and(covers)).then_some(at)
    }

    /// Place of a row, or of the nearest above it that can be seen.
    fn nearest(&self, view: &RunView, row: u32) -> Option<usize> {
        let mut up = std::iter::successors(Some(row), |&row| view.tree.rows.get(row as usize)?.parent);
        up.find_map(|row| self.place(row))
    }
}

/// The finding whose rounds a row is part of: the tightest.
fn around(view: &RunView, row: u32) -> Option<usize> {
    let marks = &view.marks;
    let holds =
        |fold: &&Fold| marks.flagged[fold.finding].stretches.iter().any(|stretch| stretch.contains(&row));
    marks.folds().iter().filter(holds).min_by_key(|fold| fold.rows.len()).map(|fold| fold.finding)
}
