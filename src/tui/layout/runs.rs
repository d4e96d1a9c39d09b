//! Where things are in the list of runs.

use ratatui::layout::Rect;

use super::{Border, Room, Sizes};

/// Places of the list of runs.
///
/// ```text
/// header
/// banner, while the store is in trouble
/// names of the columns
/// list …
/// rule, or the filter while there is one
/// what the selected run's flags mean
/// footer
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunsAreas {
    /// Product, what it listens on, sums.
    pub header: Rect,
    /// Why the store cannot write.
    pub banner: Option<Rect>,
    /// Names of the columns.
    pub columns: Rect,
    /// Rows.
    pub list: Rect,
    /// Money over time, where there is room.
    pub spark: Option<Rect>,
    /// Rule with the filter.
    pub rule: Rect,
    /// The selected run in words.
    pub explain: Rect,
    /// Keys.
    pub footer: Rect,
    /// The run under the cursor at a glance, where there is room.
    pub preview: Option<PreviewAreas>,
}

/// Places of the preview.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PreviewAreas {
    /// Rule with the run's name.
    pub rule: Rect,
    /// Line between list and preview, where they lie side by side.
    pub divider: Option<Rect>,
    /// Its figures and its shape.
    pub body: Rect,
}

/// From this height on a row tells money over time.
const SPARK: u16 = 20;

/// From this width on the preview lies beside the list; below it, under the list from [`PREVIEW_BELOW`] rows on.
const PREVIEW_BESIDE: u16 = 140;

/// See [`PREVIEW_BESIDE`].
const PREVIEW_BELOW: u16 = 40;

/// Places of the list of runs.
pub fn runs(room: Room, banner: bool) -> RunsAreas {
    let (width, height) = room.size;
    let line = |y: u16| Rect { x: 0, y, width, height: u16::from(y < height) };
    let first = 1 + u16::from(banner);
    let below = height.saturating_sub(3).max(first + 1);
    let mut areas = RunsAreas {
        header: line(0),
        banner: banner.then(|| line(1)),
        columns: line(first),
        list: Rect { x: 0, y: first + 1, width, height: below - first - 1 },
        rule: line(below),
        explain: line(below + 1),
        footer: line(below + 2),
        preview: None,
        spark: None,
    };
    if height >= SPARK {
        areas.list.height -= 1;
        areas.spark = Some(line(below - 1));
    }
    if width >= PREVIEW_BESIDE {
        preview_beside(&mut areas, room.sizes);
    } else if height >= PREVIEW_BELOW {
        preview_below(&mut areas, room.sizes);
    }
    areas
}

fn preview_beside(areas: &mut RunsAreas, sizes: Sizes) {
    let all = Rect { y: areas.columns.y, height: areas.list.height + 1, ..areas.list };
    // the shape needs 40 columns; more than 72 are better spent on tasks
    let usual = (all.width * 26 / 100).clamp(40, 72);
    let wide = sizes.of(Border::Preview, usual, 30, all.width - 1, 70);
    let left = all.width - wide - 1;
    (areas.columns.width, areas.list.width) = (left, left);
    areas.preview = Some(PreviewAreas {
        rule: Rect { x: left, width: wide + 1, height: 1, ..all },
        divider: Some(Rect { x: left, y: all.y + 1, width: 1, height: all.height - 1 }),
        body: Rect { x: left + 1, y: all.y + 1, width: wide, height: all.height - 1 },
    });
}

fn preview_below(areas: &mut RunsAreas, sizes: Sizes) {
    let whole = areas.list.height;
    let high = 1 + sizes.of(Border::PreviewBelow, (whole * 2 / 5).saturating_sub(1), 3, whole - 1, 5);
    areas.list.height -= high;
    let rule = Rect { y: areas.list.bottom(), height: 1, ..areas.list };
    let body = Rect { y: rule.y + 1, height: high - 1, ..areas.list };
    areas.preview = Some(PreviewAreas { rule, divider: None, body });
}
