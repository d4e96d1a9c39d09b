//! Places of the command palette.

use ratatui::layout::Rect;

/// Places of the command palette: a box in the upper part of the screen, as high however much is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PaletteAreas {
    /// The box.
    pub frame: Rect,
    /// What is typed.
    pub line: Rect,
    /// Rule below it; empty where rows are few.
    pub rule: Rect,
    /// What was found.
    pub list: Rect,
}

/// Widest box: help and name beside each other.
const WIDEST: u16 = 108;
/// Highest box: more rows than that are not read but searched.
const HIGHEST: u16 = 26;
/// Rows from which on a rule stands below what is typed.
const AIRY: u16 = 14;

/// Places of the command palette.
pub fn palette((width, height): (u16, u16)) -> PaletteAreas {
    let (w, h) = (width.saturating_sub(4).min(WIDEST), (height * 3 / 4).max(10).min(height).min(HIGHEST));
    let frame = Rect { x: (width - w) / 2, y: (height - h) / 3, width: w, height: h };
    let inner =
        Rect { x: frame.x + 1, width: w.saturating_sub(2), y: frame.y + 1, height: h.saturating_sub(2) };
    let line = Rect { height: inner.height.min(1), ..inner };
    let rule = Rect { y: line.bottom(), height: u16::from(h >= AIRY), ..inner };
    let above = line.height + rule.height;
    let list = Rect { y: inner.y + above, height: inner.height.saturating_sub(above), ..inner };
    PaletteAreas { frame, line, rule, list }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_box_stays_in_the_screen_and_has_room_for_rows() {
        for size in [(60, 12), (80, 24), (120, 36), (250, 70)] {
            let areas = palette(size);
            assert!(areas.frame.right() <= size.0 && areas.frame.bottom() <= size.1, "{areas:?}");
            assert!(areas.list.height >= 6 && areas.list.bottom() == areas.frame.bottom() - 1, "{areas:?}");
        }
        palette((0, 0));
        palette((3, 2));
    }
}
