//! What was flagged in an open run, as a list to walk along: selection by finding, the step that the walk is at.

use crate::tui::backend::RunView;
use crate::tui::marks::{FindingId, Flagged};
use crate::tui::scroll::{moved, reveal};

/// Rows that a finding takes: what, and where. The one under the cursor has more where its message is long.
pub(super) const ROWS: usize = 2;

/// State of the list.
#[derive(Debug, Default)]
pub struct FindingsPane {
    /// Finding under the cursor.
    pub selected: Option<FindingId>,
    /// Its place in the list.
    pub at: usize,
    /// First finding in the window.
    pub top: usize,
    /// The member that the walk is at, as [`Flagged::members`] counts.
    pub member: Option<usize>,
    /// Rows that the message under the cursor takes beyond its first.
    more: usize,
    /// Rows that the longest message takes beyond its first.
    pub most: usize,
}

impl FindingsPane {
    /// Fits the list to a run that changed: the cursor stays on its finding, a walk on its step.
    pub fn refresh(&mut self, view: &RunView) {
        let after = self.selected.and_then(|id| view.marks.position(id));
        match after {
            Some(after) => self.at = after,
            None => self.select(self.at, view),
        }
    }

    /// Puts the cursor on a finding.
    pub fn select(&mut self, at: usize, view: &RunView) {
        let at = at.min(view.marks.flagged.len().saturating_sub(1));
        let found = view.marks.flagged.get(at).map(|flagged| FindingId::of(&flagged.finding));
        if found != self.selected {
            self.member = None;
        }
        (self.at, self.selected) = (at, found);
    }

    /// Moves the cursor.
    pub fn step(&mut self, step: isize, view: &RunView) {
        self.select(moved(self.at, step, view.marks.flagged.len()), view);
    }

    /// The finding under the cursor.
    pub fn flagged<'a>(&self, view: &'a RunView) -> Option<&'a Flagged> {
        view.marks.flagged.get(self.at)
    }

    /// Goes to the next (or previous) step of the finding: its row. From the last on to the first, as one who has seen
    /// all looks again.
    pub fn walk(&mut self, view: &RunView, forward: bool) -> Option<u32> {
        let members = &self.flagged(view)?.members;
        let last = members.len().checked_sub(1)?;
        let next = match (self.member, forward) {
            (None, true) => 0,
            (None, false) => last,
            (Some(at), true) => {
                if at >= last {
                    0
                } else {
                    at + 1
                }
            }
            (Some(at), false) => at.checked_sub(1).unwrap_or(last),
        };
        self.member = Some(next);
        members.get(next).map(|member| member.row)
    }

    /// Brings the cursor into a window of this height; the message there takes `rows`, as far as there is room.
    pub fn fit(&mut self, height: usize, rows: usize, len: usize) {
        self.more = rows.saturating_sub(1).min(height.saturating_sub(ROWS));
        self.top = reveal(self.top, self.at, (height - self.more) / ROWS, len);
    }

    /// Rows that a finding takes.
    pub const fn rows_of(&self, at: usize) -> usize {
        ROWS + if at == self.at { self.more } else { 0 }
    }

    /// The finding at a row of the window.
    pub const fn at_row(&self, row: usize) -> usize {
        let here = self.at.saturating_sub(self.top) * ROWS;
        match row {
            _ if row < here => self.top + row / ROWS,
            _ if row < here + ROWS + self.more => self.at,
            _ => self.top + (row - self.more) / ROWS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_the_window_are_of_the_finding_that_is_drawn_there() {
        let mut pane = FindingsPane { at: 1, ..FindingsPane::default() };
        pane.fit(8, 3, 9);
        let rows: Vec<usize> = (0..8).map(|row| pane.at_row(row)).collect();
        assert_eq!(rows, [0, 0, 1, 1, 1, 1, 2, 2]);
        pane.fit(3, 3, 9);
        assert_eq!((pane.top, pane.rows_of(1), pane.at_row(2)), (1, 3, 1), "as much as there is room for");
    }
}
