//! Tables of text: columns as wide as what they hold, cut where the whole would not fit.

use anstyle::Style;

use super::{paint, text};

/// Columns between two cells.
const GAP: usize = 2;
/// A column that gives way keeps at least this much: enough to tell rows apart.
const FLOOR: usize = 12;

/// Where a column's text stands and whether it gives way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// At the left, never cut.
    Left,
    /// At the right, never cut: figures.
    Right,
    /// At the left, cut when the table is too wide.
    Elastic,
}

/// One column.
pub(super) struct Column {
    pub(super) title: &'static str,
    pub(super) fit: Fit,
}

/// Text of a cell: pieces in their styles, already fit for a terminal.
#[derive(Default)]
pub(super) struct Cell(Vec<(Style, String)>);

impl Cell {
    pub(super) fn new(style: Style, text: impl Into<String>) -> Self {
        Self(vec![(style, text.into())])
    }

    pub(super) fn then(mut self, style: Style, text: impl Into<String>) -> Self {
        self.0.push((style, text.into()));
        self
    }

    fn width(&self) -> usize {
        self.0.iter().map(|(_, piece)| text::width(piece)).sum()
    }

    /// The cell in exactly `columns`.
    fn fitted(&self, columns: usize, fit: Fit) -> String {
        let gap = " ".repeat(columns.saturating_sub(self.width()));
        let body = self.cut(columns);
        if fit == Fit::Right { gap + &body } else { body + &gap }
    }

    fn cut(&self, columns: usize) -> String {
        let mut left = columns;
        let mut out = String::new();
        for (style, piece) in &self.0 {
            let kept = text::cut(piece, left);
            out += &paint::paint(*style, &kept);
            left = left.saturating_sub(text::width(piece));
        }
        out
    }
}

/// The table, a line per row under its titles. Columns that are empty in every row are left out.
pub(super) fn render(columns: &[Column], rows: &[Vec<Cell>], width: usize) -> String {
    let mut widths: Vec<usize> = (0..columns.len()).map(|at| natural(columns, rows, at)).collect();
    shrink(columns, &mut widths, width);
    let titles = columns.iter().map(|column| Cell::new(paint::QUIET, column.title)).collect::<Vec<_>>();
    let lines = std::iter::once(&titles).chain(rows).map(|cells| line(columns, &widths, cells));
    lines.collect()
}

/// Width of the widest cell, the title included; 0 where there is nothing but the title.
fn natural(columns: &[Column], rows: &[Vec<Cell>], at: usize) -> usize {
    let widest = rows.iter().map(|row| row[at].width()).max().unwrap_or(0);
    if widest == 0 { 0 } else { widest.max(text::width(columns[at].title)) }
}

/// Takes what is too much from the elastic columns, the widest first.
fn shrink(columns: &[Column], widths: &mut [usize], width: usize) {
    let shown = widths.iter().filter(|&&w| w > 0).count();
    let total = widths.iter().sum::<usize>() + GAP * shown.saturating_sub(1);
    for _ in width..total {
        let elastic = widths.iter_mut().zip(columns).filter(|(_, column)| column.fit == Fit::Elastic);
        match elastic.map(|(w, _)| w).max() {
            Some(widest) if *widest > FLOOR => *widest -= 1,
            _ => return,
        }
    }
}

fn line(columns: &[Column], widths: &[usize], cells: &[Cell]) -> String {
    let shown = columns.iter().zip(widths).zip(cells).filter(|((_, width), _)| **width > 0);
    let fitted: Vec<_> = shown.map(|((column, &width), cell)| cell.fitted(width, column.fit)).collect();
    fitted.join(&" ".repeat(GAP)).trim_end().to_owned() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 3] = [
        Column { title: "NAME", fit: Fit::Elastic },
        Column { title: "NONE", fit: Fit::Left },
        Column { title: "N", fit: Fit::Right },
    ];

    fn row(name: &str, figure: &str) -> Vec<Cell> {
        vec![Cell::new(paint::PLAIN, name), Cell::default(), Cell::new(paint::PLAIN, figure)]
    }

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn columns_line_up_whatever_the_script() {
        let table = plain(&render(&COLUMNS, &[row("이중 결제", "7"), row("🧾 invoice", "1234")], 80));
        assert_eq!(table, "NAME           N\n이중 결제      7\n🧾 invoice  1234\n");
    }

    #[test]
    fn what_does_not_fit_is_cut_with_a_sign_and_figures_are_not() {
        let table = plain(&render(&COLUMNS, &[row("a very long name of a run indeed", "1234")], 20));
        assert_eq!(
            table,
            "NAME              N\na very long n…  1234\n"
                .replace("NAME              N", "NAME               N")
        );
        let floor = plain(&render(&COLUMNS, &[row("a very long name of a run indeed", "1234")], 3));
        assert!(floor.ends_with("a very long…  1234\n"), "{floor}");
    }
}
