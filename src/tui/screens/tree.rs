//! The tree of an open run as rows that can be seen: folds, plumbing, selection by span, follow.

use std::collections::HashSet;

use crate::analyze::tree::Row;
use crate::model::StepStatus;
use crate::tui::backend::{RowId, RunView};
use crate::tui::scroll::{keep_in_place, moved, reveal};

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
pub struct TreePane {
    /// Rows whose children are folded away.
    pub folded: HashSet<RowId>,
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
}

impl TreePane {
    /// Fits the rows to a tree or folds that changed; the cursor stays on its step and the step on its row.
    pub fn refresh(&mut self, view: &RunView, height: usize) {
        self.shown = flatten(view, &self.folded, self.plumbing);
        if self.follow {
            self.select(self.newest(view), view);
        } else {
            let after = self.selected.and_then(|id| self.nearest(view, id)).unwrap_or(self.at);
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
        match self.here() {
            Some(here) if here.opens && !self.is_folded(view, here) => self.set_folded(view, here, true),
            Some(here) => {
                let parent = (0..self.at).rev().find(|&at| self.shown[at].depth < here.depth);
                self.follow = false;
                self.select(parent.unwrap_or(self.at), view);
            }
            None => {}
        }
    }

    /// Unfolds, or goes to the first child.
    pub fn unfold(&mut self, view: &RunView) {
        match self.here() {
            Some(here) if here.opens && self.is_folded(view, here) => self.set_folded(view, here, false),
            Some(here) if here.opens => self.step(1, view),
            _ => {}
        }
    }

    /// Folds or unfolds.
    pub fn toggle(&mut self, view: &RunView) {
        if let Some(here) = self.here().filter(|here| here.opens) {
            let folded = self.is_folded(view, here);
            self.set_folded(view, here, !folded);
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
        let failed = |row: &u32| view.step(*row).is_some_and(|step| step.status == StepStatus::Error);
        let len = u32::try_from(view.tree.rows.len()).unwrap_or(u32::MAX);
        let found = if forward { (from + 1..len).find(failed) } else { (0..from).rev().find(failed) };
        if let Some(row) = found {
            self.reveal_row(view, row);
        }
        found.is_some()
    }

    fn reveal_row(&mut self, view: &RunView, row: u32) {
        let mut above = view.tree.rows[row as usize].parent;
        while let Some(parent) = above {
            view.id(parent).map(|id| self.folded.remove(&id));
            above = view.tree.rows[parent as usize].parent;
        }
        self.follow = false;
        self.selected = view.id(row);
    }

    fn here(&self) -> Option<Shown> {
        self.shown.get(self.at).copied()
    }

    fn set_folded(&mut self, view: &RunView, shown: Shown, folded: bool) {
        if let Some(id) = view.id(shown.row) {
            if folded {
                self.folded.insert(id)
            } else {
                self.folded.remove(&id)
            };
        }
    }

    /// Place of the row of this name, or of the nearest above it that can be seen.
    fn nearest(&self, view: &RunView, id: RowId) -> Option<usize> {
        let mut row = view.row(id);
        while let Some(at) = row {
            if let Ok(place) = self.shown.binary_search_by_key(&at, |shown| shown.row) {
                return Some(place);
            }
            row = view.tree.rows[at as usize].parent;
        }
        None
    }

    /// Place of the step that began last.
    fn newest(&self, view: &RunView) -> usize {
        let start = |shown: &Shown| view.step(shown.row).map_or(0, |step| step.start);
        (0..).zip(&self.shown).max_by_key(|(_, shown)| start(shown)).map_or(0, |(at, _)| at)
    }
}

/// Rows that can be seen: nothing under a fold, no plumbing unless asked for or failed. Children of hidden plumbing
/// move up to its place. A run of nothing but plumbing shows it.
fn flatten(view: &RunView, folded: &HashSet<RowId>, plumbing: bool) -> Vec<Shown> {
    let shown = flatten_with(view, folded, plumbing);
    if shown.is_empty() && !plumbing { flatten_with(view, folded, true) } else { shown }
}

fn flatten_with(view: &RunView, folded: &HashSet<RowId>, plumbing: bool) -> Vec<Shown> {
    let rows = &view.tree.rows;
    let mut shown = Vec::with_capacity(rows.len());
    // depth at which the children of the last row of each level are shown
    let mut levels: Vec<u16> = Vec::new();
    let mut at = 0_u32;
    while let Some(row) = rows.get(at as usize) {
        let level = usize::from(row.depth);
        let depth = level.checked_sub(1).and_then(|above| levels.get(above).copied()).unwrap_or(0);
        levels.truncate(level);
        let hidden = !plumbing && is_plumbing(view, at);
        levels.resize(level + 1, if hidden { depth } else { depth + 1 });
        let mut next = at + 1;
        if !hidden {
            let closed = row.subtree > 1 && view.id(at).is_some_and(|id| folded.contains(&id));
            let opens = has_seen_child(view, at, row, plumbing);
            shown.push(Shown { row: at, depth, opens });
            if closed {
                next = at + row.subtree.max(1);
            }
        }
        at = next;
    }
    shown
}

/// Whether anything below `row` could be seen. Looks at few rows: the first below that is no plumbing ends it.
fn has_seen_child(view: &RunView, at: u32, row: &Row, plumbing: bool) -> bool {
    (at + 1..at + row.subtree).any(|below| plumbing || !is_plumbing(view, below))
}

fn is_plumbing(view: &RunView, row: u32) -> bool {
    view.step(row).is_some_and(|step| step.plumbing && step.status != StepStatus::Error)
}
