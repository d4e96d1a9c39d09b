//! A run laid out in time, once for each choice of what is shown of it.

use std::sync::{Arc, OnceLock};

use crate::tui::timeline::Timeline;

use super::RunView;

/// Which rows of a run are shown, whatever is folded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lens {
    /// Whether plumbing is.
    pub plumbing: bool,
    /// Whether nothing but members of findings is, and what is above them.
    pub only_flagged: bool,
}

impl Lens {
    /// Whether a row is left out: plumbing, or what nothing was flagged in where that alone is wanted.
    pub fn hides(self, view: &RunView, row: u32) -> bool {
        if self.only_flagged {
            let subtree = row..row + view.tree.rows.get(row as usize).map_or(1, |row| row.subtree);
            return !view.marks.any_in(&subtree);
        }
        !self.plumbing && view.is_quiet(row)
    }

    const fn number(self) -> usize {
        self.plumbing as usize + 2 * self.only_flagged as usize
    }
}

/// The layouts that were made so far, by [`Lens::number`].
#[derive(Debug, Default)]
pub(super) struct Layouts([OnceLock<Arc<Timeline>>; 4]);

impl RunView {
    /// Whether a row is folded away as plumbing, what it made of a failure with it.
    pub fn is_quiet(&self, row: u32) -> bool {
        self.plumbing.get(row as usize) == Some(&true)
    }

    /// Rows that are laid out where they are needed: a millisecond's work. 100 000 take up to a tenth of a second.
    const QUICK: usize = 2000;

    /// The run laid out in time. Goes through all steps the first time: for loader threads, as far as
    /// [`Self::laid_out`] has none.
    pub fn timeline(&self, lens: Lens) -> &Arc<Timeline> {
        let make = || Arc::new(Timeline::of(self, |row| lens.hides(self, row)));
        self.layouts.0[lens.number()].get_or_init(make)
    }

    /// The same where it is there already or made in no time; of a long run `None` until a loader has made it.
    pub fn laid_out(&self, lens: Lens) -> Option<&Arc<Timeline>> {
        let is_quick = self.tree.rows.len() <= Self::QUICK;
        if is_quick { Some(self.timeline(lens)) } else { self.layouts.0[lens.number()].get() }
    }
}
