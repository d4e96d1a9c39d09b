//! The screens that may lie on each other.

use crate::tui::screens::{Confirm, Diff, Handoffs, Help, Palette, Replay, Run, Runs, Search};

/// One screen of the stack, with its own selection and scroll.
#[derive(Debug)]
pub enum Screen {
    /// List of runs.
    Runs(Box<Runs>),
    /// An open run.
    Run(Box<Run>),
    /// Full-text search.
    Search(Box<Search>),
    /// Who gave the work to whom in the run below.
    Handoffs(Handoffs),
    /// The run below in the order of time.
    Replay(Box<Replay>),
    /// Two runs beside each other.
    Diff(Box<Diff>),
    /// Help over the screen below.
    Help(Help),
    /// Whether runs are really to be deleted, over the list.
    Confirm(Confirm),
    /// Commands over the screen below.
    Palette(Box<Palette>),
}

impl Screen {
    /// Whether it lies over another one, which stays in sight.
    pub const fn is_overlay(&self) -> bool {
        matches!(self, Self::Help(_) | Self::Confirm(_) | Self::Palette(_))
    }
}
