//! Where things are with two runs beside each other.

use ratatui::layout::Rect;

use super::{Border, Room, WIDE};

/// Places of two runs beside each other.
///
/// ```text
/// run A               run B           (one below the other where it is narrow)
/// ─ the same so far ──────── difference 1 of 5
/// rows …
/// ─ why ──────────────────────────────────────
/// what is said of the difference …
/// what both took up to here, and from the fork on
/// footer
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DiffAreas {
    /// Each run and its totals.
    pub titles: [Rect; 2],
    /// Rule over the rows.
    pub rule: Rect,
    /// Rows; empty where what is said has the whole screen.
    pub rows: Rect,
    /// Whether the two sides of a row stand one below the other.
    pub stacked: bool,
    /// Rule over what is said.
    pub why_rule: Rect,
    /// What is said; empty where there is no room for it.
    pub why: Rect,
    /// Sums.
    pub figures: Rect,
    /// Keys.
    pub footer: Rect,
}

/// Places of two runs beside each other, of whose rows there are `needed`; `zoom` gives what is said the whole screen.
pub fn diff(room: Room, needed: usize, zoom: bool) -> DiffAreas {
    let Room { size: (width, height), sizes } = room;
    let stacked = width < WIDE;
    let half = width / 2;
    let line = |y: u16, rows: u16| Rect { x: 0, y, width, height: rows.min(height.saturating_sub(y)) };
    let titles = if stacked {
        [line(0, 1), line(1, 1)]
    } else {
        let first = line(0, 1);
        [Rect { width: half, ..first }, Rect { x: half + 1, width: width - half - 1, ..first }]
    };
    let rule = 1 + u16::from(stacked);
    let sums = if height >= 20 { 2 } else { u16::from(height >= 14) };
    let footer = height.saturating_sub(1);
    let body = line(rule + 1, footer.saturating_sub(sums + rule + 1));
    // the eye needs rows around the fork, then the first sentences of the reason
    let said = match body.height {
        _ if zoom => body.height,
        0..7 => 0,
        rows => {
            let needed = u16::try_from(needed).unwrap_or(u16::MAX).saturating_add(1);
            let usual = (rows * 2 / 5).clamp(4, 16).max(rows.saturating_sub(needed.max(rows / 3)));
            1 + sizes.of(Border::Why, usual - 1, 2, rows - 1, 3)
        }
    };
    let rows = Rect { height: body.height - said, ..body };
    let why_rule = Rect { y: rows.bottom(), height: said.min(1), ..body };
    DiffAreas {
        titles,
        rule: line(rule, 1),
        rows,
        stacked,
        why_rule,
        why: Rect { y: why_rule.bottom(), height: said.saturating_sub(1), ..body },
        figures: line(body.bottom(), sums),
        footer: line(footer, 1),
    }
}
