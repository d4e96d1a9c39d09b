//! Which rows of a tree can be seen: nothing under a fold, no plumbing unless asked for or failed, folded rounds as one
//! row. Children of a hidden row move up to its place.

use std::ops::Range;

use rustc_hash::FxHashSet;

use crate::tui::backend::{Lens, RowId, RunView};
use crate::tui::marks::Fold;

use super::Shown;

/// What is to be seen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    /// Rows whose children are folded away.
    pub(super) folded: &'a FxHashSet<RowId>,
    /// Rounds that are folded, by first row.
    pub(super) closed: &'a [Fold],
    /// Which rows are shown at all.
    pub(super) lens: Lens,
}

/// Rows being collected.
pub(super) struct Flattened<'a> {
    view: &'a RunView,
    wanted: Wanted<'a>,
    shown: Vec<Shown>,
    /// Depth at which the children of the last row of each level are shown.
    levels: Vec<u16>,
}

impl<'a> Flattened<'a> {
    /// All rows that can be seen, in the memory of those `before`: new memory costs more than what is written to it.
    pub(super) fn all(view: &'a RunView, wanted: Wanted<'a>, before: Vec<Shown>) -> Vec<Shown> {
        let len = u32::try_from(view.tree.rows.len()).unwrap_or(u32::MAX);
        let mut shown = before;
        shown.clear();
        shown.reserve(view.tree.rows.len());
        Self { view, wanted, shown, levels: Vec::new() }.rows(0..len)
    }

    /// Those of whole siblings and what is below them; the siblings are shown at `depth`.
    pub(super) fn part(view: &'a RunView, wanted: Wanted<'a>, rows: Range<u32>, depth: u16) -> Vec<Shown> {
        let level = view.tree.rows.get(rows.start as usize).map_or(0, |row| usize::from(row.depth));
        Self { view, wanted, shown: Vec::new(), levels: vec![depth; level] }.rows(rows)
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
        if let Some(fold) = self.fold_at(at) {
            self.shown.push(Shown { row: at, depth, opens: true, rounds: Some(fold.finding) });
            return fold.rows.end;
        }
        let hidden = self.is_hidden(at);
        self.levels.resize(level + 1, if hidden { depth } else { depth.saturating_add(1) });
        if hidden {
            return at + 1;
        }
        let end = at + row.subtree.max(1);
        // looks at few rows: the first below that is no plumbing ends it
        let opens = (at + 1..end).any(|below| !self.is_hidden(below));
        self.shown.push(Shown { row: at, depth, opens, rounds: None });
        let can_close = row.subtree > 1 && !self.wanted.folded.is_empty();
        let closed = can_close && self.view.id(at).is_some_and(|id| self.wanted.folded.contains(&id));
        if closed { end } else { at + 1 }
    }

    /// The folded rounds that begin here, the longest of several.
    fn fold_at(&self, at: u32) -> Option<&'a Fold> {
        let closed = self.wanted.closed;
        closed.get(closed.partition_point(|fold| fold.rows.start < at)).filter(|fold| fold.rows.start == at)
    }

    fn is_hidden(&self, row: u32) -> bool {
        self.wanted.lens.hides(self.view, row)
    }
}
