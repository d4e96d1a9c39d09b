//! Tables of Markdown (GitHub's kind): columns set under each other, `|` as a line. What is not surely a table, or too
//! wide to gain by it, stays as it was written.

use std::borrow::Cow;

use crate::report::text;
use crate::tui::theme::Role;

use super::markdown::rendered;

/// Columns of the terminal from which on a table stays as written: blanks that line it up would only make more of its
/// rows break.
const WIDEST: usize = 120;

/// What stands between two columns of a table, and under its titles.
const BETWEEN: &str = " │ ";

/// Where the text of a column stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Left,
    Right,
    Middle,
}

/// One line of a table as it is shown: its pieces.
pub(super) type Shown = Vec<(String, Role)>;

/// The table that `lines` begin with, line by line; `None` if they begin with none.
pub(super) fn beginning(lines: &[Cow<'_, str>], plain: Role) -> Option<Vec<Shown>> {
    let sides = sides_of(lines.get(1)?)?;
    let titles = cells(lines.first()?).filter(|titles| titles.len() == sides.len())?;
    let body = lines[2..].iter().map_while(|line| cells(line));
    let rows: Vec<_> =
        std::iter::once(titles).chain(body).map(|row| fitted(&row, sides.len(), plain)).collect();
    let widths: Vec<usize> =
        (0..sides.len()).map(|at| rows.iter().map(|row| width(&row[at])).max().unwrap_or(0)).collect();
    let whole = widths.iter().sum::<usize>() + text::width(BETWEEN) * (widths.len() - 1);
    if whole > WIDEST {
        return None;
    }
    let mut shown: Vec<Shown> = rows.into_iter().map(|row| lined_up(row, &widths, &sides)).collect();
    for (title, role) in &mut shown[0] {
        *role = if title == BETWEEN { Role::Faint } else { Role::Title };
    }
    shown.insert(1, vec![(rule(&widths), Role::Faint)]);
    Some(shown)
}

/// The sides that a line of `---`, `:-:` and `--:` asks for; `None` if it is no such line.
fn sides_of(line: &str) -> Option<Vec<Side>> {
    let side = |cell: &str| {
        let dashes = cell.trim_start_matches(':').trim_end_matches(':');
        let is_side =
            !dashes.is_empty() && dashes.bytes().all(|b| b == b'-') && cell.len() - dashes.len() <= 2;
        is_side.then_some(match (cell.starts_with(':'), cell.ends_with(':')) {
            (true, true) => Side::Middle,
            (false, true) => Side::Right,
            _ => Side::Left,
        })
    };
    cells(line)?.into_iter().map(side).collect()
}

/// The cells of a line with a `|` in it; one before and one after all of them are no cells.
fn cells(line: &str) -> Option<Vec<&str>> {
    let line = Some(line.trim()).filter(|line| line.contains('|'))?;
    let inner = line.strip_prefix('|').unwrap_or(line);
    let inner = inner.strip_suffix('|').filter(|rest| !rest.ends_with('\\')).unwrap_or(inner);
    let mut cells = Vec::new();
    let mut from = 0;
    for (at, _) in inner.match_indices('|').filter(|(at, _)| !inner[..*at].ends_with('\\')) {
        cells.push(inner[from..at].trim());
        from = at + 1;
    }
    cells.push(inner[from..].trim());
    Some(cells)
}

/// As many cells as the table has columns, as they are shown; the last holds what a line has too many.
fn fitted(row: &[&str], columns: usize, plain: Role) -> Vec<Shown> {
    (0..columns)
        .map(|at| match row.get(at) {
            Some(_) if at + 1 == columns => cell(&row[at..].join(" | "), plain),
            Some(text) => cell(text, plain),
            None => Shown::new(),
        })
        .collect()
}

/// A cell with its bold and its code. Made safe here: its width is that of what is shown.
fn cell(written: &str, plain: Role) -> Shown {
    let written = written.replace("\\|", "|");
    rendered(&written, plain)
        .into_iter()
        .map(|(piece, role)| (text::shown(piece).into_owned(), role))
        .collect()
}

fn width(cell: &Shown) -> usize {
    cell.iter().map(|(piece, _)| text::width(piece)).sum()
}

fn lined_up(row: Vec<Shown>, widths: &[usize], sides: &[Side]) -> Shown {
    let mut line = Shown::new();
    for (at, cell) in row.into_iter().enumerate() {
        if at > 0 {
            line.push((BETWEEN.to_owned(), Role::Faint));
        }
        let blanks = widths[at] - width(&cell);
        let before = match sides[at] {
            Side::Left => 0,
            Side::Right => blanks,
            Side::Middle => blanks / 2,
        };
        line.push((" ".repeat(before), Role::Text));
        line.extend(cell);
        line.push((" ".repeat(blanks - before), Role::Text));
    }
    line
}

fn rule(widths: &[usize]) -> String {
    let parts: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
    parts.join("─┼─")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(written: &str) -> Option<Vec<String>> {
        let lines: Vec<Cow<'_, str>> = text::whole_lines(written).collect();
        let line = |line: Shown| line.into_iter().map(|(piece, _)| piece).collect::<String>();
        beginning(&lines, Role::Text).map(|table| table.into_iter().map(line).collect())
    }

    #[test]
    fn columns_stand_under_each_other_on_the_side_they_ask_for() {
        let table =
            shown("| 도시 | n | ok |\n|:--|--:|:-:|\n| **서울** | 9 | y |\n| `a\\|b` | 1234 |\n\nend")
                .unwrap();
        assert_eq!(table, ["도시 │    n │ ok", "─────┼──────┼───", "서울 │    9 │ y ", "a|b  │ 1234 │   "],);
    }

    #[test]
    fn what_is_no_table_stays_as_written() {
        let wide = format!("| {} | b |\n|---|---|", "a".repeat(WIDEST));
        for written in
            ["a | b", "a | b\nc | d", "| a |\n|---|---|", "| a | b |\n| -x- | --- |", "a\n---", &wide]
        {
            assert_eq!(shown(written), None, "{written}");
        }
        assert_eq!(shown("a | b\n--|--\nc | d | e\nf").unwrap().len(), 3);
    }

    proptest! {
        #[test]
        fn every_line_is_as_wide_as_the_rule_and_every_word_is_kept(
            rows in proptest::collection::vec("[a-c한👩‍👩‍👧\u{301}\u{1b}]{0,4}\\|[a-c한`* ]{0,6}", 1..6)
        ) {
            let written = format!("A|B\n-|-:\n{}", rows.join("\n"));
            let table = shown(&written).unwrap();
            let wide = text::width(&table[1]);
            prop_assert!(table.iter().all(|line| text::width(line) == wide), "{:?}", table);
            let words = |text: &str| text.chars().filter(|c| matches!(c, 'a'..='c' | '한')).count();
            prop_assert_eq!(words(&table[2..].concat()), words(&rows.concat()));
        }
    }
}
