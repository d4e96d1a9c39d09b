//! Help: the key table of the screen below, in a box over it.

use ratatui::layout::Rect;

use crate::report::text;
use crate::tui::app::App;
use crate::tui::document::rows;
use crate::tui::keys::{Context, Keymap};
use crate::tui::layout;
use crate::tui::screens::Help;
use crate::tui::theme::Role;

use super::canvas::{Canvas, columns};

/// Columns between the box and its words, at each side.
const MARGIN: usize = 3;

/// Columns of the keys.
const KEYS: usize = 18;

/// A line of the help.
#[derive(Debug, PartialEq, Eq)]
pub enum HelpLine {
    /// Nothing.
    Gap,
    /// Name of a context.
    Title(&'static str),
    /// Keys and what they do, as far as it fits a line.
    Keys(String, &'static str),
    /// What else they do.
    More(&'static str),
}

/// The lines for these contexts on a terminal of this size; their number does not hang on `ascii`.
pub fn lines(keymap: &Keymap, chain: &[Context], size: (u16, u16), ascii: bool) -> Vec<HelpLine> {
    let columns = usize::from(layout::help(size).width).saturating_sub(2 * MARGIN + KEYS);
    let mut lines = Vec::new();
    for context in chain {
        if !lines.is_empty() {
            lines.push(HelpLine::Gap);
        }
        lines.push(HelpLine::Title(context.title()));
        for row in keymap.listening(std::slice::from_ref(context)) {
            let keys: Vec<String> = row.keys.iter().map(|key| key.shown(ascii)).collect();
            let mut rows = rows(row.binding.help, columns)
                .into_iter()
                .map(|(from, to)| row.binding.help[from..to].trim_end());
            lines.push(HelpLine::Keys(keys.join(" "), rows.next().unwrap_or_default()));
            lines.extend(rows.map(HelpLine::More));
        }
    }
    lines
}

/// Draws the box.
pub(super) fn draw(canvas: &mut Canvas, app: &App, help: &Help) {
    let area = layout::help(app.size);
    let lines = lines(&app.settings.keys, help.chain, app.size, app.settings.look.glyphs.ascii);
    let height = area.height.saturating_sub(2).min(u16::try_from(lines.len()).unwrap_or(u16::MAX));
    let frame = Rect { height: height + 2, y: area.y + (area.height - height - 2) / 2, ..area };
    canvas.pop_up(frame);
    let more = lines.len() > usize::from(height) + help.top;
    let note = if more { "more below" } else { "" };
    let note_at = frame.right().saturating_sub(14);
    canvas.put((frame.x + 2, frame.y), frame.width - 4, " Keys ", Role::Title);
    if more {
        canvas.put((note_at, frame.bottom() - 1), 12, &format!(" {note} "), Role::Dim);
    }
    for (line, y) in lines.iter().skip(help.top).zip(frame.y + 1..frame.bottom() - 1) {
        draw_line(canvas, line, Rect { x: frame.x + 3, y, width: frame.width - 6, height: 1 });
    }
}

fn draw_line(canvas: &mut Canvas, line: &HelpLine, area: Rect) {
    match line {
        HelpLine::Gap => {}
        HelpLine::Title(title) => {
            canvas.put((area.x, area.y), area.width, title, Role::Title);
        }
        HelpLine::More(help) => {
            let keys = columns(KEYS).min(area.width);
            canvas.put((area.x + keys, area.y), area.width - keys, help, Role::Text);
        }
        HelpLine::Keys(keys, help) => {
            let x = canvas.put((area.x, area.y), area.width, &text::pad(keys, KEYS), Role::Accent);
            canvas.put((x, area.y), area.right().saturating_sub(x), help, Role::Text);
        }
    }
}
