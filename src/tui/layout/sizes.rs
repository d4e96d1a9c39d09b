//! How people divided the screen: borders that they dragged, for as long as the interface runs.

use ratatui::layout::Rect;

use super::{DiffAreas, ReplayAreas, RunAreas, RunsAreas};

/// A border that can be dragged, named by the pane behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// Left of a step's detail.
    Detail,
    /// Above it, where it lies under the tree.
    DetailBelow,
    /// Above what was flagged in a run.
    Findings,
    /// Left of the preview of a run.
    Preview,
    /// Above it, where it lies under the list.
    PreviewBelow,
    /// Above what is said of two runs.
    Why,
    /// Left of the state of a replay.
    State,
    /// Above it, where it lies under the steps.
    StateBelow,
}

/// What people made of each pane, in columns or rows; where they did not, it is as it was designed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sizes([Option<u16>; 8]);

impl Sizes {
    /// Nobody dragged anything.
    pub const NONE: Self = Self([None; 8]);

    /// Gives the pane behind `border` so many columns or rows, as far as there is room.
    pub fn set(&mut self, border: Border, size: u16) {
        self.0[border as usize] = Some(size);
    }

    /// Columns or rows of the pane behind `border`: `usual` ones where nobody dragged it, and always at least `least`;
    /// whatever its neighbour can spare beyond `neighbour` it may have.
    pub(super) fn of(&self, border: Border, usual: u16, least: u16, whole: u16, neighbour: u16) -> u16 {
        match self.0[border as usize] {
            Some(size) => size.clamp(least, whole.saturating_sub(neighbour).max(least)).min(whole),
            None => usual,
        }
    }
}

/// What a drag to `at` makes of the pane that ends at `end`: the border itself takes one.
const fn behind(at: u16, end: u16) -> u16 {
    end.saturating_sub(at).saturating_sub(1)
}

impl RunAreas {
    /// The border at this place.
    pub fn border(&self, at: (u16, u16)) -> Option<Border> {
        let on = |area: Rect| area.contains(at.into());
        if self.findings.is_some_and(|places| on(places.rule)) {
            return Some(Border::Findings);
        }
        let detail = self.detail.filter(|_| self.tree.is_some())?;
        match detail.divider {
            Some(divider) => on(divider).then_some(Border::Detail),
            None => on(detail.rule).then_some(Border::DetailBelow),
        }
    }

    /// Columns or rows of the pane behind `border` with the border at this place.
    pub fn size_at(&self, border: Border, (x, y): (u16, u16)) -> Option<u16> {
        let detail = self.detail.map(|detail| detail.document);
        match border {
            Border::Detail => detail.map(|area| behind(x, area.right())),
            Border::DetailBelow => detail.map(|area| behind(y, area.bottom())),
            Border::Findings => self.findings.map(|places| behind(y, places.list.bottom())),
            _ => None,
        }
    }
}

impl RunsAreas {
    /// The border at this place.
    pub fn border(&self, at: (u16, u16)) -> Option<Border> {
        let preview = self.preview?;
        match preview.divider {
            Some(divider) => divider.contains(at.into()).then_some(Border::Preview),
            None => preview.rule.contains(at.into()).then_some(Border::PreviewBelow),
        }
    }

    /// Columns or rows of the pane behind `border` with the border at this place.
    pub fn size_at(&self, border: Border, (x, y): (u16, u16)) -> Option<u16> {
        let body = self.preview?.body;
        match border {
            Border::Preview => Some(behind(x, body.right())),
            Border::PreviewBelow => Some(behind(y, body.bottom())),
            _ => None,
        }
    }
}

impl DiffAreas {
    /// The border at this place.
    pub fn border(&self, at: (u16, u16)) -> Option<Border> {
        (self.rows.height > 0 && self.why_rule.contains(at.into())).then_some(Border::Why)
    }

    /// Rows of what is said with the border at this place.
    pub fn size_at(&self, border: Border, (_, y): (u16, u16)) -> Option<u16> {
        (border == Border::Why).then(|| behind(y, self.why.bottom()))
    }
}

impl ReplayAreas {
    /// The border at this place.
    pub fn border(&self, at: (u16, u16)) -> Option<Border> {
        match self.divider {
            Some(divider) => divider.contains(at.into()).then_some(Border::State),
            None => self.state_rule.contains(at.into()).then_some(Border::StateBelow),
        }
    }

    /// Columns or rows of the pane behind `border` with the border at this place.
    pub fn size_at(&self, border: Border, (x, y): (u16, u16)) -> Option<u16> {
        match border {
            Border::State => Some(behind(x, self.document.right())),
            Border::StateBelow => Some(behind(y, self.document.bottom())),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Room, diff, replay, run, runs};
    use super::*;

    const ALL: [Border; 8] = [
        Border::Detail,
        Border::DetailBelow,
        Border::Findings,
        Border::Preview,
        Border::PreviewBelow,
        Border::Why,
        Border::State,
        Border::StateBelow,
    ];

    fn dragged(size: u16) -> Sizes {
        let mut sizes = Sizes::default();
        for border in ALL {
            sizes.set(border, size);
        }
        sizes
    }

    #[test]
    fn whatever_people_drag_every_pane_keeps_a_window() {
        for size in [0, 1, 7, 33, 80, u16::MAX] {
            let sizes = dragged(size);
            for width in [60, 80, 99, 100, 140, 250] {
                for height in [12, 24, 36, 40, 70] {
                    let room = Room { size: (width, height), sizes };
                    for rows in [0, 2, 90] {
                        let areas = run(room, false, false, rows);
                        let tree = areas.tree.unwrap();
                        assert!(tree.width >= 30 && tree.height >= 3, "{width}x{height} {size} {areas:?}");
                        if let Some(detail) = areas.detail {
                            assert!(detail.document.width >= 24 && detail.document.height >= 2, "{areas:?}");
                            assert!(detail.document.right() <= width && detail.document.bottom() < height);
                        }
                        assert!(
                            areas
                                .findings
                                .is_none_or(|f| f.list.height >= 2 && f.list.bottom() == height - 1)
                        );
                    }
                    let areas = runs(room, false);
                    assert!(
                        areas.list.height >= 3 && areas.list.width >= 60,
                        "{width}x{height} {size} {areas:?}"
                    );
                    if let Some(preview) = areas.preview {
                        assert!(preview.body.height >= 2 && preview.body.right() == width, "{areas:?}");
                    }
                    let areas = diff(room, 9999, false);
                    assert!(areas.rows.height >= 3, "{width}x{height} {size} {areas:?}");
                    let areas = replay(room);
                    assert!(areas.list.height >= 3 && areas.list.width >= 40, "{size} {areas:?}");
                    assert!(areas.document.height >= 2 && areas.document.width >= 30, "{size} {areas:?}");
                    assert_eq!(areas.document.bottom(), height - 1, "{size} {areas:?}");
                }
            }
        }
    }

    #[test]
    fn a_border_that_was_dragged_is_where_the_mouse_let_go() {
        for (size, rows, from, to) in [
            ((120, 40), 0, (71, 20), (50, 3)),
            ((80, 40), 0, (9, 20), (3, 11)),
            ((120, 40), 4, (9, 34), (3, 28)),
        ] {
            let mut room = Room::new(size);
            let areas = run(room, false, false, rows);
            let border = areas.border(from).unwrap_or_else(|| panic!("{size:?} {areas:?}"));
            room.sizes.set(border, areas.size_at(border, to).unwrap());
            let areas = run(room, false, false, rows);
            assert_eq!(areas.border(to), Some(border), "{size:?} {areas:?}");
        }
        for (size, from, to) in [((200, 40), (147, 20), (120, 3)), ((100, 50), (9, 29), (3, 20))] {
            let mut room = Room::new(size);
            let areas = runs(room, false);
            let border = areas.border(from).unwrap_or_else(|| panic!("{size:?} {areas:?}"));
            room.sizes.set(border, areas.size_at(border, to).unwrap());
            assert_eq!(runs(room, false).border(to), Some(border), "{size:?}");
        }
        for (size, from, to) in [((120, 40), (48, 20), (60, 3)), ((80, 24), (9, 11), (3, 14))] {
            let mut room = Room::new(size);
            let areas = replay(room);
            let border = areas.border(from).unwrap_or_else(|| panic!("{size:?} {areas:?}"));
            room.sizes.set(border, areas.size_at(border, to).unwrap());
            assert_eq!(replay(room).border(to), Some(border), "{size:?}");
        }
        let mut room = Room::new((120, 40));
        let areas = diff(room, 9999, false);
        let border = areas.border((3, areas.why_rule.y)).unwrap();
        room.sizes.set(border, areas.size_at(border, (3, 12)).unwrap());
        assert_eq!(diff(room, 9999, false).border((3, 12)), Some(border));
    }
}
