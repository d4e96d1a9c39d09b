//! Help over any screen.

use crate::tui::keys::Context;

/// Help for the contexts of the screen below.
#[derive(Debug)]
pub struct Help {
    /// What it explains.
    pub chain: &'static [Context],
    /// First line in the window.
    pub top: usize,
}
