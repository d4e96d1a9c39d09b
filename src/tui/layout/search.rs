//! Where things are in the full-text search.

use ratatui::layout::Rect;

/// Places of the full-text search.
///
/// ```text
/// header
/// what is typed
/// rule with the number of hits
/// hits …
/// footer
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SearchAreas {
    /// Product, what it listens on, sums.
    pub header: Rect,
    /// What is typed.
    pub line: Rect,
    /// Rule.
    pub rule: Rect,
    /// Hits.
    pub list: Rect,
    /// Keys.
    pub footer: Rect,
}

/// Places of the full-text search.
pub fn search((width, height): (u16, u16)) -> SearchAreas {
    let line = |y: u16| Rect { x: 0, y, width, height: u16::from(y < height) };
    SearchAreas {
        header: line(0),
        line: line(1),
        rule: line(2),
        list: Rect { x: 0, y: 3, width, height: height.saturating_sub(4) },
        footer: line(height.saturating_sub(1)),
    }
}
