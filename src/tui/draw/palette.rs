//! Command palette: what is typed, what it finds with its letters marked, the key that does the same.

use ratatui::layout::Rect;
use ratatui::style::Modifier;

use crate::report::text;
use crate::tui::app::App;
use crate::tui::keys::{Action, chains};
use crate::tui::layout;
use crate::tui::screens::{Command, Match, Palette};
use crate::tui::theme::Role;

use super::canvas::{Canvas, Flow, columns};
use super::{chrome, empty, runs};

/// Columns of a name; the longest there are.
const NAME: u16 = 23;
/// Columns of a key.
const KEY: u16 = 6;
/// Columns from which on names stand beside the help.
const ROOMY: u16 = 76;

/// Draws the box.
pub(super) fn draw(canvas: &mut Canvas, app: &App, palette: &Palette) {
    let areas = layout::palette(app.size);
    canvas.pop_up(areas.frame);
    border(canvas, app, palette, areas.frame);
    let typed = runs::with_caret(&palette.line, usize::from(areas.line.width).saturating_sub(4));
    Flow::new(canvas, areas.line).gap(1).put(": ", Role::Accent).put(&typed, Role::Text);
    if areas.rule.height > 0 {
        let (x, width) = (areas.rule.x + 1, areas.rule.width.saturating_sub(2));
        canvas.fill((x, areas.rule.y), width, canvas.look.glyphs.rule, Role::Faint);
    }
    if palette.found.is_empty() {
        nothing(canvas, app, areas.list);
    }
    let rows = areas.list.top()..areas.list.bottom();
    for ((at, found), y) in palette.found.iter().enumerate().skip(palette.top).zip(rows) {
        if let Some(command) = palette.commands.get(found.command) {
            let row = Rect { y, height: 1, ..areas.list };
            draw_row(canvas, command, found, row);
            select(canvas, row, at == palette.at);
        }
    }
}

/// What the box is, how much it holds, which keys it has.
fn border(canvas: &mut Canvas, app: &App, palette: &Palette, frame: Rect) {
    let room = frame.width.saturating_sub(4);
    canvas.put((frame.x + 2, frame.y), room, " Commands ", Role::Title);
    let count = runs::position(palette.at, palette.found.len());
    canvas.put_right((frame.x + 2, frame.y), room, &count, Role::Dim);
    chrome::answers(canvas, app, chains::PALETTE, &[Action::Accept, Action::Cancel], frame);
}

fn nothing(canvas: &mut Canvas, app: &App, area: Rect) {
    let key = app.key_in(chains::PALETTE, Action::Cancel);
    let lines = [
        vec![("nothing that can be done here is called so".to_owned(), Role::Title)],
        vec![
            ("fewer letters find more; ".to_owned(), Role::Dim),
            (key, Role::Accent),
            (" goes back".to_owned(), Role::Dim),
        ],
    ];
    empty::centred(canvas, area, &lines);
}

/// What it does, its name where there is room, its key at the right.
fn draw_row(canvas: &mut Canvas, command: &Command, found: &Match, row: Rect) {
    let ascii = canvas.look.glyphs.ascii;
    let key = command.key.map(|key| key.shown(ascii)).unwrap_or_default();
    let (key, key_role, role) = if command.now {
        (key.as_str(), Role::Accent, Role::Text)
    } else {
        ("not now", Role::Dim, Role::Dim)
    };
    let right = row.right().saturating_sub(2);
    let wide = columns(text::width(key)).max(KEY);
    let key_at = right.saturating_sub(wide);
    canvas.put_right((key_at, row.y), wide, key, key_role);
    let name_at = if row.width >= ROOMY { key_at.saturating_sub(NAME + 1) } else { key_at };
    let help = Rect { x: row.x + 2, width: name_at.saturating_sub(row.x + 3), ..row };
    marked(canvas, command.help, &found.in_help, help, role);
    if name_at < key_at {
        let name = Rect { x: name_at, width: NAME, ..row };
        marked(canvas, command.action.name(), &found.in_name, name, Role::Dim);
    }
}

/// A text of ours with the letters that were typed standing out, without colours too.
fn marked(canvas: &mut Canvas, words: &str, letters: &[usize], area: Rect, role: Role) {
    let end = canvas.put((area.x, area.y), area.width, words, role);
    let style = canvas.look.theme.style(Role::Accent).add_modifier(Modifier::BOLD | Modifier::UNDERLINED);
    let cut = text::width(words) > usize::from(area.width);
    let end = if cut { end.saturating_sub(1) } else { end };
    for x in letters.iter().map(|&at| area.x.saturating_add(columns(at))).filter(|x| *x < end) {
        canvas.overlay(Rect { x, width: 1, ..area }, style);
    }
}

fn select(canvas: &mut Canvas, row: Rect, selected: bool) {
    if selected {
        canvas.fill((row.x, row.y), 1, canvas.look.glyphs.cursor, Role::Accent);
        canvas.overlay(row, canvas.look.theme.cursor_row(true));
    }
}
