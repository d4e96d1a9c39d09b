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
/// than two fifths of the screen.
pub fn run((width, height): (u16, u16), detail_listens: bool, zoom: bool, findings: usize) -> RunAreas {
    let line = |y: u16| Rect { x: 0, y, width, height: u16::from(y < height) };
    let mut body = Rect { x: 0, y: 2, width, height: height.saturating_sub(3) };
    let mut areas = RunAreas {
        title: line(0),
        rule: line(1),
        footer: line(height.saturating_sub(1)),
        ..RunAreas::default()
    };
    if findings > 0 && !zoom {
        areas.findings = Some(cut_findings(&mut body, findings));
    }
    if !zoom && width >= WIDE {
        side_by_side(&mut areas, body);
    } else if !zoom && body.height + 3 >= TALL {
        stacked(&mut areas, body);
    } else if zoom || detail_listens {
        areas.detail = Some(detail_in(areas.rule, None, body));
    } else {
        areas.tree = Some(body);
    }
    areas
}

/// Takes the rows of the findings, an odd number with their rule, from the end of the body.
fn cut_findings(body: &mut Rect, rows: usize) -> FindingsAreas {
    let most = (body.height * 2 / 5).max(3);
    let wanted = u16::try_from(rows).unwrap_or(u16::MAX).saturating_add(1);
    let height = wanted.min(most - (most + 1) % 2).min(body.height);
    body.height -= height;
    let rule = Rect { y: body.bottom(), height: height.min(1), ..*body };
    FindingsAreas { rule, list: Rect { y: rule.bottom(), height: height - rule.height, ..*body } }
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
    let RunAreas { title, rule, footer, .. } = run(size, false, true, 0);
    let body = Rect { x: 0, y: 2, width: size.0, height: size.1.saturating_sub(3) };
    HandoffAreas { title, rule: Rect { width: size.0, ..rule }, body, footer }
}

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
pub fn diff((width, height): (u16, u16), needed: usize, zoom: bool) -> DiffAreas {
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
            (rows * 2 / 5).clamp(4, 16).max(rows.saturating_sub(needed.max(rows / 3)))
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
                for (listens, zoom, rows) in [
                    (false, false, 0),
                    (true, false, 0),
                    (true, true, 4),
                    (false, false, 2),
                    (false, false, 90),
                ] {
                    let areas = run((width, height), listens, zoom, rows);
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
                let areas = runs((width, height), true);
                let below = areas.preview.filter(|preview| preview.divider.is_none());
                let end = below.map_or(areas.list, |preview| preview.body);
                let end = areas.spark.unwrap_or(end).bottom();
                assert_eq!((areas.list.y, end), (3, height - 3));
                let beside = areas.preview.filter(|preview| preview.divider.is_some());
                assert_eq!(beside.map_or(areas.list.right(), |preview| preview.body.right()), width);
                for (needed, zoom) in [(0, false), (7, false), (9999, false), (7, true)] {
                    let areas = diff((width, height), needed, zoom);
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
            runs(size, true);
            search(size);
            run(size, true, false, 4);
            help(size);
            diff(size, 9, false);
            diff(size, 9, true);
        }
    }
}
