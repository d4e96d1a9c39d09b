//! Where things are in an open run.

use ratatui::layout::Rect;

use super::{Border, Room, Sizes, WIDE};

/// From this height on a narrow terminal shows the detail under the tree.
const TALL: u16 = 30;

/// From this height on a pane has a row to spare between a step's figures and its document.
const AIRY: u16 = 18;

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
    /// What was flagged, with the rule over it.
    pub findings: Option<FindingsAreas>,
    /// Keys.
    pub footer: Rect,
}

/// Places of what was flagged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FindingsAreas {
    /// Rule over it.
    pub rule: Rect,
    /// Rows.
    pub list: Rect,
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

/// Places of an open run: which panes there are follows from size, focus and zoom. Findings have their rows below, no more
/// than two fifths of the screen where that is enough for one.
pub fn run(room: Room, detail_listens: bool, zoom: bool, findings: usize) -> RunAreas {
    let Room { size: (width, height), sizes } = room;
    let line = |y: u16| Rect { x: 0, y, width, height: u16::from(y < height) };
    let mut body = Rect { x: 0, y: 2, width, height: height.saturating_sub(3) };
    let mut areas = RunAreas {
        title: line(0),
        rule: line(1),
        footer: line(height.saturating_sub(1)),
        ..RunAreas::default()
    };
    if findings > 0 && !zoom {
        areas.findings = Some(cut_findings(&mut body, findings, sizes));
    }
    if !zoom && width >= WIDE {
        side_by_side(&mut areas, body, sizes);
    } else if !zoom && body.height + 3 >= TALL {
        stacked(&mut areas, body, sizes);
    } else if zoom || detail_listens {
        areas.detail = Some(detail_in(areas.rule, None, body));
    } else {
        areas.tree = Some(body);
    }
    areas
}

/// Takes the rows of the findings, an odd number with their rule, from the end of the body.
fn cut_findings(body: &mut Rect, rows: usize, sizes: Sizes) -> FindingsAreas {
    // on a low screen enough for a message of two rows
    let most = (body.height * 2 / 5).max(if body.height >= 9 { 5 } else { 3 });
    let wanted = u16::try_from(rows).unwrap_or(u16::MAX).saturating_add(1);
    let usual = wanted.min(most - (most + 1) % 2).saturating_sub(1);
    let height =
        (1 + sizes.of(Border::Findings, usual, 2, body.height.saturating_sub(1), 4)).min(body.height);
    body.height -= height;
    let rule = Rect { y: body.bottom(), height: height.min(1), ..*body };
    FindingsAreas { rule, list: Rect { y: rule.bottom(), height: height - rule.height, ..*body } }
}

fn side_by_side(areas: &mut RunAreas, body: Rect, sizes: Sizes) {
    // the tree needs its figures, the detail lines that can be read: at most a hundred columns of text
    let usual = (body.width * 2 / 5).clamp(42, 100);
    let detail = sizes.of(Border::Detail, usual, 30, body.width - 1, 40);
    let tree = Rect { width: body.width - detail - 1, ..body };
    let divider = Rect { x: tree.width, y: body.y, width: 1, height: body.height };
    let inner = Rect { x: tree.width + 1, width: detail, ..body };
    let rule = Rect { x: tree.width, width: detail + 1, ..areas.rule };
    areas.rule.width = tree.width;
    areas.tree = Some(tree);
    areas.detail = Some(detail_in(rule, Some(divider), inner));
}

fn stacked(areas: &mut RunAreas, body: Rect, sizes: Sizes) {
    let whole = body.height - 1;
    let lower = sizes.of(Border::DetailBelow, whole - body.height / 2, 5, whole, 4);
    let upper = whole - lower;
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
