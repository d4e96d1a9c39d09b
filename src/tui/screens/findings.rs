//! What was flagged in an open run, as a list to walk along: selection by finding, the step that the walk is at.

use crate::tui::backend::RunView;
use crate::tui::marks::{FindingId, Flagged};
use crate::tui::scroll::{moved, reveal};

/// Rows that a finding takes: what, and where.
pub const ROWS: usize = 2;

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

    /// Brings the cursor into a window of this height.
    pub fn fit(&mut self, height: usize, len: usize) {
        self.top = reveal(self.top, self.at, height / ROWS, len);
    }
}
