//! What the mouse is in the middle of.

use crate::model::UnixNanos;
use crate::tui::layout::Border;

/// What the mouse did last, as far as it matters for what it does next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mouse {
    /// Whether it was given back to the terminal, to select text.
    pub given_back: bool,
    /// The border that is dragged.
    pub drags: Option<Border>,
    /// When and where it was pressed last.
    pub pressed: Option<(UnixNanos, (u16, u16))>,
}
