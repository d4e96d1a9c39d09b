//! Where things are: pure functions of the terminal's size, shared by drawing, scrolling and the mouse. One file a screen.

mod diff;
mod handoffs;
mod palette;
mod replay;
mod run;
mod runs;
mod search;
mod sizes;

pub use diff::{DiffAreas, diff};
pub use handoffs::{HandoffAreas, handoffs};
pub use palette::{PaletteAreas, palette};
pub use replay::{ReplayAreas, replay};
pub use run::{DetailAreas, FindingsAreas, RunAreas, run};
pub use runs::{PreviewAreas, RunsAreas, runs};
pub use search::{SearchAreas, search};
pub use sizes::{Border, Sizes};

use ratatui::layout::Rect;

/// What there is to divide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// What people made of the panes.
    pub sizes: Sizes,
}

impl Room {
    /// A terminal of this size on which nobody dragged a border.
    pub const fn new(size: (u16, u16)) -> Self {
        Self { size, sizes: Sizes::NONE }
    }
}

/// From this width on tree and detail lie side by side.
pub const WIDE: u16 = 100;

/// Columns of text in a document's pane: one column of margin at the left for the cursor, one at the right.
pub fn text_columns(document: Rect) -> usize {
    usize::from(document.width.saturating_sub(3))
}

/// Columns of text that the help's box of this width has: each needs room for keys and a phrase.
pub const fn help_columns(width: u16) -> u16 {
    match width {
        0..112 => 1,
        112..172 => 2,
        _ => 3,
    }
}

/// Box of the help, in the middle.
pub fn help((width, height): (u16, u16)) -> Rect {
    let widest = if width < 116 { 88 } else { 216 };
    let (w, h) = (width.saturating_sub(4).min(widest), height.saturating_sub(2).min(56));
    Rect { x: (width - w) / 2, y: (height - h) / 2, width: w, height: h }
}

/// Box of a question of so many lines, in the middle.
pub fn confirm((width, height): (u16, u16), lines: usize) -> Rect {
    let lines = u16::try_from(lines).unwrap_or(u16::MAX);
    let (w, h) = (width.saturating_sub(4).min(70), lines.saturating_add(2).min(height));
    Rect { x: (width - w) / 2, y: (height - h) / 2, width: w, height: h }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panes_fill_the_screen_and_never_leave_it() {
        for width in [60, 80, 99, 100, 120, 250] {
            for height in [12, 24, 40, 70] {
                for (listens, zoom, rows) in [
                    (false, false, 0),
                    (true, false, 0),
                    (true, true, 4),
                    (false, false, 2),
                    (false, false, 90),
                ] {
                    let areas = run(Room::new((width, height)), listens, zoom, rows);
                    assert_eq!(areas.findings.is_some(), rows > 0 && !zoom);
                    assert!(
                        areas.findings.is_none_or(|f| f.list.height >= 2 && f.list.bottom() == height - 1)
                    );
                    let panes =
                        [areas.tree, areas.detail.map(|d| d.document), areas.findings.map(|f| f.list)];
                    assert!(panes.iter().flatten().all(|p| p.right() <= width && p.bottom() < height));
                    assert!(panes.iter().any(Option::is_some));
                    assert_eq!(areas.footer.y, height - 1);
                }
                let areas = runs(Room::new((width, height)), true);
                let below = areas.preview.filter(|preview| preview.divider.is_none());
                let end = below.map_or(areas.list, |preview| preview.body);
                let end = areas.spark.unwrap_or(end).bottom();
                assert_eq!((areas.list.y, end), (3, height - 3));
                let beside = areas.preview.filter(|preview| preview.divider.is_some());
                assert_eq!(beside.map_or(areas.list.right(), |preview| preview.body.right()), width);
                for (needed, zoom) in [(0, false), (7, false), (9999, false), (7, true)] {
                    let areas = diff(Room::new((width, height)), needed, zoom);
                    let of = [areas.rule, areas.rows, areas.why_rule, areas.why, areas.figures, areas.footer];
                    let below = |pair: &[Rect]| pair[0].bottom() == pair[1].y;
                    assert!(of.windows(2).all(below) && areas.footer.bottom() == height, "{areas:?}");
                    assert!(
                        areas.titles.iter().all(|title| title.right() <= width && title.y < areas.rule.y)
                    );
                }
            }
        }
    }

    #[test]
    fn a_tiny_terminal_is_no_reason_to_fail() {
        for size in [(0, 0), (1, 1), (3, 4)] {
            runs(Room::new(size), true);
            search(size);
            run(Room::new(size), true, false, 4);
            help(size);
            diff(Room::new(size), 9, false);
            diff(Room::new(size), 9, true);
        }
    }
}
