//! Where things are: pure functions of the terminal's size, shared by drawing, scrolling and the mouse.

use ratatui::layout::Rect;

/// From this width on tree and detail lie side by side.
pub const WIDE: u16 = 100;

/// From this height on a narrow terminal shows the detail under the tree.
const TALL: u16 = 36;

/// From this height on a pane has a row to spare between a step's figures and its document.
const AIRY: u16 = 18;

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
pub fn runs((width, height): (u16, u16), banner: bool) -> RunsAreas {
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
        preview_beside(&mut areas);
    } else if height >= PREVIEW_BELOW {
        preview_below(&mut areas);
    }
    areas
}

fn preview_beside(areas: &mut RunsAreas) {
    let all = Rect { y: areas.columns.y, height: areas.list.height + 1, ..areas.list };
    // figures need 44 columns; more than 72 are better spent on tasks
    let wide = (all.width * 28 / 100).clamp(44, 72);
    let left = all.width - wide - 1;
    (areas.columns.width, areas.list.width) = (left, left);
    areas.preview = Some(PreviewAreas {
        rule: Rect { x: left, width: wide + 1, height: 1, ..all },
        divider: Some(Rect { x: left, y: all.y + 1, width: 1, height: all.height - 1 }),
        body: Rect { x: left + 1, y: all.y + 1, width: wide, height: all.height - 1 },
    });
}

fn preview_below(areas: &mut RunsAreas) {
    let high = areas.list.height * 2 / 5;
    areas.list.height -= high;
    let rule = Rect { y: areas.list.bottom(), height: 1, ..areas.list };
    let body = Rect { y: rule.y + 1, height: high - 1, ..areas.list };
    areas.preview = Some(PreviewAreas { rule, divider: None, body });
}

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

/// Places of an open run.
///
/// ```text
/// title with totals
/// ─ Steps ────────────┬─ step ──────────
/// tree …              │ figures
///                     │ document …
/// footer
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunAreas {
    /// The run and its totals.
    pub title: Rect,
    /// Rule over the tree, or over the detail where it stands alone.
    pub rule: Rect,
    /// Tree.
    pub tree: Option<Rect>,
    /// Detail, and the rule over it where that is another than [`Self::rule`].
    pub detail: Option<DetailAreas>,
    /// Keys.
    pub footer: Rect,
}

/// Places of the detail pane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DetailAreas {
    /// Rule with the step's name.
    pub rule: Rect,
    /// Line between tree and detail, where they lie side by side.
    pub divider: Option<Rect>,
    /// Its figures.
    pub figures: Rect,
    /// Its document.
    pub document: Rect,
}

/// Places of an open run: which panes there are follows from size, focus and zoom.
pub fn run((width, height): (u16, u16), detail_listens: bool, zoom: bool) -> RunAreas {
    let line = |y: u16| Rect { x: 0, y, width, height: u16::from(y < height) };
    let body = Rect { x: 0, y: 2, width, height: height.saturating_sub(3) };
    let mut areas = RunAreas {
        title: line(0),
        rule: line(1),
        footer: line(height.saturating_sub(1)),
        ..RunAreas::default()
    };
    if !zoom && width >= WIDE {
        side_by_side(&mut areas, body);
    } else if !zoom && height >= TALL {
        stacked(&mut areas, body);
    } else if zoom || detail_listens {
        areas.detail = Some(detail_in(areas.rule, None, body));
    } else {
        areas.tree = Some(body);
    }
    areas
}

fn side_by_side(areas: &mut RunAreas, body: Rect) {
    // the tree needs its figures, the detail lines that can be read: at most a hundred columns of text
    let detail = (body.width * 2 / 5).clamp(42, 100);
    let tree = Rect { width: body.width - detail - 1, ..body };
    let divider = Rect { x: tree.width, y: body.y, width: 1, height: body.height };
    let inner = Rect { x: tree.width + 1, width: detail, ..body };
    let rule = Rect { x: tree.width, width: detail + 1, ..areas.rule };
    areas.rule.width = tree.width;
    areas.tree = Some(tree);
    areas.detail = Some(detail_in(rule, Some(divider), inner));
}

fn stacked(areas: &mut RunAreas, body: Rect) {
    let upper = body.height / 2;
    areas.tree = Some(Rect { height: upper, ..body });
    let rule = Rect { y: body.y + upper, height: 1, ..body };
    let below = Rect { y: rule.y + 1, height: body.height - upper - 1, ..body };
    areas.detail = Some(detail_in(rule, None, below));
}

fn detail_in(rule: Rect, divider: Option<Rect>, area: Rect) -> DetailAreas {
    // two rows where there is room: a model call has more figures than a narrow pane has columns
    let rows = if area.height >= 12 { 2 } else { 1 };
    let figures = Rect { height: area.height.min(rows), ..area };
    let above = figures.height + u16::from(area.height >= AIRY);
    let document = Rect { y: area.y + above, height: area.height - above, ..area };
    DetailAreas { rule, divider, figures, document }
}

/// Columns of text in a document's pane: one column of margin at the left for the cursor, one at the right.
pub fn text_columns(document: Rect) -> usize {
    usize::from(document.width.saturating_sub(3))
}

/// Box of the help, in the middle.
pub fn help((width, height): (u16, u16)) -> Rect {
    let (w, h) = (width.saturating_sub(4).min(84), height.saturating_sub(2).min(44));
    Rect { x: (width - w) / 2, y: (height - h) / 2, width: w, height: h }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panes_fill_the_screen_and_never_leave_it() {
        for width in [60, 80, 99, 100, 120, 250] {
            for height in [12, 24, 40, 70] {
                for (listens, zoom) in [(false, false), (true, false), (true, true)] {
                    let areas = run((width, height), listens, zoom);
                    let panes = [areas.tree, areas.detail.map(|d| d.document)];
                    assert!(panes.iter().flatten().all(|p| p.right() <= width && p.bottom() < height));
                    assert!(panes.iter().any(Option::is_some));
                    assert_eq!(areas.footer.y, height - 1);
                }
                let areas = runs((width, height), true);
                let below = areas.preview.filter(|preview| preview.divider.is_none());
                let end = below.map_or(areas.list, |preview| preview.body);
                let end = areas.spark.unwrap_or(end).bottom();
                assert_eq!((areas.list.y, end), (3, height - 3));
                let beside = areas.preview.filter(|preview| preview.divider.is_some());
                assert_eq!(beside.map_or(areas.list.right(), |preview| preview.body.right()), width);
            }
        }
    }

    #[test]
    fn a_tiny_terminal_is_no_reason_to_fail() {
        for size in [(0, 0), (1, 1), (3, 4)] {
            runs(size, true);
            search(size);
            run(size, true, false);
            help(size);
        }
    }
}
