//! Where things are in a replay.

use ratatui::layout::Rect;

use super::{Border, Room, WIDE};

/// Places of a replay.
///
/// ```text
/// title with totals
/// how far it is
/// ─ Replay ───────────┬─ who is in charge ──
/// steps so far …      │ figures
/// ━━ here ━━━━━━━━━━━ │
/// steps to come …     │ conversation …
/// footer
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReplayAreas {
    /// The run and its totals.
    pub title: Rect,
    /// How far it is, over the time of the run.
    pub bar: Rect,
    /// Rule over the steps.
    pub rule: Rect,
    /// Steps.
    pub list: Rect,
    /// Line between steps and state, where they lie side by side.
    pub divider: Option<Rect>,
    /// Rule over the state.
    pub state_rule: Rect,
    /// Its figures.
    pub figures: Rect,
    /// What was said.
    pub document: Rect,
    /// Keys.
    pub footer: Rect,
}

/// Places of a replay: the state beside the steps, or below them where it is narrow.
pub fn replay(room: Room) -> ReplayAreas {
    let Room { size: (width, height), sizes } = room;
    let line = |y: u16| Rect { x: 0, y, width, height: u16::from(y < height) };
    let mut areas = ReplayAreas {
        title: line(0),
        bar: line(1),
        rule: line(2),
        footer: line(height.saturating_sub(1)),
        ..ReplayAreas::default()
    };
    let body = Rect { x: 0, y: 3, width, height: height.saturating_sub(4) };
    if width >= WIDE {
        // a step's line needs its name and two figures, a conversation lines that can be read
        let usual = width - (width * 2 / 5).clamp(46, 96) - 1;
        let left = width - 1 - sizes.of(Border::State, usual, 30, width - 1, 40);
        areas.list = Rect { width: left, ..body };
        areas.divider = Some(Rect { x: left, width: 1, ..body });
        areas.state_rule = Rect { x: left, width: width - left, ..areas.rule };
        areas.rule.width = left;
        state(&mut areas, Rect { x: left + 1, width: width - left - 1, ..body });
    } else {
        let upper = (body.height * 2 / 5).max(1).min(body.height);
        let whole = body.height.saturating_sub(1);
        let usual = (body.height - upper).saturating_sub(1);
        let below = (1 + sizes.of(Border::StateBelow, usual, 3, whole, 3)).min(body.height);
        areas.list = Rect { height: body.height - below, ..body };
        areas.state_rule = Rect { y: areas.list.bottom(), height: below.min(1), ..body };
        let y = areas.state_rule.bottom();
        state(&mut areas, Rect { y, height: below.saturating_sub(1), ..body });
    }
    areas
}

/// Figures take what leaves the conversation most of the room.
fn state(areas: &mut ReplayAreas, area: Rect) {
    let (rows, gap) = match area.height {
        0..5 => (1, 0),
        5..9 => (2, 0),
        9..14 => (3, 0),
        14..20 => (6, 0),
        _ => (6, 1),
    };
    areas.figures = Rect { height: area.height.min(rows), ..area };
    let above = (areas.figures.height + gap).min(area.height);
    areas.document = Rect { y: area.y + above, height: area.height - above, ..area };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_and_state_fill_the_screen() {
        for width in [0, 60, 80, 99, 100, 120, 250] {
            for height in [0, 4, 12, 15, 24, 36, 70] {
                let areas = replay(Room::new((width, height)));
                let all = [areas.list, areas.state_rule, areas.figures, areas.document, areas.footer];
                assert!(
                    all.iter().all(|area| area.right() <= width && area.bottom() <= height.max(3)),
                    "{areas:?}"
                );
                if height >= 12 && width >= 60 {
                    assert!(areas.list.height >= 3 && areas.document.height >= 3, "{areas:?}");
                    assert_eq!(areas.document.bottom(), areas.footer.y);
                    let end = if areas.divider.is_some() { areas.footer.y } else { areas.state_rule.y };
                    assert_eq!(areas.list.bottom(), end);
                }
            }
        }
    }
}
