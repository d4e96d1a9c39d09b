//! The tree of an open run as rows that can be seen: folds, plumbing, selection by span, follow.

use std::ops::Range;

use rustc_hash::FxHashSet;

use crate::model::{Step, StepStatus};
use crate::tui::backend::{RowId, RunView};
use crate::tui::scroll::{keep_in_place, moved, reveal};
use crate::tui::search::Search;

/// A row that can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its row in the tree.
    pub row: u32,
    /// Levels below a root, hidden rows not counted.
    pub depth: u16,
    /// Whether there is something to fold below it.
    pub opens: bool,
}

/// State of the tree.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a way of its own to look at the tree")]
pub struct TreePane {
    /// Rows whose children are folded away.
    pub folded: FxHashSet<RowId>,
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
    /// Where the cursor was when the search began.
    pub search_from: Option<RowId>,
    /// Which figures are shown.
    pub column: Column,
    /// Whether the steps are marked that the run's end waited for.
    pub path: bool,
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
        self.shown = Flattened::all(view, &self.folded, self.with_plumbing);
        if self.shown.is_empty() && !self.plumbing {
            self.with_plumbing = true;
            self.shown = Flattened::all(view, &self.folded, true);
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
            Some(here) if here.opens && self.is_folded(view, here) => self.set_folded(view, self.at, false),
            Some(here) if here.opens => self.step(1, view),
            _ => {}
        }
    }

    /// Folds or unfolds.
    pub fn toggle(&mut self, view: &RunView) {
        if let Some(here) = self.here().filter(|here| here.opens) {
            self.set_folded(view, self.at, !self.is_folded(view, here));
        }
    }

    /// Folds everything below the roots, the roots included.
    pub fn fold_all(&mut self, view: &RunView) {
        let rows = (0..).zip(&view.tree.rows).filter(|(_, row)| row.subtree > 1);
        self.folded = rows.filter_map(|(at, _)| view.id(at)).collect();
    }

    /// Whether a row's children are folded away.
    pub fn is_folded(&self, view: &RunView, shown: Shown) -> bool {
        shown.opens && view.id(shown.row).is_some_and(|id| self.folded.contains(&id))
    }

    /// Goes to the next (or previous) failed step, unfolding what hides it; false if there is none further.
    pub fn seek_error(&mut self, view: &RunView, forward: bool) -> bool {
        let from = self.here().map_or(0, |here| here.row);
        let found = if forward {
            view.errors.get(view.errors.partition_point(|&row| row <= from))
        } else {
            let before = view.errors.partition_point(|&row| row < from);
            before.checked_sub(1).and_then(|at| view.errors.get(at))
        };
        found.is_some_and(|&row| self.reveal_row(view, row))
    }

    /// Unfolds what hides a row, from the outermost on, and goes there.
    pub(super) fn reveal_row(&mut self, view: &RunView, row: u32) -> bool {
        let mut above: Vec<u32> =
            std::iter::successors(Some(row), |&row| view.tree.rows[row as usize].parent).skip(1).collect();
        while let Some(row) = above.pop() {
            let folded = view.id(row).is_some_and(|id| self.folded.contains(&id));
            if let (true, Some(at)) = (folded, self.place(row)) {
                self.set_folded(view, at, false);
            }
        }
        self.follow = false;
        self.place(row).is_some_and(|at| {
            self.select(at, view);
            true
        })
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
            let end = self.shown.partition_point(|shown| shown.row < below.end);
            self.shown.drain(at + 1..end);
        } else {
            self.folded.remove(&id);
            let inner = Flattened::below(view, &self.folded, self.with_plumbing, below, depth);
            let next = at + 1;
            self.shown.splice(next..next, inner);
        }
    }

    /// Place of a row that can be seen.
    fn place(&self, row: u32) -> Option<usize> {
        self.shown.binary_search_by_key(&row, |shown| shown.row).ok()
    }

    /// Place of a row, or of the nearest above it that can be seen.
    fn nearest(&self, view: &RunView, row: u32) -> Option<usize> {
        let mut up = std::iter::successors(Some(row), |&row| view.tree.rows.get(row as usize)?.parent);
        up.find_map(|row| self.place(row))
    }
}

/// Rows that can be seen: nothing under a fold, no plumbing unless asked for or failed. Children of hidden plumbing
/// move up to its place.
struct Flattened<'a> {
    view: &'a RunView,
    folded: &'a FxHashSet<RowId>,
    plumbing: bool,
    shown: Vec<Shown>,
    /// Depth at which the children of the last row of each level are shown.
    levels: Vec<u16>,
}

impl<'a> Flattened<'a> {
    fn all(view: &'a RunView, folded: &'a FxHashSet<RowId>, plumbing: bool) -> Vec<Shown> {
        let len = u32::try_from(view.tree.rows.len()).unwrap_or(u32::MAX);
        let shown = Vec::with_capacity(view.tree.rows.len());
        Self { view, folded, plumbing, shown, levels: Vec::new() }.rows(0..len)
    }

    /// Rows below one that is shown at `depth`.
    fn below(
        view: &'a RunView,
        folded: &'a FxHashSet<RowId>,
        plumbing: bool,
        rows: Range<u32>,
        depth: u16,
    ) -> Vec<Shown> {
        let parent = rows.start.saturating_sub(1) as usize;
        let level = view.tree.rows.get(parent).map_or(0, |row| usize::from(row.depth));
        let levels = vec![depth.saturating_add(1); level + 1];
        Self { view, folded, plumbing, shown: Vec::new(), levels }.rows(rows)
    }

    fn rows(mut self, rows: Range<u32>) -> Vec<Shown> {
        let mut at = rows.start;
        while at < rows.end {
            at = self.take(at);
        }
        self.shown
    }

    /// Takes in a row, if it can be seen; gives the next to look at.
    fn take(&mut self, at: u32) -> u32 {
        let row = &self.view.tree.rows[at as usize];
        let level = usize::from(row.depth);
        let depth = level.checked_sub(1).and_then(|above| self.levels.get(above).copied()).unwrap_or(0);
        self.levels.truncate(level);
        let hidden = self.is_hidden(at);
        self.levels.resize(level + 1, if hidden { depth } else { depth.saturating_add(1) });
        if hidden {
            return at + 1;
        }
        let end = at + row.subtree.max(1);
        // looks at few rows: the first below that is no plumbing ends it
        let opens = (at + 1..end).any(|below| !self.is_hidden(below));
        self.shown.push(Shown { row: at, depth, opens });
        let closed = row.subtree > 1 && self.view.id(at).is_some_and(|id| self.folded.contains(&id));
        if closed { end } else { at + 1 }
    }

    fn is_hidden(&self, row: u32) -> bool {
        let plumbing = |step: &Step| step.plumbing && step.status != StepStatus::Error;
        !self.plumbing && self.view.step(row).is_some_and(plumbing)
    }
}
