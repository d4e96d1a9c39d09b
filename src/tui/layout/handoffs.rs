//! Where things are in the view of handoffs.

use ratatui::layout::Rect;

use super::{Room, RunAreas, run};

/// Places of the view of handoffs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HandoffAreas {
    /// The run and its totals.
    pub title: Rect,
    /// Rule below it.
    pub rule: Rect,
    /// Map and list.
    pub body: Rect,
    /// Keys.
    pub footer: Rect,
}

/// Places of the view of handoffs.
pub fn handoffs(size: (u16, u16)) -> HandoffAreas {
    let RunAreas { title, rule, footer, .. } = run(Room::new(size), false, true, 0);
    let body = Rect { x: 0, y: 2, width: size.0, height: size.1.saturating_sub(3) };
    HandoffAreas { title, rule: Rect { width: size.0, ..rule }, body, footer }
}
