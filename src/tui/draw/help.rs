//! Help: the key table of the screen below, in a box over it, in columns where it is wide.

use std::borrow::Cow;

use ratatui::layout::Rect;

use crate::report::text;
use crate::tui::app::App;
use crate::tui::keys::{Action, Binding, Bound, Context, Keymap, chains};
use crate::tui::layout;
use crate::tui::possible::is_possible;
use crate::tui::screens::Help;
use crate::tui::theme::Role;

use super::canvas::Canvas;
use super::chrome;

/// Columns of the keys with their distance, at most.
const KEYS: u16 = 18;
/// Columns between two columns of text.
const GAP: u16 = 3;

/// A line of the help.
#[derive(Clone, Debug, PartialEq, Eq)]
enum HelpLine {
    /// Nothing.
    Gap,
    /// Name of a context.
    Title(&'static str),
    /// Keys and what they do, and whether they would change anything now.
    Keys(String, String, bool),
    /// More of what they do.
    More(String, bool),
}

/// Columns that the keys of these contexts take with their distance: those of the longer of both ways to write them.
fn key_columns(keymap: &Keymap, chain: &[Context]) -> u16 {
    let rows = keymap.listening(chain);
    let wide = rows.flat_map(|row| [false, true].map(|ascii| text::width(&keys(row, ascii)))).max();
    super::canvas::columns(wide.unwrap_or(0) + 2).min(KEYS)
}

fn keys(row: &Bound, ascii: bool) -> String {
    row.keys.iter().map(|key| key.shown(ascii)).collect::<Vec<_>>().join(" ")
}

/// The lines for these contexts, as wide as `columns`; their number does not hang on `ascii`, nor on what `can` be done now.
fn lines(
    keymap: &Keymap,
    chain: &[Context],
    columns: u16,
    ascii: bool,
    can: impl Fn(&Binding) -> bool,
) -> Vec<HelpLine> {
    let room = usize::from(columns.saturating_sub(key_columns(keymap, chain))).max(10);
    let mut lines = Vec::new();
    for context in chain {
        if !lines.is_empty() {
            lines.push(HelpLine::Gap);
        }
        lines.push(HelpLine::Title(context.title()));
        for row in keymap.listening(std::slice::from_ref(context)) {
            let mut help = textwrap::wrap(row.binding.help, room).into_iter().map(Cow::into_owned);
            let now = can(row.binding);
            lines.push(HelpLine::Keys(keys(row, ascii), help.next().unwrap_or_default(), now));
            lines.extend(help.map(|more| HelpLine::More(more, now)));
        }
    }
    lines
}

/// The lines in columns of about one height, none of which ends in a title.
fn in_columns(lines: &[HelpLine], count: usize) -> Vec<&[HelpLine]> {
    let height = lines.len().div_ceil(count.max(1));
    let (mut rest, mut columns) = (lines, Vec::new());
    while columns.len() + 1 < count && rest.len() > height {
        let begins = |line: &HelpLine| matches!(line, HelpLine::Title(_) | HelpLine::Keys(..));
        // what goes on stays with its beginning, and a title with its first key
        let cut =
            (1..=height).rev().find(|&at| begins(&rest[at]) && !matches!(rest[at - 1], HelpLine::Title(_)));
        let (column, after) = rest.split_at(cut.unwrap_or(height));
        columns.push(column);
        rest = after;
    }
    columns.push(rest);
    columns
}

/// How wide a column of text is in the box, and how many there are.
fn column(area: Rect) -> (u16, u16) {
    let count = layout::help_columns(area.width);
    ((area.width.saturating_sub(6) + GAP) / count - GAP, count)
}

/// Rows that the help of a screen needs at this size.
pub fn rows(keymap: &Keymap, chain: &[Context], size: (u16, u16)) -> usize {
    let (width, count) = column(layout::help(size));
    let lines = lines(keymap, chain, width, false, |_| true);
    in_columns(&lines, count.into()).iter().map(|column| column.len()).max().unwrap_or(0)
}

/// Draws the box.
pub(super) fn draw(canvas: &mut Canvas, app: &App, help: &Help) {
    let area = layout::help(app.size);
    let (width, count) = column(area);
    // help explains the screen below
    let can = |binding: &Binding| is_possible(app, app.seen().0, binding);
    let lines = lines(&app.settings.keys, help.chain, width, canvas.look.glyphs.ascii, can);
    let columns = in_columns(&lines, count.into());
    let keys = key_columns(&app.settings.keys, help.chain);
    let rows = columns.iter().map(|column| column.len()).max().unwrap_or(0);
    let height = area.height.saturating_sub(2).min(u16::try_from(rows).unwrap_or(u16::MAX));
    let frame = Rect { height: height + 2, y: area.y + (area.height - height - 2) / 2, ..area };
    canvas.pop_up(frame);
    canvas.put((frame.x + 2, frame.y), frame.width - 4, " Keys ", Role::Title);
    if lines.iter().any(|line| matches!(line, HelpLine::Keys(.., false))) {
        canvas.put_right((frame.x + 2, frame.y), frame.width - 4, " dim: not now ", Role::Dim);
    }
    chrome::answers(canvas, app, chains::HELP, &[Action::Back], frame);
    if rows > usize::from(height) + help.top {
        canvas.put_right((frame.x + 2, frame.bottom() - 1), frame.width - 4, " more below ", Role::Dim);
    }
    for (column, at) in columns.iter().zip(0..count) {
        let x = frame.x + 3 + at * (width + GAP);
        for (line, y) in column.iter().skip(help.top).zip(frame.y + 1..frame.bottom() - 1) {
            draw_line(canvas, line, keys, Rect { x, y, width, height: 1 });
        }
    }
}

fn draw_line(canvas: &mut Canvas, line: &HelpLine, key_columns: u16, area: Rect) {
    let said = Rect { x: area.x + key_columns, width: area.width.saturating_sub(key_columns), ..area };
    match line {
        HelpLine::Gap => {}
        HelpLine::Title(title) => {
            canvas.put((area.x, area.y), area.width, title, Role::Title);
        }
        HelpLine::Keys(keys, help, now) => {
            let (key, role) = if *now { (Role::Accent, Role::Text) } else { (Role::Dim, Role::Dim) };
            canvas.put((area.x, area.y), key_columns - 1, keys, key);
            canvas.put((said.x, said.y), said.width, help, role);
        }
        HelpLine::More(help, now) => {
            canvas.put((said.x, said.y), said.width, help, if *now { Role::Text } else { Role::Dim });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keys::chains::CHAINS;

    #[test]
    fn columns_hold_every_line_once_and_begin_and_end_well() {
        for (chain, count) in CHAINS.into_iter().flat_map(|chain| [(chain, 1), (chain, 2), (chain, 3)]) {
            let lines = lines(&Keymap::default(), chain, 50, false, |_| true);
            let columns = in_columns(&lines, count);
            assert_eq!(columns.concat(), lines);
            for column in columns.iter().filter(|column| !column.is_empty()) {
                assert!(!matches!(column[column.len() - 1], HelpLine::Title(_)), "{chain:?}");
                assert!(!matches!(column[0], HelpLine::More(..)), "{chain:?}");
            }
        }
    }
}
